// SPDX-License-Identifier: MIT
/* Taking back that a row was made, or deleted. */
#include <string.h>

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/skill.h"
#include "domain/undo_row.h"
#include "entity/store.h"
#include "queries.h"

/* ---- a row that was made ---- */

/* As it was made: what the activity tells, and defaults. */
static int check_untouched(struct row *r, const struct awm_value *now)
{
	int rc = 0;

	for (size_t i = 1; i < r->e->nfields && !rc; i++) {
		const struct awm_field *f = &r->e->fields[i];
		struct awm_value made;
		bool equal;

		if (undo_follows(r->e, f->name) || undo_drifts(f->name) ||
		    f->type == AWM_TYPE_SECRET ||
		    f == &entity_task.fields[TASK_watcherIds])
			continue;
		rc = json_get(r->changes, f->name)
			     ? undo_side(r, f, "to", &made)
			     : store_default(f, r->arena, &made);
		if (!rc)
			rc = undo_same(f, &now[i], &made, &equal);
		if (!rc && !equal)
			return undo_changed_since(r, f);
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
		    of == &entity_search_index || of == &entity_template_task ||
		    of == &entity_skill_tag)
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

int undo_made(struct row *r)
{
	int rc;

	if (r->e == &entity_user)
		return undo_cannot("adding a user");
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
	       e == &entity_automation || e == &entity_webhook ||
	       e == &entity_provider || e == &entity_integration;
}

int undo_deletion(struct row *r)
{
	struct awm_session *s = r->step->s;
	struct awm_set *sets =
		arena_array(r->arena, r->e->nfields, sizeof(*sets));
	size_t n = 0;
	int rc = sets ? 0 : -AWM_NOMEM;

	if (takes_others(r->e) && !r->step->restores)
		return undo_cannot(arena_printf(r->arena,
						"deleting %s %lld for good",
						r->e->label, (long long)r->id));
	for (size_t i = 1; i < r->e->nfields && !rc; i++) {
		const struct awm_field *f = &r->e->fields[i];
		if (!json_get(r->changes, f->name))
			continue;
		sets[n].field = f;
		rc = undo_side(r, f, "from", &sets[n++].value);
	}
	if (!rc && store_exists(s->db, r->e, r->id) == -AWM_NOT_FOUND) {
		err_clear();
		sets[n++] =
			(struct awm_set){r->e->fields, AWM_VALUE_INT(r->id)};
	}
	if (!rc)
		rc = mutate_add(s, r->e, sets, n, NULL, NULL, r->arena, NULL);
	if (!rc && r->e == &entity_skill)
		rc = skill_tags_put(s, r->id, json_get(r->changes, "tags"));
	if (!rc && r->e == &entity_project)
		rc = db_run(s->db, query_project_attach_activities, "i", r->id);
	return rc;
}
