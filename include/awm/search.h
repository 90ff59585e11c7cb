/* SPDX-License-Identifier: MIT */
#ifndef AWM_SEARCH_H
#define AWM_SEARCH_H

#include <awm/query.h>

/*
 * Full-text search over the titles and texts of projects, tasks, comments,
 * skills, templates and executions. The index is kept by the transaction that
 * changes a row.
 *
 * A query is words, all of which must be found, in any order: letters are the
 * same in either case and without their diacritics. "a phrase", a prefix*,
 * -without, either OR other, (groups), and the filters
 *
 *	type:task,comment    of these kinds
 *	status:todo,failed   projects, tasks and executions in these states
 *	project:NAME         of this project: it, its tasks, what belongs to
 *them assignee:me          tasks of this user (or none), what belongs to them
 *	tag:NAME             tasks (and what belongs to them), skills, templates
 *	after:DATE           changed on or after that day
 *	before:DATE          changed before it
 *
 * which hold for the whole query wherever they stand; of one filter given
 * several times, or with commas, any value will do. -filter:value leaves out.
 * Nothing that can be written is an error, but for a filter whose value nobody
 * knows (AWM_USAGE), a query without any word (AWM_USAGE), and one that is far
 * too long (AWM_USAGE).
 */

#define AWM_SEARCH_WORDS  200	/* words of a query */
#define AWM_SEARCH_BYTES  8192	/* length of a query */
#define AWM_SEARCH_RANKED 10000 /* rows that are ranked, the newest ones */

/* Around what was found in a snippet. No text of the index holds them. */
#define AWM_SEARCH_MARK	    "\002"
#define AWM_SEARCH_MARK_END "\003"

/* A filter, "status" and "todo", as in the text of a query; one value. */
struct awm_search_filter {
	const char *name;
	const char *value;
};

struct awm_search_query {
	const char *text; /* UTF-8 */
	bool plain;	  /* only words and filters: no quotes, OR, -, groups */
	const struct awm_search_filter *filters; /* besides those of the text */
	size_t nfilters;
	int64_t limit; /* 0: no limit */
	int64_t offset;
	bool deleted; /* what is deleted softly, instead of what is live */
	bool all;     /* both */
};

struct awm_search_result {
	int64_t rows; /* that fn was called with */
	bool capped;  /* more than AWM_SEARCH_RANKED rows fit */
	/* Nothing fits, but this query, which is spelt much alike, would; NULL.
	 * In the pool. */
	const char *suggestion;
};

/* Calls fn with each row that fits, the best first: entityType, entityId,
 * title (of the row, or of the task that it belongs to), snippet (a line of
 * what was found, with marks), score (the higher the better). Skills that the
 * acting user does not see are left out. */
AWM_EXPORT int awm_search(struct awm_session *s,
			  const struct awm_search_query *query, awm_row_fn *fn,
			  void *ctx, struct awm_pool *pool,
			  struct awm_search_result *ret);

struct awm_search_rebuilt {
	int64_t rows; /* of the index, now */
	int64_t added, changed, removed;
};

/* Makes the index anew from the rows: for a database that somebody else wrote
 * to. It takes a member. */
AWM_EXPORT int awm_search_rebuild(struct awm_session *s,
				  struct awm_search_rebuilt *ret);

#endif
