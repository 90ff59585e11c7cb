// SPDX-License-Identifier: MIT
/* Templates as JSON documents. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/pool.h"
#include "domain/template.h"
#include "entity/field.h"
#include "entity/store.h"

/* What a document holds: what a template says, not what became of it here. */
static const struct part {
	size_t field;
	bool required;
	const char *dflt; /* of one that is left out */
} parts[] = {
	{TEMPLATE_name, true, NULL},
	{TEMPLATE_description, false, ""},
	{TEMPLATE_category, false, TEMPLATE_CATEGORY},
	{TEMPLATE_coverImage, false, NULL},
	{TEMPLATE_tags, false, "[]"},
	{TEMPLATE_projectStructure, true, NULL},
	{TEMPLATE_aiProviderRecommendations, false, NULL},
	{TEMPLATE_isPublic, false, NULL},
};

int awm_template_export(struct awm_session *s, int64_t id,
			struct awm_pool *pool, const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out, .indent = 2};
	struct awm_record *row;
	const char *text;
	int rc = store_get(s->db, &entity_template, id, pool_arena(pool), &row);

	if (rc)
		return rc;
	jsonw_object(&w);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct awm_field *f =
			&entity_template.fields[parts[i].field];

		jsonw_key(&w, f->name);
		field_to_json(&w, f, &row->values[parts[i].field]);
	}
	jsonw_end_object(&w);
	buf_addc(&out, '\n');
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(pool_arena(pool), out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = text;
	return 0;
}

/* ---- import ---- */

struct outcome {
	const char *did;
	struct awm_record *row;
};

struct import {
	const cJSON *root;
	struct arena *arena;
	struct outcome *outcomes;
	size_t count;
};

static const struct part *find_part(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!strcmp(entity_template.fields[parts[i].field].name, key))
			return &parts[i];
	return NULL;
}

static int unknown_key(const char *key)
{
	_cleanup_buf_ struct buf all = {0};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		buf_addf(&all, "%s%s", i ? ", " : "",
			 entity_template.fields[parts[i].field].name);
	err_set(AWM_INVALID, "unknown key '%s'", key);
	return err_hint("a template has %s", buf_str(&all));
}

static int check_keys(const cJSON *document)
{
	const cJSON *node;

	if (!cJSON_IsObject(document))
		return err_set(AWM_INVALID, "want an object");
	cJSON_ArrayForEach(node, document)
	{
		if (!find_part(node->string))
			return unknown_key(node->string);
	}
	return 0;
}

static int part_value(struct import *im, const cJSON *document,
		      const struct part *part, struct awm_value *ret)
{
	const struct awm_field *f = &entity_template.fields[part->field];
	const cJSON *node = json_get(document, f->name);

	if (node && !cJSON_IsNull(node))
		return field_from_json(f, node, im->arena, ret);
	if (part->required)
		return err_set(AWM_INVALID, "missing %s", f->name);
	*ret = f->type == AWM_TYPE_BOOL ? AWM_VALUE_INT(0)
					: awm_value_text(part->dflt);
	return 0;
}

/* 0 when there is none. A name is meant to the letter here: what is imported
 * must not overwrite what only resembles it. */
static int find_named(struct awm_session *s, const char *name, int64_t *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st,
			  "SELECT \"id\" FROM \"templates\" WHERE \"name\"=?1 "
			  "ORDER BY \"id\" LIMIT 2",
			  "t", name);

	*ret = 0;
	if (!rc)
		rc = db_step(st);
	if (rc <= 0)
		return rc;
	*ret = db_column_int(st, 0);
	rc = db_step(st);
	if (rc <= 0)
		return rc;
	err_set(AWM_CONFLICT, "several templates are called '%s'", name);
	return err_hint("rename one: awm template edit ID --name NAME");
}

static int change_one(struct awm_session *s, struct import *im, int64_t id,
		      const struct awm_set *sets, size_t n, struct outcome *ret)
{
	struct awm_record *before;
	int rc = store_get(s->db, &entity_template, id, im->arena, &before);

	if (!rc)
		rc = mutate_edit(s, &entity_template, id, sets, n, NULL, NULL,
				 im->arena, &ret->row);
	if (rc)
		return rc;
	ret->did = value_equal(&before->values[TEMPLATE_updatedAt],
			       &ret->row->values[TEMPLATE_updatedAt])
			   ? "unchanged"
			   : "changed";
	return 0;
}

static int import_one(struct awm_session *s, struct import *im,
		      const cJSON *document, struct outcome *ret)
{
	struct awm_set sets[ARRAY_LEN(parts)];
	int64_t id = 0;
	int rc = check_keys(document);

	for (size_t i = 0; i < ARRAY_LEN(parts) && !rc; i++) {
		sets[i].field = &entity_template.fields[parts[i].field];
		rc = part_value(im, document, &parts[i], &sets[i].value);
	}
	if (!rc)
		rc = find_named(s, sets[0].value.s, &id);
	if (rc)
		return rc;
	if (id)
		return change_one(s, im, id, sets, ARRAY_LEN(sets), ret);
	ret->did = "added";
	return mutate_add(s, &entity_template, sets, ARRAY_LEN(sets), NULL,
			  NULL, im->arena, &ret->row);
}

static int import_all(struct awm_session *s, void *ctx)
{
	struct import *im = ctx;
	const cJSON *document;
	int rc = 0;

	im->count = 0;
	if (!cJSON_IsArray(im->root)) {
		im->count = 1;
		return import_one(s, im, im->root, im->outcomes);
	}
	cJSON_ArrayForEach(document, im->root)
	{
		rc = import_one(s, im, document, &im->outcomes[im->count++]);
		if (rc)
			return err_context("template %zu", im->count);
	}
	return 0;
}

int awm_template_import(struct awm_session *s, const char *text, size_t len,
			struct awm_pool *pool, awm_template_fn *fn, void *ctx)
{
	_cleanup_json_ cJSON *root = NULL;
	struct import im = {.arena = pool_arena(pool)};
	int rc = json_parse(text, len, &root);

	if (rc)
		return rc;
	im.root = root;
	im.outcomes =
		arena_array(im.arena, (size_t)cJSON_GetArraySize(root) + 1,
			    sizeof(*im.outcomes));
	if (!im.outcomes)
		return -AWM_NOMEM;
	rc = awm_transaction(s, import_all, &im);
	for (size_t i = 0; i < im.count && !rc && fn; i++)
		rc = fn(ctx, im.outcomes[i].did, im.outcomes[i].row);
	return rc;
}
