/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "db/db.h"
#include "db/migrate.h"

static char folder[64];
static char file[128];

#define RECORD                                                                 \
	"CREATE TABLE \"schema_migrations\" (\"version\" INTEGER PRIMARY KEY," \
	" \"name\" TEXT NOT NULL, \"checksum\" TEXT NOT NULL,"                 \
	" \"appliedAt\" INTEGER NOT NULL) STRICT;"

/* Steps that fail when they are applied twice. */
static const struct migration steps[] = {
	{1, "0001_core", RECORD "CREATE TABLE t (a); INSERT INTO t VALUES (1);",
	 "sum1"},
	{2, "0002_more", "CREATE TABLE u (a); INSERT INTO t VALUES (2);",
	 "sum2"},
	{3, "0003_most", "CREATE TABLE v (a); INSERT INTO t VALUES (3);",
	 "sum3"},
};

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/awm-test-migrate.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/awm.db", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct db *opened(const char *path)
{
	struct db_open_opts opts = {
		.path = path,
		.create = true,
		.wait_ms = 20000,
	};
	struct db *db = NULL;

	assert_int_equal(db_open(&opts, &db), 0);
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	struct arena a = {0};
	struct awm_value v;

	assert_int_equal(db_get(db, &a, &v, sql, NULL), 0);
	arena_release(&a);
	return v.i;
}

static int up(struct db *db, const struct migration *list, size_t n, int to)
{
	struct arena a = {0};
	struct migrate_report report;
	int r = migrate_up_list(db, list, n, to, &a, &report);

	arena_release(&a);
	return r;
}

static int version(struct db *db)
{
	struct db_identity id;

	assert_int_equal(db_identify(db, &id), 0);
	return id.user_version;
}

/* The sum of all bytes in the folder, and of their number and names. */
static uint64_t folder_sum(void)
{
	char command[192], line[128];
	uint64_t sum = 14695981039346656037u;
	FILE *p;

	snprintf(command, sizeof(command), "cd %s && ls && sha256sum $(ls)",
		 folder);
	p = popen(command, "re");
	assert_non_null(p);
	while (fgets(line, sizeof(line), p))
		for (const char *c = line; *c; c++)
			sum = (sum ^ (unsigned char)*c) * 1099511628211u;
	assert_int_equal(pclose(p), 0);
	return sum;
}

static int script_run(struct db *db, void *arg)
{
	return db_script(db, arg);
}

static void make(struct db *db, const char *sql)
{
	assert_int_equal(db_write(db, script_run, (void *)sql), 0);
}

static void test_new(void **state)
{
	_cleanup_db_ struct db *db = opened(file);
	struct migrate_report report;
	struct db_identity id;
	struct arena a = {0};
	struct awm_value v;

	(void)state;
	assert_int_equal(migrate_up_list(db, steps, 3, 0, &a, &report), 0);
	assert_int_equal(report.from, 0);
	assert_int_equal(report.to, 3);
	assert_null(report.backup);
	assert_int_equal(db_identify(db, &id), 0);
	assert_int_equal(id.application_id, DB_APPLICATION_ID);
	assert_int_equal(id.user_version, 3);
	assert_int_equal(number(db, "SELECT count(*) FROM schema_migrations"
				    " WHERE \"appliedAt\" > 0"),
			 3);
	assert_int_equal(
		db_get(db, &a, &v,
		       "SELECT \"name\" || \"checksum\" FROM schema_migrations"
		       " WHERE \"version\" = 2",
		       NULL),
		0);
	assert_string_equal(v.s, "0002_moresum2");
	/* Again: nothing to do. */
	assert_int_equal(migrate_up_list(db, steps, 3, 0, &a, &report), 0);
	assert_true(report.from == 3 && report.to == 3 && !report.backup);
	assert_int_equal(migrate_verify_list(db, steps, 3), 0);
	arena_release(&a);
}

static void test_backup(void **state)
{
	_cleanup_db_ struct db *db = opened(file);
	_cleanup_db_ struct db *copy = NULL;
	struct migrate_report report;
	struct arena a = {0};
	struct stat st;

	(void)state;
	assert_int_equal(up(db, steps, 3, 1), 0);
	assert_int_equal(version(db), 1);
	assert_int_equal(migrate_up_list(db, steps, 3, 0, &a, &report), 0);
	assert_true(report.from == 1 && report.to == 3);
	assert_non_null(report.backup);
	assert_memory_equal(report.backup, file, strlen(file));
	assert_non_null(strstr(report.backup, "awm.db.v1."));
	assert_int_equal(stat(report.backup, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* As it was before the first of the two steps. */
	copy = opened(report.backup);
	assert_int_equal(version(copy), 1);
	assert_int_equal(number(copy, "SELECT max(a) FROM t"), 1);
	assert_int_equal(number(db, "SELECT max(a) FROM t"), 3);
	arena_release(&a);
}

static void test_no_backup_no_step(void **state)
{
	_cleanup_db_ struct db *db = NULL;
	char deep[256];

	(void)state;
	/* A name so long that the copy's is too long. */
	memset(deep, 0, sizeof(deep));
	snprintf(deep, sizeof(deep), "%s/%0230d", folder, 0);
	db = opened(deep);
	assert_int_equal(up(db, steps, 3, 1), 0);
	assert_int_equal(up(db, steps, 3, 0), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "no backup"));
	assert_int_equal(version(db), 1);
}

static void test_middle_fails(void **state)
{
	static const struct migration bad[] = {
		{1, "0001_core", RECORD "CREATE TABLE t (a);", "sum1"},
		{2, "0002_bad",
		 "CREATE TABLE u (a); INSERT INTO t VALUES (2);"
		 "INSERT INTO missing VALUES (1);",
		 "sum2"},
	};
	static const struct migration ends[] = {
		{1, "0001_ends", RECORD "COMMIT; CREATE TABLE t (a);", "sum1"},
	};
	_cleanup_db_ struct db *db = opened(file);
	_cleanup_db_ struct db *other = NULL;

	(void)state;
	/* A new file gets nothing; later a step is what is undone. */
	assert_int_equal(up(db, bad, 2, 0), -AWM_ERROR);
	assert_int_equal(version(db), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	assert_int_equal(up(db, bad, 2, 1), 0);
	assert_int_equal(up(db, bad, 2, 0), -AWM_ERROR);
	assert_non_null(
		strstr(awm_error_last()->message, "migration 2 ('0002_bad')"));
	assert_int_equal(version(db), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"
				    " WHERE name = 'u'"),
			 0);
	/* The repaired step goes on from there. */
	assert_int_equal(up(db, steps, 3, 0), 0);
	assert_int_equal(version(db), 3);
	snprintf(file, sizeof(file), "%s/other.db", folder);
	other = opened(file);
	assert_int_equal(up(other, ends, 1, 0), -AWM_ERROR);
}

static void test_range(void **state)
{
	_cleanup_db_ struct db *db = opened(file);

	(void)state;
	assert_int_equal(up(db, steps, 3, 4), -AWM_USAGE);
	assert_int_equal(up(db, steps, 3, -1), -AWM_USAGE);
	assert_int_equal(up(db, steps, 3, 2), 0);
	assert_int_equal(up(db, steps, 3, 1), -AWM_USAGE);
	assert_int_equal(up(db, steps, 3, 2), 0);
	assert_int_equal(version(db), 2);
}

static void test_checksum(void **state)
{
	static const struct migration others[] = {
		{1, "0001_core", "SELECT 1", "sum1"},
		{2, "0002_more", "SELECT 1", "different"},
		{3, "0003_most", "SELECT 1", "sum3"},
	};
	_cleanup_db_ struct db *db = opened(file);

	(void)state;
	assert_int_equal(up(db, steps, 3, 2), 0);
	assert_int_equal(migrate_verify_list(db, steps, 3), 0);
	assert_int_equal(migrate_verify_list(db, others, 3), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "0002_more"));
	assert_int_equal(up(db, others, 3, 0), -AWM_DATABASE);
	assert_int_equal(version(db), 2);
	make(db, "DELETE FROM schema_migrations WHERE \"version\" = 2");
	assert_int_equal(migrate_verify_list(db, steps, 3), -AWM_DATABASE);
	make(db, "DELETE FROM schema_migrations");
	assert_int_equal(migrate_verify_list(db, steps, 3), -AWM_DATABASE);
}

/* Without the log that a live database has. */
static void settle(struct db *db)
{
	char name[192];
	static const char *const suffixes[] = {"-wal", "-shm", "-lock"};

	db_checkpoint(db);
	db_close(db);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", file, suffixes[i]);
		unlink(name);
	}
}

static void refused_unchanged(const char *word)
{
	uint64_t before = folder_sum();
	struct db *db = opened(file);

	assert_int_equal(up(db, steps, 3, 0), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, word));
	db_close(db);
	db = opened(file);
	assert_int_equal(up(db, steps, 3, 0), -AWM_DATABASE);
	db_close(db);
	/* No byte changed, no file beside it. */
	assert_true(folder_sum() == before);
}

static void test_newer(void **state)
{
	struct db *db = opened(file);

	(void)state;
	assert_int_equal(up(db, steps, 3, 0), 0);
	assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 4), 0);
	settle(db);
	refused_unchanged("newer");
}

static void test_foreign(void **state)
{
	struct db *db = opened(file);

	(void)state;
	make(db, "CREATE TABLE theirs (a)");
	settle(db);
	refused_unchanged("not a database of awm");
	db = opened(file);
	assert_int_equal(db_set_identity(db, 0x1234, 1), 0);
	settle(db);
	refused_unchanged("not a database of awm");
}

/* With a log the file itself still stays as it is. */
static void test_newer_with_log(void **state)
{
	struct db *db = opened(file);
	char command[256];

	(void)state;
	assert_int_equal(up(db, steps, 3, 0), 0);
	assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 4), 0);
	db_close(db);
	snprintf(command, sizeof(command), "cd %s && sha256sum %s > %s/sum",
		 folder, file, folder);
	assert_int_equal(system(command), 0);
	db = opened(file);
	assert_int_equal(up(db, steps, 3, 0), -AWM_DATABASE);
	db_close(db);
	snprintf(command, sizeof(command), "sha256sum --status -c %s/sum",
		 folder);
	assert_int_equal(system(command), 0);
}

static void test_state(void **state)
{
	_cleanup_db_ struct db *db = opened(file);
	enum migrate_state now;
	struct arena a = {0};
	struct migrate_report report;
	size_t n;

	(void)state;
	assert_non_null(migration_list("sqlite", &n));
	assert_null(migration_list("nonsense", &n));
	assert_int_equal(n, 0);
	assert_int_equal(migrate_state(db, &now, NULL), 0);
	assert_int_equal(now, MIGRATE_EMPTY);
	assert_int_equal(migrate_require_current(db), -AWM_DATABASE);
	assert_int_equal(migrate_up(db, 1, &a, &report), 0);
	assert_int_equal(migrate_up(db, 0, &a, &report), 0);
	assert_int_equal(migrate_require_current(db), 0);
	assert_int_equal(migrate_verify(db), 0);
	assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 9999), 0);
	assert_int_equal(migrate_state(db, &now, NULL), 0);
	assert_int_equal(now, MIGRATE_NEWER);
	assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 1), 0);
	assert_int_equal(migrate_state(db, &now, NULL), 0);
	assert_int_equal(now, MIGRATE_OLDER);
	assert_int_equal(migrate_require_current(db), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->hint, "awm db migrate"));
	arena_release(&a);
}

/* No number of ours: somebody else wrote it. */
static void test_odd_versions(void **state)
{
	static const int32_t odd[] = {0, -1, INT32_MIN};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		_cleanup_db_ struct db *db = opened(file);
		enum migrate_state now;

		if (i == 0)
			assert_int_equal(up(db, steps, 3, 0), 0);
		assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, odd[i]),
				 0);
		assert_int_equal(migrate_state(db, &now, NULL), 0);
		assert_int_equal(now, MIGRATE_FOREIGN);
		assert_int_equal(migrate_require_current(db), -AWM_DATABASE);
		assert_non_null(strstr(awm_error_last()->message,
				       "damaged: its version"));
		assert_int_equal(up(db, steps, 3, 0), -AWM_DATABASE);
		assert_int_equal(version(db), odd[i]);
		assert_int_equal(number(db, "SELECT count(*) FROM t"), 3);
	}
}

static void test_dry_run(void **state)
{
	_cleanup_db_ struct db *db = opened(file);
	struct migrate_report report;
	struct arena a = {0};

	(void)state;
	db_set_dry_run(db, true);
	assert_int_equal(up(db, steps, 3, 0), 0);
	db_set_dry_run(db, false);
	assert_int_equal(version(db), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	/* Of an older one, too, without a copy of it. */
	assert_int_equal(up(db, steps, 3, 1), 0);
	db_set_dry_run(db, true);
	assert_int_equal(migrate_up_list(db, steps, 3, 0, &a, &report), 0);
	db_set_dry_run(db, false);
	assert_true(report.from == 1 && report.to == 3 && !report.backup);
	assert_int_equal(version(db), 1);
	arena_release(&a);
}

enum { RACERS = 20 };

/* Whoever looks sees no version between none and the newest. The status is
 * how many steps the report speaks of. */
static int racer_run(bool is_new)
{
	struct db *db = opened(file);
	int seen = is_new ? version(db) : 0;
	struct migrate_report report = {0};
	struct arena a = {0};
	int r = -1;

	if (seen == 0 || seen == 3)
		r = migrate_up_list(db, steps, 3, 0, &a, &report);
	if (r == 0 && version(db) != 3)
		r = -1;
	arena_release(&a);
	db_close(db);
	return r < 0 ? 99 : report.steps;
}

static void race(bool is_new)
{
	pid_t pids[RACERS];
	int go[2], status, told = 0;
	char c;

	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(go[1]);
			(void)!read(go[0], &c, 1);
			_exit(racer_run(is_new));
		}
	}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		told += WEXITSTATUS(status);
	}
	/* Each step is told of by whoever did it. */
	assert_int_equal(told, is_new ? 3 : 2);
}

static void test_race(void **state)
{
	char command[192];
	struct db *db;

	(void)state;
	race(true);
	db = opened(file);
	assert_int_equal(number(db, "SELECT count(*) FROM schema_migrations"),
			 3);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 3);
	db_close(db);
	/* From a version on: whoever is first makes the only backup of it. */
	snprintf(file, sizeof(file), "%s/second.db", folder);
	db = opened(file);
	assert_int_equal(up(db, steps, 3, 1), 0);
	db_close(db);
	race(false);
	snprintf(command, sizeof(command),
		 "test $(ls %s | grep -c '^second.db.v1.*bak$') = 1", folder);
	assert_int_equal(system(command), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new),
		TEST(test_backup),
		TEST(test_no_backup_no_step),
		TEST(test_middle_fails),
		TEST(test_range),
		TEST(test_checksum),
		TEST(test_newer),
		TEST(test_foreign),
		TEST(test_newer_with_log),
		TEST(test_state),
		TEST(test_odd_versions),
		TEST(test_dry_run),
		TEST(test_race),
	};

	return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
