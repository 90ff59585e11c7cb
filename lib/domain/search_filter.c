// SPDX-License-Identifier: MIT
/* What the filters of a query stand for. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/search.h"
#include "entity/entity.h"

/* An array grows at its end; it is closed when all are there. */
static struct jsonw element(struct buf *list)
{
	buf_addc(list, list->len ? ',' : '[');
	return (struct jsonw){.out = list};
}

static void add_id(struct buf *list, int64_t id)
{
	struct jsonw w = element(list);

	jsonw_int(&w, id);
}

static void add_text(struct buf *list, const char *text)
{
	struct jsonw w = element(list);

	jsonw_str(&w, text);
}

/* ---- words of a fixed list ---- */

static int add_type(struct buf *list, const char *value)
{
	_cleanup_buf_ struct buf all = {0};

	for (size_t i = 0; awm_entities[i]; i++) {
		if (!index_has(awm_entities[i]))
			continue;
		if (strcmp(awm_entities[i]->name, value) == 0) {
			add_text(list, value);
			return 0;
		}
		buf_addf(&all, "%s%s", all.len ? ", " : "",
			 awm_entities[i]->name);
	}
	err_set(AWM_USAGE, "nothing of type '%s' can be searched", value);
	return err_hint("one of %s", buf_str(&all));
}

static const struct {
	const struct awm_entity *e;
	size_t field;
} statuses[] = {
	{&entity_task, TASK_status},
	{&entity_project, PROJECT_status},
	{&entity_execution, EXECUTION_status},
};

static const char *const *status_words(size_t i)
{
	return statuses[i].e->fields[statuses[i].field].words;
}

static int no_status(const char *value)
{
	_cleanup_buf_ struct buf all = {0};

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		for (const char *const *w = status_words(i); *w; w++)
			buf_addf(&all, "%s%s", all.len ? ", " : "", *w);
	err_set(AWM_USAGE, "unknown status '%s'", value);
	return err_hint("one of %s; in quotes it is searched for: "
			"'\"status:%s\"'",
			buf_str(&all), value);
}

static int add_status(struct buf *list, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		for (const char *const *w = status_words(i); *w; w++)
			if (strcmp(*w, value) == 0) {
				add_text(list, value);
				return 0;
			}
	return no_status(value);
}

/* ---- rows and times ---- */

static int add_row(struct awm_session *s, struct buf *list,
		   const struct awm_entity *e, const char *value)
{
	int64_t id;
	int rc = awm_resolve(s, e, value, &id);

	if (!rc)
		add_id(list, id);
	return rc;
}

static int add_assignee(struct awm_session *s, struct buf *list,
			const char *value)
{
	if (strcmp(value, "none") != 0)
		return add_row(s, list, &entity_user, value);
	add_id(list, 0);
	return 0;
}

/* The later of two beginnings, the earlier of two ends. */
static int add_time(struct awm_session *s, struct search_filters *f,
		    const char *value, bool after)
{
	struct awm_value *to = after ? &f->after : &f->before;
	int64_t ms;
	int rc = awm_time_parse(s, value, &ms);

	if (!rc && (to->kind == AWM_NULL || (ms > to->i) == after))
		*to = AWM_VALUE_INT(ms);
	return rc;
}

int search_filter_add(struct awm_session *s, struct search_filters *f,
		      const struct search_filter *filter)
{
	enum search_filter_kind kind = filter->kind;
	const char *value = filter->value;
	struct buf *list;

	if (kind >= FILTER_AFTER)
		return add_time(s, f, value,
				(kind == FILTER_AFTER) != filter->without);
	list = filter->without ? &f->out[kind] : &f->in[kind];
	switch (kind) {
	case FILTER_TYPE:
		return add_type(list, value);
	case FILTER_STATUS:
		return add_status(list, value);
	case FILTER_PROJECT:
		return add_row(s, list, &entity_project, value);
	case FILTER_ASSIGNEE:
		return add_assignee(s, list, value);
	default:
		add_text(list, value);
		return 0;
	}
}

int search_filters_check(struct search_filters *f)
{
	int rc = 0;

	for (size_t i = 0; i < FILTER_AFTER; i++) {
		if (f->in[i].len)
			buf_addc(&f->in[i], ']');
		if (f->out[i].len)
			buf_addc(&f->out[i], ']');
		if (!rc)
			rc = buf_check(&f->in[i]);
		if (!rc)
			rc = buf_check(&f->out[i]);
	}
	return rc;
}

void search_filters_release(struct search_filters *f)
{
	for (size_t i = 0; i < FILTER_AFTER; i++) {
		buf_release(&f->in[i]);
		buf_release(&f->out[i]);
	}
}
