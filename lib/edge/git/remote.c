/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Remotes are read from the settings here: libgit2's functions for them match
 * each setting against patterns, and 1.5 leaks 20 KiB at each that differs. */
struct remotes {
	const char *wanted; /* the branch's, or NULL */
	char *of_wanted;    /* their first URLs */
	char *of_origin;
	char *of_any;
	char *any; /* the name of some remote */
	bool several;
};

static void remotes_release(struct remotes *r)
{
	free(r->of_wanted);
	free(r->of_origin);
	free(r->of_any);
	free(r->any);
}

/* The part of "before.NAME.after" between, or NULL. */
static char *subsection(const char *key, const char *before, const char *after)
{
	size_t b = strlen(before), a = strlen(after), n = strlen(key);

	if (n <= a + b || strncmp(key, before, b) != 0 ||
	    strcmp(key + n - a, after) != 0)
		return NULL;
	return strndup(key + b, n - a - b);
}

static void keep_first(char **p, const char *value)
{
	if (!*p)
		*p = strdup(value);
}

static void remotes_entry(struct remotes *r, const git_config_entry *e)
{
	char *name = subsection(e->name, "remote.", ".url");

	if (!name || !e->value || !*e->value) {
		free(name);
		return;
	}
	if (r->wanted && strcmp(name, r->wanted) == 0)
		keep_first(&r->of_wanted, e->value);
	if (strcmp(name, "origin") == 0)
		keep_first(&r->of_origin, e->value);
	keep_first(&r->of_any, e->value);
	r->several |= r->any && strcmp(name, r->any) != 0;
	keep_first(&r->any, name);
	free(name);
}

/* url.BASE.insteadOf = PREFIX: the longest prefix counts. */
struct instead {
	const char *url;
	char *base;
	size_t len; /* of the prefix */
};

static void instead_entry(struct instead *i, const git_config_entry *e)
{
	char *base = subsection(e->name, "url.", ".insteadof");
	size_t len = base && e->value ? strlen(e->value) : 0;

	if (len > i->len && strncmp(i->url, e->value, len) == 0) {
		free(i->base);
		i->base = base;
		i->len = len;
	} else {
		free(base);
	}
}

/* Passes each setting to one of the two, where it is given. */
static void each_setting(git_config *config, struct remotes *r,
			 struct instead *i)
{
	git_config_iterator *it = NULL;
	git_config_entry *e;

	if (git_config_iterator_new(&it, config) < 0)
		return;
	while (git_config_next(&e, it) == 0) {
		if (r)
			remotes_entry(r, e);
		if (i)
			instead_entry(i, e);
	}
	git_config_iterator_free(it);
}

/* The URL as it stands in the settings, "" when there is none. The remote of a
 * branch may be a URL itself. */
static const char *choose_url(const struct remotes *r)
{
	if (r->of_wanted)
		return r->of_wanted;
	if (r->wanted && strpbrk(r->wanted, ":/"))
		return r->wanted;
	if (r->of_origin)
		return r->of_origin;
	return r->of_any && !r->several ? r->of_any : "";
}

static char *find_url(struct repo *repo)
{
	_cleanup_(remotes_release) struct remotes r = {0};
	_cleanup_free_ char *key = NULL;
	struct instead i = {0};
	char *url;

	if (*repo->branch &&
	    asprintf(&key, "branch.%s.remote", repo->branch) > 0 &&
	    git_config_get_string(&r.wanted, repo->config, key) < 0)
		r.wanted = NULL;
	if (r.wanted && strcmp(r.wanted, ".") == 0)
		r.wanted = NULL;
	each_setting(repo->config, &r, NULL);
	i.url = choose_url(&r);
	each_setting(repo->config, NULL, &i);
	if (asprintf(&url, "%s%s", i.base ? i.base : "", i.url + i.len) < 0)
		url = NULL;
	free(i.base);
	return url;
}

int repo_remote_url(struct repo *repo, const char **ret, struct repo_error *err)
{
	int r = need_config(repo, err);
	char *url;

	if (r == 0)
		r = read_branch(repo, err);
	if (r < 0)
		return r;
	url = find_url(repo);
	if (!url)
		return nomem(err);
	free(repo->url);
	repo->url = url;
	*ret = repo->url;
	return 0;
}
