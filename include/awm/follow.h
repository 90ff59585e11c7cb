/* SPDX-License-Identifier: MIT */
#ifndef AWM_FOLLOW_H
#define AWM_FOLLOW_H

#include <awm/query.h>

/*
 * New rows as they are committed, by any process: activities, each once and
 * in the order in which they came to be. Nothing is asked of the database
 * while nobody writes to it but, once a second, whether that is still so.
 *
 *	awm_follow_open(s, &query, &f);
 *	for (;;) {
 *		poll(awm_follow_fd(f), awm_follow_timeout(f));
 *		awm_follow_read(f, print, NULL);
 *	}
 */
struct awm_follow;

/* From now on; conditions and fields are those of the query, which is
 * borrowed, the rest of it does not count. The id must be among the fields.
 * *ret is owned; close it before the session. */
AWM_EXPORT int awm_follow_open(struct awm_session *s,
			       const struct awm_query *query,
			       struct awm_follow **ret);
AWM_EXPORT void awm_follow_close(struct awm_follow *f);

/* The id of the newest row that was there already, or was told of. */
AWM_EXPORT int64_t awm_follow_last(const struct awm_follow *f);

/* A descriptor that is readable when there may be something; -1: none. */
AWM_EXPORT int awm_follow_fd(const struct awm_follow *f);
/* So many milliseconds from now awm_follow_read() is due anyhow. */
AWM_EXPORT int awm_follow_timeout(const struct awm_follow *f);

/* Calls fn with each new row; no statement is open meanwhile, so that a slow
 * fn holds nobody up. Anything but 0 from fn stops and is returned.
 * AWM_DATABASE when the database was moved or replaced. */
AWM_EXPORT int awm_follow_read(struct awm_follow *f, awm_row_fn *fn, void *ctx);

#endif
