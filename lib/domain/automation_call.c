/* SPDX-License-Identifier: MIT */
/* A run that a person asks for, for good or to see what it would do. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/automation_run.h"
#include "domain/pool.h"
#include "entity/entity.h"
#include "entity/field.h"
#include "entity/store.h"

struct calling {
	struct run_call call;
	struct awm_record *row; /* of the run, as it ended */
};

static void put_id(struct jsonw *w, const char *key, int64_t id)
{
	jsonw_key(w, key);
	if (id)
		jsonw_int(w, id);
	else
		jsonw_null(w);
}

static void put_actor(struct jsonw *w, const struct awm_session *s)
{
	jsonw_key(w, "actor");
	jsonw_object(w);
	put_id(w, "id", s->actor.id);
	jsonw_key(w, "email");
	jsonw_str(w, s->actor.email);
	jsonw_key(w, "name");
	jsonw_str(w, s->actor.name);
	jsonw_end_object(w);
}

static int put_inputs(struct jsonw *w, const struct awm_automation_call *how,
		      struct arena *a)
{
	jsonw_key(w, "input");
	jsonw_object(w);
	for (size_t i = 0; i < how->ninputs; i++) {
		const char *value = strchr(how->inputs[i], '=');
		const char *name;
		if (!value || value == how->inputs[i]) {
			err_set(AWM_USAGE, "malformed input '%s'",
				how->inputs[i]);
			return err_hint("name=value");
		}
		for (size_t k = 0; k < i; k++)
			if (!strncmp(how->inputs[k], how->inputs[i],
				     (size_t)(value - how->inputs[i]) + 1))
				return err_set(AWM_USAGE,
					       "the input '%s' is given twice",
					       how->inputs[i]);
		name = arena_strndup(a, how->inputs[i],
				     (size_t)(value - how->inputs[i]));
		if (!name)
			return -AWM_NOMEM;
		jsonw_key(w, name);
		jsonw_str(w, value + 1);
	}
	jsonw_end_object(w);
	return 0;
}

/* As that of an event: {"type":"manual","timestamp","data","input"} */
static int make_input(struct awm_session *s,
		      const struct awm_automation_call *how, int64_t project,
		      struct arena *a, struct buf *out)
{
	struct jsonw w = {.out = out};
	char at[TIME_ISO_SIZE];
	int rc;

	time_format_iso(s->now, at);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, "manual");
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_key(&w, "data");
	jsonw_object(&w);
	put_id(&w, "projectId", project);
	put_id(&w, "taskId", how->task);
	put_actor(&w, s);
	jsonw_end_object(&w);
	rc = put_inputs(&w, how, a);
	jsonw_end_object(&w);
	return rc ? rc : buf_check(out);
}

static int find_project(struct awm_session *s,
			const struct awm_automation_call *how, struct arena *a,
			int64_t *ret)
{
	struct awm_record *task;
	int rc;

	*ret = how->project;
	if (!how->task)
		return 0;
	rc = store_get(s->db, &entity_task, how->task, a, &task);
	if (!rc && !how->project)
		*ret = task->values[TASK_projectId].i;
	return rc;
}

/* ---- what it changes ---- */

static int note_change(void *ctx, const struct awm_record *row)
{
	struct jsonw *w = ctx;

	jsonw_object(w);
	for (size_t i = 0; i < row->count; i++) {
		jsonw_key(w, row->fields[i]->name);
		field_to_json(w, row->fields[i], &row->values[i]);
	}
	jsonw_end_object(w);
	return buf_check(w->out);
}

/* The activities after `last`, but for the run's own. */
static int changes_since(struct awm_session *s, int64_t last, struct buf *out)
{
	const struct awm_field *f = entity_activity.fields;
	const struct awm_field *fields[] = {
		&f[ACTIVITY_type], &f[ACTIVITY_projectId], &f[ACTIVITY_taskId],
		&f[ACTIVITY_changes]};
	const struct awm_value from = AWM_VALUE_INT(last);
	const struct awm_value own[] = {awm_value_text("automation.ran"),
					awm_value_text("automation.failed")};
	struct awm_cond conds[] = {{&f[ACTIVITY_id], AWM_OP_GT, &from, 1},
				   {&f[ACTIVITY_type], AWM_OP_NOT_IN, own, 2}};
	struct awm_sort by_id = {&f[ACTIVITY_id], false};
	struct awm_query q = {.entity = &entity_activity,
			      .conds = conds,
			      .nconds = 2,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields)};
	struct jsonw w = {.out = out};
	int rc;

	jsonw_array(&w);
	rc = store_list(s->db, &q, note_change, &w);
	jsonw_end_array(&w);
	return rc ? rc : buf_check(out);
}

/* {"actions":[…],"changes":[…]} instead of what a run would leave behind. */
static int show_changes(struct awm_session *s, struct calling *c, int64_t last)
{
	struct awm_value *output = &c->row->values[AUTOMATION_RUN_output];
	_cleanup_buf_ struct buf changes = {0}, all = {0};
	struct jsonw w = {.out = &all};
	const char *text;
	int rc = changes_since(s, last, &changes);

	if (rc)
		return rc;
	jsonw_object(&w);
	jsonw_key(&w, "actions");
	jsonw_raw(&w, output->s, output->len);
	jsonw_key(&w, "changes");
	jsonw_raw(&w, changes.s, changes.len);
	jsonw_end_object(&w);
	rc = buf_check(&all);
	text = rc ? NULL
		  : arena_strndup(pool_arena(c->call.run.pool), all.s, all.len);
	if (!rc && !text)
		return -AWM_NOMEM;
	*output = awm_value_text(text);
	return rc;
}

/* ---- the call ---- */

static int call_and_read(struct awm_session *s, void *ctx)
{
	struct calling *c = ctx;
	struct awm_value last;
	int64_t id;
	int rc = db_get(s->db, NULL, &last,
			"SELECT COALESCE(MAX(\"id\"),0) FROM \"activities\"",
			"");

	if (!rc)
		rc = automation_run_call(s, &c->call);
	id = c->call.run.id ? c->call.run.id : c->call.wanted;
	if (!rc && !id)
		return err_set(AWM_CONFLICT, "the run is another's");
	if (!rc)
		rc = store_get(s->db, &entity_automation_run, id,
			       pool_arena(c->call.run.pool), &c->row);
	return rc || !s->dry_run ? rc : show_changes(s, c, last.i);
}

static int outcome(const struct calling *c)
{
	const struct awm_value *v = c->row->values;

	if (value_is(&v[AUTOMATION_RUN_state], "skipped"))
		return err_set(AWM_INVALID, "%s",
			       awm_record_text(c->row, "errorMessage"));
	if (!c->call.failed)
		return 0;
	err_set((enum awm_err) - c->call.failed, "%s", c->call.message);
	return *c->call.hint ? err_hint("%s", c->call.hint) : c->call.failed;
}

int awm_automation_run(struct awm_session *s, int64_t id,
		       const struct awm_automation_call *how,
		       struct awm_pool *pool, struct awm_record **ret)
{
	struct calling c = {.call.run.pool = pool};
	struct arena *a = pool_arena(pool);
	_cleanup_buf_ struct buf input = {0};
	struct awm_record *row;
	struct queued fresh = {.automation = id};
	int64_t project;
	int rc = role_require(s, ROLE_MEMBER, "run an automation");

	if (!rc)
		rc = store_get(s->db, &entity_automation, id, a, &row);
	if (!rc)
		rc = find_project(s, how, a, &project);
	if (!rc)
		rc = make_input(s, how, project, a, &input);
	if (rc)
		return rc;
	fresh.name = row->values[AUTOMATION_name].s;
	fresh.owner = row->values[AUTOMATION_createdBy].i;
	fresh.input = input.s;
	c.call.fresh = &fresh;
	rc = s->dry_run ? awm_transaction(s, call_and_read, &c)
			: call_and_read(s, &c);
	if (!rc) {
		*ret = c.row;
		rc = outcome(&c);
	}
	automation_run_release(&c.call);
	return rc;
}
