/* SPDX-License-Identifier: MIT */
#include "entity/field_internal.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"

struct number_rule {
	const char *name;
	double min, max;
};

#define NO_MAX	  INFINITY
#define TEN_YEARS (3653.0 * 24) /* hours, as of durations */

static const struct number_rule number_rules[] = {
	{"id", 1, NO_MAX},
	{"entityId", 1, NO_MAX},
	{"estimatedMinutes", 0, TEN_YEARS * 60},
	{"actualMinutes", 0, NO_MAX},
	{"estimatedHours", 0, TEN_YEARS},
	{"actualHours", 0, NO_MAX},
	{"estimatedCost", 0, NO_MAX},
	{"actualCost", 0, NO_MAX},
	{"totalCost", 0, NO_MAX},
	{"budget", 0, NO_MAX},
	{"cost", 0, NO_MAX},
	{"hourlyRate", 0, 1e9},
	{"duration", 0, NO_MAX},
	{"temperature", 0, NO_MAX},
	{"maxTokens", 1, NO_MAX},
	{"executionNumber", 1, NO_MAX},
	{"version", 1, NO_MAX},
	{"rating", 1, 5},
	{"retryCount", 0, NO_MAX},
	{"forkCount", 0, NO_MAX},
	{"usageCount", 0, NO_MAX},
	{"runCount", 0, NO_MAX},
	{"failureCount", 0, NO_MAX},
	{"depth", 0, NO_MAX},
	{"attempts", 0, NO_MAX},
	{"inputPrice", 0, NO_MAX},
	{"cachedInputPrice", 0, NO_MAX},
	{"cacheWritePrice", 0, NO_MAX},
	{"outputPrice", 0, NO_MAX},
};

/* Says what is wanted, or NULL. */
typedef const char *text_rule_fn(const char *s, size_t len);

const char *field_name_wanted(const char *s, size_t len)
{
	if (len == 0 || utf8_length(s, len) > FIELD_NAME_MAX)
		return "1 to 1,000 characters";
	if (strspn(s, " ") == len)
		return "more than blanks";
	if (utf8_has_control(s, len, false))
		return "one line without control characters";
	return NULL;
}

static const char *rule_line(const char *s, size_t len)
{
	return utf8_has_control(s, len, false)
		       ? "one line without control characters"
		       : NULL;
}

static const char *rule_email(const char *s, size_t len)
{
	const char *at = memchr(s, '@', len);
	const char *wanted = field_name_wanted(s, len);

	if (wanted)
		return wanted;
	if (!at || at == s || !at[1] || strchr(at + 1, '@') ||
	    strpbrk(s, " ,;<>\""))
		return "an address like ada@example.org";
	return NULL;
}

static const char *rule_timezone(const char *s, size_t len)
{
	(void)len;
	return time_zone_valid(s) ? NULL : "a time zone like Europe/Berlin";
}

static const char *rule_color(const char *s, size_t len)
{
	bool ok = s[0] == '#' && (len == 4 || len == 7);

	for (size_t i = 1; ok && i < len; i++)
		ok = isxdigit((unsigned char)s[i]);
	return ok ? NULL : "a colour like #1e90ff";
}

static const char *rule_slug(const char *s, size_t len)
{
	bool ok = len > 0 && len <= 100 && s[0] != '-' && s[len - 1] != '-';

	for (size_t i = 0; ok && i < len; i++)
		ok = (s[i] >= 'a' && s[i] <= 'z') ||
		     (s[i] >= '0' && s[i] <= '9') || s[i] == '-';
	return ok ? NULL : "1 to 100 of a-z, 0-9 and '-'";
}

struct text_rule {
	const char *name;
	text_rule_fn *wanted;
};

static const struct text_rule text_rules[] = {
	{"email", rule_email},
	{"timezone", rule_timezone},
	{"color", rule_color},
	{"slug", rule_slug},
	{"category", field_name_wanted},
	{"model", field_name_wanted},
	{"type", field_name_wanted},
	{"entityType", field_name_wanted},
	{"url", field_name_wanted},
	{"locale", field_name_wanted},
	{"currency", field_name_wanted},
	{"googleId", rule_line},
	{"avatar", rule_line},
	{"coverImage", rule_line},
	{"emoji", rule_line},
	{"gitRepository", rule_line},
	{"actionUrl", rule_line},
	{"baseUrl", rule_line},
	{"defaultModel", rule_line},
	{"keyEnv", rule_line},
};

int field_rule_number(const struct awm_field *f, double v)
{
	for (size_t i = 0; i < ARRAY_LEN(number_rules); i++) {
		const struct number_rule *r = &number_rules[i];

		if (strcmp(r->name, f->name) != 0)
			continue;
		if (v >= r->min && v <= r->max)
			return 0;
		if (isfinite(r->max))
			return err_set(AWM_INVALID, "%s: want %.10g to %.10g",
				       f->name, r->min, r->max);
		return err_set(AWM_INVALID, "%s: want %g or more", f->name,
			       r->min);
	}
	return 0;
}

const char *field_rule_text(const struct awm_field *f, const char *s,
			    size_t len)
{
	text_rule_fn *rule = f->flags & AWM_TITLE ? field_name_wanted : NULL;

	for (size_t i = 0; !rule && i < ARRAY_LEN(text_rules); i++)
		if (!strcmp(text_rules[i].name, f->name))
			rule = text_rules[i].wanted;
	return rule ? rule(s, len) : NULL;
}
