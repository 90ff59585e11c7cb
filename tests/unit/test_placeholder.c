/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "domain/placeholder.h"

static const char *value(void *ctx, const char *name)
{
	int *missing = ctx;

	if (!strcmp(name, "a"))
		return "1";
	if (!strcmp(name, "braces"))
		return "{{a}} \\{{a}}";
	if (!strcmp(name, "empty"))
		return "";
	if (!strcmp(name, "x.y-z_0"))
		return "long";
	++*missing;
	return NULL;
}

static void test_render(void **state)
{
	static const struct {
		const char *text, *wanted;
		int missing;
	} probes[] = {
		{"", "", 0},
		{"plain { } }} \\ \\{", "plain { } }} \\ \\{", 0},
		{"{{a}}", "1", 0},
		{"<{{ \ta }}>{{empty}}<{{x.y-z_0}}>", "<1><long>", 0},
		{"{{a}}{{a}}}}", "11}}", 0},
		/* what is put in is not looked through */
		{"{{braces}}", "{{a}} \\{{a}}", 0},
		{"\\{{a}} \\\\{{a}} {{{{", NULL, 0},
		{"\\{{a}} \\\\{{a}}", "{{a}} \\{{a}}", 0},
		{"{{b}} {{a}} {{ c }}", "{{b}} 1 {{ c }}", 2},
		{"{{}}", NULL, 0},
		{"{{ }}", NULL, 0},
		{"{{a", NULL, 0},
		{"{{a}", NULL, 0},
		{"{{a b}}", NULL, 0},
		{"{{1}}", NULL, 0},
		{"{{#a}}", NULL, 0},
		{"{{{a}}}", NULL, 0},
		{"{{\n a}}", NULL, 0},
		{"ü {{ü}}", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		_cleanup_buf_ struct buf out = {0};
		int missing = 0;
		int rc = placeholder_render(probes[i].text, value, &missing,
					    &out);

		if (!probes[i].wanted) {
			assert_int_equal(rc, -AWM_INVALID);
			assert_non_null(strstr(awm_error_last()->message,
					       "is no placeholder"));
			continue;
		}
		assert_int_equal(rc, 0);
		assert_string_equal(buf_str(&out), probes[i].wanted);
		assert_int_equal(missing, probes[i].missing);
	}
}

static void test_long_name(void **state)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};
	int missing = 0;

	(void)state;
	buf_adds(&text, "{{");
	for (int i = 0; i < 101; i++)
		buf_addc(&text, 'n');
	buf_adds(&text, "}}");
	assert_int_equal(placeholder_render(text.s, value, &missing, &out),
			 -AWM_INVALID);
}

/* Every text of six of these bytes comes back as it was. */
static void test_escape(void **state)
{
	static const char bytes[] = "{}\\a ";
	size_t n = sizeof(bytes) - 1, all = n * n * n * n * n * n;

	(void)state;
	for (size_t i = 0; i < all; i++) {
		_cleanup_buf_ struct buf escaped = {0}, out = {0};
		char text[7] = "";
		int missing = 0;

		for (size_t k = 0, v = i; k < 6; k++, v /= n)
			text[k] = bytes[v % n];
		placeholder_escape(&escaped, text, 6);
		assert_int_equal(placeholder_render(buf_str(&escaped), value,
						    &missing, &out),
				 0);
		assert_string_equal(buf_str(&out), text);
		assert_int_equal(missing, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
