/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SESSION_H
#define DOMAIN_SESSION_H

#include <awm/session.h>
#include <signal.h>

#include "base/mem.h"
#include "db/db.h"

/* What acts in the name of the acting user; 0: nothing does. */
struct automation_mark {
	int64_t id, run;
};

struct awm_session {
	struct db *db;
	const struct awm_config *config; /* borrowed */
	struct awm_actor actor;
	int64_t now;
	char *folder; /* absolute; where discovery starts */
	bool acting;  /* the actor is known */
	bool dry_run;
	bool bootstrap; /* the first user is being made: no role yet */
	bool quiet;	/* demo data: nobody is told, or begins to watch */
	int64_t change; /* row of "changes" of the transaction under way;
			   0: nothing is recorded yet */
	int64_t undoes; /* the change that is being taken back, or 0 */
	bool redo;	/* and it is an undo */
	int64_t swept;	/* the instant that claims were last looked at */
	bool chore;	/* what is recorded now, nobody asked for: it is part
			   of no change */
	/* Rows come from elsewhere, with times of their own. */
	bool importing;
	/* What happens is recorded, and no automation or webhook hears of it.
	 */
	bool no_events;
	/* The activity that was recorded last; 0: none yet. */
	int64_t last_activity;
	/* What awm_session_interrupt() reaches beside the database. */
	volatile sig_atomic_t stop;
	int wake; /* an eventfd of who waits for other things; 0: none */
	unsigned listeners; /* of events, in this transaction; 0: not known */
	bool due;	    /* it queued a delivery */
	bool background;    /* this program may be left behind for it */
	int depth;	    /* automations that led to what is done now */
	struct automation_mark automation;
	int64_t activity_floor; /* new ones get a higher id; 0: any */
	struct vault *vault;	/* once a secret was asked for; secret.h */
	awm_passphrase_fn *ask;
	void *ask_ctx;
	int passphrase_fd; /* of AWM_PASSPHRASE_FD, or -1 */
	char *passphrase;  /* what was read from it, or NULL */
	size_t passphrase_len;
	struct arena arena; /* lives as long as the session */
};

/* Before a new database is made: whether who acts may be its first user.
 * AWM_DENIED for an id, which nobody has there. */
int actor_may_begin(struct awm_session *s, const struct awm_session_opts *opts);
/* Finds or makes the acting user; actor.c. */
int actor_find(struct awm_session *s, const struct awm_session_opts *opts);

/*
 * Roles, from weakest to strongest. A local file cannot stop its owner; this
 * guards against mistakes, and on a server it is the rule.
 */
enum role { ROLE_VIEWER, ROLE_MEMBER, ROLE_ADMIN };

enum role role_of(const struct awm_session *s);
/* AWM_DENIED, naming what was tried, when the acting user's role is below. */
int role_require(const struct awm_session *s, enum role role, const char *what);

#endif
