/* SPDX-License-Identifier: MIT */
#include "db_scratch.h"

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

/* What a statement touches is kept until it is known to hold, first in memory
 * and then in a file. */
static void test_much_at_once(void **state)
{
	struct db *db = filled();

	(void)state;
	make(db, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM "
		 "n WHERE i < 3000) INSERT INTO t (id, n, m, parent) SELECT i, "
		 "'n' || i, hex(zeroblob(400)), 1 FROM n");
	make(db, "UPDATE t SET n = 'x' || n, m = 'changed' || m");
	make(db, "DELETE FROM t WHERE id = 1");
	assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_settings),	  TEST(test_untrusted_schema),
		TEST(test_modes),	  TEST(test_log_stays_small),
		TEST(test_identity),	  TEST(test_cache),
		TEST(test_types),	  TEST(test_query),
		TEST(test_write),	  TEST(test_part),
		TEST(test_read),	  TEST(test_constraints),
		TEST(test_interrupt),	  TEST(test_busy),
		TEST(test_holder_killed), TEST(test_much_at_once),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
