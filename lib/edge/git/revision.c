/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdio.h>
#include <string.h>

/* The commits among the objects that a short hash may mean. */
struct candidates {
	git_odb *odb;
	git_oid prefix;
	size_t len;
	git_oid ids[5];
	size_t count;
};

static int candidate(const git_oid *id, void *ctx)
{
	struct candidates *c = ctx;
	git_object_t type;
	size_t i, len;

	if (git_oid_ncmp(id, &c->prefix, c->len) != 0 ||
	    git_odb_read_header(&len, &type, c->odb, id) < 0 ||
	    type != GIT_OBJECT_COMMIT)
		return 0;
	for (i = 0; i < c->count; i++)
		if (git_oid_equal(id, &c->ids[i]))
			return 0;
	if (c->count < ARRAY_LEN(c->ids))
		c->ids[c->count++] = *id;
	return 0;
}

static int ambiguous(const struct candidates *c, const char *name,
		     struct repo_error *err)
{
	char list[512] = "";
	size_t i, used = 0;

	fail(err, AWM_CONFLICT, "'%s' names more than one commit", name);
	for (i = 0; i < c->count; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i ? ", " : "",
					 git_oid_tostr_s(&c->ids[i]));
	if (c->count)
		hint(err, "write more of it: %s", list);
	return -AWM_CONFLICT;
}

static int unknown(struct repo *repo, const char *spec, struct repo_error *err)
{
	fail(err, AWM_NOT_FOUND, "no commit '%s' in '%s'", spec, repo->folder);
	if (git_repository_head_unborn(repo->git) == 1)
		hint(err, "the current branch has no commits yet");
	else if (git_repository_is_shallow(repo->git) == 1)
		hint(err, "the clone is shallow: git fetch --unshallow");
	return -AWM_NOT_FOUND;
}

/* A hash or the start of one. 0, GIT_ENOTFOUND, or an error. */
static int find_hash(struct repo *repo, const char *name, git_oid *ret,
		     struct repo_error *err)
{
	struct candidates c = {.odb = repo->odb, .len = strlen(name)};
	int r;

	if (c.len < 4 || c.len > GIT_OID_HEXSZ ||
	    strspn(name, "0123456789abcdefABCDEF") != c.len ||
	    git_oid_fromstrn(&c.prefix, name, c.len) < 0)
		return GIT_ENOTFOUND;
	r = git_odb_exists_prefix(ret, repo->odb, &c.prefix, c.len);
	if (r == 0 || r == GIT_ENOTFOUND)
		return r;
	if (r != GIT_EAMBIGUOUS)
		return fail_git(err, "find commit", name);
	/* git takes the one commit where other objects fit as well. */
	git_odb_foreach(repo->odb, candidate, &c);
	if (c.count != 1)
		return ambiguous(&c, name, err);
	*ret = c.ids[0];
	return 0;
}

/* A name without operators: a full hash, a reference, a short hash, what git
 * describe prints. In this order, which is git's; not by libgit2, which leaks
 * at unknown names and takes no notice of what a short hash is for. */
static int find_name(struct repo *repo, const char *name, git_oid *ret,
		     struct repo_error *err)
{
	_cleanup_(referencep) git_reference *ref = NULL;
	const char *g;
	int r = GIT_ENOTFOUND;

	if (strcmp(name, "@") == 0)
		name = "HEAD";
	if (strlen(name) == GIT_OID_HEXSZ)
		r = find_hash(repo, name, ret, err);
	if (r != GIT_ENOTFOUND)
		return r;
	r = git_reference_dwim(&ref, repo->git, name);
	if (r == 0 && git_reference_target(ref)) {
		*ret = *git_reference_target(ref);
		return 0;
	}
	if (r < 0 && r != GIT_ENOTFOUND && r != GIT_EINVALIDSPEC)
		return fail_git(err, "read reference", name);
	r = find_hash(repo, name, ret, err);
	g = strrchr(name, '-');
	if (r == GIT_ENOTFOUND && g && g > name && g[1] == 'g')
		r = find_hash(repo, g + 2, ret, err);
	return r;
}

/* A revision with operators, such as HEAD~2, v1^{} or main@{upstream}. The
 * name before them was found already, unless it is missing or to be read with
 * them. */
static int find_operated(struct repo *repo, const char *spec,
			 const char *operators, const git_oid *base,
			 git_object **ret, struct repo_error *err)
{
	_cleanup_free_ char *full = NULL;
	int r;

	if (base) {
		if (asprintf(&full, "%s%s", git_oid_tostr_s(base), operators) <
		    0)
			return nomem(err);
	}
	r = git_revparse_single(ret, repo->git, full ? full : spec);
	if (r == GIT_EINVALIDSPEC)
		return fail(err, AWM_USAGE, "'%s' is not a revision", spec);
	if (r == GIT_ENOTFOUND || r == GIT_EUNBORNBRANCH)
		return unknown(repo, spec, err);
	return r < 0 ? fail_git(err, "find commit", spec) : 0;
}

static const char *find_operators(const char *spec)
{
	const char *p = spec + strcspn(spec, "~^:"), *at = strstr(spec, "@{");

	return at && at < p ? at : p;
}

static int find_object(struct repo *repo, const char *spec, git_object **ret,
		       struct repo_error *err)
{
	const char *operators = find_operators(spec);
	_cleanup_free_ char *name = strndup(spec, (size_t)(operators - spec));
	git_oid id;
	int r = 0;

	if (!name)
		return nomem(err);
	if (*name)
		r = find_name(repo, name, &id, err);
	if (r == GIT_ENOTFOUND)
		return unknown(repo, spec, err);
	if (r < 0)
		return r;
	if (*operators || !*name)
		return find_operated(repo, spec, operators,
				     *name && *operators != '@' ? &id : NULL,
				     ret, err);
	if (git_object_lookup(ret, repo->git, &id, GIT_OBJECT_ANY) < 0)
		return fail_git(err, "read commit", spec);
	return 0;
}

int resolve(struct repo *repo, const char *spec, git_oid *ret,
	    struct repo_error *err)
{
	_cleanup_(objectp) git_object *object = NULL;
	_cleanup_(objectp) git_object *commit = NULL;
	int r;

	if (!*spec || *spec == '-')
		return fail(err, AWM_USAGE, "'%s' is not a revision", spec);
	r = find_object(repo, spec, &object, err);
	if (r < 0)
		return r;
	if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		return fail(err, AWM_INVALID, "'%s' is a %s, not a commit",
			    spec,
			    git_object_type2string(git_object_type(object)));
	*ret = *git_object_id(commit);
	return 0;
}
