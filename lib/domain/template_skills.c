// SPDX-License-Identifier: MIT
/* The skills that a template names, found in this database. */
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/scope.h"
#include "domain/skill.h"
#include "domain/template.h"
#include "entity/store.h"

struct template_skill {
	int64_t id;
	const char *name;
};

static int keep_skill(void *ctx, const struct awm_record *row)
{
	struct template_skills *k = ctx;
	struct template_skill *skill;

	if (k->count == k->room) {
		size_t room = k->room ? k->room * 2 : 16;
		struct template_skill *more =
			arena_array(k->arena, room, sizeof(*more));

		if (!more)
			return -AWM_NOMEM;
		if (k->count)
			memcpy(more, k->items, k->count * sizeof(*more));
		k->items = more;
		k->room = room;
	}
	skill = &k->items[k->count++];
	skill->id = row->values[0].i;
	skill->name =
		arena_strndup(k->arena, row->values[1].s, row->values[1].len);
	return skill->name ? 0 : -AWM_NOMEM;
}

static int load_skills(struct template_skills *k)
{
	const struct awm_field *f = entity_skill.fields;
	const struct awm_field *fields[] = {&f[SKILL_id], &f[SKILL_name]};
	struct awm_sort by_id = {&f[SKILL_id], false};
	struct awm_query q = {.entity = &entity_skill,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields)};

	return scope_list(k->session, &q, keep_skill, k);
}

static size_t count_skills(const struct template_skills *k, const char *name,
			   bool exact, int64_t *ret)
{
	size_t found = 0;

	for (size_t i = 0; i < k->count; i++) {
		const char *s = k->items[i].name;

		if (exact ? strcmp(s, name) : !utf8_same_folded(s, name))
			continue;
		*ret = k->items[i].id;
		found++;
	}
	return found;
}

/* As awm_resolve() finds them, but a name is always a name. 0: not here. */
static int find_skill(const struct template_skills *k, const char *name,
		      int64_t *ret)
{
	size_t found = count_skills(k, name, true, ret);

	if (!found)
		found = count_skills(k, name, false, ret);
	if (found > 1) {
		err_set(AWM_CONFLICT, "%zu skills are called '%s'", found,
			name);
		return err_hint("give them different names: awm skill list");
	}
	if (!found)
		*ret = 0;
	return 0;
}

static int look_for(struct template_skills *k, const cJSON *names)
{
	const cJSON *name;
	int64_t id;

	cJSON_ArrayForEach(name, names)
	{
		int rc = find_skill(k, name->valuestring, &id);

		if (rc)
			return rc;
		if (!id)
			template_note(&k->absent, name->valuestring);
	}
	return buf_check(&k->absent);
}

static bool names_skill(const cJSON *task, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(task, "skills"))
	{
		if (utf8_same_folded(item->valuestring, name))
			return true;
	}
	return false;
}

/* A skill of the whole structure that no task names is for all of them. */
static bool is_general(const struct template_skills *k, const char *name)
{
	const cJSON *task;

	cJSON_ArrayForEach(task, json_get(k->structure, "tasks"))
	{
		if (names_skill(task, name))
			return false;
	}
	return true;
}

static int find_general(struct template_skills *k)
{
	const cJSON *whole = json_get(k->structure, "skills"), *name;

	k->general =
		arena_array(k->arena, (size_t)cJSON_GetArraySize(whole) + 1,
			    sizeof(*k->general));
	if (!k->general)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(name, whole)
	{
		if (is_general(k, name->valuestring))
			k->general[k->ngeneral++] = name;
	}
	return 0;
}

static bool names_skills(const cJSON *structure)
{
	const cJSON *task;

	cJSON_ArrayForEach(task, json_get(structure, "tasks"))
	{
		if (json_get(task, "skills"))
			return true;
	}
	return json_get(structure, "skills");
}

int template_skills_find(struct template_skills *k)
{
	const cJSON *task;
	int rc;

	if (!names_skills(k->structure))
		return 0;
	rc = load_skills(k);
	if (!rc)
		rc = look_for(k, json_get(k->structure, "skills"));
	cJSON_ArrayForEach(task, json_get(k->structure, "tasks"))
	{
		if (!rc)
			rc = look_for(k, json_get(task, "skills"));
	}
	return rc ? rc : find_general(k);
}

static bool holds(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* The skills of one task, each once. */
struct suggested {
	int64_t task;
	int64_t *ids;
	size_t count;
};

static int suggest(struct template_skills *k, struct suggested *got,
		   const cJSON *name)
{
	const struct awm_field *f = entity_suggested_skill.fields;
	struct awm_set sets[2] = {
		{&f[SUGGESTED_SKILL_taskId], AWM_VALUE_INT(got->task)},
		{.field = &f[SUGGESTED_SKILL_skillId]},
	};
	int64_t id;
	int rc = find_skill(k, name->valuestring, &id);

	if (rc || !id || holds(got->ids, got->count, id))
		return rc;
	got->ids[got->count++] = id;
	sets[1].value = AWM_VALUE_INT(id);
	return mutate_add(k->session, &entity_suggested_skill, sets,
			  ARRAY_LEN(sets), NULL, NULL, NULL, NULL);
}

int template_skills_suggest(struct template_skills *k, const cJSON *task,
			    int64_t id)
{
	const cJSON *own = json_get(task, "skills"), *name;
	size_t max = (size_t)cJSON_GetArraySize(own) + k->ngeneral;
	struct suggested got = {.task = id};
	int rc = 0;

	if (!max)
		return 0;
	got.ids = arena_array(k->arena, max, sizeof(*got.ids));
	if (!got.ids)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(name, own)
	{
		if (!rc)
			rc = suggest(k, &got, name);
	}
	for (size_t i = 0; i < k->ngeneral && !rc; i++)
		rc = suggest(k, &got, k->general[i]);
	return rc;
}

/* Minutes are whole; the specification lets a structure have half ones. */
