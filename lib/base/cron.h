/* SPDX-License-Identifier: MIT */
#ifndef BASE_CRON_H
#define BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Schedules as crontab(5) writes them: minute, hour, day of month, month, day
 * of week. Lists, ranges and steps; the names JAN to DEC and SUN to SAT; 0 and
 * 7 are Sunday; 'a/n' is from a on; '?' is '*' in the fields of days. Of the
 * days of a month also L (the last), L-3 (three before it), 15W (the workday
 * nearest to the 15th, in the same month), LW; of the days of a week 5L (the
 * last Friday) and 5#2 (the second). @yearly @annually @monthly @weekly @daily
 * @midnight @hourly stand for all five.
 *
 * When both fields of days are restricted, a day needs to be in one of them. A
 * field that begins with '*' restricts nothing in this sense: beside the days
 * of '*' over 2 a day needs to be in both.
 *
 * The times are local ones of a zone. Where a clock change skips a time, it
 * happens at the first instant behind the gap, once for all that are skipped;
 * a time that is there twice happens the first time only. But when the hour is
 * any one, or begins with '*', the schedule keeps its rhythm: it happens
 * whenever the clock shows such a time.
 */
struct cron {
	uint64_t minutes;     /* bit n: minute n */
	uint32_t hours;	      /* bit n: hour n */
	uint32_t days;	      /* bit n: day n of the month */
	uint32_t before_last; /* bit n: n days before the last */
	uint32_t workdays;    /* bit n: nearest workday to day n */
	uint16_t months;      /* bit n: month n */
	uint8_t weekdays;     /* bit n: 0 is Sunday */
	uint8_t last;	      /* bit n: the last such weekday of the month */
	uint8_t nth[5];	      /* bit n: the first, second, … such weekday */
	bool last_workday;
	bool any_day, any_weekday; /* restrict nothing in the sense above */
	bool rhythm;
};

/* -AWM_USAGE for what is no schedule, naming the field; -AWM_INVALID for one
 * that never happens (30 February). */
int cron_parse(const char *text, struct cron *ret);

/*
 * The first instant after `after`, the last one before `before`; milliseconds.
 * 1: there is one; 0: there is none between the years 0 and 9999; negative:
 * the zone is unknown (NULL is UTC).
 */
int cron_next(const struct cron *c, const char *zone, int64_t after,
	      int64_t *ret);
int cron_previous(const struct cron *c, const char *zone, int64_t before,
		  int64_t *ret);

#endif
