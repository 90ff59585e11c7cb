/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/err.h"
#include "jsonschema/schema.h"

/*
 * The metaschemas, which say what a schema is: here a walk over the table of
 * keywords, so that nothing is said twice. Only the whole of one can be
 * referred to.
 */

struct walk {
	struct run *r;
	enum draft draft;
	const char *keyword;
	const struct place *up;
	int valid;
};

static int eval_child(void *ctx, const cJSON *schema, const char *name,
		      int64_t index)
{
	struct walk *w = ctx;
	struct place keyword = {.up = w->up, .key = w->keyword};
	struct place at = {.up = &keyword, .key = name, .index = (size_t)index};
	int rc = meta_eval(w->r, w->draft, schema,
			   name || index >= 0 ? &at : &keyword, NULL);

	if (rc < 0)
		return rc;
	w->valid &= rc;
	return 0;
}

static int eval_regex(struct run *r, const char *text, const struct place *at)
{
	_cleanup_pattern_ struct pattern *pattern = NULL;
	int rc = steps_take(&r->schema->steps, 1000 + 10 * strlen(text));

	if (rc)
		return rc;
	rc = pattern_compile(text, &pattern);
	if (rc == -AWM_INVALID)
		return fail(r, at, "%s", awm_error_last()->message);
	return rc ? rc : 1;
}

static int eval_patterns(struct run *r, const cJSON *map,
			 const struct place *at)
{
	const cJSON *c;
	int valid = 1;

	cJSON_ArrayForEach(c, map)
	{
		int rc = eval_regex(r, c->string, at);

		if (rc < 0)
			return rc;
		valid &= rc;
	}
	return valid;
}

static int eval_keyword(struct walk *w, const struct keyword *kw,
			const cJSON *value)
{
	struct place at = {.up = w->up, .key = kw->name};
	const char *why = kind_problem(kw->kind, value, w->draft);
	int rc;

	if (why)
		return fail(w->r, &at, "%s", why);
	if (kw->kind == VALUE_PATTERN)
		return eval_regex(w->r, value->valuestring, &at);
	w->keyword = kw->name;
	w->valid = 1;
	rc = kind_children(kw->kind, value, eval_child, w);
	if (!rc && kw->kind == VALUE_PATTERN_MAP)
		rc = eval_patterns(w->r, value, &at);
	else if (!rc)
		rc = 1;
	return rc < 0 ? rc : rc & w->valid;
}

int meta_eval(struct run *r, enum draft draft, const cJSON *value,
	      const struct place *at, struct marks *marks)
{
	struct walk w = {.r = r, .draft = draft, .up = at};
	int valid = 1;
	size_t i = 0;

	if (cJSON_IsBool(value))
		return 1;
	if (!cJSON_IsObject(value))
		return fail(r, at, "want a schema");
	for (const cJSON *c = value->child; c; c = c->next, i++) {
		const struct keyword *kw = keyword_find(c->string, draft);
		int rc = steps_take(&r->schema->steps, 20);

		if (!rc && kw)
			rc = marks_add(marks, i);
		if (!rc)
			rc = kw ? eval_keyword(&w, kw, c) : 1;
		if (rc < 0)
			return rc;
		valid &= rc;
		if (!valid && !goes_on(r))
			return 0;
	}
	return valid;
}
