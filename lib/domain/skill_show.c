// SPDX-License-Identifier: MIT
/* A skill with what became of it, and the numbers of all of them. */
#include <string.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "domain/skill.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

/* Columns of skill_stats.sql. */
enum {
	STATS_id,
	STATS_name,
	STATS_version,
	STATS_versions,
	STATS_runs,
	STATS_succeeded,
	STATS_failed,
	STATS_cancelled,
	STATS_running,
	STATS_successRate,
	STATS_promptTokens,
	STATS_completionTokens,
	STATS_totalTokens,
	STATS_cost,
	STATS_averageCost,
	STATS_averageDuration,
	STATS_rating,
	STATS_reviews,
	STATS_usageCount,
	STATS_forkCount,
	STATS_lastRunAt,
	STATS_N
};

#define STAT(NAME, LABEL, TYPE)                                                \
	[STATS_##NAME] = {                                                     \
		.name = #NAME, .label = LABEL, .type = AWM_TYPE_##TYPE}

static const struct awm_field stats[STATS_N] = {
	STAT(id, "Id", INT),
	STAT(name, "Name", TEXT),
	STAT(version, "Version", INT),
	STAT(versions, "Versions", INT),
	STAT(runs, "Runs", INT),
	STAT(succeeded, "Succeeded", INT),
	STAT(failed, "Failed", INT),
	STAT(cancelled, "Cancelled", INT),
	STAT(running, "Running", INT),
	STAT(successRate, "Success", REAL),
	STAT(promptTokens, "Prompt tokens", INT),
	STAT(completionTokens, "Completion tokens", INT),
	STAT(totalTokens, "Tokens", INT),
	STAT(cost, "Cost", REAL),
	STAT(averageCost, "Cost a run", REAL),
	STAT(averageDuration, "Milliseconds", INT),
	STAT(rating, "Rating", REAL),
	STAT(reviews, "Reviews", INT),
	STAT(usageCount, "Uses", INT),
	STAT(forkCount, "Forks", INT),
	STAT(lastRunAt, "Last run", TIME),
};

static int each_stats(struct awm_session *s, int64_t id, awm_row_fn *fn,
		      void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[STATS_N];
	int rc;

	for (size_t i = 0; i < STATS_N; i++)
		fields[i] = &stats[i];
	rc = db_query(s->db, &st, query_skill_stats, "ii", id, scope_user(s));
	return rc ? rc : store_rows(st, fields, STATS_N, fn, ctx);
}

int awm_skill_stats(struct awm_session *s, int64_t id, awm_row_fn *fn,
		    void *ctx)
{
	int rc = id ? skill_require(s, id) : 0;

	return rc ? rc : each_stats(s, id, fn, ctx);
}

/* ---- show ---- */

struct show {
	struct awm_session *session;
	int64_t id;
	struct arena *arena;
	struct awm_record *record;
};

/* Of the numbers those that say most, before the rest is asked for. */
static const struct awm_field shown[] = {
	{.name = "versions", .label = "Versions", .type = AWM_TYPE_INT},
	{.name = "runs", .label = "Runs", .type = AWM_TYPE_INT},
	{.name = "successRate", .label = "Success", .type = AWM_TYPE_REAL},
	{.name = "totalTokens", .label = "Tokens", .type = AWM_TYPE_INT},
	{.name = "totalCost", .label = "Cost", .type = AWM_TYPE_REAL},
};

static int extend_stats(void *ctx, const struct awm_record *row)
{
	static const int from[ARRAY_LEN(shown)] = {
		STATS_versions, STATS_runs, STATS_successRate,
		STATS_totalTokens, STATS_cost};
	struct awm_value v[ARRAY_LEN(shown)];
	struct show *show = ctx;

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		v[i] = row->values[from[i]];
	return work_extend(show->arena, show->record, shown, v,
			   ARRAY_LEN(shown));
}

static int extend_source(struct show *show)
{
	static const struct awm_field field = {.name = "forkedFrom",
					       .label = "Forked from",
					       .type = AWM_TYPE_REF,
					       .ref = "skills"};
	struct awm_value from;
	int rc = db_get(show->session->db, NULL, &from,
			"SELECT \"fromId\" FROM \"skill_forks\" WHERE "
			"\"skillId\"=?1",
			"i", show->id);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		from = AWM_VALUE_NULL;
		rc = 0;
	}
	return rc ? rc
		  : work_extend(show->arena, show->record, &field, &from, 1);
}

static int load_one(struct show *show, const struct awm_entity *e,
		    size_t column, const char *name, struct awm_relation *rel)
{
	const struct awm_value *ref = &show->record->values[column];
	int rc;

	rel->name = name;
	if (ref->kind != AWM_INT)
		return 0;
	rel->items = arena_alloc(show->arena, sizeof(*rel->items));
	if (!rel->items)
		return -AWM_NOMEM;
	rc = store_get(show->session->db, e, ref->i, show->arena,
		       &rel->items[0]);
	rel->count = rc ? 0 : 1;
	return rc;
}

static int run_show(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_relation *rel = arena_array(show->arena, 2, sizeof(*rel));
	int rc = rel ? skill_get(show->session, show->id, show->arena,
				 &show->record)
		     : -AWM_NOMEM;

	(void)db;
	if (!rc)
		rc = load_one(show, &entity_user, SKILL_authorId, "author",
			      &rel[0]);
	if (!rc)
		rc = load_one(show, &entity_team, SKILL_teamId, "team",
			      &rel[1]);
	if (!rc)
		rc = extend_source(show);
	if (!rc)
		rc = each_stats(show->session, show->id, extend_stats, show);
	if (rc)
		return rc;
	show->record->relations = rel;
	show->record->nrelations = 2;
	return 0;
}

int awm_skill_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		   struct awm_record **ret)
{
	struct show show = {s, id, pool_arena(pool), NULL};
	int rc = db_read(s->db, run_show, &show);

	if (!rc)
		*ret = show.record;
	return rc;
}
