/* SPDX-License-Identifier: MIT */
#ifndef CMD_FLOW_H
#define CMD_FLOW_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Text in which every byte has a style, and the lines that it is broken into.
 * It holds nothing that a terminal would act on but '\n', where a line must
 * end; that is its maker's business.
 */

enum flow_style {
	FLOW_BOLD = 1 << 0,
	FLOW_ITALIC = 1 << 1,
	FLOW_CODE = 1 << 2,
	FLOW_STRIKE = 1 << 3,
	FLOW_LINK = 1 << 4,
	FLOW_DIM = 1 << 5
};

struct flow {
	struct buf text;
	struct buf style; /* a byte of flow_style for each of text */
};

/* From byte to byte. */
struct flow_line {
	size_t start, end;
};

void flow_add(struct flow *f, unsigned style, const char *s, size_t len);
void flow_truncate(struct flow *f, size_t len);
void flow_release(struct flow *f);

/* Adds a struct flow_line to `lines` for each line that the part from `start`
 * to `end` takes in `width` columns: broken at blanks, else between
 * characters. None for an empty part. */
void flow_wrap(const struct flow *f, size_t start, size_t end, size_t width,
	       struct buf *lines);

/* Writes one line, with colours and the like if `color`. */
void flow_put(const struct flow *f, struct flow_line line, bool color,
	      struct buf *out);
size_t flow_width(const struct flow *f, struct flow_line line);

#endif
