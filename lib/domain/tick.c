/* SPDX-License-Identifier: MIT */
/* The one command for cron: all that waits for its time. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <awm/channel.h>
#include <awm/execution.h>
#include <awm/notify.h>
#include <awm/webhook.h>
#include <awm/work.h>

#include "base/err.h"
#include "base/time.h"
#include "db/wake.h"
#include "domain/automation.h"
#include "domain/execution_run.h"
#include "domain/provider_try.h"
#include "entity/entity.h"
#include "queries.h"

struct ticking {
	struct awm_session *s;
	const struct awm_tick_opts *opts;
	struct awm_tick_result *result;
	int64_t begun;
};

static int count_row(void *ctx, const struct awm_record *row)
{
	int64_t *n = ctx;

	(void)row;
	(*n)++;
	return 0;
}

static bool over(const struct ticking *t)
{
	return t->opts->max_ms &&
	       provider_clock() - t->begun >= t->opts->max_ms;
}

/* What others left behind; what is found is nobody's change. */
static int sweep(struct ticking *t)
{
	struct awm_session *s = t->s;
	bool chore = s->chore;
	int rc;

	s->chore = true;
	rc = awm_execution_reap(s, false, count_row, &t->result->executions);
	if (!rc)
		rc = awm_task_expire(s, count_row, &t->result->leases);
	if (!rc)
		rc = automation_run_reap(s, &t->result->dead);
	if (!rc)
		rc = awm_notify_remind(s, 0, AWM_NOTIFY_WITHIN, count_row,
				       &t->result->reminders);
	s->chore = chore;
	return rc;
}

/* A run that meets a damaged row stays queued, and stops no later one; a
 * database that fails in each of so many is given up. */
#define DAMAGED_MAX 10

static int run_queued(struct ticking *t)
{
	int64_t id = 1, after = 0;
	struct awm_error damage = {0};
	int rc = 0, damaged = 0;

	while (!rc && id && !over(t)) {
		bool ok = false;
		if (t->s->stop)
			return err_set(AWM_INTERRUPTED, "interrupted");
		execution_clock(t->s);
		rc = automation_run_one(t->s, after, &id, &ok);
		if (rc == -AWM_DATABASE && id && damaged++ < DAMAGED_MAX) {
			damage = *awm_error_last();
			after = id;
			rc = 0;
			continue;
		}
		t->result->succeeded += !rc && id && ok;
		t->result->failed += !rc && id && !ok;
	}
	if (rc || !damaged)
		return rc;
	err_set(damage.code, "%s", damage.message);
	return *damage.hint ? err_hint("%s", damage.hint) : -AWM_DATABASE;
}

/* ---- deliveries ---- */

static int count_delivery(void *ctx, const struct awm_record *row)
{
	struct awm_tick_result *result = ctx;
	bool sent = !strcmp(awm_record_text(row, "state"), "delivered");

	result->delivered += sent;
	result->undelivered += !sent;
	return 0;
}

/* What is left of the time; 0: no bound. */
static int64_t left_of(const struct ticking *t)
{
	int64_t left = t->opts->max_ms + t->begun - provider_clock();

	return !t->opts->max_ms ? 0 : left > 1 ? left : 1;
}

/* A webhook that cannot be signed here keeps no mail back: the first error is
 * told when all is done. */
static int deliver(struct ticking *t)
{
	struct awm_deliver_opts webhooks = {.max_ms = left_of(t)};
	struct awm_deliver_result sent = {0};
	struct awm_channel_opts channels = {0};
	struct awm_error kept;
	int rc, later;

	if (over(t))
		return 0;
	rc = awm_webhook_deliver(t->s, &webhooks, &sent);
	t->result->delivered += sent.delivered;
	t->result->undelivered += sent.failed + sent.dead;
	if (rc == -AWM_INTERRUPTED || over(t))
		return rc;
	kept = *awm_error_last();
	channels.max_ms = left_of(t);
	later = awm_channel_deliver(t->s, &channels, count_delivery, t->result);
	if (!rc)
		return later;
	err_set(kept.code, "%s", kept.message);
	return *kept.hint ? err_hint("%s", kept.hint) : rc;
}

static int count_queued(struct awm_session *s, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT COUNT(*) FROM \"automation_runs\" "
			"WHERE \"state\"='queued'",
			"");

	*ret = rc ? 0 : v.i;
	return rc;
}

int awm_automation_tick(struct awm_session *s, const struct awm_tick_opts *opts,
			struct awm_tick_result *ret)
{
	struct awm_tick_result result = {0};
	struct ticking t = {s, opts, &result, provider_clock()};
	int rc = role_require(s, ROLE_MEMBER, "run what is due");

	execution_clock(s);
	if (!rc)
		rc = automation_schedule_due(s, &result.due);
	if (!rc && !s->dry_run)
		rc = sweep(&t);
	if (!rc && !s->dry_run)
		rc = run_queued(&t);
	if (!rc)
		rc = count_queued(s, &result.queued);
	if (!rc && !s->dry_run)
		rc = deliver(&t);
	*ret = result;
	return rc;
}

/* ---- waiting ---- */

struct awm_tick_wait {
	struct db_wake *wake;
	int event; /* of who interrupts the session */
	int64_t next;
};

static int wait_new(struct awm_session *s, struct awm_tick_wait **ret)
{
	struct awm_tick_wait *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		return err_nomem();
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = w->event < 0 ? err_errno(AWM_ERROR, "cannot wait") : 0;
	if (!rc)
		rc = db_wake_open(s->db, &w->wake);
	if (rc) {
		awm_tick_wait_free(w);
		return rc;
	}
	*ret = w;
	return 0;
}

void awm_tick_wait_free(struct awm_tick_wait *w)
{
	if (!w)
		return;
	db_wake_close(w->wake);
	if (w->event >= 0)
		close(w->event);
	free(w);
}

/* How long there is nothing to do, as far as is known. */
static int64_t pause_of(const struct awm_session *s,
			const struct awm_tick_wait *w, int64_t left)
{
	int64_t ms = db_wake_timeout(w->wake);

	if (ms < 0 || ms > left)
		ms = left;
	if (w->next != INT64_MAX && w->next - s->now < ms)
		ms = w->next - s->now;
	return ms < 0 ? 0 : ms;
}

/* Clocks of machines, and of a transaction that took its time. */
#define APART_MS 5000

/* Deliveries that are due already were tried by the last tick, or wait for
 * something else; but those that were just `changed` are new. */
static int next_delivery(struct awm_session *s, bool changed, int64_t *next)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v, query_automation_deliveries, "i",
			changed ? s->now - APART_MS : s->now);

	if (!rc && v.kind == AWM_INT && v.i < *next)
		*next = v.i;
	return rc;
}

static int look(struct awm_session *s, struct awm_tick_wait *w, bool changed,
		bool *ret)
{
	int64_t queued;
	int rc = automation_schedule_next(s, &w->next);

	if (!rc)
		rc = next_delivery(s, changed, &w->next);
	if (!rc)
		rc = count_queued(s, &queued);
	*ret = !rc && (queued || w->next <= s->now);
	return rc;
}

/* Until something wakes it; *ret: another process committed something. */
static int sleep_once(struct awm_session *s, struct awm_tick_wait *w,
		      int64_t left, bool *ret)
{
	struct pollfd fds[2] = {{.fd = w->event, .events = POLLIN},
				{.fd = db_wake_fd(w->wake), .events = POLLIN}};
	int64_t ms = pause_of(s, w, left);

	*ret = false;
	if (poll(fds, fds[1].fd < 0 ? 1 : 2, (int)ms) < 0 && errno != EINTR)
		return err_errno(AWM_ERROR, "cannot wait");
	execution_clock(s);
	if (s->stop)
		return err_set(AWM_INTERRUPTED, "interrupted");
	return db_wake_check(w->wake, ret);
}

int awm_automation_wait(struct awm_session *s, struct awm_tick_wait **state,
			int64_t max_ms)
{
	int64_t end = provider_clock() + max_ms, left;
	bool due = false, changed = false;
	int rc = *state ? 0 : wait_new(s, state);

	if (rc)
		return rc;
	s->wake = (*state)->event;
	rc = s->stop ? err_set(AWM_INTERRUPTED, "interrupted")
		     : look(s, *state, false, &due);
	while (!rc && !due && (left = end - provider_clock()) > 0) {
		rc = sleep_once(s, *state, left, &changed);
		due = !rc && (*state)->next <= s->now;
		if (!rc && !due && changed)
			rc = look(s, *state, true, &due);
	}
	s->wake = 0;
	return rc;
}
