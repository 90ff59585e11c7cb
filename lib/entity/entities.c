/* SPDX-License-Identifier: MIT */
#include "entity/entity.h"

#include <string.h>

#include "base/mem.h"
#include "entity/shape.h"

/* The names that the rows of fields.h use. */
enum {
	REQ = AWM_REQUIRED,
	SHOW = AWM_SHOW,
	SEARCH = AWM_SEARCH,
	RO = AWM_READONLY,
	UNIQ = AWM_UNIQUE,
	TITLE = AWM_TITLE,
	SLUG = AWM_SLUG,
	HIDDEN = AWM_HIDDEN
};

#define WORDS(name, ...)                                                       \
	static const char *const words_##name[] = {__VA_ARGS__, NULL}

WORDS(role, "admin", "member", "viewer");
WORDS(member_role, "owner", "admin", "member", "viewer");
WORDS(plan, "free", "pro", "enterprise");
WORDS(provider, "openai", "anthropic", "google", "local");
WORDS(project_status, "active", "completed", "archived", "on_hold");
WORDS(task_status, "todo", "in_progress", "in_review", "done", "blocked");
WORDS(priority, "urgent", "high", "medium", "low");
WORDS(execution_type, "serial", "parallel");
WORDS(execution_status, "running", "success", "failed", "cancelled");
WORDS(content_type, "text", "markdown");
WORDS(run_state, "queued", "running", "success", "failed", "skipped",
      "cancelled");
WORDS(delivery_state, "pending", "delivered", "failed", "dead");
WORDS(change_kind, "change", "undo", "redo");

#define FIELD(prefix, column, text, kind, ...)                                 \
	[prefix##_##column] = {.name = #column,                                \
			       .label = (text),                                \
			       .type = AWM_TYPE_##kind,                        \
			       __VA_ARGS__},

#define DEFINE(id, prefix, tbl, text, sort, deleted, event)                    \
	static const struct awm_field fields_##id[] = {                        \
		prefix##_FIELDS(FIELD)};                                       \
	const struct awm_entity entity_##id = {                                \
		.name = #id,                                                   \
		.table = #tbl,                                                 \
		.label = (text),                                               \
		.fields = fields_##id,                                         \
		.nfields = ARRAY_LEN(fields_##id),                             \
		.order = (sort),                                               \
		.deleted_at = (deleted),                                       \
		.events = (event),                                             \
	};

ENTITIES(DEFINE)

#define ADDRESS(id, ...) &entity_##id,

const struct awm_entity *const awm_entities[] = {ENTITIES(ADDRESS) NULL};

const struct awm_entity *awm_entity_find(const char *name)
{
	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		if (!strcmp((*e)->name, name))
			return *e;
	return NULL;
}

const struct awm_entity *awm_entity_of_table(const char *table)
{
	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		if (!strcmp((*e)->table, table))
			return *e;
	return NULL;
}

const struct awm_field *awm_entity_field(const struct awm_entity *e,
					 const char *name)
{
	for (size_t i = 0; i < e->nfields; i++)
		if (!strcmp(e->fields[i].name, name))
			return &e->fields[i];
	return NULL;
}

const struct awm_value *awm_record_get(const struct awm_record *r,
				       const char *field)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->fields[i]->name, field))
			return &r->values[i];
	return NULL;
}

int64_t awm_record_int(const struct awm_record *r, const char *field)
{
	const struct awm_value *v = awm_record_get(r, field);

	return v && v->kind == AWM_INT ? v->i : 0;
}

const char *awm_record_text(const struct awm_record *r, const char *field)
{
	const struct awm_value *v = awm_record_get(r, field);

	return v && v->kind == AWM_TEXT ? v->s : "";
}
