// SPDX-License-Identifier: MIT
/* What projects may spend on executions. */
#include "domain/budget.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "domain/pool.h"
#include "domain/work.h"
#include "queries.h"

struct budget {
	bool has;
	double amount, left;
};

static double real_of(const struct awm_value *v)
{
	return v->kind == AWM_REAL  ? v->r
	       : v->kind == AWM_INT ? (double)v->i
				    : 0;
}

static int read_budget(struct awm_session *s, int64_t project,
		       struct budget *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value amount, left;
	int rc = db_query(s->db, &st, query_budget, "i", project);

	*ret = (struct budget){0};
	if (!rc)
		rc = db_step(st);
	if (rc <= 0)
		return rc;
	db_column(st, 0, &amount);
	db_column(st, 1, &left);
	*ret = (struct budget){true, real_of(&amount), real_of(&left)};
	return 0;
}

static int project_of(struct awm_session *s, int64_t task, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT \"projectId\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", task);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)task);
	if (!rc)
		*ret = v.i;
	return rc;
}

int budget_left(struct awm_session *s, int64_t task, bool *ret_has, double *ret)
{
	struct budget b;
	int64_t project = 0;
	int rc = project_of(s, task, &project);

	if (!rc)
		rc = read_budget(s, project, &b);
	if (rc)
		return rc;
	*ret_has = b.has;
	*ret = b.left;
	return 0;
}

/* What costs nothing is never refused. A price that is not known has to fit
 * into something. */
int budget_check(struct awm_session *s, const struct execution_start *start)
{
	double wanted = start->has_estimate ? start->estimate : 0;
	bool gratis = start->has_estimate ? wanted <= 0
					  : !strcmp(start->provider, "local");
	struct budget b;
	int64_t project = 0;
	int rc = project_of(s, start->task, &project);

	if (!rc)
		rc = read_budget(s, project, &b);
	if (rc || gratis || !b.has || (b.left > 0 && wanted <= b.left))
		return rc;
	if (b.left <= 0)
		err_set(AWM_INVALID,
			"the budget of project %lld, $%.2f, is used up",
			(long long)project, b.amount);
	else
		err_set(AWM_INVALID,
			"the budget of project %lld has $%.6g left, and the "
			"run may cost $%.6g",
			(long long)project, b.left, wanted);
	return err_hint("awm project edit %lld --budget USD",
			(long long)project);
}

static const struct awm_field shown[] = {
	{.name = "budget", .label = "Budget", .type = AWM_TYPE_REAL},
	{.name = "budgetLeft", .label = "Budget left", .type = AWM_TYPE_REAL},
};

int budget_extend(struct awm_session *s, struct arena *a,
		  struct awm_record *project)
{
	struct awm_value v[ARRAY_LEN(shown)] = {0};
	struct budget b;
	int rc = read_budget(s, project->values[0].i, &b);

	if (!rc && b.has) {
		v[0] = AWM_VALUE_REAL(b.amount);
		v[1] = AWM_VALUE_REAL(b.left);
	}
	return rc ? rc : work_extend(a, project, shown, v, ARRAY_LEN(v));
}

/* ---- setting it ---- */

static const char *amount_json(struct arena *a, bool has, double amount)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	if (has)
		jsonw_real(&w, amount);
	else
		jsonw_null(&w);
	return buf_check(&b) ? NULL : arena_strndup(a, b.s, b.len);
}

static int put(struct awm_session *s, struct change *c, bool has, double amount)
{
	const char *from, *to;
	struct budget was;
	int rc = read_budget(s, c->id, &was);

	if (rc || (was.has == has && (!has || was.amount == amount)))
		return rc;
	if (has)
		rc = db_run(s->db,
			    "INSERT INTO \"project_budgets\"(\"projectId\","
			    "\"amount\",\"createdAt\",\"updatedAt\") "
			    "VALUES (?1,?2,?3,?3) ON CONFLICT (\"projectId\") "
			    "DO UPDATE SET \"amount\"=excluded.\"amount\","
			    "\"updatedAt\"=excluded.\"updatedAt\"",
			    "iri", c->id, amount, s->now);
	else
		rc = db_run(s->db,
			    "DELETE FROM \"project_budgets\" "
			    "WHERE \"projectId\"=?1",
			    "i", c->id);
	from = amount_json(c->arena, was.has, was.amount);
	to = amount_json(c->arena, has, amount);
	if (!rc && (!from || !to))
		return -AWM_NOMEM;
	return rc ? rc : change_tell(c, "budget", from, to);
}

struct setting {
	bool has;
	double amount;
};

static int amend_budget(struct awm_session *s, struct change *c, void *ctx)
{
	const struct setting *to = ctx;

	return put(s, c, to->has, to->amount);
}

struct budgeting {
	int64_t project;
	struct setting to;
	struct arena *arena;
	struct awm_record *record;
};

static int run_budget(struct awm_session *s, void *ctx)
{
	struct budgeting *b = ctx;
	int rc = mutate_edit(s, &entity_project, b->project, NULL, 0,
			     amend_budget, &b->to, b->arena, &b->record);

	return rc || !b->arena ? rc : budget_extend(s, b->arena, b->record);
}

int awm_project_budget(struct awm_session *s, int64_t project, bool has,
		       double amount, struct awm_pool *pool,
		       struct awm_record **ret)
{
	struct budgeting b = {.project = project,
			      .to = {has, amount},
			      .arena = pool_arena(pool)};
	int rc;

	if (has && !(isfinite(amount) && amount >= 0 && amount <= 1e12))
		return err_set(AWM_USAGE,
			       "budget: want an amount in US dollars");
	rc = awm_transaction(s, run_budget, &b);
	if (!rc && ret)
		*ret = b.record;
	return rc;
}

int budget_restore(struct awm_session *s, struct change *c, const cJSON *from)
{
	bool has = cJSON_IsNumber(from);

	return put(s, c, has, has ? from->valuedouble : 0);
}
