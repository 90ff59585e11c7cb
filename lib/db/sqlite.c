/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/ops.h"
#include "db/place.h"
#include "db/queue.h"

/*
 * SQLite. The settings, and what was measured for them, are told in
 * docs/architecture.md. Two rules to keep in mind here:
 *
 * - Never open or lock the database file beside SQLite's own descriptor:
 *   closing any descriptor of it drops the POSIX locks of this process.
 * - SQLite up to 3.51.2 can lose committed rows when two checkpoints race, so
 *   one happens only while this process holds the writers' queue.
 */

struct conn {
	sqlite3 *db;
	char *path; /* as the caller wrote it, for messages */
	char *name; /* what sqlite3_open_v2() got: the path or a URI */
	int flags;  /* of sqlite3_open_v2() */
	struct queue queue;
	int64_t wait_ms;
	int64_t deadline; /* of the wait for a lock that is going on */
	int64_t limit; /* what the next one gets; 0: wait_ms from its start */
	int wal_pages; /* in the log after the last commit */
	bool wal;      /* the file is known to be in WAL mode */
	bool read_only;
	bool tuned;   /* the settings of writers are made */
	bool writing; /* inside a write transaction */
	bool ours;    /* the file's own header carries our application id */
	bool no_text; /* a column's text could not be made: out of memory */
	bool id_known;
	struct db_identity id; /* read from the header; good for one use */
	volatile sig_atomic_t interrupted;
};

#define LENGTH_MAX     (64 << 20) /* bytes of one value or row */
#define SQL_LENGTH_MAX (1 << 20)
#define EXPR_DEPTH_MAX 500

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Errors */

static int fail_busy(const struct conn *c)
{
	err_set(AWM_DATABASE, "database is busy: '%s'", c->path);
	return err_hint("another program is writing; try again, or wait longer "
			"with --wait SECONDS");
}

static int fail_read_only(const struct conn *c)
{
	err_set(AWM_DATABASE, "database is read-only: '%s'", c->path);
	return err_hint("check the permissions of the file and of its folder");
}

/* Of the engine's modules only FTS5 has tables here. */
static int fail_index(const struct conn *c)
{
	err_set(AWM_DATABASE, "the search index of '%s' is damaged", c->path);
	return err_hint("make it anew with 'awm search rebuild'");
}

static int fail_damaged(const struct conn *c, const char *detail)
{
	err_set(AWM_DATABASE, "database '%s' is damaged: %s", c->path, detail);
	return err_hint("look at it with 'awm db check', or go back to a "
			"backup with 'awm db restore FILE'");
}

static int fail_full(const struct conn *c)
{
	return err_set(AWM_DATABASE, "disk is full: '%s'", c->path);
}

static int fail_system(const struct conn *c, sqlite3 *db, const char *what)
{
	int no = sqlite3_system_errno(db);

	if (no == ENOSPC || no == EDQUOT)
		return fail_full(c);
	return err_set(AWM_DATABASE, "cannot %s database '%s': %s", what,
		       c->path, no ? strerror(no) : sqlite3_errmsg(db));
}

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : text;
}

static int fail_constraint(int rc, const char *msg)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		msg = after(msg, "UNIQUE constraint failed: ");
		return err_set(AWM_CONFLICT, "duplicate value of '%s'", msg);
	case SQLITE_CONSTRAINT_NOTNULL:
		msg = after(msg, "NOT NULL constraint failed: ");
		return err_set(AWM_INVALID, "'%s' must not be empty", msg);
	case SQLITE_CONSTRAINT_CHECK:
		msg = after(msg, "CHECK constraint failed: ");
		return err_set(AWM_INVALID, "value breaks the rule '%s'", msg);
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return err_set(AWM_INVALID,
			       "a reference points to a missing row, or the "
			       "row is still referred to");
	default:
		return err_set(AWM_INVALID, "%s", msg);
	}
}

/* What our own SQL cannot meet in a file of ours, unless another hand was at
 * its schema or its values. A column that a statement does not find has a place
 * in its text; one that a search asks for has not. */
static bool is_damage(sqlite3 *db, const char *msg)
{
	static const char *const starts[] = {
		"no such table",    "no such index",
		"malformed JSON",   "JSON cannot",
		"integer overflow", "vtable constructor failed"};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (strncmp(msg, starts[i], strlen(starts[i])) == 0)
			return true;
	if (strncmp(msg, "no such column", strlen("no such column")) == 0)
		return sqlite3_error_offset(db) >= 0;
	return strstr(msg, " has no column named ") ||
	       strstr(msg, "clause does not match any");
}

static int fail_sql(const struct conn *c, sqlite3 *db)
{
	const char *msg = sqlite3_errmsg(db);

	if (c->ours && is_damage(db, msg))
		return fail_damaged(c, msg);
	return err_set(AWM_ERROR, "sql: %s", msg);
}

static int fail(struct conn *c, sqlite3 *db, int rc)
{
	int code = sqlite3_extended_errcode(db);

	if ((code & 0xff) != (rc & 0xff))
		code = rc;
	if (code == SQLITE_IOERR_NOMEM)
		code = SQLITE_NOMEM;
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return err_nomem();
	case SQLITE_INTERRUPT:
		c->interrupted = 0;
		return err_set(AWM_INTERRUPTED, "interrupted");
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL:
		if (c->interrupted) {
			c->interrupted = 0;
			return err_set(AWM_INTERRUPTED, "interrupted");
		}
		return fail_busy(c);
	case SQLITE_CONSTRAINT:
		return fail_constraint(code, sqlite3_errmsg(db));
	case SQLITE_MISMATCH:
		return err_set(AWM_INVALID, "a value has the wrong type");
	case SQLITE_TOOBIG:
		return err_set(AWM_INVALID, "a value is too long to be stored");
	case SQLITE_READONLY:
		return fail_read_only(c);
	case SQLITE_CORRUPT:
		if (code == SQLITE_CORRUPT_VTAB)
			return fail_index(c);
		return fail_damaged(c, sqlite3_errmsg(db));
	case SQLITE_NOTADB:
		return err_set(AWM_DATABASE, "'%s' is not a database", c->path);
	case SQLITE_FULL:
		return fail_full(c);
	case SQLITE_CANTOPEN:
		return fail_system(c, db, "open");
	case SQLITE_IOERR:
		return fail_system(c, db, "read or write");
	case SQLITE_ERROR:
		return fail_sql(c, db);
	case SQLITE_RANGE:
	case SQLITE_MISUSE:
		return err_set(AWM_ERROR, "sql: %s", sqlite3_errmsg(db));
	default:
		return err_set(AWM_DATABASE, "database '%s': %s", c->path,
			       sqlite3_errmsg(db));
	}
}

/* Opening */

static void library_setup(void)
{
	/* Distributions compile URIs in; a path is a path here. */
	sqlite3_config(SQLITE_CONFIG_URI, 0);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* What one INSERT into a table of many indexes touches exceeds the
	 * default; past it each page is written to a file of its own. Not 128
	 * KiB or more: SQLite spills it in one write, of which it masks off
	 * all but 17 bits of the length, and reports a full disk. */
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 124 << 10);
}

/* Called after each try to get a lock, so that the wait is short and random:
 * SQLite's own back-off starves writers for seconds. */
static int wait_more(void *arg, int tries)
{
	static uint32_t seed;
	struct conn *c = arg;
	struct timespec t;

	if (tries == 0)
		c->deadline = c->limit ? c->limit : clock_ms() + c->wait_ms;
	if (c->interrupted || clock_ms() >= c->deadline)
		return 0;
	if (!seed)
		seed = (uint32_t)getpid() * 2654435761u | 1;
	seed = seed * 1664525u + 1013904223u;
	t = (struct timespec){.tv_nsec = 200000 + seed % 2000000};
	nanosleep(&t, NULL);
	return 1;
}

static int wal_grown(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct conn *c = arg;

	(void)db;
	(void)name;
	c->wal_pages = pages;
	return SQLITE_OK;
}

static void settings_apply(sqlite3 *db)
{
	static const struct {
		int op;
		int value;
	} config[] = {
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(config); i++)
		sqlite3_db_config(db, config[i].op, config[i].value, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_LENGTH_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, EXPR_DEPTH_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_wal_autocheckpoint(db, 0);
}

/* The CHECKs of the schema call json_valid(), which SQLite 3.40 does not count
 * among the functions that an untrusted schema may use. Ours may be, and is
 * stricter: it refuses what awm could not read back. */
static void json_valid(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const char *s = (const char *)sqlite3_value_text(v[0]);

	(void)n;
	if (!s)
		return; /* NULL, as theirs */
	sqlite3_result_int(
		ctx, json_well_formed(s, (size_t)sqlite3_value_bytes(v[0])));
}

static int functions_add(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "json_valid", 1,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC |
						  SQLITE_INNOCUOUS,
					  NULL, json_valid, NULL, NULL, NULL);
}

static int handle_open(struct conn *c)
{
	int rc = sqlite3_open_v2(c->name, &c->db, c->flags, NULL);

	if (!c->db)
		return err_nomem();
	if (rc != SQLITE_OK)
		return fail(c, c->db, rc);
	settings_apply(c->db);
	sqlite3_wal_hook(c->db, wal_grown, c);
	sqlite3_busy_handler(c->db, wait_more, c);
	/* These two need neither a lock nor the schema. */
	rc = functions_add(c->db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->db,
				  "PRAGMA cell_size_check=1;"
				  "PRAGMA mmap_size=0",
				  NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : fail(c, c->db, rc);
}

/* What the first bytes of the file tell. */
enum {
	HEADER_SIZE = 108,
	AT_WRITE_VERSION = 18, /* 2: WAL */
	AT_USER_VERSION = 60,
	AT_APPLICATION_ID = 68,
	AT_ROOT_TYPE = 100, /* of the schema's b-tree: 13 is a leaf */
	AT_ROOT_CELLS = 103,
};

static int32_t header_int(const unsigned char *h, int at)
{
	return (int32_t)((uint32_t)h[at] << 24 | (uint32_t)h[at + 1] << 16 |
			 (uint32_t)h[at + 2] << 8 | h[at + 3]);
}

/* *ret_new: the file has no bytes at all. */
static int header_read(struct conn *c, unsigned char h[HEADER_SIZE],
		       bool *ret_new)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;
	int rc;

	*ret_new = false;
	rc = sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &f);
	if (rc != SQLITE_OK || !f || !f->pMethods)
		return err_set(AWM_DATABASE, "cannot open database '%s'",
			       c->path);
	rc = f->pMethods->xRead(f, h, HEADER_SIZE, 0);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		rc = f->pMethods->xFileSize(f, &size);
		/* A single byte counts as none, for SQLite's own reasons. */
		*ret_new = rc == SQLITE_OK && size == 0 && !h[0];
		if (*ret_new)
			return 0;
		memset(h, 0, HEADER_SIZE);
	}
	if (rc != SQLITE_OK)
		return err_errno(AWM_DATABASE, "cannot read database '%s'",
				 c->path);
	if (memcmp(h, "SQLite format 3", 16) != 0) {
		err_set(AWM_DATABASE, "'%s' is not a database", c->path);
		return err_hint("name another file with --db or AWM_DB");
	}
	return 0;
}

static bool side_file(struct conn *c, const char *suffix, struct stat *st)
{
	const char *file = sqlite3_db_filename(c->db, "main");
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s%s", file, suffix) < 0) {
		name = NULL;
		return true;
	}
	return stat(name, st) == 0;
}

/* The header is the whole truth only when no log or journal may change it.
 * Then nothing needs to be run against a file that is not ours. */
static void header_identify(struct conn *c, const unsigned char *h)
{
	bool leaf = h[AT_ROOT_TYPE] == 13;

	c->id = (struct db_identity){
		.application_id = header_int(h, AT_APPLICATION_ID),
		.user_version = header_int(h, AT_USER_VERSION),
		.empty = leaf && !h[AT_ROOT_CELLS] && !h[AT_ROOT_CELLS + 1],
	};
	c->id_known = true;
}

static bool folder_writable(struct conn *c)
{
	_cleanup_free_ char *folder =
		file_dirname(sqlite3_db_filename(c->db, "main"));

	return !folder || access(folder, W_OK) == 0;
}

/* A file at rest that this process cannot or must not write to: SQLite would
 * still want to make a log beside it. */
static int reopen_immutable(struct conn *c)
{
	const char *file = sqlite3_db_filename(c->db, "main");
	_cleanup_buf_ struct buf uri = {0};

	buf_adds(&uri, "file:");
	for (const char *p = file; *p; p++) {
		if (strchr("?#%", *p))
			buf_addf(&uri, "%%%02x", (unsigned char)*p);
		else
			buf_addc(&uri, *p);
	}
	buf_adds(&uri, "?immutable=1");
	if (buf_check(&uri) < 0)
		return -AWM_NOMEM;
	free(c->name);
	c->name = buf_detach(&uri);
	sqlite3_close(c->db);
	c->db = NULL;
	c->read_only = true;
	c->flags = (c->flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY |
		   SQLITE_OPEN_URI;
	return handle_open(c);
}

static int header_use(struct conn *c)
{
	unsigned char h[HEADER_SIZE] = {0};
	bool is_new, logged;
	struct stat st = {0};
	int r = header_read(c, h, &is_new);

	if (r < 0)
		return r;
	c->read_only |= sqlite3_db_readonly(c->db, "main") == 1;
	if (is_new) {
		c->id = (struct db_identity){.empty = true};
		return 0;
	}
	c->wal = h[AT_WRITE_VERSION] == 2;
	c->ours = header_int(h, AT_APPLICATION_ID) == DB_APPLICATION_ID;
	logged = side_file(c, c->wal ? "-wal" : "-journal", &st);
	if (!logged || (c->wal && st.st_size == 0))
		header_identify(c, h);
	if (c->wal && !logged && (c->read_only || !folder_writable(c)))
		return reopen_immutable(c);
	return 0;
}

static void conn_close(void *conn)
{
	struct conn *c = conn;

	sqlite3_close(c->db);
	queue_release(&c->queue);
	free(c->path);
	free(c->name);
	free(c);
}

static int conn_start(struct conn *c, const struct db_open_opts *opts)
{
	int r;

	c->path = strdup(opts->path);
	c->name = strdup(opts->path);
	if (!c->path || !c->name)
		return err_nomem();
	c->queue.fd = -1;
	c->wait_ms = opts->wait_ms;
	c->read_only = opts->read_only;
	c->flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	c->flags |=
		opts->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	r = handle_open(c);
	if (r < 0)
		return r;
	return header_use(c);
}

static int conn_open(const struct db_open_opts *opts, void **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct conn *c;
	int r = place_check(opts);

	if (r < 0)
		return r;
	pthread_once(&once, library_setup);
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_nomem();
	c->queue.fd = -1;
	r = conn_start(c, opts);
	if (r < 0) {
		conn_close(c);
		return r;
	}
	*ret = c;
	return 0;
}

/* Statements */

static int interrupted_take(struct conn *c)
{
	if (!c->interrupted)
		return 0;
	c->interrupted = 0;
	return err_set(AWM_INTERRUPTED, "interrupted");
}

static int stmt_prepare(void *conn, const char *sql, void **ret_st)
{
	struct conn *c = conn;
	sqlite3_stmt *st = NULL;
	const char *rest = NULL;
	int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				    &st, &rest);

	if (rc != SQLITE_OK)
		return fail(c, c->db, rc);
	if (!st || rest[strspn(rest, " \t\r\n;")]) {
		sqlite3_finalize(st);
		return err_set(AWM_ERROR, "sql: not one statement");
	}
	*ret_st = st;
	return 0;
}

static void stmt_finalize(void *conn, void *st)
{
	(void)conn;
	sqlite3_finalize(st);
}

static int stmt_bind(void *conn, void *st, int at, const struct awm_value *v)
{
	struct conn *c = conn;
	int rc = SQLITE_MISUSE;

	switch (v->kind) {
	case AWM_NULL:
		rc = sqlite3_bind_null(st, at);
		break;
	case AWM_INT:
		rc = sqlite3_bind_int64(st, at, v->i);
		break;
	case AWM_REAL:
		rc = sqlite3_bind_double(st, at, v->r);
		break;
	case AWM_TEXT:
		rc = sqlite3_bind_text64(st, at, v->s, v->len, SQLITE_TRANSIENT,
					 SQLITE_UTF8);
		break;
	}
	return rc == SQLITE_OK ? 0 : fail(c, c->db, rc);
}

static int stmt_step(void *conn, void *st)
{
	struct conn *c = conn;
	int rc;
	int r = interrupted_take(c);

	if (r < 0)
		return r;
	if (c->no_text) {
		c->no_text = false;
		return err_nomem();
	}
	if (!c->writing && !sqlite3_stmt_readonly(st))
		return err_set(AWM_ERROR, "sql: a write outside of db_write()");
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	r = fail(c, c->db, rc);
	sqlite3_reset(st);
	return r;
}

static bool stmt_running(void *conn, void *st)
{
	(void)conn;
	return sqlite3_stmt_busy(st) != 0;
}

static const char *stmt_sql(void *conn, void *st)
{
	(void)conn;
	return sqlite3_sql(st);
}

static void stmt_reset(void *conn, void *st)
{
	(void)conn;
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

static const char *stmt_column_text(void *conn, void *st, int at)
{
	struct conn *c = conn;
	const char *s;

	if (sqlite3_column_type(st, at) == SQLITE_NULL)
		return NULL;
	s = (const char *)sqlite3_column_text(st, at);
	/* An empty blob has no text either, without any failure. */
	if (!s && sqlite3_errcode(c->db) == SQLITE_NOMEM)
		c->no_text = true;
	return s ? s : "";
}

static void stmt_column(void *conn, void *st, int at, struct awm_value *ret)
{
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		*ret = AWM_VALUE_INT(sqlite3_column_int64(st, at));
		break;
	case SQLITE_FLOAT:
		*ret = AWM_VALUE_REAL(sqlite3_column_double(st, at));
		break;
	case SQLITE_NULL:
		*ret = AWM_VALUE_NULL;
		break;
	default:
		/* A foreign hand may have stored a NUL: text ends there. */
		*ret = awm_value_text(stmt_column_text(conn, st, at));
		break;
	}
}

static int stmt_column_count(void *conn, void *st)
{
	(void)conn;
	return sqlite3_column_count(st);
}

static const char *stmt_column_name(void *conn, void *st, int at)
{
	(void)conn;
	return sqlite3_column_name(st, at);
}

static int exec(struct conn *c, const char *sql)
{
	int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(c, c->db, rc);
}

static int conn_script(void *conn, const char *sql)
{
	struct conn *c = conn;
	int before = sqlite3_get_autocommit(c->db);
	int r;

	if (!c->writing)
		return err_set(AWM_ERROR, "sql: a write outside of db_write()");
	r = exec(c, sql);
	if (r == 0 && sqlite3_get_autocommit(c->db) != before)
		return err_set(AWM_ERROR,
			       "sql: a script ended its transaction");
	return r;
}

/* Reads one number; *ret_row tells whether there was one. */
static int number_read(struct conn *c, const char *sql, int32_t *ret,
		       bool *ret_row)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return fail(c, c->db, rc);
	rc = sqlite3_step(st);
	*ret_row = rc == SQLITE_ROW;
	if (*ret_row)
		*ret = sqlite3_column_int(st, 0);
	rc = sqlite3_finalize(st);
	return rc == SQLITE_OK ? 0 : fail(c, c->db, rc);
}

static int identity_read(struct conn *c, struct db_identity *ret)
{
	struct db_identity id = {.application_id = DB_APPLICATION_ID};
	int32_t one;
	bool row = true;
	int r = number_read(c, "PRAGMA user_version", &id.user_version, &row);

	/* Ours stays ours: one statement is enough at every start. */
	if (r == 0 && !c->ours)
		r = number_read(c, "PRAGMA application_id", &id.application_id,
				&row);
	if (r == 0 && id.user_version == 0) {
		r = number_read(c, "SELECT 1 FROM sqlite_schema LIMIT 1", &one,
				&row);
		id.empty = !row;
	}
	if (r == 0)
		*ret = id;
	return r;
}

static int conn_identify(void *conn, struct db_identity *ret)
{
	struct conn *c = conn;
	bool snapshot = !c->ours && sqlite3_get_autocommit(c->db);
	int r;

	if (c->id_known) {
		c->id_known = false;
		*ret = c->id;
		return 0;
	}
	if (snapshot) {
		r = exec(c, "BEGIN");
		if (r < 0)
			return r;
	}
	r = identity_read(c, ret);
	if (snapshot)
		sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static int conn_set_identity(void *conn, int32_t application_id,
			     int32_t user_version)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id=%" PRId32 ";"
		 "PRAGMA user_version=%" PRId32,
		 application_id, user_version);
	return exec(conn, sql);
}

/* Transactions */

static int queue_enter(struct conn *c)
{
	int no;

	if (!c->queue.path) {
		int r = queue_init(&c->queue,
				   sqlite3_db_filename(c->db, "main"));
		if (r < 0)
			return r;
	}
	no = queue_lock(&c->queue, c->wait_ms, &c->interrupted);
	switch (no) {
	case 0:
		return 0;
	case ETIMEDOUT:
		return fail_busy(c);
	case EINTR:
		c->interrupted = 0;
		return err_set(AWM_INTERRUPTED, "interrupted");
	case EACCES:
	case EPERM:
	case EROFS:
		return fail_read_only(c);
	case ENOMEM:
		return err_nomem();
	default:
		return err_set(AWM_DATABASE, "cannot lock '%s': %s",
			       c->queue.path, strerror(no));
	}
}

/* Only under the queue: two processes that turn a new file into a WAL one at
 * once would fail each other. */
static int writer_tune(struct conn *c)
{
	int r;

	if (c->tuned)
		return 0;
	r = exec(c, "PRAGMA synchronous=FULL");
	if (r == 0 && !c->wal)
		r = exec(c, "PRAGMA journal_mode=WAL");
	if (r < 0)
		return r;
	c->tuned = c->wal = true;
	return 0;
}

static int moved_check(struct conn *c)
{
	int moved = 0;

	sqlite3_file_control(c->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (!moved)
		return 0;
	err_set(AWM_DATABASE, "database '%s' was moved or replaced", c->path);
	return err_hint("run the command again");
}

static void write_leave(struct conn *c)
{
	c->writing = false;
	c->limit = 0;
	queue_unlock(&c->queue);
}

/* Makes this process the writer: of the file that others mean by its name, too,
 * and with the settings of writers. */
static int write_enter(struct conn *c)
{
	int r;

	if (c->read_only)
		return fail_read_only(c);
	c->limit = clock_ms() + c->wait_ms;
	r = queue_enter(c);
	if (r == 0)
		r = moved_check(c);
	if (r == 0)
		r = writer_tune(c);
	if (r < 0)
		write_leave(c);
	c->id_known = false;
	c->wal_pages = 0;
	return r;
}

static int write_begin(struct conn *c)
{
	int r = write_enter(c);

	if (r < 0)
		return r;
	r = exec(c, "BEGIN IMMEDIATE");
	if (r < 0) {
		write_leave(c);
		return r;
	}
	c->writing = true;
	c->limit = 0;
	return 0;
}

static int conn_begin(void *conn, bool write)
{
	struct conn *c = conn;
	int r = interrupted_take(c);

	if (r < 0)
		return r;
	return write ? write_begin(c) : exec(c, "BEGIN");
}

static int conn_commit(void *conn)
{
	struct conn *c = conn;
	int r = exec(c, "COMMIT");

	if (r < 0)
		return r;
	/* A log that is only copied is never begun anew: each process that
	 * opens the file forgets how much of it was. So it is cut, unless
	 * somebody still reads from it; nobody is waited for. */
	c->limit = 1;
	if (c->writing && c->wal_pages > DB_WAL_PAGES)
		sqlite3_wal_checkpoint_v2(
			c->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	c->limit = 0;
	if (c->writing)
		write_leave(c);
	return 0;
}

static void conn_rollback(void *conn)
{
	struct conn *c = conn;

	/* SQLite has done it already after some errors. */
	if (!sqlite3_get_autocommit(c->db))
		sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
	if (c->writing)
		write_leave(c);
}

static int64_t conn_changes(void *conn)
{
	struct conn *c = conn;

	return sqlite3_changes64(c->db);
}

static int64_t conn_inserted(void *conn)
{
	struct conn *c = conn;

	return sqlite3_last_insert_rowid(c->db);
}

static int64_t conn_changes_total(void *conn)
{
	struct conn *c = conn;

	return sqlite3_total_changes64(c->db);
}

static void conn_interrupt(void *conn)
{
	struct conn *c = conn;

	c->interrupted = 1;
	sqlite3_interrupt(c->db);
}

/* The cache takes what it needs only, and less again later. */
static void conn_bulk(void *conn, bool on)
{
	struct conn *c = conn;

	sqlite3_exec(c->db,
		     on ? "PRAGMA cache_size=-262144"
			: "PRAGMA cache_size=-2000",
		     NULL, NULL, NULL);
}

static void conn_checkpoint(void *conn)
{
	struct conn *c = conn;
	int32_t version;
	bool row;

	if (c->writing || c->read_only || !c->wal)
		return;
	if (!c->queue.path &&
	    queue_init(&c->queue, sqlite3_db_filename(c->db, "main")) < 0)
		return;
	/* The log is opened by the first read. */
	if (number_read(c, "PRAGMA user_version", &version, &row) < 0)
		return;
	/* Readers may hold it up: then what can be done is done. */
	c->limit = clock_ms() + (c->wait_ms < 200 ? c->wait_ms : 200);
	if (queue_lock(&c->queue, c->wait_ms, &c->interrupted) == 0) {
		sqlite3_wal_checkpoint_v2(
			c->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		queue_unlock(&c->queue);
	}
	c->limit = 0;
}

/* Copies */

static int copy_pages(struct conn *c, struct conn *from, struct conn *to)
{
	sqlite3_backup *b;
	int rc = SQLITE_OK;
	/* One snapshot for all the steps. */
	int r = exec(from, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");

	if (r < 0)
		return r;
	b = sqlite3_backup_init(to->db, "main", from->db, "main");
	if (!b)
		return fail(to, to->db, sqlite3_errcode(to->db));
	while (rc == SQLITE_OK && !c->interrupted)
		rc = sqlite3_backup_step(b, 1024);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_OK)
		return interrupted_take(c);
	return rc == SQLITE_DONE ? 0 : fail(to, to->db, rc);
}

/* Reads through a connection of its own: a transaction that is going on in
 * ours is left out, and may go on. */
static int copy_to(struct conn *c, const char *part, const char *path)
{
	struct conn from = {
		.path = c->path,
		.name = c->name,
		.flags = c->flags,
		.wait_ms = c->wait_ms,
	};
	struct conn to = {
		.path = (char *)path,
		.name = (char *)part,
		.flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			 SQLITE_OPEN_EXRESCODE,
	};
	int r = handle_open(&from);

	if (r == 0)
		r = handle_open(&to);
	if (r == 0)
		r = copy_pages(c, &from, &to);
	/* A copy at rest needs no log beside it to be read. */
	if (r == 0)
		r = exec(&to, "PRAGMA journal_mode=DELETE");
	sqlite3_close(to.db);
	sqlite3_close(from.db);
	return r;
}

static int conn_backup(void *conn, const char *path)
{
	_cleanup_free_ char *part = NULL;
	int r = place_part(path, &part);

	if (r < 0)
		return r;
	r = copy_to(conn, part, path);
	if (r == 0)
		r = place_publish(part, path);
	if (r < 0)
		unlink(part);
	return r;
}

/* The pages of another file replace ours, as one write of the engine's. */
static int conn_restore(void *conn, const char *path)
{
	struct conn *c = conn;
	struct db_open_opts opts = {
		.path = path,
		.read_only = true,
		.wait_ms = c->wait_ms,
	};
	void *from = NULL;
	int r;

	if (!sqlite3_get_autocommit(c->db))
		return err_set(AWM_ERROR,
			       "sql: a restore inside of a transaction");
	r = conn_open(&opts, &from);
	if (r < 0)
		return r;
	r = write_enter(c);
	if (r == 0) {
		r = copy_pages(c, from, c);
		sqlite3_wal_checkpoint_v2(
			c->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		write_leave(c);
	}
	c->ours = false;
	conn_close(from);
	return r;
}

static int findings_read(struct conn *c, const char *sql, bool foreign,
			 void (*problem)(void *ctx, const char *line),
			 void *ctx)
{
	_cleanup_buf_ struct buf b = {0};
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return fail(c, c->db, rc);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *s = stmt_column_text(c, st, 0);
		if (!foreign && s && strcmp(s, "ok") == 0)
			continue;
		buf_truncate(&b, 0);
		buf_adds(&b, s ? s : "");
		if (foreign)
			buf_addf(&b,
				 ": row %" PRId64 " refers to a missing "
				 "row of %s",
				 (int64_t)sqlite3_column_int64(st, 1),
				 (const char *)stmt_column_text(c, st, 2));
		problem(ctx, buf_str(&b));
	}
	rc = sqlite3_finalize(st);
	if (rc == SQLITE_OK)
		return buf_check(&b);
	return fail(c, c->db, rc);
}

static int conn_integrity(void *conn,
			  void (*problem)(void *ctx, const char *line),
			  void *ctx)
{
	int r = findings_read(conn, "PRAGMA integrity_check", false, problem,
			      ctx);

	if (r < 0)
		return r;
	return findings_read(conn, "PRAGMA foreign_key_check", true, problem,
			     ctx);
}

const struct db_ops sqlite_ops = {
	.name = "sqlite",
	.open = conn_open,
	.close = conn_close,
	.identify = conn_identify,
	.set_identity = conn_set_identity,
	.prepare = stmt_prepare,
	.finalize = stmt_finalize,
	.bind = stmt_bind,
	.step = stmt_step,
	.running = stmt_running,
	.sql = stmt_sql,
	.reset = stmt_reset,
	.column = stmt_column,
	.column_text = stmt_column_text,
	.column_count = stmt_column_count,
	.column_name = stmt_column_name,
	.script = conn_script,
	.begin = conn_begin,
	.commit = conn_commit,
	.rollback = conn_rollback,
	.changes = conn_changes,
	.inserted = conn_inserted,
	.changes_total = conn_changes_total,
	.interrupt = conn_interrupt,
	.checkpoint = conn_checkpoint,
	.bulk = conn_bulk,
	.backup = conn_backup,
	.restore = conn_restore,
	.integrity = conn_integrity,
};
