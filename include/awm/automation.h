/* SPDX-License-Identifier: MIT */
#ifndef AWM_AUTOMATION_H
#define AWM_AUTOMATION_H

#include <awm/request.h>
#include <awm/write.h>

/*
 * Automations: what awm does by itself when something happens, or when it is
 * time. An event queues a run in the transaction of the change that it tells
 * of; a schedule, and a person, queue one as well. Runs are worked off by
 * awm_automation_tick(). An automation acts as its creator, with the role that
 * the creator has then; only the creator and admins change or delete it.
 *
 * What a run does to the database is one transaction, and with it the run is
 * ended: it is done once or not at all. What goes outside (prompts, commands)
 * comes behind that, in its order; when the process dies there the run is
 * marked as failed, and not repeated. Times are milliseconds.
 */

/* A trigger and actions as people write them; all borrowed, NULL or 0: not
 * given. The whole is checked: AWM_USAGE for what is malformed or names
 * nothing, AWM_INVALID for what is against a rule. */
struct awm_automation_spec {
	const char *on; /* an event, "task.completed", "task.*" */
	const char *const *conditions; /* "status=done", "priority in a,b" */
	size_t nconditions;
	const char *every; /* a cron line, or @daily */
	const char *timezone;
	const char *misfire; /* once, skip */
	bool manual;
	const char *const *actions; /* "comment.add content=Shipped" */
	size_t nactions;
	/* {"name":…,"description":…,"project":…,"trigger":…,"actions":…}:
	 * columns as well; what is given beside it wins. */
	const char *json;
	size_t json_len;
};

/* Adds one that the acting user is the creator of. `name` NULL: the file's. A
 * schedule without a time zone has the acting user's. */
AWM_EXPORT int awm_automation_add(struct awm_session *s, const char *name,
				  const struct awm_set *sets, size_t n,
				  const struct awm_automation_spec *spec,
				  struct awm_pool *pool,
				  struct awm_record **ret);

/* What `spec` does not say stays: conditions belong to the event, time zone
 * and misfire to the schedule that is there. `edit` may be NULL. */
AWM_EXPORT int awm_automation_edit(struct awm_session *s, int64_t id,
				   const struct awm_set *sets, size_t n,
				   const struct awm_automation_spec *spec,
				   const struct awm_edit_opts *edit,
				   struct awm_pool *pool,
				   struct awm_record **ret);

/* The row with nextRunAt (null unless it is on a schedule and enabled) and
 * queuedRuns, its creator, and its last 10 runs. */
AWM_EXPORT int awm_automation_show(struct awm_session *s, int64_t id,
				   struct awm_pool *pool,
				   struct awm_record **ret);

struct awm_automation_call {
	int64_t task;	 /* that it is about; 0: none */
	int64_t project; /* the same; 0: the task's, or the automation's */
	const char *const *inputs; /* "name=value": {{input.name}} */
	size_t ninputs;
};

/* Runs it now, whatever its trigger, also when it is disabled; conditions are
 * not looked at. *ret is the run as it ended. Fails as the first action that
 * did. With a dry run the changes are made and taken back, nothing goes
 * outside, and the run's output says what would. Not inside a transaction. */
AWM_EXPORT int awm_automation_run(struct awm_session *s, int64_t id,
				  const struct awm_automation_call *call,
				  struct awm_pool *pool,
				  struct awm_record **ret);

struct awm_tick_opts {
	int64_t max_ms; /* begin nothing more after this; 0: no bound */
};

/* What was done. */
struct awm_tick_result {
	int64_t due;	     /* runs that schedules queued */
	int64_t succeeded;   /* runs */
	int64_t failed;	     /* runs */
	int64_t dead;	     /* runs whose process was gone */
	int64_t executions;  /* executions whose process was gone */
	int64_t leases;	     /* claims that had run out */
	int64_t reminders;   /* that were sent */
	int64_t delivered;   /* messages to webhooks and to people */
	int64_t undelivered; /* attempts at one that failed */
	int64_t queued;	     /* runs that are left */
};

/*
 * All that waits for its time: schedules that are due, queued runs, executions
 * and runs whose process died, claims that ran out, reminders, deliveries to
 * webhooks and to people. Several may do so at once,
 * in any process: what is due is done once. A failed run or delivery is no
 * error. A dry run
 * counts what is due and what is queued. Takes a member. Not inside a
 * transaction.
 */
AWM_EXPORT int awm_automation_tick(struct awm_session *s,
				   const struct awm_tick_opts *opts,
				   struct awm_tick_result *ret);

/* Sleeps until a tick has something to do: another process committed
 * something, a schedule or a delivery is due, or at most `max_ms` have passed.
 * *state is NULL at first and is owned by the caller. AWM_INTERRUPTED when the
 * session was. */
struct awm_tick_wait;
AWM_EXPORT int awm_automation_wait(struct awm_session *s,
				   struct awm_tick_wait **state,
				   int64_t max_ms);
AWM_EXPORT void awm_tick_wait_free(struct awm_tick_wait *state);

#endif
