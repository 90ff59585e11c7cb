/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cron.h"
#include "base/err.h"
#include "base/time.h"
#include "base/zone.h"

/* oracle.py holds random schedules to other implementations; here are those
 * that a person can check. */

static int64_t at(const char *iso)
{
	int64_t ms;

	assert_int_equal(time_parse(iso, NULL, 0, &ms), 0);
	return ms;
}

static void same(int64_t got, const char *want)
{
	char iso[TIME_ISO_SIZE];

	time_format_iso(got, iso);
	iso[16] = '\0';
	assert_string_equal(iso, want);
}

/* From `start` on these, in UTC to the minute; and back again. */
static void expect(const char *text, const char *zone, const char *start,
		   const char *const *want)
{
	struct cron c;
	int64_t now = at(start), back;

	assert_int_equal(cron_parse(text, &c), 0);
	for (size_t i = 0; want[i]; i++) {
		int64_t was = now;
		assert_int_equal(cron_next(&c, zone, was, &now), 1);
		same(now, want[i]);
		if (!i)
			continue;
		assert_int_equal(cron_previous(&c, zone, now, &back), 1);
		assert_int_equal(back, was);
	}
}
#define EXPECT(text, zone, start, ...)                                         \
	expect(text, zone, start, (const char *const[]){__VA_ARGS__, NULL})

static int count(const char *text, const char *zone, const char *from,
		 const char *to)
{
	struct cron c;
	int64_t now = at(from) - 1, end = at(to);
	int n = 0;

	assert_int_equal(cron_parse(text, &c), 0);
	while (cron_next(&c, zone, now, &now) == 1 && now < end)
		n++;
	return n;
}

static void test_plain(void **state)
{
	(void)state;
	EXPECT("0 9 * * 1-5", NULL, "2026-11-20T08:00Z", "2026-11-20T09:00",
	       "2026-11-23T09:00", "2026-11-24T09:00");
	EXPECT("*/20 8,17 * * *", NULL, "2026-11-20T08:30Z", "2026-11-20T08:40",
	       "2026-11-20T17:00", "2026-11-20T17:20");
	EXPECT("5/25 0 1 JAN,jul *", NULL, "2026-11-20T08:30Z",
	       "2027-01-01T00:05", "2027-01-01T00:30", "2027-01-01T00:55",
	       "2027-07-01T00:05");
	EXPECT("0 0 ? * SAT-SUN", NULL, "2026-11-25T00:00Z", "2026-11-28T00:00",
	       "2026-11-29T00:00", "2026-12-05T00:00");
	EXPECT("0 0 * * 7", NULL, "2026-11-25T00:00Z", "2026-11-29T00:00");
	EXPECT("@hourly", NULL, "2026-12-31T23:00Z", "2027-01-01T00:00");
	EXPECT("@Daily", NULL, "2026-12-31T23:00Z", "2027-01-01T00:00");
	EXPECT("@weekly", NULL, "2026-12-31T23:00Z", "2027-01-03T00:00");
	EXPECT("@monthly", NULL, "2026-12-31T23:00Z", "2027-01-01T00:00");
	EXPECT("@yearly", NULL, "2026-12-31T23:00Z", "2027-01-01T00:00",
	       "2028-01-01T00:00");
	EXPECT(" 0\t0  1 1 * ", NULL, "2026-12-31T23:00Z", "2027-01-01T00:00");
}

static void test_days(void **state)
{
	(void)state;
	/* either of two restricted fields; but '*' over 2 restricts nothing */
	EXPECT("0 0 13 * FRI", NULL, "2026-11-01T00:00Z", "2026-11-06T00:00",
	       "2026-11-13T00:00", "2026-11-20T00:00");
	EXPECT("0 0 13 * */6", NULL, "2026-11-01T00:00Z", "2026-12-13T00:00");
	EXPECT("0 0 L * *", NULL, "2027-02-01T00:00Z", "2027-02-28T00:00",
	       "2027-03-31T00:00", "2027-04-30T00:00");
	EXPECT("0 0 L-2,1 * *", NULL, "2028-02-01T00:00Z", "2028-02-27T00:00",
	       "2028-03-01T00:00", "2028-03-29T00:00");
	EXPECT("0 0 * * 5L", NULL, "2026-11-01T00:00Z", "2026-11-27T00:00",
	       "2026-12-25T00:00", "2027-01-29T00:00");
	EXPECT("0 0 * * L5", NULL, "2026-11-01T00:00Z", "2026-11-27T00:00");
	EXPECT("0 0 * * 2#3,MON#5", NULL, "2026-11-01T00:00Z",
	       "2026-11-17T00:00", "2026-11-30T00:00", "2026-12-15T00:00");
	/* 15 November 2026 is a Sunday, 1 August a Saturday, 31 January 2027
	 * a Sunday: never into another month */
	EXPECT("0 0 15W 11 *", NULL, "2026-11-01T00:00Z", "2026-11-16T00:00");
	EXPECT("0 0 1W 8 *", NULL, "2026-07-01T00:00Z", "2026-08-03T00:00");
	EXPECT("0 0 31W * *", NULL, "2027-01-01T00:00Z", "2027-01-29T00:00",
	       "2027-03-31T00:00");
	EXPECT("0 0 LW * *", NULL, "2026-10-01T00:00Z", "2026-10-30T00:00",
	       "2026-11-30T00:00");
}

static void test_leap(void **state)
{
	(void)state;
	EXPECT("0 0 29 2 *", NULL, "2095-01-01T00:00Z", "2096-02-29T00:00",
	       "2104-02-29T00:00");
	EXPECT("0 0 L 2 *", NULL, "2096-01-01T00:00Z", "2096-02-29T00:00",
	       "2097-02-28T00:00", "2098-02-28T00:00", "2099-02-28T00:00",
	       "2100-02-28T00:00");
	/* a leap day that is a Monday */
	EXPECT("0 0 29 2 */8", NULL, "2026-01-01T00:00Z", "2032-02-29T00:00",
	       "2060-02-29T00:00", "2088-02-29T00:00", "2128-02-29T00:00");
	assert_int_equal(count("0 12 * * *", NULL, "2100-01-01T00:00Z",
			       "2101-01-01T00:00Z"),
			 365);
}

/* 29 March 2026 2:00 CET to 3:00 CEST, 25 October 3:00 CEST to 2:00 CET. */
static void test_berlin(void **state)
{
	static const char zone[] = "Europe/Berlin";

	(void)state;
	EXPECT("30 2 * * *", zone, "2026-03-28T00:00Z", "2026-03-28T01:30",
	       "2026-03-29T01:00", "2026-03-30T00:30");
	EXPECT("*/15 2 * * *", zone, "2026-03-28T12:00Z", "2026-03-29T01:00",
	       "2026-03-30T00:00", "2026-03-30T00:15");
	EXPECT("0 2,3 * * *", zone, "2026-03-28T12:00Z", "2026-03-29T01:00",
	       "2026-03-30T00:00");
	EXPECT("30 2 * * *", zone, "2026-10-24T12:00Z", "2026-10-25T00:30",
	       "2026-10-26T01:30");
	EXPECT("*/30 1-3 * * *", zone, "2026-10-25T00:00Z", "2026-10-25T00:30",
	       "2026-10-25T02:00", "2026-10-25T02:30", "2026-10-26T00:00");
	/* asked in the second of the two hours */
	EXPECT("45 2 * * *", zone, "2026-10-25T01:10Z", "2026-10-26T01:45");
	EXPECT("0 * * * *", zone, "2026-10-24T23:30Z", "2026-10-25T00:00",
	       "2026-10-25T01:00", "2026-10-25T02:00");
	EXPECT("0 0-23 * * *", zone, "2026-10-25T00:30Z", "2026-10-25T01:00");
	assert_int_equal(count("*/15 * * * *", zone, "2026-03-28T23:00Z",
			       "2026-03-29T22:00Z"),
			 92);
	assert_int_equal(count("*/15 * * * *", zone, "2026-10-24T22:00Z",
			       "2026-10-25T23:00Z"),
			 100);
}

/* Half an hour: 4 October 2026 2:00 +10:30 to 2:30 +11, 5 April 2:00 +11 to
 * 1:30 +10:30. */
static void test_lord_howe(void **state)
{
	static const char zone[] = "Australia/Lord_Howe";

	(void)state;
	EXPECT("15 2 * * *", zone, "2026-10-03T00:00Z", "2026-10-03T15:30",
	       "2026-10-04T15:15");
	EXPECT("0,10,20,40 2 * * *", zone, "2026-10-03T00:00Z",
	       "2026-10-03T15:30", "2026-10-03T15:40", "2026-10-04T15:00");
	EXPECT("45 1 * * *", zone, "2026-04-04T00:00Z", "2026-04-04T14:45",
	       "2026-04-05T15:15");
	EXPECT("15,45 1 * * *", zone, "2026-04-04T14:50Z", "2026-04-05T14:45",
	       "2026-04-05T15:15");
	EXPECT("45 * * * *", zone, "2026-04-04T14:00Z", "2026-04-04T14:45",
	       "2026-04-04T15:15", "2026-04-04T16:15");
	assert_int_equal(count("*/15 * * * *", zone, "2026-10-03T13:30Z",
			       "2026-10-04T13:00Z"),
			 94);
	assert_int_equal(count("*/15 * * * *", zone, "2026-04-04T13:00Z",
			       "2026-04-05T13:30Z"),
			 98);
}

/* Samoa had no 30 December 2011. */
static void test_lost_day(void **state)
{
	(void)state;
	EXPECT("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00Z",
	       "2011-12-29T19:00", "2011-12-30T10:00", "2011-12-30T19:00");
}

static void test_far(void **state)
{
	struct cron c;
	int64_t got;

	(void)state;
	assert_int_equal(cron_parse("0 0 1 1 *", &c), 0);
	assert_int_equal(cron_next(&c, NULL, INT64_MAX, &got), 0);
	assert_int_equal(cron_previous(&c, NULL, INT64_MIN, &got), 0);
	assert_int_equal(cron_next(&c, "Europe/Berlin", INT64_MIN, &got), 1);
	assert_int_equal(cron_previous(&c, "Europe/Berlin", INT64_MAX, &got),
			 1);
	same(got, "9998-12-31T23:00");
	assert_int_equal(cron_next(&c, "Europe/Nowhere", 0, &got), -AWM_USAGE);
}

static void test_refused(void **state)
{
	static const char *const malformed[] = {
		"",
		"* * * *",
		"* * * * * *",
		"60 * * * *",
		"* 24 * * *",
		"* * 0 * *",
		"* * 32 * *",
		"* * * 13 *",
		"* * * * 8",
		"5-1 * * * *",
		"*/0 * * * *",
		"* * * foo *",
		"1, * * * *",
		",1 * * * *",
		"1,,2 * * * *",
		"-1 * * * *",
		"1-2-3 * * * *",
		"* * L-31 * *",
		"* * * * 1#6",
		"* * * * 1#0",
		"* * * * 1#",
		"@reboot",
		"@",
		"? * * * *",
		"* * * * FRIX",
		"* * 3X * *",
		"* * * * L8",
		"00000 * * * *",
		"* * W * *",
		"1.5 * * * *",
		"* * * * 1L2",
		"+1 * * * *",
		"* * * JANUARY *",
	};
	static const char *const never[] = {"0 0 30 2 *", "0 0 31 4,6,9,11 *",
					    "0 0 31W 2 *"};
	struct cron c;

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		if (cron_parse(malformed[i], &c) != -AWM_USAGE)
			fail_msg("taken: '%s'", malformed[i]);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		assert_int_equal(cron_parse(never[i], &c), -AWM_INVALID);
	assert_int_equal(cron_parse("0 25 * * *", &c), -AWM_USAGE);
	assert_string_equal(awm_error_last()->message,
			    "malformed hour '25' in a cron line: no number in "
			    "range");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_leap),
		cmocka_unit_test(test_berlin),
		cmocka_unit_test(test_lord_howe),
		cmocka_unit_test(test_lost_day),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
