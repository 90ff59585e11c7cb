// SPDX-License-Identifier: MIT
/* OpenAI's Responses API. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* ---- the request ---- */

static int key_headers(const struct provider_request *q, struct arena *a,
		       struct provider_http *h)
{
	int rc = request_bearer(q, a, h);

	if (!rc && q->organization)
		rc = request_header(h, a, "openai-organization",
				    q->organization, NULL);
	if (!rc && q->project)
		rc = request_header(h, a, "openai-project", q->project, NULL);
	return rc;
}

static int set_url(const struct provider_request *q, const char *path,
		   struct arena *a, struct provider_http *h)
{
	int rc = request_url(q, (const char *const[]){"/responses", NULL}, NULL,
			     path, a, h);

	return rc ? rc : key_headers(q, a, h);
}

static int responses_request(const struct provider_request *q, struct arena *a,
			     struct provider_http *h)
{
	return set_url(q, "/responses", a, h);
}

static int responses_models(const struct provider_request *q, struct arena *a,
			    struct provider_http *h)
{
	return set_url(q, "/models", a, h);
}

/* The items of an earlier answer, spread into the list. */
static void put_raw(struct jsonw *w, const struct provider_message *m)
{
	_cleanup_json_ cJSON *items = NULL;
	const cJSON *item;
	int rc;

	items = peer_json(m->raw, strlen(m->raw), &rc);
	cJSON_ArrayForEach(item, items)
	{
		struct buf text = {0};

		json_print(&text, item);
		jsonw_raw(w, buf_str(&text), text.len);
		buf_release(&text);
	}
}

static void put_results(struct jsonw *w, const struct provider_message *m,
			struct arena *a)
{
	for (size_t i = 0; i < m->nresults; i++) {
		jsonw_object(w);
		request_key_str(w, "type", "function_call_output");
		request_key_str(w, "call_id", m->results[i].call_id);
		jsonw_key(w, "output");
		request_result_text(w, &m->results[i], a);
		jsonw_end_object(w);
	}
}

static void put_input(const struct provider_request *q, struct jsonw *w,
		      struct arena *a)
{
	jsonw_key(w, "input");
	jsonw_array(w);
	for (size_t i = 0; i < q->nmessages; i++) {
		const struct provider_message *m = &q->messages[i];

		if (m->turn == TURN_TOOL)
			put_results(w, m, a);
		else if (m->turn == TURN_ASSISTANT && m->raw)
			put_raw(w, m);
		else
			request_turn(
				w, m->turn == TURN_USER ? "user" : "assistant",
				m->text);
	}
	jsonw_end_array(w);
}

static void put_format(const struct provider_request *q,
		       struct provider_http *h, struct jsonw *w,
		       struct arena *a)
{
	if (!q->schema)
		return;
	if (!schema_is_object(q->schema)) {
		request_warn(h, WARN_SCHEMA);
		return;
	}
	jsonw_key(w, "text");
	jsonw_object(w);
	jsonw_key(w, "format");
	jsonw_object(w);
	request_key_str(w, "type", "json_schema");
	request_key_str(w, "name", request_schema_name(q, a));
	jsonw_key(w, "strict");
	jsonw_bool(w, schema_is_strict(q->schema));
	request_key_json(w, "schema", q->schema);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

static void put_tools(const struct provider_request *q, struct jsonw *w,
		      struct arena *a)
{
	if (!q->ntools)
		return;
	jsonw_key(w, "tools");
	jsonw_array(w);
	for (size_t i = 0; i < q->ntools; i++) {
		jsonw_object(w);
		request_key_str(w, "type", "function");
		request_key_str(w, "name", request_tool_name(q, i, a));
		if (q->tools[i].description)
			request_key_str(w, "description",
					q->tools[i].description);
		request_key_json(w, "parameters", q->tools[i].schema);
		/* Strict unless told otherwise, which few schemas bear. */
		jsonw_key(w, "strict");
		jsonw_bool(w, false);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_limits(const struct provider_request *q,
		       struct provider_http *h, struct jsonw *w)
{
	int64_t max = q->max_tokens;

	if (max > 0 && max < 16) {
		request_warn(h, "this API takes no fewer than 16 output "
				"tokens: 16 were asked for");
		max = 16;
	}
	if (max > 0)
		request_key_int(w, "max_output_tokens", max);
	if (request_temperature(q, h)) {
		jsonw_key(w, "temperature");
		jsonw_real(w, q->temperature);
	}
}

static void responses_body(const struct provider_request *q,
			   struct provider_http *h, struct arena *a,
			   struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "model", q->model);
	if (q->system)
		request_key_str(w, "instructions", q->system);
	put_input(q, w, a);
	put_limits(q, h, w);
	put_format(q, h, w, a);
	put_tools(q, w, a);
	jsonw_key(w, "store");
	jsonw_bool(w, false);
	jsonw_key(w, "include");
	jsonw_array(w);
	jsonw_str(w, "reasoning.encrypted_content");
	jsonw_end_array(w);
	if (q->stream) {
		jsonw_key(w, "stream");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
}

/* ---- the answer ---- */

static void read_message(struct provider_reader *r, const cJSON *item,
			 bool texts)
{
	const cJSON *part;

	cJSON_ArrayForEach(part, json_get(item, "content"))
	{
		if (texts && peer_is(part, "type", "output_text"))
			reader_text(r, json_get_str(part, "text"));
		else if (peer_is(part, "type", "refusal"))
			reader_refusal(r, json_get_str(part, "refusal"));
	}
}

static void read_reasoning(struct provider_reader *r, const cJSON *item)
{
	const cJSON *part;

	cJSON_ArrayForEach(part, json_get(item, "summary"))
		reader_reasoning(r, json_get_str(part, "text"));
}

/* With `texts` also what a stream has handed out in pieces already. */
static void read_item(struct provider_reader *r, const cJSON *item, bool texts)
{
	reader_item(r, item);
	if (peer_is(item, "type", "message"))
		read_message(r, item, texts);
	else if (peer_is(item, "type", "reasoning"))
		read_reasoning(r, item);
	else if (peer_is(item, "type", "function_call"))
		reader_add_call(r, json_get_str(item, "call_id"),
				json_get_str(item, "name"),
				json_get(item, "arguments"));
}

static void read_items(struct provider_reader *r, const cJSON *items,
		       bool texts)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, items) read_item(r, item, texts);
}

static void read_usage(struct provider_reader *r, const cJSON *u)
{
	const cJSON *in = json_get(u, "input_tokens_details");
	const cJSON *out = json_get(u, "output_tokens_details");

	if (!cJSON_IsObject(u))
		return;
	r->usage.prompt = reader_int(u, "input_tokens", -1);
	r->usage.completion = reader_int(u, "output_tokens", -1);
	r->usage.cached = reader_int(in, "cached_tokens", 0);
	r->usage.cache_write = reader_int(in, "cache_write_tokens", 0);
	r->usage.reasoning = reader_int(out, "reasoning_tokens", 0);
	r->usage.total = reader_int(u, "total_tokens", -1);
	reader_total(r);
}

static void read_status(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *why = json_get(doc, "incomplete_details");
	const char *reason = json_get_str(why, "reason");

	reader_raw_finish(r, json_get_str(doc, "status"));
	if (peer_is(doc, "status", "completed")) {
		r->finish = r->ncalls ? FINISH_TOOL_CALLS : FINISH_STOP;
	} else if (peer_is(doc, "status", "incomplete")) {
		reader_raw_finish(r, reason);
		r->finish = peer_is(why, "reason", "content_filter")
				    ? FINISH_CONTENT_FILTER
				    : FINISH_LENGTH;
	} else if (peer_is(doc, "status", "failed") ||
		   peer_is(doc, "status", "cancelled")) {
		r->finish = FINISH_ERROR;
		reader_error(r, json_get(doc, "error"), 200);
	} else {
		r->finish = FINISH_OTHER;
	}
	if (r->has_refusal) {
		r->finish = FINISH_CONTENT_FILTER;
		reader_raw_finish(r, "refusal");
	}
}

/* What a stream told piece by piece, before it says it all once more. */
static void drop_items(struct provider_reader *r)
{
	reader_drop_calls(r);
	buf_truncate(&r->items, 0);
	r->has_items = false;
	buf_truncate(&r->reasoning, 0);
	r->has_reasoning = false;
	buf_truncate(&r->refusal, 0);
	r->has_refusal = false;
}

static void read_response(struct provider_reader *r, const cJSON *doc,
			  bool texts)
{
	const cJSON *output = json_get(doc, "output");

	reader_line(&r->model, json_get_str(doc, "model"));
	reader_line(&r->response_id, json_get_str(doc, "id"));
	if (output && output->child) {
		drop_items(r);
		read_items(r, output, texts);
	}
	read_usage(r, json_get(doc, "usage"));
	read_status(r, doc);
}

static void responses_whole(struct provider_reader *r, const cJSON *doc)
{
	if (cJSON_IsObject(json_get(doc, "error"))) {
		reader_error(r, doc, 200);
		reader_line(&r->model, json_get_str(doc, "model"));
		reader_line(&r->response_id, json_get_str(doc, "id"));
		if (json_get(doc, "status")) {
			r->failed = false;
			read_response(r, doc, true);
		}
		return;
	}
	read_response(r, doc, true);
}

static bool is_terminal(const char *type)
{
	return !strcmp(type, "response.completed") ||
	       !strcmp(type, "response.incomplete") ||
	       !strcmp(type, "response.failed") ||
	       !strcmp(type, "response.cancelled");
}

static void responses_event(struct provider_reader *r, const char *name,
			    const cJSON *doc)
{
	const char *type = json_get_str(doc, "type");
	const cJSON *response = json_get(doc, "response");

	if (!type)
		type = name;
	if (!strcmp(type, "response.output_text.delta")) {
		reader_text(r, json_get_str(doc, "delta"));
	} else if (!strcmp(type, "response.refusal.delta")) {
		reader_refusal(r, json_get_str(doc, "delta"));
	} else if (!strcmp(type, "response.output_item.done")) {
		buf_truncate(&r->refusal, 0);
		read_item(r, json_get(doc, "item"), false);
	} else if (!strcmp(type, "response.created")) {
		reader_line(&r->model, json_get_str(response, "model"));
		reader_line(&r->response_id, json_get_str(response, "id"));
	} else if (is_terminal(type)) {
		/* Servers that stream nothing say it all at the end. */
		read_response(r, response, !r->has_text);
		r->complete = true;
	} else if (!strcmp(type, "error") || json_get(doc, "error")) {
		reader_error(r, doc, 200);
		reader_raw_finish(r, "error");
		r->finish = FINISH_ERROR;
		r->complete = true;
	}
}

static void responses_end(struct provider_reader *r)
{
	/* Calls of an answer that broke off are nobody's to make. */
	if (r->failed)
		reader_drop_calls(r);
}

static void responses_turn(struct provider_reader *r, struct jsonw *w)
{
	jsonw_raw(w, "[", 1);
	buf_add(w->out, buf_str(&r->items), r->items.len);
	buf_addc(w->out, ']');
}

const struct wire wire_responses = {
	.base_url = "https://api.openai.com/v1",
	.request = responses_request,
	.body = responses_body,
	.models = responses_models,
	.event = responses_event,
	.whole = responses_whole,
	.end = responses_end,
	.turn = responses_turn,
};
