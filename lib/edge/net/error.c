/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fail(struct net_error *err, enum awm_err code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -(int)code;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	err->hint[0] = '\0';
	return -(int)code;
}

int fail_hint(struct net_error *err, int r, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return r;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return r;
}

int nomem(struct net_error *err)
{
	return fail(err, AWM_NOMEM, "out of memory");
}

void print_safe(char *buf, size_t size, const char *s, size_t len)
{
	size_t i, n = 0;

	while (len && (s[len - 1] == '\n' || s[len - 1] == '\r'))
		len--;
	for (i = 0; i < len && n + 1 < size; i++)
		buf[n++] = s[i] >= ' ' && s[i] < 0x7F ? s[i] : '?';
	buf[n] = '\0';
}
