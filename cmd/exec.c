/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"
#include "cmd/report.h"

/* Executions as they are kept: looked at, judged, added up. Running a prompt is
 * exec_run.c, recording a call exec_record.c. */

static const char *const providers[] = {"openai", "anthropic", "google",
					"local", NULL};
static const char *const statuses[] = {"running", "success", "failed",
				       "cancelled", NULL};

static const struct argument one_argument[] = {
	{.name = "EXECUTION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "execution",
	 .help = "an id"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "EXECUTION",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "execution",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

/* ---- list, show ---- */

struct list_args {
	struct int_arg project, skill, user;
};

static const struct option list_options[] = {
	OPT_FILTER("task", 't', "taskId", "TASK", "of this task"),
	OPT_REF("project", 'p', struct list_args, project, "project", "PROJECT",
		"of the tasks of this project"),
	OPT_FILTER("status", 's', "status", "STATUS",
		   "in this state, or in one of several: failed,cancelled"),
	OPT_FILTER("provider", 0, "aiProvider", "PROVIDER",
		   "by this provider: openai, anthropic, google or local"),
	OPT_FILTER("model", 0, "model", "MODEL", "by this model"),
	OPT_REF("skill", 0, struct list_args, skill, "skill", "SKILL",
		"of this skill"),
	OPT_REF("user", 0, struct list_args, user, "user", "USER",
		"run by this user, or me"),
	OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE",
		    "that began on DATE or later"),
	OPT_COMPARE("before", 0, "createdAt", AWM_OP_LT, "DATE",
		    "that began before DATE"),
	OPT_FILTER("rating", 0, "rating", "N",
		   "with this rating: 5, 1..3, none"),
	LIST_OPTIONS,
	{0},
};

static int exec_list(struct run *r)
{
	const struct list_args *args = r->args;
	struct awm_value project = AWM_VALUE_INT(args->project.value);
	struct awm_value skill = AWM_VALUE_INT(args->skill.value);
	struct awm_value user = AWM_VALUE_INT(args->user.value);
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && args->project.set)
		err = run_cond(r, &q, "taskId", AWM_OP_OF_PROJECT, &project, 1);
	if (!err && args->skill.set)
		err = run_cond(r, &q, "id", AWM_OP_OF_SKILL, &skill, 1);
	if (!err && args->user.set)
		err = run_cond(r, &q, "id", AWM_OP_OF_USER, &user, 1);
	return err ? err : run_list_query(r, &q);
}

static int exec_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_execution_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- cancel ---- */

/* Some end by themselves before they are asked to. */
static int tell_cancelled(struct run *r, struct awm_record **rows,
			  const struct id_list *ids)
{
	struct awm_record **kept = arena_array(&r->arena, ids->count + 1,
					       sizeof(struct awm_record *));
	bool all = r->globals.format != FORMAT_TABLE || r->globals.quiet ||
		   r->globals.fields;
	size_t n = 0;

	if (!kept)
		return -AWM_NOMEM;
	for (size_t i = 0; i < ids->count; i++) {
		const char *status = awm_record_text(rows[i], "status");
		bool cancelled = strcmp(status, "cancelled") == 0;

		if (cancelled || all)
			kept[n++] = rows[i];
		if (!cancelled)
			run_say(r,
				"execution %lld had ended by then: its status "
				"is '%s'",
				(long long)ids->ids[i], status);
	}
	return report_changes(r, "cancelled", kept, NULL, n, ids->many);
}

static int exec_cancel(struct run *r)
{
	struct awm_record **rows;
	struct id_list ids;
	int err = run_ids(r, 0, &ids);

	if (err)
		return err;
	rows = arena_array(&r->arena, ids.count + 1,
			   sizeof(struct awm_record *));
	if (!rows)
		return -AWM_NOMEM;
	err = awm_execution_cancel(r->session, ids.ids, ids.count, r->pool,
				   rows);
	return err ? err : tell_cancelled(r, rows, &ids);
}

/* ---- rate, feedback ---- */

static const struct argument rate_arguments[] = {
	{.name = "EXECUTION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "execution",
	 .help = "an id"},
	{.name = "RATING",
	 .required = true,
	 .help = "from 1 to 5; none takes a rating away"},
	{0},
};

static int edit_column(struct run *r, int64_t id, const char *field,
		       struct awm_value value, struct awm_record **ret)
{
	struct awm_set set = {awm_entity_field(r->entity, field), value};

	return awm_edit(r->session, r->entity, id, &set, 1, NULL, r->pool, ret);
}

static int exec_rate(struct run *r)
{
	struct awm_value rating;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = run_value(r, awm_entity_field(r->entity, "rating"),
				run_arg(r, 1), &rating);
	if (!err)
		err = edit_column(r, id, "rating", rating, &row);
	return err ? err : report_change(r, "rated", row);
}

static const struct argument feedback_arguments[] = {
	{.name = "EXECUTION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "execution",
	 .help = "an id"},
	{.name = "TEXT",
	 .many = true,
	 .help = "what you think of it; several words are joined; - reads it "
		 "from standard input, and an empty text takes it away"},
	{0},
};

static const struct option feedback_options[] = {
	OPT_COLUMN(OPTION_FILE_SET, "file", 'F', "userFeedback", "FILE",
		   "take the text from FILE, or from standard input for -"),
	OPT_COLUMN(OPTION_EDIT_SET, "edit", 'e', "userFeedback", NULL,
		   "write the text in an editor"),
	{0},
};

static int feedback_text(struct run *r, int64_t id, const char **ret)
{
	struct awm_record *row;
	int err = awm_get(r->session, r->entity, id, r->pool, &row);

	if (err)
		return err;
	run_initial(r, awm_record_text(row, "userFeedback"));
	err = run_text(r, "userFeedback", ret);
	if (err || (*ret && !run_arg(r, 1)))
		return err;
	if (*ret)
		return err_set(AWM_USAGE, "the text is given twice");
	if (run_arg(r, 1))
		return noun_words(r, 1, ret);
	err_set(AWM_USAGE, "'%s' wants a text", r->command->name);
	return err_hint("write it behind, or give -F FILE, or -e for an "
			"editor");
}

static int exec_feedback(struct run *r)
{
	const char *text = NULL;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = feedback_text(r, id, &text);
	if (!err)
		err = edit_column(r, id, "userFeedback",
				  awm_value_text(*text ? text : NULL), &row);
	return err ? err : report_change(r, "changed", row);
}

/* ---- cost ---- */

static const char *const groups[] = {
	[AWM_COST_BY_PROJECT] = "project",   [AWM_COST_BY_TASK] = "task",
	[AWM_COST_BY_SKILL] = "skill",	     [AWM_COST_BY_MODEL] = "model",
	[AWM_COST_BY_PROVIDER] = "provider", [AWM_COST_BY_USER] = "user",
	[AWM_COST_BY_DAY] = "day",	     NULL,
};

struct cost_args {
	struct int_arg by, from, to;
	struct int_arg project, task, skill, user;
	const char *provider, *model, *status;
};

static const struct option cost_options[] = {
	{.name = "by",
	 .type = OPTION_INDEX,
	 .offset = OPT_AT(struct cost_args, by, struct int_arg),
	 .arg = "WHAT",
	 .words = groups,
	 .help = "project (unless told otherwise), task, skill, model, "
		 "provider, user or day"},
	OPT_TIME("from", 0, struct cost_args, from, "DATE",
		 "only what began on DATE or later: 2026-11-01, today, -7d"),
	OPT_TIME("to", 0, struct cost_args, to, "DATE",
		 "only what began up to DATE; a whole day includes that day"),
	OPT_REF("project", 'p', struct cost_args, project, "project", "PROJECT",
		"of the tasks of this project"),
	OPT_REF("task", 't', struct cost_args, task, "task", "TASK",
		"of this task"),
	OPT_REF("skill", 0, struct cost_args, skill, "skill", "SKILL",
		"of this skill"),
	OPT_REF("user", 0, struct cost_args, user, "user", "USER",
		"run by this user, or me"),
	OPT_WORD("provider", 0, struct cost_args, provider, providers,
		 "PROVIDER", "by this provider"),
	OPT_TEXT("model", 0, struct cost_args, model, "MODEL", "by this model"),
	OPT_WORD("status", 's', struct cost_args, status, statuses, "STATUS",
		 "in this state"),
	{0},
};

static int report_cost(struct run *r, const struct awm_cost_query *q,
		       struct rows *rows, const struct awm_record *total)
{
	bool named = q->by == AWM_COST_BY_DAY || q->by == AWM_COST_BY_MODEL ||
		     q->by == AWM_COST_BY_PROVIDER;
	int err = report_begin(r);

	if (!err && named)
		noun_leave_out_id(r);
	for (size_t i = 0; i < rows->count && !err; i++)
		err = report_row(r, rows->items[i]);
	/* For people; a script adds up what it has asked for. */
	if (!err && rows->count && r->globals.format == FORMAT_TABLE &&
	    !r->globals.quiet)
		err = report_row(r, total);
	return err ? err : report_end(r);
}

static int exec_cost(struct run *r)
{
	const struct cost_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_record *total = NULL;
	struct awm_cost_query q = {
		.by = (enum awm_cost_by)args->by.value,
		.from = args->from.value,
		.to = noun_period_end(r, &args->to),
		.project = args->project.value,
		.task = args->task.value,
		.skill = args->skill.value,
		.user = args->user.value,
		.provider = args->provider,
		.model = args->model,
		.status = args->status,
	};
	int err = awm_execution_cost(r->session, &q, rows_keep, &rows, r->pool,
				     &total);

	return err ? err : report_cost(r, &q, &rows, total);
}

/* ---- rm, reap ---- */

static int exec_rm(struct run *r)
{
	struct id_list ids;
	int err = run_ids(r, 0, &ids);

	if (!err && ids.count)
		err = run_confirm(r, "delete %s for good",
				  noun_count(r, ids.count, "execution"));
	return err ? err : run_each(r, 0, "deleted", noun_delete_one);
}

struct reap_args {
	bool force;
};

static const struct option reap_options[] = {
	OPT_FLAG("force", 0, struct reap_args, force,
		 "also those that began more than a day ago on another "
		 "machine, or that no process is known of"),
	{0},
};

static int exec_reap(struct run *r)
{
	const struct reap_args *args = r->args;
	struct rows rows = {.run = r};
	int err = awm_execution_reap(r->session, args->force, rows_keep, &rows);

	return err ? err
		   : report_changes(r, "ended", rows.items, NULL, rows.count,
				    true);
}

/* ---- the table ---- */

extern const struct command cmd_exec[];
const struct command cmd_exec[] = {
	{
		.name = "exec list",
		.aliases = "ls",
		.summary = "list executions",
		.details =
			"Lists the executions of all users, the newest first. "
			"One whose process died on this machine is found and "
			"marked as failed before anything is shown.",
		.options = list_options,
		.args_size = sizeof(struct list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "execution",
		.run = exec_list,
	},
	{
		.name = "exec show",
		.aliases = "view",
		.summary = "show an execution with its prompt and response",
		.details =
			"Shows one execution with its task, who ran it, with "
			"which skill in which version, the model that was "
			"asked for beside the one that answered, why the "
			"answer ended, and what else the provider told, as "
			"'metadata'. On a terminal markdown in the response is "
			"rendered; nothing in it reaches the terminal as a "
			"control sequence.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "execution",
		.computed = "userId,skillId,skillVersion,retryOfId,"
			    "requestedModel,finishReason,estimate,host,pid,"
			    "metadata",
		.relations = "task:task user:user",
		.run = exec_show,
	},
	{
		.name = "exec cancel",
		.summary = "end executions that run",
		.details =
			"Asks each to stop, and waits up to three seconds for "
			"it to keep what had come of the answer; one that has "
			"not ended then is marked as cancelled. A process of "
			"this machine that runs nothing else gets SIGTERM. "
			"Executions of somebody else take an admin. One that "
			"has ended already is refused with exit status 4.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "execution",
		.run = exec_cancel,
	},
	{
		.name = "exec rate",
		.summary = "rate an execution",
		.arguments = rate_arguments,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "execution",
		.run = exec_rate,
	},
	{
		.name = "exec feedback",
		.summary = "say what you think of an execution",
		.details = "Replaces what was said before. -e starts with "
			   "that.",
		.arguments = feedback_arguments,
		.options = feedback_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "execution",
		.run = exec_feedback,
	},
	{
		.name = "exec cost",
		.summary = "add up what executions cost",
		.details =
			"Runs, tokens and US dollars of each project, task, "
			"skill, model, provider, user or day; days are those "
			"of your time zone, and a run belongs to the day on "
			"which it began. 'unpriced' counts runs whose cost is "
			"not known. A table ends with a line for all.",
		.options = cost_options,
		.args_size = sizeof(struct cost_args),
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,name,runs,failed,totalTokens,cost,unpriced",
		.computed = "succeeded,cancelled,running,promptTokens,"
			    "completionTokens,duration",
		.run = exec_cost,
	},
	{
		.name = "exec rm",
		.aliases = "delete",
		.summary = "delete executions for good",
		.details =
			"The sums of task and project follow. This cannot be "
			"undone: it asks first; without a terminal it wants "
			"--yes. An execution that runs has to be cancelled "
			"before. It takes an admin.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "execution",
		.run = exec_rm,
	},
	{
		.name = "exec reap",
		.summary = "mark executions as failed whose process is no more",
		.details =
			"Every command that looks at executions does this by "
			"itself. A process of this machine is told from "
			"another with its number by when it started and by the "
			"boot of the machine. Those of other machines are left "
			"alone, and so are those of other pid namespaces, such "
			"as containers; --force, which takes an admin, gives "
			"them up a day after they began.",
		.options = reap_options,
		.args_size = sizeof(struct reap_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "execution",
		.run = exec_reap,
	},
	{0},
};
