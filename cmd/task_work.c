/* SPDX-License-Identifier: MIT */
#include "cmd/task_work.h"

#include <stdio.h>
#include <string.h>

#include "cmd/noun.h"
#include "cmd/option.h"
#include "cmd/report.h"
#include "cmd/tree.h"

/* Tasks: what can be taken up next, and what stands in its way. */

static const struct argument one_task[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{0},
};

int task_ids(struct run *r, const struct text_list *texts, struct id_list *ret)
{
	int err = 0;

	*ret = (struct id_list){0};
	ret->ids = arena_array(&r->arena, texts->count + 1, sizeof(*ret->ids));
	if (!ret->ids)
		return -AWM_NOMEM;
	for (size_t i = 0; i < texts->count && !err; i++)
		err = run_resolve(r, awm_entity_find("task"), texts->items[i],
				  &ret->ids[ret->count++]);
	return err;
}

/* ---- --blocked-by and --defer ---- */

int work_read(struct run *r, const struct work_args *args,
	      struct work_edit *ret)
{
	const struct text_list *by = &args->blocked_by;
	int err = 0;

	*ret = (struct work_edit){.defer = args->defer};
	ret->clear = by->count == 1 && strcmp(by->items[0], "none") == 0;
	if (!ret->clear)
		err = task_ids(r, by, &ret->blockers);
	if (err)
		return err_context("--blocked-by");
	if (!args->defer || strcmp(args->defer, "none") == 0 || !*args->defer)
		return 0;
	err = awm_time_parse(r->session, args->defer, &ret->until);
	return err ? err_context("--defer") : 0;
}

void work_take_status(struct work_edit *edit, struct set_array *sets)
{
	for (size_t i = 0; edit->blockers.count && i < sets->count; i++) {
		const struct awm_set *set = &sets->sets[i];
		if (strcmp(set->field->name, "status") != 0 ||
		    set->value.kind != AWM_TEXT ||
		    strcmp(set->value.s, "blocked") != 0)
			continue;
		edit->blocked = true;
		sets->count--;
		memmove(sets->sets + i, sets->sets + i + 1,
			(sets->count - i) * sizeof(*sets->sets));
	}
}

/* What is done blocks nothing. */
static int check_blocked(const struct work_edit *edit,
			 const struct awm_record *row)
{
	if (!edit->blocked ||
	    strcmp(awm_record_text(row, "status"), "blocked") == 0)
		return 0;
	err_set(AWM_INVALID,
		"task %lld would not be blocked: all that it "
		"waits for is done",
		(long long)awm_record_int(row, "id"));
	return err_hint("awm task block TASK --reason TEXT");
}

bool work_given(const struct work_edit *edit)
{
	return edit->blockers.count || edit->clear || edit->defer;
}

/* The row, and behind its columns one more. */
static struct awm_record *with_column(struct run *r,
				      const struct awm_record *row,
				      const struct awm_field *f,
				      struct awm_value v)
{
	struct arena *a = &r->arena;
	struct awm_record *copy = arena_alloc(a, sizeof(*copy));
	const struct awm_field **fields =
		arena_array(a, row->count + 1, sizeof(*fields));
	struct awm_value *values =
		arena_array(a, row->count + 1, sizeof(*values));

	if (!copy || !fields || !values)
		return NULL;
	memcpy(fields, row->fields, row->count * sizeof(*fields));
	memcpy(values, row->values, row->count * sizeof(*values));
	fields[row->count] = f;
	values[row->count] = v;
	*copy = *row;
	copy->fields = fields;
	copy->values = values;
	copy->count = row->count + 1;
	return copy;
}

int work_apply(struct run *r, const struct work_edit *edit, int64_t id,
	       struct awm_record **row)
{
	static const struct awm_field field = {.name = "deferUntil",
					       .label = "Deferred until",
					       .type = AWM_TYPE_TIME};
	int err = 0;

	if (edit->clear)
		err = awm_task_dep_rm(r->session, id, NULL, 0, r->pool, row);
	if (!err && edit->blockers.count)
		err = awm_task_dep_add(r->session, id, edit->blockers.ids,
				       edit->blockers.count, r->pool, row);
	if (!err)
		err = check_blocked(edit, *row);
	if (!err && edit->defer)
		err = awm_task_defer(r->session, id, edit->until, r->pool, row);
	if (err || !edit->defer)
		return err;
	*row = with_column(r, *row, &field,
			   edit->until ? AWM_VALUE_INT(edit->until)
				       : AWM_VALUE_NULL);
	return *row ? 0 : -AWM_NOMEM;
}

/* ---- ready, next ---- */

static int asks_for(struct run *r, const char *column, bool *ret)
{
	struct text_list columns;
	int err = r->globals.fields ? report_columns(r, &columns) : 0;

	*ret = false;
	for (size_t i = 0; !err && r->globals.fields && i < columns.count; i++)
		*ret |= strcmp(columns.items[i], column) == 0;
	return err;
}

int work_query(struct run *r, struct awm_query *q, bool ready, bool explain)
{
	bool urgency = false, reason = false;
	int err = asks_for(r, "urgency", &urgency);

	if (!err)
		err = asks_for(r, "reason", &reason);
	if (ready)
		q->ready |= AWM_READY | AWM_URGENCY;
	if (urgency)
		q->ready |= AWM_URGENCY;
	if (explain || reason)
		q->ready |= AWM_REASON;
	return err;
}

struct ready_args {
	bool explain;
};

#define READY_OPTIONS                                                          \
	OPT_FILTER("project", 'p', "projectId", "PROJECT", "of this project"), \
		OPT_FILTER("priority", 'P', "priority", "PRIORITY",            \
			   "with this priority, or one of several: "           \
			   "urgent,high"),                                     \
		OPT_FILTER("assignee", 0, "assigneeId", "USER",                \
			   "assigned to this user: id, email, me, or none"),   \
		OPT_FILTER("tag", 't', "tags", "TAG",                          \
			   "with all of these tags: a,b"),                     \
		OPT_FILTER("due", 0, "dueDate", "DATE",                        \
			   "due on DATE, or today, overdue, none, "            \
			   "before:DATE, after:DATE, A..B"),                   \
		OPT_FILTER("parent", 0, "parentTaskId", "TASK",                \
			   "parts of this task; with none, parts of no "       \
			   "other"),                                           \
		OPT_FLAG("explain", 0, struct ready_args, explain,             \
			 "show all open tasks, and why one is not ready")

static const struct option ready_options[] = {
	READY_OPTIONS,
	LIST_OPTIONS,
	{0},
};

/* All open tasks with --explain, otherwise those that are ready. */
static int ready_query(struct run *r, struct awm_query *q)
{
	const struct ready_args *args = r->args;
	struct awm_value done = awm_value_text("done");
	int err;

	if (args->explain)
		r->also = "reason";
	err = run_query(r, q);
	if (!err)
		err = work_query(r, q, !args->explain, args->explain);
	q->ready |= AWM_URGENCY;
	if (!err && args->explain)
		err = run_cond(r, q, "status", AWM_OP_NE, &done, 1);
	return err;
}

static int task_ready(struct run *r)
{
	struct awm_query q;
	int err = ready_query(r, &q);

	return err ? err : run_list_query(r, &q);
}

static int nothing_ready(void)
{
	err_set(AWM_NOT_FOUND, "no task is ready");
	return err_hint("awm task ready --explain tells why");
}

/* The first one is a thing; a number of them is a listing. */
static int task_next(struct run *r)
{
	const struct ready_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_query q;
	int err = ready_query(r, &q);

	if (err || args->explain || r->list.limit.set)
		return err ? err : run_list_query(r, &q);
	q.limit = 1;
	if (!r->globals.quiet && !r->globals.fields)
		q.nfields = 0;
	err = awm_list(r->session, &q, rows_keep, &rows);
	if (err)
		return err;
	return rows.count ? report_one(r, rows.items[0]) : nothing_ready();
}

/* ---- dependencies ---- */

static const struct argument dep_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "the task that waits"},
	{.name = "BLOCKER",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "what it waits for: ids or ranges"},
	{0},
};

typedef int dep_fn(struct awm_session *s, int64_t id, const int64_t *blockers,
		   size_t n, struct awm_pool *pool, struct awm_record **ret);

static int change_deps(struct run *r, dep_fn *fn, const char *did)
{
	_cleanup_buf_ struct buf list = {0};
	struct awm_record *row;
	struct id_list ids;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = run_ids(r, 1, &ids);
	if (!err && !ids.count)
		err = err_set(AWM_USAGE, "no blockers are named");
	if (!err)
		err = fn(r->session, id, ids.ids, ids.count, r->pool, &row);
	if (err)
		return err;
	for (size_t i = 0; i < ids.count; i++)
		buf_addf(&list, "%s%lld", i ? ", " : "", (long long)ids.ids[i]);
	if (buf_check(&list))
		return -AWM_NOMEM;
	return noun_tell(r, row, "%stask %lld '%s' %s %s",
			 r->globals.dry_run ? "dry run: " : "", (long long)id,
			 awm_record_text(row, "title"), did, buf_str(&list));
}

static int dep_add(struct run *r)
{
	return change_deps(r, awm_task_dep_add, "waits for");
}

static int dep_rm(struct run *r)
{
	return change_deps(r, awm_task_dep_rm, "no longer waits for");
}

struct dep_tree_args {
	bool reverse;
};

static const struct option dep_tree_options[] = {
	OPT_FLAG("reverse", 'r', struct dep_tree_args, reverse,
		 "what waits for it, instead of what it waits for"),
	{0},
};

static int dep_tree(struct run *r)
{
	const struct dep_tree_args *args = r->args;
	struct tree t = {.run = r, .one = true};
	int64_t id;
	int err = run_ref(r, 0, &id);

	t.name = args->reverse ? "blocking" : "blockers";
	if (!err)
		err = awm_task_tree(r->session,
				    args->reverse ? AWM_TREE_WAITING
						  : AWM_TREE_BLOCKERS,
				    id, tree_row, &t);
	return err ? err : tree_report(&t);
}

/* ---- subtasks ---- */

static const struct argument tree_arguments[] = {
	{.name = "TASK",
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id; without one the open tasks of a project, or of all"},
	{0},
};

struct tree_args {
	struct int_arg project;
};

static const struct option tree_options[] = {
	OPT_REF("project", 'p', struct tree_args, project, "project", "PROJECT",
		"of this project"),
	{.name = "all",
	 .letter = 'a',
	 .type = OPTION_FLAG,
	 .in_run = true,
	 .offset = OPT_AT(struct run, list.all, bool),
	 .help = "done tasks too, where no TASK is named"},
	{0},
};

static int task_tree(struct run *r)
{
	const struct tree_args *args = r->args;
	struct tree t = {.run = r, .name = "subtasks"};
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err && id && args->project.set)
		err = err_set(AWM_USAGE, "--project and a task exclude each "
					 "other");
	t.one = id;
	if (!err && id)
		err = awm_task_tree(r->session, AWM_TREE_PARTS, id, tree_row,
				    &t);
	else if (!err)
		err = awm_task_forest(r->session, args->project.value,
				      r->list.all, tree_row, &t);
	return err ? err : tree_report(&t);
}

/* ---- the table ---- */

#define READY_COLUMNS                                                          \
	"id,projectId,title,priority,assigneeId,dueDate,tags,urgency"
#define TREE_COLUMNS "id,title,status,priority,assigneeId,dueDate"

extern const struct command cmd_task_work[];
const struct command cmd_task_work[] = {
	{
		.name = "task ready",
		.summary = "list the tasks that can be taken up",
		.details =
			"A task is ready when its status is todo, it is not "
			"deleted, not deferred, not claimed by a live lease, "
			"waits for no open task, and no task above it is "
			"blocked. The most urgent come first. --explain lists "
			"every open task instead, with the rule that keeps it "
			"from being ready.",
		.options = ready_options,
		.args_size = sizeof(struct ready_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.columns = READY_COLUMNS,
		.computed = "urgency,reason",
		.run = task_ready,
	},
	{
		.name = "task next",
		.summary = "show the most urgent task that is ready",
		.details =
			"Shows the first task of 'awm task ready', or with -n "
			"the first few as a listing. Exit status 3 says that "
			"no task is ready. Nothing is taken: for that there is "
			"'awm task claim --next'.",
		.options = ready_options,
		.args_size = sizeof(struct ready_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.columns = READY_COLUMNS,
		.computed = "urgency,reason",
		.run = task_next,
	},
	{
		.name = "task tree",
		.summary = "show tasks with their subtasks",
		.details =
			"Shows a task and its subtasks at any depth, or all "
			"open tasks. With JSON the subtasks of a task are in "
			"its 'subtasks'; the other formats have a line for "
			"each task.",
		.arguments = tree_arguments,
		.options = tree_options,
		.args_size = sizeof(struct tree_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.columns = TREE_COLUMNS,
		.computed = "of,depth",
		.relations = "subtasks:task*",
		.run = task_tree,
	},
	{
		.name = "task dep add",
		.summary = "say that a task waits for others",
		.details =
			"While one of its blockers is open the task is "
			"blocked. It is free again when the last one is done "
			"or deleted, and blocked once more when one is opened "
			"again. Exit status 4: the tasks would wait for each "
			"other, through dependencies, through subtasks or "
			"both.",
		.arguments = dep_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = dep_add,
	},
	{
		.name = "task dep rm",
		.aliases = "delete",
		.summary = "say that a task no longer waits for others",
		.arguments = dep_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "task",
		.run = dep_rm,
	},
	{
		.name = "task dep tree",
		.aliases = "show",
		.summary = "show what a task waits for",
		.details =
			"Shows what the task waits for, what that waits for, "
			"and so on; with --reverse, what waits for the task. "
			"What stands in several places is taken apart in the "
			"first one. JSON of more than 80 levels is refused "
			"with exit status 4; the other formats have a line "
			"for each task.",
		.arguments = one_task,
		.options = dep_tree_options,
		.args_size = sizeof(struct dep_tree_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "task",
		.columns = TREE_COLUMNS,
		.computed = "of,depth,repeated",
		.relations = "blockers:task* blocking:task*",
		.run = dep_tree,
	},
	{0},
};
