/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/option.h"
#include "cmd/out.h"

/* Commits and tasks. */

struct link_args {
	struct int_arg task;
};

static const struct argument link_arguments[] = {
	{.name = "COMMIT",
	 .many = true,
	 .help = "commits or ranges (main..topic); - reads them from standard "
		 "input; HEAD without any"},
	{0},
};

static const struct option link_options[] = {
	OPT_REF("task", 't', struct link_args, task, "task", "TASK",
		"link all of them to this task, whatever they say"),
	{0},
};

static void summary(struct run *r, const struct awm_git_report *did)
{
	bool dry = r->globals.dry_run;

	run_say(r, "%s%s read, %lld name%s a task, %lld %s",
		dry ? "dry run: " : "",
		noun_count(r, (size_t)did->commits, "commit"),
		(long long)did->naming, did->naming == 1 ? "s" : "",
		(long long)did->linked,
		dry ? "would be linked" : "newly linked");
	if (did->unknown)
		run_say(r, "%s to tasks that are not here",
			noun_count(r, (size_t)did->unknown, "reference"));
}

static int stdin_specs(struct run *r, struct text_list *specs)
{
	const char *input;
	char *copy, *save;
	size_t len;
	int err = run_stdin(r, &input, &len);

	if (err)
		return err;
	if (strlen(input) != len || !utf8_valid(input, len))
		return err_set(AWM_USAGE,
			       "standard input holds what names no commit");
	copy = arena_strndup(&r->arena, input, len);
	if (!copy)
		return -AWM_NOMEM;
	for (char *p = strtok_r(copy, " \t\r\n", &save); p && !err;
	     p = strtok_r(NULL, " \t\r\n", &save))
		err = text_push(&r->arena, specs, p);
	return err;
}

static int read_specs(struct run *r, struct text_list *specs)
{
	size_t n;
	const char **texts = run_args(r, 0, &n);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = strcmp(texts[i], "-") == 0
			      ? stdin_specs(r, specs)
			      : text_push(&r->arena, specs, texts[i]);
	return err;
}

static int git_link(struct run *r)
{
	_cleanup_free_ char *folder = NULL;
	const struct link_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_git_report did = {0};
	struct text_list specs = {0};
	int err = read_specs(r, &specs);

	if (!err)
		err = file_cwd(&folder);
	/* An empty list is no commit; HEAD is for who gives no list. */
	if (!err && (specs.count || !r->ntexts))
		err = awm_git_link(r->session, folder, specs.items, specs.count,
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
			"as well, and a summary on standard error. With - the "
			"commits come from standard input: git rev-list HEAD "
			"| awm git link -",
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
