/* SPDX-License-Identifier: MIT */
#ifndef AWM_NOTIFY_H
#define AWM_NOTIFY_H

#include <awm/query.h>

/*
 * Notifications: rows that tell one user of an assignment ("task.assigned"), a
 * mention ("comment.mention"), a change of a task they watch ("task.changed")
 * or a task of theirs that is due soon ("task.due"), or what an automation has
 * to say ("automation.notice"). All but the reminders are
 * written in the transaction of what they tell of. They are read with
 * awm_list(), whose own order is the specification's: those not read first,
 * then the newest; and deleted with awm_delete(). Everybody, whatever their
 * role, changes and deletes their own and nobody else's: AWM_DENIED.
 */

/* Read, or unread again. */
AWM_EXPORT int awm_notify_mark(struct awm_session *s, int64_t id, bool read,
			       struct awm_pool *pool, struct awm_record **ret);

#define AWM_NOTIFY_WITHIN 86400000 /* milliseconds: a day */

/*
 * Tells the assignees of open tasks that these are due: tasks of `user` (0: of
 * everybody, which takes a member) whose due date lies between the beginning
 * of the user's day and `within_ms` from now. Once for each task and due date.
 * Calls fn, which may be NULL, with each notification that was made; the record
 * is borrowed until it returns. Where there is nothing to tell nothing is
 * written, and no other writer waited for.
 */
AWM_EXPORT int awm_notify_remind(struct awm_session *s, int64_t user,
				 int64_t within_ms, awm_row_fn *fn, void *ctx);

#endif
