/* SPDX-License-Identifier: MIT */
#ifndef BASE_UNIT_H
#define BASE_UNIT_H

#include <stdint.h>

/* Units of time by name: "d", "days", in lower case. */
enum unit {
	UNIT_NONE,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_YEAR,
	/* "m" alone: minutes in a duration, else perhaps months */
	UNIT_M,
};

/* Reads the letters at s; returns the unit and their end. */
enum unit unit_read(const char *s, const char **ret_end);

/* 0 for months and years, which have no fixed length. */
int64_t unit_seconds(enum unit unit);

#endif
