/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "cmd/noun.h"
#include "cmd/out.h"
#include "cmd/task_bulk.h"
#include "cmd/task_where.h"
#include "cmd/task_work.h"
#include "cmd/thread.h"

/* Tasks: making, finding, changing them. What is done to them is in
 * task_verbs.c. */

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
	const char *from; /* --from */
	const char *key;  /* --idempotency-key */
	struct work_args work;
};

static const struct argument add_arguments[] = {
	{.name = "TITLE",
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
	WORK_OPTIONS(struct add_args, work),
	OPT_FILE("from", 0, struct add_args, from, "FILE",
		 "add the tasks that the JSON lines of FILE describe, or of "
		 "standard input for -"),
	OPT_TEXT("idempotency-key", 0, struct add_args, key, "KEY",
		 "add no second task under this key: show the first one"),
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
	bool inbox, found;
	struct work_edit work;
};

static const struct awm_value *set_of(const struct set_array *sets,
				      const char *field)
{
	for (size_t i = 0; i < sets->count; i++)
		if (strcmp(sets->sets[i].field->name, field) == 0)
			return &sets->sets[i].value;
	return NULL;
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
	return awm_inbox(r->session, ret);
}

/* One transaction, so that no inbox is left behind by a task that was
 * refused, and no two are made at once. */
static int add_write(struct awm_session *s, void *ctx)
{
	struct add *add = ctx;
	struct run *r = add->run;
	const char *key = ((const struct add_args *)r->args)->key;
	int64_t project, known;
	bool made = true;
	int err = key ? awm_task_of_key(s, key, &known) : -AWM_NOT_FOUND;

	add->found = !err;
	if (add->found)
		return awm_get(s, r->entity, known, r->pool, &add->row);
	if (err != -AWM_NOT_FOUND)
		return err;
	err_clear();
	err = choose_project(add, &project);
	if (!err)
		err = run_set(r, &add->sets, "projectId",
			      AWM_VALUE_INT(project));
	if (!err && key)
		err = awm_task_add_once(s, key, add->sets.sets, add->sets.count,
					r->pool, &add->row, &made);
	else if (!err)
		err = awm_add(s, r->entity, add->sets.sets, add->sets.count,
			      r->pool, &add->row);
	return err ? err
		   : work_apply(r, &add->work, awm_record_int(add->row, "id"),
				&add->row);
}

static int add_many(struct run *r, const struct add *add)
{
	const struct add_args *args = r->args;

	if (args->key) {
		err_set(AWM_USAGE, "--from and --idempotency-key exclude each "
				   "other");
		return err_hint("give a line its own: "
				"{\"title\":\"…\",\"key\":\"…\"}");
	}
	if (run_arg(r, 0))
		return err_set(AWM_USAGE,
			       "--from and a title exclude each other");
	if (work_given(&add->work))
		return err_set(AWM_USAGE, "--from excludes --blocked-by and "
					  "--defer: give them in the lines");
	return task_add_from(r, args->from, args->project.value, &add->sets);
}

/* One task has a title; those of a file bring theirs. */
static int add_check(struct run *r)
{
	const struct add_args *args = r->args;

	if (args->from || r->ntexts)
		return 0;
	err_set(AWM_USAGE, "'task add' wants TITLE");
	return err_hint("awm help task add");
}

static int task_add(struct run *r)
{
	const struct add_args *args = r->args;
	struct add add = {.run = r};
	int err = noun_sets(r, &add.sets);

	if (!err)
		err = set_estimate(r, &add.sets, args->estimate);
	if (!err)
		err = work_read(r, &args->work, &add.work);
	if (!err && args->from)
		return add_many(r, &add);
	if (!err)
		work_take_status(&add.work, &add.sets);
	if (!err)
		err = set_title(r, &add.sets);
	if (!err)
		err = awm_transaction(r->session, add_write, &add);
	if (!err)
		err = report_change(r, add.found ? "found" : "added", add.row);
	if (!err)
		err = out_flush();
	if (!err && add.inbox)
		run_say(r, "added to %s", INBOX);
	return err;
}

/* ---- list, show, history ---- */

struct list_args {
	bool ready, explain;
};

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
	OPT_COMPARE("blocked-by", 0, "blockedByTaskId", AWM_OP_WAITS, "TASK",
		    "that wait for this task"),
	OPT_FLAG("ready", 0, struct list_args, ready,
		 "that can be taken up, the most urgent first: see 'awm task "
		 "ready'"),
	OPT_FLAG("explain", 0, struct list_args, explain,
		 "say why a task is not ready"),
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
	const struct list_args *args = r->args;
	struct awm_value done = awm_value_text("done");
	bool open = !r->list.all && !r->list.deleted && !run_has(r, "status") &&
		    !run_has(r, "completedAt");
	struct awm_query q;
	int err;

	if (args->ready || args->explain)
		r->also = !args->explain ? "urgency"
			  : args->ready	 ? "urgency,reason"
					 : "reason";
	err = run_query(r, &q);
	if (!err)
		err = work_query(r, &q, args->ready, args->explain);
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
	if (!err)
		err = thread_places(r, row);
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
	return err ? err : task_history_list(r, &q);
}

/* ---- edit ---- */

struct edit_args {
	struct noun_edit edit;
	struct int_arg project;
	const char *estimate;
	struct text_list add_tags, rm_tags;
	struct work_args work;
	struct work_edit work_edit;
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
	WORK_OPTIONS(struct edit_args, work),
	TASK_WHERE,
	OPT_IF_UPDATED_AT,
	{0},
};

/* A new parent in another project: once the task is there, too. NULL when the
 * parent can be set with the rest. */
static const struct awm_set *late_parent(const struct edit_args *args)
{
	const struct set_array *sets = &args->edit.sets;

	for (size_t i = 0; args->project.set && i < sets->count; i++)
		if (strcmp(sets->sets[i].field->name, "parentTaskId") == 0 &&
		    sets->sets[i].value.kind == AWM_INT)
			return &sets->sets[i];
	return NULL;
}

static int move_one(struct run *r, int64_t id, const struct awm_set *parent,
		    struct awm_record **ret)
{
	const struct edit_args *args = r->args;
	int err = awm_task_move(r->session, id, args->project.value, 0, 0,
				r->pool, ret);

	if (err || !parent)
		return err;
	return awm_edit(r->session, r->entity, id, parent, 1, NULL, r->pool,
			ret);
}

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct edit_args *args = r->args;
	const struct set_array *sets = &args->edit.sets;
	const struct awm_set *parent = late_parent(args);
	struct set_array first = {0};
	struct awm_edit_opts opts = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
		.add_tags = args->add_tags.items,
		.nadd_tags = args->add_tags.count,
		.rm_tags = args->rm_tags.items,
		.nrm_tags = args->rm_tags.count,
	};
	int err = 0;

	for (size_t i = 0; i < sets->count && !err; i++)
		if (&sets->sets[i] != parent)
			err = run_set(r, &first, sets->sets[i].field->name,
				      sets->sets[i].value);
	if (!err)
		err = awm_edit(r->session, r->entity, id, first.sets,
			       first.count, &opts, r->pool, ret);
	if (!err && args->project.set)
		err = move_one(r, id, parent, ret);
	return err ? err : work_apply(r, &args->work_edit, id, ret);
}

static int task_edit(struct run *r)
{
	struct edit_args *args = r->args;
	struct noun_edit *edit = &args->edit;
	int err = noun_edit_read(r, edit, "description");

	if (!err)
		err = set_estimate(r, &edit->sets, args->estimate);
	if (!err)
		err = work_read(r, &args->work, &args->work_edit);
	if (!err)
		work_take_status(&args->work_edit, &edit->sets);
	if (!err && !edit->sets.count && !args->add_tags.count &&
	    !args->rm_tags.count && !args->project.set &&
	    !work_given(&args->work_edit))
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- the table ---- */

extern const struct command cmd_task[];
const struct command cmd_task[] = {
	{
		.name = "task add",
		.aliases = "create new",
		.summary = "add a task, or many",
		.details =
			"Adds a task whose title is made of all the words "
			"given. It goes to the project that --project names, "
			"else to that of its --parent, else to the default "
			"project of the folder (see 'awm project use'), else "
			"to the project 'Inbox', which is made when it is "
			"first needed. The description is given with -d, read "
			"from a file with -F (- for standard input), or "
			"written in an editor with -e. "
			"--idempotency-key makes a command safe to repeat: a "
			"task that was added under this key before is shown "
			"instead of a second one, also when many ask at once. "
			"--from adds one task for each line of a file, a JSON "
			"object like {\"title\": \"Ship\", \"project\": "
			"\"Web\", \"due\": \"tomorrow\", \"tags\": "
			"[\"a\"]}. Its keys are the columns of tasks, and "
			"project (id or title), parent (id, or key of an "
			"earlier line), assignee (id, email or me), due, "
			"estimate, prompt, blockedBy (ids or keys), "
			"deferUntil, and key (as --idempotency-key). Options "
			"say what a line "
			"leaves open. Either all lines are added or none: a "
			"bad one is named by its number.",
		.arguments = add_arguments,
		.options = add_options,
		.args_size = sizeof(struct add_args),
		.check = add_check,
		.needs = NEED_WRITE | NEED_DRY_RUN,
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
		.args_size = sizeof(struct list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.computed = "urgency,reason",
		.run = task_list,
	},
	{
		.name = "task show",
		.aliases = "view",
		.summary = "show a task with all that belongs to it",
		.details = "Shows one task with its project, its assignee, its "
			   "comments and time entries with their users, its "
			   "last 10 AI executions, the tasks that it waits "
			   "for, that wait for it and that are part of it, and "
			   "who has claimed it. A deleted task is shown too.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.relations = "project:project assignee:user comments:comment* "
			     "timeEntries:time_entry* executions:execution* "
			     "blockers:task* blocking:task* subtasks:task*",
		.computed = "deferUntil,claimedBy,leaseUntil",
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
			"changed meanwhile is refused with exit status 5. "
			"--where changes the tasks that 'awm task list' finds "
			"with the same filters, as they stand at that moment: "
			"open ones, unless a status is among them. --dry-run "
			"shows what would be changed, and 'awm undo' takes "
			"all of it back.",
		.arguments = task_arguments,
		.options = edit_options,
		.args_size = sizeof(struct edit_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = task_edit,
	},
	{
		.name = "task history",
		.aliases = "log",
		.summary = "list what happened to a task",
		.details = "Lists the activities of the task, the oldest "
			   "first: when, who, and what in words, such as "
			   "'status: todo → done'. Other formats, and "
			   "--fields, show the activities as they are "
			   "recorded.",
		.arguments = one_argument,
		.options = history_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "activity",
		.columns = "createdAt,userId,what",
		.run = task_history,
	},
	{0},
};
