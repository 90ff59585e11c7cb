/* SPDX-License-Identifier: MIT */
#ifndef AWM_UNDO_H
#define AWM_UNDO_H

#include <awm/query.h>

/*
 * Taking back what was done. Everything that one transaction of a user's
 * recorded is one change: the tasks of one import, all rows of one edit. To
 * take it back is a change too, of kind "undo", which can be taken back itself
 * ("redo"); so nothing is ever lost on the way.
 *
 * Columns get the values that they had; rows that were made are deleted
 * (softly where rows can be), rows that were deleted are back. All of it
 * passes the one place of all writes: roles, rules, sums, search index and
 * activities follow. AWM_CONFLICT: a column that the change had set holds
 * another value now, since somebody changed it later. AWM_INVALID: what cannot
 * be taken back, such as what was deleted for good, users, runs of AI.
 * AWM_NOT_FOUND: the acting user has nothing to take back.
 *
 * The record says what was done: id and kind of the new change, undoes (the
 * one that it takes back), madeAt (when that one was made), rows (how many
 * activities it had), and of what was done first: change (its number),
 * taskIds, what (in words).
 */

/* change 0: the last one of the acting user's that stands and is no undo or
 * redo. Otherwise this one, which must be the acting user's; of an undo it is
 * awm_redo(). */
AWM_EXPORT int awm_undo(struct awm_session *s, int64_t change,
			struct awm_pool *pool, struct awm_record **ret);
/* Takes back the acting user's last undo, unless something else was changed
 * since. */
AWM_EXPORT int awm_redo(struct awm_session *s, struct awm_pool *pool,
			struct awm_record **ret);

/* The acting user's changes, the newest first; limit 0: all. Rows have id,
 * kind, undoes, undone, rows, what, createdAt. */
AWM_EXPORT int awm_change_list(struct awm_session *s, int64_t limit,
			       awm_row_fn *fn, void *ctx);

#endif
