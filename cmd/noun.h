/* SPDX-License-Identifier: MIT */
#ifndef CMD_NOUN_H
#define CMD_NOUN_H

#include "cmd/command.h"

/* What the verbs of several nouns have in common. */

/* run_sets(), but an empty text empties a column that may be empty. */
int noun_sets(struct run *r, struct set_array *ret);

/* add: a row with the columns that options set; `text` is the column
 * `field`. */
int noun_add(struct run *r, const char *field, const char *text);

/* show: the row that argument 0 names. */
int noun_show(struct run *r);

/*
 * edit: the args of the command begin with this. noun_edit_read() is called
 * before the transaction, since it may wait for an editor or for standard
 * input. -e starts with what the column `text` (may be NULL) of a single row
 * holds.
 */
struct noun_edit {
	struct int_arg if_updated_at;
	struct set_array sets;
};
#define OPT_IF_UPDATED_AT                                                      \
	OPT_TIME("if-updated-at", 0, struct noun_edit, if_updated_at, "TIME",  \
		 "refuse a row whose updatedAt is not TIME: somebody else "    \
		 "changed it")
int noun_edit_read(struct run *r, struct noun_edit *edit, const char *text);
/* AWM_USAGE, "nothing to change". */
int noun_edit_nothing(struct run *r);
/* The whole verb, for rows of argument 0. */
int noun_edit(struct run *r, const char *text);

/* Rows kept until they may be told of; rows_keep() is an awm_row_fn. */
struct rows {
	struct run *run;
	struct awm_record **items;
	size_t count;
};
int rows_keep(void *rows, const struct awm_record *row);
int rows_report(struct rows *rows);

/* A computed row: `values` beside `n` fields. NULL without memory. */
struct awm_record *noun_row(struct run *r, const struct awm_field *fields,
			    const struct awm_value *values, size_t n);

/* What was done as one line of a table; otherwise the row. */
int noun_tell(struct run *r, const struct awm_record *row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The text that the words of argument i make: joined, or standard input for a
 * single -. */
int noun_words(struct run *r, size_t i, const char **ret);

/* The end of a period: a time that begins a day stands for all of it, as in
 * filters. 0 when it is not set. */
int64_t noun_period_end(struct run *r, const struct int_arg *to);
/* For a report whose groups have no id, after report_begin(): a table begins
 * with the next column. */
void noun_leave_out_id(struct run *r);

/* The project that argument i names, or else the default one of this folder;
 * AWM_USAGE when there is none. */
int noun_project(struct run *r, size_t i, int64_t *ret);

/* Says that `n` of `what` go along with the row that is deleted; nothing of
 * none. For a run_id_fn. */
int noun_with(struct run *r, int64_t n, const char *what);
/* How many rows of the entity refer to any of these by the column. */
int noun_referring(struct run *r, const char *entity, const char *field,
		   const int64_t *ids, size_t n, int64_t *ret);

/* "12 tasks", "1 task"; in the arena. */
const char *noun_count(struct run *r, size_t n, const char *what);

/* `rm` of what takes nothing of others along, and a run_id_fn for those that
 * have something to say before. */
int noun_delete(struct run *r);
int noun_delete_one(struct run *r, int64_t id, struct awm_record **ret);

/* `enable` and `disable`, of entities with a column isEnabled. */
int noun_enable(struct run *r);
int noun_disable(struct run *r);

/* `rm` of a project, team or user: asks first, and says what goes along. */
int noun_rm(struct run *r);

#endif
