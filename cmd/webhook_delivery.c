/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"

/* What is sent to webhooks, and what became of it. */

/* ---- deliveries ---- */

static const struct option list_options[] = {
	OPT_FILTER("webhook", 'w', "webhookId", "WEBHOOK", "to this webhook"),
	OPT_FILTER("status", 's', "state", "STATE",
		   "pending, delivered, failed or dead, or several"),
	OPT_FILTER("event", 0, "eventType", "EVENT",
		   "of this type, or one of several"),
	OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE", "from DATE on"),
	OPT_COMPARE("until", 0, "createdAt", AWM_OP_LT, "DATE", "before DATE"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "DELIVERY",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "delivery",
	 .help = "id"},
	{0},
};

static int show_delivery(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_delivery_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- resend ---- */

static const struct argument resend_arguments[] = {
	{.name = "DELIVERY",
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "delivery",
	 .help = "ids or ranges; - reads them from standard input"},
	{0},
};

static const struct option resend_options[] = {
	OPT_FILTER("webhook", 'w', "webhookId", "WEBHOOK",
		   "all that match: to this webhook"),
	OPT_FILTER("status", 's', "state", "STATE",
		   "in this state, or one of several: dead,failed"),
	OPT_FILTER("event", 0, "eventType", "EVENT",
		   "of this type, or one of several"),
	OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE",
		    "of events from DATE on"),
	OPT_COMPARE("until", 0, "createdAt", AWM_OP_LT, "DATE",
		    "of events before DATE"),
	{0},
};

static int resend_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_delivery_resend(r->session, id, r->pool, ret);
}

struct found {
	struct run *run;
	struct rows rows;
	int64_t *ids;
	size_t n, room;
};

static int note(void *ctx, const struct awm_record *row)
{
	struct found *f = ctx;

	if (f->n == f->room) {
		size_t room = f->room ? f->room * 2 : 64;
		int64_t *more =
			arena_array(&f->run->arena, room, sizeof(*more));

		if (!more)
			return -AWM_NOMEM;
		if (f->n)
			memcpy(more, f->ids, f->n * sizeof(*more));
		f->ids = more;
		f->room = room;
	}
	f->ids[f->n++] = awm_record_int(row, "id");
	return 0;
}

static int resend_found(struct awm_session *s, void *ctx)
{
	struct found *f = ctx;
	struct run *r = f->run;
	struct awm_query q;
	struct awm_sort by_id = {r->entity->fields, false};
	int err = run_query(r, &q);

	q.sort = &by_id;
	q.nsort = 1;
	if (!err)
		err = run_also(r, &q, "id");
	if (!err)
		err = awm_list(s, &q, note, f);
	for (size_t i = 0; i < f->n && !err; i++) {
		struct awm_record *row;

		err = awm_delivery_resend(s, f->ids[i], r->pool, &row);
		if (!err)
			err = rows_keep(&f->rows, row);
	}
	return err;
}

static int webhook_resend(struct run *r)
{
	struct found f = {.run = r, .rows = {.run = r}};
	bool filters = r->ngiven;
	int err;

	if (run_arg(r, 0)) {
		if (filters)
			return err_set(AWM_USAGE, "ids and options that choose "
						  "exclude each other");
		return run_each(r, 0, "queued", resend_one);
	}
	if (!filters) {
		err_set(AWM_USAGE, "what is to be sent again?");
		return err_hint("ids, or --webhook, --status, --event, "
				"--since, --until");
	}
	err = awm_transaction(r->session, resend_found, &f);
	if (err)
		return err;
	if (r->globals.format == FORMAT_TABLE && !r->globals.fields &&
	    !r->globals.quiet)
		return out_addf("%squeued %s\n",
				r->globals.dry_run ? "dry run: " : "",
				noun_count(r, f.n, "message"));
	return rows_report(&f.rows);
}

/* ---- deliver ---- */

struct deliver_args {
	struct int_arg max;
};

static const struct option deliver_options[] = {
	{.name = "max-seconds",
	 .type = OPTION_SECONDS,
	 .offset = OPT_AT(struct deliver_args, max, struct int_arg),
	 .arg = "S",
	 .min = 1,
	 .max = 86400000,
	 .help = "stop after so many seconds"},
	{0},
};

enum { ATTEMPTS, DELIVERED, FAILED, DEAD, DISABLED };

static const struct awm_field result_fields[] = {
	[ATTEMPTS] = {.name = "attempts",
		      .label = "Attempts",
		      .type = AWM_TYPE_INT},
	[DELIVERED] = {.name = "delivered",
		       .label = "Delivered",
		       .type = AWM_TYPE_INT},
	[FAILED] = {.name = "failed", .label = "Failed", .type = AWM_TYPE_INT},
	[DEAD] = {.name = "dead", .label = "Dead", .type = AWM_TYPE_INT},
	[DISABLED] = {.name = "disabled",
		      .label = "Webhooks disabled",
		      .type = AWM_TYPE_INT},
};

static int due_now(struct run *r)
{
	struct awm_value now = AWM_VALUE_INT(awm_session_now(r->session));
	struct awm_value open[] = {awm_value_text("pending"),
				   awm_value_text("failed")};
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err)
		err = run_cond(r, &q, "state", AWM_OP_IN, open, 2);
	if (!err)
		err = run_cond(r, &q, "nextAttemptAt", AWM_OP_LE, &now, 1);
	return err ? err : run_list_query(r, &q);
}

static int webhook_deliver(struct run *r)
{
	const struct deliver_args *args = r->args;
	struct awm_deliver_opts opts = {.max_ms = args->max.value};
	struct awm_deliver_result res;
	int err;

	if (r->globals.dry_run)
		return due_now(r);
	err = awm_webhook_deliver(r->session, &opts, &res);
	if (err)
		return err;
	struct awm_value v[] = {
		[ATTEMPTS] = AWM_VALUE_INT(res.attempts),
		[DELIVERED] = AWM_VALUE_INT(res.delivered),
		[FAILED] = AWM_VALUE_INT(res.failed),
		[DEAD] = AWM_VALUE_INT(res.dead),
		[DISABLED] = AWM_VALUE_INT(res.disabled),
	};
	return noun_tell(r, noun_row(r, result_fields, v, ARRAY_LEN(v)),
			 "%lld delivered, %lld to be tried again, %lld dead",
			 (long long)res.delivered, (long long)res.failed,
			 (long long)res.dead);
}

/* What a writer leaves behind, with the lock that it took. */
static int background(struct run *r)
{
	return awm_webhook_background(r->session, 3);
}

/* ---- the table ---- */

#define COLUMNS                                                                \
	"id,webhookId,eventType,state,attempts,nextAttemptAt,lastStatus,"      \
	"lastError,createdAt,deliveredAt"

extern const struct command cmd_webhook_delivery[];
const struct command cmd_webhook_delivery[] = {
	{
		.name = "webhook deliveries",
		.summary = "list what was sent to webhooks, or waits to be",
		.details =
			"A delivery is pending until it is first tried, then "
			"delivered or failed; one that failed is tried again "
			"at nextAttemptAt, ten times in all over three days, "
			"and then dead.",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "delivery",
		.columns = COLUMNS,
		.run = run_list,
	},
	{
		.name = "webhook show-delivery",
		.summary = "show a delivery with its attempts",
		.details = "response is the beginning of what the receiver "
			   "said; of webhooks that may be sent to private "
			   "addresses it is not kept.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "delivery",
		.relations = "attempts:attempt*",
		.run = show_delivery,
	},
	{
		.name = "webhook resend",
		.summary = "send deliveries again",
		.details =
			"With the id of the message that they had, and a new "
			"time; receivers that took them before know them by "
			"it. Options choose all that match, whatever became of "
			"them: --since and --until play a time again. They are "
			"queued, and sent as all are.",
		.arguments = resend_arguments,
		.options = resend_options,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "delivery",
		.run = webhook_resend,
	},
	{
		.name = "webhook deliver",
		.summary = "send what is due to webhooks",
		.details =
			"Until nothing is due. Commands that queue something "
			"leave a process behind that does this, unless "
			"webhook.background is false; what is to be tried "
			"again later waits for the next one, or for 'awm "
			"automate tick'. That a receiver refuses is no error "
			"of this command. --dry-run lists what is due.",
		.options = deliver_options,
		.args_size = sizeof(struct deliver_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "delivery",
		.computed = "delivered,failed,dead,disabled",
		.run = webhook_deliver,
	},
	{
		.name = "__deliver",
		.summary = "send what is due, left behind by a writer",
		.needs = NEED_WRITE,
		.effect = EFFECT_NETWORK,
		.run = background,
	},
	{0},
};
