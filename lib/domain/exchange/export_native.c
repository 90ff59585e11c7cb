// SPDX-License-Identifier: MIT
/* Every row of every table, as JSON lines. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/exchange/export.h"
#include "domain/exchange/native.h"
#include "entity/field.h"
#include "queries.h"

/* What is made from other rows, or is about this machine or this file. */
static bool is_left_out(const char *table)
{
	static const char *const names[] = {
		"database_info",     "delivery_leases", "identities",
		"schema_migrations", "task_tags",	NULL};

	if (!strncmp(table, "search", 6))
		return true;
	for (size_t i = 0; names[i]; i++)
		if (!strcmp(names[i], table))
			return true;
	return false;
}

int native_tables(struct awm_session *s, struct arena *a, struct table **ret,
		  size_t *ret_n)
{
	size_t n = 0;
	struct table *all;
	int rc = tables_load(s->db, query_schema_tables_sqlite,
			     query_schema_uniques_sqlite, a, &all, &n);

	if (rc)
		return rc;
	/* Places stay as they are, for what refers to them. */
	for (size_t i = 0; i < n; i++)
		if (is_left_out(all[i].name))
			all[i].name = "";
	*ret = all;
	*ret_n = n;
	return 0;
}

/* "previousSecret" and the like are in no field table. */
bool native_is_secret(const struct table_column *c)
{
	return c->field ? c->field->type == AWM_TYPE_SECRET
			: c->text && strstr(c->name, "Secret");
}

void native_hide(const struct table_column *c, struct awm_value *v)
{
	bool required = c->field && c->field->flags & AWM_REQUIRED;

	*v = required ? awm_value_text("{}") : AWM_VALUE_NULL;
}

static void add_raw(struct jsonw *w, const char *text, size_t len)
{
	jsonw_object(w);
	jsonw_key(w, NATIVE_RAW);
	jsonw_text(w, text, len);
	jsonw_end_object(w);
}

/* As it is printed after it was read: so a copy is written alike. */
static void add_json(struct jsonw *w, const struct awm_value *v)
{
	_cleanup_json_ cJSON *node = NULL;
	_cleanup_buf_ struct buf text = {0};

	if (json_parse(v->s, v->len, &node)) {
		err_clear();
		add_raw(w, v->s, v->len);
		return;
	}
	json_print(&text, node);
	w->out->failed |= text.failed;
	jsonw_raw(w, buf_str(&text), text.len);
}

static void add_value(struct jsonw *w, const struct table_column *c,
		      const struct awm_value *v)
{
	bool wide = v->kind == AWM_INT &&
		    (v->i > INT64_C(1) << 53 || v->i < -(INT64_C(1) << 53));
	char text[32];

	if (wide) {
		snprintf(text, sizeof(text), "%lld", (long long)v->i);
		jsonw_str(w, text);
	} else if (c->field && c->field->type == AWM_TYPE_JSON &&
		   v->kind == AWM_TEXT) {
		add_json(w, v);
	} else if (c->field && c->field->type != AWM_TYPE_SECRET) {
		field_to_json(w, c->field, v);
	} else if (v->kind == AWM_TEXT) {
		jsonw_text(w, v->s, v->len);
	} else if (v->kind == AWM_REAL) {
		jsonw_real(w, v->r);
	} else if (v->kind == AWM_INT) {
		jsonw_int(w, v->i);
	} else {
		jsonw_null(w);
	}
}

/* Where rows of other databases came from is not this one's to tell. */
static bool is_foreign(const struct table *t, const struct awm_value *v)
{
	return !strcmp(t->name, "external_ids") && v[0].kind == AWM_TEXT &&
	       !strncmp(v[0].s, "awm:", 4);
}

static int write_row(struct exporter *x, const struct table *t,
		     struct db_stmt *st)
{
	struct awm_value v[TABLE_COLUMNS_MAX];
	struct jsonw w = {.out = &x->out};

	for (size_t i = 0; i < t->n; i++) {
		db_column(st, (int)i, &v[i]);
		if (x->opts->no_secrets && native_is_secret(&t->columns[i]))
			native_hide(&t->columns[i], &v[i]);
	}
	if (is_foreign(t, v))
		return 0;
	jsonw_object(&w);
	jsonw_key(&w, "table");
	jsonw_str(&w, t->name);
	jsonw_key(&w, "row");
	jsonw_object(&w);
	for (size_t i = 0; i < t->n; i++) {
		jsonw_key(&w, t->columns[i].name);
		add_value(&w, &t->columns[i], &v[i]);
	}
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	buf_addc(&x->out, '\n');
	x->n++;
	return export_flush(x);
}

static int write_table(struct exporter *x, const struct table *t)
{
	struct db_stmt *st = NULL;
	int rc = table_select(x->s->db, t, &st);

	while (!rc && (rc = db_step(st)) > 0) {
		rc = write_row(x, t, st);
		if (!rc && x->s->stop)
			rc = err_set(AWM_INTERRUPTED, "interrupted");
	}
	if (st)
		db_reset(st);
	return rc;
}

static int write_header(struct exporter *x)
{
	struct jsonw w = {.out = &x->out};

	jsonw_object(&w);
	jsonw_key(&w, "awm");
	jsonw_int(&w, NATIVE_VERSION);
	jsonw_key(&w, "database");
	jsonw_str(&w, x->database);
	jsonw_end_object(&w);
	buf_addc(&x->out, '\n');
	return export_flush(x);
}

int export_native(struct awm_session *s, const struct awm_export_opts *opts,
		  int64_t *ret_n)
{
	struct exporter x = {.s = s, .opts = opts};
	struct table *tables;
	size_t n = 0;
	int rc = role_require(s, ROLE_ADMIN, "export everything");

	if (!rc)
		rc = origin_database(s, &x.arena, &x.database);
	if (!rc)
		rc = native_tables(s, &x.arena, &tables, &n);
	if (!rc)
		rc = write_header(&x);
	for (size_t i = 0; i < n && !rc; i++)
		if (*tables[i].name)
			rc = write_table(&x, &tables[i]);
	buf_release(&x.out);
	arena_release(&x.arena);
	*ret_n = x.n;
	return rc;
}
