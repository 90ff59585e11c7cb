// SPDX-License-Identifier: MIT
/* Prices as they are listed and written. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "domain/emit.h"
#include "domain/price.h"

/* ---- list ---- */

static const struct awm_field fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "provider", .label = "Provider", .type = AWM_TYPE_TEXT},
	{.name = "model", .label = "Model", .type = AWM_TYPE_TEXT},
	{.name = "aliases", .label = "Aliases", .type = AWM_TYPE_JSON},
	{.name = "currency", .label = "Currency", .type = AWM_TYPE_TEXT},
	{.name = "validFrom", .label = "From", .type = AWM_TYPE_TIME},
	{.name = "validTo", .label = "To", .type = AWM_TYPE_TIME},
	{.name = "inputPrice", .label = "Input", .type = AWM_TYPE_REAL},
	{.name = "cachedInputPrice",
	 .label = "Cached input",
	 .type = AWM_TYPE_REAL},
	{.name = "cacheWritePrice",
	 .label = "Cache write",
	 .type = AWM_TYPE_REAL},
	{.name = "outputPrice", .label = "Output", .type = AWM_TYPE_REAL},
	{.name = "longContext", .label = "Long context", .type = AWM_TYPE_JSON},
	{.name = "source", .label = "Source", .type = AWM_TYPE_TEXT},
	{.name = "origin", .label = "Origin", .type = AWM_TYPE_TEXT},
};
#define NCOLUMNS ARRAY_LEN(fields)

static struct awm_value rate(double v)
{
	return v < 0 ? AWM_VALUE_NULL : AWM_VALUE_REAL(v);
}

static int aliases_json(const struct price *p, struct arena *a,
			struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_array(&w);
	for (const char *const *name = p->aliases; name && *name; name++)
		jsonw_str(&w, *name);
	jsonw_end_array(&w);
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = awm_value_text(arena_strndup(a, b.s, b.len));
	return ret->kind == AWM_TEXT ? 0 : -AWM_NOMEM;
}

/* The columns from provider to source, as the table has them. */
static int price_values(const struct price *p, struct arena *a,
			struct awm_value *v)
{
	const char *tier = price_long_json(&p->rates, a);
	int rc = aliases_json(p, a, &v[2]);

	if (p->rates.long_over && !tier)
		rc = -AWM_NOMEM;
	v[0] = awm_value_text(p->provider);
	v[1] = awm_value_text(p->model);
	v[3] = awm_value_text(p->currency);
	v[4] = AWM_VALUE_INT(p->from);
	v[5] = p->to == INT64_MAX ? AWM_VALUE_NULL : AWM_VALUE_INT(p->to);
	v[6] = AWM_VALUE_REAL(p->rates.input);
	v[7] = rate(p->rates.cached);
	v[8] = rate(p->rates.cache_write);
	v[9] = AWM_VALUE_REAL(p->rates.output);
	v[10] = awm_value_text(tier);
	v[11] = awm_value_text(p->source);
	return rc;
}

static int tell_price(const struct price *p, awm_row_fn *fn, void *ctx)
{
	struct awm_value v[NCOLUMNS];
	struct arena arena = {0};
	int rc = price_values(p, &arena, v + 1);

	v[0] = p->id ? AWM_VALUE_INT(p->id) : AWM_VALUE_NULL;
	if (!p->from) /* since ever */
		v[5] = AWM_VALUE_NULL;
	v[13] = awm_value_text(p->id ? "table" : "built-in");
	if (!rc)
		rc = emit(fn, ctx, fields, v, NCOLUMNS);
	arena_release(&arena);
	return rc;
}

static int compare(const void *a, const void *b)
{
	const struct price *x = a, *y = b;
	int rc = strcmp(x->provider, y->provider);

	if (!rc)
		rc = strcmp(x->model, y->model);
	return rc ? rc : (x->from < y->from) - (x->from > y->from);
}

static bool wanted(const struct awm_price_query *q, const struct price *p)
{
	if (q->provider && strcmp(q->provider, p->provider) != 0)
		return false;
	if (q->at && !price_is_at(p, q->at))
		return false;
	return !q->model || price_fits(p, q->model);
}

static bool has_model(const struct price *list, size_t n, const struct price *p)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].provider, p->provider) &&
		    !strcmp(list[i].model, p->model))
			return true;
	return false;
}

static int add_builtin(struct arena *a, struct buf *list)
{
	_cleanup_buf_ struct buf own = {0};
	const struct price *p;
	size_t rows = list->len / sizeof(*p), n;
	int rc = price_builtin(a, &own);

	p = prices_of(&own, &n);
	for (size_t i = 0; i < n && !rc; i++) {
		size_t all;
		if (!has_model(prices_of(list, &all), rows, &p[i]))
			buf_add(list, &p[i], sizeof(p[i]));
		rc = buf_check(list);
	}
	return rc;
}

int awm_price_list(struct awm_session *s, const struct awm_price_query *query,
		   awm_row_fn *fn, void *ctx)
{
	_cleanup_buf_ struct buf list = {0};
	struct arena arena = {0};
	const struct price *p;
	size_t n;
	int rc = price_rows(s, query->provider, &arena, &list);

	if (!rc)
		rc = add_builtin(&arena, &list);
	p = prices_of(&list, &n);
	if (!rc && n)
		qsort(list.s, n, sizeof(*p), compare);
	for (size_t i = 0; i < n && !rc; i++)
		if (wanted(query, &p[i]))
			rc = tell_price(&p[i], fn, ctx);
	arena_release(&arena);
	return rc;
}

/* ---- import ---- */

struct importing {
	const struct price *items;
	size_t count;
	struct arena *arena;
	struct buf rows; /* of struct awm_record * */
};

static int find_row(struct awm_session *s, const struct price *p, int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"id\" FROM \"model_prices\" WHERE "
			"\"provider\"=?1 AND \"model\"=?2 AND "
			"\"validFrom\"=?3",
			"tti", p->provider, p->model, p->from);

	*ret = rc ? 0 : id.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* Whether the change changes anything, an ear on mutate_edit(). */
static int amend_noted(struct awm_session *s, struct change *c, void *ctx)
{
	bool *changed = ctx;

	(void)s;
	for (size_t i = 0; i < c->e->nfields; i++)
		*changed |= change_differs(c, i);
	return 0;
}

static int import_one(struct awm_session *s, struct importing *im,
		      const struct price *p)
{
	const struct awm_entity *e = &entity_model_price;
	struct awm_value v[MODEL_PRICE_source - MODEL_PRICE_provider + 1];
	struct awm_set sets[ARRAY_LEN(v)];
	struct awm_record *row = NULL;
	bool changed = false;
	int64_t id;
	int rc = price_values(p, im->arena, v);

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		sets[i] = (struct awm_set){&e->fields[MODEL_PRICE_provider + i],
					   v[i]};
	if (!rc)
		rc = find_row(s, p, &id);
	if (rc)
		return rc;
	if (id)
		rc = mutate_edit(s, e, id, sets, ARRAY_LEN(sets), amend_noted,
				 &changed, im->arena, &row);
	else
		rc = mutate_add(s, e, sets, ARRAY_LEN(sets), NULL, NULL,
				im->arena, &row);
	if (rc)
		return err_context("model '%s'", p->model);
	if (id && !changed)
		return 0;
	buf_add(&im->rows, &row, sizeof(row));
	return buf_check(&im->rows);
}

static int run_import(struct awm_session *s, void *ctx)
{
	struct importing *im = ctx;
	int rc = 0;

	buf_truncate(&im->rows, 0);
	for (size_t i = 0; i < im->count && !rc; i++)
		rc = import_one(s, im, &im->items[i]);
	return rc;
}

int awm_price_import(struct awm_session *s, const char *text, size_t len,
		     awm_row_fn *fn, void *ctx)
{
	_cleanup_buf_ struct buf list = {0};
	struct arena arena = {0};
	struct importing im = {.arena = &arena};
	struct awm_record **rows;
	int rc = role_require(s, ROLE_ADMIN, "import prices");

	if (!rc)
		rc = text ? price_read(text, len, &arena, &list)
			  : price_builtin(&arena, &list);
	im.items = prices_of(&list, &im.count);
	if (!rc)
		rc = awm_transaction(s, run_import, &im);
	rows = (struct awm_record **)(void *)im.rows.s;
	for (size_t i = 0; fn && !rc && i < im.rows.len / sizeof(*rows); i++)
		rc = fn(ctx, rows[i]);
	buf_release(&im.rows);
	arena_release(&arena);
	return rc;
}
