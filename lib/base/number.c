/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void replace_first(char *s, const char *what, const char *by)
{
	size_t len = strlen(what), with = strlen(by);
	char *p = strstr(s, what);

	if (p == NULL)
		return;
	memmove(p + with, p + len, strlen(p + len) + 1);
	memcpy(p, by, with);
}

static const char *locale_point(void)
{
	const char *point = localeconv()->decimal_point;

	return point != NULL && point[0] != '\0' ? point : ".";
}

void number_format(double v, char out[NUMBER_SIZE])
{
	/* Any 15 digits survive, but for the least numbers of all. */
	for (int digits = fabs(v) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
		(void)snprintf(out, NUMBER_SIZE, "%.*g", digits, v);
		/* Equality is what is asked: the same double. */
		if (strtod(out, NULL) == v)
			break;
	}
	replace_first(out, locale_point(), ".");
}

double number_parse(const char *s, size_t len)
{
	char copy[NUMBER_SIZE + 16];

	memcpy(copy, s, len);
	copy[len] = '\0';
	replace_first(copy, ".", locale_point());
	return strtod(copy, NULL);
}
