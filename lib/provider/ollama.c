// SPDX-License-Identifier: MIT
/* Ollama's own API: lines of JSON. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* ---- the request ---- */

static int set_url(const struct provider_request *q, const char *path,
		   struct arena *a, struct provider_http *h)
{
	int rc = request_url(
		q, (const char *const[]){"/api/chat", "/api", "/v1", NULL},
		NULL, path, a, h);

	return rc ? rc : request_bearer(q, a, h);
}

static int ollama_request(const struct provider_request *q, struct arena *a,
			  struct provider_http *h)
{
	return set_url(q, "/api/chat", a, h);
}

static int ollama_models(const struct provider_request *q, struct arena *a,
			 struct provider_http *h)
{
	return set_url(q, "/api/tags", a, h);
}

static void put_results(struct jsonw *w, const struct provider_message *m,
			struct arena *a)
{
	for (size_t i = 0; i < m->nresults; i++) {
		const struct provider_result *r = &m->results[i];

		jsonw_object(w);
		request_key_str(w, "role", "tool");
		request_key_str(w, "tool_name", r->name);
		if (r->call_id)
			request_key_str(w, "tool_call_id", r->call_id);
		jsonw_key(w, "content");
		request_result_text(w, r, a);
		jsonw_end_object(w);
	}
}

static void ollama_body(const struct provider_request *q,
			struct provider_http *h, struct arena *a,
			struct jsonw *w)
{
	(void)h;
	jsonw_object(w);
	request_key_str(w, "model", q->model);
	request_messages(q, put_results, w, a);
	request_tools_nested(q, w, a);
	/* It streams unless told otherwise. */
	jsonw_key(w, "stream");
	jsonw_bool(w, q->stream);
	if (q->schema)
		request_key_json(w, "format", q->schema);
	if (q->max_tokens > 0 || q->has_temperature) {
		jsonw_key(w, "options");
		jsonw_object(w);
		if (q->max_tokens > 0)
			request_key_int(w, "num_predict", q->max_tokens);
		if (q->has_temperature) {
			jsonw_key(w, "temperature");
			jsonw_real(w, q->temperature);
		}
		jsonw_end_object(w);
	}
	jsonw_end_object(w);
}

/* ---- the answer ---- */

static void read_message(struct provider_reader *r, const cJSON *message)
{
	const char *thinking = json_get_str(message, "thinking");
	const cJSON *call;

	reader_text(r, json_get_str(message, "content"));
	if (thinking && *thinking)
		reader_reasoning(r, thinking);
	cJSON_ArrayForEach(call, json_get(message, "tool_calls"))
	{
		const cJSON *f = json_get(call, "function");

		reader_add_call(r, json_get_str(call, "id"),
				json_get_str(f, "name"),
				json_get(f, "arguments"));
		reader_item(r, call);
	}
}

static void read_done(struct provider_reader *r, const cJSON *doc)
{
	const char *reason = json_get_str(doc, "done_reason");

	/* It leaves out what is zero. */
	r->usage.prompt = reader_int(doc, "prompt_eval_count", 0);
	r->usage.completion = reader_int(doc, "eval_count", 0);
	r->usage.cached = r->usage.cache_write = r->usage.reasoning = 0;
	reader_total(r);
	reader_raw_finish(r, reason);
	r->finish = !reason || !strcmp(reason, "stop") ? FINISH_STOP
		    : !strcmp(reason, "length")	       ? FINISH_LENGTH
						       : FINISH_OTHER;
	r->complete = true;
}

static void ollama_event(struct provider_reader *r, const char *name,
			 const cJSON *doc)
{
	const cJSON *error = json_get(doc, "error");

	(void)name;
	if (error && !cJSON_IsNull(error)) {
		reader_error(r, doc, 200);
		r->complete = true;
		return;
	}
	reader_line(&r->model, json_get_str(doc, "model"));
	read_message(r, json_get(doc, "message"));
	if (cJSON_IsTrue(json_get(doc, "done")))
		read_done(r, doc);
}

static void ollama_whole(struct provider_reader *r, const cJSON *doc)
{
	ollama_event(r, "", doc);
	if (!r->complete)
		reader_fail(r, CLASS_SERVER,
			    "the provider answered, but not to the end");
}

static void ollama_end(struct provider_reader *r)
{
	if (r->failed)
		reader_forget(r);
	else if (r->ncalls && r->finish == FINISH_STOP)
		r->finish = FINISH_TOOL_CALLS;
}

static void ollama_turn(struct provider_reader *r, struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "role", "assistant");
	jsonw_key(w, "content");
	jsonw_text(w, buf_str(&r->text), r->text.len);
	if (r->reasoning.len) {
		jsonw_key(w, "thinking");
		jsonw_text(w, buf_str(&r->reasoning), r->reasoning.len);
	}
	if (r->has_items) {
		jsonw_key(w, "tool_calls");
		jsonw_raw(w, "[", 1);
		buf_add(w->out, buf_str(&r->items), r->items.len);
		buf_addc(w->out, ']');
	}
	jsonw_end_object(w);
}

const struct wire wire_ollama = {
	.base_url = "http://127.0.0.1:11434",
	.request = ollama_request,
	.body = ollama_body,
	.models = ollama_models,
	.event = ollama_event,
	.whole = ollama_whole,
	.end = ollama_end,
	.turn = ollama_turn,
};
