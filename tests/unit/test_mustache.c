/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mustache.h"

/* ---- the specification ---- */

static const char *spec_partial(void *ctx, const char *name)
{
	return json_get_str(ctx, name);
}

static void run_case(const char *module, const cJSON *test)
{
	_cleanup_buf_ struct buf out = {0};
	const char *name = json_get_str(test, "name");
	const char *wanted = json_get_str(test, "expected");
	struct mustache_opts opts = {
		.escape = true,
		.partial = spec_partial,
		.ctx = (void *)(uintptr_t)json_get(test, "partials")};
	int rc = mustache_render(json_get_str(test, "template"),
				 json_get(test, "data"), &opts, &out);

	if (rc)
		fail_msg("%s: %s: %s", module, name, awm_error_last()->message);
	if (strcmp(buf_str(&out), wanted) != 0)
		fail_msg("%s: %s: got '%s', want '%s'", module, name,
			 buf_str(&out), wanted);
}

static void run_module(const char *module, int cases)
{
	_cleanup_buf_ struct buf path = {0}, text = {0};
	_cleanup_json_ cJSON *spec = NULL;
	const cJSON *test;

	buf_addf(&path, "%s/tests/data/mustache-spec/%s.json",
		 getenv("AWM_SOURCE_ROOT"), module);
	assert_int_equal(file_read(path.s, 1 << 20, &text), 0);
	assert_int_equal(json_parse(text.s, text.len, &spec), 0);
	cJSON_ArrayForEach(test, json_get(spec, "tests"))
	{
		run_case(module, test);
		cases--;
	}
	assert_int_equal(cases, 0);
}

#define MODULE(name, cases)                                                    \
	static void test_##name(void **state)                                  \
	{                                                                      \
		(void)state;                                                   \
		run_module(#name, cases);                                      \
	}
MODULE(comments, 12)
MODULE(delimiters, 14)
MODULE(interpolation, 42)
MODULE(inverted, 22)
MODULE(partials, 12)
MODULE(sections, 34)

/* ---- what prompts want ---- */

static const char data_text[] =
	"{\"a\":\"1\",\"o\":{\"p\":{\"q\":2.5},\"l\":[1,\"x\",null,true]},"
	"\"zero\":0,\"no\":false,\"nil\":null,\"empty\":\"\",\"none\":[],"
	"\"braces\":\"{{a}}{{\",\"html\":\"<&\\\">\","
	"\"big\":9007199254740991,\"list\":[{\"n\":1},{\"n\":2}],\"yes\":true}";

static int render(const char *text, const struct mustache_opts *opts,
		  struct buf *out)
{
	_cleanup_json_ cJSON *data = NULL;

	assert_int_equal(json_parse(data_text, strlen(data_text), &data), 0);
	return mustache_render(text, data, opts, out);
}

static void test_values(void **state)
{
	static const char *const probes[][2] = {
		{"", ""},
		{"plain } }} { {", "plain } }} { {"},
		{"{{html}}{{{html}}}{{&html}}", "<&\"><&\"><&\">"},
		{"{{ a }}{{\ta\n}}", "11"},
		{"{{o}}", "{\"p\":{\"q\":2.5},\"l\":[1,\"x\",null,true]}"},
		{"{{o.l}} {{o.p.q}}", "[1,\"x\",null,true] 2.5"},
		{"{{big}} {{yes}} {{no}} {{zero}}",
		 "9007199254740991 true false 0"},
		{"<{{nil}}{{empty}}>", "<>"},
		/* what is put in is not looked through */
		{"{{braces}}", "{{a}}{{"},
		{"{{#braces}}{{.}}{{/braces}}", "{{a}}{{"},
		/* conditions */
		{"{{#zero}}0{{/zero}}{{#no}}n{{/no}}{{#nil}}n{{/nil}}"
		 "{{#empty}}e{{/empty}}{{#none}}l{{/none}}{{#gone}}g{{/gone}}",
		 "0"},
		{"{{^zero}}0{{/zero}}{{^no}}n{{/no}}{{^nil}}i{{/nil}}"
		 "{{^empty}}e{{/empty}}{{^none}}l{{/none}}{{^gone.x}}g{{/"
		 "gone.x}}",
		 "nielg"},
		{"{{#list}}{{n}},{{a}};{{/list}}", "1,1;2,1;"},
		{"{{#o.l}}{{^.}}-{{/.}}{{#.}}+{{/.}}{{/o.l}}", "++-+"},
		/* other delimiters */
		{"{{=<% %>=}}<%a%>{{a}}<%{a}%><%={{ }}=%>{{a}}", "1{{a}}11"},
		{"{{{a}}}}", "1}"},
		{"{{! {{a }}!", "!"},
		{"line\n  {{! note }}\nline", "line\nline"},
		{"{{#yes}}\r\nx\r\n{{/yes}}\r\n", "x\r\n"},
	};
	struct mustache_opts strict = {.strict = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		_cleanup_buf_ struct buf out = {0};
		int rc = render(probes[i][0], &strict, &out);

		if (rc)
			fail_msg("%s: %s", probes[i][0],
				 awm_error_last()->message);
		assert_string_equal(buf_str(&out), probes[i][1]);
	}
}

static const char *self_partial(void *ctx, const char *name)
{
	(void)ctx;
	if (!strcmp(name, "self"))
		return "{{>self}}";
	if (!strcmp(name, "twice"))
		return "{{>twice}}{{>twice}}";
	if (!strcmp(name, "grow"))
		return "x\n  {{>grow}}\n";
	if (!strcmp(name, "bad"))
		return "one\n{{#a}}";
	if (!strcmp(name, "outer"))
		return "{{>bad}}";
	return NULL;
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *message;
		int rc;
	} probes[] = {
		{"x\ny {{gone}}", "line 2: no value for 'gone'", -AWM_INVALID},
		{"{{o.p.gone}}", "line 1: no value for 'o.p.gone'",
		 -AWM_INVALID},
		{"{{a.b}}", "line 1: no value for 'a.b'", -AWM_INVALID},
		{"{{#list}}\n{{gone}}{{/list}}", "line 2: no value for 'gone'",
		 -AWM_INVALID},
		{"{{>gone}}", "line 1: no partial 'gone'", -AWM_INVALID},
		{"a\nb {{a} }", "line 2: '{{a} }' is not closed", -AWM_USAGE},
		{"{{", "line 1: '{{' is not closed", -AWM_USAGE},
		{"{{{a}}", "line 1: '{{{a}}' is not closed", -AWM_USAGE},
		{"{{#a}}\n{{/b}}",
		 "line 2: 'b' is closed, but 'a' of line 1 is open",
		 -AWM_USAGE},
		{"\n{{#a}}", "line 2: section 'a' is not closed", -AWM_USAGE},
		{"{{/a}}", "line 1: '{{/a}}': closes nothing", -AWM_USAGE},
		{"{{}}", "line 1: '{{}}': has no name", -AWM_USAGE},
		{"{{ a b }}", "line 1: '{{ a b }}': names have no spaces",
		 -AWM_USAGE},
		{"{{=x=}}",
		 "line 1: '{{=x=}}': want two delimiters, as in {{=<% %>=}}",
		 -AWM_USAGE},
		{"{{= = = =}}",
		 "line 1: '{{= = = =}}': want two delimiters, as in "
		 "{{=<% %>=}}",
		 -AWM_USAGE},
		{"{{>self}}",
		 "partial 'self': line 1: too deeply nested is partial 'self'",
		 -AWM_INVALID},
		{"{{>twice}}",
		 "partial 'twice': line 1: too deeply nested is partial "
		 "'twice'",
		 -AWM_INVALID},
		{"{{>grow}}",
		 "partial 'grow': line 2: too deeply nested is partial 'grow'",
		 -AWM_INVALID},
		{"{{>outer}}",
		 "partial 'bad': line 2: section 'a' is not closed",
		 -AWM_USAGE},
	};
	struct mustache_opts opts = {.strict = true, .partial = self_partial};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		_cleanup_buf_ struct buf out = {0};

		buf_adds(&out, "before");
		assert_int_equal(render(probes[i].text, &opts, &out),
				 probes[i].rc);
		assert_string_equal(awm_error_last()->message,
				    probes[i].message);
		assert_string_equal(out.s, "before");
	}
}

static int note(void *ctx, const char *name)
{
	buf_addf(ctx, "%s,", name);
	return strcmp(name, "stop") ? 0 : 7;
}

static void test_check(void **state)
{
	_cleanup_buf_ struct buf names = {0};

	(void)state;
	assert_int_equal(mustache_check("{{a}}{{#b}}{{c}}{{/b}}{{{d.e}}}"
					"{{^f}}{{g}}{{/f}}{{!h}}{{>i}}{{&j}}",
					note, &names),
			 0);
	assert_string_equal(names.s, "a,d.e,j,");
	assert_int_equal(mustache_check("{{stop}}{{a}}", note, &names), 7);
	assert_int_equal(mustache_check("{{stop}}{{#a}}", note, &names),
			 -AWM_USAGE);
	assert_int_equal(mustache_check("{{x}}", NULL, NULL), 0);
}

/* ---- hostile ---- */

static char *repeat(const char *s, size_t n)
{
	struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, s);
	return buf_detach(&b);
}

/* Each many times over; none takes time that grows faster than its length. */
static void test_long(void **state)
{
	static const struct {
		const char *piece;
		int rc;
	} probes[] = {
		{"{", -AWM_USAGE},
		{"{{", -AWM_USAGE},
		{"{{{a}} ", -AWM_USAGE},
		{"{{!", -AWM_USAGE},
		{"   {{!x}}", 0},
		{"{{a}}   ", 0},
		{" {{#a}}x{{/a}}", 0},
		{"\n", 0},
		{"  \n{{!\n\n}}\n", 0},
		{"{{=<% %>=}}<%={{ }}=%>", 0},
		{"{{#a}}", -AWM_USAGE},
		{"{{^gone}}", -AWM_USAGE},
		{"}}", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		_cleanup_free_ char *text = repeat(probes[i].piece, 200000);
		_cleanup_buf_ struct buf out = {0};

		assert_int_equal(render(text, NULL, &out), probes[i].rc);
	}
}

/* Lists in lists: the work multiplies, and ends. */
static void test_work(void **state)
{
	_cleanup_json_ cJSON *data = cJSON_CreateObject();
	_cleanup_free_ char *open = repeat("{{#l}}", 40);
	_cleanup_free_ char *close = repeat("{{/l}}", 40);
	_cleanup_buf_ struct buf text = {0}, out = {0};
	struct mustache_opts opts = {.partial = self_partial};
	cJSON *list = cJSON_AddArrayToObject(data, "l");

	(void)state;
	for (int i = 0; i < 100; i++)
		cJSON_AddItemToArray(list, cJSON_CreateTrue());
	buf_addf(&text, "%s%s", open, close);
	assert_int_equal(mustache_render(text.s, data, &opts, &out),
			 -AWM_INVALID);
	assert_string_equal(awm_error_last()->message,
			    "the template takes too long");
	buf_truncate(&text, 0);
	buf_addf(&text, "%s.%s", open, close);
	opts.max_output = 1000;
	assert_int_equal(mustache_render(text.s, data, &opts, &out),
			 -AWM_INVALID);
	assert_non_null(strstr(awm_error_last()->message, "longer than"));
	assert_int_equal(out.len, 0);
}

static void test_cap(void **state)
{
	struct mustache_opts opts = {.max_output = 4};
	_cleanup_buf_ struct buf out = {0};

	(void)state;
	buf_adds(&out, "before");
	assert_int_equal(render("{{a}}234", &opts, &out), 0);
	assert_string_equal(out.s, "before1234");
	assert_int_equal(render("{{a}}2345", &opts, &out), -AWM_INVALID);
	assert_string_equal(awm_error_last()->message,
			    "the rendered template is longer than 4 bytes");
	assert_int_equal(render("{{html}}{{a}}",
				&(struct mustache_opts){.max_output = 14,
							.escape = true},
				&out),
			 -AWM_INVALID);
	assert_string_equal(out.s, "before1234");
}

static void test_nesting(void **state)
{
	_cleanup_free_ char *open = repeat("{{#yes}}", 64);
	_cleanup_free_ char *close = repeat("{{/yes}}", 64);
	_cleanup_buf_ struct buf text = {0}, out = {0};
	cJSON *node = NULL;

	(void)state;
	buf_addf(&text, "%sx%s", open, close);
	assert_int_equal(render(text.s, NULL, &out), 0);
	assert_string_equal(out.s, "x");
	buf_truncate(&text, 0);
	buf_addf(&text, "{{#a}}%sx%s{{/a}}", open, close);
	assert_int_equal(render(text.s, NULL, &out), -AWM_USAGE);
	assert_non_null(strstr(awm_error_last()->message, "too deeply"));
	/* a tree that was built, not read */
	for (int i = 0; i < 1000; i++) {
		cJSON *up = cJSON_CreateObject();

		cJSON_AddItemToObject(up, "d",
				      node ? node : cJSON_CreateNull());
		node = up;
	}
	assert_int_equal(mustache_render("{{d}}", node, NULL, &out),
			 -AWM_INVALID);
	cJSON_Delete(node);
	assert_int_equal(mustache_render("{{x}}{{.}}!", NULL, NULL, &out), 0);
	assert_string_equal(out.s, "x!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_delimiters),
		cmocka_unit_test(test_interpolation),
		cmocka_unit_test(test_inverted),
		cmocka_unit_test(test_partials),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
