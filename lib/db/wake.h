/* SPDX-License-Identifier: MIT */
#ifndef DB_WAKE_H
#define DB_WAKE_H

#include "db/db.h"

/*
 * Learning that another connection, of whatever process, has committed. The
 * kernel tells when the file or its log is written to; whether that was a
 * commit is then asked of the engine. Where the kernel does not tell, asking
 * from time to time has to do.
 */
struct db_wake;

/* What is committed from here on is told of. *ret is owned; it must be closed
 * before the connection. */
int db_wake_open(struct db *db, struct db_wake **ret);
void db_wake_close(struct db_wake *w);

/* Readable when db_wake_check() should be called; -1: there is none. */
int db_wake_fd(const struct db_wake *w);
/* In so many milliseconds it should be called anyhow. */
int db_wake_timeout(const struct db_wake *w);

/* *ret: whether anything was committed since the last call. AWM_DATABASE when
 * the file is not the one that has the name any more. */
int db_wake_check(struct db_wake *w, bool *ret);

#endif
