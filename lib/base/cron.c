/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include "base/civil.h"
#include "base/zone.h"

/* Local time is counted in milliseconds since a local 1970-01-01T00:00, as in
 * zone.h. */

/* The workday nearest to a day of the month, in the same month. */
static int nearest_workday(int64_t first, int length, int day)
{
	int weekday;

	if (day > length)
		return 0;
	weekday = civil_weekday(first + day - 1);
	if (weekday == 6)
		return day > 1 ? day - 1 : day + 2;
	if (weekday == 0)
		return day < length ? day + 1 : day - 2;
	return day;
}

static int last_workday(int64_t first, int length)
{
	int weekday = civil_weekday(first + length - 1);

	return length - (weekday == 6 ? 1 : weekday == 0 ? 2 : 0);
}

static bool in_days(const struct cron *c, int64_t first, int length, int day)
{
	if (c->days >> day & 1 || c->before_last >> (length - day) & 1)
		return true;
	if (c->last_workday && last_workday(first, length) == day)
		return true;
	for (int d = 1; c->workdays && d <= 31; d++)
		if (c->workdays >> d & 1 &&
		    nearest_workday(first, length, d) == day)
			return true;
	return false;
}

static bool in_weekdays(const struct cron *c, int weekday, int length, int day)
{
	if (c->weekdays >> weekday & 1)
		return true;
	if (c->last >> weekday & 1 && day + 7 > length)
		return true;
	return c->nth[(day - 1) / 7] >> weekday & 1;
}

static bool is_day(const struct cron *c, int64_t number, struct civil date)
{
	int length = civil_month_days(date.year, date.month);
	bool day = in_days(c, number - date.day + 1, length, date.day);
	bool weekday = in_weekdays(c, civil_weekday(number), length, date.day);

	return c->any_day || c->any_weekday ? day && weekday : day || weekday;
}

/* The first minute of a day at or after `minute` of it; -1: none. */
static int minute_of_day(const struct cron *c, int minute)
{
	for (int hour = minute / 60, from = minute % 60; hour < 24;
	     hour++, from = 0) {
		uint64_t left = c->minutes >> from;
		if (c->hours >> hour & 1 && left)
			return hour * 60 + from + __builtin_ctzll(left);
	}
	return -1;
}

/* The first local time of the schedule in [from, to). */
static bool first_local(const struct cron *c, int64_t from, int64_t to,
			int64_t *ret)
{
	int64_t minute = -floor_div(-from, MINUTE_MS);
	int64_t day = floor_div(minute, 24 * 60);
	int64_t end = day + 400 * 366; /* all that there can be */

	minute -= day * 24 * 60;
	for (; day < end && day < DAY_END && day * DAY_MS < to; minute = 0) {
		struct civil date = civil_from_day(day);
		int at;
		if (!(c->months >> date.month & 1)) {
			day += civil_month_days(date.year, date.month) -
			       date.day + 1;
			continue;
		}
		at = is_day(c, day, date) ? minute_of_day(c, (int)minute) : -1;
		if (at >= 0) {
			*ret = day * DAY_MS + at * MINUTE_MS;
			return *ret < to;
		}
		day++;
	}
	return false;
}

/* The local time that was shown last, before the span; for a schedule that
 * does not repeat what the clock repeats. */
static int high_water(const char *zone, const struct zone_span *span,
		      int64_t *ret)
{
	struct zone_span before = *span;
	int rc = 0;

	*ret = INT64_MIN;
	while (!rc && before.start != INT64_MIN &&
	       before.start > span->start - 2 * DAY_MS) {
		rc = zone_span(zone, before.start - 1, &before);
		if (!rc && before.end + before.offset > *ret)
			*ret = before.end + before.offset;
	}
	return rc;
}

/* In one span, after `after`. `high` is the local time up to which everything
 * has been; it is moved on. */
static bool next_in_span(const struct cron *c, const struct zone_span *span,
			 int64_t after, int64_t *high, int64_t *ret)
{
	int64_t start = span->start == INT64_MIN ? INT64_MIN
						 : span->start + span->offset;
	int64_t from = after + 1 + span->offset, local;
	int64_t end = span->end == INT64_MAX ? DAY_END * DAY_MS
					     : span->end + span->offset;
	int64_t was = *high;

	if (end > *high)
		*high = end;
	if (from < start)
		from = start;
	if (!c->rhythm) {
		if (after < span->start && was != INT64_MIN && was < start &&
		    first_local(c, was, start, &local)) {
			*ret = span->start;
			return true;
		}
		if (from < was)
			from = was;
	}
	if (from >= end || !first_local(c, from, end, &local))
		return false;
	*ret = local - span->offset;
	return true;
}

int cron_next(const struct cron *c, const char *zone, int64_t after,
	      int64_t *ret)
{
	struct zone_span span;
	int64_t high;
	int rc;

	after = civil_clamp(after);
	rc = zone_span(zone, after, &span);
	if (!rc)
		rc = high_water(zone, &span, &high);
	while (!rc) {
		if (next_in_span(c, &span, after, &high, ret))
			return *ret < DAY_END * DAY_MS;
		if (span.end >= DAY_END * DAY_MS)
			return 0;
		rc = zone_span(zone, span.end, &span);
	}
	return rc;
}

/* What comes next after a moment does not go back when the moment goes on; so
 * the last moment that something comes after, and still before, is found by
 * halving. */
int cron_previous(const struct cron *c, const char *zone, int64_t before,
		  int64_t *ret)
{
	int64_t late = civil_clamp(before), early = late, step = HOUR_MS, at;
	int rc;

	do {
		if (early == DAY_FIRST * DAY_MS)
			return 0;
		early = civil_clamp(early - step);
		step *= 2;
		rc = cron_next(c, zone, early, &at);
		if (rc < 0)
			return rc;
	} while (!rc || at >= before);
	for (early = at; early < late;) {
		int64_t middle = early + (late - early) / 2;
		rc = cron_next(c, zone, middle, &at);
		if (rc < 0)
			return rc;
		if (rc && at < before)
			early = at;
		else
			late = middle;
	}
	*ret = early;
	return 1;
}
