// SPDX-License-Identifier: MIT
/* New rows as they are committed. Writers take turns, and an id is given
 * under the writers' lock and never again (see activity_floor()): so what is
 * new is what has a higher id than the last. */
#include <awm/follow.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/wake.h"
#include "domain/scope.h"
#include "entity/store.h"

/* Rows read in one statement, before they are told of. */
#define BATCH 256

struct awm_follow {
	struct awm_session *session;
	struct db_wake *wake;
	struct awm_query query;
	struct awm_cond *conds; /* those of the caller, and two of our own */
	struct awm_value from, to;
	struct awm_sort by_id;
	int64_t last;
	bool behind; /* there may be rows, whatever the wake says */
};

static int take_id(void *ctx, const struct awm_record *row)
{
	*(int64_t *)ctx = row->values[0].i;
	return 0;
}

static int newest(const struct awm_follow *f, int64_t *ret)
{
	const struct awm_entity *e = f->query.entity;
	const struct awm_field *const id[] = {e->fields};
	struct awm_sort sort = {e->fields, true};
	struct awm_query q = {.entity = e,
			      .sort = &sort,
			      .nsort = 1,
			      .fields = id,
			      .nfields = 1,
			      .limit = 1,
			      .all = true};

	*ret = 0;
	return store_list(f->session->db, &q, take_id, ret);
}

static int prepare(struct awm_follow *f, const struct awm_query *query)
{
	const struct awm_field *id = query->entity->fields;
	size_t n = query->nconds;

	f->conds = calloc(n + 2, sizeof(*f->conds));
	if (!f->conds)
		return err_nomem();
	if (n)
		memcpy(f->conds, query->conds, n * sizeof(*f->conds));
	f->conds[n] = (struct awm_cond){id, AWM_OP_GT, &f->from, 1};
	f->conds[n + 1] = (struct awm_cond){id, AWM_OP_LE, &f->to, 1};
	f->by_id = (struct awm_sort){id, false};
	f->query = (struct awm_query){.entity = query->entity,
				      .conds = f->conds,
				      .nconds = n + 2,
				      .sort = &f->by_id,
				      .nsort = 1,
				      .fields = query->fields,
				      .nfields = query->nfields,
				      .limit = BATCH,
				      .all = query->all,
				      .deleted = query->deleted};
	return 0;
}

int awm_follow_open(struct awm_session *s, const struct awm_query *query,
		    struct awm_follow **ret)
{
	struct awm_follow *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return err_nomem();
	f->session = s;
	rc = prepare(f, query);
	/* Before the first look: what comes after it is told of. */
	if (!rc)
		rc = db_wake_open(s->db, &f->wake);
	if (!rc)
		rc = newest(f, &f->last);
	if (rc) {
		awm_follow_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

void awm_follow_close(struct awm_follow *f)
{
	if (!f)
		return;
	db_wake_close(f->wake);
	free(f->conds);
	free(f);
}

int64_t awm_follow_last(const struct awm_follow *f)
{
	return f->last;
}

int awm_follow_fd(const struct awm_follow *f)
{
	return db_wake_fd(f->wake);
}

int awm_follow_timeout(const struct awm_follow *f)
{
	return f->behind ? 0 : db_wake_timeout(f->wake);
}

struct batch {
	struct arena arena;
	struct awm_record *rows[BATCH];
	size_t count;
};

static int take_row(void *ctx, const struct awm_record *row)
{
	struct batch *b = ctx;

	b->rows[b->count] = store_copy(&b->arena, row);
	return b->rows[b->count++] ? 0 : -AWM_NOMEM;
}

static int tell(struct awm_follow *f, const struct batch *b, awm_row_fn *fn,
		void *ctx)
{
	int rc = 0;

	for (size_t i = 0; i < b->count && !rc; i++) {
		f->last = awm_record_int(b->rows[i], "id");
		rc = fn(ctx, b->rows[i]);
	}
	return rc;
}

/* *ret_more: whether there may be further rows up to `to`. */
static int read_batch(struct awm_follow *f, int64_t to, awm_row_fn *fn,
		      void *ctx, bool *ret_more)
{
	struct batch b = {.count = 0};
	int rc;

	f->from = AWM_VALUE_INT(f->last);
	f->to = AWM_VALUE_INT(to);
	rc = scope_list(f->session, &f->query, take_row, &b);
	if (!rc)
		rc = tell(f, &b, fn, ctx);
	*ret_more = b.count == BATCH;
	if (!rc && !*ret_more)
		f->last = to;
	arena_release(&b.arena);
	return rc;
}

int awm_follow_read(struct awm_follow *f, awm_row_fn *fn, void *ctx)
{
	bool changed, more = true;
	int64_t to;
	int rc = db_wake_check(f->wake, &changed);

	if (rc || !(changed || f->behind))
		return rc;
	f->behind = true;
	rc = newest(f, &to);
	while (!rc && more && to > f->last)
		rc = read_batch(f, to, fn, ctx, &more);
	f->behind = rc != 0;
	return rc;
}
