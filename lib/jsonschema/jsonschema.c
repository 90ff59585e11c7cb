/* SPDX-License-Identifier: MIT */
#include "jsonschema/jsonschema.h"

#include "base/err.h"
#include "jsonschema/schema.h"

int jsonschema_check(const cJSON *schema)
{
	struct schema s = {0};
	int rc = schema_read(&s, schema);

	schema_release(&s);
	return rc;
}

static int refuse(struct run *r)
{
	int rc = buf_check(&r->first);

	if (rc)
		return rc;
	return err_set(AWM_INVALID, "%s", buf_str(&r->first));
}

int jsonschema_validate(const cJSON *schema, const cJSON *instance,
			struct buf *all)
{
	struct schema s = {0};
	struct run r = {.schema = &s, .all = all};
	int rc = schema_read(&s, schema);

	if (rc == -AWM_INVALID)
		rc = err_context("the schema");
	if (!rc) {
		s.steps = STEPS_MAX;
		rc = eval_node(&r, node_find(&s, schema), instance, NULL, NULL);
		if (rc >= 0)
			rc = rc ? 0 : refuse(&r);
	}
	buf_release(&r.first);
	schema_release(&s);
	return rc;
}
