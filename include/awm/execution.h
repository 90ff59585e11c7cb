/* SPDX-License-Identifier: MIT */
#ifndef AWM_EXECUTION_H
#define AWM_EXECUTION_H

#include <awm/write.h>

/*
 * Executions: prompts that were run for tasks, and what came of them. awm
 * writes a row before a prompt leaves the machine and ends it once; whoever
 * made a call without awm records it here. A row that has ended keeps its
 * status. What executions cost, and the tokens that they took, are summed up
 * in tasks.actualCost, tasks.tokenUsage and projects.totalCost, in the
 * transaction that changes one of them. Money is in US dollars.
 *
 * Rating (1 to 5) and feedback are set with awm_edit(). awm_delete() takes an
 * admin, and refuses (AWM_INVALID) an execution that runs.
 */

/* One execution with its task and its user, and the columns finishReason,
 * requestedModel, skillId, skillVersion, retryOfId, userId, host, pid,
 * estimate and metadata. */
AWM_EXPORT int awm_execution_show(struct awm_session *s, int64_t id,
				  struct awm_pool *pool,
				  struct awm_record **ret);

/* A call that was made without awm. Texts are borrowed; NULL: none. */
struct awm_execution_call {
	int64_t task;
	const char *prompt;
	const char *response; /* required of a success */
	const char *provider; /* openai, anthropic, google, local */
	const char *model;
	const char *status; /* success, failed, cancelled; NULL: failed with
			       an error, else success */
	const char *error;
	int64_t skill; /* or 0 */
	/* -1: not known */
	int64_t prompt_tokens, completion_tokens;
	int64_t duration; /* milliseconds */
	bool has_cost;	  /* else by the prices of that day */
	double cost;
	int64_t started; /* milliseconds; 0: so that it ended now */
};

/* Records it, as a row that has ended. AWM_INVALID for a call of the future,
 * a task that is deleted, a success without a response. */
AWM_EXPORT int awm_execution_record(struct awm_session *s,
				    const struct awm_execution_call *call,
				    struct awm_pool *pool,
				    struct awm_record **ret);

/*
 * Ends executions that run: each is asked to stop; a process of this machine
 * that runs nothing else gets SIGTERM. They have some seconds to keep what had
 * come; who has not ended then is marked as cancelled. AWM_INVALID for one
 * that has ended already, AWM_DENIED for one of another user unless the acting
 * one is an admin; then nothing is done. `ret` has room for n records. Not
 * inside a transaction.
 */
AWM_EXPORT int awm_execution_cancel(struct awm_session *s, const int64_t *ids,
				    size_t n, struct awm_pool *pool,
				    struct awm_record **ret);

/*
 * Marks executions as failed whose process is no more: of this machine, of
 * this boot or an earlier one. With `force` also those that began more than a
 * day ago on another machine, or that no process is known of; that takes an
 * admin. fn (may be NULL) is called with each as it stands then. Every reading
 * and writing of executions does the first part by itself.
 */
AWM_EXPORT int awm_execution_reap(struct awm_session *s, bool force,
				  awm_row_fn *fn, void *ctx);

enum awm_cost_by {
	AWM_COST_BY_PROJECT,
	AWM_COST_BY_TASK,
	AWM_COST_BY_SKILL,
	AWM_COST_BY_MODEL,
	AWM_COST_BY_PROVIDER,
	AWM_COST_BY_USER,
	AWM_COST_BY_DAY /* on which it began, in the acting user's zone */
};

struct awm_cost_query {
	enum awm_cost_by by;
	int64_t from, to;		    /* of the start, milliseconds; `to`
					       not included; 0: open */
	int64_t project, task, skill, user; /* 0: any */
	const char *provider, *model, *status; /* NULL: any */
};

/*
 * Calls fn with a row for each group: id (of projects, tasks, skills, users),
 * name (null for runs without a skill or user), runs, succeeded, failed,
 * cancelled, running, promptTokens, completionTokens, totalTokens, cost (null
 * when no run of them has one), unpriced (ended runs whose cost is not known),
 * duration (milliseconds). Days come in their order, the others with the
 * dearest first. *ret_total, in the pool, is a row of the same columns over
 * all; it may be NULL.
 */
AWM_EXPORT int awm_execution_cost(struct awm_session *s,
				  const struct awm_cost_query *query,
				  awm_row_fn *fn, void *ctx,
				  struct awm_pool *pool,
				  struct awm_record **ret_total);

/* What the executions of a project may cost in all; without `has` there is no
 * such bound. AWM_USAGE for what is no amount. */
AWM_EXPORT int awm_project_budget(struct awm_session *s, int64_t project,
				  bool has, double amount,
				  struct awm_pool *pool,
				  struct awm_record **ret);

#endif
