/* SPDX-License-Identifier: MIT */
#ifndef CMD_WRAP_H
#define CMD_WRAP_H

#include "base/buf.h"

#define WRAP_WIDTH 80

/*
 * Adds the text broken at blanks so that no line is wider than WRAP_WIDTH.
 * The first line begins at column `column`, later ones at `indent`. A line
 * that begins with a blank is left as it is; "\n\n" parts paragraphs. Ends
 * with a line break.
 */
void wrap_add(struct buf *b, size_t column, size_t indent, const char *text);

#endif
