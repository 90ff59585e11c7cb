/* SPDX-License-Identifier: MIT */
#include "entity/shape.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "entity/field.h"

/* Where in the text a check is: a chain from the place to the root. */
struct place {
	const struct place *up;
	const char *key; /* NULL: element `index` */
	int index;
};

static void place_add(struct buf *b, const struct place *at)
{
	if (at->up)
		place_add(b, at->up);
	if (!at->key)
		buf_addf(b, "[%d]", at->index);
	else
		buf_addf(b, "%s%s", at->up ? "." : "", at->key);
}

static int refuse(const struct place *at, const char *before, const char *what)
{
	_cleanup_buf_ struct buf path = {0};

	place_add(&path, at);
	if (buf_check(&path) < 0)
		return -AWM_NOMEM;
	return err_set(AWM_INVALID, "%.500s: %s%.400s", buf_str(&path), before,
		       what);
}

static int want(const struct place *at, const char *what)
{
	return refuse(at, "want ", what);
}

static int check(const struct awm_shape *shape, const cJSON *node,
		 const struct place *at);

static int check_word(const struct awm_shape *shape, const cJSON *node,
		      const struct place *at)
{
	_cleanup_buf_ struct buf list = {0};

	for (const char *const *w = shape->words; *w; w++) {
		if (cJSON_IsString(node) && !strcmp(*w, node->valuestring))
			return 0;
		buf_addf(&list, "%s%s", w == shape->words ? "" : ", ", *w);
	}
	if (buf_check(&list) < 0)
		return -AWM_NOMEM;
	return refuse(at, "want one of ", buf_str(&list));
}

static int check_number(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	_cleanup_buf_ struct buf b = {0};
	bool whole = shape->kind != SHAPE_NUMBER;
	bool bounds = shape->min < shape->max;
	double d = node->valuedouble;

	if (cJSON_IsNumber(node) && isfinite(d) && (!whole || d == floor(d)) &&
	    (!bounds || (d >= shape->min && d <= shape->max)))
		return 0;
	buf_adds(&b, whole ? "a whole number" : "a number");
	if (bounds)
		buf_addf(&b, " from %g", shape->min);
	if (bounds && shape->max < SHAPE_INTEGER_MAX)
		buf_addf(&b, " to %g", shape->max);
	return buf_check(&b) < 0 ? -AWM_NOMEM : want(at, buf_str(&b));
}

static int check_string(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	const char *s = node->valuestring, *wanted;
	int64_t ms;

	if (!cJSON_IsString(node))
		return want(at, "a string");
	if (shape->kind == SHAPE_NAME) {
		wanted = field_name_wanted(s, strlen(s));
		return wanted ? want(at, wanted) : 0;
	}
	if (shape->kind == SHAPE_TIME &&
	    (s[0] < '0' || s[0] > '9' || time_parse(s, NULL, 0, &ms) < 0))
		return want(at, "a time like 2026-11-22T17:00:00Z");
	return 0;
}

static int check_array(const struct awm_shape *shape, const cJSON *node,
		       const struct place *at)
{
	struct place here = {.up = at};
	const cJSON *item;
	int r;

	if (!cJSON_IsArray(node))
		return want(at, "an array");
	cJSON_ArrayForEach(item, node)
	{
		r = check(shape->items, item, &here);
		if (r < 0)
			return r;
		here.index++;
	}
	if ((size_t)here.index < shape->at_least)
		return want(at, "at least one element");
	return 0;
}

static int check_map(const struct awm_shape *shape, const cJSON *node,
		     const struct place *at)
{
	const cJSON *item;
	int r;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	cJSON_ArrayForEach(item, node)
	{
		struct place here = {.up = at, .key = item->string};

		if (field_name_wanted(item->string, strlen(item->string)))
			return want(at, "keys of 1 to 1,000 characters, one "
					"line each");
		r = check(shape->items, item, &here);
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct shape_key *find_key(const struct awm_shape *shape,
					const char *name)
{
	const struct shape_key *k = shape->keys;

	while (k && k->name && strcmp(k->name, name) != 0)
		k++;
	return k && k->name ? k : NULL;
}

/* Refuses a key or a type, and names the ones there are. */
static int unknown(const struct awm_shape *shape, const struct place *at,
		   const char *what)
{
	_cleanup_buf_ struct buf list = {0};

	for (const struct shape_key *k = shape->keys; k->name; k++)
		buf_addf(&list, "%s%s", k == shape->keys ? "" : ", ", k->name);
	if (buf_check(&list) < 0 || refuse(at, "unknown ", what) == -AWM_NOMEM)
		return -AWM_NOMEM;
	return err_hint("one of %s", buf_str(&list));
}

static int check_object(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	const cJSON *item;
	int r;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	cJSON_ArrayForEach(item, node)
	{
		const struct shape_key *k = find_key(shape, item->string);
		struct place here = {.up = at, .key = item->string};

		if (!k && shape->keys && !shape->open)
			return unknown(shape, &here, "key");
		r = k ? check(k->shape, item, &here) : 0;
		if (r < 0)
			return r;
	}
	for (const struct shape_key *k = shape->keys; k && k->name; k++)
		if (k->required && !json_get(node, k->name))
			return refuse(at, "missing ", k->name);
	return 0;
}

static int check_variant(const struct awm_shape *shape, const cJSON *node,
			 const struct place *at)
{
	struct place here = {.up = at, .key = "type"};
	const struct shape_key *k;
	const char *type;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	if (!json_get(node, "type"))
		return refuse(at, "missing ", "type");
	type = json_get_str(node, "type");
	k = type ? find_key(shape, type) : NULL;
	return k ? check(k->shape, node, at) : unknown(shape, &here, "type");
}

static int check_kind(const struct awm_shape *shape, const cJSON *node,
		      const struct place *at)
{
	switch (shape->kind) {
	case SHAPE_ANY:
		return 0;
	case SHAPE_OBJECT:
		return check_object(shape, node, at);
	case SHAPE_MAP:
		return check_map(shape, node, at);
	case SHAPE_ARRAY:
		return check_array(shape, node, at);
	case SHAPE_TEXT:
	case SHAPE_NAME:
	case SHAPE_TIME:
		return check_string(shape, node, at);
	case SHAPE_WORD:
		return check_word(shape, node, at);
	case SHAPE_NUMBER:
	case SHAPE_INTEGER:
		return check_number(shape, node, at);
	case SHAPE_BOOL:
		return cJSON_IsBool(node) ? 0 : want(at, "true or false");
	case SHAPE_SCALAR:
		if (cJSON_IsString(node) || cJSON_IsNumber(node) ||
		    cJSON_IsBool(node))
			return 0;
		return want(at, "a string, a number or a boolean");
	case SHAPE_SCHEMA:
		if (cJSON_IsObject(node) || cJSON_IsBool(node))
			return 0;
		return want(at, "a JSON Schema, an object or a boolean");
	case SHAPE_VARIANT:
		return check_variant(shape, node, at);
	}
	return 0;
}

static int check(const struct awm_shape *shape, const cJSON *node,
		 const struct place *at)
{
	int r = check_kind(shape, node, at);
	const char *wanted = r == 0 && shape->rule ? shape->rule(node) : NULL;

	return wanted ? want(at, wanted) : r;
}

int shape_check_node(const struct awm_shape *shape, const cJSON *node,
		     const char *what)
{
	struct place root = {.key = what};

	return check(shape, node, &root);
}

int shape_check(const struct awm_shape *shape, const char *json, size_t len,
		const char *what)
{
	_cleanup_json_ cJSON *node = NULL;
	int r;

	if (shape->kind == SHAPE_ANY)
		r = json_check(json, len);
	else
		r = json_parse(json, len, &node);
	if (r < 0)
		return err_context("%s", what);
	return node ? shape_check_node(shape, node, what) : 0;
}
