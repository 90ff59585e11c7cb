/* SPDX-License-Identifier: MIT */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

/* The proleptic Gregorian calendar, without zones: for the files of lib/base.
 * A day is its number since 1970-01-01. */

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)
#define DAY_S	  INT64_C(86400)

/* The days 0000-01-01 and 10000-01-01: what lies between has a written form. */
#define DAY_FIRST INT64_C(-719528)
#define DAY_END	  INT64_C(2932897)

/* The nearest instant that has one. */
static inline int64_t civil_clamp(int64_t ms)
{
	if (ms < DAY_FIRST * DAY_MS)
		return DAY_FIRST * DAY_MS;
	if (ms >= DAY_END * DAY_MS)
		return DAY_END * DAY_MS - 1;
	return ms;
}

struct civil {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/* Division that rounds down; b > 0. */
static inline int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline bool civil_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline int civil_month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && civil_is_leap(year));
}

/* The day of a date. Years of any sign; the month has to be 1 to 12. The year
 * is counted from March, so that the leap day comes last. */
static inline int64_t civil_to_day(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static inline struct civil civil_from_day(int64_t number)
{
	int64_t z = number + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil c = {
		.year = yoe + era * 400,
		.month = (int)(mp < 10 ? mp + 3 : mp - 9),
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
	};

	c.year += c.month <= 2;
	return c;
}

/* 0 is Sunday. */
static inline int civil_weekday(int64_t number)
{
	int64_t w = (number + 4) % 7;

	return (int)(w < 0 ? w + 7 : w);
}

#endif
