// SPDX-License-Identifier: MIT
/* Which change is taken back, and in what order. */
#include "domain/undo.h"

#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/pool.h"
#include "domain/work.h"
#include "entity/entity.h"
#include "entity/store.h"
#include "queries.h"

#define TYPES_MAX 6 /* that a summary names */

static const struct awm_field undo_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "kind", .label = "Kind", .type = AWM_TYPE_TEXT},
	{.name = "undoes", .label = "Undoes", .type = AWM_TYPE_INT},
	{.name = "change", .label = "Change", .type = AWM_TYPE_INT},
	{.name = "madeAt", .label = "Made", .type = AWM_TYPE_TIME},
	{.name = "rows", .label = "Rows", .type = AWM_TYPE_INT},
	{.name = "taskIds", .label = "Tasks", .type = AWM_TYPE_JSON},
	{.name = "what", .label = "What", .type = AWM_TYPE_TEXT},
};

static const struct awm_field list_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "kind", .label = "Kind", .type = AWM_TYPE_TEXT},
	{.name = "undoes", .label = "Undoes", .type = AWM_TYPE_INT},
	{.name = "undone", .label = "Undone", .type = AWM_TYPE_BOOL},
	{.name = "rows", .label = "Rows", .type = AWM_TYPE_INT},
	{.name = "what", .label = "What", .type = AWM_TYPE_TEXT},
	{.name = "createdAt", .label = "Created", .type = AWM_TYPE_TIME},
};

struct undo {
	int64_t target; /* what is taken back; 0: the last */
	int64_t first;	/* the change that all this is about */
	bool redo;	/* the target is an undo */
	bool restores;	/* the target's activities are those of an undo */
	struct awm_record *change; /* the target */
	struct arena *arena;
	struct buf list, later; /* activities, and those that must wait */
	struct awm_record *record;
};

/* ---- the target ---- */

static int last_change(struct awm_session *s, struct undo *u)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			u->redo ? query_change_last_undo : query_change_last,
			"i", s->actor.id);

	if (!rc)
		u->target = id.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_set(AWM_NOT_FOUND, u->redo ? "there is no undo to take back"
				       : "you have nothing to take back");
	return err_hint("awm undo --list shows your changes");
}

static int refuse_undone(const struct undo *u)
{
	err_set(AWM_INVALID, "change %lld is taken back already",
		(long long)u->target);
	return err_hint("awm redo, or awm undo with the number of its undo");
}

static int load_target(struct awm_session *s, struct undo *u)
{
	const struct awm_value *v;
	int rc = store_get(s->db, &entity_change, u->target, u->arena,
			   &u->change);

	if (rc)
		return rc;
	v = u->change->values;
	if (v[CHANGE_userId].i != s->actor.id) {
		err_set(AWM_DENIED, "change %lld is somebody else's",
			(long long)u->target);
		return err_hint("awm undo --list shows yours");
	}
	/* What was done again is what was done at first. */
	if (!strcmp(v[CHANGE_kind].s, "redo")) {
		struct awm_value first;
		rc = db_get(s->db, NULL, &first,
			    "SELECT \"undoes\" FROM \"changes\" "
			    "WHERE \"id\"=?1",
			    "i", v[CHANGE_undoes].i);
		if (rc || first.kind != AWM_INT)
			return rc ? rc : refuse_undone(u);
		u->target = first.i;
		return load_target(s, u);
	}
	u->redo = !strcmp(v[CHANGE_kind].s, "undo");
	u->first = u->redo ? v[CHANGE_undoes].i : u->target;
	u->restores = u->redo;
	return v[CHANGE_undone].i ? refuse_undone(u) : 0;
}

/* ---- taking it back ---- */

static int touches_tasks(struct awm_session *s, const struct undo *u, bool *ret)
{
	struct awm_value found;
	int rc = db_get(s->db, NULL, &found,
			"SELECT 1 FROM \"activities\" WHERE \"changeId\"=?1 "
			"AND \"taskId\" IS NOT NULL LIMIT 1",
			"i", u->target);

	*ret = !rc;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* One that is refused may be possible once others are back: a subtask in the
 * project of its parent. */
static bool may_wait(int rc)
{
	return rc == -AWM_INVALID || rc == -AWM_CONFLICT ||
	       rc == -AWM_NOT_FOUND;
}

static struct undo_step step_of(struct awm_session *s, const struct undo *u,
				int64_t activity, bool tasks)
{
	struct undo_step step = {
		.s = s,
		.activity = activity,
		.made_at = u->change->values[CHANGE_createdAt].i,
		.restores = u->restores,
		.with_tasks = tasks,
	};

	return step;
}

static int take_round(struct awm_session *s, struct undo *u, bool tasks,
		      bool *ret_progress)
{
	size_t n;
	const int64_t *ids = work_ids_of(&u->list, &n);
	int rc = 0;

	*ret_progress = false;
	buf_truncate(&u->later, 0);
	for (size_t i = 0; i < n && !rc; i++) {
		struct undo_step step = step_of(s, u, ids[i], tasks);
		rc = undo_activity(&step);
		*ret_progress |= !rc;
		if (!may_wait(rc))
			continue;
		buf_add(&u->later, &ids[i], sizeof(ids[i]));
		rc = buf_check(&u->later);
	}
	return rc;
}

static int explain(struct undo *u, int rc)
{
	if (may_wait(rc))
		err_context("change %lld", (long long)u->target);
	if (rc == -AWM_INVALID && !*awm_error_last()->hint)
		err_hint("awm undo --list shows your changes; awm undo NUMBER "
			 "takes back one of them");
	return rc;
}

static int take_all(struct awm_session *s, struct undo *u)
{
	bool tasks, progress = true;
	int rc = touches_tasks(s, u, &tasks);

	while (!rc && u->list.len && progress) {
		struct buf done = u->list;
		rc = take_round(s, u, tasks, &progress);
		u->list = u->later;
		u->later = done;
	}
	if (rc || !u->list.len)
		return rc;
	/* The first that is left tells why. */
	size_t n;
	const int64_t *ids = work_ids_of(&u->list, &n);
	struct undo_step step = step_of(s, u, ids[0], tasks);
	rc = undo_activity(&step);
	return explain(u, rc);
}

static int mark(struct awm_session *s, const struct undo *u)
{
	const struct awm_value *v = u->change->values;
	int rc = db_run(s->db,
			"UPDATE \"changes\" SET \"undone\"=1 WHERE \"id\"=?1",
			"i", u->target);

	if (rc || !u->redo)
		return rc;
	return db_run(s->db,
		      "UPDATE \"changes\" SET \"undone\"=0 WHERE \"id\"=?1",
		      "i", v[CHANGE_undoes].i);
}

/* ---- what is told of it ---- */

static int types_of(struct awm_session *s, const struct undo *u,
		    struct buf *out)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	size_t n = 0;
	int rc = db_query(s->db, &st,
			  "SELECT \"type\",COUNT(*) FROM \"activities\" "
			  "WHERE \"changeId\"=?1 GROUP BY \"type\" "
			  "ORDER BY MIN(\"id\")",
			  "i", u->first);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t count = db_column_int(st, 1);
		if (n++ == TYPES_MAX)
			buf_adds(out, ", …");
		if (n > TYPES_MAX) {
			rc = 0;
			continue;
		}
		buf_adds(out, n > 1 ? ", " : "");
		if (count > 1)
			buf_addf(out, "%lld × ", (long long)count);
		buf_adds(out, db_column_text(st, 0));
		rc = 0;
	}
	return rc ? rc : buf_check(out);
}

/* "task.completed of task 3 'Buy milk'", if there is but one task. */
static int name_task(struct awm_session *s, const struct undo *u,
		     const struct awm_value *ids, struct buf *out)
{
	struct awm_record *row;
	int64_t id = 0;
	int rc;

	if (strchr(ids->s, ',') || !strcmp(ids->s, "[]"))
		return 0;
	for (const char *p = ids->s + 1; *p >= '0' && *p <= '9'; p++)
		id = id * 10 + (*p - '0');
	rc = store_get(s->db, &entity_task, id, u->arena, &row);
	if (!rc)
		buf_addf(out, " of task %lld '%s'", (long long)id,
			 row->values[TASK_title].s);
	return rc ? rc : buf_check(out);
}

static int tell(struct awm_session *s, struct undo *u, size_t rows)
{
	static const size_t n = ARRAY_LEN(undo_fields);
	const struct awm_field **fields =
		arena_array(u->arena, n, sizeof(*fields));
	struct awm_value *v = arena_array(u->arena, n, sizeof(*v));
	struct awm_record *row = arena_alloc(u->arena, sizeof(*row));
	_cleanup_buf_ struct buf what = {0};
	int rc;

	if (!fields || !v || !row)
		return -AWM_NOMEM;
	for (size_t i = 0; i < n; i++)
		fields[i] = &undo_fields[i];
	v[0] = AWM_VALUE_INT(s->change);
	v[1] = awm_value_text(u->redo ? "redo" : "undo");
	v[2] = AWM_VALUE_INT(u->target);
	v[3] = AWM_VALUE_INT(u->first);
	v[4] = u->change->values[CHANGE_createdAt];
	v[5] = AWM_VALUE_INT((int64_t)rows);
	rc = db_get(s->db, u->arena, &v[6],
		    "SELECT json_group_array(\"taskId\") FROM (SELECT DISTINCT "
		    "\"taskId\" FROM \"activities\" WHERE \"changeId\"=?1 AND "
		    "\"taskId\" IS NOT NULL ORDER BY \"taskId\")",
		    "i", u->first);
	if (!rc)
		rc = types_of(s, u, &what);
	if (!rc)
		rc = name_task(s, u, &v[6], &what);
	if (rc)
		return rc;
	v[7] = awm_value_text(arena_strdup(u->arena, buf_str(&what)));
	if (v[7].kind == AWM_NULL)
		return -AWM_NOMEM;
	*row = (struct awm_record){.fields = fields, .values = v, .count = n};
	u->record = row;
	return 0;
}

static int run(struct awm_session *s, struct undo *u)
{
	struct awm_value change;
	size_t rows;
	int rc = work_ids(s,
			  "SELECT \"id\" FROM \"activities\" "
			  "WHERE \"changeId\"=?1 ORDER BY \"id\" DESC",
			  u->target, &u->list);

	s->undoes = u->target;
	s->redo = u->redo;
	rows = u->list.len / sizeof(int64_t);
	/* Numbered before the first part, which may be rolled back. */
	if (!rc)
		rc = undo_change(s, &change);
	if (!rc)
		rc = take_all(s, u);
	if (!rc)
		rc = mark(s, u);
	if (!rc)
		rc = tell(s, u, rows);
	s->undoes = 0;
	s->redo = false;
	return rc;
}

static int run_undo(struct awm_session *s, void *ctx)
{
	struct undo *u = ctx;
	int rc = u->target ? 0 : last_change(s, u);

	if (!rc)
		rc = load_target(s, u);
	return rc ? rc : run(s, u);
}

static int undo(struct awm_session *s, struct undo *u, struct awm_pool *pool,
		struct awm_record **ret)
{
	struct arena own = {0};
	int rc = role_require(s, ROLE_MEMBER, "take back a change");

	u->arena = pool ? pool_arena(pool) : &own;
	if (!rc)
		rc = awm_transaction(s, run_undo, u);
	if (!rc && ret && pool)
		*ret = u->record;
	buf_release(&u->list);
	buf_release(&u->later);
	arena_release(&own);
	return rc;
}

int awm_undo(struct awm_session *s, int64_t change, struct awm_pool *pool,
	     struct awm_record **ret)
{
	struct undo u = {.target = change};

	return undo(s, &u, pool, ret);
}

int awm_redo(struct awm_session *s, struct awm_pool *pool,
	     struct awm_record **ret)
{
	struct undo u = {.redo = true};

	return undo(s, &u, pool, ret);
}

int awm_change_list(struct awm_session *s, int64_t limit, awm_row_fn *fn,
		    void *ctx)
{
	const struct awm_field *fields[ARRAY_LEN(list_fields)];
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query_change_list, "ii", s->actor.id,
			  limit ? limit : (int64_t)-1);

	for (size_t i = 0; i < ARRAY_LEN(list_fields); i++)
		fields[i] = &list_fields[i];
	return rc ? rc
		  : store_rows(st, fields, ARRAY_LEN(list_fields), fn, ctx);
}
