/* SPDX-License-Identifier: MIT */
#ifndef CMD_THREAD_H
#define CMD_THREAD_H

#include "cmd/report.h"

/* Comments as people read them: each below what it answers, moved to the
 * right. */

/* How deep each comment of a listing in thread order is; a zeroed struct is at
 * its beginning. */
struct depths {
	const struct awm_record **items; /* what the last one answers, and it */
	size_t count;
};
int depths_next(struct run *r, struct depths *d, const struct awm_record *row,
		size_t *ret);

/* Whether the relation is one of comments. */
bool thread_is(const struct awm_relation *rel);
/* Writes the comments of a relation into rep->buf. */
int thread_put(struct report *rep, const struct awm_relation *rel);

/* For a table, gives the deleted comments of a task their place among the
 * others; other formats have those of awm_task_show(). */
int thread_places(struct run *r, struct awm_record *task);

/* Whether the column holds markdown, and that is to be rendered. */
bool thread_renders(const struct awm_record *row, size_t i);

#endif
