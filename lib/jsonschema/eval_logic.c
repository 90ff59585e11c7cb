/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jsonschema/schema.h"

/* Keywords that put schemas together. */

int eval_ref(struct run *r, const struct rule *rule, const cJSON *value,
	     const struct place *at, struct marks *marks)
{
	return eval_node(r, rule->node, value, at, marks);
}

/* The outermost of the documents on the way that has the anchor has the say;
 * when the reference led to such an anchor at all. */
int eval_dynamic_ref(struct run *r, const struct rule *rule, const cJSON *value,
		     const struct place *at, struct marks *marks)
{
	const struct node *node = rule->node;

	for (const struct scope *s = rule->dynamic ? r->scope : NULL; s;
	     s = s->up) {
		const struct anchor *a =
			anchor_find(r->schema, s->res, rule->dynamic, true);
		int rc = steps_take(&r->schema->steps, r->schema->nnames);

		if (rc)
			return rc;
		if (a)
			node = a->node;
	}
	return eval_node(r, node, value, at, marks);
}

int eval_all_of(struct run *r, const struct rule *rule, const cJSON *value,
		const struct place *at, struct marks *marks)
{
	int valid = 1;

	for (size_t i = 0; i < rule->n; i++) {
		int rc = eval_node(r, rule->entries[i].node, value, at, marks);

		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}

static bool has_type(const struct node *node, const cJSON *value)
{
	for (size_t i = 0; i < node->nrules; i++)
		if (node->rules[i].types)
			return type_matches(node->rules[i].types, value);
	return !cJSON_IsFalse(node->json);
}

/* Of the alternatives that all failed, the only one of the value's type can
 * say what is wrong with it. */
static int explain(struct run *r, const struct rule *rule, const cJSON *value,
		   const struct place *at)
{
	const struct node *only = NULL;
	size_t n = 0;

	if (r->quiet)
		return 0;
	for (size_t i = 0; i < rule->n; i++) {
		if (has_type(rule->entries[i].node, value)) {
			only = rule->entries[i].node;
			n++;
		}
	}
	if (n == 1)
		return eval_node(r, only, value, at, NULL);
	return fail(r, at, "matches none of the %zu schemas in %s", rule->n,
		    rule->kw->name);
}

int eval_any_of(struct run *r, const struct rule *rule, const cJSON *value,
		const struct place *at, struct marks *marks)
{
	int valid = 0;

	for (size_t i = 0; i < rule->n && !(valid && !marks); i++) {
		int rc = eval_quietly(r, rule->entries[i].node, value, at,
				      marks);

		if (rc < 0)
			return rc;
		valid |= rc;
	}
	return valid ? 1 : explain(r, rule, value, at);
}

int eval_one_of(struct run *r, const struct rule *rule, const cJSON *value,
		const struct place *at, struct marks *marks)
{
	size_t matches[2] = {0}, n = 0;

	for (size_t i = 0; i < rule->n && n < 2; i++) {
		int rc = eval_quietly(r, rule->entries[i].node, value, at,
				      marks);

		if (rc < 0)
			return rc;
		if (rc)
			matches[n++] = i;
	}
	if (n == 1)
		return 1;
	if (n == 0)
		return explain(r, rule, value, at);
	return fail(r, at,
		    "matches two of the schemas in oneOf (%zu and %zu), want "
		    "one",
		    matches[0], matches[1]);
}

int eval_not(struct run *r, const struct rule *rule, const cJSON *value,
	     const struct place *at, struct marks *marks)
{
	int rc = eval_quietly(r, rule->node, value, at, NULL);

	(void)marks;
	if (rc < 0)
		return rc;
	return rc ? fail(r, at, "matches what \"not\" excludes") : 1;
}

int eval_if(struct run *r, const struct rule *rule, const cJSON *value,
	    const struct place *at, struct marks *marks)
{
	int rc = eval_quietly(r, rule->node, value, at, marks);
	const struct rule *next;

	if (rc < 0)
		return rc;
	next = rule->with[rc ? 0 : 1];
	return next ? eval_node(r, next->node, value, at, marks) : 1;
}
