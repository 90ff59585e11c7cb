/* SPDX-License-Identifier: MIT */
#ifndef AWM_TIME_ENTRY_H
#define AWM_TIME_ENTRY_H

#include <awm/write.h>

/*
 * Time that was spent on tasks. An entry has a start, an end and a duration in
 * whole seconds, which always fits the two; without an end it is a timer that
 * runs, and its duration is 0 until it is stopped. A user has at most one of
 * these. tasks.actualMinutes and projects.actualHours are sums of the entries,
 * made anew in every transaction that changes one.
 *
 * Entries are added and changed with the functions below, or with awm_add(),
 * awm_edit() and awm_delete(). All of them refuse (AWM_INVALID) an entry that
 * ends in the future or before its start, that has no duration, that belongs
 * to a deleted task, or that shares time with another one of its user, which
 * is then named. Entries of somebody else take an admin (AWM_DENIED).
 *
 * `sets` are further columns: description, isBillable, hourlyRate, and where
 * it is said startTime and endTime. A rate makes an entry billable unless
 * isBillable is set as well.
 */

enum awm_time_flag {
	AWM_TIME_OVERLAP = 1 << 0, /* may share time with other entries */
	AWM_TIME_SWITCH = 1 << 1   /* stop the timer that runs, if any */
};

/* Starts the acting user's timer, at startTime or now. A task that is still
 * to do is in progress from then on. AWM_INVALID while a timer runs, unless
 * it is to be stopped: that entry is returned in *ret_stopped (may be NULL),
 * NULL when there was none. */
AWM_EXPORT int awm_time_start(struct awm_session *s, int64_t task,
			      const struct awm_set *sets, size_t n,
			      unsigned flags, struct awm_pool *pool,
			      struct awm_record **ret,
			      struct awm_record **ret_stopped);

/* Stops it, at endTime or now. AWM_NOT_FOUND when none runs. */
AWM_EXPORT int awm_time_stop(struct awm_session *s, const struct awm_set *sets,
			     size_t n, struct awm_pool *pool,
			     struct awm_record **ret);

/* Adds what was not timed: `seconds` from startTime on, or up to now. */
AWM_EXPORT int awm_time_add(struct awm_session *s, int64_t task,
			    int64_t seconds, const struct awm_set *sets,
			    size_t n, unsigned flags, struct awm_pool *pool,
			    struct awm_record **ret);

/* An entry with its task and its user, and with a column "elapsed": its
 * duration, up to now for a timer that runs. */
AWM_EXPORT int awm_time_show(struct awm_session *s, int64_t id,
			     struct awm_pool *pool, struct awm_record **ret);

/* The same for the timer of a user (0: the acting one). AWM_NOT_FOUND when
 * none runs. */
AWM_EXPORT int awm_time_running(struct awm_session *s, int64_t user,
				struct awm_pool *pool, struct awm_record **ret);

/*
 * Sums. Of an entry that began before `from` or ended after `to` only what
 * lies between counts; a timer counts up to now. Days are those of the acting
 * user's zone: an entry that crosses midnight is split, and a day on which
 * clocks change has 23 or 25 hours. An entry counts for each tag of its task.
 */
enum awm_time_by {
	AWM_TIME_BY_PROJECT,
	AWM_TIME_BY_TASK,
	AWM_TIME_BY_USER,
	AWM_TIME_BY_DAY,
	AWM_TIME_BY_TAG
};

struct awm_time_query {
	enum awm_time_by by;
	int64_t from, to;	     /* milliseconds; 0: open */
	int64_t project, task, user; /* 0: any */
	const char *tag;	     /* of the task; NULL: any */
	bool billable;		     /* billable entries only */
};

/* Calls fn with a row for each group: id (not for days and tags), name (null
 * for tasks without a tag), entries, seconds, hours, billableSeconds, amount
 * (hours by rate of what is billable and has one, to the cent; null when
 * nothing has), running (a timer is among them). Days come in their order,
 * the others with the most time first. *ret_total, in the pool, is a row of
 * the same columns over all entries, each counted once; it may be NULL. */
AWM_EXPORT int awm_time_report(struct awm_session *s,
			       const struct awm_time_query *query,
			       awm_row_fn *fn, void *ctx, struct awm_pool *pool,
			       struct awm_record **ret_total);

#endif
