// SPDX-License-Identifier: MIT
/* Shapes as JSON Schema. */
#include "entity/shape.h"

static void put_type(struct jsonw *w, const char *type, bool nullable)
{
	jsonw_key(w, "type");
	if (!nullable) {
		jsonw_str(w, type);
		return;
	}
	jsonw_array(w);
	jsonw_str(w, type);
	jsonw_str(w, "null");
	jsonw_end_array(w);
}

static void put_schema(struct jsonw *w, const struct awm_shape *shape,
		       bool nullable);

static void put_object(struct jsonw *w, const struct awm_shape *shape,
		       bool nullable)
{
	put_type(w, "object", nullable);
	if (!shape->keys)
		return;
	jsonw_key(w, "properties");
	jsonw_object(w);
	for (const struct shape_key *k = shape->keys; k->name; k++) {
		jsonw_key(w, k->name);
		put_schema(w, k->shape, !k->required);
	}
	jsonw_end_object(w);
	jsonw_key(w, "required");
	jsonw_array(w);
	for (const struct shape_key *k = shape->keys; k->name; k++)
		jsonw_str(w, k->name);
	jsonw_end_array(w);
	jsonw_key(w, "additionalProperties");
	jsonw_bool(w, shape->open);
}

static void put_words(struct jsonw *w, const struct awm_shape *shape,
		      bool nullable)
{
	put_type(w, "string", nullable);
	jsonw_key(w, "enum");
	jsonw_array(w);
	for (const char *const *word = shape->words; *word; word++)
		jsonw_str(w, *word);
	if (nullable)
		jsonw_null(w);
	jsonw_end_array(w);
}

static void put_kind(struct jsonw *w, const struct awm_shape *shape,
		     bool nullable)
{
	switch (shape->kind) {
	case SHAPE_OBJECT:
		put_object(w, shape, nullable);
		return;
	case SHAPE_MAP:
		put_type(w, "object", nullable);
		jsonw_key(w, "additionalProperties");
		put_schema(w, shape->items, false);
		return;
	case SHAPE_ARRAY:
		put_type(w, "array", nullable);
		jsonw_key(w, "items");
		put_schema(w, shape->items, false);
		return;
	case SHAPE_TEXT:
	case SHAPE_NAME:
	case SHAPE_TIME:
		put_type(w, "string", nullable);
		return;
	case SHAPE_WORD:
		put_words(w, shape, nullable);
		return;
	case SHAPE_NUMBER:
		put_type(w, "number", nullable);
		return;
	case SHAPE_INTEGER:
		put_type(w, "integer", nullable);
		return;
	case SHAPE_BOOL:
		put_type(w, "boolean", nullable);
		return;
	case SHAPE_VARIANT:
		put_type(w, "object", nullable);
		return;
	case SHAPE_ANY:
	case SHAPE_SCALAR:
	case SHAPE_SCHEMA:
		return;
	}
}

static void put_schema(struct jsonw *w, const struct awm_shape *shape,
		       bool nullable)
{
	jsonw_object(w);
	put_kind(w, shape, nullable);
	jsonw_end_object(w);
}

void shape_to_schema(struct jsonw *w, const struct awm_shape *shape)
{
	put_schema(w, shape, false);
}
