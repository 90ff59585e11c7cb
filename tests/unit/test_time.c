/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/time.h"

static bool have_zones;

static void need_zones(void)
{
	if (!have_zones)
		skip();
}

static void assert_iso(int64_t ms, const char *want)
{
	char out[TIME_ISO_SIZE];

	time_format_iso(ms, out);
	assert_string_equal(out, want);
}

static void test_format(void **state)
{
	char out[TIME_ISO_SIZE];

	(void)state;
	assert_iso(0, "1970-01-01T00:00:00.000Z");
	assert_iso(-1, "1969-12-31T23:59:59.999Z");
	assert_iso(1795366800123, "2026-11-22T17:00:00.123Z");
	assert_iso(951782400000, "2000-02-29T00:00:00.000Z");
	assert_iso(INT64_MAX, "9999-12-31T23:59:59.999Z");
	assert_iso(INT64_MIN, "0000-01-01T00:00:00.000Z");
	time_format_local(1795366800123, NULL, out);
	assert_string_equal(out, "2026-11-22 17:00");
	time_format_local(1795366800123, "Nowhere/Land", out);
	assert_string_equal(out, "2026-11-22 17:00");
	time_format_local(INT64_MAX, NULL, out);
	assert_string_equal(out, "9999-12-31 23:59");
	need_zones();
	time_format_local(1795366800123, "Europe/Berlin", out);
	assert_string_equal(out, "2026-11-22 18:00");
	time_format_local(INT64_MAX, "Asia/Tokyo", out);
	assert_string_equal(out, "9999-12-31 23:59");
	time_format_local(INT64_MIN, "America/New_York", out);
	assert_string_equal(out, "0000-01-01 00:00");
}

/* 2026-11-18T14:30:15.250Z, a Wednesday */
#define NOW INT64_C(1795012215250)

static void assert_parse(const char *text, const char *zone, const char *want)
{
	char out[TIME_ISO_SIZE];
	int64_t ms = 0;

	if (time_parse(text, zone, NOW, &ms) != 0)
		fail_msg("'%s': %s", text, awm_error_last()->message);
	time_format_iso(ms, out);
	if (strcmp(out, want) != 0)
		fail_msg("'%s' is %s, not %s", text, out, want);
}

static void assert_refused(const char *text)
{
	int64_t ms = 77;

	err_clear();
	if (time_parse(text, NULL, NOW, &ms) != -AWM_USAGE)
		fail_msg("'%s' was read", text);
	assert_int_equal(ms, 77);
	assert_int_equal(awm_error_last()->code, AWM_USAGE);
}

static void test_parse_iso(void **state)
{
	(void)state;
	assert_iso(NOW, "2026-11-18T14:30:15.250Z");
	assert_parse("2026-11-22", NULL, "2026-11-22T00:00:00.000Z");
	assert_parse("2026-11-22T17:00", NULL, "2026-11-22T17:00:00.000Z");
	assert_parse("2026-11-22 17:00", NULL, "2026-11-22T17:00:00.000Z");
	assert_parse("2026-11-22T17:00:05", NULL, "2026-11-22T17:00:05.000Z");
	assert_parse("2026-11-22T17:00:05.5", NULL, "2026-11-22T17:00:05.500Z");
	assert_parse("2026-11-22T17:00:05.123456789Z", NULL,
		     "2026-11-22T17:00:05.123Z");
	assert_parse("2026-11-22t17:00z", NULL, "2026-11-22T17:00:00.000Z");
	assert_parse("2026-11-22T17:00+05:45", NULL,
		     "2026-11-22T11:15:00.000Z");
	assert_parse("2026-11-22T17:00:00-03:30", NULL,
		     "2026-11-22T20:30:00.000Z");
	assert_parse("2026-11-22T17:00-00:00", NULL,
		     "2026-11-22T17:00:00.000Z");
	assert_parse("  2024-02-29\t", NULL, "2024-02-29T00:00:00.000Z");
	assert_parse("2000-02-29", NULL, "2000-02-29T00:00:00.000Z");
	assert_parse("0000-01-01", NULL, "0000-01-01T00:00:00.000Z");
	assert_parse("9999-12-31T23:59:59.999", NULL,
		     "9999-12-31T23:59:59.999Z");
	assert_parse("1969-12-31T23:59:59.999", NULL,
		     "1969-12-31T23:59:59.999Z");
	assert_parse("17:00", NULL, "2026-11-18T17:00:00.000Z");
	assert_parse("9:05", NULL, "2026-11-18T09:05:00.000Z");
	assert_parse("00:00:01", NULL, "2026-11-18T00:00:01.000Z");
}

static void test_parse_words(void **state)
{
	(void)state;
	assert_parse("now", NULL, "2026-11-18T14:30:15.250Z");
	assert_parse("today", NULL, "2026-11-18T00:00:00.000Z");
	assert_parse("Tomorrow", NULL, "2026-11-19T00:00:00.000Z");
	assert_parse("YESTERDAY", NULL, "2026-11-17T00:00:00.000Z");
	/* Today is a Wednesday: that name means the next one. */
	assert_parse("wed", NULL, "2026-11-25T00:00:00.000Z");
	assert_parse("wednesday", NULL, "2026-11-25T00:00:00.000Z");
	assert_parse("thu", NULL, "2026-11-19T00:00:00.000Z");
	assert_parse("Friday", NULL, "2026-11-20T00:00:00.000Z");
	assert_parse("sat", NULL, "2026-11-21T00:00:00.000Z");
	assert_parse("sunday", NULL, "2026-11-22T00:00:00.000Z");
	assert_parse("mon", NULL, "2026-11-23T00:00:00.000Z");
	assert_parse("tuesday", NULL, "2026-11-24T00:00:00.000Z");
	assert_parse("eod", NULL, "2026-11-18T23:59:59.999Z");
	assert_parse("eow", NULL, "2026-11-22T23:59:59.999Z");
	assert_parse("eom", NULL, "2026-11-30T23:59:59.999Z");
	assert_parse("eoy", NULL, "2026-12-31T23:59:59.999Z");
}

static void test_parse_relative(void **state)
{
	(void)state;
	assert_parse("+3d", NULL, "2026-11-21T14:30:15.250Z");
	assert_parse("-2h", NULL, "2026-11-18T12:30:15.250Z");
	assert_parse("+ 90 min", NULL, "2026-11-18T16:00:15.250Z");
	assert_parse("+10s", NULL, "2026-11-18T14:30:25.250Z");
	assert_parse("in 2 weeks", NULL, "2026-12-02T14:30:15.250Z");
	assert_parse("in 2w", NULL, "2026-12-02T14:30:15.250Z");
	assert_parse("IN 1 Hour", NULL, "2026-11-18T15:30:15.250Z");
	assert_parse("3 days ago", NULL, "2026-11-15T14:30:15.250Z");
	assert_parse("3d ago", NULL, "2026-11-15T14:30:15.250Z");
	assert_parse("1 year ago", NULL, "2025-11-18T14:30:15.250Z");
	assert_parse("+2mo", NULL, "2027-01-18T14:30:15.250Z");
	assert_parse("-11mo", NULL, "2025-12-18T14:30:15.250Z");
	assert_parse("in 3 months", NULL, "2027-02-18T14:30:15.250Z");
	assert_parse("+1y", NULL, "2027-11-18T14:30:15.250Z");
	assert_parse("+0d", NULL, "2026-11-18T14:30:15.250Z");
}

static void assert_from(const char *now, const char *text, const char *want)
{
	char out[TIME_ISO_SIZE];
	int64_t from = 0, ms = 0;

	assert_int_equal(time_parse(now, NULL, 0, &from), 0);
	assert_int_equal(time_parse(text, NULL, from, &ms), 0);
	time_format_iso(ms, out);
	assert_string_equal(out, want);
}

static void test_calendar(void **state)
{
	(void)state;
	/* A month ends where it ends. */
	assert_from("2025-01-31", "+1mo", "2025-02-28T00:00:00.000Z");
	assert_from("2024-01-31", "+1mo", "2024-02-29T00:00:00.000Z");
	assert_from("2024-02-29", "+1y", "2025-02-28T00:00:00.000Z");
	assert_from("2024-02-29", "+4y", "2028-02-29T00:00:00.000Z");
	assert_from("2026-03-31", "-1mo", "2026-02-28T00:00:00.000Z");
	assert_from("2026-01-15", "-1mo", "2025-12-15T00:00:00.000Z");
	assert_from("2026-12-31", "eom", "2026-12-31T23:59:59.999Z");
	assert_from("2024-02-01", "eom", "2024-02-29T23:59:59.999Z");
	assert_from("2026-11-22", "eow", "2026-11-22T23:59:59.999Z");
	assert_from("2026-11-23", "eow", "2026-11-29T23:59:59.999Z");
	assert_from("2026-11-22", "sun", "2026-11-29T00:00:00.000Z");
	assert_from("9999-12-31", "eoy", "9999-12-31T23:59:59.999Z");
	assert_from("1969-12-28", "thu", "1970-01-01T00:00:00.000Z");
}

static void test_parse_zones(void **state)
{
	int64_t ms = 77;

	(void)state;
	assert_int_equal(time_parse("today", "Nowhere/Land", NOW, &ms),
			 -AWM_USAGE);
	assert_int_equal(ms, 77);
	need_zones();
	assert_parse("2026-11-22", "Europe/Berlin", "2026-11-21T23:00:00.000Z");
	assert_parse("2026-11-22T17:00", "Europe/Berlin",
		     "2026-11-22T16:00:00.000Z");
	assert_parse("2026-11-22T17:00Z", "Europe/Berlin",
		     "2026-11-22T17:00:00.000Z");
	assert_parse("today", "Asia/Tokyo", "2026-11-17T15:00:00.000Z");
	/* 14:30 in London is the next day in Auckland. */
	assert_parse("today", "Pacific/Auckland", "2026-11-18T11:00:00.000Z");
	assert_parse("thu", "Pacific/Auckland", "2026-11-25T11:00:00.000Z");
	assert_parse("17:00", "Europe/Berlin", "2026-11-18T16:00:00.000Z");
	assert_parse("eod", "Europe/Berlin", "2026-11-18T22:59:59.999Z");
	/* Gap and overlap. */
	assert_parse("2026-03-29T02:30", "Europe/Berlin",
		     "2026-03-29T01:30:00.000Z");
	assert_parse("2026-10-25T02:30", "Europe/Berlin",
		     "2026-10-25T00:30:00.000Z");
	assert_parse("2026-10-04T02:15", "Australia/Lord_Howe",
		     "2026-10-03T15:45:00.000Z");
	assert_parse("2018-11-04", "America/Sao_Paulo",
		     "2018-11-04T03:00:00.000Z");
}

/* Days keep the clock's time over a change, hours do not. */
static void test_relative_zones(void **state)
{
	const char *zone = "Europe/Berlin";
	char out[TIME_ISO_SIZE];
	int64_t now = 0, ms = 0;

	(void)state;
	need_zones();
	assert_int_equal(time_parse("2026-03-28T12:00", zone, 0, &now), 0);
	assert_int_equal(time_parse("+1d", zone, now, &ms), 0);
	time_format_local(ms, zone, out);
	assert_string_equal(out, "2026-03-29 12:00");
	assert_int_equal(time_parse("+24h", zone, now, &ms), 0);
	time_format_local(ms, zone, out);
	assert_string_equal(out, "2026-03-29 13:00");
	assert_int_equal(time_parse("+7mo", zone, now, &ms), 0);
	time_format_local(ms, zone, out);
	assert_string_equal(out, "2026-10-28 12:00");
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"a",
		"01/02/2026",
		"1/2/2026",
		"02.01.2026",
		"22-11-2026",
		"2026/11/22",
		"20261122",
		"2026",
		"2026-11",
		"2026-1-2",
		"26-11-22",
		"12026-11-22",
		"+2026-11-22",
		"-2026-11-22",
		"2026-11-31",
		"2026-02-29",
		"1900-02-29",
		"2026-00-10",
		"2026-13-10",
		"2026-11-00",
		"2026-11-22T",
		"2026-11-22T17",
		"2026-11-22T17:0",
		"2026-11-22T24:00",
		"2026-11-22T17:60",
		"2026-11-22T17:00:60",
		"2026-11-22T17:00:00.",
		"2026-11-22T17:00:00.1234567890",
		"2026-11-22T17:00:00,5",
		"2026-11-22T17:00ZZ",
		"2026-11-22T17:00+1",
		"2026-11-22T17:00+0100",
		"2026-11-22T17:00+24:00",
		"2026-11-22T17:00+01:60",
		"2026-11-22T7:00",
		"2026-11-22  17:00",
		"2026-11-22Z",
		"2026-11-22x",
		"0000-01-01T00:00+14:00",
		"9999-12-31T23:59-01:00",
		"5",
		"17",
		"5pm",
		"17:00x",
		"24:00",
		"1:5",
		"3d",
		"3 days",
		"+",
		"+d",
		"+3",
		"+3x",
		"+3m",
		"3m ago",
		"+3.5d",
		"+3d4h",
		"+3d ago",
		"in",
		"in ",
		"in days",
		"in -2 days",
		"in 2 days ago",
		"2 days agox",
		"2 daysago",
		"+1234567890d",
		"+999999999y",
		"-999999999mo",
		"+999999999d",
		"+999999999h",
		"+10000y",
		"mo",
		"m",
		"tues",
		"mond",
		"tomorrows",
		"next friday",
		"eo",
		"today\n",
		"\xC2\xA0today",
		"２０２６-11-22",
		"1763476215",
		"2026-11-22T17:00:00.000000Z                                x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_refused(bad[i]);
	assert_refused("01/02/2026");
	assert_non_null(strstr(awm_error_last()->message, "'01/02/2026'"));
	assert_non_null(strstr(awm_error_last()->hint, "2026-11-22T17:00"));
	assert_refused("+3m");
	assert_non_null(strstr(awm_error_last()->hint, "min or mo"));
}

/* No clock, however wrong, leads to undefined behaviour. */
static void test_extreme_now(void **state)
{
	static const char *const texts[] = {
		"now", "today", "eoy",	 "+1d",	 "-1y", "+999999999s",
		"eow", "mon",	"17:00", "-1mo", "-5h"};
	static const int64_t nows[] = {INT64_MIN, INT64_MAX, INT64_MIN + 1,
				       DAY_FIRST * DAY_MS,
				       DAY_END * DAY_MS - 1};
	static const char *const zones[] = {NULL, "Europe/Berlin",
					    "America/New_York"};
	int64_t ms, end;

	(void)state;
	for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
		for (size_t i = 0; i < ARRAY_LEN(nows); i++) {
			for (size_t k = 0; k < ARRAY_LEN(texts); k++)
				(void)time_parse(texts[k], zones[z], nows[i],
						 &ms);
			time_day_bounds(nows[i], zones[z], &ms, &end);
		}
	}
}

static void test_clock(void **state)
{
	int64_t first, second;

	(void)state;
	assert_int_equal(setenv("AWM_NOW", "2026-11-22T17:00", 1), 0);
	assert_int_equal(time_clock_init(), 0);
	assert_iso(time_now(), "2026-11-22T17:00:00.000Z");
	/* Read once. */
	assert_int_equal(setenv("AWM_NOW", "2027-01-01", 1), 0);
	assert_iso(time_now(), "2026-11-22T17:00:00.000Z");
	assert_int_equal(setenv("AWM_NOW", "01/02/2026", 1), 0);
	assert_int_equal(time_clock_init(), -AWM_USAGE);
	assert_non_null(strstr(awm_error_last()->message, "AWM_NOW"));
	assert_int_equal(setenv("AWM_NOW", "", 1), 0);
	assert_int_equal(time_clock_init(), 0);
	assert_int_equal(unsetenv("AWM_NOW"), 0);
	assert_int_equal(time_clock_init(), 0);
	first = time_now();
	second = time_now();
	assert_true(first <= second && second - first < 60000);
	assert_true(first > NOW - INT64_C(400) * DAY_MS * 10);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"90", 5400},
		{"0", 0},
		{"45s", 45},
		{"1h30m", 5400},
		{"1h 30m", 5400},
		{"1H30M", 5400},
		{"1.5h", 5400},
		{"0.25h", 900},
		{"1:30", 5400},
		{"0:05", 300},
		{"100:00", 360000},
		{"2d", 172800},
		{"1w", 604800},
		{"1w2d3h4m5s", 604800 + 172800 + 10800 + 240 + 5},
		{"90 min", 5400},
		{"2 hours", 7200},
		{"1 hour 30 minutes", 5400},
		{" 15m ", 900},
		{"PT1H30M", 5400},
		{"P1DT2H", 86400 + 7200},
		{"PT1S", 1},
		{"PT90M", 5400},
		{"P2W", 1209600},
		{"P1D", 86400},
		{"pt1h", 3600},
		{"PT1.5H", 5400},
		{"PT0S", 0},
		{"1.4s", 1},
		{"1.5s", 2},
		{"3653d", INT64_C(3653) * 86400},
	};
	static const char *const bad[] = {
		"",
		" ",
		"-5",
		"-1h",
		"+5",
		"h",
		"1x",
		"1h30",
		"30m1h",
		"1h1h",
		"1.5h30m",
		"1.5",
		"1.h",
		".5h",
		"1,5h",
		"1:60",
		"1:5",
		"1:005",
		"1:30:00",
		"1mo",
		"1y",
		"P",
		"PT",
		"P1DT",
		"P1Y",
		"P1M",
		"PT1D",
		"P1H",
		"PT1M1H",
		"PT1.5H1M",
		"P1DT1HT",
		"T1H",
		"1h m",
		"3654d",
		"600w",
		"5270000",
		"9999999999",
		"999999999w",
		"1e3",
		"0x10",
		"1h\n",
		"0.0000000001h",
		"99999999999999999999s",
		"PT99999999999H",
		"inf",
		"nan",
		"1 2h",
		"1hour30minutes1hour1hour1hour1hour1hour1hour1hour1hour1hour1h",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int64_t seconds = -1;
		if (time_parse_duration(good[i].text, &seconds) != 0 ||
		    seconds != good[i].seconds)
			fail_msg("'%s' is %lld", good[i].text,
				 (long long)seconds);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t seconds = 77;
		if (time_parse_duration(bad[i], &seconds) != -AWM_USAGE)
			fail_msg("'%s' was read", bad[i]);
		assert_int_equal(seconds, 77);
		assert_true(awm_error_last()->hint[0] != '\0');
	}
}

static void assert_duration(int64_t seconds, const char *want)
{
	char out[TIME_ISO_SIZE];

	time_format_duration(seconds, out);
	assert_string_equal(out, want);
}

static void test_format_duration(void **state)
{
	(void)state;
	assert_duration(0, "0m");
	assert_duration(45, "45s");
	assert_duration(60, "1m");
	assert_duration(5400, "1h 30m");
	assert_duration(183600, "2d 3h");
	assert_duration(86401, "1d 1s");
	assert_duration(90061, "1d 1h 1m 1s");
	assert_duration(-90, "-1m 30s");
	assert_duration(INT64_MAX, "106751991167300d 15h 30m 7s");
	assert_duration(INT64_MIN, "-106751991167300d 15h 30m 8s");
	/* What is written can be read. */
	for (int64_t s = 0; s < 400000; s += 7) {
		char out[TIME_ISO_SIZE];
		int64_t back = -1;
		time_format_duration(s, out);
		assert_int_equal(time_parse_duration(out, &back), 0);
		assert_int_equal(back, s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_parse_iso),
		cmocka_unit_test(test_parse_words),
		cmocka_unit_test(test_parse_relative),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_parse_zones),
		cmocka_unit_test(test_relative_zones),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_extreme_now),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_format_duration),
	};

	have_zones = access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
