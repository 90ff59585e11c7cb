/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/words.h"
#include "domain/search.h"

#define Z "\xE2\x80\x8B"

/* ---- words ---- */

static void apart(const char *text, const char *wanted)
{
	struct buf b = {0}, joined = {0};

	words_add(&b, text, strlen(text));
	assert_string_equal(buf_str(&b), wanted);
	words_add_joined(&joined, buf_str(&b), b.len);
	if (!strpbrk(text, "\001\r"))
		assert_string_equal(buf_str(&joined), text);
	buf_release(&b);
	buf_release(&joined);
}

static void test_boundaries(void **state)
{
	(void)state;
	apart("", "");
	apart("plain words, of ASCII\n\t", "plain words, of ASCII\n\t");
	apart("Résumé", "Résumé");
	apart("日本語", "日" Z "本" Z "語");
	apart("日本。語", "日" Z "本。語");
	apart("v2日a", "v2" Z "日" Z "a");
	apart("日 a", "日 a");
	apart("カﾅ한국", "カ" Z "ﾅ" Z "한" Z "국");
	/* marks stay with what they are on */
	apart("か\u3099き", "か\u3099" Z "き");
	apart("go🎉go", "go" Z "🎉" Z "go");
	apart("👍🏽👍", "👍🏽" Z "👍");
	apart("a\001b\rc", "a b c");
}

static void test_any(void **state)
{
	(void)state;
	assert_true(words_any("a", 1));
	assert_true(words_any("?7", 2));
	assert_true(words_any("🎉", 4));
	assert_true(words_any("日", 3));
	assert_false(words_any("", 0));
	assert_false(words_any("-+*\"()", 6));
	assert_false(words_any("\xff\xfe", 2));
	assert_true(words_is_one("Résumé", strlen("Résumé")));
	assert_false(words_is_one("a b", 3));
	assert_false(words_is_one("日本", 6));
	assert_false(words_is_one("", 0));
}

/* ---- queries ---- */

static const char *const filter_names[] = {
	"type", "status", "project", "assignee", "tag", "after", "before"};

/* "MATCH | -status=todo … | word …" */
static void add_parsed(struct buf *b, const struct search_parsed *p)
{
	buf_adds(b, p->match);
	for (size_t i = 0; i < p->nfilters; i++)
		buf_addf(b, "%s%s%s=%s", i ? " " : " | ",
			 p->filters[i].without ? "-" : "",
			 filter_names[p->filters[i].kind], p->filters[i].value);
}

static void parses_as(const char *text, bool plain, const char *wanted)
{
	struct search_parsed parsed = {0};
	struct arena a = {0};
	struct buf b = {0};

	assert_int_equal(search_parse(text, plain, &a, &parsed), 0);
	add_parsed(&b, &parsed);
	assert_string_equal(buf_str(&b), wanted);
	buf_release(&b);
	arena_release(&a);
}

static void parses(const char *text, const char *wanted)
{
	parses_as(text, false, wanted);
}

static void refuses(const char *text, const char *message)
{
	struct search_parsed parsed = {0};
	struct arena a = {0};

	assert_int_equal(search_parse(text, false, &a, &parsed), -AWM_USAGE);
	assert_non_null(strstr(awm_error_last()->message, message));
	arena_release(&a);
}

static void test_words(void **state)
{
	(void)state;
	parses("one", "\"one\"");
	parses(" one\ttwo\n", "(\"one\" AND \"two\")");
	parses("foo-bar.c", "\"foo-bar.c\"");
	parses("migr*", "\"migr\" *");
	parses("a** *", "\"a\" *");
	parses("\"two words\"", "\"two words\"");
	parses("\"two wor\"*", "\"two wor\" *");
	parses("\"never closed", "\"never closed\"");
	parses("a\"b c\"d", "(\"a\" AND \"b c\" AND \"d\")");
	parses("語学", "\"語" Z "学\"");
	parses("one ... + two", "(\"one\" AND \"two\")");
	parses("http://x.org", "\"http://x.org\"");
	parses("and or not", "(\"and\" AND \"or\" AND \"not\")");
	parses("ORacle ANDy", "(\"ORacle\" AND \"ANDy\")");
}

static void test_operators(void **state)
{
	(void)state;
	parses("a AND b", "(\"a\" AND \"b\")");
	parses("a OR b", "(\"a\" OR \"b\")");
	parses("a b OR c d", "((\"a\" AND \"b\") OR (\"c\" AND \"d\"))");
	parses("a (b OR c)", "(\"a\" AND (\"b\" OR \"c\"))");
	parses("a -b", "(\"a\" NOT \"b\")");
	parses("-b a -c", "(\"a\" NOT (\"b\" OR \"c\"))");
	parses("a NOT b", "(\"a\" NOT \"b\")");
	parses("a -\"b c\"", "(\"a\" NOT \"b c\")");
	parses("a -(b c)", "(\"a\" NOT (\"b\" AND \"c\"))");
	parses("a - b", "(\"a\" AND \"b\")");
	parses("OR a OR OR b OR", "(\"a\" OR \"b\")");
	parses(")a( b", "(\"a\" AND \"b\")");
	parses("(a) ) b", "(\"a\" AND \"b\")");
	parses("() a", "\"a\"");
	parses("a AND (", "\"a\"");
}

static void test_filters(void **state)
{
	(void)state;
	parses("a status:todo", "\"a\" | status=todo");
	parses("status:todo,done a", "\"a\" | status=todo status=done");
	parses("a -tag:x", "\"a\" | -tag=x");
	parses("a NOT tag:x", "\"a\" | -tag=x");
	parses("a Project:\"Web, site\"", "\"a\" | project=Web, site");
	parses("a project:\"A\",b", "\"a\" | project=A project=b");
	parses("(a assignee:me) b", "(\"a\" AND \"b\") | assignee=me");
	parses("a type:task OR b", "(\"a\" OR \"b\") | type=task");
	parses("a after:2026-01-01 before:now",
	       "\"a\" | after=2026-01-01 before=now");
	/* these are words */
	parses("status: todo", "(\"status:\" AND \"todo\")");
	parses("tag:", "\"tag:\"");
	parses("foo:bar", "\"foo:bar\"");
	parses("tag:\"\" a", "(\"tag:\" AND \"a\")");
	parses("\"status:done\"", "\"status:done\"");
}

static void test_plain(void **state)
{
	(void)state;
	parses_as("a OR b", true, "(\"a\" AND \"OR\" AND \"b\")");
	parses_as("-a (b)", true, "(\"-a\" AND \"(b)\")");
	parses_as("say \"hi\" now", true,
		  "(\"say\" AND \"\"\"hi\"\"\" AND \"now\")");
	parses_as("pre* status:todo", true, "\"pre\" * | status=todo");
}

static void test_nothing(void **state)
{
	static const char *const empty[] = {
		"",  " ",     "\"", "\"\"", "*",   "AND",	 "OR",
		"(", "AND (", "-",  "NOT",  "...", "status:todo"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(empty); i++)
		refuses(empty[i], "no word");
	refuses("-a", "leave out");
	refuses("a OR -b", "leave out");
	refuses("NOT (a b)", "leave out");
}

static void test_limits(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i <= AWM_SEARCH_WORDS; i++)
		buf_adds(&b, "a ");
	refuses(b.s, "at most 200 words");
	for (int i = 0; i < AWM_SEARCH_BYTES; i++)
		buf_addc(&b, 'x');
	refuses(b.s, "longer than");
	buf_release(&b);
}

/* The words that may be misspelt, with their places. */
static void test_places(void **state)
{
	const char *text = "one tag:x \"two\" thr* -four (fünf OR 日)";
	struct search_parsed p = {0};
	struct arena a = {0};

	(void)state;
	assert_int_equal(search_parse(text, false, &a, &p), 0);
	assert_int_equal(p.nwords, 3);
	assert_string_equal(p.words[0].text, "one");
	assert_int_equal(p.words[0].at, 0);
	assert_string_equal(p.words[1].text, "two");
	assert_int_equal(p.words[1].at, 11);
	assert_string_equal(p.words[2].text, "fünf");
	assert_memory_equal(text + p.words[2].at, "fünf", p.words[2].len);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
