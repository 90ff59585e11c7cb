// SPDX-License-Identifier: MIT
/* From a template to a project: everything in one transaction. */
#include <string.h>

#include "base/err.h"
#include "domain/placeholder.h"
#include "domain/pool.h"
#include "domain/structure.h"
#include "entity/store.h"

struct apply {
	struct awm_session *session;
	const struct awm_template_apply *how;
	struct awm_template_made *made;
	struct arena *arena;
	int64_t template;
	cJSON *root;
	struct structure structure;
	struct buf unset; /* names without a value, as "a, b" */
	bool *used;	  /* which of the values have a place */
};

/* ---- values ---- */

static const char *value_of(void *ctx, const char *name)
{
	struct apply *a = ctx;
	const char *value = NULL;
	size_t len = strlen(name);

	for (size_t i = 0; i < a->how->nsets; i++) {
		const char *set = a->how->sets[i];

		if (strncmp(set, name, len) != 0 || set[len] != '=')
			continue;
		value = set + len + 1;
		a->used[i] = true;
	}
	if (value)
		return value;
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
static int render(void *ctx, const cJSON *task, const char *key,
		  const char **ret)
{
	struct apply *a = ctx;
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

/* A slip of the pen, most likely. */
static int refuse_unused(const struct apply *a)
{
	for (size_t i = 0; i < a->how->nsets; i++) {
		const char *set = a->how->sets[i];

		if (a->used[i])
			continue;
		err_set(AWM_INVALID, "the template has no variable '%.*s'",
			(int)strcspn(set, "="), set);
		return err_hint("awm template show %lld shows those it has",
				(long long)a->template);
	}
	return 0;
}

/* All of them, before anything is written. */
static int check_values(struct apply *a)
{
	const char *text;
	const cJSON *task;
	int rc;

	a->used = arena_array(a->arena, a->how->nsets + 1, sizeof(*a->used));
	if (!a->used)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(task, json_get(a->root, "tasks"))
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
		return refuse_unused(a);
	err_set(AWM_INVALID, "the template wants values for: %s", a->unset.s);
	return err_hint("give each with --set NAME=VALUE");
}

static int check_skills(struct apply *a)
{
	const struct buf *absent = &a->structure.skills.absent;
	int rc = structure_find_skills(&a->structure);

	if (rc || !absent->len)
		return rc;
	if (!a->how->skip_missing) {
		err_set(AWM_NOT_FOUND, "no skills with these names: %s",
			absent->s);
		return err_hint("add them, or leave them out with "
				"--skip-missing");
	}
	a->made->skipped = arena_strndup(a->arena, absent->s, absent->len);
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
		a->structure.project = row->values[PROJECT_id].i;
	return rc;
}

static int make_parts(struct apply *a)
{
	int rc = structure_make(&a->structure);

	a->made->tasks = a->structure.tasks;
	a->made->automations = a->structure.automations;
	return rc;
}

static int amend_used(struct awm_session *s, struct change *c, void *ctx)
{
	const struct apply *a = ctx;

	(void)s;
	change_set(c, TEMPLATE_usageCount,
		   AWM_VALUE_INT(c->before[TEMPLATE_usageCount].i + 1));
	c->event = "template.applied";
	c->metadata =
		arena_printf(c->arena,
			     "{\"entity\":\"template\",\"id\":%lld,"
			     "\"projectId\":%lld}",
			     (long long)c->id, (long long)a->structure.project);
	return c->metadata ? 0 : -AWM_NOMEM;
}

static int load_structure(struct apply *a)
{
	struct awm_record *row;
	int rc = store_get(a->session->db, &entity_template, a->template,
			   a->arena, &row);

	if (!rc)
		rc = template_parse(&row->values[TEMPLATE_projectStructure],
				    &a->root);
	a->structure.root = a->root;
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

	a.structure = (struct structure){.session = s,
					 .arena = a.arena,
					 .text = render,
					 .ctx = &a,
					 .what = "the template"};
	*call->made = (struct awm_template_made){0};
	rc = apply_all(&a);
	if (!rc)
		rc = awm_project_show(s, a.structure.project, call->pool,
				      &call->made->project);
	cJSON_Delete(a.root);
	buf_release(&a.unset);
	buf_release(&a.structure.skills.absent);
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
