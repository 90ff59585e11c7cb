/* SPDX-License-Identifier: MIT */
#include "cmd/names.h"

#include <stdlib.h>

/* More than a person reads; past that a listing shows ids. */
#define NAMES_MAX 5000

struct name {
	int64_t id;
	const char *text;
};

/* The names of one table; of the next table that was asked for. */
struct names {
	const struct awm_entity *entity;
	struct name *items; /* by id */
	size_t count;
	struct arena *arena;
	struct names *next;
};

/* Rows are called by a title, or by what they can be referred to by. */
static const struct awm_field *name_field(const struct awm_entity *e)
{
	const struct awm_field *slug = NULL, *title = NULL;

	for (size_t i = 0; i < e->nfields; i++) {
		if (e->fields[i].flags & AWM_SLUG && !slug)
			slug = &e->fields[i];
		if (e->fields[i].flags & AWM_TITLE && !title)
			title = &e->fields[i];
	}
	return slug && title ? title : slug;
}

static int add_name(void *ctx, const struct awm_record *row)
{
	struct names *n = ctx;
	struct name *name = &n->items[n->count];

	if (row->values[1].kind != AWM_TEXT)
		return 0;
	name->id = row->values[0].i;
	name->text =
		arena_strndup(n->arena, row->values[1].s, row->values[1].len);
	if (!name->text)
		return -AWM_NOMEM;
	n->count++;
	return 0;
}

static void read_names(struct run *r, struct names *n)
{
	const struct awm_field *fields[] = {n->entity->fields,
					    name_field(n->entity)};
	struct awm_sort by_id = {n->entity->fields, false};
	struct awm_query q = {.entity = n->entity,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = 2,
			      .all = true,
			      .limit = NAMES_MAX};

	if (!fields[1])
		return;
	n->items = arena_array(n->arena, NAMES_MAX, sizeof(*n->items));
	if (!n->items || awm_list(r->session, &q, add_name, n) ||
	    n->count == NAMES_MAX)
		n->count = 0;
}

static struct names *names_of(struct run *r, struct names **list,
			      const struct awm_entity *e)
{
	struct names *n;

	for (n = *list; n; n = n->next)
		if (n->entity == e)
			return n;
	n = arena_alloc(&r->arena, sizeof(*n));
	if (!n)
		return NULL;
	n->entity = e;
	n->arena = &r->arena;
	n->next = *list;
	*list = n;
	read_names(r, n);
	return n;
}

static int compare(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key;
	const struct name *name = item;

	return id < name->id ? -1 : id > name->id;
}

const char *names_find(struct run *r, struct names **names,
		       const struct awm_field *f, int64_t id)
{
	const struct awm_entity *e = f->type == AWM_TYPE_REF && r->session
					     ? awm_entity_of_table(f->ref)
					     : NULL;
	struct names *n = e ? names_of(r, names, e) : NULL;
	const struct name *found = n && n->count
					   ? bsearch(&id, n->items, n->count,
						     sizeof(*n->items), compare)
					   : NULL;

	return found ? found->text : NULL;
}
