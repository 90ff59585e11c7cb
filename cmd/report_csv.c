/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/out.h"
#include "cmd/report.h"

/* csv as RFC 4180 has it; tsv with tab, line break and backslash escaped.
 * Relations are in neither, unless --fields names them. */

static void add_csv(struct buf *b, const char *s, size_t len)
{
	bool quote = len && (s[0] == ' ' || s[len - 1] == ' ');

	for (size_t i = 0; i < len && !quote; i++)
		quote = s[i] == ',' || s[i] == '"' || s[i] == '\r' ||
			s[i] == '\n';
	if (!quote) {
		buf_add(b, s, len);
		return;
	}
	buf_addc(b, '"');
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			buf_addc(b, '"');
		buf_addc(b, s[i]);
	}
	buf_addc(b, '"');
}

static void add_tsv(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const char *escape = s[i] == '\t'   ? "\\t"
				     : s[i] == '\n' ? "\\n"
				     : s[i] == '\r' ? "\\r"
				     : s[i] == '\\' ? "\\\\"
						    : NULL;
		if (escape)
			buf_adds(b, escape);
		else
			buf_addc(b, s[i]);
	}
}

static bool is_tsv(const struct report *rep)
{
	return rep->writer == &report_tsv;
}

static void add_cell(struct report *rep, size_t i, const char *s, size_t len)
{
	_cleanup_buf_ struct buf safe = {0};

	if (i)
		buf_addc(&rep->buf, is_tsv(rep) ? '\t' : ',');
	if (out_is_tty()) {
		/* tsv escapes these itself, and not twice */
		utf8_add_escaped(&safe, s, len, is_tsv(rep));
		rep->buf.failed |= safe.failed;
		s = buf_str(&safe);
		len = safe.len;
	}
	(is_tsv(rep) ? add_tsv : add_csv)(&rep->buf, s, len);
}

static int end_line(struct report *rep)
{
	buf_adds(&rep->buf, is_tsv(rep) ? "\n" : "\r\n");
	return report_put(rep);
}

/* Columns that are left out: relations that nobody asked for. */
static bool skips(const struct report *rep, size_t i)
{
	return !rep->columns.count && rep->places[i] >= PLACE_RELATION;
}

static int header(struct report *rep, const struct awm_record *row)
{
	size_t n = 0;

	for (size_t i = 0; i < rep->nplaces; i++) {
		const char *name = report_name(rep, row, i);

		if (!skips(rep, i))
			add_cell(rep, n++, name, strlen(name));
	}
	return end_line(rep);
}

static int line(struct report *rep, const struct awm_record *row)
{
	_cleanup_buf_ struct buf b = {0};
	size_t n = 0;

	for (size_t i = 0; i < rep->nplaces; i++) {
		const struct awm_value *v = report_value(rep, row, i);
		struct jsonw w = {.out = &b};
		size_t place = rep->places[i];

		if (skips(rep, i))
			continue;
		buf_truncate(&b, 0);
		if (v)
			value_plain(&b, row->fields[place], v);
		else if (place != PLACE_NONE)
			relation_json(&w,
				      row->relations + place - PLACE_RELATION);
		add_cell(rep, n++, buf_str(&b), b.len);
	}
	return buf_check(&b) ? -AWM_NOMEM : end_line(rep);
}

static int csv_begin(struct report *rep)
{
	(void)rep;
	return 0;
}

static int csv_row(struct report *rep, const struct awm_record *row)
{
	int err = rep->rows ? 0 : header(rep, row);

	return err ? err : line(rep, row);
}

/* The header of no rows is known from the tables alone. */
static int csv_end(struct report *rep)
{
	const struct awm_entity *e = rep->run->entity;
	const char *p = rep->run->command->columns;
	size_t n = 0;

	if (rep->rows)
		return 0;
	for (size_t i = 0; i < rep->columns.count; i++)
		add_cell(rep, n++, rep->columns.items[i],
			 strlen(rep->columns.items[i]));
	for (size_t i = 0; !n && e && i < e->nfields; i++)
		if (!(e->fields[i].flags & AWM_HIDDEN))
			add_cell(rep, i, e->fields[i].name,
				 strlen(e->fields[i].name));
	for (; !n && !e && p && *p; p += strspn(p, ",")) {
		add_cell(rep, p != rep->run->command->columns, p,
			 strcspn(p, ","));
		p += strcspn(p, ",");
	}
	return end_line(rep);
}

static int csv_one(struct report *rep, const struct awm_record *row)
{
	int err = header(rep, row);

	return err ? err : line(rep, row);
}

const struct report_writer report_csv = {csv_begin, csv_row, csv_end, csv_one};
const struct report_writer report_tsv = {csv_begin, csv_row, csv_end, csv_one};
