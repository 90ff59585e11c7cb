/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_LINK_H
#define DOMAIN_LINK_H

#include <awm/git.h>

#include "base/buf.h"
#include "domain/reference.h"
#include "domain/session.h"
#include "edge/repo.h"

/* Linking, as link.c, scan.c, closing.c and rewrite.c share it. */

/* A commit that names a task, kept until its link has been written. */
struct link {
	int64_t task;
	bool closes;
	bool on_default; /* of a scan, which knows it without a look */
	const char *sha;
	const char *json; /* the GitCommit */
	const char *subject;
	const char *author;
	const char *timestamp;
	const char *url;
	const char *state;
	size_t at; /* place in the walk: oldest first */
};

enum complete_on { COMPLETE_ON_MERGE, COMPLETE_ON_COMMIT, COMPLETE_NEVER };

struct linker {
	struct awm_session *session;
	const struct repo_ops *ops;
	struct repo *repo;
	struct repo_error error;
	struct arena arena;
	struct buf links; /* of struct link */
	int64_t task;	  /* for every commit; 0: those it names */
	const char *remote, *forge, *pattern;
	enum complete_on complete_on;
	bool settle; /* closings as well; a merge wants it */
	struct awm_git_report report;
};

/* Finds the repository and reads the settings. Close it also after errors. */
int link_open(struct linker *k, const char *folder);
void link_close(struct linker *k);
/* The error of a call of the repository; a callback's own stands already. */
int link_failed(struct linker *k, int rc);
/* The texts of a commit's link, in the arena; task and place are left. */
int link_fill(struct linker *k, const struct repo_commit *c, struct arena *a,
	      struct link *ret);
/* Keeps a link for each reference of the commit. A repo_commit_fn. */
int link_visit(void *linker, const struct repo_commit *c);
/* Writes links of one task, inside a transaction; sets their states. */
int link_task(struct linker *k, struct link *first, size_t count);
/* Sorts links by task and writes them, in a transaction. */
int link_apply(struct linker *k, struct link *links, size_t n);
/* awm_git_link(); with `settle`, also completes what waits for its commit to
 * be on the default branch. */
int link_commits(struct awm_session *s, const char *folder,
		 const char *const *specs, size_t n, int64_t task, bool settle,
		 awm_row_fn *fn, void *ctx, struct awm_git_report *ret);
int link_tell(const struct link *l, awm_row_fn *fn, void *ctx);

/* closing.c: what a link that was just made does to its task. */
int closing_apply(struct linker *k, struct link *l);
/* Completes what waits for its commit to be on the default branch. Rows of
 * what was completed are added to k->links. */
int closing_settle(struct linker *k);

#endif
