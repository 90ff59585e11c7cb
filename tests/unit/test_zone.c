/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/zone.h"
#include "base/zone_rule.h"

#define HOUR 3600

static bool have_zones;

/* The instant of a time in UTC. */
static int64_t at(const char *iso)
{
	int64_t ms = 0;

	assert_int_equal(time_parse(iso, NULL, 0, &ms), 0);
	return ms;
}

static void need_zones(void)
{
	if (!have_zones)
		skip();
}

static void assert_offset(const char *zone, const char *utc, int want)
{
	int offset = -1;

	assert_int_equal(zone_offset(zone, at(utc), &offset), 0);
	if (offset != want)
		fail_msg("%s at %s: %d, not %d", zone, utc, offset, want);
}

/* The local time and the instant that it is. */
static void assert_utc(const char *zone, const char *local, const char *utc)
{
	char got[TIME_ISO_SIZE], want[TIME_ISO_SIZE];
	int64_t ms = 0;

	assert_int_equal(zone_to_utc(zone, at(local), &ms), 0);
	time_format_iso(ms, got);
	time_format_iso(at(utc), want);
	assert_string_equal(got, want);
}

static void test_civil(void **state)
{
	int64_t day = civil_to_day(0, 1, 1);

	(void)state;
	assert_int_equal(civil_to_day(1970, 1, 1), 0);
	assert_int_equal(day, DAY_FIRST);
	assert_int_equal(civil_to_day(10000, 1, 1), DAY_END);
	assert_int_equal(civil_weekday(0), 4);
	for (int64_t y = 0; y < 10000; y++) {
		for (int m = 1; m <= 12; m++) {
			int last = civil_month_days(y, m);
			assert_int_equal(civil_to_day(y, m, 1), day);
			struct civil c = civil_from_day(day + last - 1);
			assert_int_equal(c.year, y);
			assert_int_equal(c.month, m);
			assert_int_equal(c.day, last);
			day += last;
		}
	}
	assert_int_equal(day, DAY_END);
	assert_int_equal(civil_month_days(2024, 2), 29);
	assert_int_equal(civil_month_days(2023, 2), 28);
	assert_int_equal(civil_month_days(1900, 2), 28);
	assert_int_equal(civil_month_days(2000, 2), 29);
}

static void test_utc(void **state)
{
	(void)state;
	assert_offset(NULL, "2026-01-01", 0);
	assert_offset("UTC", "2026-07-01", 0);
	assert_offset("Etc/UTC", "2026-07-01", 0);
	assert_utc(NULL, "2026-07-01T12:00", "2026-07-01T12:00");
}

static void test_names(void **state)
{
	static const char *const bad[] = {
		"",
		"/etc/localtime",
		"../zoneinfo/Europe/Berlin",
		"Europe/../Europe/Berlin",
		"Europe/./Berlin",
		"Europe//Berlin",
		"Europe/Berlin/",
		"Europe",
		"Europe/Nowhere",
		"europe/berlin",
		"posix/Europe/Berlin",
		"right/Europe/Berlin",
		"localtime",
		"posixrules",
		"zone.tab",
		"tzdata.zi",
		"Europe/Berlin\n",
		" Europe/Berlin",
		":Europe/Berlin",
		"Europe\\Berlin",
		"CET-1CEST,M3.5.0,M10.5.0/3",
		"Europe/Berlin_Berlin_Berlin_Berlin_Berlin_Berlin_Berlin_01234",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int offset = 77;
		err_clear();
		assert_false(time_zone_valid(bad[i]));
		assert_int_equal(awm_error_last()->code, AWM_OK);
		assert_int_equal(zone_offset(bad[i], 0, &offset), -AWM_USAGE);
		assert_int_equal(offset, 77);
		assert_true(awm_error_last()->hint[0] != '\0');
	}
	assert_true(time_zone_valid("UTC"));
	assert_true(time_zone_valid("Etc/UTC"));
	need_zones();
	assert_true(time_zone_valid("Europe/Berlin"));
	assert_true(time_zone_valid("America/Argentina/ComodRivadavia"));
	assert_true(time_zone_valid("Etc/GMT+12"));
	assert_true(time_zone_valid("Asia/Kolkata"));
}

static void test_berlin(void **state)
{
	(void)state;
	need_zones();
	assert_offset("Europe/Berlin", "2026-01-15T12:00", HOUR);
	assert_offset("Europe/Berlin", "2026-07-15T12:00", 2 * HOUR);
	assert_offset("Europe/Berlin", "2026-03-29T00:59:59.999", HOUR);
	assert_offset("Europe/Berlin", "2026-03-29T01:00", 2 * HOUR);
	assert_offset("Europe/Berlin", "2026-10-25T00:59:59.999", 2 * HOUR);
	assert_offset("Europe/Berlin", "2026-10-25T01:00", HOUR);
	/* Far past the table, by the rule of the footer. */
	assert_offset("Europe/Berlin", "2999-01-15T12:00", HOUR);
	assert_offset("Europe/Berlin", "2999-07-15T12:00", 2 * HOUR);
	assert_offset("Europe/Berlin", "9999-12-31T23:00", HOUR);
	/* Before the table: local mean time. */
	assert_offset("Europe/Berlin", "1800-01-01", 53 * 60 + 28);
	assert_offset("Europe/Berlin", "0001-01-01", 53 * 60 + 28);
	/* The gap moves forward, what happens twice is the first. */
	assert_utc("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59");
	assert_utc("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00");
	assert_utc("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30");
	assert_utc("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00");
	assert_utc("Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59");
	assert_utc("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00");
	assert_utc("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30");
	assert_utc("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00");
}

static void test_odd_zones(void **state)
{
	(void)state;
	need_zones();
	/* Half an hour of summer time, on the southern half. */
	assert_offset("Australia/Lord_Howe", "2026-01-15", 11 * HOUR);
	assert_offset("Australia/Lord_Howe", "2026-07-15", 10 * HOUR + 1800);
	assert_utc("Australia/Lord_Howe", "2026-10-04T02:15",
		   "2026-10-03T15:45");
	assert_utc("Australia/Lord_Howe", "2026-10-04T02:30",
		   "2026-10-03T15:30");
	assert_utc("Australia/Lord_Howe", "2026-04-05T01:45",
		   "2026-04-04T14:45");
	assert_utc("Australia/Lord_Howe", "2026-04-05T02:00",
		   "2026-04-04T15:30");
	/* Winter time that is negative summer time. */
	assert_offset("Europe/Dublin", "2050-01-15", 0);
	assert_offset("Europe/Dublin", "2050-07-15", HOUR);
	/* A change at -1:00, that is on the day before. */
	assert_offset("America/Nuuk", "2040-03-25T00:59", -2 * HOUR);
	assert_offset("America/Nuuk", "2040-03-25T01:00", -1 * HOUR);
	assert_offset("Asia/Kathmandu", "2026-01-01", 5 * HOUR + 45 * 60);
	/* A day that was not: Samoa skipped 30 December 2011. */
	assert_utc("Pacific/Apia", "2011-12-29T12:00", "2011-12-29T22:00");
	assert_utc("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00");
	assert_utc("Pacific/Apia", "2011-12-31T12:00", "2011-12-30T22:00");
}

static void assert_rule(const char *text, const char *utc, int want)
{
	struct zone_rule rule;

	assert_true(zone_rule_parse(text, strlen(text), &rule));
	assert_int_equal(zone_rule_offset(&rule, at(utc) / 1000), want);
}

static void test_rules(void **state)
{
	static const char *const bad[] = {
		"",
		"C",
		"CET",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-25",
		"<CET-1",
		"CET-1CEST,J0,J365",
		"CET-1CEST,366,1",
		"CET-1CEST,M3.5.0/200,M10.5.0",
	};
	struct zone_rule rule;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(zone_rule_parse(bad[i], strlen(bad[i]), &rule));
	assert_rule("<+0330>-3:30", "2026-01-01", 3 * HOUR + 1800);
	assert_rule("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59", -5 * HOUR);
	assert_rule("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00", -4 * HOUR);
	assert_rule("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59", -4 * HOUR);
	assert_rule("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00", -5 * HOUR);
	/* Summer time all the year, as RFC 8536 writes it. */
	assert_rule("EST5EDT,0/0,J365/25", "2026-01-01T00:00", -4 * HOUR);
	assert_rule("EST5EDT,0/0,J365/25", "2026-12-31T23:59", -4 * HOUR);
	assert_rule("EST5EDT,0/0,J365/25", "2028-12-31T23:59", -4 * HOUR);
	/* J60 is 1 March in each year, 59 is 29 February in a leap year. */
	assert_rule("AAA0BBB,J60/0,J300", "2024-02-29T23:59", 0);
	assert_rule("AAA0BBB,J60/0,J300", "2024-03-01", HOUR);
	assert_rule("AAA0BBB,J60/0,J300", "2023-03-01", HOUR);
	assert_rule("AAA0BBB,59/0,300", "2024-02-29", HOUR);
	assert_rule("AAA0BBB,59/0,300", "2023-02-28T23:59", 0);
	assert_rule("AAA0BBB,59/0,300", "2023-03-01", HOUR);
}

static void assert_day(const char *zone, const char *utc, const char *start,
		       const char *end)
{
	char got[TIME_ISO_SIZE], want[TIME_ISO_SIZE];
	int64_t from, to;

	time_day_bounds(at(utc), zone, &from, &to);
	time_format_iso(from, got);
	time_format_iso(at(start), want);
	assert_string_equal(got, want);
	time_format_iso(to, got);
	time_format_iso(at(end), want);
	assert_string_equal(got, want);
}

static void test_day_bounds(void **state)
{
	(void)state;
	assert_day(NULL, "2026-02-28T23:59:59.999", "2026-02-28", "2026-03-01");
	assert_day("Nowhere/Land", "2026-02-28T00:00", "2026-02-28",
		   "2026-03-01");
	assert_day(NULL, "1969-12-31T12:00", "1969-12-31", "1970-01-01");
	need_zones();
	/* 23 and 25 hours */
	assert_day("Europe/Berlin", "2026-03-29T12:00", "2026-03-28T23:00",
		   "2026-03-29T22:00");
	assert_day("Europe/Berlin", "2026-10-25T12:00", "2026-10-24T22:00",
		   "2026-10-25T23:00");
	/* Midnight is skipped: the day begins at 01:00. */
	assert_day("America/Sao_Paulo", "2018-11-04T12:00", "2018-11-04T03:00",
		   "2018-11-05T02:00");
	/* Midnight happens twice. */
	assert_day("America/Havana", "2026-11-01T12:00", "2026-11-01T04:00",
		   "2026-11-02T05:00");
	/* 23:30 became 00:30 (Toronto, 1919). */
	assert_day("America/Toronto", "1919-03-31T04:45", "1919-03-31T04:30",
		   "1919-04-01T04:00");
	assert_day("Pacific/Apia", "2011-12-30T09:59", "2011-12-29T10:00",
		   "2011-12-30T10:00");
}

/* Whatever the zone does, an instant lies within its day. */
static void test_day_contains(void **state)
{
	static const char *const zones[] = {
		"Europe/Berlin",     "America/St_Johns", "America/Havana",
		"America/Sao_Paulo", "Asia/Beirut",	 "Africa/Cairo",
		"Pacific/Apia",	     "America/Toronto",	 "America/Scoresbysund",
	};
	int64_t from, to, first = at("1900-01-01"), last = at("2040-01-01");

	(void)state;
	need_zones();
	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		for (int64_t t = first; t < last; t += 3 * HOUR_MS + 60007) {
			time_day_bounds(t, zones[i], &from, &to);
			if (from > t || to <= t)
				fail_msg("%s: %lld is not in its day", zones[i],
					 (long long)t);
		}
	}
}

static void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

/* Files that are cut off or wrong are unknown zones, not accidents. */
static void test_broken_files(void **state)
{
	char dir[] = "/tmp/awm-zone-XXXXXX", path[64], name[32];
	unsigned char data[8192];
	size_t len;
	FILE *f;

	(void)state;
	need_zones();
	f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	if (f == NULL)
		skip();
	len = fread(data, 1, sizeof(data), f);
	(void)fclose(f);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(setenv("TZDIR", dir, 1), 0);
	(void)snprintf(path, sizeof(path), "%s/X", dir);
	write_file(path, data, len);
	assert_true(time_zone_valid("X"));
	/* The names differ, since the last zone is kept. */
	for (size_t cut = 0; cut < len; cut++) {
		(void)unlink(path);
		(void)snprintf(name, sizeof(name), "C%zu", cut);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		write_file(path, data, cut);
		assert_false(time_zone_valid(name));
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char was = data[i];
		int offset;
		(void)unlink(path);
		(void)snprintf(name, sizeof(name), "B%zu", i);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		data[i] = (unsigned char)(was ^ (i % 2 ? 0xFF : 0x01));
		write_file(path, data, len);
		data[i] = was;
		for (int64_t t = -3000; t < 9000; t += 500)
			(void)zone_offset(name, t * 365 * DAY_MS / 100,
					  &offset);
	}
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/F", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(time_zone_valid("F"));
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
	/* Without any zone information. */
	assert_false(time_zone_valid("Europe/Paris"));
	assert_true(time_zone_valid("UTC"));
	assert_int_equal(unsetenv("TZDIR"), 0);
	assert_true(time_zone_valid("Europe/Paris"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_civil),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_berlin),
		cmocka_unit_test(test_odd_zones),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_day_bounds),
		cmocka_unit_test(test_day_contains),
		cmocka_unit_test(test_broken_files),
	};

	/* A machine may have no tzdata; what needs it is skipped, in sight. */
	have_zones = access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
