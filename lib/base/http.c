// SPDX-License-Identifier: MIT
#include "base/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/number.h"

struct date {
	int64_t year, now;
	int month, day, hour, minute, second;
};

/* `n` digits, of which the first may be a blank when `blank`; -1 otherwise. */
static int digits(const char *p, int n, bool blank)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (blank && i == 0 && p[i] == ' ')
			continue;
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

/* 0 for what is none. */
static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (!strncmp(p, names + i * 3, 3))
			return i + 1;
	return 0;
}

static bool read_clock(struct date *d, const char *p)
{
	d->hour = digits(p, 2, false);
	d->minute = p[2] == ':' ? digits(p + 3, 2, false) : -1;
	d->second =
		d->minute >= 0 && p[5] == ':' ? digits(p + 6, 2, false) : -1;
	return d->hour >= 0 && d->hour < 24 && d->minute >= 0 &&
	       d->minute < 60 && d->second >= 0 && d->second <= 60;
}

/* "06 Nov 1994 08:49:37 GMT" */
static bool read_fixed(struct date *d, const char *p)
{
	if (strlen(p) != 24 || p[2] != ' ' || p[6] != ' ' || p[11] != ' ' ||
	    strcmp(p + 20, " GMT"))
		return false;
	d->day = digits(p, 2, false);
	d->month = month_of(p + 3);
	d->year = digits(p + 7, 4, false);
	return read_clock(d, p + 12);
}

/* "06-Nov-94 08:49:37 GMT" */
static bool read_short(struct date *d, const char *p)
{
	int64_t this_year = civil_from_day(floor_div(d->now, DAY_MS)).year;

	if (strlen(p) != 22 || p[2] != '-' || p[6] != '-' || p[9] != ' ' ||
	    strcmp(p + 18, " GMT"))
		return false;
	d->day = digits(p, 2, false);
	d->month = month_of(p + 3);
	d->year = digits(p + 7, 2, false);
	if (d->year < 0)
		return false;
	d->year += this_year - this_year % 100;
	if (d->year > this_year + 50)
		d->year -= 100;
	return read_clock(d, p + 10);
}

/* "Nov  6 08:49:37 1994" */
static bool read_asctime(struct date *d, const char *p)
{
	if (strlen(p) != 20 || p[3] != ' ' || p[6] != ' ' || p[15] != ' ')
		return false;
	d->month = month_of(p);
	d->day = digits(p + 4, 2, true);
	d->year = digits(p + 16, 4, false);
	return read_clock(d, p + 7);
}

int64_t http_date(const char *s, int64_t now)
{
	const char *comma = strchr(s, ',');
	struct date d = {.now = now};
	bool good;

	if (comma)
		good = comma[1] == ' ' &&
		       (read_fixed(&d, comma + 2) || read_short(&d, comma + 2));
	else
		good = strlen(s) == 24 && s[3] == ' ' &&
		       read_asctime(&d, s + 4);
	if (!good || d.year < 1 || d.month < 1 || d.day < 1 ||
	    d.day > civil_month_days(d.year, d.month))
		return -1;
	return civil_to_day(d.year, d.month, d.day) * DAY_MS +
	       d.hour * HOUR_MS + d.minute * MINUTE_MS + d.second * SECOND_MS;
}

/* Some send fractions of seconds, which the standard has not. */
int64_t http_retry_after(const char *s, int64_t now)
{
	size_t len = strspn(s, "0123456789.");
	int64_t date;
	double v;

	if (len && len < NUMBER_SIZE && *s != '.' && !s[len]) {
		v = number_parse(s, len) * 1000;
		return v >= 0 && v < 1e15 ? (int64_t)v : -1;
	}
	date = http_date(s, now);
	return date < 0 ? -1 : date > now ? date - now : 0;
}
