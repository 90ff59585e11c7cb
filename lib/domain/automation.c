/* SPDX-License-Identifier: MIT */
/* Automations as rows: whose they are, and what follows from a change. */
#include "domain/automation.h"

#include <string.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/work.h"
#include "entity/entity.h"
#include "entity/shape.h"
#include "entity/store.h"

/* It acts as its creator: who may not do what the creator may must not say
 * what it does. */
static int check_owner(struct awm_session *s, struct change *c)
{
	const struct awm_value *owner =
		&(c->before ? c->before : c->after)[AUTOMATION_createdBy];

	if (!c->before) {
		change_set(c, AUTOMATION_createdBy, AWM_VALUE_INT(s->actor.id));
		return 0;
	}
	if (owner->i == s->actor.id)
		return 0;
	return role_require(s, ROLE_ADMIN,
			    "change an automation of somebody else");
}

static int check_json(struct change *c, size_t field,
		      int (*check)(const cJSON *))
{
	const struct awm_value *v = &c->after[field];
	const struct awm_field *f = &c->e->fields[field];
	_cleanup_json_ cJSON *node = NULL;
	int rc;

	if (!change_differs(c, field) || v->kind != AWM_TEXT)
		return 0;
	rc = shape_check(f->shape, v->s, v->len, f->name);
	if (!rc)
		rc = json_parse(v->s, v->len, &node);
	return rc ? rc : check(node);
}

static int automation_check(struct awm_session *s, struct change *c)
{
	int rc = check_owner(s, c);

	if (rc || !c->after)
		return rc;
	rc = check_json(c, AUTOMATION_trigger, automation_check_trigger);
	return rc ? rc
		  : check_json(c, AUTOMATION_actions, automation_check_actions);
}

static int cancel_queued(struct awm_session *s, const struct change *c)
{
	if (!c->before || c->after[AUTOMATION_isEnabled].i ||
	    !change_differs(c, AUTOMATION_isEnabled))
		return 0;
	return db_run(s->db,
		      "UPDATE \"automation_runs\" SET \"state\"='cancelled',"
		      "\"errorMessage\"='the automation was disabled',"
		      "\"completedAt\"=?2,\"updatedAt\"=?2 "
		      "WHERE \"automationId\"=?1 AND \"state\"='queued'",
		      "ii", c->id, s->now);
}

static int automation_wrote(struct awm_session *s, const struct change *c)
{
	int rc;

	if (!c->after)
		return 0;
	rc = cancel_queued(s, c);
	return rc ? rc : automation_schedule_follow(s, c);
}

const struct rules automation_rules = {
	.entity = &entity_automation,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.check = automation_check,
	.wrote = automation_wrote,
};

/* ---- add and edit ---- */

struct writing {
	struct awm_session *session;
	struct awm_pool *pool;
	struct awm_set sets[AUTOMATION_NFIELDS];
	size_t n;
};

static int put(struct writing *w, size_t field, struct awm_value value)
{
	const struct awm_field *f = &entity_automation.fields[field];

	for (size_t i = 0; i < w->n; i++)
		if (w->sets[i].field == f) {
			w->sets[i].value = value;
			return 0;
		}
	w->sets[w->n++] = (struct awm_set){f, value};
	return 0;
}

static int put_text(struct writing *w, size_t field, const char *text)
{
	const char *copy = arena_strdup(pool_arena(w->pool), text);

	return copy ? put(w, field, awm_value_text(copy)) : -AWM_NOMEM;
}

static int put_json(struct writing *w, size_t field, const cJSON *node)
{
	_cleanup_buf_ struct buf b = {0};

	if (!node)
		return 0;
	json_print(&b, node);
	return buf_check(&b) ? -AWM_NOMEM : put_text(w, field, b.s);
}

/* {"project":"Home"}, or its id. */
static int put_project(struct writing *w, const cJSON *node)
{
	char id[32];
	const char *text = node->valuestring;
	int64_t project;
	int rc;

	if (cJSON_IsNull(node))
		return put(w, AUTOMATION_projectId, AWM_VALUE_NULL);
	if (cJSON_IsNumber(node)) {
		snprintf(id, sizeof(id), "%.0f", node->valuedouble);
		text = id;
	}
	if (!text)
		return err_set(AWM_INVALID, "project: want a name or an id");
	rc = awm_resolve(w->session, &entity_project, text, &project);
	return rc ? rc : put(w, AUTOMATION_projectId, AWM_VALUE_INT(project));
}

/* What show prints beside the rest is of awm. */
static bool is_kept(const char *key)
{
	static const char *const shown[] = {"creator", "nextRunAt",
					    "queuedRuns", "runs"};

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (!strcmp(shown[i], key))
			return true;
	return awm_entity_field(&entity_automation, key) != NULL;
}

static int put_member(struct writing *w, const cJSON *node)
{
	const char *key = node->string;

	if (!strcmp(key, "trigger"))
		return put_json(w, AUTOMATION_trigger, node);
	if (!strcmp(key, "actions"))
		return put_json(w, AUTOMATION_actions, node);
	if (!strcmp(key, "project") || !strcmp(key, "projectId"))
		return put_project(w, node);
	if (!strcmp(key, "isEnabled") && cJSON_IsBool(node))
		return put(w, AUTOMATION_isEnabled,
			   AWM_VALUE_INT(cJSON_IsTrue(node)));
	if (!strcmp(key, "name") && cJSON_IsString(node))
		return put_text(w, AUTOMATION_name, node->valuestring);
	if (!strcmp(key, "description") && cJSON_IsNull(node))
		return put(w, AUTOMATION_description, AWM_VALUE_NULL);
	if (!strcmp(key, "description") && cJSON_IsString(node))
		return put_text(w, AUTOMATION_description, node->valuestring);
	if (is_kept(key))
		return 0;
	err_set(AWM_INVALID, "an automation has no '%.100s'", key);
	return err_hint("name, description, project, trigger, actions, "
			"isEnabled");
}

static int put_file(struct writing *w, const struct awm_automation_spec *spec)
{
	_cleanup_json_ cJSON *root = NULL;
	const cJSON *node;
	int rc;

	if (!spec->json)
		return 0;
	rc = json_parse(spec->json, spec->json_len, &root);
	if (!rc && !cJSON_IsObject(root))
		rc = err_set(AWM_INVALID, "an automation is a JSON object");
	if (rc)
		return rc;
	cJSON_ArrayForEach(node, root)
	{
		rc = put_member(w, node);
		if (rc)
			return rc;
	}
	return 0;
}

/* `was`: the trigger that is there, as text, or NULL. */
static int gather(struct writing *w, const char *name,
		  const struct awm_set *sets, size_t n,
		  const struct awm_automation_spec *spec, const char *was)
{
	_cleanup_json_ cJSON *old = NULL, *trigger = NULL, *actions = NULL;
	int rc = put_file(w, spec);

	if (!rc && was && json_parse(was, strlen(was), &old))
		err_clear();
	if (!rc)
		rc = automation_spec_trigger(w->session, spec, old, &trigger);
	if (!rc)
		rc = automation_spec_actions(spec, &actions);
	if (!rc)
		rc = put_json(w, AUTOMATION_trigger, trigger);
	if (!rc)
		rc = put_json(w, AUTOMATION_actions, actions);
	if (!rc && name)
		rc = put_text(w, AUTOMATION_name, name);
	for (size_t i = 0; i < n && !rc; i++)
		rc = put(w, (size_t)(sets[i].field - entity_automation.fields),
			 sets[i].value);
	return rc;
}

static bool has(const struct writing *w, size_t field)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->sets[i].field == &entity_automation.fields[field])
			return true;
	return false;
}

int awm_automation_add(struct awm_session *s, const char *name,
		       const struct awm_set *sets, size_t n,
		       const struct awm_automation_spec *spec,
		       struct awm_pool *pool, struct awm_record **ret)
{
	struct writing w = {.session = s, .pool = pool};
	int rc = role_require(s, ROLE_MEMBER, "add an automation");

	if (!rc)
		rc = gather(&w, name, sets, n, spec, NULL);
	if (rc)
		return rc;
	if (!has(&w, AUTOMATION_trigger)) {
		err_set(AWM_USAGE, "an automation needs a trigger");
		return err_hint("--on EVENT, --every CRON or --manual");
	}
	if (!has(&w, AUTOMATION_actions)) {
		err_set(AWM_USAGE, "an automation needs something to do");
		return err_hint("--do 'comment.add content=Shipped'");
	}
	if (!has(&w, AUTOMATION_name))
		return err_set(AWM_USAGE, "an automation needs a name");
	return awm_add(s, &entity_automation, w.sets, w.n, pool, ret);
}

int awm_automation_edit(struct awm_session *s, int64_t id,
			const struct awm_set *sets, size_t n,
			const struct awm_automation_spec *spec,
			const struct awm_edit_opts *edit, struct awm_pool *pool,
			struct awm_record **ret)
{
	struct writing w = {.session = s, .pool = pool};
	struct awm_record *row;
	int rc = awm_get(s, &entity_automation, id, pool, &row);

	if (!rc)
		rc = gather(&w, NULL, sets, n, spec,
			    awm_record_text(row, "trigger"));
	return rc ? rc
		  : awm_edit(s, &entity_automation, id, w.sets, w.n, edit, pool,
			     ret);
}
