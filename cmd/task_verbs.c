/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"
#include "cmd/option.h"
#include "cmd/report.h"
#include "cmd/task_where.h"
#include "cmd/task_work.h"

/* Tasks: what is done to one or several of them. */

static const struct argument task_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

/* ---- verbs that need nothing but ids ---- */

static const struct option where_options[] = {TASK_WHERE, {0}};

static const struct plain_verb {
	const char *command;
	enum awm_task_verb verb;
	const char *did;
} plain_verbs[] = {
	{"task start", AWM_TASK_START, "started"},
	{"task reopen", AWM_TASK_REOPEN, "reopened"},
	{"task review", AWM_TASK_REVIEW, "submitted"},
	{"task unblock", AWM_TASK_UNBLOCK, "unblocked"},
	{"task rm", AWM_TASK_RM, "deleted"},
	{"task restore", AWM_TASK_RESTORE, "restored"},
};

static const struct plain_verb *plain_verb(const struct run *r)
{
	const struct plain_verb *v = plain_verbs;

	while (strcmp(v->command, r->command->name) != 0)
		v++;
	return v;
}

/* Subtasks that go along; before they do. */
static int tell_below(struct run *r, int64_t id, bool deleted)
{
	int64_t n;
	int err = awm_task_below(r->session, &id, 1, deleted, &n);

	return err ? err : noun_with(r, n, "subtask");
}

static int plain_one(struct run *r, int64_t id, struct awm_record **ret)
{
	enum awm_task_verb verb = plain_verb(r)->verb;
	int err = verb == AWM_TASK_RM ? tell_below(r, id, false) : 0;

	return err ? err : awm_task_do(r->session, verb, id, r->pool, ret);
}

static int task_plain(struct run *r)
{
	return run_each(r, 0, plain_verb(r)->did, plain_one);
}

/* ---- watch ---- */

struct watch_args {
	struct int_arg user;
};

static const struct option watch_options[] = {
	OPT_REF("user", 'u', struct watch_args, user, "user", "USER",
		"whom; you unless told otherwise"),
	TASK_WHERE,
	{0},
};

static int watch_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct watch_args *args = r->args;

	return awm_task_watch(r->session, id, args->user.value,
			      !strcmp(r->command->name, "task watch"), r->pool,
			      ret);
}

static int task_watch(struct run *r)
{
	return run_each(r, 0,
			strcmp(r->command->name, "task watch")
				? "no longer watching"
				: "watching",
			watch_one);
}

/* ---- done ---- */

struct done_args {
	bool recursive;
	bool require_commit;
	const char *token;
};

/* --token names it as well. */
static const struct argument done_arguments[] = {
	{.name = "TASK",
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

static const struct option done_options[] = {
	OPT_TEXT("token", 0, struct done_args, token, "TOKEN",
		 "only while this claim lives, as 'task claim' printed it"),
	OPT_FLAG("recursive", 'r', struct done_args, recursive,
		 "their open subtasks too"),
	OPT_FLAG("require-commit", 0, struct done_args, require_commit,
		 "only when commits are linked with each of them"),
	TASK_WHERE,
	{0},
};

struct done {
	struct run *run;
	struct id_list ids;
	struct awm_record **rows;
};

/* The one task of the claim; a second agent may have it by now. */
static int done_held(struct run *r, const char *token, struct id_list *ids)
{
	struct awm_claim_ref ref = {.token = token};
	int64_t *id = arena_alloc(&r->arena, sizeof(*id));

	if (!id)
		return -AWM_NOMEM;
	if (r->where.count || ids->count > 1)
		return err_set(AWM_USAGE, "--token is that of one task");
	ref.task = ids->count ? ids->ids[0] : 0;
	*ids = (struct id_list){.ids = id, .count = 1};
	return awm_task_held(r->session, &ref, id);
}

static int done_ids(struct run *r, struct id_list *ids)
{
	const struct done_args *args = r->args;
	size_t n;
	int err = run_ids(r, 0, ids);

	if (err || args->token)
		return err ? err : done_held(r, args->token, ids);
	run_args(r, 0, &n);
	if (n || r->where.count)
		return 0;
	err_set(AWM_USAGE, "'task done' wants TASK, or --token");
	return err_hint("awm help task done");
}

static int done_write(struct awm_session *s, void *ctx)
{
	struct done *d = ctx;
	struct run *r = d->run;
	const struct done_args *args = r->args;
	int err = done_ids(r, &d->ids);

	if (!err && args->require_commit)
		err = awm_git_require(s, d->ids.ids, d->ids.count);
	if (err)
		return err;
	d->rows = arena_array(&r->arena, d->ids.count + 1, sizeof(*d->rows));
	if (!d->rows)
		return -AWM_NOMEM;
	return awm_task_done(s, d->ids.ids, d->ids.count, args->recursive,
			     r->pool, d->rows);
}

/* Under the lock only what is looked up in the database: standard input may
 * take its time. */
static int task_done(struct run *r)
{
	struct done d = {.run = r};
	const struct done_args *args = r->args;
	int err = r->where.count || args->token
			  ? awm_transaction(r->session, done_write, &d)
			  : done_write(r->session, &d);

	return err ? err
		   : report_changes(r, "completed", d.rows, NULL, d.ids.count,
				    d.ids.many);
}

/* ---- block, assign ---- */

struct block_args {
	struct text_list by;
	const char *reason;
	struct id_list blockers;
};

static const struct option block_options[] = {
	OPT_COMMAS("by", 0, struct block_args, by, "TASK",
		   "the task that it waits for; repeat for more, or a,b,c"),
	OPT_TEXT("reason", 0, struct block_args, reason, "TEXT",
		 "why it cannot go on"),
	TASK_WHERE,
	{0},
};

static int block_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct block_args *args = r->args;
	const struct id_list *by = &args->blockers;
	int err = awm_task_block(r->session, id, by->count ? by->ids[0] : 0,
				 args->reason, r->pool, ret);

	for (size_t i = 1; i < by->count && !err; i++)
		err = awm_task_block(r->session, id, by->ids[i], NULL, r->pool,
				     ret);
	return err;
}

static int task_block(struct run *r)
{
	struct block_args *args = r->args;
	int err = task_ids(r, &args->by, &args->blockers);

	if (err)
		return err_context("--by");
	return run_each(r, 0, "blocked", block_one);
}

static const struct argument assign_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{.name = "USER",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "user",
	 .help = "id, email or me"},
	{0},
};

struct assign_args {
	int64_t user;
};

static int assign_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct assign_args *args = r->args;

	return awm_task_assign(r->session, id, args->user, r->pool, ret);
}

static int task_assign(struct run *r)
{
	struct assign_args *args = r->args;
	const char *user = run_arg(r, 1);
	int err =
		user && !strcmp(user, "none") ? 0 : run_ref(r, 1, &args->user);

	return err ? err : run_each(r, 0, "assigned", assign_one);
}

static int task_unassign(struct run *r)
{
	return run_each(r, 0, "unassigned", assign_one);
}

/* ---- tags ---- */

static const struct argument tag_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "an id, a range, or - for standard input"},
	{.name = "TAG",
	 .required = true,
	 .many = true,
	 .help = "a label; several, or a,b,c"},
	{0},
};

struct tag_args {
	struct text_list tags;
};

static int tag_with(struct run *r, int64_t id, bool add,
		    struct awm_record **ret)
{
	const struct tag_args *args = r->args;

	return awm_task_tag(r->session, id, args->tags.items, args->tags.count,
			    add, r->pool, ret);
}

static int tag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, true, ret);
}

static int untag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, false, ret);
}

/* As --tag takes them. */
static int read_tags(struct run *r)
{
	struct tag_args *args = r->args;
	size_t n;
	const char **texts = run_args(r, 1, &n);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = text_push_commas(&r->arena, &args->tags, texts[i]);
	if (!err && !args->tags.count)
		err = err_set(AWM_USAGE, "'%s' wants TAG", r->command->name);
	return err;
}

static int task_tag(struct run *r)
{
	int err = read_tags(r);

	return err ? err : run_each(r, 0, "tagged", tag_one);
}

static int task_untag(struct run *r)
{
	int err = read_tags(r);

	return err ? err : run_each(r, 0, "untagged", untag_one);
}

/* ---- move ---- */

struct move_args {
	struct int_arg project, before, after;
	struct id_list ids;
	int64_t last; /* moved before this one */
};

static const struct option move_options[] = {
	OPT_REF("project", 'p', struct move_args, project, "project", "PROJECT",
		"to this project"),
	OPT_REF("before", 0, struct move_args, before, "task", "TASK",
		"right before this task of the same project"),
	OPT_REF("after", 0, struct move_args, after, "task", "TASK",
		"right after this task"),
	{0},
};

/* Several keep their order: each goes after the one before it. */
static int move_one(struct run *r, int64_t id, struct awm_record **ret)
{
	struct move_args *args = r->args;
	int64_t after = args->after.value;

	if (after && id != args->ids.ids[0])
		after = args->last;
	args->last = id;
	return awm_task_move(r->session, id, args->project.value,
			     args->before.value, after, r->pool, ret);
}

static int task_move(struct run *r)
{
	struct move_args *args = r->args;
	int err = run_ids(r, 0, &args->ids);

	return err ? err : run_each(r, 0, "moved", move_one);
}

/* ---- purge ---- */

struct purge_args {
	bool force;
	struct id_list ids;
};

static const struct option purge_options[] = {
	OPT_FLAG("force", 'f', struct purge_args, force,
		 "also what was not deleted before"),
	{0},
};

/* A task may be gone already as part of another that was named too: what must
 * be there is looked at before the first one goes. */
static int purge_check(struct run *r, const struct id_list *ids)
{
	struct awm_record *row;
	int err = 0;

	for (size_t i = 0; i < ids->count && !err; i++)
		err = awm_get(r->session, r->entity, ids->ids[i], r->pool,
			      &row);
	return err;
}

static int purge_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct purge_args *args = r->args;
	int err = 0;

	if (id == args->ids.ids[0])
		err = purge_check(r, &args->ids);
	if (!err)
		err = awm_get(r->session, r->entity, id, r->pool, ret);
	if (err == -AWM_NOT_FOUND && id != args->ids.ids[0]) {
		err_clear();
		*ret = NULL;
		return 0;
	}
	if (!err)
		err = tell_below(r, id, true);
	return err ? err
		   : awm_task_purge(r->session, id, args->force, r->pool, ret);
}

static int purge_confirm(struct run *r, const struct id_list *ids)
{
	struct awm_record *row;
	const char *with;
	int64_t below = 0;
	int err =
		awm_task_below(r->session, ids->ids, ids->count, true, &below);

	if (!err)
		err = awm_get(r->session, r->entity, ids->ids[0], r->pool,
			      &row);
	if (err)
		return err;
	with = noun_count(r, (size_t)below, "subtask");
	if (ids->count > 1)
		return run_confirm(r, "delete %s with %s for good",
				   noun_count(r, ids->count, "task"), with);
	return run_confirm(r, "delete task '%s' with %s for good",
			   awm_record_text(row, "title"), with);
}

static int task_purge(struct run *r)
{
	struct purge_args *args = r->args;
	int err = run_ids(r, 0, &args->ids);

	if (!err && args->ids.count)
		err = purge_confirm(r, &args->ids);
	return err ? err : run_each(r, 0, "purged", purge_one);
}

/* ---- the table ---- */

/* Verbs that take ids and nothing else. */
#define PLAIN(NAME, SUMMARY, DETAILS)                                          \
	.name = NAME, .summary = SUMMARY, .details = DETAILS,                  \
	.arguments = task_arguments, .options = where_options,                 \
	.needs = NEED_WRITE | NEED_DRY_RUN, .effect = EFFECT_WRITE,            \
	.entity = "task", .run = task_plain

#define WATCH                                                                  \
	.arguments = task_arguments, .options = watch_options,                 \
	.args_size = sizeof(struct watch_args),                                \
	.needs = NEED_WRITE | NEED_DRY_RUN, .effect = EFFECT_WRITE,            \
	.entity = "task", .run = task_watch

extern const struct command cmd_task_verbs[];
const struct command cmd_task_verbs[] = {
	{PLAIN("task start", "start tasks",
	       "The status becomes in_progress; startedAt is kept from the "
	       "first start. A blocked or a done task is refused with exit "
	       "status 4.")},
	{
		.name = "task done",
		.summary = "complete tasks",
		.details =
			"The status becomes done, and tasks that waited for "
			"these are free to start. Of several, parts come "
			"before wholes, and tasks before those that wait for "
			"them. A blocked task is refused with exit status 4, "
			"and so is one with open subtasks, unless those are "
			"named too, or --recursive completes them. With "
			"--token the claim's task is meant, and exit status "
			"5 says that the claim has ended or its lease has run "
			"out: somebody else may have the task by now.",
		.arguments = done_arguments,
		.options = done_options,
		.args_size = sizeof(struct done_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_done,
	},
	{PLAIN("task reopen", "open tasks again",
	       "The status becomes todo, and completedAt is cleared; of a task "
	       "that still waits for another one the status is blocked.")},
	{PLAIN("task review", "hand tasks over for review",
	       "The status becomes in_review.")},
	{
		.name = "task block",
		.summary = "say what tasks wait for",
		.details =
			"The status becomes blocked, by other tasks or for a "
			"reason, or both. A task that waits for others is "
			"free again when they are done; one that is blocked "
			"for a reason when it is unblocked. Tasks that would "
			"wait for each other are refused with exit status 4.",
		.arguments = task_arguments,
		.options = block_options,
		.args_size = sizeof(struct block_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_block,
	},
	{PLAIN("task unblock", "say that tasks can go on",
	       "The reason is cleared, and so are the dependencies on tasks "
	       "that "
	       "are still open. The task is in progress if it had been "
	       "started, "
	       "else to do.")},
	{
		.name = "task assign",
		.summary = "give tasks to a user",
		.arguments = assign_arguments,
		.args_size = sizeof(struct assign_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_assign,
	},
	{
		.name = "task unassign",
		.summary = "take tasks from whoever has them",
		.arguments = task_arguments,
		.args_size = sizeof(struct assign_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_unassign,
	},
	{
		.name = "task watch",
		.summary = "be told of changes to tasks",
		.details = "Adds the acting user, or with --user another one, "
			   "to those who watch the tasks.",
		WATCH,
	},
	{
		.name = "task unwatch",
		.summary = "be told no more of changes to tasks",
		.details = "Takes the acting user, or with --user another one, "
			   "out of those who watch the tasks.",
		WATCH,
	},
	{
		.name = "task tag",
		.summary = "label tasks",
		.details = "Adds the tags that the task does not have yet.",
		.arguments = tag_arguments,
		.args_size = sizeof(struct tag_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_tag,
	},
	{
		.name = "task untag",
		.summary = "take labels off tasks",
		.details = "A tag that the task does not have is no error.",
		.arguments = tag_arguments,
		.args_size = sizeof(struct tag_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_untag,
	},
	{
		.name = "task move",
		.aliases = "mv",
		.summary = "move tasks to another project or another place",
		.details =
			"Moves tasks, with their subtasks, to another project, "
			"or to a place in the order of their project. Several "
			"tasks keep the order in which they are given.",
		.arguments = task_arguments,
		.options = move_options,
		.args_size = sizeof(struct move_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_move,
	},
	{PLAIN("task rm", "delete tasks, so that they can be restored",
	       "The tasks and their subtasks leave every listing but those "
	       "with --deleted or --all, and can be taken back with 'awm task "
	       "restore'."),
	 .aliases = "delete"},
	{PLAIN("task restore", "take deleted tasks back",
	       "Subtasks that were deleted together with a task come back with "
	       "it. A subtask alone is refused while its parent is deleted.")},
	{
		.name = "task purge",
		.summary = "delete tasks for good",
		.details =
			"Deletes tasks that were deleted before, or any with "
			"--force, and all that belongs to them: subtasks, "
			"comments, time entries, executions. This cannot be "
			"undone, and takes an admin. It asks first; without a "
			"terminal it wants --yes.",
		.arguments = task_arguments,
		.options = purge_options,
		.args_size = sizeof(struct purge_args),
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "task",
		.run = task_purge,
	},
	{0},
};
