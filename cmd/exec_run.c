/* SPDX-License-Identifier: MIT */
#include "cmd/exec_run.h"

#include <string.h>

#include "cmd/noun.h"

/* Running prompts: exec run, exec retry. */

struct run_args {
	struct exec_args exec; /* first */
	struct int_arg skill;
	const char *input_json, *system;
	struct text_list inputs;
};

static const struct argument run_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

static const struct option run_options[] = {
	OPT_REF("skill", 's', struct run_args, skill, "skill", "SKILL",
		"fill in the template of this skill"),
	OPT_LIST("input", 'i', struct run_args, inputs, "NAME=VALUE",
		 "a value of the template; JSON where the skill wants no text"),
	OPT_FILE("input-json", 0, struct run_args, input_json, "FILE",
		 "take values from a JSON object in FILE, or from standard "
		 "input for -"),
	OPT_TEXT("system", 0, struct run_args, system, "TEXT",
		 "what is said to the model before the prompt"),
	EXEC_OPTIONS,
	EXEC_MANY_OPTIONS,
	{0},
};

static const struct argument retry_arguments[] = {
	{.name = "EXECUTION",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "execution",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

static const struct option retry_options[] = {
	EXEC_OPTIONS,
	EXEC_MANY_OPTIONS,
	{0},
};

/* ---- options ---- */

int exec_check(struct run *r)
{
	const struct exec_args *a = r->args;

	if (a->no_retry && a->retries.set)
		return err_set(AWM_USAGE,
			       "--retries and --no-retry exclude each other");
	if (a->stream && a->no_stream)
		return err_set(AWM_USAGE,
			       "--stream and --no-stream exclude each other");
	if (a->temperature.set &&
	    !(a->temperature.value >= 0 && a->temperature.value <= 2))
		return err_set(AWM_USAGE,
			       "--temperature: want a number from 0 to 2");
	if (a->max_cost.set &&
	    !(a->max_cost.value >= 0 && a->max_cost.value <= 1e12))
		return err_set(AWM_USAGE,
			       "--max-cost: want an amount in US dollars");
	return 0;
}

struct awm_exec_opts exec_opts(const struct exec_args *a)
{
	return (struct awm_exec_opts){
		.timeout_ms = a->timeout.value,
		.has_retries = a->retries.set || a->no_retry,
		.retries = a->no_retry ? 0 : a->retries.value,
		.has_max_cost = a->max_cost.set,
		.max_cost = a->max_cost.value,
		.jobs = a->jobs.value,
		.no_stream = a->no_stream,
		.keep_going = a->keep_going,
		.ignore_budget = a->ignore_budget,
	};
}

struct awm_exec_spec exec_spec(const struct exec_args *a)
{
	return (struct awm_exec_spec){
		.provider = a->provider,
		.model = a->model,
		.base_url = a->base_url,
		.max_tokens = a->max_tokens.value,
		.has_temperature = a->temperature.set,
		.temperature = a->temperature.value,
	};
}

/* ---- run ---- */

#define INPUT_MAX ((size_t)16 << 20)

int exec_input_json(struct run *r, const char *file, const char **ret)
{
	const char *s;
	size_t len;
	int err = file ? run_file(r, file, INPUT_MAX, &s, &len) : 0;

	*ret = NULL;
	if (err || !file)
		return err;
	if (memchr(s, '\0', len))
		return err_set(AWM_USAGE, "%s: it is no JSON", file);
	*ret = s;
	return 0;
}

static int make_specs(struct run *r, const struct id_list *tasks,
		      struct awm_exec_spec **ret)
{
	const struct run_args *a = r->args;
	const char *json;
	int err = exec_input_json(r, a->input_json, &json);

	if (err)
		return err;
	*ret = arena_array(&r->arena, tasks->count + 1, sizeof(**ret));
	if (!*ret)
		return -AWM_NOMEM;
	for (size_t i = 0; i < tasks->count; i++) {
		struct awm_exec_spec *spec = &(*ret)[i];

		*spec = exec_spec(&a->exec);
		spec->task = tasks->ids[i];
		spec->skill = a->skill.value;
		spec->inputs = a->inputs.items;
		spec->ninputs = a->inputs.count;
		spec->input_json = json;
		spec->system = a->system;
	}
	return 0;
}

static int exec_run(struct run *r)
{
	const struct run_args *a = r->args;
	struct awm_exec_opts opts = exec_opts(&a->exec);
	struct awm_exec_spec *specs;
	struct id_list tasks;
	int err = run_ids(r, 0, &tasks);

	if (!err)
		err = make_specs(r, &tasks, &specs);
	return err ? err : exec_show_runs(r, specs, tasks.count, &opts);
}

/* ---- retry ---- */

static int exec_retry(struct run *r)
{
	struct awm_exec_opts opts = exec_opts(r->args);
	struct awm_exec_spec *specs;
	struct id_list ids;
	int err = run_ids(r, 0, &ids);

	if (err)
		return err;
	specs = arena_array(&r->arena, ids.count + 1, sizeof(*specs));
	if (!specs)
		return -AWM_NOMEM;
	for (size_t i = 0; i < ids.count && !err; i++) {
		specs[i] = exec_spec(r->args);
		err = awm_exec_again(r->session, ids.ids[i], r->pool,
				     &specs[i]);
	}
	return err ? err : exec_show_runs(r, specs, ids.count, &opts);
}

extern const struct command cmd_exec_run[];
const struct command cmd_exec_run[] = {
	{
		.name = "exec run",
		.summary = "run the prompts of tasks against an AI provider",
		.details =
			"Sends the prompt of each task, and shows the answer "
			"as it comes. The prompt is the template of the skill, "
			"else the task's generated prompt, else its title and "
			"description; {{…}} in it is filled in from task, "
			"project and --input. --dry-run prints the request "
			"instead, with keys as ***.\n\n"
			"A row is written before anything leaves the machine, "
			"and tells tokens and cost when the answer is whole. "
			"What came of an answer that was interrupted is kept. "
			"Serial tasks of one project run one after another in "
			"the order of the project, parallel ones together up "
			"to --jobs; when one fails, later serial ones of its "
			"project are not run. Answers are shown in order.\n\n"
			"Rate limits, servers that are down and timeouts are "
			"tried again, but never once the answer has begun, "
			"be it with thoughts of the model: that is paid for. "
			"--max-cost and the budget of the project are "
			"held against the most that a run may cost; without "
			"--max-tokens the answer is bounded so that it fits. "
			"A run that was cut short tells no cost; the budget "
			"counts it with the most that it may have cost. "
			"With --json and the like the executions are shown in "
			"place of the answers.",
		.arguments = run_arguments,
		.options = run_options,
		.args_size = sizeof(struct run_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "execution",
		.computed = EXEC_COMPUTED,
		.check = exec_check,
		.run = exec_run,
	},
	{
		.name = "exec retry",
		.summary = "run the prompts of executions again",
		.details =
			"Sends the prompt of an execution again as it stands, "
			"with its provider, model and bounds unless options "
			"say otherwise, as another execution of its task. "
			"Where a base URL was given for it, it has to be given "
			"again. One that runs is refused.",
		.arguments = retry_arguments,
		.options = retry_options,
		.args_size = sizeof(struct exec_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.entity = "execution",
		.computed = EXEC_COMPUTED,
		.check = exec_check,
		.run = exec_retry,
	},
	{0},
};
