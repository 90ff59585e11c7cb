/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <stdlib.h>
#include <string.h>

/*
 * A history by the dates of its commits, as git log walks it. libgit2's own
 * walk reads each commit for its parents, and who wants the message reads it
 * again; here a commit is read once and is gone when it was visited.
 */
enum { WANTED = 1, KNOWN = 2, DEFAULT = 4, WAITING = 8, USED = 16 };

struct node {
	git_oid id;
	unsigned flags;
};

/* A commit whose turn comes by its time. */
struct turn {
	int64_t time;
	uint64_t order;
	git_oid id;
	git_odb_object *object;
};

struct history {
	struct repo *repo;
	const struct repo_history *what;
	struct delivery *delivery;
	struct node *nodes; /* by hash; a power of two */
	size_t count, cap;
	struct turn *turns; /* a heap: the latest first */
	size_t waiting, room;
	size_t wanted; /* of those that wait */
	uint64_t order;
};

/* ---- what was seen ---- */

static struct node *find_node(const struct history *h, const git_oid *id)
{
	size_t i;

	memcpy(&i, id->id, sizeof(i));
	i &= h->cap - 1;
	while (h->nodes[i].flags && !git_oid_equal(&h->nodes[i].id, id))
		i = (i + 1) & (h->cap - 1);
	return &h->nodes[i];
}

static int grow_nodes(struct history *h, struct repo_error *err)
{
	struct node *old = h->nodes;
	size_t cap = h->cap;

	if (2 * (h->count + 1) < cap)
		return 0;
	h->cap = cap ? 2 * cap : 1024;
	h->nodes = calloc(h->cap, sizeof(*h->nodes));
	if (!h->nodes) {
		h->nodes = old;
		h->cap = cap;
		return nomem(err);
	}
	for (size_t i = 0; i < cap; i++)
		if (old[i].flags)
			*find_node(h, &old[i].id) = old[i];
	free(old);
	return 0;
}

static bool is_wanted(unsigned flags)
{
	return (flags & (WANTED | KNOWN)) == WANTED;
}

/* ---- whose turn it is ---- */

static bool goes_before(const struct turn *a, const struct turn *b)
{
	return a->time != b->time ? a->time > b->time : a->order < b->order;
}

static int turns_add(struct history *h, const struct turn *t,
		     struct repo_error *err)
{
	size_t i = h->waiting, up;

	if (i == h->room) {
		size_t room = h->room ? 2 * h->room : 64;
		struct turn *turns =
			reallocarray(h->turns, room, sizeof(*turns));

		if (!turns)
			return nomem(err);
		h->turns = turns;
		h->room = room;
	}
	h->waiting++;
	for (; i > 0 && goes_before(t, &h->turns[up = (i - 1) / 2]); i = up)
		h->turns[i] = h->turns[up];
	h->turns[i] = *t;
	return 0;
}

static struct turn turns_take(struct history *h)
{
	struct turn first = h->turns[0], last = h->turns[--h->waiting];
	size_t i = 0, down;

	while ((down = 2 * i + 1) < h->waiting) {
		if (down + 1 < h->waiting &&
		    goes_before(&h->turns[down + 1], &h->turns[down]))
			down++;
		if (!goes_before(&h->turns[down], &last))
			break;
		h->turns[i] = h->turns[down];
		i = down;
	}
	h->turns[i] = last;
	return first;
}

/* ---- the walk ---- */

/* What is only known, or only on the default branch, may be missing: of a
 * partial clone, or gone since. */
static int enqueue(struct history *h, struct node *node, struct repo_error *err)
{
	struct turn t = {.order = h->order++, .id = node->id};
	struct fields f;
	int r = git_odb_read(&t.object, h->repo->odb, &node->id);

	if (r < 0 && !is_wanted(node->flags))
		return 0;
	if (r < 0 || git_odb_object_type(t.object) != GIT_OBJECT_COMMIT) {
		r = r < 0 ? fail_git(err, "read commit",
				     git_oid_tostr_s(&node->id))
			  : fail(err, AWM_INVALID, "'%s' is not a commit",
				 git_oid_tostr_s(&node->id));
		git_odb_object_free(t.object);
		return r;
	}
	parse_commit(git_odb_object_data(t.object),
		     git_odb_object_size(t.object), &f);
	t.time = f.time;
	node->flags |= WAITING;
	h->wanted += is_wanted(node->flags);
	r = turns_add(h, &t, err);
	if (r < 0)
		git_odb_object_free(t.object);
	return r;
}

static int reach(struct history *h, const git_oid *id, unsigned flags,
		 struct repo_error *err)
{
	struct node *node;
	int r = grow_nodes(h, err);

	if (r < 0)
		return r;
	node = find_node(h, id);
	if (!node->flags) {
		h->count++;
		node->id = *id;
		node->flags = flags | USED;
		return enqueue(h, node, err);
	}
	flags |= node->flags;
	if (flags & WAITING)
		h->wanted += (size_t)is_wanted(flags) -
			     (size_t)is_wanted(node->flags);
	else if (is_wanted(flags) && !(node->flags & WANTED)) {
		/* Passed by before, as one that nobody wanted. */
		node->flags = flags;
		return enqueue(h, node, err);
	}
	node->flags = flags;
	return 0;
}

static int reach_parents(struct history *h, const struct fields *f,
			 unsigned flags, struct repo_error *err)
{
	const char *line = f->parents;
	int r = 0;

	for (unsigned i = 0; i < f->parent_count && r == 0; i++) {
		git_oid id;

		if (git_oid_fromstrn(&id, line + 7, GIT_OID_HEXSZ) == 0)
			r = reach(h, &id, flags, err);
		line = strchr(line, '\n') + 1;
	}
	return r;
}

static int visit_turn(struct history *h, git_odb_object *object, unsigned flags,
		      struct repo_error *err)
{
	struct fields f;
	int r = 0;

	parse_commit(git_odb_object_data(object), git_odb_object_size(object),
		     &f);
	if (f.time < h->what->since)
		flags &= ~(unsigned)WANTED;
	if (is_wanted(flags))
		r = deliver_object(h->delivery, object, flags & DEFAULT, err);
	flags &= WANTED | KNOWN | DEFAULT;
	return r || !flags ? r : reach_parents(h, &f, flags, err);
}

static int visit_all(struct history *h, struct repo_error *err)
{
	int r = 0;

	while (r == 0 && h->wanted) {
		struct turn t = turns_take(h);
		struct node *node = find_node(h, &t.id);
		unsigned flags = node->flags;

		node->flags &= ~(unsigned)WAITING;
		h->wanted -= is_wanted(flags);
		r = visit_turn(h, t.object, flags, err);
		git_odb_object_free(t.object);
	}
	return r;
}

static int reach_hashes(struct history *h, const char *const *shas, size_t n,
			unsigned flags, struct repo_error *err)
{
	git_oid id;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		if (git_oid_fromstr(&id, shas[i]) == 0)
			r = reach(h, &id, flags, err);
		else if (flags & WANTED)
			r = fail(err, AWM_USAGE, "'%s' is no hash of a commit",
				 shas[i]);
	}
	return r;
}

static int begin(struct history *h, struct repo_error *err)
{
	const struct repo_history *what = h->what;
	struct defaults d;
	int r = need_odb(h->repo, err);

	if (r == 0)
		r = find_defaults(h->repo, &d, err);
	for (size_t i = 0; r == 0 && i < d.count; i++)
		r = reach(h, &d.ids[i], DEFAULT, err);
	if (r == 0)
		r = reach_hashes(h, what->known, what->nknown, KNOWN, err);
	if (r == 0)
		r = reach_hashes(h, what->from, what->nfrom, WANTED, err);
	return r;
}

int repo_history(struct repo *repo, const struct repo_history *what,
		 repo_commit_fn *fn, void *ctx, struct repo_error *err)
{
	struct delivery d = {.fn = fn, .ctx = ctx, .cd = (iconv_t)-1};
	struct history h = {.repo = repo, .what = what, .delivery = &d};
	int r = begin(&h, err);

	if (r == 0)
		r = visit_all(&h, err);
	while (h.waiting)
		git_odb_object_free(h.turns[--h.waiting].object);
	free(h.turns);
	free(h.nodes);
	delivery_release(&d);
	return r;
}

int repo_read(struct repo *repo, const char *sha, repo_commit_fn *fn, void *ctx,
	      struct repo_error *err)
{
	struct delivery d = {.fn = fn, .ctx = ctx, .cd = (iconv_t)-1};
	_cleanup_(odb_objectp) git_odb_object *object = NULL;
	git_oid id;
	int r = need_odb(repo, err);

	if (r < 0)
		return r;
	if (strlen(sha) != GIT_OID_HEXSZ || git_oid_fromstr(&id, sha) < 0)
		r = GIT_ENOTFOUND;
	else
		r = git_odb_read(&object, repo->odb, &id);
	if (r == GIT_ENOTFOUND ||
	    (r == 0 && git_odb_object_type(object) != GIT_OBJECT_COMMIT))
		return fail(err, AWM_NOT_FOUND, "no commit '%s' in '%s'", sha,
			    repo->folder);
	if (r < 0)
		return fail_git(err, "read commit", sha);
	r = deliver_object(&d, object, false, err);
	delivery_release(&d);
	return r;
}
