/* SPDX-License-Identifier: MIT */
#include "entity/field_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/scan.h"
#include "base/time.h"
#include "entity/entity.h"

static bool decimal(const char *s)
{
	s += *s == '-';
	return *s && s[strspn(s, "0123456789")] == '\0';
}

static int parse_int(const struct awm_field *f, const char *text,
		     struct awm_value *ret)
{
	long long v;

	if (!decimal(text))
		return err_set(AWM_USAGE, "%s: '%.100s' is no whole number",
			       f->name, text);
	errno = 0;
	v = strtoll(text, NULL, 10);
	if (errno)
		return err_set(AWM_USAGE, "%s: '%.100s' is out of range",
			       f->name, text);
	*ret = AWM_VALUE_INT(v);
	return 0;
}

static int parse_ref(const struct awm_field *f, const char *text,
		     struct awm_value *ret)
{
	const char *digits = text + (*text == '#');

	if (!decimal(digits) || *digits == '-')
		return err_set(AWM_USAGE, "%s: '%.100s' is no id", f->name,
			       text);
	return parse_int(f, digits, ret);
}

/* [-]digits[.digits][e[-]digits]: what strtod() takes beside that (hex, inf,
 * nan, blanks, a plus) is malformed. */
static bool plain_real(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	s += n;
	if (*s == '.') {
		size_t m = strspn(s + 1, "0123456789");

		if (m == 0)
			return false;
		s += 1 + m;
		n += m;
	}
	if (n && (*s == 'e' || *s == 'E')) {
		s += 1 + (s[1] == '-');
		return *s && s[strspn(s, "0123456789")] == '\0';
	}
	return n && !*s;
}

static int parse_real(const struct awm_field *f, const char *text,
		      struct awm_value *ret)
{
	char *end = NULL;
	double v = plain_real(text) ? strtod(text, &end) : 0;

	if (!end || *end)
		return err_set(AWM_USAGE, "%s: '%.100s' is no number", f->name,
			       text);
	*ret = AWM_VALUE_REAL(v);
	return 0;
}

static int parse_bool(const struct awm_field *f, const char *text,
		      struct awm_value *ret)
{
	static const char *const words[] = {"false", "true", "no", "yes",
					    "0",     "1",    NULL};
	int i = field_word(words, text, f->name);

	if (i < 0)
		return err_set(AWM_USAGE, "%s: '%.100s' is not true or false",
			       f->name, text);
	*ret = AWM_VALUE_INT(i % 2);
	return 0;
}

/* Seconds in the unit of a column that holds a span of time; 0 for another
 * column. */
static int64_t duration_unit(const struct awm_field *f)
{
	if (!strcmp(f->name, "estimatedMinutes") ||
	    !strcmp(f->name, "actualMinutes"))
		return 60;
	if (!strcmp(f->name, "estimatedHours") ||
	    !strcmp(f->name, "actualHours"))
		return 3600;
	if (f == &entity_time_entry.fields[TIME_ENTRY_duration])
		return 1;
	return 0;
}

/* A plain number of an hours column is hours; everything else is read as a
 * duration, where a plain number is minutes. A negative number is well formed,
 * and refused by the rule. The blanks around it, which a duration may have, do
 * not decide what it is. */
static int parse_duration(const struct awm_field *f, const char *text,
			  struct awm_value *ret)
{
	int64_t unit = duration_unit(f), seconds;
	char copy[64];
	const char *bare = scan_copy(text, copy, sizeof(copy)) ? copy : text;
	int r;

	if (f->type == AWM_TYPE_REAL && plain_real(bare))
		return parse_real(f, bare, ret);
	if (*bare == '-' && decimal(bare))
		return parse_int(f, bare, ret);
	r = time_parse_duration(text, &seconds);
	if (r < 0)
		return err_context("%s", f->name);
	if (f->type == AWM_TYPE_REAL)
		*ret = AWM_VALUE_REAL((double)seconds / (double)unit);
	else
		*ret = AWM_VALUE_INT((seconds + unit / 2) / unit);
	return 0;
}

int field_take_time(const struct awm_field *f, const char *text,
		    const char *zone, int64_t now, struct awm_value *ret)
{
	int64_t ms;

	if (time_parse(text, zone, now, &ms) < 0)
		return err_context("%s", f->name);
	*ret = AWM_VALUE_INT(ms);
	return 0;
}

int field_take_word(const struct awm_field *f, const char *text,
		    struct awm_value *ret)
{
	int i = field_word(f->words, text, f->name);

	if (i < 0)
		return i;
	*ret = awm_value_text(f->words[i]);
	return 0;
}

int field_take_text(const struct awm_field *f, const char *text,
		    struct arena *a, struct awm_value *ret)
{
	char *s = arena_strdup(a, text);

	if (!s)
		return -AWM_NOMEM;
	if (!strcmp(f->name, "email"))
		for (char *p = s; *p; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p = (char)(*p - 'A' + 'a');
	*ret = awm_value_text(s);
	return 0;
}

static int parse_type(const struct awm_field *f, const char *text,
		      const char *zone, int64_t now, struct arena *a,
		      struct awm_value *ret)
{
	if (duration_unit(f))
		return parse_duration(f, text, ret);
	switch (f->type) {
	case AWM_TYPE_INT:
		return parse_int(f, text, ret);
	case AWM_TYPE_REF:
		return parse_ref(f, text, ret);
	case AWM_TYPE_REAL:
		return parse_real(f, text, ret);
	case AWM_TYPE_BOOL:
		return parse_bool(f, text, ret);
	case AWM_TYPE_TIME:
		return field_take_time(f, text, zone, now, ret);
	case AWM_TYPE_ENUM:
		return field_take_word(f, text, ret);
	case AWM_TYPE_SECRET:
		return err_set(AWM_USAGE, "%s is not taken from an argument",
			       f->name);
	case AWM_TYPE_TEXT:
	case AWM_TYPE_JSON:
		break;
	}
	return field_take_text(f, text, a, ret);
}

int field_parse(const struct awm_field *f, const char *text, const char *zone,
		int64_t now, struct arena *a, struct awm_value *ret)
{
	struct awm_value v = AWM_VALUE_NULL;
	bool clear =
		!(f->flags & AWM_REQUIRED) && (!*text || !strcmp(text, "none"));
	int r = clear ? 0 : parse_type(f, text, zone, now, a, &v);

	if (r < 0)
		return r;
	r = field_check(f, &v);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}
