/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/utf8.h"

static const char *message(void)
{
	return awm_error_last()->message;
}

static const char *hint(void)
{
	return awm_error_last()->hint;
}

static void test_set(void **state)
{
	(void)state;
	err_clear();
	assert_int_equal(awm_error_last()->code, AWM_OK);
	assert_string_equal(message(), "");
	assert_int_equal(err_set(AWM_INVALID, "task %d is '%s'", 5, "done"),
			 -AWM_INVALID);
	assert_int_equal(awm_error_last()->code, AWM_INVALID);
	assert_string_equal(message(), "task 5 is 'done'");
	assert_int_equal(err_hint("awm task show %d", 5), -AWM_INVALID);
	assert_string_equal(hint(), "awm task show 5");
	(void)err_set(AWM_USAGE, "next");
	assert_string_equal(hint(), "");
}

static void test_context(void **state)
{
	(void)state;
	(void)err_set(AWM_NOT_FOUND, "no task %d", 7);
	(void)err_hint("awm task list");
	assert_int_equal(err_context("line %d", 12), -AWM_NOT_FOUND);
	assert_string_equal(message(), "line 12: no task 7");
	assert_string_equal(hint(), "awm task list");
	/* The message may be part of its successor. */
	(void)err_set(AWM_ERROR, "again: %s", message());
	assert_string_equal(message(), "again: line 12: no task 7");
}

static void test_errno(void **state)
{
	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(AWM_NOT_FOUND, "cannot open '%s'", "x"),
			 -AWM_NOT_FOUND);
	assert_string_equal(message(),
			    "cannot open 'x': No such file or directory");
}

static void test_nomem(void **state)
{
	(void)state;
	(void)err_set(AWM_ERROR, "x");
	(void)err_hint("y");
	assert_int_equal(err_nomem(), -AWM_NOMEM);
	assert_string_equal(message(), "out of memory");
	assert_string_equal(hint(), "");
}

static void test_escapes(void **state)
{
	(void)state;
	(void)err_set(AWM_ERROR, "%s", "a\x1b[31m\nb\x7f");
	assert_string_equal(message(), "a\\x1B[31m\\x0Ab\\x7F");
	/* C1 in two bytes and as a lone byte; an overlong slash */
	(void)err_set(AWM_ERROR, "%s", "\xC2\x9B|\x9B|\xC0\xAF|\xFF");
	assert_string_equal(message(), "\\xC2\\x9B|\\x9B|\\xC0\\xAF|\\xFF");
	(void)err_set(AWM_ERROR, "%s", "\xE2\x80\xAEx");
	assert_string_equal(message(), "\\xE2\\x80\\xAEx");
	(void)err_set(AWM_ERROR, "%s", "Größe 日本 👩‍💻");
	assert_string_equal(message(), "Größe 日本 👩‍💻");
	(void)err_hint("%s", "\x1b]0;x\a");
	assert_string_equal(hint(), "\\x1B]0;x\\x07");
}

static void test_truncation(void **state)
{
	char text[5000];
	size_t max = sizeof(awm_error_last()->message) - 1;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(AWM_ERROR, "%s", text);
	assert_int_equal(strlen(message()), max);
	(void)err_hint("%s", text);
	assert_int_equal(strlen(hint()), sizeof(awm_error_last()->hint) - 1);
	(void)err_context("%s", text);
	assert_int_equal(strlen(message()), max);
	/* Never half a character or half an escape. */
	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "€", 3);
	(void)err_set(AWM_ERROR, "%s", text);
	assert_true(utf8_valid(message(), strlen(message())));
	assert_int_equal(strlen(message()), max / 3 * 3);
	memset(text, '\x01', sizeof(text) - 1);
	(void)err_set(AWM_ERROR, "%s", text);
	assert_int_equal(strlen(message()), max / 4 * 4);
}

static void test_codes(void **state)
{
	(void)state;
	assert_string_equal(awm_error_word(AWM_NOT_FOUND), "not_found");
	assert_string_equal(awm_error_word(AWM_INVALID), "invalid");
	for (int i = 0; i <= AWM_INTERRUPTED; i++)
		assert_true(strlen(awm_error_word((enum awm_err)i)) > 0);
	for (int i = 0; i <= AWM_REMOTE; i++)
		assert_int_equal(awm_error_status((enum awm_err)i), i);
	assert_int_equal(awm_error_status(AWM_NOMEM), 1);
	/* of the words that are promised */
	assert_string_equal(awm_error_word(AWM_NOMEM), "error");
	assert_int_equal(awm_error_status(AWM_INTERRUPTED), 130);
	assert_int_equal(awm_error_status((enum awm_err)77), 1);
}

static void *other_thread(void *arg)
{
	(void)arg;
	(void)err_set(AWM_DENIED, "elsewhere");
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t thread;

	(void)state;
	(void)err_set(AWM_CONFLICT, "here");
	assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(awm_error_last()->code, AWM_CONFLICT);
	assert_string_equal(message(), "here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_nomem),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
