/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cmd/noun.h"
#include "cmd/option.h"

/* Hooks of git. */

struct hook_args {
	bool force, require_task;
};

static const struct option install_options[] = {
	OPT_FLAG("require-task", 0, struct hook_args, require_task,
		 "refuse commits whose message names no task"),
	OPT_FLAG("force", 'f', struct hook_args, force,
		 "also into a folder that the repository tracks"),
	{0},
};

typedef int hook_fn(const struct awm_hook_opts *opts, awm_row_fn *fn,
		    void *ctx);

static int status(const struct awm_hook_opts *opts, awm_row_fn *fn, void *ctx)
{
	(void)opts;
	return awm_hook_status(fn, ctx);
}

static int report_hooks(struct run *r, hook_fn *fn)
{
	const struct hook_args *args = r->args;
	const struct awm_hook_opts opts = {
		.force = args && args->force,
		.require_task = args && args->require_task,
		.dry_run = r->globals.dry_run,
	};
	struct rows rows = {.run = r};
	int err = awm_pool_new(&r->pool);

	if (!err)
		err = fn(&opts, rows_keep, &rows);
	return err ? err : rows_report(&rows);
}

static int hook_install(struct run *r)
{
	return report_hooks(r, awm_hook_install);
}

static int hook_uninstall(struct run *r)
{
	return report_hooks(r, awm_hook_uninstall);
}

static int hook_status(struct run *r)
{
	return report_hooks(r, status);
}

/* ---- run ---- */

#define LIMIT_MS 1500 /* of a hook as a whole; git waits for it */
#define WAIT_MS	 1000 /* for other writers of the database */

static const struct argument run_arguments[] = {
	{.name = "HOOK",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = awm_hook_names,
	 .help = "its name"},
	{.name = "ARGUMENT", .many = true, .help = "as git gives them to it"},
	{0},
};

static const struct option run_options[] = {
	OPT_FLAG("require-task", 0, struct hook_args, require_task,
		 "of commit-msg: refuse a message that names no task"),
	{0},
};

static void give_up(int sig)
{
	(void)sig;
	_exit(0);
}

/* Whatever happens, a file system that hangs as well, the commit goes on. What
 * is not linked by then is found by the next scan. */
static int limit_time(struct run *r)
{
	const struct itimerval limit = {
		.it_value = {LIMIT_MS / 1000, LIMIT_MS % 1000 * 1000}};
	struct sigaction action = {.sa_handler = give_up};

	(void)r;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &limit, NULL);
	return 0;
}

static int call_hook(struct run *r)
{
	const struct hook_args *args = r->args;
	struct awm_hook_call call = {
		.name = run_arg(r, 0),
		.require_task = args->require_task,
		.session = {.db = r->globals.db,
			    .as = r->globals.as,
			    .wait_ms = WAIT_MS,
			    .config = r->config},
	};
	size_t len;
	int err = 0;

	call.args = run_args(r, 1, &call.nargs);
	if (!strcmp(call.name, "post-rewrite"))
		err = run_stdin(r, &call.input, &len);
	return err ? err : awm_hook_run(&call);
}

/* Only what commit-msg refuses is an error: git would stop at any other. */
static int hook_run(struct run *r)
{
	const struct hook_args *args = r->args;
	const char *name = run_arg(r, 0);
	int err = strncmp(name, "post-", 5) == 0 ? run_config(r) : 0;

	if (!err)
		err = call_hook(r);
	if (!err || (err == -AWM_INVALID && args->require_task &&
		     !strcmp(name, "commit-msg")))
		return err;
	run_say(r, "%s: %s", name, awm_error_last()->message);
	err_clear();
	return 0;
}

#define COLUMNS "hook,state,chained,path"

extern const struct command cmd_hook[];
const struct command cmd_hook[] = {
	{
		.name = "git hook install",
		.summary = "have git link commits as they are made",
		.details =
			"Writes five hooks. prepare-commit-msg adds the "
			"trailer 'AWM-Task: 12' on a branch that carries the "
			"task's number, such as task/12-login; commit-msg "
			"takes it away again from a message that has nothing "
			"else, so that git gives up as it should; post-commit "
			"links the commit, post-merge what arrived, and "
			"post-rewrite puts amended and rebased commits in "
			"place of the old ones. A hook that is there already "
			"is kept as HOOK.awm-orig and run first. They go where "
			"git looks for them, core.hooksPath too. They use the "
			"awm on PATH, do nothing when there is none, and never "
			"stop a commit nor hold it up by more than two "
			"seconds, whatever the database is like; only "
			"--require-task refuses messages. Installing again "
			"changes nothing.",
		.options = install_options,
		.args_size = sizeof(struct hook_args),
		.needs = NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = COLUMNS,
		.run = hook_install,
	},
	{
		.name = "git hook uninstall",
		.summary = "take the hooks of awm away",
		.details = "The hooks that were there before are put back as "
			   "they were.",
		.needs = NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = COLUMNS,
		.run = hook_uninstall,
	},
	{
		.name = "git hook status",
		.summary = "show which hooks are installed",
		.details = "A hook is installed, outdated (of another version "
			   "of awm: install it again), absent, or other: "
			   "somebody else's alone.",
		.columns = COLUMNS,
		.run = hook_status,
	},
	{
		.name = "git hook run",
		.summary = "do what a hook does",
		.details =
			"Called by the hooks themselves, and by those of "
			"your own: awm git hook run post-commit \"$@\". What "
			"goes wrong is said on standard error; the exit "
			"status is 0 all the same, but for --require-task.",
		.arguments = run_arguments,
		.options = run_options,
		.args_size = sizeof(struct hook_args),
		.effect = EFFECT_WRITE,
		.check = limit_time,
		.run = hook_run,
	},
	{0},
};
