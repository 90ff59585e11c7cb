/* SPDX-License-Identifier: MIT */
#ifndef CMD_MARKDOWN_H
#define CMD_MARKDOWN_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Markdown as a person reads it on a terminal. CommonMark with tables, task
 * lists, strikethrough and bare URLs, as GitHub has them; HTML is text like
 * any other. Nothing in the source reaches the terminal as a control
 * sequence, and no line is wider than `width`, which is at least
 * MARKDOWN_NARROW columns beside the indent.
 */

#define MARKDOWN_NARROW 16
/* What is longer is shown as it is written. */
#define MARKDOWN_MAX ((size_t)256 << 10)

struct markdown {
	size_t width;  /* of the terminal */
	size_t indent; /* of all lines; the first is indented already */
	bool color;    /* without it the signs for bold and so on are kept */
};

/* Adds the text; it ends with a line break, also when it is empty. */
void markdown_add(struct buf *out, const char *s, size_t len,
		  const struct markdown *how);

#endif
