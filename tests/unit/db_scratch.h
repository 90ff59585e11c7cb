/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DB_SCRATCH_H
#define TESTS_DB_SCRATCH_H

/* A scratch folder for each test of the database layer, and short forms for
 * what those tests do all the time. */
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

static char folder[64];
static char file[128];

static inline int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/awm-test-db.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/awm.db", folder);
	return 0;
}

static inline int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s",
		 folder, folder);
	return system(command);
}

static inline const char *beside(const char *suffix)
{
	static char name[4][192];
	static unsigned at;
	char *p = name[at++ % 4];

	snprintf(p, sizeof(name[0]), "%s%s", file, suffix);
	return p;
}

static inline struct db *opened(const char *path, int64_t wait_ms)
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

static inline int script_run(struct db *db, void *arg)
{
	return db_script(db, arg);
}

static inline void make(struct db *db, const char *sql)
{
	assert_int_equal(db_write(db, script_run, (void *)sql), 0);
}

static inline struct db *filled(void)
{
	struct db *db = opened(file, 5000);

	make(db, "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, n TEXT UNIQUE,"
		 " m TEXT NOT NULL DEFAULT '', c INTEGER CHECK (c > 0),"
		 " parent INTEGER REFERENCES t (id) ON DELETE CASCADE) STRICT;"
		 "INSERT INTO t (id, n) VALUES (1, 'one');");
	return db;
}

static inline int64_t number(struct db *db, const char *sql)
{
	struct arena a = {0};
	struct awm_value v;

	assert_int_equal(db_get(db, &a, &v, sql, NULL), 0);
	assert_int_equal(v.kind, AWM_INT);
	arena_release(&a);
	return v.i;
}

static inline int failing(struct db *db, const char *sql)
{
	int r = db_write(db, script_run, (void *)sql);

	assert_int_equal(awm_error_last()->code, -r);
	return -r;
}

static inline unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline size_t bytes_read(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static inline void bytes_write(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
}

static inline int child_status(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline int insert_five(struct db *db, void *arg)
{
	int r = db_run(db, "INSERT INTO t (id) VALUES (5)", NULL);

	assert_int_equal(r, 0);
	assert_true(db_in_write(db));
	return arg ? err_set(AWM_INVALID, "as wished") : 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
