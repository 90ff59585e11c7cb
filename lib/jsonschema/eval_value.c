/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "jsonschema/schema.h"

/* Keywords about one value. */

int eval_type(struct run *r, const struct rule *rule, const cJSON *value,
	      const struct place *at, struct marks *marks)
{
	_cleanup_buf_ struct buf names = {0};

	(void)marks;
	if (type_matches(rule->types, value))
		return 1;
	if (r->quiet)
		return 0;
	types_add(&names, rule->types);
	return fail(r, at, "want %s", buf_str(&names));
}

int eval_enum(struct run *r, const struct rule *rule, const cJSON *value,
	      const struct place *at, struct marks *marks)
{
	int rc = value_set_has(&rule->set, value, &r->schema->steps);

	(void)marks;
	return rc ? rc : fail_value(r, at, "want one of", rule->value);
}

int eval_const(struct run *r, const struct rule *rule, const cJSON *value,
	       const struct place *at, struct marks *marks)
{
	int rc = schema_equal(rule->value, value, &r->schema->steps);

	(void)marks;
	return rc ? rc : fail_value(r, at, "want", rule->value);
}

/* ---- numbers ---- */

int eval_minimum(struct run *r, const struct rule *rule, const cJSON *value,
		 const struct place *at, struct marks *marks)
{
	(void)marks;
	return value->valuedouble >= rule->value->valuedouble
		       ? 1
		       : fail_value(r, at, "is less than", rule->value);
}

int eval_maximum(struct run *r, const struct rule *rule, const cJSON *value,
		 const struct place *at, struct marks *marks)
{
	(void)marks;
	return value->valuedouble <= rule->value->valuedouble
		       ? 1
		       : fail_value(r, at, "is more than", rule->value);
}

int eval_exclusive_minimum(struct run *r, const struct rule *rule,
			   const cJSON *value, const struct place *at,
			   struct marks *marks)
{
	(void)marks;
	return value->valuedouble > rule->value->valuedouble
		       ? 1
		       : fail_value(r, at, "is not more than", rule->value);
}

int eval_exclusive_maximum(struct run *r, const struct rule *rule,
			   const cJSON *value, const struct place *at,
			   struct marks *marks)
{
	(void)marks;
	return value->valuedouble < rule->value->valuedouble
		       ? 1
		       : fail_value(r, at, "is not less than", rule->value);
}

int eval_multiple_of(struct run *r, const struct rule *rule, const cJSON *value,
		     const struct place *at, struct marks *marks)
{
	double v = value->valuedouble, of = rule->value->valuedouble;
	bool whole = floor(v) == v && floor(of) == of;
	/* Reading fractions as they are written is slow. */
	int rc = steps_take(&r->schema->steps, whole ? 1 : 1000);

	(void)marks;
	if (rc)
		return rc;
	return number_multiple(v, of)
		       ? 1
		       : fail_value(r, at, "is no multiple of", rule->value);
}

/* ---- strings ---- */

/* Negative: the steps are used up. */
static int64_t length(struct run *r, const cJSON *value)
{
	size_t len = strlen(value->valuestring);
	int rc = steps_take(&r->schema->steps, len / 16);

	return rc ? rc : (int64_t)utf8_length(value->valuestring, len);
}

int eval_min_length(struct run *r, const struct rule *rule, const cJSON *value,
		    const struct place *at, struct marks *marks)
{
	int64_t n = length(r, value);

	(void)marks;
	if (n < 0)
		return (int)n;
	return (double)n >= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "is shorter than %.0f characters",
			      rule->value->valuedouble);
}

int eval_max_length(struct run *r, const struct rule *rule, const cJSON *value,
		    const struct place *at, struct marks *marks)
{
	int64_t n = length(r, value);

	(void)marks;
	if (n < 0)
		return (int)n;
	return (double)n <= rule->value->valuedouble
		       ? 1
		       : fail(r, at, "is longer than %.0f characters",
			      rule->value->valuedouble);
}

int eval_pattern(struct run *r, const struct rule *rule, const cJSON *value,
		 const struct place *at, struct marks *marks)
{
	const char *s = value->valuestring;
	int rc = pattern_match(rule->pattern, s, strlen(s), &r->schema->steps);

	(void)marks;
	return rc ? rc
		  : fail(r, at, "does not match the pattern '%.200s'",
			 rule->value->valuestring);
}
