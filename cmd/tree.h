/* SPDX-License-Identifier: MIT */
#ifndef CMD_TREE_H
#define CMD_TREE_H

#include "cmd/command.h"

/*
 * Rows that hang below each other: with JSON as objects that hold those below
 * them under `name`; in the other formats one line each, in a table with
 * lines that show what hangs where.
 *
 * tree_row() is an awm_row_fn over the tree, for rows with the columns id and
 * "of", the id of the row above or null. A row that stands in several places
 * shows what is below it in the first one.
 */
struct tree {
	struct run *run;
	const char *name;
	struct awm_record **rows;
	size_t count;
	bool one; /* its single root is one thing, not a listing */
};

int tree_row(void *tree, const struct awm_record *row);
int tree_report(struct tree *t);

#endif
