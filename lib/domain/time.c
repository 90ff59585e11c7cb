// SPDX-License-Identifier: MIT
/* The rules of time entries. The verbs are in time_verbs.c. */
#include "domain/time.h"

#include "base/err.h"
#include "base/time.h"
#include "domain/sums.h"
#include "entity/entity.h"
#include "queries.h"

static const char *time_event(const struct change *c)
{
	bool ended = c->after && c->after[TIME_ENTRY_endTime].kind != AWM_NULL;

	if (!c->before)
		return ended ? "time.added" : "time.started";
	if (ended && c->before[TIME_ENTRY_endTime].kind == AWM_NULL)
		return "time.stopped";
	return NULL;
}

/* ---- start, end and duration say the same thing ---- */

static int end_from_duration(struct change *c)
{
	int64_t ms, end;

	if (c->after[TIME_ENTRY_duration].i < 0)
		return 0; /* for the rule of the column to refuse */
	if (__builtin_mul_overflow(c->after[TIME_ENTRY_duration].i, 1000,
				   &ms) ||
	    __builtin_add_overflow(c->after[TIME_ENTRY_startTime].i, ms, &end))
		return err_set(AWM_INVALID, "the time entry is too long");
	change_set(c, TIME_ENTRY_endTime, AWM_VALUE_INT(end));
	return 0;
}

static int duration_from_end(struct change *c, bool given)
{
	int64_t ms, seconds;

	if (__builtin_sub_overflow(c->after[TIME_ENTRY_endTime].i,
				   c->after[TIME_ENTRY_startTime].i, &ms) ||
	    ms > INT64_MAX - 500)
		return err_set(AWM_INVALID, "the time entry is too long");
	if (ms < 0)
		return err_set(AWM_INVALID,
			       "a time entry cannot end before it starts");
	seconds = (ms + 500) / 1000;
	if (given && c->after[TIME_ENTRY_duration].i != seconds)
		return err_set(AWM_INVALID,
			       "a duration of %lld s does not fit: from start "
			       "to end are %lld s",
			       (long long)c->after[TIME_ENTRY_duration].i,
			       (long long)seconds);
	change_set(c, TIME_ENTRY_duration, AWM_VALUE_INT(seconds));
	return 0;
}

static bool was_set(const struct change *c, size_t field)
{
	return c->before ? change_differs(c, field)
			 : c->mask[field] && c->after[field].kind == AWM_INT;
}

/* Of the three the one that was not said follows from the others: the end,
 * when it is two. Nothing happens when this is done again. */
static int settle(struct change *c)
{
	bool ends = was_set(c, TIME_ENTRY_endTime);
	bool lasts = was_set(c, TIME_ENTRY_duration) &&
		     c->after[TIME_ENTRY_duration].kind == AWM_INT;

	if (c->after[TIME_ENTRY_startTime].kind != AWM_INT)
		return 0; /* for the rule of the column to refuse */
	if (c->after[TIME_ENTRY_endTime].kind == AWM_NULL) {
		if (lasts && c->after[TIME_ENTRY_duration].i)
			return end_from_duration(c);
		change_set(c, TIME_ENTRY_duration, AWM_VALUE_INT(0));
		return 0;
	}
	if (ends)
		return duration_from_end(c, lasts);
	if (lasts || was_set(c, TIME_ENTRY_startTime))
		return end_from_duration(c);
	return 0;
}

/* ---- other entries of the user ---- */

struct other {
	int64_t id, task, start;
	struct awm_value end;
};

/* The first row, of id, taskId, startTime, endTime; false when none. */
static int read_other(struct db_stmt *st, struct other *o, bool *ret_found)
{
	int rc = db_step(st);

	*ret_found = rc > 0;
	if (rc <= 0)
		return rc;
	o->id = db_column_int(st, 0);
	o->task = db_column_int(st, 1);
	o->start = db_column_int(st, 2);
	db_column(st, 3, &o->end);
	return 0;
}

static const char *zone_of(const struct awm_session *s)
{
	return s->acting ? s->actor.timezone : NULL;
}

/* One timer of a user. */
static int check_running(struct awm_session *s, const struct change *c)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	char since[TIME_ISO_SIZE];
	struct other o;
	bool found;
	int rc;

	if (c->after[TIME_ENTRY_endTime].kind != AWM_NULL ||
	    (c->before && c->before[TIME_ENTRY_endTime].kind == AWM_NULL &&
	     !change_differs(c, TIME_ENTRY_userId)))
		return 0;
	rc = db_query(s->db, &st,
		      "SELECT \"id\",\"taskId\",\"startTime\",\"endTime\" "
		      "FROM \"time_entries\" WHERE \"userId\"=?1 AND "
		      "\"endTime\" IS NULL AND \"id\"<>?2 LIMIT 1",
		      "ii", c->after[TIME_ENTRY_userId].i, c->id);
	if (!rc)
		rc = read_other(st, &o, &found);
	if (rc || !found)
		return rc;
	time_format_local(o.start, zone_of(s), since);
	err_set(AWM_INVALID,
		"a timer runs already: time entry %lld on task "
		"%lld, since %s",
		(long long)o.id, (long long)o.task, since);
	return err_hint("awm time stop, or --switch to stop it and start "
			"this one");
}

static int overlap_error(struct awm_session *s, const struct other *o)
{
	char from[TIME_ISO_SIZE], to[TIME_ISO_SIZE];
	long long id = (long long)o->id, task = (long long)o->task;

	time_format_local(o->start, zone_of(s), from);
	if (o->end.kind == AWM_NULL) {
		err_set(AWM_INVALID,
			"overlaps time entry %lld on task %lld, which runs "
			"since %s",
			id, task, from);
		return err_hint("awm time stop first, or --allow-overlap");
	}
	time_format_local(o->end.i, zone_of(s), to);
	err_set(AWM_INVALID,
		"overlaps time entry %lld on task %lld, from %s to %s", id,
		task, from, to);
	return err_hint("awm time edit %lld changes that one; "
			"--allow-overlap lets both stand",
			id);
}

static int check_overlap(struct awm_session *s, const struct change *c)
{
	const struct awm_value *end = &c->after[TIME_ENTRY_endTime];
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct other o;
	bool found;
	int rc = db_query(s->db, &st, query_time_overlap, "iiii",
			  c->after[TIME_ENTRY_userId].i, c->id,
			  c->after[TIME_ENTRY_startTime].i,
			  end->kind == AWM_NULL ? INT64_MAX : end->i);

	if (!rc)
		rc = read_other(st, &o, &found);
	return rc || !found ? rc : overlap_error(s, &o);
}

/* ---- what people may not do ---- */

static int check_task(struct awm_session *s, const struct change *c)
{
	int64_t id = c->after[TIME_ENTRY_taskId].i;
	struct awm_value deleted;
	int rc;

	if (!was_set(c, TIME_ENTRY_taskId))
		return 0;
	rc = db_get(s->db, NULL, &deleted,
		    "SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1", "i",
		    id);
	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)id);
	if (rc || deleted.kind == AWM_NULL)
		return rc;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)id);
	return err_hint("awm task restore %lld", (long long)id);
}

static int check_future(struct awm_session *s, const struct change *c)
{
	bool runs = c->after[TIME_ENTRY_endTime].kind == AWM_NULL;
	int64_t last =
		c->after[runs ? TIME_ENTRY_startTime : TIME_ENTRY_endTime].i;
	char text[TIME_ISO_SIZE];

	if (last <= s->now)
		return 0;
	time_format_local(last, zone_of(s), text);
	err_set(AWM_INVALID, "a time entry cannot %s in the future: %s",
		runs ? "start" : "end", text);
	if (!runs && !c->before)
		return err_hint("--at is when it started; without it the entry "
				"ends now");
	return -AWM_INVALID;
}

static int check_span(struct awm_session *s, const struct change *c,
		      unsigned flags)
{
	bool ended = c->after[TIME_ENTRY_endTime].kind != AWM_NULL;
	int rc;

	if (c->before && !change_differs(c, TIME_ENTRY_startTime) &&
	    !change_differs(c, TIME_ENTRY_endTime))
		return 0;
	rc = check_future(s, c);
	if (rc || flags & TIME_STOPPING)
		return rc;
	if (ended && !c->after[TIME_ENTRY_duration].i)
		return err_set(AWM_INVALID,
			       "a time entry needs a duration of at least a "
			       "second");
	rc = check_running(s, c);
	if (!rc && !(flags & AWM_TIME_OVERLAP))
		rc = check_overlap(s, c);
	return rc;
}

static void default_user(const struct awm_session *s, struct change *c)
{
	if (!c->before && !c->mask[TIME_ENTRY_userId])
		change_set(c, TIME_ENTRY_userId, AWM_VALUE_INT(s->actor.id));
}

int time_amend(struct awm_session *s, struct change *c, unsigned flags)
{
	int rc;

	default_user(s, c);
	if (c->mask[TIME_ENTRY_hourlyRate] &&
	    c->after[TIME_ENTRY_hourlyRate].kind != AWM_NULL &&
	    !c->mask[TIME_ENTRY_isBillable])
		change_set(c, TIME_ENTRY_isBillable, AWM_VALUE_INT(1));
	rc = check_task(s, c);
	if (!rc)
		rc = settle(c);
	return rc ? rc : check_span(s, c, flags);
}

/* ---- what nobody may do ---- */

static int check_owner(struct awm_session *s, const struct change *c)
{
	const struct awm_value *row = c->before ? c->before : c->after;
	bool own = row[TIME_ENTRY_userId].i == s->actor.id;

	if (c->before && c->after && change_differs(c, TIME_ENTRY_userId))
		own = false;
	return own ? 0
		   : role_require(s, ROLE_ADMIN,
				  "change another user's time entries");
}

static int time_check(struct awm_session *s, struct change *c)
{
	int rc;

	if (c->after)
		default_user(s, c);
	rc = check_owner(s, c);
	if (rc || !c->after)
		return rc;
	rc = settle(c);
	return rc ? rc : check_running(s, c);
}

static int time_wrote(struct awm_session *s, const struct change *c)
{
	const struct awm_value *row = c->after ? c->after : c->before;
	int rc = sums_time(s, row[TIME_ENTRY_taskId].i);

	if (!rc && c->before && c->after &&
	    change_differs(c, TIME_ENTRY_taskId))
		rc = sums_time(s, c->before[TIME_ENTRY_taskId].i);
	return rc;
}

const struct rules time_rules = {
	.entity = &entity_time_entry,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = time_event,
	.check = time_check,
	.wrote = time_wrote,
};
