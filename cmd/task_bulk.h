/* SPDX-License-Identifier: MIT */
#ifndef CMD_TASK_BULK_H
#define CMD_TASK_BULK_H

#include "cmd/command.h"

/* `task add --from PATH`: the tasks that its lines describe, all or none.
 * `project` (0: as without one) and `sets` are for what a line leaves open. */
int task_add_from(struct run *r, const char *path, int64_t project,
		  const struct set_array *sets);

/* `task history`: the activities that the query finds, in a table in words. */
int task_history_list(struct run *r, struct awm_query *q);

#endif
