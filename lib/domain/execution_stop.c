// SPDX-License-Identifier: MIT
/* Executions whose process is no more, and those that somebody wants ended. */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "domain/execution_run.h"
#include "domain/pool.h"
#include "entity/store.h"

#define DAY (INT64_C(24) * 60 * 60 * 1000)

/* ---- those whose process is no more ---- */

struct reaping {
	const struct execution_live *items;
	size_t count;
	bool force;
	struct arena arena;
	struct buf rows; /* of struct awm_record * */
};

/* Why it cannot be running any more; NULL: nobody says so. */
static const char *cause_of_death(struct awm_session *s, struct reaping *r,
				  const struct execution_live *live)
{
	bool old = r->force && live->started <= s->now - DAY;

	if (!live->known)
		return old ? "no process is known to run it" : NULL;
	switch (pid_look(&live->mark)) {
	case PID_GONE:
		return arena_printf(&r->arena,
				    "its process, %lld, ended without a word",
				    (long long)live->mark.pid);
	case PID_ELSEWHERE:
		return old ? arena_printf(&r->arena,
					  "given up after a day without a word "
					  "from '%s'",
					  live->mark.host)
			   : NULL;
	case PID_ALIVE:
		break;
	}
	return NULL;
}

static int reap_all(struct awm_session *s, struct reaping *r)
{
	int rc = 0;

	for (size_t i = 0; i < r->count && !rc; i++) {
		const char *why = cause_of_death(s, r, &r->items[i]);
		struct awm_record *row;
		if (!why)
			continue;
		rc = execution_stop(s, r->items[i].id, "failed", why, &r->arena,
				    &row);
		/* Its row went in the meantime. */
		if (rc == -AWM_NOT_FOUND) {
			err_clear();
			rc = 0;
			continue;
		}
		buf_add(&r->rows, &row, sizeof(row));
	}
	return rc ? rc : buf_check(&r->rows);
}

static int run_reap(struct awm_session *s, void *ctx)
{
	struct reaping *r = ctx;
	bool chore = s->chore;
	int rc;

	/* Whoever finds a dead run has not ended it, and takes nothing back. */
	s->chore = true;
	buf_truncate(&r->rows, 0);
	rc = reap_all(s, r);
	s->chore = chore;
	return rc;
}

static bool any_dead(struct awm_session *s, struct reaping *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (cause_of_death(s, r, &r->items[i]))
			return true;
	return false;
}

int awm_execution_reap(struct awm_session *s, bool force, awm_row_fn *fn,
		       void *ctx)
{
	_cleanup_buf_ struct buf list = {0};
	struct reaping r = {.force = force};
	struct awm_record **rows;
	int rc = force ? role_require(s, ROLE_ADMIN,
				      "give up executions of other machines")
		       : role_require(s, ROLE_MEMBER, "end dead executions");

	execution_clock(s);
	if (!rc)
		rc = execution_live(s, &list);
	r.items = execution_live_of(&list, &r.count);
	if (!rc && any_dead(s, &r))
		rc = awm_transaction(s, run_reap, &r);
	rows = (struct awm_record **)(void *)r.rows.s;
	for (size_t i = 0; fn && !rc && i < r.rows.len / sizeof(*rows); i++)
		rc = fn(ctx, rows[i]);
	buf_release(&r.rows);
	arena_release(&r.arena);
	return rc;
}

/* A listing does not fail because somebody else is writing: the next one looks
 * again. */
int execution_reap(struct awm_session *s)
{
	int rc;

	if (role_of(s) < ROLE_MEMBER)
		return 0;
	rc = awm_execution_reap(s, false, NULL, NULL);
	if (rc != -AWM_DATABASE || db_in_write(s->db))
		return rc;
	err_clear();
	return 0;
}

/* ---- those that somebody wants ended ---- */

/* A run looks once a second whether it is wanted any longer. */
#define GRACE_MS 3000
#define LOOK_MS	 50

struct cancelling {
	const int64_t *ids;
	size_t n;
	struct arena *arena;
	struct awm_record **rows;
};

static bool is_among(const struct cancelling *c, int64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->ids[i] == id)
			return true;
	return false;
}

static int may_cancel(struct awm_session *s, int64_t id)
{
	struct awm_value user;
	int rc = db_get(s->db, NULL, &user,
			"SELECT COALESCE(\"userId\",0) FROM \"execution_runs\" "
			"WHERE \"executionId\"=?1",
			"i", id);

	if (rc == -AWM_NOT_FOUND)
		err_clear();
	else if (rc)
		return rc;
	if (!rc && user.i == s->actor.id)
		return role_require(s, ROLE_MEMBER, "cancel an execution");
	return role_require(s, ROLE_ADMIN,
			    "cancel an execution of somebody else");
}

static int ask_one(struct awm_session *s, struct cancelling *c, int64_t id)
{
	struct awm_record *row;
	const struct awm_value *status;
	int rc = store_get(s->db, &entity_execution, id, c->arena, &row);

	if (rc)
		return rc;
	status = &row->values[EXECUTION_status];
	rc = may_cancel(s, id);
	if (!rc && !value_is(status, "running"))
		return execution_ended(id, status);
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"execution_runs\" "
			    "SET \"cancelRequested\"=1 "
			    "WHERE \"executionId\"=?1",
			    "i", id);
	return rc;
}

static int run_ask(struct awm_session *s, void *ctx)
{
	struct cancelling *c = ctx;
	int rc = role_require(s, ROLE_MEMBER, "cancel an execution");

	for (size_t i = 0; i < c->n && !rc; i++)
		rc = ask_one(s, c, c->ids[i]);
	return rc;
}

static bool same_process(const struct pid_mark *a, const struct pid_mark *b)
{
	return a->pid == b->pid && a->start == b->start &&
	       !strcmp(a->host, b->host) && !strcmp(a->boot, b->boot);
}

/* Whether its process runs something that nobody wants ended. */
static bool is_shared(const struct cancelling *c,
		      const struct execution_live *of,
		      const struct execution_live *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_among(c, all[i].id) && all[i].known &&
		    same_process(&all[i].mark, &of->mark))
			return true;
	return false;
}

/* Of what still runs: `ret_wait` says whether any of it can end by itself. */
static int look(struct awm_session *s, const struct cancelling *c, bool stop,
		bool *ret_wait)
{
	_cleanup_buf_ struct buf list = {0};
	const struct execution_live *all;
	size_t n;
	int rc = execution_live(s, &list);

	*ret_wait = false;
	all = execution_live_of(&list, &n);
	for (size_t i = 0; i < n && !rc; i++) {
		if (!is_among(c, all[i].id) || !all[i].known ||
		    pid_look(&all[i].mark) == PID_GONE)
			continue;
		*ret_wait = true;
		if (stop && !is_shared(c, &all[i], all, n))
			pid_stop(&all[i].mark);
	}
	return rc;
}

static int wait_for_end(struct awm_session *s, const struct cancelling *c)
{
	const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
	bool waiting;
	int rc = look(s, c, true, &waiting);

	for (int ms = 0; !rc && waiting && ms < GRACE_MS; ms += LOOK_MS) {
		nanosleep(&pause, NULL);
		rc = look(s, c, false, &waiting);
	}
	return rc;
}

static int run_cancel(struct awm_session *s, void *ctx)
{
	struct cancelling *c = ctx;
	int rc = 0;

	for (size_t i = 0; i < c->n && !rc; i++)
		rc = execution_stop(s, c->ids[i], "cancelled",
				    "cancelled on request", c->arena,
				    &c->rows[i]);
	return rc;
}

int awm_execution_cancel(struct awm_session *s, const int64_t *ids, size_t n,
			 struct awm_pool *pool, struct awm_record **ret)
{
	struct cancelling c = {ids, n, pool_arena(pool), ret};
	int rc = awm_transaction(s, run_ask, &c);

	if (!rc && !s->dry_run)
		rc = wait_for_end(s, &c);
	execution_clock(s);
	return rc ? rc : awm_transaction(s, run_cancel, &c);
}
