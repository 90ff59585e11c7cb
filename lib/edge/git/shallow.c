/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libgit2 1.5 walks past the commits that a shallow clone ends at and fails.
 * So a backend of our own, asked first, serves those without parents. */
struct stump {
	git_oid id;
	char *data;
	size_t len;
};

struct stumps {
	git_odb_backend backend; /* first: libgit2 hands it back */
	struct stump *items;
	size_t count;
};

static int stump_compare(const void *a, const void *b)
{
	return git_oid_cmp(&((const struct stump *)a)->id,
			   &((const struct stump *)b)->id);
}

static int stumps_read(void **data, size_t *len, git_object_t *type,
		       git_odb_backend *backend, const git_oid *id)
{
	const struct stumps *s = (const struct stumps *)backend;
	const struct stump key = {.id = *id}, *hit;

	hit = bsearch(&key, s->items, s->count, sizeof(key), stump_compare);
	if (!hit)
		return GIT_ENOTFOUND;
	*data = git_odb_backend_data_alloc(backend, hit->len + 1);
	if (!*data)
		return GIT_ERROR;
	memcpy(*data, hit->data, hit->len + 1);
	*len = hit->len;
	*type = GIT_OBJECT_COMMIT;
	return 0;
}

static void stumps_free(git_odb_backend *backend)
{
	struct stumps *s = (struct stumps *)backend;
	size_t i;

	for (i = 0; i < s->count; i++)
		free(s->items[i].data);
	free(s->items);
	free(s);
}

/* Copies a commit without its "parent" lines. */
static int stump_fill(struct stump *stump, git_odb *odb)
{
	_cleanup_(odb_objectp) git_odb_object *o = NULL;
	const char *s, *end, *nl;

	if (git_odb_read(&o, odb, &stump->id) < 0)
		return GIT_ENOTFOUND;
	s = git_odb_object_data(o);
	end = s + git_odb_object_size(o);
	stump->data = malloc((size_t)(end - s) + 1);
	if (!stump->data)
		return GIT_ERROR;
	while ((nl = memchr(s, '\n', (size_t)(end - s))) && nl > s) {
		size_t len = (size_t)(nl - s) + 1;

		if (len < 7 || memcmp(s, "parent ", 7) != 0) {
			memcpy(stump->data + stump->len, s, len);
			stump->len += len;
		}
		s = nl + 1;
	}
	memcpy(stump->data + stump->len, s, (size_t)(end - s));
	stump->len += (size_t)(end - s);
	stump->data[stump->len] = '\0';
	return 0;
}

static int stumps_load(struct stumps *s, git_odb *odb, FILE *f)
{
	char line[GIT_OID_HEXSZ + 8];
	size_t cap = 0;

	while (fgets(line, sizeof(line), f)) {
		struct stump stump = {0};
		int r;

		if (git_oid_fromstrn(&stump.id, line, GIT_OID_HEXSZ) < 0)
			continue;
		r = stump_fill(&stump, odb);
		if (r == GIT_ENOTFOUND)
			continue;
		if (r == 0 && s->count == cap) {
			struct stump *items;

			cap = cap ? 2 * cap : 16;
			items = reallocarray(s->items, cap, sizeof(*items));
			s->items = items ? items : s->items;
			r = items ? 0 : GIT_ERROR;
		}
		if (r < 0) {
			free(stump.data);
			return r;
		}
		s->items[s->count++] = stump;
	}
	if (s->count)
		qsort(s->items, s->count, sizeof(*s->items), stump_compare);
	return 0;
}

static int stumps_add(struct repo *repo, struct repo_error *err)
{
	_cleanup_free_ char *path = NULL;
	struct stumps *s = calloc(1, sizeof(*s));
	FILE *f = NULL;
	int r = GIT_ERROR;

	if (!s || asprintf(&path, "%s/shallow",
			   git_repository_commondir(repo->git)) < 0) {
		free(s);
		return nomem(err);
	}
	git_odb_init_backend(&s->backend, GIT_ODB_BACKEND_VERSION);
	s->backend.read = stumps_read;
	s->backend.free = stumps_free;
	f = fopen(path, "re");
	if (f) {
		r = stumps_load(s, repo->odb, f);
		fclose(f);
	}
	if (r == 0)
		r = git_odb_add_backend(repo->odb, &s->backend, 1000);
	if (r == 0)
		return 0;
	stumps_free(&s->backend);
	return fail(err, AWM_ERROR, "cannot read '%s'", path);
}

int need_odb(struct repo *repo, struct repo_error *err)
{
	if (repo->odb)
		return 0;
	if (git_repository_odb(&repo->odb, repo->git) < 0)
		return fail_git(err, "read objects of", repo->folder);
	if (git_repository_is_shallow(repo->git) == 1)
		return stumps_add(repo, err);
	return 0;
}

int repo_boundary(struct repo *repo, const char **ret, struct repo_error *err)
{
	_cleanup_free_ char *path = NULL;
	char text[GIT_OID_HEXSZ + 1] = "";
	git_oid id;

	if (asprintf(&path, "%s/shallow", git_repository_commondir(repo->git)) <
	    0) {
		path = NULL;
		return nomem(err);
	}
	if (git_repository_is_shallow(repo->git) == 1) {
		if (git_odb_hashfile(&id, path, GIT_OBJECT_BLOB) < 0)
			return fail_git(err, "read", path);
		git_oid_tostr(text, sizeof(text), &id);
	}
	if (replace_string(&repo->boundary, text, err) < 0)
		return -AWM_NOMEM;
	*ret = repo->boundary;
	return 0;
}
