/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_TRAILER_H
#define DOMAIN_TRAILER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * The trailers of a commit message ("Key: value" in its last paragraph), by
 * the rules of git's trailer.c without configuration. A text is given as its
 * first byte and its length; positions count bytes from there.
 */

/* A trailer as git splits it. The value is raw: it keeps the line breaks of a
 * folded one and the blanks around it. */
typedef void trailer_fn(void *ctx, const char *key, size_t key_len,
			const char *value, size_t value_len);

/* Calls fn for each trailer of the message, as git interpret-trailers --parse
 * finds them. */
void reference_trailers(const char *message, trailer_fn *fn, void *ctx);

/* Where the trailers stand: from the first of them up to end. Both are the
 * same when there are none. */
struct trailer_block {
	size_t start;
	size_t end;
};

struct trailer_block trailer_block(const char *s, size_t len);

/* Where a commit message ends that an editor left with a diff below it. */
size_t trailer_scissors(const char *s, size_t len);

/* Where a patch follows the message: a line "---", maybe with more on it. */
size_t trailer_divider(const char *s, size_t len);

/* The length of "Key" and blanks before the colon, 0 when the line is no
 * trailer. */
size_t trailer_separator(const char *s, size_t len);

/* The end of the trailer that begins at pos: folded lines belong to it. */
size_t trailer_next(const char *s, size_t pos, size_t end);

/* The start of the line after the one at pos; len when that is the last. */
size_t trailer_line(const char *s, size_t pos, size_t len);

/* Characters: the locale has no say, and git's idea of a space is shorter. */

static inline bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool starts_with(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && memcmp(s, prefix, n) == 0;
}

#endif
