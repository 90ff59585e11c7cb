/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_AUTOMATION_H
#define DOMAIN_AUTOMATION_H

#include <awm/automation.h>

#include "base/cron.h"
#include "base/json.h"
#include "domain/event.h"

/* An automation's own changes trigger others down to here, and no further. */
#define AUTOMATION_DEPTH_MAX 5
/* Runs of one automation within an hour, unless automate.maxRunsPerHour says
 * otherwise. */
#define AUTOMATION_RATE_MAX 1000

extern const struct rules automation_rules;

/* ---- automation_check.c ---- */

/* AWM_USAGE for an event that no change ever is: the nearest one in the
 * hint. */
int automation_event_check(const char *pattern);
/* Beyond their shapes: the schedule, the event, columns of conditions,
 * patterns, templates. */
int automation_check_trigger(const cJSON *trigger);
int automation_check_actions(const cJSON *actions);

/* ---- automation_spec.c ---- */

/* The trigger and the actions that a spec means, each NULL when it says
 * nothing of it; owned. `was` is the trigger that is there, or NULL. */
int automation_spec_trigger(struct awm_session *s,
			    const struct awm_automation_spec *spec,
			    const cJSON *was, cJSON **ret);
int automation_spec_actions(const struct awm_automation_spec *spec,
			    cJSON **ret);

/* ---- automation_condition.c ---- */

/* Whether all conditions of a trigger hold for the data of an event; a list
 * that is damaged holds for nothing. */
bool automation_conditions_hold(const cJSON *conditions, const cJSON *data,
				const struct awm_entity *e, int64_t now,
				const char *zone);

/* ---- automation_queue.c ---- */

/* Puts what the event means for each enabled automation into the queue, in the
 * transaction of the change. */
int automation_queue(struct awm_session *s, const struct event *e,
		     struct buf *data);

/* One more run, or, past the depth or the rate, one that is skipped and its
 * owner told. `slot` 0: of no schedule; one that is there already queues
 * nothing, and *ret_id is 0. */
struct queued {
	int64_t automation, owner;
	const char *name;
	int64_t activity; /* or 0 */
	int64_t slot;	  /* or 0 */
	int depth;
	const char *input; /* JSON */
};
int automation_queue_run(struct awm_session *s, const struct queued *q,
			 int64_t *ret_id);

/* ---- automation_schedule.c ---- */

/* The schedule of a trigger; *ret_zone is borrowed from it. AWM_NOT_FOUND for
 * one that is on no schedule. */
int automation_schedule(const cJSON *trigger, struct cron *ret,
			const char **ret_zone);
/* After a change of the row: from when on its slots count. */
int automation_schedule_follow(struct awm_session *s, const struct change *c);
/* Puts nextRunAt and queuedRuns behind the columns of the row. */
int automation_extend(struct awm_session *s, struct arena *a,
		      struct awm_record *row);
/* Queues what is due: *ret_n runs. */
int automation_schedule_due(struct awm_session *s, int64_t *ret_n);
/* When there will be something next, or INT64_MAX. */
int automation_schedule_next(struct awm_session *s, int64_t *ret_next);

/* ---- automation_run.c ---- */

/* Runs the next that is queued, with an id above `after`. *ret_id 0: there was
 * none. What became of it stands in its row; an error is what the machine or
 * the database did, and leaves it queued, if nothing had gone outside. */
int automation_run_one(struct awm_session *s, int64_t after, int64_t *ret_id,
		       bool *ret_ok);
/* Marks runs as failed whose process is no more. */
int automation_run_reap(struct awm_session *s, int64_t *ret_n);

/* What a run in hand knows. */
struct running {
	struct awm_session *session;
	struct awm_pool *pool;
	int64_t id, automation, project; /* project 0: of all */
	const char *name;
	cJSON *actions; /* owned */
	cJSON *input;	/* owned */
	cJSON *data;	/* what templates see; owned */
	cJSON *output;	/* array, one object for each action done; owned */
	int64_t task;	/* that it is about, or 0 */
	int64_t scope;	/* the project that it is about, or 0 */
	bool rehearsal;
};

/* ---- automation_data.c ---- */

/* r->data, r->task and r->scope from the run's input. */
int automation_data(struct running *r);
/* The params of an action with their templates filled in; owned. */
int automation_params(struct running *r, const cJSON *action, cJSON **ret);

/* ---- automation_action.c ---- */

/* Whether an action leaves the database: it is done behind the others. */
bool automation_is_outside(const cJSON *action);
/* Does one, and adds to `out` what came of it. The others are of
 * automation_outside.c; with r->rehearsal that says what would be done. */
int automation_do(struct running *r, const char *type, const cJSON *params,
		  cJSON *out);
int automation_do_outside(struct running *r, const char *type,
			  const cJSON *params, cJSON *out);

/* The row that a parameter names; `otherwise` when it does not. AWM_INVALID
 * when there is neither. */
int automation_ref(struct running *r, const cJSON *params, const char *key,
		   const struct awm_entity *e, int64_t otherwise, int64_t *ret);
/* A scalar parameter as text, in the run's pool; NULL when it is absent. */
const char *automation_text(struct running *r, const cJSON *params,
			    const char *key);

#endif
