/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "db/db.h"
#include "db/place.h"

static char folder[64];
static char file[128];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/awm-test-db.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/awm.db", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s",
		 folder, folder);
	return system(command);
}

static const char *beside(const char *suffix)
{
	static char name[4][192];
	static unsigned at;
	char *p = name[at++ % 4];

	snprintf(p, sizeof(name[0]), "%s%s", file, suffix);
	return p;
}

static struct db *opened(const char *path, int64_t wait_ms)
{
	struct db_open_opts opts = {
		.path = path,
		.create = true,
		.wait_ms = wait_ms,
	};
	struct db *db = NULL;

	assert_int_equal(db_open(&opts, &db), 0);
	return db;
}

static int script_run(struct db *db, void *arg)
{
	return db_script(db, arg);
}

static void make(struct db *db, const char *sql)
{
	assert_int_equal(db_write(db, script_run, (void *)sql), 0);
}

static struct db *filled(void)
{
	struct db *db = opened(file, 5000);

	make(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, n TEXT UNIQUE,"
		 " m TEXT NOT NULL DEFAULT '', c INTEGER CHECK (c > 0),"
		 " parent INTEGER REFERENCES t (id) ON DELETE CASCADE) STRICT;"
		 "INSERT INTO t (id, n) VALUES (1, 'one');");
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	struct arena a = {0};
	struct awm_value v;

	assert_int_equal(db_get(db, &a, &v, sql, NULL), 0);
	assert_int_equal(v.kind, AWM_INT);
	arena_release(&a);
	return v.i;
}

static int failing(struct db *db, const char *sql)
{
	int r = db_write(db, script_run, (void *)sql);

	assert_int_equal(awm_error_last()->code, -r);
	return -r;
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static size_t bytes_read(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static void bytes_write(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
}

static int child_status(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Settings */

static void test_settings(void **state)
{
	_cleanup_db_ struct db *db = filled();
	char header[100];

	(void)state;
	assert_int_equal(bytes_read(file, header, sizeof(header)), 100);
	assert_true(header[18] == 2 && header[19] == 2); /* WAL */
	assert_int_equal(number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "PRAGMA cell_size_check"), 1);
	assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(number(db, "PRAGMA wal_autocheckpoint"), 0);
	assert_int_equal(number(db, "PRAGMA writable_schema"), 0);
}

static void test_untrusted_schema(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct arena a = {0};
	struct awm_value v;

	(void)state;
	make(db, "CREATE TRIGGER planted AFTER INSERT ON t BEGIN"
		 " DELETE FROM t; END;"
		 "CREATE VIEW seen AS SELECT 1;"
		 "INSERT INTO t (n) VALUES ('two')");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	assert_true(db_get(db, &a, &v, "SELECT * FROM seen", NULL) < 0);
	assert_true(db_get(db, &a, &v, "SELECT \"nothing\"", NULL) < 0);
	assert_true(db_get(db, &a, &v, "SELECT load_extension('x')", NULL) < 0);
	assert_true(failing(db, "PRAGMA writable_schema=1;"
				"DELETE FROM sqlite_schema") != 0);
	assert_true(db_get(db, &a, &v, "ATTACH ':memory:' AS x", NULL) < 0);
	/* Foreign key actions are no triggers: they go on working. */
	make(db, "INSERT INTO t (id, parent) VALUES (7, 1);"
		 "DELETE FROM t WHERE id = 1");
	assert_int_equal(number(db, "SELECT count(*) FROM t WHERE id = 7"), 0);
}

static void test_modes(void **state)
{
	static const mode_t masks[] = {0, 022, 0777};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		mode_t old = umask(masks[i]);
		snprintf(file, sizeof(file), "%s/%zu/deep/awm.db", folder, i);
		struct db *db = filled();
		umask(old);
		assert_int_equal(mode_of(file), 0600);
		assert_int_equal(mode_of(beside("-wal")), 0600);
		assert_int_equal(mode_of(beside("-shm")), 0600);
		assert_int_equal(mode_of(beside("-lock")), 0600);
		*strrchr(file, '/') = '\0';
		assert_int_equal(mode_of(file), 0700);
		*strrchr(file, '/') = '\0';
		assert_int_equal(mode_of(file), 0700);
		db_close(db);
	}
}

static void test_log_stays_small(void **state)
{
	_cleanup_db_ struct db *db = filled();
	char before[8192], after[8192];
	struct stat st;

	(void)state;
	for (int i = 0; i < 400; i++)
		make(db, "INSERT INTO t (a) VALUES (hex(randomblob(1000)))");
	assert_int_equal(stat(beside("-wal"), &st), 0);
	assert_true(st.st_size > 0);
	assert_true(st.st_size < (DB_WAL_PAGES + 50) * 4120);
	/* Neither reading nor closing writes to the file. */
	make(db, "INSERT INTO t (a) VALUES (1)");
	assert_true(bytes_read(file, before, sizeof(before)) > 0);
	db_close(db);
	db = opened(file, 0);
	number(db, "SELECT count(*) FROM t");
	db_close(db);
	assert_true(bytes_read(file, after, sizeof(after)) > 0);
	assert_memory_equal(before, after, sizeof(before));
	db = opened(file, 0);
	db_checkpoint(db);
	assert_int_equal(stat(beside("-wal"), &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 402);
}

static void test_identity(void **state)
{
	_cleanup_db_ struct db *db = opened(file, 0);
	struct db_identity id;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_identify(db, &id), 0);
		assert_true(id.empty);
		assert_int_equal(id.application_id, 0);
		assert_int_equal(id.user_version, 0);
	}
	make(db, "CREATE TABLE t (a)");
	assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 7), 0);
	/* From the log, then, after a checkpoint, from the header. */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(db_identify(db, &id), 0);
		assert_false(id.empty);
		assert_int_equal(id.application_id, DB_APPLICATION_ID);
		assert_int_equal(id.user_version, 7);
		if (i == 1)
			db_checkpoint(db);
		db_close(db);
		db = opened(file, 0);
	}
}

/* Statements */

static void test_cache(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct db_stmt *a, *b, *c;

	(void)state;
	assert_int_equal(db_prepare(db, "SELECT ?1", &a), 0);
	assert_int_equal(db_bind_int(a, 1, 5), 0);
	assert_int_equal(db_step(a), 1);
	/* Taken: the second one must not disturb the first. */
	assert_int_equal(db_prepare(db, "SELECT ?1", &b), 0);
	assert_ptr_not_equal(a, b);
	assert_int_equal(db_step(b), 1);
	assert_null(db_column_text(b, 0));
	assert_int_equal(db_column_int(a, 0), 5);
	db_reset(a);
	db_reset(b);
	assert_int_equal(db_prepare(db, "SELECT ?1", &c), 0);
	assert_true(c == a || c == b);
	/* The bindings of the last use are gone. */
	assert_int_equal(db_step(c), 1);
	assert_null(db_column_text(c, 0));
	db_reset(c);
	assert_int_equal(db_column_count(c), 1);
	assert_int_equal(db_prepare(db, "SELECT 1; SELECT 2", &a), -AWM_ERROR);
	assert_int_equal(db_prepare(db, "  ", &a), -AWM_ERROR);
	assert_int_equal(db_prepare(db, "SELECT 1 ;\n", &a), 0);
	db_reset(a);
}

static int types_store(struct db *db, void *arg)
{
	(void)arg;
	assert_int_equal(db_run(db, "INSERT INTO t (id, a) VALUES (2, ?1)", "i",
				INT64_MAX),
			 0);
	assert_int_equal(db_run(db, "INSERT INTO t (id, a) VALUES (3, ?1)", "i",
				INT64_MIN),
			 0);
	assert_int_equal(
		db_run(db, "INSERT INTO t (id, a) VALUES (4, ?1)", "r", 0.1),
		0);
	assert_int_equal(db_run(db, "INSERT INTO t (id, a) VALUES (5, ?1)", "t",
				"häßlich \xf0\x9f\x90\x88"),
			 0);
	assert_int_equal(db_run(db, "INSERT INTO t (id, a) VALUES (6, ?1)", "t",
				(char *)NULL),
			 0);
	assert_int_equal(
		db_run(db, "INSERT INTO t (id, a) VALUES (7, ?1)", "t", ""), 0);
	assert_int_equal(db_run(db, "INSERT INTO t (id, a) VALUES (8, ?1)", "v",
				&AWM_VALUE_INT(9007199254740993)),
			 0);
	assert_int_equal(db_run(db,
				"INSERT INTO t (id, a) VALUES"
				" (9, CAST(x'610062' AS TEXT)), (10, x''), "
				"(11, x'6162')",
				NULL),
			 0);
	assert_int_equal(db_changes(db), 3);
	return 0;
}

static void stored(struct db *db, struct arena *a, int64_t id,
		   struct awm_value *ret)
{
	assert_int_equal(
		db_get(db, a, ret, "SELECT a FROM t WHERE id = ?1", "i", id),
		0);
}

static void test_types(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct arena a = {0};
	struct awm_value v;

	(void)state;
	assert_int_equal(db_write(db, types_store, NULL), 0);
	stored(db, &a, 2, &v);
	assert_true(v.kind == AWM_INT && v.i == INT64_MAX);
	stored(db, &a, 3, &v);
	assert_true(v.kind == AWM_INT && v.i == INT64_MIN);
	stored(db, &a, 4, &v);
	assert_true(v.kind == AWM_REAL && v.r == 0.1);
	stored(db, &a, 5, &v);
	assert_int_equal(v.kind, AWM_TEXT);
	assert_string_equal(v.s, "häßlich \xf0\x9f\x90\x88");
	assert_int_equal(v.len, strlen(v.s));
	stored(db, &a, 6, &v);
	assert_int_equal(v.kind, AWM_NULL);
	stored(db, &a, 7, &v);
	assert_true(v.kind == AWM_TEXT && v.len == 0 && !*v.s);
	stored(db, &a, 8, &v);
	assert_true(v.i == 9007199254740993);
	stored(db, &a, 9, &v);
	assert_true(v.kind == AWM_TEXT && v.len == 1 && v.s[1] == '\0');
	stored(db, &a, 10, &v);
	assert_true(v.kind == AWM_TEXT && v.len == 0);
	stored(db, &a, 11, &v);
	assert_string_equal(v.s, "ab");
	assert_int_equal(db_get(db, &a, &v, "SELECT 1 WHERE 0", NULL),
			 -AWM_NOT_FOUND);
	arena_release(&a);
}

static void test_query(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct db_stmt *st;

	(void)state;
	make(db, "INSERT INTO t (id, n) VALUES (2, 'two'), (3, 'three')");
	assert_int_equal(db_query(db, &st,
				  "SELECT id, n AS name FROM t"
				  " WHERE id > ?1 ORDER BY id",
				  "i", (int64_t)1),
			 0);
	assert_string_equal(db_column_name(st, 1), "name");
	assert_int_equal(db_step(st), 1);
	assert_int_equal(db_column_int(st, 0), 2);
	assert_string_equal(db_column_text(st, 1), "two");
	assert_string_equal(db_column_text(st, 0), "2");
	assert_int_equal(db_step(st), 1);
	assert_int_equal(db_step(st), 0);
	db_reset(st);
	assert_int_equal(db_query(db, &st, "SELECT ?1", "x", 1), -AWM_ERROR);
	assert_int_equal(
		db_query(db, &st, "SELECT ?1", "ii", (int64_t)1, (int64_t)2),
		-AWM_ERROR);
}

/* Transactions */

static int insert_five(struct db *db, void *arg)
{
	int r = db_run(db, "INSERT INTO t (id) VALUES (5)", NULL);

	assert_int_equal(r, 0);
	assert_true(db_in_write(db));
	return arg ? err_set(AWM_INVALID, "as wished") : 0;
}

static int join_ignoring(struct db *db, void *arg)
{
	db_write(db, insert_five, arg);
	return 0;
}

static int fail_only(struct db *db, void *arg)
{
	(void)db;
	(void)arg;
	return err_set(AWM_NOT_FOUND, "as wished");
}

static int miss_and_insert(struct db *db, void *arg)
{
	assert_int_equal(db_write(db, fail_only, arg), -AWM_NOT_FOUND);
	return insert_five(db, NULL);
}

static int part_ignoring(struct db *db, void *arg)
{
	assert_int_equal(db_run(db, "INSERT INTO t (id) VALUES (4)", NULL), 0);
	assert_int_equal(db_part(db, insert_five, arg), -AWM_INVALID);
	assert_string_equal(awm_error_last()->message, "as wished");
	assert_int_equal(db_part(db, join_ignoring, arg), 0);
	return 0;
}

static int part_of_join(struct db *db, void *arg)
{
	return db_write(db, insert_five, arg);
}

static int part_recovering(struct db *db, void *arg)
{
	assert_int_equal(db_run(db, "INSERT INTO t (id) VALUES (4)", NULL), 0);
	assert_int_equal(db_part(db, part_of_join, arg), -AWM_INVALID);
	return 0;
}

static void test_write(void **state)
{
	_cleanup_db_ struct db *db = filled();
	static const char count[] = "SELECT count(*) FROM t";
	int yes = 1;

	(void)state;
	assert_int_equal(db_write(db, insert_five, &yes), -AWM_INVALID);
	assert_string_equal(awm_error_last()->message, "as wished");
	assert_false(db_in_write(db));
	assert_int_equal(number(db, count), 1);
	/* One that joined and failed spoils the whole. */
	assert_int_equal(db_write(db, join_ignoring, &yes), -AWM_ERROR);
	assert_int_equal(number(db, count), 1);
	db_set_dry_run(db, true);
	assert_int_equal(db_write(db, insert_five, NULL), 0);
	db_set_dry_run(db, false);
	assert_int_equal(number(db, count), 1);
	/* Unless it had changed nothing. */
	assert_int_equal(db_write(db, miss_and_insert, NULL), 0);
	assert_int_equal(number(db, count), 2);
	assert_int_equal(db_run(db, "DELETE FROM t", NULL), -AWM_ERROR);
	assert_int_equal(db_script(db, "DELETE FROM t"), -AWM_ERROR);
	assert_int_equal(number(db, count), 2);
	assert_int_equal(failing(db, "COMMIT"), AWM_ERROR);
}

static void test_part(void **state)
{
	_cleanup_db_ struct db *db = filled();
	int yes = 1;

	(void)state;
	assert_int_equal(db_write(db, part_recovering, &yes), 0);
	assert_int_equal(number(db, "SELECT max(id) FROM t"), 4);
	make(db, "DELETE FROM t WHERE id = 4");
	/* The second part swallowed a failure of what had joined it. */
	assert_int_equal(db_write(db, part_ignoring, &yes), -AWM_ERROR);
	assert_int_equal(number(db, "SELECT max(id) FROM t"), 1);
}

static int snapshot(struct db *db, void *arg)
{
	struct db *other = arg;
	int64_t before = number(db, "SELECT count(*) FROM t");

	make(other, "INSERT INTO t (a) VALUES (1)");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), before);
	assert_int_equal(db_write(db, insert_five, NULL), -AWM_ERROR);
	return 0;
}

static void test_read(void **state)
{
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *other = opened(file, 1000);

	(void)state;
	assert_int_equal(db_read(db, snapshot, other), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
}

/* Errors */

static void test_constraints(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct arena a = {0};
	struct awm_value v;

	(void)state;
	assert_int_equal(failing(db, "INSERT INTO t (n) VALUES ('one')"),
			 AWM_CONFLICT);
	assert_non_null(strstr(awm_error_last()->message, "t.n"));
	assert_int_equal(failing(db, "INSERT INTO t (id) VALUES (1)"),
			 AWM_CONFLICT);
	assert_int_equal(failing(db, "INSERT INTO t (m) VALUES (NULL)"),
			 AWM_INVALID);
	assert_non_null(strstr(awm_error_last()->message, "t.m"));
	assert_int_equal(failing(db, "INSERT INTO t (c) VALUES (0)"),
			 AWM_INVALID);
	assert_int_equal(failing(db, "INSERT INTO t (c) VALUES ('x')"),
			 AWM_INVALID);
	assert_int_equal(failing(db, "INSERT INTO t (parent) VALUES (99)"),
			 AWM_INVALID);
	assert_int_equal(failing(db, "INSERT INTO t (a) VALUES"
				     " (zeroblob(100000000))"),
			 AWM_INVALID);
	assert_int_equal(failing(db, "NONSENSE"), AWM_ERROR);
	assert_int_equal(failing(db, "PRAGMA max_page_count=5;"
				     "INSERT INTO t (a) VALUES"
				     " (zeroblob(1000000))"),
			 AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "full"));
	assert_int_equal(db_get(db, &a, &v, "SELECT nothing", NULL),
			 -AWM_ERROR);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
}

static struct db *target;

static void on_alarm(int sig)
{
	(void)sig;
	db_interrupt(target);
}

static void test_interrupt(void **state)
{
	_cleanup_db_ struct db *db = filled();
	struct arena a = {0};
	struct awm_value v;
	static const char endless[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
		" FROM n) SELECT count(*) FROM n";

	(void)state;
	target = db;
	signal(SIGALRM, on_alarm);
	alarm(1);
	assert_int_equal(db_get(db, &a, &v, endless, NULL), -AWM_INTERRUPTED);
	/* One interrupt, one failure; also when nothing was running. */
	assert_int_equal(number(db, "SELECT 1"), 1);
	db_interrupt(db);
	assert_int_equal(db_get(db, &a, &v, "SELECT 1", NULL),
			 -AWM_INTERRUPTED);
	assert_int_equal(number(db, "SELECT 1"), 1);
}

static int hold(struct db *db, void *arg)
{
	int *ready = arg;
	char c;

	(void)db;
	assert_int_equal(write(ready[1], "x", 1), 1);
	return read(ready[2], &c, 1) == 1 ? 0 : -AWM_ERROR;
}

/* A process that keeps a write transaction until stop is written to. */
static pid_t holder_start(int *ret_stop)
{
	int up[2], down[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid = fork();
	if (pid == 0) {
		int fds[3] = {-1, up[1], down[0]};
		close(down[1]); /* or the parent's death would go unnoticed */
		struct db *db = opened(file, 1000);
		_exit(db_write(db, hold, fds) < 0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	close(up[0]);
	close(up[1]);
	close(down[0]);
	*ret_stop = down[1];
	return pid;
}

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void test_busy(void **state)
{
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *hasty = opened(file, 0);
	_cleanup_db_ struct db *patient = opened(file, 300);
	int stop;
	pid_t pid = holder_start(&stop);
	int64_t start = clock_ms();

	(void)state;
	assert_int_equal(db_write(hasty, insert_five, NULL), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "busy"));
	assert_non_null(strstr(awm_error_last()->hint, "--wait"));
	assert_true(clock_ms() - start < 200);
	start = clock_ms();
	assert_int_equal(db_write(patient, insert_five, NULL), -AWM_DATABASE);
	assert_in_range(clock_ms() - start, 290, 1500);
	/* Readers do not wait. */
	assert_int_equal(number(patient, "SELECT count(*) FROM t"), 1);
	target = db;
	signal(SIGALRM, on_alarm);
	alarm(1);
	start = clock_ms();
	assert_int_equal(db_write(db, insert_five, NULL), -AWM_INTERRUPTED);
	assert_in_range(clock_ms() - start, 500, 2500);
	assert_int_equal(write(stop, "x", 1), 1);
	close(stop);
	assert_int_equal(db_write(db, insert_five, NULL), 0);
	assert_int_equal(child_status(pid), 0);
}

static void test_holder_killed(void **state)
{
	_cleanup_db_ struct db *db = filled();
	int stop, status;
	pid_t pid = holder_start(&stop);

	(void)state;
	kill(pid, SIGKILL);
	assert_int_equal(db_write(db, insert_five, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(stop);
}

/* Files */

static int refused(const char *path, bool create)
{
	struct db_open_opts opts = {.path = path, .create = create};
	struct db *db = NULL;
	struct arena a = {0};
	struct awm_value v;
	int r = db_open(&opts, &db);

	/* A damage inside shows at the first read. */
	if (r == 0)
		r = db_get(db, &a, &v, "SELECT count(*), max(a) FROM t", NULL);
	db_close(db);
	arena_release(&a);
	assert_true(r < 0);
	assert_non_null(strstr(awm_error_last()->message, path));
	return -r;
}

static void no_litter(void)
{
	assert_int_equal(access(beside("-wal"), F_OK), -1);
	assert_int_equal(access(beside("-shm"), F_OK), -1);
	assert_int_equal(access(beside("-lock"), F_OK), -1);
	assert_int_equal(access(beside("-journal"), F_OK), -1);
}

static void test_missing(void **state)
{
	struct db_open_opts opts = {.create = true};
	struct db *db = NULL;

	(void)state;
	assert_int_equal(refused(file, false), AWM_NOT_FOUND);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(refused("/dev/null", true), AWM_DATABASE);
	assert_int_equal(refused(folder, true), AWM_DATABASE);
	opts.path = "/proc/nowhere/awm.db";
	assert_int_equal(db_open(&opts, &db), -AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "/proc/nowhere"));
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(refused(file, true), AWM_DATABASE);
}

static void test_no_database(void **state)
{
	static char long_text[9000];
	char now[sizeof(long_text)];
	static const struct {
		const char *text;
		size_t len;
	} files[] = {
		{"x", 1},
		{"SQLite format 3", 16},
		{"Buy milk\nand bread\n", 19},
		{long_text, sizeof(long_text)},
	};

	(void)state;
	memset(long_text, 'y', sizeof(long_text));
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		bytes_write(file, files[i].text, files[i].len);
		assert_int_equal(refused(file, true), AWM_DATABASE);
		assert_int_equal(bytes_read(file, now, sizeof(now)),
				 files[i].len);
		assert_memory_equal(now, files[i].text, files[i].len);
		no_litter();
	}
}

/* A database without a log, as it comes out of a copy. */
static void settled(void)
{
	struct db *db = filled();

	make(db, "CREATE INDEX i ON t (a);"
		 "INSERT INTO t (a) VALUES (hex(randomblob(9000)))");
	db_checkpoint(db);
	db_close(db);
	assert_int_equal(unlink(beside("-wal")), 0);
	assert_int_equal(unlink(beside("-shm")), 0);
	assert_int_equal(unlink(beside("-lock")), 0);
}

static void test_damaged(void **state)
{
	static char was[65536], now[65536];
	size_t len;

	(void)state;
	settled();
	len = bytes_read(file, was, sizeof(was));
	memset(was + 4096, 0xfb, len - 4096);
	bytes_write(file, was, len);
	assert_int_equal(refused(file, true), AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "damaged"));
	assert_int_equal(bytes_read(file, now, sizeof(now)), len);
	assert_memory_equal(was, now, len);
	bytes_write(file, was, 2000);
	assert_int_equal(refused(file, true), AWM_DATABASE);
}

static void test_identity_without_litter(void **state)
{
	struct db_open_opts opts = {.path = file, .create = true};
	static char was[65536], now[65536];
	struct db_identity id;
	struct db *db;
	size_t len;

	(void)state;
	db = filled();
	assert_int_equal(db_set_identity(db, 0x12345678, 9), 0);
	db_close(db);
	db = opened(file, 0);
	db_checkpoint(db);
	db_close(db);
	unlink(beside("-wal"));
	unlink(beside("-shm"));
	unlink(beside("-lock"));
	len = bytes_read(file, was, sizeof(was));
	assert_int_equal(db_open(&opts, &db), 0);
	assert_int_equal(db_identify(db, &id), 0);
	assert_int_equal(id.application_id, 0x12345678);
	assert_int_equal(id.user_version, 9);
	assert_false(id.empty);
	db_close(db);
	no_litter();
	assert_int_equal(bytes_read(file, now, sizeof(now)), len);
	assert_memory_equal(was, now, len);
}

/* Runs fn in a process without root's way past permissions. */
static int unprivileged(int (*fn)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(100);
		_exit(fn());
	}
	return child_status(pid);
}

static int read_but_not_write(void)
{
	struct db_open_opts opts = {.path = file};
	struct arena a = {0};
	struct awm_value v;
	struct db *db = NULL;

	if (db_open(&opts, &db) < 0)
		return 1;
	if (db_get(db, &a, &v, "SELECT count(*) FROM t", NULL) < 0)
		return 2;
	if (v.i != 2)
		return 3;
	if (db_write(db, script_run, (void *)"DELETE FROM t") != -AWM_DATABASE)
		return 4;
	if (!strstr(awm_error_last()->message, "read-only"))
		return 5;
	db_close(db);
	return 0;
}

static int cannot_open(void)
{
	struct db_open_opts opts = {.path = file, .create = true};
	struct db *db = NULL;

	if (db_open(&opts, &db) != -AWM_DATABASE)
		return 1;
	return strstr(awm_error_last()->message, "Permission denied") ? 0 : 2;
}

static void test_permissions(void **state)
{
	(void)state;
	settled();
	chmod(file, 0444);
	chmod(folder, 0555);
	assert_int_equal(unprivileged(read_but_not_write), 0);
	no_litter();
	chmod(file, 0666);
	assert_int_equal(unprivileged(read_but_not_write), 0);
	no_litter();
	/* A log that would be made now could not be used by the owner. */
	chmod(file, 0444);
	chmod(folder, 0777);
	assert_int_equal(unprivileged(read_but_not_write), 0);
	no_litter();
	chmod(file, 0);
	assert_int_equal(unprivileged(cannot_open), 0);
	chmod(file, 0600);
	chmod(folder, 0700);
}

static void test_permissions_with_log(void **state)
{
	struct db *db = filled();

	(void)state;
	make(db, "INSERT INTO t (a) VALUES (1)");
	db_close(db);
	chmod(file, 0444);
	chmod(beside("-wal"), 0444);
	chmod(beside("-shm"), 0444);
	chmod(folder, 0555);
	assert_int_equal(unprivileged(read_but_not_write), 0);
	chmod(folder, 0700);
}

static void test_read_only(void **state)
{
	struct db_open_opts opts = {.path = file, .read_only = true};
	_cleanup_db_ struct db *db = NULL;

	(void)state;
	assert_int_equal(db_open(&opts, &db), -AWM_NOT_FOUND);
	settled();
	assert_int_equal(db_open(&opts, &db), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	assert_int_equal(db_write(db, insert_five, NULL), -AWM_DATABASE);
	db_checkpoint(db);
	no_litter();
}

static void test_odd_names(void **state)
{
	_cleanup_db_ struct db *db = NULL;
	struct db_open_opts opts = {.path = file, .read_only = true};

	(void)state;
	snprintf(file, sizeof(file), "%s/a ?mode=ro#%%41'\"b.db", folder);
	settled();
	assert_int_equal(db_open(&opts, &db), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	no_litter();
}

static void test_symlink(void **state)
{
	char name[192];
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *other = NULL;

	(void)state;
	snprintf(name, sizeof(name), "%s/link.db", folder);
	assert_int_equal(symlink(file, name), 0);
	other = opened(name, 1000);
	make(other, "INSERT INTO t (a) VALUES (1)");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	/* One queue, whatever the name. */
	snprintf(name, sizeof(name), "%s/link.db-lock", folder);
	assert_int_equal(access(name, F_OK), -1);
}

static void test_replaced(void **state)
{
	_cleanup_db_ struct db *db = filled();

	(void)state;
	/* Somebody tidies up: a new side file, the same exclusion. */
	unlink(beside("-lock"));
	assert_int_equal(db_write(db, insert_five, NULL), 0);
	assert_int_equal(access(beside("-lock"), F_OK), 0);
	rename(file, beside(".old"));
	bytes_write(file, "", 0);
	assert_int_equal(failing(db, "DELETE FROM t"), AWM_DATABASE);
	assert_non_null(strstr(awm_error_last()->message, "replaced"));
}

static int fork_inside(struct db *db, void *arg)
{
	struct db *other = arg;
	pid_t pid = fork();

	if (pid == 0) {
		struct awm_value v;
		struct arena a = {0};
		if (db_get(db, &a, &v, "SELECT 1", NULL) != -AWM_ERROR)
			_exit(1);
		db_close(db);
		_exit(0);
	}
	assert_int_equal(child_status(pid), 0);
	/* The child's farewell took no lock of ours with it. */
	assert_int_equal(db_write(other, insert_five, NULL), -AWM_DATABASE);
	return insert_five(db, NULL);
}

static void test_fork(void **state)
{
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *other = opened(file, 0);

	(void)state;
	assert_int_equal(db_write(db, fork_inside, other), 0);
	assert_int_equal(number(other, "SELECT count(*) FROM t"), 2);
}

static int backup_inside(struct db *db, void *arg)
{
	assert_int_equal(insert_five(db, NULL), 0);
	return db_backup(db, arg);
}

static void test_backup(void **state)
{
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *copy = NULL;
	struct db_open_opts opts = {.path = beside(".bak"), .read_only = true};
	char command[256];

	(void)state;
	umask(0);
	assert_int_equal(db_write(db, backup_inside, (void *)opts.path), 0);
	umask(022);
	assert_int_equal(mode_of(opts.path), 0600);
	assert_int_equal(db_open(&opts, &copy), 0);
	/* What was not committed is not in it. */
	assert_int_equal(number(copy, "SELECT count(*) FROM t"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
	assert_int_equal(db_backup(db, opts.path), -AWM_CONFLICT);
	assert_int_equal(db_backup(db, "/nowhere/x"), -AWM_DATABASE);
	snprintf(command, sizeof(command), "test \"$(ls %s | wc -l)\" = 5",
		 folder);
	assert_int_equal(system(command), 0);
}

static int restore_inside(struct db *db, void *arg)
{
	return db_restore(db, arg);
}

static void test_restore(void **state)
{
	_cleanup_db_ struct db *db = filled();
	_cleanup_db_ struct db *other = opened(file, 1000);
	const char *path = beside(".bak");
	char header[100];
	struct stat st;

	(void)state;
	assert_int_equal(db_backup(db, path), 0);
	make(db, "CREATE TABLE later (a); INSERT INTO t (id) VALUES (9)");
	assert_int_equal(number(other, "SELECT count(*) FROM later"), 0);
	assert_int_equal(db_restore(db, path), 0);
	assert_int_equal(number(db, "SELECT max(id) FROM t"), 1);
	assert_int_equal(number(other, "SELECT max(id) FROM t"), 1);
	assert_int_equal(number(other, "SELECT count(*) FROM sqlite_schema"
				       " WHERE name = 'later'"),
			 0);
	/* It stays a database with a log, and the queue is free again. */
	assert_int_equal(bytes_read(file, header, sizeof(header)), 100);
	assert_int_equal(header[18], 2);
	assert_int_equal(stat(beside("-wal"), &st), 0);
	make(other, "INSERT INTO t (id) VALUES (10)");
	assert_int_equal(number(db, "SELECT max(id) FROM t"), 10);
	assert_int_equal(db_write(db, restore_inside, (void *)path),
			 -AWM_ERROR);
	assert_int_equal(db_restore(db, "/nowhere/x"), -AWM_NOT_FOUND);
	assert_int_equal(db_restore(db, "/etc/passwd"), -AWM_DATABASE);
	assert_int_equal(number(db, "SELECT max(id) FROM t"), 10);
	assert_int_equal(access(beside(".bak-wal"), F_OK), -1);
}

static void finding_count(void *ctx, const char *line)
{
	assert_true(*line);
	++*(int *)ctx;
}

static void test_integrity(void **state)
{
	_cleanup_db_ struct db *db = filled();
	int findings = 0;

	(void)state;
	assert_int_equal(db_integrity(db, finding_count, &findings), 0);
	assert_int_equal(findings, 0);
	/* A row that a program without foreign keys has left behind. */
	make(db, "CREATE TABLE loose (a); INSERT INTO loose VALUES (50);"
		 "CREATE TABLE loose2 (a REFERENCES t (id));"
		 "PRAGMA defer_foreign_keys=1");
	assert_int_equal(db_integrity(db, finding_count, &findings), 0);
	assert_int_equal(findings, 0);
}

/* Wrappers */

static void test_trace(void **state)
{
	char text[512] = "";
	int fds[2];
	pid_t pid;

	(void)state;
	db_close(filled());
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct db *db;
		setenv("AWM_TRACE", "sql", 1);
		dup2(fds[1], 2);
		db = opened(file, 0);
		number(db, " SELECT\n\t count(*)  FROM t ");
		make(db, "INSERT INTO t (id)  VALUES (2), (3)");
		db_run(db, "SELECT id FROM t", NULL);
		db_run(db, "SELECT id FROM t", NULL);
		db_close(db);
		_exit(0);
	}
	assert_int_equal(child_status(pid), 0);
	close(fds[1]);
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	close(fds[0]);
	assert_string_equal(text, "sql: SELECT count(*) FROM t\n"
				  "sql: BEGIN IMMEDIATE\n"
				  "sql: INSERT INTO t (id) VALUES (2), (3)\n"
				  "sql: COMMIT\n"
				  "sql: SELECT id FROM t\n"
				  "sql: SELECT id FROM t\n");
}

static int insert_only(struct db *db, void *arg)
{
	(void)arg;
	return db_run(db, "INSERT INTO t (a) VALUES (?1)", "i", (int64_t)1);
}

static int fault_run(int n, const char *kind, enum awm_err code)
{
	char plan[32];
	struct db_open_opts opts = {.path = file};
	struct db *db = NULL;
	int r;

	snprintf(plan, sizeof(plan), "%s:%d", kind, n);
	setenv("AWM_FAULT", plan, 1);
	r = db_open(&opts, &db);
	if (r == 0)
		r = db_write(db, insert_only, NULL);
	db_close(db);
	if (r == 0)
		return 1; /* no such call any more */
	return r == -(int)code ? 0 : 2;
}

static void test_fault(void **state)
{
	int n, status;

	(void)state;
	db_close(filled());
	for (n = 1;; n++) {
		struct db *db;
		pid_t pid = fork();
		if (pid == 0)
			_exit(fault_run(n, n % 2 ? "db" : "nomem",
					n % 2 ? AWM_DATABASE : AWM_NOMEM));
		status = child_status(pid);
		if (status == 1)
			break;
		assert_int_equal(status, 0);
		db = opened(file, 0);
		assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
		db_close(db);
	}
	/* open, begin, prepare, bind, step, commit */
	assert_int_equal(n, 7);
}

static void test_network_names(void **state)
{
	(void)state;
	assert_string_equal(place_network_fs(0x6969), "nfs");
	assert_string_equal(place_network_fs((long)0xff534d42), "cifs");
	assert_string_equal(place_network_fs((int)0xfe534d42), "smb");
	assert_null(place_network_fs(0xef53));
	assert_null(place_network_fs(0x01021994));
	assert_null(place_network_fs(0x01021997));
}

/* Processes */

enum { RACERS = 20, ROUNDS = 10 };

static int racer_run(void)
{
	struct db_open_opts opts = {
		.path = file, .create = true, .wait_ms = 20000};
	struct db *db = NULL;

	if (db_open(&opts, &db) < 0)
		return 1;
	if (db_write(db, script_run,
		     (void *)"CREATE TABLE IF NOT EXISTS r (a)") < 0)
		return 2;
	for (int i = 0; i < ROUNDS; i++)
		if (db_write(db, script_run,
			     (void *)"INSERT INTO r VALUES (1)") < 0)
			return 3;
	db_close(db);
	return 0;
}

/* All of them make the folder, the file and its log at the same moment. */
static void test_racing_creation(void **state)
{
	pid_t pids[RACERS];
	int go[2];
	char c;

	(void)state;
	snprintf(file, sizeof(file), "%s/new/awm.db", folder);
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(go[1]);
			(void)!read(go[0], &c, 1);
			_exit(racer_run());
		}
	}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < RACERS; i++)
		assert_int_equal(child_status(pids[i]), 0);
	struct db *db = opened(file, 0);
	assert_int_equal(number(db, "SELECT count(*) FROM r"), RACERS * ROUNDS);
	db_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_settings),
		TEST(test_untrusted_schema),
		TEST(test_modes),
		TEST(test_log_stays_small),
		TEST(test_identity),
		TEST(test_cache),
		TEST(test_types),
		TEST(test_query),
		TEST(test_write),
		TEST(test_part),
		TEST(test_read),
		TEST(test_constraints),
		TEST(test_interrupt),
		TEST(test_busy),
		TEST(test_holder_killed),
		TEST(test_missing),
		TEST(test_no_database),
		TEST(test_damaged),
		TEST(test_identity_without_litter),
		TEST(test_permissions),
		TEST(test_permissions_with_log),
		TEST(test_read_only),
		TEST(test_odd_names),
		TEST(test_symlink),
		TEST(test_replaced),
		TEST(test_fork),
		TEST(test_backup),
		TEST(test_restore),
		TEST(test_integrity),
		TEST(test_trace),
		TEST(test_fault),
		TEST(test_network_names),
		TEST(test_racing_creation),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
