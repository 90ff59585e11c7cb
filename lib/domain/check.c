// SPDX-License-Identifier: MIT
/* Whether a database is sound: the engine's own checks, the schema, and that
 * what is derived equals what it is derived from. */
#include <awm/database.h>
#include <string.h>

#include "base/err.h"
#include "db/migrate.h"
#include "domain/emit.h"
#include "domain/search.h"
#include "domain/secret.h"
#include "domain/session.h"
#include "queries.h"

static const struct awm_field check_fields[] = {
	{.name = "check", .label = "Check", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
	{.name = "detail", .label = "Detail", .type = AWM_TYPE_TEXT},
};

struct checker {
	struct awm_session *session;
	awm_row_fn *fn;
	void *ctx;
	const char *name;
	int64_t problems; /* of this check */
	int64_t total;
	int64_t unindexed; /* of the search index */
	bool damaged;	   /* some of it could not even be read */
	int rc;
};

static void check_problem(void *ctx, const char *line)
{
	struct checker *k = ctx;
	struct awm_value v[] = {awm_value_text(k->name),
				awm_value_text("problem"),
				awm_value_text(line)};

	k->problems++;
	if (!k->rc)
		k->rc = emit(k->fn, k->ctx, check_fields, v, 3);
}

static int check_end(struct checker *k, int rc)
{
	struct awm_value v[] = {awm_value_text(k->name), awm_value_text("ok"),
				AWM_VALUE_NULL};

	if (!rc)
		rc = k->rc;
	if (!rc && !k->problems)
		rc = emit(k->fn, k->ctx, check_fields, v, 3);
	k->total += k->problems;
	k->problems = 0;
	return rc;
}

/* What a damaged database makes of a check is a finding of it; only what has
 * nothing to do with the rows ends the whole. */
static int survive(struct checker *k, int rc)
{
	if (rc != -AWM_DATABASE && rc != -AWM_ERROR && rc != -AWM_INVALID)
		return rc;
	check_problem(k, awm_error_last()->message);
	k->damaged |= rc == -AWM_DATABASE;
	err_clear();
	return 0;
}

static int check_query(struct checker *k, const char *name, const char *sql)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(k->session->db, &st, sql, "");

	k->name = name;
	while (!rc && (rc = db_step(st)) > 0) {
		check_problem(k, db_column_text(st, 0));
		rc = 0;
	}
	return check_end(k, survive(k, rc));
}

static void json_sql(struct buf *sql, const struct awm_entity *e,
		     const struct awm_field *f)
{
	buf_truncate(sql, 0);
	buf_addf(sql,
		 "SELECT \"id\" FROM \"%s\" WHERE \"%s\" IS NOT NULL AND NOT "
		 "json_valid(\"%s\")",
		 e->table, f->name, f->name);
}

static int check_json(struct checker *k, const struct awm_entity *e,
		      const struct awm_field *f)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	_cleanup_buf_ struct buf sql = {0}, line = {0};
	int rc;

	json_sql(&sql, e, f);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_query(k->session->db, &st, sql.s, "");
	while (!rc && (rc = db_step(st)) > 0) {
		buf_truncate(&line, 0);
		buf_addf(&line, "%s %lld: %s is no JSON", e->label,
			 (long long)db_column_int(st, 0), f->name);
		rc = buf_check(&line);
		if (!rc)
			check_problem(k, line.s);
	}
	return survive(k, rc);
}

/* Constraints hold for who writes through SQLite with them switched on. */
static int check_columns(struct checker *k)
{
	int rc = 0;

	k->name = "columns";
	for (size_t i = 0; awm_entities[i] && !rc; i++) {
		const struct awm_entity *e = awm_entities[i];
		for (size_t n = 0; n < e->nfields && !rc; n++)
			if (e->fields[n].type == AWM_TYPE_JSON)
				rc = check_json(k, e, &e->fields[n]);
	}
	return check_end(k, rc);
}

static int check_drift(struct checker *k)
{
	struct awm_pool *pool;
	const char *sql;
	int rc = awm_pool_new(&pool);

	if (rc)
		return rc;
	k->name = "schema";
	rc = migrate_verify(k->session->db);
	if (rc == -AWM_DATABASE) {
		check_problem(k, awm_error_last()->message);
		rc = 0;
	}
	if (!rc)
		rc = awm_db_generate(k->session, pool, &sql);
	if (!rc && *sql)
		check_problem(k, "differs from the entity definitions: see "
				 "awm db generate");
	awm_pool_free(pool);
	return check_end(k, survive(k, rc));
}

static int check_engine(struct checker *k)
{
	k->name = "integrity";
	return check_end(
		k, survive(k, db_integrity(k->session->db, check_problem, k)));
}

/* What cannot be looked at is told, and is no problem. */
static int check_unchecked(struct checker *k, const char *why)
{
	struct awm_value v[] = {awm_value_text(k->name),
				awm_value_text("not checked"),
				awm_value_text(why)};
	int rc = k->rc;

	if (!rc)
		rc = emit(k->fn, k->ctx, check_fields, v, ARRAY_LEN(v));
	k->total += k->problems;
	k->problems = 0;
	return rc;
}

static int check_secrets(struct checker *k)
{
	struct secret_check check = {.problem = check_problem, .ctx = k};
	_cleanup_buf_ struct buf line = {0};
	int rc;

	k->name = "secrets";
	rc = survive(k, secret_check_all(k->session, &check));
	if (rc || k->rc || !check.unchecked)
		return check_end(k, rc);
	buf_addf(&line, "%lld secret%s: %s", (long long)check.unchecked,
		 check.unchecked == 1 ? "" : "s", check.why);
	rc = buf_check(&line);
	return rc ? rc : check_unchecked(k, line.s);
}

static int check_index_line(void *ctx, const char *line)
{
	struct checker *k = ctx;

	check_problem(k, line);
	return k->rc;
}

static int check_index(struct checker *k)
{
	bool unchecked = false;
	int rc;

	k->name = "search index";
	rc = survive(k, index_problems(k->session, check_index_line, k));
	if (!rc)
		rc = index_words_check(k->session, &unchecked);
	if (!unchecked)
		rc = survive(k, rc);
	k->unindexed = k->problems;
	return unchecked ? check_unchecked(k, awm_error_last()->message)
			 : check_end(k, rc);
}

int awm_db_check(struct awm_session *s, awm_row_fn *fn, void *ctx)
{
	static const struct {
		const char *name, *sql;
	} checks[] = {
		{"tags", query_check_tags},
		{"tag order", query_check_tag_order},
		{"watchers", query_check_watchers},
		{"archived", query_check_archived},
		{"times", query_check_times},
		{"dependencies", query_check_blocked},
		{"durations", query_check_durations},
		{"minutes", query_check_minutes},
		{"hours", query_check_hours},
		{"cost", query_check_cost},
		{"template tasks", query_check_template_tasks},
		{"template ratings", query_check_template_ratings},
		{"skill versions", query_check_skill_versions},
		{"skill ratings", query_check_skill_ratings},
	};
	struct checker k = {.session = s, .fn = fn, .ctx = ctx};
	int rc = check_engine(&k);

	if (!rc)
		rc = check_drift(&k);
	if (!rc)
		rc = check_columns(&k);
	for (size_t i = 0; i < ARRAY_LEN(checks) && !rc; i++)
		rc = check_query(&k, checks[i].name, checks[i].sql);
	if (!rc)
		rc = check_secrets(&k);
	if (!rc)
		rc = check_index(&k);
	if (rc || !k.total)
		return rc;
	if (k.damaged)
		return err_set(AWM_DATABASE, "'%s' is damaged", db_path(s->db));
	rc = err_set(AWM_INVALID, "%lld problem%s found in '%s'",
		     (long long)k.total, k.total == 1 ? "" : "s",
		     db_path(s->db));
	return k.unindexed ? err_hint("awm search rebuild mends the search "
				      "index")
			   : rc;
}
