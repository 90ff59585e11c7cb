/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "cmd/report.h"

/* One value, in each of the ways it is shown. */

/* A column that cannot be empty holds an empty object instead. */
static const char *secret_word(const struct awm_value *v)
{
	bool none = v->kind != AWM_TEXT || strcmp(v->s, "{}") == 0;

	return none ? "unset" : "set";
}

/* Valid JSON may hold characters that a terminal would act on: DEL, C1, the
 * bidirectional and line separators. */
static bool is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == 0x7f)
			return false;
		if (c == 0xc2 && (unsigned char)s[i + 1] < 0xa0)
			return false;
		if (c == 0xe2)
			return false;
	}
	return true;
}

/* The database is not trusted to hold what its constraints say. */
static void json_column(struct jsonw *w, const struct awm_value *v)
{
	_cleanup_json_ cJSON *tree = NULL;
	_cleanup_buf_ struct buf b = {0};

	if (!json_well_formed(v->s, v->len)) {
		jsonw_text(w, v->s, v->len);
	} else if (is_plain(v->s, v->len)) {
		jsonw_raw(w, v->s, v->len);
	} else if (json_parse(v->s, v->len, &tree) == 0) {
		json_print(&b, tree);
		w->out->failed |= b.failed;
		jsonw_raw(w, buf_str(&b), b.len);
	} else {
		jsonw_null(w);
	}
}

/* The text without the marks around what was found in it. */
static void add_unmarked(struct buf *b, const struct awm_value *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->s[i] != *AWM_SEARCH_MARK &&
		    v->s[i] != *AWM_SEARCH_MARK_END)
			buf_addc(b, v->s[i]);
}

static void marked_json(struct jsonw *w, const struct awm_value *v)
{
	_cleanup_buf_ struct buf b = {0};

	add_unmarked(&b, v);
	jsonw_text(w, buf_str(&b), b.len);
	w->out->failed |= b.failed;
}

void value_json(struct jsonw *w, const struct awm_field *f,
		const struct awm_value *v)
{
	char iso[TIME_ISO_SIZE];

	if (f->type == AWM_TYPE_SECRET)
		jsonw_str(w, secret_word(v));
	else if (v->kind == AWM_NULL)
		jsonw_null(w);
	else if (v->kind == AWM_REAL)
		jsonw_real(w, v->r);
	else if (v->kind == AWM_INT && f->type == AWM_TYPE_BOOL)
		jsonw_bool(w, v->i);
	else if (v->kind == AWM_INT && f->type == AWM_TYPE_TIME) {
		time_format_iso(v->i, iso);
		jsonw_str(w, iso);
	} else if (v->kind == AWM_INT)
		jsonw_int(w, v->i);
	else if (f->type == AWM_TYPE_JSON)
		json_column(w, v);
	else if (f->flags & AWM_MARKED)
		marked_json(w, v);
	else
		jsonw_text(w, v->s, v->len);
}

void relation_json(struct jsonw *w, const struct awm_relation *rel)
{
	if (!rel->many && !rel->count) {
		jsonw_null(w);
		return;
	}
	if (rel->many)
		jsonw_array(w);
	for (size_t i = 0; i < rel->count; i++)
		record_json(w, rel->items[i]);
	if (rel->many)
		jsonw_end_array(w);
}

void record_json(struct jsonw *w, const struct awm_record *row)
{
	jsonw_object(w);
	for (size_t i = 0; i < row->count; i++) {
		if (!report_shows(row, i))
			continue;
		jsonw_key(w, row->fields[i]->name);
		value_json(w, row->fields[i], row->values + i);
	}
	for (size_t i = 0; i < row->nrelations; i++) {
		jsonw_key(w, row->relations[i].name);
		relation_json(w, row->relations + i);
	}
	jsonw_end_object(w);
}

void value_plain(struct buf *b, const struct awm_field *f,
		 const struct awm_value *v)
{
	char iso[TIME_ISO_SIZE];
	struct jsonw w = {.out = b};

	if (f->type == AWM_TYPE_SECRET)
		buf_adds(b, secret_word(v));
	else if (v->kind == AWM_TEXT && f->flags & AWM_MARKED)
		add_unmarked(b, v);
	else if (v->kind == AWM_TEXT)
		buf_add(b, v->s, v->len);
	else if (v->kind == AWM_REAL)
		jsonw_real(&w, v->r);
	else if (v->kind == AWM_INT && f->type == AWM_TYPE_BOOL)
		buf_adds(b, v->i ? "true" : "false");
	else if (v->kind == AWM_INT && f->type == AWM_TYPE_TIME) {
		time_format_iso(v->i, iso);
		buf_adds(b, iso);
	} else if (v->kind == AWM_INT)
		buf_addf(b, "%lld", (long long)v->i);
}

/* ---- JSON as a person reads it ---- */

static void node_human(struct buf *b, const cJSON *node);

static void scalar_human(struct buf *b, const cJSON *node)
{
	if (cJSON_IsString(node))
		buf_adds(b, node->valuestring);
	else if (cJSON_IsNull(node))
		buf_addc(b, '-');
	else if (cJSON_IsBool(node))
		buf_adds(b, cJSON_IsTrue(node) ? "yes" : "no");
	else
		json_print(b, node);
}

/* A commit by the start of its hash and its subject. */
static void commit_human(struct buf *b, const char *sha, const char *message)
{
	buf_addf(b, "%.10s %.*s", sha, (int)strcspn(message, "\r\n"), message);
}

/* What an activity says of a column: "todo → done". */
static void change_human(struct buf *b, const cJSON *from, const cJSON *to)
{
	if (!cJSON_IsNull(from)) {
		node_human(b, from);
		buf_adds(b, " → ");
	}
	node_human(b, to);
}

static void object_human(struct buf *b, const cJSON *node)
{
	const char *sha = json_get_str(node, "sha");
	const char *message = json_get_str(node, "message");
	const cJSON *from = json_get(node, "from"), *to = json_get(node, "to");
	const cJSON *item;

	if (sha && message) {
		commit_human(b, sha, message);
		return;
	}
	if (from && to) {
		change_human(b, from, to);
		return;
	}
	cJSON_ArrayForEach(item, node)
	{
		buf_addf(b, "%s%s: ", item == node->child ? "" : ", ",
			 item->string);
		node_human(b, item);
	}
}

static void node_human(struct buf *b, const cJSON *node)
{
	const cJSON *item;

	if (cJSON_IsObject(node)) {
		object_human(b, node);
		return;
	}
	if (!cJSON_IsArray(node)) {
		scalar_human(b, node);
		return;
	}
	cJSON_ArrayForEach(item, node)
	{
		buf_adds(b, item == node->child ? "" : ", ");
		node_human(b, item);
	}
}

static void json_human(struct buf *b, const struct awm_value *v)
{
	_cleanup_json_ cJSON *tree = NULL;

	if (json_parse(v->s, v->len, &tree) != 0)
		buf_add(b, v->s, v->len);
	else if ((cJSON_IsArray(tree) || cJSON_IsObject(tree)) && !tree->child)
		buf_addc(b, '-');
	else
		node_human(b, tree);
}

/* The start of a day is how a date without a time is kept. */
static void time_human(struct buf *b, int64_t ms, const char *zone)
{
	char text[TIME_ISO_SIZE];
	int64_t start, end;

	time_format_local(ms, zone, text);
	time_day_bounds(ms, zone, &start, &end);
	buf_add(b, text, ms == start ? strcspn(text, " ") : strlen(text));
}

static bool holds_minutes(const struct awm_field *f)
{
	size_t len = strlen(f->name);

	return len > 7 && strcmp(f->name + len - 7, "Minutes") == 0;
}

static int64_t seconds_of(int64_t minutes)
{
	int64_t seconds;

	if (__builtin_mul_overflow(minutes, 60, &seconds))
		return minutes < 0 ? INT64_MIN : INT64_MAX;
	return seconds;
}

/* The seconds of time entries and of their sums. */
static bool holds_seconds(const struct awm_field *f)
{
	const struct awm_entity *e = awm_entity_find("time_entry");
	size_t len = strlen(f->name);

	return f == awm_entity_field(e, "duration") ||
	       strcmp(f->name, "elapsed") == 0 ||
	       (len >= 7 && strcasecmp(f->name + len - 7, "seconds") == 0);
}

/* Sums of hours and money, as they stand in a bill. */
static bool holds_hundredths(const struct awm_field *f)
{
	return strcmp(f->name, "hours") == 0 || strcmp(f->name, "amount") == 0;
}

static void hundredths_human(struct buf *b, double v)
{
	bool plain = v >= 0 && v < 1e15;
	long long n = plain ? llround(v * 100) : 0;

	if (plain)
		buf_addf(b, "%lld.%02lld", n / 100, n % 100);
	else
		buf_addf(b, "%g", v);
}

/* What was paid to providers: fractions of a cent count. */
static bool holds_dollars(const struct awm_field *f)
{
	static const char *const names[] = {
		"cost",	  "actualCost", "totalCost", "estimatedCost",
		"budget", "budgetLeft", "estimate",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(f->name, names[i]) == 0)
			return true;
	return false;
}

/* No exponent, and no digits that only doubles have. */
static void dollars_human(struct buf *b, double v)
{
	size_t start = b->len;

	if (!(fabs(v) < 1e9) || (v != 0 && fabs(v) < 1e-8)) {
		buf_addf(b, "%g", v);
		return;
	}
	buf_addf(b, "%.8f", v);
	if (b->failed)
		return;
	while (b->len > start && b->s[b->len - 1] == '0')
		buf_truncate(b, b->len - 1);
	if (b->len > start && b->s[b->len - 1] == '.')
		buf_truncate(b, b->len - 1);
}

void value_human(struct buf *b, const struct awm_field *f,
		 const struct awm_value *v, const char *zone)
{
	char text[TIME_ISO_SIZE];

	if (f->type == AWM_TYPE_SECRET)
		buf_adds(b, secret_word(v));
	else if (v->kind == AWM_NULL)
		buf_addc(b, '-');
	else if (v->kind == AWM_INT && f->type == AWM_TYPE_TIME)
		time_human(b, v->i, zone);
	else if (v->kind == AWM_INT && holds_minutes(f)) {
		time_format_duration(seconds_of(v->i), text);
		buf_adds(b, text);
	} else if (v->kind == AWM_INT && holds_seconds(f)) {
		time_format_duration(v->i, text);
		buf_adds(b, text);
	} else if (v->kind == AWM_REAL && holds_hundredths(f)) {
		hundredths_human(b, v->r);
	} else if (v->kind == AWM_REAL && holds_dollars(f)) {
		dollars_human(b, v->r);
	} else if (v->kind == AWM_INT && f->type == AWM_TYPE_BOOL)
		buf_adds(b, v->i ? "yes" : "no");
	else if (v->kind == AWM_TEXT && f->type == AWM_TYPE_JSON)
		json_human(b, v);
	else
		value_plain(b, f, v);
}

const char *record_title(const struct awm_record *row)
{
	static const unsigned flags[] = {AWM_TITLE, AWM_SLUG};

	for (size_t k = 0; k < ARRAY_LEN(flags); k++)
		for (size_t i = 0; i < row->count; i++)
			if (row->fields[i]->flags & flags[k] &&
			    row->values[i].kind == AWM_TEXT)
				return row->values[i].s;
	return NULL;
}
