/* SPDX-License-Identifier: MIT */
#ifndef AWM_DATABASE_H
#define AWM_DATABASE_H

#include <awm/query.h>

/* Looking after the database. Open the session with any_version, no_actor. */

struct awm_migration_info {
	int from, to;	    /* versions before and after */
	int steps;	    /* applied; others may have done some between */
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

/* Rows check, state ("ok", "problem" or "not checked"), detail: integrity,
 * foreign keys, derived columns, search index, secrets. AWM_INVALID at the end
 * when there was a problem. */
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

struct awm_secret_info {
	int64_t secrets;     /* in this database */
	int64_t opens;	     /* those that keys of this machine sealed */
	const char *problem; /* why there is no key, or NULL; as long as the
				session */
};

/* Rows key (its id), state, secrets, opens: the keys of this machine, "current"
 * and "old", and those that it lacks, "missing"; a key of null has no envelopes
 * that say which, "malformed". Nobody is asked for a passphrase. */
AWM_EXPORT int awm_db_secrets(struct awm_session *s, awm_row_fn *fn, void *ctx,
			      struct awm_secret_info *ret);

struct awm_rekey_opts {
	bool to_passphrase;	/* the key file is to have one, */
	bool to_file;		/* or none; neither: as it is */
	const char *passphrase; /* the new one; NULL: from where passphrases
				   come from. Borrowed; the caller wipes it */
	bool forget; /* the old keys, when nothing here needs them any more */
};

struct awm_rekey_info {
	const char *key; /* id of the new key; of the current one in a dry run,
			    NULL when that found none. In the pool */
	int64_t secrets; /* in this database */
	int64_t sealed;	 /* that were sealed anew, or would be */
	int64_t old;	 /* keys that the file keeps beside it */
	bool passphrase; /* whether the file has one */
};

/*
 * Makes a new key and seals every secret of the database with it, a few rows
 * at a time. The old key stays in the file, for what is not sealed yet, for
 * other databases and for backups. Where secrets are left that an old key
 * sealed, because a run was interrupted or another database was rekeyed, these
 * are sealed and no key is made, unless the passphrase is to change.
 *
 * It takes an admin. AWM_DENIED, and nothing is changed, when a secret does not
 * open: the key is missing or another, or the passphrase is wrong; AWM_CONFLICT
 * when two change one key file at once.
 */
AWM_EXPORT int awm_db_rekey(struct awm_session *s,
			    const struct awm_rekey_opts *opts,
			    struct awm_pool *pool, struct awm_rekey_info *ret);

/* Demo data of a small team. Rows already seeded are left alone. Calls fn
 * with table and count of rows added. */
AWM_EXPORT int awm_db_seed(struct awm_session *s, awm_row_fn *fn, void *ctx);

#endif
