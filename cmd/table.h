/* SPDX-License-Identifier: MIT */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "base/buf.h"

/*
 * A grid of texts, aligned by their width on a terminal. Rows are kept until
 * the widths are known: at the end, or after `settle` rows, from where on each
 * is written as it comes and memory no longer grows.
 */

struct table_column {
	const char *label; /* borrowed */
	bool right;	   /* numbers */
	bool shrinks;	   /* free text, cut where it is too long */
	bool words;	   /* of an enum: coloured by what they say */
	size_t width;
};

struct table_cell {
	size_t end;   /* of its text in `text` */
	size_t width; /* on a terminal */
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
};

/* Adds the next cell, left to right and row by row; the text is escaped. */
void table_add(struct table *t, const char *s, size_t len);
/* Writes what waits; at the end of the table. */
void table_flush(struct table *t);
void table_release(struct table *t);
/* Writes the text in bold if `color`. */
void table_bold(struct buf *out, bool color, const char *s);

#endif
