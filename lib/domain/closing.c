// SPDX-License-Identifier: MIT
/* Commits that complete tasks: now, or once they are on the default branch. */
#include <string.h>

#include "base/err.h"
#include "domain/link.h"
#include "domain/task.h"
#include "domain/work.h"

struct completion {
	struct awm_session *session;
	int64_t task;
};

static int run_completion(struct db *db, void *ctx)
{
	const struct completion *c = ctx;

	(void)db;
	return awm_task_done(c->session, &c->task, 1, false, NULL, NULL);
}

static int is_open(struct awm_session *s, int64_t task, bool *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT \"status\"<>'done' AND \"deletedAt\" IS NULL "
			"FROM \"tasks\" WHERE \"id\"=?1",
			"i", task);

	*ret = !rc && v.i;
	return rc;
}

static int wait_for_it(struct linker *k, const struct link *l)
{
	return db_run(k->session->db,
		      "INSERT INTO \"git_closings\"(\"taskId\",\"sha\","
		      "\"createdAt\") VALUES (?1,?2,?3) ON CONFLICT DO NOTHING",
		      "iti", l->task, l->sha, k->session->now);
}

/* One that may not be completed now gets its turn at each later scan. */
static int complete_task(struct linker *k, struct link *l)
{
	struct completion c = {k->session, l->task};
	bool open;
	int rc = is_open(k->session, l->task, &open);

	if (rc || !open)
		return rc;
	rc = db_part(k->session->db, run_completion, &c);
	if (rc == -AWM_INVALID || rc == -AWM_CONFLICT) {
		err_clear();
		k->report.refused++;
		return wait_for_it(k, l);
	}
	if (rc)
		return rc;
	l->state = k->session->dry_run ? "would complete" : "completed";
	k->report.completed++;
	return 0;
}

int closing_apply(struct linker *k, struct link *l)
{
	bool now = l->on_default || k->complete_on == COMPLETE_ON_COMMIT;
	int rc = 0;

	if (k->complete_on == COMPLETE_NEVER)
		return 0;
	if (!now) {
		rc = k->ops->on_default(k->repo, l->sha, &now, &k->error);
		if (rc)
			return link_failed(k, rc);
	}
	return now ? complete_task(k, l) : wait_for_it(k, l);
}

/* ---- what waits ---- */

static int read_waiting(struct linker *k, struct buf *out)
{
	struct db_stmt *st = NULL;
	int rc = db_run(k->session->db,
			"DELETE FROM \"git_closings\" WHERE \"taskId\" IN "
			"(SELECT \"id\" FROM \"tasks\" WHERE "
			"\"status\"='done')",
			NULL);

	if (!rc)
		rc = db_query(k->session->db, &st,
			      "SELECT \"taskId\",\"sha\" FROM \"git_closings\" "
			      "ORDER BY \"taskId\",\"sha\"",
			      NULL);
	while (!rc && (rc = db_step(st)) > 0) {
		struct link l = {
			.task = db_column_int(st, 0),
			.sha = arena_strdup(&k->arena, db_column_text(st, 1)),
			.state = "present",
		};
		buf_add(out, &l, sizeof(l));
		rc = l.sha ? buf_check(out) : -AWM_NOMEM;
	}
	if (st)
		db_reset(st);
	return rc;
}

struct reading {
	struct linker *k;
	struct link *link;
};

static int fill(void *ctx, const struct repo_commit *c)
{
	const struct reading *r = ctx;
	struct link l;
	int rc = link_fill(r->k, c, &r->k->arena, &l);

	if (rc)
		return rc;
	l.task = r->link->task;
	l.state = r->link->state;
	*r->link = l;
	return 0;
}

static int settle_one(struct linker *k, struct link *l)
{
	struct reading r = {k, l};
	bool there;
	int rc = k->ops->on_default(k->repo, l->sha, &there, &k->error);

	if (!rc && there)
		rc = k->ops->read(k->repo, l->sha, fill, &r, &k->error);
	if (rc)
		return link_failed(k, rc);
	if (there)
		rc = complete_task(k, l);
	if (rc || !strcmp(l->state, "present"))
		return rc;
	buf_add(&k->links, l, sizeof(*l));
	rc = buf_check(&k->links);
	if (rc)
		return rc;
	return db_run(k->session->db,
		      "DELETE FROM \"git_closings\" WHERE \"taskId\"=?1", "i",
		      l->task);
}

int closing_settle(struct linker *k)
{
	_cleanup_buf_ struct buf waiting = {0};
	struct link *links;
	int rc = 0;

	if (k->complete_on == COMPLETE_NEVER)
		return 0;
	/* Those that were refused a moment ago are among them. */
	k->report.refused = 0;
	rc = read_waiting(k, &waiting);
	links = (struct link *)(void *)waiting.s;
	for (size_t i = 0; i < waiting.len / sizeof(*links) && !rc; i++)
		rc = settle_one(k, &links[i]);
	return rc;
}
