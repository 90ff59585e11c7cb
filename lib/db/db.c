/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "db/ops.h"

#define CACHE_SIZE 64 /* buckets; a power of two */

struct db_stmt {
	struct db *db;
	void *st; /* the engine's */
	struct db_stmt *next;
	uint32_t hash;
	bool taken; /* handed out and not yet at its end */
	char sql[];
};

struct db {
	const struct db_ops *ops;
	void *conn;
	char *path;
	pid_t pid;
	struct db_stmt *cache[CACHE_SIZE];
	bool writing;
	bool reading;
	bool broken; /* a write that had joined failed */
	bool dry_run;
};

int db_open(const struct db_open_opts *opts, struct db **ret)
{
	const struct db_ops *ops = &sqlite_ops;
	const char *trace = getenv("AWM_TRACE");
	struct db *db;
	int r;

	ops = fault_wrap(ops);
	if (trace && strcmp(trace, "sql") == 0)
		ops = trace_wrap(ops);
	db = calloc(1, sizeof(*db));
	if (!db)
		return err_nomem();
	db->ops = ops;
	db->pid = getpid();
	db->path = strdup(opts->path);
	r = db->path ? ops->open(opts, &db->conn) : err_nomem();
	if (r < 0) {
		free(db->path);
		free(db);
		return r;
	}
	*ret = db;
	return 0;
}

static void cache_free(struct db *db, bool finalize)
{
	for (size_t i = 0; i < CACHE_SIZE; i++) {
		struct db_stmt *st = db->cache[i];
		while (st) {
			struct db_stmt *next = st->next;
			if (finalize)
				db->ops->finalize(db->conn, st->st);
			free(st);
			st = next;
		}
	}
}

void db_close(struct db *db)
{
	/* After a fork the connection is the parent's: closing it here would
	 * meddle with its files. */
	bool own;

	if (!db)
		return;
	own = db->pid == getpid();
	cache_free(db, own);
	if (own)
		db->ops->close(db->conn);
	free(db->path);
	free(db);
}

static int owner_check(const struct db *db)
{
	if (db->pid == getpid())
		return 0;
	return err_set(AWM_ERROR,
		       "a database connection was used across a fork");
}

const char *db_path(const struct db *db)
{
	return db->path;
}

const char *db_engine(const struct db *db)
{
	return db->ops->name;
}

int db_identify(struct db *db, struct db_identity *ret)
{
	int r = owner_check(db);

	return r < 0 ? r : db->ops->identify(db->conn, ret);
}

static int identity_set(struct db *db, void *arg)
{
	const struct db_identity *id = arg;

	return db->ops->set_identity(db->conn, id->application_id,
				     id->user_version);
}

int db_set_identity(struct db *db, int32_t application_id, int32_t user_version)
{
	struct db_identity id = {
		.application_id = application_id,
		.user_version = user_version,
	};

	return db_write(db, identity_set, &id);
}

/* Statements */

static uint32_t text_hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static int stmt_new(struct db *db, const char *sql, uint32_t hash,
		    struct db_stmt **ret)
{
	size_t size = strlen(sql) + 1;
	struct db_stmt *st = calloc(1, sizeof(*st) + size);
	int r;

	if (!st)
		return err_nomem();
	r = db->ops->prepare(db->conn, sql, &st->st);
	if (r < 0) {
		free(st);
		return r;
	}
	st->db = db;
	st->hash = hash;
	memcpy(st->sql, sql, size);
	st->next = db->cache[hash % CACHE_SIZE];
	db->cache[hash % CACHE_SIZE] = st;
	*ret = st;
	return 0;
}

int db_prepare(struct db *db, const char *sql, struct db_stmt **ret)
{
	uint32_t hash = text_hash(sql);
	struct db_stmt *st;
	int r = owner_check(db);

	if (r < 0)
		return r;
	for (st = db->cache[hash % CACHE_SIZE]; st; st = st->next)
		if (!st->taken && st->hash == hash && strcmp(st->sql, sql) == 0)
			break;
	if (st) {
		db->ops->reset(db->conn, st->st);
	} else {
		r = stmt_new(db, sql, hash, &st);
		if (r < 0)
			return r;
	}
	st->taken = true;
	*ret = st;
	return 0;
}

int db_bind(struct db_stmt *st, int at, const struct awm_value *value)
{
	st->taken = true;
	return st->db->ops->bind(st->db->conn, st->st, at, value);
}

int db_bind_int(struct db_stmt *st, int at, int64_t v)
{
	return db_bind(st, at, &AWM_VALUE_INT(v));
}

int db_bind_text(struct db_stmt *st, int at, const char *s)
{
	struct awm_value v = awm_value_text(s);

	return db_bind(st, at, &v);
}

int db_bind_textn(struct db_stmt *st, int at, const char *s, size_t len)
{
	struct awm_value v = {.kind = AWM_TEXT, .len = len, .s = s};

	return db_bind(st, at, &v);
}

int db_bind_null(struct db_stmt *st, int at)
{
	return db_bind(st, at, &AWM_VALUE_NULL);
}

int db_bind_real(struct db_stmt *st, int at, double v)
{
	return db_bind(st, at, &AWM_VALUE_REAL(v));
}

int db_step(struct db_stmt *st)
{
	int r = st->db->ops->step(st->db->conn, st->st);

	st->taken = r > 0;
	return r;
}

void db_column(struct db_stmt *st, int at, struct awm_value *ret)
{
	st->db->ops->column(st->db->conn, st->st, at, ret);
}

int64_t db_column_int(struct db_stmt *st, int at)
{
	struct awm_value v;

	db_column(st, at, &v);
	return v.kind == AWM_INT ? v.i : 0;
}

const char *db_column_text(struct db_stmt *st, int at)
{
	return st->db->ops->column_text(st->db->conn, st->st, at);
}

int db_column_count(struct db_stmt *st)
{
	return st->db->ops->column_count(st->db->conn, st->st);
}

const char *db_column_name(struct db_stmt *st, int at)
{
	return st->db->ops->column_name(st->db->conn, st->st, at);
}

void db_reset(struct db_stmt *st)
{
	st->db->ops->reset(st->db->conn, st->st);
	st->taken = false;
}

/* Conveniences */

static int bind_next(struct db_stmt *st, int at, char type, va_list *ap)
{
	switch (type) {
	case 'i':
		return db_bind_int(st, at, va_arg(*ap, int64_t));
	case 't':
		return db_bind_text(st, at, va_arg(*ap, const char *));
	case 'r':
		return db_bind_real(st, at, va_arg(*ap, double));
	case 'v':
		return db_bind(st, at, va_arg(*ap, const struct awm_value *));
	default:
		return err_set(AWM_ERROR, "unknown argument type '%c'", type);
	}
}

static int query_start(struct db *db, struct db_stmt **ret, const char *sql,
		       const char *types, va_list *ap)
{
	struct db_stmt *st;
	int r = db_prepare(db, sql, &st);

	if (r < 0)
		return r;
	for (int at = 1; r == 0 && types && *types; at++, types++)
		r = bind_next(st, at, *types, ap);
	if (r < 0) {
		db_reset(st);
		return r;
	}
	*ret = st;
	return 0;
}

int db_query(struct db *db, struct db_stmt **ret, const char *sql,
	     const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = query_start(db, ret, sql, types, &ap);
	va_end(ap);
	return r;
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	r = query_start(db, &st, sql, types, &ap);
	va_end(ap);
	if (r < 0)
		return r;
	do
		r = db_step(st);
	while (r > 0);
	return r;
}

static int value_keep(struct arena *a, struct awm_value *v)
{
	if (v->kind != AWM_TEXT)
		return 0;
	v->s = arena_strndup(a, v->s, v->len);
	return v->s ? 0 : -AWM_NOMEM;
}

int db_get(struct db *db, struct arena *a, struct awm_value *ret,
	   const char *sql, const char *types, ...)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value v;
	va_list ap;
	int r;

	va_start(ap, types);
	r = query_start(db, &st, sql, types, &ap);
	va_end(ap);
	if (r < 0)
		return r;
	r = db_step(st);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(AWM_NOT_FOUND, "no such row");
	db_column(st, 0, &v);
	r = value_keep(a, &v);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

int db_script(struct db *db, const char *sql)
{
	int r = owner_check(db);

	return r < 0 ? r : db->ops->script(db->conn, sql);
}

int64_t db_inserted(struct db *db)
{
	return db->ops->inserted(db->conn);
}

int64_t db_changes(struct db *db)
{
	return db->ops->changes(db->conn);
}

/* Transactions */

static int write_join(struct db *db, db_fn *fn, void *arg)
{
	int64_t before = db->ops->changes_total(db->conn);
	int r = fn(db, arg);

	/* Half of its work is done: nobody must commit that. */
	if (r < 0 && db->ops->changes_total(db->conn) != before)
		db->broken = true;
	return r;
}

static int transaction_end(struct db *db, int r, bool commit)
{
	if (r == 0 && commit)
		r = db->ops->commit(db->conn);
	else
		commit = false;
	if (!commit || r < 0)
		db->ops->rollback(db->conn);
	return r;
}

int db_write(struct db *db, db_fn *fn, void *arg)
{
	int r = owner_check(db);

	if (r < 0)
		return r;
	if (db->writing)
		return write_join(db, fn, arg);
	if (db->reading)
		return err_set(AWM_ERROR, "a write inside of db_read()");
	r = db->ops->begin(db->conn, true);
	if (r < 0)
		return r;
	db->writing = true;
	db->broken = false;
	r = fn(db, arg);
	if (r == 0 && db->broken)
		r = err_set(AWM_ERROR, "a part of this change failed");
	r = transaction_end(db, r, !db->dry_run);
	db->writing = false;
	return r;
}

/* Keeps the error that made it necessary. */
static void part_undo(struct db *db, bool broken)
{
	struct awm_error kept = *awm_error_last();
	int r = db_run(db, "ROLLBACK TO \"part\"", NULL);

	if (r == 0)
		r = db_run(db, "RELEASE \"part\"", NULL);
	db->broken = broken || r < 0;
	err_set(kept.code, "%s", kept.message);
	if (*kept.hint)
		err_hint("%s", kept.hint);
}

int db_part(struct db *db, db_fn *fn, void *arg)
{
	bool broken = db->broken;
	int r;

	if (!db->writing)
		return db_write(db, fn, arg);
	r = db_run(db, "SAVEPOINT \"part\"", NULL);
	if (r < 0)
		return r;
	r = fn(db, arg);
	if (r < 0)
		part_undo(db, broken);
	else
		r = db_run(db, "RELEASE \"part\"", NULL);
	return r;
}

int db_read(struct db *db, db_fn *fn, void *arg)
{
	int r = owner_check(db);

	if (r < 0)
		return r;
	if (db->writing || db->reading)
		return fn(db, arg);
	r = db->ops->begin(db->conn, false);
	if (r < 0)
		return r;
	db->reading = true;
	r = fn(db, arg);
	db->reading = false;
	return transaction_end(db, r, true);
}

bool db_in_write(const struct db *db)
{
	return db->writing;
}

void db_set_dry_run(struct db *db, bool on)
{
	db->dry_run = on;
}

bool db_in_dry_run(const struct db *db)
{
	return db->dry_run;
}

void db_interrupt(struct db *db)
{
	db->ops->interrupt(db->conn);
}

void db_bulk(struct db *db, bool on)
{
	db->ops->bulk(db->conn, on);
}

void db_checkpoint(struct db *db)
{
	if (db->writing || db->reading || db->pid != getpid())
		return;
	db->ops->checkpoint(db->conn);
}

int db_backup(struct db *db, const char *path)
{
	int r = owner_check(db);

	return r < 0 ? r : db->ops->backup(db->conn, path);
}

int db_restore(struct db *db, const char *path)
{
	int r = owner_check(db);

	return r < 0 ? r : db->ops->restore(db->conn, path);
}

int db_integrity(struct db *db, void (*problem)(void *ctx, const char *line),
		 void *ctx)
{
	int r = owner_check(db);

	return r < 0 ? r : db->ops->integrity(db->conn, problem, ctx);
}
