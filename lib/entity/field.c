/* SPDX-License-Identifier: MIT */
#include "entity/field.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "entity/entity.h"
#include "entity/shape.h"

/* 0000-01-01 and the end of 9999-12-31: what ISO 8601 can write. */
#define FIELD_TIME_MIN INT64_C(-62167219200000)
#define FIELD_TIME_MAX INT64_C(253402300799999)

/* Words */

/* Lower case, '_' for '-', cut to the size: for comparing with words. */
static void fold_word(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[i] = c == '-' ? '_' : c;
	}
	out[i] = '\0';
}

static const char *nearest_word(const char *const *words, const char *text)
{
	const char *best = NULL;
	size_t limit = strlen(text) < 4 ? 1 : 3;

	for (; *words && limit; words++) {
		size_t d = utf8_distance(*words, text, limit);

		if (d <= limit) {
			best = *words;
			limit = d ? d - 1 : 0;
		}
	}
	return best;
}

static int unknown_word(const char *const *words, const char *text,
			const char *what)
{
	_cleanup_buf_ struct buf list = {0};
	char folded[64];
	const char *near;

	err_set(AWM_USAGE, "unknown %s '%.100s'", what, text);
	for (const char *const *w = words; *w; w++)
		buf_addf(&list, "%s%s", w == words ? "" : ", ", *w);
	if (buf_check(&list) < 0)
		return -AWM_NOMEM;
	fold_word(folded, sizeof(folded), text);
	near = nearest_word(words, folded);
	if (near)
		return err_hint("did you mean '%s'? one of %s", near,
				buf_str(&list));
	return err_hint("one of %s", buf_str(&list));
}

int field_word(const char *const *words, const char *text, const char *what)
{
	char folded[64];

	fold_word(folded, sizeof(folded), text);
	for (int i = 0; words[i] && strlen(text) < sizeof(folded); i++)
		if (!strcmp(words[i], folded))
			return i;
	return unknown_word(words, text, what);
}

/* Rules for a column of this name, whatever its table. */

struct number_rule {
	const char *name;
	double min, max;
};

#define NO_MAX INFINITY

static const struct number_rule number_rules[] = {
	{"id", 1, NO_MAX},
	{"entityId", 1, NO_MAX},
	{"estimatedMinutes", 0, NO_MAX},
	{"actualMinutes", 0, NO_MAX},
	{"estimatedHours", 0, NO_MAX},
	{"actualHours", 0, NO_MAX},
	{"estimatedCost", 0, NO_MAX},
	{"actualCost", 0, NO_MAX},
	{"totalCost", 0, NO_MAX},
	{"cost", 0, NO_MAX},
	{"hourlyRate", 0, NO_MAX},
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

static int check_number(const struct awm_field *f, double v)
{
	for (size_t i = 0; i < ARRAY_LEN(number_rules); i++) {
		const struct number_rule *r = &number_rules[i];

		if (strcmp(r->name, f->name) != 0)
			continue;
		if (v >= r->min && v <= r->max)
			return 0;
		if (isfinite(r->max))
			return err_set(AWM_INVALID, "%s: want %g to %g",
				       f->name, r->min, r->max);
		return err_set(AWM_INVALID, "%s: want %g or more", f->name,
			       r->min);
	}
	return 0;
}

static int check_utf8(const struct awm_field *f, const struct awm_value *v)
{
	if (v->len > FIELD_TEXT_MAX)
		return err_set(AWM_INVALID, "%s is longer than 16 MiB",
			       f->name);
	if (memchr(v->s, '\0', v->len))
		return err_set(AWM_USAGE, "%s has a NUL byte", f->name);
	if (!utf8_valid(v->s, v->len))
		return err_set(AWM_USAGE, "%s is not valid UTF-8", f->name);
	return 0;
}

static int check_text(const struct awm_field *f, const struct awm_value *v)
{
	text_rule_fn *rule = f->flags & AWM_TITLE ? field_name_wanted : NULL;
	const char *wanted;
	int r = check_utf8(f, v);

	if (r < 0)
		return r;
	for (size_t i = 0; !rule && i < ARRAY_LEN(text_rules); i++)
		if (!strcmp(text_rules[i].name, f->name))
			rule = text_rules[i].wanted;
	wanted = rule ? rule(v->s, v->len) : NULL;
	if (wanted)
		return err_set(AWM_INVALID, "%s: want %s", f->name, wanted);
	return 0;
}

static int check_json(const struct awm_field *f, const struct awm_value *v)
{
	int r = check_utf8(f, v);

	if (r < 0)
		return r;
	return shape_check(f->shape ? f->shape : &shape_any, v->s, v->len,
			   f->name);
}

/* A stored word: letter by letter. */
static int check_word(const struct awm_field *f, const struct awm_value *v)
{
	for (const char *const *w = f->words; *w; w++)
		if (!strcmp(*w, v->s))
			return 0;
	return unknown_word(f->words, v->s, f->name);
}

static int check_int(const struct awm_field *f, const struct awm_value *v)
{
	switch (f->type) {
	case AWM_TYPE_BOOL:
		if (v->i == 0 || v->i == 1)
			return 0;
		return err_set(AWM_USAGE, "%s: want true or false", f->name);
	case AWM_TYPE_REF:
		if (v->i > 0)
			return 0;
		return err_set(AWM_INVALID, "%s: ids begin at 1", f->name);
	case AWM_TYPE_TIME:
		if (v->i >= FIELD_TIME_MIN && v->i <= FIELD_TIME_MAX)
			return 0;
		return err_set(AWM_INVALID, "%s: want a year from 0 to 9999",
			       f->name);
	default:
		return check_number(f, (double)v->i);
	}
}

static int check_kind(const struct awm_field *f, const struct awm_value *v)
{
	static const char *const wanted[] = {
		[AWM_TYPE_INT] = "a whole number",
		[AWM_TYPE_REAL] = "a number",
		[AWM_TYPE_TEXT] = "text",
		[AWM_TYPE_BOOL] = "true or false",
		[AWM_TYPE_TIME] = "a time",
		[AWM_TYPE_JSON] = "JSON",
		[AWM_TYPE_ENUM] = "a word",
		[AWM_TYPE_REF] = "an id",
		[AWM_TYPE_SECRET] = "text",
	};
	bool ok = v->kind == AWM_INT;

	if (f->type == AWM_TYPE_REAL)
		ok = v->kind == AWM_REAL || v->kind == AWM_INT;
	else if (f->type == AWM_TYPE_TEXT || f->type == AWM_TYPE_JSON ||
		 f->type == AWM_TYPE_ENUM || f->type == AWM_TYPE_SECRET)
		ok = v->kind == AWM_TEXT;
	return ok ? 0
		  : err_set(AWM_USAGE, "%s: want %s", f->name, wanted[f->type]);
}

int field_check(const struct awm_field *f, const struct awm_value *v)
{
	int r;

	if (v->kind == AWM_NULL) {
		if (!(f->flags & AWM_REQUIRED))
			return 0;
		return err_set(AWM_INVALID, "%s must have a value", f->name);
	}
	r = check_kind(f, v);
	if (r < 0)
		return r;
	if (v->kind == AWM_INT)
		return check_int(f, v);
	if (v->kind == AWM_REAL) {
		if (!isfinite(v->r))
			return err_set(AWM_USAGE, "%s: want a finite number",
				       f->name);
		return check_number(f, v->r);
	}
	if (f->type == AWM_TYPE_ENUM)
		return check_word(f, v);
	if (f->type == AWM_TYPE_JSON)
		return check_json(f, v);
	if (f->type == AWM_TYPE_SECRET)
		return check_utf8(f, v);
	return check_text(f, v);
}

/* From a person's text */

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
 * and refused by the rule. */
static int parse_duration(const struct awm_field *f, const char *text,
			  struct awm_value *ret)
{
	int64_t unit = duration_unit(f), seconds;
	int r;

	if (f->type == AWM_TYPE_REAL && plain_real(text))
		return parse_real(f, text, ret);
	if (*text == '-' && decimal(text))
		return parse_int(f, text, ret);
	r = time_parse_duration(text, &seconds);
	if (r < 0)
		return err_context("%s", f->name);
	if (f->type == AWM_TYPE_REAL)
		*ret = AWM_VALUE_REAL((double)seconds / (double)unit);
	else
		*ret = AWM_VALUE_INT((seconds + unit / 2) / unit);
	return 0;
}

static int parse_time(const struct awm_field *f, const char *text,
		      const char *zone, int64_t now, struct awm_value *ret)
{
	int64_t ms;

	if (time_parse(text, zone, now, &ms) < 0)
		return err_context("%s", f->name);
	*ret = AWM_VALUE_INT(ms);
	return 0;
}

static int take_word(const struct awm_field *f, const char *text,
		     struct awm_value *ret)
{
	int i = field_word(f->words, text, f->name);

	if (i < 0)
		return i;
	*ret = awm_value_text(f->words[i]);
	return 0;
}

/* Copies the text. Addresses are the same in any case, and kept in lower
 * case, so that UNIQUE and '=' compare them rightly. */
static int take_text(const struct awm_field *f, const char *text,
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
		return parse_time(f, text, zone, now, ret);
	case AWM_TYPE_ENUM:
		return take_word(f, text, ret);
	case AWM_TYPE_SECRET:
		return err_set(AWM_USAGE, "%s is not taken from an argument",
			       f->name);
	case AWM_TYPE_TEXT:
	case AWM_TYPE_JSON:
		break;
	}
	return take_text(f, text, a, ret);
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

/* From JSON */

static int wrong(const struct awm_field *f, const char *wanted)
{
	return err_set(AWM_USAGE, "%s: want %s", f->name, wanted);
}

static int node_int(const struct awm_field *f, const cJSON *node,
		    struct awm_value *ret)
{
	double d = node->valuedouble;

	if (!cJSON_IsNumber(node) || d != floor(d) || d < -0x1p63 ||
	    d >= 0x1p63)
		return wrong(f, f->type == AWM_TYPE_REF ? "an id"
							: "a whole number");
	*ret = AWM_VALUE_INT((int64_t)d);
	return 0;
}

static int node_time(const struct awm_field *f, const cJSON *node,
		     struct awm_value *ret)
{
	if (cJSON_IsString(node))
		return parse_time(f, node->valuestring, NULL, time_now(), ret);
	if (cJSON_IsNumber(node))
		return node_int(f, node, ret);
	return wrong(f, "a time like \"2026-11-22T17:00:00Z\"");
}

static int node_json(const cJSON *node, struct arena *a, struct awm_value *ret)
{
	_cleanup_buf_ struct buf b = {0};
	char *s;

	json_print(&b, node);
	if (buf_check(&b) < 0)
		return -AWM_NOMEM;
	s = arena_strndup(a, buf_str(&b), b.len);
	if (!s)
		return -AWM_NOMEM;
	*ret = (struct awm_value){.kind = AWM_TEXT, .len = b.len, .s = s};
	return 0;
}

/* An envelope is a string, or an object where the column holds JSON. */
static int node_secret(const struct awm_field *f, const cJSON *node,
		       struct arena *a, struct awm_value *ret)
{
	if (cJSON_IsObject(node))
		return node_json(node, a, ret);
	if (!cJSON_IsString(node))
		return wrong(f, "text");
	if (!strcmp(node->valuestring, "set"))
		return err_set(AWM_INVALID,
			       "%s: 'set' stands for a secret and is none",
			       f->name);
	return take_text(f, node->valuestring, a, ret);
}

static int node_type(const struct awm_field *f, const cJSON *node,
		     struct arena *a, struct awm_value *ret)
{
	switch (f->type) {
	case AWM_TYPE_INT:
	case AWM_TYPE_REF:
		return node_int(f, node, ret);
	case AWM_TYPE_REAL:
		if (!cJSON_IsNumber(node))
			return wrong(f, "a number");
		*ret = AWM_VALUE_REAL(node->valuedouble);
		return 0;
	case AWM_TYPE_BOOL:
		if (!cJSON_IsBool(node))
			return wrong(f, "true or false");
		*ret = AWM_VALUE_INT(cJSON_IsTrue(node));
		return 0;
	case AWM_TYPE_TIME:
		return node_time(f, node, ret);
	case AWM_TYPE_JSON:
		return node_json(node, a, ret);
	case AWM_TYPE_SECRET:
		return node_secret(f, node, a, ret);
	case AWM_TYPE_ENUM:
	case AWM_TYPE_TEXT:
		break;
	}
	if (!cJSON_IsString(node))
		return wrong(f, "text");
	if (f->type == AWM_TYPE_ENUM)
		return take_word(f, node->valuestring, ret);
	return take_text(f, node->valuestring, a, ret);
}

int field_from_json(const struct awm_field *f, const cJSON *node,
		    struct arena *a, struct awm_value *ret)
{
	struct awm_value v = AWM_VALUE_NULL;
	int r = cJSON_IsNull(node) ? 0 : node_type(f, node, a, &v);

	if (r < 0)
		return r;
	r = field_check(f, &v);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

/* To JSON */

static void write_int(struct jsonw *w, const struct awm_field *f, int64_t i)
{
	char iso[TIME_ISO_SIZE];

	if (f->type == AWM_TYPE_BOOL) {
		jsonw_bool(w, i != 0);
	} else if (f->type == AWM_TYPE_TIME) {
		time_format_iso(i, iso);
		jsonw_str(w, iso);
	} else {
		jsonw_int(w, i);
	}
}

void field_to_json(struct jsonw *w, const struct awm_field *f,
		   const struct awm_value *v)
{
	if (v->kind == AWM_NULL)
		jsonw_null(w);
	else if (f->type == AWM_TYPE_SECRET)
		jsonw_str(w, "set");
	else if (v->kind == AWM_INT)
		write_int(w, f, v->i);
	else if (v->kind == AWM_REAL)
		jsonw_real(w, v->r);
	else if (f->type == AWM_TYPE_JSON && json_check(v->s, v->len) == 0)
		jsonw_raw(w, v->s, v->len);
	else
		jsonw_text(w, v->s, v->len);
}
