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
#include "domain/emit.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/search.h"
#include "domain/session.h"
#include "entity/store.h"
#include "queries.h"

/* What the index says of rows follows from this program; migrations leave it
 * as it was. */
static int refresh_index(struct awm_session *s,
			 const struct migrate_report *report, int newest)
{
	struct awm_search_rebuilt done;

	if (report->from == report->to || report->to != newest ||
	    db_in_dry_run(s->db))
		return 0;
	return index_rebuild(s, false, &done);
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
	ret->steps = report.steps;
	ret->newest = n ? list[n - 1].version : 0;
	ret->backup = report.backup;
	return refresh_index(s, &report, ret->newest);
}

static const struct awm_field status_fields[] = {
	{.name = "version", .label = "Version", .type = AWM_TYPE_INT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
	{.name = "appliedAt", .label = "Applied", .type = AWM_TYPE_TIME},
};

/* When a step of the database's past was applied, and whether as this program
 * would. */
static int status_applied(struct awm_session *s, const struct migration *step,
			  struct awm_value *ret_state, struct awm_value *ret_at)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const char *sum;
	int rc = db_query(s->db, &st,
			  "SELECT \"appliedAt\",\"checksum\" FROM "
			  "\"schema_migrations\" WHERE \"version\"=?1",
			  "i", (int64_t)step->version);

	if (!rc)
		rc = db_step(st);
	if (rc <= 0) {
		*ret_state = awm_value_text("missing");
		return rc;
	}
	sum = db_column_text(st, 1);
	*ret_at = AWM_VALUE_INT(db_column_int(st, 0));
	*ret_state = awm_value_text(
		sum && !strcmp(sum, step->checksum) ? "applied" : "changed");
	return 0;
}

int awm_db_status(struct awm_session *s, awm_row_fn *fn, void *ctx,
		  struct awm_migration_info *ret)
{
	struct db_identity id;
	enum migrate_state state;
	size_t n;
	const struct migration *list = migration_list(db_engine(s->db), &n);
	int amiss = 0, rc = migrate_state(s->db, &state, &id);

	for (size_t i = 0; i < n && !rc; i++) {
		struct awm_value v[] = {
			AWM_VALUE_INT(list[i].version),
			awm_value_text(list[i].name),
			awm_value_text("pending"),
			AWM_VALUE_NULL,
		};
		if (list[i].version <= id.user_version) {
			rc = status_applied(s, &list[i], &v[2], &v[3]);
			amiss += !rc && !value_is(&v[2], "applied");
		}
		if (!rc)
			rc = emit(fn, ctx, status_fields, v, 4);
	}
	if (rc)
		return rc;
	*ret = (struct awm_migration_info){
		.from = id.user_version,
		.to = id.user_version,
		.newest = n ? list[n - 1].version : 0,
		.amiss = amiss,
	};
	return 0;
}

int awm_db_backup(struct awm_session *s, const char *path)
{
	return db_backup(s->db, path);
}

static void count_problem(void *ctx, const char *line)
{
	(void)line;
	(*(int *)ctx)++;
}

int awm_db_restorable(const char *db, const char *path)
{
	if (!file_same(db, path))
		return 0;
	err_set(AWM_INVALID, "'%s' is the database itself", path);
	return err_hint("name a copy that 'awm db backup FILE' made");
}

/* Opens what is to be restored and looks whether it is one of ours. */
static int inspect(const char *path)
{
	_cleanup_db_ struct db *db = NULL;
	struct db_open_opts opts = {.path = path, .read_only = true};
	int problems = 0;
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
		rc = db_integrity(db, count_problem, &problems);
	if (!rc && problems)
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
		rc = awm_db_restorable(db_path(s->db), path);
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
		rc = awm_db_restorable(target, path);
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
