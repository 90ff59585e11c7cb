/* SPDX-License-Identifier: MIT */
#ifndef AWM_GIT_H
#define AWM_GIT_H

#include <awm/write.h>

struct awm_git_report {
	int64_t commits; /* read */
	int64_t naming;	 /* that name at least one task */
	int64_t linked;	 /* new links */
	int64_t unknown; /* references to tasks that are not here */
};

/* One link as it was made or already stood. Borrowed. The record has the
 * fields task, sha, subject, author, timestamp, url, state ("linked", in a
 * dry run "would link"; "present", "unknown"). */

/*
 * Links commits to tasks: reads those that the specs name (revisions and
 * ranges; none: HEAD) in the repository of `folder`, finds the tasks that each
 * message names, or takes `task` for all of them, and appends a GitCommit to
 * tasks.gitCommits, once per sha, in one transaction. fn (may be NULL) is
 * called for each link after the commit of the transaction. AWM_NOT_FOUND: no
 * repository, no such revision, or no such task when it was given.
 */
AWM_EXPORT int awm_git_link(struct awm_session *s, const char *folder,
			    const char *const *specs, size_t n, int64_t task,
			    awm_row_fn *fn, void *ctx,
			    struct awm_git_report *ret);

#endif
