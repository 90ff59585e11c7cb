// SPDX-License-Identifier: MIT
/* Requests: what the wires have in common. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/utf8.h"
#include "provider/wire.h"

#define NAME_MAX_LEN 64

int request_header(struct provider_http *h, struct arena *a, const char *name,
		   const char *before, const char *secret)
{
	struct provider_header *header = &h->headers[h->nheaders];
	char *value;

	if (h->nheaders == PROVIDER_HEADERS)
		return err_set(AWM_INVALID, "too many headers");
	if (secret &&
	    (!*secret || utf8_has_control(secret, strlen(secret), false)))
		return err_set(AWM_INVALID,
			       "the key cannot be sent: it is empty or holds "
			       "control characters");
	value = arena_printf(a, "%s%s", before, secret ? secret : "");
	if (!value)
		return -AWM_NOMEM;
	header->name = name;
	header->value = value;
	header->secret = secret ? value + strlen(before) : NULL;
	h->nheaders++;
	return 0;
}

int request_url(const struct provider_request *q, const char *const *endings,
		const char *alone, const char *path, struct arena *a,
		struct provider_http *h)
{
	const char *base;
	int rc = request_base(q, endings, alone, a, &base);

	if (rc)
		return rc;
	h->url = arena_printf(a, "%s%s", base, path);
	return h->url ? 0 : -AWM_NOMEM;
}

int request_bearer(const struct provider_request *q, struct arena *a,
		   struct provider_http *h)
{
	return q->key ? request_header(h, a, "authorization", "Bearer ", q->key)
		      : 0;
}

int request_warn(struct provider_http *h, const char *warning)
{
	if (h->nwarnings < PROVIDER_WARNINGS)
		h->warnings[h->nwarnings++] = warning;
	return 0;
}

bool request_temperature(const struct provider_request *q,
			 struct provider_http *h)
{
	if (!q->has_temperature)
		return false;
	if (model_takes_temperature(q->wire, q->model, q->temperature))
		return true;
	request_warn(h, WARN_TEMPERATURE);
	return false;
}

void request_key_str(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_str(w, value);
}

void request_key_int(struct jsonw *w, const char *key, int64_t value)
{
	jsonw_key(w, key);
	jsonw_int(w, value);
}

void request_key_json(struct jsonw *w, const char *key, const cJSON *value)
{
	struct buf text = {0};

	jsonw_key(w, key);
	json_print(&text, value);
	if (text.failed)
		w->out->failed = true;
	jsonw_raw(w, buf_str(&text), text.len);
	buf_release(&text);
}

void request_raw(struct jsonw *w, const char *raw)
{
	struct buf text = {0};
	int rc;
	cJSON *node = peer_json(raw, strlen(raw), &rc);

	if (node)
		json_print(&text, node);
	else
		buf_adds(&text, "null");
	if (rc || text.failed)
		w->out->failed = true;
	jsonw_raw(w, buf_str(&text), text.len);
	buf_release(&text);
	cJSON_Delete(node);
}

void request_result_text(struct jsonw *w, const struct provider_result *r,
			 struct arena *a)
{
	const char *text = r->text ? r->text : "";
	const char *said =
		r->is_error ? arena_printf(a, "Error: %s", text) : text;

	if (!said)
		w->out->failed = true;
	jsonw_str(w, said);
}

/* ---- turns ---- */

void request_turn(struct jsonw *w, const char *role, const char *text)
{
	jsonw_object(w);
	request_key_str(w, "role", role);
	request_key_str(w, "content", text ? text : "");
	jsonw_end_object(w);
}

void request_messages(const struct provider_request *q,
		      request_results_fn *results, struct jsonw *w,
		      struct arena *a)
{
	jsonw_key(w, "messages");
	jsonw_array(w);
	if (q->system)
		request_turn(w, "system", q->system);
	for (size_t i = 0; i < q->nmessages; i++) {
		const struct provider_message *m = &q->messages[i];

		if (m->turn == TURN_TOOL)
			results(w, m, a);
		else if (m->turn == TURN_ASSISTANT && m->raw)
			request_raw(w, m->raw);
		else
			request_turn(
				w, m->turn == TURN_USER ? "user" : "assistant",
				m->text);
	}
	jsonw_end_array(w);
}

/* ---- names ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The strictest common rule: [A-Za-z_][A-Za-z0-9_-]{0,63}. */
static void sanitise(const char *name, char out[NAME_MAX_LEN + 1])
{
	size_t n = 0;

	if (!is_letter(*name) && *name != '_')
		out[n++] = '_';
	for (; *name && n < NAME_MAX_LEN; name++) {
		unsigned char c = (unsigned char)*name;

		/* one for each character, however many bytes it has */
		if (c >= 0x80 && c < 0xC0)
			continue;
		out[n++] = is_letter(*name) || (c >= '0' && c <= '9') ||
					   c == '_' || c == '-'
				   ? *name
				   : '_';
	}
	out[n] = '\0';
}

static bool is_taken(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Names that fell together are told apart by a number. */
static const char *unique(const char *const *names, size_t n, const char *name,
			  struct arena *a)
{
	char tail[24];

	if (!is_taken(names, n, name))
		return arena_strdup(a, name);
	for (size_t i = 2;; i++) {
		int len = snprintf(tail, sizeof(tail), "_%zu", i);
		const char *tried = arena_printf(
			a, "%.*s%s", NAME_MAX_LEN - len, name, tail);

		if (!tried || !is_taken(names, n, tried))
			return tried;
	}
}

int provider_tool_names(const struct provider_tool *tools, size_t n,
			struct arena *a, const char *const **ret)
{
	const char **names = arena_array(a, n ? n : 1, sizeof(*names));

	if (!names)
		return -AWM_NOMEM;
	for (size_t i = 0; i < n; i++) {
		char name[NAME_MAX_LEN + 1];

		if (!tools[i].name || !*tools[i].name)
			return err_set(AWM_INVALID, "a tool has no name");
		sanitise(tools[i].name, name);
		names[i] = unique(names, i, name, a);
		if (!names[i])
			return -AWM_NOMEM;
	}
	*ret = names;
	return 0;
}

const char *request_schema_name(const struct provider_request *q,
				struct arena *a)
{
	char name[NAME_MAX_LEN + 1];

	sanitise(q->schema_name && *q->schema_name ? q->schema_name : "answer",
		 name);
	return arena_strdup(a, name);
}

const char *request_tool_name(const struct provider_request *q, size_t i,
			      struct arena *a)
{
	const char *const *names;

	return provider_tool_names(q->tools, q->ntools, a, &names) ? NULL
								   : names[i];
}

void request_tools_nested(const struct provider_request *q, struct jsonw *w,
			  struct arena *a)
{
	if (!q->ntools)
		return;
	jsonw_key(w, "tools");
	jsonw_array(w);
	for (size_t i = 0; i < q->ntools; i++) {
		jsonw_object(w);
		request_key_str(w, "type", "function");
		jsonw_key(w, "function");
		jsonw_object(w);
		request_key_str(w, "name", request_tool_name(q, i, a));
		if (q->tools[i].description)
			request_key_str(w, "description",
					q->tools[i].description);
		request_key_json(w, "parameters", q->tools[i].schema);
		jsonw_end_object(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

/* ---- headers that the environment adds ---- */

static bool is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_letter(s[i]) && (s[i] < '0' || s[i] > '9') &&
		    !strchr("!#$%&'*+-.^_`|~", s[i]))
			return false;
	return len > 0;
}

/* Those that say how the body is to be read, or who is meant, are ours. */
static bool is_ours(const char *name)
{
	static const char *const names[] = {
		"content-length", "transfer-encoding", "host",
		"content-type",	  "connection",	       "expect",
		"accept-encoding"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}

static int add_custom(struct provider_http *h, struct arena *a,
		      const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	char *name, *value;
	size_t blank;

	if (!colon || !is_token(line, (size_t)(colon - line)))
		return 0;
	name = arena_strndup(a, line, (size_t)(colon - line));
	blank = strspn(colon + 1, " \t");
	if (blank > len - (size_t)(colon + 1 - line))
		return 0;
	value = arena_strndup(a, colon + 1 + blank,
			      len - (size_t)(colon + 1 - line) - blank);
	if (!name || !value)
		return -AWM_NOMEM;
	if (is_ours(name) || !*value ||
	    utf8_has_control(value, strlen(value), false))
		return 0;
	/* It may well be a key: the whole value is. */
	return request_header(h, a, name, "", value);
}

static int add_customs(const struct provider_request *q, struct arena *a,
		       struct provider_http *h)
{
	const char *p = q->custom_headers;
	int rc = 0;

	while (p && *p && !rc && h->nheaders < PROVIDER_HEADERS) {
		size_t len = strcspn(p, "\r\n");

		rc = add_custom(h, a, p, len);
		p += len;
		p += strspn(p, "\r\n");
	}
	return rc;
}

/* ---- the whole ---- */

static int check_request(const struct provider_request *q, struct arena *a)
{
	const char *const *names;

	if (!q->model || !*q->model) {
		err_set(AWM_INVALID, "no model is named");
		return err_hint("give one with --model, or as the default of "
				"the provider");
	}
	if (utf8_has_control(q->model, strlen(q->model), false))
		return err_set(AWM_INVALID, "the model '%s' is no name",
			       q->model);
	return provider_tool_names(q->tools, q->ntools, a, &names);
}

static int begin(const struct provider_request *q, const char *method,
		 struct arena *a, struct provider_http *h)
{
	const char *accept =
		q->stream ? "text/event-stream" : "application/json";
	int rc = 0;

	*h = (struct provider_http){.method = method};
	if (q->wire == WIRE_OLLAMA && q->stream)
		accept = "application/x-ndjson";
	if (method[0] == 'P')
		rc = request_header(h, a, "content-type", "application/json",
				    NULL);
	return rc ? rc : request_header(h, a, "accept", accept, NULL);
}

int provider_build(const struct provider_request *request, struct arena *a,
		   struct provider_http *ret)
{
	const struct wire *wire = wire_of(request->wire);
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	struct provider_request q = *request;
	struct provider_http h;
	int rc = check_request(&q, a);

	/* Long answers are only promised to those who listen meanwhile. */
	if (q.wire == WIRE_ANTHROPIC && q.max_tokens > 21333)
		q.stream = true;
	if (!rc)
		rc = begin(&q, "POST", a, &h);
	if (!rc)
		rc = wire->request(&q, a, &h);
	if (!rc)
		rc = add_customs(&q, a, &h);
	if (rc)
		return rc;
	wire->body(&q, &h, a, &w);
	rc = buf_check(&out);
	if (rc)
		return rc;
	h.body = arena_strndup(a, out.s, out.len);
	h.body_len = out.len;
	if (!h.body)
		return -AWM_NOMEM;
	*ret = h;
	return 0;
}

int provider_build_models(const struct provider_request *request,
			  struct arena *a, struct provider_http *ret)
{
	struct provider_request q = *request;
	struct provider_http h;
	int rc;

	q.stream = false;
	rc = begin(&q, "GET", a, &h);
	if (!rc)
		rc = wire_of(q.wire)->models(&q, a, &h);
	if (!rc)
		rc = add_customs(&q, a, &h);
	if (!rc)
		*ret = h;
	return rc;
}
