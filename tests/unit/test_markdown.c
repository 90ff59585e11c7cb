/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "cmd/markdown.h"

static void check_as(const char *source, struct markdown how,
		     const char *expected)
{
	_cleanup_buf_ struct buf out = {0};

	markdown_add(&out, source, strlen(source), &how);
	assert_int_equal(buf_check(&out), 0);
	if (strcmp(out.s, expected) != 0)
		fail_msg("--- of\n%s\n--- came\n%s--- not\n%s", source, out.s,
			 expected);
}

static void check(const char *source, const char *expected)
{
	check_as(source, (struct markdown){.width = 40}, expected);
}

static void check_color(const char *source, const char *expected)
{
	check_as(source, (struct markdown){.width = 40, .color = true},
		 expected);
}

static void test_plain(void **state)
{
	(void)state;
	check("", "\n");
	check("  \n", "\n");
	check("one line", "one line\n");
	check("two\nlines", "two lines\n");
	check("two\r\nlines\rhere", "two lines here\n");
	check("hard  \nbreak\\\nhere", "hard\nbreak\nhere\n");
	check("one\n\n\n\ntwo", "one\n\ntwo\n");
	check("a sentence that is a little longer than one line of forty",
	      "a sentence that is a little longer than\none line of forty\n");
	check("https://example.com/a/path/that/is/longer/than/a/line",
	      "https://example.com/a/path/that/is/longe\nr/than/a/line\n");
	check("中文字符中文字符中文字符中文字符中文字符中文字符",
	      "中文字符中文字符中文字符中文字符中文字符\n中文字符\n");
}

static void test_styles(void **state)
{
	(void)state;
	check("**bold** *it* `co  de` ~~gone~~",
	      "**bold** *it* `co  de` ~~gone~~\n");
	check_color("a **bold** b", "a \033[0;1mbold\033[0m b\n");
	check_color("*i* `c`", "\033[0;3mi\033[0m \033[0;36mc\033[0m\n");
	check_color("**b*i***", "\033[0;1mb\033[0;1;3mi\033[0m\n");
	check_color("~~x~~", "\033[0;9mx\033[0m\n");
	check("2 * 3 * 4 and snake_case_name",
	      "2 * 3 * 4 and snake_case_name\n");
	/* a style ends with its line and goes on in the next */
	check_color("**aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbb**",
		    "\033[0;1maaaaaaaaaaaaaaaaaaaa\033[0m\n"
		    "\033[0;1mbbbbbbbbbbbbbbbbbbbbbbb\033[0m\n");
}

static void test_headings(void **state)
{
	(void)state;
	check("# One\ntext\n## Two", "# One\n\ntext\n\n## Two\n");
	check("One\n===", "# One\n");
	check_color("# One", "\033[0;1;4mOne\033[0m\n");
	check_color("### One", "\033[0;1mOne\033[0m\n");
}

static void test_links(void **state)
{
	(void)state;
	check("[text](https://a.b/c)", "text (https://a.b/c)\n");
	check("<https://a.b/c>", "https://a.b/c\n");
	check("see https://a.b/c.", "see https://a.b/c.\n");
	check("<ada@example.com>", "ada@example.com\n");
	check("[a]( <> )", "a\n");
	check("![alt](p.png) ![](q.png)",
	      "[image: alt] (p.png) [image] (q.png)\n");
	check("[x][1]\n\n[1]: https://a.b/ 'title'", "x (https://a.b/)\n");
	check("[x](https://a.b/?a&amp;b)", "x (https://a.b/?a&b)\n");
	check_color("[x](u)", "\033[0;4mx\033[0;2m (u)\033[0m\n");
}

static void test_lists(void **state)
{
	(void)state;
	check("- one\n- two\n  - three\n- four",
	      "• one\n• two\n  • three\n• four\n");
	check("9. nine\n10. ten\n\ntext", "9. nine\n10. ten\n\ntext\n");
	check("0. zero\n1. one", "0. zero\n1. one\n");
	check("- one\n\n- two\n\n  more", "• one\n\n• two\n\n  more\n");
	check("text\n- one\n- two\n\nmore", "text\n\n• one\n• two\n\nmore\n");
	check("- [ ] open\n- [x] done", "• [ ] open\n• [x] done\n");
	check("-\n- two", "•\n• two\n");
	check("- - two", "• • two\n");
	check("- an item that is longer than the line of forty columns",
	      "• an item that is longer than the line\n  of forty columns\n");
}

static void test_quotes(void **state)
{
	(void)state;
	check("> quoted\n> more\n\ntext", "│ quoted more\n\ntext\n");
	check("> one\n>\n> two", "│ one\n│\n│ two\n");
	check("> > deep\n\n- > q", "│ │ deep\n\n• │ q\n");
	check(">\n\ntext", "text\n");
}

static void test_code(void **state)
{
	(void)state;
	check("```c\nint x;\n\n\tif\n```\ntext",
	      "    int x;\n\n        if\n\ntext\n");
	check("text\n\n    indented *code*", "text\n\n    indented *code*\n");
	check("- a\n\n  ```\n  x\n  ```", "• a\n\n      x\n");
	check("```\n0123456789012345678901234567890123456789\n```",
	      "    012345678901234567890123456789012345\n    6789\n");
	check_color("```\nx\n```", "    \033[0;36mx\033[0m\n");
}

static void test_rules(void **state)
{
	(void)state;
	check_as("a\n\n---\n\nb", (struct markdown){.width = 20},
		 "a\n\n────────────────────\n\nb\n");
}

static void test_tables(void **state)
{
	(void)state;
	check("| a | b |\n|---|--:|\n| one | 2 |\n| x | 100 |", "a      b\n"
								"───  ───\n"
								"one    2\n"
								"x    100\n");
	check("a|b\n|---|---|\n中文|x\ny", "a     b\n────  ─\n中文  x\ny\n");
	check("| first | second |\n|---|:-:|\n"
	      "| a cell with more words than there is room for | b |",
	      "first                             second\n"
	      "────────────────────────────────  ──────\n"
	      "a cell with more words than         b\n"
	      "there is room for\n");
	check_color("a|b\n|---|---|\nc|d",
		    "\033[0;1ma\033[0m  \033[0;1mb\033[0m\n"
		    "─  ─\n"
		    "c  d\n");
	/* more columns than the terminal has room for */
	check_as("a|b|c|d|e|f\n|---|---|---|---|---|---|\n1|2|3|4|5|6",
		 (struct markdown){.width = 16},
		 "a\nb\nc\nd\ne\nf\n1\n2\n3\n4\n5\n6\n");
}

static void test_html_is_text(void **state)
{
	(void)state;
	check("<b>x</b>", "<b>x</b>\n");
	check("<script>\nalert(1)\n</script>", "<script> alert(1) </script>\n");
	check("&lt;&amp;&#65;&#x42;&copy;&nosuch;", "<&AB©&nosuch;\n");
}

static void test_nothing_reaches_the_terminal(void **state)
{
	(void)state;
	check("a\033[31mb", "a\\x1B[31mb\n");
	check("`a\033]0;t\007`", "`a\\x1B]0;t\\x07`\n");
	check("```\n\033c\n```", "    \\x1Bc\n");
	check("x&#27;[2J&#x9b;y&#0;", "x\\x1B[2J\\u009By\xef\xbf\xbd\n");
	check("[x](u&#27;[m)", "x (u\\x1B[m)\n");
	check("a\xc2\x9b"
	      "b\xff\xe2\x80\xae",
	      "a\\u009Bb\\xFF\\u202E\n");
	check("a|b\n|---|---|\n\033[m|\177", "a       b\n──────  ────\n"
					     "\\x1B[m  \\x7F\n");
}

static void test_indent(void **state)
{
	const struct markdown how = {.width = 24, .indent = 4};

	(void)state;
	check_as("a text of some words\n\n- item\n\n> q", how,
		 "a text of some words\n\n    • item\n\n    │ q\n");
	/* however narrow the terminal is, there is some room */
	check_as("a text of some words",
		 (struct markdown){.width = 3, .indent = 10},
		 "a text of some\n          words\n");
}

static void test_long_texts_stay_as_they_are(void **state)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};

	(void)state;
	while (text.len <= MARKDOWN_MAX)
		buf_adds(&text, "**x**\n");
	markdown_add(&out, text.s, text.len, &(struct markdown){.width = 40});
	assert_true(out.len == text.len);
	assert_memory_equal(out.s, text.s, text.len);
}

static void test_depth_has_an_end(void **state)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_adds(&text, "> - ");
	buf_adds(&text, "in the middle of it all");
	markdown_add(&out, text.s, text.len, &(struct markdown){.width = 40});
	assert_int_equal(buf_check(&out), 0);
	for (const char *p = out.s; *p;) {
		size_t n = strcspn(p, "\n");

		assert_true(utf8_width(p, n) <= 40);
		p += n + 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_headings),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_html_is_text),
		cmocka_unit_test(test_nothing_reaches_the_terminal),
		cmocka_unit_test(test_indent),
		cmocka_unit_test(test_long_texts_stay_as_they_are),
		cmocka_unit_test(test_depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
