// SPDX-License-Identifier: MIT
/* Anthropic's Messages. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* ---- the request ---- */

static int key_headers(const struct provider_request *q, struct arena *a,
		       struct provider_http *h)
{
	int rc = request_header(h, a, "anthropic-version", "2023-06-01", NULL);

	if (rc || !q->key)
		return rc;
	if (!q->key_is_token)
		return request_header(h, a, "x-api-key", "", q->key);
	rc = request_bearer(q, a, h);
	/* Tokens of a login want it, tokens of a gateway do not know it. */
	if (!rc && !strncmp(q->key, "sk-ant-oat", 10))
		rc = request_header(h, a, "anthropic-beta", "oauth-2025-04-20",
				    NULL);
	return rc;
}

static int set_url(const struct provider_request *q, const char *path,
		   struct arena *a, struct provider_http *h)
{
	int rc = request_url(q,
			     (const char *const[]){"/v1/messages", "/v1", NULL},
			     NULL, path, a, h);

	return rc ? rc : key_headers(q, a, h);
}

static int anthropic_request(const struct provider_request *q, struct arena *a,
			     struct provider_http *h)
{
	return set_url(q, "/v1/messages", a, h);
}

static int anthropic_models(const struct provider_request *q, struct arena *a,
			    struct provider_http *h)
{
	return set_url(q, "/v1/models?limit=1000", a, h);
}

static void put_results(struct jsonw *w, const struct provider_message *m)
{
	jsonw_array(w);
	for (size_t i = 0; i < m->nresults; i++) {
		const struct provider_result *r = &m->results[i];

		jsonw_object(w);
		request_key_str(w, "type", "tool_result");
		request_key_str(w, "tool_use_id", r->call_id);
		request_key_str(w, "content", r->text ? r->text : "");
		jsonw_key(w, "is_error");
		jsonw_bool(w, r->is_error);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_messages(const struct provider_request *q, struct jsonw *w)
{
	jsonw_key(w, "messages");
	jsonw_array(w);
	for (size_t i = 0; i < q->nmessages; i++) {
		const struct provider_message *m = &q->messages[i];
		bool assistant = m->turn == TURN_ASSISTANT;

		jsonw_object(w);
		request_key_str(w, "role", assistant ? "assistant" : "user");
		jsonw_key(w, "content");
		if (m->turn == TURN_TOOL)
			put_results(w, m);
		else if (assistant && m->raw)
			request_raw(w, m->raw);
		else
			jsonw_str(w, m->text ? m->text : "");
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_format(const struct provider_request *q,
		       struct provider_http *h, struct jsonw *w)
{
	if (!q->schema)
		return;
	if (!schema_is_object(q->schema)) {
		request_warn(h, WARN_SCHEMA);
		return;
	}
	jsonw_key(w, "output_config");
	jsonw_object(w);
	jsonw_key(w, "format");
	jsonw_object(w);
	request_key_str(w, "type", "json_schema");
	jsonw_key(w, "schema");
	schema_print_closed(w, q->schema);
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
		request_key_str(w, "name", request_tool_name(q, i, a));
		if (q->tools[i].description)
			request_key_str(w, "description",
					q->tools[i].description);
		request_key_json(w, "input_schema", q->tools[i].schema);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void anthropic_body(const struct provider_request *q,
			   struct provider_http *h, struct arena *a,
			   struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "model", q->model);
	request_key_int(w, "max_tokens",
			q->max_tokens > 0
				? q->max_tokens
				: model_max_tokens(q->model, q->stream));
	if (q->system)
		request_key_str(w, "system", q->system);
	put_messages(q, w);
	if (request_temperature(q, h)) {
		jsonw_key(w, "temperature");
		jsonw_real(w, q->temperature);
	}
	put_format(q, h, w);
	put_tools(q, w, a);
	if (q->stream) {
		jsonw_key(w, "stream");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
}

/* ---- the answer ---- */

/* Each number that is there replaces the one before. */
static void read_usage(struct provider_reader *r, const cJSON *u)
{
	struct provider_usage *k = &r->usage;
	int64_t fresh = reader_int(u, "input_tokens", -1);
	const cJSON *out = json_get(u, "output_tokens_details");

	if (!cJSON_IsObject(u))
		return;
	if (k->completion < 0)
		k->cached = k->cache_write = k->reasoning = 0;
	/* prompt is without its cached parts until the end */
	if (fresh >= 0)
		k->prompt = fresh;
	k->completion = reader_int(u, "output_tokens", k->completion);
	k->cached = reader_int(u, "cache_read_input_tokens", k->cached);
	k->cache_write =
		reader_int(u, "cache_creation_input_tokens", k->cache_write);
	k->reasoning = reader_int(out, "thinking_tokens", k->reasoning);
}

static void sum_usage(struct provider_reader *r)
{
	if (r->usage.prompt >= 0)
		r->usage.prompt += r->usage.cached + r->usage.cache_write;
	reader_total(r);
}

static void read_stop(struct provider_reader *r, const cJSON *node)
{
	static const struct finish_word words[] = {
		{"end_turn", FINISH_STOP},
		{"stop_sequence", FINISH_STOP},
		{"max_tokens", FINISH_LENGTH},
		{"model_context_window_exceeded", FINISH_LENGTH},
		{"tool_use", FINISH_TOOL_CALLS},
		{"refusal", FINISH_CONTENT_FILTER},
		{"pause_turn", FINISH_PAUSED},
	};
	const char *reason = json_get_str(node, "stop_reason");
	const cJSON *details = json_get(node, "stop_details");

	if (!reason)
		return;
	reader_finish_word(r, words, ARRAY_LEN(words), reason);
	if (r->finish == FINISH_CONTENT_FILTER && !r->has_refusal)
		reader_refusal(r, json_get_str(details, "explanation"));
}

static void anthropic_whole(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *block;

	if (peer_is(doc, "type", "error") || json_get(doc, "error")) {
		reader_error(r, doc, 200);
		return;
	}
	reader_line(&r->model, json_get_str(doc, "model"));
	reader_line(&r->response_id, json_get_str(doc, "id"));
	cJSON_ArrayForEach(block, json_get(doc, "content"))
	{
		reader_item(r, block);
		if (peer_is(block, "type", "text"))
			reader_text(r, json_get_str(block, "text"));
		else if (peer_is(block, "type", "thinking"))
			reader_reasoning(r, json_get_str(block, "thinking"));
		else if (peer_is(block, "type", "tool_use"))
			reader_add_call(r, json_get_str(block, "id"),
					json_get_str(block, "name"),
					json_get(block, "input"));
	}
	read_usage(r, json_get(doc, "usage"));
	read_stop(r, doc);
	if (r->finish == FINISH_NONE)
		r->finish = FINISH_OTHER;
}

/* ---- in pieces ---- */

static void block_start(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *block = json_get(doc, "content_block");
	struct part *part = reader_part(r, reader_int(doc, "index", 0));
	struct call *call;

	if (!part || part->node || !cJSON_IsObject(block))
		return;
	part->node = cJSON_Duplicate(block, true);
	if (!part->node) {
		reader_stop(r, err_nomem());
		return;
	}
	if (peer_is(block, "type", "text")) {
		reader_text(r, json_get_str(block, "text"));
		buf_adds(&part->text, json_get_str(block, "text")
					      ? json_get_str(block, "text")
					      : "");
	} else if (peer_is(block, "type", "thinking")) {
		reader_reasoning(r, json_get_str(block, "thinking"));
	} else if (peer_is(block, "type", "tool_use")) {
		part->call = (int64_t)r->ncalls;
		call = reader_call(r, part->call);
		if (!call)
			return;
		call->has_id = json_get_str(block, "id") != NULL;
		reader_keep(&call->id, json_get_str(block, "id"));
		reader_keep(&call->name, json_get_str(block, "name"));
	}
}

static void add_to(struct buf *b, const char *text)
{
	if (text && b->len < TEXT_MAX)
		buf_adds(b, text);
}

static void block_delta(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *delta = json_get(doc, "delta");
	struct part *part = reader_part(r, reader_int(doc, "index", 0));
	const char *text;

	if (!part)
		return;
	if (peer_is(delta, "type", "text_delta")) {
		text = json_get_str(delta, "text");
		reader_text(r, text);
		add_to(&part->text, text);
	} else if (peer_is(delta, "type", "thinking_delta")) {
		text = json_get_str(delta, "thinking");
		reader_reasoning(r, text);
		add_to(&part->text, text);
	} else if (peer_is(delta, "type", "signature_delta")) {
		reader_keep(&part->signature, json_get_str(delta, "signature"));
	} else if (peer_is(delta, "type", "input_json_delta") &&
		   part->call >= 0) {
		add_to(&r->calls[part->call].arguments,
		       json_get_str(delta, "partial_json"));
	}
}

static void anthropic_event(struct provider_reader *r, const char *name,
			    const cJSON *doc)
{
	const char *type = json_get_str(doc, "type");
	const cJSON *message = json_get(doc, "message");

	if (!type)
		type = name;
	if (!strcmp(type, "message_start")) {
		reader_line(&r->model, json_get_str(message, "model"));
		reader_line(&r->response_id, json_get_str(message, "id"));
		read_usage(r, json_get(message, "usage"));
	} else if (!strcmp(type, "content_block_start")) {
		block_start(r, doc);
	} else if (!strcmp(type, "content_block_delta")) {
		block_delta(r, doc);
	} else if (!strcmp(type, "message_delta")) {
		read_usage(r, json_get(doc, "usage"));
		read_stop(r, json_get(doc, "delta"));
	} else if (!strcmp(type, "message_stop")) {
		if (r->finish == FINISH_NONE)
			r->finish = FINISH_OTHER;
		r->complete = true;
	} else if (!strcmp(type, "error")) {
		reader_error(r, doc, 200);
		r->complete = true;
	}
}

static void anthropic_end(struct provider_reader *r)
{
	if (r->failed) {
		reader_forget(r);
		return;
	}
	sum_usage(r);
}

/* ---- the turn ---- */

static void replace(cJSON *node, const char *key, cJSON *value, struct jsonw *w)
{
	if (value && cJSON_GetObjectItemCaseSensitive(node, key) &&
	    cJSON_ReplaceItemInObjectCaseSensitive(node, key, value))
		return;
	if (value && cJSON_AddItemToObject(node, key, value))
		return;
	cJSON_Delete(value);
	w->out->failed = true;
}

static void put_block(struct provider_reader *r, struct part *part,
		      struct jsonw *w)
{
	struct buf text = {0};
	int rc = 0;

	if (peer_is(part->node, "type", "text"))
		replace(part->node, "text",
			cJSON_CreateString(buf_str(&part->text)), w);
	if (peer_is(part->node, "type", "thinking") && part->text.len)
		replace(part->node, "thinking",
			cJSON_CreateString(buf_str(&part->text)), w);
	if (part->signature.len)
		replace(part->node, "signature",
			cJSON_CreateString(buf_str(&part->signature)), w);
	if (part->call >= 0 && r->calls[part->call].arguments.len) {
		const struct buf *args = &r->calls[part->call].arguments;
		cJSON *input = peer_json(args->s, args->len, &rc);

		if (cJSON_IsObject(input))
			replace(part->node, "input", input, w);
		else
			cJSON_Delete(input);
	}
	json_print(&text, part->node);
	if (rc || text.failed)
		w->out->failed = true;
	jsonw_raw(w, buf_str(&text), text.len);
	buf_release(&text);
}

static void anthropic_turn(struct provider_reader *r, struct jsonw *w)
{
	if (r->has_items) {
		jsonw_raw(w, "[", 1);
		buf_add(w->out, buf_str(&r->items), r->items.len);
		buf_addc(w->out, ']');
		return;
	}
	jsonw_array(w);
	for (size_t i = 0; i < r->nparts; i++)
		if (r->parts[i].node)
			put_block(r, &r->parts[i], w);
	jsonw_end_array(w);
}

const struct wire wire_anthropic = {
	.base_url = "https://api.anthropic.com",
	.request = anthropic_request,
	.body = anthropic_body,
	.models = anthropic_models,
	.event = anthropic_event,
	.whole = anthropic_whole,
	.end = anthropic_end,
	.turn = anthropic_turn,
};
