/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/utf8.h"
#include "cmd/ask.h"
#include "cmd/option.h"
#include "cmd/signals.h"

/* Nobody is asked who could not see the question, or whose input belongs to
 * something else. */
static int open_terminal(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return -1;
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool ask_possible(void)
{
	int fd = open_terminal();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void put(int fd, const char *s)
{
	size_t len = strlen(s);

	while (len) {
		ssize_t n = write(fd, s, len);

		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

/* One line, without its end. */
static int get_line(int fd, struct buf *b, size_t max)
{
	char c;
	ssize_t n;

	while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
		if (b->len >= max)
			return err_set(AWM_USAGE, "the line is too long");
		buf_addc(b, c);
	}
	if (n < 0 && signals_caught()) {
		put(fd, "\n");
		return err_set(AWM_INTERRUPTED, "interrupted");
	}
	if (n < 0)
		return err_errno(AWM_ERROR, "cannot read the answer");
	return buf_check(b);
}

int ask_refuse(const char *what)
{
	err_set(AWM_USAGE,
		"'%s' cannot be undone, and there is no terminal to "
		"ask on",
		what);
	return err_hint("add --yes");
}

int run_confirm(struct run *r, const char *fmt, ...)
{
	_cleanup_free_ char *question = NULL;
	_cleanup_buf_ struct buf text = {0}, answer = {0};
	va_list ap;
	int fd, n, err;

	if (r->globals.yes || r->globals.dry_run)
		return 0;
	va_start(ap, fmt);
	n = vasprintf(&question, fmt, ap);
	va_end(ap);
	if (n < 0) {
		question = NULL;
		return err_nomem();
	}
	fd = open_terminal();
	if (fd < 0)
		return ask_refuse(r->command->name);
	utf8_add_escaped(&text, question, (size_t)n, false);
	buf_adds(&text, "? [y/N] ");
	put(fd, buf_str(&text));
	err = get_line(fd, &answer, 100);
	close(fd);
	if (!err && *buf_str(&answer) != 'y' && *buf_str(&answer) != 'Y')
		err = err_set(AWM_ERROR, "nothing was changed");
	return err;
}

void run_say(struct run *r, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	_cleanup_buf_ struct buf b = {0};
	va_list ap;
	int n;

	if (r->globals.quiet)
		return;
	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0) {
		s = NULL;
		return;
	}
	utf8_add_escaped(&b, s, (size_t)n, false);
	fprintf(stderr, "awm: %s\n", buf_str(&b));
}

/* ---- secrets ---- */

/* A line that nobody is to see, into memory that can be wiped. */
static int read_silently(int fd, char *ret, size_t size, size_t *ret_len)
{
	ssize_t n;
	char c;

	*ret_len = 0;
	while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
		if (*ret_len == size)
			return err_set(AWM_USAGE, "the line is too long");
		ret[(*ret_len)++] = c;
	}
	if (n < 0 && signals_caught())
		return err_set(AWM_INTERRUPTED, "interrupted");
	return n < 0 ? err_errno(AWM_ERROR, "cannot read the answer") : 0;
}

static int ask_silently(int fd, const char *what, char *ret, size_t size,
			size_t *ret_len)
{
	struct termios was, silent;
	int err;

	if (tcgetattr(fd, &was) < 0)
		return err_errno(AWM_ERROR, "cannot set up the terminal");
	silent = was;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	/* Before it asks: what is typed at once counts. */
	tcsetattr(fd, TCSAFLUSH, &silent);
	put(fd, what);
	put(fd, ": ");
	err = read_silently(fd, ret, size, ret_len);
	tcsetattr(fd, TCSAFLUSH, &was);
	put(fd, "\n");
	return err;
}

static int secret_of_terminal(const char *what, struct buf *b)
{
	char text[16 * 1024];
	size_t len = 0;
	int fd = open_terminal(), err;

	if (fd < 0) {
		err_set(AWM_USAGE, "%s is missing", what);
		return err_hint("give it with --stdin, or in an environment "
				"variable");
	}
	err = ask_silently(fd, what, text, sizeof(text), &len);
	close(fd);
	buf_add(b, text, len);
	explicit_bzero(text, sizeof(text));
	return err ? err : buf_check(b);
}

static int ask_again(int fd, const char *text, size_t len)
{
	char again[2048];
	size_t n = 0;
	int err = ask_silently(fd, "again", again, sizeof(again), &n);

	if (!err && (n != len || memcmp(text, again, len) != 0))
		err = err_set(AWM_USAGE, "that is not the same");
	explicit_bzero(again, sizeof(again));
	return err;
}

int ask_passphrase(void *ctx, const char *what, bool twice, char *ret,
		   size_t size)
{
	int fd = open_terminal(), err;
	size_t len = 0;

	if (fd < 0)
		return 0;
	err = ask_silently(fd, what, ret, size, &len);
	if (!err && !len)
		err = err_set(AWM_DENIED, "no passphrase was given");
	if (!err && twice)
		err = ask_again(fd, ret, len);
	close(fd);
	return err ? err : (int)len;
}

static int secret_of_stdin(struct run *r, struct buf *b)
{
	const char *input;
	size_t len;
	int err = run_stdin(r, &input, &len);

	if (err)
		return err;
	buf_add(b, input, strcspn(input, "\r\n"));
	return buf_check(b);
}

int run_secret(struct run *r, const char *env, bool from_stdin,
	       const char *what, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	const char *value;
	int err = 0;

	process_guard(true); /* to the end: it goes many ways from here */
	if (env) {
		value = getenv(env);
		if (!value)
			return err_set(AWM_USAGE, "$%s is not set", env);
		buf_adds(&b, value);
	} else if (from_stdin) {
		err = secret_of_stdin(r, &b);
	} else {
		err = secret_of_terminal(what, &b);
	}
	if (err)
		return err;
	if (!b.len)
		return err_set(AWM_USAGE, "%s is empty", what);
	*ret = arena_strndup(&r->arena, b.s, b.len);
	explicit_bzero(b.s, b.len);
	return *ret ? 0 : -AWM_NOMEM;
}
