// SPDX-License-Identifier: MIT
/* The SQL that takes a database to the field tables. */
#include <awm/database.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "domain/pool.h"
#include "domain/session.h"
#include "queries.h"

/* What a database has: "table.column" lines, one after another. */
struct drift {
	struct awm_session *session;
	struct buf have;
	struct buf *out;
};

static int read_columns(struct drift *d)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(d->session->db, &st, query_schema_columns_sqlite, "");

	buf_addc(&d->have, '\n');
	while (!rc && (rc = db_step(st)) > 0) {
		buf_addf(&d->have, "%s.%s\n", db_column_text(st, 0),
			 db_column_text(st, 1));
		rc = buf_check(&d->have);
	}
	return rc;
}

static bool have(const struct drift *d, const char *table, const char *column)
{
	char line[160];

	snprintf(line, sizeof(line), "\n%s.%s%s", table, column ? column : "",
		 column ? "\n" : "");
	return strstr(d->have.s, line) != NULL;
}

static const char *storage(const struct awm_field *f)
{
	switch (f->type) {
	case AWM_TYPE_REAL:
		return "REAL";
	case AWM_TYPE_TEXT:
	case AWM_TYPE_JSON:
	case AWM_TYPE_ENUM:
	case AWM_TYPE_SECRET:
		return "TEXT";
	default:
		return "INTEGER";
	}
}

static void add_check(struct buf *out, const struct awm_field *f)
{
	bool nullable = !(f->flags & AWM_REQUIRED);

	if (f->type == AWM_TYPE_BOOL)
		buf_addf(out, " CHECK (\"%s\" IN (0, 1))", f->name);
	if (f->type == AWM_TYPE_JSON && nullable)
		buf_addf(out, " CHECK (\"%s\" IS NULL OR json_valid(\"%s\"))",
			 f->name, f->name);
	if (f->type == AWM_TYPE_JSON && !nullable)
		buf_addf(out, " CHECK (json_valid(\"%s\"))", f->name);
	if (f->type != AWM_TYPE_ENUM)
		return;
	buf_addf(out, " CHECK (\"%s\" IN (", f->name);
	for (size_t i = 0; f->words[i]; i++)
		buf_addf(out, "%s'%s'", i ? ", " : "", f->words[i]);
	buf_adds(out, "))");
}

static void add_column(struct buf *out, const struct awm_field *f)
{
	buf_addf(out, "\"%s\" %s", f->name, storage(f));
	if (!strcmp(f->name, "id")) {
		buf_adds(out, " PRIMARY KEY");
		return;
	}
	if (f->flags & AWM_REQUIRED)
		buf_adds(out, " NOT NULL");
	if (f->flags & AWM_UNIQUE)
		buf_adds(out, " UNIQUE");
	if (f->dflt)
		buf_addf(out, " DEFAULT %s", f->dflt);
	add_check(out, f);
	if (f->type == AWM_TYPE_REF)
		buf_addf(out, " REFERENCES \"%s\" (\"id\")%s%s", f->ref,
			 f->on_delete ? " ON DELETE " : "",
			 f->on_delete ? f->on_delete : "");
}

static void add_table(struct buf *out, const struct awm_entity *e)
{
	buf_addf(out, "CREATE TABLE \"%s\" (", e->table);
	for (size_t i = 0; i < e->nfields; i++) {
		buf_adds(out, i ? ",\n\t" : "\n\t");
		add_column(out, &e->fields[i]);
	}
	buf_adds(out, "\n) STRICT;\n");
}

/* Every foreign key leads an index: deletes look for the rows that point. */
static int add_index(struct drift *d, const struct awm_entity *e,
		     const struct awm_field *f)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc;

	if (f->type != AWM_TYPE_REF)
		return 0;
	rc = db_query(d->session->db, &st, query_schema_indexed_sqlite, "tt",
		      e->table, f->name);
	if (!rc)
		rc = db_step(st);
	if (rc)
		return rc < 0 ? rc : 0;
	buf_addf(d->out, "CREATE INDEX \"idx_%s_%s\" ON \"%s\" (\"%s\");\n",
		 e->table, f->name, e->table, f->name);
	return 0;
}

static int compare(struct drift *d, const struct awm_entity *e)
{
	bool exists = have(d, e->table, NULL);
	int rc = 0;

	if (!exists)
		add_table(d->out, e);
	for (size_t i = 0; i < e->nfields && !rc; i++) {
		const struct awm_field *f = &e->fields[i];
		if (exists && !have(d, e->table, f->name)) {
			buf_addf(d->out, "ALTER TABLE \"%s\" ADD COLUMN ",
				 e->table);
			add_column(d->out, f);
			buf_adds(d->out, ";\n");
		}
		rc = add_index(d, e, f);
	}
	return rc;
}

int awm_db_generate(struct awm_session *s, struct awm_pool *pool,
		    const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	struct drift d = {.session = s, .out = &out};
	int rc = read_columns(&d);

	for (size_t i = 0; awm_entities[i] && !rc; i++)
		rc = compare(&d, awm_entities[i]);
	buf_release(&d.have);
	if (!rc)
		rc = buf_check(&out);
	if (rc)
		return rc;
	*ret = arena_strdup(pool_arena(pool), buf_str(&out));
	return *ret ? 0 : -AWM_NOMEM;
}
