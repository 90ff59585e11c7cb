/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Text, on libutf8proc. All input is bytes with a length; none is trusted. */

/* Whether the bytes are valid UTF-8 (no overlong forms, no surrogates). */
bool utf8_valid(const char *s, size_t len);

/* The number of code points, for limits. The text must be valid. */
size_t utf8_length(const char *s, size_t len);

/* Whether the text holds a control character: C0, DEL, C1. `multiline` lets
 * tab, LF and CR pass. */
bool utf8_has_control(const char *s, size_t len, bool multiline);

/* Columns on a terminal, by grapheme cluster: the widest code point of each,
 * 2 with the emoji variation selector, 2 for a pair of regional indicators.
 * Control characters count as the escape that utf8_add_escaped() writes. */
size_t utf8_width(const char *s, size_t len);

/* Adds the text with everything that a terminal would act on made visible:
 * C0, DEL and C1 as \n, \t, \xNN or \u00NN; bidirectional overrides and
 * isolates as \u202E; invalid bytes as \xNN. `keep_newlines` passes LF and
 * tab through. */
void utf8_add_escaped(struct buf *b, const char *s, size_t len,
		      bool keep_newlines);

/* Adds bytes that somebody else wrote as text: what is no UTF-8, and NUL, as
 * U+FFFD. */
void utf8_add_valid(struct buf *b, const char *s, size_t len);

/* How many bytes of the text fit into `columns`, cut between graphemes. */
size_t utf8_cut(const char *s, size_t len, size_t columns);

/* Adds the text case-folded and stripped of diacritics (NFKD, marks removed),
 * for comparing names without regard to case. */
void utf8_add_folded(struct buf *b, const char *s, size_t len);

/* Whether two texts are the same after folding. */
bool utf8_same_folded(const char *a, const char *b);

/* Damerau–Levenshtein distance in bytes, at most `limit` + 1: for "did you
 * mean". */
size_t utf8_distance(const char *a, const char *b, size_t limit);

#endif
