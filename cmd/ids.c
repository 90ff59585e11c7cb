/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/option.h"
#include "cmd/report.h"
#include "cmd/task_where.h"

/* Which rows an argument names, and one verb for all of them. */

#define RANGE_MAX 100000

struct collect {
	struct run *r;
	const struct awm_entity *entity;
	struct id_list *list;
	/* those already in the list; a table of `size` slots, 0 is free */
	int64_t *seen;
	size_t size;
};

static size_t slot(const struct collect *c, int64_t id)
{
	size_t i = (uint64_t)id * 0x9e3779b97f4a7c15u & (c->size - 1);

	while (c->seen[i] && c->seen[i] != id)
		i = (i + 1) & (c->size - 1);
	return i;
}

static int widen(struct collect *c)
{
	if (c->size > c->list->count * 2)
		return 0;
	c->size = c->size ? c->size * 2 : 16;
	c->seen = arena_array(&c->r->arena, c->size, sizeof(*c->seen));
	if (!c->seen)
		return -AWM_NOMEM;
	for (size_t i = 0; i < c->list->count; i++)
		c->seen[slot(c, c->list->ids[i])] = c->list->ids[i];
	return 0;
}

static int add(struct collect *c, int64_t id)
{
	struct id_list *l = c->list;
	int err = widen(c);
	size_t at;

	if (err)
		return err;
	at = slot(c, id);
	if (c->seen[at])
		return 0;
	c->seen[at] = id;
	l->ids = array_room(&c->r->arena, l->ids, l->count, sizeof(*l->ids));
	if (!l->ids)
		return -AWM_NOMEM;
	l->ids[l->count++] = id;
	return 0;
}

/* Only figures, so that a name which merely begins with one stays a name. */
static bool is_id(const char *s, size_t len)
{
	if (len && *s == '#') {
		s++;
		len--;
	}
	for (size_t i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return len;
}

static int read_id(const char *s, size_t len, int64_t *ret)
{
	int64_t v = 0;

	for (size_t i = *s == '#'; i < len; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s[i] - '0', &v))
			v = 0, i = len;
	if (!v)
		return err_set(AWM_USAGE, "'%.*s' is not an id", (int)len, s);
	*ret = v;
	return 0;
}

static int add_range(struct collect *c, const char *s, size_t dash)
{
	int64_t from = 0, to = 0;
	int err = read_id(s, dash, &from);

	if (!err)
		err = read_id(s + dash + 1, strlen(s + dash + 1), &to);
	if (err)
		return err;
	if (to < from)
		return err_set(AWM_USAGE,
			       "the range '%s' ends before it begins", s);
	if (to - from >= RANGE_MAX)
		return err_set(AWM_USAGE,
			       "the range '%s' is longer than %d rows", s,
			       RANGE_MAX);
	c->list->many = true;
	for (int64_t id = from; id <= to && !err; id++) {
		err = add(c, id);
		if (id == INT64_MAX)
			break;
	}
	return err;
}

static int add_one(struct collect *c, const char *s)
{
	size_t len = strlen(s), dash = strcspn(s, "-");
	int64_t id;
	int err;

	if (dash < len && is_id(s, dash) && is_id(s + dash + 1, len - dash - 1))
		return add_range(c, s, dash);
	err = is_id(s, len) ? read_id(s, len, &id)
			    : run_resolve(c->r, c->entity, s, &id);
	return err ? err : add(c, id);
}

static bool is_token(const char *s)
{
	return *s && !s[strspn(s, "0123456789#-")];
}

/* A line of ids, or one name. */
static int add_line(struct collect *c, char *line)
{
	char *save, *copy = arena_strdup(&c->r->arena, line);
	bool ids = true;
	int err = 0;

	if (!copy)
		return -AWM_NOMEM;
	for (char *p = strtok_r(copy, " \t\r", &save); p && ids;
	     p = strtok_r(NULL, " \t\r", &save))
		ids = is_token(p);
	if (!ids) {
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		return add_one(c, line);
	}
	for (char *p = strtok_r(line, " \t\r", &save); p && !err;
	     p = strtok_r(NULL, " \t\r", &save))
		err = add_one(c, p);
	return err;
}

static int add_stdin(struct collect *c)
{
	const char *input;
	size_t len;
	char *copy, *save;
	int err = run_stdin(c->r, &input, &len);

	if (err)
		return err;
	if (strlen(input) != len)
		return err_set(AWM_USAGE, "standard input holds a NUL byte");
	copy = arena_strndup(&c->r->arena, input, len);
	if (!copy)
		return -AWM_NOMEM;
	c->list->many = true;
	for (char *p = strtok_r(copy, "\n", &save); p && !err;
	     p = strtok_r(NULL, "\n", &save))
		err = add_line(c, p);
	return err;
}

int run_ids(struct run *r, size_t i, struct id_list *ret)
{
	const struct argument *a = r->command->arguments + i;
	struct collect c = {.r = r, .list = ret};
	size_t n;
	const char **texts = run_args(r, i, &n);

	*ret = (struct id_list){.many = n > 1};
	c.entity = awm_entity_find(a->entity ? a->entity : r->command->entity);
	if (r->where.count && n)
		return err_set(AWM_USAGE, "%s and --where exclude each other",
			       a->name);
	if (r->where.count) {
		ret->many = true;
		return task_where(r, ret);
	}
	for (size_t k = 0; k < n; k++) {
		int err = strcmp(texts[k], "-") == 0 ? add_stdin(&c)
						     : add_one(&c, texts[k]);
		if (err)
			return err;
	}
	return 0;
}

/* ---- one verb for all ---- */

struct each {
	struct run *r;
	size_t argument;
	struct id_list ids;
	run_id_fn *fn;
	struct awm_record **rows;
	const char **with;
};

static int each_ids(struct each *each)
{
	struct run *r = each->r;
	int err = run_ids(r, each->argument, &each->ids);
	size_t n = each->ids.count + 1;

	if (err)
		return err;
	each->rows = arena_array(&r->arena, n, sizeof(*each->rows));
	each->with = arena_array(&r->arena, n, sizeof(*each->with));
	return each->rows && each->with ? 0 : -AWM_NOMEM;
}

/* Called again when the transaction has to be tried again. */
static int each_write(struct awm_session *s, void *ctx)
{
	struct each *each = ctx;
	/* What is meant is looked up under the lock that it is changed under.
	 */
	int err = each->r->where.count ? each_ids(each) : 0;

	(void)s;
	for (size_t i = 0; i < each->ids.count && !err; i++) {
		each->rows[i] = NULL;
		each->r->with = NULL;
		err = each->fn(each->r, each->ids.ids[i], each->rows + i);
		each->with[i] = each->r->with;
	}
	return err;
}

int run_each(struct run *r, size_t i, const char *did, run_id_fn *fn)
{
	struct each each = {.r = r, .argument = i, .fn = fn};
	int err = r->where.count ? 0 : each_ids(&each);

	if (err)
		return err;
	if (r->command->needs & NEED_WRITE)
		err = awm_transaction(r->session, each_write, &each);
	else
		err = each_write(r->session, &each);
	if (err)
		return err;
	return report_changes(r, did, each.rows, each.with, each.ids.count,
			      each.ids.many);
}
