/* SPDX-License-Identifier: MIT */
#include "cmd/report.h"

#include <string.h>

#include "base/utf8.h"
#include "cmd/option.h"
#include "cmd/out.h"

static const struct report_writer *const writers[] = {
	[FORMAT_TABLE] = &report_table, [FORMAT_JSON] = &report_json,
	[FORMAT_JSONL] = &report_jsonl, [FORMAT_CSV] = &report_csv,
	[FORMAT_TSV] = &report_tsv,
};

/* ---- columns ---- */

static bool has(const struct text_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], name) == 0)
			return true;
	return false;
}

static int add_names(struct run *r, const char *text, struct text_list *ret)
{
	while (*text) {
		size_t len = strcspn(text, ", ");
		char *name = arena_strndup(&r->arena, text, len);

		if (!name)
			return -AWM_NOMEM;
		if (len && !has(ret, name) && text_push(&r->arena, ret, name))
			return -AWM_NOMEM;
		text += len + (text[len] != '\0');
	}
	return 0;
}

static int split(struct run *r, const char *text, struct text_list *ret)
{
	*ret = (struct text_list){0};
	return add_names(r, text, ret);
}

static int shown_columns(struct run *r, struct text_list *ret)
{
	const struct awm_entity *e = r->entity;
	int err = 0;

	*ret = (struct text_list){0};
	if (r->command->columns)
		err = add_names(r, r->command->columns, ret);
	for (size_t i = 0; !r->command->columns && e && i < e->nfields; i++)
		if (e->fields[i].flags & AWM_SHOW &&
		    text_push(&r->arena, ret, e->fields[i].name))
			return -AWM_NOMEM;
	if (!err && r->also)
		err = add_names(r, r->also, ret);
	return err;
}

int report_columns(struct run *r, struct text_list *ret)
{
	*ret = (struct text_list){0};
	if (r->globals.quiet)
		return text_push(&r->arena, ret, "id");
	if (r->globals.fields)
		return split(r, r->globals.fields, ret);
	if (r->globals.format == FORMAT_TABLE)
		return shown_columns(r, ret);
	return 0;
}

/* Names and shapes of relations: "project:project comments:comment*". */
static bool is_relation(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (list && *list) {
		size_t n = strcspn(list, " ");

		if (n > len && list[len] == ':' && memcmp(list, name, len) == 0)
			return true;
		list += n + strspn(list + n, " ");
	}
	return false;
}

static int all_columns(struct run *r, struct text_list *ret)
{
	const char *rel = r->command->relations;
	int err = 0;

	*ret = (struct text_list){0};
	if (r->command->columns)
		err = split(r, r->command->columns, ret);
	if (!err && r->command->computed)
		err = add_names(r, r->command->computed, ret);
	for (size_t i = 0; r->entity && i < r->entity->nfields && !err; i++)
		if (!has(ret, r->entity->fields[i].name))
			err = text_push(&r->arena, ret,
					r->entity->fields[i].name);
	while (rel && *rel && !err) {
		char *name = arena_strndup(&r->arena, rel, strcspn(rel, ":"));

		err = name ? text_push(&r->arena, ret, name) : -AWM_NOMEM;
		rel += strcspn(rel, " ");
		rel += strspn(rel, " ");
	}
	return err;
}

static int unknown_column(const struct text_list *known, const char *name)
{
	struct nearest near = {.word = name};
	_cleanup_buf_ struct buf all = {0};

	for (size_t i = 0; i < known->count; i++) {
		nearest_try(&near, known->items[i]);
		buf_addf(&all, "%s%s", i ? ", " : "", known->items[i]);
	}
	err_set(AWM_USAGE, "unknown field '%s'", name);
	if (nearest_best(&near))
		return err_hint("did you mean '%s'? fields: %s",
				nearest_best(&near), buf_str(&all));
	return err_hint("fields: %s", buf_str(&all));
}

int report_check(struct run *r)
{
	struct text_list asked, known;
	int err;

	if (!r->globals.fields)
		return 0;
	err = split(r, r->globals.fields, &asked);
	if (!err)
		err = all_columns(r, &known);
	if (!err && !asked.count)
		err = err_set(AWM_USAGE, "--fields names no field");
	if (err || !known.count) /* those of the first row will tell */
		return err;
	for (size_t i = 0; i < asked.count; i++)
		if (!has(&known, asked.items[i]) &&
		    !is_relation(r->command->relations, asked.items[i]))
			return unknown_column(&known, asked.items[i]);
	return 0;
}

bool report_shows(const struct awm_record *row, size_t i)
{
	return !(row->entity && row->fields[i]->flags & AWM_HIDDEN);
}

static size_t find_place(const struct awm_record *row, const char *name)
{
	for (size_t i = 0; i < row->count; i++)
		if (strcmp(row->fields[i]->name, name) == 0)
			return i;
	for (size_t i = 0; i < row->nrelations; i++)
		if (strcmp(row->relations[i].name, name) == 0)
			return PLACE_RELATION + i;
	return PLACE_NONE;
}

static int unknown_place(struct report *rep, const struct awm_record *row,
			 const char *name)
{
	struct text_list known;
	int err = all_columns(rep->run, &known);

	if (err || known.count) /* report_check() knew it */
		return err;
	for (size_t i = 0; i < row->count && !err; i++)
		err = text_push(&rep->run->arena, &known, row->fields[i]->name);
	return err ? err : unknown_column(&known, name);
}

static void places_of_all(struct report *rep, const struct awm_record *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (report_shows(row, i))
			rep->places[rep->nplaces++] = i;
	for (size_t i = 0; i < row->nrelations; i++)
		rep->places[rep->nplaces++] = PLACE_RELATION + i;
}

int report_places(struct report *rep, const struct awm_record *row)
{
	size_t room = rep->columns.count;

	if (rep->layout && rep->layout == row->fields &&
	    rep->layout_count == row->count + row->nrelations)
		return 0;
	if (row->count + row->nrelations > room)
		room = row->count + row->nrelations;
	if (room > rep->room) {
		rep->places = arena_array(&rep->run->arena, room,
					  sizeof(*rep->places));
		rep->room = rep->places ? room : 0;
		if (!rep->places)
			return -AWM_NOMEM;
	}
	rep->layout = row->fields;
	rep->layout_count = row->count + row->nrelations;
	rep->nplaces = 0;
	if (!rep->columns.count)
		places_of_all(rep, row);
	for (size_t i = 0; i < rep->columns.count; i++) {
		const char *name = rep->columns.items[i];
		size_t place = find_place(row, name);

		rep->places[rep->nplaces++] = place;
		if (place == PLACE_NONE && rep->run->globals.fields) {
			int err = unknown_place(rep, row, name);

			if (err)
				return err;
		}
	}
	return 0;
}

const char *report_name(const struct report *rep, const struct awm_record *row,
			size_t i)
{
	size_t place = rep->places[i];

	if (place == PLACE_NONE)
		return rep->columns.items[i];
	if (place >= PLACE_RELATION)
		return row->relations[place - PLACE_RELATION].name;
	return row->fields[place]->name;
}

const struct awm_value *report_value(const struct report *rep,
				     const struct awm_record *row, size_t i)
{
	return rep->places[i] < row->count ? row->values + rep->places[i]
					   : NULL;
}

int report_put(struct report *rep)
{
	int err = buf_check(&rep->buf);

	if (!err)
		err = out_add(rep->buf.s, rep->buf.len);
	buf_truncate(&rep->buf, 0);
	return err;
}

/* ---- what commands call ---- */

static int prepare(struct run *r)
{
	struct report *rep = r->report;
	int err;

	if (!rep)
		rep = r->report = arena_alloc(&r->arena, sizeof(*rep));
	if (!rep)
		return -AWM_NOMEM;
	rep->run = r;
	rep->rows = 0;
	rep->layout = NULL;
	rep->writer = writers[r->globals.format];
	err = report_columns(r, &rep->columns);
	return err;
}

/* Rows without an id are told apart by that of what they are about, or by
 * their first column. */
static int put_id(const struct awm_record *row)
{
	const struct awm_value *id = awm_record_get(row, "id");
	const struct awm_value *v = id ? id : awm_record_get(row, "entityId");
	_cleanup_buf_ struct buf b = {0};
	_cleanup_buf_ struct buf line = {0};

	if (!v && row->count)
		value_plain(&b, row->fields[0], row->values);
	else if (v && v->kind == AWM_INT)
		buf_addf(&b, "%lld", (long long)v->i);
	else if (v && v->kind == AWM_TEXT)
		buf_add(&b, v->s, v->len);
	utf8_add_escaped(&line, buf_str(&b), b.len, false);
	buf_addc(&line, '\n');
	if (buf_check(&b) || buf_check(&line))
		return -AWM_NOMEM;
	return out_add(line.s, line.len);
}

int report_begin(struct run *r)
{
	int err = prepare(r);

	if (err || r->globals.quiet)
		return err;
	return r->report->writer->begin(r->report);
}

int report_row(void *run, const struct awm_record *row)
{
	struct run *r = run;
	struct report *rep = r->report;
	int err;

	if (r->globals.quiet) {
		err = put_id(row);
	} else {
		err = report_places(rep, row);
		if (!err)
			err = rep->writer->row(rep, row);
	}
	/* whoever waits for the first row sees it at once */
	if (!err && ++rep->rows == 1 && r->globals.format != FORMAT_TABLE)
		err = out_flush();
	return err;
}

void report_live(struct run *r)
{
	r->report->live = true;
}

int report_flush(struct run *r)
{
	int err = report_put(r->report);

	return err ? err : out_flush();
}

int report_end(struct run *r)
{
	if (r->globals.quiet)
		return 0;
	return r->report->writer->end(r->report);
}

int report_one(struct run *r, const struct awm_record *row)
{
	int err = prepare(r);

	if (err)
		return err;
	if (r->globals.quiet)
		return put_id(row);
	/* a table of one thing has room for everything */
	if (!r->globals.fields)
		r->report->columns.count = 0;
	err = report_places(r->report, row);
	return err ? err : r->report->writer->one(r->report, row);
}

static bool in_one_line(const struct run *r, const struct awm_record *row)
{
	return r->globals.format == FORMAT_TABLE && !r->globals.fields &&
	       row->entity;
}

int report_change(struct run *r, const char *did, const struct awm_record *row)
{
	_cleanup_buf_ struct buf b = {0};
	const char *title;

	if (r->globals.quiet || !in_one_line(r, row))
		return report_one(r, row);
	title = record_title(row);
	buf_addf(&b, "%s%s %s", r->globals.dry_run ? "dry run: " : "", did,
		 row->entity->label);
	if (awm_record_get(row, "id"))
		buf_addf(&b, " %lld", (long long)awm_record_int(row, "id"));
	if (title) {
		buf_adds(&b, " '");
		utf8_add_escaped(&b, title, strlen(title), false);
		buf_addc(&b, '\'');
	}
	if (r->with)
		buf_adds(&b, r->with);
	buf_addc(&b, '\n');
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

int report_changes(struct run *r, const char *did,
		   struct awm_record *const *rows, const char *const *with,
		   size_t n, bool many)
{
	bool lines = n && rows[0] && in_one_line(r, rows[0]);
	int err = 0;

	r->with = with && n ? with[0] : NULL;
	if (!many && n == 1)
		return rows[0] ? report_change(r, did, rows[0]) : 0;
	if (!lines)
		err = report_begin(r);
	for (size_t i = 0; i < n && !err; i++) {
		if (!rows[i])
			continue;
		r->with = with ? with[i] : NULL;
		err = lines ? report_change(r, did, rows[i])
			    : report_row(r, rows[i]);
	}
	return err || lines ? err : report_end(r);
}

void report_release(struct run *r)
{
	if (!r->report)
		return;
	buf_release(&r->report->buf);
	table_free(r->report->table);
	r->report->table = NULL;
}
