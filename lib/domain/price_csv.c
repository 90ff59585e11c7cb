// SPDX-License-Identifier: MIT
/* Prices as a table in CSV (RFC 4180). */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "domain/price_file.h"
#include "entity/field.h"

enum column { PROVIDER, MODEL, INPUT, OUTPUT, CACHED, CACHE_WRITE, FROM, COLS };

static const char *const column_names[COLS] = {
	"provider", "model", "input", "output", "cached", "cacheWrite", "from",
};

struct csv {
	const char *at, *end;
	const char *cells[COLS * 2];
	size_t ncells;
	size_t line; /* of what was read last */
	size_t lines;
	int order[COLS]; /* which cell a column is; -1: none */
};

static void skip_blanks(struct csv *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

static bool ends_cell(const struct csv *c)
{
	return c->at == c->end || strchr(",\r\n", *c->at);
}

/* From behind a quote to behind the one that ends it. */
static int read_quoted(struct csv *c, struct buf *b)
{
	for (; c->at < c->end; c->at++) {
		if (*c->at == '"' && (c->at + 1 == c->end || c->at[1] != '"')) {
			c->at++;
			skip_blanks(c);
			return ends_cell(c) ? 0
					    : err_set(AWM_USAGE,
						      "text behind a quote");
		}
		c->at += *c->at == '"';
		c->lines += *c->at == '\n';
		buf_addc(b, *c->at);
	}
	return err_set(AWM_USAGE, "a quote is not closed");
}

static void read_bare(struct csv *c, struct buf *b)
{
	for (; !ends_cell(c); c->at++)
		buf_addc(b, *c->at);
	while (b->len && !b->failed && b->s[b->len - 1] == ' ')
		buf_truncate(b, b->len - 1);
}

/* One cell, without its quotes; *ret_last at the end of the line. */
static int read_cell(struct csv *c, struct arena *a, const char **ret,
		     bool *ret_last)
{
	_cleanup_buf_ struct buf b = {0};
	int rc = 0;

	skip_blanks(c);
	if (c->at < c->end && *c->at == '"') {
		c->at++;
		rc = read_quoted(c, &b);
	} else {
		read_bare(c, &b);
	}
	if (!rc)
		rc = buf_check(&b);
	if (rc)
		return rc;
	*ret_last = c->at == c->end || *c->at != ',';
	c->at += !*ret_last;
	*ret = arena_strdup(a, buf_str(&b));
	return *ret ? 0 : -AWM_NOMEM;
}

/* 1: a line with something in it; 0: the end. */
static int read_line(struct csv *c, struct arena *a)
{
	bool last = false;
	int rc = 0;

	while (c->at < c->end && strchr("\r\n", *c->at))
		c->lines += *c->at++ == '\n';
	if (c->at == c->end)
		return 0;
	c->line = c->lines;
	for (c->ncells = 0; !last && !rc;) {
		if (c->ncells == ARRAY_LEN(c->cells))
			return err_set(AWM_USAGE, "too many columns");
		rc = read_cell(c, a, &c->cells[c->ncells++], &last);
	}
	return rc ? rc : 1;
}

/* Whether the line names the columns. */
static bool is_header(const struct csv *c)
{
	for (size_t i = 0; i < c->ncells; i++)
		if (!strcmp(c->cells[i], "provider"))
			return true;
	return false;
}

static int read_header(struct csv *c)
{
	for (size_t k = 0; k < COLS; k++)
		c->order[k] = -1;
	for (size_t i = 0; i < c->ncells; i++) {
		size_t k = 0;
		while (k < COLS && strcmp(c->cells[i], column_names[k]) != 0)
			k++;
		if (k == COLS) {
			err_set(AWM_USAGE, "unknown column '%s'", c->cells[i]);
			return err_hint("columns: provider, model, input, "
					"output, cached, cacheWrite, from");
		}
		c->order[k] = (int)i;
	}
	for (size_t k = 0; k <= OUTPUT; k++)
		if (c->order[k] < 0)
			return err_set(AWM_USAGE, "no column '%s'",
				       column_names[k]);
	return 0;
}

/* NULL: nothing is said. */
static const char *cell(const struct csv *c, enum column column)
{
	int at = c->order[column];

	if (at < 0 || (size_t)at >= c->ncells || !*c->cells[at])
		return NULL;
	return c->cells[at];
}

static int read_amount(const struct csv *c, enum column column, double *ret)
{
	const char *text = cell(c, column);
	size_t len = text ? strlen(text) : 0;

	*ret = -1;
	if (!text && column > OUTPUT)
		return 0;
	if (!text || strspn(text, "0123456789.eE+-") != len ||
	    json_check(text, len)) {
		err_clear();
		return err_set(AWM_USAGE, "%s: '%s' is no number",
			       column_names[column], text ? text : "");
	}
	*ret = len < NUMBER_SIZE ? number_parse(text, len) : -1;
	if (!price_can_be(*ret))
		return err_set(AWM_INVALID, "%s: '%s' is no price",
			       column_names[column], text);
	return 0;
}

static int read_price(struct price_file *f, const struct csv *c)
{
	static const char *const none[] = {NULL};
	struct price p = {.provider = cell(c, PROVIDER),
			  .model = cell(c, MODEL),
			  .currency = f->currency,
			  .aliases = none,
			  .to = INT64_MAX};
	const char *from = cell(c, FROM);
	int rc = price_check_provider(p.provider ? p.provider : "");

	if (!rc && (!p.model || field_name_wanted(p.model, strlen(p.model))))
		rc = err_set(AWM_USAGE, "model: want a name");
	if (!rc)
		rc = read_amount(c, INPUT, &p.rates.input);
	if (!rc)
		rc = read_amount(c, OUTPUT, &p.rates.output);
	if (!rc)
		rc = read_amount(c, CACHED, &p.rates.cached);
	if (!rc)
		rc = read_amount(c, CACHE_WRITE, &p.rates.cache_write);
	if (!rc && from)
		rc = price_read_day(from, &p.from);
	if (rc)
		return rc;
	buf_add(f->list, &p, sizeof(p));
	return buf_check(f->list);
}

int price_read_csv(struct price_file *f, const char *text, size_t len)
{
	struct csv c = {.at = text, .end = text + len, .lines = 1};
	bool first = true;
	int rc;

	for (size_t k = 0; k < COLS; k++)
		c.order[k] = (int)k;
	f->currency = "USD";
	while ((rc = read_line(&c, f->arena)) > 0) {
		rc = first && is_header(&c) ? read_header(&c)
					    : read_price(f, &c);
		if (rc)
			break;
		first = false;
	}
	return rc ? err_context("line %zu", c.line) : 0;
}
