/* SPDX-License-Identifier: MIT */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "base/buf.h"

/*
 * A grid of texts, aligned by their width on a terminal. Rows are kept until
 * the widths are known: at the end, or after `settle` rows, from where on each
 * is written as it comes and memory no longer grows.
 */

/* What gives way when the terminal is too narrow: lists and names first, then
 * titles, the hours of times, states, dates only when nothing else is left.
 * Numbers never do: what does not fit even then is cut off at the right. */
enum table_shrink {
	SHRINK_LAST,
	SHRINK_TEXT,
	SHRINK_TIME,
	SHRINK_WORD,
	SHRINK_FIRST
};

struct table_column {
	const char *label; /* borrowed */
	bool right;	   /* numbers */
	enum table_shrink shrinks;
	bool optional; /* left out, when room is short, if all cells are empty
			*/
	bool words;    /* of an enum: coloured by what they say */
	bool marked;   /* cells have the marks of <awm/search.h>: coloured */
	bool filled;   /* some cell is not empty */
	bool hidden;
	bool cut_off; /* beyond the right edge; hidden for good */
	size_t width;
	size_t wanted; /* the width, were there room */
};

struct table_cell {
	size_t end;   /* of its text in `text` */
	size_t width; /* on a terminal */
	bool filled;  /* with more than the sign for nothing */
};

struct table {
	struct table_column *columns;
	size_t ncolumns;
	size_t max;    /* columns of the terminal to keep to; 0: no limit */
	size_t settle; /* 0: never */
	bool color;
	struct buf *out; /* borrowed; where finished lines go */

	/* Of table.c. */
	struct buf text;  /* of the cells waiting */
	struct buf cells; /* struct table_cell each */
	bool settled;
	bool changed; /* a column came back: widths and header anew */
	bool cut_off; /* of some column */
};

/* Adds the next cell, left to right and row by row; the text is escaped. */
void table_add(struct table *t, const char *s, size_t len);
/* Writes what waits; at the end of the table. */
void table_flush(struct table *t);
void table_release(struct table *t);
/* Writes the text in bold if `color`. */
void table_bold(struct buf *out, bool color, const char *s);

#endif
