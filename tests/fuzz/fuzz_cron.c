/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cron.h"

/* Whatever is taken for a schedule: what comes next is later, comes from
 * nothing in between, and is found again from behind. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static void check(const struct cron *c, const char *zone, int64_t now)
{
	int64_t next, again, back;

	for (int i = 0; i < 5 && cron_next(c, zone, now, &next) == 1; i++) {
		expect(next > now && next % 1000 == 0);
		expect(cron_next(c, zone, next - 1, &again) == 1);
		expect(again == next);
		expect(cron_previous(c, zone, next + 1, &back) == 1);
		expect(back == next);
		now = next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = {
		"UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"};
	char text[256];
	int64_t now;
	struct cron c;

	if (size < sizeof(now) || size - sizeof(now) >= sizeof(text))
		return 0;
	memcpy(&now, data, sizeof(now));
	memcpy(text, data + sizeof(now), size - sizeof(now));
	text[size - sizeof(now)] = '\0';
	if (cron_parse(text, &c))
		return 0;
	check(&c, zones[now & 3], now);
	check(&c, zones[now & 3], now % INT64_C(5000000000000));
	return 0;
}
