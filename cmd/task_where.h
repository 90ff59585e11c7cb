/* SPDX-License-Identifier: MIT */
#ifndef CMD_TASK_WHERE_H
#define CMD_TASK_WHERE_H

#include "cmd/command.h"

/*
 * --where FILTER=VALUE in place of ids: the tasks that `task list` shows with
 * these filters; for `task restore` the deleted ones.
 */
#define TASK_WHERE                                                             \
	{                                                                      \
		.name = "where", .letter = 'w', .type = OPTION_LIST,           \
		.in_run = true,                                                \
		.offset = OPT_AT(struct run, where, struct text_list),         \
		.arg = "FILTER",                                               \
		.help = "instead of TASK, all that 'awm task list --FILTER' "  \
			"shows: status=todo, tag=old; repeat to narrow it"     \
	}

/* Adds the ids to the list, in ascending order. */
int task_where(struct run *r, struct id_list *ret);

#endif
