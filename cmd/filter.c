/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/time.h"
#include "cmd/option.h"
#include "cmd/report.h"

/* Filters into conditions: run_query(). */

#define SORT_MAX 16

static int cond_push(struct run *r, struct awm_query *q,
		     const struct awm_field *field, enum awm_op op,
		     const struct awm_value *values, size_t n)
{
	struct awm_cond *conds = (struct awm_cond *)q->conds;
	struct awm_value *copy;

	conds = array_room(&r->arena, conds, q->nconds, sizeof(*conds));
	copy = arena_array(&r->arena, n + 1, sizeof(*copy));
	if (!conds || !copy)
		return -AWM_NOMEM;
	if (n)
		memcpy(copy, values, n * sizeof(*copy));
	conds[q->nconds++] = (struct awm_cond){field, op, copy, n};
	q->conds = conds;
	return 0;
}

int run_cond(struct run *r, struct awm_query *q, const char *field,
	     enum awm_op op, const struct awm_value *values, size_t n)
{
	const struct awm_field *f = awm_entity_field(q->entity, field);

	if (!f)
		return err_set(AWM_ERROR, "no column '%s' of '%s'", field,
			       q->entity->name);
	return cond_push(r, q, f, op, values, n);
}

/* ---- times ---- */

struct times {
	struct run *r;
	struct awm_query *q;
	const struct awm_field *field;
};

static int push_time(const struct times *t, enum awm_op op, int64_t ms)
{
	struct awm_value v = AWM_VALUE_INT(ms);

	return cond_push(t->r, t->q, t->field, op, &v, 1);
}

static void day_of(const struct times *t, int64_t ms, int64_t *ret_start,
		   int64_t *ret_end)
{
	const struct awm_actor *actor = awm_session_actor(t->r->session);

	time_day_bounds(ms, actor ? actor->timezone : NULL, ret_start, ret_end);
}

/* A time that begins a day stands for all of it. */
static int compare_time(const struct times *t, enum awm_op op, const char *text)
{
	int64_t ms, start, end;
	int err = awm_time_parse(t->r->session, text, &ms);

	if (err)
		return err;
	day_of(t, ms, &start, &end);
	if (ms == start && op == AWM_OP_GT)
		return push_time(t, AWM_OP_GE, end);
	if (ms == start && op == AWM_OP_LE)
		return push_time(t, AWM_OP_LT, end);
	return push_time(t, op, ms);
}

/* A date without a time is stored as the start of its day, and is not missed
 * before that day is over. */
static int overdue(const struct times *t)
{
	int64_t now = awm_session_now(t->r->session), start, end;
	int err = push_time(t, AWM_OP_LT, now);

	day_of(t, now, &start, &end);
	return err ? err : push_time(t, AWM_OP_NE, start);
}

static int on_day(const struct times *t, const char *text)
{
	int64_t ms, start, end;
	int err = awm_time_parse(t->r->session, text, &ms);

	if (err)
		return err;
	day_of(t, ms, &start, &end);
	err = push_time(t, AWM_OP_GE, start);
	return err ? err : push_time(t, AWM_OP_LT, end);
}

static int time_range(const struct times *t, const char *text, const char *dots)
{
	char *from = arena_strndup(&t->r->arena, text, (size_t)(dots - text));
	int err = from ? 0 : -AWM_NOMEM;

	if (!err && *from)
		err = compare_time(t, AWM_OP_GE, from);
	if (!err && dots[2])
		err = compare_time(t, AWM_OP_LE, dots + 2);
	return err;
}

static int filter_time(const struct times *t, enum awm_op op, const char *text)
{
	const char *dots = strstr(text, "..");

	if (op)
		return compare_time(t, op, text);
	if (strcmp(text, "overdue") == 0)
		return overdue(t);
	if (strncmp(text, "before:", 7) == 0)
		return compare_time(t, AWM_OP_LT, text + 7);
	if (strncmp(text, "after:", 6) == 0)
		return compare_time(t, AWM_OP_GT, text + 6);
	if (dots)
		return time_range(t, text, dots);
	return on_day(t, text);
}

/* ---- the other types ---- */

static int split(struct run *r, const char *text, struct text_list *ret)
{
	*ret = (struct text_list){0};
	while (true) {
		size_t len = strcspn(text, ",");
		char *item = arena_strndup(&r->arena, text, len);

		if (!item || text_push(&r->arena, ret, item))
			return -AWM_NOMEM;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

static int filter_list(struct run *r, struct awm_query *q,
		       const struct awm_field *field, const char *text)
{
	struct text_list items;
	struct awm_value *values;
	int err = split(r, text, &items);

	if (err)
		return err;
	values = arena_array(&r->arena, items.count, sizeof(*values));
	if (!values)
		return -AWM_NOMEM;
	for (size_t i = 0; i < items.count && !err; i++) {
		err = run_value(r, field, items.items[i], values + i);
		if (!err && values[i].kind == AWM_NULL)
			err = err_set(AWM_USAGE,
				      "'none' cannot stand beside others");
	}
	if (err)
		return err;
	return cond_push(r, q, field, items.count == 1 ? AWM_OP_EQ : AWM_OP_IN,
			 values, items.count);
}

/* A name may hold commas. */
static int filter_ref(struct run *r, struct awm_query *q,
		      const struct awm_field *field, const char *text)
{
	struct awm_value value;

	if (strchr(text, ',') &&
	    awm_value_parse(r->session, field, text, r->pool, &value) == 0)
		return cond_push(r, q, field, AWM_OP_EQ, &value, 1);
	return filter_list(r, q, field, text);
}

static int filter_bound(struct run *r, struct awm_query *q,
			const struct awm_field *field, enum awm_op op,
			const char *text)
{
	struct awm_value value;
	int err = run_value(r, field, text, &value);

	return err ? err : cond_push(r, q, field, op, &value, 1);
}

static int filter_number(struct run *r, struct awm_query *q,
			 const struct awm_field *field, const char *text)
{
	const char *dots = strstr(text, "..");
	char *from;
	int err = 0;

	if (!dots)
		return filter_list(r, q, field, text);
	from = arena_strndup(&r->arena, text, (size_t)(dots - text));
	if (!from)
		return -AWM_NOMEM;
	if (*from)
		err = filter_bound(r, q, field, AWM_OP_GE, from);
	if (!err && dots[2])
		err = filter_bound(r, q, field, AWM_OP_LE, dots + 2);
	return err;
}

static int filter_has(struct run *r, struct awm_query *q,
		      const struct awm_field *field, const char *text)
{
	struct text_list items;
	int err = split(r, text, &items);

	for (size_t i = 0; i < items.count && !err; i++) {
		struct awm_value v = awm_value_text(items.items[i]);

		if (v.len)
			err = cond_push(r, q, field, AWM_OP_HAS, &v, 1);
	}
	return err;
}

static int filter_op(struct run *r, struct awm_query *q, const struct given *g)
{
	struct awm_value v = awm_value_text(g->text);

	switch (g->option->op) {
	case AWM_OP_NULL:
	case AWM_OP_NOT_NULL:
		return cond_push(r, q, g->field, g->option->op, NULL, 0);
	case AWM_OP_CONTAINS:
	case AWM_OP_HAS:
		return cond_push(r, q, g->field, g->option->op, &v, 1);
	default:
		return filter_bound(r, q, g->field, g->option->op, g->text);
	}
}

int run_filter(struct run *r, struct awm_query *q, const struct given *g)
{
	const struct times times = {r, q, g->field};

	if (g->field->type == AWM_TYPE_TIME && g->option->op < AWM_OP_IN &&
	    strcmp(g->text, "none") != 0)
		return filter_time(&times, g->option->op, g->text);
	if (g->option->op)
		return filter_op(r, q, g);
	if (strcmp(g->text, "none") == 0)
		return cond_push(r, q, g->field, AWM_OP_NULL, NULL, 0);
	switch (g->field->type) {
	case AWM_TYPE_REF:
		return filter_ref(r, q, g->field, g->text);
	case AWM_TYPE_INT:
	case AWM_TYPE_REAL:
		return filter_number(r, q, g->field, g->text);
	case AWM_TYPE_JSON:
		return filter_has(r, q, g->field, g->text);
	default:
		return filter_list(r, q, g->field, g->text);
	}
}

/* ---- the query ---- */

static int add_sort(struct run *r, struct awm_query *q)
{
	struct awm_sort *keys;

	if (!r->list.sort)
		return 0;
	keys = arena_array(&r->arena, SORT_MAX, sizeof(*keys));
	if (!keys)
		return -AWM_NOMEM;
	q->sort = keys;
	return awm_sort_parse(q->entity, r->list.sort, keys, SORT_MAX,
			      &q->nsort);
}

static int add_field(struct run *r, struct awm_query *q, const char *name,
		     size_t len)
{
	const struct awm_field **fields = (const struct awm_field **)q->fields;
	char *copy = arena_strndup(&r->arena, name, len);
	const struct awm_field *f;

	if (!copy)
		return -AWM_NOMEM;
	f = awm_entity_field(q->entity, copy);
	for (size_t i = 0; i < q->nfields && f; i++)
		if (fields[i] == f)
			f = NULL;
	if (!f) /* computed by the command, or there already */
		return 0;
	fields = array_room(&r->arena, fields, q->nfields, sizeof(*fields));
	if (!fields)
		return -AWM_NOMEM;
	fields[q->nfields++] = f;
	q->fields = fields;
	return 0;
}

/* Without columns the query reads all of them, these too. */
int run_also(struct run *r, struct awm_query *q, const char *fields)
{
	int err = 0;

	while (q->nfields && *fields && !err) {
		size_t len = strcspn(fields, ",");

		err = add_field(r, q, fields, len);
		fields += len + (fields[len] == ',');
	}
	return err;
}

static int add_fields(struct run *r, struct awm_query *q)
{
	struct text_list names;
	int err = report_columns(r, &names);

	for (size_t i = 0; i < names.count && !err; i++)
		err = add_field(r, q, names.items[i], strlen(names.items[i]));
	return err ? err : run_also(r, q, "id");
}

int run_query(struct run *r, struct awm_query *ret)
{
	int err = 0;

	*ret = (struct awm_query){.entity = r->entity,
				  .limit = r->list.limit.value,
				  .offset = r->list.offset.value,
				  .deleted = r->list.deleted,
				  .all = r->list.all};
	for (size_t i = 0; i < r->ngiven && !err; i++) {
		if (r->given[i].option->type != OPTION_FILTER)
			continue;
		err = run_filter(r, ret, r->given + i);
		if (err)
			err_context("--%s", r->given[i].option->name);
	}
	if (!err)
		err = add_sort(r, ret);
	return err ? err : add_fields(r, ret);
}

int run_list_query(struct run *r, const struct awm_query *q)
{
	int err = report_begin(r);

	if (!err)
		err = awm_list(r->session, q, report_row, r);
	return err ? err : report_end(r);
}

int run_list(struct run *r)
{
	struct awm_query q;
	int err = run_query(r, &q);

	return err ? err : run_list_query(r, &q);
}
