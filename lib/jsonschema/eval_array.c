/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "jsonschema/schema.h"

/* Keywords about arrays. */

/* The items from number `from` on, against the node; marked ones are left out
 * when `rest`. */
static int eval_from(struct run *r, const struct node *node, const cJSON *value,
		     size_t from, const struct place *up, struct marks *marks,
		     bool rest)
{
	int valid = 1;
	size_t i = 0;

	for (const cJSON *c = value->child; c; c = c->next, i++) {
		struct place at = {.up = up, .index = i};
		int rc = steps_take(&r->schema->steps, 1);

		if (rc)
			return rc;
		if (i < from || (rest && marks_has(marks, i)))
			continue;
		if (cJSON_IsFalse(node->json))
			rc = fail(r, &at, "is one too many");
		else
			rc = eval_node(r, node, c, &at, NULL);
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	marks_add_all(marks);
	return valid;
}

int eval_prefix_items(struct run *r, const struct rule *rule,
		      const cJSON *value, const struct place *up,
		      struct marks *marks)
{
	const cJSON *c = value->child;
	int valid = 1;

	for (size_t i = 0; c && i < rule->n; c = c->next, i++) {
		struct place at = {.up = up, .index = i};
		int rc = marks_add(marks, i);

		if (!rc)
			rc = eval_node(r, rule->entries[i].node, c, &at, NULL);
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}

int eval_items(struct run *r, const struct rule *rule, const cJSON *value,
	       const struct place *at, struct marks *marks)
{
	size_t from = rule->with[0] ? rule->with[0]->n : 0;

	return eval_from(r, rule->node, value, from, at, marks, false);
}

int eval_items_7(struct run *r, const struct rule *rule, const cJSON *value,
		 const struct place *at, struct marks *marks)
{
	if (cJSON_IsArray(rule->value))
		return eval_prefix_items(r, rule, value, at, marks);
	return eval_from(r, rule->node, value, 0, at, marks, false);
}

/* Means something only where "items" are several. */
int eval_additional_items(struct run *r, const struct rule *rule,
			  const cJSON *value, const struct place *at,
			  struct marks *marks)
{
	const struct rule *items = rule->with[0];

	if (!items || !cJSON_IsArray(items->value))
		return 1;
	return eval_from(r, rule->node, value, items->n, at, marks, false);
}

int eval_unevaluated_items(struct run *r, const struct rule *rule,
			   const cJSON *value, const struct place *at,
			   struct marks *marks)
{
	return eval_from(r, rule->node, value, 0, at, marks, true);
}

int eval_contains(struct run *r, const struct rule *rule, const cJSON *value,
		  const struct place *up, struct marks *marks)
{
	const struct rule *low = rule->with[0], *high = rule->with[1];
	double least = low ? low->value->valuedouble : 1;
	size_t i = 0, found = 0;

	for (const cJSON *c = value->child; c; c = c->next, i++) {
		struct place at = {.up = up, .index = i};
		int rc = eval_quietly(r, rule->node, c, &at, NULL);

		if (rc > 0) {
			found++;
			rc = marks_add(marks, i);
		}
		if (rc < 0)
			return rc;
	}
	if ((double)found < least)
		return fail(r, up,
			    "has %zu items that \"contains\" asks for, want "
			    "%.0f",
			    found, least);
	if (high && (double)found > high->value->valuedouble)
		return fail(r, up,
			    "has %zu items that \"contains\" asks for, want "
			    "at most %.0f",
			    found, high->value->valuedouble);
	return 1;
}

int eval_min_items(struct run *r, const struct rule *rule, const cJSON *value,
		   const struct place *at, struct marks *marks)
{
	(void)marks;
	return cJSON_GetArraySize(value) >= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "has fewer than %.0f items",
			      rule->value->valuedouble);
}

int eval_max_items(struct run *r, const struct rule *rule, const cJSON *value,
		   const struct place *at, struct marks *marks)
{
	(void)marks;
	return cJSON_GetArraySize(value) <= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "has more than %.0f items",
			      rule->value->valuedouble);
}

int eval_unique_items(struct run *r, const struct rule *rule,
		      const cJSON *value, const struct place *at,
		      struct marks *marks)
{
	struct arena scratch = {0};
	struct value_set set;
	const cJSON *a = NULL, *b = NULL;
	int rc;

	(void)marks;
	if (!cJSON_IsTrue(rule->value))
		return 1;
	rc = value_set_init(value, &scratch, &r->schema->steps, &set);
	if (!rc)
		rc = value_set_twins(&set, &r->schema->steps, &a, &b);
	arena_release(&scratch);
	if (rc < 0)
		return rc;
	return rc ? fail_value(r, at, "has two items that are", a) : 1;
}
