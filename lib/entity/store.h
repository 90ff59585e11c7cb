/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_STORE_H
#define ENTITY_STORE_H

#include <awm/query.h>

#include "base/mem.h"
#include "db/db.h"

/*
 * The one store: SQL for single tables, composed from the field table. What
 * compares columns of one table with values is made here; a join, aggregate
 * or CTE is a file in sql/queries/. No text of a caller becomes SQL: names
 * come from the field tables, values are bound, and enum words, which are
 * checked against the field table, stand as literals so that partial indexes
 * can serve them.
 *
 * Nothing here checks roles or rules or records activities: that is mutate.h.
 */

/* Composes the SELECT of a query: the columns, then FROM, WHERE, ORDER BY,
 * LIMIT; parameters ?1… in the order of the conditions. `count` asks for
 * COUNT(*) instead of columns and order. For tests as well (the golden file
 * of all composed SQL). */
int store_compose(const struct awm_query *q, bool count, struct buf *out);

/* Streams the rows; see awm_list(). */
int store_list(struct db *db, const struct awm_query *q, awm_row_fn *fn,
	       void *ctx);
int store_count(struct db *db, const struct awm_query *q, int64_t *ret);

/* All columns of one row, text copied into the arena. AWM_NOT_FOUND when
 * there is none: "no task 12". */
int store_get(struct db *db, const struct awm_entity *e, int64_t id,
	      struct arena *a, struct awm_record **ret);
/* 0 or AWM_NOT_FOUND with the same message, reading only the key. */
int store_exists(struct db *db, const struct awm_entity *e, int64_t id);

/*
 * Writing one row. `values` has one value for each field of the entity, in
 * its order; `mask` says which of them to write. On insert the id is given
 * back (and written only when masked).
 */
int store_insert(struct db *db, const struct awm_entity *e,
		 const struct awm_value *values, const bool *mask,
		 int64_t *ret_id);
int store_update(struct db *db, const struct awm_entity *e, int64_t id,
		 const struct awm_value *values, const bool *mask);
int store_delete(struct db *db, const struct awm_entity *e, int64_t id);

/* The value of a column's default, from the field table; text in the arena. */
int store_default(const struct awm_field *f, struct arena *a,
		  struct awm_value *ret);

/* An empty record of the entity with all its fields, null values; arena. */
struct awm_record *store_record(struct arena *a, const struct awm_entity *e);

/*
 * Rows of a query file: runs the statement (already bound) and calls fn with
 * records whose columns are described by `fields`, in the order of the SELECT.
 */
int store_rows(struct db_stmt *st, const struct awm_field *const *fields,
	       size_t n, awm_row_fn *fn, void *ctx);

/* A copy of a record with its texts, without relations; NULL: no memory. */
struct awm_record *store_copy(struct arena *a, const struct awm_record *row);

bool value_equal(const struct awm_value *a, const struct awm_value *b);

#endif
