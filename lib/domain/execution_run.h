/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_EXECUTION_RUN_H
#define DOMAIN_EXECUTION_RUN_H

#include "domain/execution.h"
#include "edge/pid.h"

/* What the files of lib/domain/execution*.c share. */

/* ---- execution.c ---- */

/* A session may live as long as many runs: its clock goes on with them. */
void execution_clock(struct awm_session *s);
/* AWM_NOT_FOUND, AWM_INVALID (deleted); the number of the task's next one. */
int execution_task(struct awm_session *s, int64_t task, int64_t *ret_number);
/* AWM_INVALID, "execution 3 has ended: …". */
int execution_ended(int64_t id, const struct awm_value *status);

struct execution_sets {
	struct awm_set items[EXECUTION_NFIELDS];
	size_t count;
};
/* Nothing for a null. */
void execution_set(struct execution_sets *sets, size_t field,
		   struct awm_value value);

/* tokensUsed, or null when nothing was told; text in the arena. */
int execution_tokens(const struct provider_usage *u, struct arena *a,
		     struct awm_value *ret);

struct execution_priced {
	const char *provider, *model;
	const char *asked; /* when the model has no price; NULL: no other */
	int64_t at;
	struct provider_usage usage;
};
/* What a call costs, or null. */
int execution_price(struct awm_session *s, const struct execution_priced *what,
		    struct awm_value *ret);

/* ---- execution_run.c: the rows of execution_runs ---- */

struct execution_run {
	int64_t execution;
	int64_t user, skill, config, retry_of;	/* 0: none */
	const char *requested_model, *metadata; /* NULL: none */
	bool has_estimate;
	bool here; /* this process runs it */
	double estimate;
};
/* Behind a new execution; the skill counts one use more. */
int execution_run_add(struct awm_session *s, const struct execution_run *run);
/* What the provider told at the end; both may be NULL. */
int execution_run_tell(struct awm_session *s, int64_t id, const char *finish,
		       const char *metadata);
/* Whether this process runs it still, and whether anybody wants that. An id is
 * given again when the newest rows were deleted: then it is somebody else's. */
int execution_run_here(struct awm_session *s, int64_t id, bool *ret_here,
		       bool *ret_wanted);
/* Puts the columns of its run behind those of an execution. */
int execution_run_extend(struct awm_session *s, struct arena *a,
			 struct awm_record *row);

/* One that runs, and the process that does. */
struct execution_live {
	int64_t id, user, started;
	struct pid_mark mark;
	bool known; /* there is a mark */
};
/* All that run, read whole: structs execution_live in a buffer. */
int execution_live(struct awm_session *s, struct buf *ret);
static inline const struct execution_live *execution_live_of(
	const struct buf *list, size_t *ret_n)
{
	*ret_n = list->len / sizeof(struct execution_live);
	return (const struct execution_live *)(const void *)list->s;
}

/* Ends one that still runs; otherwise nothing happens. `ret` may be NULL. */
int execution_stop(struct awm_session *s, int64_t id, const char *status,
		   const char *error, struct arena *a, struct awm_record **ret);

#endif
