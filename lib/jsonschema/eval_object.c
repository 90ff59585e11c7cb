/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/json.h"
#include "jsonschema/schema.h"

/* Keywords about objects. Each walks over the members once and looks them up
 * in the schema, never the reverse. */

/* What a keyword does with one member; valid or not. */
typedef int member_fn(struct run *r, const struct rule *rule,
		      const cJSON *member, size_t i, const struct place *at,
		      struct marks *marks);

static int each_member(struct run *r, const struct rule *rule,
		       const cJSON *value, const struct place *up,
		       struct marks *marks, member_fn *fn)
{
	int valid = 1;
	size_t i = 0;

	for (const cJSON *c = value->child; c; c = c->next, i++) {
		struct place at = {.up = up, .key = c->string};
		int rc = steps_take(&r->schema->steps, 2);

		if (!rc)
			rc = fn(r, rule, c, i, &at, marks);
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}

static int eval_member(struct run *r, const struct node *node,
		       const cJSON *member, size_t i, const struct place *at,
		       struct marks *marks)
{
	int rc = marks_add(marks, i);

	return rc ? rc : eval_node(r, node, member, at, NULL);
}

/* A member that there should not be. */
static int eval_other(struct run *r, const struct node *node,
		      const cJSON *member, size_t i, const struct place *at,
		      struct marks *marks)
{
	if (cJSON_IsFalse(node->json))
		return fail(r, at, "is not a known key");
	return eval_member(r, node, member, i, at, marks);
}

/* ---- properties ---- */

static int property(struct run *r, const struct rule *rule, const cJSON *member,
		    size_t i, const struct place *at, struct marks *marks)
{
	const struct entry *e = rule_entry(rule, member->string);

	return e ? eval_member(r, e->node, member, i, at, marks) : 1;
}

int eval_properties(struct run *r, const struct rule *rule, const cJSON *value,
		    const struct place *at, struct marks *marks)
{
	return each_member(r, rule, value, at, marks, property);
}

static int pattern_property(struct run *r, const struct rule *rule,
			    const cJSON *member, size_t i,
			    const struct place *at, struct marks *marks)
{
	size_t len = strlen(member->string);
	int valid = 1;

	for (size_t k = 0; k < rule->n; k++) {
		int rc = pattern_match(rule->entries[k].pattern, member->string,
				       len, &r->schema->steps);

		if (rc > 0)
			rc = eval_member(r, rule->entries[k].node, member, i,
					 at, marks);
		else if (rc == 0)
			rc = 1;
		if (rc < 0)
			return rc;
		valid &= rc;
	}
	return valid;
}

int eval_pattern_properties(struct run *r, const struct rule *rule,
			    const cJSON *value, const struct place *at,
			    struct marks *marks)
{
	return each_member(r, rule, value, at, marks, pattern_property);
}

/* Whether another keyword speaks of the member. */
static int is_known(struct run *r, const struct rule *rule, const char *name)
{
	const struct rule *named = rule->with[0], *patterns = rule->with[1];
	int rc = named && rule_entry(named, name);

	for (size_t k = 0; !rc && patterns && k < patterns->n; k++)
		rc = pattern_match(patterns->entries[k].pattern, name,
				   strlen(name), &r->schema->steps);
	return rc;
}

static int additional(struct run *r, const struct rule *rule,
		      const cJSON *member, size_t i, const struct place *at,
		      struct marks *marks)
{
	int rc = is_known(r, rule, member->string);

	return rc ? rc : eval_other(r, rule->node, member, i, at, marks);
}

int eval_additional_properties(struct run *r, const struct rule *rule,
			       const cJSON *value, const struct place *at,
			       struct marks *marks)
{
	return each_member(r, rule, value, at, marks, additional);
}

static int unevaluated(struct run *r, const struct rule *rule,
		       const cJSON *member, size_t i, const struct place *at,
		       struct marks *marks)
{
	if (marks_has(marks, i))
		return 1;
	return eval_other(r, rule->node, member, i, at, marks);
}

int eval_unevaluated_properties(struct run *r, const struct rule *rule,
				const cJSON *value, const struct place *at,
				struct marks *marks)
{
	return each_member(r, rule, value, at, marks, unevaluated);
}

static int property_name(struct run *r, const struct rule *rule,
			 const cJSON *member, size_t i, const struct place *at,
			 struct marks *marks)
{
	const cJSON name = {.type = cJSON_String,
			    .valuestring = member->string};
	int rc = eval_quietly(r, rule->node, &name, at, NULL);

	(void)i;
	(void)marks;
	return rc ? rc : fail(r, at, "has a name that propertyNames refuses");
}

int eval_property_names(struct run *r, const struct rule *rule,
			const cJSON *value, const struct place *at,
			struct marks *marks)
{
	return each_member(r, rule, value, at, marks, property_name);
}

/* ---- which there must be ---- */

/* Each name of the array that is no member. */
static int must_have(struct run *r, const cJSON *names, const cJSON *value,
		     const struct place *up, const char *because)
{
	size_t n = (size_t)cJSON_GetArraySize(value);
	const cJSON *name;
	int valid = 1;

	cJSON_ArrayForEach(name, names)
	{
		struct place at = {.up = up, .key = name->valuestring};
		int rc = steps_take(&r->schema->steps, 1 + n / 4);

		if (rc)
			return rc;
		if (json_get(value, name->valuestring))
			continue;
		valid = because ? fail(r, &at,
				       "is missing, which '%.100s' asks for",
				       because)
				: fail(r, &at, "is missing");
		if (!goes_on(r))
			return 0;
	}
	return valid;
}

int eval_required(struct run *r, const struct rule *rule, const cJSON *value,
		  const struct place *at, struct marks *marks)
{
	size_t found = 0, n = 0;
	int rc;

	(void)marks;
	for (const cJSON *c = value->child; c; c = c->next, n++)
		found += rule_entry(rule, c->string) != NULL;
	rc = steps_take(&r->schema->steps, n);
	if (rc)
		return rc;
	if (found == rule->n)
		return 1;
	return r->quiet ? 0 : must_have(r, rule->value, value, at, NULL);
}

static int dependency(struct run *r, const struct rule *rule,
		      const cJSON *object, const cJSON *member,
		      const struct place *at, struct marks *marks)
{
	const struct entry *e = rule_entry(rule, member->string);

	if (!e)
		return 1;
	return e->names ? must_have(r, e->names, object, at, e->name)
			: eval_node(r, e->node, object, at, marks);
}

int eval_dependencies(struct run *r, const struct rule *rule,
		      const cJSON *value, const struct place *at,
		      struct marks *marks)
{
	int valid = 1;

	for (const cJSON *c = value->child; c; c = c->next) {
		int rc = steps_take(&r->schema->steps, 2);

		if (!rc)
			rc = dependency(r, rule, value, c, at, marks);
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}

int eval_min_properties(struct run *r, const struct rule *rule,
			const cJSON *value, const struct place *at,
			struct marks *marks)
{
	(void)marks;
	return cJSON_GetArraySize(value) >= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "has fewer than %.0f members",
			      rule->value->valuedouble);
}

int eval_max_properties(struct run *r, const struct rule *rule,
			const cJSON *value, const struct place *at,
			struct marks *marks)
{
	(void)marks;
	return cJSON_GetArraySize(value) <= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "has more than %.0f members",
			      rule->value->valuedouble);
}
