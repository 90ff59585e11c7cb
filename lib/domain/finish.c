// SPDX-License-Identifier: MIT
/* Completing tasks, in an order in which they can be. */
#include <string.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"
#include "queries.h"

/* "3, 4 and 7 more" */
static void list_ids(struct buf *out, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n && i < 5; i++)
		buf_addf(out, "%s%lld", i ? ", " : "", (long long)ids[i]);
	if (n > 5)
		buf_addf(out, " and %zu more", n - 5);
}

int task_refuse_open_parts(struct awm_session *s, const struct change *c)
{
	_cleanup_buf_ struct buf parts = {0}, text = {0};
	const int64_t *ids;
	size_t n;
	int rc;

	if (!value_is(&c->after[TASK_status], "done") ||
	    value_is(&c->before[TASK_status], "done"))
		return 0;
	rc = work_ids(s, query_task_open_parts, c->id, &parts);
	if (rc || !parts.len)
		return rc;
	ids = work_ids_of(&parts, &n);
	list_ids(&text, ids, n);
	err_set(AWM_INVALID, "task %lld has open subtasks: %s",
		(long long)c->id, buf_str(&text));
	return err_hint("awm task done %lld --recursive completes them too",
			(long long)c->id);
}

static int done_one(struct awm_session *s, int64_t id, struct awm_pool *pool,
		    struct awm_record **ret)
{
	return awm_task_do(s, AWM_TASK_DONE, id, pool, ret);
}

struct finish {
	const int64_t *ids;
	size_t n;
	bool recursive;
	struct awm_pool *pool;
	struct awm_record **rows;
	bool *finished;
};

/* Subtasks that can be completed now. Those that wait for others of them get
 * their turn when these are done. */
static int finish_below(struct awm_session *s, int64_t id, bool *ret_progress)
{
	_cleanup_buf_ struct buf list = {0};
	struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query_task_open_below, "i", id);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t below = db_column_int(st, 0);
		if (!db_column_int(st, 1))
			buf_add(&list, &below, sizeof(below));
		rc = buf_check(&list);
	}
	if (st)
		db_reset(st);
	size_t n;
	const int64_t *ids = work_ids_of(&list, &n);
	for (size_t i = 0; i < n && !rc; i++) {
		_cleanup_buf_ struct buf parts = {0};
		rc = work_ids(s, query_task_open_parts, ids[i], &parts);
		if (rc || parts.len)
			continue;
		rc = done_one(s, ids[i], NULL, NULL);
		*ret_progress = true;
	}
	return rc;
}

/* Whether the task could be completed now. */
static int can_finish(struct awm_session *s, int64_t id, bool *ret)
{
	_cleanup_buf_ struct buf parts = {0};
	struct awm_value blocked;
	int rc = db_get(s->db, NULL, &blocked,
			"SELECT \"status\"='blocked' FROM \"tasks\" "
			"WHERE \"id\"=?1",
			"i", id);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)id);
	if (!rc)
		rc = work_ids(s, query_task_open_parts, id, &parts);
	*ret = !rc && !blocked.i && !parts.len;
	return rc;
}

static int finish_one(struct awm_session *s, struct finish *f, size_t i)
{
	return done_one(s, f->ids[i], f->pool, f->rows ? &f->rows[i] : NULL);
}

/* One round through those that are left. */
static int finish_round(struct awm_session *s, struct finish *f,
			bool *ret_progress)
{
	int rc = 0;

	for (size_t i = 0; i < f->n && !rc; i++) {
		bool can = false;
		if (f->finished[i])
			continue;
		if (f->recursive)
			rc = finish_below(s, f->ids[i], ret_progress);
		if (!rc)
			rc = can_finish(s, f->ids[i], &can);
		if (rc || !can)
			continue;
		rc = finish_one(s, f, i);
		f->finished[i] = true;
		*ret_progress = true;
	}
	return rc;
}

/* What stands in the way of one that cannot be completed. */
static int refuse(struct awm_session *s, struct finish *f, size_t i)
{
	struct db_stmt *st = NULL;
	int64_t in_way = 0;
	int rc = 0;

	if (f->recursive)
		rc = db_query(s->db, &st, query_task_open_below, "i",
			      f->ids[i]);
	while (st && !rc && (rc = db_step(st)) > 0) {
		if (db_column_int(st, 1) && !in_way)
			in_way = db_column_int(st, 0);
		rc = 0;
	}
	if (st)
		db_reset(st);
	if (rc)
		return rc;
	if (in_way)
		return done_one(s, in_way, f->pool, NULL);
	return finish_one(s, f, i);
}

static int run_finish(struct awm_session *s, void *ctx)
{
	struct finish *f = ctx;
	bool progress = true;
	int rc = 0;

	memset(f->finished, 0, f->n * sizeof(*f->finished));
	while (progress && !rc) {
		progress = false;
		rc = finish_round(s, f, &progress);
	}
	for (size_t i = 0; i < f->n && !rc; i++)
		if (!f->finished[i])
			rc = refuse(s, f, i);
	return rc;
}

int awm_task_done(struct awm_session *s, const int64_t *ids, size_t n,
		  bool recursive, struct awm_pool *pool,
		  struct awm_record **rows)
{
	struct arena own = {0};
	struct finish f = {ids, n, recursive, pool, rows, NULL};
	int rc = -AWM_NOMEM;

	f.finished = arena_array(&own, n ? n : 1, sizeof(*f.finished));
	if (f.finished)
		rc = awm_transaction(s, run_finish, &f);
	arena_release(&own);
	return rc;
}
