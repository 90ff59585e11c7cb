/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/retry.h"

#define HOUR INT64_C(3600000)

static void schedule(void **state)
{
	static const int64_t pauses[] = {
		5000,	   300000,    1800000,	 2 * HOUR,  5 * HOUR,
		10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
	};

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		int64_t least = INT64_MAX, most = 0, pause;

		for (uint32_t n = 0; n < 1000; n++) {
			pause = retry_delay(i + 1, n * 4294967U);
			least = pause < least ? pause : least;
			most = pause > most ? pause : most;
		}
		assert_in_range(least, pauses[i] * 80 / 100,
				pauses[i] * 81 / 100);
		assert_in_range(most, pauses[i] * 119 / 100,
				pauses[i] * 120 / 100);
	}
	assert_int_equal(retry_delay(10, 0), -1);
	assert_int_equal(retry_delay(4294967295U, 0), -1);
}

static void wishes(void **state)
{
	(void)state;
	assert_int_equal(retry_at(1000, 1, 0, -1), 1000 + 4000);
	assert_int_equal(retry_at(1000, 1, 0, 60000), 1000 + 60000);
	assert_int_equal(retry_at(1000, 1, 0, 1), 1000 + 4000);
	assert_int_equal(retry_at(1000, 1, 0, 1000 * HOUR), 1000 + 24 * HOUR);
	assert_int_equal(retry_at(1000, 10, 0, 60000), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedule),
		cmocka_unit_test(wishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
