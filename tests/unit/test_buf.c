/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static void test_empty(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_check(&b), 0);
	buf_truncate(&b, 0);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_non_null(b.s);
	buf_release(&b);
	assert_null(b.s);
	char *s = buf_detach(&b);
	assert_string_equal(s, "");
	free(s);
}

static void test_add(void **state)
{
	_cleanup_buf_ struct buf b = {0};

	(void)state;
	buf_adds(&b, "ab");
	buf_addc(&b, '\0');
	buf_add(&b, "cd", 2);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.s, "ab\0cd", 6);
	buf_truncate(&b, 2);
	assert_string_equal(buf_str(&b), "ab");
	buf_truncate(&b, 9);
	assert_int_equal(b.len, 2);
	buf_addf(&b, "%d-%s", 42, "x");
	assert_string_equal(buf_str(&b), "ab42-x");
}

static void test_format_lengths(void **state)
{
	(void)state;
	/* Around each size at which the memory grows. */
	for (int n = 0; n < 300; n++) {
		_cleanup_buf_ struct buf b = {0};
		buf_addf(&b, "%*s", n, "");
		buf_addf(&b, "%s", "tail");
		assert_int_equal(b.len, (size_t)n + 4);
		assert_string_equal(b.s + n, "tail");
		assert_true(b.cap > b.len);
	}
}

static void test_growth(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	assert_int_equal(buf_check(&b), 0);
	assert_int_equal(strlen(b.s), 100000);
	char *s = buf_detach(&b);
	assert_int_equal(s[27], 'b');
	assert_null(b.s);
	assert_int_equal(b.len, 0);
	free(s);
}

static void test_limit(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_adds(&b, "kept");
	/* The length is refused before the bytes are looked at. */
	buf_add(&b, "x", BUF_MAX - 3);
	assert_true(b.failed);
	buf_adds(&b, "dropped");
	buf_addf(&b, "%s", "dropped");
	buf_addc(&b, 'x');
	assert_string_equal(buf_str(&b), "kept");
	assert_int_equal(buf_check(&b), -AWM_NOMEM);
	assert_int_equal(awm_error_last()->code, AWM_NOMEM);
	err_clear();
	assert_null(buf_detach(&b));
	assert_int_equal(awm_error_last()->code, AWM_NOMEM);
	assert_false(b.failed);
	buf_add(&b, "x", SIZE_MAX);
	assert_true(b.failed);
	buf_release(&b);
}

static void test_arena(void **state)
{
	struct arena a = {0};
	char *last = NULL;

	(void)state;
	for (size_t size = 0; size < 2000; size++) {
		unsigned char *p = arena_alloc(&a, size);
		assert_non_null(p);
		assert_ptr_not_equal(p, last);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xAA, size);
		last = (char *)p;
	}
	assert_true(a.used >= 1999 * 1000);
	arena_release(&a);
	assert_int_equal(a.used, 0);
	assert_null(a.head);
	arena_release(&a);
	assert_string_equal(arena_strdup(&a, "again"), "again");
	arena_release(&a);
}

static void test_arena_large(void **state)
{
	struct arena a = {0};

	(void)state;
	char *small = arena_strdup(&a, "one");
	char *large = arena_alloc(&a, 5 << 20);
	memset(large, 1, 5 << 20);
	/* The block of the small ones goes on being used. */
	char *next = arena_strdup(&a, "two");
	assert_ptr_equal(next, small + 16);
	arena_release(&a);
	large = arena_alloc(&a, 5 << 20);
	memset(large, 1, 5 << 20);
	arena_release(&a);
}

static void test_arena_text(void **state)
{
	struct arena a = {0};
	char text[40000];

	(void)state;
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(arena_printf(&a, "%s", text), text);
	arena_release(&a);
}

static void test_arena_overflow(void **state)
{
	struct arena a = {0};

	(void)state;
	err_clear();
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_int_equal(awm_error_last()->code, AWM_NOMEM);
	err_clear();
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	assert_int_equal(awm_error_last()->code, AWM_NOMEM);
	assert_null(arena_strndup(&a, "x", SIZE_MAX));
	assert_non_null(arena_array(&a, 3, 8));
	assert_string_equal(arena_strdup(&a, "usable"), "usable");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_format_lengths),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_large),
		cmocka_unit_test(test_arena_text),
		cmocka_unit_test(test_arena_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
