/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "cmd/option.h"

/* What an option's text becomes in the command's args, or in the run. */

void *array_room(struct arena *a, void *items, size_t count, size_t size)
{
	void *more;

	/* full at every power of two, beginning with none */
	if (count & (count - 1))
		return items;
	more = arena_array(a, count ? count * 2 : 1, size);
	if (more && count)
		memcpy(more, items, count * size);
	return more;
}

int text_push(struct arena *a, struct text_list *list, const char *text)
{
	const char **items =
		array_room(a, list->items, list->count, sizeof(*items));

	if (!items)
		return -AWM_NOMEM;
	items[list->count++] = text;
	list->items = items;
	return 0;
}

int text_push_commas(struct arena *a, struct text_list *list, const char *text)
{
	while (true) {
		size_t len = strcspn(text, ",");
		char *item = arena_strndup(a, text, len);

		if (!item)
			return -AWM_NOMEM;
		if (*item && text_push(a, list, item))
			return -AWM_NOMEM;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

int word_check(const char *what, const char *text, const char *const *words,
	       int *ret_index)
{
	struct nearest near = {.word = text};
	_cleanup_buf_ struct buf all = {0};

	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			if (ret_index)
				*ret_index = i;
			return 0;
		}
		nearest_try(&near, words[i]);
		buf_addf(&all, "%s%s", i ? ", " : "", words[i]);
	}
	err_set(AWM_USAGE, "unknown %s '%s'", what, text);
	if (nearest_best(&near))
		return err_hint("did you mean '%s'? one of %s",
				nearest_best(&near), buf_str(&all));
	return err_hint("one of %s", buf_str(&all));
}

static int bad(const struct option *o, const char *text, const char *want)
{
	return err_set(AWM_USAGE, "--%s: '%s' is not %s", o->name, text, want);
}

static int store_int(const struct option *o, const char *text,
		     struct int_arg *to)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (end == text || *end || errno || strspn(text, " \t\n"))
		return bad(o, text, "a whole number");
	if ((o->min || o->max) && (v < o->min || v > o->max)) {
		if (o->max == INT64_MAX)
			return err_set(AWM_USAGE,
				       "--%s: %lld is less than %lld", o->name,
				       v, (long long)o->min);
		return err_set(AWM_USAGE, "--%s: %lld is not from %lld to %lld",
			       o->name, v, (long long)o->min,
			       (long long)o->max);
	}
	*to = (struct int_arg){true, v};
	return 0;
}

static int read_real(const struct option *o, const char *text, double *ret)
{
	char *end;

	errno = 0;
	*ret = strtod(text, &end);
	if (end == text || *end || errno || !isfinite(*ret) ||
	    strspn(text, " \t\n") || strpbrk(text, "xXpP"))
		return bad(o, text, "a number");
	return 0;
}

static int store_real(const struct option *o, const char *text,
		      struct real_arg *to)
{
	int err = read_real(o, text, &to->value);

	to->set = true;
	return err;
}

static int store_duration(const struct option *o, const char *text,
			  struct int_arg *to)
{
	int err = time_parse_duration(text, &to->value);

	to->set = true;
	return err ? err_context("--%s", o->name) : 0;
}

/* A plain number is of seconds here, not of minutes. */
static int store_seconds(const struct option *o, const char *text,
			 struct int_arg *to)
{
	struct int_arg arg = {true, 0};
	double seconds;
	int err;

	if (text[strspn(text, "0123456789.")]) {
		err = store_duration(o, text, &arg);
		if (!err && __builtin_mul_overflow(arg.value, 1000, &arg.value))
			err = bad(o, text, "a number of seconds");
	} else {
		err = read_real(o, text, &seconds);
		if (!err && seconds > 1e9)
			err = bad(o, text, "a number of seconds");
		if (!err)
			arg.value = (int64_t)(seconds * 1000);
	}
	if (!err && arg.value < o->min)
		err = err_set(AWM_USAGE, "--%s: '%s' is too short", o->name,
			      text);
	if (!err && o->max && arg.value > o->max)
		err = err_set(AWM_USAGE, "--%s: '%s' is too long", o->name,
			      text);
	if (!err)
		*to = arg;
	return err;
}

static int store_index(const struct option *o, const char *text,
		       struct int_arg *to)
{
	int index;
	int err = word_check(o->name, text ? text : o->value, o->words, &index);

	if (!err)
		*to = (struct int_arg){true, index};
	return err;
}

/* Enum words are known without a database. */
static int check_words(struct run *r, const struct option *o, const char *text)
{
	const char *const *words = option_words(r->command, o);
	const char *what = o->name;
	struct text_list list = {0};
	int err = 0;

	if (!words || !text)
		return 0;
	if (o->type != OPTION_FILTER || o->op)
		return strcmp(text, "none") == 0
			       ? 0
			       : word_check(what, text, words, NULL);
	err = text_push_commas(&r->arena, &list, text);
	if (!err && !list.count)
		err = bad(o, text, "a word");
	for (size_t i = 0; i < list.count && !err; i++)
		if (strcmp(list.items[i], "none") != 0)
			err = word_check(what, list.items[i], words, NULL);
	return err;
}

static bool is_long_text(enum option_type type)
{
	return type == OPTION_TEXT_SET || type == OPTION_FILE_SET ||
	       type == OPTION_EDIT_SET;
}

/* A text comes from one place, or some of it would be lost. */
static int check_source(const struct run *r, const struct option *o)
{
	for (size_t i = 0; is_long_text(o->type) && i < r->ngiven; i++) {
		const struct option *other = r->given[i].option;

		if (is_long_text(other->type) && other->type != o->type &&
		    strcmp(other->field, o->field) == 0)
			return err_set(AWM_USAGE,
				       "--%s and --%s exclude each other",
				       other->name, o->name);
	}
	return 0;
}

/* Kept until the session is open. */
static int keep(struct run *r, const struct option *o, const char *text)
{
	struct given *given;
	int err = check_words(r, o, text);

	if (!err)
		err = check_source(r, o);
	if (err)
		return err;
	if (!text && !option_takes_value(o) && o->type != OPTION_EDIT_SET)
		text = o->value ? o->value : "true";
	given = array_room(&r->arena, r->given, r->ngiven, sizeof(*given));
	if (!given)
		return -AWM_NOMEM;
	given[r->ngiven++] =
		(struct given){o, option_field(r->command, o), text};
	r->given = given;
	if (o->field && !given[r->ngiven - 1].field)
		return err_set(AWM_ERROR, "--%s stands for no column '%s'",
			       o->name, o->field);
	return 0;
}

int option_store(struct run *r, const struct option *o, const char *text)
{
	void *to = (o->in_run ? (char *)r : (char *)r->args) + o->offset;

	if (text && o->type != OPTION_FILE && o->type != OPTION_FILE_SET &&
	    !utf8_valid(text, strlen(text)))
		return err_set(AWM_USAGE, "--%s: not valid UTF-8",
			       o->name ? o->name : "C");
	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)to = true;
		return 0;
	case OPTION_WORD:
		if (word_check(o->name, text, o->words, NULL))
			return -AWM_USAGE;
		*(const char **)to = text;
		return 0;
	case OPTION_TEXT:
	case OPTION_FILE:
		*(const char **)to = text;
		return 0;
	case OPTION_LIST:
		return text_push(&r->arena, to, text);
	case OPTION_COMMAS:
		return text_push_commas(&r->arena, to, text);
	case OPTION_INT:
		return store_int(o, text, to);
	case OPTION_REAL:
		return store_real(o, text, to);
	case OPTION_DURATION:
		return store_duration(o, text, to);
	case OPTION_INDEX:
		return store_index(o, text, to);
	case OPTION_SECONDS:
		return store_seconds(o, text, to);
	case OPTION_TIME:
	case OPTION_REF:
	case OPTION_SET:
	case OPTION_ARRAY_SET:
	case OPTION_TEXT_SET:
	case OPTION_FILE_SET:
	case OPTION_EDIT_SET:
	case OPTION_FILTER:
		return keep(r, o, text);
	}
	return err_set(AWM_ERROR, "option of no type");
}
