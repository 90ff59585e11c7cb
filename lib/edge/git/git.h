/* SPDX-License-Identifier: MIT */
#ifndef EDGE_GIT_GIT_H
#define EDGE_GIT_GIT_H

#include <git2.h>
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awm/error.h"
#include "base/mem.h"
#include "edge/repo.h"

/*
 * The inside of awm-git.so: repositories through libgit2. Nothing of awm is
 * linked in; of its headers only constants, types and _cleanup_ are used. So
 * there is no err.h here: a function that can fail returns 0 or a negative
 * enum awm_err, with the message in the caller's repo_error, which may be NULL.
 *
 * What repo_ops offers begins with repo_ and is described in edge/repo.h.
 */
struct repo {
	git_repository *git;
	git_odb *odb;	    /* NULL until need_odb() */
	git_config *config; /* a snapshot; NULL until need_config() */
	char *folder;
	/* What the last call of the same kind returned. */
	char *url;
	char *value;
	char *branch;
	char *boundary;
};

/* For _cleanup_(). */
static inline void objectp(git_object **p)
{
	git_object_free(*p);
}

static inline void odb_objectp(git_odb_object **p)
{
	git_odb_object_free(*p);
}

static inline void referencep(git_reference **p)
{
	git_reference_free(*p);
}

static inline void walkp(git_revwalk **p)
{
	git_revwalk_free(*p);
}

/* --- error.c ------------------------------------------------------------- */

/* Sets the message and clears the hint. Returns -code. */
int fail(struct repo_error *err, enum awm_err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int nomem(struct repo_error *err);
/* "cannot WHAT 'NAME': " and libgit2's reason. */
int fail_git(struct repo_error *err, const char *what, const char *name);
/* What to do about the failure; after fail(). */
void hint(struct repo_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What libgit2 says about its last failure. */
const char *reason(void);

/* Frees *p and puts a copy of s there; NULL is "". */
int replace_string(char **p, const char *s, struct repo_error *err);

/* --- open.c -------------------------------------------------------------- */

int repo_open(const char *folder, struct repo **ret, struct repo_error *err);
void repo_close(struct repo *repo);
const char *repo_folder(struct repo *repo);
const char *repo_common(struct repo *repo);

/* --- shallow.c ----------------------------------------------------------- */

/* Opens repo->odb; that of a shallow clone gives the commits where its history
 * ends without parents. */
int need_odb(struct repo *repo, struct repo_error *err);
int repo_boundary(struct repo *repo, const char **ret, struct repo_error *err);

/* --- revision.c ---------------------------------------------------------- */

/* Finds the commit that a revision names; tags are followed. Wants the odb. */
int resolve(struct repo *repo, const char *spec, git_oid *ret,
	    struct repo_error *err);

/* --- spec.c -------------------------------------------------------------- */

enum spec_kind {
	SPEC_HIDE,	/* what a reaches is left out */
	SPEC_ONE,	/* b alone */
	SPEC_RANGE,	/* what b reaches and a does not */
	SPEC_SYMMETRIC, /* what one of a and b reaches */
	SPEC_HEAD,	/* all that HEAD reaches */
	SPEC_ALL	/* all that HEAD and any ref reach */
};

struct spec {
	enum spec_kind kind;
	git_oid a;
	git_oid b;
};

/* Reads one spec of repo_ops.walk; its revisions are found. */
int parse_spec(struct repo *repo, const char *text, struct spec *ret,
	       struct repo_error *err);

/* --- walk.c -------------------------------------------------------------- */

int repo_walk(struct repo *repo, const char *const *specs, size_t n,
	      repo_commit_fn *fn, void *ctx, struct repo_error *err);

/* --- history.c ----------------------------------------------------------- */

int repo_history(struct repo *repo, const struct repo_history *what,
		 repo_commit_fn *fn, void *ctx, struct repo_error *err);
int repo_read(struct repo *repo, const char *sha, repo_commit_fn *fn, void *ctx,
	      struct repo_error *err);

/* --- tips.c -------------------------------------------------------------- */

int repo_tips(struct repo *repo, bool all, repo_tip_fn *fn, void *ctx,
	      struct repo_error *err);
int repo_on_default(struct repo *repo, const char *sha, bool *ret,
		    struct repo_error *err);

/* The commits of the default branch: here, and as the remote had it. */
struct defaults {
	git_oid ids[2];
	size_t count;
};
int find_defaults(struct repo *repo, struct defaults *ret,
		  struct repo_error *err);

/* --- commit.c ------------------------------------------------------------ */

/* The fields of a commit object. Parsed here, as libgit2 refuses a commit with
 * a broken author line that git shows. Borrowed from the object's bytes. */
struct fields {
	const char *author; /* the whole line, with the date */
	size_t author_len;
	const char *message;
	size_t message_len;
	char encoding[32]; /* "" is UTF-8 */
	int64_t time;	   /* the committer's, as in struct repo_commit */
	int offset;
	const char *parents; /* lines "parent HASH" */
	unsigned parent_count;
};

void parse_commit(const char *s, size_t len, struct fields *f);

/* --- text.c -------------------------------------------------------------- */

/* A buffer that is used again for each commit. */
struct text {
	char *s;
	size_t len;
	size_t cap;
};

/* Add text, each invalid byte as U+FFFD; false when out of memory. The second
 * converts from another encoding. */
bool text_add_utf8(struct text *t, const char *s, size_t len);
bool text_convert(struct text *t, iconv_t cd, const char *s, size_t len);
void text_release(struct text *t);

/* --- deliver.c ----------------------------------------------------------- */

/* Who is called with each commit, and the buffers for that. Begins with the
 * callback, its ctx and no converter: {.cd = (iconv_t)-1}. */
struct delivery {
	repo_commit_fn *fn;
	void *ctx;
	struct text message;
	struct text author;
	char encoding[32]; /* that cd converts from */
	iconv_t cd;
};

/* Hands over a commit that was read; what the callback returns. */
int deliver_object(struct delivery *d, git_odb_object *object, bool on_default,
		   struct repo_error *err);
/* Reads the commit and returns what the callback returns. */
int deliver(struct delivery *d, struct repo *repo, const git_oid *id,
	    struct repo_error *err);
void delivery_release(struct delivery *d);

/* --- settings.c ---------------------------------------------------------- */

int need_config(struct repo *repo, struct repo_error *err);
/* The current branch's short name into repo->branch. */
int read_branch(struct repo *repo, struct repo_error *err);

int repo_setting(struct repo *repo, const char *key, const char **ret,
		 struct repo_error *err);
int repo_branch(struct repo *repo, const char **ret, struct repo_error *err);

/* --- remote.c ------------------------------------------------------------ */

int repo_remote_url(struct repo *repo, const char **ret,
		    struct repo_error *err);

#endif
