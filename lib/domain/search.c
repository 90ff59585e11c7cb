// SPDX-License-Identifier: MIT
/* Searching: the engine finds and weighs rows, what they are decides with it
 * in which order they come, and only for those that are shown is the text
 * read. */
#include "domain/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/words.h"
#include "domain/emit.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "queries.h"

/* How much a row that was changed long ago keeps of its score, and after how
 * many days it has lost half of the rest. */
#define OLD_KEEPS 0.5
#define OLD_DAYS  90.0
/* What a row keeps that is done with. */
#define DONE_KEEPS 0.7

/* So many rows beyond those that are asked for may still come before them for
 * what they are. */
#define RIVALS 1000

#define DAY_MS 86400000.0

/* Columns of search_plain.sql and search.sql. */
enum { HIT_ID, HIT_RANK };

/* Columns of search_seen.sql. */
enum { SEEN_PLACE, SEEN_UPDATED, SEEN_DONE };

/* Columns of search_rows.sql. */
enum { ROW_ID, ROW_TYPE, ROW_ENTITY, ROW_TITLE, ROW_SNIPPET };

static const struct awm_field row_fields[] = {
	{.name = "entityType", .label = "Type", .type = AWM_TYPE_TEXT},
	{.name = "entityId", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "title", .label = "Title", .type = AWM_TYPE_TEXT},
	{.name = "snippet",
	 .label = "Found",
	 .type = AWM_TYPE_TEXT,
	 .flags = AWM_MARKED},
	{.name = "score", .label = "Score", .type = AWM_TYPE_REAL},
};

struct hit {
	int64_t id;   /* of the row of the index */
	double score; /* first how well it fits, then with what it is */
};

struct hits {
	struct buf list; /* of struct hit, the best first */
	size_t n;
	bool capped;
};

static struct hit *hits_of(const struct hits *h)
{
	return (struct hit *)(void *)h->list.s;
}

static int compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->id < y->id ? 1 : -1;
}

static void sort_hits(struct hits *h)
{
	if (h->n)
		qsort(h->list.s, h->n, sizeof(struct hit), compare_hits);
}

/* The ids of some of them as a JSON array. */
static int add_ids(struct buf *out, const struct hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%c%lld", i ? ',' : '[', (long long)hits[i].id);
	buf_addc(out, ']');
	return buf_check(out);
}

/* ---- what fits ---- */

static struct awm_value list_value(const struct buf *list)
{
	return list->len ? (struct awm_value){.kind = AWM_TEXT,
					      .len = list->len,
					      .s = list->s}
			 : AWM_VALUE_NULL;
}

static int start(struct search *k, const char *match, struct db_stmt **ret)
{
	const struct search_filters *f = &k->filters;
	struct awm_value v[2 * FILTER_AFTER];
	int64_t limit = AWM_SEARCH_RANKED + 1;

	if (!k->filtered)
		return db_query(k->session->db, ret, query_search_plain_sqlite,
				"ti", match, limit);
	for (size_t i = 0; i < FILTER_AFTER; i++) {
		v[2 * i] = list_value(&f->in[i]);
		v[2 * i + 1] = list_value(&f->out[i]);
	}
	return db_query(k->session->db, ret, query_search_sqlite,
			"tvvvvvvvvvvvvi", match, &v[0], &v[1], &v[2], &v[3],
			&v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &f->after,
			&f->before, limit);
}

/* The engine calls the best the lowest. */
static int find_hits(struct search *k, const char *match, struct hits *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = start(k, match, &st);

	while (!rc && (rc = db_step(st)) > 0) {
		struct hit hit = {.id = db_column_int(st, HIT_ID)};
		struct awm_value rank;

		ret->capped = ret->n == AWM_SEARCH_RANKED;
		if (ret->capped)
			return 0;
		db_column(st, HIT_RANK, &rank);
		hit.score = rank.kind == AWM_REAL ? -rank.r : 0;
		buf_add(&ret->list, &hit, sizeof(hit));
		ret->n++;
		rc = buf_check(&ret->list);
	}
	return rc;
}

/* ---- what may be seen ---- */

/* The part of what it fits that a row keeps: at most 1. */
static double part_of(const struct search *k, struct db_stmt *st)
{
	double days =
		(double)(k->session->now - db_column_int(st, SEEN_UPDATED)) /
		DAY_MS;

	if (days < 0)
		days = 0;
	return (OLD_KEEPS + (1 - OLD_KEEPS) / (1 + days / OLD_DAYS)) *
	       (db_column_int(st, SEEN_DONE) ? DONE_KEEPS : 1);
}

/* Of hits in the order of how well they fit, those that may be seen, with their
 * scores. */
static int see_hits(struct search *k, const struct hits *all, size_t want,
		    struct hits *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	_cleanup_buf_ struct buf ids = {0};
	int64_t deleted = k->query->all ? 2 : k->query->deleted;
	int rc = add_ids(&ids, hits_of(all), all->n);

	if (!rc)
		rc = db_query(k->session->db, &st, query_search_seen_sqlite,
			      "tii", ids.s, scope_user(k->session), deleted);
	while (!rc && ret->n < want + RIVALS && (rc = db_step(st)) > 0) {
		struct hit hit = hits_of(all)[db_column_int(st, SEEN_PLACE)];

		hit.score *= part_of(k, st);
		buf_add(&ret->list, &hit, sizeof(hit));
		ret->n++;
		rc = buf_check(&ret->list);
	}
	return rc;
}

static int find_best(struct search *k, const char *match, size_t want,
		     struct hits *ret)
{
	struct hits all = {0};
	int rc = find_hits(k, match, &all);

	sort_hits(&all);
	if (!rc && all.n)
		rc = see_hits(k, &all, want, ret);
	sort_hits(ret);
	ret->capped = all.capped;
	buf_release(&all.list);
	return rc;
}

int search_finds(struct search *k, const char *match, bool *ret)
{
	struct hits best = {0};
	int rc = find_best(k, match, 1, &best);

	*ret = !rc && best.n;
	buf_release(&best.list);
	return rc;
}

/* ---- the rows ---- */

/* One line: blanks of any kind are one space, boundaries are nothing. */
static void add_line(struct buf *out, const char *s)
{
	_cleanup_buf_ struct buf b = {0};
	bool blank = true;

	words_add_joined(&b, s, strlen(s));
	for (const char *p = buf_str(&b); *p; p++) {
		bool space = *p == ' ' || *p == '\n' || *p == '\t';

		if (!space || !blank)
			buf_addc(out, space ? ' ' : *p);
		blank = space;
	}
	while (out->len && out->s[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	out->failed |= b.failed;
}

/* A row that is shown, at its place. */
struct shown {
	int64_t id, entity;
	size_t place;
	double score; /* part of the best one's */
	const char *type, *title, *snippet;
};

static int compare_ids(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	return x->place > y->place ? 1 : -1;
}

static int keep_text(struct search *k, struct db_stmt *st, int column,
		     const char **ret)
{
	const char *s = db_column_text(st, column);

	*ret = s ? arena_strdup(&k->arena, s) : NULL;
	return s && !*ret ? -AWM_NOMEM : 0;
}

static int read_row(struct search *k, struct db_stmt *st, struct shown *row)
{
	const char *snippet = db_column_text(st, ROW_SNIPPET);
	_cleanup_buf_ struct buf line = {0};
	int rc;

	add_line(&line, snippet ? snippet : "");
	rc = buf_check(&line);
	if (!rc)
		rc = keep_text(k, st, ROW_TYPE, &row->type);
	if (!rc)
		rc = keep_text(k, st, ROW_TITLE, &row->title);
	if (rc)
		return rc;
	row->entity = db_column_int(st, ROW_ENTITY);
	row->snippet = arena_strndup(&k->arena, buf_str(&line), line.len);
	return row->snippet ? 0 : -AWM_NOMEM;
}

/* The engine gives rows by their ids, and so they are walked. */
static int read_rows(struct search *k, struct shown *rows, size_t n)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	_cleanup_buf_ struct buf ids = {0};
	size_t at = 0;
	int rc;

	qsort(rows, n, sizeof(*rows), compare_ids);
	for (size_t i = 0; i < n; i++)
		buf_addf(&ids, "%c%lld", i ? ',' : '[', (long long)rows[i].id);
	buf_addc(&ids, ']');
	rc = buf_check(&ids);
	if (!rc)
		rc = db_query(k->session->db, &st, query_search_rows_sqlite,
			      "ttii", k->parsed.match, ids.s, rows[n - 1].id,
			      rows[0].id);
	while (!rc && (rc = db_step(st)) > 0) {
		while (at < n && rows[at].id > db_column_int(st, ROW_ID))
			at++;
		rc = at < n ? read_row(k, st, &rows[at]) : 0;
	}
	qsort(rows, n, sizeof(*rows), compare_places);
	return rc;
}

static int emit_row(const struct shown *row, awm_row_fn *fn, void *ctx)
{
	struct awm_value v[] = {
		awm_value_text(row->type), AWM_VALUE_INT(row->entity),
		awm_value_text(row->title), awm_value_text(row->snippet),
		AWM_VALUE_REAL(round(row->score * 10000) / 10000)};

	return emit(fn, ctx, row_fields, v, ARRAY_LEN(v));
}

static int show_hits(struct search *k, const struct hit *hits, size_t n,
		     double best, awm_row_fn *fn, void *ctx)
{
	struct shown *rows = arena_array(&k->arena, n + 1, sizeof(*rows));
	int rc = rows ? 0 : -AWM_NOMEM;

	for (size_t i = 0; i < n && rows; i++) {
		rows[i].id = hits[i].id;
		rows[i].place = i;
		rows[i].score = best > 0 ? hits[i].score / best : 0;
	}
	if (!rc && n)
		rc = read_rows(k, rows, n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = emit_row(&rows[i], fn, ctx);
	return rc;
}

/* ---- the whole ---- */

struct call {
	struct search search;
	awm_row_fn *fn;
	void *ctx;
	struct awm_pool *pool;
	struct awm_search_result *ret;
};

/* How many of the best are asked for. */
static size_t wanted(const struct awm_search_query *q)
{
	int64_t n;

	if (!q->limit || __builtin_add_overflow(q->limit, q->offset, &n) ||
	    n > AWM_SEARCH_RANKED)
		return AWM_SEARCH_RANKED;
	return (size_t)n;
}

static int show(struct call *call, const struct hits *best)
{
	struct search *k = &call->search;
	size_t want = wanted(k->query), n = best->n < want ? best->n : want;
	size_t at =
		k->query->offset < (int64_t)n ? (size_t)k->query->offset : n;

	call->ret->rows = (int64_t)(n - at);
	return show_hits(k, hits_of(best) + at, n - at, hits_of(best)->score,
			 call->fn, call->ctx);
}

static int run(struct db *db, void *arg)
{
	struct call *call = arg;
	struct search *k = &call->search;
	struct hits best = {0};
	int rc = find_best(k, k->parsed.match, wanted(k->query), &best);

	(void)db;
	call->ret->capped = best.capped;
	if (!rc && best.n)
		rc = show(call, &best);
	else if (!rc)
		rc = search_suggest(k, pool_arena(call->pool),
				    &call->ret->suggestion);
	buf_release(&best.list);
	return rc;
}

static int add_filters(struct search *k)
{
	const struct awm_search_query *q = k->query;
	int rc = 0;

	for (size_t i = 0; i < k->parsed.nfilters && !rc; i++)
		rc = search_filter_add(k->session, &k->filters,
				       &k->parsed.filters[i]);
	for (size_t i = 0; i < q->nfilters && !rc; i++) {
		const char *name = q->filters[i].name;
		struct search_filter f = {
			.kind = search_filter_find(name, strlen(name)),
			.value = q->filters[i].value};

		if (f.kind == FILTER_KINDS)
			return err_set(AWM_USAGE, "no filter '%s'", name);
		rc = search_filter_add(k->session, &k->filters, &f);
	}
	k->filtered = k->parsed.nfilters + q->nfilters > 0;
	return rc ? rc : search_filters_check(&k->filters);
}

int awm_search(struct awm_session *s, const struct awm_search_query *query,
	       awm_row_fn *fn, void *ctx, struct awm_pool *pool,
	       struct awm_search_result *ret)
{
	struct awm_search_result result = {0};
	struct call call = {.search = {.session = s, .query = query},
			    .fn = fn,
			    .ctx = ctx,
			    .pool = pool,
			    .ret = &result};
	struct search *k = &call.search;
	int rc = search_parse(query->text, query->plain, &k->arena, &k->parsed);

	if (!rc)
		rc = add_filters(k);
	if (!rc)
		rc = db_read(s->db, run, &call);
	search_filters_release(&k->filters);
	arena_release(&k->arena);
	if (!rc)
		*ret = result;
	return rc;
}
