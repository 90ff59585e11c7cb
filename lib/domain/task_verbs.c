// SPDX-License-Identifier: MIT
/* What can be done to a task; each verb is one mutation, or a few in one
 * transaction. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "domain/cascade.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

static const struct awm_value *status_value(enum awm_task_verb verb)
{
	static const struct awm_value words[] = {
		[AWM_TASK_START] = {AWM_TEXT, 11, {.s = "in_progress"}},
		[AWM_TASK_DONE] = {AWM_TEXT, 4, {.s = "done"}},
		[AWM_TASK_REOPEN] = {AWM_TEXT, 4, {.s = "todo"}},
		[AWM_TASK_REVIEW] = {AWM_TEXT, 9, {.s = "in_review"}},
	};

	return &words[verb];
}

static int become(struct change *c, enum awm_task_verb verb)
{
	const struct awm_value *status = status_value(verb);
	int rc = task_may_become(c, status);

	if (!rc)
		change_set(c, TASK_status, *status);
	return rc;
}

static int restore(struct awm_session *s, struct change *c)
{
	struct awm_value deleted;
	int rc;

	change_set(c, TASK_deletedAt, AWM_VALUE_NULL);
	if (c->before[TASK_parentTaskId].kind == AWM_NULL)
		return 0;
	rc = db_get(s->db, NULL, &deleted,
		    "SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1", "i",
		    c->before[TASK_parentTaskId].i);
	if (rc || deleted.kind == AWM_NULL)
		return rc;
	err_set(AWM_INVALID, "the parent of task %lld is deleted",
		(long long)c->id);
	return err_hint("awm task restore %lld",
			(long long)c->before[TASK_parentTaskId].i);
}

static int amend_verb(struct awm_session *s, struct change *c, void *ctx)
{
	enum awm_task_verb verb = *(enum awm_task_verb *)ctx;
	bool deleted = c->before[TASK_deletedAt].kind != AWM_NULL;
	int rc;

	switch (verb) {
	case AWM_TASK_RESTORE:
		return deleted ? restore(s, c) : 0;
	case AWM_TASK_RM:
		if (!deleted)
			change_set(c, TASK_deletedAt, AWM_VALUE_INT(s->now));
		return 0;
	default:
		break;
	}
	if (deleted)
		return task_refuse_deleted(c);
	if (verb == AWM_TASK_UNBLOCK)
		return dependency_unblock(s, c);
	rc = become(c, verb);
	return rc ? rc : task_refuse_open_parts(s, c);
}

struct verb_call {
	enum awm_task_verb verb;
	int64_t id;
	struct arena *arena;
	struct awm_record *record;
};

typedef int task_fn(struct awm_session *s, int64_t id, void *ctx);
enum walk { DEEPEST_FIRST, PARENTS_FIRST };

/* Calls fn for each subtask at any depth. The list is read whole before the
 * first call, which may change what it was read from. */
static int with_descendants(struct awm_session *s, int64_t id, enum walk walk,
			    task_fn *fn, void *ctx)
{
	_cleanup_buf_ struct buf list = {0};
	struct db_stmt *st = NULL;
	const int64_t *ids;
	size_t n;
	int rc = db_query(s->db, &st, query_task_descendants, "i", id);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t below = db_column_int(st, 0);
		buf_add(&list, &below, sizeof(below));
		rc = buf_check(&list);
	}
	if (st)
		db_reset(st);
	ids = (const int64_t *)(const void *)list.s;
	n = list.len / sizeof(*ids);
	for (size_t i = 0; i < n && !rc; i++)
		rc = fn(s, ids[walk == DEEPEST_FIRST ? i : n - 1 - i], ctx);
	return rc;
}

static int rm_one(struct awm_session *s, int64_t id, void *ctx)
{
	return mutate_edit(s, &entity_task, id, NULL, 0, amend_verb, ctx, NULL,
			   NULL);
}

/* Which instant a subtask must have gone at to come back with its parent. */
static int restore_one(struct awm_session *s, int64_t id, void *ctx)
{
	enum awm_task_verb verb = AWM_TASK_RESTORE;
	const struct awm_value *gone = ctx;
	struct awm_value at;
	int rc = db_get(s->db, NULL, &at,
			"SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", id);

	if (rc || at.kind == AWM_NULL || at.i != gone->i)
		return rc;
	return mutate_edit(s, &entity_task, id, NULL, 0, amend_verb, &verb,
			   NULL, NULL);
}

static int restore_all(struct awm_session *s, struct verb_call *call)
{
	struct awm_record *before;
	struct awm_value gone;
	int rc = store_get(s->db, &entity_task, call->id, call->arena, &before);

	if (rc)
		return rc;
	gone = before->values[TASK_deletedAt];
	rc = mutate_edit(s, &entity_task, call->id, NULL, 0, amend_verb,
			 &call->verb, call->arena, &call->record);
	if (rc || gone.kind == AWM_NULL)
		return rc;
	return with_descendants(s, call->id, PARENTS_FIRST, restore_one, &gone);
}

static int run_verb(struct awm_session *s, void *ctx)
{
	struct verb_call *call = ctx;
	int rc = 0;

	if (call->verb == AWM_TASK_RESTORE)
		return restore_all(s, call);
	if (call->verb == AWM_TASK_RM)
		rc = with_descendants(s, call->id, DEEPEST_FIRST, rm_one,
				      &call->verb);
	if (rc)
		return rc;
	return mutate_edit(s, &entity_task, call->id, NULL, 0, amend_verb,
			   &call->verb, call->arena, &call->record);
}

struct watch {
	int64_t user;
	bool on;
	bool person; /* asked for by one: not of a deleted task */
};

static const char *watch_sql(bool on)
{
	return on ? "INSERT INTO \"task_watchers\"(\"taskId\",\"userId\","
		    "\"createdAt\",\"updatedAt\") VALUES (?1,?2,?3,?3) "
		    "ON CONFLICT DO NOTHING"
		  : "DELETE FROM \"task_watchers\" "
		    "WHERE \"taskId\"=?1 AND \"userId\"=?2 AND ?3=?3";
}

/* task_watchers is the truth; watcherIds is made from it. */
static int amend_watchers(struct awm_session *s, struct change *c, void *ctx)
{
	const struct watch *w = ctx;
	struct awm_value ids;
	int rc = w->person ? task_refuse_deleted(c) : 0;

	if (!rc)
		rc = db_run(s->db, watch_sql(w->on), "iii", c->id, w->user,
			    s->now);
	if (!rc)
		rc = db_get(s->db, c->arena, &ids,
			    "SELECT json_group_array(\"userId\") FROM (SELECT "
			    "\"userId\" FROM \"task_watchers\" "
			    "WHERE \"taskId\"=?1 ORDER BY \"userId\")",
			    "i", c->id);
	if (!rc)
		change_set(c, TASK_watcherIds, ids);
	return rc;
}

int task_unwatch(struct awm_session *s, int64_t id, int64_t user)
{
	struct watch w = {.user = user};

	return mutate_edit(s, &entity_task, id, NULL, 0, amend_watchers, &w,
			   NULL, NULL);
}

int awm_task_watch(struct awm_session *s, int64_t id, int64_t user, bool on,
		   struct awm_pool *pool, struct awm_record **ret)
{
	struct watch w = {user ? user : s->actor.id, on, true};
	int rc = on && user ? store_exists(s->db, &entity_user, user) : 0;

	return rc ? rc
		  : mutate_edit(s, &entity_task, id, NULL, 0, amend_watchers,
				&w, pool_arena(pool), ret);
}

int awm_task_do(struct awm_session *s, enum awm_task_verb verb, int64_t id,
		struct awm_pool *pool, struct awm_record **ret)
{
	struct arena own = {0};
	struct verb_call call = {verb, id, pool ? pool_arena(pool) : &own,
				 NULL};
	int rc;

	rc = awm_transaction(s, run_verb, &call);
	if (!rc && ret)
		*ret = call.record;
	arena_release(&own);
	return rc;
}

struct block {
	int64_t by;
	const char *reason;
};

static int refuse_done_blocker(struct awm_session *s, struct change *c,
			       int64_t by)
{
	struct awm_record *row;
	int rc = store_get(s->db, &entity_task, by, c->arena, &row);

	if (!rc && value_is(&row->values[TASK_status], "done"))
		return err_set(AWM_INVALID,
			       "task %lld is done: it blocks nothing",
			       (long long)by);
	return rc;
}

static int amend_block(struct awm_session *s, struct change *c, void *ctx)
{
	const struct awm_value blocked = awm_value_text("blocked");
	const struct block *b = ctx;
	int rc = task_refuse_deleted(c);

	if (!rc)
		rc = task_may_become(c, &blocked);
	if (rc)
		return rc;
	change_set(c, TASK_status, blocked);
	if (b->reason)
		change_set(c, TASK_blockedReason, awm_value_text(b->reason));
	if (!b->by)
		return 0;
	rc = refuse_done_blocker(s, c, b->by);
	return rc ? rc : dependency_add(s, c, &b->by, 1);
}

int awm_task_block(struct awm_session *s, int64_t id, int64_t by,
		   const char *reason, struct awm_pool *pool,
		   struct awm_record **ret)
{
	struct block b = {by, reason};

	if (!by && !(reason && *reason))
		return err_set(
			AWM_USAGE,
			"a blocked task needs --by TASK or --reason TEXT");
	return mutate_edit(s, &entity_task, id, NULL, 0, amend_block, &b,
			   pool_arena(pool), ret);
}

static bool holds(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], s))
			return true;
	return false;
}

static bool array_holds(const cJSON *array, const char *s)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, array)
	{
		if (!strcmp(item->valuestring, s))
			return true;
	}
	return false;
}

static bool first_of(const cJSON *array, const cJSON *item)
{
	const cJSON *other = array->child;

	while (other != item && strcmp(other->valuestring, item->valuestring))
		other = other->next;
	return other == item;
}

int task_amend_tags(struct change *c, const struct tag_change *tags)
{
	_cleanup_json_ cJSON *old = NULL;
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	const cJSON *item;
	int rc = change_json(c, TASK_tags, &old);

	if (rc)
		return rc;
	jsonw_array(&w);
	cJSON_ArrayForEach(item, old)
	{
		if (!holds(tags->rm, tags->nrm, item->valuestring) &&
		    first_of(old, item))
			jsonw_str(&w, item->valuestring);
	}
	for (size_t i = 0; i < tags->nadd; i++)
		if (!array_holds(old, tags->add[i]) &&
		    !holds(tags->add, i, tags->add[i]))
			jsonw_str(&w, tags->add[i]);
	jsonw_end_array(&w);
	rc = buf_check(&out);
	if (rc)
		return rc;
	const char *text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, TASK_tags, awm_value_text(text));
	return 0;
}

static int amend_tags(struct awm_session *s, struct change *c, void *ctx)
{
	int rc = task_refuse_deleted(c);

	(void)s;
	return rc ? rc : task_amend_tags(c, ctx);
}

static int amend_live(struct awm_session *s, struct change *c, void *ctx)
{
	(void)s;
	(void)ctx;
	return task_refuse_deleted(c);
}

int awm_task_assign(struct awm_session *s, int64_t id, int64_t user,
		    struct awm_pool *pool, struct awm_record **ret)
{
	struct awm_set set = {&entity_task.fields[TASK_assigneeId],
			      user ? AWM_VALUE_INT(user) : AWM_VALUE_NULL};

	return mutate_edit(s, &entity_task, id, &set, 1, amend_live, NULL,
			   pool_arena(pool), ret);
}

int awm_task_tag(struct awm_session *s, int64_t id, const char *const *tags,
		 size_t n, bool add, struct awm_pool *pool,
		 struct awm_record **ret)
{
	struct tag_change change = {0};

	if (add) {
		change.add = tags;
		change.nadd = n;
	} else {
		change.rm = tags;
		change.nrm = n;
	}
	return mutate_edit(s, &entity_task, id, NULL, 0, amend_tags, &change,
			   pool_arena(pool), ret);
}

struct move {
	int64_t id, project, before, after;
	struct arena *arena;
	struct awm_record *record;
};

static int move_child(struct awm_session *s, int64_t id, void *ctx)
{
	const struct move *m = ctx;
	struct awm_set set = {&entity_task.fields[TASK_projectId],
			      AWM_VALUE_INT(m->project)};

	return mutate_edit(s, &entity_task, id, &set, 1, NULL, NULL, NULL,
			   NULL);
}

/* Parents move first, so that a child finds its parent in the new project. */
static int move_project(struct awm_session *s, struct move *m)
{
	struct awm_set sets[] = {
		{&entity_task.fields[TASK_projectId],
		 AWM_VALUE_INT(m->project)},
		{&entity_task.fields[TASK_parentTaskId], AWM_VALUE_NULL},
	};
	struct awm_record *now;
	int rc = store_get(s->db, &entity_task, m->id, m->arena, &now);

	if (rc)
		return rc;
	if (now->values[TASK_projectId].i == m->project) {
		m->record = now;
		return 0;
	}
	rc = mutate_edit(s, &entity_task, m->id, sets, ARRAY_LEN(sets),
			 amend_live, NULL, m->arena, &m->record);
	if (!rc)
		rc = with_descendants(s, m->id, PARENTS_FIRST, move_child, m);
	return rc;
}

/* A place in the order of a project: before the task with this id among those
 * that share the position. */
struct place {
	int64_t order, id;
};

static const char *place_json(struct change *c, const struct place *p)
{
	return arena_printf(c->arena, "{\"order\":%lld,\"id\":%lld}",
			    (long long)p->order, (long long)p->id);
}

static int make_room(struct awm_session *s, struct change *c,
		     const struct place *p)
{
	const char *json = place_json(c, p);
	int rc = db_run(s->db, query_task_order_shift, "iiii",
			c->after[TASK_projectId].i, p->order, p->id, c->id);

	if (!rc && !json)
		return -AWM_NOMEM;
	return rc ? rc : change_tell(c, "shift", NULL, json);
}

static int take_room(struct awm_session *s, struct change *c,
		     const struct place *p)
{
	const char *json = place_json(c, p);
	int rc = db_run(s->db, query_task_order_unshift, "iii",
			c->after[TASK_projectId].i, p->order, c->id);

	if (!rc && !json)
		return -AWM_NOMEM;
	return rc ? rc : change_tell(c, "shift", json, NULL);
}

int task_restore_place(struct awm_session *s, struct change *c,
		       const struct cJSON *from, const struct cJSON *to)
{
	bool back = cJSON_IsObject(to);
	const cJSON *place = back ? to : from;
	const cJSON *order = json_get(place, "order");
	const cJSON *id = json_get(place, "id");

	if (!cJSON_IsNumber(order) || !cJSON_IsNumber(id))
		return 0;
	struct place p = {(int64_t)order->valuedouble,
			  (int64_t)id->valuedouble};
	return back ? take_room(s, c, &p) : make_room(s, c, &p);
}

static int amend_place(struct awm_session *s, struct change *c, void *ctx)
{
	const struct place *p = ctx;
	int rc = task_refuse_deleted(c);

	if (!rc)
		rc = make_room(s, c, p);
	if (!rc)
		change_set(c, TASK_order, AWM_VALUE_INT(p->order));
	return rc;
}

static int move_beside(struct awm_session *s, struct move *m)
{
	int64_t target = m->before ? m->before : m->after;
	struct awm_record *row, *own;
	struct place place;
	int rc = store_get(s->db, &entity_task, target, m->arena, &row);

	if (!rc)
		rc = store_get(s->db, &entity_task, m->id, m->arena, &own);
	if (rc)
		return rc;
	if (row->values[TASK_projectId].i != own->values[TASK_projectId].i)
		return err_set(AWM_INVALID,
			       "task %lld is in another project than task %lld",
			       (long long)target, (long long)m->id);
	place.order = row->values[TASK_order].i + (m->after ? 1 : 0);
	place.id = m->before ? target : 0;
	return mutate_edit(s, &entity_task, m->id, NULL, 0, amend_place, &place,
			   m->arena, &m->record);
}

static int run_move(struct awm_session *s, void *ctx)
{
	struct move *m = ctx;
	int rc = 0;

	if (m->project)
		rc = move_project(s, m);
	if (!rc && (m->before || m->after))
		rc = move_beside(s, m);
	return rc;
}

int awm_task_move(struct awm_session *s, int64_t id, int64_t project,
		  int64_t before, int64_t after, struct awm_pool *pool,
		  struct awm_record **ret)
{
	struct arena own = {0};
	struct move m = {id, project, before, after, pool_arena(pool), NULL};
	int rc;

	if (!project && !before && !after)
		return err_set(AWM_USAGE,
			       "where to? --project, --before or --after");
	if (before && after)
		return err_set(AWM_USAGE,
			       "--before and --after exclude each other");
	if (before == id || after == id)
		return err_set(AWM_INVALID,
			       "task %lld cannot be moved beside itself",
			       (long long)id);
	if (!m.arena)
		m.arena = &own;
	rc = role_require(s, ROLE_MEMBER, "move a task");
	if (!rc)
		rc = awm_transaction(s, run_move, &m);
	if (!rc && ret)
		*ret = m.record;
	arena_release(&own);
	return rc;
}

static int purge_one(struct awm_session *s, int64_t id, void *ctx)
{
	struct verb_call *call = ctx;
	bool last = id == call->id;
	int rc = task_release_waiting(s, id);

	if (rc)
		return rc;
	return mutate_delete(s, &entity_task, id, last ? call->arena : NULL,
			     last ? &call->record : NULL);
}

struct purge {
	struct verb_call call;
	bool force;
};

static int run_purge(struct awm_session *s, void *ctx)
{
	struct purge *p = ctx;
	struct awm_value deleted;
	long long id = (long long)p->call.id;
	int rc = db_get(s->db, NULL, &deleted,
			"SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", p->call.id);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", id);
	if (rc)
		return rc;
	if (deleted.kind == AWM_NULL && !p->force) {
		err_set(AWM_INVALID, "task %lld is not deleted", id);
		return err_hint("awm task rm %lld first, or purge --force", id);
	}
	rc = with_descendants(s, p->call.id, DEEPEST_FIRST, purge_one,
			      &p->call);
	return rc ? rc : purge_one(s, p->call.id, &p->call);
}

int awm_task_purge(struct awm_session *s, int64_t id, bool force,
		   struct awm_pool *pool, struct awm_record **ret)
{
	struct purge p = {{0, id, pool_arena(pool), NULL}, force};
	int rc = role_require(s, ROLE_ADMIN, "purge a task");

	if (!rc)
		rc = awm_transaction(s, run_purge, &p);
	if (!rc && ret)
		*ret = p.call.record;
	return rc;
}
