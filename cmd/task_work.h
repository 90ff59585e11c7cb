/* SPDX-License-Identifier: MIT */
#ifndef CMD_TASK_WORK_H
#define CMD_TASK_WORK_H

#include "cmd/command.h"

/* What several verbs of tasks need of dependencies and readiness. */

/* The tasks that texts name. */
int task_ids(struct run *r, const struct text_list *texts, struct id_list *ret);

/* --blocked-by and --defer of `add` and `edit`. */
struct work_args {
	struct text_list blocked_by;
	const char *defer;
};
#define WORK_OPTIONS(ARGS, MEMBER)                                             \
	OPT_COMMAS("blocked-by", 0, ARGS, MEMBER.blocked_by, "TASK",           \
		   "it waits for this task too; repeat for more, or a,b,c"),   \
		OPT_TEXT("defer", 0, ARGS, MEMBER.defer, "DATE",               \
			 "it is not ready before: tomorrow, +3d, or none")

/* Read once, before the transaction; then applied to each task. */
struct work_edit {
	struct id_list blockers;
	bool clear; /* --blocked-by none */
	bool defer;
	int64_t until; /* 0: none */
	bool blocked;  /* --status blocked, which the blockers must bring */
};
int work_read(struct run *r, const struct work_args *args,
	      struct work_edit *ret);
/* Takes a status "blocked" out of what is set, where blockers are given: it
 * follows from them. */
void work_take_status(struct work_edit *edit, struct set_array *sets);
bool work_given(const struct work_edit *edit);
/* *row is the task as it stands afterwards, with deferUntil when that was
 * asked for. */
int work_apply(struct run *r, const struct work_edit *edit, int64_t id,
	       struct awm_record **row);

/* Makes a listing of tasks tell of readiness: only those that are ready, and
 * the columns urgency and reason where they are asked for or shown. */
int work_query(struct run *r, struct awm_query *q, bool ready, bool explain);

#endif
