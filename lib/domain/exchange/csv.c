// SPDX-License-Identifier: MIT
/* CSV: columns by the names of the specification, or by names that other
 * tables give them. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/exchange/export.h"
#include "entity/field.h"
#include "queries.h"

/* In the order in which they are written. */
static const struct {
	const char *name, *others;
	int field; /* -1: no column of the table */
} columns[] = {
	{"id", "uid uuid key", -1},
	{"title", "summary subject name task", TASK_title},
	{"description", "body details notes", TASK_description},
	{"status", "state", TASK_status},
	{"priority", "severity", TASK_priority},
	{"project", "list epic", -1},
	{"assignee", "assigned owner", -1},
	{"tags", "labels categories", TASK_tags},
	{"dueDate", "due deadline", TASK_dueDate},
	{"deferUntil", "defer wait", -1},
	{"estimatedMinutes", "estimate minutes", TASK_estimatedMinutes},
	{"parent", "parentid", -1},
	{"blockedBy", "depends", -1},
	{"createdAt", "created opened", TASK_createdAt},
	{"updatedAt", "updated modified", TASK_updatedAt},
	{"startedAt", "started", TASK_startedAt},
	{"completedAt", " completed closed closedat finished ",
	 TASK_completedAt},
};

/* Words that other tools have for ours. */
static const struct word words[] = {{"open", "todo"},
				    {"to_do", "todo"},
				    {"new", "todo"},
				    {"pending", "todo"},
				    {"backlog", "todo"},
				    {"doing", "in_progress"},
				    {"started", "in_progress"},
				    {"review", "in_review"},
				    {"closed", "done"},
				    {"completed", "done"},
				    {"complete", "done"},
				    {"finished", "done"},
				    {"critical", "urgent"},
				    {"highest", "urgent"},
				    {"p0", "urgent"},
				    {"p1", "high"},
				    {"normal", "medium"},
				    {"p2", "medium"},
				    {"lowest", "low"},
				    {"p3", "low"},
				    {0}};

/* ---- the header ---- */

static bool is_called(size_t column, const char *header)
{
	char word[64];
	size_t n = 0;

	for (const char *p = header; *p && n < sizeof(word) - 1; p++)
		if (!strchr(" _-", *p))
			word[n++] = *p;
	word[n] = '\0';
	return !strcasecmp(columns[column].name, word) ||
	       list_holds(columns[column].others, word);
}

/* The column that --map says the header is; NULL: none. */
static const char *mapped(const struct dialect *d, const char *header)
{
	for (size_t i = 0; i < d->nmap; i++) {
		const char *equals = strchr(d->map[i], '=');
		if (!equals || strcmp(equals + 1, header) != 0)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(columns); k++)
			if (!strncasecmp(columns[k].name, d->map[i],
					 (size_t)(equals - d->map[i])) &&
			    strlen(columns[k].name) ==
				    (size_t)(equals - d->map[i]))
				return columns[k].name;
	}
	return NULL;
}

static bool is_mapped(const struct dialect *d, const char *column)
{
	size_t n = strlen(column);

	for (size_t i = 0; i < d->nmap; i++)
		if (!strncasecmp(d->map[i], column, n) && d->map[i][n] == '=')
			return true;
	return false;
}

static const char *column_of(const struct dialect *d, const cJSON *record,
			     const char *header)
{
	const char *name = mapped(d, header);

	for (size_t i = 0; i < ARRAY_LEN(columns) && !name; i++)
		if (is_called(i, header) && !is_mapped(d, columns[i].name))
			name = columns[i].name;
	/* A column that has its own name keeps it. */
	if (!name || !strcmp(name, header) || json_get(record, name))
		return NULL;
	return name;
}

static int csv_prepare(const struct dialect *d, cJSON *record)
{
	for (cJSON *node = record->child, *next; node; node = next) {
		const char *name = column_of(d, record, node->string);
		char *key;

		next = node->next;
		if (!name)
			continue;
		key = cJSON_malloc(strlen(name) + 1);
		if (!key)
			return err_nomem();
		memcpy(key, name, strlen(name) + 1);
		cJSON_free(node->string);
		node->string = key;
	}
	return 0;
}

/* ---- reading ---- */

static int split(struct item *it, const char *text, const char *separators,
		 struct names *ret)
{
	char *copy = arena_strdup(it->arena, text), *rest;
	int rc = copy ? 0 : -AWM_NOMEM;

	for (char *part = rc ? NULL : strtok_r(copy, separators, &rest);
	     part && !rc; part = strtok_r(NULL, separators, &rest)) {
		char *end;
		part += strspn(part, " \t");
		end = part + strlen(part);
		while (end > part && strchr(" \t", end[-1]))
			*--end = '\0';
		if (*part && !names_hold(ret, part))
			rc = names_add(it->arena, ret, part);
	}
	return rc;
}

/* "In Progress" is in_progress. */
static const char *word_of(struct item *it, const char *text)
{
	char *word = arena_strdup(it->arena, text);

	for (char *p = word; p && *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
		if (*p == ' ' || *p == '-')
			*p = '_';
	}
	for (const struct word *w = words; word && w->theirs; w++)
		if (!strcmp(w->theirs, word))
			return w->ours;
	return word;
}

static int read_column(const struct dialect *d, size_t field, const char *text,
		       struct item *it)
{
	const struct awm_field *f = &entity_task.fields[field];
	struct awm_value v;
	struct names tags = {0};
	int rc;

	if (field == TASK_title)
		return item_title(it, text);
	if (field == TASK_tags) {
		rc = split(it, text, ",;", &tags);
		return rc ? rc : item_set_tags(it, &tags);
	}
	if (f->type == AWM_TYPE_ENUM) {
		text = word_of(it, text);
		if (!text)
			return -AWM_NOMEM;
	}
	rc = field_parse(f, text, d->zone, time_now(), it->arena, &v);
	if (!rc)
		item_set(it, field, v);
	return rc;
}

static int read_others(const struct dialect *d, const cJSON *record,
		       struct item *it)
{
	const char *blockers, *until;
	int rc = get_text(record, "id", &it->uid);

	if (!rc)
		rc = get_text(record, "project", &it->project);
	if (!rc)
		rc = get_text(record, "assignee", &it->assignee);
	if (!rc)
		rc = get_text(record, "parent", &it->parent);
	if (!rc)
		rc = get_text(record, "deferUntil", &until);
	if (!rc && until) {
		rc = time_parse(until, d->zone, time_now(), &it->defer_until);
		if (rc)
			err_context("deferUntil");
	}
	if (!rc)
		rc = get_text(record, "blockedBy", &blockers);
	return rc || !blockers ? rc : split(it, blockers, " ,;", &it->blockers);
}

static int csv_read(const struct dialect *d, const cJSON *record,
		    struct item *it)
{
	int rc = 0;

	for (size_t i = ARRAY_LEN(columns); i-- && !rc;) {
		const char *text;
		if (columns[i].field < 0)
			continue;
		rc = get_text(record, columns[i].name, &text);
		if (!rc && text)
			rc = read_column(d, (size_t)columns[i].field, text, it);
	}
	if (!rc && item_null(it, TASK_title))
		rc = err_set(AWM_USAGE, "there is no title");
	if (rc)
		return rc;
	if (item_null(it, TASK_priority))
		item_text(it, TASK_priority, "medium");
	if (item_null(it, TASK_status))
		item_text(it, TASK_status,
			  item_null(it, TASK_completedAt) ? "todo" : "done");
	if (item_is(it, TASK_status, "blocked"))
		item_text(it, TASK_blockedReason, "blocked");
	return read_others(d, record, it);
}

/* ---- writing ---- */

static int write_column(const struct item *it, size_t i, cJSON *record)
{
	const struct awm_value *v = &it->v[columns[i].field];
	const struct awm_field *f = &entity_task.fields[columns[i].field];
	const char *text = v->kind == AWM_TEXT ? v->s : NULL;

	if (v->kind == AWM_NULL)
		return 0;
	if (f->type == AWM_TYPE_TIME)
		text = time_write(it->arena, AS_TIME, v->i);
	else if (v->kind == AWM_INT)
		text = arena_printf(it->arena, "%lld", (long long)v->i);
	if (columns[i].field == TASK_status)
		text = item_status(it);
	return text ? put_text(record, columns[i].name, text) : -AWM_NOMEM;
}

static int put_joined(const struct item *it, const char *key,
		      const struct names *names, char separator, cJSON *record)
{
	_cleanup_buf_ struct buf b = {0};

	for (size_t i = 0; i < names->n; i++) {
		if (i)
			buf_addc(&b, separator);
		buf_adds(&b, names->items[i]);
	}
	(void)it;
	if (buf_check(&b))
		return -AWM_NOMEM;
	return b.len ? put_text(record, key, b.s) : 0;
}

static int csv_write_item(const struct item *it, cJSON *record)
{
	struct names tags = {0};
	int rc = put_text(record, "id", it->uid);

	for (size_t i = 0; i < ARRAY_LEN(columns) && !rc; i++)
		if (columns[i].field >= 0 && columns[i].field != TASK_tags)
			rc = write_column(it, i, record);
	if (!rc)
		rc = item_tags(it, &tags);
	if (!rc)
		rc = put_joined(it, "tags", &tags, ',', record);
	if (!rc)
		rc = put_text(record, "project", it->project);
	if (!rc)
		rc = put_text(record, "assignee", it->assignee);
	if (!rc)
		rc = put_text(record, "parent", it->parent);
	if (!rc && it->defer_until)
		rc = put_text(record, "deferUntil",
			      time_write(it->arena, AS_TIME, it->defer_until));
	return rc ? rc
		  : put_joined(it, "blockedBy", &it->blockers, ' ', record);
}

/* A cell that is quoted where it has to be. */
static void add_cell(struct buf *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		buf_adds(out, text);
		return;
	}
	buf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

/* Columns that records had and no table has. */
static int add_columns(struct exporter *x, const cJSON *record)
{
	const cJSON *node;
	int rc = 0;

	cJSON_ArrayForEach(node, record)
	{
		const char *name;
		if (names_hold(&x->columns, node->string))
			continue;
		name = arena_strdup(&x->arena, node->string);
		rc = name ? names_add(&x->arena, &x->columns, name)
			  : -AWM_NOMEM;
		if (rc)
			return rc;
	}
	return rc;
}

static int find_columns(struct exporter *x)
{
	struct stream st = {0};
	int rc = db_query(x->s->db, &st.st, query_export_origins, "tt",
			  x->source, "task");

	while (!rc && !(rc = stream_next(&st)) && !st.ended) {
		_cleanup_json_ cJSON *metadata = NULL;
		const char *text = db_column_text(st.st, 2);

		if (text)
			rc = json_parse(text, strlen(text), &metadata);
		if (!rc)
			rc = add_columns(x, origin_record(metadata));
	}
	if (st.st)
		db_reset(st.st);
	return rc;
}

int csv_begin(struct exporter *x)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(columns) && !rc; i++)
		rc = names_add(&x->arena, &x->columns, columns[i].name);
	if (!rc)
		rc = find_columns(x);
	for (size_t i = 0; i < x->columns.n; i++) {
		if (i)
			buf_addc(&x->out, ',');
		add_cell(&x->out, x->columns.items[i]);
	}
	buf_adds(&x->out, "\r\n");
	return rc ? rc : export_flush(x);
}

int csv_write(struct exporter *x, const cJSON *record)
{
	for (size_t i = 0; i < x->columns.n; i++) {
		const char *text = json_get_str(record, x->columns.items[i]);
		if (i)
			buf_addc(&x->out, ',');
		if (text)
			add_cell(&x->out, text);
	}
	buf_adds(&x->out, "\r\n");
	x->n++;
	return export_flush(x);
}

const struct format format_csv = {
	.name = "csv",
	.framing = FRAME_CSV,
	.domain = "csv.invalid",
	.scoped = true,
	.prepare = csv_prepare,
	.read = csv_read,
	.write = csv_write_item,
	.uid = uid_plain,
	.own = uid_plain_own,
};
