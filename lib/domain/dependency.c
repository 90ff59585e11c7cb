// SPDX-License-Identifier: MIT
/* Who waits for whom. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/cascade.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

int work_ids(struct awm_session *s, const char *query, int64_t arg,
	     struct buf *ret)
{
	struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query, "i", arg);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t id = db_column_int(st, 0);
		buf_add(ret, &id, sizeof(id));
		rc = buf_check(ret);
	}
	if (st)
		db_reset(st);
	return rc;
}

/* No row is no error. */
static int get_or_null(int rc, struct awm_value *ret)
{
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*ret = AWM_VALUE_NULL;
	return 0;
}

static int first_blocker(struct awm_session *s, int64_t id,
			 struct awm_value *ret)
{
	int rc = db_get(s->db, NULL, ret, query_task_first_blocker, "i", id);

	return get_or_null(rc, ret);
}

/* ---- circles ---- */

enum moment { START, FINISH };

static int leads_to(struct awm_session *s, int64_t from, enum moment what,
		    int64_t to, enum moment then, int64_t without, bool *ret)
{
	struct awm_value found;
	int rc = db_get(s->db, NULL, &found, query_task_leads_to, "iiiii", from,
			(int64_t)what, to, (int64_t)then, without);

	rc = get_or_null(rc, &found);
	*ret = found.kind != AWM_NULL;
	return rc;
}

int dependency_parent(struct awm_session *s, const struct change *c)
{
	int64_t parent = c->after[TASK_parentTaskId].i;
	bool cycle = false;
	int rc = leads_to(s, c->id, START, parent, START, c->id, &cycle);

	if (!rc && !cycle)
		rc = leads_to(s, parent, FINISH, c->id, FINISH, c->id, &cycle);
	if (rc || !cycle)
		return rc;
	return err_set(AWM_INVALID,
		       "task %lld cannot be below task %lld: that would be a "
		       "cycle",
		       (long long)c->id, (long long)parent);
}

static int refuse_cycle(struct awm_session *s, int64_t id, int64_t blocker)
{
	bool cycle = false;
	int rc = leads_to(s, id, START, blocker, FINISH, 0, &cycle);

	if (rc || !cycle)
		return rc;
	err_set(AWM_INVALID,
		"task %lld cannot wait for task %lld: that would be a cycle",
		(long long)id, (long long)blocker);
	if (id == blocker)
		return -AWM_INVALID;
	return err_hint("awm task dep tree %lld, or task tree, shows why",
			(long long)blocker);
}

/* ---- the edges of one task ---- */

static int refuse_deleted_blocker(struct awm_session *s, int64_t blocker)
{
	struct awm_value deleted;
	int rc = db_get(s->db, NULL, &deleted,
			"SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", blocker);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld",
			       (long long)blocker);
	if (rc || deleted.kind == AWM_NULL)
		return rc;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)blocker);
	return err_hint("awm task restore %lld", (long long)blocker);
}

static int is_edge(struct awm_session *s, int64_t id, int64_t blocker,
		   bool *ret)
{
	struct awm_value found;
	int rc = db_get(s->db, NULL, &found,
			"SELECT 1 FROM \"task_dependencies\" "
			"WHERE \"taskId\"=?1 AND \"blockerId\"=?2",
			"ii", id, blocker);

	rc = get_or_null(rc, &found);
	*ret = found.kind != AWM_NULL;
	return rc;
}

static int insert_edge(struct awm_session *s, int64_t id, int64_t blocker)
{
	return db_run(s->db,
		      "INSERT INTO \"task_dependencies\"(\"taskId\","
		      "\"blockerId\",\"createdAt\") VALUES (?1,?2,?3) "
		      "ON CONFLICT DO NOTHING",
		      "iii", id, blocker, s->now);
}

static int add_edge(struct awm_session *s, int64_t id, int64_t blocker)
{
	bool there;
	int rc = refuse_deleted_blocker(s, blocker);

	if (!rc)
		rc = is_edge(s, id, blocker, &there);
	if (rc || there)
		return rc;
	rc = refuse_cycle(s, id, blocker);
	return rc ? rc : insert_edge(s, id, blocker);
}

static int rm_edge(struct awm_session *s, int64_t id, int64_t blocker)
{
	int rc = db_run(s->db,
			"DELETE FROM \"task_dependencies\" "
			"WHERE \"taskId\"=?1 AND \"blockerId\"=?2",
			"ii", id, blocker);

	if (rc || db_changes(s->db))
		return rc;
	err_set(AWM_NOT_FOUND, "task %lld does not wait for task %lld",
		(long long)id, (long long)blocker);
	return err_hint("awm task dep tree %lld", (long long)id);
}

/* "[2,7]" */
static int edges_json(struct awm_session *s, const struct change *c,
		      const char **ret)
{
	struct awm_value v;
	int rc = db_get(s->db, c->arena, &v,
			"SELECT json_group_array(\"blockerId\") FROM (SELECT "
			"\"blockerId\" FROM \"task_dependencies\" "
			"WHERE \"taskId\"=?1 ORDER BY \"blockerId\")",
			"i", c->id);

	if (!rc)
		*ret = v.s;
	return rc;
}

typedef int edges_fn(struct awm_session *s, struct change *c, void *ctx);

/* Changes the edges by fn, tells of it, and makes the columns fit. */
static int keep_blocked(struct awm_session *s, struct change *c);
static int change_edges(struct awm_session *s, struct change *c, edges_fn *fn,
			void *ctx)
{
	const char *from = NULL, *to = NULL;
	int rc = edges_json(s, c, &from);

	if (!rc)
		rc = fn(s, c, ctx);
	if (!rc)
		rc = edges_json(s, c, &to);
	if (!rc)
		rc = change_tell(c, "blockers", from, to);
	return rc ? rc : keep_blocked(s, c);
}

struct edges {
	const int64_t *ids;
	size_t n;
};

static int add_edges(struct awm_session *s, struct change *c, void *ctx)
{
	const struct edges *e = ctx;
	int rc = 0;

	for (size_t i = 0; i < e->n && !rc; i++)
		rc = add_edge(s, c->id, e->ids[i]);
	return rc;
}

static int rm_edges(struct awm_session *s, struct change *c, void *ctx)
{
	const struct edges *e = ctx;
	int rc = 0;

	if (!e->n)
		return db_run(s->db,
			      "DELETE FROM \"task_dependencies\" "
			      "WHERE \"taskId\"=?1",
			      "i", c->id);
	for (size_t i = 0; i < e->n && !rc; i++)
		rc = rm_edge(s, c->id, e->ids[i]);
	return rc;
}

int dependency_add(struct awm_session *s, struct change *c,
		   const int64_t *blockers, size_t n)
{
	struct edges e = {blockers, n};

	return change_edges(s, c, add_edges, &e);
}

static int rm_open_edges(struct awm_session *s, struct change *c, void *ctx)
{
	(void)ctx;
	return db_run(s->db, query_task_unwait, "i", c->id);
}

int dependency_unblock(struct awm_session *s, struct change *c)
{
	int rc = change_edges(s, c, rm_open_edges, NULL);

	if (!rc)
		task_unblock(c);
	return rc;
}

/* ---- the columns that follow ---- */

/* A task that is done waits for nothing. One that is blocked for a reason
 * stays so when nothing is left to wait for. */
static int keep_blocked(struct awm_session *s, struct change *c)
{
	bool was = c->before && c->before[TASK_blockedByTaskId].kind == AWM_INT;
	struct awm_value first = AWM_VALUE_NULL;
	int rc = 0;

	if (value_is(&c->after[TASK_status], "done"))
		return 0;
	if (c->id)
		rc = first_blocker(s, c->id, &first);
	if (rc)
		return rc;
	change_set(c, TASK_blockedByTaskId, first);
	if (first.kind == AWM_INT)
		change_set(c, TASK_status, awm_value_text("blocked"));
	else if (was && c->after[TASK_blockedReason].kind == AWM_NULL &&
		 value_is(&c->after[TASK_status], "blocked"))
		task_unblock(c);
	return 0;
}

/* What an import or a seed says in the column alone. */
static int add_named(struct awm_session *s, struct change *c)
{
	const struct awm_value *named = &c->after[TASK_blockedByTaskId];
	bool there;
	int rc;

	if (!change_differs(c, TASK_blockedByTaskId) || named->kind != AWM_INT)
		return 0;
	rc = is_edge(s, c->id, named->i, &there);
	return rc || there ? rc : dependency_add(s, c, &named->i, 1);
}

/* Of a new task: the dependency is written once it has an id. */
static int check_named(struct awm_session *s, struct change *c)
{
	const struct awm_value *named = &c->after[TASK_blockedByTaskId];
	struct awm_value status;
	int rc;

	if (named->kind != AWM_INT || value_is(&c->after[TASK_status], "done"))
		return 0;
	rc = refuse_deleted_blocker(s, named->i);
	if (!rc)
		rc = db_get(s->db, c->arena, &status,
			    "SELECT \"status\" FROM \"tasks\" WHERE \"id\"=?1",
			    "i", named->i);
	if (rc)
		return rc;
	if (value_is(&status, "done"))
		change_set(c, TASK_blockedByTaskId, AWM_VALUE_NULL);
	else
		change_set(c, TASK_status, awm_value_text("blocked"));
	return 0;
}

int dependency_check(struct awm_session *s, struct change *c)
{
	int rc;

	if (!c->before)
		return check_named(s, c);
	if (!change_differs(c, TASK_status) &&
	    !change_differs(c, TASK_blockedByTaskId))
		return 0;
	rc = add_named(s, c);
	return rc ? rc : keep_blocked(s, c);
}

static int amend_follow(struct awm_session *s, struct change *c, void *ctx)
{
	(void)ctx;
	return keep_blocked(s, c);
}

/* Those who wait for a task whose state has changed. */
static int sync_waiting(struct awm_session *s, const struct buf *list)
{
	size_t n;
	const int64_t *ids = work_ids_of(list, &n);
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = mutate_edit(s, &entity_task, ids[i], NULL, 0, amend_follow,
				 NULL, NULL, NULL);
	return rc;
}

int task_release_waiting(struct awm_session *s, int64_t blocker)
{
	_cleanup_buf_ struct buf list = {0};
	int rc = work_ids(s, query_task_waiting, blocker, &list);

	if (!rc && list.len)
		rc = db_run(s->db,
			    "DELETE FROM \"task_dependencies\" "
			    "WHERE \"blockerId\"=?1",
			    "i", blocker);
	return rc ? rc : sync_waiting(s, &list);
}

static bool blocks(const struct awm_value *row)
{
	return row && row[TASK_deletedAt].kind == AWM_NULL &&
	       !value_is(&row[TASK_status], "done");
}

int dependency_wrote(struct awm_session *s, const struct change *c)
{
	_cleanup_buf_ struct buf list = {0};
	int rc;

	if (!c->before)
		return c->after[TASK_blockedByTaskId].kind == AWM_INT
			       ? insert_edge(s, c->id,
					     c->after[TASK_blockedByTaskId].i)
			       : 0;
	/* A purge has let them go before. */
	if (!c->after || blocks(c->before) == blocks(c->after))
		return 0;
	rc = work_ids(s, query_task_waiting, c->id, &list);
	return rc ? rc : sync_waiting(s, &list);
}

/* ---- the verbs ---- */

struct edit {
	edges_fn *fn;
	struct edges edges;
};

static int amend_edges(struct awm_session *s, struct change *c, void *ctx)
{
	struct edit *e = ctx;
	int rc = task_refuse_deleted(c);

	return rc ? rc : change_edges(s, c, e->fn, &e->edges);
}

int awm_task_dep_add(struct awm_session *s, int64_t id, const int64_t *blockers,
		     size_t n, struct awm_pool *pool, struct awm_record **ret)
{
	struct edit e = {add_edges, {blockers, n}};

	return mutate_edit(s, &entity_task, id, NULL, 0, amend_edges, &e,
			   pool_arena(pool), ret);
}

int awm_task_dep_rm(struct awm_session *s, int64_t id, const int64_t *blockers,
		    size_t n, struct awm_pool *pool, struct awm_record **ret)
{
	struct edit e = {rm_edges, {blockers, n}};

	return mutate_edit(s, &entity_task, id, NULL, 0, amend_edges, &e,
			   pool_arena(pool), ret);
}

/* ---- undo ---- */

/* What a change had made of the edges: {from, to}. */
struct edges_change {
	const cJSON *from, *to;
};

static bool holds(const cJSON *ids, int64_t id)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, ids)
	{
		if ((int64_t)node->valuedouble == id)
			return true;
	}
	return false;
}

/* Gone already is as good. */
static int take_edge(struct awm_session *s, int64_t id, int64_t blocker)
{
	int rc = rm_edge(s, id, blocker);

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* The blocker may be purged meanwhile, or deleted, or wait the other way
 * round. */
static int put_edge(struct awm_session *s, int64_t id, int64_t blocker)
{
	int rc = add_edge(s, id, blocker);

	if (rc != -AWM_NOT_FOUND && rc != -AWM_INVALID)
		return rc;
	err_clear();
	return 0;
}

/* Only what the change itself did: others may have added edges since. */
static int put_edges(struct awm_session *s, struct change *c, void *ctx)
{
	const struct edges_change *e = ctx;
	const cJSON *node;
	int rc = 0;

	cJSON_ArrayForEach(node, e->to)
	{
		int64_t id = (int64_t)node->valuedouble;
		if (!rc && !holds(e->from, id))
			rc = take_edge(s, c->id, id);
	}
	cJSON_ArrayForEach(node, e->from)
	{
		int64_t id = (int64_t)node->valuedouble;
		if (!rc && !holds(e->to, id))
			rc = put_edge(s, c->id, id);
	}
	return rc;
}

int work_restore(struct awm_session *s, struct change *c, const char *name,
		 const cJSON *from, const cJSON *to, bool *ret_known)
{
	struct edges_change edges = {from, to};

	*ret_known = true;
	if (!strcmp(name, "blockers"))
		return change_edges(s, c, put_edges, &edges);
	if (!strcmp(name, "deferUntil"))
		return defer_restore(s, c, from, to);
	if (!strcmp(name, "claimedBy"))
		return claim_restore(s, c, to);
	*ret_known = false;
	return 0;
}
