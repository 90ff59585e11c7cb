// SPDX-License-Identifier: MIT
/* Reading and writing rows of one table; the SQL is composed in compose.c. */
#include "entity/store.h"

#include <string.h>

#include "base/err.h"
#include "entity/compose.h"

#define FIELDS_MAX 64

bool value_equal(const struct awm_value *a, const struct awm_value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case AWM_NULL:
		return true;
	case AWM_INT:
		return a->i == b->i;
	case AWM_REAL:
		return a->r == b->r;
	case AWM_TEXT:
		return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
	}
	return false;
}

int store_default(const struct awm_field *f, struct arena *a,
		  struct awm_value *ret)
{
	const char *d = f->dflt;

	if (!d) {
		*ret = AWM_VALUE_NULL;
	} else if (d[0] == '\'') {
		/* Defaults hold no quotes of their own. */
		*ret = awm_value_text(arena_strndup(a, d + 1, strlen(d) - 2));
		return ret->s ? 0 : -AWM_NOMEM;
	} else if (f->type == AWM_TYPE_REAL) {
		*ret = AWM_VALUE_REAL(strtod(d, NULL));
	} else {
		*ret = AWM_VALUE_INT(strtoll(d, NULL, 10));
	}
	return 0;
}

static struct awm_record *record_new(struct arena *a, size_t n)
{
	struct awm_record *r = arena_alloc(a, sizeof(*r));
	const struct awm_field **fields = arena_array(a, n, sizeof(*fields));

	if (!r || !fields)
		return NULL;
	r->values = arena_array(a, n, sizeof(*r->values));
	if (!r->values)
		return NULL;
	r->fields = fields;
	r->count = n;
	return r;
}

struct awm_record *store_record(struct arena *a, const struct awm_entity *e)
{
	struct awm_record *r = record_new(a, e->nfields);

	if (!r)
		return NULL;
	const struct awm_field **fields = (const struct awm_field **)r->fields;
	for (size_t i = 0; i < e->nfields; i++)
		fields[i] = &e->fields[i];
	r->entity = e;
	return r;
}

struct awm_record *store_copy(struct arena *a, const struct awm_record *row)
{
	struct awm_record *r = record_new(a, row->count);

	if (!r)
		return NULL;
	r->entity = row->entity;
	for (size_t i = 0; i < row->count; i++) {
		((const struct awm_field **)r->fields)[i] = row->fields[i];
		r->values[i] = row->values[i];
		if (row->values[i].kind != AWM_TEXT)
			continue;
		r->values[i].s =
			arena_strndup(a, row->values[i].s, row->values[i].len);
		if (!r->values[i].s)
			return NULL;
	}
	return r;
}

int store_rows(struct db_stmt *st, const struct awm_field *const *fields,
	       size_t n, awm_row_fn *fn, void *ctx)
{
	struct awm_value values[FIELDS_MAX];
	struct awm_record row = {
		.fields = fields, .values = values, .count = n};
	int rc;

	if (n > FIELDS_MAX)
		return err_set(AWM_ERROR, "too many columns: %zu", n);
	while ((rc = db_step(st)) > 0) {
		for (size_t i = 0; i < n; i++)
			db_column(st, (int)i, &values[i]);
		rc = fn(ctx, &row);
		if (rc)
			return rc;
	}
	return rc;
}

static int bind_conds(struct db_stmt *st, const struct awm_query *q, bool count)
{
	int at = 0;

	if (compose_wants_now(q, count)) {
		int rc = db_bind_int(st, ++at, q->ready_at);
		if (rc)
			return rc;
	}
	for (size_t i = 0; i < q->nconds; i++) {
		const struct awm_cond *c = &q->conds[i];
		if (!compose_binds(c))
			continue;
		for (size_t k = 0; k < c->count; k++) {
			int rc = db_bind(st, ++at, &c->values[k]);
			if (rc)
				return rc;
		}
	}
	if (q->ready & AWM_READY && q->for_user)
		return db_bind_int(st, ++at, q->for_user);
	return 0;
}

static int query_prepare(struct db *db, const struct awm_query *q, bool count,
			 struct db_stmt **ret)
{
	_cleanup_buf_ struct buf sql = {0};
	int rc = store_compose(q, count, &sql);

	if (rc)
		return rc;
	rc = db_prepare(db, sql.s, ret);
	if (rc)
		return rc;
	rc = bind_conds(*ret, q, count);
	if (rc) {
		db_reset(*ret);
		*ret = NULL;
	}
	return rc;
}

/* Computed columns of tasks. */
static const struct awm_field urgency_field = {
	.name = "urgency", .label = "Urgency", .type = AWM_TYPE_REAL};
static const struct awm_field reason_field = {
	.name = "reason", .label = "Not ready because", .type = AWM_TYPE_TEXT};
static const struct awm_field tags_field = {
	.name = "tags", .label = "Tags", .type = AWM_TYPE_JSON};

struct entity_rows {
	const struct awm_entity *entity;
	awm_row_fn *fn;
	void *ctx;
};

static int entity_row(void *ctx, const struct awm_record *row)
{
	struct entity_rows *rows = ctx;
	struct awm_record named = *row;

	named.entity = rows->entity;
	return rows->fn(rows->ctx, &named);
}

int store_list(struct db *db, const struct awm_query *q, awm_row_fn *fn,
	       void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[FIELDS_MAX];
	struct entity_rows rows = {q->entity, fn, ctx};
	size_t n = 0;
	int rc = query_prepare(db, q, false, &st);

	if (rc)
		return rc;
	for (; n < q->nfields && n < FIELDS_MAX; n++)
		fields[n] = q->fields[n];
	for (; !q->nfields && n < q->entity->nfields && n < FIELDS_MAX; n++)
		fields[n] = &q->entity->fields[n];
	if (q->ready & AWM_URGENCY && n < FIELDS_MAX)
		fields[n++] = &urgency_field;
	if (q->ready & AWM_REASON && n < FIELDS_MAX)
		fields[n++] = &reason_field;
	if (q->tags && n < FIELDS_MAX)
		fields[n++] = &tags_field;
	return store_rows(st, fields, n, entity_row, &rows);
}

int store_count(struct db *db, const struct awm_query *q, int64_t *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = query_prepare(db, q, true, &st);

	if (rc)
		return rc;
	rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret = db_column_int(st, 0);
	return 0;
}

static int no_such(const struct awm_entity *e, int64_t id)
{
	return err_set(AWM_NOT_FOUND, "no %s %lld", e->label, (long long)id);
}

struct first_row {
	struct arena *arena;
	struct awm_record *record;
};

static int keep_row(void *ctx, const struct awm_record *row)
{
	struct first_row *first = ctx;

	first->record = store_copy(first->arena, row);
	return first->record ? 0 : err_nomem();
}

int store_get(struct db *db, const struct awm_entity *e, int64_t id,
	      struct arena *a, struct awm_record **ret)
{
	struct awm_value key = AWM_VALUE_INT(id);
	struct awm_cond cond = {&e->fields[0], AWM_OP_EQ, &key, 1};
	struct awm_query q = {
		.entity = e, .conds = &cond, .nconds = 1, .all = true};
	struct first_row first = {.arena = a};
	int rc = store_list(db, &q, keep_row, &first);

	if (rc)
		return rc;
	if (!first.record)
		return no_such(e, id);
	*ret = first.record;
	return 0;
}

int store_exists(struct db *db, const struct awm_entity *e, int64_t id)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc;

	buf_addf(&sql, "SELECT 1 FROM \"%s\" WHERE \"id\"=?1", e->table);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_query(db, &st, sql.s, "i", id);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	return rc ? 0 : no_such(e, id);
}

static int bind_masked(struct db_stmt *st, const struct awm_entity *e,
		       const struct awm_value *values, const bool *mask, int at)
{
	for (size_t i = 0; i < e->nfields; i++) {
		if (!mask[i])
			continue;
		int rc = db_bind(st, at++, &values[i]);
		if (rc)
			return rc;
	}
	return 0;
}

int store_insert(struct db *db, const struct awm_entity *e,
		 const struct awm_value *values, const bool *mask,
		 int64_t *ret_id)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc;

	compose_insert(e, mask, &sql);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(db, sql.s, &st);
	if (!rc)
		rc = bind_masked(st, e, values, mask, 1);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret_id = db_inserted(db);
	return 0;
}

int store_update(struct db *db, const struct awm_entity *e, int64_t id,
		 const struct awm_value *values, const bool *mask)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc;

	compose_update(e, mask, &sql);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(db, sql.s, &st);
	if (!rc)
		rc = db_bind_int(st, 1, id);
	if (!rc)
		rc = bind_masked(st, e, values, mask, 2);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	return db_changes(db) ? 0 : no_such(e, id);
}

int store_delete(struct db *db, const struct awm_entity *e, int64_t id)
{
	_cleanup_buf_ struct buf sql = {0};
	int rc;

	buf_addf(&sql, "DELETE FROM \"%s\" WHERE \"id\"=?1", e->table);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_run(db, sql.s, "i", id);
	if (rc)
		return rc;
	return db_changes(db) ? 0 : no_such(e, id);
}
