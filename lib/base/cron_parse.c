/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/cron.h"
#include "base/err.h"
#include "base/mem.h"

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may",
					  "jun", "jul", "aug", "sep", "oct",
					  "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed",
					    "thu", "fri", "sat", NULL};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct field {
	const char *name;
	int min, max; /* as they are written */
	int top;      /* where 'a/n' and '*' end */
	const char *const *names;
} fields[FIELDS] = {
	[MINUTE] = {"minute", 0, 59, 59, NULL},
	[HOUR] = {"hour", 0, 23, 23, NULL},
	[DAY] = {"day of month", 1, 31, 31, NULL},
	[MONTH] = {"month", 1, 12, 12, month_names},
	[WEEKDAY] = {"day of week", 0, 7, 6, weekday_names},
};

/* One field on its way. */
struct reader {
	const struct field *field;
	struct cron *cron;
	const char *text; /* for messages */
	size_t len;
	const char *p, *end;
};

static int malformed(const struct reader *r, const char *why)
{
	err_set(AWM_USAGE, "malformed %s '%.*s' in a cron line: %s",
		r->field->name, (int)(r->len < 100 ? r->len : 100), r->text,
		why);
	return err_hint("minute, hour, day of month, month, day of week: "
			"'0 9 * * 1-5', '*/15 * * * *', '0 0 L * *', @daily");
}

static bool eat(struct reader *r, char want)
{
	if (r->p == r->end || toupper((unsigned char)*r->p) != want)
		return false;
	r->p++;
	return true;
}

static bool read_digits(struct reader *r, int *ret)
{
	const char *start = r->p;
	int n = 0;

	while (r->p < r->end && isdigit((unsigned char)*r->p)) {
		if (r->p - start >= 4)
			return false;
		n = n * 10 + (*r->p++ - '0');
	}
	*ret = n;
	return r->p > start;
}

/* A number or a name. */
static bool read_value(struct reader *r, int *ret)
{
	const char *const *names = r->field->names;

	if (r->p < r->end && isdigit((unsigned char)*r->p))
		return read_digits(r, ret) && *ret >= r->field->min &&
		       *ret <= r->field->max;
	for (int i = 0; names && names[i] && r->end - r->p >= 3; i++) {
		if (strncasecmp(r->p, names[i], 3) != 0)
			continue;
		r->p += 3;
		*ret = i + r->field->min;
		return true;
	}
	return false;
}

/* Ahead of a ',' or the end. */
static bool at_end(const struct reader *r)
{
	return r->p == r->end || *r->p == ',';
}

static void add(struct reader *r, int value)
{
	switch (r->field - fields) {
	case MINUTE:
		r->cron->minutes |= UINT64_C(1) << value;
		break;
	case HOUR:
		r->cron->hours |= UINT32_C(1) << value;
		break;
	case DAY:
		r->cron->days |= UINT32_C(1) << value;
		break;
	case MONTH:
		r->cron->months |= (uint16_t)(1 << value);
		break;
	default:
		r->cron->weekdays |= (uint8_t)(1 << value % 7);
	}
}

static int add_range(struct reader *r, int from, int to)
{
	int step = 1;

	if (from > to)
		return malformed(r, "a range that runs backwards");
	if (eat(r, '/') && (!read_digits(r, &step) || !step))
		return malformed(r, "a step is a number from 1 up");
	for (int v = from; v <= to; v += step)
		add(r, v);
	return at_end(r) ? 0 : malformed(r, "something behind it");
}

/* L, L-3, LW */
static int read_last_day(struct reader *r)
{
	int n = 0;

	if (eat(r, 'W')) {
		r->cron->last_workday = true;
	} else {
		if (eat(r, '-') && (!read_digits(r, &n) || n > 30))
			return malformed(r, "L- takes a number up to 30");
		r->cron->before_last |= UINT32_C(1) << n;
	}
	return at_end(r) ? 0 : malformed(r, "something behind L");
}

/* 5L, 5#2; *ret says whether it was one of these. */
static int read_weekday_of_month(struct reader *r, int day, bool *ret)
{
	int n;

	*ret = true;
	if (eat(r, 'L')) {
		r->cron->last |= (uint8_t)(1 << day % 7);
	} else if (eat(r, '#')) {
		if (!read_digits(r, &n) || n < 1 || n > 5)
			return malformed(r, "behind # is a number from 1 to 5");
		r->cron->nth[n - 1] |= (uint8_t)(1 << day % 7);
	} else {
		*ret = false;
		return 0;
	}
	return at_end(r) ? 0 : malformed(r, "something behind it");
}

/* L5: as some write 5L. */
static int read_last_weekday(struct reader *r)
{
	int day;

	if (!read_value(r, &day) || !at_end(r))
		return malformed(r, "the last Friday is 5L");
	r->cron->last |= (uint8_t)(1 << day % 7);
	return 0;
}

/* What begins with a value. */
static int read_from_value(struct reader *r)
{
	ptrdiff_t which = r->field - fields;
	bool special = false;
	int from, to, rc = 0;

	if (!read_value(r, &from))
		return malformed(r, r->field->names
					    ? "neither a number in range nor "
					      "a name"
					    : "no number in range");
	if (which == WEEKDAY)
		rc = read_weekday_of_month(r, from, &special);
	if (rc || special)
		return rc;
	if (which == DAY && eat(r, 'W')) {
		r->cron->workdays |= UINT32_C(1) << from;
		return at_end(r) ? 0 : malformed(r, "something behind W");
	}
	to = from;
	if (eat(r, '-')) {
		if (!read_value(r, &to))
			return malformed(r, "the end of a range is out of it");
	} else if (r->p < r->end && *r->p == '/' && from <= r->field->top) {
		to = r->field->top;
	}
	/* Sunday at the end of a week: 5-7, SAT-SUN */
	if (which == WEEKDAY && to == 0 && from > 0)
		to = 7;
	return add_range(r, from, to);
}

static int read_item(struct reader *r)
{
	ptrdiff_t which = r->field - fields;

	if (eat(r, '*'))
		return add_range(r, r->field->min, r->field->top);
	if ((which == DAY || which == WEEKDAY) && eat(r, '?'))
		return add_range(r, r->field->min, r->field->top);
	if (which == DAY && eat(r, 'L'))
		return read_last_day(r);
	if (which == WEEKDAY && eat(r, 'L'))
		return read_last_weekday(r);
	return read_from_value(r);
}

static int read_field(struct reader *r)
{
	int rc = read_item(r);

	while (!rc && r->p < r->end) {
		r->p++; /* the comma that at_end() saw */
		rc = read_item(r);
	}
	return rc;
}

static const char *expand(const char *text)
{
	static const char *const words[][2] = {
		{"@yearly", "0 0 1 1 *"},  {"@annually", "0 0 1 1 *"},
		{"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
		{"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
		{"@hourly", "0 * * * *"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcasecmp(text, words[i][0]))
			return words[i][1];
	return text;
}

/* Four hundred years hold every pairing of a date with a weekday. */
static int refuse_never(const struct cron *c, const char *text)
{
	int64_t start = civil_to_day(2000, 1, 1) * DAY_MS, at;
	int rc = cron_next(c, NULL, start - 1, &at);

	if (rc < 0 || (rc && at < start + 146097 * DAY_MS))
		return rc < 0 ? rc : 0;
	return err_set(AWM_INVALID, "the schedule '%.200s' never happens",
		       text);
}

static int wrong_count(const char *text)
{
	if (text[0] == '@')
		err_set(AWM_USAGE, "unknown schedule '%.200s'", text);
	else
		err_set(AWM_USAGE,
			"malformed schedule '%.200s': want five cron fields",
			text);
	return err_hint("minute, hour, day of month, month, day of week, as "
			"'0 9 * * 1-5'; or @yearly, @monthly, @weekly, @daily, "
			"@hourly");
}

int cron_parse(const char *text, struct cron *ret)
{
	static const char blanks[] = " \t";
	struct cron c = {0};
	const char *p = text + strspn(text, blanks);

	p = expand(p);
	if (*p == '@')
		return wrong_count(text);
	for (int i = 0; i < FIELDS; i++) {
		size_t len = strcspn(p, blanks);
		struct reader r = {.field = &fields[i],
				   .cron = &c,
				   .text = p,
				   .len = len,
				   .p = p,
				   .end = p + len};
		bool star = *p == '*' || *p == '?';
		int rc;
		if (!len)
			return wrong_count(text);
		rc = read_field(&r);
		if (rc)
			return rc;
		c.any_day |= star && i == DAY;
		c.any_weekday |= star && i == WEEKDAY;
		c.rhythm |= i == HOUR && (star || c.hours == 0xffffff);
		p += len + strspn(p + len, blanks);
	}
	if (*p)
		return wrong_count(text);
	*ret = c;
	return refuse_never(&c, text);
}
