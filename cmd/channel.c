/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"
#include "cmd/report.h"
#include "cmd/request.h"

/* Notifications on their way, and whether the ways work. */

/* ---- notify deliver ---- */

struct deliver_args {
	struct int_arg max;
};

static const struct option deliver_options[] = {
	OPT_OF(OPTION_SECONDS, struct int_arg, "max-seconds", 0,
	       struct deliver_args, max, "N",
	       "begin nothing more once this time has passed: 30, 2m"),
	{0},
};

static int notify_deliver(struct run *r)
{
	const struct deliver_args *args = r->args;
	struct awm_channel_opts opts = {
		.max_ms = args->max.set ? args->max.value : 0};
	int err = report_begin(r);

	if (!err)
		err = awm_channel_deliver(r->session, &opts, report_row, r);
	return err ? err : report_end(r);
}

/* ---- notify deliveries, resend ---- */

static const struct option deliveries_options[] = {
	OPT_FILTER("status", 's', "state", "STATE",
		   "in this state: pending, delivered, failed, dead"),
	OPT_FILTER("integration", 0, "integrationId", "INTEGRATION",
		   "through this integration"),
	OPT_FILTER("notification", 0, "notificationId", "NOTIFICATION",
		   "of this notification"),
	OPT_FILTER("user", 0, "userId", "USER", "to this user, or me"),
	LIST_OPTIONS,
	{0},
};

/* Where others are told of something is for admins to see. */
static int notify_deliveries(struct run *r)
{
	const struct awm_actor *actor = awm_session_actor(r->session);
	struct awm_value me = AWM_VALUE_INT(actor->id);
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && strcmp(actor->role, "admin") != 0)
		err = run_cond(r, &q, "userId", AWM_OP_EQ, &me, 1);
	return err ? err : run_list_query(r, &q);
}

static const struct argument resend_arguments[] = {
	{.name = "DELIVERY",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "channel_delivery",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

static int resend_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_channel_resend(r->session, id, r->pool, ret);
}

static int notify_resend(struct run *r)
{
	return run_each(r, 0, "queued", resend_one);
}

/* ---- integration test ---- */

static const struct argument one_argument[] = {
	{.name = "INTEGRATION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "integration",
	 .help = "id, or type where there is only one of it"},
	{0},
};

static int integration_test(struct run *r)
{
	struct awm_exec_request request;
	struct rows rows = {.run = r};
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err && r->globals.dry_run) {
		err = awm_integration_preview(r->session, id, r->pool,
					      &request);
		return err ? err : request_show(r, &request, false);
	}
	if (!err)
		err = awm_integration_test(r->session, id, rows_keep, &rows);
	return err ? err
		   : noun_tell(r, rows.items[0], "%s %lld works: %s, %s",
			       awm_record_text(rows.items[0], "type"),
			       (long long)id,
			       awm_record_text(rows.items[0], "target"),
			       awm_record_text(rows.items[0], "detail"));
}

/* ---- integration sync ---- */

struct sync_args {
	struct int_arg project, max;
};

static const struct option sync_options[] = {
	OPT_REF("project", 'p', struct sync_args, project, "project", "PROJECT",
		"new issues become tasks of this project"),
	OPT_OF(OPTION_SECONDS, struct int_arg, "max-seconds", 0,
	       struct sync_args, max, "N",
	       "begin nothing more once this time has passed: 30, 2m"),
	{0},
};

static const struct argument sync_arguments[] = {
	{.name = "INTEGRATION",
	 .required = true,
	 .many = true,
	 .kind = ARG_TEXT,
	 .help = "ids, github where there is only one of it, or all for those "
		 "of github that are enabled"},
	{0},
};

static int keep_id(void *ctx, const struct awm_record *row)
{
	struct buf *ids = ctx;
	int64_t id = awm_record_int(row, "id");

	buf_add(ids, &id, sizeof(id));
	return buf_check(ids);
}

static int sync_ids(struct run *r, struct buf *ids)
{
	const struct awm_entity *e = awm_entity_find("integration");
	size_t n;
	const char **texts = run_args(r, 0, &n);
	int err = 0;

	if (n == 1 && !strcmp(texts[0], "all"))
		return awm_integration_synced(r->session, keep_id, ids);
	for (size_t i = 0; i < n && !err; i++) {
		int64_t id;

		err = run_resolve(r, e, texts[i], &id);
		if (!err)
			buf_add(ids, &id, sizeof(id));
	}
	return err ? err : buf_check(ids);
}

/* One that fails does not keep the others from it. */
static int sync_each(struct run *r, const int64_t *ids, size_t n,
		     const struct awm_sync_opts *opts)
{
	size_t failed = 0;
	int err = 0, last = 0;

	for (size_t i = 0; i < n && err != -AWM_INTERRUPTED; i++) {
		if (err)
			run_say(r, "%s", awm_error_last()->message);
		err_clear();
		err = awm_integration_sync(r->session, ids[i], opts, report_row,
					   r);
		failed += err != 0;
		last = err ? err : last;
	}
	if (err || !failed)
		return err;
	return err_set((enum awm_err) - last, "%zu of %zu integrations failed",
		       failed, n);
}

static int integration_sync(struct run *r)
{
	const struct sync_args *args = r->args;
	struct awm_sync_opts opts = {
		.project = args->project.set ? args->project.value : 0,
		.max_ms = args->max.set ? args->max.value : 0};
	_cleanup_buf_ struct buf list = {0};
	const int64_t *ids;
	int err = sync_ids(r, &list);

	ids = (const int64_t *)(const void *)list.s;
	if (!err)
		err = report_begin(r);
	if (!err)
		err = sync_each(r, ids, list.len / sizeof(*ids), &opts);
	return err ? err : report_end(r);
}

/* ---- the table ---- */

#define COLUMNS                                                                \
	"id,integrationId,notificationId,userId,state,attempts,"               \
	"nextAttemptAt,lastError"

extern const struct command cmd_channel[];
const struct command cmd_channel[] = {
	{
		.name = "notify deliver",
		.summary = "send the notifications that wait for a channel",
		.details =
			"Mail, chats and the desktop get what is due for them, "
			"and each result is printed: delivered, failed (to be "
			"tried again) or dead. What fails is tried again after "
			"5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, "
			"more or less, or when the service asks for; then it "
			"is dead. A failure of a channel is no failure of this "
			"command. It is for cron, may run several times at "
			"once, and ends when nothing more is due. Only your "
			"own notifications are shown on this desktop. With "
			"--dry-run it prints what is due, and sends nothing. "
			"It takes a member.",
		.options = deliver_options,
		.args_size = sizeof(struct deliver_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "channel_delivery",
		.columns = COLUMNS,
		.run = notify_deliver,
	},
	{
		.name = "notify deliveries",
		.summary = "list what was sent through channels, or is to be",
		.details = "Yours; those of all for an admin. The newest come "
			   "first.",
		.options = deliveries_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "channel_delivery",
		.columns = COLUMNS,
		.run = notify_deliveries,
	},
	{
		.name = "notify resend",
		.summary = "queue failed and dead deliveries again",
		.details = "They begin their schedule anew, due now; those "
			   "that were delivered or wait are left as they are. "
			   "Deliveries to others take an admin.",
		.arguments = resend_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "channel_delivery",
		.columns = COLUMNS,
		.run = notify_resend,
	},
	{
		.name = "integration test",
		.summary = "find out whether an integration works",
		.details =
			"Sends a message to you by mail, into the chat or to "
			"this desktop; of github it looks at the repository. "
			"Exit status 8 when that does not work, with the "
			"reason. With --dry-run it prints what would be sent, "
			"and sends nothing. It takes an admin.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = "id,type,target,detail,latencyMs",
		.computed = "method,url,headers,body,argv,stdin",
		.run = integration_test,
	},
	{
		.name = "integration sync",
		.summary = "bring issues and tasks up to each other",
		.details =
			"Issues of the repository become tasks, with their "
			"comments, and what changed there since the last time "
			"is changed here. What changed here goes there: title, "
			"description, tags as labels, whether it is done, and "
			"the assignee where the login is known. A field that "
			"changed on both sides has the later change. Nothing "
			"is deleted on either side; what is deleted here stays "
			"away. New tasks go to --project, else to the project "
			"of the settings, else to where the tasks went until "
			"now. With --dry-run it asks, prints what it would do, "
			"and changes nothing. It takes a member.",
		.arguments = sync_arguments,
		.options = sync_options,
		.args_size = sizeof(struct sync_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = "taskId,action,number,title,detail",
		.computed = "integrationId",
		.run = integration_sync,
	},
	{0},
};
