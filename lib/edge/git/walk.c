/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	git_oid id;
	int64_t time; /* not before that of the entry above of the same spec */
	size_t order;
};

struct walk {
	struct repo *repo;
	struct spec *specs;
	size_t n;
	struct entry *entries;
	size_t count;
	size_t cap;
};

static int walk_add(struct walk *w, const git_oid *id, struct repo_error *err)
{
	if (w->count == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		struct entry *e = reallocarray(w->entries, cap, sizeof(*e));

		if (!e)
			return nomem(err);
		w->entries = e;
		w->cap = cap;
	}
	w->entries[w->count] = (struct entry){.id = *id, .order = w->count};
	w->count++;
	return 0;
}

/* Hides the merge bases, which both sides reach. */
static int hide_bases(struct walk *w, git_revwalk *rev, const struct spec *s)
{
	git_oidarray bases = {0};
	size_t i;
	int r = git_merge_bases(&bases, w->repo->git, &s->a, &s->b);

	for (i = 0; r == 0 && i < bases.count; i++)
		r = git_revwalk_hide(rev, &bases.ids[i]);
	git_oidarray_dispose(&bases);
	return r == GIT_ENOTFOUND ? 0 : r;
}

static int push_head(struct walk *w, git_revwalk *rev)
{
	if (git_repository_head_unborn(w->repo->git) == 1)
		return 0;
	return git_revwalk_push_head(rev);
}

static int walk_push(struct walk *w, git_revwalk *rev, const struct spec *s)
{
	int r = 0;

	switch (s->kind) {
	case SPEC_RANGE:
		r = git_revwalk_hide(rev, &s->a);
		return r < 0 ? r : git_revwalk_push(rev, &s->b);
	case SPEC_SYMMETRIC:
		r = git_revwalk_push(rev, &s->a);
		r = r < 0 ? r : git_revwalk_push(rev, &s->b);
		return r < 0 ? r : hide_bases(w, rev, s);
	case SPEC_ALL:
		r = git_revwalk_push_glob(rev, "refs/*");
		return r < 0 ? r : push_head(w, rev);
	case SPEC_HEAD:
		return push_head(w, rev);
	case SPEC_HIDE:
	case SPEC_ONE:
		break;
	}
	return r;
}

static int collect_many(struct walk *w, const struct spec *s,
			struct repo_error *err)
{
	_cleanup_(walkp) git_revwalk *rev = NULL;
	const char *folder = w->repo->folder;
	git_oid id;
	size_t i;
	int r;

	if (git_revwalk_new(&rev, w->repo->git) < 0)
		return fail_git(err, "walk commits of", folder);
	git_revwalk_sorting(rev, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME |
					 GIT_SORT_REVERSE);
	r = walk_push(w, rev, s);
	for (i = 0; r == 0 && i < w->n; i++)
		if (w->specs[i].kind == SPEC_HIDE)
			r = git_revwalk_hide(rev, &w->specs[i].a);
	if (r < 0)
		return fail_git(err, "walk commits of", folder);
	while ((r = git_revwalk_next(&id, rev)) == 0) {
		r = walk_add(w, &id, err);
		if (r < 0)
			return r;
	}
	return r == GIT_ITEROVER ? 0 : fail_git(err, "walk commits of", folder);
}

static int collect_one(struct walk *w, const git_oid *id,
		       struct repo_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < w->n; i++) {
		const git_oid *hide = &w->specs[i].a;

		if (w->specs[i].kind != SPEC_HIDE)
			continue;
		if (git_oid_equal(id, hide))
			return 0;
		r = git_graph_descendant_of(w->repo->git, hide, id);
		if (r < 0)
			return fail_git(err, "walk commits of",
					w->repo->folder);
		if (r == 1)
			return 0;
	}
	return walk_add(w, id, err);
}

static int compare_id(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int r = git_oid_cmp(&x->id, &y->id);

	return r ? r : (x->order > y->order) - (x->order < y->order);
}

static int compare_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Sets the times of the entries from `from` on, which stand parents first and
 * stay so when the lists of several specs are merged by time. */
static int date_entries(struct walk *w, size_t from, struct repo_error *err)
{
	int64_t latest = INT64_MIN;
	struct fields f;
	size_t i;

	for (i = from; i < w->count; i++) {
		_cleanup_(odb_objectp) git_odb_object *o = NULL;
		struct entry *e = &w->entries[i];

		if (git_odb_read(&o, w->repo->odb, &e->id) < 0)
			return fail_git(err, "read commit",
					git_oid_tostr_s(&e->id));
		parse_commit(git_odb_object_data(o), git_odb_object_size(o),
			     &f);
		latest = f.time > latest ? f.time : latest;
		e->time = latest;
	}
	return 0;
}

/* Keeps the first of each commit, and merges by time. */
static void merge_entries(struct walk *w)
{
	size_t i, kept = 0;

	if (w->count == 0)
		return;
	qsort(w->entries, w->count, sizeof(*w->entries), compare_id);
	for (i = 0; i < w->count; i++)
		if (i == 0 ||
		    !git_oid_equal(&w->entries[i].id, &w->entries[kept - 1].id))
			w->entries[kept++] = w->entries[i];
	w->count = kept;
	qsort(w->entries, w->count, sizeof(*w->entries), compare_time);
}

static int collect(struct walk *w, struct repo_error *err)
{
	size_t i, from, lists = 0;
	int r;

	for (i = 0; i < w->n; i++)
		lists += w->specs[i].kind != SPEC_HIDE;
	if (lists == 0) {
		static const struct spec head = {.kind = SPEC_HEAD};

		return collect_many(w, &head, err);
	}
	for (i = 0; i < w->n; i++) {
		const struct spec *s = &w->specs[i];

		if (s->kind == SPEC_HIDE)
			continue;
		from = w->count;
		r = s->kind == SPEC_ONE ? collect_one(w, &s->b, err)
					: collect_many(w, s, err);
		if (r == 0 && lists > 1)
			r = date_entries(w, from, err);
		if (r < 0)
			return r;
	}
	if (lists > 1)
		merge_entries(w);
	return 0;
}

static int walk_run(struct walk *w, const char *const *specs,
		    struct delivery *d, struct repo_error *err)
{
	size_t i;
	int r = need_odb(w->repo, err);

	w->specs = calloc(w->n + 1, sizeof(*w->specs));
	if (!w->specs)
		return nomem(err);
	for (i = 0; r == 0 && i < w->n; i++)
		r = parse_spec(w->repo, specs[i], &w->specs[i], err);
	if (r == 0)
		r = collect(w, err);
	for (i = 0; r == 0 && i < w->count; i++)
		r = deliver(d, w->repo, &w->entries[i].id, err);
	return r;
}

int repo_walk(struct repo *repo, const char *const *specs, size_t n,
	      repo_commit_fn *fn, void *ctx, struct repo_error *err)
{
	struct walk w = {.repo = repo, .n = n};
	struct delivery d = {.fn = fn, .ctx = ctx, .cd = (iconv_t)-1};
	int r = walk_run(&w, specs, &d, err);

	delivery_release(&d);
	free(w.specs);
	free(w.entries);
	return r;
}
