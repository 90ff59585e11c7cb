/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "jsonschema/schema.h"

/* What the values of keywords are. */

/* ---- types ---- */

#define TYPE_INTEGER (1u << 0)
#define TYPE_NUMBER  (1u << 1)
#define TYPE_NULL    (1u << 2)
#define TYPE_BOOLEAN (1u << 3)
#define TYPE_STRING  (1u << 4)
#define TYPE_ARRAY   (1u << 5)
#define TYPE_OBJECT  (1u << 6)

static const char *const types[] = {"integer", "number", "null",  "boolean",
				    "string",  "array",	 "object"};

static unsigned type_bit(const cJSON *word)
{
	const char *text = cJSON_GetStringValue(word);

	for (size_t i = 0; text && i < ARRAY_LEN(types); i++)
		if (strcmp(text, types[i]) == 0)
			return 1u << i;
	return 0;
}

unsigned types_of(const cJSON *value)
{
	const cJSON *word;
	unsigned bits = 0;

	if (!cJSON_IsArray(value))
		return type_bit(value);
	cJSON_ArrayForEach(word, value) bits |= type_bit(word);
	return bits;
}

bool type_matches(unsigned bits, const cJSON *value)
{
	if (cJSON_IsNumber(value))
		return bits & TYPE_NUMBER ||
		       (bits & TYPE_INTEGER &&
			floor(value->valuedouble) == value->valuedouble);
	if (cJSON_IsString(value))
		return bits & TYPE_STRING;
	if (cJSON_IsObject(value))
		return bits & TYPE_OBJECT;
	if (cJSON_IsArray(value))
		return bits & TYPE_ARRAY;
	if (cJSON_IsBool(value))
		return bits & TYPE_BOOLEAN;
	return bits & TYPE_NULL;
}

void types_add(struct buf *out, unsigned bits)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!(bits >> i & 1))
			continue;
		buf_addf(out, "%s%s", first ? "" : " or ", types[i]);
		first = false;
	}
}

/* ---- one kind each ---- */

static bool is_schema(const cJSON *value)
{
	return cJSON_IsObject(value) || cJSON_IsBool(value);
}

static bool are_schemas(const cJSON *value)
{
	const cJSON *c;

	if (!cJSON_IsArray(value) || !value->child)
		return false;
	cJSON_ArrayForEach(c, value) if (!is_schema(c)) return false;
	return true;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whether no two of the strings are the same. Without memory this is left to
 * be found out elsewhere: it is no rule that anything rests on. */
static bool are_different(const cJSON *array)
{
	size_t n = (size_t)cJSON_GetArraySize(array), i = 0;
	_cleanup_free_ const char **texts = NULL;
	const cJSON *c;

	if (n < 2)
		return true;
	texts = calloc(n, sizeof(*texts));
	if (!texts)
		return true;
	cJSON_ArrayForEach(c, array) texts[i++] = c->valuestring;
	qsort(texts, n, sizeof(*texts), compare_texts);
	for (i = 1; i < n; i++)
		if (strcmp(texts[i - 1], texts[i]) == 0)
			return false;
	return true;
}

static bool are_names(const cJSON *value)
{
	const cJSON *c;

	if (!cJSON_IsArray(value))
		return false;
	cJSON_ArrayForEach(c, value) if (!cJSON_IsString(c)) return false;
	return are_different(value);
}

static bool are_types(const cJSON *value)
{
	const cJSON *c;

	if (cJSON_IsString(value))
		return type_bit(value);
	if (!cJSON_IsArray(value) || !value->child)
		return false;
	cJSON_ArrayForEach(c, value) if (!type_bit(c)) return false;
	return are_different(value);
}

static bool is_count(const cJSON *value)
{
	return cJSON_IsNumber(value) && value->valuedouble >= 0 &&
	       floor(value->valuedouble) == value->valuedouble;
}

static bool is_anchor(const cJSON *value)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const char *s = cJSON_GetStringValue(value);

	return s && *s && strchr(letters, *s) &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-.")] == '\0';
}

static bool is_id(const cJSON *value, enum draft draft)
{
	const char *s = cJSON_GetStringValue(value), *hash;

	if (!s || draft == DRAFT_7)
		return s;
	hash = strchr(s, '#');
	return !hash || hash[1] == '\0';
}

/* An object, each member of which passes. */
static bool all_members(const cJSON *value, bool (*passes)(const cJSON *))
{
	const cJSON *c;

	if (!cJSON_IsObject(value))
		return false;
	cJSON_ArrayForEach(c, value) if (!passes(c)) return false;
	return true;
}

static bool is_dependency(const cJSON *value)
{
	return is_schema(value) || are_names(value);
}

#define EXPECT(condition, text) return (condition) ? NULL : (text)

const char *kind_problem(enum value_kind kind, const cJSON *value,
			 enum draft draft)
{
	switch (kind) {
	case VALUE_ANY:
		return NULL;
	case VALUE_BOOL:
		EXPECT(cJSON_IsBool(value), "want true or false");
	case VALUE_TEXT:
	case VALUE_URI:
	case VALUE_PATTERN:
		EXPECT(cJSON_IsString(value), "want a string");
	case VALUE_ID:
		EXPECT(is_id(value, draft), "want a URI without fragment");
	case VALUE_ANCHOR:
		EXPECT(is_anchor(value), "want a name of letters, digits, "
					 "_, - and .");
	case VALUE_NUMBER:
		EXPECT(cJSON_IsNumber(value), "want a number");
	case VALUE_POSITIVE:
		EXPECT(cJSON_IsNumber(value) && value->valuedouble > 0,
		       "want a number over 0");
	case VALUE_COUNT:
		EXPECT(is_count(value), "want a whole number from 0");
	case VALUE_TYPE:
		EXPECT(are_types(value), "want a type or different ones");
	case VALUE_ARRAY:
		EXPECT(cJSON_IsArray(value), "want an array");
	case VALUE_NAMES:
		EXPECT(are_names(value), "want an array of different strings");
	case VALUE_OBJECT:
		EXPECT(cJSON_IsObject(value), "want an object");
	case VALUE_NAMES_MAP:
		EXPECT(all_members(value, are_names),
		       "want an object of arrays of different strings");
	case VALUE_SCHEMA:
		EXPECT(is_schema(value), "want a schema");
	case VALUE_SCHEMAS:
		EXPECT(are_schemas(value), "want an array of schemas");
	case VALUE_SCHEMA_MAP:
	case VALUE_PATTERN_MAP:
		EXPECT(all_members(value, is_schema),
		       "want an object of schemas");
	case VALUE_ITEMS:
		EXPECT(is_schema(value) || are_schemas(value),
		       "want a schema or an array of schemas");
	case VALUE_DEPENDENCIES:
		EXPECT(all_members(value, is_dependency),
		       "want an object of schemas or arrays of different "
		       "strings");
	}
	return NULL;
}

/* ---- the schemas in them ---- */

static int children_of_array(const cJSON *value, child_fn *fn, void *ctx)
{
	const cJSON *c;
	int64_t i = 0;
	int rc = 0;

	cJSON_ArrayForEach(c, value)
	{
		rc = fn(ctx, c, NULL, i++);
		if (rc)
			return rc;
	}
	return 0;
}

static int children_of_object(const cJSON *value, child_fn *fn, void *ctx)
{
	const cJSON *c;
	int rc = 0;

	cJSON_ArrayForEach(c, value)
	{
		if (!is_schema(c))
			continue;
		rc = fn(ctx, c, c->string, -1);
		if (rc)
			return rc;
	}
	return 0;
}

int kind_children(enum value_kind kind, const cJSON *value, child_fn *fn,
		  void *ctx)
{
	switch (kind) {
	case VALUE_SCHEMA:
		return fn(ctx, value, NULL, -1);
	case VALUE_SCHEMAS:
		return children_of_array(value, fn, ctx);
	case VALUE_ITEMS:
		return cJSON_IsArray(value) ? children_of_array(value, fn, ctx)
					    : fn(ctx, value, NULL, -1);
	case VALUE_SCHEMA_MAP:
	case VALUE_PATTERN_MAP:
	case VALUE_DEPENDENCIES:
		return children_of_object(value, fn, ctx);
	default:
		return 0;
	}
}
