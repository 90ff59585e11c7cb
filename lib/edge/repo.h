/* SPDX-License-Identifier: MIT */
#ifndef EDGE_REPO_H
#define EDGE_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Git repositories, read through libgit2 in the module awm-git.so. Plain C
 * types only cross; the module calls nothing of the program. Functions return
 * 0 or a negative enum awm_err, with the message in repo_error.
 */

#define REPO_ABI 2

struct repo; /* the module's */

struct repo_error {
	char message[512];
	char hint[512];
};

/* Borrowed until the callback returns. Text is UTF-8: a message in another
 * declared encoding is converted, invalid bytes become U+FFFD. */
struct repo_commit {
	const char *sha;     /* full hex */
	const char *message; /* whole, as git log --format=%B gives it */
	const char *author;  /* "Name <mail>", of the author */
	int64_t time;	     /* committer, seconds since the epoch */
	int offset;	     /* committer, minutes east of UTC */
	unsigned parents;    /* how many */
	bool on_default;     /* history() only: a default branch reaches it */
};

/* 0 goes on; anything else stops the walk and is returned by it. */
typedef int repo_commit_fn(void *ctx, const struct repo_commit *commit);

/* A reference and the commit that it leads to. Borrowed. */
typedef int repo_tip_fn(void *ctx, const char *ref, const char *sha);

/* What history() visits. Hashes are full. */
struct repo_history {
	const char *const *from; /* all that these reach */
	size_t nfrom;
	const char *const *known; /* but not what these do; those that the
				     repository does not have are ignored */
	size_t nknown;
	int64_t since; /* seconds since the epoch: nothing older */
};

struct repo_ops {
	unsigned abi;

	/* Finds the repository of a folder, upwards, as git does; honours
	 * GIT_DIR. AWM_NOT_FOUND when there is none; AWM_DENIED for one that
	 * safe.directory refuses; AWM_ERROR with advice for an object format
	 * that libgit2 cannot read. */
	int (*open)(const char *folder, struct repo **ret,
		    struct repo_error *err);
	void (*close)(struct repo *repo);

	/* Calls fn for each commit that the specs name, oldest first, each
	 * once. A spec is one of
	 *
	 *	rev	that single commit: "HEAD", "v1.0", "ab12cd"
	 *	a..b	what b reaches and a does not; a side that is left out
	 *		is HEAD, so "..b" is HEAD..b
	 *	a...b	what one of them reaches and not both
	 *	*	all that HEAD and every ref reach
	 *	^rev	leaves out what rev reaches, from all the others
	 *
	 * Several specs are a union. No specs, or only "^rev": all that HEAD
	 * reaches; nothing when HEAD has no commit yet. An unknown revision is
	 * AWM_NOT_FOUND and no commit is visited. */
	int (*walk)(struct repo *repo, const char *const *specs, size_t n,
		    repo_commit_fn *fn, void *ctx, struct repo_error *err);

	/* Calls fn for each commit of a history, once, the newest first as far
	 * as clocks are right: each object is read once, and none is kept.
	 * Where clocks are wrong a few of what is known may be visited again.
	 */
	int (*history)(struct repo *repo, const struct repo_history *what,
		       repo_commit_fn *fn, void *ctx, struct repo_error *err);

	/* One commit by its full hash; AWM_NOT_FOUND. */
	int (*read)(struct repo *repo, const char *sha, repo_commit_fn *fn,
		    void *ctx, struct repo_error *err);

	/* HEAD, unless it has no commit yet, and with `all` every reference
	 * that leads to a commit. */
	int (*tips)(struct repo *repo, bool all, repo_tip_fn *fn, void *ctx,
		    struct repo_error *err);

	/* Whether a default branch, here or as the remote had it last, is the
	 * commit or reaches it. The default branch is the one that
	 * awm.defaultBranch names, or the remote's HEAD, init.defaultBranch,
	 * main, master. */
	int (*on_default)(struct repo *repo, const char *sha, bool *ret,
			  struct repo_error *err);

	/* The URL of the remote to show commits at: the current branch's
	 * upstream remote, else origin, else the only one; with insteadOf
	 * applied. "" when there is none. Owned by the repo. */
	int (*remote_url)(struct repo *repo, const char **ret,
			  struct repo_error *err);

	/* A string from the repository's configuration, "" when unset. Owned
	 * by the repo until the next call. */
	int (*config)(struct repo *repo, const char *key, const char **ret,
		      struct repo_error *err);

	/* The current branch's short name, "" when detached or unborn. */
	int (*branch)(struct repo *repo, const char **ret,
		      struct repo_error *err);

	/* The work tree's folder, or the git folder of a bare one. */
	const char *(*folder)(struct repo *repo);

	/* The git folder that all work trees of the repository share. */
	const char *(*common)(struct repo *repo);

	/* What tells where the history of a shallow clone ends, "" of a whole
	 * one: it is another one after a deeper fetch. Owned by the repo. */
	int (*boundary)(struct repo *repo, const char **ret,
			struct repo_error *err);
};

/* Loads the module. *ret is constant and never freed. Errors go to err.h. */
int repo_ops(const struct repo_ops **ret);

#endif
