/* SPDX-License-Identifier: MIT */
#include "cmd/thread.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cmd/markdown.h"
#include "cmd/names.h"
#include "cmd/option.h"
#include "cmd/out.h"
#include "cmd/table.h"

#define STEP	  2
#define DEPTH_MAX 10

static bool is_of(const struct awm_record *row, const char *entity)
{
	return row->entity && strcmp(row->entity->name, entity) == 0;
}

bool thread_is(const struct awm_relation *rel)
{
	return rel->count && is_of(rel->items[0], "comment");
}

bool thread_renders(const struct awm_record *row, size_t i)
{
	const char *field = row->fields[i]->name;

	if (!out_is_tty() || row->values[i].kind != AWM_TEXT)
		return false;
	if (is_of(row, "comment"))
		return strcmp(field, "content") == 0 &&
		       strcmp(awm_record_text(row, "contentType"),
			      "markdown") == 0;
	if (is_of(row, "execution"))
		return strcmp(field, "response") == 0;
	return strcmp(field, "description") == 0 &&
	       (is_of(row, "task") || is_of(row, "project"));
}

int depths_next(struct run *r, struct depths *d, const struct awm_record *row,
		size_t *ret)
{
	int64_t parent = awm_record_int(row, "parentCommentId");
	size_t n = d->count;

	while (n && awm_record_int(d->items[n - 1], "id") != parent)
		n--;
	d->items = array_room(&r->arena, d->items, n, sizeof(*d->items));
	if (!d->items)
		return -AWM_NOMEM;
	d->items[n] = row;
	d->count = n + 1;
	*ret = n < DEPTH_MAX ? n : DEPTH_MAX;
	return 0;
}

/* ---- one comment ---- */

static void indent(struct report *rep, size_t n)
{
	buf_addf(&rep->buf, "%*s", (int)n, "");
}

static void put_head(struct report *rep, const struct awm_record *row,
		     size_t column)
{
	const struct awm_field *f = awm_entity_field(row->entity, "userId");
	const struct awm_field *at = awm_entity_field(row->entity, "createdAt");
	const struct awm_actor *actor = awm_session_actor(rep->run->session);
	int64_t user = awm_record_int(row, "userId");
	const char *name = names_find(rep->run, &rep->names, f, user);
	bool deleted = awm_record_get(row, "deletedAt")->kind != AWM_NULL;
	_cleanup_buf_ struct buf who = {0};

	buf_addf(&who, "#%lld ", (long long)awm_record_int(row, "id"));
	if (deleted)
		buf_adds(&who, "deleted");
	else if (name)
		utf8_add_escaped(&who, name, strlen(name), false);
	else
		buf_addf(&who, "user %lld", (long long)user);
	indent(rep, column);
	table_bold(&rep->buf, out_color(&rep->run->globals), buf_str(&who));
	if (!deleted) {
		buf_adds(&rep->buf, "  ");
		value_human(&rep->buf, at, awm_record_get(row, "createdAt"),
			    actor ? actor->timezone : NULL);
		if (awm_record_get(row, "editedAt")->kind != AWM_NULL)
			buf_adds(&rep->buf, "  edited");
	}
	buf_addc(&rep->buf, '\n');
	rep->buf.failed |= who.failed;
}

static void put_plain(struct report *rep, const char *s, size_t len,
		      size_t column)
{
	_cleanup_buf_ struct buf b = {0};

	utf8_add_escaped(&b, s, len, true);
	for (const char *p = buf_str(&b); *p; p++) {
		if (*p != '\n' && (p == b.s || p[-1] == '\n'))
			indent(rep, column);
		buf_addc(&rep->buf, *p);
	}
	buf_addc(&rep->buf, '\n');
	rep->buf.failed |= b.failed;
}

static void put_text(struct report *rep, const struct awm_record *row,
		     size_t column)
{
	const struct awm_value *text = awm_record_get(row, "content");
	const struct markdown how = {.width = out_width(),
				     .indent = column,
				     .color = out_color(&rep->run->globals)};
	size_t i = (size_t)(text - row->values);

	if (!thread_renders(row, i)) {
		put_plain(rep, text->s, text->len, column);
		return;
	}
	indent(rep, column);
	markdown_add(&rep->buf, text->s, text->len, &how);
}

/* "👍 2  🎉 1" */
static void put_reactions(struct report *rep, const struct awm_record *row,
			  size_t column)
{
	_cleanup_json_ cJSON *all = NULL;
	const char *text = awm_record_text(row, "reactions");
	const cJSON *item;

	if (json_parse(text, strlen(text), &all)) {
		err_clear();
		return;
	}
	if (!cJSON_IsObject(all) || !all->child)
		return;
	indent(rep, column);
	cJSON_ArrayForEach(item, all)
	{
		buf_adds(&rep->buf, item == all->child ? "" : "  ");
		utf8_add_escaped(&rep->buf, item->string, strlen(item->string),
				 false);
		buf_addf(&rep->buf, " %d", cJSON_GetArraySize(item));
	}
	buf_addc(&rep->buf, '\n');
}

int thread_put(struct report *rep, const struct awm_relation *rel)
{
	struct depths depths = {0};

	for (size_t i = 0; i < rel->count; i++) {
		const struct awm_record *row = rel->items[i];
		size_t depth;
		int err = depths_next(rep->run, &depths, row, &depth);

		if (err)
			return err;
		if (i)
			buf_addc(&rep->buf, '\n');
		put_head(rep, row, depth * STEP);
		if (awm_record_get(row, "deletedAt")->kind != AWM_NULL)
			continue;
		put_text(rep, row, (depth + 1) * STEP);
		put_reactions(rep, row, (depth + 1) * STEP);
		err = report_put(rep);
		if (err)
			return err;
	}
	return report_put(rep);
}

int thread_places(struct run *r, struct awm_record *task)
{
	for (size_t i = 0; i < task->nrelations; i++)
		if (strcmp(task->relations[i].name, "comments") == 0 &&
		    r->globals.format == FORMAT_TABLE && !r->globals.quiet)
			return awm_comment_threads(r->session,
						   awm_record_int(task, "id"),
						   AWM_THREADS_PLACES, r->pool,
						   &task->relations[i]);
	return 0;
}
