/* SPDX-License-Identifier: MIT */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Instants are int64 milliseconds since 1970-01-01T00:00:00Z. Calendar days
 * belong to a zone; zones are IANA names ("Europe/Berlin"), read from the
 * system's zoneinfo. No function here reads or changes TZ of the process for
 * good, or uses localtime()/gmtime().
 */

#define TIME_ISO_SIZE 32

/* The instant now. AWM_NOW in the environment (any form that time_parse()
 * takes, in UTC) replaces the clock for the whole run; read once. */
int64_t time_now(void);

/* Sets the clock from AWM_NOW; -AWM_USAGE when it is malformed. Called once at
 * start; without the variable it does nothing. */
int time_clock_init(void);

/* Writes "2026-11-22T17:00:00.000Z". Any int64 is accepted; years outside
 * 0..9999 are clamped to those. */
void time_format_iso(int64_t ms, char out[TIME_ISO_SIZE]);

/* Writes "2026-11-22 18:00" in the zone (NULL: UTC). */
void time_format_local(int64_t ms, const char *zone, char out[TIME_ISO_SIZE]);

/* Whether the zone is known. No path tricks: '..', absolute paths and odd
 * bytes are unknown zones. */
bool time_zone_valid(const char *zone);

/*
 * Reads a time as people write it, in `zone` (NULL: UTC), relative to `now`:
 * ISO 8601 (2026-11-22, 2026-11-22T17:00[:SS[.mmm]], a space instead of T, Z
 * or ±HH:MM), 17:00 (today), now, today, tomorrow, yesterday, weekday names
 * (the next one after today; mon or monday), eod eow eom eoy (the last
 * millisecond of the day, the week that ends on Sunday, the month, the year),
 * +3d -2h, "in 2 weeks", "3 days ago" (units s min h d w mo y and their long
 * names). A date without a time is the start of that day in the zone. A local
 * time that a clock change skips moves forward by the gap; one that happens
 * twice is the first. -AWM_USAGE, with the forms in the hint, for anything
 * else: nothing ambiguous (01/02/2026) is guessed.
 */
int time_parse(const char *text, const char *zone, int64_t now,
	       int64_t *ret_ms);

/* Reads a duration: 90 (minutes), 45s, 1h30m, 1.5h, 1:30 (hours:minutes), 2d
 * (24 h each), 1w, ISO 8601 PT1H30M, P1DT2H, PT1S. In seconds; not negative;
 * at most 10 years. */
int time_parse_duration(const char *text, int64_t *ret_seconds);

/* Writes "1h 30m", "45s", "2d 3h"; 0 is "0m". */
void time_format_duration(int64_t seconds, char out[TIME_ISO_SIZE]);

/* The start of the day, in the zone, that `ms` falls in, and of the next. */
void time_day_bounds(int64_t ms, const char *zone, int64_t *ret_start,
		     int64_t *ret_end);

#endif
