/* SPDX-License-Identifier: MIT */
#include "base/zone_rule.h"

#include "base/civil.h"

struct cursor {
	const char *p, *end;
};

static bool eat(struct cursor *c, char want)
{
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool read_number(struct cursor *c, int min, int max, int *ret)
{
	const char *start = c->p;
	int n = 0;

	while (c->p < c->end && is_digit(*c->p) && c->p - start < 4)
		n = n * 10 + (*c->p++ - '0');
	if (c->p == start || n < min || n > max)
		return false;
	*ret = n;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_hms(struct cursor *c, int max_hours, int *ret_seconds)
{
	bool negative = eat(c, '-');
	int h, m = 0, s = 0;

	if (!negative)
		(void)eat(c, '+');
	if (!read_number(c, 0, max_hours, &h))
		return false;
	if (eat(c, ':')) {
		if (!read_number(c, 0, 59, &m))
			return false;
		if (eat(c, ':') && !read_number(c, 0, 59, &s))
			return false;
	}
	s += h * 3600 + m * 60;
	*ret_seconds = negative ? -s : s;
	return true;
}

/* CET or <+0330> */
static bool skip_name(struct cursor *c)
{
	const char *start = c->p;

	if (eat(c, '<')) {
		while (c->p < c->end && *c->p != '>')
			c->p++;
		return eat(c, '>');
	}
	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	return c->p - start >= 3;
}

static bool read_day(struct cursor *c, struct zone_day *day)
{
	bool ok;

	if (eat(c, 'M')) {
		day->kind = 'M';
		ok = read_number(c, 1, 12, &day->month) && eat(c, '.') &&
		     read_number(c, 1, 5, &day->week) && eat(c, '.') &&
		     read_number(c, 0, 6, &day->weekday);
	} else if (eat(c, 'J')) {
		day->kind = 'J';
		ok = read_number(c, 1, 365, &day->day);
	} else {
		day->kind = '0';
		ok = read_number(c, 0, 365, &day->day);
	}
	day->seconds = 2 * 3600;
	if (ok && eat(c, '/'))
		ok = read_hms(c, 167, &day->seconds);
	return ok;
}

bool zone_rule_parse(const char *s, size_t len, struct zone_rule *ret)
{
	struct cursor c = {s, s + len};
	struct zone_rule rule = {0};

	/* POSIX counts westwards. */
	if (!skip_name(&c) || !read_hms(&c, 24, &rule.std))
		return false;
	rule.std = -rule.std;
	if (c.p != c.end) {
		rule.has_dst = true;
		rule.dst = rule.std + 3600;
		if (!skip_name(&c))
			return false;
		if (c.p < c.end && *c.p != ',') {
			if (!read_hms(&c, 24, &rule.dst))
				return false;
			rule.dst = -rule.dst;
		}
		if (!eat(&c, ',') || !read_day(&c, &rule.start) ||
		    !eat(&c, ',') || !read_day(&c, &rule.end))
			return false;
	}
	if (c.p != c.end)
		return false;
	*ret = rule;
	return true;
}

/* Local seconds since the epoch at which the change of the year happens. */
static int64_t change_in_year(const struct zone_day *d, int64_t year)
{
	int64_t day;

	if (d->kind == 'M') {
		int64_t first = civil_to_day(year, d->month, 1);
		int skip = (d->weekday - civil_weekday(first) + 7) % 7;
		int of_month = skip + 7 * (d->week - 1);
		if (of_month >= civil_month_days(year, d->month))
			of_month -= 7;
		day = first + of_month;
	} else {
		day = civil_to_day(year, 1, 1) + d->day;
		/* J counts from 1 and never counts 29 February. */
		if (d->kind == 'J')
			day -= !(civil_is_leap(year) && d->day >= 60);
	}
	return day * DAY_S + d->seconds;
}

int zone_rule_offset(const struct zone_rule *rule, int64_t utc_seconds)
{
	int64_t year, start, end;

	if (!rule->has_dst)
		return rule->std;
	year = civil_from_day(floor_div(utc_seconds + rule->std, DAY_S)).year;
	start = change_in_year(&rule->start, year) - rule->std;
	end = change_in_year(&rule->end, year) - rule->dst;
	if (start < end)
		return utc_seconds >= start && utc_seconds < end ? rule->dst
								 : rule->std;
	return utc_seconds >= end && utc_seconds < start ? rule->std
							 : rule->dst;
}

void zone_rule_changes(const struct zone_rule *rule, int64_t utc_seconds,
		       int64_t *start, int64_t *end)
{
	int64_t year = civil_from_day(floor_div(utc_seconds, DAY_S)).year;

	for (int i = 0; rule->has_dst && i < 6; i++) {
		int64_t y = year - 1 + i / 2;
		int64_t at =
			i % 2 ? change_in_year(&rule->end, y) - rule->dst
			      : change_in_year(&rule->start, y) - rule->std;
		if (at <= utc_seconds && at > *start)
			*start = at;
		if (at > utc_seconds && at < *end)
			*end = at;
	}
}
