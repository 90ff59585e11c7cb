// SPDX-License-Identifier: MIT
/* From a template to a project: everything in one transaction. */
#include <string.h>

#include "base/err.h"
#include "domain/placeholder.h"
#include "domain/pool.h"
#include "domain/template.h"
#include "entity/store.h"

struct apply {
	struct awm_session *session;
	const struct awm_template_apply *how;
	struct awm_template_made *made;
	struct arena *arena;
	int64_t template, project;
	cJSON *structure;
	struct template_skills skills;
	struct buf unset; /* names without a value, as "a, b" */
};

/* ---- values ---- */

static const char *value_of(void *ctx, const char *name)
{
	struct apply *a = ctx;
	size_t len = strlen(name);

	for (size_t i = a->how->nsets; i-- > 0;) {
		const char *set = a->how->sets[i];

		if (!strncmp(set, name, len) && set[len] == '=')
			return set + len + 1;
	}
	if (!strcmp(name, "title"))
		return a->how->title;
	template_note(&a->unset, name);
	return NULL;
}

static int check_sets(const struct awm_template_apply *how)
{
	for (size_t i = 0; i < how->nsets; i++) {
		const char *set = how->sets[i];

		if (*set == '=' || !strchr(set, '='))
			return err_set(AWM_USAGE,
				       "'%s': want NAME=VALUE, with a name of "
				       "the template",
				       set);
	}
	return 0;
}

/* A text of the structure with its values; NULL where there is none. */
static int render(struct apply *a, const cJSON *task, const char *key,
		  const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text = json_get_str(task, key);
	int rc;

	*ret = NULL;
	if (!text)
		return 0;
	rc = placeholder_render(text, value_of, a, &out);
	if (rc)
		return rc;
	*ret = arena_strndup(a->arena, buf_str(&out), out.len);
	return *ret ? 0 : -AWM_NOMEM;
}

/* All of them, before anything is written. */
static int check_values(struct apply *a)
{
	const char *text;
	const cJSON *task;
	int rc;

	cJSON_ArrayForEach(task, json_get(a->structure, "tasks"))
	{
		rc = render(a, task, "title", &text);
		if (!rc)
			rc = render(a, task, "description", &text);
		if (rc)
			return rc;
	}
	if (buf_check(&a->unset))
		return -AWM_NOMEM;
	if (!a->unset.len)
		return 0;
	err_set(AWM_INVALID, "the template wants values for: %s", a->unset.s);
	return err_hint("give each with --set NAME=VALUE");
}

static int check_skills(struct apply *a)
{
	struct template_skills *k = &a->skills;
	int rc;

	k->session = a->session;
	k->structure = a->structure;
	k->arena = a->arena;
	rc = template_skills_find(k);
	if (rc || !k->absent.len)
		return rc;
	if (!a->how->skip_missing) {
		err_set(AWM_NOT_FOUND, "no skills with these names: %s",
			k->absent.s);
		return err_hint("add them, or leave them out with "
				"--skip-missing");
	}
	a->made->skipped = arena_strndup(a->arena, k->absent.s, k->absent.len);
	return a->made->skipped ? 0 : -AWM_NOMEM;
}

/* ---- what is made ---- */

static int make_project(struct apply *a)
{
	const struct awm_field *f = entity_project.fields;
	const struct awm_template_apply *how = a->how;
	int64_t owner = how->owner ? how->owner : a->session->actor.id;
	struct awm_set sets[] = {
		{&f[PROJECT_title], awm_value_text(how->title)},
		{&f[PROJECT_templateId], AWM_VALUE_INT(a->template)},
		{&f[PROJECT_ownerId], AWM_VALUE_INT(owner)},
		{&f[PROJECT_description], awm_value_text(how->description)},
		{&f[PROJECT_teamId],
		 how->team ? AWM_VALUE_INT(how->team) : AWM_VALUE_NULL},
	};
	struct awm_record *row;
	int rc = mutate_add(a->session, &entity_project, sets, ARRAY_LEN(sets),
			    NULL, NULL, a->arena, &row);

	if (!rc)
		a->project = row->values[PROJECT_id].i;
	return rc;
}

/* Minutes are whole; the specification lets a structure have half ones. */
static struct awm_value minutes_of(const cJSON *task)
{
	const cJSON *n = json_get(task, "estimatedMinutes");

	return n ? AWM_VALUE_INT((int64_t)(n->valuedouble + 0.5))
		 : AWM_VALUE_NULL;
}

static int make_task(struct apply *a, const cJSON *task, int64_t order)
{
	const struct awm_field *f = entity_task.fields;
	const char *priority = json_get_str(task, "priority");
	const char *title, *description;
	struct awm_record *row;
	int rc = render(a, task, "title", &title);

	if (!rc)
		rc = render(a, task, "description", &description);
	if (rc)
		return rc;
	struct awm_set sets[] = {
		{&f[TASK_projectId], AWM_VALUE_INT(a->project)},
		{&f[TASK_title], awm_value_text(title)},
		{&f[TASK_description], awm_value_text(description)},
		{&f[TASK_priority],
		 awm_value_text(priority ? priority : "medium")},
		{&f[TASK_estimatedMinutes], minutes_of(task)},
		{&f[TASK_order], AWM_VALUE_INT(order)},
	};
	rc = mutate_add(a->session, &entity_task, sets, ARRAY_LEN(sets), NULL,
			NULL, a->arena, &row);
	if (rc)
		return err_context("task %lld of the template",
				   (long long)order + 1);
	a->made->tasks++;
	return template_skills_suggest(&a->skills, task,
				       row->values[TASK_id].i);
}

static int json_text(struct apply *a, const cJSON *node, struct awm_value *ret)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	json_print(&out, node);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(a->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

/* Strings of an automation are templates of its own, for when it runs. */
static int make_automation(struct apply *a, const cJSON *automation)
{
	const struct awm_field *f = entity_automation.fields;
	struct awm_set sets[] = {
		{&f[AUTOMATION_projectId], AWM_VALUE_INT(a->project)},
		{&f[AUTOMATION_name],
		 awm_value_text(json_get_str(automation, "name"))},
		{&f[AUTOMATION_createdBy], AWM_VALUE_INT(a->session->actor.id)},
		{.field = &f[AUTOMATION_trigger]},
		{.field = &f[AUTOMATION_actions]},
	};
	int rc = json_text(a, json_get(automation, "trigger"), &sets[3].value);

	if (!rc)
		rc = json_text(a, json_get(automation, "actions"),
			       &sets[4].value);
	if (!rc)
		rc = mutate_add(a->session, &entity_automation, sets,
				ARRAY_LEN(sets), NULL, NULL, NULL, NULL);
	if (!rc)
		a->made->automations++;
	return rc;
}

static int make_parts(struct apply *a)
{
	const cJSON *node;
	int64_t order = 0;
	int rc = 0;

	cJSON_ArrayForEach(node, json_get(a->structure, "tasks"))
	{
		if (!rc)
			rc = make_task(a, node, order++);
	}
	cJSON_ArrayForEach(node, json_get(a->structure, "automations"))
	{
		if (!rc)
			rc = make_automation(a, node);
	}
	return rc;
}

static int amend_used(struct awm_session *s, struct change *c, void *ctx)
{
	const struct apply *a = ctx;

	(void)s;
	change_set(c, TEMPLATE_usageCount,
		   AWM_VALUE_INT(c->before[TEMPLATE_usageCount].i + 1));
	c->event = "template.applied";
	c->metadata = arena_printf(c->arena,
				   "{\"entity\":\"template\",\"id\":%lld,"
				   "\"projectId\":%lld}",
				   (long long)c->id, (long long)a->project);
	return c->metadata ? 0 : -AWM_NOMEM;
}

static int load_structure(struct apply *a)
{
	struct awm_record *row;
	int rc = store_get(a->session->db, &entity_template, a->template,
			   a->arena, &row);

	if (!rc)
		rc = template_parse(&row->values[TEMPLATE_projectStructure],
				    &a->structure);
	return rc;
}

static int apply_all(struct apply *a)
{
	int rc = load_structure(a);

	if (!rc)
		rc = check_values(a);
	if (!rc)
		rc = check_skills(a);
	if (!rc)
		rc = make_project(a);
	if (!rc)
		rc = make_parts(a);
	if (!rc)
		rc = mutate_edit(a->session, &entity_template, a->template,
				 NULL, 0, amend_used, a, NULL, NULL);
	return rc;
}

struct applying {
	int64_t template;
	const struct awm_template_apply *how;
	struct awm_pool *pool;
	struct awm_template_made *made;
};

/* May be called again, when the transaction has to be. */
static int run_apply(struct awm_session *s, void *ctx)
{
	struct applying *call = ctx;
	struct apply a = {.session = s,
			  .how = call->how,
			  .made = call->made,
			  .arena = pool_arena(call->pool),
			  .template = call->template};
	int rc;

	*call->made = (struct awm_template_made){0};
	rc = apply_all(&a);
	if (!rc)
		rc = awm_project_show(s, a.project, call->pool,
				      &call->made->project);
	cJSON_Delete(a.structure);
	buf_release(&a.unset);
	buf_release(&a.skills.absent);
	return rc;
}

int awm_template_apply(struct awm_session *s, int64_t id,
		       const struct awm_template_apply *how,
		       struct awm_pool *pool, struct awm_template_made *ret)
{
	struct applying call = {id, how, pool, ret};
	int rc = role_require(s, ROLE_MEMBER, "apply a template");

	if (!rc)
		rc = check_sets(how);
	return rc ? rc : awm_transaction(s, run_apply, &call);
}
