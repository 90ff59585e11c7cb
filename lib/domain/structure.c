// SPDX-License-Identifier: MIT
#include "domain/structure.h"

#include "base/err.h"
#include "entity/store.h"

int structure_find_skills(struct structure *st)
{
	st->skills.session = st->session;
	st->skills.structure = st->root;
	st->skills.arena = st->arena;
	return template_skills_find(&st->skills);
}

static int text_of(struct structure *st, const cJSON *task, const char *key,
		   const char **ret)
{
	if (st->text)
		return st->text(st->ctx, task, key, ret);
	*ret = json_get_str(task, key);
	return 0;
}

/* Minutes are whole; the specification lets a structure have half ones. */
static struct awm_value minutes_of(const cJSON *task)
{
	const cJSON *n = json_get(task, "estimatedMinutes");

	return n ? AWM_VALUE_INT((int64_t)(n->valuedouble + 0.5))
		 : AWM_VALUE_NULL;
}

static int make_task(struct structure *st, const cJSON *task)
{
	const struct awm_field *f = entity_task.fields;
	const char *priority = json_get_str(task, "priority");
	const char *title, *description;
	struct awm_record *row;
	int rc = text_of(st, task, "title", &title);

	if (!rc)
		rc = text_of(st, task, "description", &description);
	if (rc)
		return rc;
	struct awm_set sets[] = {
		{&f[TASK_projectId], AWM_VALUE_INT(st->project)},
		{&f[TASK_title], awm_value_text(title)},
		{&f[TASK_description], awm_value_text(description)},
		{&f[TASK_priority],
		 awm_value_text(priority ? priority : "medium")},
		{&f[TASK_estimatedMinutes], minutes_of(task)},
		{&f[TASK_parentTaskId],
		 st->parent ? AWM_VALUE_INT(st->parent) : AWM_VALUE_NULL},
		{&f[TASK_order], AWM_VALUE_INT((int64_t)st->tasks)},
	};
	rc = mutate_add(st->session, &entity_task, sets,
			ARRAY_LEN(sets) - st->append, NULL, NULL, st->arena,
			&row);
	if (rc)
		return err_context("task %zu of %s", st->tasks + 1, st->what);
	if (st->ids)
		st->ids[st->tasks] = row->values[TASK_id].i;
	st->tasks++;
	return template_skills_suggest(&st->skills, task,
				       row->values[TASK_id].i);
}

static int json_text(struct structure *st, const cJSON *node,
		     struct awm_value *ret)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	json_print(&out, node);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(st->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

/* Strings of an automation are templates of its own, for when it runs. */
static int make_automation(struct structure *st, const cJSON *automation)
{
	const struct awm_field *f = entity_automation.fields;
	struct awm_set sets[] = {
		{&f[AUTOMATION_projectId], AWM_VALUE_INT(st->project)},
		{&f[AUTOMATION_name],
		 awm_value_text(json_get_str(automation, "name"))},
		{&f[AUTOMATION_createdBy],
		 AWM_VALUE_INT(st->session->actor.id)},
		{.field = &f[AUTOMATION_trigger]},
		{.field = &f[AUTOMATION_actions]},
		{&f[AUTOMATION_isEnabled], AWM_VALUE_INT(!st->disabled)},
	};
	int rc = json_text(st, json_get(automation, "trigger"), &sets[3].value);

	if (!rc)
		rc = json_text(st, json_get(automation, "actions"),
			       &sets[4].value);
	if (!rc)
		rc = mutate_add(st->session, &entity_automation, sets,
				ARRAY_LEN(sets), NULL, NULL, NULL, NULL);
	if (!rc)
		st->automations++;
	return rc;
}

int structure_make(struct structure *st)
{
	const cJSON *node;
	int rc = 0;

	cJSON_ArrayForEach(node, json_get(st->root, "tasks"))
	{
		if (!rc)
			rc = make_task(st, node);
	}
	cJSON_ArrayForEach(node, json_get(st->root, "automations"))
	{
		if (!rc)
			rc = make_automation(st, node);
	}
	return rc;
}
