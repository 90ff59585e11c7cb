/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

int need_config(struct repo *repo, struct repo_error *err)
{
	if (!repo->config &&
	    git_repository_config_snapshot(&repo->config, repo->git) < 0)
		return fail_git(err, "read configuration of", repo->folder);
	return 0;
}

int repo_setting(struct repo *repo, const char *key, const char **ret,
		 struct repo_error *err)
{
	const char *value = NULL;
	int r = need_config(repo, err);

	if (r < 0)
		return r;
	r = git_config_get_string(&value, repo->config, key);
	if (r == GIT_EINVALIDSPEC)
		return fail(err, AWM_USAGE, "'%s' is not a git setting", key);
	if (r < 0 && r != GIT_ENOTFOUND)
		return fail_git(err, "read setting", key);
	r = replace_string(&repo->value, r == 0 ? value : "", err);
	if (r == 0)
		*ret = repo->value;
	return r;
}

int read_branch(struct repo *repo, struct repo_error *err)
{
	_cleanup_(referencep) git_reference *head = NULL;
	const char *name = "";
	int r = git_repository_head(&head, repo->git);

	if (r < 0 && r != GIT_EUNBORNBRANCH && r != GIT_ENOTFOUND)
		return fail_git(err, "read HEAD of", repo->folder);
	if (r == 0 && git_reference_is_branch(head))
		name = git_reference_shorthand(head);
	return replace_string(&repo->branch, name, err);
}

int repo_branch(struct repo *repo, const char **ret, struct repo_error *err)
{
	int r = read_branch(repo, err);

	if (r == 0)
		*ret = repo->branch;
	return r;
}
