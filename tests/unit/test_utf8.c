/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"

static void test_valid(void **state)
{
	static const char *const good[] = {
		"",
		"abc",
		"é",
		"€",
		"😀",
		"\xF4\x8F\xBF\xBF",
		"\xED\x9F\xBF",
		"\xEE\x80\x80",
	};
	static const char *const bad[] = {
		"\x80",
		"\xBF",
		"\xC0\x80",
		"\xC1\xBF",
		"\xE0\x80\x80",
		"\xE0\x9F\xBF",
		"\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF",
		"\xED\xA0\x80", /* a surrogate */
		"\xED\xBF\xBF",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xFE",
		"\xFF",
		"a\xC3",
		"\xE2\x82",
		"\xF0\x9F\x98",
		"\xC3(",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_true(utf8_valid("a\0b", 3));
	/* The length counts, not what stands behind it. */
	assert_false(utf8_valid("€", 2));
}

static void test_length(void **state)
{
	(void)state;
	assert_int_equal(utf8_length("", 0), 0);
	assert_int_equal(utf8_length("aé€😀", 10), 4);
	assert_int_equal(utf8_length("e\xCC\x81", 3), 2);
}

static void test_control(void **state)
{
	(void)state;
	assert_false(utf8_has_control("aé€😀", 10, false));
	assert_true(utf8_has_control("a\nb", 3, false));
	assert_false(utf8_has_control("a\n\r\tb", 5, true));
	assert_true(utf8_has_control("a\x1b", 2, true));
	assert_true(utf8_has_control("a\x7f", 2, true));
	assert_true(utf8_has_control("a\xC2\x85", 3, true));
	assert_true(utf8_has_control("a\x9b", 2, true));
	assert_true(utf8_has_control("a\0", 2, true));
}

static void assert_width(const char *text, size_t columns)
{
	assert_int_equal(utf8_width(text, strlen(text)), columns);
}

static void test_width(void **state)
{
	(void)state;
	assert_width("", 0);
	assert_width("hello", 5);
	assert_width("é", 1);
	assert_width("e\xCC\x81", 1);
	assert_width("a\xCC\x81\xCC\x82\xCC\x83z", 2);
	assert_width("日本", 4);
	assert_width("ｱ", 1);
	assert_width("한국", 4);
	assert_width("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2); /* jamo */
	assert_width("👩\u200D💻", 2);
	assert_width("👨\u200D👩\u200D👧\u200D👦", 2);
	assert_width("👍🏽", 2);
	assert_width("❤\uFE0F", 2);
	assert_width("❤", 1);
	assert_width("1\uFE0F\u20E3", 2);
	assert_width("🇩🇪", 2);
	assert_width("🇩🇪🇫🇷", 4);
	assert_width("x🇩🇪y", 4);
	assert_width("\u200B", 0);
	/* Not assigned in any Unicode so far, but something will be drawn. */
	assert_width("\U0001FAFF", 2);
	/* as the escapes that utf8_add_escaped() writes */
	assert_width("\n", 2);
	assert_width("\x1b", 4);
	assert_width("\xC2\x9B", 6);
	assert_width("\u202E", 6);
	assert_width("\xFF", 4);
	assert_width("a\xE2\x82", 9);
}

static void assert_escaped(const char *text, bool keep, const char *want)
{
	_cleanup_buf_ struct buf b = {0};

	utf8_add_escaped(&b, text, strlen(text), keep);
	assert_int_equal(buf_check(&b), 0);
	assert_string_equal(buf_str(&b), want);
	if (!keep)
		assert_int_equal(utf8_width(text, strlen(text)),
				 utf8_width(b.s, b.len));
}

static void test_escaped(void **state)
{
	(void)state;
	assert_escaped("", false, "");
	assert_escaped("plain é 日本 👩\u200D💻 \\", false,
		       "plain é 日本 👩\u200D💻 \\");
	assert_escaped("a\nb\tc\rd", false, "a\\nb\\tc\\x0Dd");
	assert_escaped("a\nb\tc\rd", true, "a\nb\tc\\x0Dd");
	assert_escaped("\x1b[31m\x7f", true, "\\x1B[31m\\x7F");
	assert_escaped("\xC2\x9B"
		       "31m",
		       true, "\\u009B31m");
	assert_escaped("\u202Eabc\u2066", false, "\\u202Eabc\\u2066");
	assert_escaped("\u202A\u202B\u202C\u202D\u2067\u2068\u2069", false,
		       "\\u202A\\u202B\\u202C\\u202D\\u2067\\u2068\\u2069");
	assert_escaped("a\x9B\xC0\xAFz", false, "a\\x9B\\xC0\\xAFz");
	assert_escaped("\xE2\x82", false, "\\xE2\\x82");

	_cleanup_buf_ struct buf b = {0};
	utf8_add_escaped(&b, "a\0b", 3, true);
	assert_string_equal(buf_str(&b), "a\\x00b");
}

static void test_cut(void **state)
{
	const char *family = "👨\u200D👩\u200D👧";
	const char *flags = "🇩🇪🇫🇷";

	(void)state;
	assert_int_equal(utf8_cut("hello", 5, 3), 3);
	assert_int_equal(utf8_cut("hello", 5, 9), 5);
	assert_int_equal(utf8_cut("hello", 5, 0), 0);
	assert_int_equal(utf8_cut("日本", 6, 3), 3);
	assert_int_equal(utf8_cut("e\xCC\x81x", 4, 1), 3);
	assert_int_equal(utf8_cut(family, strlen(family), 1), 0);
	assert_int_equal(utf8_cut(family, strlen(family), 2), strlen(family));
	assert_int_equal(utf8_cut(flags, strlen(flags), 3), 8);
	/* An escape is not cut in two. */
	assert_int_equal(utf8_cut("a\x1bz", 3, 4), 1);
	assert_int_equal(utf8_cut("a\x1bz", 3, 5), 2);
}

static void test_folded(void **state)
{
	(void)state;
	assert_true(utf8_same_folded("Inbox", "INBOX"));
	assert_true(utf8_same_folded("Größe", "GROSSE"));
	assert_true(utf8_same_folded("Café", "cafe\xCC\x81"));
	assert_true(utf8_same_folded("Café", "CAFE"));
	assert_true(utf8_same_folded("ﬁx", "FIX"));
	assert_true(utf8_same_folded("İstanbul", "istanbul"));
	assert_true(utf8_same_folded("ΣΊΣΥΦΟΣ", "σισυφος"));
	assert_true(utf8_same_folded("ｆｕｌｌ", "full"));
	assert_true(utf8_same_folded("", ""));
	assert_false(utf8_same_folded("a", "b"));
	assert_false(utf8_same_folded("a", ""));
	/* Marks that make another word. */
	assert_false(utf8_same_folded("कि", "का"));
	assert_false(utf8_same_folded("が", "か"));
	assert_true(utf8_same_folded("が", "か\u3099"));
	/* Invalid text is like itself only. */
	assert_true(utf8_same_folded("a\xFF", "a\xFF"));
	assert_false(utf8_same_folded("a\xFF", "a\xFE"));

	_cleanup_buf_ struct buf b = {0};
	utf8_add_folded(&b, NULL, 0);
	utf8_add_escaped(&b, NULL, 0, false);
	assert_int_equal(utf8_width(NULL, 0), 0);
	utf8_add_folded(&b, "É\xFFÀ", 5);
	assert_string_equal(buf_str(&b), "e\xEF\xBF\xBD"
					 "a");
}

static void test_distance(void **state)
{
	char a[400], b[400];

	(void)state;
	assert_int_equal(utf8_distance("status", "status", 3), 0);
	assert_int_equal(utf8_distance("status", "stauts", 3), 1);
	assert_int_equal(utf8_distance("status", "statu", 3), 1);
	assert_int_equal(utf8_distance("status", "xstatus", 3), 1);
	assert_int_equal(utf8_distance("status", "stxtus", 3), 1);
	assert_int_equal(utf8_distance("kitten", "sitting", 3), 3);
	assert_int_equal(utf8_distance("kitten", "sitting", 2), 3);
	assert_int_equal(utf8_distance("kitten", "sitting", 1), 2);
	assert_int_equal(utf8_distance("", "abc", 3), 3);
	assert_int_equal(utf8_distance("abc", "", 2), 3);
	assert_int_equal(utf8_distance("", "", 0), 0);
	assert_int_equal(utf8_distance("a", "b", 0), 1);
	assert_int_equal(utf8_distance("badc", "abcd", 2), 2);
	assert_int_equal(utf8_distance("a", "b", SIZE_MAX), 1);
	memset(a, 'x', sizeof(a));
	a[sizeof(a) - 1] = '\0';
	memcpy(b, a, sizeof(b));
	assert_int_equal(utf8_distance(a, b, 3), 0);
	b[0] = 'y';
	assert_int_equal(utf8_distance(a, b, 3), 4);
	a[128] = b[128] = '\0';
	assert_int_equal(utf8_distance(a, b, 3), 1);
}

static void test_add_valid(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"a\xC3\xA9z", "a\xC3\xA9z"},
		{"a\xFFz", "a\xEF\xBF\xBDz"},
		{"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
	};
	_cleanup_buf_ struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_truncate(&b, 0);
		utf8_add_valid(&b, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(buf_str(&b), cases[i][1]);
	}
	buf_truncate(&b, 0);
	utf8_add_valid(&b, "a\0b", 3);
	assert_string_equal(buf_str(&b), "a\xEF\xBF\xBD"
					 "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_add_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
