/* SPDX-License-Identifier: MIT */
#include "db/migrate.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"

static enum migrate_state state_of(const struct db_identity *id, int newest)
{
	if (id->empty && id->application_id == 0 && id->user_version == 0)
		return MIGRATE_EMPTY;
	/* Ours gets its number along with its first tables. */
	if (id->application_id != DB_APPLICATION_ID || id->user_version <= 0)
		return MIGRATE_FOREIGN;
	if (id->user_version > newest)
		return MIGRATE_NEWER;
	return id->user_version < newest ? MIGRATE_OLDER : MIGRATE_CURRENT;
}

static int newest_of(const struct migration *list, size_t n)
{
	return n ? list[n - 1].version : 0;
}

static int refuse_foreign(struct db *db, const struct db_identity *id)
{
	if (id->application_id == DB_APPLICATION_ID) {
		err_set(AWM_DATABASE,
			"database '%s' is damaged: its version is %d",
			db_path(db), (int)id->user_version);
		return err_hint("go back to a backup with 'awm db restore "
				"FILE'");
	}
	err_set(AWM_DATABASE, "'%s' is not a database of awm", db_path(db));
	return err_hint("name another file with --db or AWM_DB");
}

static int refuse_newer(struct db *db, int version, int newest)
{
	err_set(AWM_DATABASE,
		"database '%s' has version %d, newer than this program's %d",
		db_path(db), version, newest);
	return err_hint("install a newer awm");
}

int migrate_state(struct db *db, enum migrate_state *ret,
		  struct db_identity *ret_id)
{
	struct db_identity id;
	size_t n;
	const struct migration *list = migration_list(db_engine(db), &n);
	int r = db_identify(db, &id);

	if (r < 0)
		return r;
	*ret = state_of(&id, newest_of(list, n));
	if (ret_id)
		*ret_id = id;
	return 0;
}

int migrate_require_current(struct db *db)
{
	enum migrate_state state;
	struct db_identity id;
	size_t n;
	const struct migration *list = migration_list(db_engine(db), &n);
	int r = migrate_state(db, &state, &id);

	if (r < 0)
		return r;
	switch (state) {
	case MIGRATE_CURRENT:
		return 0;
	case MIGRATE_FOREIGN:
		return refuse_foreign(db, &id);
	case MIGRATE_NEWER:
		return refuse_newer(db, id.user_version, newest_of(list, n));
	case MIGRATE_EMPTY:
		err_set(AWM_DATABASE, "database '%s' is empty", db_path(db));
		return err_hint("fill it with 'awm db migrate'");
	case MIGRATE_OLDER:
		break;
	}
	err_set(AWM_DATABASE,
		"database '%s' has version %d, but this program needs %d",
		db_path(db), id.user_version, newest_of(list, n));
	return err_hint("run 'awm db migrate'");
}

/* The checksums */

static int applied_differ(const char *name, int version)
{
	err_set(AWM_DATABASE,
		"migration %d ('%s') was applied in another form than this "
		"program's",
		version, name);
	return err_hint("the database was made by another build; go back to a "
			"backup with 'awm db restore FILE'");
}

static int applied_check(struct db_stmt *st, const struct migration *list,
			 size_t n, size_t at)
{
	int64_t version = db_column_int(st, 0);
	const char *name = db_column_text(st, 1);
	const char *sum = db_column_text(st, 2);

	if (at >= n || version != list[at].version)
		return err_set(AWM_DATABASE,
			       "the record of applied migrations has a gap or "
			       "an unknown step at version %d",
			       (int)version);
	if (!sum || strcmp(sum, list[at].checksum) != 0)
		return applied_differ(name ? name : "", list[at].version);
	return 0;
}

static int applied_verify(struct db *db, const struct migration *list, size_t n,
			  int version)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	size_t at = 0;
	int r = db_query(db, &st,
			 "SELECT \"version\", \"name\", \"checksum\""
			 " FROM \"schema_migrations\" ORDER BY \"version\"",
			 NULL);

	if (r < 0)
		return r;
	while ((r = db_step(st)) > 0) {
		r = applied_check(st, list, n, at++);
		if (r < 0)
			return r;
	}
	if (r == 0 && (int)at != version)
		return err_set(AWM_DATABASE,
			       "%d migrations are recorded, but the file says "
			       "version %d",
			       (int)at, version);
	return r;
}

/* Going up */

struct up {
	const struct migration *list;
	size_t n;
	const struct migration *step;
	struct arena *arena;
	struct migrate_report *report;
	int seen;     /* the version at first sight */
	int target;   /* where to stop */
	bool applied; /* something was, by this process */
};

static int backup_make(struct db *db, int version, struct arena *a,
		       const char **ret)
{
	char time[TIME_ISO_SIZE];
	char *p, *to, *path;
	int r;

	/* 2026-11-22T17:00:00.000Z without what file names had better lack. */
	time_format_iso(time_now(), time);
	for (p = to = time; *p; p++)
		if (*p != ':' && *p != '-' && *p != '.')
			*to++ = *p;
	*to = '\0';
	path = arena_printf(a, "%s.v%d.%s.bak", db_path(db), version, time);
	if (!path)
		return -AWM_NOMEM;
	r = db_backup(db, path);
	if (r < 0)
		return err_context("no backup, so nothing was migrated");
	*ret = path;
	return 0;
}

static int step_apply(struct db *db, const struct migration *step)
{
	int r = db_script(db, step->sql);

	if (r == 0)
		r = db_run(db,
			   "INSERT INTO \"schema_migrations\""
			   " (\"version\", \"name\", \"checksum\","
			   " \"appliedAt\") VALUES (?1, ?2, ?3, ?4)",
			   "itti", (int64_t)step->version, step->name,
			   step->checksum, time_now());
	if (r == 0)
		r = db_set_identity(db, DB_APPLICATION_ID, step->version);
	if (r < 0)
		return err_context("migration %d ('%s')", step->version,
				   step->name);
	return 0;
}

/* One step, in its transaction. Another process may have done it, or may have
 * turned the file into something else, since we looked. */
static int step_run(struct db *db, void *arg)
{
	struct up *up = arg;
	struct db_identity id;
	int newest = newest_of(up->list, up->n);
	int r = db_identify(db, &id);

	if (r < 0)
		return r;
	switch (state_of(&id, newest)) {
	case MIGRATE_FOREIGN:
		return refuse_foreign(db, &id);
	case MIGRATE_NEWER:
		return refuse_newer(db, id.user_version, newest);
	default:
		break;
	}
	if (!up->applied)
		up->report->from = up->report->to = id.user_version;
	if (id.user_version >= up->step->version)
		return 0;
	if (id.user_version > 0 && !up->applied) {
		r = applied_verify(db, up->list, up->n, id.user_version);
		/* Whoever took it from there has made the backup. */
		if (r == 0 && id.user_version == up->seen && !db_in_dry_run(db))
			r = backup_make(db, id.user_version, up->arena,
					&up->report->backup);
		if (r < 0)
			return r;
	}
	r = step_apply(db, up->step);
	if (r < 0)
		return r;
	up->report->to = up->step->version;
	up->report->steps++;
	up->applied = true;
	return 0;
}

static int steps_run(struct db *db, void *arg)
{
	struct up *up = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < up->n; i++) {
		up->step = &up->list[i];
		if (up->step->version > up->seen &&
		    up->step->version <= up->target)
			r = db_write(db, step_run, up);
	}
	return r;
}

static int target_check(struct db *db, const struct db_identity *id, int newest,
			int *to)
{
	switch (state_of(id, newest)) {
	case MIGRATE_FOREIGN:
		return refuse_foreign(db, id);
	case MIGRATE_NEWER:
		return refuse_newer(db, id->user_version, newest);
	default:
		break;
	}
	if (*to == 0)
		*to = newest;
	if (*to < 0 || *to > newest)
		return err_set(AWM_USAGE,
			       "no migration %d: this program knows 1 to %d",
			       *to, newest);
	if (*to >= id->user_version)
		return 0;
	err_set(AWM_USAGE, "cannot go down from version %d to %d",
		id->user_version, *to);
	return err_hint("go back to a backup with 'awm db restore FILE'");
}

int migrate_up_list(struct db *db, const struct migration *list, size_t n,
		    int to, struct arena *a, struct migrate_report *ret)
{
	struct migrate_report report = {0};
	struct up up = {.list = list, .n = n, .arena = a, .report = &report};
	struct db_identity id;
	int r = db_identify(db, &id);

	if (r == 0)
		r = target_check(db, &id, newest_of(list, n), &to);
	if (r < 0)
		return r;
	report.from = report.to = up.seen = id.user_version;
	up.target = to;
	/* A new file appears with all its tables or with none. In a dry run
	 * each step needs what the one before it did. */
	if (id.empty || db_in_dry_run(db))
		r = db_write(db, steps_run, &up);
	else
		r = steps_run(db, &up);
	if (r < 0)
		return r;
	/* Puts our mark into the file itself, where the next start looks. */
	if (up.applied)
		db_checkpoint(db);
	*ret = report;
	return 0;
}

int migrate_up(struct db *db, int to, struct arena *a,
	       struct migrate_report *ret)
{
	size_t n;
	const struct migration *list = migration_list(db_engine(db), &n);

	return migrate_up_list(db, list, n, to, a, ret);
}

int migrate_verify_list(struct db *db, const struct migration *list, size_t n)
{
	struct db_identity id;
	int r = db_identify(db, &id);

	if (r < 0)
		return r;
	return applied_verify(db, list, n, id.user_version);
}

int migrate_verify(struct db *db)
{
	size_t n;
	const struct migration *list = migration_list(db_engine(db), &n);

	return migrate_verify_list(db, list, n);
}
