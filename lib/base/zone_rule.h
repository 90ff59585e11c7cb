/* SPDX-License-Identifier: MIT */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The POSIX TZ string at the end of a TZif file, which holds for the years
 * past its table: "CET-1CEST,M3.5.0,M10.5.0/3".
 */
struct zone_day {
	char kind; /* 'M', 'J' or '0' as POSIX has them */
	int month, week, weekday;
	int day;
	int seconds; /* local time of the change; may be negative */
};

struct zone_rule {
	int std, dst; /* seconds east of UTC */
	bool has_dst;
	struct zone_day start, end;
};

/* Whether the text was understood. */
bool zone_rule_parse(const char *s, size_t len, struct zone_rule *ret);

/* Seconds east of UTC at an instant. */
int zone_rule_offset(const struct zone_rule *rule, int64_t utc_seconds);

/* The last change that is not later than an instant and the first one that
 * is; only what is nearer than what they hold is written to them. */
void zone_rule_changes(const struct zone_rule *rule, int64_t utc_seconds,
		       int64_t *start, int64_t *end);

#endif
