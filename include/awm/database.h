/* SPDX-License-Identifier: MIT */
#ifndef AWM_DATABASE_H
#define AWM_DATABASE_H

#include <awm/query.h>

/* Looking after the database. Open the session with any_version, no_actor. */

struct awm_migration_info {
	int from, to;	    /* versions before and after */
	int newest;	    /* that this program knows */
	const char *backup; /* path of the copy made before, or NULL */
	int amiss;	    /* that awm_db_status() found neither applied as
			       this program has them, nor pending */
};

/* Applies pending migrations up to `to` (0: newest). Rolled back at the end,
 * step by step, in a dry run. */
AWM_EXPORT int awm_db_migrate(struct awm_session *s, int to,
			      struct awm_pool *pool,
			      struct awm_migration_info *ret);

/* Rows version, name, state (applied, pending; changed: applied in another
 * form than this program's; missing: not recorded), appliedAt. */
AWM_EXPORT int awm_db_status(struct awm_session *s, awm_row_fn *fn, void *ctx,
			     struct awm_migration_info *ret);

/* The SQL that takes this database to the field tables: missing tables,
 * columns, indexes. *ret is "" when there is no drift. */
AWM_EXPORT int awm_db_generate(struct awm_session *s, struct awm_pool *pool,
			       const char **ret);

/* Rows check, state ("ok" or "problem"), detail: integrity, foreign keys,
 * derived columns, search index. AWM_INVALID at the end when there was a
 * problem. */
AWM_EXPORT int awm_db_check(struct awm_session *s, awm_row_fn *fn, void *ctx);

/* To a new file. */
AWM_EXPORT int awm_db_backup(struct awm_session *s, const char *path);

/* AWM_INVALID when the file at `path` is the database at `db` itself; the two
 * below refuse that, too. For asking before a person is asked. */
AWM_EXPORT int awm_db_restorable(const char *db, const char *path);

/* Replaces the session's database with a copy of `path`, after checking that
 * it is one of ours and sound; what was there is kept beside it as a backup,
 * whose path is returned in the pool. */
AWM_EXPORT int awm_db_restore(struct awm_session *s, const char *path,
			      struct awm_pool *pool, const char **ret_backup);

/* The same where the database is missing or cannot be opened: what is there
 * is moved aside, with its log, as it is. There is nobody to ask for a role. */
AWM_EXPORT int awm_db_replace(const struct awm_session_opts *opts,
			      const char *path, struct awm_pool *pool,
			      const char **ret_backup);

/* Demo data of a small team. Rows already seeded are left alone. Calls fn
 * with table and count of rows added. */
AWM_EXPORT int awm_db_seed(struct awm_session *s, awm_row_fn *fn, void *ctx);

#endif
