/* SPDX-License-Identifier: MIT */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

/*
 * Migrations: numbered SQL files of sql/migrations/<engine>/, embedded at
 * build time in the order of their numbers, 1, 2, 3 … without a gap. The
 * table schema_migrations records each (version, name, checksum, appliedAt);
 * user_version holds the newest number; both change in the step's own
 * transaction.
 */
struct migration {
	int version;
	const char *name; /* "0001_core" */
	const char *sql;
	const char *checksum; /* sha256 of the file, hex */
};

/* The embedded list for an engine, and its length. */
const struct migration *migration_list(const char *engine, size_t *ret_n);

enum migrate_state {
	MIGRATE_CURRENT,
	MIGRATE_EMPTY,	/* a new file */
	MIGRATE_OLDER,	/* steps are pending */
	MIGRATE_NEWER,	/* made by a newer program */
	MIGRATE_FOREIGN /* some other program's database */
};

/* Reads only what db_identify() reads: cheap enough for every start. */
int migrate_state(struct db *db, enum migrate_state *ret,
		  struct db_identity *ret_id);

/* 0 when the database can be used; otherwise AWM_DATABASE with the command
 * that helps in the hint ('awm db migrate' for an older one). */
int migrate_require_current(struct db *db);

struct migrate_report {
	int from, to;	    /* versions before and after what this call did */
	int steps;	    /* that it did: others may have done some between */
	const char *backup; /* arena; NULL when none was made */
};

/* Applies what is pending up to `to` (0: the newest), each step in one write
 * transaction that looks at the version again after it has the lock, so that
 * 20 racing processes apply each step once. A new file gets all of them in one
 * transaction: no other process sees it half made. An existing, non-empty
 * database is backed up first to "<file>.v<N>.<time>.bak". Refuses newer and
 * foreign files untouched, and files whose applied checksums differ from ours.
 * Going down is not supported: `to` below the current version is AWM_USAGE. */
int migrate_up(struct db *db, int to, struct arena *a,
	       struct migrate_report *ret);

/* Compares the checksums of the applied steps with the embedded ones. */
int migrate_verify(struct db *db);

/* The same with a list of one's own; for tests. */
int migrate_up_list(struct db *db, const struct migration *list, size_t n,
		    int to, struct arena *a, struct migrate_report *ret);
int migrate_verify_list(struct db *db, const struct migration *list, size_t n);

#endif
