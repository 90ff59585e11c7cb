/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* Tasks. */

#define INBOX "Inbox"

static const struct argument task_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

static const struct argument one_argument[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{0},
};

/* ---- add ---- */

#define TASK_COLUMNS                                                           \
	OPT_LONG_TEXT("description", "description"),                           \
		OPT_SET("priority", 'P', "priority", "PRIORITY",               \
			"urgent, high, medium or low"),                        \
		OPT_SET("due", 0, "dueDate", "DATE",                           \
			"when it is due: 2026-11-22, tomorrow, +3d"),          \
		OPT_SET("assign", 'a', "assigneeId", "USER",                   \
			"who works on it: id, email or me"),                   \
		OPT_SET("parent", 0, "parentTaskId", "TASK",                   \
			"the task that it is a part of"),                      \
		OPT_SET("status", 's', "status", "STATUS",                     \
			"todo, in_progress, in_review, done or blocked"),      \
		OPT_SET("prompt", 0, "generatedPrompt", "TEXT",                \
			"what the AI is told when it works on this task"),     \
		OPT_SET("execution", 0, "executionType", "TYPE",               \
			"whether AI runs of it wait for those of other "       \
			"tasks (serial) or not (parallel)"),                   \
		OPT_SET("provider", 0, "aiProvider", "PROVIDER",               \
			"openai, anthropic, google or local"),                 \
		OPT_SET("estimated-cost", 0, "estimatedCost", "USD",           \
			"what AI runs of it are expected to cost"),            \
		OPT_SET("mcp-config", 0, "mcpConfig", "JSON",                  \
			"configuration of MCP servers, a JSON object")

struct add_args {
	struct int_arg project;
	const char *estimate;
};

static const struct argument add_arguments[] = {
	{.name = "TITLE",
	 .required = true,
	 .many = true,
	 .help = "what is to be done; several words are joined"},
	{0},
};

static const struct option add_options[] = {
	OPT_REF("project", 'p', struct add_args, project, "project", "PROJECT",
		"where it goes: id or title"),
	TASK_COLUMNS,
	OPT_ARRAY_SET("tag", 't', "tags", "TAG",
		      "label it; repeat for more, or a,b,c"),
	OPT_TEXT("estimate", 0, struct add_args, estimate, "DURATION",
		 "how long it will take: 90 (minutes), 1h30m, 2d"),
	{0},
};

/* Columns hold whole minutes; a part of one is rounded up. */
static int set_estimate(struct run *r, struct set_array *sets, const char *text)
{
	struct awm_value value = AWM_VALUE_NULL;
	int64_t seconds;
	int err;

	if (!text)
		return 0;
	if (strcmp(text, "none") != 0) {
		err = time_parse_duration(text, &seconds);
		if (err)
			return err_context("--estimate");
		value = AWM_VALUE_INT((seconds + 59) / 60);
	}
	return run_set(r, sets, "estimatedMinutes", value);
}

/* The words, with one blank between them. */
static int set_title(struct run *r, struct set_array *sets)
{
	_cleanup_buf_ struct buf title = {0};
	size_t n;
	const char **words = run_args(r, 0, &n);
	int err;

	for (size_t i = 0; i < n; i++)
		buf_addf(&title, "%s%s", i ? " " : "", words[i]);
	err = buf_check(&title);
	return err ? err : run_set(r, sets, "title", awm_value_text(title.s));
}

struct add {
	struct run *run;
	struct set_array sets;
	struct awm_record *row;
	bool inbox;
};

static const struct awm_value *set_of(const struct set_array *sets,
				      const char *field)
{
	for (size_t i = 0; i < sets->count; i++)
		if (strcmp(sets->sets[i].field->name, field) == 0)
			return &sets->sets[i].value;
	return NULL;
}

static int make_inbox(struct run *r, int64_t *ret)
{
	const struct awm_entity *project = awm_entity_find("project");
	struct awm_set set = {awm_entity_field(project, "title"),
			      awm_value_text(INBOX)};
	struct awm_record *row;
	int err = awm_resolve(r->session, project, INBOX, ret);

	if (err != -AWM_NOT_FOUND)
		return err;
	err_clear();
	err = awm_add(r->session, project, &set, 1, r->pool, &row);
	if (!err)
		*ret = awm_record_int(row, "id");
	return err;
}

/* --project, else that of the parent, else the folder's, else the inbox. */
static int choose_project(struct add *add, int64_t *ret)
{
	struct run *r = add->run;
	const struct add_args *args = r->args;
	const struct awm_value *parent = set_of(&add->sets, "parentTaskId");
	struct awm_record *row;
	int err;

	*ret = args->project.value;
	if (*ret)
		return 0;
	if (parent && parent->kind == AWM_INT) {
		err = awm_get(r->session, r->entity, parent->i, r->pool, &row);
		if (!err)
			*ret = awm_record_int(row, "projectId");
		return err;
	}
	err = awm_session_project(r->session, ret);
	if (err || *ret)
		return err;
	add->inbox = true;
	return make_inbox(r, ret);
}

/* One transaction, so that no inbox is left behind by a task that was
 * refused, and no two are made at once. */
static int add_write(struct awm_session *s, void *ctx)
{
	struct add *add = ctx;
	int64_t project;
	int err = choose_project(add, &project);

	if (!err)
		err = run_set(add->run, &add->sets, "projectId",
			      AWM_VALUE_INT(project));
	return err ? err
		   : awm_add(s, add->run->entity, add->sets.sets,
			     add->sets.count, add->run->pool, &add->row);
}

static int task_add(struct run *r)
{
	const struct add_args *args = r->args;
	struct add add = {.run = r};
	int err = noun_sets(r, &add.sets);

	if (!err)
		err = set_title(r, &add.sets);
	if (!err)
		err = set_estimate(r, &add.sets, args->estimate);
	if (!err)
		err = awm_transaction(r->session, add_write, &add);
	if (!err)
		err = report_change(r, "added", add.row);
	if (!err)
		err = out_flush();
	if (!err && add.inbox)
		run_say(r, "added to %s", INBOX);
	return err;
}

/* ---- list, show, history ---- */

static const struct option list_options[] = {
	OPT_FILTER("project", 'p', "projectId", "PROJECT", "of this project"),
	OPT_FILTER("status", 's', "status", "STATUS",
		   "in this state, or in one of several: todo,blocked"),
	OPT_FILTER("priority", 'P', "priority", "PRIORITY",
		   "with this priority, or one of several: urgent,high"),
	OPT_FILTER("assignee", 0, "assigneeId", "USER",
		   "assigned to this user: id, email, me, or none"),
	OPT_FILTER("tag", 't', "tags", "TAG", "with all of these tags: a,b"),
	OPT_FILTER("due", 0, "dueDate", "DATE",
		   "due on DATE, or today, overdue, none, before:DATE, "
		   "after:DATE, A..B"),
	OPT_FILTER("parent", 0, "parentTaskId", "TASK",
		   "parts of this task; with none, parts of no other"),
	OPT_VALUE(OPTION_FILTER, "blocked", 0, "status", "blocked",
		  "blocked ones"),
	OPT_FILTER("blocked-by", 0, "blockedByTaskId", "TASK",
		   "that wait for this task"),
	OPT_COMPARE("title", 0, "title", AWM_OP_CONTAINS, "TEXT",
		    "whose title contains TEXT"),
	OPT_FILTER("execution", 0, "executionType", "TYPE",
		   "serial or parallel ones"),
	OPT_FILTER("provider", 0, "aiProvider", "PROVIDER",
		   "for this AI provider"),
	OPT_FILTER("estimate", 0, "estimatedMinutes", "MINUTES",
		   "estimated to take so long; also A..B"),
	OPT_FILTER("created", 0, "createdAt", "DATE",
		   "made on DATE; also before:, after:, A..B"),
	OPT_FILTER("updated", 0, "updatedAt", "DATE", "last changed then"),
	OPT_FILTER("started", 0, "startedAt", "DATE", "started then"),
	OPT_FILTER("completed", 0, "completedAt", "DATE", "completed then"),
	LIST_OPTIONS,
	LIST_DELETED("all tasks, done ones too"),
	{0},
};

static int task_list(struct run *r)
{
	struct awm_value done = awm_value_text("done");
	bool open = !r->list.all && !r->list.deleted && !run_has(r, "status") &&
		    !run_has(r, "completedAt");
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && open)
		err = run_cond(r, &q, "status", AWM_OP_NE, &done, 1);
	/* Done tasks are what --all adds; deleted ones it adds to --deleted. */
	if (!err)
		q.all = r->list.all && r->list.deleted;
	if (!err)
		q.deleted = r->list.deleted && !r->list.all;
	return err ? err : run_list_query(r, &q);
}

static int task_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_task_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct option history_options[] = {
	LIST_OPTIONS,
	{0},
};

static int task_history(struct run *r)
{
	struct awm_record *task;
	struct awm_value id;
	struct awm_query q;
	int err = run_ref(r, 0, &id.i);

	if (!err)
		err = awm_get(r->session, awm_entity_find("task"), id.i,
			      r->pool, &task);
	if (!r->list.sort)
		r->list.sort = "id";
	if (!err)
		err = run_query(r, &q);
	if (err)
		return err;
	id = AWM_VALUE_INT(awm_record_int(task, "id"));
	err = run_cond(r, &q, "taskId", AWM_OP_EQ, &id, 1);
	return err ? err : run_list_query(r, &q);
}

/* ---- edit ---- */

struct edit_args {
	struct noun_edit edit;
	struct int_arg project;
	const char *estimate;
	struct text_list add_tags, rm_tags;
};

static const struct option edit_options[] = {
	OPT_SET("title", 0, "title", "TITLE", "what is to be done"),
	OPT_REF("project", 'p', struct edit_args, project, "project", "PROJECT",
		"move it to this project, subtasks too"),
	TASK_COLUMNS,
	OPT_TEXT("estimate", 0, struct edit_args, estimate, "DURATION",
		 "how long it will take: 90 (minutes), 1h30m, 2d"),
	OPT_ARRAY_SET("tags", 0, "tags", "TAGS",
		      "have these tags and no others: a,b,c"),
	OPT_COMMAS("add-tag", 0, struct edit_args, add_tags, "TAG",
		   "label it; repeat for more, or a,b,c"),
	OPT_COMMAS("rm-tag", 0, struct edit_args, rm_tags, "TAG",
		   "take this tag away"),
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct edit_args *args = r->args;
	const struct set_array *sets = &args->edit.sets;
	struct awm_edit_opts opts = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
		.add_tags = args->add_tags.items,
		.nadd_tags = args->add_tags.count,
		.rm_tags = args->rm_tags.items,
		.nrm_tags = args->rm_tags.count,
	};
	int err = awm_edit(r->session, r->entity, id, sets->sets, sets->count,
			   &opts, r->pool, ret);

	if (err || !args->project.set)
		return err;
	return awm_task_move(r->session, id, args->project.value, 0, 0, r->pool,
			     ret);
}

static int task_edit(struct run *r)
{
	struct edit_args *args = r->args;
	struct noun_edit *edit = &args->edit;
	int err = noun_edit_read(r, edit, "description");

	if (!err)
		err = set_estimate(r, &edit->sets, args->estimate);
	if (!err && !edit->sets.count && !args->add_tags.count &&
	    !args->rm_tags.count && !args->project.set)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- verbs that need nothing but ids ---- */

static const struct plain_verb {
	const char *command;
	enum awm_task_verb verb;
	const char *did;
} plain_verbs[] = {
	{"task start", AWM_TASK_START, "started"},
	{"task done", AWM_TASK_DONE, "completed"},
	{"task reopen", AWM_TASK_REOPEN, "reopened"},
	{"task review", AWM_TASK_REVIEW, "submitted"},
	{"task unblock", AWM_TASK_UNBLOCK, "unblocked"},
	{"task watch", AWM_TASK_WATCH, "watching"},
	{"task unwatch", AWM_TASK_UNWATCH, "no longer watching"},
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

static int plain_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_task_do(r->session, plain_verb(r)->verb, id, r->pool, ret);
}

static int task_plain(struct run *r)
{
	return run_each(r, 0, plain_verb(r)->did, plain_one);
}

/* ---- block, assign ---- */

struct block_args {
	struct int_arg by;
	const char *reason;
};

static const struct option block_options[] = {
	OPT_REF("by", 0, struct block_args, by, "task", "TASK",
		"the task that it waits for"),
	OPT_TEXT("reason", 0, struct block_args, reason, "TEXT",
		 "why it cannot go on"),
	{0},
};

static int block_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct block_args *args = r->args;

	return awm_task_block(r->session, id, args->by.value, args->reason,
			      r->pool, ret);
}

static int task_block(struct run *r)
{
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
	{.name = "TAG", .required = true, .many = true, .help = "a label"},
	{0},
};

static int tag_with(struct run *r, int64_t id, bool add,
		    struct awm_record **ret)
{
	size_t n;
	const char **tags = run_args(r, 1, &n);

	return awm_task_tag(r->session, id, tags, n, add, r->pool, ret);
}

static int tag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, true, ret);
}

static int untag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, false, ret);
}

static int task_tag(struct run *r)
{
	return run_each(r, 0, "tagged", tag_one);
}

static int task_untag(struct run *r)
{
	return run_each(r, 0, "untagged", untag_one);
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
	return err ? err
		   : awm_task_purge(r->session, id, args->force, r->pool, ret);
}

static int task_purge(struct run *r)
{
	struct purge_args *args = r->args;
	int err = run_ids(r, 0, &args->ids);

	if (!err && args->ids.count)
		err = run_confirm(r, "delete %s for good",
				  noun_count(r, args->ids.count, "task"));
	return err ? err : run_each(r, 0, "purged", purge_one);
}

/* ---- the table ---- */

/* Verbs that take ids and nothing else. */
#define PLAIN(NAME, SUMMARY, DETAILS)                                          \
	.name = NAME, .summary = SUMMARY, .details = DETAILS,                  \
	.arguments = task_arguments, .needs = NEED_WRITE | NEED_DRY_RUN,       \
	.effect = EFFECT_WRITE, .entity = "task", .run = task_plain

extern const struct command cmd_task[];
const struct command cmd_task[] = {
	{
		.name = "task add",
		.aliases = "create new",
		.summary = "add a task",
		.details =
			"Adds a task whose title is made of all the words "
			"given. It goes to the project that --project names, "
			"else to that of its --parent, else to the default "
			"project of the folder (see 'awm project use'), else "
			"to the project 'Inbox', which is made when it is "
			"first needed. The description is given with -d, read "
			"from a file with -F (- for standard input), or "
			"written in an editor with -e.",
		.arguments = add_arguments,
		.options = add_options,
		.args_size = sizeof(struct add_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_add,
	},
	{
		.name = "task list",
		.aliases = "ls",
		.summary = "list tasks",
		.details =
			"Lists the tasks that are not done, of all projects, "
			"by priority and due date. Filters narrow the list, "
			"and all of them must hold. --status says itself "
			"which states are wanted; --all shows done tasks as "
			"well, --deleted only those that were deleted, and "
			"both together everything. With -q it prints ids only, "
			"for other commands to read: awm task list -q --tag "
			"old | awm task done -",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.run = task_list,
	},
	{
		.name = "task show",
		.aliases = "view",
		.summary = "show a task with all that belongs to it",
		.details = "Shows one task with its project, its assignee, its "
			   "comments and time entries with their users, and "
			   "its last 10 AI executions. A deleted task is shown "
			   "too.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.relations = "project:project assignee:user comments:comment* "
			     "timeEntries:time_entry* executions:execution*",
		.run = task_show,
	},
	{
		.name = "task edit",
		.aliases = "update set",
		.summary = "change tasks",
		.details =
			"Changes the columns that are named, of one task or "
			"of several at once; either all are changed or none. "
			"The word none empties a column, an empty text a long "
			"one. With "
			"--if-updated-at a task that somebody else has "
			"changed meanwhile is refused with exit status 5.",
		.arguments = task_arguments,
		.options = edit_options,
		.args_size = sizeof(struct edit_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_edit,
	},
	{PLAIN("task start", "start tasks",
	       "The status becomes in_progress; startedAt is kept from the "
	       "first start. A blocked or a done task is refused with exit "
	       "status 4.")},
	{PLAIN("task done", "complete tasks",
	       "The status becomes done, and tasks that waited for these are "
	       "free to start. A blocked task is refused with exit status 4.")},
	{PLAIN("task reopen", "open tasks again",
	       "The status becomes todo, and completedAt is cleared.")},
	{PLAIN("task review", "hand tasks over for review",
	       "The status becomes in_review.")},
	{
		.name = "task block",
		.summary = "say what tasks wait for",
		.details =
			"The status becomes blocked, by another task or for a "
			"reason, or both. A task that waits for another is "
			"free again when that one is done. Tasks that would "
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
	       "Blocker and reason are cleared, and the task is in progress if "
	       "it had been started, else to do.")},
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
	{PLAIN("task watch", "be told of changes to tasks",
	       "Adds the acting user to those who watch the tasks.")},
	{PLAIN("task unwatch", "be told no more of changes to tasks", NULL)},
	{
		.name = "task tag",
		.summary = "label tasks",
		.details = "Adds the tags that the task does not have yet.",
		.arguments = tag_arguments,
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
	{
		.name = "task history",
		.aliases = "log",
		.summary = "list what happened to a task",
		.details = "Lists the activities of the task, the oldest "
			   "first: who changed what, and when.",
		.arguments = one_argument,
		.options = history_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "activity",
		.run = task_history,
	},
	{0},
};
