/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_UNDO_H
#define DOMAIN_UNDO_H

#include <awm/undo.h>

#include "base/mem.h"
#include "domain/session.h"

/*
 * What one transaction of a user's did is a change: a row of its own, made
 * when the first activity is recorded, which all of them refer to. undo.c
 * finds the change that is to be taken back, undo_row.c takes back what one
 * of its activities tells.
 */

/* The change that an activity recorded now belongs to; null while nobody acts
 * (the first user of a database, who makes itself) and for chores. */
int undo_change(struct awm_session *s, struct awm_value *ret);

/* What the activities of an undo say of it, as members of their metadata. */
struct jsonw;
void undo_mark(const struct awm_session *s, struct jsonw *w);

/* One activity of the change that is taken back. */
struct undo_step {
	struct awm_session *s;
	int64_t activity;
	int64_t made_at; /* when the change was made */
	bool restores;	 /* it is of an undo: what that deleted can be back */
	bool with_tasks; /* the change has to do with tasks as well */
};

/* AWM_CONFLICT, AWM_INVALID as of awm_undo(). Either all of it or nothing. */
int undo_activity(const struct undo_step *step);

#endif
