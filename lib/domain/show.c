// SPDX-License-Identifier: MIT
/* One thing with what belongs to it: the example queries of the
 * specification, each in a number of statements that does not depend on how
 * many rows there are. */
#include <awm/comment.h>
#include <awm/execution.h>
#include <awm/team.h>
#include <awm/template.h>
#include <awm/webhook.h>
#include <awm/write.h>
#include <string.h>

#include "base/err.h"
#include "domain/automation.h"
#include "domain/budget.h"
#include "domain/comment.h"
#include "domain/execution_run.h"
#include "domain/pool.h"
#include "domain/session.h"
#include "domain/work.h"
#include "entity/entity.h"
#include "entity/store.h"

/* Records that are collected while they stream in. */
struct collect {
	struct arena *arena;
	struct buf list; /* of struct awm_record * */
};

static int collect_row(void *ctx, const struct awm_record *row)
{
	struct collect *c = ctx;
	struct awm_record *copy = store_copy(c->arena, row);

	if (!copy)
		return -AWM_NOMEM;
	buf_add(&c->list, &copy, sizeof(copy));
	return buf_check(&c->list);
}

static int collect_end(struct collect *c, struct awm_relation *rel)
{
	size_t n = c->list.len / sizeof(*rel->items);

	rel->items = arena_array(c->arena, n ? n : 1, sizeof(*rel->items));
	if (rel->items && n)
		memcpy(rel->items, c->list.s, c->list.len);
	rel->count = n;
	buf_release(&c->list);
	return rel->items ? 0 : -AWM_NOMEM;
}

static int load_many(struct awm_session *s, const struct awm_query *q,
		     const char *name, struct arena *a,
		     struct awm_relation *rel)
{
	struct collect c = {.arena = a};
	int rc = store_list(s->db, q, collect_row, &c);

	if (rc) {
		buf_release(&c.list);
		return rc;
	}
	rel->name = name;
	rel->many = true;
	return collect_end(&c, rel);
}

/* The rows of `child` whose column `key` is the id. */
struct children {
	const char *name;
	const struct awm_entity *child;
	size_t key;
	struct awm_sort sort[2];
	size_t nsort;
	int64_t limit;
};

static int load_children(struct awm_session *s, const struct children *what,
			 int64_t id, struct arena *a, struct awm_relation *rel)
{
	struct awm_value value = AWM_VALUE_INT(id);
	struct awm_cond cond = {&what->child->fields[what->key], AWM_OP_EQ,
				&value, 1};
	struct awm_query q = {.entity = what->child,
			      .conds = &cond,
			      .nconds = 1,
			      .sort = what->sort,
			      .nsort = what->nsort,
			      .limit = what->limit};

	return load_many(s, &q, what->name, a, rel);
}

static int load_one(struct awm_session *s, const struct awm_entity *e,
		    const struct awm_value *ref, const char *name,
		    struct arena *a, struct awm_relation *rel)
{
	int rc;

	rel->name = name;
	if (ref->kind != AWM_INT)
		return 0;
	rel->items = arena_alloc(a, sizeof(*rel->items));
	if (!rel->items)
		return -AWM_NOMEM;
	rc = store_get(s->db, e, ref->i, a, &rel->items[0]);
	if (!rc)
		rel->count = 1;
	return rc;
}

static bool seen(const struct awm_value *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i].i == id)
			return true;
	return false;
}

static int load_users(struct awm_session *s, const struct awm_relation *rel,
		      size_t key, struct arena *a, struct awm_relation *users)
{
	struct awm_value *ids = arena_array(a, rel->count, sizeof(*ids));
	struct awm_cond cond = {entity_user.fields, AWM_OP_IN, ids, 0};
	struct awm_query q = {
		.entity = &entity_user, .conds = &cond, .nconds = 1};

	if (!ids)
		return -AWM_NOMEM;
	for (size_t i = 0; i < rel->count; i++) {
		const struct awm_value *id = &rel->items[i]->values[key];
		if (!seen(ids, cond.count, id->i))
			ids[cond.count++] = *id;
	}
	return load_many(s, &q, "user", a, users);
}

/* Gives each row its user, as the relation "user". */
static int attach_users(struct awm_session *s, struct awm_relation *rel,
			size_t key, struct arena *a)
{
	struct awm_relation users = {0};
	int rc;

	if (!rel->count)
		return 0;
	rc = load_users(s, rel, key, a, &users);
	for (size_t i = 0; i < rel->count && !rc; i++) {
		struct awm_record *row = rel->items[i];
		row->relations = arena_alloc(a, sizeof(*row->relations));
		if (!row->relations)
			return -AWM_NOMEM;
		row->nrelations = 1;
		row->relations[0].name = "user";
		for (size_t k = 0; k < users.count; k++)
			if (users.items[k]->values[0].i == row->values[key].i) {
				row->relations[0].items = &users.items[k];
				row->relations[0].count = 1;
			}
	}
	return rc;
}

static const struct children project_tasks = {
	.name = "tasks",
	.child = &entity_task,
	.key = TASK_projectId,
};
static const struct children project_members = {
	.name = "members",
	.child = &entity_project_member,
	.key = PROJECT_MEMBER_projectId,
};
static const struct children team_members = {
	.name = "members",
	.child = &entity_team_member,
	.key = TEAM_MEMBER_teamId,
};
static const struct children team_projects = {
	.name = "projects",
	.child = &entity_project,
	.key = PROJECT_teamId,
};
static const struct children template_tasks = {
	.name = "tasks",
	.child = &entity_template_task,
	.key = TEMPLATE_TASK_templateId,
};
static const struct children task_comments = {
	.name = "comments",
	.child = &entity_comment,
	.key = COMMENT_taskId,
};
static const struct children task_time = {
	.name = "timeEntries",
	.child = &entity_time_entry,
	.key = TIME_ENTRY_taskId,
};
static const struct children task_executions = {
	.name = "executions",
	.child = &entity_execution,
	.key = EXECUTION_taskId,
	.limit = 10,
};

/* Sorts need field pointers, which are no constant expressions across files:
 * so they are filled in here. */
static int load_sorted(struct awm_session *s, const struct children *what,
		       const struct awm_field *by, bool descending, int64_t id,
		       struct arena *a, struct awm_relation *rel)
{
	struct children sorted = *what;

	sorted.sort[0] = (struct awm_sort){by, descending};
	sorted.sort[1] = (struct awm_sort){what->child->fields, descending};
	sorted.nsort = 2;
	return load_children(s, &sorted, id, a, rel);
}

struct show {
	struct awm_session *session;
	int64_t id;
	struct arena *arena;
	struct awm_record *record;
	enum awm_threads threads; /* of a comment */
};

static int relations(struct show *show, const struct awm_entity *e, size_t n)
{
	int rc = store_get(show->session->db, e, show->id, show->arena,
			   &show->record);

	if (rc)
		return rc;
	show->record->relations =
		arena_array(show->arena, n, sizeof(*show->record->relations));
	show->record->nrelations = n;
	return show->record->relations ? 0 : -AWM_NOMEM;
}

static int show_project(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_project, 3);

	(void)db;
	if (rc)
		return rc;
	struct awm_relation *rel = show->record->relations;
	rc = load_one(s, &entity_user, &show->record->values[PROJECT_ownerId],
		      "owner", a, &rel[0]);
	if (!rc)
		rc = load_sorted(
			s, &project_members,
			&entity_project_member.fields[PROJECT_MEMBER_createdAt],
			false, show->id, a, &rel[1]);
	if (!rc)
		rc = attach_users(s, &rel[1], PROJECT_MEMBER_userId, a);
	if (!rc)
		rc = load_sorted(s, &project_tasks,
				 &entity_task.fields[TASK_order], false,
				 show->id, a, &rel[2]);
	return rc ? rc : budget_extend(s, a, show->record);
}

static int show_team(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_team, 2);

	(void)db;
	if (rc)
		return rc;
	struct awm_relation *rel = show->record->relations;
	rc = load_sorted(s, &team_members,
			 &entity_team_member.fields[TEAM_MEMBER_createdAt],
			 false, show->id, a, &rel[0]);
	if (!rc)
		rc = attach_users(s, &rel[0], TEAM_MEMBER_userId, a);
	if (!rc)
		rc = load_sorted(s, &team_projects,
				 &entity_project.fields[PROJECT_title], false,
				 show->id, a, &rel[1]);
	return rc;
}

static const struct children delivery_attempts = {
	"attempts", &entity_attempt, ATTEMPT_deliveryId, .limit = 0};

static int show_delivery(struct db *db, void *arg)
{
	struct show *show = arg;
	int rc = relations(show, &entity_delivery, 1);

	(void)db;
	return rc ? rc
		  : load_sorted(show->session, &delivery_attempts,
				&entity_attempt.fields[ATTEMPT_at], false,
				show->id, show->arena,
				&show->record->relations[0]);
}

static int show_template(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_template, 2);

	(void)db;
	if (rc)
		return rc;
	struct awm_relation *rel = show->record->relations;
	rc = load_one(s, &entity_user, &show->record->values[TEMPLATE_authorId],
		      "author", a, &rel[0]);
	if (!rc)
		rc = load_sorted(
			s, &template_tasks,
			&entity_template_task.fields[TEMPLATE_TASK_order],
			false, show->id, a, &rel[1]);
	return rc;
}

static int show_task(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_task, 5);

	(void)db;
	if (rc)
		return rc;
	struct awm_relation *rel = show->record->relations;
	const struct awm_value *v = show->record->values;
	rc = load_one(s, &entity_project, &v[TASK_projectId], "project", a,
		      &rel[0]);
	if (!rc)
		rc = load_one(s, &entity_user, &v[TASK_assigneeId], "assignee",
			      a, &rel[1]);
	if (!rc)
		rc = load_sorted(s, &task_comments,
				 &entity_comment.fields[COMMENT_createdAt],
				 false, show->id, a, &rel[2]);
	if (!rc)
		rc = attach_users(s, &rel[2], COMMENT_userId, a);
	if (!rc)
		rc = load_sorted(
			s, &task_time,
			&entity_time_entry.fields[TIME_ENTRY_startTime], false,
			show->id, a, &rel[3]);
	if (!rc)
		rc = attach_users(s, &rel[3], TIME_ENTRY_userId, a);
	if (!rc)
		rc = load_sorted(s, &task_executions,
				 &entity_execution.fields[EXECUTION_createdAt],
				 true, show->id, a, &rel[4]);
	return rc ? rc : work_surround(s, a, show->record);
}

/* Its thread is among all comments of the task. */
static int load_replies(struct show *show, struct awm_relation *rel)
{
	struct awm_cond cond = {&entity_comment.fields[COMMENT_taskId],
				AWM_OP_EQ,
				&show->record->values[COMMENT_taskId], 1};
	struct awm_query q = {.entity = &entity_comment,
			      .conds = &cond,
			      .nconds = 1,
			      .all = true};
	struct thread_opts opts = {.top = show->id,
				   .places = show->threads != AWM_THREADS_LIVE,
				   .all_deleted =
					   show->threads == AWM_THREADS_ALL};
	struct awm_relation all = {0};
	int rc = load_many(show->session, &q, "replies", show->arena, &all);

	rel->name = "replies";
	if (!rc)
		rc = thread_order(&all, opts, show->arena, rel);
	return rc ? rc
		  : attach_users(show->session, rel, COMMENT_userId,
				 show->arena);
}

static int show_comment(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	int rc = relations(show, &entity_comment, 3);

	(void)db;
	if (rc)
		return rc;
	struct awm_relation *rel = show->record->relations;
	const struct awm_value *v = show->record->values;
	rc = load_one(s, &entity_task, &v[COMMENT_taskId], "task", show->arena,
		      &rel[0]);
	if (!rc)
		rc = load_one(s, &entity_user, &v[COMMENT_userId], "user",
			      show->arena, &rel[1]);
	return rc ? rc : load_replies(show, &rel[2]);
}

static int show_execution(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_execution, 2);

	(void)db;
	if (rc)
		return rc;
	struct awm_record *row = show->record;
	struct awm_relation *rel = row->relations;
	rc = load_one(s, &entity_task, &row->values[EXECUTION_taskId], "task",
		      a, &rel[0]);
	if (!rc)
		rc = execution_run_extend(s, a, row);
	return rc ? rc
		  : load_one(s, &entity_user, awm_record_get(row, "userId"),
			     "user", a, &rel[1]);
}

static const struct children automation_log = {
	.name = "runs",
	.child = &entity_automation_run,
	.key = AUTOMATION_RUN_automationId,
	.limit = 10,
};

static int show_automation(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_session *s = show->session;
	struct arena *a = show->arena;
	int rc = relations(show, &entity_automation, 2);

	(void)db;
	if (rc)
		return rc;
	struct awm_record *row = show->record;
	rc = load_one(s, &entity_user, &row->values[AUTOMATION_createdBy],
		      "creator", a, &row->relations[0]);
	if (!rc)
		rc = load_sorted(
			s, &automation_log,
			&entity_automation_run.fields[AUTOMATION_RUN_createdAt],
			true, show->id, a, &row->relations[1]);
	return rc ? rc : automation_extend(s, a, row);
}

/* All statements see one snapshot: what is shown was true together. */
static int run(struct awm_session *s, int64_t id, db_fn *fn,
	       struct awm_pool *pool, struct awm_record **ret)
{
	struct show show = {.session = s, .id = id, .arena = pool_arena(pool)};
	int rc = db_read(s->db, fn, &show);

	if (!rc)
		*ret = show.record;
	return rc;
}

int awm_project_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		     struct awm_record **ret)
{
	return run(s, id, show_project, pool, ret);
}

int awm_task_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		  struct awm_record **ret)
{
	int rc = claim_sweep(s);

	return rc ? rc : run(s, id, show_task, pool, ret);
}

int awm_execution_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		       struct awm_record **ret)
{
	int rc = execution_reap(s);

	return rc ? rc : run(s, id, show_execution, pool, ret);
}

int awm_delivery_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		      struct awm_record **ret)
{
	return run(s, id, show_delivery, pool, ret);
}

int awm_automation_show(struct awm_session *s, int64_t id,
			struct awm_pool *pool, struct awm_record **ret)
{
	return run(s, id, show_automation, pool, ret);
}

int awm_template_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		      struct awm_record **ret)
{
	return run(s, id, show_template, pool, ret);
}

int awm_team_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		  struct awm_record **ret)
{
	return run(s, id, show_team, pool, ret);
}

int awm_comment_show(struct awm_session *s, int64_t id, enum awm_threads which,
		     struct awm_pool *pool, struct awm_record **ret)
{
	struct show show = {s, id, pool_arena(pool), NULL, which};
	int rc = db_read(s->db, show_comment, &show);

	if (!rc)
		*ret = show.record;
	return rc;
}
