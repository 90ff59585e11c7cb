/* SPDX-License-Identifier: MIT */
#ifndef DB_OPS_H
#define DB_OPS_H

#include "db/db.h"

/*
 * What an engine is. `c` is its connection, `st` one of its statements; both
 * are its own business. Functions that return int set the error themselves.
 * db.c keeps the contract of db.h on top: nesting, the statement cache, the
 * closures. So an engine sees begin, then commit or rollback, never two begins.
 */
struct db_ops {
	const char *name;

	int (*open)(const struct db_open_opts *opts, void **ret);
	void (*close)(void *c);

	int (*identify)(void *c, struct db_identity *ret);
	int (*set_identity)(void *c, int32_t application_id,
			    int32_t user_version);

	int (*prepare)(void *c, const char *sql, void **ret_st);
	void (*finalize)(void *c, void *st);
	int (*bind)(void *c, void *st, int at, const struct awm_value *v);
	int (*step)(void *c, void *st);
	/* Whether it has been stepped and has not come to its end. */
	bool (*running)(void *c, void *st);
	const char *(*sql)(void *c, void *st);
	void (*reset)(void *c, void *st); /* and clears the bindings */

	void (*column)(void *c, void *st, int at, struct awm_value *ret);
	const char *(*column_text)(void *c, void *st, int at);
	int (*column_count)(void *c, void *st);
	const char *(*column_name)(void *c, void *st, int at);

	int (*script)(void *c, const char *sql);
	/* A write waits in the writers' queue; a failed begin holds nothing. */
	int (*begin)(void *c, bool write);
	/* A failed commit is followed by rollback. */
	int (*commit)(void *c);
	/* Leaves the error object alone. */
	void (*rollback)(void *c);

	int64_t (*inserted)(void *c);
	int64_t (*changes)(void *c);
	/* Rows changed since the connection was opened. */
	int64_t (*changes_total)(void *c);
	void (*interrupt)(void *c);
	void (*checkpoint)(void *c);
	void (*bulk)(void *c, bool on);
	int (*backup)(void *c, const char *path);
	int (*restore)(void *c, const char *path);
	int (*integrity)(void *c, void (*problem)(void *ctx, const char *line),
			 void *ctx);
};

extern const struct db_ops sqlite_ops;

/*
 * Wrappers: a copy of the table with some functions replaced, so that a
 * program without the variable pays nothing. One engine for each process.
 */

/* AWM_TRACE=sql: every execution of a statement, as one line
 * "sql: <text>" on standard error. A script is one line. */
const struct db_ops *trace_wrap(const struct db_ops *ops);

/* AWM_FAULT=db:N: the N-th call into the engine fails with AWM_DATABASE
 * "injected fault"; nomem:N: with AWM_NOMEM. Counts for the whole process. */
const struct db_ops *fault_wrap(const struct db_ops *ops);

#endif
