// SPDX-License-Identifier: MIT
/* Claims that are held: prolonged, given back. */
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/claim.h"
#include "domain/pool.h"
#include "entity/entity.h"
#include "entity/store.h"

struct holding {
	const struct awm_claim_ref *ref;
	int64_t lease;
	struct arena *arena;
	struct awm_record *record;
};

static int no_token(const struct awm_claim_ref *ref)
{
	err_set(AWM_CONFLICT, "no claim has this token: its lease ran out, or "
			      "it was released");
	if (ref->task)
		return err_hint("awm task claim %lld", (long long)ref->task);
	return err_hint("awm task claim --next");
}

static int by_token(struct awm_session *s, const struct awm_claim_ref *ref,
		    struct claim *claim)
{
	bool found;
	int rc = claim_of_token(s, ref->token, claim, &found);

	if (rc)
		return rc;
	if (!found)
		return no_token(ref);
	if (ref->task && ref->task != claim->task)
		return err_set(AWM_CONFLICT,
			       "the token is that of a claim of task %lld",
			       (long long)claim->task);
	return 0;
}

static int by_task(struct awm_session *s, const struct awm_claim_ref *ref,
		   struct claim *claim)
{
	bool found;
	int rc = store_exists(s->db, &entity_task, ref->task);

	if (!rc)
		rc = claim_of_task(s, ref->task, claim, &found);
	if (rc || (found && claim->user == s->actor.id))
		return rc;
	err_set(AWM_CONFLICT, "you hold no claim of task %lld",
		(long long)ref->task);
	return err_hint("awm task claim %lld", (long long)ref->task);
}

static int only_one(struct awm_session *s, struct claim *claim)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct claim second;
	bool found = false, more = false;
	int rc = db_query(s->db, &st,
			  SELECT_CLAIM "\"userId\"=?1 AND \"leaseUntil\">?2 "
				       "ORDER BY \"taskId\"",
			  "ii", s->actor.id, s->now);

	if (!rc)
		rc = claim_read(st, claim, &found);
	if (!rc && found)
		rc = claim_read(st, &second, &more);
	if (rc)
		return rc;
	if (!found) {
		err_set(AWM_NOT_FOUND, "you hold no live claim");
		return err_hint("awm task claim --next");
	}
	if (!more)
		return 0;
	err_set(AWM_CONFLICT, "you hold several claims");
	return err_hint("say which: --token TOKEN, or the task, such as %lld",
			(long long)claim->task);
}

static int find_held(struct awm_session *s, const struct awm_claim_ref *ref,
		     struct claim *claim)
{
	if (ref->token)
		return by_token(s, ref, claim);
	return ref->task ? by_task(s, ref, claim) : only_one(s, claim);
}

static int ran_out(const struct claim *claim)
{
	char iso[TIME_ISO_SIZE];

	time_format_iso(claim->until, iso);
	err_set(AWM_CONFLICT, "the lease of task %lld ran out at %s",
		(long long)claim->task, iso);
	return err_hint("awm task claim %lld", (long long)claim->task);
}

int awm_task_held(struct awm_session *s, const struct awm_claim_ref *ref,
		  int64_t *ret_task)
{
	struct claim claim = {0};
	int rc = find_held(s, ref, &claim);

	if (!rc && claim.until <= s->now)
		rc = ran_out(&claim);
	if (!rc)
		*ret_task = claim.task;
	return rc;
}

static int run_heartbeat(struct awm_session *s, void *ctx)
{
	struct holding *h = ctx;
	struct claim claim = {0};
	int rc = find_held(s, h->ref, &claim);

	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"task_claims\" SET \"leaseUntil\"=?2,"
			    "\"heartbeatAt\"=?3 WHERE \"taskId\"=?1 AND "
			    "\"leaseUntil\">?3",
			    "iii", claim.task, s->now + h->lease, s->now);
	if (rc)
		return rc;
	if (!db_changes(s->db))
		return ran_out(&claim);
	claim.until = s->now + h->lease;
	rc = store_get(s->db, &entity_task, claim.task, h->arena, &h->record);
	return rc ? rc : claim_extend(h->arena, h->record, &claim);
}

static int run_release(struct awm_session *s, void *ctx)
{
	struct holding *h = ctx;
	struct claim claim = {0};
	int rc = find_held(s, h->ref, &claim);

	return rc ? rc
		  : claim_end(s, claim.task, claim.until <= s->now, h->arena,
			      &h->record);
}

static int hold(struct awm_session *s, awm_fn *fn, struct holding *h,
		struct awm_pool *pool, struct awm_record **ret)
{
	struct arena own = {0};
	int rc = role_require(s, ROLE_MEMBER, "hold a claim");

	h->arena = pool ? pool_arena(pool) : &own;
	if (!rc)
		rc = awm_transaction(s, fn, h);
	if (!rc && ret)
		*ret = h->record;
	arena_release(&own);
	return rc;
}

int awm_task_heartbeat(struct awm_session *s, const struct awm_claim_ref *ref,
		       int64_t lease, struct awm_pool *pool,
		       struct awm_record **ret)
{
	struct holding h = {.ref = ref, .lease = claim_lease(lease)};

	return hold(s, run_heartbeat, &h, pool, ret);
}

int awm_task_release(struct awm_session *s, const struct awm_claim_ref *ref,
		     struct awm_pool *pool, struct awm_record **ret)
{
	struct holding h = {.ref = ref};

	return hold(s, run_release, &h, pool, ret);
}
