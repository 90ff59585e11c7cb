/* SPDX-License-Identifier: MIT */
#include "cmd/noun.h"
#include "cmd/report.h"

/* Notifications of the acting user. */

static const struct option list_options[] = {
	OPT_VALUE(OPTION_FILTER, "unread", 0, "isRead", "false",
		  "those not read yet only"),
	OPT_FILTER("read", 0, "isRead", NULL, "those read already only"),
	OPT_FILTER("type", 0, "type", "TYPE",
		   "of this type, or one of several: task.assigned,task.due"),
	OPT_FILTER("project", 'p', "relatedProjectId", "PROJECT",
		   "about this project"),
	OPT_FILTER("task", 0, "relatedTaskId", "TASK", "about this task"),
	OPT_FILTER("created", 0, "createdAt", "DATE",
		   "of DATE; also before:DATE, after:DATE, A..B"),
	LIST_OPTIONS,
	{0},
};

/* Only one's own. */
static int own_rows(struct run *r, struct awm_query *q)
{
	struct awm_value me = AWM_VALUE_INT(awm_session_actor(r->session)->id);

	return run_cond(r, q, "userId", AWM_OP_EQ, &me, 1);
}

static int notify_list(struct run *r)
{
	int64_t me = awm_session_actor(r->session)->id;
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err)
		err = own_rows(r, &q);
	if (!err)
		err = awm_notify_remind(r->session, me, AWM_NOTIFY_WITHIN, NULL,
					NULL);
	return err ? err : run_list_query(r, &q);
}

/* ---- read, unread, rm ---- */

struct read_args {
	bool all;
};

#define NOTIFICATIONS(REQUIRED)                                                \
	{                                                                      \
		.name = "NOTIFICATION", .required = REQUIRED, .many = true,    \
		.kind = ARG_IDS, .entity = "notification",                     \
		.help = "ids or ranges: 3 5-9; - reads them from standard "    \
			"input"                                                \
	}

static const struct argument many_arguments[] = {
	NOTIFICATIONS(true),
	{0},
};

static const struct argument read_arguments[] = {
	NOTIFICATIONS(false),
	{0},
};

static const struct option read_options[] = {
	OPT_FLAG("all", 'a', struct read_args, all,
		 "all of yours that are unread"),
	{0},
};

static int read_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_notify_mark(r->session, id, true, r->pool, ret);
}

/* Called again when the transaction has to be tried again. */
static int read_all(struct awm_session *s, void *ctx)
{
	struct rows *rows = ctx;
	struct run *r = rows->run;
	struct awm_query q = {.entity = r->entity};
	struct awm_value no = AWM_VALUE_INT(0);
	int err = own_rows(r, &q);

	rows->count = 0;
	rows->items = NULL;
	if (!err)
		err = run_cond(r, &q, "isRead", AWM_OP_EQ, &no, 1);
	if (!err)
		err = awm_list(s, &q, rows_keep, rows);
	for (size_t i = 0; i < rows->count && !err; i++)
		err = read_one(r, awm_record_int(rows->items[i], "id"),
			       &rows->items[i]);
	return err;
}

static int notify_read(struct run *r)
{
	const struct read_args *args = r->args;
	struct rows rows = {.run = r};
	int err;

	if (!args->all == !run_arg(r, 0)) {
		err_set(AWM_USAGE,
			args->all ? "--all and ids exclude each other"
				  : "'notify read' wants ids, or --all");
		return err_hint("awm notify list --unread");
	}
	if (!args->all)
		return run_each(r, 0, "read", read_one);
	err = awm_transaction(r->session, read_all, &rows);
	return err ? err
		   : report_changes(r, "read", rows.items, NULL, rows.count,
				    true);
}

static int unread_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_notify_mark(r->session, id, false, r->pool, ret);
}

static int notify_unread(struct run *r)
{
	return run_each(r, 0, "unread", unread_one);
}

/* ---- scan ---- */

struct scan_args {
	struct int_arg within;
};

static const struct option scan_options[] = {
	OPT_DURATION("within", 0, struct scan_args, within, "DURATION",
		     "due before this time has passed; 24h unless told "
		     "otherwise"),
	{0},
};

static int notify_scan(struct run *r)
{
	const struct scan_args *args = r->args;
	int64_t within = args->within.set ? args->within.value * 1000
					  : AWM_NOTIFY_WITHIN;
	struct rows rows = {.run = r};
	int err = awm_notify_remind(r->session, 0, within, rows_keep, &rows);

	return err ? err : rows_report(&rows);
}

/* ---- the table ---- */

extern const struct command cmd_notify[];
const struct command cmd_notify[] = {
	{
		.name = "notify list",
		.aliases = "ls",
		.summary = "list your notifications",
		.details = "Those not read yet come first, then the newest. "
			   "Tasks of yours that are due within a day are "
			   "looked for first, as 'awm notify scan' does.",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "notification",
		.run = notify_list,
	},
	{
		.name = "notify read",
		.summary = "mark notifications as read",
		.details = "Those of others cannot be marked (exit status 6).",
		.arguments = read_arguments,
		.options = read_options,
		.args_size = sizeof(struct read_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "notification",
		.run = notify_read,
	},
	{
		.name = "notify unread",
		.summary = "mark notifications as not read",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "notification",
		.run = notify_unread,
	},
	{
		.name = "notify rm",
		.aliases = "delete",
		.summary = "delete notifications",
		.details = "Only your own. They do not come back, nor does a "
			   "reminder of the same due date.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "notification",
		.run = noun_delete,
	},
	{
		.name = "notify scan",
		.summary = "remind everybody of tasks that are due soon",
		.details =
			"Tells the assignees of open tasks that are due, once "
			"for each task and due date, and prints what they are "
			"told. It is for cron; 'awm notify list' does the "
			"same for yourself. What is due on a date, without "
			"an hour, counts until that day is over where the "
			"assignee is. It takes a member.",
		.options = scan_options,
		.args_size = sizeof(struct scan_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "notification",
		.columns = "id,userId,title,content,createdAt",
		.run = notify_scan,
	},
	{0},
};
