/* SPDX-License-Identifier: MIT */
/* Actions on the database: all of one run are in one transaction. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/automation.h"
#include "domain/notify.h"
#include "domain/pool.h"
#include "domain/webhook.h"
#include "entity/entity.h"
#include "entity/field.h"
#include <awm/template.h>

bool automation_is_outside(const cJSON *action)
{
	const char *type = json_get_str(action, "type");

	return type &&
	       (!strcmp(type, "exec.run") || !strcmp(type, "command.run"));
}

const char *automation_text(struct running *r, const cJSON *params,
			    const char *key)
{
	const cJSON *node = json_get(params, key);
	_cleanup_buf_ struct buf b = {0};
	const char *text;

	if (cJSON_IsString(node))
		return node->valuestring;
	if (!node || cJSON_IsNull(node))
		return NULL;
	json_print(&b, node);
	text = arena_strdup(pool_arena(r->pool), buf_str(&b));
	return text;
}

int automation_ref(struct running *r, const cJSON *params, const char *key,
		   const struct awm_entity *e, int64_t otherwise, int64_t *ret)
{
	const char *text = automation_text(r, params, key);

	if (text && *text)
		return awm_resolve(r->session, e, text, ret);
	*ret = otherwise;
	if (otherwise)
		return 0;
	err_set(AWM_INVALID, "there is no %s that this could be done to", key);
	return err_hint("name one: %s=…, or let a %s cause the run", key, key);
}

static int tell_id(cJSON *out, const char *key, int64_t id)
{
	return cJSON_AddNumberToObject(out, key, (double)id) ? 0 : err_nomem();
}

/* ---- columns of tasks ---- */

#define TAGS_MAX 100

struct columns {
	struct awm_set sets[TASK_NFIELDS];
	size_t n;
	struct awm_edit_opts opts;
	const char *add[TAGS_MAX], *rm[TAGS_MAX];
};

static const char *column_name(const char *key)
{
	static const char *const names[][2] = {
		{"assignee", "assigneeId"}, {"blockedBy", "blockedByTaskId"},
		{"due", "dueDate"},	    {"estimate", "estimatedMinutes"},
		{"parent", "parentTaskId"}, {"project", "projectId"},
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(key, names[i][0]))
			return names[i][1];
	return key;
}

/* "a,b", or an array. */
static int read_tags(struct running *r, const cJSON *node, const char **tags,
		     size_t *ret_n)
{
	const cJSON *item;
	char *rest;

	*ret_n = 0;
	cJSON_ArrayForEach(item, node)
	{
		if (!cJSON_IsString(item) || *ret_n == TAGS_MAX)
			return err_set(AWM_INVALID,
				       "tags: want texts, at "
				       "most %d",
				       TAGS_MAX);
		if (*item->valuestring)
			tags[(*ret_n)++] = item->valuestring;
	}
	if (!cJSON_IsString(node))
		return 0;
	rest = arena_strdup(pool_arena(r->pool), node->valuestring);
	if (!rest)
		return -AWM_NOMEM;
	for (char *tag; (tag = strsep(&rest, ","));)
		if (*tag && *ret_n < TAGS_MAX)
			tags[(*ret_n)++] = tag;
	return 0;
}

static int read_value(struct running *r, const struct awm_field *f,
		      const cJSON *node, struct awm_value *ret)
{
	if (cJSON_IsNull(node)) {
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	if (cJSON_IsString(node) && f->type != AWM_TYPE_JSON)
		return awm_value_parse(r->session, f, node->valuestring,
				       r->pool, ret);
	if (cJSON_IsNumber(node) && f->type == AWM_TYPE_REF)
		return awm_value_parse(r->session, f,
				       automation_text(r, node, ""), r->pool,
				       ret);
	return field_from_json(f, node, pool_arena(r->pool), ret);
}

/* Of a JSON array of strings a text is one element or several. */
static int read_list(struct running *r, const struct awm_field *f,
		     const cJSON *node, struct awm_value *ret)
{
	const char *tags[TAGS_MAX], *text;
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};
	size_t n;
	int rc;

	if (!cJSON_IsString(node) || f->type != AWM_TYPE_JSON)
		return read_value(r, f, node, ret);
	rc = read_tags(r, node, tags, &n);
	jsonw_array(&w);
	for (size_t i = 0; i < n && !rc; i++)
		jsonw_str(&w, tags[i]);
	jsonw_end_array(&w);
	if (!rc)
		rc = buf_check(&b);
	text = rc ? NULL : arena_strdup(pool_arena(r->pool), b.s);
	*ret = awm_value_text(text);
	return rc ? rc : text ? field_check(f, ret) : -AWM_NOMEM;
}

static int read_columns(struct running *r, const cJSON *params,
			struct columns *c)
{
	const cJSON *node;

	c->opts.add_tags = c->add;
	c->opts.rm_tags = c->rm;
	cJSON_ArrayForEach(node, params)
	{
		const struct awm_field *f = awm_entity_field(
			&entity_task, column_name(node->string));
		int rc = 0;
		if (!strcmp(node->string, "task"))
			continue;
		if (!strcmp(node->string, "addTags"))
			rc = read_tags(r, node, c->add, &c->opts.nadd_tags);
		else if (!strcmp(node->string, "rmTags"))
			rc = read_tags(r, node, c->rm, &c->opts.nrm_tags);
		else if (!f || f->flags & AWM_READONLY)
			rc = err_set(AWM_INVALID, "a task has no '%.100s'",
				     node->string);
		else if (c->n < TASK_NFIELDS) {
			c->sets[c->n].field = f;
			rc = read_list(r, f, node, &c->sets[c->n].value);
			c->n++;
		}
		if (rc)
			return err_context("%s", node->string);
	}
	return 0;
}

/* ---- the actions ---- */

static int task_update(struct running *r, const cJSON *params, cJSON *out)
{
	struct columns c = {0};
	int64_t task;
	int rc =
		automation_ref(r, params, "task", &entity_task, r->task, &task);

	if (!rc)
		rc = read_columns(r, params, &c);
	if (!rc)
		rc = awm_edit(r->session, &entity_task, task, c.sets, c.n,
			      &c.opts, r->pool, NULL);
	return rc ? rc : tell_id(out, "taskId", task);
}

static int task_create(struct running *r, const cJSON *params, cJSON *out)
{
	struct columns c = {0};
	struct awm_record *row;
	bool has_project = false;
	int rc = read_columns(r, params, &c);

	for (size_t i = 0; i < c.n; i++)
		has_project |=
			c.sets[i].field == &entity_task.fields[TASK_projectId];
	if (!rc && !has_project && !r->scope) {
		err_set(AWM_INVALID, "no project says where the task goes");
		return err_hint("name one: project=…");
	}
	if (!rc && !has_project && c.n < TASK_NFIELDS)
		c.sets[c.n++] =
			(struct awm_set){&entity_task.fields[TASK_projectId],
					 AWM_VALUE_INT(r->scope)};
	if (!rc)
		rc = awm_add(r->session, &entity_task, c.sets, c.n, r->pool,
			     &row);
	if (!rc && (c.opts.nadd_tags || c.opts.nrm_tags))
		rc = awm_edit(r->session, &entity_task, row->values[0].i, NULL,
			      0, &c.opts, r->pool, NULL);
	return rc ? rc : tell_id(out, "taskId", row->values[0].i);
}

static int task_assign(struct running *r, const cJSON *params, cJSON *out)
{
	const char *who = automation_text(r, params, "assignee");
	int64_t task, user = 0;
	int rc =
		automation_ref(r, params, "task", &entity_task, r->task, &task);

	if (!rc && who && *who && strcmp(who, "none") != 0)
		rc = awm_resolve(r->session, &entity_user, who, &user);
	if (!rc)
		rc = awm_task_assign(r->session, task, user, r->pool, NULL);
	if (!rc)
		rc = tell_id(out, "taskId", task);
	return rc || !user ? rc : tell_id(out, "userId", user);
}

static int comment_add(struct running *r, const cJSON *params, cJSON *out)
{
	const struct awm_field *f = entity_comment.fields;
	const char *content = automation_text(r, params, "content");
	struct awm_record *row;
	int64_t task;
	int rc =
		automation_ref(r, params, "task", &entity_task, r->task, &task);
	struct awm_set sets[] = {
		{&f[COMMENT_taskId], AWM_VALUE_INT(task)},
		{&f[COMMENT_content], awm_value_text(content)},
	};

	if (rc)
		return rc;
	sets[0].value.i = task;
	rc = awm_add(r->session, &entity_comment, sets, 2, r->pool, &row);
	if (!rc)
		rc = tell_id(out, "taskId", task);
	return rc ? rc : tell_id(out, "commentId", row->values[0].i);
}

static int notify(struct running *r, const cJSON *params, cJSON *out)
{
	const char *title = automation_text(r, params, "title");
	const char *content = automation_text(r, params, "content");
	struct awm_record *row;
	struct notice n = {.kind = NOTIFY_AUTOMATION,
			   .task = r->task,
			   .project = r->scope,
			   .title = title && *title ? title : r->name,
			   .content = content ? content
				      : title ? title
					      : r->name};
	int rc = automation_ref(r, params, "user", &entity_user,
				r->session->actor.id, &n.user);

	if (!rc)
		rc = notify_write(r->session, &n, pool_arena(r->pool), &row);
	if (!rc)
		rc = tell_id(out, "userId", n.user);
	return rc ? rc : tell_id(out, "notificationId", row->values[0].i);
}

#define SETS_MAX 200

static int template_apply(struct running *r, const cJSON *params, cJSON *out)
{
	const char *title = automation_text(r, params, "title");
	const char *sets[SETS_MAX];
	struct awm_template_apply how = {.title = title ? title : r->name,
					 .sets = sets};
	struct awm_template_made made = {0};
	const cJSON *node;
	int64_t id;
	int rc =
		automation_ref(r, params, "template", &entity_template, 0, &id);

	cJSON_ArrayForEach(node, json_get(params, "set"))
	{
		const char *value = automation_text(r, json_get(params, "set"),
						    node->string);
		if (how.nsets == SETS_MAX)
			return err_set(AWM_INVALID, "set: want at most %d",
				       SETS_MAX);
		sets[how.nsets] =
			arena_printf(pool_arena(r->pool), "%s=%s", node->string,
				     value ? value : "");
		if (!sets[how.nsets++])
			return -AWM_NOMEM;
	}
	if (!rc)
		rc = awm_template_apply(r->session, id, &how, r->pool, &made);
	return rc ? rc : tell_id(out, "projectId", made.project->values[0].i);
}

/* The event that caused the run, as any webhook would get it. */
static int make_payload(struct running *r, struct buf *out, const char **type)
{
	const cJSON *data = json_get(r->input, "data");
	const char *at = json_get_str(r->input, "timestamp");
	_cleanup_buf_ struct buf text = {0};
	struct jsonw w = {.out = out};

	*type = json_get_str(r->input, "type");
	json_print(&text, data ? data : r->data);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, *type);
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_key(&w, "data");
	if (data)
		jsonw_raw(&w, buf_str(&text), text.len);
	else
		jsonw_raw(&w, "{}", 2);
	jsonw_end_object(&w);
	return text.failed ? -AWM_NOMEM : buf_check(out);
}

static int webhook_send(struct running *r, const cJSON *params, cJSON *out)
{
	_cleanup_buf_ struct buf payload = {0};
	const char *type;
	int64_t id, delivery;
	int rc = automation_ref(r, params, "webhook", &entity_webhook, 0, &id);

	if (!rc)
		rc = make_payload(r, &payload, &type);
	if (!rc)
		rc = delivery_add(r->session, id, type, 0, payload.s,
				  &delivery);
	if (!rc)
		rc = tell_id(out, "webhookId", id);
	return rc ? rc : tell_id(out, "deliveryId", delivery);
}

int automation_do(struct running *r, const char *type, const cJSON *params,
		  cJSON *out)
{
	static const struct {
		const char *type;
		int (*fn)(struct running *r, const cJSON *params, cJSON *out);
	} all[] = {
		{"task.update", task_update},
		{"task.create", task_create},
		{"task.assign", task_assign},
		{"comment.add", comment_add},
		{"notify", notify},
		{"webhook.send", webhook_send},
		{"template.apply", template_apply},
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!strcmp(all[i].type, type))
			return all[i].fn(r, params, out);
	return err_set(AWM_INVALID, "unknown action '%.100s'", type);
}
