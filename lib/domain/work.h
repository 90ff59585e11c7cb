/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_WORK_H
#define DOMAIN_WORK_H

#include <awm/work.h>

#include "domain/mutate.h"

/*
 * Who waits for whom, and who holds what. task_dependencies is the truth:
 * status and blockedByTaskId of every task that is not done follow from it.
 */

/* ---- dependency.c ---- */

/* Before the row of a task is written: blockedByTaskId, and with it the
 * status, are made to fit what the task waits for. A blockedByTaskId that is
 * set becomes a dependency. */
int dependency_check(struct awm_session *s, struct change *c);
/* After it: who waits for the task. */
int dependency_wrote(struct awm_session *s, const struct change *c);
/* Whether the parent that the change sets makes a circle; AWM_INVALID. */
int dependency_parent(struct awm_session *s, const struct change *c);
/* Adds a blocker to a task whose row is locked; AWM_INVALID for a circle. */
int dependency_add(struct awm_session *s, struct change *c,
		   const int64_t *blockers, size_t n);
/* The task waits for nothing that is open, and is not blocked. */
int dependency_unblock(struct awm_session *s, struct change *c);

struct cJSON;
/* Takes back what the activity of a change tells of "blockers", "deferUntil"
 * or "claimedBy": for undo. AWM_CONFLICT when somebody changed it since;
 * *ret_known is false for another name. */
int work_restore(struct awm_session *s, struct change *c, const char *name,
		 const struct cJSON *from, const struct cJSON *to,
		 bool *ret_known);

/* ---- defer.c ---- */

/* The row, and what the activity says of it: of a new task, told before it has
 * an id and written after. 0 is no time. */
int defer_write(struct awm_session *s, int64_t id, int64_t until);
int defer_tell(struct change *c, int64_t was, int64_t until);
/* Both, for a task whose row is locked. */
int defer_put(struct awm_session *s, struct change *c, int64_t until);

/* Times as activities have them, or null. */
int defer_restore(struct awm_session *s, struct change *c,
		  const struct cJSON *from, const struct cJSON *to);

/* ---- claim.c ---- */

/* After the row of a task is written: a claim ends with the work. */
int claim_wrote(struct awm_session *s, const struct change *c);
/* The claim that a change began, for the user that it tells of, ends; one that
 * it ended does not begin again. */
int claim_restore(struct awm_session *s, struct change *c,
		  const struct cJSON *to);
/* awm_task_expire(), if there is anything to do and the user may: before tasks
 * are looked at. */
int claim_sweep(struct awm_session *s);

/* ---- ready.c ---- */

/* awm_list() and awm_count() of a query that asks for readiness. */
int ready_list(struct awm_session *s, const struct awm_query *query,
	       awm_row_fn *fn, void *ctx);
int ready_count(struct awm_session *s, const struct awm_query *query,
		int64_t *ret);
/* Why a task is not ready, in the arena; NULL when it is. */
int ready_reason(struct awm_session *s, int64_t id, struct arena *a,
		 const char **ret);

/* ---- surroundings.c ---- */

/* What a task is shown with: the columns deferUntil, claimedBy, leaseUntil,
 * and the relations blockers, blocking, subtasks, behind those that it has. */
int work_surround(struct awm_session *s, struct arena *a,
		  struct awm_record *row);
/* Puts computed columns behind those of the record. */
int work_extend(struct arena *a, struct awm_record *row,
		const struct awm_field *fields, const struct awm_value *values,
		size_t n);

/* The ids that a query gives for one argument, read whole. */
int work_ids(struct awm_session *s, const char *query, int64_t arg,
	     struct buf *ret);
static inline const int64_t *work_ids_of(const struct buf *list, size_t *ret_n)
{
	*ret_n = list->len / sizeof(int64_t);
	return (const int64_t *)(const void *)list->s;
}

#endif
