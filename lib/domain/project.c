// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/budget.h"
#include "domain/cascade.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/sums.h"
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
	sums_keep_project(c);
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
	return budget_extend(s, k.arena, k.record);
}
