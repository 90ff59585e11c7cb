/* SPDX-License-Identifier: MIT */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Time zones from the system's zoneinfo ($TZDIR, else /usr/share/zoneinfo),
 * by IANA name. NULL, "UTC" and "Etc/UTC" need no file. The zone used last is
 * kept; all functions may be called from any thread.
 *
 * Each returns 0, or -AWM_USAGE when the zone is unknown.
 */

/* Seconds east of UTC at an instant. */
int zone_offset(const char *zone, int64_t utc_ms, int *ret_seconds);

/* The time around an instant in which the offset stays the same. A start of
 * INT64_MIN and an end of INT64_MAX: without one. */
struct zone_span {
	int64_t start, end; /* the end is not included */
	int64_t offset;	    /* milliseconds east of UTC */
};
int zone_span(const char *zone, int64_t utc_ms, struct zone_span *ret);

/* The local time, as milliseconds since a local 1970-01-01T00:00. */
int zone_to_local(const char *zone, int64_t utc_ms, int64_t *ret_local_ms);

/* The instant of a local time. One that a clock change skips moves forward by
 * the gap; one that happens twice is the first. */
int zone_to_utc(const char *zone, int64_t local_ms, int64_t *ret_utc_ms);

/* The first instant of a day, by its number since 1970-01-01. */
int zone_day_start(const char *zone, int64_t day, int64_t *ret_utc_ms);

/* Whether the zone is known. Sets no error. */
bool zone_known(const char *zone);

#endif
