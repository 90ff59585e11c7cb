/* SPDX-License-Identifier: MIT */
#ifndef CMD_PLAN_H
#define CMD_PLAN_H

#include "cmd/command.h"

/* One plan on its way from text to rows. */
struct planning {
	struct run *run;
	struct awm_plan_target target;
	struct awm_record *row; /* the project, or the task */
	struct awm_plan plan;
	struct awm_plan_made made;
	int64_t execution; /* that answered it, or 0 */
	struct awm_value cost;
	bool paid; /* by this very command */
};

/* plan_show.c; the columns of what it reports. */
#define PLAN_COLUMNS                                                           \
	"id,title,tasks,estimatedMinutes,estimatedHours,unestimated,"          \
	"automations,executionId,cost,taskIds,skippedSkills,plan"
int plan_report(struct planning *p);

#endif
