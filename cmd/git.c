/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/option.h"
#include "cmd/out.h"
#include "cmd/progress.h"

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
	if (did->completed)
		run_say(r, "%s %scompleted",
			noun_count(r, (size_t)did->completed, "task"),
			dry ? "would be " : "");
	if (did->refused)
		run_say(r,
			"%s cannot be completed yet: blocked, or with open "
			"subtasks",
			noun_count(r, (size_t)did->refused, "task"));
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

/* ---- scan ---- */

struct scan_args {
	bool all, again;
	struct int_arg since;
};

static const struct option scan_options[] = {
	OPT_FLAG("all", 'a', struct scan_args, all,
		 "what every branch, tag and other reference reaches, not only "
		 "HEAD"),
	OPT_TIME("since", 0, struct scan_args, since, "TIME",
		 "commits since then only; what is older is not remembered as "
		 "read"),
	OPT_FLAG("again", 0, struct scan_args, again,
		 "also what earlier scans have read: for tasks that were not "
		 "here then"),
	{0},
};

/* Rows come as they are written. What fails before the first prints none. */
struct scan_run {
	struct run *run;
	bool begun;
	struct progress progress;
};

static int scan_begin(struct scan_run *scan)
{
	bool begun = scan->begun;

	scan->begun = true;
	return begun ? 0 : report_begin(scan->run);
}

static int scan_row(void *ctx, const struct awm_record *row)
{
	struct scan_run *scan = ctx;
	int err = scan_begin(scan);

	progress_clear(&scan->progress);
	return err ? err : report_row(scan->run, row);
}

static void scan_progress(void *ctx, const struct awm_git_report *did)
{
	struct scan_run *scan = ctx;

	progress_count(&scan->progress, "commit", (size_t)did->commits,
		       (size_t)did->done, (size_t)did->total);
}

static int git_scan(struct run *r)
{
	_cleanup_free_ char *folder = NULL;
	const struct scan_args *args = r->args;
	struct scan_run scan = {.run = r};
	struct awm_git_report did = {0};
	struct awm_git_scan what = {.all = args->all,
				    .again = args->again,
				    .since_set = args->since.set,
				    .since = args->since.value,
				    .progress = scan_progress,
				    .progress_ctx = &scan};
	int err = file_cwd(&folder);

	progress_begin(&scan.progress, r, 0);
	if (!err)
		err = awm_git_scan(r->session, folder, &what, scan_row, &scan,
				   &did);
	progress_clear(&scan.progress);
	if (!err)
		err = scan_begin(&scan);
	if (!err)
		err = report_end(r);
	if (!err)
		err = out_flush();
	if (!err)
		summary(r, &did);
	return err;
}

/* ---- unlink ---- */

static const struct argument unlink_arguments[] = {
	{.name = "SHA",
	 .required = true,
	 .many = true,
	 .help = "commits as 'git log' shows them: hashes, or their first 4 "
		 "digits or more"},
	{0},
};

static const struct option unlink_options[] = {
	OPT_REF("task", 't', struct link_args, task, "task", "TASK",
		"the task that they are taken from"),
	{0},
};

static int git_unlink(struct run *r)
{
	const struct link_args *args = r->args;
	struct awm_record *row;
	size_t n;
	const char **shas = run_args(r, 0, &n);
	int err = 0;

	if (!args->task.set)
		return err_set(AWM_USAGE, "'git unlink' wants --task TASK");
	err = awm_git_unlink(r->session, args->task.value, shas, n, r->pool,
			     &row);
	return err ? err : report_change(r, "changed", row);
}

/* ---- log ---- */

static const struct argument task_argument[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "its id"},
	{0},
};

static int git_log(struct run *r)
{
	struct rows rows = {.run = r};
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_git_log(r->session, id, rows_keep, &rows);
	return err ? err : rows_report(&rows);
}

/* ---- branch ---- */

static int git_branch(struct run *r)
{
	struct rows rows = {.run = r};
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_git_branch(r->session, id, rows_keep, &rows);
	return err ? err : report_one(r, rows.items[0]);
}

/* ---- verify ---- */

static const struct argument verify_arguments[] = {
	{.name = "TASK",
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges; all tasks that have commits without any"},
	{0},
};

static int git_verify(struct run *r)
{
	_cleanup_free_ char *folder = NULL;
	struct rows rows = {.run = r};
	struct awm_git_verdict did = {0};
	struct id_list ids = {0};
	int err = r->ntexts ? run_ids(r, 0, &ids) : 0;

	if (!err)
		err = file_cwd(&folder);
	if (!err && (ids.count || !r->ntexts))
		err = awm_git_verify(r->session, folder, ids.ids, ids.count,
				     rows_keep, &rows, &did);
	if (!err)
		err = rows_report(&rows);
	if (!err)
		err = out_flush();
	if (err)
		return err;
	if (did.elsewhere)
		run_say(r, "%s of other repositories left aside",
			noun_count(r, (size_t)did.elsewhere, "link"));
	if (!did.broken) {
		run_say(r, "%s, all of them true",
			noun_count(r, (size_t)did.links, "link"));
		return 0;
	}
	err_set(AWM_INVALID, "%lld of %s %s not hold", (long long)did.broken,
		noun_count(r, (size_t)did.links, "link"),
		did.broken == 1 ? "does" : "do");
	return err_hint("awm git unlink SHA --task TASK takes one away");
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
	{
		.name = "git scan",
		.summary = "link a whole history with the tasks that it names",
		.details =
			"Reads every commit that HEAD reaches, and links those "
			"that name tasks, as 'git link' does. What it has read "
			"is remembered for the repository, so that the next "
			"scan reads only what is new; one that was interrupted "
			"goes on where it stopped. Commits that close a task "
			"complete it once they are on the default branch, also "
			"those that were linked before they came there. It "
			"prints a row for each new link and for each task that "
			"it completed.",
		.options = scan_options,
		.args_size = sizeof(struct scan_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "task,sha,subject,author,timestamp,url,state",
		.run = git_scan,
	},
	{
		.name = "git unlink",
		.summary = "take commits away from a task",
		.details = "The task forgets them; the repository is not "
			   "touched. A later 'git link' or 'git scan --again' "
			   "would link them again where they name the task.",
		.arguments = unlink_arguments,
		.options = unlink_options,
		.args_size = sizeof(struct link_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = git_unlink,
	},
	{
		.name = "git log",
		.summary = "list the commits of a task, the newest first",
		.details = "From what the task keeps of them: it takes no "
			   "repository.",
		.arguments = task_argument,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "sha,subject,author,timestamp,url,message",
		.run = git_log,
	},
	{
		.name = "git branch",
		.summary = "switch to the branch of a task, or make it",
		.details =
			"The branch is the one whose name carries the task "
			"already, such as task/12 or ada/awm-12-login, or else "
			"a new one from HEAD, task/12-short-title. The git "
			"program does it. On it the hook prepare-commit-msg "
			"adds 'AWM-Task: 12' to messages; see 'git hook "
			"install'.",
		.arguments = task_argument,
		.needs = NEED_DB | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "task,branch,state",
		.run = git_branch,
	},
	{
		.name = "git verify",
		.summary = "check that linked commits are what they should be",
		.details =
			"Each commit that is linked with a task must be in "
			"the repository of the current folder, must name the "
			"task, and must be reached by a branch or another "
			"reference. Prints a row for each that is not so, and "
			"then exits with 4. Links whose address tells that "
			"they are of another repository are left aside.",
		.arguments = verify_arguments,
		.needs = NEED_DB,
		.columns = "task,sha,subject,problem",
		.run = git_verify,
	},
	{0},
};
