/* SPDX-License-Identifier: MIT */
#ifndef DB_DB_H
#define DB_DB_H

#include <awm/value.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The database seam: connection, statements, transactions. Everything above
 * speaks portable SQL (bound values, ON CONFLICT, RETURNING, quoted
 * identifiers) through these functions; only sqlite.c includes sqlite3.h. An
 * engine is a struct db_ops (ops.h); trace.c and fault.c wrap any engine.
 *
 * Errors cross as the codes of <awm/error.h>: a broken UNIQUE or PRIMARY KEY
 * is AWM_CONFLICT; NOT NULL, CHECK and a foreign key are AWM_INVALID (a
 * foreign key names the table when the engine tells it); everything about the
 * file or the server (cannot open, busy past the wait, full disk, read-only,
 * corrupt) is AWM_DATABASE; out of memory is AWM_NOMEM; an interrupt is
 * AWM_INTERRUPTED.
 */

struct db;
struct db_stmt;

struct db_open_opts {
	const char *path; /* absolute path of the database file */
	bool create;	  /* make the file (0600) and its folders (0700) */
	bool read_only;	  /* no write at all; for files that nobody writes to */
	int64_t wait_ms;  /* how long to wait for other writers */
};

/* The engine's file tells who made it before anything is read from it. */
struct db_identity {
	int32_t application_id;
	int32_t user_version; /* number of the newest applied migration */
	bool empty;	      /* no tables at all: a new file */
};

#define DB_APPLICATION_ID 0x41574d31 /* "AWM1" */

/* Opens and applies every setting of architecture.md. A missing file without
 * `create` is AWM_NOT_FOUND. A file that is no database is refused with its
 * bytes unchanged. *ret is owned; close with db_close(). */
int db_open(const struct db_open_opts *opts, struct db **ret);
void db_close(struct db *db);
static inline void db_closep(struct db **db)
{
	db_close(*db);
}
#define _cleanup_db_ _cleanup_(db_closep)

const char *db_path(const struct db *db);
/* "sqlite": the folder of its migrations and of dialect queries. */
const char *db_engine(const struct db *db);
int db_identify(struct db *db, struct db_identity *ret);
/* Writes both numbers; inside a transaction it is part of it. */
int db_set_identity(struct db *db, int32_t application_id,
		    int32_t user_version);

/*
 * Statements. db_prepare() returns the connection's statement for this SQL
 * text: prepared at first use, kept in a cache by its text, and reset. It is
 * borrowed: valid until db_close(), to be given back with db_reset() as soon
 * as its rows are read (db_reset also clears the bindings). A statement that
 * is still stepping when it is asked for again is prepared a second time.
 * Parameters are ?1, ?2, …; positions count from 1, columns from 0.
 */
int db_prepare(struct db *db, const char *sql, struct db_stmt **ret);
int db_bind(struct db_stmt *st, int at, const struct awm_value *value);
int db_bind_int(struct db_stmt *st, int at, int64_t v);
int db_bind_text(struct db_stmt *st, int at, const char *s); /* NULL: null */
int db_bind_textn(struct db_stmt *st, int at, const char *s, size_t len);
int db_bind_null(struct db_stmt *st, int at);
int db_bind_real(struct db_stmt *st, int at, double v);
/* 1: a row is there; 0: done; negative: error. */
int db_step(struct db_stmt *st);
/* Text is borrowed until the next step or reset, and NUL-terminated. */
void db_column(struct db_stmt *st, int at, struct awm_value *ret);
int64_t db_column_int(struct db_stmt *st, int at);
const char *db_column_text(struct db_stmt *st, int at); /* NULL for null */
int db_column_count(struct db_stmt *st);
const char *db_column_name(struct db_stmt *st, int at);
void db_reset(struct db_stmt *st);

static inline void db_resetp(struct db_stmt **st)
{
	if (*st)
		db_reset(*st);
}
#define _cleanup_stmt_ _cleanup_(db_resetp)

/*
 * Conveniences over the above. `types` describes the arguments that follow,
 * one letter each: i int64_t, t const char * (NULL: null), r double, v const
 * struct awm_value *. db_run() steps to the end and ignores rows; db_get()
 * reads the first row's first column: text is copied into the arena, and no
 * row is AWM_NOT_FOUND with a message that the caller should replace.
 */
int db_run(struct db *db, const char *sql, const char *types, ...);
struct arena;
int db_get(struct db *db, struct arena *a, struct awm_value *ret,
	   const char *sql, const char *types, ...);
/* Prepares, binds, and leaves the statement ready to step. */
int db_query(struct db *db, struct db_stmt **ret, const char *sql,
	     const char *types, ...);

/* Runs a script of several statements (migrations). */
int db_script(struct db *db, const char *sql);

/* The id of the row that the last INSERT made, which was of one row of a table
 * with an integer key. (RETURNING would say it too, but SQLite then keeps the
 * pages that the statement touches, to be able to take it back: four times
 * the cost for a table of many indexes.) */
int64_t db_inserted(struct db *db);
/* Rows that the last INSERT, UPDATE or DELETE touched. */
int64_t db_changes(struct db *db);

/*
 * A write transaction, as a closure. Waits in the writers' queue (a flock on
 * "<file>-lock", kept for the whole transaction), begins IMMEDIATE, calls fn,
 * commits if it returned 0, and otherwise rolls back and returns what fn did.
 * Inside another db_write() fn joins that transaction. After a commit that
 * left more than DB_WAL_PAGES in the log, a checkpoint that waits for nobody
 * truncates it under the same lock.
 */
#define DB_WAL_PAGES 100 /* below half a megabyte: recovery stays cheap */
typedef int db_fn(struct db *db, void *arg);
int db_write(struct db *db, db_fn *fn, void *arg);
/* A part of a write that may fail alone: inside db_write() what fn did is
 * undone when it returns an error, and the rest may go on (a savepoint).
 * Elsewhere it is db_write(). When a db_write() that had joined fails instead,
 * after it changed rows, the whole transaction can only be rolled back. */
int db_part(struct db *db, db_fn *fn, void *arg);
/* One consistent snapshot over several reads. */
int db_read(struct db *db, db_fn *fn, void *arg);
bool db_in_write(const struct db *db);

/* Whether a write transaction ends in rollback though fn succeeded
 * (--dry-run). */
void db_set_dry_run(struct db *db, bool on);
bool db_in_dry_run(const struct db *db);

/* Makes the running statement fail with AWM_INTERRUPTED. Safe in a signal
 * handler. */
void db_interrupt(struct db *db);

/* Room for bulk work, up to a quarter of a gigabyte: rows that come in any
 * order then find the pages of their indexes in memory, instead of writing the
 * same ones again and again. Never fails the caller. */
void db_bulk(struct db *db, bool on);

/* Truncates the log; after bulk work. Never fails the caller. */
void db_checkpoint(struct db *db);

/* Copies the whole database, consistently, to a new file (0600), which must
 * not exist (AWM_CONFLICT). */
int db_backup(struct db *db, const char *path);

/* Replaces everything in this database with the content of the file at `path`
 * (checked by the caller to be one of ours), as one write: other processes see
 * the old rows or the new. */
int db_restore(struct db *db, const char *path);

/* The engine's own integrity and foreign-key checks: calls `problem` with a
 * line for each finding; 0 when the check ran, whatever it found. */
int db_integrity(struct db *db, void (*problem)(void *ctx, const char *line),
		 void *ctx);

#endif
