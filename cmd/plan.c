/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/exec_run.h"
#include "cmd/noun.h"
#include "cmd/plan.h"

/* Plans of projects and tasks: asked for, or read from a file; shown; made. */

struct plan_args {
	struct exec_args exec; /* first: exec_check() */
	bool apply;
	const char *from, *prompt;
	struct int_arg execution, count;
};

static const struct option plan_options[] = {
	OPT_FLAG("apply", 0, struct plan_args, apply,
		 "make the tasks of the plan"),
	OPT_FILE("from", 0, struct plan_args, from, "FILE",
		 "take the plan from FILE, or from standard input for -, "
		 "instead of asking for one"),
	OPT_REF("execution", 0, struct plan_args, execution, "execution",
		"EXECUTION",
		"take the plan that this execution answered, instead of "
		"paying for another"),
	OPT_TEXT("prompt", 0, struct plan_args, prompt, "TEXT",
		 "what else is wanted of the plan"),
	OPT_INT("count", 0, struct plan_args, count, 1, AWM_PLAN_TASKS, "N",
		"about how many tasks"),
	EXEC_OPTIONS,
	{0},
};

/* ---- where it comes from ---- */

static int plan_of_file(struct planning *p, const char *path)
{
	const char *text;
	size_t len;
	int err = run_file(p->run, path, AWM_PLAN_SIZE, &text, &len);

	if (!err)
		err = awm_plan_read(text, len, p->run->pool, &p->plan);
	return err ? err_context("%s",
				 strcmp(path, "-") ? path : "standard input")
		   : 0;
}

/* What a model answered is not the caller's to mend. */
static int read_answer(struct planning *p, const char *text, size_t len)
{
	int err = awm_plan_read(text, len, p->run->pool, &p->plan);

	if (err == -AWM_USAGE)
		err = err_set(AWM_INVALID, "%s", awm_error_last()->message);
	if (err != -AWM_INVALID)
		return err;
	err_context("execution %lld", (long long)p->execution);
	return err_hint("awm exec show %lld; a plan that was mended by hand is "
			"read with --from FILE",
			(long long)p->execution);
}

static int plan_of_execution(struct planning *p, int64_t id)
{
	struct awm_record *row;
	const char *text;
	int err = awm_get(p->run->session, awm_entity_find("execution"), id,
			  p->run->pool, &row);

	if (err)
		return err;
	p->execution = id;
	p->cost = *awm_record_get(row, "cost");
	text = awm_record_text(row, "response");
	return read_answer(p, text, strlen(text));
}

/* ---- asking ---- */

struct asking {
	struct run *run;
	struct awm_plan_ask ask;
	struct awm_exec_opts opts;
};

static struct asking asking_of(struct planning *p)
{
	const struct plan_args *args = p->run->args;

	return (struct asking){
		.run = p->run,
		.ask = {p->target, args->prompt, args->count.value},
		.opts = exec_opts(&args->exec),
	};
}

static int prepare(const struct asking *as, struct awm_exec_spec *ret)
{
	const struct plan_args *args = as->run->args;
	struct awm_plan_request request;
	int err = awm_plan_request(as->run->session, &as->ask, as->run->pool,
				   &request);

	if (err)
		return err;
	*ret = exec_spec(&args->exec);
	ret->task = request.task;
	ret->prompt = request.prompt;
	ret->schema = request.schema;
	ret->schema_name = request.name;
	/* What leaves out what may be left out is a plan all the same. */
	ret->schema_unheld = true;
	return 0;
}

/* In one transaction, as a rehearsal leaves no task for the plan behind. */
static int show_request(struct awm_session *s, void *ctx)
{
	const struct asking *as = ctx;
	struct awm_exec_spec spec;
	int err = prepare(as, &spec);

	(void)s;
	return err ? err : exec_show_requests(as->run, &spec, 1, &as->opts);
}

static int plan_of_call(struct planning *p)
{
	struct asking as = asking_of(p);
	struct awm_exec_result result = {0};
	struct awm_exec_spec spec;
	int err = prepare(&as, &spec);

	if (!err)
		err = exec_ask(p->run, &spec, &as.opts, &result);
	if (err)
		return err;
	p->paid = true;
	p->execution = result.execution;
	p->cost = *awm_record_get(result.row, "cost");
	return read_answer(p, result.text ? result.text : "", result.text_len);
}

/* ---- the verbs ---- */

/* Whether the command asks a provider at all. */
static bool asks(const struct plan_args *args)
{
	return !args->from && !args->execution.set;
}

/* Once the session is there: before, a reference is not known to be given. */
static int check_args(const struct plan_args *args)
{
	static const struct exec_args none;

	if (args->from && args->execution.set)
		return err_set(AWM_USAGE,
			       "--from and --execution exclude each other");
	if (!asks(args) && (args->prompt || args->count.set ||
			    memcmp(&args->exec, &none, sizeof(none)) != 0))
		return err_set(AWM_USAGE,
			       "%s asks nobody for a plan: it takes no other "
			       "option but --apply",
			       args->from ? "--from" : "--execution");
	return 0;
}

static int get_plan(struct planning *p)
{
	const struct plan_args *args = p->run->args;

	if (args->from)
		return plan_of_file(p, args->from);
	if (args->execution.set)
		return plan_of_execution(p, args->execution.value);
	return plan_of_call(p);
}

static int run_plan(struct planning *p, const char *entity, int64_t id)
{
	const struct plan_args *args = p->run->args;
	struct run *r = p->run;
	struct asking as = asking_of(p);
	int err = check_args(args);

	if (!err)
		err = awm_get(r->session, awm_entity_find(entity), id, r->pool,
			      &p->row);

	if (!err && r->globals.dry_run && asks(args))
		return awm_transaction(r->session, show_request, &as);
	if (!err)
		err = get_plan(p);
	if (!err && args->apply)
		err = awm_plan_apply(r->session, &p->target, &p->plan, r->pool,
				     &p->made);
	return err ? err : plan_report(p);
}

static const struct argument project_argument[] = {
	{.name = "PROJECT",
	 .kind = ARG_REF,
	 .entity = "project",
	 .help = "id or title; without it the default one of this folder"},
	{0},
};

static int project_plan(struct run *r)
{
	struct planning p = {.run = r};
	int err = noun_project(r, 0, &p.target.project);

	return err ? err : run_plan(&p, "project", p.target.project);
}

static const struct argument task_argument[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{0},
};

static int task_split(struct run *r)
{
	struct planning p = {.run = r};
	int err = run_ref(r, 0, &p.target.task);

	return err ? err : run_plan(&p, "task", p.target.task);
}

/* ---- the table ---- */

extern const struct command cmd_plan[];
const struct command cmd_plan[] = {
	{
		.name = "project plan",
		.summary = "have a project planned by an AI provider",
		.details =
			"Asks for a list of tasks for what the project's main "
			"prompt, its description and --prompt say is wanted, "
			"and shows it with its estimates and what the call "
			"cost. Nothing is made of it without --apply; then all "
			"tasks are added in one transaction, behind those "
			"that are there, and 'awm undo' takes them back. "
			"Skills are suggested for them where they are here "
			"under the name that the plan gives; others are named "
			"and left out.\n\n"
			"An answer that was paid for is kept: --execution "
			"makes its plan later, and what --json prints may be "
			"changed by hand and read with --from, which also "
			"takes a ProjectStructure. A plan is data: its texts "
			"are no templates, a call is never asked for "
			"automations, and those of a file are added switched "
			"off. A plan has at most 1,000 tasks; one that is "
			"malformed or of another shape makes nothing and ends "
			"with exit status 4, a file that is no JSON with 2.\n\n"
			"The execution belongs to the task 'Plan: TITLE' of "
			"the project with the tag 'plan', which is added, done "
			"already, the first time. With --dry-run the request "
			"is shown as it would be sent, and nothing is sent or "
			"written.",
		.arguments = project_argument,
		.options = plan_options,
		.args_size = sizeof(struct plan_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = PLAN_COLUMNS,
		.computed = "method,url,headers,body,argv,stdin",
		.check = exec_check,
		.run = project_plan,
	},
	{
		.name = "task split",
		.summary = "have a task split into smaller ones by an AI "
			   "provider",
		.details =
			"Asks for the smaller tasks that a task consists of, "
			"and shows them; with --apply they are added as its "
			"subtasks, in one transaction. --count says about how "
			"many are wanted. The execution belongs to the task "
			"itself. For everything else see 'awm project plan': "
			"the options mean the same, but the plan of a task "
			"has no automations.",
		.arguments = task_argument,
		.options = plan_options,
		.args_size = sizeof(struct plan_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = PLAN_COLUMNS,
		.computed = "method,url,headers,body,argv,stdin",
		.check = exec_check,
		.run = task_split,
	},
	{0},
};
