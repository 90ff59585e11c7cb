/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cmd/automate.h"
#include "cmd/out.h"
#include "cmd/report.h"

/* Runs of automations: by hand, by the clock, and their log. */

/* ---- run ---- */

struct run_args {
	struct int_arg task, project;
	struct text_list inputs;
};

static const struct argument one_argument[] = {
	{.name = "AUTOMATION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "automation",
	 .help = "id or name"},
	{0},
};

static const struct option run_options[] = {
	OPT_REF("task", 't', struct run_args, task, "task", "TASK",
		"the task that it is about"),
	OPT_REF("project", 'p', struct run_args, project, "project", "PROJECT",
		"the project that it is about; that of the task or of the "
		"automation unless told otherwise"),
	OPT_LIST("input", 0, struct run_args, inputs, "NAME=VALUE",
		 "{{input.NAME}} in its templates"),
	{0},
};

static void add_scalar(struct buf *b, const cJSON *node)
{
	if (cJSON_IsString(node))
		buf_adds(b, node->valuestring);
	else
		json_print(b, node);
}

/* "  comment.add taskId=1 commentId=5" */
static int tell_action(struct run *r, const cJSON *action)
{
	_cleanup_buf_ struct buf line = {0}, safe = {0};
	const cJSON *node;

	cJSON_ArrayForEach(node, action)
	{
		if (strcmp(node->string, "action") != 0)
			buf_addf(&line, " %s=", node->string);
		add_scalar(&line, node);
	}
	utf8_add_escaped(&safe, buf_str(&line), line.len, false);
	(void)r;
	return buf_check(&safe) ? -AWM_NOMEM
				: out_addf("  %s\n", buf_str(&safe));
}

/* "  task.updated task 3: priority medium -> high" */
static int tell_change(struct run *r, const cJSON *change)
{
	_cleanup_buf_ struct buf line = {0}, safe = {0};
	const cJSON *task = json_get(change, "taskId"), *node;
	const char *type = json_get_str(change, "type");

	buf_adds(&line, type ? type : "");
	if (cJSON_IsNumber(task))
		buf_addf(&line, " task %.0f", task->valuedouble);
	cJSON_ArrayForEach(node, json_get(change, "changes"))
	{
		buf_addf(&line, "%s %s ", node->prev ? "," : ":", node->string);
		if (!cJSON_IsNull(json_get(node, "from"))) {
			add_scalar(&line, json_get(node, "from"));
			buf_adds(&line, " -> ");
		}
		add_scalar(&line, json_get(node, "to"));
	}
	utf8_add_escaped(&safe, buf_str(&line), line.len, false);
	(void)r;
	return buf_check(&safe) ? -AWM_NOMEM
				: out_addf("  %s\n", buf_str(&safe));
}

static int tell_each(struct run *r, const cJSON *list, const char *title,
		     int (*fn)(struct run *r, const cJSON *node))
{
	const cJSON *node;
	int err = cJSON_GetArraySize(list) ? out_addf("%s\n", title) : 0;

	cJSON_ArrayForEach(node, list)
	{
		if (!err)
			err = fn(r, node);
	}
	return err;
}

/* What it would do, for people. */
static int show_rehearsal(struct run *r, const struct awm_record *row)
{
	_cleanup_json_ cJSON *output = NULL;
	const char *text = awm_record_text(row, "output");
	int err = json_parse(text, strlen(text), &output);

	if (!err)
		err = tell_each(r, json_get(output, "actions"), "would do",
				tell_action);
	return err ? err
		   : tell_each(r, json_get(output, "changes"), "would change",
			       tell_change);
}

static int automate_run(struct run *r)
{
	const struct run_args *args = r->args;
	struct awm_automation_call call = {
		.task = args->task.value,
		.project = args->project.value,
		.inputs = args->inputs.items,
		.ninputs = args->inputs.count,
	};
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_automation_run(r->session, id, &call, r->pool, &row);
	if (err)
		return err;
	if (r->globals.dry_run && r->globals.format == FORMAT_TABLE &&
	    !r->globals.quiet && !r->globals.fields)
		return show_rehearsal(r, row);
	return report_change(r, "ended", row);
}

/* ---- log ---- */

static const struct argument log_argument[] = {
	{.name = "AUTOMATION",
	 .kind = ARG_REF,
	 .entity = "automation",
	 .help = "id or name; all of them without"},
	{0},
};

static const struct option log_options[] = {
	OPT_FILTER("status", 's', "state", "STATUS",
		   "in this state, or one of several: failed,skipped"),
	OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE",
		    "queued on this day or after it"),
	OPT_COMPARE("until", 0, "createdAt", AWM_OP_LE, "DATE",
		    "queued on this day or before it"),
	LIST_OPTIONS,
	{0},
};

static const struct awm_field duration_field = {
	.name = "duration", .label = "Duration (ms)", .type = AWM_TYPE_INT};

#define LOG_COLUMNS 64

/* A row with how long it took; its arrays serve one row after another. */
struct log {
	struct run *run;
	const struct awm_field *fields[LOG_COLUMNS];
	struct awm_value values[LOG_COLUMNS];
};

static int log_row(void *ctx, const struct awm_record *row)
{
	struct log *log = ctx;
	const struct awm_value *from = awm_record_get(row, "startedAt");
	const struct awm_value *to = awm_record_get(row, "completedAt");
	struct awm_record with = *row;

	if (row->count >= LOG_COLUMNS)
		return report_row(log->run, row);
	memcpy(log->values, row->values, row->count * sizeof(*row->values));
	memcpy(log->fields, row->fields, row->count * sizeof(*row->fields));
	log->fields[row->count] = &duration_field;
	log->values[row->count] =
		from && to && from->kind == AWM_INT && to->kind == AWM_INT
			? AWM_VALUE_INT(to->i - from->i)
			: AWM_VALUE_NULL;
	with.fields = log->fields;
	with.values = log->values;
	with.count = row->count + 1;
	return report_row(log->run, &with);
}

static int automate_log(struct run *r)
{
	struct log log = {.run = r};
	struct awm_value of = {.kind = AWM_INT};
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err)
		err = run_ref(r, 0, &of.i);
	if (!err && of.i)
		err = run_cond(r, &q, "automationId", AWM_OP_EQ, &of, 1);
	if (!err)
		err = run_also(r, &q, "startedAt,completedAt");
	if (!err)
		err = report_begin(r);
	if (!err)
		err = awm_list(r->session, &q, log_row, &log);
	return err ? err : report_end(r);
}

/* ---- tick, watch ---- */

struct tick_args {
	struct int_arg seconds;
};

static const struct option tick_options[] = {
	OPT_INT("max-seconds", 0, struct tick_args, seconds, 1, 86400, "N",
		"begin nothing more after so many seconds"),
	{0},
};

static const struct awm_field tick_fields[] = {
	{.name = "due", .label = "Due", .type = AWM_TYPE_INT},
	{.name = "succeeded", .label = "Succeeded", .type = AWM_TYPE_INT},
	{.name = "failed", .label = "Failed", .type = AWM_TYPE_INT},
	{.name = "dead", .label = "Dead", .type = AWM_TYPE_INT},
	{.name = "executions", .label = "Executions", .type = AWM_TYPE_INT},
	{.name = "leases", .label = "Leases", .type = AWM_TYPE_INT},
	{.name = "reminders", .label = "Reminders", .type = AWM_TYPE_INT},
	{.name = "delivered", .label = "Delivered", .type = AWM_TYPE_INT},
	{.name = "undelivered", .label = "Undelivered", .type = AWM_TYPE_INT},
	{.name = "queued", .label = "Queued", .type = AWM_TYPE_INT},
};
#define TICK_COLUMNS                                                           \
	"due,succeeded,failed,dead,executions,leases,reminders,delivered,"     \
	"undelivered,queued"

static struct awm_record *tick_record(struct run *r,
				      const struct awm_tick_result *t)
{
	const struct awm_value v[] = {
		AWM_VALUE_INT(t->due),	       AWM_VALUE_INT(t->succeeded),
		AWM_VALUE_INT(t->failed),      AWM_VALUE_INT(t->dead),
		AWM_VALUE_INT(t->executions),  AWM_VALUE_INT(t->leases),
		AWM_VALUE_INT(t->reminders),   AWM_VALUE_INT(t->delivered),
		AWM_VALUE_INT(t->undelivered), AWM_VALUE_INT(t->queued),
	};

	return noun_row(r, tick_fields, v, ARRAY_LEN(v));
}

static void add_words(struct buf *b, int64_t n, const char *one,
		      const char *many)
{
	if (n)
		buf_addf(b, "%s%lld %s", b->len ? ", " : "", (long long)n,
			 n == 1 ? one : many);
}

const char *automate_words(struct run *r, const struct awm_tick_result *t)
{
	_cleanup_buf_ struct buf b = {0};

	if (r->globals.dry_run)
		add_words(&b, t->due, "run due", "runs due");
	add_words(&b, t->succeeded, "run succeeded", "runs succeeded");
	add_words(&b, t->failed, "run failed", "runs failed");
	add_words(&b, t->dead, "run whose process died",
		  "runs whose processes died");
	add_words(&b, t->executions, "execution whose process died",
		  "executions whose processes died");
	add_words(&b, t->leases, "claim that ran out", "claims that ran out");
	add_words(&b, t->reminders, "reminder", "reminders");
	add_words(&b, t->delivered, "message delivered", "messages delivered");
	add_words(&b, t->undelivered, "message not delivered",
		  "messages not delivered");
	add_words(&b, t->queued, "run left", "runs left");
	return b.len && !b.failed ? arena_strndup(&r->arena, b.s, b.len) : NULL;
}

static bool wants_rows(const struct run *r)
{
	return r->globals.format != FORMAT_TABLE || r->globals.fields;
}

static int automate_tick(struct run *r)
{
	const struct tick_args *args = r->args;
	struct awm_tick_opts opts = {.max_ms = args->seconds.value * 1000};
	struct awm_tick_result result;
	struct awm_record *row;
	const char *words;
	int err = awm_automation_tick(r->session, &opts, &result);

	if (err)
		return err;
	if (wants_rows(r)) {
		row = tick_record(r, &result);
		return row ? report_one(r, row) : -AWM_NOMEM;
	}
	words = automate_words(r, &result);
	/* cron mails whatever is said */
	return words && !r->globals.quiet ? out_addf("%s\n", words) : 0;
}

#define WATCH_MS 30000 /* what nothing tells of is looked for this often */

static int tell_tick(struct run *r, const struct awm_tick_result *result)
{
	const char *words = automate_words(r, result);
	struct awm_record *row;
	int err;

	if (!words)
		return 0;
	if (r->globals.quiet)
		return 0;
	if (!wants_rows(r)) {
		err = out_addf("%s\n", words);
		return err ? err : out_flush();
	}
	row = tick_record(r, result);
	err = row ? report_row(r, row) : -AWM_NOMEM;
	return err ? err : report_flush(r);
}

static int automate_watch(struct run *r)
{
	struct awm_tick_opts opts = {0};
	struct awm_tick_result result;
	struct awm_tick_wait *wait = NULL;
	int err = 0;

	if (wants_rows(r)) {
		if (r->globals.format == FORMAT_JSON)
			r->globals.format = FORMAT_JSONL;
		err = report_begin(r);
		report_live(r);
	} else {
		run_say(r, "watching; Ctrl-C stops it");
	}
	while (!err) {
		err = awm_automation_tick(r->session, &opts, &result);
		if (!err)
			err = tell_tick(r, &result);
		if (!err)
			err = awm_automation_wait(r->session, &wait, WATCH_MS);
	}
	awm_tick_wait_free(wait);
	return err;
}

extern const struct command cmd_automate_run[];
const struct command cmd_automate_run[] = {
	{
		.name = "automate run",
		.summary = "run an automation now",
		.details =
			"Whatever its trigger, also when it is disabled; the "
			"conditions of its event are not looked at. With "
			"--dry-run everything is done and taken back, nothing "
			"leaves the machine, and what would change is shown.",
		.arguments = one_argument,
		.options = run_options,
		.args_size = sizeof(struct run_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "automation_run",
		.run = automate_run,
	},
	{
		.name = "automate log",
		.summary = "list the runs of automations",
		.details =
			"Each with what caused it (input), what it did "
			"(output), what went wrong and how long it took, in "
			"milliseconds; the newest first. A run is queued, "
			"running, success, failed, skipped (too deep, or too "
			"often) or cancelled.",
		.arguments = log_argument,
		.options = log_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "automation_run",
		.columns = "id,automationId,state,createdAt,duration,"
			   "errorMessage",
		.computed = "duration",
		.run = automate_log,
	},
	{
		.name = "automate tick",
		.summary = "do all that is due",
		.details =
			"The one command for cron: schedules that are due, "
			"runs that are queued, executions and runs whose "
			"process died, claims that ran out, reminders, "
			"deliveries to webhooks and to people. Several may "
			"overlap: what is due is done once. A run that "
			"fails is no failure of this command; its log tells. "
			"Nothing is said when nothing was due. --dry-run "
			"counts "
			"what is due and what is queued.",
		.options = tick_options,
		.args_size = sizeof(struct tick_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = TICK_COLUMNS,
		.run = automate_tick,
	},
	{
		.name = "automate watch",
		.summary = "do what is due, when it is, until stopped",
		.details =
			"As a tick whenever there is something to do: when a "
			"schedule is due, and within a second of any change "
			"that queues a run. Ctrl-C stops it, and it exits with "
			"130.",
		.needs = NEED_WRITE,
		.effect = EFFECT_NETWORK,
		.columns = TICK_COLUMNS,
		.run = automate_watch,
	},
	{0},
};
