/* SPDX-License-Identifier: MIT */
#include "base/unit.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

static const struct {
	const char *name;
	enum unit unit;
} units[] = {
	{"s", UNIT_SECOND},
	{"sec", UNIT_SECOND},
	{"secs", UNIT_SECOND},
	{"second", UNIT_SECOND},
	{"seconds", UNIT_SECOND},
	{"min", UNIT_MINUTE},
	{"mins", UNIT_MINUTE},
	{"minute", UNIT_MINUTE},
	{"minutes", UNIT_MINUTE},
	{"h", UNIT_HOUR},
	{"hr", UNIT_HOUR},
	{"hrs", UNIT_HOUR},
	{"hour", UNIT_HOUR},
	{"hours", UNIT_HOUR},
	{"d", UNIT_DAY},
	{"day", UNIT_DAY},
	{"days", UNIT_DAY},
	{"w", UNIT_WEEK},
	{"week", UNIT_WEEK},
	{"weeks", UNIT_WEEK},
	{"mo", UNIT_MONTH},
	{"month", UNIT_MONTH},
	{"months", UNIT_MONTH},
	{"y", UNIT_YEAR},
	{"year", UNIT_YEAR},
	{"years", UNIT_YEAR},
	{"m", UNIT_M},
};

enum unit unit_read(const char *s, const char **ret_end)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz");

	*ret_end = s + len;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strlen(units[i].name) == len &&
		    memcmp(units[i].name, s, len) == 0)
			return units[i].unit;
	return UNIT_NONE;
}

int64_t unit_seconds(enum unit unit)
{
	switch (unit) {
	case UNIT_SECOND:
		return 1;
	case UNIT_MINUTE:
	case UNIT_M:
		return 60;
	case UNIT_HOUR:
		return 3600;
	case UNIT_DAY:
		return 86400;
	case UNIT_WEEK:
		return 7 * INT64_C(86400);
	case UNIT_NONE:
	case UNIT_MONTH:
	case UNIT_YEAR:
		break;
	}
	return 0;
}
