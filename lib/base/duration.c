/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/unit.h"

/* Ten years. No part of a sum may pass it, so sums cannot overflow. */
#define SECONDS_MAX (INT64_C(3653) * 86400)
#define DIGITS_MAX  9

/* The digits after a point, as billionths. */
static bool read_fraction(const char **p, int64_t *ret_nano)
{
	int64_t place = INT64_C(100000000), nano = 0;
	const char *s = *p;

	if (!scan_is_digit(*s))
		return false;
	for (; scan_is_digit(*s) && place > 0; s++, place /= 10)
		nano += (*s - '0') * place;
	if (scan_is_digit(*s))
		return false;
	*ret_nano = nano;
	*p = s;
	return true;
}

/* A decimal number of at most 9 digits on either side of the point, as
 * billionths. */
static bool read_decimal(const char **p, int64_t *ret_nano, bool *ret_fraction)
{
	const char *s = *p;
	int64_t whole = 0, part = 0;

	for (; scan_is_digit(*s); s++) {
		if (s - *p == DIGITS_MAX)
			return false;
		whole = whole * 10 + (*s - '0');
	}
	if (s == *p)
		return false;
	*ret_fraction = scan_char(&s, '.');
	if (*ret_fraction && !read_fraction(&s, &part))
		return false;
	*ret_nano = whole * INT64_C(1000000000) + part;
	*p = s;
	return true;
}

/* nano billionths of a unit, in seconds rounded to the nearest. */
static bool add_part(int64_t nano, enum unit unit, int64_t *total)
{
	int64_t size = unit_seconds(unit), product;

	if (__builtin_mul_overflow(nano, size, &product) ||
	    product / INT64_C(1000000000) > SECONDS_MAX)
		return false;
	*total += (product + INT64_C(500000000)) / INT64_C(1000000000);
	return *total <= SECONDS_MAX;
}

/* 1h30m, 1.5h, 2 days: units get smaller, only the last may have a fraction. */
static bool parse_units(const char *p, int64_t *ret)
{
	enum unit before = UNIT_YEAR;
	bool fraction = false;
	int64_t total = 0, nano;

	while (*p != '\0') {
		if (fraction || !read_decimal(&p, &nano, &fraction))
			return false;
		p = scan_blanks(p);
		enum unit unit = unit_read(p, &p);
		if (unit == UNIT_M)
			unit = UNIT_MINUTE;
		if (unit_seconds(unit) == 0 || unit >= before ||
		    !add_part(nano, unit, &total))
			return false;
		before = unit;
		p = scan_blanks(p);
	}
	*ret = total;
	return before != UNIT_YEAR;
}

static enum unit iso_unit(char c, bool time)
{
	switch (c) {
	case 'w':
		return time ? UNIT_NONE : UNIT_WEEK;
	case 'd':
		return time ? UNIT_NONE : UNIT_DAY;
	case 'h':
		return time ? UNIT_HOUR : UNIT_NONE;
	case 'm':
		return time ? UNIT_MINUTE : UNIT_NONE;
	case 's':
		return time ? UNIT_SECOND : UNIT_NONE;
	default:
		return UNIT_NONE;
	}
}

/* What follows the P of ISO 8601. Years and months have no fixed length. */
static bool parse_iso(const char *p, int64_t *ret)
{
	bool time = false, fraction = false, empty = true;
	enum unit before = UNIT_YEAR;
	int64_t total = 0, nano;

	while (*p != '\0') {
		if (*p == 't' && !time) {
			time = empty = true;
			p++;
			continue;
		}
		if (fraction || !read_decimal(&p, &nano, &fraction))
			return false;
		enum unit unit = iso_unit(*p, time);
		if (unit == UNIT_NONE || unit >= before ||
		    !add_part(nano, unit, &total))
			return false;
		before = unit;
		empty = false;
		p++;
	}
	*ret = total;
	return !empty;
}

/* 90 (minutes) and 1:30 (hours and minutes). */
static bool parse_plain(const char *p, int64_t *ret)
{
	int64_t nano, total = 0;
	bool fraction;

	if (!read_decimal(&p, &nano, &fraction) || fraction)
		return false;
	if (*p == '\0') {
		if (!add_part(nano, UNIT_MINUTE, &total))
			return false;
	} else {
		if (p[0] != ':' || p[1] < '0' || p[1] > '5' ||
		    !scan_is_digit(p[2]) || p[3] != '\0' ||
		    !add_part(nano, UNIT_HOUR, &total))
			return false;
		total += ((p[1] - '0') * 10 + (p[2] - '0')) * 60;
	}
	*ret = total;
	return total <= SECONDS_MAX;
}

static bool parse(const char *p, int64_t *ret)
{
	if (*p == 'p')
		return parse_iso(p + 1, ret);
	return parse_plain(p, ret) || parse_units(p, ret);
}

int time_parse_duration(const char *text, int64_t *ret_seconds)
{
	char copy[64];
	int64_t seconds;

	if (scan_copy(text, copy, sizeof(copy)) && parse(copy, &seconds)) {
		*ret_seconds = seconds;
		return 0;
	}
	(void)err_set(AWM_USAGE, "cannot read the duration '%s'", text);
	return err_hint("write 90 (minutes), 45s, 1h30m, 1.5h, 1:30, 2d, 1w "
			"or PT1H30M; at most 10 years");
}

void time_format_duration(int64_t seconds, char out[TIME_ISO_SIZE])
{
	static const struct {
		uint64_t size;
		char letter;
	} parts[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	uint64_t rest = (uint64_t)seconds;
	size_t at = 0;

	if (seconds == 0) {
		(void)snprintf(out, TIME_ISO_SIZE, "0m");
		return;
	}
	if (seconds < 0) {
		rest = 0 - rest;
		out[at++] = '-';
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		uint64_t n = rest / parts[i].size;
		rest -= n * parts[i].size;
		if (n == 0)
			continue;
		at += (size_t)snprintf(out + at, TIME_ISO_SIZE - at,
				       "%" PRIu64 "%c%s", n, parts[i].letter,
				       rest > 0 ? " " : "");
	}
}
