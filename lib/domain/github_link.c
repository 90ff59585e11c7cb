// SPDX-License-Identifier: MIT
/* What is known of both sides: bookkeeping, which no activity tells of. */
#include "domain/github.h"

#include "base/err.h"
#include "base/time.h"

/* ---- links ---- */

static int read_link(struct db_stmt *st, struct link_row *ret)
{
	int rc;

	ret->id = db_column_int(st, 0);
	ret->task = db_column_int(st, 1);
	ret->task_updated = db_column_int(st, 4);
	rc = prints_read(db_column_text(st, 2), &ret->remote);
	return rc ? rc : prints_read(db_column_text(st, 3), &ret->local);
}

int link_find(struct github *g, int64_t number, struct link_row *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(g->session->db, &st,
			  "SELECT \"id\",\"taskId\",\"remote\",\"local\","
			  "\"taskUpdatedAt\" FROM \"integration_links\" "
			  "WHERE \"integrationId\"=?1 AND \"source\"=?2 "
			  "AND \"externalId\"=?3",
			  "iti", g->access.id, g->source, number);

	*ret = (struct link_row){.number = number};
	if (!rc)
		rc = db_step(st);
	return rc > 0 ? read_link(st, ret) : rc;
}

static int link_add(struct github *g, const struct link_row *link,
		    const char *url, const char *remote, const char *local)
{
	return db_run(g->session->db,
		      "INSERT INTO \"integration_links\"(\"integrationId\","
		      "\"taskId\",\"source\",\"externalId\",\"url\","
		      "\"remote\",\"local\",\"taskUpdatedAt\",\"createdAt\","
		      "\"updatedAt\") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?9)",
		      "iititttii", g->access.id, link->task, g->source,
		      link->number, url, remote, local, link->task_updated,
		      g->session->now);
}

int link_write(struct github *g, const struct link_row *link, const char *url)
{
	struct arena a = {0};
	const char *remote = prints_write(&link->remote, &a);
	const char *local = prints_write(&link->local, &a);
	int rc = -AWM_NOMEM;

	if (remote && local && !link->id)
		rc = link_add(g, link, url, remote, local);
	else if (remote && local)
		rc = db_run(g->session->db,
			    "UPDATE \"integration_links\" SET "
			    "\"url\"=COALESCE(?2,\"url\"),\"remote\"=?3,"
			    "\"local\"=?4,\"taskUpdatedAt\"=?5,"
			    "\"updatedAt\"=?6 WHERE \"id\"=?1",
			    "itttii", link->id, url, remote, local,
			    link->task_updated, g->session->now);
	arena_release(&a);
	return rc;
}

/* ---- cursors ---- */

int cursor_read(struct github *g, const char *resource, struct arena *a,
		struct cursor *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const char *etag;
	int rc = db_query(g->session->db, &st,
			  "SELECT \"since\",\"etag\" FROM "
			  "\"integration_cursors\" WHERE \"integrationId\"=?1 "
			  "AND \"source\"=?2 AND \"resource\"=?3",
			  "itt", g->access.id, g->source, resource);

	*ret = (struct cursor){0};
	if (!rc)
		rc = db_step(st);
	if (rc <= 0)
		return rc;
	ret->since = db_column_int(st, 0);
	etag = db_column_text(st, 1);
	ret->etag = etag ? arena_strdup(a, etag) : NULL;
	return etag && !ret->etag ? -AWM_NOMEM : 0;
}

struct cursor_call {
	struct github *g;
	const char *resource;
	const struct cursor *cursor;
};

static int run_cursor(struct awm_session *s, void *ctx)
{
	const struct cursor_call *call = ctx;

	return db_run(s->db,
		      "INSERT INTO \"integration_cursors\"(\"integrationId\","
		      "\"source\",\"resource\",\"since\",\"etag\","
		      "\"updatedAt\") VALUES (?1,?2,?3,?4,?5,?6) "
		      "ON CONFLICT(\"integrationId\",\"source\",\"resource\") "
		      "DO UPDATE SET \"since\"=?4,\"etag\"=?5,"
		      "\"updatedAt\"=?6",
		      "ittiti", call->g->access.id, call->g->source,
		      call->resource, call->cursor->since, call->cursor->etag,
		      s->now);
}

int cursor_write(struct github *g, const char *resource,
		 const struct cursor *cursor)
{
	struct cursor_call call = {g, resource, cursor};

	return awm_transaction(g->session, run_cursor, &call);
}

/* ---- one at a time ---- */

/* Of two at once both would open an issue for the same task. */
#define LEASE	 "lease"
#define LEASE_MS (15 * INT64_C(60000))

int lease_keep(struct github *g)
{
	struct cursor lease = {.since = time_now() + LEASE_MS};

	return cursor_write(g, LEASE, &lease);
}

static int run_take(struct awm_session *s, void *ctx)
{
	struct github *g = ctx;
	struct arena a = {0};
	struct cursor lease;
	int rc = cursor_read(g, LEASE, &a, &lease);

	(void)s;
	arena_release(&a);
	if (!rc && lease.since > time_now()) {
		err_set(AWM_CONFLICT,
			"integration %lld is being synced by another process",
			(long long)g->access.id);
		return err_hint("if that one has died, it can be done again "
				"in a quarter of an hour");
	}
	return rc ? rc : lease_keep(g);
}

int lease_take(struct github *g)
{
	return awm_transaction(g->session, run_take, g);
}

int lease_drop(struct github *g)
{
	struct cursor none = {0};

	return cursor_write(g, LEASE, &none);
}
