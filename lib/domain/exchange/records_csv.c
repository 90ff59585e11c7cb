// SPDX-License-Identifier: MIT
/* CSV after RFC 4180 as objects: the header's names are the keys. */
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/exchange/exchange.h"

static int broken(const struct records *r, const char *what)
{
	err_set(AWM_USAGE, "%s", what);
	return err_context("line %zu", r->line);
}

/* The byte at r->at; 0 at the end. */
static int byte(struct records *r, char *ret)
{
	int rc = r->at < r->buf.len ? 1 : records_fill(r);

	if (rc > 0)
		*ret = r->buf.s[r->at];
	return rc;
}

/* The opening quote is taken already. */
static int quoted(struct records *r)
{
	char c;
	int rc;

	while ((rc = byte(r, &c)) > 0) {
		r->at++;
		r->next_line += c == '\n';
		if (!c)
			return broken(r, "a cell holds a NUL byte");
		if (c == '"') {
			rc = byte(r, &c);
			if (rc <= 0 || c != '"')
				return rc < 0 ? rc : 0;
			r->at++;
		}
		buf_addc(&r->cells, c);
		if (r->cells.len > RECORD_MAX)
			return broken(r, "a record is longer than 64 MiB");
	}
	return rc < 0 ? rc : broken(r, "a quote is never closed");
}

/* Up to the comma or the end of the line, neither taken. */
static int plain(struct records *r)
{
	char c;
	int rc;

	while ((rc = byte(r, &c)) > 0) {
		if (c == ',' || c == '\n' || c == '\r')
			return 0;
		if (c == '"')
			return broken(r, "a quote within a cell");
		if (!c)
			return broken(r, "a cell holds a NUL byte");
		buf_addc(&r->cells, c);
		r->at++;
	}
	return rc;
}

static int cell(struct records *r)
{
	char c;
	int rc = byte(r, &c);

	if (rc > 0 && c == '"') {
		r->at++;
		rc = quoted(r);
	} else if (rc > 0) {
		rc = plain(r);
	}
	buf_addc(&r->cells, '\0');
	r->ncells++;
	return rc;
}

/* 1: another cell follows; 0: the end of the line. */
static int after_cell(struct records *r)
{
	char c;
	int rc = byte(r, &c);

	if (rc <= 0)
		return rc;
	if (c == '\r') {
		r->at++;
		rc = byte(r, &c);
		if (rc <= 0)
			return rc;
		if (c != '\n')
			return broken(r, "a carriage return within a line");
	}
	if (c != ',' && c != '\n')
		return broken(r, "want ',' after a quoted cell");
	r->at++;
	r->next_line += c == '\n';
	return c == ',';
}

/* 0: the end of the file. */
static int row(struct records *r)
{
	char c;
	int rc = byte(r, &c);

	r->line = r->next_line;
	r->ncells = 0;
	if (rc <= 0)
		return rc;
	do {
		rc = cell(r);
		if (!rc)
			rc = after_cell(r);
	} while (rc > 0);
	if (!rc)
		rc = buf_check(&r->cells);
	return rc ? rc : 1;
}

static int header(struct records *r)
{
	const char *name;
	int rc = row(r);

	if (rc <= 0)
		return rc;
	r->nheader = r->ncells;
	r->header_len = r->cells.len;
	name = r->cells.s;
	for (size_t i = 0; i < r->nheader; i++, name += strlen(name) + 1) {
		const char *other = r->cells.s;
		if (!utf8_valid(name, strlen(name)))
			return broken(r, "the header is no UTF-8");
		for (; other < name; other += strlen(other) + 1)
			if (*name && !strcmp(name, other))
				return broken(r, "the header names a column "
						 "twice");
	}
	return 1;
}

static int add_cell(struct records *r, cJSON *o, const char *name,
		    const char *value)
{
	if (!utf8_valid(value, strlen(value)))
		return broken(r, "a cell is no UTF-8");
	if (!*value)
		return 0;
	if (!*name)
		return broken(r, "a cell without a name in the header");
	return put_text(o, name, value);
}

static int make_object(struct records *r, cJSON **ret)
{
	_cleanup_json_ cJSON *o = cJSON_CreateObject();
	const char *name = r->cells.s, *value = r->cells.s + r->header_len;
	int rc = o ? 0 : err_nomem();

	for (size_t i = 0; i < r->ncells && !rc; i++) {
		rc = add_cell(r, o, name, value);
		name += strlen(name) + 1;
		value += strlen(value) + 1;
	}
	if (rc)
		return rc;
	*ret = o;
	o = NULL;
	return 1;
}

/* A line of nothing is no record. */
static bool is_empty(const struct records *r)
{
	return r->ncells == 1 && !r->cells.s[r->header_len];
}

int records_csv(struct records *r, cJSON **ret)
{
	int rc = r->nheader ? 1 : header(r);

	while (rc > 0) {
		buf_truncate(&r->cells, r->header_len);
		rc = row(r);
		if (rc > 0 && is_empty(r))
			continue;
		if (rc > 0 && r->ncells > r->nheader)
			return broken(r, "more cells than the header names");
		break;
	}
	return rc > 0 ? make_object(r, ret) : rc;
}
