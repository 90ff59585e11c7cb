/* SPDX-License-Identifier: MIT */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * Regular expressions as ECMA 262 has them with the flag "u", on PCRE2, for
 * patterns and texts that are both hostile. \d, \w and \b know ASCII, \s is
 * Unicode's white space, $ is the very end, \p{…} takes the long names as
 * well. An escape of punctuation that needs none passes; what only PCRE2 knows
 * (flags, recursion, verbs, \A, possessive repetition) is refused, as is
 * lookbehind of no fixed length, which PCRE2 does not do.
 */
struct pattern;

/* The longest pattern and the longest text, in bytes, and the most that {n,m}
 * may ask for. */
#define PATTERN_MAX	   ((size_t)4096)
#define PATTERN_TEXT_MAX   ((size_t)1 << 16)
#define PATTERN_REPEAT_MAX 1000

/* *ret is owned. -AWM_INVALID, "the pattern '…' is malformed: … at character
 * N", or that it passes a bound. */
int pattern_compile(const char *text, struct pattern **ret);
void pattern_free(struct pattern *pattern);

/* 1 when it is found anywhere in the text, 0 when not. What the search costs
 * is taken from *steps, in units of some ten nanoseconds; when they do not
 * last, or the text is too long, -AWM_INVALID. */
int pattern_match(const struct pattern *pattern, const char *text, size_t len,
		  uint64_t *steps);

/* pattern_ecma.c: adds the pattern as PCRE2 reads it. *ret_repeat is the
 * longest repetition that is counted. -AWM_INVALID. */
int pattern_translate(const char *text, struct buf *out, unsigned *ret_repeat);

static inline void pattern_freep(struct pattern **p)
{
	pattern_free(*p);
}
#define _cleanup_pattern_ _cleanup_(pattern_freep)

#endif
