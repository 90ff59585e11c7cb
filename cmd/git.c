/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* Commits and tasks. */

struct link_args {
	struct int_arg task;
};

static const struct argument link_arguments[] = {
	{.name = "COMMIT",
	 .many = true,
	 .help = "commits or ranges (main..topic); HEAD without any"},
	{0},
};

static const struct option link_options[] = {
	OPT_REF("task", 't', struct link_args, task, "task", "TASK",
		"link all of them to this task, whatever they say"),
	{0},
};

static void summary(struct run *r, const struct awm_git_report *did)
{
	run_say(r, "%s read, %lld name%s a task, %lld newly linked",
		noun_count(r, (size_t)did->commits, "commit"),
		(long long)did->naming, did->naming == 1 ? "s" : "",
		(long long)did->linked);
	if (did->unknown)
		run_say(r, "%s to tasks that are not here",
			noun_count(r, (size_t)did->unknown, "reference"));
}

static int git_link(struct run *r)
{
	_cleanup_free_ char *folder = NULL;
	const struct link_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_git_report did;
	size_t n;
	const char **specs = run_args(r, 0, &n);
	int err = file_cwd(&folder);

	if (!err)
		err = awm_git_link(r->session, folder, specs, n,
				   args->task.value, rows_keep, &rows, &did);
	if (!err)
		err = rows_report(&rows);
	if (!err)
		err = out_flush();
	if (!err)
		summary(r, &did);
	return err;
}

extern const struct command cmd_git[];
const struct command cmd_git[] = {
	{
		.name = "git link",
		.summary = "link commits to the tasks that they name",
		.details =
			"Reads the messages of the commits in the repository "
			"of the current folder and keeps each commit with the "
			"tasks that it names, once. A message names task 12 by "
			"a trailer 'AWM-Task: 12' or 'Task: #12', by AWM-12, "
			"or by awm#12, outside of code blocks and URLs. It "
			"prints a row for each link, those that stood before "
			"as well, and a summary on standard error.",
		.arguments = link_arguments,
		.options = link_options,
		.args_size = sizeof(struct link_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "task,sha,subject,author,timestamp,url,state",
		.run = git_link,
	},
	{0},
};
