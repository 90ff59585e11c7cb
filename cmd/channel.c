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
	{0},
};
