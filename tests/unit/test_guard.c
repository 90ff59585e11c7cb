// SPDX-License-Identifier: MIT
#include "base/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>

#include <cmocka.h>

static void test_nests(void **state)
{
	(void)state;
	if (prctl(PR_GET_DUMPABLE) != 1)
		skip();
	process_guard(true);
	process_guard(true);
	process_guard(false);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	process_guard(false);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
