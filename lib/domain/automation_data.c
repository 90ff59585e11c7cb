/* SPDX-License-Identifier: MIT */
/* What the templates of a run see: the event, and the rows as they are now. */
#include <string.h>

#include "base/err.h"
#include "base/mustache.h"
#include "domain/automation.h"
#include "domain/pool.h"
#include "domain/prompt.h"
#include "entity/entity.h"
#include "entity/store.h"

static int put(cJSON *object, const char *name, cJSON *node)
{
	if (node && cJSON_AddItemToObject(object, name, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

static int put_copy(cJSON *object, const char *name, const cJSON *node)
{
	return put(object, name,
		   node ? cJSON_Duplicate(node, true) : cJSON_CreateNull());
}

/* Ids beyond what a double holds are nobody's. */
static int64_t id_of(const cJSON *data, const char *key)
{
	const cJSON *node = json_get(data, key);

	return cJSON_IsNumber(node) && node->valuedouble >= 1 &&
			       node->valuedouble < 9e15
		       ? (int64_t)node->valuedouble
		       : 0;
}

/* Whether the row is still there. */
static int look(struct awm_session *s, const struct awm_entity *e, int64_t *id)
{
	int rc = *id ? store_exists(s->db, e, *id) : 0;

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*id = 0;
	return 0;
}

static int put_project(struct running *r)
{
	struct awm_record *row;
	cJSON *node = NULL;
	int rc;

	if (!r->scope || json_get(r->data, "project"))
		return 0;
	rc = store_get(r->session->db, &entity_project, r->scope,
		       pool_arena(r->pool), &row);
	if (!rc)
		rc = prompt_row(row, &node);
	return rc ? rc : put(r->data, "project", node);
}

/* {"type","timestamp","changes", and what else the input has} */
static int put_event(struct running *r, const cJSON *data)
{
	cJSON *event = cJSON_AddObjectToObject(r->data, "event");
	int rc = event ? put_copy(event, "type", json_get(r->input, "type"))
		       : err_nomem();

	if (!rc)
		rc = put_copy(event, "timestamp",
			      json_get(r->input, "timestamp"));
	if (!rc)
		rc = put_copy(event, "activityId",
			      json_get(r->input, "activityId"));
	if (!rc)
		rc = put_copy(event, "changes", json_get(data, "changes"));
	return rc ? rc : put_copy(event, "data", data);
}

/* The row that the event tells of, unless it is shown as it is now. */
static int put_rest(struct running *r, const cJSON *data)
{
	const cJSON *node;
	int rc = 0;

	cJSON_ArrayForEach(node, data)
	{
		if (!rc && !json_get(r->data, node->string) &&
		    (cJSON_IsObject(node) || cJSON_IsNumber(node)))
			rc = put_copy(r->data, node->string, node);
	}
	return rc;
}

static int put_self(struct running *r)
{
	cJSON *self = cJSON_AddObjectToObject(r->data, "automation");
	int rc = self ? put(self, "id",
			    cJSON_CreateNumber((double)r->automation))
		      : err_nomem();

	if (!rc)
		rc = put(self, "name", cJSON_CreateString(r->name));
	return rc ? rc : put(self, "run", cJSON_CreateNumber((double)r->id));
}

int automation_data(struct running *r)
{
	const cJSON *data = json_get(r->input, "data");
	int rc;

	r->task = id_of(data, "taskId");
	r->scope = id_of(data, "projectId");
	if (!r->scope)
		r->scope = r->project;
	rc = look(r->session, &entity_task, &r->task);
	if (!rc)
		rc = look(r->session, &entity_project, &r->scope);
	if (!rc)
		rc = prompt_data(r->session, r->task, &r->data);
	if (!rc)
		rc = put_project(r);
	if (!rc)
		rc = put_event(r, data);
	if (!rc)
		rc = put_self(r);
	if (!rc)
		rc = put_copy(r->data, "input", json_get(r->input, "input"));
	return rc ? rc : put_rest(r, data);
}

/* ---- parameters ---- */

static int render(struct running *r, const char *text, cJSON **ret)
{
	const struct mustache_opts opts = {.strict = true};
	_cleanup_buf_ struct buf out = {0};
	int rc = mustache_render(text, r->data, &opts, &out);

	if (rc)
		return rc;
	*ret = cJSON_CreateString(buf_str(&out));
	return *ret ? 0 : err_nomem();
}

static int fill(struct running *r, const cJSON *node, cJSON **ret);

static int fill_members(struct running *r, const cJSON *node, cJSON *out)
{
	const cJSON *child;

	cJSON_ArrayForEach(child, node)
	{
		cJSON *filled = NULL;
		int rc = fill(r, child, &filled);
		if (rc)
			return child->string ? err_context("%s", child->string)
					     : rc;
		if (!(child->string ? cJSON_AddItemToObject(out, child->string,
							    filled)
				    : cJSON_AddItemToArray(out, filled))) {
			cJSON_Delete(filled);
			return err_nomem();
		}
	}
	return 0;
}

static int fill(struct running *r, const cJSON *node, cJSON **ret)
{
	_cleanup_json_ cJSON *out = NULL;
	int rc;

	if (cJSON_IsString(node))
		return render(r, node->valuestring, ret);
	if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
		*ret = cJSON_Duplicate(node, true);
		return *ret ? 0 : err_nomem();
	}
	out = cJSON_IsObject(node) ? cJSON_CreateObject() : cJSON_CreateArray();
	rc = out ? fill_members(r, node, out) : err_nomem();
	if (rc)
		return rc;
	*ret = out;
	out = NULL;
	return 0;
}

int automation_params(struct running *r, const cJSON *action, cJSON **ret)
{
	const cJSON *params = json_get(action, "params");

	if (!cJSON_IsObject(params))
		return err_set(AWM_INVALID, "the action has no params");
	return fill(r, params, ret);
}
