/* SPDX-License-Identifier: MIT */
#ifndef PROVIDER_PROVIDER_H
#define PROVIDER_PROVIDER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * The wire formats of AI providers, as pure functions over bytes: a neutral
 * request becomes an HTTP request, and the bytes of a response become a neutral
 * answer. Nothing here knows of sockets, databases or clocks. Sources and their
 * ages: shared reference "providers.md".
 */

enum provider_wire {
	WIRE_OPENAI_RESPONSES, /* openai, at any base URL */
	WIRE_OPENAI_CHAT,      /* local: compatible servers */
	WIRE_ANTHROPIC,
	WIRE_GOOGLE,
	WIRE_OLLAMA /* local: the native /api/chat */
};

/* ---- the request ---- */

struct provider_tool {
	const char *name;
	const char *description;
	const cJSON *schema;
};

struct provider_result { /* of a tool call */
	const char *call_id;
	const char *name;
	const char *text;
	bool is_error;
};

enum provider_turn { TURN_USER, TURN_ASSISTANT, TURN_TOOL };

struct provider_message {
	enum provider_turn turn;
	const char *text; /* USER; ASSISTANT without raw */
	const char *raw;  /* ASSISTANT: provider_answer.raw of its turn, which
			     goes back to the same wire as it came */
	const struct provider_result *results; /* TOOL */
	size_t nresults;
};

/* Everything is borrowed. */
struct provider_request {
	enum provider_wire wire;
	const char *base_url; /* NULL: the vendor's own */
	const char *model;
	const char *key;   /* NULL: none */
	bool key_is_token; /* anthropic: Authorization: Bearer, not x-api-key */
	const char *organization, *project; /* openai; NULL: none */
	const char *system;		    /* NULL: none */
	const struct provider_message *messages;
	size_t nmessages;
	int64_t max_tokens; /* 0: not given; the wire's own where it must be */
	bool has_temperature;
	double temperature;
	const cJSON *schema; /* of the answer, NULL: text */
	const char *schema_name;
	const struct provider_tool *tools;
	size_t ntools;
	bool stream;
	bool is_openai; /* the host is OpenAI's own, not a compatible server */
	/* "Name: value" lines, or NULL: those of OPENAI_CUSTOM_HEADERS and
	 * the like. What is malformed is left out. */
	const char *custom_headers;
};

/* A header; `secret` is the part of the value that must not be shown. */
struct provider_header {
	const char *name;
	const char *value;
	const char *secret; /* points into value, NULL: none */
};

#define PROVIDER_HEADERS  16
#define PROVIDER_WARNINGS 4

struct provider_http {
	const char *method;
	const char *url;
	struct provider_header headers[PROVIDER_HEADERS];
	size_t nheaders;
	const char *body; /* NULL: none */
	size_t body_len;
	/* What was left out, "temperature is not accepted by this model and
	 * was left out": one line each. */
	const char *warnings[PROVIDER_WARNINGS];
	size_t nwarnings;
};

/* Texts live in the arena. AWM_INVALID for what the wire cannot say (no model,
 * a malformed base URL, tools with names that cannot be mapped). */
int provider_build(const struct provider_request *request, struct arena *a,
		   struct provider_http *ret);
/* The request that lists a provider's models; only wire, base_url and the key
 * are looked at. */
int provider_build_models(const struct provider_request *request,
			  struct arena *a, struct provider_http *ret);
/* Model ids out of its answer, in its order. */
int provider_read_models(enum provider_wire wire, const char *body, size_t len,
			 struct arena *a, const char *const **ret,
			 size_t *ret_n);
/* The models that the vendor's own programs would begin with: NULL for the
 * local wires. */
const char *provider_default_model(enum provider_wire wire);
const char *provider_default_url(enum provider_wire wire);
/* The names that the wires know tools by, in their order: letters, digits, _
 * and -, at most 64, each another one. The calls of an answer have these, so a
 * call is mapped back by its place in this list. AWM_INVALID without a name. */
int provider_tool_names(const struct provider_tool *tools, size_t n,
			struct arena *a, const char *const **ret);

/* AWM_INVALID for what is no base URL: http or https, a host, and neither a
 * user nor a query. */
int provider_url_check(const char *url);
/* "https://api.openai.com:443" and "api.openai.com", in the arena; NULL for
 * what is malformed, and without memory. */
const char *provider_url_origin(const char *url, struct arena *a);
const char *provider_url_host(const char *url, struct arena *a);
/* Takes OLLAMA_HOST in its grammar to a base URL; NULL without memory. */
const char *provider_ollama_url(const char *host, struct arena *a);

/* ---- the answer ---- */

enum provider_finish {
	FINISH_NONE, /* an error before any */
	FINISH_STOP,
	FINISH_LENGTH,
	FINISH_TOOL_CALLS,
	FINISH_CONTENT_FILTER,
	FINISH_PAUSED,
	FINISH_ERROR,
	FINISH_OTHER
};
/* "stop", "tool_calls", …; NULL for FINISH_NONE. */
const char *provider_finish_word(enum provider_finish finish);

enum provider_class {
	CLASS_NONE,
	CLASS_AUTH,
	CLASS_PERMISSION,
	CLASS_BILLING,
	CLASS_INVALID_REQUEST,
	CLASS_NOT_FOUND,
	CLASS_TOO_LARGE,
	CLASS_CONFLICT,
	CLASS_RATE_LIMITED,
	CLASS_OVERLOADED,
	CLASS_SERVER,
	CLASS_TIMEOUT,
	CLASS_NETWORK,
	CLASS_BLOCKED
};
const char *provider_class_word(enum provider_class class);

struct provider_call { /* of a tool */
	const char *id;
	const char *name;
	const char *arguments; /* JSON text as it came; it need not parse */
};

/* -1: not told. */
struct provider_usage {
	int64_t prompt, completion, total;
	int64_t cached, cache_write, reasoning; /* parts of the above */
};

struct provider_error {
	enum provider_class class; /* CLASS_NONE: no error */
	bool retryable;
	int64_t retry_after_ms; /* -1: not told */
	const char *message;	/* one line */
	const char *code;	/* the vendor's, or NULL */
};

/* Texts live in the arena given to provider_finish(); NULL: not told. */
struct provider_answer {
	const char *text; /* NULL only with an error before any */
	size_t text_len;
	const char *reasoning;
	const char *refusal;
	enum provider_finish finish;
	const char *raw_finish;
	const struct provider_call *calls;
	size_t ncalls;
	struct provider_usage usage;
	const char *model; /* as echoed */
	const char *response_id;
	const char *request_id;
	const char *raw; /* the assistant's turn, for provider_message.raw */
	bool discard;	 /* the turn must not go into a history */
	bool begun;	 /* a byte of it came, be it not of its text */
	struct provider_error error;
};

/* One response as it comes in. */
struct provider_reader;

/* Called with each new piece of the answer's text. 0 goes on. */
typedef int provider_text_fn(void *ctx, const char *text, size_t len);

/* `stream`: asked for; what the response really is, its status and content
 * type say. `now` is for Retry-After dates, milliseconds. *ret is owned. */
int provider_reader_new(enum provider_wire wire, bool stream, int64_t now,
			provider_text_fn *text, void *ctx,
			struct provider_reader **ret);
void provider_reader_free(struct provider_reader *r);
/* Once, before any bytes; headers are copied. */
int provider_reader_head(struct provider_reader *r, int status,
			 const char *const *names, const char *const *values,
			 size_t n);
/* Any pieces, split anywhere. Malformed input is no error here: it ends up in
 * the answer. -AWM_NOMEM, or what the text callback returned. */
int provider_reader_feed(struct provider_reader *r, const void *bytes,
			 size_t len);
/* The stream said its last word; what may still come is not waited for. */
bool provider_reader_complete(const struct provider_reader *r);
/* `cut`: the transfer did not end well; `message` says how, in awm's words
 * (its class is then CLASS_TIMEOUT with `timed_out`, else CLASS_NETWORK). What
 * had come is kept. */
int provider_reader_finish(struct provider_reader *r, bool cut, bool timed_out,
			   const char *message, struct arena *a,
			   struct provider_answer *ret);

/* ---- money ---- */

/* Per million tokens; cached and cache_write < 0: as input. */
struct provider_rates {
	double input, cached, cache_write, output;
	int64_t long_over; /* prompt tokens; 0: no second tier */
	double long_input, long_cached, long_cache_write, long_output;
};
/* Usage that was not told makes the cost unknown: false. */
bool provider_cost(const struct provider_rates *rates,
		   const struct provider_usage *usage, double *ret);

#endif
