/* SPDX-License-Identifier: MIT */
#ifndef AWM_COMMENT_H
#define AWM_COMMENT_H

#include <awm/write.h>

/*
 * Comments of tasks. They are added and changed with awm_add() and awm_edit()
 * like any other row, and these rules hold on every path:
 *
 * - The author is the acting user; author and admins change, delete and
 *   restore it, and no one moves it to another task or thread.
 * - A reply is to a live comment of the same task; without a task it gets the
 *   one of its parent. The task must be live.
 * - `mentions` are the users named in the text by @email, @name or the part
 *   of the email before the @, without regard to case, where that means one
 *   user only. Code, and \@ in markdown, mention nobody, nor does a text of
 *   more than 256 KiB. Who is mentioned anew is notified.
 * - A changed text sets editedAt.
 */

/* Deletes softly: the replies stay, and so does its place. A comment that is
 * deleted (or live, for restore) already is left as it is. AWM_DENIED for
 * somebody else's. */
AWM_EXPORT int awm_comment_rm(struct awm_session *s, int64_t id,
			      struct awm_pool *pool, struct awm_record **ret);
AWM_EXPORT int awm_comment_restore(struct awm_session *s, int64_t id,
				   struct awm_pool *pool,
				   struct awm_record **ret);

/* Adds the acting user's reaction, or takes it away; either leaves what is so
 * already. `emoji` is one sign, such as "👍", or the name of one: +1, -1,
 * laugh, hooray, confused, heart, rocket, eyes, with or without colons.
 * AWM_USAGE for anything else. */
AWM_EXPORT int awm_comment_react(struct awm_session *s, int64_t id,
				 const char *emoji, bool on,
				 struct awm_pool *pool,
				 struct awm_record **ret);

enum awm_threads {
	AWM_THREADS_LIVE,   /* live comments only */
	AWM_THREADS_PLACES, /* and deleted ones with live ones below */
	AWM_THREADS_ALL	    /* and all other deleted ones */
};

/* Deleted or not; relations "task", "user", and "replies": those below it, in
 * the order of their threads, each with its user. Constant statements. */
AWM_EXPORT int awm_comment_show(struct awm_session *s, int64_t id,
				enum awm_threads which, struct awm_pool *pool,
				struct awm_record **ret);

/* The comments of a task, each before its replies, and the oldest first. One
 * statement; rows in the pool. */
AWM_EXPORT int awm_comment_threads(struct awm_session *s, int64_t task,
				   enum awm_threads which,
				   struct awm_pool *pool,
				   struct awm_relation *ret);

#endif
