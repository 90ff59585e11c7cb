/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/http.h"

#define NOW INT64_C(1795338000000) /* 2026-11-22T09:00:00Z */

static void dates(void **state)
{
	static const char *const bad[] = {
		"",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 31 Feb 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08-49-37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun,06 Nov 1994 08:49:37 GMT",
		"06 Nov 1994 08:49:37 GMT",
		"Sun Nov  6 08:49:37 94",
		"Sun Nov 31 08:49:37 1994",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		", ",
	};

	(void)state;
	assert_int_equal(http_date("Sun, 06 Nov 1994 08:49:37 GMT", NOW),
			 784111777000);
	assert_int_equal(http_date("Sunday, 06-Nov-94 08:49:37 GMT", NOW),
			 784111777000);
	assert_int_equal(http_date("Sun Nov  6 08:49:37 1994", NOW),
			 784111777000);
	assert_int_equal(http_date("Tue, 29 Feb 2000 23:59:60 GMT", NOW),
			 951868800000);
	/* 2076 is at most 50 years away, 2077 is not: 1977. */
	assert_int_equal(http_date("Sunday, 22-Nov-76 09:00:00 GMT", NOW),
			 http_date("Sun, 22 Nov 2076 09:00:00 GMT", NOW));
	assert_int_equal(http_date("Sunday, 22-Nov-77 09:00:00 GMT", NOW),
			 http_date("Sun, 22 Nov 1977 09:00:00 GMT", NOW));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (http_date(bad[i], NOW) != -1)
			fail_msg("'%s' is taken for a date", bad[i]);
}

static void retry_after(void **state)
{
	(void)state;
	assert_int_equal(http_retry_after("0", NOW), 0);
	assert_int_equal(http_retry_after("120", NOW), 120000);
	assert_int_equal(http_retry_after("1.5", NOW), 1500);
	assert_int_equal(http_retry_after("Sun, 22 Nov 2026 09:00:30 GMT", NOW),
			 30000);
	assert_int_equal(http_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", NOW),
			 0);
	assert_int_equal(http_retry_after("", NOW), -1);
	assert_int_equal(http_retry_after("-1", NOW), -1);
	assert_int_equal(http_retry_after("1e9", NOW), -1);
	assert_int_equal(http_retry_after("soon", NOW), -1);
	assert_int_equal(http_retry_after("99999999999999999999", NOW), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(retry_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
