// SPDX-License-Identifier: MIT
/* What was changed here, written over a record as it came. */
#include "base/err.h"
#include "domain/exchange/exchange.h"

static bool same(const cJSON *a, const cJSON *b)
{
	return a == b || (a && b && cJSON_Compare(a, b, true));
}

static int take(cJSON *original, const char *key, const cJSON *value)
{
	cJSON *copy, *there = cJSON_GetObjectItemCaseSensitive(original, key);

	if (!value) {
		cJSON_DeleteItemFromObjectCaseSensitive(original, key);
		return 0;
	}
	copy = cJSON_Duplicate(value, true);
	if (!copy)
		return err_nomem();
	if (!there)
		return put(original, key, copy);
	/* Where it stood. */
	if (cJSON_ReplaceItemInObjectCaseSensitive(original, key, copy))
		return 0;
	cJSON_Delete(copy);
	return err_nomem();
}

/* ---- lists of objects: comments, labels, dependencies ---- */

static bool is_list(const cJSON *node)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, node)
	{
		if (!cJSON_IsObject(item))
			return false;
	}
	return cJSON_IsArray(node);
}

/* Whether the object says what the other does, and maybe more. */
static bool covers(const cJSON *o, const cJSON *part)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, part)
	{
		const cJSON *there = json_get(o, node->string);
		if (cJSON_IsObject(node) ? !covers(there, node)
					 : !same(there, node))
			return false;
	}
	return true;
}

/* For each item of the list as it came the one of `was` that it is; NULL for
 * what awm made nothing of. Lists of one length are alike. */
static const cJSON *counterpart(const cJSON *item, int at, const cJSON *list,
				const cJSON *was)
{
	const cJSON *node;

	if (cJSON_GetArraySize(list) == cJSON_GetArraySize(was))
		return cJSON_GetArrayItem(was, at);
	cJSON_ArrayForEach(node, was)
	{
		if (covers(item, node))
			return node;
	}
	return NULL;
}

static int append(cJSON *list, const cJSON *item)
{
	cJSON *copy = cJSON_Duplicate(item, true);

	if (copy && cJSON_AddItemToArray(list, copy))
		return 0;
	cJSON_Delete(copy);
	return err_nomem();
}

/* The item as it came that became this one; else this one. */
static const cJSON *as_it_came(const cJSON *now, const cJSON *list,
			       const cJSON *was)
{
	const cJSON *item;
	int at = 0;

	cJSON_ArrayForEach(item, list)
	{
		if (same(counterpart(item, at++, list, was), now))
			return item;
	}
	return now;
}

static int merge_list(const cJSON *list, const cJSON *was, const cJSON *now,
		      cJSON *out)
{
	const cJSON *item;
	int at = 0, rc = 0;

	cJSON_ArrayForEach(item, now)
	{
		if (!rc)
			rc = append(out, as_it_came(item, list, was));
	}
	cJSON_ArrayForEach(item, list)
	{
		if (!rc && !counterpart(item, at++, list, was))
			rc = append(out, item);
	}
	return rc;
}

/* ---- the record ---- */

static int merge_key(cJSON *original, const cJSON *was, const cJSON *now)
{
	const cJSON *list = json_get(original, now->string);
	const cJSON *then = json_get(was, now->string);
	cJSON *out;
	int rc;

	if (same(then, now))
		return 0;
	if (!is_list(list) || !is_list(then) || !is_list(now))
		return take(original, now->string, now);
	out = cJSON_CreateArray();
	rc = out ? merge_list(list, then, now, out) : err_nomem();
	if (!rc)
		rc = take(original, now->string, out);
	cJSON_Delete(out);
	return rc;
}

int record_merge(cJSON *original, const cJSON *was, const cJSON *now)
{
	const cJSON *node;
	int rc = 0;

	cJSON_ArrayForEach(node, now)
	{
		if (!rc)
			rc = merge_key(original, was, node);
	}
	cJSON_ArrayForEach(node, was)
	{
		if (!rc && !json_get(now, node->string))
			rc = take(original, node->string, NULL);
	}
	return rc;
}
