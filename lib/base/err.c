/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8_decode.h"

/* Longer than any field of the object: what is cut off here would not have
 * fitted there either. */
#define TEXT_SIZE 4096

static _Thread_local struct awm_error last;

static const struct {
	const char *word;
	int status;
} codes[] = {
	[AWM_OK] = {"ok", 0},
	[AWM_ERROR] = {"error", 1},
	[AWM_USAGE] = {"usage", 2},
	[AWM_NOT_FOUND] = {"not_found", 3},
	[AWM_INVALID] = {"invalid", 4},
	[AWM_CONFLICT] = {"conflict", 5},
	[AWM_DENIED] = {"denied", 6},
	[AWM_DATABASE] = {"database", 7},
	[AWM_REMOTE] = {"remote", 8},
	[AWM_NOMEM] = {"error", 1},
	[AWM_INTERRUPTED] = {"interrupted", 130},
};

static bool is_plain(uint32_t cp)
{
	return !utf8_is_control(cp) && !utf8_is_bidi(cp);
}

/* Copies what fits, never half a code point or half an escape. */
static void copy_escaped(char *dst, size_t size, const char *src)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = strlen(src), at = 0;

	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = 0;
		n = utf8_decode(src + i, len - i, &cp);
		bool plain = n != 0 && is_plain(cp);
		if (n == 0)
			n = 1;
		if (at + (plain ? n : 4 * n) >= size)
			break;
		for (size_t k = i; k < i + n; k++) {
			unsigned char c = (unsigned char)src[k];
			if (!plain) {
				dst[at++] = '\\';
				dst[at++] = 'x';
				dst[at++] = hex[c >> 4];
				c = (unsigned char)hex[c & 15];
			}
			dst[at++] = (char)c;
		}
	}
	dst[at] = '\0';
}

static void format(char text[TEXT_SIZE], const char *fmt, va_list ap)
{
	if (vsnprintf(text, TEXT_SIZE, fmt, ap) < 0)
		(void)snprintf(text, TEXT_SIZE, "%s", fmt);
}

static int set(enum awm_err code, const char *text)
{
	last.code = code;
	last.hint[0] = '\0';
	copy_escaped(last.message, sizeof(last.message), text);
	return -(int)code;
}

int err_set(enum awm_err code, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	return set(code, text);
}

int err_errno(enum awm_err code, const char *fmt, ...)
{
	const char *cause = strerror(errno);
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	size_t len = strlen(text);
	(void)snprintf(text + len, sizeof(text) - len, ": %s", cause);
	return set(code, text);
}

int err_nomem(void)
{
	return set(AWM_NOMEM, "out of memory");
}

int err_hint(const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	copy_escaped(last.hint, sizeof(last.hint), text);
	return -(int)last.code;
}

int err_context(const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	format(text, fmt, ap);
	va_end(ap);
	size_t len = strlen(text);
	(void)snprintf(text + len, sizeof(text) - len, ": %s", last.message);
	copy_escaped(last.message, sizeof(last.message), text);
	return -(int)last.code;
}

void err_clear(void)
{
	last.code = AWM_OK;
	last.message[0] = '\0';
	last.hint[0] = '\0';
}

const struct awm_error *awm_error_last(void)
{
	return &last;
}

static bool is_code(enum awm_err code)
{
	return (unsigned)code < ARRAY_LEN(codes);
}

const char *awm_error_word(enum awm_err code)
{
	return is_code(code) ? codes[code].word : "error";
}

int awm_error_status(enum awm_err code)
{
	return is_code(code) ? codes[code].status : 1;
}
