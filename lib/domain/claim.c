// SPDX-License-Identifier: MIT
/* Claims: one worker to a task, until a lease runs out. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/cascade.h"
#include "domain/claim.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

static const struct awm_field claim_fields[] = {
	{.name = "claimedBy",
	 .label = "Claimed by",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "leaseUntil", .label = "Claimed until", .type = AWM_TYPE_TIME},
	{.name = "token", .label = "Token", .type = AWM_TYPE_TEXT},
};

int claim_read(struct db_stmt *st, struct claim *claim, bool *ret)
{
	int rc = db_step(st);

	*ret = rc > 0;
	if (rc <= 0)
		return rc;
	*claim = (struct claim){.task = db_column_int(st, 0),
				.user = db_column_int(st, 1),
				.until = db_column_int(st, 2),
				.assigned = db_column_int(st, 3)};
	return 0;
}

int claim_of_task(struct awm_session *s, int64_t task, struct claim *claim,
		  bool *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, SELECT_CLAIM "\"taskId\"=?1", "i", task);

	return rc ? rc : claim_read(st, claim, ret);
}

int claim_of_token(struct awm_session *s, const char *token,
		   struct claim *claim, bool *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, SELECT_CLAIM "\"token\"=?1", "t", token);

	return rc ? rc : claim_read(st, claim, ret);
}

static const char *user_name(struct awm_session *s, struct arena *a, int64_t id)
{
	struct awm_value v;
	int rc = db_get(s->db, a, &v,
			"SELECT \"name\" FROM \"users\" WHERE \"id\"=?1", "i",
			id);

	if (!rc)
		return v.s;
	err_clear();
	return "somebody";
}

static const char *iso_time(struct arena *a, int64_t ms)
{
	char iso[TIME_ISO_SIZE];

	time_format_iso(ms, iso);
	return arena_strdup(a, iso);
}

int claim_extend(struct arena *a, struct awm_record *row,
		 const struct claim *claim)
{
	struct awm_value v[] = {AWM_VALUE_INT(claim->user),
				AWM_VALUE_INT(claim->until),
				{.kind = AWM_NULL}};
	const char *token = NULL;

	if (*claim->token) {
		token = arena_strdup(a, claim->token);
		if (!token)
			return -AWM_NOMEM;
		v[2] = awm_value_text(token);
	}
	return work_extend(a, row, claim_fields, v, token ? 3 : 2);
}

/* ---- the end of a claim ---- */

static int end_metadata(struct change *c, const struct claim *claim,
			bool expired)
{
	char iso[TIME_ISO_SIZE];

	time_format_iso(claim->until, iso);
	c->metadata = arena_printf(
		c->arena,
		"{\"claim\":\"%s\",\"userId\":%lld,\"leaseUntil\":\"%s\"}",
		expired ? "expired" : "released", (long long)claim->user, iso);
	return c->metadata ? 0 : -AWM_NOMEM;
}

static int tell_holder(struct change *c, const struct claim *from,
		       const struct claim *to)
{
	char text[2][24];

	snprintf(text[0], sizeof(text[0]), "%lld",
		 from ? (long long)from->user : 0);
	snprintf(text[1], sizeof(text[1]), "%lld",
		 to ? (long long)to->user : 0);
	return change_tell(c, "claimedBy", from ? text[0] : NULL,
			   to ? text[1] : NULL);
}

/* Back into the queue, as it was before the claim. */
static int amend_end(struct awm_session *s, struct change *c, void *ctx)
{
	const bool *expired = ctx;
	struct claim claim;
	bool held;
	int rc = claim_of_task(s, c->id, &claim, &held);

	if (rc || !held)
		return rc;
	rc = db_run(s->db, "DELETE FROM \"task_claims\" WHERE \"taskId\"=?1",
		    "i", c->id);
	if (!rc)
		rc = end_metadata(c, &claim, *expired);
	if (!rc)
		rc = tell_holder(c, &claim, NULL);
	if (rc)
		return rc;
	c->event = "task.released";
	if (value_is(&c->after[TASK_status], "in_progress"))
		change_set(c, TASK_status, awm_value_text("todo"));
	if (claim.assigned && c->after[TASK_assigneeId].i == claim.user)
		change_set(c, TASK_assigneeId, AWM_VALUE_NULL);
	return 0;
}

int claim_end(struct awm_session *s, int64_t task, bool expired,
	      struct arena *a, struct awm_record **ret)
{
	return mutate_edit(s, &entity_task, task, NULL, 0, amend_end, &expired,
			   a, ret);
}

int claim_wrote(struct awm_session *s, const struct change *c)
{
	bool was =
		c->before && value_is(&c->before[TASK_status], "in_progress");
	bool gone;

	if (!was || !c->after)
		return 0;
	gone = c->after[TASK_deletedAt].kind != AWM_NULL;
	if (!gone && value_is(&c->after[TASK_status], "in_progress"))
		return 0;
	return db_run(s->db, "DELETE FROM \"task_claims\" WHERE \"taskId\"=?1",
		      "i", c->id);
}

int claim_restore(struct awm_session *s, struct change *c, const cJSON *to)
{
	struct claim claim;
	bool held;
	int rc = claim_of_task(s, c->id, &claim, &held);

	if (rc || !held || !cJSON_IsNumber(to))
		return rc;
	if (claim.user != (int64_t)to->valuedouble)
		return err_set(AWM_CONFLICT,
			       "task %lld was claimed by somebody else since",
			       (long long)c->id);
	rc = tell_holder(c, &claim, NULL);
	return rc ? rc
		  : db_run(s->db,
			   "DELETE FROM \"task_claims\" WHERE \"taskId\"=?1",
			   "i", c->id);
}

int claim_user_leaves(struct awm_session *s, int64_t task, int64_t user)
{
	(void)user;
	return claim_end(s, task, false, NULL, NULL);
}

/* ---- leases that have run out ---- */

#define EXPIRED                                                                \
	"SELECT \"taskId\" FROM \"task_claims\" WHERE \"leaseUntil\"<=?1 "     \
	"ORDER BY 1"

struct expiry {
	struct arena arena;
	struct buf rows; /* of struct awm_record * */
};

static int run_expire(struct awm_session *s, void *ctx)
{
	struct expiry *e = ctx;
	_cleanup_buf_ struct buf list = {0};
	bool chore = s->chore;
	size_t n;
	int rc = work_ids(s, EXPIRED, s->now, &list);
	const int64_t *ids = work_ids_of(&list, &n);

	/* Whoever looks has not done it, and takes nothing of it back. */
	s->chore = true;
	buf_truncate(&e->rows, 0);
	for (size_t i = 0; i < n && !rc; i++) {
		struct awm_record *row = NULL;
		rc = claim_end(s, ids[i], true, &e->arena, &row);
		buf_add(&e->rows, &row, sizeof(row));
	}
	s->chore = chore;
	return rc ? rc : buf_check(&e->rows);
}

int awm_task_expire(struct awm_session *s, awm_row_fn *fn, void *ctx)
{
	struct expiry e = {0};
	int rc = role_require(s, ROLE_MEMBER, "take back expired claims");
	struct awm_record **rows;

	if (!rc)
		rc = awm_transaction(s, run_expire, &e);
	rows = (struct awm_record **)(void *)e.rows.s;
	for (size_t i = 0; fn && !rc && i < e.rows.len / sizeof(*rows); i++)
		rc = fn(ctx, rows[i]);
	buf_release(&e.rows);
	arena_release(&e.arena);
	return rc;
}

/* Once for each instant. A listing does not fail because somebody else is
 * writing: the next one looks again. */
int claim_sweep(struct awm_session *s)
{
	struct awm_value found;
	int rc;

	if (s->swept == s->now || role_of(s) < ROLE_MEMBER)
		return 0;
	s->swept = s->now;
	rc = db_get(s->db, NULL, &found, EXPIRED " LIMIT 1", "i", s->now);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (!rc)
		rc = awm_task_expire(s, NULL, NULL);
	if (rc != -AWM_DATABASE || db_in_write(s->db))
		return rc;
	err_clear();
	return 0;
}

/* ---- taking one ---- */

struct taking {
	struct claim claim;
	int64_t lease; /* milliseconds */
	const struct awm_query *filter;
	struct arena *arena;
	struct awm_record *record;
};

static int refuse_held(struct awm_session *s, struct change *c)
{
	struct claim holder = {0};
	long long id = (long long)c->id;
	bool held = false;
	int rc = claim_of_task(s, c->id, &holder, &held);

	if (rc)
		return rc;
	if (!held)
		return err_set(AWM_CONFLICT, "task %lld is claimed", id);
	err_set(AWM_CONFLICT, "task %lld is claimed by '%s' until %s", id,
		user_name(s, c->arena, holder.user),
		iso_time(c->arena, holder.until));
	return err_hint("awm task claim --next takes another one");
}

/* In progress without a claim: whoever works on it may arm a lease. */
static int refuse_others(struct awm_session *s, struct change *c)
{
	const struct awm_value *assignee = &c->before[TASK_assigneeId];

	if (assignee->kind == AWM_NULL || assignee->i == s->actor.id)
		return 0;
	err_set(AWM_CONFLICT, "task %lld is in progress with '%s'",
		(long long)c->id, user_name(s, c->arena, assignee->i));
	return err_hint("awm task reopen %lld, when nobody works on it",
			(long long)c->id);
}

static int refuse_unready(struct awm_session *s, struct change *c)
{
	const char *reason = NULL;
	int rc = ready_reason(s, c->id, c->arena, &reason);

	if (rc || !reason)
		return rc;
	if (!strncmp(reason, "claimed: ", 9))
		return refuse_held(s, c);
	if (!strcmp(reason, "status: in_progress"))
		return refuse_others(s, c);
	return err_set(AWM_INVALID, "task %lld is not ready (%s)",
		       (long long)c->id, reason);
}

static int take(struct awm_session *s, struct change *c, struct taking *t)
{
	int rc;

	t->claim.task = c->id;
	t->claim.user = s->actor.id;
	t->claim.until = s->now + t->lease;
	t->claim.assigned = c->before[TASK_assigneeId].kind == AWM_NULL;
	rc = random_token(t->claim.token);
	if (!rc)
		rc = db_run(s->db, query_claim_take, "iitiii", c->id,
			    s->actor.id, t->claim.token, t->claim.until, s->now,
			    (int64_t)t->claim.assigned);
	if (!rc && !db_changes(s->db))
		rc = refuse_held(s, c);
	return rc;
}

static int amend_claim(struct awm_session *s, struct change *c, void *ctx)
{
	struct taking *t = ctx;
	int rc = task_refuse_deleted(c);

	if (!rc)
		rc = refuse_unready(s, c);
	if (!rc)
		rc = take(s, c, t);
	if (!rc)
		rc = tell_holder(c, NULL, &t->claim);
	if (rc)
		return rc;
	c->event = "task.claimed";
	c->metadata = arena_printf(c->arena, "{\"leaseUntil\":\"%s\"}",
				   iso_time(c->arena, t->claim.until));
	if (!c->metadata)
		return -AWM_NOMEM;
	change_set(c, TASK_status, awm_value_text("in_progress"));
	if (t->claim.assigned)
		change_set(c, TASK_assigneeId, AWM_VALUE_INT(s->actor.id));
	return 0;
}

static int claim_one(struct awm_session *s, struct taking *t)
{
	int rc = mutate_edit(s, &entity_task, t->claim.task, NULL, 0,
			     amend_claim, t, t->arena, &t->record);

	return rc ? rc : claim_extend(t->arena, t->record, &t->claim);
}

static int run_claim(struct awm_session *s, void *ctx)
{
	struct taking *t = ctx;
	int rc = claim_sweep(s);

	return rc ? rc : claim_one(s, t);
}

static int keep_id(void *ctx, const struct awm_record *row)
{
	struct taking *t = ctx;

	t->claim.task = row->values[0].i;
	return 0;
}

static int run_next(struct awm_session *s, void *ctx)
{
	struct taking *t = ctx;
	const struct awm_field *id[] = {entity_task.fields};
	struct awm_query q = {0};
	int rc;

	if (t->filter)
		q = *t->filter;
	q.entity = &entity_task;
	q.fields = id;
	q.nfields = 1;
	q.sort = NULL;
	q.nsort = 0;
	q.limit = 1;
	q.offset = 0;
	q.deleted = q.all = false;
	q.ready = AWM_READY | AWM_URGENCY;
	q.for_user = s->actor.id;
	t->claim.task = 0;
	rc = claim_sweep(s);
	if (!rc)
		rc = ready_list(s, &q, keep_id, t);
	if (rc)
		return rc;
	if (t->claim.task)
		return claim_one(s, t);
	err_set(AWM_NOT_FOUND, "no task is ready to be claimed");
	return err_hint("awm task ready --explain tells why");
}

/* The writers' queue decides who is first, whatever the clock says of it. */
static int claim(struct awm_session *s, awm_fn *fn, struct taking *t,
		 struct awm_pool *pool, struct awm_record **ret)
{
	struct arena own = {0};
	int rc = role_require(s, ROLE_MEMBER, "claim a task");

	t->arena = pool ? pool_arena(pool) : &own;
	if (!rc)
		rc = awm_transaction(s, fn, t);
	if (!rc && ret)
		*ret = t->record;
	arena_release(&own);
	return rc;
}

int awm_task_claim(struct awm_session *s, int64_t id, int64_t lease,
		   struct awm_pool *pool, struct awm_record **ret)
{
	struct taking t = {.claim.task = id, .lease = claim_lease(lease)};

	return claim(s, run_claim, &t, pool, ret);
}

int awm_task_claim_next(struct awm_session *s, const struct awm_query *filter,
			int64_t lease, struct awm_pool *pool,
			struct awm_record **ret)
{
	struct taking t = {.filter = filter, .lease = claim_lease(lease)};

	return claim(s, run_next, &t, pool, ret);
}
