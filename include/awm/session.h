/* SPDX-License-Identifier: MIT */
#ifndef AWM_SESSION_H
#define AWM_SESSION_H

#include <awm/config.h>
#include <awm/entity.h>

/*
 * A session: one database, one acting user, one clock. Not shared between
 * threads, not carried across fork().
 */
struct awm_session;

/*
 * Asks a person for the passphrase of the key file: `what` names it, `twice`
 * is for a new one. Writes it, without a NUL, and returns its length, which is
 * at most `size`; or a negative enum awm_err with the error set, or 0 when
 * there is nobody to ask.
 */
typedef int awm_passphrase_fn(void *ctx, const char *what, bool twice,
			      char *ret, size_t size);

struct awm_session_opts {
	const char *db;	    /* --db; NULL: $AWM_DB, the nearest .awm/awm.db
			       upwards, $XDG_DATA_HOME/awm/awm.db */
	const char *as;	    /* --as; NULL: $AWM_USER, user.email, remembered */
	const char *folder; /* where discovery starts; NULL: the current one */
	int64_t wait_ms;    /* for other writers; 0: db.wait */
	bool dry_run;	    /* every write is rolled back at its end */
	bool any_version;   /* do not refuse an older schema (db commands) */
	bool no_create;	    /* a missing database is AWM_NOT_FOUND */
	bool no_actor;	    /* do not look for the acting user (db commands) */
	/* The caller is awm: after a commit that queued deliveries to webhooks
	 * it may run itself again, detached, to send them. */
	bool background;
	const struct awm_config *config; /* borrowed; must outlive */
	awm_passphrase_fn *passphrase;	 /* NULL: there is nobody to ask */
	void *passphrase_ctx;
};

/* Opens the database, making it at the newest schema if it is not there, and
 * finds the acting user. The first user of a new database becomes its admin.
 * AWM_DENIED for an unknown user, AWM_DATABASE for a file that cannot be used.
 * *ret is owned; close with awm_session_close(). */
AWM_EXPORT int awm_session_open(const struct awm_session_opts *opts,
				struct awm_session **ret);
AWM_EXPORT void awm_session_close(struct awm_session *s);

/* Where the database is, or would be made, and nothing opened. Owned.
 * AWM_DATABASE for what is no name of a file: postgres://… */
AWM_EXPORT int awm_session_locate(const struct awm_session_opts *opts,
				  char **ret_path);

AWM_EXPORT const char *awm_session_path(const struct awm_session *s);

struct awm_actor {
	int64_t id;
	const char *email;
	const char *name;
	const char *role;     /* admin, member, viewer */
	const char *timezone; /* IANA name */
};
AWM_EXPORT const struct awm_actor *awm_session_actor(struct awm_session *s);

/* The instant of this session: one clock for everything that a command
 * writes. Milliseconds. */
AWM_EXPORT int64_t awm_session_now(const struct awm_session *s);

/* The default project of the session's folder (awm project use, on the
 * repository's top or the folder itself or one above); 0 when there is none. */
AWM_EXPORT int awm_session_project(struct awm_session *s, int64_t *ret_id);
/* Remembers it; 0 forgets. */
AWM_EXPORT int awm_session_use_project(struct awm_session *s, int64_t id);

/* Safe in a signal handler: the statement under way ends with
 * AWM_INTERRUPTED and its transaction is rolled back. */
AWM_EXPORT void awm_session_interrupt(struct awm_session *s);

/*
 * Several writes as one: fn's writes are committed together if it returns 0,
 * and otherwise none of them. Every awm_ function that writes joins the
 * transaction it is called in.
 */
typedef int awm_fn(struct awm_session *s, void *ctx);
AWM_EXPORT int awm_transaction(struct awm_session *s, awm_fn *fn, void *ctx);

#endif
