/* SPDX-License-Identifier: MIT */
/* Conditions of triggers, over the data of an event. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/number.h"
#include "base/pattern.h"
#include "base/time.h"
#include "domain/automation.h"
#include "entity/entity.h"

#define STEPS 200000 /* of one pattern; some milliseconds */

/* What values are compared as. */
struct scale {
	const struct awm_field *field; /* NULL: not a column */
	int64_t now;
	const char *zone;
};

/* The member under a path: "actor.email". */
static const cJSON *at_path(const cJSON *node, const char *path)
{
	while (node && *path) {
		_cleanup_buf_ struct buf name = {0};
		size_t len = strcspn(path, ".");

		buf_add(&name, path, len);
		node = name.failed ? NULL : json_get(node, buf_str(&name));
		path += len + (path[len] == '.');
	}
	return node;
}

/* The place of a word among the words of its column. Of priorities the most
 * urgent comes first, and is more than the others. */
static bool word_rank(const struct awm_field *f, const char *text, double *ret)
{
	size_t n = 0, at = SIZE_MAX;

	for (; f->words[n]; n++)
		if (!strcmp(f->words[n], text))
			at = n;
	if (at == SIZE_MAX)
		return false;
	*ret = strcmp(f->name, "priority") ? (double)at : (double)(n - at);
	return true;
}

static bool text_number(const char *text, double *ret)
{
	_cleanup_json_ cJSON *node = NULL;

	if (json_parse(text, strlen(text), &node)) {
		err_clear();
		return false;
	}
	*ret = node->valuedouble;
	return cJSON_IsNumber(node);
}

/* The value as a number, where the column or the value itself is one. */
static bool as_number(const struct scale *scale, const cJSON *node, double *ret)
{
	const struct awm_field *f = scale->field;
	int64_t ms;

	if (cJSON_IsNumber(node)) {
		*ret = node->valuedouble;
		return true;
	}
	if (!cJSON_IsString(node))
		return false;
	if (f && f->type == AWM_TYPE_ENUM)
		return word_rank(f, node->valuestring, ret);
	if (f && f->type == AWM_TYPE_TIME) {
		if (time_parse(node->valuestring, scale->zone, scale->now,
			       &ms)) {
			err_clear();
			return false;
		}
		*ret = (double)ms;
		return true;
	}
	return text_number(node->valuestring, ret);
}

static bool equal(const struct scale *scale, const cJSON *a, const cJSON *b)
{
	double x, y;

	if (!a || cJSON_IsNull(a) || cJSON_IsNull(b))
		return (!a || cJSON_IsNull(a)) && cJSON_IsNull(b);
	if (cJSON_IsString(a) && cJSON_IsString(b) &&
	    !strcmp(a->valuestring, b->valuestring))
		return true;
	if (cJSON_IsBool(a) && cJSON_IsBool(b))
		return cJSON_IsTrue(a) == cJSON_IsTrue(b);
	if (cJSON_IsBool(a) && cJSON_IsNumber(b))
		return (double)cJSON_IsTrue(a) == b->valuedouble;
	if (as_number(scale, a, &x) && as_number(scale, b, &y))
		return x == y;
	return cJSON_Compare(a, b, true);
}

static bool among(const struct scale *scale, const cJSON *node,
		  const cJSON *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (equal(scale, node, item))
			return true;
	}
	return false;
}

static bool contains(const struct scale *scale, const cJSON *node,
		     const cJSON *value)
{
	if (cJSON_IsArray(node))
		return among(scale, value, node);
	return cJSON_IsString(node) && cJSON_IsString(value) &&
	       strcasestr(node->valuestring, value->valuestring);
}

/* The sign of a - b, into *ret. */
static bool compare(const struct scale *scale, const cJSON *a, const cJSON *b,
		    int *ret)
{
	double x, y;

	if (as_number(scale, a, &x) && as_number(scale, b, &y)) {
		*ret = (x > y) - (x < y);
		return true;
	}
	if (!cJSON_IsString(a) || !cJSON_IsString(b))
		return false;
	*ret = strcmp(a->valuestring, b->valuestring);
	return true;
}

/* A pattern that takes too long matches nothing. */
static bool matches(const cJSON *node, const cJSON *value)
{
	uint64_t steps = STEPS;
	struct pattern *pattern = NULL;
	int rc;

	if (!cJSON_IsString(node) || !cJSON_IsString(value))
		return false;
	rc = pattern_compile(value->valuestring, &pattern);
	if (!rc)
		rc = pattern_match(pattern, node->valuestring,
				   strlen(node->valuestring), &steps);
	pattern_free(pattern);
	if (rc < 0)
		err_clear();
	return rc == 1;
}

static bool ordered(const struct scale *scale, const char *op, const cJSON *a,
		    const cJSON *b)
{
	int sign;

	if (!compare(scale, a, b, &sign))
		return false;
	if (!strcmp(op, "gt"))
		return sign > 0;
	if (!strcmp(op, "gte"))
		return sign >= 0;
	if (!strcmp(op, "lt"))
		return sign < 0;
	return !strcmp(op, "lte") && sign <= 0;
}

static bool holds(const cJSON *condition, const cJSON *data,
		  const struct awm_entity *e, struct scale scale)
{
	const char *field = json_get_str(condition, "field");
	const char *op = json_get_str(condition, "op");
	const cJSON *value = json_get(condition, "value");
	const cJSON *row = json_get(data, e->name), *node, *change;

	if (!field || !op)
		return false;
	scale.field = awm_entity_field(e, field);
	change = json_get(json_get(data, "changes"), field);
	node = scale.field ? json_get(row, field) : at_path(data, field);
	if (!strcmp(op, "changed"))
		return change != NULL;
	if (!strcmp(op, "from"))
		return change && equal(&scale, json_get(change, "from"), value);
	if (!strcmp(op, "to"))
		return change && equal(&scale, json_get(change, "to"), value);
	if (!strcmp(op, "eq"))
		return equal(&scale, node, value);
	if (!strcmp(op, "ne"))
		return !equal(&scale, node, value);
	if (!strcmp(op, "in"))
		return among(&scale, node, value);
	if (!strcmp(op, "nin"))
		return !among(&scale, node, value);
	if (!strcmp(op, "contains"))
		return contains(&scale, node, value);
	if (!strcmp(op, "matches"))
		return matches(node, value);
	return ordered(&scale, op, node, value);
}

bool automation_conditions_hold(const cJSON *conditions, const cJSON *data,
				const struct awm_entity *e, int64_t now,
				const char *zone)
{
	struct scale scale = {.now = now, .zone = zone};
	const cJSON *condition;

	cJSON_ArrayForEach(condition, conditions)
	{
		if (!holds(condition, data, e, scale))
			return false;
	}
	return true;
}
