// SPDX-License-Identifier: MIT
/* What executions cost. The database adds up; days, which are of a zone, are
 * put together here from instants that come in their order. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/emit.h"
#include "domain/execution_run.h"
#include "domain/scope.h"
#include "queries.h"

/* Numbers of execution_cost.sql behind key and name, in its order. */
enum number {
	RUNS,
	SUCCEEDED,
	FAILED,
	CANCELLED,
	RUNNING,
	PROMPT,
	COMPLETION,
	TOTAL,
	COST, /* not counted in whole numbers */
	PRICED,
	UNPRICED,
	DURATION,
	NUMBERS
};

struct group {
	bool keyed;
	int64_t key; /* id, or the start of the day */
	const char *name;
	int64_t n[NUMBERS];
	double cost;
};

struct report {
	struct awm_session *session;
	const struct awm_cost_query *query;
	const char *zone;
	struct arena arena;
	struct buf groups; /* of struct group */
	struct group total;
	int64_t day_end;
};

static void add_to(int64_t *sum, int64_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = INT64_MAX;
}

static void add_row(struct group *g, struct db_stmt *st)
{
	struct awm_value cost;

	for (int i = 0; i < NUMBERS; i++)
		if (i != COST)
			add_to(&g->n[i], db_column_int(st, 2 + i));
	db_column(st, 2 + COST, &cost);
	if (cost.kind == AWM_REAL)
		g->cost += cost.r;
}

static struct group *last_group(struct report *r)
{
	size_t n = r->groups.len / sizeof(struct group);
	struct group *list = (struct group *)(void *)r->groups.s;

	return n ? &list[n - 1] : NULL;
}

/* The name of a day, and where it ends. */
static int name_day(struct report *r, struct group *g)
{
	char name[TIME_ISO_SIZE];
	int64_t at = g->key;

	time_day_bounds(at, r->zone, &g->key, &r->day_end);
	if (r->day_end <= at) /* beyond the calendar */
		r->day_end = INT64_MAX;
	time_format_local(g->key, r->zone, name);
	name[strcspn(name, " ")] = '\0';
	g->name = arena_strdup(&r->arena, name);
	return g->name ? 0 : -AWM_NOMEM;
}

static int new_group(struct report *r, struct db_stmt *st)
{
	const char *name = db_column_text(st, 1);
	struct group g = {0};
	struct awm_value key;
	int rc = 0;

	db_column(st, 0, &key);
	g.keyed = key.kind == AWM_INT;
	g.key = g.keyed ? key.i : 0;
	if (r->query->by == AWM_COST_BY_DAY)
		rc = name_day(r, &g);
	else if (name && !(g.name = arena_strdup(&r->arena, name)))
		rc = -AWM_NOMEM;
	buf_add(&r->groups, &g, sizeof(g));
	return rc ? rc : buf_check(&r->groups);
}

static int take_row(struct report *r, struct db_stmt *st)
{
	struct group *g = last_group(r);
	int rc = 0;

	if (r->query->by != AWM_COST_BY_DAY || !g ||
	    db_column_int(st, 0) >= r->day_end)
		rc = new_group(r, st);
	if (rc)
		return rc;
	add_row(last_group(r), st);
	add_row(&r->total, st);
	return 0;
}

static int read_rows(struct report *r)
{
	static const char *const words[] = {
		[AWM_COST_BY_PROJECT] = "project",
		[AWM_COST_BY_TASK] = "task",
		[AWM_COST_BY_SKILL] = "skill",
		[AWM_COST_BY_MODEL] = "model",
		[AWM_COST_BY_PROVIDER] = "provider",
		[AWM_COST_BY_USER] = "user",
		[AWM_COST_BY_DAY] = "day",
	};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_cost_query *q = r->query;
	int rc = db_query(r->session->db, &st, query_execution_cost,
			  "tiiiiiittti", words[q->by],
			  q->from ? q->from : INT64_MIN,
			  q->to ? q->to : INT64_MAX, q->project, q->task,
			  q->skill, q->user, q->provider, q->model, q->status,
			  scope_user(r->session));

	while (!rc && (rc = db_step(st)) > 0)
		rc = take_row(r, st);
	return rc;
}

/* ---- telling ---- */

static const struct awm_field fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "runs", .label = "Runs", .type = AWM_TYPE_INT},
	{.name = "succeeded", .label = "Succeeded", .type = AWM_TYPE_INT},
	{.name = "failed", .label = "Failed", .type = AWM_TYPE_INT},
	{.name = "cancelled", .label = "Cancelled", .type = AWM_TYPE_INT},
	{.name = "running", .label = "Running", .type = AWM_TYPE_INT},
	{.name = "promptTokens", .label = "Prompt", .type = AWM_TYPE_INT},
	{.name = "completionTokens",
	 .label = "Completion",
	 .type = AWM_TYPE_INT},
	{.name = "totalTokens", .label = "Tokens", .type = AWM_TYPE_INT},
	{.name = "cost", .label = "Cost", .type = AWM_TYPE_REAL},
	{.name = "unpriced", .label = "Unpriced", .type = AWM_TYPE_INT},
	{.name = "duration", .label = "Milliseconds", .type = AWM_TYPE_INT},
};
#define NCOLUMNS ARRAY_LEN(fields)

/* Sums of doubles in another order differ in the last digits, which are no
 * money. */
static double rounded(double cost)
{
	return fabs(cost) < 1e5 ? round(cost * 1e10) / 1e10 : cost;
}

static void row_values(const struct report *r, const struct group *g,
		       struct awm_value *v)
{
	bool has_id = g->keyed && r->query->by != AWM_COST_BY_DAY;

	v[0] = has_id ? AWM_VALUE_INT(g->key) : AWM_VALUE_NULL;
	v[1] = awm_value_text(g->name);
	for (size_t i = RUNS; i <= TOTAL; i++)
		v[2 + i] = AWM_VALUE_INT(g->n[i]);
	v[10] = g->n[PRICED] ? AWM_VALUE_REAL(rounded(g->cost))
			     : AWM_VALUE_NULL;
	v[11] = AWM_VALUE_INT(g->n[UNPRICED]);
	v[12] = AWM_VALUE_INT(g->n[DURATION]);
}

/* Days, models and providers have no id. */
static size_t first_column(const struct report *r)
{
	enum awm_cost_by by = r->query->by;

	return by == AWM_COST_BY_DAY || by == AWM_COST_BY_MODEL ||
	       by == AWM_COST_BY_PROVIDER;
}

static int compare_cost(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int names;

	if (x->cost < y->cost || x->cost > y->cost)
		return x->cost > y->cost ? -1 : 1;
	if (x->n[RUNS] != y->n[RUNS])
		return x->n[RUNS] > y->n[RUNS] ? -1 : 1;
	if (!x->name != !y->name)
		return x->name ? -1 : 1;
	names = x->name ? strcmp(x->name, y->name) : 0;
	return names ? names : (x->key > y->key) - (x->key < y->key);
}

static int tell(struct report *r, awm_row_fn *fn, void *ctx)
{
	struct group *list = (struct group *)(void *)r->groups.s;
	size_t n = r->groups.len / sizeof(*list), skip = first_column(r);
	struct awm_value v[NCOLUMNS];
	int rc = 0;

	if (n && r->query->by != AWM_COST_BY_DAY)
		qsort(list, n, sizeof(*list), compare_cost);
	for (size_t i = 0; i < n && !rc; i++) {
		row_values(r, &list[i], v);
		rc = emit(fn, ctx, fields + skip, v + skip, NCOLUMNS - skip);
	}
	return rc;
}

struct keeping {
	struct awm_pool *pool;
	struct awm_record **ret;
};

static int keep(void *ctx, const struct awm_record *row)
{
	struct keeping *k = ctx;

	return awm_record_copy(k->pool, row, k->ret);
}

static int tell_total(struct report *r, struct awm_pool *pool,
		      struct awm_record **ret)
{
	struct keeping k = {pool, ret};
	size_t skip = first_column(r);
	struct awm_value v[NCOLUMNS];

	r->total.name = "total";
	row_values(r, &r->total, v);
	return emit(keep, &k, fields + skip, v + skip, NCOLUMNS - skip);
}

int awm_execution_cost(struct awm_session *s,
		       const struct awm_cost_query *query, awm_row_fn *fn,
		       void *ctx, struct awm_pool *pool,
		       struct awm_record **ret_total)
{
	struct report r = {.session = s, .query = query};
	int rc;

	if (query->from && query->to && query->to < query->from)
		return err_set(AWM_INVALID, "the period ends before it begins");
	r.zone = s->acting ? s->actor.timezone : NULL;
	rc = execution_reap(s);
	if (!rc)
		rc = read_rows(&r);
	if (!rc)
		rc = tell(&r, fn, ctx);
	if (!rc && ret_total)
		rc = tell_total(&r, pool, ret_total);
	buf_release(&r.groups);
	arena_release(&r.arena);
	return rc;
}
