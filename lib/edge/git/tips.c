/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdio.h>
#include <string.h>

/* Where references lead to, and which branch is the default one. */

static int tip(struct repo *repo, git_reference *ref, git_oid *ret)
{
	_cleanup_(objectp) git_object *commit = NULL;
	int r = git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT);

	(void)repo;
	if (r == 0)
		*ret = *git_object_id(commit);
	return r;
}

static int tell_tip(repo_tip_fn *fn, void *ctx, const char *name,
		    const git_oid *id)
{
	char sha[GIT_OID_HEXSZ + 1];

	git_oid_tostr(sha, sizeof(sha), id);
	return fn(ctx, name, sha);
}

static int tell_refs(struct repo *repo, repo_tip_fn *fn, void *ctx,
		     struct repo_error *err)
{
	git_reference_iterator *it = NULL;
	git_reference *ref;
	git_oid id;
	int r = 0;

	if (git_reference_iterator_new(&it, repo->git) < 0)
		return fail_git(err, "read references of", repo->folder);
	while (r == 0 && git_reference_next(&ref, it) == 0) {
		/* Tags of trees and dangling references lead nowhere. */
		if (tip(repo, ref, &id) == 0)
			r = tell_tip(fn, ctx, git_reference_name(ref), &id);
		git_reference_free(ref);
	}
	git_reference_iterator_free(it);
	return r;
}

int repo_tips(struct repo *repo, bool all, repo_tip_fn *fn, void *ctx,
	      struct repo_error *err)
{
	git_oid id;
	int r = need_odb(repo, err);

	if (r < 0)
		return r;
	r = git_reference_name_to_id(&id, repo->git, "HEAD");
	if (r < 0 && r != GIT_ENOTFOUND && r != GIT_EUNBORNBRANCH)
		return fail_git(err, "read HEAD of", repo->folder);
	if (r == 0)
		r = tell_tip(fn, ctx, "HEAD", &id);
	else
		r = 0;
	return r || !all ? r : tell_refs(repo, fn, ctx, err);
}

/* ---- the default branch ---- */

static bool add_default(struct repo *repo, struct defaults *d,
			const char *prefix, const char *name)
{
	_cleanup_free_ char *full = NULL;
	git_oid id;

	if (!name || d->count == ARRAY_LEN(d->ids) ||
	    asprintf(&full, "%s%s", prefix, name) < 0) {
		full = NULL;
		return false;
	}
	if (git_reference_name_to_id(&id, repo->git, full) < 0)
		return false;
	d->ids[d->count++] = id;
	return true;
}

/* The branch of that name, here or at the remote. */
static bool add_both(struct repo *repo, struct defaults *d, const char *name)
{
	bool here = add_default(repo, d, "refs/heads/", name);

	return add_default(repo, d, "refs/remotes/origin/", name) || here;
}

/* The name that origin's HEAD stands for. */
static const char *remote_default(git_reference *head)
{
	static const char prefix[] = "refs/remotes/origin/";
	const char *target = head ? git_reference_symbolic_target(head) : NULL;

	if (!target || strncmp(target, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	return target + sizeof(prefix) - 1;
}

int find_defaults(struct repo *repo, struct defaults *ret,
		  struct repo_error *err)
{
	_cleanup_(referencep) git_reference *head = NULL;
	const char *said = NULL, *usual = NULL;
	int r = need_config(repo, err);

	ret->count = 0;
	if (r < 0)
		return r;
	git_config_get_string(&said, repo->config, "awm.defaultBranch");
	if (said) {
		add_both(repo, ret, said);
		return 0;
	}
	git_config_get_string(&usual, repo->config, "init.defaultBranch");
	git_reference_lookup(&head, repo->git, "refs/remotes/origin/HEAD");
	if (!add_both(repo, ret, remote_default(head)) &&
	    !add_both(repo, ret, usual) && !add_both(repo, ret, "main"))
		add_both(repo, ret, "master");
	return 0;
}

int repo_on_default(struct repo *repo, const char *sha, bool *ret,
		    struct repo_error *err)
{
	struct defaults d;
	git_oid id;
	int r = need_odb(repo, err);

	if (r == 0)
		r = find_defaults(repo, &d, err);
	if (r < 0)
		return r;
	*ret = false;
	if (strlen(sha) != GIT_OID_HEXSZ || git_oid_fromstr(&id, sha) < 0 ||
	    !git_odb_exists(repo->odb, &id))
		return 0;
	for (size_t i = 0; i < d.count && !*ret; i++) {
		r = git_oid_equal(&d.ids[i], &id)
			    ? 1
			    : git_graph_descendant_of(repo->git, &d.ids[i],
						      &id);
		if (r < 0)
			return fail_git(err, "walk commits of", repo->folder);
		*ret = r == 1;
	}
	return 0;
}
