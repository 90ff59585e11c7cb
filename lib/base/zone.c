/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/zone_rule.h"

#define NAME_SIZE 64
/* The largest file of tzdata has 4 kB. */
#define FILE_SIZE 65536
#define HEADER	  44
/* No zone ever was further from UTC (Manila, before 1845: 15:56). */
#define FAR_MS (16 * HOUR_MS)

/*
 * The zone loaded last: the bytes of its TZif file (RFC 8536), its 64-bit
 * block and its footer. One for the process, under a lock.
 */
static struct {
	pthread_mutex_t lock;
	char name[NAME_SIZE]; /* "": none */
	unsigned char raw[FILE_SIZE];
	const unsigned char *times, *kinds, *types;
	size_t time_count, type_count;
	bool has_rule;
	struct zone_rule rule;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_utc(const char *zone)
{
	return zone == NULL || strcmp(zone, "UTC") == 0 ||
	       strcmp(zone, "Etc/UTC") == 0;
}

/* Names of IANA zones only. They begin with a capital, which leaves out
 * "posix/…", "right/…" and "localtime". */
static bool is_name(const char *zone)
{
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_+-/";
	size_t len = strlen(zone);

	if (len == 0 || len >= NAME_SIZE || strspn(zone, rest) != len)
		return false;
	if (zone[0] < 'A' || zone[0] > 'Z' || zone[len - 1] == '/')
		return false;
	return strstr(zone, "//") == NULL;
}

static int64_t read_be(const unsigned char *p, size_t bytes)
{
	uint64_t v = (p[0] & 0x80) != 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

/* Reads into cache.raw, up to the end of the file. */
static bool read_all(int fd, size_t *ret_len)
{
	size_t len = 0;

	while (len < FILE_SIZE) {
		ssize_t n = read(fd, cache.raw + len, FILE_SIZE - len);
		if (n == 0) {
			*ret_len = len;
			return true;
		}
		if (n < 0 && errno != EINTR)
			return false;
		len += n > 0 ? (size_t)n : 0;
	}
	return false;
}

static bool read_file(const char *zone, size_t *ret_len)
{
	const char *dir = getenv("TZDIR");
	char path[4096];
	struct stat st;
	int fd, n;

	if (dir == NULL || dir[0] != '/')
		dir = "/usr/share/zoneinfo";
	n = snprintf(path, sizeof(path), "%s/%s", dir, zone);
	if (n < 0 || (size_t)n >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool whole = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		     read_all(fd, ret_len);
	(void)close(fd);
	return whole;
}

/* The sizes that a header at p tells. */
struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static bool read_header(const unsigned char *p, size_t len, struct counts *c)
{
	size_t *fields[] = {&c->isut, &c->isstd, &c->leap,
			    &c->time, &c->type,	 &c->chars};

	if (len < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	for (size_t i = 0; i < 6; i++) {
		int64_t v = read_be(p + 20 + 4 * i, 4);
		if (v < 0 || v > FILE_SIZE)
			return false;
		*fields[i] = (size_t)v;
	}
	return true;
}

static size_t block_size(const struct counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars +
	       c->leap * (time_size + 4) + c->isstd + c->isut;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; empty when the last type goes on. */
static bool load_footer(const unsigned char *p, size_t len)
{
	const unsigned char *end;

	if (len < 2 || p[0] != '\n')
		return false;
	end = memchr(p + 1, '\n', len - 1);
	if (end == NULL)
		return false;
	cache.has_rule = end > p + 1;
	return !cache.has_rule ||
	       zone_rule_parse((const char *)p + 1, (size_t)(end - p - 1),
			       &cache.rule);
}

static bool load_block(size_t len)
{
	const unsigned char *p = cache.raw;
	struct counts c;
	size_t skip;

	if (!read_header(p, len, &c))
		return false;
	skip = HEADER + block_size(&c, 4);
	if (skip > len || !read_header(p + skip, len - skip, &c))
		return false;
	p += skip + HEADER;
	len -= skip + HEADER;
	/* Leap seconds would count other seconds than all the rest does. */
	if (block_size(&c, 8) > len || c.type == 0 || c.leap != 0)
		return false;
	cache.times = p;
	cache.kinds = p + c.time * 8;
	cache.types = cache.kinds + c.time;
	cache.time_count = c.time;
	cache.type_count = c.type;
	for (size_t i = 0; i < c.time; i++)
		if (cache.kinds[i] >= c.type)
			return false;
	for (size_t i = 0; i < c.type; i++) {
		int64_t offset = read_be(cache.types + 6 * i, 4);
		if (offset < -26 * 3600 || offset > 26 * 3600)
			return false;
	}
	return load_footer(p + block_size(&c, 8), len - block_size(&c, 8));
}

static bool load(const char *zone)
{
	size_t len;

	if (strcmp(cache.name, zone) == 0)
		return true;
	cache.name[0] = '\0';
	if (!read_file(zone, &len) || !load_block(len))
		return false;
	memcpy(cache.name, zone, strlen(zone) + 1);
	return true;
}

/* The loaded zone around an instant: seconds, the offset too. */
static void span_at(int64_t seconds, struct zone_span *span)
{
	size_t low = 0, high = cache.time_count, kind = 0;

	/* How many changes are not later? */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (read_be(cache.times + 8 * middle, 8) <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	span->start = INT64_MIN;
	span->end = INT64_MAX;
	if (low < cache.time_count)
		span->end = read_be(cache.times + 8 * low, 8);
	if (low > 0) {
		span->start = read_be(cache.times + 8 * (low - 1), 8);
		kind = cache.kinds[low - 1];
	}
	span->offset = read_be(cache.types + 6 * kind, 4);
	if (low == cache.time_count && cache.has_rule) {
		span->offset = zone_rule_offset(&cache.rule, seconds);
		zone_rule_changes(&cache.rule, seconds, &span->start,
				  &span->end);
	}
}

/* Whether the zone is known, and what holds then. */
static bool find_span(const char *zone, int64_t utc_ms, struct zone_span *span)
{
	bool known;

	if (is_utc(zone)) {
		*span = (struct zone_span){INT64_MIN, INT64_MAX, 0};
		return true;
	}
	if (!is_name(zone))
		return false;
	(void)pthread_mutex_lock(&cache.lock);
	known = load(zone);
	if (known)
		span_at(floor_div(utc_ms, SECOND_MS), span);
	(void)pthread_mutex_unlock(&cache.lock);
	return known;
}

bool zone_known(const char *zone)
{
	struct zone_span span;

	return find_span(zone, 0, &span);
}

static int find(const char *zone, int64_t utc_ms, struct zone_span *span)
{
	if (find_span(zone, utc_ms, span))
		return 0;
	(void)err_set(AWM_USAGE, "unknown time zone '%s'", zone);
	return err_hint("zones have IANA names: Europe/Berlin, UTC; "
			"their rules come from the package tzdata");
}

int zone_offset(const char *zone, int64_t utc_ms, int *ret_seconds)
{
	struct zone_span span;
	int r = find(zone, utc_ms, &span);

	if (r < 0)
		return r;
	*ret_seconds = (int)span.offset;
	return 0;
}

int zone_span(const char *zone, int64_t utc_ms, struct zone_span *ret)
{
	int r = find(zone, utc_ms, ret);

	if (r < 0)
		return r;
	/* Some tables begin with the universe. */
	ret->start = ret->start < DAY_FIRST * DAY_S ? INT64_MIN
						    : ret->start * SECOND_MS;
	ret->end =
		ret->end > DAY_END * DAY_S ? INT64_MAX : ret->end * SECOND_MS;
	ret->offset *= SECOND_MS;
	return 0;
}

/* a + b, at most what the type holds. */
static int64_t add_clamped(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

int zone_to_local(const char *zone, int64_t utc_ms, int64_t *ret_local_ms)
{
	int offset, r;

	r = zone_offset(zone, utc_ms, &offset);
	if (r < 0)
		return r;
	*ret_local_ms = add_clamped(utc_ms, offset * SECOND_MS);
	return 0;
}

int zone_to_utc(const char *zone, int64_t local_ms, int64_t *ret_utc_ms)
{
	int offsets[2], r;

	/* Whichever offset holds, the instant lies between these two. */
	for (int i = 0; i < 2; i++) {
		int64_t edge = add_clamped(local_ms, i == 0 ? -FAR_MS : FAR_MS);
		r = zone_offset(zone, edge, &offsets[i]);
		if (r < 0)
			return r;
	}
	for (int i = 0; i < 2; i++) {
		int64_t utc = add_clamped(local_ms, -offsets[i] * SECOND_MS);
		int there;
		r = zone_offset(zone, utc, &there);
		if (r < 0)
			return r;
		if (there == offsets[i]) {
			*ret_utc_ms = utc;
			return 0;
		}
	}
	/* In a gap: what the clock before it would have shown. */
	*ret_utc_ms = add_clamped(local_ms, -offsets[0] * SECOND_MS);
	return 0;
}

int zone_day_start(const char *zone, int64_t day, int64_t *ret_utc_ms)
{
	int64_t midnight = day * DAY_MS, early, late, local;
	int r;

	r = zone_to_utc(zone, midnight, &late);
	if (r < 0)
		return r;
	r = zone_to_local(zone, late, &local);
	if (r < 0)
		return r;
	/* When midnight is skipped, the day begins with the change, which is
	 * somewhere in the time before. */
	early = local == midnight ? late : late - DAY_MS;
	while (early < late) {
		int64_t middle = early + (late - early) / 2;
		r = zone_to_local(zone, middle, &local);
		if (r < 0)
			return r;
		if (local >= midnight)
			late = middle;
		else
			early = middle + 1;
	}
	*ret_utc_ms = late;
	return 0;
}
