// SPDX-License-Identifier: MIT
/* What surrounds a task: whom it waits for, what it is made of, who holds it;
 * and trees of all that. */
#include <string.h>

#include "base/err.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

int work_extend(struct arena *a, struct awm_record *row,
		const struct awm_field *fields, const struct awm_value *values,
		size_t n)
{
	size_t all = row->count + n;
	const struct awm_field **f = arena_array(a, all, sizeof(*f));
	struct awm_value *v = arena_array(a, all, sizeof(*v));

	if (!f || !v)
		return -AWM_NOMEM;
	memcpy(f, row->fields, row->count * sizeof(*f));
	memcpy(v, row->values, row->count * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		f[row->count + i] = &fields[i];
		v[row->count + i] = values[i];
	}
	row->fields = f;
	row->values = v;
	row->count = all;
	return 0;
}

/* ---- what a task is shown with ---- */

/* Kinds of rows of task_links.sql, from 1. */
enum { BLOCKERS = 1, BLOCKING, SUBTASKS, DEFERRED, CLAIMED };

static const struct awm_field shown_fields[] = {
	{.name = "deferUntil",
	 .label = "Deferred until",
	 .type = AWM_TYPE_TIME},
	{.name = "claimedBy",
	 .label = "Claimed by",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "leaseUntil", .label = "Claimed until", .type = AWM_TYPE_TIME},
};

/* Columns of a related task. */
static const int related[] = {TASK_id, TASK_title, TASK_status};

static int add_related(struct arena *a, struct awm_relation *rel,
		       struct db_stmt *st)
{
	struct awm_record *row = arena_alloc(a, sizeof(*row));
	const struct awm_field **f =
		arena_array(a, ARRAY_LEN(related), sizeof(*f));
	struct awm_value *v = arena_array(a, ARRAY_LEN(related), sizeof(*v));
	struct awm_record **items = rel->items;

	/* A power of two: there is room for twice as many. */
	if (!(rel->count & (rel->count - 1)))
		items = arena_array(a, rel->count ? rel->count * 2 : 1,
				    sizeof(struct awm_record *));
	if (!row || !f || !v || !items)
		return -AWM_NOMEM;
	if (items != rel->items && rel->count)
		memcpy(items, rel->items, rel->count * sizeof(*items));
	for (size_t i = 0; i < ARRAY_LEN(related); i++) {
		f[i] = &entity_task.fields[related[i]];
		db_column(st, (int)i + 1, &v[i]);
		if (v[i].kind != AWM_TEXT)
			continue;
		v[i].s = arena_strndup(a, v[i].s, v[i].len);
		if (!v[i].s)
			return -AWM_NOMEM;
	}
	*row = (struct awm_record){.entity = &entity_task,
				   .fields = f,
				   .values = v,
				   .count = ARRAY_LEN(related)};
	items[rel->count++] = row;
	rel->items = items;
	return 0;
}

static int read_links(struct db_stmt *st, struct arena *a,
		      struct awm_relation *rels, struct awm_value *shown)
{
	int rc;

	while ((rc = db_step(st)) > 0) {
		int kind = (int)db_column_int(st, 0);
		if (kind == DEFERRED) {
			db_column(st, 4, &shown[0]);
		} else if (kind == CLAIMED) {
			db_column(st, 1, &shown[1]);
			db_column(st, 4, &shown[2]);
		} else {
			rc = add_related(a, &rels[kind - BLOCKERS], st);
			if (rc)
				return rc;
		}
	}
	return rc;
}

int work_surround(struct awm_session *s, struct arena *a,
		  struct awm_record *row)
{
	static const char *const names[] = {"blockers", "blocking", "subtasks"};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value shown[ARRAY_LEN(shown_fields)] = {0};
	size_t n = row->nrelations;
	struct awm_relation *rels =
		arena_array(a, n + ARRAY_LEN(names), sizeof(*rels));
	int rc;

	if (!rels)
		return -AWM_NOMEM;
	if (n)
		memcpy(rels, row->relations, n * sizeof(*rels));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		rels[n + i] =
			(struct awm_relation){.name = names[i], .many = true};
	rc = db_query(s->db, &st, query_task_links, "ii", row->values[0].i,
		      s->now);
	if (!rc)
		rc = read_links(st, a, rels + n, shown);
	if (rc)
		return rc;
	row->relations = rels;
	row->nrelations = n + ARRAY_LEN(names);
	return work_extend(a, row, shown_fields, shown,
			   ARRAY_LEN(shown_fields));
}

/* ---- trees ---- */

/* Columns of the trees' queries, in their order. */
static int tree_rows(struct db_stmt *st, awm_row_fn *fn, void *ctx)
{
	static const struct awm_field of = {
		.name = "of", .label = "Of", .type = AWM_TYPE_INT};
	const struct awm_field *t = entity_task.fields;
	const struct awm_field *fields[] = {
		&t[TASK_id],	   &of,
		&t[TASK_title],	   &t[TASK_status],
		&t[TASK_priority], &t[TASK_assigneeId],
		&t[TASK_dueDate],
	};

	return store_rows(st, fields, ARRAY_LEN(fields), fn, ctx);
}

int awm_task_tree(struct awm_session *s, enum awm_tree kind, int64_t id,
		  awm_row_fn *fn, void *ctx)
{
	static const char *const queries[] = {
		[AWM_TREE_PARTS] = query_task_tree,
		[AWM_TREE_BLOCKERS] = query_dependency_tree,
		[AWM_TREE_WAITING] = query_dependency_tree_up,
	};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = store_exists(s->db, &entity_task, id);

	if (!rc)
		rc = db_query(s->db, &st, queries[kind], "i", id);
	return rc ? rc : tree_rows(st, fn, ctx);
}

int awm_task_forest(struct awm_session *s, int64_t project, bool done,
		    awm_row_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value p = project ? AWM_VALUE_INT(project) : AWM_VALUE_NULL;
	int rc = db_query(s->db, &st, query_task_forest, "vi", &p,
			  (int64_t)done);

	return rc ? rc : tree_rows(st, fn, ctx);
}
