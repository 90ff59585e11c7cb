/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/utf8.h"

static void assert_good(const char *text)
{
	_cleanup_json_ cJSON *tree = NULL;
	size_t len = strlen(text);
	/* Exactly as many bytes, so that reading past them is noticed. */
	_cleanup_free_ char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	if (json_check(copy, len) != 0)
		fail_msg("'%s': %s", text, awm_error_last()->message);
	assert_int_equal(json_parse(copy, len, &tree), 0);
	assert_non_null(tree);
}

static void refuse(const char *text, size_t len, const char *why)
{
	_cleanup_free_ char *copy = malloc(len > 0 ? len : 1);
	cJSON *tree = NULL;

	assert_non_null(copy);
	memcpy(copy, text, len);
	if (json_check(copy, len) != -AWM_USAGE)
		fail_msg("'%s' was accepted", text);
	assert_int_equal(json_parse(copy, len, &tree), -AWM_USAGE);
	assert_null(tree);
	if (strstr(awm_error_last()->message, why) == NULL)
		fail_msg("'%s': %s", text, awm_error_last()->message);
}

static void assert_bad(const char *text, const char *why)
{
	refuse(text, strlen(text), why);
}

static void test_good(void **state)
{
	static const char *const texts[] = {
		"null",
		"true",
		"false",
		"0",
		"-0",
		"-1",
		"1.5e3",
		"1E-2",
		"0.1",
		"123456789.125",
		" \t\r\n[ ] \n",
		"{}",
		"[[],{},[1,2,{\"a\":[]}]]",
		"{\"a\":1,\"A\":2,\"\":3}",
		"\"\"",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
		"\"é€😀\x7f\"",
		"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
		"[{\"a\":1},{\"a\":1}]",
		"9007199254740992",
		"-9007199254740992",
		"9007199254740994",
		"100000000000000000000",
		"1e308",
		"1e-400",
		"\"\\ufffe\\uffff\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_good(texts[i]);
}

static void test_syntax(void **state)
{
	(void)state;
	assert_bad("", "unexpected end at byte 0");
	assert_bad("  ", "unexpected end at byte 2");
	assert_bad("[", "unexpected end at byte 1");
	assert_bad("[1,]", "unexpected character at byte 3");
	assert_bad("[,1]", "at byte 1");
	assert_bad("[1 2]", "at byte 3");
	assert_bad("{\"a\"}", "at byte 4");
	assert_bad("{\"a\":}", "at byte 5");
	assert_bad("{\"a\":1,}", "at byte 7");
	assert_bad("{a:1}", "at byte 1");
	assert_bad("{'a':1}", "at byte 1");
	assert_bad("{1:1}", "at byte 1");
	assert_bad("[1}", "at byte 2");
	assert_bad("{\"a\":1]", "at byte 6");
	assert_bad("]", "at byte 0");
	assert_bad("nul", "at byte 0");
	assert_bad("True", "at byte 0");
	assert_bad("NaN", "at byte 0");
	assert_bad("Infinity", "at byte 0");
	assert_bad("// x\n1", "at byte 0");
	assert_bad("\xEF\xBB\xBF{}", "at byte 0");
	assert_bad("\x0b[]", "at byte 0");
	assert_bad("[]\x0c", "trailing bytes at byte 2");
	assert_bad("{} x", "trailing bytes at byte 3");
	assert_bad("{}{}", "trailing bytes at byte 2");
	assert_bad("1 2", "trailing bytes at byte 2");
	assert_bad("nullx", "trailing bytes at byte 4");
	refuse("[]\0", 3, "trailing bytes at byte 2");
	refuse("[\0]", 3, "at byte 1");
	assert_bad("\"abc", "unclosed string at byte 4");
	assert_bad("\"abc\\", "escape at byte 4");
	assert_bad("\"\\\"", "unclosed string");
}

static void test_numbers(void **state)
{
	char text[200];

	(void)state;
	assert_bad("01", "trailing bytes at byte 1");
	assert_bad("-01", "trailing bytes at byte 2");
	assert_bad("[01]", "at byte 2");
	assert_bad("1.", "at byte 2");
	assert_bad(".5", "at byte 0");
	assert_bad("+1", "at byte 0");
	assert_bad("-", "at byte 1");
	assert_bad("1e", "at byte 2");
	assert_bad("1e+", "at byte 3");
	assert_bad("1.e1", "at byte 2");
	assert_bad("0x10", "at byte 1");
	assert_bad("--1", "at byte 1");
	assert_bad("9007199254740993", "hold exactly at byte 0");
	assert_bad("[-9007199254740993]", "hold exactly at byte 1");
	assert_bad("18446744073709551615", "hold exactly");
	assert_bad("1e400", "out of range at byte 0");
	assert_bad("[1,-1e400]", "out of range at byte 3");
	assert_bad("1.5e309", "out of range");
	memset(text, '1', sizeof(text));
	refuse(text, 150, "too long");
	memcpy(text, "0.", 2);
	refuse(text, 64, "too long");
	assert_int_equal(json_check(text, 63), 0);
}

static void test_strings(void **state)
{
	(void)state;
	assert_bad("\"\\u0000\"", "\\u0000 at byte 1");
	assert_bad("{\"a\\u0000b\":1}", "\\u0000 at byte 3");
	refuse("\"a\0b\"", 5, "control character at byte 2");
	assert_bad("\"a\tb\"", "control character at byte 2");
	assert_bad("\"a\nb\"", "control character at byte 2");
	assert_bad("\"\x1f\"", "control character at byte 1");
	assert_bad("\"\\ud800\"", "lone surrogate at byte 1");
	assert_bad("\"\\udc00\"", "lone surrogate at byte 1");
	assert_bad("\"\\ud800x\"", "lone surrogate");
	assert_bad("\"\\ud800\\n\"", "lone surrogate");
	assert_bad("\"\\ud800\\u0041\"", "lone surrogate");
	assert_bad("\"\\ud800\\ud800\"", "lone surrogate");
	assert_bad("\"\\udc00\\ud800\"", "lone surrogate");
	assert_bad("\"\\ud800\\udc0", "lone surrogate");
	assert_bad("\"\\u12\"", "broken \\u escape");
	assert_bad("\"\\u12g4\"", "broken \\u escape");
	assert_bad("\"\\u", "broken \\u escape");
	assert_bad("\"\\U0041\"", "unknown escape");
	assert_bad("\"\\x41\"", "unknown escape at byte 1");
	refuse("\"\\\0\"", 4, "unknown escape");
	assert_bad("\"\xff\"", "invalid UTF-8 at byte 1");
	assert_bad("\"a\xC0\x80\"", "invalid UTF-8 at byte 2");
	assert_bad("\"\xED\xA0\x80\"", "invalid UTF-8");
	assert_bad("\"\xE2\x82\"", "invalid UTF-8");
	assert_bad("\"\xE2\x82", "invalid UTF-8");
}

static void test_duplicates(void **state)
{
	_cleanup_buf_ struct buf b = {0};

	(void)state;
	assert_bad("{\"a\":1,\"a\":2}", "duplicate key 'a' at byte 7");
	assert_bad("{\"a\":1,\"b\":2,\"\\u0061\":3}",
		   "duplicate key 'a' at byte 13");
	assert_bad("{\"x\":[{\"k\":1,\"k\":2}]}", "duplicate key 'k'");
	assert_bad("{\"k\":{\"k\":1},\"k\":2}", "duplicate key 'k' at byte 13");
	assert_bad("{\"\":1,\"\":2}", "duplicate key ''");
	assert_bad("{\"\\uD83D\\uDE00\":1,\"😀\":2}", "duplicate key '😀'");
	assert_bad("{\"a\\u001b\":1,\"a\\u001B\":2}", "duplicate key 'a\\x1B'");
	assert_good("{\"a\":1,\"ab\":2,\"b\":3,\"A\":4,\"aa\":5}");
	/* Many keys are no trouble. */
	buf_addc(&b, '{');
	for (int i = 0; i < 100000; i++)
		buf_addf(&b, "\"key%d\":%d,", i * 7919 % 100000, i);
	buf_adds(&b, "\"x\":1}");
	assert_int_equal(json_check(b.s, b.len), 0);
	buf_truncate(&b, b.len - 1);
	buf_adds(&b, ",\"key500\":1}");
	assert_int_equal(json_check(b.s, b.len), -AWM_USAGE);
}

static void test_depth(void **state)
{
	static const char open[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
				   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
	static const char close[] = "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
				    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
	_cleanup_json_ cJSON *tree = NULL;
	_cleanup_buf_ struct buf b = {0}, printed = {0};
	char text[200];

	(void)state;
	(void)snprintf(text, sizeof(text), "%.64s%.64s", open, close);
	assert_good(text);
	assert_int_equal(json_parse(text, strlen(text), &tree), 0);
	json_print(&printed, tree);
	assert_string_equal(buf_str(&printed), text);
	(void)snprintf(text, sizeof(text), "%.65s%.65s", open, close);
	assert_bad(text, "deeper than 64 levels at byte 64");
	/* Siblings are not depth. */
	assert_good("[[],[],[],[[],[]],[]]");
	for (int i = 0; i < 1000000; i++)
		buf_adds(&b, "{\"a\":");
	assert_int_equal(json_check(b.s, b.len), -AWM_USAGE);
}

static void test_get(void **state)
{
	static const char text[] = "{\"Name\":\"x\",\"n\":5,\"o\":{}}";
	_cleanup_json_ cJSON *tree = NULL;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &tree), 0);
	assert_string_equal(json_get_str(tree, "Name"), "x");
	assert_null(json_get_str(tree, "name"));
	assert_null(json_get_str(tree, "n"));
	assert_non_null(json_get(tree, "n"));
	assert_null(json_get(json_get(tree, "n"), "x"));
	assert_null(json_get(NULL, "x"));
	assert_null(json_get_str(json_get(tree, "o"), "x"));
}

static void assert_printed(const char *text, const char *want)
{
	_cleanup_json_ cJSON *tree = NULL;
	_cleanup_buf_ struct buf b = {0};

	assert_int_equal(json_parse(text, strlen(text), &tree), 0);
	json_print(&b, tree);
	assert_int_equal(buf_check(&b), 0);
	assert_string_equal(buf_str(&b), want);
}

static void test_print(void **state)
{
	_cleanup_buf_ struct buf b = {0};
	cJSON *deep = cJSON_CreateArray();

	(void)state;
	assert_printed(" [ 1 , true , null , \"x\" , { \"a\" : [ ] } ] ",
		       "[1,true,null,\"x\",{\"a\":[]}]");
	assert_printed("[1.0,1e5,0.1,-0.0,1e15,9007199254740992]",
		       "[1,100000,0.1,-0,1000000000000000,9007199254740992]");
	assert_printed("[1e21,1.7976931348623157e308,5e-324]",
		       "[1e+21,1.7976931348623157e+308,5e-324]");
	assert_printed("\"\\u001b\\u009b\\n\\\"\\/\\u202e\"",
		       "\"\\u001b\\u009b\\n\\\"/\\u202e\"");
	/* A tree deeper than the limit fails instead of the stack. */
	for (int i = 0; i < 200; i++) {
		cJSON *outer = cJSON_CreateArray();
		assert_true(cJSON_AddItemToArray(outer, deep));
		deep = outer;
	}
	json_print(&b, deep);
	assert_int_equal(buf_check(&b), -AWM_NOMEM);
	cJSON_Delete(deep);
}

static void write_sample(struct jsonw *w)
{
	jsonw_object(w);
	jsonw_key(w, "a");
	jsonw_int(w, INT64_MIN);
	jsonw_key(w, "b");
	jsonw_array(w);
	jsonw_bool(w, true);
	jsonw_bool(w, false);
	jsonw_null(w);
	jsonw_str(w, NULL);
	jsonw_str(w, "x");
	jsonw_end_array(w);
	jsonw_key(w, "c");
	jsonw_object(w);
	jsonw_end_object(w);
	jsonw_key(w, "d");
	jsonw_array(w);
	jsonw_array(w);
	jsonw_end_array(w);
	jsonw_object(w);
	jsonw_key(w, "e");
	jsonw_int(w, INT64_MAX);
	jsonw_end_object(w);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void test_writer(void **state)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	(void)state;
	write_sample(&w);
	assert_string_equal(buf_str(&b),
			    "{\"a\":-9223372036854775808,"
			    "\"b\":[true,false,null,null,\"x\"],\"c\":{},"
			    "\"d\":[[],{\"e\":9223372036854775807}]}");
	/* A line more, as in JSON Lines: no comma between. */
	buf_truncate(&b, 0);
	jsonw_int(&w, 1);
	buf_addc(&b, '\n');
	jsonw_int(&w, 2);
	assert_string_equal(buf_str(&b), "1\n2");
}

static void test_indent(void **state)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b, .indent = 2};

	(void)state;
	write_sample(&w);
	assert_string_equal(buf_str(&b), "{\n"
					 "  \"a\": -9223372036854775808,\n"
					 "  \"b\": [\n"
					 "    true,\n"
					 "    false,\n"
					 "    null,\n"
					 "    null,\n"
					 "    \"x\"\n"
					 "  ],\n"
					 "  \"c\": {},\n"
					 "  \"d\": [\n"
					 "    [],\n"
					 "    {\n"
					 "      \"e\": 9223372036854775807\n"
					 "    }\n"
					 "  ]\n"
					 "}");
}

static void assert_text(const char *text, size_t len, const char *want)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_text(&w, text, len);
	assert_string_equal(buf_str(&b), want);
	assert_true(utf8_valid(b.s, b.len));
}

static void test_text(void **state)
{
	(void)state;
	assert_text("", 0, "\"\"");
	assert_text(NULL, 0, "\"\"");
	assert_text("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
	assert_text("\b\f\n\r\t\x01\x1b\x7f", 8,
		    "\"\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\"");
	assert_text("a\0b", 3, "\"a\\u0000b\"");
	assert_text("\xC2\x80\xC2\x9B\xC2\xA0", 6,
		    "\"\\u0080\\u009b\xC2\xA0\"");
	assert_text("\u2028\u2029\u202E\u2066", 12,
		    "\"\\u2028\\u2029\\u202e\\u2066\"");
	assert_text("é😀", 6, "\"é😀\"");
	assert_text("a\xff\xC0\x80z\xE2\x82", 7,
		    "\"a\uFFFD\uFFFD\uFFFDz\uFFFD\uFFFD\"");
}

static void assert_real(double v, const char *want)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_real(&w, v);
	assert_string_equal(buf_str(&b), want);
}

static void test_real(void **state)
{
	uint64_t bits = 1;

	(void)state;
	assert_real(0.1, "0.1");
	assert_real(0.1 + 0.2, "0.30000000000000004");
	assert_real(3, "3");
	assert_real(0, "0");
	assert_real(-DBL_MAX, "-1.7976931348623157e+308");
	assert_real(-2.5, "-2.5");
	assert_real(1.0 / 3, "0.3333333333333333");
	assert_real(1e22, "1e+22");
	assert_real(1e-7, "1e-07");
	assert_real((double)NAN, "null");
	assert_real((double)INFINITY, "null");
	assert_real((double)-INFINITY, "null");
	for (int i = 0; i < 100000; i++) {
		_cleanup_buf_ struct buf b = {0};
		struct jsonw w = {.out = &b};
		double v, back;
		bits = bits * 6364136223846793005u + 1442695040888963407u;
		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		jsonw_real(&w, v);
		back = strtod(buf_str(&b), NULL);
		assert_memory_equal(&back, &v, sizeof(v));
	}
}

static void assert_raw(unsigned indent, const char *text, const char *want)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b, .indent = indent};

	jsonw_object(&w);
	jsonw_key(&w, "r");
	jsonw_raw(&w, text, strlen(text));
	jsonw_key(&w, "z");
	jsonw_int(&w, 1);
	jsonw_end_object(&w);
	assert_string_equal(buf_str(&b), want);
}

static void test_raw(void **state)
{
	(void)state;
	assert_raw(0, "9007199254740993", "{\"r\":9007199254740993,\"z\":1}");
	assert_raw(0, " { \"a\" : [ 1 ,\n 2.50 , \"x , \\\" : {\" ] } ",
		   "{\"r\":{\"a\":[1,2.50,\"x , \\\" : {\"]},\"z\":1}");
	assert_raw(0, "[]", "{\"r\":[],\"z\":1}");
	assert_raw(0, "\"\\u0041\\\\\"", "{\"r\":\"\\u0041\\\\\",\"z\":1}");
	assert_raw(2, "{\"a\":[1,{}],\"b\":null}",
		   "{\n  \"r\": {\n    \"a\": [\n      1,\n      {}\n    ],\n"
		   "    \"b\": null\n  },\n  \"z\": 1\n}");
	/* What acts on a terminal does not get through. */
	assert_raw(0, "\"\xC2\x9B\x7f\u202E\xff\"",
		   "{\"r\":\"\\u009b\\u007f\\u202e\uFFFD\",\"z\":1}");
	assert_raw(0, "", "{\"r\":null,\"z\":1}");
	assert_raw(0, "  ", "{\"r\":null,\"z\":1}");
	/* Not JSON: rubbish, but no accident. */
	static const char *const broken[] = {"}}}}]", "[[[{", "\"abc",	"\"\\",
					     ":::",   ",,,",  "{\"a\"", "\x1b"};
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		_cleanup_buf_ struct buf b = {0};
		struct jsonw w = {.out = &b, .indent = 4};
		jsonw_array(&w);
		jsonw_raw(&w, broken[i], strlen(broken[i]));
		jsonw_end_array(&w);
		assert_int_equal(w.depth, 0);
		assert_null(strchr(buf_str(&b), '\x1b'));
	}
}

/* Each cut and each changed byte of a text is read without an accident, and
 * what passes is read by cJSON too. */
static void test_mutations(void **state)
{
	static const char text[] = "{\"a\\u00e9\\ud83d\\ude00\":[1,-2.5e+10,"
				   "true,null,{\"b\":\"é\\n\"}],\"c\":false}";
	size_t len = strlen(text);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(json_check(text, cut), -AWM_USAGE);
	for (size_t i = 0; i < len; i++) {
		for (int c = 0; c < 256; c++) {
			_cleanup_json_ cJSON *tree = NULL;
			_cleanup_free_ char *copy = malloc(len);
			assert_non_null(copy);
			memcpy(copy, text, len);
			copy[i] = (char)c;
			int r = json_parse(copy, len, &tree);
			assert_true(r == 0 || r == -AWM_USAGE);
		}
	}
}

static int allocations_left;

static void *limited_malloc(size_t size)
{
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void test_nomem(void **state)
{
	static const char text[] = "{\"a\":[1,\"x\",{\"b\":null}]}";
	cJSON_Hooks hooks = {limited_malloc, free};
	int r = -AWM_NOMEM;

	(void)state;
	cJSON_InitHooks(&hooks);
	for (int n = 0; r != 0 && n < 100; n++) {
		_cleanup_json_ cJSON *tree = NULL;
		allocations_left = n;
		r = json_parse(text, strlen(text), &tree);
		assert_true(r == 0 || r == -AWM_NOMEM);
		assert_true((r == 0) == (tree != NULL));
	}
	cJSON_InitHooks(NULL);
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_indent),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_nomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
