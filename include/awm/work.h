/* SPDX-License-Identifier: MIT */
#ifndef AWM_WORK_H
#define AWM_WORK_H

#include <awm/write.h>

/*
 * What can be taken up next, and who takes it: dependencies, deferred tasks,
 * readiness, claims.
 *
 * The readiness rule is one, whoever asks: a task is ready when its status is
 * todo, it is not deleted, not deferred, not claimed by a live lease, waits
 * for no open task, and no task above it is blocked. Listings and counts apply
 * it by awm_query.ready; awm_task_claim_next() takes the first of such a
 * listing.
 */

/* ---- dependencies ---- */

/*
 * A task waits for its blockers. While one of them is open (not done, not
 * deleted) its status is blocked and blockedByTaskId is the one with the
 * lowest id. When none is left it is free again, in progress if it had been
 * started, else to do; but a task that was blocked for a reason stays so until
 * it is unblocked. Adding what is there already changes nothing. AWM_INVALID:
 * the tasks would wait for each other, be it through dependencies, parents or
 * both; a task that is deleted.
 */
AWM_EXPORT int awm_task_dep_add(struct awm_session *s, int64_t id,
				const int64_t *blockers, size_t n,
				struct awm_pool *pool, struct awm_record **ret);
/* n 0: all of them. AWM_NOT_FOUND for one that it does not wait for. */
AWM_EXPORT int awm_task_dep_rm(struct awm_session *s, int64_t id,
			       const int64_t *blockers, size_t n,
			       struct awm_pool *pool, struct awm_record **ret);

/* Not ready before `until`; 0: any time. */
AWM_EXPORT int awm_task_defer(struct awm_session *s, int64_t id, int64_t until,
			      struct awm_pool *pool, struct awm_record **ret);
/* 0 when it is not deferred, or no longer. */
AWM_EXPORT int awm_task_deferred(struct awm_session *s, int64_t id,
				 int64_t *ret_until);

/*
 * Completes tasks, in an order in which they can be: parts before wholes,
 * blockers before what waits for them. One with open subtasks is AWM_INVALID
 * unless they are among the ids; `recursive` completes them too. rows (may be
 * NULL) takes n records.
 */
AWM_EXPORT int awm_task_done(struct awm_session *s, const int64_t *ids,
			     size_t n, bool recursive, struct awm_pool *pool,
			     struct awm_record **rows);

/* ---- trees ---- */

/* Rows id, of, title, status, priority, assigneeId, dueDate. "of" is the row
 * that a row hangs below, null for one that hangs below none; it comes after
 * that row or, in a forest, maybe before it. */
enum awm_tree {
	AWM_TREE_PARTS,	   /* a task and its subtasks */
	AWM_TREE_BLOCKERS, /* a task and all that it waits for */
	AWM_TREE_WAITING   /* a task and all that waits for it */
};
AWM_EXPORT int awm_task_tree(struct awm_session *s, enum awm_tree kind,
			     int64_t id, awm_row_fn *fn, void *ctx);
/* All tasks of a project (0: of all) and their parents; `done` too. */
AWM_EXPORT int awm_task_forest(struct awm_session *s, int64_t project,
			       bool done, awm_row_fn *fn, void *ctx);

/* ---- claims ---- */

/*
 * A claim says that one worker, and no other, works on a task until its lease
 * runs out. It is held by whoever has the token, which only claiming returns:
 * several workers may act as one user. Claiming takes the task in progress and
 * assigns it to the acting user if it is nobody's; one statement decides, and
 * of many who race one wins, the others are AWM_CONFLICT. The claim ends with
 * the work: when the status is no longer in_progress, or the task is deleted.
 *
 * Records of claims are the task's, with the columns token (when it was just
 * claimed), claimedBy and leaseUntil.
 */
#define AWM_LEASE_DEFAULT INT64_C(1800) /* seconds */

/* Of a ready task, or of one in progress that nobody has claimed and that is
 * nobody's or the acting user's. AWM_INVALID: not ready, with the rule. */
AWM_EXPORT int awm_task_claim(struct awm_session *s, int64_t id, int64_t lease,
			      struct awm_pool *pool, struct awm_record **ret);
/* Of the most urgent ready task that meets the query's conditions (may be
 * NULL) and is assigned to nobody else. AWM_NOT_FOUND: there is none. */
AWM_EXPORT int awm_task_claim_next(struct awm_session *s,
				   const struct awm_query *filter,
				   int64_t lease, struct awm_pool *pool,
				   struct awm_record **ret);

/* Which claim: by its token, by its task, or (0 and NULL) the acting user's
 * only live one. A task alone stands for the acting user's claim of it. */
struct awm_claim_ref {
	int64_t task;
	const char *token;
};
/* The lease runs from now. AWM_CONFLICT: it has run out, or the task is
 * another's now. AWM_NOT_FOUND: the acting user holds none. */
AWM_EXPORT int awm_task_heartbeat(struct awm_session *s,
				  const struct awm_claim_ref *claim,
				  int64_t lease, struct awm_pool *pool,
				  struct awm_record **ret);
/* The task of a claim that lives, for what its holder alone may go on to do;
 * errors as of awm_task_heartbeat(). */
AWM_EXPORT int awm_task_held(struct awm_session *s,
			     const struct awm_claim_ref *claim,
			     int64_t *ret_task);
/* The task goes back to the queue: to do, and nobody's if it was so before. */
AWM_EXPORT int awm_task_release(struct awm_session *s,
				const struct awm_claim_ref *claim,
				struct awm_pool *pool, struct awm_record **ret);

/* Tasks whose lease has run out go back to the queue; calls fn (may be NULL)
 * for each. Whatever looks at tasks does this first, where the acting user may
 * write: awm_list(), awm_count(), awm_task_show(), claims. */
AWM_EXPORT int awm_task_expire(struct awm_session *s, awm_row_fn *fn,
			       void *ctx);

#endif
