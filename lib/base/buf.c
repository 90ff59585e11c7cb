/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define CAP_MIN ((size_t)64)

/* Makes room for more bytes and the NUL after them. */
static bool reserve(struct buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (more > BUF_MAX - b->len) {
		b->failed = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap > BUF_MAX / 2 ? BUF_MAX + 1 : b->cap * 2;
	if (cap < need)
		cap = need < CAP_MIN ? CAP_MIN : need;
	char *s = realloc(b->s, cap);
	if (s == NULL) {
		b->failed = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (!reserve(b, len))
		return;
	if (len > 0)
		memcpy(b->s + b->len, data, len);
	b->len += len;
	b->s[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	if (!reserve(b, 1))
		return;
	b->s[b->len++] = c;
	b->s[b->len] = '\0';
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (!reserve(b, 0))
		return;
	va_start(ap, fmt);
	len = vsnprintf(b->s + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < b->cap - b->len) {
		b->len += (size_t)len;
		return;
	}
	b->s[b->len] = '\0';
	if (len < 0) {
		b->failed = true;
		return;
	}
	if (!reserve(b, (size_t)len))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->s + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->s[len] = '\0';
}

int buf_check(const struct buf *b)
{
	return b->failed ? err_nomem() : 0;
}

const char *buf_str(const struct buf *b)
{
	return b->s != NULL ? b->s : "";
}

char *buf_detach(struct buf *b)
{
	char *s;

	if (!reserve(b, 0)) {
		buf_release(b);
		(void)err_nomem();
		return NULL;
	}
	b->s[b->len] = '\0';
	s = b->s;
	b->s = NULL;
	buf_release(b);
	return s;
}

void buf_release(struct buf *b)
{
	free(b->s);
	*b = (struct buf){0};
}
