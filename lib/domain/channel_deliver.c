// SPDX-License-Identifier: MIT
/* The queue of the channels, sent. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/channel.h"
#include "domain/provider_try.h"
#include "domain/retry.h"
#include "edge/random.h"
#include "entity/store.h"
#include "queries.h"

#define BATCH 8
/* Longer than a batch can take: the time after which who holds it is dead. */
#define LEASE_MS (15 * INT64_C(60000))
/* A machine without the key asks again now and then. */
#define LATER_MS (15 * INT64_C(60000))
/* What nobody was there to see is no news on a desktop. */
#define DESKTOP_MS (24 * INT64_C(3600000))

struct item {
	int64_t id, integration, attempts, created;
	struct message message;
	struct outcome outcome;
	bool done;    /* something came of it */
	bool sent;    /* and not because its channel is known to be down */
	bool written; /* and it is written down */
};

/* What is known of an integration in this run. */
struct line {
	struct line *next;
	int64_t id;
	struct access access;
	bool down; /* `outcome` is that of all that waits for it */
	struct outcome outcome;
};

struct delivery {
	struct awm_session *session;
	struct remote remote;
	struct arena arena; /* of a batch */
	struct arena lines_arena;
	struct line *lines;
	const char *database;
	struct item items[BATCH];
	size_t count;
	int64_t ends; /* of provider_clock(); 0: never */
	awm_row_fn *fn;
	void *ctx;
};

/* ---- taking ---- */

static int copy(struct delivery *d, struct db_stmt *st, int at,
		const char **ret)
{
	const char *text = db_column_text(st, at);

	*ret = text ? arena_strdup(&d->arena, text) : NULL;
	return text && !*ret ? -AWM_NOMEM : 0;
}

static int read_item(struct delivery *d, struct db_stmt *st)
{
	struct item *item = &d->items[d->count];
	struct message *m = &item->message;
	int rc;

	*item = (struct item){
		.id = db_column_int(st, 0),
		.integration = db_column_int(st, 1),
		.attempts = db_column_int(st, 2),
		.created = db_column_int(st, 3),
	};
	m->at = db_column_int(st, 8);
	/* Ids of rows are used again, their times are not. */
	m->id = arena_printf(&d->arena, "%lld.%lld.%s",
			     (long long)db_column_int(st, 4), (long long)m->at,
			     d->database);
	rc = m->id ? copy(d, st, 5, &m->title) : -AWM_NOMEM;
	if (!rc)
		rc = copy(d, st, 6, &m->content);
	if (!rc)
		rc = copy(d, st, 7, &m->action);
	if (!rc)
		rc = copy(d, st, 10, &m->email);
	if (!rc)
		rc = copy(d, st, 11, &m->name);
	d->count += !rc;
	return rc;
}

static int find_due(struct delivery *d)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_session *s = d->session;
	int rc;

	arena_release(&d->arena);
	d->count = 0;
	rc = db_query(s->db, &st, query_channel_due, "iii", time_now(),
		      s->actor.id, (int64_t)BATCH);
	while (!rc && (rc = db_step(st)) > 0)
		rc = read_item(d, st);
	return rc;
}

/* A lease. Attempts are counted once it is known what came of them: one that a
 * dying process took along says nothing of the channel. */
static int take(struct awm_session *s, void *ctx)
{
	struct delivery *d = ctx;
	int64_t now = time_now();
	int rc = find_due(d);

	for (size_t i = 0; i < d->count && !rc; i++)
		rc = db_run(s->db,
			    "UPDATE \"integration_deliveries\" SET "
			    "\"nextAttemptAt\"=?2,\"updatedAt\"=?3 "
			    "WHERE \"id\"=?1",
			    "iii", d->items[i].id, now + LEASE_MS, now);
	return rc;
}

/* Looks before it waits for other writers. */
static int take_due(struct delivery *d)
{
	int rc = find_due(d);

	return rc || !d->count ? rc : awm_transaction(d->session, take, d);
}

/* ---- recording ---- */

static uint32_t dice(void)
{
	char token[RANDOM_TOKEN_SIZE];

	if (random_token(token))
		return UINT32_MAX / 2;
	token[8] = '\0';
	return (uint32_t)strtoul(token, NULL, 16);
}

static int write_outcome(struct awm_session *s, const struct item *item)
{
	const struct outcome *o = &item->outcome;
	int64_t now = time_now(), attempts = item->attempts, next = -1;
	const char *state = "delivered";
	struct awm_value at = AWM_VALUE_NULL, sent = AWM_VALUE_NULL;

	if (!item->done || o->verdict == LATER) {
		next = item->done ? now + LATER_MS : now;
		state = attempts ? "failed" : "pending";
	} else if (o->verdict == SENT) {
		attempts++;
		sent = AWM_VALUE_INT(now);
	} else {
		attempts++;
		if (o->verdict == RETRY)
			next = retry_at(now, (unsigned)attempts, dice(),
					o->wish);
		state = next < 0 ? "dead" : "failed";
	}
	if (next >= 0)
		at = AWM_VALUE_INT(next);
	return db_run(s->db,
		      "UPDATE \"integration_deliveries\" SET \"state\"=?2,"
		      "\"attempts\"=?3,\"nextAttemptAt\"=?4,"
		      "\"lastError\"=COALESCE(?5,\"lastError\"),"
		      "\"deliveredAt\"=?6,\"updatedAt\"=?7 WHERE \"id\"=?1",
		      "itivtvi", item->id, state, attempts, &at,
		      *o->error ? o->error : NULL, &sent, now);
}

/* An interrupt that ended the sending ends one statement too. */
static int write_now(struct delivery *d, awm_fn *fn, void *ctx)
{
	int rc = awm_transaction(d->session, fn, ctx);

	return rc == -AWM_INTERRUPTED ? awm_transaction(d->session, fn, ctx)
				      : rc;
}

static int run_outcome(struct awm_session *s, void *ctx)
{
	return write_outcome(s, ctx);
}

/* ---- sending ---- */

static int open_line(struct delivery *d, int64_t id, struct line **ret)
{
	struct line *line = d->lines;
	int rc;

	while (line && line->id != id)
		line = line->next;
	*ret = line;
	if (line)
		return 0;
	*ret = line = arena_alloc(&d->lines_arena, sizeof(*line));
	if (!line)
		return -AWM_NOMEM;
	line->id = id;
	line->next = d->lines;
	d->lines = line;
	rc = access_open(d->session, id, &line->access);
	if (rc == -AWM_NOMEM || rc == -AWM_INTERRUPTED)
		return rc;
	line->down = rc != 0;
	if (rc)
		outcome_of_error(LATER, &line->outcome);
	return 0;
}

static int send_through(struct delivery *d, struct line *line,
			struct item *item)
{
	const struct channel *channel = channel_of(line->access.type->name);
	struct parcel parcel;
	int rc;

	if (!channel) {
		err_set(AWM_INVALID, "%s tells nobody",
			line->access.type->name);
		outcome_of_error(DEAD, &item->outcome);
		return 0;
	}
	if (channel == &channel_desktop &&
	    item->created < time_now() - DESKTOP_MS) {
		err_set(AWM_INVALID, "nobody was there to see it");
		outcome_of_error(DEAD, &item->outcome);
		return 0;
	}
	rc = channel->pack(d->session, &line->access, &item->message, &d->arena,
			   &parcel);
	if (!rc)
		return channel_send(&d->remote, &parcel, &item->outcome);
	if (rc == -AWM_NOMEM)
		return rc;
	outcome_of_error(rc == -AWM_INVALID ? DEAD : RETRY, &item->outcome);
	return 0;
}

static int send_one(struct delivery *d, struct item *item)
{
	struct line *line;
	int rc = open_line(d, item->integration, &line);

	if (rc)
		return rc;
	if (line->down)
		item->outcome = line->outcome;
	else
		rc = send_through(d, line, item);
	if (rc)
		return rc;
	item->done = true;
	item->sent = !line->down;
	line->down = (item->outcome.verdict == RETRY && !item->outcome.alone) ||
		     item->outcome.verdict == LATER;
	line->outcome = item->outcome;
	return 0;
}

static bool is_over(const struct delivery *d)
{
	return d->session->stop || (d->ends && provider_clock() >= d->ends);
}

/* What went over the network is written down at once: dying in the middle
 * has one message sent twice, not several. */
static int send_all(struct delivery *d)
{
	int rc = 0;

	for (size_t i = 0; i < d->count && !rc && !is_over(d); i++) {
		struct item *item = &d->items[i];

		rc = send_one(d, item);
		if (!rc && item->sent)
			rc = write_now(d, run_outcome, item);
		item->written = !rc && item->sent;
	}
	return rc;
}

/* ---- the whole ---- */

static int write_outcomes(struct awm_session *s, void *ctx)
{
	struct delivery *d = ctx;
	int rc = 0;

	for (size_t i = 0; i < d->count && !rc; i++)
		if (!d->items[i].written)
			rc = write_outcome(s, &d->items[i]);
	return rc;
}

static int tell(struct delivery *d)
{
	struct awm_record *row;
	int rc = 0;

	for (size_t i = 0; d->fn && i < d->count && !rc; i++) {
		if (!d->items[i].done)
			continue;
		rc = store_get(d->session->db, &entity_channel_delivery,
			       d->items[i].id, &d->arena, &row);
		/* its notification may have been deleted meanwhile */
		if (rc == -AWM_NOT_FOUND) {
			err_clear();
			rc = 0;
			continue;
		}
		if (!rc)
			rc = d->fn(d->ctx, row);
	}
	return rc;
}

/* Results are recorded whatever ended the sending. */
static int record(struct delivery *d, int rc)
{
	_cleanup_free_ char *message = NULL, *hint = NULL;
	int recorded;

	if (rc) {
		message = strdup(awm_error_last()->message);
		hint = strdup(awm_error_last()->hint);
	}
	recorded = write_now(d, write_outcomes, d);
	if (recorded || !rc)
		return recorded;
	if (rc == -AWM_NOMEM || !message || !hint)
		return err_nomem();
	err_set((enum awm_err) - rc, "%s", message);
	return *hint ? err_hint("%s", hint) : rc;
}

static int run_batch(struct delivery *d)
{
	int rc = take_due(d);

	if (rc || !d->count)
		return rc;
	rc = record(d, send_all(d));
	if (!rc && d->session->stop)
		return err_set(AWM_INTERRUPTED, "interrupted");
	return rc ? rc : tell(d);
}

/* What would be sent. */
static int show_due(struct delivery *d)
{
	const struct awm_field *fields[CHANNEL_DELIVERY_NFIELDS];
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_session *s = d->session;
	int rc = db_query(s->db, &st, query_channel_due_rows, "ii", time_now(),
			  s->actor.id);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i] = &entity_channel_delivery.fields[i];
	return rc || !d->fn ? rc
			    : store_rows(st, fields, ARRAY_LEN(fields), d->fn,
					 d->ctx);
}

static int run(struct delivery *d)
{
	struct awm_session *s = d->session;
	struct awm_value v;
	int rc = db_get(s->db, &d->lines_arena, &v,
			"SELECT \"value\" FROM \"database_info\" "
			"WHERE \"key\"='id'",
			"");

	if (rc)
		return rc;
	d->database = v.s;
	if (s->dry_run)
		return show_due(d);
	do
		rc = run_batch(d);
	while (!rc && d->count && !is_over(d));
	return rc;
}

int awm_channel_deliver(struct awm_session *s,
			const struct awm_channel_opts *opts, awm_row_fn *fn,
			void *ctx)
{
	struct delivery d = {.session = s, .fn = fn, .ctx = ctx};
	int rc = role_require(s, ROLE_MEMBER, "deliver notifications");

	if (rc)
		return rc;
	remote_init(&d.remote, s);
	if (opts && opts->max_ms > 0)
		d.ends = provider_clock() + opts->max_ms;
	rc = run(&d);
	remote_close(&d.remote);
	for (struct line *line = d.lines; line; line = line->next)
		access_release(&line->access);
	arena_release(&d.arena);
	arena_release(&d.lines_arena);
	return rc;
}
