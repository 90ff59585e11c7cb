/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jsonschema/schema.h"

#define IN_7	DRAFT_7
#define IN_2020 DRAFT_2020

const struct keyword keywords[] = {
	{"$id", DRAFTS, VALUE_ID},
	{"$schema", DRAFTS, VALUE_URI},
	{"$comment", DRAFTS, VALUE_TEXT},
	{"$anchor", IN_2020, VALUE_ANCHOR},
	{"$dynamicAnchor", IN_2020, VALUE_ANCHOR},
	{"$vocabulary", IN_2020, VALUE_OBJECT},
	{"$defs", IN_2020, VALUE_SCHEMA_MAP},
	{"definitions", DRAFTS, VALUE_SCHEMA_MAP},

	{"type", DRAFTS, VALUE_TYPE, TO_ANY, eval_type},
	{"enum", DRAFTS, VALUE_ARRAY, TO_ANY, eval_enum},
	{"const", DRAFTS, VALUE_ANY, TO_ANY, eval_const},

	{"multipleOf", DRAFTS, VALUE_POSITIVE, TO_NUMBER, eval_multiple_of},
	{"minimum", DRAFTS, VALUE_NUMBER, TO_NUMBER, eval_minimum},
	{"maximum", DRAFTS, VALUE_NUMBER, TO_NUMBER, eval_maximum},
	{"exclusiveMinimum", DRAFTS, VALUE_NUMBER, TO_NUMBER,
	 eval_exclusive_minimum},
	{"exclusiveMaximum", DRAFTS, VALUE_NUMBER, TO_NUMBER,
	 eval_exclusive_maximum},

	{"minLength", DRAFTS, VALUE_COUNT, TO_STRING, eval_min_length},
	{"maxLength", DRAFTS, VALUE_COUNT, TO_STRING, eval_max_length},
	{"pattern", DRAFTS, VALUE_PATTERN, TO_STRING, eval_pattern},
	{"format", DRAFTS, VALUE_TEXT},
	{"contentEncoding", DRAFTS, VALUE_TEXT},
	{"contentMediaType", DRAFTS, VALUE_TEXT},
	{"contentSchema", IN_2020, VALUE_SCHEMA},

	{"minItems", DRAFTS, VALUE_COUNT, TO_ARRAY, eval_min_items},
	{"maxItems", DRAFTS, VALUE_COUNT, TO_ARRAY, eval_max_items},
	{"uniqueItems", DRAFTS, VALUE_BOOL, TO_ARRAY, eval_unique_items},
	{"prefixItems", IN_2020, VALUE_SCHEMAS, TO_ARRAY, eval_prefix_items},
	{"items", IN_2020, VALUE_SCHEMA, TO_ARRAY, eval_items, {"prefixItems"}},
	{"items", IN_7, VALUE_ITEMS, TO_ARRAY, eval_items_7},
	{"additionalItems",
	 IN_7,
	 VALUE_SCHEMA,
	 TO_ARRAY,
	 eval_additional_items,
	 {"items"}},
	{"minContains", IN_2020, VALUE_COUNT},
	{"maxContains", IN_2020, VALUE_COUNT},
	{"contains",
	 DRAFTS,
	 VALUE_SCHEMA,
	 TO_ARRAY,
	 eval_contains,
	 {"minContains", "maxContains"}},

	{"required", DRAFTS, VALUE_NAMES, TO_OBJECT, eval_required},
	{"minProperties", DRAFTS, VALUE_COUNT, TO_OBJECT, eval_min_properties},
	{"maxProperties", DRAFTS, VALUE_COUNT, TO_OBJECT, eval_max_properties},
	{"propertyNames", DRAFTS, VALUE_SCHEMA, TO_OBJECT, eval_property_names},
	{"properties", DRAFTS, VALUE_SCHEMA_MAP, TO_OBJECT, eval_properties},
	{"patternProperties", DRAFTS, VALUE_PATTERN_MAP, TO_OBJECT,
	 eval_pattern_properties},
	{"additionalProperties",
	 DRAFTS,
	 VALUE_SCHEMA,
	 TO_OBJECT,
	 eval_additional_properties,
	 {"properties", "patternProperties"}},
	{"dependentRequired", IN_2020, VALUE_NAMES_MAP, TO_OBJECT,
	 eval_dependencies},
	{"dependentSchemas", IN_2020, VALUE_SCHEMA_MAP, TO_OBJECT,
	 eval_dependencies},
	/* 2020-12 split it in two; old habits are met. */
	{"dependencies", DRAFTS, VALUE_DEPENDENCIES, TO_OBJECT,
	 eval_dependencies},

	{"$ref", DRAFTS, VALUE_URI, TO_ANY, eval_ref, .reference = true},
	{"$dynamicRef", IN_2020, VALUE_URI, TO_ANY, eval_dynamic_ref,
	 .reference = true},
	{"allOf", DRAFTS, VALUE_SCHEMAS, TO_ANY, eval_all_of},
	{"anyOf", DRAFTS, VALUE_SCHEMAS, TO_ANY, eval_any_of},
	{"oneOf", DRAFTS, VALUE_SCHEMAS, TO_ANY, eval_one_of},
	{"not", DRAFTS, VALUE_SCHEMA, TO_ANY, eval_not},
	{"then", DRAFTS, VALUE_SCHEMA},
	{"else", DRAFTS, VALUE_SCHEMA},
	{"if", DRAFTS, VALUE_SCHEMA, TO_ANY, eval_if, {"then", "else"}},

	{"unevaluatedItems", IN_2020, VALUE_SCHEMA, TO_ARRAY,
	 eval_unevaluated_items},
	{"unevaluatedProperties", IN_2020, VALUE_SCHEMA, TO_OBJECT,
	 eval_unevaluated_properties},

	{"title", DRAFTS, VALUE_TEXT},
	{"description", DRAFTS, VALUE_TEXT},
	{"default", DRAFTS, VALUE_ANY},
	{"examples", DRAFTS, VALUE_ARRAY},
	{"readOnly", DRAFTS, VALUE_BOOL},
	{"writeOnly", DRAFTS, VALUE_BOOL},
	{"deprecated", IN_2020, VALUE_BOOL},
	{0},
};

const struct keyword *keyword_find(const char *name, enum draft draft)
{
	for (const struct keyword *k = keywords; k->name; k++)
		if (k->drafts & draft && strcmp(k->name, name) == 0)
			return k;
	return NULL;
}
