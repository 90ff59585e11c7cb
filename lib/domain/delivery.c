// SPDX-License-Identifier: MIT
/* The loop that sends what is due. */
#include "domain/delivery.h"

#include <poll.h>
#include <unistd.h>

#include "base/err.h"
#include "base/time.h"

#define RECORD_MS 100 /* what is done is not written down later than that */
/* How often it is asked what is new: that takes the writers' lock. */
#define LOOK_MS 1000
#define TURN_MS 200

/* How it stands, in one look. */
struct state {
	size_t active, waiting, done;
	int64_t done_since;
	bool low;  /* a line runs out, and there is more of it */
	bool held; /* one waits for what is to be written down */
	bool broken;
};

static struct state look(struct deliverer *d)
{
	struct state st;

	delivery_lock(d);
	st = (struct state){.active = d->active,
			    .waiting = d->waiting,
			    .done = d->done.n,
			    .done_since = d->done_since,
			    .broken = d->broken};
	for (const struct endpoint *e = d->endpoints; e; e = e->next) {
		st.low |= e->more && e->waiting.n < d->share / 4;
		st.held |= e->held && e->waiting.n;
	}
	delivery_unlock(d);
	return st;
}

/* ---- the database ---- */

static int transact(struct awm_session *s, void *ctx)
{
	struct deliverer *d = ctx;
	int rc = delivery_record(d);

	(void)s;
	return rc ? rc : delivery_claim(d);
}

static int record_only(struct awm_session *s, void *ctx)
{
	(void)s;
	return delivery_record(ctx);
}

static bool may_claim(const struct deliverer *d)
{
	if (d->opts->only && d->looked)
		return false;
	return !d->s->stop && (!d->ends || delivery_clock() < d->ends);
}

static bool wants_database(const struct deliverer *d, const struct state *st)
{
	int64_t now = delivery_clock();

	if (!d->looked || st->done >= RECORD_N)
		return true;
	if (st->done && (!(st->active || st->waiting) || st->held ||
			 now - st->done_since >= RECORD_MS))
		return true;
	return may_claim(d) && (st->low || now - d->looked >= LOOK_MS);
}

/* One transaction for what is done and what is next. */
static int use_database(struct deliverer *d)
{
	int rc;

	d->s->now = time_now();
	rc = awm_transaction(d->s, may_claim(d) ? transact : record_only, d);
	d->looked = delivery_clock();
	if (!rc)
		delivery_publish(d);
	return rc;
}

/* ---- the loop ---- */

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void wait_for_bell(const struct deliverer *d, const struct state *st)
{
	int64_t now = delivery_clock(), ms = TURN_MS;
	struct pollfd p = {.fd = d->bell, .events = POLLIN};
	uint64_t count;

	if (st->done)
		ms = sooner(ms, st->done_since + RECORD_MS - now);
	ms = sooner(ms, d->looked + LOOK_MS - now);
	/* A signal cuts it short, and is looked at by the loop. */
	if (poll(&p, 1, ms > 0 ? (int)ms : 0) > 0 &&
	    read(d->bell, &count, sizeof(count)) < 0)
		return;
}

/* Whether there is nothing to do any more. What others have in hand is waited
 * for; what is due soon, for a while. */
static bool is_over(const struct deliverer *d, const struct state *st,
		    int64_t idle_since)
{
	int64_t now = delivery_clock();

	if (d->s->stop)
		return true;
	if (st->active || st->done)
		return false;
	if (d->ends && now >= d->ends)
		return true;
	if (d->opts->only)
		return !st->waiting;
	if (st->waiting || !d->idle || d->others)
		return false;
	return !d->next_due || d->next_due - d->s->now > d->opts->linger_ms ||
	       now - idle_since > d->opts->linger_ms;
}

static int thread_failed(const struct deliverer *d)
{
	err_set(d->error.code, "%s", d->error.message);
	return -(int)d->error.code;
}

static int loop(struct deliverer *d)
{
	int64_t idle_since = delivery_clock();

	for (;;) {
		struct state st = look(d);
		int rc;

		if (st.broken)
			return thread_failed(d);
		if (!d->s->stop && wants_database(d, &st)) {
			rc = use_database(d);
			if (rc)
				return rc;
			st = look(d);
		}
		if (st.active || st.done || st.waiting)
			idle_since = delivery_clock();
		if (is_over(d, &st, idle_since))
			return 0;
		wait_for_bell(d, &st);
	}
}

/* ---- the end ---- */

static int let_go(struct awm_session *s, void *ctx)
{
	struct deliverer *d = ctx;
	int rc = delivery_record(d);

	return rc ? rc
		  : db_run(s->db,
			   "DELETE FROM \"delivery_leases\" "
			   "WHERE \"token\"=?1",
			   "t", d->token);
}

static int set_error(const struct awm_error *e)
{
	err_set(e->code, "%s", e->message);
	return *e->hint ? err_hint("%s", e->hint) : -(int)e->code;
}

static void free_all(struct deliverer *d)
{
	while (d->endpoints) {
		struct endpoint *e = d->endpoints;

		d->endpoints = e->next;
		endpoint_free(e);
	}
	for (struct message *m; (m = line_take(&d->done));)
		free(m);
	close(d->bell);
	pthread_mutex_destroy(&d->lock);
}

/* Also of a run that failed: what is known is written down, if it can be. */
static int close_all(struct deliverer *d, int rc)
{
	struct awm_error error = *awm_error_last();
	bool stopped = d->s->stop;
	int last;

	delivery_end(d);
	d->s->stop = 0;
	last = awm_transaction(d->s, let_go, d);
	/* The database had not heard yet that there is an end. */
	if (last == -AWM_INTERRUPTED)
		last = awm_transaction(d->s, let_go, d);
	if (rc)
		rc = set_error(&error);
	else if (stopped)
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	else if (!last && d->withheld.code)
		rc = set_error(&d->withheld);
	else
		rc = last;
	free_all(d);
	return rc;
}

static bool any_due(struct deliverer *d, int *ret_rc)
{
	struct awm_value v;

	if (d->opts->only)
		return true;
	*ret_rc = db_get(d->s->db, NULL, &v,
			 "SELECT COUNT(*) FROM (SELECT 1 FROM "
			 "\"webhook_deliveries\" WHERE \"state\" IN "
			 "('pending','failed') LIMIT 1) AS \"x\"",
			 "");
	return !*ret_rc && v.i;
}

int awm_webhook_deliver(struct awm_session *s,
			const struct awm_deliver_opts *opts,
			struct awm_deliver_result *ret)
{
	struct deliverer d = {.s = s, .opts = opts, .result = ret};
	int64_t now = s->now;
	int rc = role_require(s, ROLE_MEMBER, "deliver to webhooks");

	*ret = (struct awm_deliver_result){0};
	/* Without anything to send, the network is not even loaded. */
	if (rc || !any_due(&d, &rc) || s->dry_run)
		return rc;
	d.ends = opts->max_ms ? delivery_clock() + opts->max_ms : 0;
	rc = random_token(d.token);
	if (!rc)
		rc = delivery_begin(&d);
	if (rc)
		return rc;
	rc = close_all(&d, loop(&d));
	s->now = now;
	return rc;
}
