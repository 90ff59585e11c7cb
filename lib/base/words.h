/* SPDX-License-Identifier: MIT */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Text as a full-text index takes it apart. Its tokenizer breaks at what is
 * neither letter nor digit nor symbol, which finds no words in scripts that
 * are written without spaces. So each of their characters (Chinese, Japanese,
 * Korean, Thai, ...), and each symbol such as an emoji, gets boundaries of its
 * own: U+200B, zero width space, which nobody sees. A word of such a script is
 * then a phrase of its characters.
 */

/* Adds the text with boundaries. Control characters other than line feed and
 * tab become spaces, so that a reader may use them as marks. */
void words_add(struct buf *b, const char *s, size_t len);

/* Adds the text without boundaries. */
void words_add_joined(struct buf *b, const char *s, size_t len);

/* Whether there is anything in the text that an index keeps. */
bool words_any(const char *s, size_t len);

/* Whether the text is one run of letters and digits, none of which has
 * boundaries of its own: a word that can be misspelt. */
bool words_is_one(const char *s, size_t len);

#endif
