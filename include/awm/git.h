/* SPDX-License-Identifier: MIT */
#ifndef AWM_GIT_H
#define AWM_GIT_H

#include <awm/write.h>

/*
 * Commits of git repositories and the tasks that they name. A task keeps its
 * commits itself, so a repository is needed to find them only.
 *
 * A commit whose message closes a task ("fixes awm#12", "AWM-Close: 12")
 * completes it as git.completeOn says: once the commit is on the default
 * branch, as soon as it is linked, or never. What may not be completed (it is
 * blocked, or has open subtasks) is linked all the same, and counted.
 */

struct awm_git_report {
	int64_t commits;   /* read */
	int64_t naming;	   /* that name at least one task */
	int64_t linked;	   /* new links */
	int64_t unknown;   /* references to tasks that are not here */
	int64_t completed; /* tasks */
	int64_t refused;   /* that may not be completed yet */
	int64_t total;	   /* links that a scan found, new or not */
	int64_t done;	   /* of these: written, or seen to stand */
};

/* One link as it was made or already stood. Borrowed. The record has the
 * fields task, sha, subject, author, timestamp, url, state ("linked",
 * "completed" when its task is done with it, in a dry run "would link" and
 * "would complete"; "present", "unknown"). */

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

struct awm_git_scan {
	bool all;   /* what every reference reaches; else HEAD alone */
	bool again; /* also what earlier scans have read */
	bool since_set;
	int64_t since; /* milliseconds: nothing committed before */
	/* How far it is, some times a second at most; may be NULL. */
	void (*progress)(void *ctx, const struct awm_git_report *report);
	void *progress_ctx;
};

/*
 * Links a whole history. What was read is remembered, so that the next scan
 * reads what is new only; links are written in transactions of some thousand,
 * and one that was interrupted goes on where it stopped. fn (may be NULL) is
 * called for each new link and each completed task, after their transaction.
 * Errors as of awm_git_link().
 */
AWM_EXPORT int awm_git_scan(struct awm_session *s, const char *folder,
			    const struct awm_git_scan *what, awm_row_fn *fn,
			    void *ctx, struct awm_git_report *ret);

/* Takes commits (hashes, or the first 4 digits of one and more) from a task.
 * AWM_NOT_FOUND for one that the task has not, AWM_CONFLICT for several. */
AWM_EXPORT int awm_git_unlink(struct awm_session *s, int64_t task,
			      const char *const *shas, size_t n,
			      struct awm_pool *pool, struct awm_record **ret);

/* The commits of a task, the newest first. Rows sha, subject, author,
 * timestamp, url, message. */
AWM_EXPORT int awm_git_log(struct awm_session *s, int64_t task, awm_row_fn *fn,
			   void *ctx);

/* AWM_INVALID for the first of the tasks that has no commit. */
AWM_EXPORT int awm_git_require(struct awm_session *s, const int64_t *tasks,
			       size_t n);

struct awm_git_verdict {
	int64_t links;	   /* looked at */
	int64_t broken;	   /* of these */
	int64_t elsewhere; /* left aside: of other repositories, as their
			      address tells */
};

/*
 * Whether each commit that is linked with the tasks (n 0: with any) is in the
 * repository of `folder`, names the task, and is reached by a reference. fn is
 * called for each that is not so: rows task, sha, subject, problem ("missing",
 * "unreachable", "names no such task").
 */
AWM_EXPORT int awm_git_verify(struct awm_session *s, const char *folder,
			      const int64_t *tasks, size_t n, awm_row_fn *fn,
			      void *ctx, struct awm_git_verdict *ret);

/*
 * Switches the repository of the current folder to the branch of a task: the
 * one whose name carries it, or else a new one, "task/12-short-title". The git
 * program does it, so its hooks and filters run. The record has the fields
 * task, branch, state ("created", "switched"; with a dry run "would …").
 * AWM_NOT_FOUND: no task or repository; AWM_ERROR with what git says when it
 * refuses.
 */
AWM_EXPORT int awm_git_branch(struct awm_session *s, int64_t task,
			      awm_row_fn *fn, void *ctx);

#endif
