/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/unit.h"
#include "base/zone.h"

/* Times as people write them: time_parse(). */

/* Longer than any form. */
#define TEXT_SIZE 64

static const char forms_hint[] =
	"write 2026-11-22, 2026-11-22T17:00 (with Z or +01:00 for another "
	"zone), 17:00, now, today, tomorrow, friday, eod, eow, eom, eoy, "
	"+3d, -2h, 'in 2 weeks' or '3 days ago'";

struct when {
	const char *zone;
	int64_t now;
	int64_t local; /* now, on the clocks of the zone */
	int64_t today; /* the day of that */
};

/* What a reader of one form answers: not my form, a time, or an error. */
enum outcome { OTHER, FOUND, WRONG };

/* Exactly this many digits. */
static bool read_digits(const char **p, int count, int *ret)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		if (!scan_is_digit((*p)[i]))
			return false;
		n = n * 10 + ((*p)[i] - '0');
	}
	*p += count;
	*ret = n;
	return true;
}

/* YYYY-MM-DD; the numbers are not checked. */
static bool read_date(const char **p, struct civil *ret)
{
	int year;

	if (!read_digits(p, 4, &year) || !scan_char(p, '-') ||
	    !read_digits(p, 2, &ret->month) || !scan_char(p, '-') ||
	    !read_digits(p, 2, &ret->day))
		return false;
	ret->year = year;
	return true;
}

/* A fraction of a second; what is finer than a millisecond is cut off. */
static bool read_fraction(const char **p, int *ret_ms)
{
	int ms = 0, digits = 0;

	for (; scan_is_digit(**p); (*p)++, digits++)
		if (digits < 3)
			ms = ms * 10 + (**p - '0');
	if (digits == 0 || digits > 9)
		return false;
	for (; digits < 3; digits++)
		ms *= 10;
	*ret_ms = ms;
	return true;
}

/* HH:MM[:SS[.mmm]] as milliseconds; `lax` allows one digit for the hour. */
static bool read_clock(const char **p, bool lax, int64_t *ret_ms)
{
	int h, m, s = 0, ms = 0;

	if (!read_digits(p, lax && (*p)[1] == ':' ? 1 : 2, &h) ||
	    !scan_char(p, ':') || !read_digits(p, 2, &m))
		return false;
	if (scan_char(p, ':')) {
		if (!read_digits(p, 2, &s))
			return false;
		if (scan_char(p, '.') && !read_fraction(p, &ms))
			return false;
	}
	if (h > 23 || m > 59 || s > 59)
		return false;
	*ret_ms = h * HOUR_MS + m * MINUTE_MS + s * SECOND_MS + ms;
	return true;
}

/* ±HH:MM */
static bool read_offset(const char **p, int64_t *ret_ms)
{
	bool west = **p == '-';
	int h, m;

	if (!scan_char(p, '+') && !scan_char(p, '-'))
		return false;
	if (!read_digits(p, 2, &h) || !scan_char(p, ':') ||
	    !read_digits(p, 2, &m) || h > 23 || m > 59)
		return false;
	*ret_ms = (h * HOUR_MS + m * MINUTE_MS) * (west ? -1 : 1);
	return true;
}

static enum outcome outside(void)
{
	(void)err_set(AWM_USAGE, "the time is outside the years 0 to 9999");
	return WRONG;
}

static enum outcome from_local(const struct when *w, int64_t local,
			       int64_t *ret)
{
	return zone_to_utc(w->zone, local, ret) == 0 ? FOUND : WRONG;
}

static enum outcome from_day(const struct when *w, int64_t day, int64_t *ret)
{
	return zone_day_start(w->zone, day, ret) == 0 ? FOUND : WRONG;
}

static enum outcome parse_iso(const struct when *w, const char *text,
			      int64_t *ret)
{
	const char *p = text;
	struct civil date;
	int64_t clock, offset, local;

	if (!read_date(&p, &date))
		return OTHER;
	if (date.month < 1 || date.month > 12 || date.day < 1 ||
	    date.day > civil_month_days(date.year, date.month)) {
		(void)err_set(AWM_USAGE, "no such day in the calendar: '%s'",
			      text);
		(void)err_hint("%s", forms_hint);
		return WRONG;
	}
	local = civil_to_day(date.year, date.month, date.day) * DAY_MS;
	if (*p == '\0')
		return from_day(w, local / DAY_MS, ret);
	if (!scan_char(&p, 't') && !scan_char(&p, ' '))
		return OTHER;
	if (!read_clock(&p, false, &clock))
		return OTHER;
	local += clock;
	if (*p == '\0')
		return from_local(w, local, ret);
	if (scan_char(&p, 'z'))
		offset = 0;
	else if (!read_offset(&p, &offset))
		return OTHER;
	*ret = local - offset;
	return *p == '\0' ? FOUND : OTHER;
}

static enum outcome parse_clock(const struct when *w, const char *text,
				int64_t *ret)
{
	const char *p = text;
	int64_t clock;

	if (!read_clock(&p, true, &clock) || *p != '\0')
		return OTHER;
	return from_local(w, w->today * DAY_MS + clock, ret);
}

/* The first day after the week, month or year. */
static int64_t after_week(int64_t today)
{
	return today + 1 + (7 - civil_weekday(today)) % 7;
}

static int64_t after_months(int64_t today, bool year)
{
	struct civil c = civil_from_day(today);

	if (year || c.month == 12)
		return civil_to_day(c.year + 1, 1, 1);
	return civil_to_day(c.year, c.month + 1, 1);
}

static enum outcome end_before(const struct when *w, int64_t day, int64_t *ret)
{
	enum outcome o = from_day(w, day, ret);

	if (o == FOUND)
		*ret -= 1;
	return o;
}

static enum outcome parse_word(const struct when *w, const char *text,
			       int64_t *ret)
{
	static const struct {
		const char *word;
		int days;
	} words[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};

	if (strcmp(text, "now") == 0) {
		*ret = w->now;
		return FOUND;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(text, words[i].word) == 0)
			return from_day(w, w->today + words[i].days, ret);
	if (strcmp(text, "eod") == 0)
		return end_before(w, w->today + 1, ret);
	if (strcmp(text, "eow") == 0)
		return end_before(w, after_week(w->today), ret);
	if (strcmp(text, "eom") == 0)
		return end_before(w, after_months(w->today, false), ret);
	if (strcmp(text, "eoy") == 0)
		return end_before(w, after_months(w->today, true), ret);
	return OTHER;
}

static enum outcome parse_weekday(const struct when *w, const char *text,
				  int64_t *ret)
{
	static const char *const names[] = {"sunday",	 "monday",   "tuesday",
					    "wednesday", "thursday", "friday",
					    "saturday"};
	size_t len = strlen(text);

	for (int i = 0; i < 7; i++) {
		if (strcmp(text, names[i]) != 0 &&
		    (len != 3 || strncmp(text, names[i], 3) != 0))
			continue;
		int ahead = (i - civil_weekday(w->today) + 7) % 7;
		return from_day(w, w->today + (ahead == 0 ? 7 : ahead), ret);
	}
	return OTHER;
}

/* Months forwards or back; the 31st becomes the last day of a shorter one. */
static int64_t add_months(int64_t day, int64_t months)
{
	struct civil c = civil_from_day(day);
	int64_t index = c.year * 12 + (c.month - 1) + months;
	int64_t year = floor_div(index, 12);
	int month = (int)(index - year * 12) + 1;
	int last = civil_month_days(year, month);

	return civil_to_day(year, month, c.day < last ? c.day : last);
}

/* Days and longer keep the clock's time, shorter units count real time. */
static enum outcome shift(const struct when *w, int64_t n, enum unit unit,
			  int64_t *ret)
{
	int64_t clock = w->local - w->today * DAY_MS, day = w->today;

	switch (unit) {
	case UNIT_SECOND:
	case UNIT_MINUTE:
	case UNIT_HOUR:
		*ret = w->now + n * unit_seconds(unit) * SECOND_MS;
		return FOUND;
	case UNIT_DAY:
	case UNIT_WEEK:
		day += n * (unit == UNIT_WEEK ? 7 : 1);
		break;
	case UNIT_MONTH:
	case UNIT_YEAR:
		day = add_months(day, n * (unit == UNIT_YEAR ? 12 : 1));
		break;
	case UNIT_M:
		(void)err_set(AWM_USAGE, "the unit 'm' is minutes or months");
		(void)err_hint("write min or mo");
		return WRONG;
	case UNIT_NONE:
		return OTHER;
	}
	if (day < DAY_FIRST || day >= DAY_END)
		return outside();
	return from_local(w, day * DAY_MS + clock, ret);
}

/* +3d, -2h, in 2 weeks, 3 days ago */
static enum outcome parse_relative(const struct when *w, const char *text,
				   int64_t *ret)
{
	bool in = strncmp(text, "in ", 3) == 0;
	bool sign = *text == '+' || *text == '-';
	const char *p = scan_blanks(text + (in ? 3 : sign));
	int64_t n = 0;
	int digits = 0;

	for (; scan_is_digit(*p) && digits <= 9; p++, digits++)
		n = n * 10 + (*p - '0');
	if (digits == 0 || digits > 9)
		return OTHER;
	enum unit unit = unit_read(scan_blanks(p), &p);
	if (!in && !sign) {
		const char *word = scan_blanks(p);
		if (word == p || strcmp(word, "ago") != 0)
			return OTHER;
		n = -n;
	} else if (*p != '\0') {
		return OTHER;
	}
	return shift(w, *text == '-' ? -n : n, unit, ret);
}

static enum outcome parse_any(const struct when *w, const char *text,
			      int64_t *ret)
{
	static enum outcome (*const forms[])(const struct when *, const char *,
					     int64_t *) = {
		parse_iso, parse_clock, parse_word, parse_weekday,
		parse_relative};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		enum outcome o = forms[i](w, text, ret);
		if (o != OTHER)
			return o;
	}
	return OTHER;
}

static int malformed(const char *text)
{
	(void)err_set(AWM_USAGE, "cannot read the time '%s'", text);
	return err_hint("%s", forms_hint);
}

int time_parse(const char *text, const char *zone, int64_t now, int64_t *ret_ms)
{
	struct when w = {.zone = zone, .now = civil_clamp(now)};
	char copy[TEXT_SIZE];
	enum outcome o = OTHER;
	int64_t ms = 0;
	int r;

	r = zone_to_local(zone, w.now, &w.local);
	if (r < 0)
		return r;
	w.today = floor_div(w.local, DAY_MS);
	if (scan_copy(text, copy, sizeof(copy)))
		o = parse_any(&w, copy, &ms);
	if (o == OTHER)
		return malformed(text);
	if (o == FOUND && ms != civil_clamp(ms))
		o = outside();
	if (o == WRONG)
		return -(int)awm_error_last()->code;
	*ret_ms = ms;
	return 0;
}
