/* SPDX-License-Identifier: MIT */
#ifndef AWM_PLAN_H
#define AWM_PLAN_H

#include <awm/write.h>

/*
 * Plans: the tasks that a project, or one task, is to be made of, as an AI
 * provider proposes them or a person writes them down. A plan is a
 * ProjectStructure of the specification. It is data: reading one changes
 * nothing, and what is made of it are tasks, suggestions of skills that are
 * here, and automations that are switched off.
 */

/* What the plan is for: one of the two, the other is 0. */
struct awm_plan_target {
	int64_t project;
	int64_t task; /* the plan's tasks become subtasks of it */
};

struct awm_plan_ask {
	struct awm_plan_target target;
	const char *prompt; /* more that is wanted, or NULL */
	int64_t count;	    /* about how many tasks; 0: as many as it takes */
};

/* What is to be run with awm_exec_run(). */
struct awm_plan_request {
	int64_t task; /* that the execution belongs to */
	const char *prompt;
	const char *schema; /* JSON Schema of the answer */
	const char *name;   /* of the schema */
};

/*
 * The request for a plan. The execution of a project's plan belongs to its
 * task "Plan: <title of the project>" with the tag "plan", which is added,
 * done already, if it is not there; that of a task's plan to the task itself.
 * AWM_INVALID for a project that says nowhere what is wanted, or a task that
 * is deleted. Texts are in the pool.
 */
AWM_EXPORT int awm_plan_request(struct awm_session *s,
				const struct awm_plan_ask *ask,
				struct awm_pool *pool,
				struct awm_plan_request *ret);

struct awm_plan {
	const char *json; /* the structure, in one form */
	/* title, description, priority, estimatedMinutes, skills */
	struct awm_record **tasks;
	size_t ntasks;
	size_t automations;
	double minutes;	    /* estimated, in all */
	size_t unestimated; /* tasks without an estimate */
};

/* A plan is at most this long, and has at most this many tasks. */
#define AWM_PLAN_SIZE  ((size_t)4 << 20)
#define AWM_PLAN_TASKS 1000

/*
 * Reads a plan: a ProjectStructure, an object that holds one as "plan", or the
 * answer of a model, which may have put one between ``` lines and null for what
 * it leaves out. AWM_USAGE for what is no JSON, AWM_INVALID, with the place,
 * for what is no plan. In the pool.
 */
AWM_EXPORT int awm_plan_read(const char *text, size_t len,
			     struct awm_pool *pool, struct awm_plan *ret);

struct awm_plan_made {
	int64_t *tasks; /* ids, in the order of the plan */
	size_t ntasks;
	size_t automations;  /* all of them switched off */
	const char *skipped; /* skills that are not here, "a, b"; or NULL */
};

/*
 * Makes the tasks of the plan, behind those that are there, all or nothing.
 * Titles and descriptions are taken as they stand: they are no templates.
 * AWM_INVALID for automations in the plan of a task.
 */
AWM_EXPORT int awm_plan_apply(struct awm_session *s,
			      const struct awm_plan_target *target,
			      const struct awm_plan *plan,
			      struct awm_pool *pool, struct awm_plan_made *ret);

#endif
