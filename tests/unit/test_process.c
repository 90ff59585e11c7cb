/* SPDX-License-Identifier: MIT */
/* Commands of this machine, run against the system's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "edge/process.h"

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int keep(void *ctx, const char *bytes, size_t len)
{
	buf_add(ctx, bytes, len);
	return 0;
}

struct ran {
	struct buf out;
	struct process_end end;
	char errors[8192];
	int64_t ms;
};

/* Runs it to its end; stopped after so many milliseconds, if that is given. */
static int run(const char *const *argv, const struct process_opts *like,
	       int stop_after, struct ran *ret)
{
	struct process_opts opts = *like;
	struct pollfd fd = {.fd = epoll_create1(EPOLL_CLOEXEC),
			    .events = POLLIN};
	struct process *p;
	int64_t began = clock_ms();
	bool done = false;
	int rc;

	*ret = (struct ran){0};
	opts.argv = argv;
	opts.epoll = fd.fd;
	if (!opts.max_output)
		opts.max_output = (size_t)64 << 20;
	rc = process_start(&opts, &p);
	while (!rc && !done) {
		assert_true(clock_ms() - began < 20000);
		poll(&fd, 1, 20);
		if (stop_after && clock_ms() - began > stop_after)
			process_stop(p);
		assert_int_equal(process_step(p, keep, &ret->out, &done), 0);
	}
	if (!rc) {
		process_ended(p, &ret->end);
		memcpy(ret->errors, ret->end.errors, ret->end.errors_len);
		process_free(p);
	}
	close(fd.fd);
	ret->ms = clock_ms() - began;
	return rc;
}

static const struct process_opts plain;

static void test_answers(void **state)
{
	const char *const argv[] = {
		"sh", "-c",	      "cat; echo \"$1\"; echo no >&2",
		"x",  "a b; $(true)", NULL};
	struct process_opts opts = {.input = "in\n", .input_len = 3};
	struct ran r;

	(void)state;
	assert_int_equal(run(argv, &opts, 0, &r), 0);
	assert_string_equal(buf_str(&r.out), "in\na b; $(true)\n");
	assert_string_equal(r.errors, "no\n");
	assert_int_equal(r.end.status, 0);
	assert_int_equal(r.end.signal, 0);
	buf_release(&r.out);
}

/* More than any pipe holds, in both directions at once. */
static void test_much(void **state)
{
	const char *const argv[] = {"cat", NULL};
	size_t len = (size_t)8 << 20;
	char *input = malloc(len);
	struct process_opts opts = {.input = input, .input_len = len};
	struct ran r;

	(void)state;
	assert_non_null(input);
	for (size_t i = 0; i < len; i++)
		input[i] = (char)(i * 31);
	assert_int_equal(run(argv, &opts, 0, &r), 0);
	assert_int_equal(r.out.len, len);
	assert_memory_equal(r.out.s, input, len);
	free(input);
	buf_release(&r.out);
}

/* One that reads nothing raises no signal here. */
static void test_unread(void **state)
{
	const char *const argv[] = {"true", NULL};
	size_t len = (size_t)1 << 20;
	char *input = calloc(1, len);
	struct process_opts opts = {.input = input, .input_len = len};
	struct ran r;

	(void)state;
	assert_int_equal(run(argv, &opts, 0, &r), 0);
	assert_int_equal(r.end.status, 0);
	free(input);
}

static void test_failures(void **state)
{
	const char *const status[] = {"sh", "-c", "exit 7", NULL};
	const char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
	const char *const missing[] = {"/nonexistent/command", NULL};
	struct ran r;

	(void)state;
	assert_int_equal(run(status, &plain, 0, &r), 0);
	assert_int_equal(r.end.status, 7);
	assert_int_equal(run(killed, &plain, 0, &r), 0);
	assert_int_equal(r.end.signal, SIGKILL);
	assert_int_equal(run(missing, &plain, 0, &r), -AWM_REMOTE);
	assert_non_null(
		strstr(awm_error_last()->message, "/nonexistent/command"));
}

static void test_stopped(void **state)
{
	const char *const polite[] = {"sh", "-c", "echo a; sleep 60 & wait",
				      NULL};
	const char *const stubborn[] = {
		"sh", "-c", "trap '' TERM; echo b; while :; do sleep 1; done",
		NULL};
	struct ran r;

	(void)state;
	assert_int_equal(run(polite, &plain, 200, &r), 0);
	assert_int_equal(r.end.signal, SIGTERM);
	assert_string_equal(buf_str(&r.out), "a\n");
	assert_true(r.ms < 5000);
	buf_release(&r.out);
	assert_int_equal(run(stubborn, &plain, 200, &r), 0);
	assert_int_equal(r.end.signal, SIGKILL);
	assert_true(r.ms < 10000);
	buf_release(&r.out);
}

/* Whom it left behind holds its output open, and is not waited for. */
static void test_left_behind(void **state)
{
	const char *const argv[] = {"sh", "-c", "sleep 3 & echo a", NULL};
	struct ran r;

	(void)state;
	assert_int_equal(run(argv, &plain, 0, &r), 0);
	assert_string_equal(buf_str(&r.out), "a\n");
	assert_true(r.ms < 2500);
	buf_release(&r.out);
}

static void test_bounds(void **state)
{
	const char *const argv[] = {"sh", "-c", "yes; true", NULL};
	const char *const loud[] = {
		"sh", "-c",
		"i=0; while [ $i -lt 5000 ]; do echo $i >&2; i=$((i+1)); done",
		NULL};
	struct process_opts opts = {.max_output = 100000};
	struct ran r;

	(void)state;
	assert_int_equal(run(argv, &opts, 0, &r), 0);
	assert_true(r.end.too_large);
	assert_int_equal(r.out.len, 100000);
	buf_release(&r.out);
	assert_int_equal(run(loud, &plain, 0, &r), 0);
	assert_non_null(strstr(r.errors, "4999\n"));
	assert_true(strlen(r.errors) <= 4096);
}

static void test_hidden(void **state)
{
	const char *const argv[] = {"env", NULL};
	const char *const hidden[] = {"TEST_NAME", "TEST_MANY_*", NULL};
	struct process_opts opts = {.hidden = hidden};
	struct ran r;

	(void)state;
	setenv("TEST_NAME", "1", 1);
	setenv("TEST_NAMES", "2", 1);
	setenv("TEST_MANY_A", "3", 1);
	assert_int_equal(run(argv, &opts, 0, &r), 0);
	assert_null(strstr(buf_str(&r.out), "TEST_NAME="));
	assert_non_null(strstr(buf_str(&r.out), "TEST_NAMES=2"));
	assert_null(strstr(buf_str(&r.out), "TEST_MANY_A"));
	buf_release(&r.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
