/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <string.h>

#include "cmd/noun.h"
#include "cmd/report.h"

/* Time spent on tasks: a timer, entries by hand, reports. */

#define ENTRY_COLUMNS                                                          \
	OPT_SET("description", 'd', "description", "TEXT", "what was done"),   \
		OPT_SET("billable", 'b', "isBillable", NULL,                   \
			"it goes on the bill"),                                \
		OPT_SET("rate", 0, "hourlyRate", "N",                          \
			"what an hour costs; makes it billable")
#define OPT_OVERLAP(ARGS)                                                      \
	OPT_FLAG("allow-overlap", 0, ARGS, overlap,                            \
		 "although another entry of yours covers the same time")

/* A verb under way. The task is read in the same transaction: nothing may fail
 * once it is committed. */
struct doing {
	struct run *run;
	struct set_array sets;
	int64_t task, seconds;
	unsigned flags;
	struct awm_record *row, *stopped, *owner;
};

static int read_owner(struct doing *d)
{
	return awm_get(d->run->session, awm_entity_find("task"),
		       awm_record_int(d->row, "taskId"), d->run->pool,
		       &d->owner);
}

/* "started time entry 5 on task 3 'Fix the map'": in a table; otherwise the
 * row. */
static int tell(const struct doing *d, const char *did)
{
	const struct awm_value *end = awm_record_get(d->row, "endTime");
	char length[TIME_ISO_SIZE];
	bool ended = end && end->kind != AWM_NULL;

	time_format_duration(awm_record_int(d->row, "duration"), length);
	return noun_tell(d->run, d->row,
			 "%s time entry %lld on task %lld '%s'%s%s", did,
			 (long long)awm_record_int(d->row, "id"),
			 (long long)awm_record_int(d->row, "taskId"),
			 awm_record_text(d->owner, "title"), ended ? ": " : "",
			 ended ? length : "");
}

static unsigned overlap_flag(bool overlap)
{
	return overlap ? AWM_TIME_OVERLAP : 0;
}

/* ---- start, stop, status ---- */

struct start_args {
	bool other; /* --switch */
	bool overlap;
};

static const struct argument task_argument[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{0},
};

static const struct option start_options[] = {
	OPT_FLAG("switch", 's', struct start_args, other,
		 "stop the timer that runs, if any"),
	OPT_SET("at", 0, "startTime", "TIME",
		"when it began, if not now: 9:30, -20m"),
	ENTRY_COLUMNS,
	OPT_OVERLAP(struct start_args),
	{0},
};

static void say_stopped(struct run *r, const struct awm_record *row)
{
	char length[TIME_ISO_SIZE];

	if (!row)
		return;
	time_format_duration(awm_record_int(row, "duration"), length);
	run_say(r, "stopped time entry %lld on task %lld: %s",
		(long long)awm_record_int(row, "id"),
		(long long)awm_record_int(row, "taskId"), length);
}

static int start(struct awm_session *s, void *ctx)
{
	struct doing *d = ctx;
	int err = awm_time_start(s, d->task, d->sets.sets, d->sets.count,
				 d->flags, d->run->pool, &d->row, &d->stopped);

	return err ? err : read_owner(d);
}

static int time_start(struct run *r)
{
	const struct start_args *args = r->args;
	struct doing d = {.run = r, .flags = overlap_flag(args->overlap)};
	int err = run_ref(r, 0, &d.task);

	if (args->other)
		d.flags |= AWM_TIME_SWITCH;
	if (!err)
		err = noun_sets(r, &d.sets);
	if (!err)
		err = awm_transaction(r->session, start, &d);
	if (!err)
		err = tell(&d, "started");
	if (!err)
		say_stopped(r, d.stopped);
	return err;
}

static const struct option stop_options[] = {
	OPT_SET("at", 0, "endTime", "TIME",
		"when it ended, if not now: 17:00, -10m"),
	ENTRY_COLUMNS,
	{0},
};

static int stop(struct awm_session *s, void *ctx)
{
	struct doing *d = ctx;
	int err = awm_time_stop(s, d->sets.sets, d->sets.count, d->run->pool,
				&d->row);

	return err ? err : read_owner(d);
}

static int time_stop(struct run *r)
{
	struct doing d = {.run = r};
	int err = noun_sets(r, &d.sets);

	if (!err)
		err = awm_transaction(r->session, stop, &d);
	return err ? err : tell(&d, "stopped");
}

struct status_args {
	struct int_arg user;
};

static const struct option status_options[] = {
	OPT_REF("user", 0, struct status_args, user, "user", "USER",
		"the timer of USER instead of yours"),
	{0},
};

static int time_status(struct run *r)
{
	const struct status_args *args = r->args;
	struct awm_record *row;
	int err = awm_time_running(r->session, args->user.value, r->pool, &row);

	return err ? err : report_one(r, row);
}

/* ---- add, edit, rm ---- */

struct add_args {
	bool overlap;
};

static const struct argument add_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{.name = "DURATION",
	 .required = true,
	 .help = "90 (minutes), 1h30m, 1:30, 45s, PT1H30M"},
	{0},
};

static const struct option add_options[] = {
	OPT_SET("at", 0, "startTime", "TIME",
		"when it began; without it, it ends now"),
	ENTRY_COLUMNS,
	OPT_OVERLAP(struct add_args),
	{0},
};

static int add(struct awm_session *s, void *ctx)
{
	struct doing *d = ctx;
	int err = awm_time_add(s, d->task, d->seconds, d->sets.sets,
			       d->sets.count, d->flags, d->run->pool, &d->row);

	return err ? err : read_owner(d);
}

static int time_add(struct run *r)
{
	const struct add_args *args = r->args;
	struct doing d = {.run = r, .flags = overlap_flag(args->overlap)};
	struct awm_value seconds;
	int err = run_ref(r, 0, &d.task);

	if (!err)
		err = run_value(r, awm_entity_field(r->entity, "duration"),
				run_arg(r, 1), &seconds);
	if (!err)
		err = noun_sets(r, &d.sets);
	d.seconds = err ? 0 : seconds.i;
	if (!err)
		err = awm_transaction(r->session, add, &d);
	return err ? err : tell(&d, "added");
}

static const struct argument many_arguments[] = {
	{.name = "ENTRY",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "time_entry",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

struct edit_args {
	struct noun_edit edit;
	bool overlap;
};

static const struct option edit_options[] = {
	OPT_SET("task", 't', "taskId", "TASK", "it was spent on TASK"),
	OPT_SET("duration", 0, "duration", "DURATION",
		"how long it took; ends a timer"),
	OPT_SET("at", 0, "startTime", "TIME",
		"when it began; the duration stays"),
	OPT_SET("end", 0, "endTime", "TIME",
		"when it ended; with none it runs again"),
	ENTRY_COLUMNS,
	OPT_OVERLAP(struct edit_args),
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct edit_args *args = r->args;
	struct awm_edit_opts opts = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
		.allow_overlap = args->overlap,
	};

	return awm_edit(r->session, r->entity, id, args->edit.sets.sets,
			args->edit.sets.count, &opts, r->pool, ret);
}

static int time_edit(struct run *r)
{
	struct edit_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, NULL);

	if (!err && !args->edit.sets.count)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- list, show ---- */

struct list_args {
	struct int_arg project;
};

static const struct option list_options[] = {
	OPT_FILTER("task", 't', "taskId", "TASK", "of this task"),
	OPT_REF("project", 'p', struct list_args, project, "project", "PROJECT",
		"of the tasks of this project"),
	OPT_FILTER("user", 0, "userId", "USER", "of this user, or me"),
	OPT_COMPARE("from", 0, "startTime", AWM_OP_GE, "DATE",
		    "that began on DATE or later"),
	OPT_COMPARE("to", 0, "startTime", AWM_OP_LE, "DATE",
		    "that began on DATE or before"),
	OPT_FILTER("billable", 'b', "isBillable", NULL, "that go on the bill"),
	OPT_FILTER("manual", 0, "isManual", NULL, "added by hand"),
	{.name = "running",
	 .type = OPTION_FILTER,
	 .field = "endTime",
	 .op = AWM_OP_NULL,
	 .value = "none",
	 .help = "timers that run"},
	OPT_COMPARE("description", 'd', "description", AWM_OP_CONTAINS, "TEXT",
		    "whose description contains TEXT"),
	LIST_OPTIONS,
	{0},
};

static int time_list(struct run *r)
{
	const struct list_args *args = r->args;
	struct awm_value project = AWM_VALUE_INT(args->project.value);
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && args->project.set)
		err = run_cond(r, &q, "taskId", AWM_OP_OF_PROJECT, &project, 1);
	return err ? err : run_list_query(r, &q);
}

static const struct argument one_argument[] = {
	{.name = "ENTRY",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "time_entry",
	 .help = "an id"},
	{0},
};

static int time_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_time_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- report ---- */

static const char *const groups[] = {
	[AWM_TIME_BY_PROJECT] = "project", [AWM_TIME_BY_TASK] = "task",
	[AWM_TIME_BY_USER] = "user",	   [AWM_TIME_BY_DAY] = "day",
	[AWM_TIME_BY_TAG] = "tag",	   NULL,
};

struct report_args {
	struct int_arg by;
	struct int_arg from, to;
	struct int_arg project, task, user;
	const char *tag;
	bool billable;
};

static const struct option report_options[] = {
	{.name = "by",
	 .type = OPTION_INDEX,
	 .offset = OPT_AT(struct report_args, by, struct int_arg),
	 .arg = "WHAT",
	 .words = groups,
	 .help = "project (unless told otherwise), task, user, day or tag"},
	OPT_TIME("from", 0, struct report_args, from, "DATE",
		 "only time from DATE on: 2026-11-01, today, -7d"),
	OPT_TIME("to", 0, struct report_args, to, "DATE",
		 "only time up to DATE; a whole day includes that day"),
	OPT_REF("project", 'p', struct report_args, project, "project",
		"PROJECT", "on tasks of this project"),
	OPT_REF("task", 't', struct report_args, task, "task", "TASK",
		"on this task"),
	OPT_REF("user", 0, struct report_args, user, "user", "USER",
		"of this user, or me"),
	OPT_TEXT("tag", 0, struct report_args, tag, "TAG",
		 "on tasks with this tag"),
	OPT_FLAG("billable", 'b', struct report_args, billable,
		 "only what goes on the bill"),
	{0},
};

static int time_report(struct run *r)
{
	const struct report_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_record *total = NULL;
	struct awm_time_query q = {
		.by = (enum awm_time_by)args->by.value,
		.from = args->from.value,
		.to = noun_period_end(r, &args->to),
		.project = args->project.value,
		.task = args->task.value,
		.user = args->user.value,
		.tag = args->tag,
		.billable = args->billable,
	};
	int err = awm_time_report(r->session, &q, rows_keep, &rows, r->pool,
				  &total);

	if (!err)
		err = report_begin(r);
	if (!err && (q.by == AWM_TIME_BY_DAY || q.by == AWM_TIME_BY_TAG))
		noun_leave_out_id(r);
	for (size_t i = 0; i < rows.count && !err; i++)
		err = report_row(r, rows.items[i]);
	/* For people; a script adds up what it has asked for. */
	if (!err && rows.count && r->globals.format == FORMAT_TABLE &&
	    !r->globals.quiet)
		err = report_row(r, total);
	return err ? err : report_end(r);
}

/* ---- the table ---- */

#define ENTRY_RELATIONS "task:task user:user"
#define ENTRY_SHOWN                                                            \
	"id,taskId,userId,startTime,endTime,duration,description,isManual,"    \
	"isBillable,hourlyRate,createdAt,updatedAt,elapsed"

extern const struct command cmd_time[];
const struct command cmd_time[] = {
	{
		.name = "time start",
		.summary = "start a timer",
		.details =
			"Starts your timer on a task. A task that is still to "
			"do is in progress from then on. There is one timer a "
			"user: while it runs a second start is refused with "
			"exit status 4, unless --switch stops the first. --at "
			"takes a start in the past.",
		.arguments = task_argument,
		.options = start_options,
		.args_size = sizeof(struct start_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "time_entry",
		.run = time_start,
	},
	{
		.name = "time stop",
		.summary = "stop the timer",
		.details =
			"Stops your timer, now or when --at says, and adds its "
			"time to the task and its project. Without a timer "
			"that runs the exit status is 3.",
		.options = stop_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "time_entry",
		.run = time_stop,
	},
	{
		.name = "time status",
		.summary = "show the timer that runs",
		.details =
			"Shows your timer with its task, and how many seconds "
			"it has run as 'elapsed'. Without a timer that runs "
			"the exit status is 3.",
		.options = status_options,
		.args_size = sizeof(struct status_args),
		.needs = NEED_DB,
		.entity = "time_entry",
		.columns = ENTRY_SHOWN,
		.relations = ENTRY_RELATIONS,
		.run = time_status,
	},
	{
		.name = "time add",
		.aliases = "create new",
		.summary = "add time that was not timed",
		.details =
			"Adds an entry of this DURATION that began when --at "
			"says, or else ended just now. One that would end in "
			"the future is refused, and so is one that shares time "
			"with another entry of yours, which is then named "
			"(exit status 4), unless --allow-overlap lets both "
			"stand. A --rate makes it billable.",
		.arguments = add_arguments,
		.options = add_options,
		.args_size = sizeof(struct add_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "time_entry",
		.run = time_add,
	},
	{
		.name = "time list",
		.aliases = "ls",
		.summary = "list time entries",
		.details = "Lists the entries of all users, the newest first. "
			   "A timer that runs has no end, and no duration "
			   "until it is stopped.",
		.options = list_options,
		.args_size = sizeof(struct list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "time_entry",
		.run = time_list,
	},
	{
		.name = "time show",
		.aliases = "view",
		.summary = "show a time entry with its task and user",
		.details = "Shows one entry; 'elapsed' are its seconds, for a "
			   "timer that runs those up to now.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "time_entry",
		.columns = ENTRY_SHOWN,
		.relations = ENTRY_RELATIONS,
		.run = time_show,
	},
	{
		.name = "time edit",
		.aliases = "update set",
		.summary = "change time entries",
		.details =
			"Changes the columns that are named, of one entry or "
			"of several at once; either all are changed or none. "
			"--at moves an entry and keeps its duration, "
			"--duration and --end move its end; both of these "
			"stop a timer. Another user's entries are changed by "
			"an admin only.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct edit_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "time_entry",
		.run = time_edit,
	},
	{
		.name = "time rm",
		.aliases = "delete",
		.summary = "delete time entries",
		.details = "Deletes the entries; the sums of their tasks and "
			   "projects follow. 'awm undo' brings them back.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "time_entry",
		.run = noun_delete,
	},
	{
		.name = "time report",
		.summary = "sum up time by project, task, user, day or tag",
		.details =
			"Sums up time and money, for everybody unless --user "
			"says whose. Money is the hours of what is billable by "
			"its rate, each entry to the cent; what has no rate "
			"adds none. A timer that runs counts up to now and is "
			"marked. With "
			"--from and --to only the part of an entry that lies "
			"between counts. Days are those of your time zone: an "
			"entry that crosses midnight is split, and a day has "
			"23 or 25 hours when clocks change. By tag an entry "
			"counts for each tag of its task. A table ends with "
			"the total, in which each entry counts once.",
		.options = report_options,
		.args_size = sizeof(struct report_args),
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,name,entries,seconds,hours,billableSeconds,"
			   "amount,running",
		.run = time_report,
	},
	{0},
};
