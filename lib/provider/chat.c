// SPDX-License-Identifier: MIT
/* Chat Completions: OpenAI's older API, and what everybody else speaks. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* ---- the request ---- */

static int set_url(const struct provider_request *q, const char *path,
		   struct arena *a, struct provider_http *h)
{
	int rc =
		request_url(q, (const char *const[]){"/chat/completions", NULL},
			    "/v1", path, a, h);

	return rc ? rc : request_bearer(q, a, h);
}

static int chat_request(const struct provider_request *q, struct arena *a,
			struct provider_http *h)
{
	return set_url(q, "/chat/completions", a, h);
}

static int chat_models(const struct provider_request *q, struct arena *a,
		       struct provider_http *h)
{
	return set_url(q, "/models", a, h);
}

static void put_results(struct jsonw *w, const struct provider_message *m,
			struct arena *a)
{
	for (size_t i = 0; i < m->nresults; i++) {
		jsonw_object(w);
		request_key_str(w, "role", "tool");
		request_key_str(w, "tool_call_id", m->results[i].call_id);
		jsonw_key(w, "content");
		request_result_text(w, &m->results[i], a);
		jsonw_end_object(w);
	}
}

static void put_format(const struct provider_request *q, struct jsonw *w,
		       struct arena *a)
{
	if (!q->schema)
		return;
	jsonw_key(w, "response_format");
	jsonw_object(w);
	request_key_str(w, "type", "json_schema");
	jsonw_key(w, "json_schema");
	jsonw_object(w);
	request_key_str(w, "name", request_schema_name(q, a));
	jsonw_key(w, "strict");
	jsonw_bool(w, schema_is_strict(q->schema));
	request_key_json(w, "schema", q->schema);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void put_stream(const struct provider_request *q, struct jsonw *w)
{
	if (!q->stream)
		return;
	jsonw_key(w, "stream");
	jsonw_bool(w, true);
	jsonw_key(w, "stream_options");
	jsonw_object(w);
	jsonw_key(w, "include_usage");
	jsonw_bool(w, true);
	jsonw_end_object(w);
}

static void chat_body(const struct provider_request *q, struct provider_http *h,
		      struct arena *a, struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "model", q->model);
	request_messages(q, put_results, w, a);
	/* OpenAI's models refuse the old name, other servers know no other. */
	if (q->max_tokens > 0)
		request_key_int(w,
				q->is_openai ? "max_completion_tokens"
					     : "max_tokens",
				q->max_tokens);
	if (q->has_temperature &&
	    (!q->is_openai || request_temperature(q, h))) {
		jsonw_key(w, "temperature");
		jsonw_real(w, q->temperature);
	}
	put_format(q, w, a);
	request_tools_nested(q, w, a);
	put_stream(q, w);
	jsonw_end_object(w);
}

/* ---- the answer ---- */

static void read_usage(struct provider_reader *r, const cJSON *u)
{
	const cJSON *in = json_get(u, "prompt_tokens_details");
	const cJSON *out = json_get(u, "completion_tokens_details");

	if (!cJSON_IsObject(u))
		return;
	r->usage.prompt = reader_int(u, "prompt_tokens", -1);
	r->usage.completion = reader_int(u, "completion_tokens", -1);
	r->usage.cached = reader_int(in, "cached_tokens", 0);
	r->usage.cache_write = reader_int(in, "cache_write_tokens", 0);
	r->usage.reasoning = reader_int(out, "reasoning_tokens", 0);
	r->usage.total = reader_int(u, "total_tokens", -1);
	reader_total(r);
}

static void read_finish(struct provider_reader *r, const char *reason)
{
	static const struct finish_word words[] = {
		{"stop", FINISH_STOP},
		{"length", FINISH_LENGTH},
		{"tool_calls", FINISH_TOOL_CALLS},
		{"function_call", FINISH_TOOL_CALLS},
		{"content_filter", FINISH_CONTENT_FILTER},
	};

	reader_finish_word(r, words, ARRAY_LEN(words), reason);
}

static const char *reasoning_of(const cJSON *message)
{
	const char *s = json_get_str(message, "reasoning_content");

	return s ? s : json_get_str(message, "reasoning");
}

/* Most servers send a text; a few a list of parts. */
static void read_content(struct provider_reader *r, const cJSON *content)
{
	const cJSON *part;

	if (cJSON_IsString(content)) {
		reader_text(r, content->valuestring);
		return;
	}
	cJSON_ArrayForEach(part, content)
		reader_text(r, json_get_str(part, "text"));
}

static void read_head(struct provider_reader *r, const cJSON *doc)
{
	reader_line(&r->model, json_get_str(doc, "model"));
	reader_line(&r->response_id, json_get_str(doc, "id"));
	read_usage(r, json_get(doc, "usage"));
}

static bool read_failure(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *error = json_get(doc, "error");
	const char *object = json_get_str(doc, "object");

	if ((!error || cJSON_IsNull(error)) &&
	    !(object && !strcmp(object, "error")))
		return false;
	reader_error(r, doc, 200);
	r->complete = true;
	return true;
}

static void chat_whole(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *choices = json_get(doc, "choices");
	const cJSON *choice = choices ? choices->child : NULL;
	const cJSON *message = json_get(choice, "message"), *call;

	if (read_failure(r, doc))
		return;
	read_head(r, doc);
	if (!choice) {
		reader_fail(r, CLASS_SERVER,
			    "the provider answered without a choice");
		return;
	}
	read_content(r, json_get(message, "content"));
	reader_refusal(r, json_get_str(message, "refusal"));
	reader_reasoning(r, reasoning_of(message));
	cJSON_ArrayForEach(call, json_get(message, "tool_calls"))
	{
		const cJSON *f = json_get(call, "function");

		reader_add_call(r, json_get_str(call, "id"),
				json_get_str(f, "name"),
				json_get(f, "arguments"));
	}
	read_finish(r, json_get_str(choice, "finish_reason"));
	if (r->finish == FINISH_NONE)
		r->finish = FINISH_OTHER;
}

static void add_piece(struct provider_reader *r, const cJSON *piece)
{
	const cJSON *f = json_get(piece, "function");
	const cJSON *arguments = json_get(f, "arguments");
	const char *id = json_get_str(piece, "id");
	const char *name = json_get_str(f, "name");
	/* Some servers send a call whole and do not number it. */
	int64_t index = reader_int(piece, "index",
				   id || !r->ncalls ? (int64_t)r->ncalls
						    : (int64_t)r->ncalls - 1);
	struct call *call = reader_call(r, index);

	if (!call || call->arguments.len > TEXT_MAX)
		return;
	if (id && *id) {
		call->has_id = true;
		reader_keep(&call->id, id);
	}
	if (name)
		buf_adds(&call->name, name);
	if (cJSON_IsString(arguments))
		buf_adds(&call->arguments, arguments->valuestring);
	else if (cJSON_IsObject(arguments))
		json_print(&call->arguments, arguments);
}

static void chat_event(struct provider_reader *r, const char *name,
		       const cJSON *doc)
{
	const cJSON *choices = json_get(doc, "choices");
	const cJSON *choice = choices ? choices->child : NULL, *piece;
	const cJSON *delta = json_get(choice, "delta");
	const char *refusal;

	(void)name;
	if (read_failure(r, doc))
		return;
	read_head(r, doc);
	/* A server that does not stream may still say it is. */
	if (!delta)
		delta = json_get(choice, "message");
	read_content(r, json_get(delta, "content"));
	if (reasoning_of(delta) && *reasoning_of(delta))
		reader_reasoning(r, reasoning_of(delta));
	refusal = json_get_str(delta, "refusal");
	if (refusal && *refusal)
		reader_refusal(r, refusal);
	cJSON_ArrayForEach(piece, json_get(delta, "tool_calls"))
		add_piece(r, piece);
	read_finish(r, json_get_str(choice, "finish_reason"));
}

static void chat_end(struct provider_reader *r)
{
	if (r->failed) {
		reader_forget(r);
		return;
	}
	/* The last word came without a reason. */
	if (r->finish == FINISH_NONE)
		r->finish = FINISH_OTHER;
	if (r->ncalls && r->finish == FINISH_STOP)
		r->finish = FINISH_TOOL_CALLS;
	if (r->has_refusal && r->refusal.len)
		r->finish = FINISH_CONTENT_FILTER;
}

static void chat_turn(struct provider_reader *r, struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "role", "assistant");
	jsonw_key(w, "content");
	if (r->text.len || !r->ncalls)
		jsonw_text(w, buf_str(&r->text), r->text.len);
	else
		jsonw_null(w);
	if (r->ncalls) {
		jsonw_key(w, "tool_calls");
		jsonw_array(w);
	}
	for (size_t i = 0; i < r->ncalls; i++) {
		jsonw_object(w);
		request_key_str(w, "id", buf_str(&r->calls[i].id));
		request_key_str(w, "type", "function");
		jsonw_key(w, "function");
		jsonw_object(w);
		request_key_str(w, "name", buf_str(&r->calls[i].name));
		request_key_str(w, "arguments",
				buf_str(&r->calls[i].arguments));
		jsonw_end_object(w);
		jsonw_end_object(w);
	}
	if (r->ncalls)
		jsonw_end_array(w);
	jsonw_end_object(w);
}

const struct wire wire_chat = {
	.base_url = "http://127.0.0.1:8080/v1",
	.request = chat_request,
	.body = chat_body,
	.models = chat_models,
	.event = chat_event,
	.whole = chat_whole,
	.end = chat_end,
	.turn = chat_turn,
};
