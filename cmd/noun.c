/* SPDX-License-Identifier: MIT */
#include "cmd/noun.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "cmd/option.h"
#include "cmd/report.h"

int noun_sets(struct run *r, struct set_array *ret)
{
	int err = run_sets(r, ret);

	for (size_t i = 0; i < ret->count && !err; i++) {
		struct awm_set *set = ret->sets + i;

		if (set->value.kind == AWM_TEXT && !set->value.len &&
		    !(set->field->flags & AWM_REQUIRED))
			set->value = AWM_VALUE_NULL;
	}
	return err;
}

int noun_add(struct run *r, const char *field, const char *text)
{
	struct set_array sets;
	struct awm_record *row;
	int err = noun_sets(r, &sets);

	if (!err)
		err = run_set(r, &sets, field, awm_value_text(text));
	if (!err)
		err = awm_add(r->session, r->entity, sets.sets, sets.count,
			      r->pool, &row);
	return err ? err : report_change(r, "added", row);
}

int noun_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_get(r->session, r->entity, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- edit ---- */

static int offer_text(struct run *r, const char *field)
{
	struct awm_record *row;
	struct id_list ids;
	int err;

	if (!field || !run_has(r, field))
		return 0;
	err = run_ids(r, 0, &ids);
	if (err || ids.count != 1)
		return err;
	err = awm_get(r->session, r->entity, ids.ids[0], r->pool, &row);
	if (!err)
		run_initial(r, awm_record_text(row, field));
	return err;
}

int noun_edit_read(struct run *r, struct noun_edit *edit, const char *text)
{
	int err = offer_text(r, text);

	return err ? err : noun_sets(r, &edit->sets);
}

int noun_edit_nothing(struct run *r)
{
	err_set(AWM_USAGE, "nothing to change");
	return err_hint("awm help %s lists what can be", r->command->name);
}

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct noun_edit *edit = r->args;
	struct awm_edit_opts opts = {
		.check_stale = edit->if_updated_at.set,
		.if_updated_at = edit->if_updated_at.value,
	};

	return awm_edit(r->session, r->entity, id, edit->sets.sets,
			edit->sets.count, &opts, r->pool, ret);
}

int noun_edit(struct run *r, const char *text)
{
	struct noun_edit *edit = r->args;
	int err = noun_edit_read(r, edit, text);

	if (!err && !edit->sets.count)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- rows ---- */

int rows_keep(void *ctx, const struct awm_record *row)
{
	struct rows *rows = ctx;
	struct run *r = rows->run;

	rows->items = array_room(&r->arena, rows->items, rows->count,
				 sizeof(*rows->items));
	if (!rows->items)
		return -AWM_NOMEM;
	return awm_record_copy(r->pool, row, &rows->items[rows->count++]);
}

int rows_report(struct rows *rows)
{
	int err = report_begin(rows->run);

	for (size_t i = 0; i < rows->count && !err; i++)
		err = report_row(rows->run, rows->items[i]);
	return err ? err : report_end(rows->run);
}

struct awm_record *noun_row(struct run *r, const struct awm_field *fields,
			    const struct awm_value *values, size_t n)
{
	struct awm_record *row = arena_alloc(&r->arena, sizeof(*row));
	const struct awm_field **list =
		arena_array(&r->arena, n, sizeof(*list));
	struct awm_value *copy = arena_array(&r->arena, n, sizeof(*copy));

	if (!row || !list || !copy)
		return NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = fields + i;
	memcpy(copy, values, n * sizeof(*copy));
	*row = (struct awm_record){.fields = list, .values = copy, .count = n};
	return row;
}

int noun_tell(struct run *r, const struct awm_record *row, const char *fmt, ...)
{
	_cleanup_buf_ struct buf line = {0};
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	if (!row)
		return -AWM_NOMEM;
	if (r->globals.format != FORMAT_TABLE || r->globals.quiet ||
	    r->globals.fields)
		return report_one(r, row);
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return err_nomem();
	}
	utf8_add_escaped(&line, text, (size_t)n, false);
	buf_addc(&line, '\n');
	return buf_check(&line) ? -AWM_NOMEM : out_adds(line.s);
}

/* ---- long texts ---- */

static int words_of_stdin(struct run *r, const char **ret)
{
	const char *s;
	size_t len;
	int err = run_stdin(r, &s, &len);

	if (err)
		return err;
	while (len && (s[len - 1] == '\n' || s[len - 1] == '\r'))
		len--;
	if (memchr(s, '\0', len) || !utf8_valid(s, len))
		return err_set(AWM_USAGE,
			       "standard input is not valid UTF-8 text");
	*ret = arena_strndup(&r->arena, s, len);
	return *ret ? 0 : -AWM_NOMEM;
}

int noun_words(struct run *r, size_t i, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	size_t n;
	const char **words = run_args(r, i, &n);

	if (n == 1 && strcmp(words[0], "-") == 0)
		return words_of_stdin(r, ret);
	for (size_t k = 0; k < n; k++)
		buf_addf(&b, "%s%s", k ? " " : "", words[k]);
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = arena_strdup(&r->arena, buf_str(&b));
	return *ret ? 0 : -AWM_NOMEM;
}

/* ---- reports ---- */

int64_t noun_period_end(struct run *r, const struct int_arg *to)
{
	const struct awm_actor *actor = awm_session_actor(r->session);
	int64_t start, end;

	if (!to->set)
		return 0;
	time_day_bounds(to->value, actor ? actor->timezone : NULL, &start,
			&end);
	return to->value == start ? end : to->value;
}

void noun_leave_out_id(struct run *r)
{
	struct text_list *columns = &r->report->columns;

	if (r->globals.format != FORMAT_TABLE || r->globals.fields ||
	    r->globals.quiet || !columns->count)
		return;
	columns->items++;
	columns->count--;
}

/* ---- small things ---- */

int noun_project(struct run *r, size_t i, int64_t *ret)
{
	int err;

	if (run_arg(r, i))
		return run_ref(r, i, ret);
	err = awm_session_project(r->session, ret);
	if (err || *ret)
		return err;
	err_set(AWM_USAGE, "'%s' wants a project: this folder has no default",
		r->command->name);
	return err_hint("awm project use PROJECT makes one the default here");
}

int noun_with(struct run *r, int64_t n, const char *what)
{
	if (!n)
		return 0;
	r->with = arena_printf(&r->arena, " with %s",
			       noun_count(r, (size_t)n, what));
	return r->with ? 0 : -AWM_NOMEM;
}

int noun_referring(struct run *r, const char *entity, const char *field,
		   const int64_t *ids, size_t n, int64_t *ret)
{
	struct awm_query q = {.entity = awm_entity_find(entity), .all = true};
	struct awm_value *values =
		arena_array(&r->arena, n + 1, sizeof(*values));
	int err;

	if (!values)
		return -AWM_NOMEM;
	for (size_t i = 0; i < n; i++)
		values[i] = AWM_VALUE_INT(ids[i]);
	err = run_cond(r, &q, field, AWM_OP_IN, values, n);
	return err ? err : awm_count(r->session, &q, ret);
}

const char *noun_count(struct run *r, size_t n, const char *what)
{
	const char *s =
		arena_printf(&r->arena, "%zu %s%s", n, what, n == 1 ? "" : "s");

	return s ? s : what;
}

/* ---- deleting for good ---- */

int noun_delete_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_delete(r->session, r->entity, id, r->pool, ret);
}

int noun_delete(struct run *r)
{
	return run_each(r, 0, "deleted", noun_delete_one);
}

static int set_enabled(struct run *r, int64_t id, bool on,
		       struct awm_record **ret)
{
	struct awm_set set = {awm_entity_field(r->entity, "isEnabled"),
			      AWM_VALUE_INT(on)};
	int err = awm_edit(r->session, r->entity, id, &set, 1, NULL, r->pool,
			   ret);

	/* What follows from it is in the row as well. */
	return err ? err : awm_get(r->session, r->entity, id, r->pool, ret);
}

static int enable_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return set_enabled(r, id, true, ret);
}

static int disable_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return set_enabled(r, id, false, ret);
}

int noun_enable(struct run *r)
{
	return run_each(r, 0, "enabled", enable_one);
}

int noun_disable(struct run *r)
{
	return run_each(r, 0, "disabled", disable_one);
}

/* What a row is called, and what goes along with it. */
struct parts {
	const char *entity, *name;
	const char *part, *column;
};

static const struct parts *parts_of(const struct run *r)
{
	static const struct parts all[] = {
		{"project", "title", "task", "projectId"},
		{"team", "name", "project", "teamId"},
		{"user", "email", "project", "ownerId"},
	};
	const struct parts *p = all;

	while (strcmp(p->entity, r->entity->name) != 0)
		p++;
	return p;
}

static int rm_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct parts *p = parts_of(r);
	int64_t n;
	int err = noun_referring(r, p->part, p->column, &id, 1, &n);

	if (!err)
		err = noun_with(r, n, p->part);
	return err ? err : awm_delete(r->session, r->entity, id, r->pool, ret);
}

static int confirm_rm(struct run *r, const struct id_list *ids)
{
	const struct parts *p = parts_of(r);
	struct awm_record *row;
	const char *with;
	int64_t n;
	int err =
		noun_referring(r, p->part, p->column, ids->ids, ids->count, &n);

	if (!err)
		err = awm_get(r->session, r->entity, ids->ids[0], r->pool,
			      &row);
	if (err)
		return err;
	with = noun_count(r, (size_t)n, p->part);
	if (ids->count > 1)
		return run_confirm(r, "delete %s with %s for good",
				   noun_count(r, ids->count, p->entity), with);
	return run_confirm(r, "delete %s '%s' with %s for good", p->entity,
			   awm_record_text(row, p->name), with);
}

int noun_rm(struct run *r)
{
	struct id_list ids;
	int err = run_ids(r, 0, &ids);

	if (!err && ids.count)
		err = confirm_rm(r, &ids);
	return err ? err : run_each(r, 0, "deleted", rm_one);
}
