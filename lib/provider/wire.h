/* SPDX-License-Identifier: MIT */
#ifndef PROVIDER_WIRE_H
#define PROVIDER_WIRE_H

#include "base/json.h"
#include "base/jsonw.h"
#include "provider/provider.h"
#include "provider/sse.h"

/*
 * Inside of lib/provider. Each wire is one constant table of functions; what
 * they share (transport of events, text, errors, bounds) is reader.c.
 */

#define TEXT_MAX  ((size_t)64 << 20) /* of an answer */
#define BODY_MAX  ((size_t)64 << 20) /* of a response that is no stream */
#define CALLS_MAX 1024		     /* of tools, in one answer */
#define PARTS_MAX 65536		     /* of a turn */

enum frame { FRAME_BODY, FRAME_SSE, FRAME_LINES };

struct call {
	int64_t index; /* as the wire numbers it */
	struct buf id, name, arguments;
	bool has_id;
};

/* A turn that is being put together again: one for each part. */
struct part {
	int64_t index;
	cJSON *node;	 /* as it began */
	struct buf text; /* what was added to it */
	struct buf signature;
	int64_t call; /* its place in reader.calls, or -1 */
};

struct provider_reader {
	const struct wire *wire;
	bool stream;
	int64_t now;
	provider_text_fn *deliver;
	void *ctx;
	int stopped; /* what deliver() or a lack of memory said */

	/* of the head */
	int status;
	enum frame frame;
	bool sniff; /* the frame is told by the first byte */
	int64_t retry_after_ms;
	int should_retry; /* x-should-retry: -1 not told */
	struct buf request_id;

	/* on the way */
	struct sse sse;
	struct buf body; /* the body, or the line that is not ended */
	bool begun;	 /* a byte of what is no error came */
	bool complete;	 /* the last word was said */

	/* what came */
	struct buf text, reasoning, refusal;
	bool has_text, has_reasoning, has_refusal;
	struct buf model, response_id, raw_finish;
	bool has_raw_finish;
	enum provider_finish finish;
	struct provider_usage usage;
	struct call *calls;
	size_t ncalls, calls_cap;
	struct part *parts;
	size_t nparts, parts_cap;
	struct buf items; /* JSON values of the turn, comma-separated */
	bool has_items;

	/* what failed */
	bool failed;
	enum provider_class class;
	int retryable; /* -1: by class */
	struct buf message, code;
	bool has_code;
};

struct wire {
	const char *base_url;
	/* The URL, and headers beside the common ones. */
	int (*request)(const struct provider_request *q, struct arena *a,
		       struct provider_http *h);
	void (*body)(const struct provider_request *q, struct provider_http *h,
		     struct arena *a, struct jsonw *w);
	int (*models)(const struct provider_request *q, struct arena *a,
		      struct provider_http *h);
	/* One event of a stream; `whole` is for a response in one piece. */
	void (*event)(struct provider_reader *r, const char *name,
		      const cJSON *doc);
	void (*whole)(struct provider_reader *r, const cJSON *doc);
	/* At the end, what is left to say. */
	void (*end)(struct provider_reader *r);
	/* Adds the assistant's turn as it goes back. */
	void (*turn)(struct provider_reader *r, struct jsonw *w);
};

extern const struct wire wire_responses, wire_chat, wire_anthropic, wire_google,
	wire_ollama;
/* wire.c */
const struct wire *wire_of(enum provider_wire wire);

/* ---- request.c: for the writers of requests ---- */

int request_header(struct provider_http *h, struct arena *a, const char *name,
		   const char *before, const char *secret);
/* The base URL without a slash at its end, and without the first of `endings`
 * that it has; `alone` (or NULL) is put behind one that has no path. */
int request_base(const struct provider_request *q, const char *const *endings,
		 const char *alone, struct arena *a, const char **ret);
/* h->url: the base, and `path` behind it. */
int request_url(const struct provider_request *q, const char *const *endings,
		const char *alone, const char *path, struct arena *a,
		struct provider_http *h);
/* The key as a bearer's, if there is one. */
int request_bearer(const struct provider_request *q, struct arena *a,
		   struct provider_http *h);
int request_warn(struct provider_http *h, const char *warning);
#define WARN_TEMPERATURE                                                       \
	"temperature is not accepted by this model and was left out"
#define WARN_SCHEMA                                                            \
	"a schema whose root is no object is not accepted by this API and "    \
	"was left out"
/* Whether it is to be sent, telling so when not. */
bool request_temperature(const struct provider_request *q,
			 struct provider_http *h);
void request_key_str(struct jsonw *w, const char *key, const char *value);
void request_key_int(struct jsonw *w, const char *key, int64_t value);
void request_key_json(struct jsonw *w, const char *key, const cJSON *value);
/* The turn of an earlier answer, read again: who kept it may have changed it.
 * null for what is no JSON. */
void request_raw(struct jsonw *w, const char *raw);
/* "Error: …" where the wire has no flag for it. */
void request_result_text(struct jsonw *w, const struct provider_result *r,
			 struct arena *a);
/* {"role":…,"content":…} */
void request_turn(struct jsonw *w, const char *role, const char *text);
/* "messages", as Chat Completions and Ollama have them but for the results of
 * tools. */
typedef void request_results_fn(struct jsonw *w,
				const struct provider_message *m,
				struct arena *a);
void request_messages(const struct provider_request *q,
		      request_results_fn *results, struct jsonw *w,
		      struct arena *a);
/* {"type":"function","function":{…}}, as Chat Completions and Ollama have. */
void request_tools_nested(const struct provider_request *q, struct jsonw *w,
			  struct arena *a);
/* The name under which the wire knows a tool. */
const char *request_tool_name(const struct provider_request *q, size_t i,
			      struct arena *a);
const char *request_schema_name(const struct provider_request *q,
				struct arena *a);

/* ---- model.c: what models refuse ---- */

bool model_takes_temperature(enum provider_wire wire, const char *model,
			     double temperature);
int64_t model_max_tokens(const char *model, bool stream); /* anthropic */
/* Whether the schema is one that "strict" takes: every object closed, every
 * property required. */
bool schema_is_strict(const cJSON *schema);
bool schema_is_object(const cJSON *schema);
/* Adds the schema with every object closed that says nothing about it. */
void schema_print_closed(struct jsonw *w, const cJSON *schema);

/* ---- reader.c: for the readers of answers ---- */

void reader_text(struct provider_reader *r, const char *text);
void reader_reasoning(struct provider_reader *r, const char *text);
void reader_refusal(struct provider_reader *r, const char *text);
/* Remembers a text of the answer; NULL leaves what is there. */
void reader_keep(struct buf *b, const char *text);
/* What is said of the answer: one line, and not a long one. */
void reader_line(struct buf *b, const char *text);
void reader_raw_finish(struct provider_reader *r, const char *text);
/* Why the answer ended, in a wire's words; another word is FINISH_OTHER, NULL
 * says nothing. */
struct finish_word {
	const char *word;
	enum provider_finish finish;
};
void reader_finish_word(struct provider_reader *r,
			const struct finish_word *words, size_t n,
			const char *reason);
struct call *reader_call(struct provider_reader *r, int64_t index);
/* A whole call; arguments are a string or an object. */
void reader_add_call(struct provider_reader *r, const char *id,
		     const char *name, const cJSON *arguments);
void reader_drop_calls(struct provider_reader *r);
struct part *reader_part(struct provider_reader *r, int64_t index);
/* A part of the turn, as it came. */
void reader_item(struct provider_reader *r, const cJSON *node);
/* The number under a key; `none` when there is none or it cannot be. */
int64_t reader_int(const cJSON *node, const char *key, int64_t none);
/* The total that was not told. */
void reader_total(struct provider_reader *r);
void reader_fail(struct provider_reader *r, enum provider_class class,
		 const char *message);
/* Out of memory or the like: nothing more is read. */
void reader_stop(struct provider_reader *r, int err);

/* A stream that failed: neither its usage nor its reason is the whole. */
void reader_forget(struct provider_reader *r);

/* reader_feed.c: what is still to be read when all has come. */
void reader_rest(struct provider_reader *r, bool cut);

/* ---- failure.c ---- */

/* The error of a body or an event, in any of the shapes there are; NULL when
 * it was no JSON. Status 200: inside a stream. */
void reader_error(struct provider_reader *r, const cJSON *doc, int status);
enum provider_class failure_class(int status, const char *type,
				  const char *code, const char *message);
bool failure_is_retryable(enum provider_class class);

/* ---- text.c ---- */

/* Parses what a peer sent: bad UTF-8, lone surrogates and NULs become U+FFFD,
 * numbers may be of any size. NULL when it is no JSON; *ret_err then tells a
 * lack of memory (-AWM_NOMEM) from that (0). */
cJSON *peer_json(const char *text, size_t len, int *ret_err);
/* Whether the text under the key is `word`. */
bool peer_is(const cJSON *node, const char *key, const char *word);
/* Adds one line of at most `max` bytes: line breaks and other controls become
 * blanks. */
void peer_line(struct buf *out, const char *text, size_t len, size_t max);

#endif
