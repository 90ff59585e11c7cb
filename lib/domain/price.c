// SPDX-License-Identifier: MIT
/* What a call costs: the table first, then the list that awm brings. */
#include "domain/price.h"

#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "entity/store.h"

const struct rules model_price_rules = {
	.entity = &entity_model_price,
	.role = ROLE_ADMIN,
	.delete_role = ROLE_ADMIN,
};

/* ---- the rows ---- */

static double real_or(const struct awm_value *v, double none)
{
	return v->kind == AWM_REAL  ? v->r
	       : v->kind == AWM_INT ? (double)v->i
				    : none;
}

/* What the database holds is not trusted to be what it should. */
static int parse_column(const struct awm_value *v, cJSON **ret)
{
	int rc;

	*ret = NULL;
	if (v->kind != AWM_TEXT)
		return 0;
	rc = json_parse(v->s, v->len, ret);
	if (rc != -AWM_USAGE)
		return rc;
	err_clear();
	return 0;
}

static int read_aliases(const struct awm_value *v, struct arena *a,
			struct price *p)
{
	_cleanup_json_ cJSON *all = NULL;
	const cJSON *item;
	const char **names;
	size_t n = 0;
	int rc = parse_column(v, &all);

	if (rc)
		return rc;
	names = arena_array(a, (size_t)cJSON_GetArraySize(all) + 1,
			    sizeof(*names));
	if (!names)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(item, all)
	{
		if (!cJSON_IsString(item))
			continue;
		names[n] = arena_strdup(a, item->valuestring);
		if (!names[n++])
			return -AWM_NOMEM;
	}
	p->aliases = names;
	return 0;
}

struct reading {
	struct arena *arena;
	struct buf *list;
};

static int read_price(void *ctx, const struct awm_record *row)
{
	struct reading *r = ctx;
	struct awm_record *copy = store_copy(r->arena, row);
	const struct awm_value *v = copy ? copy->values : NULL;
	_cleanup_json_ cJSON *tier = NULL;
	struct price p = {0};
	int rc;

	if (!v)
		return -AWM_NOMEM;
	p.id = v[MODEL_PRICE_id].i;
	p.provider = v[MODEL_PRICE_provider].s;
	p.model = v[MODEL_PRICE_model].s;
	p.currency = v[MODEL_PRICE_currency].s;
	p.source = v[MODEL_PRICE_source].kind == AWM_TEXT
			   ? v[MODEL_PRICE_source].s
			   : NULL;
	p.from = v[MODEL_PRICE_validFrom].i;
	p.to = v[MODEL_PRICE_validTo].kind == AWM_INT ? v[MODEL_PRICE_validTo].i
						      : INT64_MAX;
	p.rates.input = real_or(&v[MODEL_PRICE_inputPrice], 0);
	p.rates.output = real_or(&v[MODEL_PRICE_outputPrice], 0);
	p.rates.cached = real_or(&v[MODEL_PRICE_cachedInputPrice], -1);
	p.rates.cache_write = real_or(&v[MODEL_PRICE_cacheWritePrice], -1);
	rc = read_aliases(&v[MODEL_PRICE_aliases], r->arena, &p);
	if (!rc)
		rc = parse_column(&v[MODEL_PRICE_longContext], &tier);
	if (rc)
		return rc;
	price_long_read(tier, &p.rates);
	buf_add(r->list, &p, sizeof(p));
	return buf_check(r->list);
}

int price_rows(struct awm_session *s, const char *provider, struct arena *a,
	       struct buf *ret)
{
	struct awm_value word = awm_value_text(provider);
	struct awm_cond cond = {
		&entity_model_price.fields[MODEL_PRICE_provider], AWM_OP_EQ,
		&word, 1};
	struct awm_query q = {.entity = &entity_model_price,
			      .conds = &cond,
			      .nconds = provider ? 1 : 0};
	struct reading r = {a, ret};

	return store_list(s->db, &q, read_price, &r);
}

/* ---- looking for one ---- */

/* "-2026-11-22" or "-20261122" at the end; 0: none. */
static size_t date_suffix(const char *name, size_t len)
{
	static const char *const forms[] = {"-dddd-dd-dd", "-dddddddd"};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i]), k = 0;
		const char *at = name + len - n;
		if (len <= n)
			continue;
		while (k < n &&
		       (forms[i][k] == 'd' ? isdigit((unsigned char)at[k]) != 0
					   : at[k] == forms[i][k]))
			k++;
		if (k == n)
			return n;
	}
	return 0;
}

static bool is_name(const char *name, const char *s, size_t len)
{
	return strlen(name) == len && !memcmp(name, s, len);
}

static bool is_alias(const struct price *p, const char *s, size_t len)
{
	for (const char *const *name = p->aliases; name && *name; name++)
		if (is_name(*name, s, len))
			return true;
	return false;
}

/* How a model can be called, the closest first. */
enum step { EXACT, ALIAS, UNDATED, UNDATED_ALIAS, STEPS };

static bool fits(const struct price *p, enum step step, const char *model)
{
	size_t len = strlen(model), date = date_suffix(model, len);

	if (step >= UNDATED && !date)
		return false;
	len -= step >= UNDATED ? date : 0;
	return step == EXACT || step == UNDATED ? is_name(p->model, model, len)
						: is_alias(p, model, len);
}

bool price_fits(const struct price *p, const char *model)
{
	for (enum step step = EXACT; step < STEPS; step++)
		if (fits(p, step, model))
			return true;
	return false;
}

bool price_is_at(const struct price *p, int64_t at)
{
	return (!p->from || p->from <= at) && at < p->to;
}

/* Google names models as it names everything: "models/gemini-…". */
static const char *bare_name(const char *provider, const char *model)
{
	static const char prefix[] = "models/";
	size_t len = sizeof(prefix) - 1;

	return !strcmp(provider, "google") && !strncmp(model, prefix, len)
		       ? model + len
		       : model;
}

const struct price *price_search(const struct buf *list, const char *provider,
				 const char *model, int64_t at)
{
	const struct price *found = NULL, *all;
	size_t n;

	model = bare_name(provider, model);
	all = prices_of(list, &n);
	for (enum step step = EXACT; step < STEPS && !found; step++)
		for (size_t i = 0; i < n; i++)
			if (!strcmp(all[i].provider, provider) &&
			    price_is_at(&all[i], at) &&
			    fits(&all[i], step, model) &&
			    (!found || all[i].from > found->from))
				found = &all[i];
	return found;
}

/* Money is counted in one currency. */
static bool counts(const struct price *p)
{
	return !strcmp(p->currency, "USD");
}

int price_book_open(struct awm_session *s, const char *provider,
		    struct price_book *ret)
{
	*ret = (struct price_book){.provider = provider};
	return strcmp(provider, "local")
		       ? price_rows(s, provider, &ret->arena, &ret->rows)
		       : 0;
}

int price_book_find(struct price_book *book, const char *model, int64_t at,
		    struct provider_rates *ret, bool *ret_known)
{
	const struct price *found;
	int rc = 0;

	*ret = (struct provider_rates){0};
	*ret_known = !strcmp(book->provider, "local");
	if (*ret_known)
		return 0;
	found = price_search(&book->rows, book->provider, model, at);
	if (!found && !book->list.len)
		rc = price_builtin(&book->arena, &book->list);
	if (rc)
		return rc;
	if (!found)
		found = price_search(&book->list, book->provider, model, at);
	if (found && counts(found)) {
		*ret = found->rates;
		*ret_known = true;
	}
	return 0;
}

void price_book_release(struct price_book *book)
{
	buf_release(&book->rows);
	buf_release(&book->list);
	arena_release(&book->arena);
}

int price_find(struct awm_session *s, const char *provider, const char *model,
	       int64_t at, struct provider_rates *ret, bool *ret_known)
{
	struct price_book book;
	int rc = price_book_open(s, provider, &book);

	if (!rc)
		rc = price_book_find(&book, model, at, ret, ret_known);
	price_book_release(&book);
	return rc;
}
