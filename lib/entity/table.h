/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_TABLE_H
#define ENTITY_TABLE_H

#include "base/mem.h"
#include "db/db.h"
#include "entity/entity.h"

/*
 * Tables as the database itself describes them, for what is done with all of
 * them alike, whether they have a field table or not: copying. Names are those
 * of the schema, which may be anybody's: tables with other letters than
 * identifiers have are left out. Everything lives in the arena.
 */
struct table_column {
	const char *name;
	const struct awm_field *field; /* NULL: in no field table */
	bool real, text;	       /* otherwise an integer */
	int pk;			       /* place in the primary key, from 1; 0 */
	int ref; /* index of the table that it refers to; -1 */
};

struct table_unique {
	size_t *columns;
	size_t n;
};

struct table {
	const char *name;
	const struct awm_entity *e; /* NULL: no field table */
	struct table_column *columns;
	size_t n;
	int id; /* index of "id"; -1 */
	struct table_unique *uniques;
	size_t nuniques;
};

#define TABLE_COLUMNS_MAX 64

/* `describe` and `uniques` are the engine's queries of its schema. Tables come
 * behind those that they refer to. */
int tables_load(struct db *db, const char *describe, const char *uniques,
		struct arena *a, struct table **ret, size_t *ret_n);

/* Ready to step, by primary key: all columns in order. */
int table_select(struct db *db, const struct table *t, struct db_stmt **ret);
int table_count(struct db *db, const struct table *t, int64_t *ret);
int table_clear(struct db *db, const struct table *t);
/* A value for each column. *ret_id is the new one, of a table with an id: left
 * to the database when that is null. A row that is there already is
 * AWM_CONFLICT, or with `lenient` nothing; *ret_made says which. */
int table_insert(struct db *db, const struct table *t,
		 const struct awm_value *values, bool lenient, int64_t *ret_id,
		 bool *ret_made);
int table_set(struct db *db, const struct table *t, int64_t id, size_t column,
	      const struct awm_value *value);
/* The id of the row with these values in the columns; 0 when there is none. */
int table_find(struct db *db, const struct table *t, const size_t *columns,
	       size_t n, const struct awm_value *values, int64_t *ret);
/* The value of a column of the row; AWM_NOT_FOUND, without a message. */
int table_get(struct db *db, const struct table *t, int64_t id, size_t column,
	      struct arena *a, struct awm_value *ret);
int table_column(const struct table *t, const char *name); /* -1: none */

#endif
