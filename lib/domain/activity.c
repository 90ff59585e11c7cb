// SPDX-License-Identifier: MIT
/* The audit log: one row for every change, written in its transaction. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/commits.h"
#include "domain/event.h"
#include "domain/mutate.h"
#include "domain/undo.h"
#include "entity/field.h"
#include "entity/store.h"

/* Kept by every change: not worth a line in each of them. */
static bool is_bookkeeping(const struct awm_field *f)
{
	return !strcmp(f->name, "createdAt") || !strcmp(f->name, "updatedAt") ||
	       !strcmp(f->name, "id");
}

/* Long, and in the row itself, which keeps them once they are written. */
static bool is_exchange(const struct change *c, size_t i)
{
	return c->e == &entity_execution &&
	       (i == EXECUTION_prompt || i == EXECUTION_response ||
		i == EXECUTION_context);
}

static bool worth_telling(const struct change *c, size_t i)
{
	const struct awm_value *from = c->before ? &c->before[i] : NULL;
	const struct awm_value *to = c->after ? &c->after[i] : NULL;

	/* Of a row that is gone, only the log knows since when it was there. */
	if (is_bookkeeping(&c->e->fields[i]))
		return !to && !strcmp(c->e->fields[i].name, "createdAt");
	if (is_exchange(c, i))
		return false;
	if (from && to)
		return !value_equal(from, to);
	/* Who adds a task watches it: that goes without saying. */
	if (!from && c->e == &entity_task && i == TASK_watcherIds)
		return false;
	/* Of a new row what was said of it, of a deleted one everything. */
	return (from ? from : to)->kind != AWM_NULL && (from || c->mask[i]);
}

static void add_side(struct jsonw *w, const char *key,
		     const struct awm_field *f, const struct awm_value *v)
{
	jsonw_key(w, key);
	if (v)
		field_to_json(w, f, v);
	else
		jsonw_null(w);
}

static bool is_commits(const struct change *c, size_t i)
{
	return c->e == &entity_task && i == TASK_gitCommits && c->before &&
	       c->after;
}

/* {"status":{"from":"todo","to":"done"}} */
static int add_changes(struct buf *out, const struct change *c)
{
	struct jsonw w = {.out = out};
	int rc = 0;

	jsonw_object(&w);
	for (size_t i = 0; i < c->e->nfields && !rc; i++) {
		const struct awm_field *f = &c->e->fields[i];
		if (!worth_telling(c, i))
			continue;
		jsonw_key(&w, f->name);
		if (is_commits(c, i)) {
			rc = commits_tell(&w, c);
			continue;
		}
		jsonw_object(&w);
		add_side(&w, "from", f, c->before ? &c->before[i] : NULL);
		add_side(&w, "to", f, c->after ? &c->after[i] : NULL);
		jsonw_end_object(&w);
	}
	for (size_t i = 0; i < c->nmore; i++) {
		jsonw_key(&w, c->more[i].name);
		jsonw_raw(&w, c->more[i].json, strlen(c->more[i].json));
	}
	jsonw_end_object(&w);
	return rc ? rc : buf_check(out);
}

static const struct awm_value *value_of(const struct change *c,
					const char *name)
{
	const struct awm_field *f = awm_entity_field(c->e, name);

	if (!f)
		return NULL;
	return &(c->after ? c->after : c->before)[f - c->e->fields];
}

struct scope {
	struct awm_value project, task;
};

static int task_project(struct awm_session *s, int64_t task,
			struct awm_value *ret)
{
	int rc = db_get(s->db, NULL, ret,
			"SELECT \"projectId\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", task);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	return rc;
}

/* What the activity belongs to. A row that is gone cannot be referred to: its
 * own id goes into the metadata instead. */
static int find_scope(struct awm_session *s, const struct change *c,
		      struct scope *scope)
{
	const struct awm_value *project = value_of(c, "projectId");
	const struct awm_value *task = value_of(c, "taskId");

	if (c->e == &entity_project) {
		if (c->after)
			scope->project = AWM_VALUE_INT(c->id);
		return 0;
	}
	if (project)
		scope->project = *project;
	if (c->e == &entity_task && c->after)
		scope->task = AWM_VALUE_INT(c->id);
	if (!task || task->kind != AWM_INT)
		return 0;
	scope->task = *task;
	return task_project(s, task->i, &scope->project);
}

static const char *usual_event(struct change *c)
{
	const char *what = !c->before ? "created"
			   : c->after ? "updated"
				      : "deleted";

	return arena_printf(c->arena, "%s.%s", c->e->events, what);
}

static void add_metadata(struct buf *out, const struct awm_session *s,
			 const struct change *c)
{
	struct jsonw w = {.out = out};
	/* Rows without a column of their own in activities. */
	bool names =
		!c->after || (c->e != &entity_task && c->e != &entity_project);

	if (c->metadata) {
		buf_adds(out, c->metadata);
		return;
	}
	if (!names && !s->undoes && !c->import)
		return;
	jsonw_object(&w);
	if (names) {
		jsonw_key(&w, "entity");
		jsonw_str(&w, c->e->name);
		jsonw_key(&w, "id");
		jsonw_int(&w, c->id);
	}
	if (c->import) {
		jsonw_key(&w, "import");
		jsonw_raw(&w, c->import, strlen(c->import));
	}
	undo_mark(s, &w);
	jsonw_end_object(&w);
}

/* What an automation did says so, whatever else is told of it. */
static void mark_automation(struct buf *out, const struct awm_session *s)
{
	if (!s->automation.id)
		return;
	if (out->len)
		buf_truncate(out, out->len - 1);
	else
		buf_addc(out, '{');
	buf_addf(out, "%s\"automation\":{\"id\":%lld,\"run\":%lld}}",
		 out->len > 1 ? "," : "", (long long)s->automation.id,
		 (long long)s->automation.run);
}

static void set_text(struct awm_value *v, const struct buf *b)
{
	if (!b->len)
		return;
	v->kind = AWM_TEXT;
	v->s = b->s;
	v->len = b->len;
}

static int newest_id(struct awm_session *s, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT COALESCE(MAX(\"id\"),0) FROM \"activities\"",
			NULL);

	if (!rc)
		*ret = v.i;
	return rc;
}

int activity_floor(struct awm_session *s)
{
	int64_t id = 0;
	int rc = newest_id(s, &id);

	if (id > s->activity_floor)
		s->activity_floor = id;
	return rc;
}

/* Left to the database, unless the highest ids may have been deleted. */
static int choose_id(struct awm_session *s, struct awm_value *v, bool *mask)
{
	int64_t id = 0;
	int rc;

	*mask = s->activity_floor != 0;
	if (!*mask)
		return 0;
	rc = newest_id(s, &id);
	if (id < s->activity_floor)
		id = s->activity_floor;
	*v = AWM_VALUE_INT(id + 1);
	return rc;
}

static int64_t int_of(const struct awm_value *v)
{
	return v->kind == AWM_INT ? v->i : 0;
}

static int insert(struct awm_session *s, const struct change *c,
		  const char *type, const struct scope *scope)
{
	struct awm_value v[ACTIVITY_NFIELDS] = {0};
	bool mask[ACTIVITY_NFIELDS];
	_cleanup_buf_ struct buf changes = {0}, metadata = {0};
	struct event e = {.type = type,
			  .project = int_of(&scope->project),
			  .task = int_of(&scope->task),
			  .at = s->now,
			  .change = c,
			  .depth = s->depth};
	int rc;

	rc = add_changes(&changes, c);
	add_metadata(&metadata, s, c);
	mark_automation(&metadata, s);
	if (!rc)
		rc = buf_check(&metadata);
	if (!rc)
		rc = undo_change(s, &v[ACTIVITY_changeId]);
	memset(mask, true, sizeof(mask));
	if (!rc)
		rc = choose_id(s, &v[ACTIVITY_id], &mask[ACTIVITY_id]);
	if (rc)
		return rc;
	v[ACTIVITY_projectId] = scope->project;
	v[ACTIVITY_taskId] = scope->task;
	/* The first user of a database makes itself. */
	v[ACTIVITY_userId] = AWM_VALUE_INT(s->acting ? s->actor.id : c->id);
	v[ACTIVITY_type] = awm_value_text(type);
	set_text(&v[ACTIVITY_changes], &changes);
	set_text(&v[ACTIVITY_metadata], &metadata);
	v[ACTIVITY_createdAt] = AWM_VALUE_INT(s->now);
	v[ACTIVITY_updatedAt] = AWM_VALUE_INT(s->now);
	rc = store_insert(s->db, &entity_activity, v, mask, &e.activity);
	e.changes = changes.s;
	e.metadata = metadata.len ? metadata.s : NULL;
	if (!rc)
		rc = event_emit(s, &e);
	s->last_activity = e.activity;
	return rc;
}

int activity_record(struct awm_session *s, const struct change *c)
{
	struct change *named = (struct change *)c;
	struct scope scope = {0};
	const char *type = c->event;
	int rc;

	if (!type && !c->e->events)
		return 0;
	if (!type)
		type = usual_event(named);
	if (!type)
		return -AWM_NOMEM;
	rc = find_scope(s, c, &scope);
	return rc ? rc : insert(s, c, type, &scope);
}
