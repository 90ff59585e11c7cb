/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/exec_run.h"
#include "cmd/option.h"

/* Running a skill, with a task of its own unless there is one. */

struct run_args {
	struct exec_args exec; /* first */
	struct int_arg task, project;
	const char *input_json, *system;
	struct text_list inputs;
};

static const struct argument run_arguments[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name"},
	{0},
};

static const struct option run_options[] = {
	OPT_LIST("input", 'i', struct run_args, inputs, "NAME=VALUE",
		 "a value of the template; JSON where the skill wants no text"),
	OPT_FILE("input-json", 0, struct run_args, input_json, "FILE",
		 "take values from a JSON object in FILE, or from standard "
		 "input for -"),
	OPT_REF("task", 't', struct run_args, task, "task", "TASK",
		"run it for this task"),
	OPT_REF("project", 'p', struct run_args, project, "project", "PROJECT",
		"make the task for it in this project"),
	OPT_TEXT("system", 0, struct run_args, system, "TEXT",
		 "what is said to the model before the prompt"),
	EXEC_OPTIONS,
	{0},
};

static int check(struct run *r)
{
	bool task = false, project = false;

	/* references are not looked up yet */
	for (size_t i = 0; i < r->ngiven; i++) {
		task |= strcmp(r->given[i].option->name, "task") == 0;
		project |= strcmp(r->given[i].option->name, "project") == 0;
	}
	if (task && project)
		return err_set(AWM_USAGE,
			       "--task and --project exclude each other");
	return exec_check(r);
}

static int make_spec(struct run *r, struct awm_exec_spec *ret)
{
	const struct run_args *a = r->args;
	int err;

	*ret = exec_spec(&a->exec);
	ret->task = a->task.value;
	ret->inputs = a->inputs.items;
	ret->ninputs = a->inputs.count;
	ret->system = a->system;
	err = exec_input_json(r, a->input_json, &ret->input_json);
	return err ? err : run_ref(r, 0, &ret->skill);
}

/* ---- the task ---- */

struct making {
	struct run *run;
	struct awm_exec_spec *spec;
	const struct awm_exec_opts *opts;
};

static int find_project(struct run *r, int64_t *ret)
{
	const struct run_args *a = r->args;
	int err;

	*ret = a->project.value;
	if (*ret)
		return 0;
	err = awm_session_project(r->session, ret);
	return err || *ret ? err : awm_inbox(r->session, ret);
}

static int add_task(struct run *r, struct awm_exec_spec *spec)
{
	const struct awm_entity *e = awm_entity_find("task");
	struct awm_record *skill, *task;
	int64_t project;
	int err = awm_get(r->session, awm_entity_find("skill"), spec->skill,
			  r->pool, &skill);

	if (!err)
		err = find_project(r, &project);
	if (err)
		return err;
	struct awm_set sets[] = {
		{awm_entity_field(e, "projectId"), AWM_VALUE_INT(project)},
		{awm_entity_field(e, "title"), *awm_record_get(skill, "name")},
	};
	err = awm_add(r->session, e, sets, 2, r->pool, &task);
	if (!err)
		spec->task = awm_record_int(task, "id");
	return err;
}

/* A run that cannot begin leaves no task behind. */
static int make_task(struct awm_session *s, void *ctx)
{
	struct making *m = ctx;
	struct run *r = m->run;
	struct awm_exec_request request;
	int err = add_task(r, m->spec);

	if (err)
		return err;
	if (r->globals.dry_run)
		return exec_show_requests(r, m->spec, 1, m->opts);
	return awm_exec_preview(s, m->spec, m->opts, r->pool, &request);
}

static int skill_run(struct run *r)
{
	const struct run_args *a = r->args;
	struct awm_exec_opts opts = exec_opts(&a->exec);
	struct awm_exec_spec spec;
	struct making m = {r, &spec, &opts};
	int err = make_spec(r, &spec);

	if (!err && !spec.task) {
		err = awm_transaction(r->session, make_task, &m);
		if (err || r->globals.dry_run)
			return err;
		run_say(r, "added task %lld for it", (long long)spec.task);
	}
	return err ? err : exec_show_runs(r, &spec, 1, &opts);
}

extern const struct command cmd_skill_run[];
const struct command cmd_skill_run[] = {
	{
		.name = "skill run",
		.summary = "run a skill against an AI provider",
		.details =
			"Fills in the template of the skill, sends it, and "
			"shows the answer as it comes. {{input.NAME}} in it is "
			"what --input gives, {{task.…}} and {{project.…}} come "
			"from the task. Without --task one is added in the "
			"default project of this folder, or else in the Inbox, "
			"so that tokens and cost have a place; it is called as "
			"the skill is. Inputs are held to the skill's input "
			"schema before anything is sent, the answer to its "
			"output schema. --dry-run prints the request instead, "
			"with keys as ***, and adds nothing. 'awm exec run' "
			"tells how a run goes.",
		.arguments = run_arguments,
		.options = run_options,
		.args_size = sizeof(struct run_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "execution",
		.computed = EXEC_COMPUTED,
		.check = check,
		.run = skill_run,
	},
	{0},
};
