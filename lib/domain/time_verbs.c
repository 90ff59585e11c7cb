// SPDX-License-Identifier: MIT
/* What is done with time entries; each verb is one transaction. */
#include <string.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/time.h"
#include "entity/entity.h"
#include "entity/store.h"

#define SETS_MAX TIME_ENTRY_NFIELDS

struct verb {
	int64_t task;
	const struct awm_set *given;
	size_t ngiven;
	struct awm_set sets[SETS_MAX]; /* and those of the verb itself */
	size_t n;
	unsigned flags;
	struct arena *arena;
	struct awm_record *record, *stopped;
};

static int refuse_readonly(const struct awm_set *sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sets[i].field->flags & AWM_READONLY)
			return err_set(AWM_USAGE,
				       "'%s' of a time entry is kept by awm "
				       "and cannot be set",
				       sets[i].field->name);
	return 0;
}

static const struct awm_field *field(size_t i)
{
	return &entity_time_entry.fields[i];
}

static const struct awm_value *given(const struct verb *v, size_t i)
{
	for (size_t k = 0; k < v->ngiven; k++)
		if (v->given[k].field == field(i))
			return &v->given[k].value;
	return NULL;
}

/* Beside what was given: a column that was is left as it is. */
static void also(struct verb *v, size_t i, struct awm_value value)
{
	if (!given(v, i))
		v->sets[v->n++] = (struct awm_set){field(i), value};
}

static int begin(struct verb *v)
{
	int rc = refuse_readonly(v->given, v->ngiven);

	/* One column twice is possible, more columns than there are is not. */
	if (!rc && v->ngiven > SETS_MAX - 4)
		rc = err_set(AWM_USAGE, "too many columns of a time entry");
	if (rc)
		return rc;
	if (v->ngiven)
		memcpy(v->sets, v->given, v->ngiven * sizeof(*v->sets));
	v->n = v->ngiven;
	return 0;
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	const struct verb *v = ctx;

	return time_amend(s, c, v->flags);
}

static int find_running(struct awm_session *s, int64_t user, int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"id\" FROM \"time_entries\" "
			"WHERE \"userId\"=?1 AND \"endTime\" IS NULL "
			"ORDER BY \"startTime\" DESC,\"id\" DESC LIMIT 1",
			"i", user);

	if (!rc)
		*ret = id.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_set(AWM_NOT_FOUND, "no timer is running");
	return err_hint("awm time start TASK");
}

/* ---- stop ---- */

/* Another machine's clock may be ahead of ours. */
static int amend_stop(struct awm_session *s, struct change *c, void *ctx)
{
	const struct verb *v = ctx;
	int64_t start = c->before[TIME_ENTRY_startTime].i;

	if (!given(v, TIME_ENTRY_endTime))
		change_set(c, TIME_ENTRY_endTime,
			   AWM_VALUE_INT(s->now > start ? s->now : start));
	else if (c->after[TIME_ENTRY_endTime].kind == AWM_NULL)
		return err_set(AWM_USAGE, "a timer that stops has an end");
	if (c->after[TIME_ENTRY_endTime].i == start && start > s->now)
		return 0;
	return time_amend(s, c, v->flags | TIME_STOPPING);
}

static int run_stop(struct awm_session *s, void *ctx)
{
	struct verb *v = ctx;
	int64_t id = 0;
	int rc = find_running(s, s->actor.id, &id);

	return rc ? rc
		  : mutate_edit(s, &entity_time_entry, id, v->sets, v->n,
				amend_stop, v, v->arena, &v->record);
}

/* Runs a verb whose sets are put together. */
static int run(struct awm_session *s, awm_fn *fn, struct verb *v,
	       struct awm_pool *pool, struct awm_record **ret)
{
	struct arena own = {0};
	int rc;

	v->arena = pool ? pool_arena(pool) : &own;
	rc = awm_transaction(s, fn, v);
	if (!rc && ret)
		*ret = v->record;
	arena_release(&own);
	return rc;
}

int awm_time_stop(struct awm_session *s, const struct awm_set *sets, size_t n,
		  struct awm_pool *pool, struct awm_record **ret)
{
	struct verb v = {.given = sets, .ngiven = n};
	int rc = role_require(s, ROLE_MEMBER, "stop a timer");

	if (!rc)
		rc = begin(&v);
	return rc ? rc : run(s, run_stop, &v, pool, ret);
}

/* ---- start ---- */

/* The timer before ends where this one starts. */
static int stop_other(struct awm_session *s, struct verb *v)
{
	const struct awm_value *at = given(v, TIME_ENTRY_startTime);
	struct awm_set end = {field(TIME_ENTRY_endTime),
			      at ? *at : AWM_VALUE_NULL};
	struct verb stop = {
		.given = &end, .ngiven = at ? 1 : 0, .arena = v->arena};
	int rc = begin(&stop);

	if (!rc)
		rc = run_stop(s, &stop);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	v->stopped = stop.record;
	return rc;
}

/* Whoever works on a task has started it. */
static int begin_task(struct awm_session *s, int64_t id)
{
	struct awm_value todo;
	int rc = db_get(s->db, NULL, &todo,
			"SELECT \"status\"='todo' AND \"deletedAt\" IS NULL "
			"FROM \"tasks\" WHERE \"id\"=?1",
			"i", id);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)id);
	if (rc || !todo.i)
		return rc;
	return awm_task_do(s, AWM_TASK_START, id, NULL, NULL);
}

static int run_start(struct awm_session *s, void *ctx)
{
	struct verb *v = ctx;
	int rc = 0;

	v->stopped = NULL;
	if (v->flags & AWM_TIME_SWITCH)
		rc = stop_other(s, v);
	if (!rc)
		rc = begin_task(s, v->task);
	return rc ? rc
		  : mutate_add(s, &entity_time_entry, v->sets, v->n, amend, v,
			       v->arena, &v->record);
}

int awm_time_start(struct awm_session *s, int64_t task,
		   const struct awm_set *sets, size_t n, unsigned flags,
		   struct awm_pool *pool, struct awm_record **ret,
		   struct awm_record **ret_stopped)
{
	struct verb v = {
		.task = task, .given = sets, .ngiven = n, .flags = flags};
	int rc = role_require(s, ROLE_MEMBER, "start a timer");

	if (!rc)
		rc = begin(&v);
	if (rc)
		return rc;
	if (given(&v, TIME_ENTRY_endTime) || given(&v, TIME_ENTRY_duration))
		return err_set(AWM_USAGE, "a timer that starts has no end");
	also(&v, TIME_ENTRY_taskId, AWM_VALUE_INT(task));
	also(&v, TIME_ENTRY_startTime, AWM_VALUE_INT(s->now));
	rc = run(s, run_start, &v, pool, ret);
	if (!rc && ret_stopped)
		*ret_stopped = v.stopped;
	return rc;
}

/* ---- add ---- */

static int run_add(struct awm_session *s, void *ctx)
{
	struct verb *v = ctx;

	return mutate_add(s, &entity_time_entry, v->sets, v->n, amend, v,
			  v->arena, &v->record);
}

int awm_time_add(struct awm_session *s, int64_t task, int64_t seconds,
		 const struct awm_set *sets, size_t n, unsigned flags,
		 struct awm_pool *pool, struct awm_record **ret)
{
	struct verb v = {
		.task = task, .given = sets, .ngiven = n, .flags = flags};
	int rc = role_require(s, ROLE_MEMBER, "add a time entry");
	int64_t ms, start;

	if (!rc)
		rc = begin(&v);
	if (rc)
		return rc;
	if (seconds <= 0)
		return err_set(AWM_INVALID,
			       "a time entry needs a duration of at least a "
			       "second");
	if (__builtin_mul_overflow(seconds, 1000, &ms) ||
	    __builtin_sub_overflow(s->now, ms, &start))
		return err_set(AWM_INVALID, "the time entry is too long");
	also(&v, TIME_ENTRY_taskId, AWM_VALUE_INT(task));
	also(&v, TIME_ENTRY_duration, AWM_VALUE_INT(seconds));
	also(&v, TIME_ENTRY_startTime, AWM_VALUE_INT(start));
	also(&v, TIME_ENTRY_isManual, AWM_VALUE_INT(1));
	return run(s, run_add, &v, pool, ret);
}

/* ---- show ---- */

static const struct awm_field elapsed_field = {
	.name = "elapsed", .label = "Elapsed", .type = AWM_TYPE_INT};

struct show {
	struct awm_session *session;
	int64_t id, user; /* the entry, or else the timer of the user */
	struct arena *arena;
	struct awm_record *record;
};

static int64_t elapsed(const struct awm_session *s, const struct awm_value *v)
{
	int64_t ms;

	if (v[TIME_ENTRY_endTime].kind != AWM_NULL)
		return v[TIME_ENTRY_duration].i;
	if (__builtin_sub_overflow(s->now, v[TIME_ENTRY_startTime].i, &ms) ||
	    ms < 0 || ms > INT64_MAX - 500)
		return 0;
	return (ms + 500) / 1000;
}

/* The row with one more column and room for two relations. */
static struct awm_record *extend(struct show *show, struct awm_record *row)
{
	size_t n = row->count;
	struct awm_record *r = arena_alloc(show->arena, sizeof(*r));
	const struct awm_field **fields =
		arena_array(show->arena, n + 1, sizeof(*fields));
	struct awm_value *values =
		arena_array(show->arena, n + 1, sizeof(*values));

	if (!r || !fields || !values)
		return NULL;
	memcpy(fields, row->fields, n * sizeof(*fields));
	memcpy(values, row->values, n * sizeof(*values));
	fields[n] = &elapsed_field;
	values[n] = AWM_VALUE_INT(elapsed(show->session, row->values));
	*r = (struct awm_record){.entity = row->entity,
				 .fields = fields,
				 .values = values,
				 .count = n + 1,
				 .nrelations = 2};
	r->relations = arena_array(show->arena, 2, sizeof(*r->relations));
	return r->relations ? r : NULL;
}

static int relate(struct show *show, struct awm_relation *rel, const char *name,
		  const struct awm_entity *e, size_t key)
{
	rel->name = name;
	rel->items = arena_alloc(show->arena, sizeof(*rel->items));
	if (!rel->items)
		return -AWM_NOMEM;
	rel->count = 1;
	return store_get(show->session->db, e, show->record->values[key].i,
			 show->arena, rel->items);
}

static int run_show(struct db *db, void *arg)
{
	struct show *show = arg;
	struct awm_record *row;
	int rc = show->id ? 0
			  : find_running(show->session, show->user, &show->id);

	if (!rc)
		rc = store_get(db, &entity_time_entry, show->id, show->arena,
			       &row);
	if (rc)
		return rc;
	show->record = extend(show, row);
	if (!show->record)
		return -AWM_NOMEM;
	rc = relate(show, &show->record->relations[0], "task", &entity_task,
		    TIME_ENTRY_taskId);
	return rc ? rc
		  : relate(show, &show->record->relations[1], "user",
			   &entity_user, TIME_ENTRY_userId);
}

static int show_one(struct awm_session *s, int64_t id, int64_t user,
		    struct awm_pool *pool, struct awm_record **ret)
{
	struct show show = {s, id, user, pool_arena(pool), NULL};
	int rc = db_read(s->db, run_show, &show);

	if (!rc)
		*ret = show.record;
	return rc;
}

int awm_time_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		  struct awm_record **ret)
{
	if (id <= 0)
		return err_set(AWM_NOT_FOUND, "no time entry %lld",
			       (long long)id);
	return show_one(s, id, 0, pool, ret);
}

int awm_time_running(struct awm_session *s, int64_t user, struct awm_pool *pool,
		     struct awm_record **ret)
{
	return show_one(s, 0, user ? user : s->actor.id, pool, ret);
}
