// SPDX-License-Identifier: MIT
/* Google's generateContent. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* ---- the request ---- */

static int base_of(const struct provider_request *q, struct arena *a,
		   const char **ret)
{
	return request_base(q, (const char *const[]){"/v1beta", "/v1", NULL},
			    NULL, a, ret);
}

static int key_header(const struct provider_request *q, struct arena *a,
		      struct provider_http *h)
{
	return q->key ? request_header(h, a, "x-goog-api-key", "", q->key) : 0;
}

/* A model becomes a part of the path. */
static bool is_segment(const char *model)
{
	return model[strspn(model, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-._~@:")] == '\0' &&
	       strspn(model, ".") < strlen(model);
}

static int google_request(const struct provider_request *q, struct arena *a,
			  struct provider_http *h)
{
	const char *model = q->model, *kind = "models/", *base;
	int rc = base_of(q, a, &base);

	if (rc)
		return rc;
	if (!strncmp(model, "models/", 7)) {
		model += 7;
	} else if (!strncmp(model, "tunedModels/", 12)) {
		model += 12;
		kind = "tunedModels/";
	}
	if (!is_segment(model))
		return err_set(AWM_INVALID, "the model '%s' is no name",
			       q->model);
	h->url = arena_printf(a, "%s/v1beta/%s%s:%s", base, kind, model,
			      q->stream ? "streamGenerateContent?alt=sse"
					: "generateContent");
	return h->url ? key_header(q, a, h) : -AWM_NOMEM;
}

static int google_models(const struct provider_request *q, struct arena *a,
			 struct provider_http *h)
{
	const char *base;
	int rc = base_of(q, a, &base);

	if (rc)
		return rc;
	h->url = arena_printf(a, "%s/v1beta/models?pageSize=1000", base);
	return h->url ? key_header(q, a, h) : -AWM_NOMEM;
}

static void put_text_part(struct jsonw *w, const char *text)
{
	jsonw_array(w);
	jsonw_object(w);
	request_key_str(w, "text", text ? text : "");
	jsonw_end_object(w);
	jsonw_end_array(w);
}

static void put_results(struct jsonw *w, const struct provider_message *m)
{
	jsonw_array(w);
	for (size_t i = 0; i < m->nresults; i++) {
		const struct provider_result *r = &m->results[i];

		jsonw_object(w);
		jsonw_key(w, "functionResponse");
		jsonw_object(w);
		if (r->call_id)
			request_key_str(w, "id", r->call_id);
		request_key_str(w, "name", r->name);
		jsonw_key(w, "response");
		jsonw_object(w);
		request_key_str(w, r->is_error ? "error" : "output",
				r->text ? r->text : "");
		jsonw_end_object(w);
		jsonw_end_object(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_contents(const struct provider_request *q, struct jsonw *w)
{
	jsonw_key(w, "contents");
	jsonw_array(w);
	for (size_t i = 0; i < q->nmessages; i++) {
		const struct provider_message *m = &q->messages[i];
		bool model = m->turn == TURN_ASSISTANT;

		if (model && m->raw) {
			request_raw(w, m->raw);
			continue;
		}
		jsonw_object(w);
		request_key_str(w, "role", model ? "model" : "user");
		jsonw_key(w, "parts");
		if (m->turn == TURN_TOOL)
			put_results(w, m);
		else
			put_text_part(w, m->text);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void put_tools(const struct provider_request *q, struct jsonw *w,
		      struct arena *a)
{
	if (!q->ntools)
		return;
	jsonw_key(w, "tools");
	jsonw_array(w);
	jsonw_object(w);
	jsonw_key(w, "functionDeclarations");
	jsonw_array(w);
	for (size_t i = 0; i < q->ntools; i++) {
		jsonw_object(w);
		request_key_str(w, "name", request_tool_name(q, i, a));
		if (q->tools[i].description)
			request_key_str(w, "description",
					q->tools[i].description);
		request_key_json(w, "parametersJsonSchema", q->tools[i].schema);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
	jsonw_end_array(w);
}

static void put_generation(const struct provider_request *q, struct jsonw *w)
{
	if (q->max_tokens <= 0 && !q->has_temperature && !q->schema)
		return;
	jsonw_key(w, "generationConfig");
	jsonw_object(w);
	if (q->max_tokens > 0)
		request_key_int(w, "maxOutputTokens", q->max_tokens);
	if (q->has_temperature) {
		jsonw_key(w, "temperature");
		jsonw_real(w, q->temperature);
	}
	if (q->schema) {
		request_key_str(w, "responseMimeType", "application/json");
		request_key_json(w, "responseJsonSchema", q->schema);
	}
	jsonw_end_object(w);
}

static void google_body(const struct provider_request *q,
			struct provider_http *h, struct arena *a,
			struct jsonw *w)
{
	(void)h;
	jsonw_object(w);
	if (q->system) {
		jsonw_key(w, "systemInstruction");
		jsonw_object(w);
		jsonw_key(w, "parts");
		put_text_part(w, q->system);
		jsonw_end_object(w);
	}
	put_contents(q, w);
	put_tools(q, w, a);
	put_generation(q, w);
	jsonw_end_object(w);
}

/* ---- the answer ---- */

static void read_usage(struct provider_reader *r, const cJSON *u)
{
	int64_t thoughts = reader_int(u, "thoughtsTokenCount", 0);

	if (!cJSON_IsObject(u))
		return;
	r->usage.prompt = reader_int(u, "promptTokenCount", 0) +
			  reader_int(u, "toolUsePromptTokenCount", 0);
	r->usage.completion =
		reader_int(u, "candidatesTokenCount", 0) + thoughts;
	r->usage.cached = reader_int(u, "cachedContentTokenCount", 0);
	r->usage.cache_write = 0;
	r->usage.reasoning = thoughts;
	r->usage.total = reader_int(u, "totalTokenCount", -1);
	reader_total(r);
}

static bool is_one(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(s, *words))
			return true;
	return false;
}

static enum provider_finish finish_of(const char *reason)
{
	static const char *const blocked[] = {"SAFETY",	   "RECITATION",
					      "BLOCKLIST", "PROHIBITED_CONTENT",
					      "SPII",	   NULL};
	static const char *const failed[] = {"MALFORMED_FUNCTION_CALL",
					     "UNEXPECTED_TOOL_CALL",
					     "TOO_MANY_TOOL_CALLS",
					     "LANGUAGE",
					     "OTHER",
					     NULL};

	if (!strcmp(reason, "STOP"))
		return FINISH_STOP;
	if (!strcmp(reason, "MAX_TOKENS"))
		return FINISH_LENGTH;
	if (is_one(reason, blocked) || !strncmp(reason, "IMAGE_", 6))
		return FINISH_CONTENT_FILTER;
	return is_one(reason, failed) ? FINISH_ERROR : FINISH_OTHER;
}

/* A run of plain texts is one part of the turn; all else stays as it came. */
static void keep_part(struct provider_reader *r, const cJSON *node)
{
	bool plain = json_get_str(node, "text") && !node->child->next;
	struct part *part;

	part = r->nparts ? &r->parts[r->nparts - 1] : NULL;
	if (!plain || !part || part->node) {
		part = reader_part(r, (int64_t)r->nparts);
		if (!part)
			return;
		part->node = plain ? NULL : cJSON_Duplicate(node, true);
		if (!plain && !part->node)
			reader_stop(r, err_nomem());
	}
	if (plain && part->text.len < TEXT_MAX)
		buf_adds(&part->text, json_get_str(node, "text"));
}

static void read_part(struct provider_reader *r, const cJSON *node)
{
	const cJSON *call = json_get(node, "functionCall");

	if (!cJSON_IsObject(node))
		return;
	keep_part(r, node);
	if (cJSON_IsTrue(json_get(node, "thought"))) {
		const char *text = json_get_str(node, "text");

		reader_reasoning(r, text ? text : "");
	} else if (call)
		reader_add_call(r, json_get_str(call, "id"),
				json_get_str(call, "name"),
				json_get(call, "args"));
	else
		reader_text(r, json_get_str(node, "text"));
}

static void read_blocked(struct provider_reader *r, const cJSON *doc)
{
	const char *reason =
		json_get_str(json_get(doc, "promptFeedback"), "blockReason");

	if (!reason)
		return;
	reader_raw_finish(r, reason);
	r->finish = FINISH_CONTENT_FILTER;
}

static void google_event(struct provider_reader *r, const char *name,
			 const cJSON *doc)
{
	const cJSON *candidates, *candidate, *part;
	const char *reason;

	(void)name;
	if (cJSON_IsArray(doc))
		doc = doc->child;
	if (json_get(doc, "error")) {
		reader_error(r, doc, 200);
		r->complete = true;
		return;
	}
	reader_line(&r->model, json_get_str(doc, "modelVersion"));
	reader_line(&r->response_id, json_get_str(doc, "responseId"));
	read_usage(r, json_get(doc, "usageMetadata"));
	candidates = json_get(doc, "candidates");
	candidate = candidates ? candidates->child : NULL;
	if (!candidate) {
		read_blocked(r, doc);
		return;
	}
	cJSON_ArrayForEach(part, json_get(json_get(candidate, "content"),
					  "parts")) read_part(r, part);
	reason = json_get_str(candidate, "finishReason");
	if (reason) {
		reader_raw_finish(r, reason);
		r->finish = finish_of(reason);
	}
}

/* Without alt=sse a stream is one array of what would be its events. */
static void google_whole(struct provider_reader *r, const cJSON *doc)
{
	const cJSON *event;

	if (!cJSON_IsArray(doc)) {
		google_event(r, "", doc);
	} else {
		cJSON_ArrayForEach(event, doc) google_event(r, "", event);
	}
	if (!r->failed && r->finish == FINISH_NONE)
		r->finish = FINISH_OTHER;
}

static void google_end(struct provider_reader *r)
{
	if (r->failed)
		reader_forget(r);
	else if (r->ncalls && r->finish == FINISH_STOP)
		r->finish = FINISH_TOOL_CALLS;
}

static void google_turn(struct provider_reader *r, struct jsonw *w)
{
	jsonw_object(w);
	request_key_str(w, "role", "model");
	jsonw_key(w, "parts");
	jsonw_array(w);
	for (size_t i = 0; i < r->nparts; i++) {
		const struct part *part = &r->parts[i];
		struct buf text = {0};

		if (!part->node) {
			jsonw_object(w);
			jsonw_key(w, "text");
			jsonw_text(w, buf_str(&part->text), part->text.len);
			jsonw_end_object(w);
			continue;
		}
		json_print(&text, part->node);
		if (text.failed)
			w->out->failed = true;
		jsonw_raw(w, buf_str(&text), text.len);
		buf_release(&text);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

const struct wire wire_google = {
	.base_url = "https://generativelanguage.googleapis.com",
	.request = google_request,
	.body = google_body,
	.models = google_models,
	.event = google_event,
	.whole = google_whole,
	.end = google_end,
	.turn = google_turn,
};
