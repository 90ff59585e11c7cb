// SPDX-License-Identifier: MIT
/* From a project to the structure of a template. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/placeholder.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "domain/template.h"
#include "entity/store.h"
#include "queries.h"

struct source {
	struct awm_session *session;
	int64_t project;
	struct buf out;
	struct jsonw w;
};

/* What is text there stays text here. */
static void put_text(struct source *src, const char *key,
		     const struct awm_value *v)
{
	_cleanup_buf_ struct buf text = {0};

	if (v->kind != AWM_TEXT || !v->len)
		return;
	placeholder_escape(&text, v->s, v->len);
	src->out.failed |= text.failed;
	jsonw_key(&src->w, key);
	jsonw_text(&src->w, buf_str(&text), text.len);
}

static void put_json(struct source *src, const char *key,
		     const struct awm_value *v)
{
	jsonw_key(&src->w, key);
	jsonw_raw(&src->w, v->s, v->len);
}

static bool has_elements(const struct awm_value *v)
{
	return v->kind == AWM_TEXT && strcmp(v->s, "[]") != 0;
}

/* A row of template_source_tasks.sql. */
static void put_task(struct source *src, struct db_stmt *st)
{
	struct awm_value v;

	jsonw_object(&src->w);
	db_column(st, 0, &v);
	put_text(src, "title", &v);
	db_column(st, 1, &v);
	put_text(src, "description", &v);
	jsonw_key(&src->w, "priority");
	jsonw_str(&src->w, db_column_text(st, 2));
	db_column(st, 3, &v);
	if (v.kind == AWM_INT) {
		jsonw_key(&src->w, "estimatedMinutes");
		jsonw_int(&src->w, v.i);
	}
	db_column(st, 4, &v);
	if (has_elements(&v))
		put_json(src, "skills", &v);
	jsonw_end_object(&src->w);
}

static int put_tasks(struct source *src)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(src->session->db, &st, query_template_source_tasks,
			  "ii", src->project, scope_user(src->session));

	jsonw_key(&src->w, "tasks");
	jsonw_array(&src->w);
	while (!rc && (rc = db_step(st)) > 0) {
		put_task(src, st);
		rc = buf_check(&src->out);
	}
	jsonw_end_array(&src->w);
	return rc;
}

static int put_skills(struct source *src)
{
	struct arena a = {0};
	struct awm_value names;
	int rc = db_get(src->session->db, &a, &names,
			query_template_source_skills, "ii", src->project,
			scope_user(src->session));

	if (!rc && has_elements(&names))
		put_json(src, "skills", &names);
	arena_release(&a);
	return rc;
}

static int put_automation(void *ctx, const struct awm_record *row)
{
	struct source *src = ctx;

	jsonw_object(&src->w);
	for (size_t i = 0; i < row->count; i++) {
		jsonw_key(&src->w, row->fields[i]->name);
		if (row->fields[i]->type == AWM_TYPE_JSON)
			jsonw_raw(&src->w, row->values[i].s,
				  row->values[i].len);
		else
			jsonw_text(&src->w, row->values[i].s,
				   row->values[i].len);
	}
	jsonw_end_object(&src->w);
	return buf_check(&src->out);
}

static int put_automations(struct source *src)
{
	const struct awm_field *f = entity_automation.fields;
	const struct awm_field *fields[] = {&f[AUTOMATION_name],
					    &f[AUTOMATION_trigger],
					    &f[AUTOMATION_actions]};
	struct awm_value project = AWM_VALUE_INT(src->project);
	struct awm_cond cond = {&f[AUTOMATION_projectId], AWM_OP_EQ, &project,
				1};
	struct awm_sort by_id = {&f[AUTOMATION_id], false};
	struct awm_query q = {.entity = &entity_automation,
			      .conds = &cond,
			      .nconds = 1,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = ARRAY_LEN(fields)};
	int64_t n;
	int rc = store_count(src->session->db, &q, &n);

	if (rc || !n)
		return rc;
	jsonw_key(&src->w, "automations");
	jsonw_array(&src->w);
	rc = store_list(src->session->db, &q, put_automation, src);
	jsonw_end_array(&src->w);
	return rc;
}

static int read_source(struct db *db, void *ctx)
{
	struct source *src = ctx;
	int rc = store_exists(db, &entity_project, src->project);

	if (rc)
		return rc;
	jsonw_object(&src->w);
	rc = put_tasks(src);
	if (!rc)
		rc = put_skills(src);
	if (!rc)
		rc = put_automations(src);
	jsonw_end_object(&src->w);
	return rc ? rc : buf_check(&src->out);
}

int awm_template_structure(struct awm_session *s, int64_t project,
			   struct awm_pool *pool, const char **ret)
{
	struct source src = {.session = s, .project = project};
	const char *text = NULL;
	int rc;

	src.w.out = &src.out;
	rc = db_read(s->db, read_source, &src);
	if (!rc)
		text = arena_strndup(pool_arena(pool), src.out.s, src.out.len);
	buf_release(&src.out);
	if (rc)
		return rc;
	if (!text)
		return -AWM_NOMEM;
	*ret = text;
	return 0;
}
