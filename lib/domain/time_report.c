// SPDX-License-Identifier: MIT
/* Sums of time entries. Days need zones, and tags are counted each: so rows
 * are read once, in their order, and added up here. Memory grows with the
 * groups, not with the entries. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/pool.h"
#include "domain/time.h"
#include "queries.h"

/* Columns of time_report.sql, in its order. */
enum column {
	COL_START,
	COL_END,
	COL_DURATION,
	COL_BILLABLE,
	COL_RATE,
	COL_PROJECT,
	COL_PROJECT_TITLE,
	COL_TASK,
	COL_TASK_TITLE,
	COL_USER,
	COL_USER_NAME,
	COL_TAGS
};

struct group {
	int64_t key;	  /* id, or the start of the day */
	const char *name; /* NULL: without a tag */
	int64_t entries, seconds, billable;
	double cents; /* whole ones */
	bool priced, running;
	struct group *next;
};

#define HEADS 1024 /* a power of two */

struct report {
	struct awm_session *session;
	const struct awm_time_query *query;
	const char *zone;
	struct arena arena;
	struct group *heads[HEADS];
	struct buf groups; /* of struct group * */
	struct group total;
};

/* One entry, or what is left of it within the period. */
struct entry {
	struct db_stmt *st;
	int64_t start, end; /* as recorded; a timer ends now */
	int64_t seconds;    /* of the whole */
	int64_t from, to;   /* what counts */
	struct awm_value tags;
	bool billable, running;
	struct awm_value rate;
};

/* ---- groups ---- */

static size_t hash(int64_t key, const char *name)
{
	uint64_t h = (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15);

	for (; name && *name; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (size_t)(h >> 40) & (HEADS - 1);
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Ids and days are told apart by their key, tags by their name. */
static struct group *find_group(struct report *r, int64_t key, const char *name)
{
	bool by_name = r->query->by == AWM_TIME_BY_TAG;
	struct group **head = &r->heads[hash(key, by_name ? name : NULL)];
	struct group *g;

	for (g = *head; g; g = g->next)
		if (g->key == key && (!by_name || same_name(g->name, name)))
			return g;
	g = arena_alloc(&r->arena, sizeof(*g));
	if (!g)
		return NULL;
	g->key = key;
	if (name && !(g->name = arena_strdup(&r->arena, name)))
		return NULL;
	g->next = *head;
	*head = g;
	buf_add(&r->groups, &g, sizeof(g));
	return buf_check(&r->groups) ? NULL : g;
}

/* Rounded to the nearest; nothing where there is no such span. */
static int64_t span_seconds(int64_t from, int64_t to)
{
	int64_t ms;

	if (__builtin_sub_overflow(to, from, &ms) || ms < 0 ||
	    ms > INT64_MAX - 500)
		return 0;
	return (ms + 500) / 1000;
}

static void add_to(int64_t *sum, int64_t seconds)
{
	if (__builtin_add_overflow(*sum, seconds, sum))
		*sum = INT64_MAX;
}

/* Seconds from the start of the entry to an instant of it. The parts of an
 * entry add up to the whole, whatever is rounded. */
static int64_t seconds_until(const struct entry *e, int64_t at)
{
	if (at >= e->end)
		return e->seconds;
	if (at <= e->start)
		return 0;
	return span_seconds(e->start, at);
}

/* The same of money: each entry is worth whole cents, in which its parts add
 * up, so that lines of a bill make its total however they are grouped. */
static double cents_until(const struct entry *e, int64_t at)
{
	double rate = e->rate.kind == AWM_REAL ? e->rate.r : (double)e->rate.i;

	return round(rate * (double)seconds_until(e, at) / 36);
}

static void count(struct group *g, const struct entry *e, int64_t from,
		  int64_t to)
{
	int64_t seconds = seconds_until(e, to) - seconds_until(e, from);

	g->entries++;
	add_to(&g->seconds, seconds);
	g->running |= e->running && to == e->end;
	if (!e->billable)
		return;
	add_to(&g->billable, seconds);
	if (e->rate.kind == AWM_NULL)
		return;
	g->priced = true;
	g->cents += cents_until(e, to) - cents_until(e, from);
}

static int count_in(struct report *r, const struct entry *e, int64_t key,
		    const char *name, int64_t from, int64_t to)
{
	struct group *g = find_group(r, key, name);

	if (!g)
		return -AWM_NOMEM;
	count(g, e, from, to);
	return 0;
}

/* ---- by day, by tag, by what has an id ---- */

static int by_day(struct report *r, const struct entry *e)
{
	int64_t at = e->from, start, end;
	int rc = 0;

	do {
		char name[TIME_ISO_SIZE];
		time_day_bounds(at, r->zone, &start, &end);
		time_format_local(start, r->zone, name);
		name[strcspn(name, " ")] = '\0';
		if (end <= at) /* beyond the calendar */
			end = e->to;
		rc = count_in(r, e, start, name, at, end < e->to ? end : e->to);
		at = end;
	} while (!rc && at < e->to);
	return rc;
}

static int by_tag(struct report *r, const struct entry *e)
{
	_cleanup_json_ cJSON *tags = NULL;
	const cJSON *tag;
	int rc = json_parse(e->tags.s, e->tags.len, &tags);

	if (!rc && !cJSON_GetArraySize(tags))
		rc = count_in(r, e, 0, NULL, e->from, e->to);
	cJSON_ArrayForEach(tag, tags)
	{
		if (!rc && cJSON_IsString(tag))
			rc = count_in(r, e, 0, tag->valuestring, e->from,
				      e->to);
	}
	return rc;
}

static int by_id(struct report *r, const struct entry *e)
{
	static const enum column keys[] = {
		[AWM_TIME_BY_PROJECT] = COL_PROJECT,
		[AWM_TIME_BY_TASK] = COL_TASK,
		[AWM_TIME_BY_USER] = COL_USER,
	};
	int key = (int)keys[r->query->by];

	return count_in(r, e, db_column_int(e->st, key),
			db_column_text(e->st, key + 1), e->from, e->to);
}

/* ---- reading ---- */

static void read_entry(const struct report *r, struct db_stmt *st,
		       struct entry *e)
{
	const struct awm_time_query *q = r->query;
	struct awm_value end;

	*e = (struct entry){.st = st, .start = db_column_int(st, COL_START)};
	db_column(st, COL_END, &end);
	db_column(st, COL_RATE, &e->rate);
	db_column(st, COL_TAGS, &e->tags);
	e->running = end.kind == AWM_NULL;
	e->end = e->running ? r->session->now : end.i;
	if (e->end < e->start)
		e->end = e->start;
	e->seconds = e->running ? span_seconds(e->start, e->end)
				: db_column_int(st, COL_DURATION);
	e->billable = db_column_int(st, COL_BILLABLE);
	e->from = q->from && q->from > e->start ? q->from : e->start;
	e->to = q->to && q->to < e->end ? q->to : e->end;
	if (e->to < e->from) /* a timer of before the period, in the future */
		e->to = e->from;
}

static int add_entry(struct report *r, const struct entry *e)
{
	count(&r->total, e, e->from, e->to);
	switch (r->query->by) {
	case AWM_TIME_BY_DAY:
		return by_day(r, e);
	case AWM_TIME_BY_TAG:
		return by_tag(r, e);
	default:
		return by_id(r, e);
	}
}

static int read_entries(struct report *r)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_time_query *q = r->query;
	struct entry e;
	int rc = db_query(r->session->db, &st, query_time_report, "iiiiiit",
			  q->from ? q->from : INT64_MIN,
			  q->to ? q->to : INT64_MAX, q->project, q->task,
			  q->user, (int64_t)q->billable, q->tag);

	while (!rc && (rc = db_step(st)) > 0) {
		read_entry(r, st, &e);
		rc = add_entry(r, &e);
	}
	return rc;
}

/* ---- telling ---- */

static const struct awm_field fields[] = {
	{.name = "id", .label = "Id", .type = AWM_TYPE_INT},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "entries", .label = "Entries", .type = AWM_TYPE_INT},
	{.name = "seconds", .label = "Time", .type = AWM_TYPE_INT},
	{.name = "hours", .label = "Hours", .type = AWM_TYPE_REAL},
	{.name = "billableSeconds", .label = "Billable", .type = AWM_TYPE_INT},
	{.name = "amount", .label = "Amount", .type = AWM_TYPE_REAL},
	{.name = "running", .label = "Running", .type = AWM_TYPE_BOOL},
};
#define NCOLUMNS ARRAY_LEN(fields)

static void row_values(const struct group *g, struct awm_value *v)
{
	v[0] = g->key ? AWM_VALUE_INT(g->key) : AWM_VALUE_NULL;
	v[1] = awm_value_text(g->name);
	v[2] = AWM_VALUE_INT(g->entries);
	v[3] = AWM_VALUE_INT(g->seconds);
	v[4] = AWM_VALUE_REAL((double)g->seconds / 3600);
	v[5] = AWM_VALUE_INT(g->billable);
	v[6] = g->priced ? AWM_VALUE_REAL(g->cents / 100) : AWM_VALUE_NULL;
	v[7] = AWM_VALUE_INT(g->running);
}

/* Days and tags have no id. */
static size_t first_column(const struct report *r)
{
	return r->query->by == AWM_TIME_BY_DAY ||
	       r->query->by == AWM_TIME_BY_TAG;
}

static int compare_days(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int compare_time(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;
	int names;

	if (x->seconds != y->seconds)
		return x->seconds > y->seconds ? -1 : 1;
	names = strcmp(x->name ? x->name : "", y->name ? y->name : "");
	return names ? names : compare_days(a, b);
}

static int tell(struct report *r, awm_row_fn *fn, void *ctx)
{
	struct group **list = (struct group **)(void *)r->groups.s;
	size_t n = r->groups.len / sizeof(*list), skip = first_column(r);
	const struct awm_field *columns[NCOLUMNS];
	struct awm_value values[NCOLUMNS];
	struct awm_record row = {.fields = columns + skip,
				 .values = values + skip,
				 .count = NCOLUMNS - skip};
	int rc = 0;

	for (size_t i = 0; i < NCOLUMNS; i++)
		columns[i] = &fields[i];
	if (n)
		qsort(list, n, sizeof(*list),
		      r->query->by == AWM_TIME_BY_DAY ? compare_days
						      : compare_time);
	for (size_t i = 0; i < n && !rc; i++) {
		row_values(list[i], values);
		rc = fn(ctx, &row);
	}
	return rc;
}

static int tell_total(struct report *r, struct awm_pool *pool,
		      struct awm_record **ret)
{
	size_t skip = first_column(r);
	const struct awm_field *columns[NCOLUMNS];
	struct awm_value values[NCOLUMNS];
	struct awm_record row = {.fields = columns + skip,
				 .values = values + skip,
				 .count = NCOLUMNS - skip};

	for (size_t i = 0; i < NCOLUMNS; i++)
		columns[i] = &fields[i];
	r->total.name = "total";
	row_values(&r->total, values);
	return awm_record_copy(pool, &row, ret);
}

int awm_time_report(struct awm_session *s, const struct awm_time_query *query,
		    awm_row_fn *fn, void *ctx, struct awm_pool *pool,
		    struct awm_record **ret_total)
{
	struct report r = {.session = s, .query = query};
	int rc;

	if (query->from && query->to && query->to < query->from)
		return err_set(AWM_INVALID, "the period ends before it begins");
	r.zone = s->acting ? s->actor.timezone : NULL;
	rc = read_entries(&r);
	if (!rc)
		rc = tell(&r, fn, ctx);
	if (!rc && ret_total)
		rc = tell_total(&r, pool, ret_total);
	buf_release(&r.groups);
	arena_release(&r.arena);
	return rc;
}
