/* SPDX-License-Identifier: MIT */
#ifndef CMD_NAMES_H
#define CMD_NAMES_H

#include "cmd/command.h"

/*
 * What tables show for a reference: the name of the row that it points to.
 * The names of one table are read at once, when the first is asked for, so a
 * listing takes one more statement for each kind of reference and not one for
 * each row.
 */
struct names;

/* NULL when there is no name to show: the rows have none (tasks, comments),
 * there are too many of them, or none has this id. Never fails: a table
 * without names still shows ids. Borrowed, as long as the run. */
const char *names_find(struct run *r, struct names **names,
		       const struct awm_field *f, int64_t id);

#endif
