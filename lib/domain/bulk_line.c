// SPDX-License-Identifier: MIT
/* What the members of a JSON object say of a task. */
#include <string.h>

#include "base/err.h"
#include "domain/bulk.h"
#include "domain/once.h"
#include "domain/session.h"
#include "entity/field.h"

/* ---- names ---- */

static struct known **bucket(struct awm_bulk *b, const struct awm_entity *e,
			     const char *text)
{
	uint64_t hash = (uintptr_t)e;

	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3u;
	return &b->known[(hash ^ hash >> 32) % BULK_BUCKETS];
}

static int resolve(struct awm_bulk *b, const struct awm_entity *e,
		   const char *text, int64_t *ret)
{
	struct known **at = bucket(b, e, text), *k;
	int rc;

	for (k = *at; k; k = k->next) {
		if (k->e != e || strcmp(k->text, text) != 0)
			continue;
		*ret = k->id;
		return 0;
	}
	rc = awm_resolve(b->s, e, text, ret);
	if (rc)
		return rc;
	k = arena_alloc(&b->arena, sizeof(*k));
	if (!k)
		return -AWM_NOMEM;
	*k = (struct known){e, arena_strdup(&b->arena, text), *ret, *at};
	if (!k->text)
		return -AWM_NOMEM;
	*at = k;
	return 0;
}

static bool is_number(const char *s)
{
	s += *s == '#';
	return *s && !s[strspn(s, "0123456789")];
}

/* Tasks have no names; what is no number is a key. */
int bulk_task(struct awm_bulk *b, const cJSON *node, const char *what,
	      int64_t *ret)
{
	struct awm_value v;
	int rc;

	if (cJSON_IsString(node) && *node->valuestring &&
	    !is_number(node->valuestring))
		rc = awm_task_of_key(b->s, node->valuestring, ret);
	else if (cJSON_IsString(node))
		rc = awm_resolve(b->s, &entity_task, node->valuestring, ret);
	else {
		rc = field_from_json(&entity_task.fields[TASK_parentTaskId],
				     node, &b->arena, &v);
		if (!rc && v.kind == AWM_INT)
			*ret = v.i;
		else
			rc = err_set(AWM_USAGE, "want an id or a key");
	}
	return rc ? err_context("%s", what) : 0;
}

/* ---- values ---- */

/* What awm adds up from other rows. */
static bool is_counted(size_t field)
{
	return field == TASK_actualMinutes || field == TASK_actualCost ||
	       field == TASK_tokenUsage;
}

static int refuse_counted(const struct awm_field *f, const cJSON *node)
{
	if (cJSON_IsNull(node))
		return 0;
	return err_set(AWM_USAGE,
		       "'%s' is added up from other rows and cannot be set",
		       f->name);
}

static int read_reference(struct line *l, const struct awm_field *f,
			  const cJSON *node, struct awm_value *ret)
{
	const struct awm_entity *e = awm_entity_of_table(f->ref);
	int64_t id;
	int rc;

	if (e == &entity_task)
		rc = bulk_task(l->b, node, f->name, &id);
	else if (!cJSON_IsString(node))
		return field_from_json(f, node, &l->pool.arena, ret);
	else
		rc = resolve(l->b, e, node->valuestring, &id);
	if (!rc)
		*ret = AWM_VALUE_INT(id);
	return rc;
}

/* Texts stay as they are; what is written for another type is read as a
 * person writes it. */
static int read_value(struct line *l, const struct awm_field *f,
		      const cJSON *node, struct awm_value *ret)
{
	bool text = f->type == AWM_TYPE_TEXT || f->type == AWM_TYPE_JSON;

	if (cJSON_IsNull(node)) {
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	if (f->type == AWM_TYPE_REF)
		return read_reference(l, f, node, ret);
	if (cJSON_IsString(node) && !text)
		return awm_value_parse(l->b->s, f, node->valuestring, &l->pool,
				       ret);
	return field_from_json(f, node, &l->pool.arena, ret);
}

int bulk_set(struct line *l, size_t field, struct awm_value value)
{
	const struct awm_field *f = &entity_task.fields[field];

	for (size_t i = 0; i < l->n; i++)
		if (l->sets[i].field == f)
			return err_set(AWM_USAGE, "'%s' is given twice",
				       f->name);
	l->sets[l->n++] = (struct awm_set){f, value};
	return 0;
}

const struct awm_value *bulk_value(const struct line *l, size_t field)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->sets[i].field == &entity_task.fields[field])
			return &l->sets[i].value;
	return NULL;
}

/* ---- keys of the object ---- */

static const struct alias {
	const char *name;
	size_t field;
} aliases[] = {
	{"project", TASK_projectId},	  {"parent", TASK_parentTaskId},
	{"assignee", TASK_assigneeId},	  {"due", TASK_dueDate},
	{"prompt", TASK_generatedPrompt}, {"estimate", TASK_estimatedMinutes},
};

static int field_of(const char *name)
{
	for (size_t i = 0; i < TASK_NFIELDS; i++)
		if (!strcmp(entity_task.fields[i].name, name))
			return (int)i;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return (int)aliases[i].field;
	return -1;
}

static int unknown_key(const char *name)
{
	const char *words[TASK_NFIELDS + ARRAY_LEN(aliases) + 4];
	size_t n = 0;

	for (size_t i = 0; i < TASK_NFIELDS; i++)
		if (!is_counted(i))
			words[n++] = entity_task.fields[i].name;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		words[n++] = aliases[i].name;
	words[n++] = "key";
	words[n++] = "blockedBy";
	words[n++] = "deferUntil";
	words[n] = NULL;
	return field_word_unknown(words, name, "key");
}

static int read_key(struct line *l, const cJSON *node)
{
	if (!cJSON_IsString(node))
		return err_set(AWM_USAGE, "key: want text");
	l->key = node->valuestring;
	return once_check(l->key);
}

static int read_defer(struct line *l, const cJSON *node)
{
	int rc = 0;

	if (cJSON_IsNull(node))
		return 0;
	l->defer = true;
	if (cJSON_IsString(node))
		rc = awm_time_parse(l->b->s, node->valuestring, &l->until);
	else
		rc = err_set(AWM_USAGE, "want a date");
	return rc ? err_context("deferUntil") : 0;
}

static int read_id(const cJSON *node)
{
	if (cJSON_IsNumber(node) && node->valuedouble < 1)
		return err_set(AWM_USAGE, "id: want 1 or more");
	return 0;
}

int bulk_read(struct line *l, const cJSON *node)
{
	const struct awm_field *f;
	struct awm_value value;
	int i, rc;

	if (!strcmp(node->string, "key"))
		return read_key(l, node);
	if (!strcmp(node->string, "blockedBy")) {
		l->blockers = node;
		return 0;
	}
	if (!strcmp(node->string, "deferUntil"))
		return read_defer(l, node);
	i = field_of(node->string);
	if (i < 0)
		return unknown_key(node->string);
	f = &entity_task.fields[i];
	if (is_counted((size_t)i))
		return refuse_counted(f, node);
	rc = i == TASK_id ? read_id(node) : 0;
	if (!rc)
		rc = read_value(l, f, node, &value);
	/* A column that is never empty has its default then. */
	if (!rc && value.kind == AWM_NULL && f->flags & AWM_REQUIRED && f->dflt)
		return 0;
	return rc ? rc : bulk_set(l, (size_t)i, value);
}
