/* SPDX-License-Identifier: MIT */
/* What an automation must be beyond the shapes of its trigger and actions. */
#include <string.h>

#include "base/err.h"
#include "base/mustache.h"
#include "base/pattern.h"
#include "base/utf8.h"
#include "domain/automation.h"
#include "entity/entity.h"

/* Events beside created, updated and deleted. */
static const char *const types[] = {
	"automation.failed", "automation.ran",	    "execution.cancelled",
	"execution.failed",  "execution.started",   "execution.succeeded",
	"git.linked",	     "project.archived",    "project.unarchived",
	"skill.attached",    "skill.detached",	    "skill.forked",
	"skill.published",   "skill.reviewed",	    "skill.unpublished",
	"skill.used",	     "task.assigned",	    "task.blocked",
	"task.claimed",	     "task.completed",	    "task.released",
	"task.restored",     "task.status_changed", "task.unblocked",
	"template.applied",  "template.rated",	    "time.added",
	"time.started",	     "time.stopped",
};
static const char *const usual[] = {"created", "deleted", "updated"};

/* ---- events ---- */

/* Each type that there is; until fn returns true. */
typedef bool type_fn(void *ctx, const char *type);

static bool each_type(type_fn *fn, void *ctx)
{
	char type[100];

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (fn(ctx, types[i]))
			return true;
	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		for (size_t i = 0; (*e)->events && i < ARRAY_LEN(usual); i++) {
			snprintf(type, sizeof(type), "%s.%s", (*e)->events,
				 usual[i]);
			if (fn(ctx, type))
				return true;
		}
	return false;
}

static bool is_meant(void *pattern, const char *type)
{
	return event_matches(pattern, type);
}

struct nearest {
	const char *text;
	char type[100];
	size_t distance;
};

static bool note_nearest(void *ctx, const char *type)
{
	struct nearest *n = ctx;
	size_t d = utf8_distance(n->text, type, n->distance);

	if (d < n->distance) {
		n->distance = d;
		snprintf(n->type, sizeof(n->type), "%s", type);
	}
	return false;
}

int automation_event_check(const char *pattern)
{
	struct nearest n = {.text = pattern, .distance = 5};

	if (each_type(is_meant, (void *)pattern))
		return 0;
	err_set(AWM_USAGE, "unknown event '%.100s'", pattern);
	each_type(note_nearest, &n);
	if (*n.type)
		return err_hint("did you mean '%s'?", n.type);
	return err_hint("events are named like task.completed, comment.created "
			"or task.*: see 'man awm-automate'");
}

/* ---- conditions ---- */

/* The entity that events of a pattern tell of; NULL: of several. */
static const struct awm_entity *entity_of_event(const char *pattern)
{
	size_t len = strcspn(pattern, ".");

	if (!strncmp(pattern, "git.", 4))
		return &entity_task;
	/* What others do with a task is told under their own name. */
	if (!strcmp(pattern, "skill.*") || !strncmp(pattern, "project.", 8) ||
	    !strncmp(pattern, "team.", 5) || strstr(pattern, "tached"))
		return NULL;
	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		if ((*e)->events && strlen((*e)->events) == len &&
		    !strncmp((*e)->events, pattern, len))
			return *e;
	return NULL;
}

static int unknown_field(const struct awm_entity *e, const char *name)
{
	const char *best = NULL;
	size_t least = strlen(name) / 3 + 2;

	for (size_t i = 0; i < e->nfields; i++) {
		size_t d = utf8_distance(name, e->fields[i].name, least);
		if (d < least) {
			least = d;
			best = e->fields[i].name;
		}
	}
	err_set(AWM_USAGE, "a %s has no '%.100s'", e->label, name);
	return best ? err_hint("did you mean '%s'?", best)
		    : err_hint("a column of the row, or a path such as "
			       "actor.email");
}

static int check_condition(const cJSON *condition, const struct awm_entity *e)
{
	const char *field = json_get_str(condition, "field");
	const char *op = json_get_str(condition, "op");
	struct pattern *pattern = NULL;
	int rc;

	if (e && !strchr(field, '.') && !awm_entity_field(e, field) &&
	    !(e == &entity_task && !strcmp(field, "shift")))
		return unknown_field(e, field);
	if (strcmp(op, "matches") != 0)
		return 0;
	rc = pattern_compile(json_get_str(condition, "value"), &pattern);
	pattern_free(pattern);
	return rc;
}

static int check_event(const cJSON *trigger)
{
	const char *event = json_get_str(trigger, "event");
	const cJSON *condition;
	int rc = automation_event_check(event);

	cJSON_ArrayForEach(condition, json_get(trigger, "conditions"))
	{
		if (!rc)
			rc = check_condition(condition, entity_of_event(event));
	}
	return rc;
}

int automation_check_trigger(const cJSON *trigger)
{
	const char *type = json_get_str(trigger, "type");
	const char *zone;
	struct cron c;

	if (!strcmp(type, "event"))
		return check_event(trigger);
	if (!strcmp(type, "schedule"))
		return automation_schedule(trigger, &c, &zone);
	return 0;
}

/* ---- actions ---- */

static int check_templates(const cJSON *node, const char *type)
{
	const cJSON *child;
	int rc = 0;

	if (cJSON_IsString(node)) {
		rc = mustache_check(node->valuestring, NULL, NULL);
		return rc ? err_context("%s", type) : 0;
	}
	cJSON_ArrayForEach(child, node)
	{
		if (!rc)
			rc = check_templates(child, type);
	}
	return rc;
}

/* Parameters of tasks that are no column. */
static bool is_task_word(const char *name)
{
	static const char *const words[] = {"task",    "project", "assignee",
					    "parent",  "due",	  "estimate",
					    "addTags", "rmTags",  "blockedBy"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

static int check_columns(const cJSON *params, const char *type)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, params)
	{
		const struct awm_field *f =
			awm_entity_field(&entity_task, item->string);
		if (is_task_word(item->string))
			continue;
		if (!f) {
			unknown_field(&entity_task, item->string);
			return err_context("%s", type);
		}
		if (f->flags & AWM_READONLY)
			return err_set(AWM_INVALID, "%s: awm keeps '%s' itself",
				       type, f->name);
	}
	return 0;
}

int automation_check_actions(const cJSON *actions)
{
	const cJSON *action;
	int rc = 0;

	cJSON_ArrayForEach(action, actions)
	{
		const char *type = json_get_str(action, "type");
		const cJSON *params = json_get(action, "params");
		if (!rc)
			rc = check_templates(params, type);
		if (!rc && (!strcmp(type, "task.update") ||
			    !strcmp(type, "task.create")))
			rc = check_columns(params, type);
	}
	return rc;
}
