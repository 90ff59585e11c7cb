// SPDX-License-Identifier: MIT
/* Taking back what one activity tells of one row. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/mutate.h"
#include "domain/task.h"
#include "domain/undo.h"
#include "domain/work.h"
#include "entity/field.h"
#include "entity/store.h"
#include "queries.h"

struct row {
	const struct undo_step *step;
	const struct awm_entity *e;
	int64_t id;
	const cJSON *changes; /* {"status":{"from":…,"to":…}} */
	struct arena *arena;
};

enum did { MADE, CHANGED, DELETED };

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* What is made from other rows, and follows them. */
static bool follows(const char *name)
{
	static const char *const names[] = {
		"actualMinutes",   "actualCost", "tokenUsage",
		"actualHours",	   "totalCost",	 "usageCount",
		"rating",	   "runCount",	 "lastRunAt",
		"failureCount",	   "lastSyncAt", "lastTriggeredAt",
		"blockedByTaskId", NULL,
	};

	return is_one_of(name, names);
}

/* What moves along when something else is changed: no later change of its
 * own. */
static bool drifts(const char *name)
{
	static const char *const names[] = {
		"order",     "startedAt", "completedAt",  "archivedAt",
		"editedAt",  "mentions",  "lastActiveAt", "updatedAt",
		"createdAt", "id",	  NULL,
	};

	return is_one_of(name, names);
}

static int cannot(const char *what)
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
	return cannot(arena_printf(r->arena, "'%s'", type));
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

static int side(const struct row *r, const struct awm_field *f,
		const char *which, struct awm_value *ret)
{
	const cJSON *node = json_get(json_get(r->changes, f->name), which);

	if (!node) {
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	if (f->type == AWM_TYPE_SECRET && !cJSON_IsNull(node))
		return cannot("a change of a secret");
	return field_from_json(f, node, r->arena, ret);
}

/* JSON may be spaced in other ways. */
static int same(const struct awm_field *f, const struct awm_value *a,
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

static int changed_since(const struct row *r, const struct awm_field *f)
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
	_cleanup_buf_ struct buf json = {0};
	const cJSON *from = json_get(member, "from");
	bool known = false;
	int rc;

	if (r->e == &entity_task && !strcmp(member->string, "shift"))
		return task_restore_place(r->step->s, c, from,
					  json_get(member, "to"));
	json_print(&json, from);
	rc = buf_check(&json);
	if (!rc && r->e == &entity_task)
		rc = work_restore(r->step->s, c, member->string, buf_str(&json),
				  &known);
	if (!rc && !known)
		return cannot(arena_printf(r->arena, "'%s' of a %s",
					   member->string, r->e->label));
	return rc;
}

static int restore_field(struct row *r, struct change *c,
			 const struct awm_field *f)
{
	size_t i = (size_t)(f - r->e->fields);
	struct awm_value from, to;
	bool back, untouched = true;
	int rc = side(r, f, "from", &from);

	if (!rc)
		rc = side(r, f, "to", &to);
	if (!rc)
		rc = same(f, &c->before[i], &from, &back);
	if (!rc && back)
		from = c->before[i];
	if (!rc && !back && !drifts(f->name))
		rc = same(f, &c->before[i], &to, &untouched);
	if (rc)
		return rc;
	if (!untouched)
		return changed_since(r, f);
	/* Said also where it is so already: rules choose what nobody says. */
	change_set(c, i, from);
	return 0;
}

static int restore_member(struct row *r, struct change *c, const cJSON *member)
{
	const struct awm_field *f = awm_entity_field(r->e, member->string);

	if (!f || follows(f->name))
		return 0;
	if (f == &entity_task.fields[TASK_watcherIds])
		return unwatch(r, c, member);
	return restore_field(r, c, f);
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
	/* They bring columns along, which then get what they had. */
	cJSON_ArrayForEach(member, rc ? NULL : r->changes)
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

static int take_back_change(struct row *r)
{
	int rc = mutate_edit(r->step->s, r->e, r->id, NULL, 0, amend_changed, r,
			     r->arena, NULL);

	return rc == -AWM_NOT_FOUND ? deleted_since(r) : rc;
}

/* ---- a row that was made ---- */

/* As it was made: what the activity tells, and defaults. */
static int check_untouched(struct row *r, const struct awm_value *now)
{
	int rc = 0;

	for (size_t i = 1; i < r->e->nfields && !rc; i++) {
		const struct awm_field *f = &r->e->fields[i];
		struct awm_value made;
		bool equal;

		if (follows(f->name) || drifts(f->name) ||
		    f->type == AWM_TYPE_SECRET ||
		    f == &entity_task.fields[TASK_watcherIds])
			continue;
		rc = json_get(r->changes, f->name)
			     ? side(r, f, "to", &made)
			     : store_default(f, r->arena, &made);
		if (!rc)
			rc = same(f, &now[i], &made, &equal);
		if (!rc && !equal)
			return changed_since(r, f);
	}
	return rc;
}

static int amend_made(struct awm_session *s, struct change *c, void *ctx)
{
	struct row *r = ctx;
	size_t deleted = (size_t)r->e->deleted_at;
	int rc;

	if (c->before[deleted].kind != AWM_NULL)
		return 0;
	rc = check_untouched(r, c->before);
	if (!rc)
		change_set(c, deleted, AWM_VALUE_INT(s->now));
	return rc;
}

/* How many rows refer to it: live ones, or any. */
static int count_parts(struct row *r, const struct awm_entity *of, bool all,
		       int64_t *ret)
{
	struct awm_value id = AWM_VALUE_INT(r->id);
	int64_t total = 0, n;
	int rc = 0;

	for (size_t i = 0; i < of->nfields && !rc; i++) {
		const struct awm_field *f = &of->fields[i];
		struct awm_cond cond = {f, AWM_OP_EQ, &id, 1};
		struct awm_query q = {
			.entity = of, .conds = &cond, .nconds = 1, .all = all};
		if (f->type != AWM_TYPE_REF || strcmp(f->ref, r->e->table) != 0)
			continue;
		rc = store_count(r->step->s->db, &q, &n);
		total += rc ? 0 : n;
	}
	*ret = total;
	return rc;
}

/* Who still needs the row: nobody, only rows that are deleted themselves, or
 * others. */
static int find_parts(struct row *r, int64_t *ret_live, int64_t *ret_all)
{
	int rc = 0;

	*ret_live = *ret_all = 0;
	for (size_t i = 0; awm_entities[i] && !rc; i++) {
		const struct awm_entity *of = awm_entities[i];
		int64_t n = 0;
		if (of == &entity_activity || of == &entity_notification ||
		    of == &entity_search_index || of == &entity_template_task)
			continue;
		rc = count_parts(r, of, false, &n);
		*ret_live += n;
		if (!rc && of->deleted_at >= 0)
			rc = count_parts(r, of, true, &n);
		*ret_all += n;
	}
	return rc;
}

static int in_use(const struct row *r, int64_t n)
{
	return err_set(AWM_CONFLICT,
		       "%s %lld is in use now: %lld row%s refer "
		       "to it",
		       r->e->label, (long long)r->id, (long long)n,
		       n == 1 ? "" : "s");
}

/* Deleted tasks are kept, and so is their project: out of sight. */
static int put_away(struct row *r)
{
	struct awm_set set = {&entity_project.fields[PROJECT_isArchived],
			      AWM_VALUE_INT(1)};

	return mutate_edit(r->step->s, &entity_project, r->id, &set, 1, NULL,
			   NULL, r->arena, NULL);
}

static int delete_made(struct row *r)
{
	struct awm_session *s = r->step->s;
	bool project = r->e == &entity_project;
	struct awm_record *now;
	int64_t live, all;
	int rc = store_get(s->db, r->e, r->id, r->arena, &now);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (!rc)
		rc = find_parts(r, &live, &all);
	/* The inbox stays with what was put there since. */
	if (rc || (live && project && r->step->with_tasks))
		return rc;
	if (live)
		return in_use(r, live);
	rc = check_untouched(r, now->values);
	if (rc)
		return rc;
	if (all)
		return project ? put_away(r) : in_use(r, all);
	if (project)
		rc = db_run(s->db, query_project_detach_activities, "i", r->id);
	return rc ? rc : mutate_delete(s, r->e, r->id, r->arena, NULL);
}

static int refuse_parts(struct row *r)
{
	int64_t n;
	int rc = r->e == &entity_task ? count_parts(r, r->e, false, &n) : 0;

	if (rc || r->e != &entity_task || !n)
		return rc;
	return in_use(r, n);
}

static int take_back_made(struct row *r)
{
	int rc;

	if (r->e == &entity_user)
		return cannot("adding a user");
	if (r->e->deleted_at < 0)
		return delete_made(r);
	rc = refuse_parts(r);
	if (!rc)
		rc = mutate_edit(r->step->s, r->e, r->id, NULL, 0, amend_made,
				 r, r->arena, NULL);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* ---- a row that was deleted ---- */

/* Those that take others along. */
static bool takes_others(const struct awm_entity *e)
{
	return e == &entity_user || e == &entity_team || e == &entity_project ||
	       e == &entity_task || e == &entity_skill ||
	       e == &entity_template || e == &entity_automation ||
	       e == &entity_webhook || e == &entity_provider ||
	       e == &entity_integration;
}

static int take_back_deletion(struct row *r)
{
	struct awm_session *s = r->step->s;
	struct awm_set *sets =
		arena_array(r->arena, r->e->nfields, sizeof(*sets));
	size_t n = 0;
	int rc = sets ? 0 : -AWM_NOMEM;

	if (takes_others(r->e) && !r->step->restores)
		return cannot(arena_printf(r->arena,
					   "deleting %s %lld for good",
					   r->e->label, (long long)r->id));
	for (size_t i = 1; i < r->e->nfields && !rc; i++) {
		const struct awm_field *f = &r->e->fields[i];
		if (!json_get(r->changes, f->name))
			continue;
		sets[n].field = f;
		rc = side(r, f, "from", &sets[n++].value);
	}
	if (!rc && store_exists(s->db, r->e, r->id) == -AWM_NOT_FOUND) {
		err_clear();
		sets[n++] =
			(struct awm_set){r->e->fields, AWM_VALUE_INT(r->id)};
	}
	if (!rc)
		rc = mutate_add(s, r->e, sets, n, NULL, NULL, r->arena, NULL);
	if (!rc && r->e == &entity_project)
		rc = db_run(s->db, query_project_attach_activities, "i", r->id);
	return rc;
}

/* ---- one activity ---- */

static int take_back(struct row *r)
{
	if (r->e == &entity_execution)
		return cannot("a run of AI");
	switch (what_was_done(r)) {
	case MADE:
		return take_back_made(r);
	case CHANGED:
		return take_back_change(r);
	case DELETED:
		return take_back_deletion(r);
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
