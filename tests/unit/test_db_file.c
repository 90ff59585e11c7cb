/* SPDX-License-Identifier: MIT */
#include "db/place.h"
#include "db_scratch.h"

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

/* What no file beside it could be named after is not made at all. */
static void test_long_names(void **state)
{
	struct db_open_opts opts = {.path = file, .create = true};
	char name[600];
	struct db *db;

	(void)state;
	snprintf(name, sizeof(name), "%s/%0247d", folder, 0);
	db = opened(name, 0);
	make(db, "CREATE TABLE t (a)");
	db_close(db);
	for (int n = 248; n <= 260; n += 2) {
		snprintf(name, sizeof(name), "%s/x%0*d", folder, n - 1, 0);
		opts.path = name;
		assert_int_equal(db_open(&opts, &db), -AWM_DATABASE);
		assert_non_null(strstr(awm_error_last()->message, "too long"));
		assert_int_not_equal(access(name, F_OK), 0);
	}
	/* SQLite takes no path of more than 504 bytes. */
	for (int n = 504; n <= 505; n++) {
		snprintf(name, sizeof(name), "%s/%0200d/%0200d/x%0*d", folder,
			 0, 0, n - (int)strlen(folder) - 404, 0);
		assert_int_equal(strlen(name), n);
		if (n == 504)
			db_close(opened(name, 0));
		else
			assert_int_equal(db_open(&opts, &db), -AWM_DATABASE);
		assert_int_equal(access(name, F_OK), n == 504 ? 0 : -1);
	}
}

/* The number of a process that is no more. */
static long gone(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	child_status(pid);
	return pid;
}

struct part {
	const char *before, *after; /* the process */
	bool mine;		    /* of this process, which lives */
	bool stays;
};

static void part_name(char *out, size_t size, const struct part *p, long dead)
{
	if (p->after)
		snprintf(out, size, "%s%ld%s", p->before,
			 p->mine ? (long)getpid() : dead, p->after);
	else
		snprintf(out, size, "%s", p->before);
}

static void test_stale_parts(void **state)
{
	static const struct part parts[] = {
		{".v1.20261122T170000000Z.bak.", ".part", false, false},
		{".v12.20261122T170000000Z.bak.", ".part-journal", false, true},
		{".2026-11-22T17-00-00.000Z.bak.", ".part", false, false},
		{".2026-11-22T17-00-00.000Z.2.bak.", ".part", false, false},
		{".v1.20261122T170000001Z.bak.", ".part", true, true},
		{".v1.20261122T170000000Z.bak.", "x.part", false, true},
		{".v1.20261122T170000000Z.bak.0", ".part", false, true},
		{".v1.20261122T170000000Z.bak.part", NULL, false, true},
		{".v1.20261122T170000000Z.bak.", ".parts", false, true},
		{".v1.20261122T170000000Z.", ".part", false, true},
		{".v1.20261122T17000000Z.bak.", ".part", false, true},
		{".2026-11-22T17-00-00.000Z2.bak.", ".part", false, true},
		{".mine.bak.", ".part", false, true},
	};
	_cleanup_db_ struct db *db = filled();
	long dead = gone();
	char suffix[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		part_name(suffix, sizeof(suffix), &parts[i], dead);
		bytes_write(beside(suffix), "x", 1);
	}
	snprintf(suffix, sizeof(suffix),
		 ".v1.20261122T170000000Z.bak.%ld.part-journal", dead);
	bytes_write(beside(suffix), "x", 1);
	assert_int_equal(db_backup(db, beside(".copy")), 0);
	assert_int_not_equal(access(beside(suffix), F_OK), 0);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		part_name(suffix, sizeof(suffix), &parts[i], dead);
		if ((access(beside(suffix), F_OK) == 0) != parts[i].stays)
			fail_msg("%s", suffix);
	}
}

/* What only another hand can have done to a file of ours is told as damage;
 * what is wrong in a statement is not. */
static void test_foreign_hand(void **state)
{
	static const char *const damaged[] = {
		"SELECT * FROM nowhere", "SELECT zip FROM t",
		"INSERT INTO t (zip) VALUES (1)",
		"SELECT * FROM json_each('{')",
		"SELECT abs(-9223372036854775808)"};
	struct db *db = filled();

	(void)state;
	for (int ours = 0; ours < 2; ours++) {
		int want = ours ? AWM_DATABASE : AWM_ERROR;

		for (size_t i = 0; i < ARRAY_LEN(damaged); i++) {
			if (failing(db, damaged[i]) != want)
				fail_msg("%s", awm_error_last()->message);
			if (ours)
				assert_non_null(strstr(awm_error_last()->hint,
						       "awm db check"));
		}
		assert_int_equal(failing(db, "SELEC"), AWM_ERROR);
		assert_int_equal(failing(db, "SELECT nothing("), AWM_ERROR);
		assert_int_equal(db_set_identity(db, DB_APPLICATION_ID, 1), 0);
		db_checkpoint(db);
		db_close(db);
		db = opened(file, 0);
	}
	db_close(db);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		TEST(test_long_names),
		TEST(test_stale_parts),
		TEST(test_foreign_hand),
		TEST(test_trace),
		TEST(test_fault),
		TEST(test_network_names),
		TEST(test_racing_creation),
	};

	return cmocka_run_group_tests_name("db file", tests, NULL, NULL);
}
