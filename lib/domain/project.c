// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/cascade.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "entity/store.h"
#include "queries.h"

static const char *project_event(const struct change *c)
{
	if (!c->before || !c->after || !change_differs(c, PROJECT_isArchived))
		return NULL;
	return c->after[PROJECT_isArchived].i ? "project.archived"
					      : "project.unarchived";
}

/* status, isArchived and archivedAt say the same thing; whichever is changed,
 * the others follow. */
static void keep_archived(struct awm_session *s, struct change *c)
{
	bool was = c->before && c->before[PROJECT_isArchived].i;
	bool archived = value_is(&c->after[PROJECT_status], "archived");

	if (c->mask[PROJECT_isArchived] && !c->mask[PROJECT_status])
		archived = c->after[PROJECT_isArchived].i;
	if (archived == was && (c->before || !archived))
		return;
	change_set(c, PROJECT_isArchived, AWM_VALUE_INT(archived));
	if (archived) {
		change_set(c, PROJECT_status, awm_value_text("archived"));
		if (!c->mask[PROJECT_archivedAt])
			change_set(c, PROJECT_archivedAt,
				   AWM_VALUE_INT(s->now));
		return;
	}
	change_set(c, PROJECT_archivedAt, AWM_VALUE_NULL);
	if (value_is(&c->after[PROJECT_status], "archived"))
		change_set(c, PROJECT_status, awm_value_text("active"));
}

static int check_delete(struct awm_session *s, struct change *c)
{
	int rc;

	if (c->before[PROJECT_ownerId].i != s->actor.id) {
		rc = role_require(s, ROLE_ADMIN,
				  "delete another user's project");
		if (rc)
			return rc;
	}
	return cascade_project(s, c->id);
}

static int project_check(struct awm_session *s, struct change *c)
{
	if (!c->after)
		return check_delete(s, c);
	if (!c->before && !c->mask[PROJECT_ownerId])
		change_set(c, PROJECT_ownerId, AWM_VALUE_INT(s->actor.id));
	keep_archived(s, c);
	return 0;
}

const struct rules project_rules = {
	.entity = &entity_project,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = project_event,
	.check = project_check,
};

static int edit_flag(struct awm_session *s, int64_t id, size_t field, bool on,
		     struct awm_pool *pool, struct awm_record **ret)
{
	struct awm_set set = {&entity_project.fields[field], AWM_VALUE_INT(on)};

	return mutate_edit(s, &entity_project, id, &set, 1, NULL, NULL,
			   pool_arena(pool), ret);
}

int awm_project_archive(struct awm_session *s, int64_t id, bool archived,
			struct awm_pool *pool, struct awm_record **ret)
{
	return edit_flag(s, id, PROJECT_isArchived, archived, pool, ret);
}

int awm_project_favorite(struct awm_session *s, int64_t id, bool favorite,
			 struct awm_pool *pool, struct awm_record **ret)
{
	return edit_flag(s, id, PROJECT_isFavorite, favorite, pool, ret);
}

struct member {
	int64_t project, user;
	const char *role;
	struct arena *arena;
	struct awm_record *record;
};

static int find_member(struct awm_session *s, const struct member *m,
		       int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"id\" FROM \"project_members\" "
			"WHERE \"projectId\"=?1 AND \"userId\"=?2",
			"ii", m->project, m->user);

	if (!rc)
		*ret = id.i;
	return rc;
}

static int add_member(struct awm_session *s, void *ctx)
{
	struct member *m = ctx;
	const struct awm_field *f = entity_project_member.fields;
	struct awm_set sets[] = {
		{&f[PROJECT_MEMBER_role],
		 awm_value_text(m->role ? m->role : "member")},
		{&f[PROJECT_MEMBER_projectId], AWM_VALUE_INT(m->project)},
		{&f[PROJECT_MEMBER_userId], AWM_VALUE_INT(m->user)},
	};
	int64_t id;
	int rc = find_member(s, m, &id);

	if (rc && rc != -AWM_NOT_FOUND)
		return rc;
	if (rc)
		return mutate_add(s, &entity_project_member, sets,
				  ARRAY_LEN(sets), NULL, NULL, m->arena,
				  &m->record);
	return mutate_edit(s, &entity_project_member, id, sets, m->role ? 1 : 0,
			   NULL, NULL, m->arena, &m->record);
}

int awm_project_member_add(struct awm_session *s, int64_t project, int64_t user,
			   const char *role, struct awm_pool *pool,
			   struct awm_record **ret)
{
	struct member m = {project, user, role, pool_arena(pool), NULL};
	int rc = awm_transaction(s, add_member, &m);

	if (!rc && ret)
		*ret = m.record;
	return rc;
}

static int rm_member(struct awm_session *s, void *ctx)
{
	struct member *m = ctx;
	int64_t id;
	int rc = find_member(s, m, &id);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND,
			       "user %lld is no member of project %lld",
			       (long long)m->user, (long long)m->project);
	return rc ? rc
		  : mutate_delete(s, &entity_project_member, id, NULL, NULL);
}

int awm_project_member_rm(struct awm_session *s, int64_t project, int64_t user)
{
	struct member m = {.project = project, .user = user};

	return awm_transaction(s, rm_member, &m);
}

int awm_project_member_list(struct awm_session *s, int64_t project,
			    awm_row_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[] = {
		&entity_user.fields[USER_id],
		&entity_user.fields[USER_email],
		&entity_user.fields[USER_name],
		&entity_project_member.fields[PROJECT_MEMBER_role],
		&entity_project_member.fields[PROJECT_MEMBER_createdAt],
	};
	int rc = store_exists(s->db, &entity_project, project);

	if (!rc)
		rc = db_query(s->db, &st, query_project_members, "i", project);
	return rc ? rc : store_rows(st, fields, ARRAY_LEN(fields), fn, ctx);
}

/* Columns of project_stats.sql, in its order. */
static const struct awm_field stats_fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "title", .label = "Title", .type = AWM_TYPE_TEXT},
	{.name = "tasks", .label = "Tasks", .type = AWM_TYPE_INT},
	{.name = "todo", .label = "To do", .type = AWM_TYPE_INT},
	{.name = "in_progress", .label = "In progress", .type = AWM_TYPE_INT},
	{.name = "in_review", .label = "In review", .type = AWM_TYPE_INT},
	{.name = "done", .label = "Done", .type = AWM_TYPE_INT},
	{.name = "blocked", .label = "Blocked", .type = AWM_TYPE_INT},
	{.name = "overdue", .label = "Overdue", .type = AWM_TYPE_INT},
	{.name = "estimatedHours",
	 .label = "Estimated h",
	 .type = AWM_TYPE_REAL},
	{.name = "actualHours", .label = "Actual h", .type = AWM_TYPE_REAL},
	{.name = "totalCost", .label = "Cost", .type = AWM_TYPE_REAL},
};

struct keep {
	struct arena *arena;
	struct awm_record *record;
};

static int keep_copy(void *ctx, const struct awm_record *row)
{
	struct keep *k = ctx;

	k->record = store_copy(k->arena, row);
	return k->record ? 0 : -AWM_NOMEM;
}

int awm_project_stats(struct awm_session *s, int64_t id, struct awm_pool *pool,
		      struct awm_record **ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[ARRAY_LEN(stats_fields)];
	struct keep k = {.arena = pool_arena(pool)};
	int64_t today, tomorrow;
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i] = &stats_fields[i];
	time_day_bounds(s->now, s->acting ? s->actor.timezone : NULL, &today,
			&tomorrow);
	rc = db_query(s->db, &st, query_project_stats, "iii", id, s->now,
		      today);
	if (!rc)
		rc = store_rows(st, fields, ARRAY_LEN(fields), keep_copy, &k);
	if (rc)
		return rc;
	if (!k.record)
		return err_set(AWM_NOT_FOUND, "no project %lld", (long long)id);
	*ret = k.record;
	return 0;
}
