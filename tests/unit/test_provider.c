/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "provider/provider.h"

/*
 * Every response of tests/data/providers, whole, byte by byte and, if it is a
 * stream, split in two at every place, against what its manifest says a reader
 * makes of it; and every request against the JSON that it has to be.
 */

/* 2026-11-22T09:00:00Z, the "now" of the manifest */
#define NOW INT64_C(1795338000000)

static cJSON *load(const char *name)
{
	_cleanup_buf_ struct buf path = {0}, text = {0};
	cJSON *tree;

	buf_addf(&path, "%s/tests/data/providers/%s", getenv("AWM_SOURCE_ROOT"),
		 name);
	assert_int_equal(file_read(path.s, 1 << 24, &text), 0);
	assert_int_equal(json_parse(text.s, text.len, &tree), 0);
	return tree;
}

static void load_bytes(const char *name, struct buf *ret)
{
	_cleanup_buf_ struct buf path = {0};

	buf_addf(&path, "%s/tests/data/providers/%s", getenv("AWM_SOURCE_ROOT"),
		 name);
	assert_int_equal(file_read(path.s, 1 << 24, ret), 0);
}

static enum provider_wire wire_named(const char *name)
{
	static const char *const names[] = {
		[WIRE_OPENAI_RESPONSES] = "openai-responses",
		[WIRE_OPENAI_CHAT] = "openai-chat",
		[WIRE_ANTHROPIC] = "anthropic",
		[WIRE_GOOGLE] = "google",
		[WIRE_OLLAMA] = "ollama",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return (enum provider_wire)i;
	fail_msg("no wire '%s'", name);
	return WIRE_OLLAMA;
}

/* ---- an answer as the manifest writes it ---- */

static cJSON *text_node(const char *s)
{
	return s ? cJSON_CreateString(s) : cJSON_CreateNull();
}

static cJSON *count_node(int64_t n)
{
	return n < 0 ? cJSON_CreateNull() : cJSON_CreateNumber((double)n);
}

static cJSON *usage_node(const struct provider_usage *u)
{
	cJSON *node;

	if (u->prompt < 0)
		return cJSON_CreateNull();
	node = cJSON_CreateObject();
	cJSON_AddItemToObject(node, "promptTokens", count_node(u->prompt));
	cJSON_AddItemToObject(node, "completionTokens",
			      count_node(u->completion));
	cJSON_AddItemToObject(node, "totalTokens", count_node(u->total));
	cJSON_AddItemToObject(node, "cachedTokens", count_node(u->cached));
	cJSON_AddItemToObject(node, "cacheWriteTokens",
			      count_node(u->cache_write));
	cJSON_AddItemToObject(node, "reasoningTokens",
			      count_node(u->reasoning));
	return node;
}

static cJSON *call_node(const struct provider_call *call)
{
	cJSON *node = cJSON_CreateObject(), *arguments = NULL;

	cJSON_AddItemToObject(node, "id", text_node(call->id));
	cJSON_AddItemToObject(node, "name", text_node(call->name));
	if (json_parse(call->arguments, strlen(call->arguments), &arguments)) {
		cJSON_AddNullToObject(node, "arguments");
		cJSON_AddStringToObject(node, "argumentsRaw", call->arguments);
	} else {
		cJSON_AddItemToObject(node, "arguments", arguments);
	}
	return node;
}

static cJSON *calls_node(const struct provider_answer *answer)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < answer->ncalls; i++)
		cJSON_AddItemToArray(list, call_node(&answer->calls[i]));
	return list;
}

static cJSON *error_node(const struct provider_error *e)
{
	cJSON *node;

	if (e->class == CLASS_NONE)
		return cJSON_CreateNull();
	node = cJSON_CreateObject();
	cJSON_AddStringToObject(node, "class", provider_class_word(e->class));
	cJSON_AddBoolToObject(node, "retryable", e->retryable);
	cJSON_AddItemToObject(node, "retryAfterMs",
			      count_node(e->retry_after_ms));
	cJSON_AddItemToObject(node, "message", text_node(e->message));
	cJSON_AddItemToObject(node, "code", text_node(e->code));
	return node;
}

static cJSON *answer_node(const struct provider_answer *answer)
{
	cJSON *node = cJSON_CreateObject();

	cJSON_AddItemToObject(node, "text", text_node(answer->text));
	cJSON_AddItemToObject(node, "reasoning", text_node(answer->reasoning));
	cJSON_AddItemToObject(node, "refusal", text_node(answer->refusal));
	cJSON_AddItemToObject(node, "finish",
			      text_node(provider_finish_word(answer->finish)));
	cJSON_AddItemToObject(node, "rawFinish", text_node(answer->raw_finish));
	cJSON_AddItemToObject(node, "toolCalls", calls_node(answer));
	cJSON_AddItemToObject(node, "usage", usage_node(&answer->usage));
	cJSON_AddItemToObject(node, "model", text_node(answer->model));
	cJSON_AddItemToObject(node, "responseId",
			      text_node(answer->response_id));
	cJSON_AddItemToObject(node, "requestId", text_node(answer->request_id));
	cJSON_AddBoolToObject(node, "discardFromHistory", answer->discard);
	cJSON_AddItemToObject(node, "error", error_node(&answer->error));
	return node;
}

/* Messages in awm's own words are not held to those of the manifest. */
static bool is_own(const char *message)
{
	return message && (!strcmp(message, "stream ended early") ||
			   !strncmp(message, "HTTP ", 5));
}

static void let_pass(cJSON *got, const cJSON *want)
{
	const cJSON *error = json_get(want, "error");

	if (cJSON_IsNull(json_get(want, "text")))
		cJSON_ReplaceItemInObject(got, "text", cJSON_CreateNull());
	if (is_own(json_get_str(error, "message")))
		cJSON_ReplaceItemInObject(
			cJSON_GetObjectItem(got, "error"), "message",
			cJSON_Duplicate(json_get(error, "message"), true));
}

static void compare(const char *name, const char *how,
		    const struct provider_answer *answer, const cJSON *want)
{
	_cleanup_json_ cJSON *got = answer_node(answer);
	_cleanup_buf_ struct buf a = {0}, b = {0};

	let_pass(got, want);
	if (cJSON_Compare(got, want, true))
		return;
	json_print(&a, got);
	json_print(&b, want);
	fail_msg("%s, %s:\ngot  %s\nwant %s", name, how, buf_str(&a),
		 buf_str(&b));
}

/* ---- feeding ---- */

static int collect(void *ctx, const char *text, size_t len)
{
	buf_add(ctx, text, len);
	return 0;
}

static void read_head(struct provider_reader *r, const cJSON *entry)
{
	const char *names[32], *values[32];
	const cJSON *header;
	size_t n = 0;

	cJSON_ArrayForEach(header, json_get(entry, "headers"))
	{
		names[n] = header->string;
		values[n++] = header->valuestring;
	}
	assert_int_equal(
		provider_reader_head(r, json_get(entry, "status")->valueint,
				     names, values, n),
		0);
}

/* In pieces: the first of `first` bytes, the others of `step`. */
static void feed(const cJSON *entry, const struct buf *bytes, size_t first,
		 size_t step, const char *how, struct arena *a,
		 struct provider_answer *ret)
{
	_cleanup_buf_ struct buf text = {0};
	struct provider_reader *r;
	const char *name = json_get_str(entry, "file");

	assert_int_equal(
		provider_reader_new(wire_named(json_get_str(entry, "wire")),
				    cJSON_IsTrue(json_get(entry, "stream")),
				    NOW, collect, &text, &r),
		0);
	read_head(r, entry);
	for (size_t at = 0, n = first; at < bytes->len; at += n, n = step) {
		if (n > bytes->len - at)
			n = bytes->len - at;
		assert_int_equal(provider_reader_feed(r, bytes->s + at, n), 0);
	}
	assert_int_equal(provider_reader_finish(r, false, false, NULL, a, ret),
			 0);
	compare(name, how, ret, json_get(entry, "expect"));
	if (ret->text && (text.len != ret->text_len ||
			  memcmp(buf_str(&text), ret->text, text.len) != 0))
		fail_msg("%s, %s: handed out '%s'", name, how, buf_str(&text));
	provider_reader_free(r);
}

static void run_entry(const cJSON *entry)
{
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_buf_ struct buf bytes = {0};
	struct provider_answer answer;
	char how[32];

	load_bytes(json_get_str(entry, "file"), &bytes);
	feed(entry, &bytes, bytes.len, bytes.len, "whole", &a, &answer);
	feed(entry, &bytes, 1, 1, "byte by byte", &a, &answer);
	if (!cJSON_IsTrue(json_get(entry, "stream")))
		return;
	for (size_t at = 1; at < bytes.len; at++) {
		snprintf(how, sizeof(how), "split at %zu", at);
		feed(entry, &bytes, at, bytes.len, how, &a, &answer);
		arena_release(&a);
	}
}

static void test_manifest(void **state)
{
	_cleanup_json_ cJSON *manifest = load("manifest.json");
	const cJSON *entry;
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(entry, json_get(manifest, "fixtures"))
	{
		run_entry(entry);
		n++;
	}
	assert_int_equal(n, 158);
}

/* ---- requests ---- */

struct built {
	struct provider_message messages[8];
	struct provider_result results[8];
	struct provider_tool tools[8];
};

static void find_entry(const cJSON *manifest, const char *file,
		       const cJSON **ret)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, json_get(manifest, "fixtures"))
	{
		if (!strcmp(json_get_str(entry, "file"), file)) {
			*ret = entry;
			return;
		}
	}
	fail_msg("no fixture %s", file);
}

static void replay(const char *file, struct arena *a,
		   struct provider_answer *ret)
{
	_cleanup_json_ cJSON *manifest = load("manifest.json");
	_cleanup_buf_ struct buf bytes = {0};
	const cJSON *entry = NULL;

	find_entry(manifest, file, &entry);
	load_bytes(file, &bytes);
	feed(entry, &bytes, bytes.len, bytes.len, "whole", a, ret);
}

static void build_turns(const cJSON *input, const char *wire, struct built *b,
			struct arena *a, struct provider_request *q)
{
	struct provider_answer answer = {0};
	const cJSON *turn, *result;

	cJSON_ArrayForEach(turn, json_get(input, "messages"))
	{
		struct provider_message *m = &b->messages[q->nmessages++];
		const char *role = json_get_str(turn, "role");

		m->turn = !strcmp(role, "user")	       ? TURN_USER
			  : !strcmp(role, "assistant") ? TURN_ASSISTANT
						       : TURN_TOOL;
		m->text = json_get_str(turn, "text");
		if (m->turn == TURN_ASSISTANT) {
			replay(arena_printf(a, "%s/tool_call.json", wire), a,
			       &answer);
			m->raw = answer.raw;
		}
		m->results = b->results;
		cJSON_ArrayForEach(result, json_get(turn, "results"))
		{
			int call = json_get(result, "call")->valueint;

			b->results[m->nresults++] = (struct provider_result){
				.call_id = answer.calls[call].id,
				.name = answer.calls[call].name,
				.text = json_get_str(result, "text"),
				.is_error = cJSON_IsTrue(
					json_get(result, "isError")),
			};
		}
	}
	q->messages = b->messages;
}

static void build_request(const cJSON *test, struct built *b, struct arena *a,
			  struct provider_request *q)
{
	const cJSON *input = json_get(test, "input"), *tool;
	const cJSON *schema = json_get(input, "jsonSchema");
	const cJSON *temperature = json_get(input, "temperature");

	*q = (struct provider_request){
		.wire = wire_named(json_get_str(test, "wire")),
		.model = json_get_str(test, "model"),
		.system = json_get_str(input, "system"),
		.max_tokens = json_get(input, "maxTokens")->valueint,
		.stream = cJSON_IsTrue(json_get(input, "stream")),
		.schema = json_get(schema, "schema"),
		.schema_name = json_get_str(schema, "name"),
		.has_temperature = temperature != NULL,
		.temperature = temperature ? temperature->valuedouble : 0,
		.tools = b->tools,
	};
	if (q->wire != WIRE_OPENAI_CHAT && q->wire != WIRE_OLLAMA)
		q->key = "KEY";
	cJSON_ArrayForEach(tool, json_get(input, "tools"))
		b->tools[q->ntools++] = (struct provider_tool){
		.name = json_get_str(tool, "name"),
		.description = json_get_str(tool, "description"),
		.schema = json_get(tool, "schema"),
	};
	build_turns(input, json_get_str(test, "wire"), b, a, q);
}

static const char *header_of(const struct provider_http *h, const char *name)
{
	for (size_t i = 0; i < h->nheaders; i++)
		if (!strcasecmp(h->headers[i].name, name))
			return h->headers[i].value;
	return NULL;
}

static void compare_request(const char *name, const struct provider_http *h,
			    const cJSON *test)
{
	_cleanup_json_ cJSON *body = NULL;
	_cleanup_buf_ struct buf want = {0};
	const cJSON *item;
	size_t n = 0;

	assert_string_equal(h->method, json_get_str(test, "method"));
	assert_string_equal(h->url, json_get_str(test, "url"));
	cJSON_ArrayForEach(item, json_get(test, "headers"))
	{
		const char *got = header_of(h, item->string);

		if (!got || strcmp(got, item->valuestring) != 0)
			fail_msg("%s: header %s is '%s'", name, item->string,
				 got ? got : "");
	}
	cJSON_ArrayForEach(item, json_get(test, "warnings"))
	{
		assert_true(n < h->nwarnings);
		assert_string_equal(h->warnings[n++], item->valuestring);
	}
	assert_int_equal(n, h->nwarnings);
	assert_int_equal(h->body_len, strlen(h->body));
	assert_int_equal(json_parse(h->body, h->body_len, &body), 0);
	json_print(&want, json_get(test, "body"));
	if (!cJSON_Compare(body, json_get(test, "body"), true))
		fail_msg("%s:\ngot  %s\nwant %s", name, h->body, want.s);
}

static void test_requests(void **state)
{
	_cleanup_json_ cJSON *all = load("requests.json");
	const cJSON *test;
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(test, json_get(all, "cases"))
	{
		_cleanup_(arena_release) struct arena a = {0};
		struct built built = {0};
		struct provider_request q;
		struct provider_http h;
		char name[100];

		snprintf(name, sizeof(name), "%s, %s",
			 json_get_str(test, "case"),
			 json_get_str(test, "wire"));
		build_request(test, &built, &a, &q);
		assert_int_equal(provider_build(&q, &a, &h), 0);
		compare_request(name, &h, test);
		n++;
	}
	assert_int_equal(n, 20);
}

/* The turn of a stream goes back as that of the same answer in one piece. */
static void test_turns(void **state)
{
	static const char *const streams[] = {
		"openai-responses/stream_tool_call.sse",
		"openai-chat/stream_tool_call.sse",
		"anthropic/stream_tool_call.sse",
		"google/stream_tool_call.sse",
		"ollama/stream_tool_call.ndjson",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		_cleanup_(arena_release) struct arena a = {0};
		struct provider_answer answer;

		replay(streams[i], &a, &answer);
		assert_non_null(answer.raw);
		assert_int_equal(json_check(answer.raw, strlen(answer.raw)), 0);
		for (size_t c = 0; c < answer.ncalls; c++)
			if (!strstr(answer.raw, answer.calls[c].name))
				fail_msg("%s: no call in %s", streams[i],
					 answer.raw);
	}
}

/* ---- what models refuse, and what wires cannot say ---- */

static void ask(struct provider_request *q, struct arena *a,
		struct provider_http *h, cJSON **body)
{
	static const struct provider_message hi = {TURN_USER, "Hi", NULL, NULL,
						   0};

	q->messages = &hi;
	q->nmessages = 1;
	assert_int_equal(provider_build(q, a, h), 0);
	cJSON_Delete(*body);
	assert_int_equal(json_parse(h->body, h->body_len, body), 0);
}

static void test_temperature(void **state)
{
	static const struct {
		enum provider_wire wire;
		const char *model;
		double value;
		bool sent;
	} cases[] = {
		{WIRE_ANTHROPIC, "claude-opus-4-6", 0.5, true},
		{WIRE_ANTHROPIC, "claude-sonnet-4-20250514", 0.5, true},
		{WIRE_ANTHROPIC, "claude-3-5-haiku-20241022", 0.5, true},
		{WIRE_ANTHROPIC, "claude-opus-4-7", 0.5, false},
		{WIRE_ANTHROPIC, "claude-opus-5", 0.5, false},
		{WIRE_ANTHROPIC, "claude-haiku-5-5", 0.5, false},
		{WIRE_ANTHROPIC, "claude-fable-5-1", 0.5, false},
		{WIRE_ANTHROPIC, "claude-fable-5-1", 1, true},
		{WIRE_OPENAI_RESPONSES, "gpt-6-astra", 0.5, false},
		{WIRE_OPENAI_RESPONSES, "gpt-5-mini", 0.5, false},
		{WIRE_OPENAI_RESPONSES, "o3-pro", 0.5, false},
		{WIRE_OPENAI_RESPONSES, "gpt-4.1", 0.5, true},
		{WIRE_OPENAI_CHAT, "gpt-6-of-mine", 0.5, true},
		{WIRE_GOOGLE, "gemini-3.8-flash", 0.5, true},
	};
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_json_ cJSON *body = NULL;
	struct provider_http h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct provider_request q = {.wire = cases[i].wire,
					     .model = cases[i].model,
					     .has_temperature = true,
					     .temperature = cases[i].value};
		const cJSON *at;

		ask(&q, &a, &h, &body);
		at = cases[i].wire == WIRE_GOOGLE
			     ? json_get(body, "generationConfig")
			     : body;
		if ((json_get(at, "temperature") != NULL) != cases[i].sent ||
		    (h.nwarnings == 0) != cases[i].sent)
			fail_msg("%s", cases[i].model);
	}
}

static void test_limits(void **state)
{
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_json_ cJSON *body = NULL;
	struct provider_http h;
	struct provider_request q = {.wire = WIRE_ANTHROPIC,
				     .model = "claude-sonnet-5-5"};

	(void)state;
	ask(&q, &a, &h, &body);
	assert_int_equal(json_get(body, "max_tokens")->valueint, 16000);
	q.stream = true;
	ask(&q, &a, &h, &body);
	assert_int_equal(json_get(body, "max_tokens")->valueint, 64000);
	/* too long to be waited for in silence */
	q.stream = false;
	q.max_tokens = 21334;
	ask(&q, &a, &h, &body);
	assert_true(cJSON_IsTrue(json_get(body, "stream")));
	q = (struct provider_request){.wire = WIRE_OPENAI_RESPONSES,
				      .model = "gpt-6-luna",
				      .max_tokens = 3};
	ask(&q, &a, &h, &body);
	assert_int_equal(json_get(body, "max_output_tokens")->valueint, 16);
	assert_int_equal(h.nwarnings, 1);
	q = (struct provider_request){.wire = WIRE_OPENAI_CHAT,
				      .model = "gpt-6-luna",
				      .max_tokens = 30,
				      .is_openai = true};
	ask(&q, &a, &h, &body);
	assert_non_null(json_get(body, "max_completion_tokens"));
	q.model = NULL;
	assert_int_equal(provider_build(&q, &a, &h), -AWM_INVALID);
}

static void test_schema(void **state)
{
	static const char open[] =
		"{\"type\":\"object\",\"properties\":{\"properties\":{\"type\":"
		"\"string\"},\"b\":{\"type\":\"object\",\"properties\":{}}}}";
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_json_ cJSON *body = NULL, *schema = NULL, *list = NULL;
	const cJSON *format;
	struct provider_http h;
	struct provider_request q = {.wire = WIRE_OPENAI_RESPONSES,
				     .model = "gpt-6-luna"};

	(void)state;
	assert_int_equal(json_parse(open, strlen(open), &schema), 0);
	q.schema = schema;
	q.schema_name = "my plan!";
	ask(&q, &a, &h, &body);
	format = json_get(json_get(body, "text"), "format");
	assert_true(cJSON_IsFalse(json_get(format, "strict")));
	assert_string_equal(json_get_str(format, "name"), "my_plan_");
	q.wire = WIRE_ANTHROPIC;
	ask(&q, &a, &h, &body);
	format = json_get(json_get(body, "output_config"), "format");
	format = json_get(format, "schema");
	assert_true(cJSON_IsFalse(json_get(format, "additionalProperties")));
	format = json_get(format, "properties");
	assert_null(json_get(format, "additionalProperties"));
	assert_true(cJSON_IsFalse(
		json_get(json_get(format, "b"), "additionalProperties")));
	assert_int_equal(json_parse("{\"type\":\"array\"}", 16, &list), 0);
	q.schema = list;
	ask(&q, &a, &h, &body);
	assert_null(json_get(body, "output_config"));
	assert_int_equal(h.nwarnings, 1);
}

static void test_tool_names(void **state)
{
	static const struct provider_tool tools[] = {
		{.name = "get_weather"},
		{.name = "fs.read"},
		{.name = "fs_read"},
		{.name = "fs:read"},
		{.name = "9lives"},
		{.name = "wetter-für-Köln"},
		{.name = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
			 "ffffffffffgggggggggg"},
		{.name = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
			 "ffffffffffgggghhhhhh"},
	};
	static const char *const want[] = {
		"get_weather",
		"fs_read",
		"fs_read_2",
		"fs_read_3",
		"_9lives",
		"wetter-f_r-K_ln",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffffff"
		"fgggg",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffffff"
		"fgg_2",
	};
	_cleanup_(arena_release) struct arena a = {0};
	const struct provider_tool none = {.name = ""};
	const char *const *names;

	(void)state;
	assert_int_equal(
		provider_tool_names(tools, ARRAY_LEN(tools), &a, &names), 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(names[i], want[i]);
	assert_int_equal(provider_tool_names(&none, 1, &a, &names),
			 -AWM_INVALID);
}

static void test_headers(void **state)
{
	_cleanup_(arena_release) struct arena a = {0};
	_cleanup_json_ cJSON *body = NULL;
	struct provider_http h;
	struct provider_request q = {
		.wire = WIRE_ANTHROPIC,
		.model = "m",
		.key = "sk-ant-oat-1",
		.key_is_token = true,
		.custom_headers = "X-A: one\nHost: evil\nbroken\nX-B:two\r\n"};

	(void)state;
	ask(&q, &a, &h, &body);
	assert_string_equal(header_of(&h, "authorization"),
			    "Bearer sk-ant-oat-1");
	assert_null(header_of(&h, "x-api-key"));
	assert_non_null(header_of(&h, "anthropic-beta"));
	assert_string_equal(header_of(&h, "x-a"), "one");
	assert_string_equal(header_of(&h, "x-b"), "two");
	assert_null(header_of(&h, "host"));
	q.key = "two\nlines";
	assert_int_equal(provider_build(&q, &a, &h), -AWM_INVALID);
	q = (struct provider_request){.wire = WIRE_OPENAI_RESPONSES,
				      .model = "m",
				      .key = "k",
				      .organization = "org",
				      .project = "proj",
				      .base_url = "https://gw.example/v1/"};
	ask(&q, &a, &h, &body);
	assert_string_equal(h.url, "https://gw.example/v1/responses");
	assert_string_equal(header_of(&h, "openai-organization"), "org");
	assert_string_equal(header_of(&h, "openai-project"), "proj");
	for (size_t i = 0; i < h.nheaders; i++)
		if (h.headers[i].secret)
			assert_string_equal(h.headers[i].secret, "k");
}

/* ---- addresses ---- */

static void test_urls(void **state)
{
	static const char *const bad[] = {"",
					  "ftp://x",
					  "http://",
					  "http://u:p@x/",
					  "http://x?y=1",
					  "http://x#f",
					  "http://x y/",
					  "http://x:0/",
					  "http://x:70000",
					  "http://x:",
					  "http://-x",
					  "http://[::1",
					  "http://[zz]/",
					  "http://x\n",
					  "javascript:alert(1)",
					  "http://x\\@evil/",
					  "https://\xff.x"};
	static const char *const hosts[][2] = {
		{"", "http://127.0.0.1:11434"},
		{"0.0.0.0", "http://127.0.0.1:11434"},
		{"0.0.0.0:8080", "http://127.0.0.1:8080"},
		{"box", "http://box:11434"},
		{"box:99", "http://box:99"},
		{"box:bad", "http://box:11434"},
		{"box:99999", "http://box:11434"},
		{":55555", "http://127.0.0.1:55555"},
		{"http://box", "http://box:80"},
		{"https://box", "https://box:443"},
		{"https://box:1/ollama/", "https://box:1/ollama"},
		{"ollama.com", "https://ollama.com:443"},
		{"ollama.com:80", "http://ollama.com:80"},
		{" \"box:1\" ", "http://box:1"},
		{"[::1]", "http://[::1]:11434"},
		{"[::]:5", "http://[::1]:5"},
	};
	_cleanup_(arena_release) struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (provider_url_check(bad[i]) != -AWM_INVALID)
			fail_msg("'%s' passes", bad[i]);
	assert_int_equal(provider_url_check("https://a.b:8/c/d"), 0);
	assert_int_equal(provider_url_check("http://[::1]:8"), 0);
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		assert_string_equal(provider_ollama_url(hosts[i][0], &a),
				    hosts[i][1]);
	assert_string_equal(provider_url_origin("HTTPS://Api.X.com/v1", &a),
			    "https://api.x.com:443");
	assert_string_equal(provider_url_host("http://A:1/", &a), "a");
}

/* ---- bad peers ---- */

struct peer {
	enum provider_wire wire;
	int status;
	bool stream;
	const char *type;
	const char *bytes;
	bool cut;
};

static void read_peer(const struct peer *p, struct arena *a,
		      struct provider_answer *ret)
{
	static const char *const names[] = {"Content-Type"};
	const char *const values[] = {p->type};
	struct provider_reader *r;

	assert_int_equal(
		provider_reader_new(p->wire, p->stream, NOW, NULL, NULL, &r),
		0);
	if (p->status)
		assert_int_equal(provider_reader_head(r, p->status, names,
						      values, p->type != NULL),
				 0);
	if (p->bytes)
		assert_int_equal(
			provider_reader_feed(r, p->bytes, strlen(p->bytes)), 0);
	assert_int_equal(provider_reader_finish(r, p->cut, false,
						"connection refused", a, ret),
			 0);
	provider_reader_free(r);
}

static void test_bad_peers(void **state)
{
	static const struct {
		struct peer peer;
		enum provider_class class;
		const char *text;
	} cases[] = {
		{{WIRE_ANTHROPIC, 0, true, NULL, NULL, true},
		 CLASS_NETWORK,
		 NULL},
		{{WIRE_GOOGLE, 302, true, "text/html", "<title>Moved</title>",
		  false},
		 CLASS_INVALID_REQUEST,
		 NULL},
		{{WIRE_OPENAI_CHAT, 200, false, "text/html", "<html>login",
		  false},
		 CLASS_SERVER,
		 ""},
		{{WIRE_OPENAI_CHAT, 200, true, "text/event-stream",
		  "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
		  "data: {nonsense\n\n",
		  false},
		 CLASS_SERVER,
		 "a"},
		{{WIRE_OPENAI_CHAT, 200, true, NULL,
		  "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},"
		  "\"finish_reason\":\"stop\"}]}\n\n",
		  true},
		 CLASS_NONE,
		 "a"},
		{{WIRE_OPENAI_CHAT, 200, true, "application/json",
		  "{\"choices\":[{\"message\":{\"content\":\"a\"},"
		  "\"finish_reason\":\"stop\"}]}",
		  false},
		 CLASS_NONE,
		 "a"},
		{{WIRE_OLLAMA, 200, true, "application/x-ndjson",
		  "{\"message\":{\"content\":\"\\ud83d\\u0000\xff\"}}\n"
		  "{\"done\":true}\n",
		  false},
		 CLASS_NONE,
		 "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{{WIRE_ANTHROPIC, 200, false, "application/json",
		  "{\"content\":[{\"type\":\"text\",\"text\":\"half", true},
		 CLASS_NETWORK,
		 ""},
		{{WIRE_OPENAI_RESPONSES, 200, false, "application/json", "",
		  false},
		 CLASS_SERVER,
		 ""},
		{{WIRE_GOOGLE, 200, true, "application/json",
		  "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]"
		  "}}]},{\"candidates\":[{\"finishReason\":\"STOP\"}]}]",
		  false},
		 CLASS_NONE,
		 "a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(arena_release) struct arena a = {0};
		struct provider_answer answer;

		read_peer(&cases[i].peer, &a, &answer);
		if (answer.error.class != cases[i].class)
			fail_msg("case %zu: %s: %s", i,
				 provider_class_word(answer.error.class),
				 answer.error.message);
		if (!cases[i].text)
			assert_null(answer.text);
		else
			assert_string_equal(answer.text, cases[i].text);
	}
}

static void test_too_much(void **state)
{
	_cleanup_(arena_release) struct arena a = {0};
	static const char *const names[] = {"content-type"};
	static const char *const types[] = {"text/event-stream"};
	_cleanup_free_ char *block = malloc(1 << 20);
	struct provider_reader *r;
	struct provider_answer answer;

	(void)state;
	assert_non_null(block);
	memset(block, 'x', 1 << 20);
	assert_int_equal(provider_reader_new(WIRE_OPENAI_CHAT, true, NOW, NULL,
					     NULL, &r),
			 0);
	assert_int_equal(provider_reader_head(r, 200, names, types, 1), 0);
	for (int i = 0; i < 20 && !provider_reader_complete(r); i++)
		assert_int_equal(provider_reader_feed(r, block, 1 << 20), 0);
	assert_true(provider_reader_complete(r));
	assert_int_equal(provider_reader_finish(r, true, false, "cancelled", &a,
						&answer),
			 0);
	assert_int_equal(answer.error.class, CLASS_SERVER);
	assert_false(answer.error.retryable);
	provider_reader_free(r);
}

static int refuse(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return -AWM_INTERRUPTED;
}

static void test_stop(void **state)
{
	_cleanup_(arena_release) struct arena a = {0};
	static const char line[] = "{\"message\":{\"content\":\"a\"}}\n";
	struct provider_reader *r;
	struct provider_answer answer;

	(void)state;
	assert_int_equal(
		provider_reader_new(WIRE_OLLAMA, true, NOW, refuse, NULL, &r),
		0);
	assert_int_equal(provider_reader_head(r, 200, NULL, NULL, 0), 0);
	assert_int_equal(provider_reader_feed(r, line, strlen(line)),
			 -AWM_INTERRUPTED);
	/* what had come is kept */
	assert_int_equal(provider_reader_finish(r, true, false, "cancelled", &a,
						&answer),
			 0);
	assert_string_equal(answer.text, "a");
	provider_reader_free(r);
}

/* ---- models, money ---- */

static void test_models(void **state)
{
	static const struct {
		enum provider_wire wire;
		const char *body;
		const char *first;
		size_t n;
	} cases[] = {
		{WIRE_OPENAI_CHAT,
		 "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"},{}]}", "a", 2},
		{WIRE_ANTHROPIC, "{\"data\":[{\"id\":\"c\"}]}", "c", 1},
		{WIRE_GOOGLE,
		 "{\"models\":[{\"name\":\"models/e\","
		 "\"supportedGenerationMethods\":[\"embedContent\"]},"
		 "{\"name\":\"models/g\",\"supportedGenerationMethods\":["
		 "\"generateContent\"]}]}",
		 "g", 1},
		{WIRE_OLLAMA, "{\"models\":[{\"name\":\"l:1b\"}]}", "l:1b", 1},
		{WIRE_OLLAMA, "{\"models\":[]}", NULL, 0},
	};
	_cleanup_(arena_release) struct arena a = {0};
	const char *const *ids;
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(provider_read_models(
					 cases[i].wire, cases[i].body,
					 strlen(cases[i].body), &a, &ids, &n),
				 0);
		assert_int_equal(n, cases[i].n);
		if (n)
			assert_string_equal(ids[0], cases[i].first);
	}
	assert_int_equal(
		provider_read_models(WIRE_OLLAMA, "<html>", 6, &a, &ids, &n),
		-AWM_REMOTE);
}

static void test_cost(void **state)
{
	const struct provider_rates rates = {.input = 2,
					     .cached = 0.2,
					     .cache_write = 2.5,
					     .output = 10,
					     .long_over = 1000,
					     .long_input = 4,
					     .long_cached = 0.4,
					     .long_cache_write = 5,
					     .long_output = 20};
	struct provider_usage usage = {1000, 100, 1100, 400, 100, 10};
	double cost;

	(void)state;
	assert_true(provider_cost(&rates, &usage, &cost));
	assert_float_equal(cost, (500 * 2 + 400 * 0.2 + 100 * 2.5 + 1000) / 1e6,
			   1e-12);
	usage.prompt = 1001;
	assert_true(provider_cost(&rates, &usage, &cost));
	assert_float_equal(cost, (501 * 4 + 400 * 0.4 + 100 * 5 + 2000) / 1e6,
			   1e-12);
	usage.prompt = -1;
	assert_false(provider_cost(&rates, &usage, &cost));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_temperature),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_schema),
		cmocka_unit_test(test_tool_names),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_bad_peers),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
