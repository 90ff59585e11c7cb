// SPDX-License-Identifier: MIT
/* The loop that sends what is due. */
#include "domain/delivery.h"

#include <time.h>

#include "base/err.h"
#include "base/time.h"

#define RECORD_N  ((size_t)512) /* written down at once */
#define RECORD_MS 100		/* and not later than that */
#define LOOK_MS	  250		/* how often it is asked what is new */
#define TURN_MS	  200

/* ---- the database ---- */

static int transact(struct awm_session *s, void *ctx)
{
	struct deliverer *d = ctx;
	int rc = delivery_record(d);

	(void)s;
	return rc ? rc : delivery_claim(d);
}

static bool may_claim(const struct deliverer *d)
{
	if (d->opts->only && d->looked)
		return false;
	return !d->s->stop && (!d->ends || delivery_clock() < d->ends);
}

static bool runs_low(const struct deliverer *d)
{
	for (const struct endpoint *e = d->endpoints; e; e = e->next)
		if (e->more && e->waiting.n < DELIVERY_LINE / 4)
			return true;
	return false;
}

/* One transaction for what is done and what is next. */
static bool wants_database(const struct deliverer *d)
{
	int64_t now = delivery_clock();

	if (!d->looked || d->done.n >= RECORD_N)
		return true;
	if (d->done.n && (!d->active || now - d->done_since >= RECORD_MS))
		return true;
	if (!may_claim(d))
		return false;
	return runs_low(d) || now - d->looked >= LOOK_MS;
}

static int record_only(struct awm_session *s, void *ctx)
{
	(void)s;
	return delivery_record(ctx);
}

static int use_database(struct deliverer *d)
{
	int rc;

	d->s->now = time_now();
	rc = awm_transaction(d->s, may_claim(d) ? transact : record_only, d);
	d->looked = delivery_clock();
	return rc;
}

/* ---- the loop ---- */

static int net_failed(const struct net_error *e, int rc)
{
	err_set((enum awm_err) - rc, "%s", e->message);
	return *e->hint ? err_hint("%s", e->hint) : rc;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int wait_ms(const struct deliverer *d)
{
	int64_t now = delivery_clock(), ms = TURN_MS;

	if (d->done.n)
		ms = sooner(ms, d->done_since + RECORD_MS - now);
	ms = sooner(ms, d->looked + LOOK_MS - now);
	return ms > 0 ? (int)ms : 0;
}

static int turn(struct deliverer *d)
{
	struct net_error e = {0};
	unsigned running;
	int rc = d->ops->run(d->net, wait_ms(d), -1, &running, &e);

	return rc ? net_failed(&e, rc) : 0;
}

/* Whether there is nothing to do any more. What others have in hand is waited
 * for; what is due soon, for a while. */
static bool is_over(const struct deliverer *d, int64_t idle_since)
{
	int64_t now = delivery_clock();

	if (d->active || d->done.n)
		return false;
	if (d->s->stop || (d->ends && now >= d->ends))
		return true;
	if (d->opts->only)
		return !d->waiting;
	if (d->waiting || !d->idle || d->others)
		return false;
	return !d->next_due || d->next_due - d->s->now > d->opts->linger_ms ||
	       now - idle_since > d->opts->linger_ms;
}

static int send_more(struct deliverer *d)
{
	bool late = d->ends && delivery_clock() >= d->ends;

	return d->s->stop || late ? 0 : delivery_send(d);
}

static int loop(struct deliverer *d)
{
	int64_t idle_since = delivery_clock();
	int rc = 0;

	while (!rc) {
		/* First what follows from what is done already. */
		rc = send_more(d);
		if (!rc && wants_database(d))
			rc = use_database(d);
		if (!rc)
			rc = send_more(d);
		if (d->active || d->done.n || d->waiting)
			idle_since = delivery_clock();
		if (!rc && is_over(d, idle_since))
			break;
		if (!rc && d->s->stop && d->active)
			break;
		if (!rc)
			rc = turn(d);
	}
	return rc;
}

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

/* Also of a run that failed: what is known is written down, if it can be. */
static int close_all(struct deliverer *d, int rc)
{
	struct awm_error error = *awm_error_last();
	bool stopped = d->s->stop;
	int last;

	if (d->ops)
		d->ops->close(d->net); /* ends what is under way */
	d->s->stop = 0;
	last = awm_transaction(d->s, let_go, d);
	/* The database had not heard yet that there is an end. */
	if (last == -AWM_INTERRUPTED)
		last = awm_transaction(d->s, let_go, d);
	if (rc) {
		err_set(error.code, "%s", error.message);
		if (*error.hint)
			err_hint("%s", error.hint);
	} else if (stopped) {
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	} else if (!last && d->withheld.code) {
		err_set(d->withheld.code, "%s", d->withheld.message);
		rc = *d->withheld.hint ? err_hint("%s", d->withheld.hint)
				       : -(int)d->withheld.code;
	} else {
		rc = last;
	}
	while (d->endpoints) {
		struct endpoint *e = d->endpoints;

		d->endpoints = e->next;
		endpoint_free(e);
	}
	for (struct message *m; (m = line_take(&d->done));)
		free(m);
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
	struct net_opts net = {
		.user_agent = "awm/" AWM_VERSION " (+webhooks)",
		.max_connections =
			(long)(opts->jobs ? opts->jobs : DELIVERY_JOBS)};
	struct net_error e = {0};
	int64_t now = s->now;
	int rc = role_require(s, ROLE_MEMBER, "deliver to webhooks");

	*ret = (struct awm_deliver_result){0};
	/* Without anything to send, the network is not even loaded. */
	if (rc || !any_due(&d, &rc) || s->dry_run)
		return rc;
	d.ends = opts->max_ms ? delivery_clock() + opts->max_ms : 0;
	rc = random_token(d.token);
	if (!rc)
		rc = net_ops(&d.ops);
	if (!rc) {
		rc = d.ops->open(&net, &d.net, &e);
		if (rc)
			rc = net_failed(&e, rc);
	}
	if (!rc)
		rc = loop(&d);
	rc = close_all(&d, rc);
	s->now = now;
	return rc;
}
