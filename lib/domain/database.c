// SPDX-License-Identifier: MIT
/* Looking after the database: migrations, copies, and whether it is sound. */
#include <awm/database.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/time.h"
#include "db/migrate.h"
#include "domain/pool.h"
#include "domain/session.h"
#include "entity/store.h"
#include "queries.h"

/* Hands a computed row to fn: `types` has a letter a value, i or t. */
static int emit(awm_row_fn *fn, void *ctx, const struct awm_field *fields,
		struct awm_value *values, size_t n)
{
	const struct awm_field *refs[8];
	struct awm_record row = {.fields = refs, .values = values, .count = n};

	for (size_t i = 0; i < n; i++)
		refs[i] = &fields[i];
	return fn ? fn(ctx, &row) : 0;
}

int awm_db_migrate(struct awm_session *s, int to, struct awm_pool *pool,
		   struct awm_migration_info *ret)
{
	struct migrate_report report = {0};
	size_t n;
	const struct migration *list = migration_list(db_engine(s->db), &n);
	int rc = migrate_up(s->db, to, pool_arena(pool), &report);

	if (rc)
		return rc;
	ret->from = report.from;
	ret->to = report.to;
	ret->newest = n ? list[n - 1].version : 0;
	ret->backup = report.backup;
	return 0;
}

static const struct awm_field status_fields[] = {
	{.name = "version", .label = "Version", .type = AWM_TYPE_INT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
	{.name = "appliedAt", .label = "Applied", .type = AWM_TYPE_TIME},
};

static int applied_at(struct awm_session *s, int version, struct awm_value *ret)
{
	int rc = db_get(s->db, NULL, ret,
			"SELECT \"appliedAt\" FROM \"schema_migrations\" "
			"WHERE \"version\"=?1",
			"i", (int64_t)version);

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*ret = AWM_VALUE_NULL;
	return 0;
}

int awm_db_status(struct awm_session *s, awm_row_fn *fn, void *ctx,
		  struct awm_migration_info *ret)
{
	struct db_identity id;
	enum migrate_state state;
	size_t n;
	const struct migration *list = migration_list(db_engine(s->db), &n);
	int rc = migrate_state(s->db, &state, &id);

	for (size_t i = 0; i < n && !rc; i++) {
		bool applied = list[i].version <= id.user_version;
		struct awm_value v[] = {
			AWM_VALUE_INT(list[i].version),
			awm_value_text(list[i].name),
			awm_value_text(applied ? "applied" : "pending"),
			AWM_VALUE_NULL,
		};
		if (applied)
			rc = applied_at(s, list[i].version, &v[3]);
		if (!rc)
			rc = emit(fn, ctx, status_fields, v, 4);
	}
	if (rc)
		return rc;
	ret->from = ret->to = id.user_version;
	ret->newest = n ? list[n - 1].version : 0;
	ret->backup = NULL;
	return 0;
}

/* ---- check ---- */

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

static int check_query(struct checker *k, const char *name, const char *sql)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(k->session->db, &st, sql, "");

	k->name = name;
	while (!rc && (rc = db_step(st)) > 0) {
		check_problem(k, db_column_text(st, 0));
		rc = 0;
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
	return check_end(k, rc);
}

static int check_engine(struct checker *k)
{
	k->name = "integrity";
	return check_end(k, db_integrity(k->session->db, check_problem, k));
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
		{"search index", query_check_index},
	};
	struct checker k = {.session = s, .fn = fn, .ctx = ctx};
	int rc = check_engine(&k);

	if (!rc)
		rc = check_drift(&k);
	for (size_t i = 0; i < ARRAY_LEN(checks) && !rc; i++)
		rc = check_query(&k, checks[i].name, checks[i].sql);
	if (rc || !k.total)
		return rc;
	return err_set(AWM_INVALID, "%lld problem%s found in '%s'",
		       (long long)k.total, k.total == 1 ? "" : "s",
		       db_path(s->db));
}

int awm_db_backup(struct awm_session *s, const char *path)
{
	return db_backup(s->db, path);
}

/* Opens what is to be restored and looks whether it is one of ours. */
static int inspect(const char *path)
{
	_cleanup_db_ struct db *db = NULL;
	struct db_open_opts opts = {.path = path, .read_only = true};
	struct checker k = {.name = "integrity"};
	enum migrate_state state;
	struct db_identity id;
	int rc = db_open(&opts, &db);

	if (!rc)
		rc = migrate_state(db, &state, &id);
	if (!rc && (state == MIGRATE_FOREIGN || state == MIGRATE_EMPTY))
		return err_set(AWM_DATABASE, "'%s' is no database of awm",
			       path);
	if (!rc && state == MIGRATE_NEWER)
		return migrate_require_current(db);
	if (!rc)
		rc = db_integrity(db, check_problem, &k);
	if (!rc && k.problems)
		return err_set(AWM_DATABASE, "'%s' is damaged", path);
	return rc;
}

/* "<database>.<time>.bak", with a number behind when that is taken. */
static const char *backup_name(const char *path, int64_t now, struct arena *a)
{
	char iso[TIME_ISO_SIZE];
	const char *name;

	time_format_iso(now, iso);
	for (char *p = iso; *p; p++)
		if (*p == ':')
			*p = '-';
	name = arena_printf(a, "%s.%s.bak", path, iso);
	for (int n = 2; name && file_exists(name) && n < 1000; n++)
		name = arena_printf(a, "%s.%s.%d.bak", path, iso, n);
	return name;
}

int awm_db_restore(struct awm_session *s, const char *path,
		   struct awm_pool *pool, const char **ret_backup)
{
	const char *backup =
		backup_name(db_path(s->db), s->now, pool_arena(pool));
	int rc = role_require(s, ROLE_ADMIN, "restore a database");

	if (!backup)
		return -AWM_NOMEM;
	if (!rc)
		rc = inspect(path);
	if (rc || s->dry_run)
		return rc;
	rc = db_backup(s->db, backup);
	if (!rc)
		rc = db_restore(s->db, path);
	if (!rc)
		*ret_backup = backup;
	return rc;
}

/* The log holds what the file lacks: both are kept, side by side. */
static int move_aside(const char *path, const char *to, struct arena *a)
{
	static const char *const parts[] = {"-wal", "-shm", ""};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *from_part = arena_printf(a, "%s%s", path, parts[i]);
		const char *to_part = arena_printf(a, "%s%s", to, parts[i]);
		if (!from_part || !to_part)
			return -AWM_NOMEM;
		if (rename(from_part, to_part) < 0 && errno != ENOENT)
			return err_errno(AWM_DATABASE, "cannot move '%s'",
					 from_part);
	}
	return 0;
}

static int copy_into(const char *from, const char *to)
{
	_cleanup_db_ struct db *db = NULL;
	struct db_open_opts opts = {.path = from, .read_only = true};
	int rc = db_open(&opts, &db);

	return rc ? rc : db_backup(db, to);
}

int awm_db_replace(const struct awm_session_opts *opts, const char *path,
		   struct awm_pool *pool, const char **ret_backup)
{
	_cleanup_free_ char *target = NULL, *folder = NULL;
	const char *backup = NULL;
	int rc = awm_session_locate(opts, &target);

	if (!rc)
		rc = inspect(path);
	if (rc || opts->dry_run)
		return rc;
	folder = file_dirname(target);
	rc = folder ? file_mkdir(folder) : -AWM_NOMEM;
	if (!rc && file_exists(target)) {
		backup = backup_name(target, time_now(), pool_arena(pool));
		rc = backup ? move_aside(target, backup, pool_arena(pool))
			    : -AWM_NOMEM;
	}
	if (!rc)
		rc = copy_into(path, target);
	if (!rc)
		*ret_backup = backup;
	return rc;
}
