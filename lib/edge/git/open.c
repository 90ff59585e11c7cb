/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Started by the first repository, since it costs milliseconds; not stopped,
 * as the module stays as well. */
static int start(struct repo_error *err)
{
	/* Extensions of the format that do not matter to a reader of commits;
	 * libgit2 would refuse them. */
	static const char *extensions[] = {"worktreeconfig", "partialclone",
					   "preciousobjects",
					   "relativeworktrees"};

	if (git_libgit2_init() < 0)
		return fail(err, AWM_ERROR, "cannot start libgit2: %s",
			    reason());
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions,
			 ARRAY_LEN(extensions));
	/* Histories are read once: what was read would only take memory. */
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	/* git does not hash what it reads either. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	return 0;
}

/* The way out is the line that git prints: it names the work tree. */
static int denied(const char *folder, struct repo_error *err)
{
	git_buf found = {0};
	size_t len;

	fail(err, AWM_DENIED, "git repository of '%s' is another user's",
	     folder);
	if (git_repository_discover(&found, folder, 0, NULL) == 0) {
		len = strlen(found.ptr);
		if (len > 6 && strcmp(found.ptr + len - 6, "/.git/") == 0)
			len -= 5;
		hint(err,
		     "if you trust it: git config --global --add "
		     "safe.directory '%.*s'",
		     (int)len - 1, found.ptr);
	}
	git_buf_dispose(&found);
	return -AWM_DENIED;
}

static int open_failed(int code, const char *folder, struct repo_error *err)
{
	int major, minor, rev;

	/* 1.5 looks safe.directory up, and where none is set says that. */
	if (code == GIT_ENOTFOUND && strstr(reason(), "safe.directory"))
		code = GIT_EOWNER;
	if (code == GIT_ENOTFOUND)
		return fail(err, AWM_NOT_FOUND, "no git repository at '%s'",
			    folder);
	if (code == GIT_EOWNER)
		return denied(folder, err);
	if (!strstr(reason(), "extension") &&
	    !strstr(reason(), "repository version"))
		return fail_git(err, "open git repository of", folder);
	git_libgit2_version(&major, &minor, &rev);
	fail(err, AWM_ERROR,
	     "git repository of '%s' has a format that libgit2 %d.%d cannot "
	     "read: %s",
	     folder, major, minor, reason());
	hint(err, "awm reads SHA-1 repositories with plain refs; see 'git "
		  "config --get-regexp ^extensions'");
	return -AWM_ERROR;
}

static bool env_true(const char *name)
{
	const char *v = getenv(name);

	return v && *v && strcmp(v, "0") != 0 && strcasecmp(v, "false") != 0 &&
	       strcasecmp(v, "no") != 0 && strcasecmp(v, "off") != 0;
}

/* libgit2's own reading of the environment refuses GIT_WORK_TREE, which is set
 * in hooks; so only what matters to a reader is done here. */
static int open_git(git_repository **ret, const char *folder)
{
	const char *dir = getenv("GIT_DIR"), *tree = getenv("GIT_WORK_TREE");
	_cleanup_free_ char *joined = NULL;
	unsigned flags = 0;
	int r;

	if (!dir || !*dir) {
		if (env_true("GIT_DISCOVERY_ACROSS_FILESYSTEM"))
			flags |= GIT_REPOSITORY_OPEN_CROSS_FS;
		return git_repository_open_ext(
			ret, folder, flags, getenv("GIT_CEILING_DIRECTORIES"));
	}
	if (dir[0] != '/') {
		if (asprintf(&joined, "%s/%s", folder, dir) < 0)
			joined = NULL;
		dir = joined;
	}
	r = dir ? git_repository_open_ext(ret, dir,
					  GIT_REPOSITORY_OPEN_NO_SEARCH, NULL)
		: GIT_ERROR;
	if (r == 0 && tree && tree[0] == '/')
		git_repository_set_workdir(*ret, tree, 0);
	return r;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_config_free(repo->config);
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	free(repo->folder);
	free(repo->url);
	free(repo->value);
	free(repo->branch);
	free(repo->boundary);
	free(repo);
}

static int set_folder(struct repo *repo, struct repo_error *err)
{
	const char *folder = git_repository_workdir(repo->git);
	size_t len;

	if (!folder)
		folder = git_repository_path(repo->git);
	if (replace_string(&repo->folder, folder, err) < 0)
		return -AWM_NOMEM;
	len = strlen(repo->folder);
	while (len > 1 && repo->folder[len - 1] == '/')
		repo->folder[--len] = '\0';
	return 0;
}

int repo_open(const char *folder, struct repo **ret, struct repo_error *err)
{
	struct repo *repo;
	int r = start(err);

	if (r < 0)
		return r;
	repo = calloc(1, sizeof(*repo));
	if (!repo)
		return nomem(err);
	git_error_clear();
	r = open_git(&repo->git, folder);
	r = r < 0 ? open_failed(r, folder, err) : set_folder(repo, err);
	if (r < 0) {
		repo_close(repo);
		return r;
	}
	*ret = repo;
	return 0;
}

const char *repo_folder(struct repo *repo)
{
	return repo->folder;
}

const char *repo_common(struct repo *repo)
{
	return git_repository_commondir(repo->git);
}
