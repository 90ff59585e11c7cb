/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/time.h"
#include "cmd/option.h"

/* What a command's options and arguments mean, once the session is open. */

static const char *const no_texts[] = {NULL};

const char **run_args(struct run *r, size_t i, size_t *ret_n)
{
	size_t first, n = argument_span(r, i, &first);

	if (ret_n)
		*ret_n = n;
	return n ? r->texts + first : (const char **)no_texts;
}

const char *run_arg(struct run *r, size_t i)
{
	return run_args(r, i, NULL)[0];
}

/* A name that leads nowhere: which command lists those that do. */
static int resolve_hint(const struct awm_entity *e, int err)
{
	char list[64];

	snprintf(list, sizeof(list), "%s list", e ? e->name : "");
	if (err == -AWM_NOT_FOUND && !*awm_error_last()->hint &&
	    find_exact(list))
		return err_hint("awm %s", list);
	return err;
}

int run_resolve(struct run *r, const struct awm_entity *e, const char *text,
		int64_t *ret_id)
{
	return resolve_hint(e, awm_resolve(r->session, e, text, ret_id));
}

int run_value(struct run *r, const struct awm_field *field, const char *text,
	      struct awm_value *ret)
{
	const struct awm_entity *e =
		field->ref ? awm_entity_of_table(field->ref) : NULL;

	return resolve_hint(
		e, awm_value_parse(r->session, field, text, r->pool, ret));
}

int run_ref(struct run *r, size_t i, int64_t *ret_id)
{
	const struct argument *a = r->command->arguments + i;
	const char *text = run_arg(r, i);

	if (!text) {
		*ret_id = 0;
		return 0;
	}
	return run_resolve(
		r, awm_entity_find(a->entity ? a->entity : r->command->entity),
		text, ret_id);
}

static int resolve_time(struct run *r, const char *text, int64_t *ret)
{
	if (r->session)
		return awm_time_parse(r->session, text, ret);
	return time_parse(text, NULL, time_now(), ret);
}

int resolve_options(struct run *r)
{
	int err = 0;

	for (size_t i = 0; i < r->ngiven && !err; i++) {
		const struct given *g = r->given + i;
		const struct option *o = g->option;
		char *base = o->in_run ? (char *)r : (char *)r->args;
		struct int_arg *to = (struct int_arg *)(base + o->offset);

		if (o->type == OPTION_TIME)
			err = resolve_time(r, g->text, &to->value);
		else if (o->type == OPTION_REF)
			err = run_resolve(r, option_entity(r->command, o),
					  g->text, &to->value);
		else
			continue;
		to->set = true;
		if (err)
			err_context("--%s", o->name);
	}
	return err;
}

/* ---- columns ---- */

static bool is_set(enum option_type type)
{
	return type >= OPTION_SET && type <= OPTION_EDIT_SET;
}

bool run_has(const struct run *r, const char *field)
{
	for (size_t i = 0; i < r->ngiven; i++)
		if (r->given[i].field &&
		    strcmp(r->given[i].field->name, field) == 0)
			return true;
	return false;
}

static int put(struct run *r, struct set_array *sets,
	       const struct awm_field *field, struct awm_value value)
{
	size_t i = 0;

	while (i < sets->count && sets->sets[i].field != field)
		i++;
	if (i == sets->count) {
		sets->sets = array_room(&r->arena, sets->sets, sets->count,
					sizeof(*sets->sets));
		if (!sets->sets)
			return -AWM_NOMEM;
		sets->count++;
	}
	sets->sets[i] = (struct awm_set){field, value};
	return 0;
}

int run_set(struct run *r, struct set_array *sets, const char *field,
	    struct awm_value value)
{
	const struct awm_field *f = awm_entity_field(r->entity, field);

	if (!f)
		return err_set(AWM_ERROR, "no column '%s' of '%s'", field,
			       r->entity->name);
	if (value.kind == AWM_TEXT) {
		value.s = arena_strndup(&r->arena, value.s, value.len);
		if (!value.s)
			return -AWM_NOMEM;
	}
	return put(r, sets, f, value);
}

/* All that was given for the column, as one JSON array of strings. */
static int array_value(struct run *r, const struct awm_field *field,
		       struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};
	char *text;

	jsonw_array(&w);
	for (size_t i = 0; i < r->ngiven; i++) {
		const char *s = r->given[i].text;

		if (r->given[i].field != field)
			continue;
		while (*s) {
			size_t len = strcspn(s, ",");

			if (len)
				jsonw_text(&w, s, len);
			s += len + (s[len] == ',');
		}
	}
	jsonw_end_array(&w);
	if (buf_check(&b))
		return -AWM_NOMEM;
	text = arena_strndup(&r->arena, b.s, b.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

static int set_value(struct run *r, const struct given *g,
		     struct awm_value *ret)
{
	const char *text;
	int err;

	switch (g->option->type) {
	case OPTION_ARRAY_SET:
		return array_value(r, g->field, ret);
	case OPTION_TEXT_SET:
	case OPTION_FILE_SET:
	case OPTION_EDIT_SET:
		/* "none" is a text like any other here */
		err = run_text(r, g->field->name, &text);
		if (!err)
			*ret = awm_value_text(text);
		return err;
	default:
		err = run_value(r, g->field, g->text, ret);
		return err ? err_context("--%s", g->option->name) : 0;
	}
}

static bool seen(const struct set_array *sets, const struct awm_field *field)
{
	for (size_t i = 0; i < sets->count; i++)
		if (sets->sets[i].field == field)
			return true;
	return false;
}

int run_sets(struct run *r, struct set_array *ret)
{
	*ret = (struct set_array){0};
	/* backwards, so that of two the later one is seen first, and neither a
	 * file nor an editor is opened twice */
	for (size_t i = r->ngiven; i-- > 0;) {
		const struct given *g = r->given + i;
		struct awm_value value;
		int err;

		if (!is_set(g->option->type) || seen(ret, g->field))
			continue;
		err = set_value(r, g, &value);
		if (!err)
			err = put(r, ret, g->field, value);
		if (err)
			return err;
	}
	return 0;
}
