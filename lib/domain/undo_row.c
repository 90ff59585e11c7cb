// SPDX-License-Identifier: MIT
/* Taking back what one activity tells of one row. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/budget.h"
#include "domain/commits.h"
#include "domain/mutate.h"
#include "domain/skill.h"
#include "domain/task.h"
#include "domain/undo_row.h"
#include "domain/work.h"
#include "entity/field.h"
#include "entity/store.h"

enum did { MADE, CHANGED, DELETED };

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* What is made from other rows, and follows them. */
bool undo_follows(const struct awm_entity *e, const char *name)
{
	static const char *const names[] = {
		"actualMinutes",   "actualCost", "tokenUsage",
		"actualHours",	   "totalCost",	 "rating",
		"lastRunAt",	   "lastSyncAt", "lastTriggeredAt",
		"blockedByTaskId", NULL,
	};

	/* Somebody's own rating is no average. */
	return e != &entity_template_rating && is_one_of(name, names);
}

/* What moves along when something else is changed: no later change of its
 * own. */
bool undo_drifts(const char *name)
{
	static const char *const names[] = {
		"order",      "startedAt",    "completedAt",  "archivedAt",
		"usageCount", "runCount",     "failureCount", "editedAt",
		"mentions",   "lastActiveAt", "updatedAt",    "createdAt",
		"id",	      "version",      "forkCount",    NULL,
	};

	return is_one_of(name, names);
}

int undo_cannot(const char *what)
{
	return err_set(AWM_INVALID, "%s cannot be taken back", what);
}

/* ---- which row, and what was done to it ---- */

static int find_entity(struct row *r, const struct awm_record *activity)
{
	const struct awm_value *v = activity->values;
	_cleanup_json_ cJSON *metadata = NULL;
	const char *name = NULL, *type = v[ACTIVITY_type].s;
	const cJSON *id = NULL;
	int rc = 0;

	if (v[ACTIVITY_metadata].kind == AWM_TEXT)
		rc = json_parse(v[ACTIVITY_metadata].s,
				v[ACTIVITY_metadata].len, &metadata);
	if (rc)
		return rc;
	name = json_get_str(metadata, "entity");
	id = json_get(metadata, "id");
	if (name && cJSON_IsNumber(id)) {
		r->e = awm_entity_find(name);
		r->id = (int64_t)id->valuedouble;
	} else if (!strncmp(type, "task.", 5) || !strncmp(type, "git.", 4)) {
		r->e = &entity_task;
		r->id = v[ACTIVITY_taskId].i;
	} else if (!strncmp(type, "project.", 8)) {
		r->e = &entity_project;
		r->id = v[ACTIVITY_projectId].i;
	}
	if (r->e && r->id)
		return 0;
	return undo_cannot(arena_printf(r->arena, "'%s'", type));
}

/* A column that is never empty was so before there was a row. */
static enum did what_was_done(const struct row *r)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, r->changes)
	{
		const struct awm_field *f =
			awm_entity_field(r->e, member->string);
		if (!f || !(f->flags & AWM_REQUIRED))
			continue;
		if (cJSON_IsNull(json_get(member, "from")))
			return MADE;
		if (cJSON_IsNull(json_get(member, "to")))
			return DELETED;
	}
	return CHANGED;
}

int undo_side(const struct row *r, const struct awm_field *f, const char *which,
	      struct awm_value *ret)
{
	const cJSON *node = json_get(json_get(r->changes, f->name), which);

	if (!node) {
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	if (f->type == AWM_TYPE_SECRET && !cJSON_IsNull(node))
		return undo_cannot("a change of a secret");
	return field_from_json(f, node, r->arena, ret);
}

/* JSON may be spaced in other ways. */
int undo_same(const struct awm_field *f, const struct awm_value *a,
	      const struct awm_value *b, bool *ret)
{
	_cleanup_json_ cJSON *x = NULL, *y = NULL;
	int rc;

	*ret = value_equal(a, b);
	if (*ret || f->type != AWM_TYPE_JSON || a->kind != AWM_TEXT ||
	    b->kind != AWM_TEXT)
		return 0;
	rc = json_parse(a->s, a->len, &x);
	if (!rc)
		rc = json_parse(b->s, b->len, &y);
	if (!rc)
		*ret = cJSON_Compare(x, y, true);
	return rc;
}

int undo_changed_since(const struct row *r, const struct awm_field *f)
{
	err_set(AWM_CONFLICT, "'%s' of %s %lld was changed since", f->name,
		r->e->label, (long long)r->id);
	if (r->e == &entity_task)
		return err_hint("awm task history %lld", (long long)r->id);
	return -AWM_CONFLICT;
}

static int deleted_since(const struct row *r)
{
	err_set(AWM_CONFLICT, "%s %lld was deleted since", r->e->label,
		(long long)r->id);
	if (r->e == &entity_task)
		return err_hint("awm task restore %lld", (long long)r->id);
	return -AWM_CONFLICT;
}

/* ---- a row that was changed ---- */

/* "[1,4]" with what the change had added taken out, and the other way round;
 * others may have come and gone since. */
static int unwatch(struct row *r, struct change *c, const cJSON *member)
{
	const cJSON *from = json_get(member, "from");
	const cJSON *to = json_get(member, "to"), *id;
	_cleanup_json_ cJSON *now = NULL;
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	int rc = change_json(c, TASK_watcherIds, &now);

	if (rc)
		return rc;
	jsonw_array(&w);
	cJSON_ArrayForEach(id, now)
	{
		bool came = false;
		const cJSON *other;
		cJSON_ArrayForEach(other, to) came |=
			other->valuedouble == id->valuedouble;
		cJSON_ArrayForEach(other, from) came &=
			other->valuedouble != id->valuedouble;
		if (!came)
			jsonw_int(&w, (int64_t)id->valuedouble);
	}
	cJSON_ArrayForEach(id, from)
	{
		bool there = false;
		const cJSON *other;
		cJSON_ArrayForEach(other, now) there |=
			other->valuedouble == id->valuedouble;
		if (!there)
			jsonw_int(&w, (int64_t)id->valuedouble);
	}
	jsonw_end_array(&w);
	rc = buf_check(&out);
	if (rc)
		return rc;
	const char *text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, TASK_watcherIds, awm_value_text(text));
	return 0;
}

/* What is told of beside the columns. */
static int restore_other(struct row *r, struct change *c, const cJSON *member)
{
	const cJSON *from = json_get(member, "from");
	const cJSON *to = json_get(member, "to");
	bool known = false;
	int rc = 0;

	if (r->e == &entity_task && !strcmp(member->string, "shift"))
		return task_restore_place(r->step->s, c, from, to);
	if (r->e == &entity_project && !strcmp(member->string, "budget"))
		return budget_restore(r->step->s, c, from);
	if (r->e == &entity_skill && !strcmp(member->string, "tags"))
		return skill_tags_restore(r->step->s, c, from);
	if (r->e == &entity_task)
		rc = work_restore(r->step->s, c, member->string, from, to,
				  &known);
	if (!rc && !known)
		return undo_cannot(arena_printf(r->arena, "'%s' of a %s",
						member->string, r->e->label));
	return rc;
}

static int restore_field(struct row *r, struct change *c,
			 const struct awm_field *f)
{
	size_t i = (size_t)(f - r->e->fields);
	struct awm_value from, to;
	bool back, untouched = true;
	int rc = undo_side(r, f, "from", &from);

	if (!rc)
		rc = undo_side(r, f, "to", &to);
	if (!rc)
		rc = undo_same(f, &c->before[i], &from, &back);
	if (!rc && back)
		from = c->before[i];
	if (!rc && !back && !undo_drifts(f->name))
		rc = undo_same(f, &c->before[i], &to, &untouched);
	if (rc)
		return rc;
	if (!untouched)
		return undo_changed_since(r, f);
	/* Said also where it is so already: rules choose what nobody says. */
	change_set(c, i, from);
	return 0;
}

static bool counts(const char *name)
{
	static const char *const names[] = {"usageCount", "runCount",
					    "failureCount", "forkCount", NULL};

	return is_one_of(name, names);
}

/* Others may have been counted since. */
static int count_back(struct row *r, struct change *c,
		      const struct awm_field *f)
{
	size_t i = (size_t)(f - r->e->fields);
	struct awm_value from, to;
	int rc = undo_side(r, f, "from", &from);

	if (!rc)
		rc = undo_side(r, f, "to", &to);
	if (!rc)
		change_set(c, i, AWM_VALUE_INT(c->before[i].i - to.i + from.i));
	return rc;
}

static int restore_member(struct row *r, struct change *c, const cJSON *member)
{
	const struct awm_field *f = awm_entity_field(r->e, member->string);

	if (!f || undo_follows(r->e, f->name))
		return 0;
	if (f == &entity_task.fields[TASK_watcherIds])
		return unwatch(r, c, member);
	if (f == &entity_task.fields[TASK_gitCommits])
		return commits_restore(c, json_get(member, "from"),
				       json_get(member, "to"));
	return counts(f->name) ? count_back(r, c, f) : restore_field(r, c, f);
}

/* Within one instant the log tells which came first. */
static int deleted_later(const struct row *r, bool *ret)
{
	struct awm_value found;
	int rc = db_get(r->step->s->db, NULL, &found,
			"SELECT 1 FROM \"activities\" WHERE \"taskId\"=?1 AND "
			"\"id\">?2 AND \"type\"='task.deleted' LIMIT 1",
			"ii", r->id, r->step->activity);

	*ret = !rc;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* Some changes are of rows that were deleted before: the status of those that
 * wait for another one. */
static int refuse_deleted(const struct row *r, const struct change *c)
{
	int i = r->e->deleted_at, rc = 0;
	bool later;

	if (i < 0 || c->before[i].kind != AWM_INT ||
	    json_get(r->changes, r->e->fields[i].name))
		return 0;
	later = c->before[i].i > r->step->made_at;
	if (c->before[i].i == r->step->made_at && r->e == &entity_task)
		rc = deleted_later(r, &later);
	return rc || !later ? rc : deleted_since(r);
}

static int amend_changed(struct awm_session *s, struct change *c, void *ctx)
{
	struct row *r = ctx;
	const cJSON *member;
	int rc = refuse_deleted(r, c);

	(void)s;
	if (rc)
		return rc;
	/* They bring columns along, which then get what they had. */
	cJSON_ArrayForEach(member, r->changes)
	{
		if (!rc && !awm_entity_field(r->e, member->string))
			rc = restore_other(r, c, member);
	}
	cJSON_ArrayForEach(member, r->changes)
	{
		if (!rc)
			rc = restore_member(r, c, member);
	}
	/* In another project it would get the last place. */
	if (!rc && r->e == &entity_task && change_differs(c, TASK_projectId) &&
	    !c->mask[TASK_order])
		change_set(c, TASK_order, c->before[TASK_order]);
	return rc;
}

/* The row, or one that it would refer to again. */
static int gone_since(const struct row *r)
{
	char cause[200];
	int rc;

	snprintf(cause, sizeof(cause), "%s", awm_error_last()->message);
	rc = store_exists(r->step->s->db, r->e, r->id);
	if (rc == -AWM_NOT_FOUND)
		return deleted_since(r);
	return rc ? rc
		  : err_set(AWM_CONFLICT, "what was there before is gone: %s",
			    cause);
}

static int take_back_change(struct row *r)
{
	int rc = mutate_edit(r->step->s, r->e, r->id, NULL, 0, amend_changed, r,
			     r->arena, NULL);

	return rc == -AWM_NOT_FOUND ? gone_since(r) : rc;
}

/* ---- one activity ---- */

static int take_back(struct row *r)
{
	if (r->e == &entity_execution)
		return undo_cannot("a run of AI");
	switch (what_was_done(r)) {
	case MADE:
		return undo_made(r);
	case CHANGED:
		return take_back_change(r);
	case DELETED:
		return undo_deletion(r);
	}
	return 0;
}

static int run_row(struct db *db, void *ctx)
{
	struct row *r = ctx;
	struct awm_record *activity;
	_cleanup_json_ cJSON *changes = NULL;
	const struct awm_value *text;
	int rc = store_get(db, &entity_activity, r->step->activity, r->arena,
			   &activity);

	/* Gone with its row, which was purged in the meantime. */
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (!rc)
		rc = find_entity(r, activity);
	if (rc)
		return rc;
	text = &activity->values[ACTIVITY_changes];
	if (text->kind == AWM_TEXT)
		rc = json_parse(text->s, text->len, &changes);
	r->changes = changes;
	return rc || !changes ? rc : take_back(r);
}

int undo_activity(const struct undo_step *step)
{
	struct arena arena = {0};
	struct row r = {.step = step, .arena = &arena};
	int rc = db_part(step->s->db, run_row, &r);

	arena_release(&arena);
	return rc;
}
