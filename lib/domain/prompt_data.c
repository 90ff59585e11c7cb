// SPDX-License-Identifier: MIT
/* What templates see of the rows. */
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/prompt.h"
#include "entity/entity.h"
#include "entity/field.h"
#include "entity/store.h"

#define EXACT_MAX ((int64_t)1 << 53)

static cJSON *raw(const struct awm_value *v, const struct awm_field *f)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	field_to_json(&w, f, v);
	return b.failed ? NULL : cJSON_CreateRaw(buf_str(&b));
}

/* What was checked on its way in may hold integers that a double cannot. */
static cJSON *json_node(const struct awm_value *v, const struct awm_field *f)
{
	cJSON *node = NULL;

	return json_parse(v->s, v->len, &node) ? raw(v, f) : node;
}

static cJSON *time_node(int64_t ms)
{
	char text[TIME_ISO_SIZE];

	time_format_iso(ms, text);
	return cJSON_CreateString(text);
}

static cJSON *number_node(const struct awm_value *v, const struct awm_field *f)
{
	if (v->kind == AWM_REAL)
		return cJSON_CreateNumber(v->r);
	if (v->i > EXACT_MAX || v->i < -EXACT_MAX)
		return raw(v, f);
	return cJSON_CreateNumber((double)v->i);
}

static cJSON *value_node(const struct awm_value *v, const struct awm_field *f)
{
	if (v->kind == AWM_NULL)
		return cJSON_CreateNull();
	switch (f->type) {
	case AWM_TYPE_BOOL:
		return cJSON_CreateBool(v->i != 0);
	case AWM_TYPE_TIME:
		return time_node(v->i);
	case AWM_TYPE_JSON:
		return json_node(v, f);
	case AWM_TYPE_INT:
	case AWM_TYPE_REF:
	case AWM_TYPE_REAL:
		return number_node(v, f);
	default:
		return cJSON_CreateString(v->s);
	}
}

static int put(cJSON *object, const char *name, cJSON *node)
{
	if (node && cJSON_AddItemToObject(object, name, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

int prompt_row(const struct awm_record *row, cJSON **ret)
{
	_cleanup_json_ cJSON *object = cJSON_CreateObject();
	int rc = object ? 0 : err_nomem();

	for (size_t i = 0; i < row->count && !rc; i++) {
		const struct awm_field *f = row->fields[i];

		if (f->type == AWM_TYPE_SECRET || f->flags & AWM_HIDDEN)
			continue;
		rc = put(object, f->name, value_node(&row->values[i], f));
	}
	if (rc)
		return rc;
	*ret = object;
	object = NULL;
	return 0;
}

static int put_row(struct awm_session *s, cJSON *data,
		   const struct awm_entity *e, int64_t id, struct arena *a,
		   struct awm_record **ret)
{
	cJSON *node = NULL;
	int rc = store_get(s->db, e, id, a, ret);

	if (!rc)
		rc = prompt_row(*ret, &node);
	return rc ? rc : put(data, e->name, node);
}

static int put_user(const struct awm_session *s, cJSON *data)
{
	const struct awm_actor *actor = &s->actor;
	cJSON *user = cJSON_AddObjectToObject(data, "user");
	char today[TIME_ISO_SIZE];
	int rc;

	if (!user)
		return err_nomem();
	time_format_local(s->now, actor->timezone, today);
	today[strcspn(today, " ")] = '\0';
	rc = put(user, "id", cJSON_CreateNumber((double)actor->id));
	if (!rc)
		rc = put(user, "name",
			 actor->name ? cJSON_CreateString(actor->name)
				     : cJSON_CreateNull());
	if (!rc)
		rc = put(user, "email", cJSON_CreateString(actor->email));
	return rc ? rc : put(data, "today", cJSON_CreateString(today));
}

int prompt_data(struct awm_session *s, int64_t task, cJSON **ret)
{
	_cleanup_json_ cJSON *data = cJSON_CreateObject();
	struct arena a = {0};
	struct awm_record *row;
	int rc = data ? put_user(s, data) : err_nomem();

	if (!rc && task)
		rc = put_row(s, data, &entity_task, task, &a, &row);
	if (!rc && task)
		rc = put_row(s, data, &entity_project,
			     row->values[TASK_projectId].i, &a, &row);
	arena_release(&a);
	if (rc)
		return rc;
	*ret = data;
	data = NULL;
	return 0;
}
