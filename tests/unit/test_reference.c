/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "domain/reference.h"
#include "domain/trailer.h"

static cJSON *golden(const char *name)
{
	_cleanup_buf_ struct buf path = {0}, text = {0};
	cJSON *json = NULL;

	buf_addf(&path, "%s/tests/golden/git/%s", getenv("AWM_SOURCE_ROOT"),
		 name);
	assert_int_equal(file_read(path.s, 1 << 20, &text), 0);
	assert_int_equal(json_parse(text.s, text.len, &json), 0);
	return json;
}

/* The list as "1 2+ 3": a plus closes. */
static void scan_to(struct buf *out, const char *message)
{
	struct reference_list list = {0};
	struct arena a = {0};
	size_t i;

	assert_int_equal(reference_scan(message, &a, &list), 0);
	for (i = 0; i < list.count; i++)
		buf_addf(out, "%s%lld%s", i ? " " : "",
			 (long long)list.items[i].task,
			 list.items[i].closes ? "+" : "");
	arena_release(&a);
}

static void check(const char *message, const char *expected)
{
	_cleanup_buf_ struct buf got = {0};

	scan_to(&got, message);
	if (strcmp(buf_str(&got), expected) != 0)
		fail_msg("%s: got '%s', not '%s'", message, buf_str(&got),
			 expected);
}

static bool holds(const cJSON *numbers, double n)
{
	const cJSON *x;

	cJSON_ArrayForEach(x, numbers) if (x->valuedouble == n) return true;
	return false;
}

static void expect_list(const char *message, const cJSON *refs,
			const cJSON *closes)
{
	_cleanup_buf_ struct buf want = {0};
	const cJSON *x;

	cJSON_ArrayForEach(x, refs)
		buf_addf(&want, "%s%.0f%s", want.len ? " " : "", x->valuedouble,
			 holds(closes, x->valuedouble) ? "+" : "");
	check(message, buf_str(&want));
}

static void test_references(void **state)
{
	_cleanup_json_ cJSON *json = golden("references.json");
	const cJSON *c;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(c, json_get(json, "cases"))
	{
		expect_list(json_get_str(c, "text"), json_get(c, "refs"),
			    json_get(c, "closes"));
		n++;
	}
	assert_true(n >= 26);
}

static void test_branches(void **state)
{
	_cleanup_json_ cJSON *json = golden("references.json");
	const cJSON *c;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(c, json_get(json, "branches"))
	{
		const cJSON *task = json_get(c, "task");

		assert_int_equal(reference_branch(json_get_str(c, "name")),
				 cJSON_IsNumber(task) ? (int)task->valuedouble
						      : 0);
		n++;
	}
	assert_true(n >= 10);
	assert_int_equal(reference_branch(""), 0);
	assert_int_equal(reference_branch("task/"), 0);
	assert_int_equal(reference_branch("task/42login"), 0);
	assert_int_equal(reference_branch("task/42/more"), 42);
	assert_int_equal(reference_branch("task/42/awm-7"), 7);
	assert_int_equal(reference_branch("task/0"), 0);
	assert_int_equal(reference_branch("task/99999999999999999999"), 0);
}

/* Trailers as JSON [["key","value"],…], values unfolded as git does it. */
static void add_trailer(void *ctx, const char *key, size_t key_len,
			const char *value, size_t value_len)
{
	_cleanup_buf_ struct buf k = {0}, v = {0};
	cJSON *pair = cJSON_CreateArray();
	size_t i;

	while (key_len && strchr(" \t", key[key_len - 1]))
		key_len--;
	buf_add(&k, key, key_len);
	while (value_len && strchr(" \t\r\n", value[value_len - 1]))
		value_len--;
	for (i = 0; i < value_len; i++) {
		if (!v.len && strchr(" \t\r\n", value[i]))
			continue;
		if (value[i] != '\n') {
			buf_addc(&v, value[i]);
			continue;
		}
		while (strchr(" \t\r\n", value[i + 1]))
			i++;
		buf_addc(&v, ' ');
	}
	cJSON_AddItemToArray(pair, cJSON_CreateString(buf_str(&k)));
	cJSON_AddItemToArray(pair, cJSON_CreateString(buf_str(&v)));
	cJSON_AddItemToArray(ctx, pair);
}

static void test_trailers(void **state)
{
	_cleanup_json_ cJSON *json = golden("trailers.json");
	const cJSON *c;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(c, json_get(json, "cases"))
	{
		_cleanup_json_ cJSON *got = cJSON_CreateArray();
		const char *message = json_get_str(c, "message");

		reference_trailers(message, add_trailer, got);
		if (!cJSON_Compare(got, json_get(c, "git"), true))
			fail_msg("trailers of '%s'", json_get_str(c, "name"));
		expect_list(message, json_get(c, "awmTasks"), NULL);
		n++;
	}
	assert_true(n >= 28);
}

static void test_our_trailers(void **state)
{
	(void)state;
	check("s\n\nAWM-Close: 4\n", "4+");
	check("s\n\nTask: #4, 5,6\n", "4 5 6");
	check("s\n\nAWM-Task: awm#4, AWM-5\n", "4 5");
	check("s\n\nAWM-Close: awm#4\n  , 5\n", "4+ 5+");
	check("s\n\nTask: 42 people are needed\n", "");
	check("s\n\nTask: T42\n", "");
	check("s\n\nTask: fixes awm#3\n", "3+");
	check("s awm#2\n\nAWM-Task: 1\nAWM-Close: 2\n", "2+ 1");
	/* Other trailers are text. */
	check("s\n\nCloses: awm#1, awm#2\nAcked-by: a\n", "1+ 2+");
	check("s\n\nFixes: #42\n", "");
	/* Behind a rule, as in messages of dependabot. */
	check("s\n\nbody\n---\nx\n\nAWM-Task: 42\n", "42");
	check("s\n\nAWM-Task: 1\n---\nx\n\nAWM-Task: 2\n", "1 2");
	/* Below the scissors nothing belongs to the message. */
	check("s\n# ------------------------ >8 ------------------------\n"
	      "fixes awm#1\n",
	      "");
}

static void test_free_text(void **state)
{
	(void)state;
	check("", "");
	check("awm", "");
	check("awm#", "");
	check("closes", "");
	check("closes awm#1 awm#2,awm#3,  awm#4 AND awm#5, and awm#6",
	      "1+ 2+ 3+ 4+ 5+ 6+");
	check("closes awm#1 or awm#2", "1+ 2");
	check("closes awm#0, awm#2", "2+");
	check("awm#1, fixes awm#1", "1+");
	check("fix: AWM-12 done", "12+");
	check("fix(auth): AWM-12 done", "12");
	check("closing awm#1; unresolved awm#2", "1 2");
	check("_fixes awm#1, /awm#2 #awm#3 _awm-4", "1");
	check("v awm-1.2 awm-3.", "3");
	check("awm#9007199254740992 awm#9007199254740993", "9007199254740992");
	check("\303\251awm#1 awm#2\303\251 \344\277\256awm#3\346\227\245", "3");
	check("\342\200\234awm#4\342\200\235", "4");
	check("awm#1\r\nfixes\r\nawm#2\r\n", "1 2");
	check("Revert \"Fixes awm#1\"\n\nfixes awm#2", "1 2+");
}

static void test_urls(void **state)
{
	(void)state;
	check("see https://x.org/?t=awm-1 and awm#2", "2");
	check("https://x.org/a,awm#1", "");
	check("<https://x.org/a>,awm#1", "1");
	check("www.x.org/?awm-1", "");
	check("[awm#1](https://x.org/(awm-2))(awm#3)", "1 3");
	check("://", "");
	check("fixes https://x.org/awm-1", "");
}

static void test_fences(void **state)
{
	(void)state;
	check("```c\nawm#1\n``\nawm#2\n````\nawm#3", "3");
	check("~~~\nawm#1\n```\n~~~\nawm#2", "2");
	check("  ```\n\tawm#1\n  ```\nawm#2", "2");
	check("``` awm#1 ``` awm#2", "2");
	check("``\nawm#1\n``", "1");
	check("s\n\n```\nawm#1\n\nAWM-Task: 2\n", "2");
	/* In quotes and lists, whose end is the end of their fences. */
	check("> ```\n> awm#1\n> ```\n> awm#2", "2");
	check(">```\n>awm#1\nawm#2", "2");
	check("> > ~~~\n> > awm#1\n> awm#2\nawm#3", "2 3");
	check("> text\n```\nawm#1\n```\nawm#2", "2");
	check("```\n> ```\nawm#1\n```\nawm#2", "2");
	check("> ```\n> > ```\n> awm#1\n> ```\n> awm#2", "2");
	check("- ```\n  awm#1\n  ```\n  awm#2", "2");
	check("1. s\n\n   ```\n   awm#1\n\n   awm#2\n   ```\nawm#3", "3");
	check("- ```\n  awm#1\nawm#2", "2");
	check("- > ```\n", "");
}

static void test_spans(void **state)
{
	(void)state;
	check("`awm#1` awm#2", "2");
	check("``awm#1 ` awm#2`` awm#3", "3");
	check("```awm#1``` fixes awm#2", "2+");
	check("fixes `awm#1`, awm#2", "2");
	check("`fixes awm#1` awm#1", "1");
	check("`awm#1", "1");
	check("``awm#1`", "1");
	check("`quoted' awm#1 'so'", "1");
	check("\\`awm#1\\`", "1");
	check("\\\\`awm#1`", "");
	check("`a\nawm#1`", "1");
	check("`\\`awm#1`", "1");
	check("> `awm#1`", "");
	check("https://x.org/`awm#1` awm#2", "2");
	check("`` ` awm#1 ``", "");
	/* Trailers are no Markdown. */
	check("s\n\nAWM-Task: `awm#1`\n", "1");
}

static void test_indented(void **state)
{
	(void)state;
	check("s\n\n    awm#1\n    fixes awm#2\n\nawm#3", "3");
	check("s\n\n\tawm#1\n\n\n\tawm#2\nawm#3", "3");
	check("    awm#1", "");
	check("  \t  awm#1", "");
	check("s\n\n   awm#1", "1");
	check("s\n\ntext\n    awm#1\n\tawm#2", "1 2");
	check("```\n```\n    awm#1", "");
	check(">     awm#1\n> \tawm#2\n>    awm#3", "2 3");
	check("> text\n>     awm#1", "1");
	check("text\n>     awm#1", "");
	check("> a\n\n    awm#1", "");
	/* What goes on an item of a list is text. */
	check("* a\n\n  awm#1\n\n    awm#2\n\n      awm#3", "1 2");
	check("- a\n    awm#1", "1");
	check("10. a\n\n    awm#1\n\n        awm#2", "1");
	check("- a\n  - b\n\n    awm#1\n\n        awm#2\n\n   awm#3", "1 3");
	check("- a\n\nb\n\n    awm#1", "");
	check("-     awm#1", "");
	check("-   awm#1", "1");
	check("-\n      awm#1", "");
	check("-a\n\n    awm#1", "");
	check("1234567890. a\n\n    awm#1", "");
	check("s\n\n\t* file.c: awm#1", "");
	/* git merge --squash indents the messages that it joins. */
	check("Squashed commit of the following:\n\ncommit abc\nAuthor: a\n"
	      "\n    Fix\n\n    fixes awm#1\n\n        awm#2\n",
	      "1+");
}

/* Lines that no reader may take quadratic time for. */
static void test_long_lines(void **state)
{
	static const char *const bits[] = {"\\``",   "` `` ", "- ", "> ",
					   "`a`` b", "\\",    "\t"};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bits); i++) {
		_cleanup_buf_ struct buf text = {0};

		buf_adds(&text, "awm#1 ");
		for (k = 0; k < 1000000; k++)
			buf_adds(&text, bits[i]);
		check(buf_str(&text), "1");
	}
}

/* Many tasks, each once, in a time that grows with the message. */
static void test_many(void **state)
{
	_cleanup_buf_ struct buf text = {0};
	struct reference_list list = {0};
	struct arena a = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 400000; i++)
		buf_addf(&text, "awm#%zu\n", i % 200000 + 1);
	assert_int_equal(reference_scan(text.s, &a, &list), 0);
	assert_int_equal(list.count, 200000);
	for (i = 0; i < list.count; i++)
		assert_int_equal(list.items[i].task, i + 1);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_trailers),
		cmocka_unit_test(test_our_trailers),
		cmocka_unit_test(test_free_text),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_fences),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
