// SPDX-License-Identifier: MIT
/* Comments in the order of their threads. */
#include <awm/comment.h>
#include <string.h>

#include "base/err.h"
#include "domain/comment.h"
#include "domain/pool.h"
#include "entity/store.h"

#define NONE ((size_t)-1)

struct node {
	struct awm_record *row;
	size_t parent, first, last, next; /* places; NONE */
	size_t stamp; /* of the walk that came by first, from 1 */
	bool kept;
};

struct by_id {
	int64_t id;
	size_t place;
};

static int compare_ids(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static size_t place_of(const struct by_id *ids, size_t n, int64_t id)
{
	struct by_id key = {id, 0};
	const struct by_id *found =
		n ? bsearch(&key, ids, n, sizeof(*ids), compare_ids) : NULL;

	return found ? found->place : NONE;
}

static void append(struct node *nodes, size_t parent, size_t child)
{
	struct node *p = &nodes[parent];

	if (p->first == NONE)
		p->first = child;
	else
		nodes[p->last].next = child;
	p->last = child;
}

static bool is_deleted(const struct node *node)
{
	return node->row->values[COMMENT_deletedAt].kind != AWM_NULL;
}

/* Only a foreign hand can make comments that answer each other in a circle;
 * there one of them answers nothing. */
static void cut_circles(struct node *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		while (at != n && !nodes[at].stamp) {
			nodes[at].stamp = i + 1;
			at = nodes[at].parent;
		}
		if (at != n && nodes[at].stamp == i + 1)
			nodes[at].parent = n;
	}
}

/* The last node stands above all that answer nothing. */
static void link_nodes(struct node *nodes, const struct by_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct awm_value *v =
			&nodes[i].row->values[COMMENT_parentCommentId];
		size_t parent =
			v->kind == AWM_INT ? place_of(ids, n, v->i) : NONE;

		nodes[i].parent = parent == NONE ? n : parent;
	}
	cut_circles(nodes, n);
	for (size_t i = 0; i < n; i++)
		append(nodes, nodes[i].parent, i);
}

static void keep_wanted(struct node *nodes, size_t n,
			const struct thread_opts *opts)
{
	for (size_t i = 0; i < n; i++) {
		if (is_deleted(&nodes[i]) && !opts->all_deleted)
			continue;
		nodes[i].kept = true;
		if (!opts->places || is_deleted(&nodes[i]))
			continue;
		for (size_t up = nodes[i].parent; up != n && !nodes[up].kept;
		     up = nodes[up].parent)
			nodes[up].kept = true;
	}
}

/* Without recursion: a thread may be as deep as there are comments. */
static void walk(const struct node *nodes, size_t top, struct awm_relation *ret)
{
	size_t at = nodes[top].first;

	while (at != NONE) {
		if (nodes[at].kept)
			ret->items[ret->count++] = nodes[at].row;
		if (nodes[at].first != NONE) {
			at = nodes[at].first;
			continue;
		}
		while (at != top && nodes[at].next == NONE)
			at = nodes[at].parent;
		if (at == top)
			return;
		at = nodes[at].next;
	}
}

int thread_order(const struct awm_relation *all, struct thread_opts opts,
		 struct arena *a, struct awm_relation *ret)
{
	size_t n = all->count, top;
	struct node *nodes = arena_array(a, n + 1, sizeof(*nodes));
	struct by_id *ids = arena_array(a, n + 1, sizeof(*ids));

	ret->items = arena_array(a, n + 1, sizeof(*ret->items));
	ret->count = 0;
	ret->many = true;
	if (!nodes || !ids || !ret->items)
		return -AWM_NOMEM;
	for (size_t i = 0; i <= n; i++) {
		nodes[i] = (struct node){.parent = NONE,
					 .first = NONE,
					 .last = NONE,
					 .next = NONE};
		if (i == n)
			break;
		nodes[i].row = all->items[i];
		ids[i] = (struct by_id){all->items[i]->values[0].i, i};
	}
	qsort(ids, n, sizeof(*ids), compare_ids);
	link_nodes(nodes, ids, n);
	keep_wanted(nodes, n, &opts);
	top = opts.top ? place_of(ids, n, opts.top) : n;
	if (top != NONE)
		walk(nodes, top, ret);
	return 0;
}

struct collected {
	struct arena *arena;
	struct buf list; /* struct awm_record * */
};

static int collect(void *ctx, const struct awm_record *row)
{
	struct collected *c = ctx;
	struct awm_record *copy = store_copy(c->arena, row);

	if (!copy)
		return -AWM_NOMEM;
	buf_add(&c->list, &copy, sizeof(copy));
	return buf_check(&c->list);
}

int awm_comment_threads(struct awm_session *s, int64_t task,
			enum awm_threads which, struct awm_pool *pool,
			struct awm_relation *ret)
{
	struct thread_opts opts = {.places = which != AWM_THREADS_LIVE,
				   .all_deleted = which == AWM_THREADS_ALL};
	struct awm_value id = AWM_VALUE_INT(task);
	struct awm_cond cond = {&entity_comment.fields[COMMENT_taskId],
				AWM_OP_EQ, &id, 1};
	struct awm_query q = {.entity = &entity_comment,
			      .conds = &cond,
			      .nconds = 1,
			      .all = true};
	struct collected c = {.arena = pool_arena(pool)};
	struct awm_relation all = {0};
	int rc = store_list(s->db, &q, collect, &c);

	if (!rc) {
		all.items = (struct awm_record **)(void *)c.list.s;
		all.count = c.list.len / sizeof(*all.items);
		ret->name = "comments";
		rc = thread_order(&all, opts, c.arena, ret);
	}
	buf_release(&c.list);
	return rc;
}
