// SPDX-License-Identifier: MIT
/* What became of attempts: several are written down in one transaction, which
 * is part of no change of a person's. */
#include <string.h>

#include "base/err.h"
#include "domain/delivery.h"
#include "domain/notify.h"
#include "domain/retry.h"
#include "edge/random.h"

#define PATIENCE_MS (5 * INT64_C(86400000))
#define THROTTLE_MS (5 * INT64_C(60000)) /* unless the peer says more */

enum outcome { DELIVERED, FAILED, DEAD };

struct verdict {
	enum outcome outcome;
	int64_t next; /* 0: never */
};

static uint32_t dice(void)
{
	char token[RANDOM_TOKEN_SIZE] = "0";

	if (random_token(token))
		err_clear();
	token[8] = '\0';
	return (uint32_t)strtoul(token, NULL, 16);
}

static struct verdict judge(const struct deliverer *d, const struct message *m)
{
	struct verdict v = {.outcome = DELIVERED};

	if (m->status >= 200 && m->status < 300)
		return v;
	v.outcome = DEAD;
	/* A test is made once. */
	if (d->opts->only)
		return v;
	v.next = retry_at(d->s->now, m->attempts + 1, dice(), m->wish);
	if (v.next > 0)
		v.outcome = FAILED;
	else
		v.next = 0;
	return v;
}

/* ---- the delivery ---- */

static int update_delivery(struct deliverer *d, const struct message *m,
			   const struct verdict *v)
{
	static const char *const states[] = {"delivered", "failed", "dead"};
	struct awm_value next =
		v->next ? AWM_VALUE_INT(v->next) : AWM_VALUE_NULL;
	struct awm_value status =
		m->status ? AWM_VALUE_INT(m->status) : AWM_VALUE_NULL;
	struct awm_value error = awm_value_text(
		v->outcome == DELIVERED || !*m->error ? NULL : m->error);
	struct awm_value delivered = v->outcome == DELIVERED
					     ? AWM_VALUE_INT(d->s->now)
					     : AWM_VALUE_NULL;

	return db_run(d->s->db,
		      "UPDATE \"webhook_deliveries\" SET \"state\"=?2,"
		      "\"attempts\"=\"attempts\"+1,\"nextAttemptAt\"=?3,"
		      "\"lastStatus\"=?4,\"lastError\"=?5,\"deliveredAt\"=?6,"
		      "\"updatedAt\"=?7 WHERE \"id\"=?1",
		      "itvvvvi", m->id, states[v->outcome], &next, &status,
		      &error, &delivered, d->s->now);
}

static int add_attempt(struct deliverer *d, const struct message *m)
{
	struct awm_value status =
		m->status ? AWM_VALUE_INT(m->status) : AWM_VALUE_NULL;
	struct awm_value response = {.kind = AWM_NULL};

	if (m->response_len) {
		response.kind = AWM_TEXT;
		response.s = m->response;
		response.len = m->response_len;
	}
	return db_run(d->s->db,
		      "INSERT INTO \"delivery_attempts\"(\"deliveryId\",\"at\","
		      "\"status\",\"error\",\"durationMs\",\"response\") "
		      "VALUES (?1,?2,?3,?4,?5,?6)",
		      "iivtiv", m->id, m->sent_at, &status,
		      *m->error ? m->error : NULL, m->duration_ms, &response);
}

/* False when it is in somebody else's hands by now, or gone. */
static int give_back(struct deliverer *d, const struct message *m, bool *ret)
{
	int rc = db_run(d->s->db,
			"DELETE FROM \"delivery_leases\" "
			"WHERE \"deliveryId\"=?1 AND \"token\"=?2",
			"it", m->id, d->token);

	*ret = !rc && db_changes(d->s->db) == 1;
	return rc;
}

static void tally(struct deliverer *d, const struct message *m,
		  const struct verdict *v)
{
	struct endpoint *e = m->endpoint;
	int64_t until = d->s->now + THROTTLE_MS;

	d->result->attempts++;
	d->result->delivered += v->outcome == DELIVERED;
	d->result->failed += v->outcome == FAILED;
	d->result->dead += v->outcome == DEAD;
	/* A test says nothing of how a webhook fares. */
	if (d->opts->only)
		return;
	if (v->outcome == DELIVERED) {
		/* What failed before it counts no more. */
		e->ok++;
		e->bad = 0;
		e->throttle = false;
		return;
	}
	e->bad++;
	if (m->status == 410)
		e->gone = true;
	if (m->status != 429 && m->status != 502 && m->status != 504)
		return;
	/* Not longer than this message itself waits. */
	if (v->next && v->next < until)
		until = v->next;
	if (m->wish > 0 && d->s->now + m->wish > until)
		until = d->s->now +
			(m->wish < RETRY_WISH_MAX ? m->wish : RETRY_WISH_MAX);
	e->throttle = true;
	e->throttle_to = until;
}

static int record_one(struct deliverer *d, const struct message *m)
{
	struct verdict v;
	bool ours;
	int rc = give_back(d, m, &ours);

	if (rc || !ours || m->cancelled)
		return rc;
	v = judge(d, m);
	rc = update_delivery(d, m, &v);
	if (!rc)
		rc = add_attempt(d, m);
	if (!rc)
		tally(d, m, &v);
	/* Those behind a failed one wait for it; one that died is let pass. */
	if (!rc && v.outcome == FAILED &&
	    (!m->endpoint->unordered || m->endpoint->throttle))
		rc = delivery_release(d, m->endpoint);
	return rc;
}

/* ---- the webhook ---- */

static int tell_owner(struct deliverer *d, struct endpoint *e, const char *why)
{
	struct arena a = {0};
	struct notice n = {
		.kind = NOTIFY_WEBHOOK,
		.user = e->owner,
		.project = e->project,
		.title = arena_printf(&a, "Webhook %lld: %s", (long long)e->id,
				      e->name),
		.content = arena_printf(&a,
					"It was disabled: %s. What waits "
					"for it is sent once it is "
					"enabled.",
					why),
		.action = arena_printf(&a, "awm webhook enable %lld",
				       (long long)e->id),
	};
	int rc = n.title && n.content && n.action ? 0 : -AWM_NOMEM;

	if (!rc && e->owner)
		rc = notify_write(d->s, &n, NULL, NULL);
	arena_release(&a);
	return rc;
}

static int disable(struct deliverer *d, struct endpoint *e, const char *why)
{
	struct awm_set off = {&entity_webhook.fields[WEBHOOK_isEnabled],
			      AWM_VALUE_INT(0)};
	int rc = mutate_edit(d->s, &entity_webhook, e->id, &off, 1, NULL, NULL,
			     NULL, NULL);

	if (!rc)
		rc = db_run(d->s->db,
			    "INSERT INTO \"webhook_settings\"(\"webhookId\","
			    "\"disabledReason\") VALUES (?1,?2) ON CONFLICT"
			    "(\"webhookId\") DO UPDATE SET "
			    "\"disabledReason\"=excluded.\"disabledReason\"",
			    "it", e->id, why);
	if (!rc)
		rc = tell_owner(d, e, why);
	if (!rc)
		rc = delivery_release(d, e);
	d->result->disabled++;
	e->enabled = false;
	return rc;
}

static int update_settings(struct deliverer *d, struct endpoint *e)
{
	struct awm_value since = AWM_VALUE_NULL, until = AWM_VALUE_NULL;

	if (e->bad) {
		if (e->ok || !e->failing_since)
			e->failing_since = d->s->now;
		since = AWM_VALUE_INT(e->failing_since);
	} else {
		e->failing_since = 0;
	}
	if (e->throttle)
		until = AWM_VALUE_INT(e->throttle_to);
	return db_run(d->s->db,
		      "INSERT INTO \"webhook_settings\"(\"webhookId\","
		      "\"failingSince\",\"throttledUntil\") VALUES (?1,?2,?3) "
		      "ON CONFLICT(\"webhookId\") DO UPDATE SET "
		      "\"failingSince\"=excluded.\"failingSince\","
		      "\"throttledUntil\"=excluded.\"throttledUntil\"",
		      "ivv", e->id, &since, &until);
}

/* Kept by every attempt: no change of anybody's, and not worth an activity. */
static int update_webhook(struct deliverer *d, struct endpoint *e)
{
	int rc = db_run(d->s->db,
			"UPDATE \"webhooks\" SET \"lastTriggeredAt\"=?2,"
			"\"failureCount\"=CASE WHEN ?3 THEN 0 ELSE "
			"\"failureCount\" END+?4 WHERE \"id\"=?1",
			"iiii", e->id, d->s->now, (int64_t)(e->ok > 0), e->bad);

	if (!rc && (e->bad || e->failing_since || e->throttled_until))
		rc = update_settings(d, e);
	return rc;
}

static int settle(struct deliverer *d, struct endpoint *e)
{
	int rc;

	if (!e->ok && !e->bad)
		return 0;
	rc = update_webhook(d, e);
	if (!rc && e->gone && e->enabled)
		rc = disable(d, e, "it answered 410 Gone");
	else if (!rc && e->bad && e->enabled &&
		 d->s->now - e->failing_since >= PATIENCE_MS)
		rc = disable(d, e, "everything failed for five days");
	e->ok = e->bad = 0;
	e->gone = e->throttle = false;
	return rc;
}

static struct message *take_done(struct deliverer *d)
{
	struct message *m;

	delivery_lock(d);
	m = line_take(&d->done);
	if (m) {
		m->endpoint->active--;
		m->endpoint->settled = m->endpoint->held;
	}
	delivery_unlock(d);
	return m;
}

int delivery_record(struct deliverer *d)
{
	bool chore = d->s->chore;
	struct message *m;
	int rc = 0;

	d->s->chore = true;
	while ((m = take_done(d))) {
		if (!rc)
			rc = record_one(d, m);
		free(m);
	}
	for (struct endpoint *e = d->endpoints; e && !rc; e = e->next)
		rc = settle(d, e);
	d->s->chore = chore;
	return rc;
}
