/* SPDX-License-Identifier: MIT */
#include "entity/field_internal.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "entity/shape.h"

/* 0000-01-01 and the end of 9999-12-31: what ISO 8601 can write. */
#define FIELD_TIME_MIN INT64_C(-62167219200000)
#define FIELD_TIME_MAX INT64_C(253402300799999)

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
	const char *wanted;
	int r = check_utf8(f, v);

	if (r < 0)
		return r;
	wanted = field_rule_text(f, v->s, v->len);
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
	return field_word_unknown(f->words, v->s, f->name);
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
		return field_rule_number(f, (double)v->i);
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
		return field_rule_number(f, v->r);
	}
	if (f->type == AWM_TYPE_ENUM)
		return check_word(f, v);
	if (f->type == AWM_TYPE_JSON)
		return check_json(f, v);
	if (f->type == AWM_TYPE_SECRET)
		return check_utf8(f, v);
	return check_text(f, v);
}
