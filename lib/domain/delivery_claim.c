// SPDX-License-Identifier: MIT
/* Who has which delivery in hand. */
#include <string.h>

#include "base/err.h"
#include "domain/delivery.h"
#include "edge/pid.h"
#include "queries.h"

#define LEASE_MS 60000
#define RENEW_MS 15000
#define REAP_MS	 1000
#define ALL_MAX	 ((size_t)1024) /* in hand at once */
#define LEAST	 ((size_t)4)

/* ---- lines ---- */

void line_add(struct line *line, struct message *m)
{
	if (!line->first)
		line->last = &line->first;
	m->next = NULL;
	*line->last = m;
	line->last = &m->next;
	line->n++;
}

struct message *line_take(struct line *line)
{
	struct message *m = line->first;

	if (m) {
		line->first = m->next;
		line->n--;
	}
	return m;
}

/* ---- leases ---- */

static int lease(struct deliverer *d, int64_t id, const struct pid_mark *here)
{
	return db_run(d->s->db,
		      "INSERT INTO \"delivery_leases\"(\"deliveryId\","
		      "\"token\",\"host\",\"bootId\",\"pid\",\"pidStart\","
		      "\"until\") VALUES (?1,?2,?3,?4,?5,?6,?7)",
		      "itttiii", id, d->token, here->host, here->boot,
		      here->pid, here->start, d->s->now + LEASE_MS);
}

static int unlease(struct deliverer *d, int64_t id)
{
	return db_run(d->s->db,
		      "DELETE FROM \"delivery_leases\" "
		      "WHERE \"deliveryId\"=?1 AND \"token\"=?2",
		      "it", id, d->token);
}

int delivery_release(struct deliverer *d, struct endpoint *e)
{
	struct line gone = {0};
	struct message *m;
	int rc = 0;

	delivery_lock(d);
	while ((m = line_take(&e->waiting))) {
		d->waiting--;
		line_add(&gone, m);
	}
	delivery_unlock(d);
	while ((m = line_take(&gone))) {
		if (!rc)
			rc = unlease(d, m->id);
		free(m);
	}
	return rc;
}

void delivery_publish(struct deliverer *d)
{
	struct message *m;

	delivery_lock(d);
	for (struct endpoint *e = d->endpoints; e; e = e->next) {
		while ((m = line_take(&e->claimed))) {
			line_add(&e->waiting, m);
			d->waiting++;
		}
		if (e->settled)
			e->held = e->settled = false;
	}
	delivery_unlock(d);
	d->ops->wake(d->net);
}

static int drop_token(struct deliverer *d, const char *token)
{
	return db_run(d->s->db,
		      "DELETE FROM \"delivery_leases\" WHERE \"token\"=?1", "t",
		      token);
}

/* The holders first: a table is not written to while it is read. */
static int find_gone(struct deliverer *d, struct arena *a, const char ***ret,
		     size_t *ret_n)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	size_t room = 0;
	int rc = db_query(d->s->db, &st, query_delivery_holders, "t", d->token);
	int step = 0;

	while (!rc && (step = db_step(st)) > 0) {
		struct pid_mark mark = {.pid = db_column_int(st, 3),
					.start = db_column_int(st, 4)};
		snprintf(mark.host, sizeof(mark.host), "%s",
			 db_column_text(st, 1));
		snprintf(mark.boot, sizeof(mark.boot), "%s",
			 db_column_text(st, 2));
		if (pid_look(&mark) != PID_GONE)
			continue;
		if (*ret_n == room) {
			const char **more;

			room = room ? room * 2 : 16;
			more = arena_array(a, room, sizeof(*more));
			if (!more)
				return -AWM_NOMEM;
			if (*ret_n)
				memcpy(more, *ret, *ret_n * sizeof(*more));
			*ret = more;
		}
		(*ret)[*ret_n] = arena_strdup(a, db_column_text(st, 0));
		if (!(*ret)[(*ret_n)++])
			return -AWM_NOMEM;
	}
	return step < 0 ? step : rc;
}

int delivery_reap(struct deliverer *d)
{
	struct arena a = {0};
	const char **gone = NULL;
	size_t n = 0;
	int rc;

	if (d->reaped && delivery_clock() - d->reaped < REAP_MS)
		return 0;
	d->reaped = delivery_clock();
	rc = find_gone(d, &a, &gone, &n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = drop_token(d, gone[i]);
	if (!rc)
		rc = db_run(d->s->db,
			    "DELETE FROM \"delivery_leases\" "
			    "WHERE \"until\"<?1 AND \"token\"<>?2",
			    "it", d->s->now, d->token);
	arena_release(&a);
	return rc;
}

static int renew(struct deliverer *d)
{
	if (delivery_clock() - d->renewed < RENEW_MS)
		return 0;
	d->renewed = delivery_clock();
	return db_run(d->s->db,
		      "UPDATE \"delivery_leases\" SET \"until\"=?2 "
		      "WHERE \"token\"=?1",
		      "ti", d->token, d->s->now + LEASE_MS);
}

/* ---- claims ---- */

enum {
	C_id,
	C_messageId,
	C_eventType,
	C_payload,
	C_attempts,
	C_nextAttemptAt,
	C_leased
};

static struct message *message_of(struct deliverer *d, struct endpoint *e,
				  struct db_stmt *st)
{
	struct awm_value id, type, payload;
	struct message *m;
	char *p;

	db_column(st, C_messageId, &id);
	db_column(st, C_eventType, &type);
	db_column(st, C_payload, &payload);
	m = malloc(sizeof(*m) + id.len + type.len + payload.len + 3);
	if (!m) {
		err_nomem();
		return NULL;
	}
	memset(m, 0, sizeof(*m));
	p = m->bytes;
	m->message_id = memcpy(p, id.s, id.len + 1);
	m->type = memcpy(p += id.len + 1, type.s, type.len + 1);
	m->payload = memcpy(p + type.len + 1, payload.s, payload.len + 1);
	m->payload_len = payload.len;
	m->endpoint = e;
	m->deliverer = d;
	m->id = db_column_int(st, C_id);
	m->attempts = (unsigned)db_column_int(st, C_attempts);
	m->wish = -1;
	return m;
}

static void note_due(struct deliverer *d, int64_t at)
{
	if (at && (!d->next_due || at < d->next_due))
		d->next_due = at;
}

/* Whether the row may be claimed; *ret_stop when those behind it may not. */
static bool is_free(struct deliverer *d, struct endpoint *e, struct db_stmt *st)
{
	int64_t due = db_column_int(st, C_nextAttemptAt);

	if (db_column_int(st, C_leased)) {
		d->others = true;
		return false;
	}
	if (due <= d->s->now)
		return true;
	note_due(d, due);
	(void)e;
	return false;
}

/* Reads the line into memory, then leases it. */
static int claim_rows(struct deliverer *d, struct endpoint *e,
		      struct db_stmt *st, size_t limit, struct line *got)
{
	int step = 0;
	size_t n = 0;

	while ((step = db_step(st)) > 0) {
		struct message *m;

		n++;
		if (!is_free(d, e, st))
			return 0;
		m = message_of(d, e, st);
		if (!m)
			return -AWM_NOMEM;
		line_add(got, m);
	}
	e->more = n == limit;
	return step;
}

static int query_rows(struct deliverer *d, struct endpoint *e, size_t limit,
		      struct db_stmt **ret)
{
	bool in_hand;

	delivery_lock(d);
	in_hand = e->active || e->waiting.n;
	delivery_unlock(d);
	if (d->opts->only)
		return db_query(d->s->db, ret, query_delivery_only, "i",
				d->opts->only);
	if (e->unordered)
		return db_query(d->s->db, ret, query_delivery_loose, "iii",
				e->id, d->s->now, (int64_t)limit);
	return db_query(d->s->db, ret, query_delivery_line, "iii", e->id,
			in_hand ? e->cursor : (int64_t)0, (int64_t)limit);
}

static int claim_of(struct deliverer *d, struct endpoint *e,
		    const struct pid_mark *here)
{
	/* The first time few, so that something is under way soon. */
	size_t limit = d->looked ? d->share : (d->share + 3) / 4;
	struct line got = {0};
	struct message *m;
	struct db_stmt *st = NULL;
	int rc;

	e->more = false;
	rc = query_rows(d, e, limit, &st);
	if (!rc)
		rc = claim_rows(d, e, st, limit, &got);
	if (st)
		db_reset(st);
	while ((m = line_take(&got))) {
		if (!rc)
			rc = lease(d, m->id, here);
		if (rc) {
			free(m);
			continue;
		}
		e->cursor = m->id;
		line_add(&e->claimed, m);
	}
	return rc;
}

/* Of those that keep no order the rows that are not due were not seen. */
static int look_ahead(struct deliverer *d, struct endpoint *e)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(d->s->db, &st, query_delivery_loose_next, "it", e->id,
			  d->token);

	if (!rc)
		rc = db_step(st);
	if (rc <= 0)
		return rc;
	note_due(d, db_column_int(st, 0));
	if (db_column_int(st, 1))
		d->others = true;
	return 0;
}

static bool has_room(struct deliverer *d, const struct endpoint *e)
{
	bool room;

	delivery_lock(d);
	room = e->seen && e->waiting.n <= d->share / 2;
	delivery_unlock(d);
	return room;
}

/* All have the same, whatever waits for each of them. */
static void divide(struct deliverer *d)
{
	size_t n = 0;

	for (const struct endpoint *e = d->endpoints; e; e = e->next)
		n += e->seen;
	d->share = n ? ALL_MAX / n : ALL_MAX;
	if (d->share > DELIVERY_LINE)
		d->share = DELIVERY_LINE;
	if (d->share < LEAST)
		d->share = LEAST;
}

int delivery_claim(struct deliverer *d)
{
	struct pid_mark here;
	int rc = renew(d);

	d->others = false;
	d->idle = true;
	d->next_due = 0;
	if (!rc)
		rc = delivery_reap(d);
	if (!rc)
		rc = endpoint_load(d);
	divide(d);
	pid_here(&here);
	for (struct endpoint *e = d->endpoints; e && !rc; e = e->next) {
		if (e->withheld)
			continue;
		if (e->throttled_until > d->s->now && !d->opts->only) {
			note_due(d, e->throttled_until);
			continue;
		}
		if (has_room(d, e))
			rc = claim_of(d, e, &here);
		if (!rc && e->unordered && !d->opts->only && !e->claimed.n)
			rc = look_ahead(d, e);
		if (e->claimed.n)
			d->idle = false;
	}
	return rc;
}
