/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/markdown.h"
#include "cmd/names.h"
#include "cmd/out.h"
#include "cmd/report.h"
#include "cmd/table.h"
#include "cmd/thread.h"

/* For people: aligned columns, and one thing as labelled lines. */

/* When widths are settled by the rows seen so far. */
#define SETTLE_TERMINAL 500
#define SETTLE_FILE	50000

static const char *zone(const struct report *rep)
{
	const struct awm_actor *a =
		rep->run->session ? awm_session_actor(rep->run->session) : NULL;

	return a ? a->timezone : NULL;
}

void table_free(struct table *t)
{
	if (t)
		table_release(t);
}

static struct table *table_make(struct report *rep, size_t ncolumns)
{
	struct arena *arena = &rep->run->arena;
	struct table *t = arena_alloc(arena, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = arena_array(arena, ncolumns, sizeof(*t->columns));
	if (!t->columns)
		return NULL;
	t->ncolumns = ncolumns;
	t->out = &rep->buf;
	t->color = out_color(&rep->run->globals);
	t->max = out_is_tty() ? out_width() : 0;
	t->settle = rep->live	   ? 1
		    : out_is_tty() ? SETTLE_TERMINAL
				   : SETTLE_FILE;
	return t;
}

static enum table_shrink shrink_of(const struct awm_field *f)
{
	switch (f->type) {
	case AWM_TYPE_TEXT:
		return SHRINK_TEXT;
	case AWM_TYPE_ENUM:
		return SHRINK_WORD;
	case AWM_TYPE_JSON:
	case AWM_TYPE_REF:
		return SHRINK_FIRST;
	case AWM_TYPE_TIME:
		return SHRINK_TIME;
	default:
		return SHRINK_LAST;
	}
}

/* Where rows are shown as they come, nobody knows how wide they will be. */
static size_t live_width(const struct awm_field *f)
{
	switch (f->type) {
	case AWM_TYPE_TIME:
		return strlen("2026-11-22 12:00");
	case AWM_TYPE_TEXT:
		return 20;
	case AWM_TYPE_JSON:
		return 30;
	case AWM_TYPE_REF:
		return 12;
	default:
		return 6;
	}
}

static void describe(const struct report *rep, struct table_column *c,
		     const struct awm_field *f)
{
	c->label = f->label ? f->label : f->name;
	c->right = f->type == AWM_TYPE_INT || f->type == AWM_TYPE_REAL;
	c->width = rep->live ? live_width(f) : 0;
	c->shrinks = shrink_of(f);
	c->optional = !rep->run->globals.fields;
	c->marked = f->flags & AWM_MARKED;
	c->words = f->type == AWM_TYPE_ENUM || strcmp(f->name, "status") == 0 ||
		   strcmp(f->name, "state") == 0;
}

/* "timeEntries" as a person writes it: "Time entries". */
static void add_title(struct buf *b, const char *name)
{
	size_t start = b->len;

	for (const char *p = name; *p; p++) {
		if (isupper((unsigned char)*p) && p > name)
			buf_addc(b, ' ');
		buf_addc(b, (char)(p == name ? toupper((unsigned char)*p)
					     : tolower((unsigned char)*p)));
	}
	if (b->len == start)
		buf_addc(b, '-');
}

/* What stands for a related row: its id and what it is called. */
static void add_related(struct buf *b, const struct awm_relation *rel)
{
	const struct awm_record *row = rel->count ? rel->items[0] : NULL;
	const char *title = row ? record_title(row) : NULL;

	if (rel->many)
		buf_addf(b, "%zu", rel->count);
	else if (!row)
		buf_addc(b, '-');
	else
		buf_addf(b, "%lld%s%s", (long long)awm_record_int(row, "id"),
			 title ? " " : "", title ? title : "");
}

/* A cell of a column: of a reference the name, where there is one. */
static void add_cell(struct report *rep, struct buf *b,
		     const struct awm_field *f, const struct awm_value *v)
{
	const char *name = v->kind == AWM_INT
				   ? names_find(rep->run, &rep->names, f, v->i)
				   : NULL;

	if (name)
		buf_adds(b, name);
	else if (f->flags & AWM_MARKED && v->kind == AWM_TEXT)
		buf_add(b, v->s, v->len);
	else
		value_human(b, f, v, zone(rep));
}

/* ---- a listing ---- */

static int columns(struct report *rep, const struct awm_record *row)
{
	struct table *t = rep->table;

	for (size_t i = 0; i < t->ncolumns; i++) {
		size_t place = rep->places[i];

		if (place < row->count)
			describe(rep, t->columns + i, row->fields[place]);
		else
			t->columns[i].label = report_name(rep, row, i);
	}
	return 0;
}

static int table_begin(struct report *rep)
{
	table_free(rep->table);
	rep->table = NULL;
	return 0;
}

static int table_row(struct report *rep, const struct awm_record *row)
{
	_cleanup_buf_ struct buf b = {0};

	if (!rep->table) {
		rep->table = table_make(rep, rep->nplaces);
		if (!rep->table)
			return -AWM_NOMEM;
		columns(rep, row);
	}
	for (size_t i = 0; i < rep->nplaces; i++) {
		const struct awm_value *v = report_value(rep, row, i);

		buf_truncate(&b, 0);
		if (v)
			add_cell(rep, &b, row->fields[rep->places[i]], v);
		else if (rep->places[i] != PLACE_NONE)
			add_related(&b, row->relations + rep->places[i] -
						PLACE_RELATION);
		else
			buf_addc(&b, '-');
		table_add(rep->table, buf_str(&b), b.len);
	}
	if (buf_check(&b))
		return -AWM_NOMEM;
	return rep->buf.len ? report_put(rep) : 0;
}

static int table_end(struct report *rep)
{
	if (!rep->table) {
		if (isatty(STDERR_FILENO))
			run_say(rep->run, "nothing to show");
		return 0;
	}
	table_flush(rep->table);
	table_free(rep->table);
	rep->table = NULL;
	return report_put(rep);
}

/* ---- the rows of a relation ---- */

/* Columns of the rows below a thing: what tables show of them, but for the
 * thing itself; and whoever they belong to by name instead of by id. */
static bool sub_shows(const struct awm_record *parent,
		      const struct awm_record *row, size_t i)
{
	const struct awm_field *f = row->fields[i];
	size_t len = strlen(f->name);

	if (row->entity && !(f->flags & AWM_SHOW))
		return false;
	if (f->type != AWM_TYPE_REF)
		return true;
	if (parent->entity && f->ref &&
	    strcmp(f->ref, parent->entity->table) == 0)
		return false;
	for (size_t k = 0; k < row->nrelations; k++) {
		const char *name = row->relations[k].name;

		if (len == strlen(name) + 2 &&
		    memcmp(f->name, name, len - 2) == 0)
			return false;
	}
	return true;
}

static int sub_columns(struct report *rep, const struct awm_record *parent,
		       const struct awm_record *row)
{
	size_t n = 0;

	rep->table = table_make(rep, row->count + row->nrelations);
	if (!rep->table)
		return -AWM_NOMEM;
	for (size_t i = 0; i < row->count; i++)
		if (sub_shows(parent, row, i))
			describe(rep, rep->table->columns + n++,
				 row->fields[i]);
	for (size_t i = 0; i < row->nrelations; i++) {
		_cleanup_buf_ struct buf b = {0};

		add_title(&b, row->relations[i].name);
		rep->table->columns[n++].label =
			arena_strdup(&rep->run->arena, buf_str(&b));
		if (!rep->table->columns[n - 1].label)
			return -AWM_NOMEM;
	}
	rep->table->ncolumns = n;
	return 0;
}

static void sub_row(struct report *rep, const struct awm_record *parent,
		    const struct awm_record *row)
{
	_cleanup_buf_ struct buf b = {0};

	for (size_t i = 0; i < row->count; i++) {
		if (!sub_shows(parent, row, i))
			continue;
		buf_truncate(&b, 0);
		add_cell(rep, &b, row->fields[i], row->values + i);
		table_add(rep->table, buf_str(&b), b.len);
	}
	for (size_t i = 0; i < row->nrelations; i++) {
		buf_truncate(&b, 0);
		add_related(&b, row->relations + i);
		table_add(rep->table, buf_str(&b), b.len);
	}
	rep->buf.failed |= b.failed;
}

static int sub_table(struct report *rep, const struct awm_record *parent,
		     const struct awm_relation *rel)
{
	_cleanup_buf_ struct buf title = {0};
	int err;

	add_title(&title, rel->name);
	buf_addf(&title, " (%zu)", rel->count);
	buf_addc(&rep->buf, '\n');
	table_bold(&rep->buf, out_color(&rep->run->globals), buf_str(&title));
	buf_addc(&rep->buf, '\n');
	if (thread_is(rel))
		return thread_put(rep, rel);
	err = sub_columns(rep, parent, rel->items[0]);
	if (err || !rep->table->ncolumns)
		return err;
	for (size_t i = 0; i < rel->count; i++)
		sub_row(rep, parent, rel->items[i]);
	table_flush(rep->table);
	table_free(rep->table);
	rep->table = NULL;
	return report_put(rep);
}

/* ---- one thing ---- */

static bool is_sub_table(const struct report *rep, const struct awm_record *row,
			 size_t i)
{
	size_t place = rep->places[i];

	return place != PLACE_NONE && place >= PLACE_RELATION &&
	       row->relations[place - PLACE_RELATION].many;
}

/* The relation that stands for a reference, "owner" for "ownerId"; such a
 * line is shown once. */
static const struct awm_relation *relation_of(const struct awm_record *row,
					      const char *field)
{
	size_t len = strlen(field);

	for (size_t i = 0; i < row->nrelations; i++) {
		const struct awm_relation *rel = row->relations + i;

		if (!rel->many && strlen(rel->name) + 2 == len &&
		    strncmp(field, rel->name, len - 2) == 0)
			return rel;
	}
	return NULL;
}

static bool is_repeated(const struct report *rep, const struct awm_record *row,
			size_t i)
{
	size_t place = rep->places[i];

	if (rep->columns.count || place == PLACE_NONE || place < PLACE_RELATION)
		return false;
	for (size_t k = 0; k < row->count; k++)
		if (relation_of(row, row->fields[k]->name) ==
		    row->relations + place - PLACE_RELATION)
			return true;
	return false;
}

static void label(struct report *rep, const struct awm_record *row, size_t i,
		  struct buf *b)
{
	const char *text = NULL;

	buf_truncate(b, 0);
	if (rep->places[i] < row->count)
		text = row->fields[rep->places[i]]->label;
	if (text)
		buf_adds(b, text);
	else
		add_title(b, report_name(rep, row, i));
}

/* A text of several lines stays one, moved to the right. */
static void add_indented(struct buf *out, const char *s, size_t len,
			 size_t indent)
{
	_cleanup_buf_ struct buf b = {0};
	const char *p;

	utf8_add_escaped(&b, s, len, true);
	for (p = buf_str(&b); *p; p++) {
		buf_addc(out, *p);
		if (*p == '\n' && p[1] && p[1] != '\n')
			buf_addf(out, "%*s", (int)indent, "");
	}
	out->failed |= b.failed;
	buf_addc(out, '\n');
}

/* Of a reference the id, to go on with, and the name. */
static void add_detail(struct report *rep, struct buf *b,
		       const struct awm_field *f, const struct awm_value *v)
{
	const char *name = v->kind == AWM_INT
				   ? names_find(rep->run, &rep->names, f, v->i)
				   : NULL;

	value_human(b, f, v, zone(rep));
	if (name)
		buf_addf(b, " %s", name);
}

/* A value beside its label, whose lines begin at column `indent`. */
static void add_text(struct report *rep, const struct awm_record *row, size_t i,
		     const struct buf *text, size_t indent)
{
	size_t place = rep->places[i];
	const struct markdown how = {.width = out_width(),
				     .indent = indent,
				     .color = out_color(&rep->run->globals)};

	if (place < row->count && thread_renders(row, place))
		markdown_add(&rep->buf, buf_str(text), text->len, &how);
	else
		add_indented(&rep->buf, buf_str(text), text->len, indent);
}

static void detail(struct report *rep, const struct awm_record *row, size_t i,
		   size_t width)
{
	_cleanup_buf_ struct buf b = {0}, text = {0};
	const struct awm_value *v = report_value(rep, row, i);

	const struct awm_relation *rel = NULL;

	if (v && !rep->columns.count)
		rel = relation_of(row, row->fields[rep->places[i]]->name);
	label(rep, row, i, &b);
	table_bold(&rep->buf, out_color(&rep->run->globals), buf_str(&b));
	buf_addf(&rep->buf, ":%*s",
		 (int)(width + 1 - utf8_width(buf_str(&b), b.len)), "");
	if (rel && rel->count)
		add_related(&text, rel);
	else if (v)
		add_detail(rep, &text, row->fields[rep->places[i]], v);
	else if (rep->places[i] != PLACE_NONE)
		add_related(&text,
			    row->relations + rep->places[i] - PLACE_RELATION);
	else
		buf_addc(&text, '-');
	add_text(rep, row, i, &text, width + 2);
	rep->buf.failed |= b.failed || text.failed;
}

/* Columns that hold nothing are left out, unless they were asked for. */
static bool is_empty(const struct report *rep, const struct awm_record *row,
		     size_t i)
{
	const struct awm_value *v = report_value(rep, row, i);

	if (rep->columns.count)
		return false;
	if (rep->places[i] == PLACE_NONE)
		return true;
	if (!v)
		return row->relations[rep->places[i] - PLACE_RELATION].count ==
		       0;
	return v->kind == AWM_NULL ||
	       (row->fields[rep->places[i]]->type == AWM_TYPE_JSON &&
		v->len == 2);
}

static bool has_line(const struct report *rep, const struct awm_record *row,
		     size_t i)
{
	return !is_sub_table(rep, row, i) && !is_repeated(rep, row, i) &&
	       !is_empty(rep, row, i);
}

static int table_one(struct report *rep, const struct awm_record *row)
{
	_cleanup_buf_ struct buf b = {0};
	size_t width = 0;
	int err = 0;

	for (size_t i = 0; i < rep->nplaces; i++) {
		size_t w;

		label(rep, row, i, &b);
		w = utf8_width(buf_str(&b), b.len);
		if (has_line(rep, row, i) && w > width)
			width = w;
	}
	for (size_t i = 0; i < rep->nplaces; i++)
		if (has_line(rep, row, i))
			detail(rep, row, i, width);
	for (size_t i = 0; i < rep->nplaces && !err; i++) {
		const struct awm_relation *rel;

		if (!is_sub_table(rep, row, i))
			continue;
		rel = row->relations + rep->places[i] - PLACE_RELATION;
		if (rel->count)
			err = sub_table(rep, row, rel);
	}
	return err ? err : report_put(rep);
}

const struct report_writer report_table = {table_begin, table_row, table_end,
					   table_one};
