// SPDX-License-Identifier: MIT
/* Ids that stand within values: in JSON columns, and beside the name of an
 * entity. */
#include <string.h>

#include "base/err.h"
#include "domain/exchange/native.h"
#include "entity/shape.h"

static int table_of(const struct native *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->tables[i].name, name))
			return (int)i;
	return -1;
}

/* What leads nowhere stays as it is. */
static void remap_node(const struct native *k, const char *table, cJSON *node)
{
	int t = table ? table_of(k, table) : -1;
	int64_t to;

	if (t < 0 || !cJSON_IsNumber(node))
		return;
	if (!native_map(k, (size_t)t, (int64_t)node->valuedouble, &to))
		cJSON_SetNumberHelper(node, (double)to);
	else
		err_clear();
}

static void remap_list(const struct native *k, const char *table, cJSON *list)
{
	cJSON *node;

	cJSON_ArrayForEach(node, list)
	{
		remap_node(k, table, node);
	}
}

static void remap_reviews(const struct native *k, cJSON *list)
{
	cJSON *review;

	cJSON_ArrayForEach(review, list)
	{
		remap_node(k, "users", (cJSON *)json_get(review, "userId"));
	}
}

/* {"projectId":{"from":1,"to":2}} of rows of the entity. */
static void remap_changes(const struct native *k, const struct awm_entity *e,
			  cJSON *changes)
{
	cJSON *change;

	cJSON_ArrayForEach(change, changes)
	{
		const struct awm_field *f =
			e ? awm_entity_field(e, change->string) : NULL;
		cJSON *from = (cJSON *)json_get(change, "from");
		cJSON *to = (cJSON *)json_get(change, "to");

		if (f && f->type == AWM_TYPE_REF) {
			remap_node(k, f->ref, from);
			remap_node(k, f->ref, to);
		} else if (f && f->shape == &shape_ids) {
			remap_list(k, "users", from);
			remap_list(k, "users", to);
		} else if (!strcmp(change->string, "blockers")) {
			remap_list(k, "tasks", from);
			remap_list(k, "tasks", to);
		}
	}
}

static int parse(const struct awm_value *v, cJSON **ret)
{
	*ret = NULL;
	return v->kind == AWM_TEXT ? json_parse(v->s, v->len, ret) : 0;
}

static int print(struct arena *a, const cJSON *node, struct awm_value *v)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	if (!node)
		return 0;
	json_print(&out, node);
	text = buf_check(&out) ? NULL : arena_strndup(a, out.s, out.len);
	if (text)
		*v = awm_value_text(text);
	return text ? 0 : -AWM_NOMEM;
}

static int remap_json(const struct native *k, const struct awm_field *f,
		      struct awm_value *v, struct arena *a)
{
	_cleanup_json_ cJSON *node = NULL;
	cJSON *list;
	int rc;

	if (f->shape != &shape_ids && f->shape != &shape_reactions &&
	    f->shape != &shape_reviews)
		return 0;
	rc = parse(v, &node);
	if (rc || !node)
		return rc;
	if (f->shape == &shape_ids)
		remap_list(k, "users", node);
	else if (f->shape == &shape_reviews)
		remap_reviews(k, node);
	else
		cJSON_ArrayForEach(list, node) remap_list(k, "users", list);
	return print(a, node, v);
}

/* The entity that an activity is about: "task.created", or as its metadata
 * has it. */
static const struct awm_entity *subject(const struct awm_value *type,
					const cJSON *metadata)
{
	const char *name = json_get_str(metadata, "entity");

	if (name)
		return awm_entity_find(name);
	return type->kind == AWM_TEXT && !strncmp(type->s, "project.", 8)
		       ? &entity_project
		       : &entity_task;
}

static int remap_activity(struct native *k, struct awm_value *v,
			  struct arena *a)
{
	_cleanup_json_ cJSON *changes = NULL, *metadata = NULL;
	const struct awm_entity *e;
	int rc = parse(&v[ACTIVITY_changes], &changes);

	if (!rc)
		rc = parse(&v[ACTIVITY_metadata], &metadata);
	if (rc)
		return rc;
	e = subject(&v[ACTIVITY_type], metadata);
	remap_changes(k, e, changes);
	if (e)
		remap_node(k, e->table, (cJSON *)json_get(metadata, "id"));
	rc = print(a, changes, &v[ACTIVITY_changes]);
	return rc ? rc : print(a, metadata, &v[ACTIVITY_metadata]);
}

/* external_ids: rowId, of the entity that the row names. */
static int remap_origin(struct native *k, const struct table *t,
			struct awm_value *v)
{
	int entity = table_column(t, "entity"), row = table_column(t, "rowId");
	const struct awm_entity *e;
	int of;

	if (entity < 0 || row < 0 || v[entity].kind != AWM_TEXT)
		return 0;
	e = awm_entity_find(v[entity].s);
	of = e ? table_of(k, e->table) : -1;
	return of < 0 ? 0 : native_map(k, (size_t)of, v[row].i, &v[row].i);
}

int native_remap(struct native *k, const struct table *t,
		 struct awm_value *values, struct arena *a)
{
	int rc = 0;

	if (!strcmp(t->name, "external_ids"))
		return remap_origin(k, t, values);
	if (t->e == &entity_activity)
		return remap_activity(k, values, a);
	for (size_t i = 0; i < t->n && !rc; i++) {
		const struct awm_field *f = t->columns[i].field;
		if (f && f->type == AWM_TYPE_JSON)
			rc = remap_json(k, f, &values[i], a);
	}
	return rc;
}
