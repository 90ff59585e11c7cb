// SPDX-License-Identifier: MIT
/* Prices as files have them, in the format of the list that awm brings. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/price_file.h"
#include "entity/field.h"

#define DAY	  (INT64_C(24) * 60 * 60 * 1000)
#define PRICE_MAX 1e9

extern const char prices_json[];
extern const size_t prices_json_len;

bool price_can_be(double v)
{
	return isfinite(v) && v >= 0 && v <= PRICE_MAX;
}

int price_read_day(const char *text, int64_t *ret)
{
	int rc = -AWM_USAGE;

	if (isdigit((unsigned char)*text) && strlen(text) >= 10)
		rc = time_parse(text, NULL, 0, ret);
	if (rc == -AWM_USAGE) {
		err_set(AWM_USAGE, "'%s' is no date", text);
		return err_hint("like 2026-11-22");
	}
	return rc;
}

/* ---- a second tier ---- */

static double number_or(const cJSON *node, const char *key, double none)
{
	const cJSON *v = json_get(node, key);

	return cJSON_IsNumber(v) && price_can_be(v->valuedouble)
		       ? v->valuedouble
		       : none;
}

void price_long_read(const cJSON *node, struct provider_rates *rates)
{
	double over = number_or(node, "threshold_prompt_tokens", 0);

	if (over < 1)
		return;
	rates->long_over = (int64_t)over;
	rates->long_input = number_or(node, "input", rates->input);
	rates->long_output = number_or(node, "output", rates->output);
	rates->long_cached = number_or(node, "cached_input", -1);
	rates->long_cache_write = number_or(node, "cache_write", -1);
}

static void add_rate(struct jsonw *w, const char *key, double v)
{
	jsonw_key(w, key);
	if (v < 0)
		jsonw_null(w);
	else
		jsonw_real(w, v);
}

const char *price_long_json(const struct provider_rates *rates, struct arena *a)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	if (!rates->long_over)
		return NULL;
	jsonw_object(&w);
	jsonw_key(&w, "threshold_prompt_tokens");
	jsonw_int(&w, rates->long_over);
	add_rate(&w, "input", rates->long_input);
	add_rate(&w, "cached_input", rates->long_cached);
	add_rate(&w, "output", rates->long_output);
	add_rate(&w, "cache_write", rates->long_cache_write);
	jsonw_end_object(&w);
	return buf_check(&b) ? NULL : arena_strndup(a, b.s, b.len);
}

/* ---- the format of the list ---- */

/* A rate that may be absent or null; `was` is what stands without it. */
static int read_rate(const cJSON *node, const char *key, double was,
		     double *ret)
{
	const cJSON *v = json_get(node, key);

	*ret = was;
	if (!v || (cJSON_IsNull(v) && was < 0))
		return 0;
	if (cJSON_IsNull(v)) {
		*ret = -1;
		return 0;
	}
	if (!cJSON_IsNumber(v) || !price_can_be(v->valuedouble))
		return err_set(AWM_INVALID, "'%s' is no price", key);
	*ret = v->valuedouble;
	return 0;
}

static int read_rates(const cJSON *node, struct provider_rates *r)
{
	int rc = read_rate(node, "input", r->input, &r->input);

	if (!rc)
		rc = read_rate(node, "output", r->output, &r->output);
	if (!rc)
		rc = read_rate(node, "cached_input", r->cached, &r->cached);
	if (!rc)
		rc = read_rate(node, "cache_write", r->cache_write,
			       &r->cache_write);
	if (!rc && (r->input < 0 || r->output < 0))
		return err_set(AWM_INVALID, "'%s' is missing",
			       r->input < 0 ? "input" : "output");
	return rc;
}

static int read_text(const cJSON *node, const char *key, struct arena *a,
		     const char **ret)
{
	const char *text = json_get_str(node, key);

	*ret = NULL;
	if (!text || !*text || field_name_wanted(text, strlen(text)))
		return 0;
	*ret = arena_strdup(a, text);
	return *ret ? 0 : -AWM_NOMEM;
}

static int add_alias(struct price_file *f, const cJSON *item, const char **ret)
{
	if (!cJSON_IsString(item) ||
	    field_name_wanted(item->valuestring, strlen(item->valuestring)))
		return err_set(AWM_INVALID, "'aliases' is no list of names");
	*ret = arena_strdup(f->arena, item->valuestring);
	return *ret ? 0 : -AWM_NOMEM;
}

static int read_aliases(struct price_file *f, const cJSON *node,
			struct price *p)
{
	const cJSON *all = json_get(node, "aliases"), *item;
	const char **names = arena_array(
		f->arena, (size_t)cJSON_GetArraySize(all) + 1, sizeof(*names));
	size_t n = 0;
	int rc = 0;

	if (!names)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(item, all)
	{
		if (!rc)
			rc = add_alias(f, item, &names[n++]);
	}
	p->aliases = names;
	return rc;
}

int price_check_provider(const char *provider)
{
	const struct awm_field *field =
		&entity_model_price.fields[MODEL_PRICE_provider];
	int at = provider ? field_word(field->words, provider, "provider")
			  : -AWM_USAGE;

	if (!provider)
		return err_set(AWM_USAGE, "'vendor' is missing");
	return at < 0 ? at : 0;
}

/* What a date makes of the second tier: it keeps its proportions. */
static void scale_tier(struct provider_rates *r,
		       const struct provider_rates *to)
{
	double in = to->input > 0 ? r->input / to->input : 1;
	double out = to->output > 0 ? r->output / to->output : 1;

	if (!to->long_over)
		return;
	r->long_over = to->long_over;
	r->long_input = to->long_input * in;
	r->long_output = to->long_output * out;
	r->long_cached = to->long_cached < 0 ? -1
			 : to->cached > 0 && r->cached >= 0
				 ? to->long_cached * r->cached / to->cached
				 : to->long_cached * in;
	r->long_cache_write =
		to->long_cache_write < 0 ? -1 : to->long_cache_write * in;
}

/* The member as a day; 0 when there is none. */
static int read_date(const cJSON *node, const char *key, int64_t *ret)
{
	const cJSON *v = json_get(node, key);

	*ret = 0;
	if (!v || cJSON_IsNull(v))
		return 0;
	if (!cJSON_IsString(v))
		return err_set(AWM_USAGE, "'%s' is no date", key);
	return price_read_day(v->valuestring, ret);
}

static int by_date(const void *a, const void *b)
{
	const struct price *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* From one to the next; of two of one day, the first says more. */
static int add_periods(struct price_file *f, struct price *list, size_t n)
{
	int64_t end = list[0].to;

	for (size_t i = 0; i < n; i++)
		list[i].to = INT64_MAX;
	qsort(list + 1, n - 1, sizeof(*list), by_date);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++)
			if (list[k].from > list[i].from &&
			    list[k].from < list[i].to)
				list[i].to = list[k].from;
		if (!i && end < list[i].to)
			list[i].to = end;
		if (i && (list[i].from == list[0].from ||
			  list[i].from == list[i - 1].from))
			continue;
		buf_add(f->list, &list[i], sizeof(list[i]));
	}
	return buf_check(f->list);
}

static int read_change(const cJSON *node, const struct price *top,
		       struct price *ret)
{
	int rc;

	*ret = *top;
	rc = read_date(node, "from_date", &ret->from);
	if (!rc && !ret->from)
		rc = err_set(AWM_USAGE, "'from_date' is missing");
	if (!rc)
		rc = read_rates(node, &ret->rates);
	if (!rc)
		scale_tier(&ret->rates, &top->rates);
	return rc;
}

/* The prices of one model: those of today, which hold from a date or always,
 * and those that were or will be. */
static int read_model(struct price_file *f, const cJSON *node, struct price *p)
{
	const cJSON *changes = json_get(node, "price_changes"), *item;
	size_t n = 1;
	struct price *list =
		arena_array(f->arena, (size_t)cJSON_GetArraySize(changes) + 1,
			    sizeof(*list));
	int64_t end = 0;
	int rc = list ? read_rates(node, &p->rates) : -AWM_NOMEM;

	if (!rc)
		rc = read_aliases(f, node, p);
	if (!rc)
		rc = read_text(node, "source", f->arena, &p->source);
	if (!rc)
		rc = read_date(node, "effective_from", &p->from);
	if (!rc)
		rc = read_date(node, "effective_to", &end);
	if (rc)
		return rc;
	price_long_read(json_get(node, "long_context"), &p->rates);
	p->to = end ? end + DAY : INT64_MAX; /* that day still counts */
	if (p->to <= p->from)
		return err_set(AWM_INVALID,
			       "'effective_to' is before 'effective_from'");
	list[0] = *p;
	cJSON_ArrayForEach(item, changes)
	{
		if (!rc)
			rc = read_change(item, p, &list[n++]);
	}
	return rc ? rc : add_periods(f, list, n);
}

static int read_entry(struct price_file *f, const cJSON *node, size_t number)
{
	struct price p = {.currency = f->currency,
			  .rates = {.input = -1,
				    .cached = -1,
				    .cache_write = -1,
				    .output = -1}};
	int rc = read_text(node, "id", f->arena, &p.model);

	if (!rc && !p.model)
		rc = err_set(AWM_USAGE, "'id' is missing");
	if (!rc)
		rc = price_check_provider(json_get_str(node, "vendor"));
	if (!rc)
		rc = read_text(node, "vendor", f->arena, &p.provider);
	if (!rc)
		rc = read_model(f, node, &p);
	if (rc && p.model)
		err_context("model '%s'", p.model);
	else if (rc)
		err_context("model %zu", number);
	return rc;
}

static int check_head(struct price_file *f, const cJSON *root)
{
	const char *unit = json_get_str(root, "unit");
	const char *currency = json_get_str(root, "currency");

	f->currency = "USD";
	if (unit && strcmp(unit, "per 1,000,000 tokens") != 0)
		return err_set(AWM_INVALID,
			       "prices are '%s', not per 1,000,000 tokens",
			       unit);
	if (currency && strcmp(currency, "USD") != 0)
		return err_set(AWM_INVALID,
			       "prices are in '%s', and awm counts in USD",
			       currency);
	return 0;
}

static int read_json(struct price_file *f, const char *text, size_t len)
{
	_cleanup_json_ cJSON *root = NULL;
	const cJSON *models, *item;
	size_t number = 0;
	int rc = json_parse(text, len, &root);

	if (!rc)
		rc = check_head(f, root);
	if (rc)
		return rc;
	models = cJSON_IsArray(root) ? root : json_get(root, "models");
	if (!cJSON_IsArray(models)) {
		err_set(AWM_USAGE, "'models' is no list of prices");
		return err_hint("man awm-provider");
	}
	cJSON_ArrayForEach(item, models)
	{
		if (!rc)
			rc = read_entry(f, item, ++number);
	}
	return rc;
}

/* ---- both ---- */

int price_read(const char *text, size_t len, struct arena *a, struct buf *ret)
{
	struct price_file f = {.arena = a, .list = ret};
	size_t at = 0;
	int rc;

	if (memchr(text, '\0', len) || !utf8_valid(text, len))
		return err_set(AWM_USAGE, "the prices are no UTF-8 text");
	while (at < len && isspace((unsigned char)text[at]))
		at++;
	if (at == len)
		return err_set(AWM_USAGE, "there are no prices");
	rc = strchr("{[", text[at]) ? read_json(&f, text, len)
				    : price_read_csv(&f, text, len);
	return rc;
}

int price_builtin(struct arena *a, struct buf *ret)
{
	struct price_file f = {.arena = a, .list = ret};

	return read_json(&f, prices_json, prices_json_len);
}
