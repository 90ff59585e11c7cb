/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/zone.h"

static enum { CLOCK_UNREAD, CLOCK_REAL, CLOCK_FIXED } clock_state;
static int64_t clock_fixed;

static int64_t real_now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000;
}

int time_clock_init(void)
{
	const char *text = getenv("AWM_NOW");
	int r;

	clock_state = CLOCK_REAL;
	if (text == NULL || text[0] == '\0')
		return 0;
	r = time_parse(text, NULL, real_now(), &clock_fixed);
	if (r < 0)
		return err_context("AWM_NOW");
	clock_state = CLOCK_FIXED;
	return 0;
}

int64_t time_now(void)
{
	if (clock_state == CLOCK_UNREAD)
		(void)time_clock_init();
	return clock_state == CLOCK_FIXED ? clock_fixed : real_now();
}

static char *put_number(char *p, int64_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + digits;
}

/* "2026-11-22T17:00"; returns the end. The time has to be clamped. */
static char *put_minutes(char *p, int64_t ms, char between)
{
	int64_t day = floor_div(ms, DAY_MS), rest = ms - day * DAY_MS;
	struct civil c = civil_from_day(day);

	p = put_number(p, c.year, 4);
	*p++ = '-';
	p = put_number(p, c.month, 2);
	*p++ = '-';
	p = put_number(p, c.day, 2);
	*p++ = between;
	p = put_number(p, rest / HOUR_MS, 2);
	*p++ = ':';
	p = put_number(p, rest / MINUTE_MS % 60, 2);
	*p = '\0';
	return p;
}

void time_format_iso(int64_t ms, char out[TIME_ISO_SIZE])
{
	int64_t t = civil_clamp(ms);
	int64_t rest = t - floor_div(t, MINUTE_MS) * MINUTE_MS;
	char *p = put_minutes(out, t, 'T');

	*p++ = ':';
	p = put_number(p, rest / SECOND_MS, 2);
	*p++ = '.';
	p = put_number(p, rest % SECOND_MS, 3);
	*p++ = 'Z';
	*p = '\0';
}

void time_format_local(int64_t ms, const char *zone, char out[TIME_ISO_SIZE])
{
	int64_t local;

	/* A zone that is gone from the machine must not hide the time. */
	if (zone_to_local(zone, ms, &local) < 0)
		local = ms;
	(void)put_minutes(out, civil_clamp(local), ' ');
}

bool time_zone_valid(const char *zone)
{
	return zone_known(zone);
}

void time_day_bounds(int64_t ms, const char *zone, int64_t *ret_start,
		     int64_t *ret_end)
{
	int64_t local, day, start = 0, end = 0;

	if (!zone_known(zone))
		zone = NULL;
	(void)zone_to_local(zone, ms, &local);
	day = floor_div(civil_clamp(local), DAY_MS);
	(void)zone_day_start(zone, day, &start);
	(void)zone_day_start(zone, day + 1, &end);
	/* Clocks set back over midnight show the evening twice, the second
	 * time after the next day began (St. John's, until 2011). */
	if (ms >= end && day + 1 < DAY_END) {
		start = end;
		(void)zone_day_start(zone, day + 2, &end);
	}
	*ret_start = start;
	*ret_end = end;
}
