// SPDX-License-Identifier: MIT
#include "entity/table.h"

#include <string.h>

#include "base/err.h"

/* ---- the schema ---- */

struct loader {
	struct arena *arena;
	struct table *tables;
	size_t n, room;
};

static bool is_plain(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_")];
}

int table_column(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->columns[i].name, name))
			return (int)i;
	return -1;
}

static int find_table(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->tables[i].name, name))
			return (int)i;
	return -1;
}

static int add_table(struct loader *l, const char *name)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct table *more = arena_array(l->arena, room, sizeof(*more));
		if (!more)
			return -AWM_NOMEM;
		if (l->n)
			memcpy(more, l->tables, l->n * sizeof(*more));
		l->tables = more;
		l->room = room;
	}
	struct table *t = &l->tables[l->n];
	t->name = arena_strdup(l->arena, name);
	t->columns =
		arena_array(l->arena, TABLE_COLUMNS_MAX, sizeof(*t->columns));
	if (!t->name || !t->columns)
		return -AWM_NOMEM;
	t->e = awm_entity_of_table(name);
	t->id = -1;
	l->n++;
	return 0;
}

static int add_column(struct loader *l, struct db_stmt *st)
{
	const char *name = db_column_text(st, 1), *type = db_column_text(st, 2);
	struct table *t = &l->tables[l->n - 1];
	struct table_column *c = &t->columns[t->n];

	if (!is_plain(name) || t->n == TABLE_COLUMNS_MAX)
		return err_set(AWM_DATABASE, "table '%s' is none of awm's",
			       t->name);
	c->name = arena_strdup(l->arena, name);
	if (!c->name)
		return -AWM_NOMEM;
	c->field = t->e ? awm_entity_field(t->e, name) : NULL;
	c->real = !strcmp(type, "REAL");
	c->text = !strcmp(type, "TEXT");
	c->pk = (int)db_column_int(st, 3);
	c->ref = -1;
	if (!strcmp(name, "id"))
		t->id = (int)t->n;
	t->n++;
	return 0;
}

static int read_columns(struct loader *l, struct db *db, const char *describe)
{
	struct db_stmt *st = NULL;
	const char *last = "";
	int rc = db_query(db, &st, describe, NULL);

	while (!rc && (rc = db_step(st)) > 0) {
		const char *table = db_column_text(st, 0);

		rc = 0;
		if (!is_plain(table))
			continue;
		if (strcmp(table, last) != 0)
			rc = add_table(l, table);
		if (!rc)
			rc = add_column(l, st);
		last = l->n ? l->tables[l->n - 1].name : "";
	}
	if (st)
		db_reset(st);
	return rc;
}

/* Once all tables are known. */
static int read_references(struct loader *l, struct db *db,
			   const char *describe)
{
	struct db_stmt *st = NULL;
	int rc = db_query(db, &st, describe, NULL);

	while (!rc && (rc = db_step(st)) > 0) {
		const char *to = db_column_text(st, 4);
		int t = find_table(l, db_column_text(st, 0)), c;

		rc = 0;
		if (!to || t < 0)
			continue;
		c = table_column(&l->tables[t], db_column_text(st, 1));
		if (c >= 0)
			l->tables[t].columns[c].ref = find_table(l, to);
	}
	if (st)
		db_reset(st);
	return rc;
}

static int add_unique(struct loader *l, struct table *t)
{
	struct table_unique *more =
		arena_array(l->arena, t->nuniques + 1, sizeof(*more));

	if (!more)
		return -AWM_NOMEM;
	if (t->nuniques)
		memcpy(more, t->uniques, t->nuniques * sizeof(*more));
	t->uniques = more;
	more[t->nuniques].columns =
		arena_array(l->arena, t->n, sizeof(*more[t->nuniques].columns));
	return more[t->nuniques++].columns ? 0 : -AWM_NOMEM;
}

static int read_uniques(struct loader *l, struct db *db, const char *uniques)
{
	_cleanup_buf_ struct buf last = {0};
	struct db_stmt *st = NULL;
	int rc = db_query(db, &st, uniques, NULL);

	while (!rc && (rc = db_step(st)) > 0) {
		int t = find_table(l, db_column_text(st, 0)), c;
		struct table *table = t < 0 ? NULL : &l->tables[t];
		const char *index = db_column_text(st, 1);

		rc = 0;
		c = table ? table_column(table, db_column_text(st, 2)) : -1;
		if (c < 0)
			continue;
		if (strcmp(buf_str(&last), index) != 0)
			rc = add_unique(l, table);
		if (rc)
			break;
		buf_truncate(&last, 0);
		buf_adds(&last, index);
		struct table_unique *u = &table->uniques[table->nuniques - 1];
		if (u->n < table->n)
			u->columns[u->n++] = (size_t)c;
	}
	if (st)
		db_reset(st);
	return rc;
}

/* Whether everything that the table refers to stands before. */
static bool is_ready(const struct table *t, const int *place, int self)
{
	for (size_t i = 0; i < t->n; i++) {
		int ref = t->columns[i].ref;
		if (ref >= 0 && ref != self && place[ref] < 0)
			return false;
	}
	return true;
}

/* Behind what they refer to; those of a circle as they come. */
static int sort_tables(struct loader *l, struct table **ret)
{
	struct table *sorted = arena_array(l->arena, l->n, sizeof(*sorted));
	int *place = arena_array(l->arena, l->n, sizeof(*place));
	size_t done = 0;

	if (!sorted || !place)
		return -AWM_NOMEM;
	for (size_t i = 0; i < l->n; i++)
		place[i] = -1;
	while (done < l->n) {
		size_t before = done;
		for (size_t i = 0; i < l->n; i++)
			if (place[i] < 0 &&
			    is_ready(&l->tables[i], place, (int)i)) {
				place[i] = (int)done;
				sorted[done++] = l->tables[i];
			}
		for (size_t i = 0; done == before && i < l->n; i++)
			if (place[i] < 0) {
				place[i] = (int)done;
				sorted[done++] = l->tables[i];
			}
	}
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < sorted[i].n; k++)
			if (sorted[i].columns[k].ref >= 0)
				sorted[i].columns[k].ref =
					place[sorted[i].columns[k].ref];
	*ret = sorted;
	return 0;
}

int tables_load(struct db *db, const char *describe, const char *uniques,
		struct arena *a, struct table **ret, size_t *ret_n)
{
	struct loader l = {.arena = a};
	int rc = read_columns(&l, db, describe);

	if (!rc)
		rc = read_references(&l, db, describe);
	if (!rc)
		rc = read_uniques(&l, db, uniques);
	if (!rc)
		rc = sort_tables(&l, ret);
	if (!rc)
		*ret_n = l.n;
	return rc;
}

/* ---- rows ---- */

int table_select(struct db *db, const struct table *t, struct db_stmt **ret)
{
	_cleanup_buf_ struct buf sql = {0};
	const char *comma = " ORDER BY ";

	buf_adds(&sql, "SELECT ");
	for (size_t i = 0; i < t->n; i++)
		buf_addf(&sql, "%s\"%s\"", i ? "," : "", t->columns[i].name);
	buf_addf(&sql, " FROM \"%s\"", t->name);
	for (int k = 1; k <= (int)t->n; k++)
		for (size_t i = 0; i < t->n; i++)
			if (t->columns[i].pk == k) {
				buf_addf(&sql, "%s\"%s\"", comma,
					 t->columns[i].name);
				comma = ",";
			}
	return buf_check(&sql) ? -AWM_NOMEM : db_query(db, ret, sql.s, NULL);
}

int table_count(struct db *db, const struct table *t, int64_t *ret)
{
	_cleanup_buf_ struct buf sql = {0};
	struct awm_value v;
	int rc;

	buf_addf(&sql, "SELECT COUNT(*) FROM \"%s\"", t->name);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_get(db, NULL, &v, sql.s, NULL);
	if (!rc)
		*ret = v.i;
	return rc;
}

int table_clear(struct db *db, const struct table *t)
{
	_cleanup_buf_ struct buf sql = {0};

	buf_addf(&sql, "DELETE FROM \"%s\"", t->name);
	return buf_check(&sql) ? -AWM_NOMEM : db_run(db, sql.s, NULL);
}

/* The id, when it is null, is the database's to choose. */
static bool is_left_out(const struct table *t, size_t i,
			const struct awm_value *values)
{
	return (int)i == t->id && values[i].kind == AWM_NULL;
}

static void insert_sql(const struct table *t, const struct awm_value *values,
		       bool lenient, struct buf *sql)
{
	size_t n = 0;

	buf_addf(sql, "INSERT INTO \"%s\"(", t->name);
	for (size_t i = 0; i < t->n; i++)
		if (!is_left_out(t, i, values))
			buf_addf(sql, "%s\"%s\"", n++ ? "," : "",
				 t->columns[i].name);
	buf_adds(sql, ") VALUES (");
	for (size_t i = 1; i <= n; i++)
		buf_addf(sql, "%s?%zu", i > 1 ? "," : "", i);
	buf_adds(sql, lenient ? ") ON CONFLICT DO NOTHING" : ")");
}

int table_insert(struct db *db, const struct table *t,
		 const struct awm_value *values, bool lenient, int64_t *ret_id,
		 bool *ret_made)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int at = 0, rc;

	insert_sql(t, values, lenient, &sql);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(db, sql.s, &st);
	for (size_t i = 0; i < t->n && !rc; i++)
		if (!is_left_out(t, i, values))
			rc = db_bind(st, ++at, &values[i]);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret_made = db_changes(db) > 0;
	*ret_id = db_inserted(db);
	return 0;
}

int table_set(struct db *db, const struct table *t, int64_t id, size_t column,
	      const struct awm_value *value)
{
	_cleanup_buf_ struct buf sql = {0};

	buf_addf(&sql, "UPDATE \"%s\" SET \"%s\"=?2 WHERE \"id\"=?1", t->name,
		 t->columns[column].name);
	return buf_check(&sql) ? -AWM_NOMEM
			       : db_run(db, sql.s, "iv", id, value);
}

int table_find(struct db *db, const struct table *t, const size_t *columns,
	       size_t n, const struct awm_value *values, int64_t *ret)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc;

	buf_addf(&sql, "SELECT \"id\" FROM \"%s\" WHERE ", t->name);
	for (size_t i = 0; i < n; i++)
		buf_addf(&sql, "%s\"%s\"=?%zu", i ? " AND " : "",
			 t->columns[columns[i]].name, i + 1);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(db, sql.s, &st);
	for (size_t i = 0; i < n && !rc; i++)
		rc = db_bind(st, (int)i + 1, &values[columns[i]]);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret = rc ? db_column_int(st, 0) : 0;
	return 0;
}

int table_get(struct db *db, const struct table *t, int64_t id, size_t column,
	      struct arena *a, struct awm_value *ret)
{
	_cleanup_buf_ struct buf sql = {0};
	int rc;

	buf_addf(&sql, "SELECT \"%s\" FROM \"%s\" WHERE \"id\"=?1",
		 t->columns[column].name, t->name);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_get(db, a, ret, sql.s, "i", id);
	if (rc == -AWM_NOT_FOUND)
		err_clear();
	return rc;
}
