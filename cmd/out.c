/* SPDX-License-Identifier: MIT */
#include "cmd/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "cmd/signals.h"

static struct {
	char data[64 * 1024];
	size_t len;
	int fd;
	int error; /* errno of the first failed write */
	bool used;
	bool tty;
	bool outlives, lost;
} out;

void out_init(void)
{
	bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR);
	out.fd = STDOUT_FILENO;
	out.error = closed ? EBADF : 0;
	out.tty = !closed && isatty(STDOUT_FILENO);
}

bool out_used(void)
{
	return out.used;
}

bool out_is_tty(void)
{
	return out.tty;
}

size_t out_width(void)
{
	struct winsize ws;
	const char *columns = getenv("COLUMNS");
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (n >= 10 && n <= 10000)
		return (size_t)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 10)
		return ws.ws_col;
	return 80;
}

bool out_color(const struct globals *g)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (g->color != COLOR_AUTO)
		return g->color == COLOR_ALWAYS;
	return out.tty && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static int out_failed(void)
{
	errno = out.error;
	return err_errno(AWM_ERROR, "cannot write to standard output");
}

/* The parent may have had SIGPIPE ignored; the effect is to be the same. */
void out_gone(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
	_exit(128 + SIGPIPE);
}

void out_outlive(bool on)
{
	out.outlives = on;
	signal(SIGPIPE, on ? SIG_IGN : SIG_DFL);
}

bool out_lost(void)
{
	return out.lost;
}

static int reader_gone(void)
{
	if (!out.outlives)
		out_gone();
	out.lost = true;
	out.error = EPIPE;
	return err_set(AWM_INTERRUPTED, "nobody reads the output any more");
}

static int write_all(const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(out.fd, p, len);

		if (n < 0 && errno == EINTR) {
			if (signals_caught())
				return err_set(AWM_INTERRUPTED, "interrupted");
			continue;
		}
		if (n < 0 && errno == EPIPE)
			return reader_gone();
		if (n < 0) {
			out.error = errno;
			return out_failed();
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int out_flush(void)
{
	size_t len = out.len;

	if (out.error)
		return len || out.used ? out_failed() : 0;
	if (!len)
		return 0;
	out.fd = pager_start();
	out.len = 0;
	return write_all(out.data, len);
}

int out_add(const void *data, size_t len)
{
	int err;

	if (!len)
		return 0;
	out.used = true;
	if (out.error)
		return out_failed();
	if (len > sizeof(out.data) - out.len) {
		err = out_flush();
		if (err)
			return err;
	}
	if (len > sizeof(out.data)) {
		out.fd = pager_start();
		return write_all(data, len);
	}
	memcpy(out.data + out.len, data, len);
	out.len += len;
	return 0;
}

int out_adds(const char *s)
{
	return out_add(s, strlen(s));
}

int out_addf(const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0) {
		s = NULL;
		return err_nomem();
	}
	return out_add(s, (size_t)n);
}

int out_close(void)
{
	int err = out_flush();

	if (out.fd != STDOUT_FILENO) {
		close(out.fd);
		out.fd = STDOUT_FILENO;
		pager_wait();
	}
	return err;
}

static void error_json(const struct awm_error *e, struct buf *b)
{
	struct jsonw w = {.out = b};

	jsonw_object(&w);
	jsonw_key(&w, "error");
	jsonw_object(&w);
	jsonw_key(&w, "code");
	jsonw_str(&w, awm_error_word(e->code));
	jsonw_key(&w, "message");
	jsonw_str(&w, e->message);
	if (*e->hint) {
		jsonw_key(&w, "hint");
		jsonw_str(&w, e->hint);
	}
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	buf_addc(b, '\n');
}

void error_print(bool json)
{
	const struct awm_error *e = awm_error_last();
	_cleanup_buf_ struct buf b = {0};

	if (json)
		error_json(e, &b);
	if (json && !b.failed) {
		fputs(b.s, stderr);
		return;
	}
	fprintf(stderr, "awm: error: %s\n", e->message);
	if (*e->hint)
		fprintf(stderr, "hint: %s\n", e->hint);
}
