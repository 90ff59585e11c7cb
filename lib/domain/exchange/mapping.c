// SPDX-License-Identifier: MIT
/* Keys of a record that are columns of a task. */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/time.h"
#include "domain/exchange/item.h"
#include "entity/field.h"

/* ---- times ---- */

static bool digits(const char *s, int n, int64_t *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*ret = *ret * 10 + s[i] - '0';
	}
	return true;
}

/* 20261122T170000Z */
static int basic_read(const char *text, int64_t *ret)
{
	int64_t y, mo, d, h, mi, s;

	if (strlen(text) != 16 || text[8] != 'T' || text[15] != 'Z' ||
	    !digits(text, 4, &y) || !digits(text + 4, 2, &mo) ||
	    !digits(text + 6, 2, &d) || !digits(text + 9, 2, &h) ||
	    !digits(text + 11, 2, &mi) || !digits(text + 13, 2, &s) || mo < 1 ||
	    mo > 12 || d < 1 || d > civil_month_days(y, (int)mo) || h > 23 ||
	    mi > 59 || s > 60)
		return err_set(AWM_USAGE,
			       "'%s' is no time like 20261122T170000Z", text);
	*ret = civil_to_day(y, (int)mo, (int)d) * DAY_MS + h * HOUR_MS +
	       mi * MINUTE_MS + s * SECOND_MS;
	return 0;
}

/* Go writes up to nine digits of a second: what is finer than a millisecond is
 * left out. */
static int rfc_read(const char *text, int64_t *ret)
{
	char cut[64];
	const char *point = strchr(text, '.'), *rest;
	size_t n;

	if (!strchr(text, 'T') && !strchr(text, '-'))
		return err_set(AWM_USAGE,
			       "'%s' is no time like "
			       "2026-11-22T17:00:00Z",
			       text);
	if (!point)
		return time_parse(text, NULL, 0, ret);
	rest = point + 1 + strspn(point + 1, "0123456789");
	n = (size_t)(rest - point) > 4 ? 4 : (size_t)(rest - point);
	if ((size_t)snprintf(cut, sizeof(cut), "%.*s%.*s%s",
			     (int)(point - text), text, (int)n, point,
			     rest) >= sizeof(cut))
		return err_set(AWM_USAGE, "'%s' is no time", text);
	return time_parse(cut, NULL, 0, ret);
}

int time_read(const char *text, enum how how, int64_t *ret)
{
	return how == AS_BASIC ? basic_read(text, ret) : rfc_read(text, ret);
}

const char *time_write(struct arena *a, enum how how, int64_t ms)
{
	int64_t t = civil_clamp(ms), day = floor_div(t, DAY_MS);
	struct civil c = civil_from_day(day);
	int s = (int)((t - day * DAY_MS) / SECOND_MS);
	int fraction = (int)(t - floor_div(t, SECOND_MS) * SECOND_MS);
	char text[TIME_ISO_SIZE];

	snprintf(text, sizeof(text),
		 how == AS_BASIC ? "%04d%02d%02dT%02d%02d%02d"
				 : "%04d-%02d-%02dT%02d:%02d:%02d",
		 (int)c.year, c.month, c.day, s / 3600, s / 60 % 60, s % 60);
	if (how == AS_BASIC || !fraction)
		return arena_printf(a, "%sZ", text);
	return arena_printf(a, "%s.%03dZ", text, fraction);
}

/* ---- members ---- */

int put(cJSON *o, const char *key, cJSON *value)
{
	if (!value)
		return err_nomem();
	cJSON_DeleteItemFromObjectCaseSensitive(o, key);
	if (cJSON_AddItemToObject(o, key, value))
		return 0;
	cJSON_Delete(value);
	return err_nomem();
}

int put_text(cJSON *o, const char *key, const char *text)
{
	return text ? put(o, key, cJSON_CreateString(text)) : 0;
}

int put_names(cJSON *o, const char *key, const struct names *names)
{
	if (!names->n)
		return 0;
	return put(o, key,
		   cJSON_CreateStringArray(names->items, (int)names->n));
}

int get_text(const cJSON *o, const char *key, const char **ret)
{
	const cJSON *node = json_get(o, key);

	*ret = NULL;
	if (!node || cJSON_IsNull(node))
		return 0;
	if (!cJSON_IsString(node))
		return err_set(AWM_USAGE, "%s: want text", key);
	if (*node->valuestring)
		*ret = node->valuestring;
	return 0;
}

/* ---- reading ---- */

static int wanted(const struct mapping *m, const char *what)
{
	return err_set(AWM_USAGE, "%s: want %s", m->key, what);
}

static void read_word(const struct mapping *m, const char *theirs,
		      struct item *it)
{
	const struct word *w = m->words;

	while (w->theirs && strcmp(w->theirs, theirs) != 0)
		w++;
	item_text(it, m->field, w->theirs ? w->ours : m->words->ours);
}

static int read_number(const struct mapping *m, const cJSON *node,
		       struct item *it)
{
	char text[32];

	if (!cJSON_IsNumber(node))
		return wanted(m, "a number");
	if (m->how == AS_NUMBER) {
		snprintf(text, sizeof(text), "%.0f", node->valuedouble);
		read_word(m, text, it);
	} else if (node->valuedouble >= 0 && node->valuedouble < 1e9) {
		item_set(it, m->field,
			 AWM_VALUE_INT((int64_t)node->valuedouble));
	} else {
		return wanted(m, "a number from 0 to 999999999");
	}
	return 0;
}

static int read_tags(const struct mapping *m, const cJSON *node,
		     struct item *it)
{
	struct names tags = {0};
	const cJSON *tag;

	if (!cJSON_IsArray(node))
		return wanted(m, "an array");
	cJSON_ArrayForEach(tag, node)
	{
		const char *name = cJSON_IsString(tag) ? tag->valuestring : "";
		if (!*name || names_hold(&tags, name))
			continue;
		int rc = names_add(it->arena, &tags, name);
		if (rc)
			return rc;
	}
	return tags.n ? item_set_tags(it, &tags) : 0;
}

static int read_string(const struct mapping *m, const char *text,
		       struct item *it)
{
	int64_t ms;
	int rc;

	switch (m->how) {
	case AS_TITLE:
		return item_title(it, text);
	case AS_TEXT:
		item_text(it, m->field, text);
		return 0;
	case AS_WORD:
		read_word(m, text, it);
		return 0;
	case AS_TIME:
	case AS_BASIC:
		rc = *text ? time_read(text, m->how, &ms) : 0;
		if (!rc && *text)
			item_set(it, m->field, AWM_VALUE_INT(ms));
		return rc ? err_context("%s", m->key) : 0;
	default:
		return wanted(m, "a number");
	}
}

static int read_node(const struct mapping *m, const cJSON *node,
		     struct item *it)
{
	if (m->how == AS_TAGS)
		return read_tags(m, node, it);
	if (m->how == AS_INT || m->how == AS_NUMBER)
		return read_number(m, node, it);
	return cJSON_IsString(node) ? read_string(m, node->valuestring, it)
				    : wanted(m, "text");
}

int mapping_read(const struct mapping *m, size_t n, const cJSON *record,
		 struct item *it)
{
	for (size_t i = 0; i < n; i++) {
		const cJSON *node = json_get(record, m[i].key);
		it->has[m[i].field] = true;
		if (!node || cJSON_IsNull(node))
			continue;
		int rc = read_node(&m[i], node, it);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- writing ---- */

static const char *word_of(const struct mapping *m, const char *ours)
{
	for (const struct word *w = m->words; w->theirs; w++)
		if (!strcmp(w->ours, ours))
			return w->theirs;
	return NULL;
}

static int write_value(const struct mapping *m, const struct item *it,
		       cJSON *record)
{
	const struct awm_value *v = &it->v[m->field];
	struct names tags = {0};
	const char *text = v->kind == AWM_TEXT ? v->s : NULL;
	int rc;

	switch (m->how) {
	case AS_INT:
		return put(record, m->key, cJSON_CreateNumber((double)v->i));
	case AS_TIME:
	case AS_BASIC:
		text = time_write(it->arena, m->how, v->i);
		return text ? put_text(record, m->key, text) : -AWM_NOMEM;
	case AS_TAGS:
		rc = item_tags(it, &tags);
		return rc ? rc : put_names(record, m->key, &tags);
	case AS_WORD:
		return put_text(record, m->key, word_of(m, text));
	case AS_NUMBER:
		text = word_of(m, text);
		return text ? put(record, m->key,
				  cJSON_CreateNumber(*text - '0'))
			    : 0;
	default:
		return put_text(record, m->key, text);
	}
}

int mapping_write(const struct mapping *m, size_t n, const struct item *it,
		  cJSON *record)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		if (!item_null(it, m[i].field))
			rc = write_value(&m[i], it, record);
	return rc;
}
