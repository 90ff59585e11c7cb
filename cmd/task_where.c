/* SPDX-License-Identifier: MIT */
#include "cmd/task_where.h"

#include <string.h>

#include "cmd/noun.h"
#include "cmd/option.h"

/* Tasks by what they are, instead of by id. */

#define READY "ready"

struct where {
	struct run *run;
	const struct command *list; /* whose filters these are */
	struct awm_query query;
	struct id_list *ids;
	bool any_status;
};

static int add_id(void *ctx, const struct awm_record *row)
{
	struct where *w = ctx;
	struct id_list *l = w->ids;

	l->ids = array_room(&w->run->arena, l->ids, l->count, sizeof(*l->ids));
	if (!l->ids)
		return -AWM_NOMEM;
	l->ids[l->count++] = awm_record_int(row, "id");
	return 0;
}

static int unknown(const struct where *w, const char *name)
{
	struct nearest near = {.word = name};
	_cleanup_buf_ struct buf all = {0};

	for (const struct option *o = w->list->options; o->name; o++) {
		if (o->type != OPTION_FILTER)
			continue;
		nearest_try(&near, o->name);
		buf_addf(&all, "%s, ", o->name);
	}
	buf_adds(&all, READY);
	nearest_try(&near, READY);
	if (buf_check(&all))
		return -AWM_NOMEM;
	err_set(AWM_USAGE, "--where: unknown filter '%s'", name);
	if (nearest_best(&near))
		return err_hint("did you mean '%s'? filters: %s",
				nearest_best(&near), all.s);
	return err_hint("filters: %s", all.s);
}

static int want_value(const char *name, bool takes)
{
	if (takes)
		return err_set(AWM_USAGE, "--where: want a value: %s=VALUE",
			       name);
	return err_set(AWM_USAGE, "--where: '%s' takes no value", name);
}

/* The filter of the list, or any column. */
static int find_filter(const struct where *w, const char *name,
		       struct given *ret)
{
	static const struct option plain = {.type = OPTION_FILTER, .arg = ""};
	const struct option *o = option_long(w->list, name, strlen(name));

	*ret = (struct given){.option = o};
	if (o && o->type == OPTION_FILTER) {
		ret->field = option_field(w->list, o);
		return 0;
	}
	ret->option = &plain;
	ret->field = awm_entity_field(w->query.entity, name);
	return ret->field ? 0 : unknown(w, name);
}

static int add_filter(struct where *w, const char *text)
{
	size_t len = strcspn(text, "=");
	char *name = arena_strndup(&w->run->arena, text, len);
	const char *value = text[len] ? text + len + 1 : NULL;
	struct given g;
	bool takes;
	int err;

	if (!name)
		return -AWM_NOMEM;
	if (!strcmp(name, READY)) {
		w->query.ready |= AWM_READY;
		return value ? want_value(name, false) : 0;
	}
	err = find_filter(w, name, &g);
	if (err)
		return err;
	takes = g.option->arg;
	if (takes != (value != NULL))
		return want_value(name, takes);
	g.text = takes ? value : g.option->value ? g.option->value : "true";
	w->any_status |= !strcmp(g.field->name, "status") ||
			 !strcmp(g.field->name, "completedAt");
	err = run_filter(w->run, &w->query, &g);
	return err ? err_context("--where: %s", name) : 0;
}

int task_where(struct run *r, struct id_list *ret)
{
	const struct awm_entity *task = awm_entity_find("task");
	const struct awm_field *id = awm_entity_field(task, "id");
	struct awm_sort by_id = {id, false};
	bool restore = !strcmp(r->command->name, "task restore");
	struct where w = {
		.run = r,
		.list = find_exact("task list"),
		.query = {.entity = task,
			  .fields = &id,
			  .nfields = 1,
			  .sort = &by_id,
			  .nsort = 1,
			  .deleted = restore},
		.ids = ret,
	};
	struct awm_value done = awm_value_text("done");
	int err = 0;

	for (size_t i = 0; i < r->where.count && !err; i++)
		err = add_filter(&w, r->where.items[i]);
	if (!err && !w.any_status && !restore)
		err = run_cond(r, &w.query, "status", AWM_OP_NE, &done, 1);
	if (!err)
		err = awm_list(r->session, &w.query, add_id, &w);
	if (!err && !ret->count)
		run_say(r, "no task is meant");
	return err;
}
