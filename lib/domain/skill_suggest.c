// SPDX-License-Identifier: MIT
/* Which skills are for a task: what they say of themselves, and how they did
 * so far. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "domain/emit.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "domain/skill.h"
#include "entity/store.h"
#include "queries.h"

#define SUGGESTED 5 /* unless told otherwise */

struct candidate {
	int64_t id;
	const char *name, *description;
	double rating; /* 0: none */
	int64_t uses, runs, succeeded;
	double score;
	bool attached;
};

struct suggest {
	struct awm_session *session;
	int64_t task;
	const struct awm_skill_suggest *how;
	struct arena arena;
	struct skill_rank *rank;
	struct buf list; /* of struct candidate */
	size_t keep;	 /* of the best of them */
	awm_row_fn *fn;
	void *ctx;
};

static struct candidate *candidates(struct suggest *g, size_t *ret_n)
{
	*ret_n = g->list.len / sizeof(struct candidate);
	return (struct candidate *)(void *)g->list.s;
}

static struct candidate *find_candidate(struct suggest *g, int64_t id)
{
	size_t lo = 0, hi;
	struct candidate *c = candidates(g, &hi);

	while (lo < hi) { /* in the order of ids */
		size_t mid = lo + (hi - lo) / 2;
		if (c[mid].id == id)
			return &c[mid];
		if (c[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* ---- the question ---- */

static const char *text_of(const struct awm_value *v)
{
	return v->kind == AWM_TEXT ? v->s : "";
}

static int ask(struct suggest *g)
{
	_cleanup_buf_ struct buf question = {0};
	struct awm_record *task;
	const struct awm_value *v;
	int rc = store_get(g->session->db, &entity_task, g->task, &g->arena,
			   &task);

	if (rc)
		return rc;
	v = task->values;
	if (v[TASK_deletedAt].kind != AWM_NULL) {
		err_set(AWM_INVALID, "task %lld is deleted",
			(long long)g->task);
		return err_hint("awm task restore %lld", (long long)g->task);
	}
	buf_addf(&question, "%s\n%s\n", text_of(&v[TASK_title]),
		 text_of(&v[TASK_tags]));
	buf_adds(&question, text_of(&v[TASK_description]));
	rc = buf_check(&question);
	return rc ? rc : skill_rank_new(question.s, &g->rank);
}

/* ---- the skills ---- */

static int add_skill(void *ctx, const struct awm_record *row)
{
	struct suggest *g = ctx;
	const struct awm_value *v = row->values;
	const struct skill_part parts[] = {
		{text_of(&v[1]), 3},
		{text_of(&v[2]), 1},
		{text_of(&v[3]), 1},
		{text_of(&v[6]), 2},
	};
	struct candidate c = {
		.id = v[0].i,
		.name = arena_strdup(&g->arena, text_of(&v[1])),
		.description = arena_strdup(&g->arena, text_of(&v[2])),
		.rating = v[4].kind == AWM_REAL ? v[4].r : 0,
		.uses = v[5].i,
	};

	if (!c.name || !c.description)
		return -AWM_NOMEM;
	buf_add(&g->list, &c, sizeof(c));
	if (buf_check(&g->list))
		return -AWM_NOMEM;
	return skill_rank_add(g->rank, c.id, parts, ARRAY_LEN(parts));
}

static int add_skills(struct suggest *g)
{
	const struct awm_field *f = entity_skill.fields;
	const struct awm_field *fields[] = {
		&f[SKILL_id],	    &f[SKILL_name],   &f[SKILL_description],
		&f[SKILL_category], &f[SKILL_rating], &f[SKILL_usageCount]};
	struct awm_sort by_id = {&f[SKILL_id], false};
	struct awm_query all = {.entity = &entity_skill,
				.sort = &by_id,
				.nsort = 1,
				.fields = fields,
				.nfields = ARRAY_LEN(fields),
				.tags = true};

	return scope_list(g->session, &all, add_skill, g);
}

static int add_records(struct suggest *g)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(g->session->db, &st, query_skill_record, "");

	while (!rc && (rc = db_step(st)) > 0) {
		struct candidate *c = find_candidate(g, db_column_int(st, 0));
		rc = 0;
		if (!c)
			continue;
		c->runs = db_column_int(st, 1);
		c->succeeded = db_column_int(st, 2);
	}
	return rc;
}

/* ---- the order ---- */

/* From 0 to 1; what nothing is known of stands in the middle. */
static double past(const struct candidate *c)
{
	double success = ((double)c->succeeded + 1) / ((double)c->runs + 2);
	double rating = c->rating > 0 ? (c->rating - 1) / 4 : 0.5;
	double use = 1 - 1 / (1 + log1p((double)(c->uses > 0 ? c->uses : 0)));

	return 0.5 * success + 0.3 * rating + 0.2 * use;
}

static int set_fit(void *ctx, int64_t id, double fit)
{
	struct candidate *c = find_candidate(ctx, id);

	if (!c)
		return 0;
	c->score = round(fit * (0.5 + 0.5 * past(c)) * 10000) / 10000;
	return 0;
}

static int by_score(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->id < y->id ? -1 : 1;
}

static int rank(struct suggest *g)
{
	size_t n, limit = g->how->limit ? g->how->limit : SUGGESTED;
	struct candidate *c;
	int rc = add_skills(g);

	if (!rc)
		rc = add_records(g);
	if (!rc)
		rc = skill_rank_each(g->rank, set_fit, g);
	c = candidates(g, &n);
	if (rc || !n)
		return rc;
	qsort(c, n, sizeof(*c), by_score);
	if (limit < g->how->attach)
		limit = g->how->attach;
	while (g->keep < n && g->keep < limit && c[g->keep].score > 0)
		g->keep++;
	return 0;
}

/* ---- what is kept of it ---- */

/* What was suggested before, unless somebody took it up. Rows that a template
 * made have no score. */
static int drop_others(struct suggest *g)
{
	_cleanup_buf_ struct buf kept = {0};
	size_t n;
	const struct candidate *c = candidates(g, &n);

	buf_addc(&kept, '[');
	for (size_t i = 0; i < g->keep; i++)
		buf_addf(&kept, "%s%lld", i ? "," : "", (long long)c[i].id);
	buf_addc(&kept, ']');
	if (buf_check(&kept))
		return -AWM_NOMEM;
	return db_run(g->session->db,
		      "DELETE FROM \"task_suggested_skills\" WHERE "
		      "\"taskId\"=?1 AND \"isAttached\"=0 AND \"score\" IS NOT "
		      "NULL AND \"skillId\" NOT IN "
		      "(SELECT value FROM json_each(?2))",
		      "it", g->task, kept.s);
}

static int keep(struct suggest *g, struct candidate *c, bool attach)
{
	const struct awm_entity *e = &entity_suggested_skill;
	struct awm_set sets[] = {
		{&e->fields[SUGGESTED_SKILL_score], AWM_VALUE_REAL(c->score)},
		{&e->fields[SUGGESTED_SKILL_taskId], AWM_VALUE_INT(g->task)},
		{&e->fields[SUGGESTED_SKILL_skillId], AWM_VALUE_INT(c->id)},
		{&e->fields[SUGGESTED_SKILL_isAttached], AWM_VALUE_INT(1)},
	};
	struct awm_set again[] = {sets[0], sets[3]};
	struct awm_record *row;
	struct awm_value id;
	int rc = db_get(g->session->db, NULL, &id,
			"SELECT \"id\" FROM \"task_suggested_skills\" WHERE "
			"\"taskId\"=?1 AND \"skillId\"=?2",
			"ii", g->task, c->id);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		rc = mutate_add(g->session, e, sets, attach ? 4 : 3, NULL, NULL,
				&g->arena, &row);
	} else if (!rc) {
		rc = mutate_edit(g->session, e, id.i, again, attach ? 2 : 1,
				 NULL, NULL, &g->arena, &row);
	}
	if (!rc)
		c->attached = row->values[SUGGESTED_SKILL_isAttached].i;
	return rc;
}

static int run(struct awm_session *s, void *ctx)
{
	struct suggest *g = ctx;
	size_t n;
	int rc = role_require(s, ROLE_MEMBER, "suggest skills");

	/* a transaction may be begun again */
	buf_truncate(&g->list, 0);
	skill_rank_free(g->rank);
	g->rank = NULL;
	g->keep = 0;

	if (!rc)
		rc = ask(g);
	if (!rc)
		rc = rank(g);
	if (!rc)
		rc = drop_others(g);
	struct candidate *c = candidates(g, &n);
	for (size_t i = 0; i < g->keep && !rc; i++)
		rc = keep(g, &c[i], i < g->how->attach);
	return rc;
}

static const struct awm_field fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "taskId",
	 .label = "Task",
	 .type = AWM_TYPE_REF,
	 .ref = "tasks"},
	{.name = "skillId",
	 .label = "Skill",
	 .type = AWM_TYPE_REF,
	 .ref = "skills"},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "description", .label = "Description", .type = AWM_TYPE_TEXT},
	{.name = "score", .label = "Score", .type = AWM_TYPE_REAL},
	{.name = "isAttached", .label = "Attached", .type = AWM_TYPE_BOOL},
	{.name = "runs", .label = "Runs", .type = AWM_TYPE_INT},
	{.name = "successRate", .label = "Success", .type = AWM_TYPE_REAL},
	{.name = "rating", .label = "Rating", .type = AWM_TYPE_REAL},
};

/* The id is the skill's: what the other verbs take. */
static int tell(struct suggest *g, const struct candidate *c)
{
	double rate = c->runs ? (double)c->succeeded / (double)c->runs : 0;
	struct awm_value v[ARRAY_LEN(fields)] = {
		AWM_VALUE_INT(c->id),
		AWM_VALUE_INT(g->task),
		AWM_VALUE_INT(c->id),
		awm_value_text(c->name),
		awm_value_text(c->description),
		AWM_VALUE_REAL(c->score),
		AWM_VALUE_INT(c->attached),
		AWM_VALUE_INT(c->runs),
		c->runs ? AWM_VALUE_REAL(rate) : AWM_VALUE_NULL,
		c->rating > 0 ? AWM_VALUE_REAL(c->rating) : AWM_VALUE_NULL,
	};

	return emit(g->fn, g->ctx, fields, v, ARRAY_LEN(v));
}

int awm_skill_suggest(struct awm_session *s, int64_t task,
		      const struct awm_skill_suggest *how, awm_row_fn *fn,
		      void *ctx)
{
	static const struct awm_skill_suggest usual = {0};
	struct suggest g = {.session = s,
			    .task = task,
			    .how = how ? how : &usual,
			    .fn = fn,
			    .ctx = ctx};
	size_t n;
	int rc = awm_transaction(s, run, &g);
	const struct candidate *c = candidates(&g, &n);

	for (size_t i = 0; i < g.keep && !rc; i++)
		rc = tell(&g, &c[i]);
	skill_rank_free(g.rank);
	buf_release(&g.list);
	arena_release(&g.arena);
	return rc;
}
