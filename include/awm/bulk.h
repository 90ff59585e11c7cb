/* SPDX-License-Identifier: MIT */
#ifndef AWM_BULK_H
#define AWM_BULK_H

#include <awm/write.h>

/*
 * Many tasks from JSON, and tasks that are added once however often they are
 * asked for.
 */

/* The project "Inbox" of tasks that belong nowhere yet, made when there is
 * none. */
AWM_EXPORT int awm_inbox(struct awm_session *s, int64_t *ret_id);

/*
 * awm_add() of a task under a key of the caller's: when a task was added under
 * this key before, deleted ones included, that one is returned, *ret_made is
 * false, and nothing is written. Processes that race for a key get the same
 * task. A key is a name: 1 to 1,000 characters on one line.
 */
AWM_EXPORT int awm_task_add_once(struct awm_session *s, const char *key,
				 const struct awm_set *sets, size_t n,
				 struct awm_pool *pool, struct awm_record **ret,
				 bool *ret_made);
/* The task that was added under the key; AWM_NOT_FOUND. */
AWM_EXPORT int awm_task_of_key(struct awm_session *s, const char *key,
			       int64_t *ret_id);

/*
 * Reads tasks from JSON objects, one after the other. Keys are the columns of
 * tasks, as the schema spells them, but those that awm counts itself; and
 *
 *	project		id or title of the project
 *	parent		id of the task that it is a part of, or the key of
 *			one that was added before
 *	assignee	id or email of a user, or me
 *	due, estimate, prompt
 *			for dueDate, estimatedMinutes, generatedPrompt
 *	blockedBy	ids or keys of the tasks that it waits for
 *	deferUntil	when it can be ready
 *	key		as of awm_task_add_once()
 *
 * Dates and durations are read as a person writes them, in the acting user's
 * zone. A key that is none of these is AWM_USAGE, with the nearest in the
 * hint. What a name stands for is looked up once: one reader serves one
 * transaction.
 */
struct awm_bulk;

struct awm_bulk_opts {
	int64_t project; /* of a task that names neither project nor parent;
			    0: the default one of the folder, or the inbox */
	const struct awm_set *sets; /* what a line does not say; borrowed */
	size_t nsets;
};

AWM_EXPORT int awm_bulk_new(struct awm_session *s,
			    const struct awm_bulk_opts *opts,
			    struct awm_bulk **ret);
AWM_EXPORT void awm_bulk_free(struct awm_bulk *bulk);
/* Adds the task that the text, a JSON object, describes. */
AWM_EXPORT int awm_bulk_add(struct awm_bulk *bulk, const char *json, size_t len,
			    int64_t *ret_id, bool *ret_made);

#endif
