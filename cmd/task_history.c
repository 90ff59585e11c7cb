/* SPDX-License-Identifier: MIT */
#include "cmd/task_bulk.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "cmd/names.h"
#include "cmd/report.h"

/* What happened to a task, in words: "status: todo → done". */

#define TEXT_MAX 60 /* characters of a value; then … */

static const struct awm_field fields[] = {
	{.name = "createdAt", .label = "When", .type = AWM_TYPE_TIME},
	{.name = "userId",
	 .label = "Who",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "what", .label = "What", .type = AWM_TYPE_TEXT},
};

struct history {
	struct run *run;
	struct names *names;
	const struct awm_entity *entity; /* of the row that was changed */
	struct buf what;
	size_t told;
};

/* ---- values ---- */

/* The first line, as much of it as a reader wants. */
static void add_short(struct buf *b, const char *s)
{
	size_t n = 0, i = 0;

	for (; s[i] && s[i] != '\n' && n <= TEXT_MAX; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	if (n > TEXT_MAX)
		i--;
	buf_add(b, s, i);
	if (s[i])
		buf_adds(b, "…");
}

static struct awm_value value_of(const struct awm_field *f, const cJSON *node,
				 struct buf *text)
{
	int64_t ms;

	if (f->type == AWM_TYPE_TIME && cJSON_IsString(node) &&
	    !time_parse(node->valuestring, NULL, 0, &ms))
		return AWM_VALUE_INT(ms);
	if (f->type == AWM_TYPE_JSON) {
		json_print(text, node);
		return awm_value_text(buf_str(text));
	}
	if (cJSON_IsString(node))
		return awm_value_text(node->valuestring);
	if (cJSON_IsBool(node))
		return AWM_VALUE_INT(cJSON_IsTrue(node));
	if (f->type == AWM_TYPE_REAL)
		return AWM_VALUE_REAL(node->valuedouble);
	return AWM_VALUE_INT((int64_t)node->valuedouble);
}

/* "Ada, Bea" for an array of users. */
static void add_users(struct history *h, const cJSON *ids)
{
	const cJSON *id;
	size_t n = 0;

	cJSON_ArrayForEach(id, ids)
	{
		const char *name = names_find(h->run, &h->names, &fields[1],
					      (int64_t)id->valuedouble);
		buf_adds(&h->what, n++ ? ", " : "");
		if (name)
			add_short(&h->what, name);
		else
			buf_addf(&h->what, "%.0f", id->valuedouble);
	}
	if (!n)
		buf_addc(&h->what, '-');
}

static bool holds_users(const struct awm_field *f)
{
	return f &&
	       (!strcmp(f->name, "watcherIds") || !strcmp(f->name, "mentions"));
}

static void add_value(struct history *h, const struct awm_field *f,
		      const cJSON *node)
{
	const struct awm_actor *actor = awm_session_actor(h->run->session);
	_cleanup_buf_ struct buf text = {0}, words = {0};
	struct awm_value v;
	const char *name = NULL;

	if (!node || cJSON_IsNull(node)) {
		buf_addc(&h->what, '-');
		return;
	}
	if (!f) {
		json_print(&words, node);
		add_short(&h->what, buf_str(&words));
		return;
	}
	if (holds_users(f)) {
		add_users(h, node);
		return;
	}
	v = value_of(f, node, &text);
	if (v.kind == AWM_INT)
		name = names_find(h->run, &h->names, f, v.i);
	if (!name)
		value_human(&words, f, &v, actor->timezone);
	add_short(&h->what, name ? name : buf_str(&words));
	h->what.failed |= text.failed || words.failed;
}

/* ---- one change ---- */

/* What goes without saying beside what was done. */
static bool is_silent(const char *name, bool alone)
{
	static const char *const names[] = {
		"order",     "createdAt", "taskId",	 "contentType",
		"startedAt", "editedAt",  "completedAt", "projectId",
		"userId",    NULL};

	/* "deleted", "restored"; the places of other tasks */
	if (!strcmp(name, "deletedAt") || !strcmp(name, "shift"))
		return true;
	for (const char *const *n = names; *n; n++)
		if (!strcmp(*n, name))
			return !alone;
	return false;
}

static void add_label(struct buf *b, const struct awm_field *f,
		      const char *name)
{
	const char *label = f && f->label ? f->label : name;

	/* "Git", "URL" and the like keep their capitals */
	if (isupper((unsigned char)label[0]) && label[1] &&
	    islower((unsigned char)label[1]))
		buf_addc(b, (char)tolower((unsigned char)*label));
	else
		buf_addc(b, *label);
	buf_adds(b, label + 1);
}

static void add_member(struct history *h, const cJSON *member, bool made)
{
	const struct awm_field *f =
		h->entity ? awm_entity_field(h->entity, member->string) : NULL;
	const cJSON *from = json_get(member, "from");

	buf_adds(&h->what, h->told++ ? "; " : ": ");
	add_label(&h->what, f, member->string);
	buf_adds(&h->what, ": ");
	if (!made || !cJSON_IsNull(from)) {
		add_value(h, f, from);
		buf_adds(&h->what, " → ");
	}
	add_value(h, f, json_get(member, "to"));
}

static bool is_empty(const cJSON *node)
{
	return !node || cJSON_IsNull(node) || cJSON_IsFalse(node) ||
	       ((cJSON_IsArray(node) || cJSON_IsObject(node)) && !node->child);
}

static bool is_making(const char *type)
{
	static const char *const ends[] = {".created", ".added", ".started",
					   NULL};
	const char *dot = strchr(type, '.');

	for (const char *const *e = ends; dot && *e; e++)
		if (!strcmp(dot, *e))
			return true;
	return false;
}

static void add_members(struct history *h, const cJSON *changes, bool made)
{
	const cJSON *member;
	int n = cJSON_GetArraySize(changes) - !!json_get(changes, "shift");
	bool alone = !made && n == 1;

	cJSON_ArrayForEach(member, changes)
	{
		if (!is_silent(member->string, alone) &&
		    !(made && is_empty(json_get(member, "to"))))
			add_member(h, member, made);
	}
}

/* "task.status_changed" of a task: the changes say it; otherwise the words. */
static void add_event(struct history *h, const char *type, const cJSON *changes)
{
	static const char *const told[] = {"task.updated",
					   "task.status_changed",
					   "task.assigned",
					   "task.completed",
					   "task.blocked",
					   "task.unblocked",
					   NULL};
	const cJSON *title = json_get(json_get(changes, "title"), "to");

	if (!strcmp(type, "task.created") && cJSON_IsString(title)) {
		buf_adds(&h->what, "added '");
		add_short(&h->what, title->valuestring);
		buf_addc(&h->what, '\'');
		return;
	}
	for (const char *const *t = told; *t; t++)
		if (!strcmp(*t, type))
			return;
	if (!strncmp(type, "task.", 5))
		type += 5;
	for (; *type; type++)
		buf_addc(&h->what, *type == '.' || *type == '_' ? ' ' : *type);
}

static void add_mark(struct history *h, const cJSON *metadata)
{
	static const char *const marks[] = {"undo", "redo"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (json_get(metadata, marks[i]))
			buf_addf(&h->what, " (%s)", marks[i]);
}

static int parse(const struct awm_record *row, const char *field, cJSON **ret)
{
	const struct awm_value *v = awm_record_get(row, field);

	if (!v || v->kind != AWM_TEXT)
		return 0;
	return json_parse(v->s, v->len, ret);
}

static int describe(struct history *h, const struct awm_record *row)
{
	_cleanup_json_ cJSON *changes = NULL, *metadata = NULL;
	const char *type = awm_record_text(row, "type"), *entity, *text;
	int err = parse(row, "changes", &changes);

	if (!err)
		err = parse(row, "metadata", &metadata);
	if (err)
		return err;
	entity = json_get_str(metadata, "entity");
	h->entity = awm_entity_find(entity ? entity : "task");
	h->told = 0;
	buf_truncate(&h->what, 0);
	add_event(h, type, changes);
	if (!strcmp(type, "task.created"))
		cJSON_DeleteItemFromObjectCaseSensitive(changes, "title");
	add_members(h, changes, is_making(type));
	add_mark(h, metadata);
	err = buf_check(&h->what);
	if (err)
		return err;
	text = buf_str(&h->what);
	if (!strncmp(text, ": ", 2))
		memmove(h->what.s, text + 2, h->what.len - 1);
	return 0;
}

static int history_row(void *ctx, const struct awm_record *row)
{
	static const struct awm_field *const list[] = {fields, fields + 1,
						       fields + 2};
	struct history *h = ctx;
	int err = describe(h, row);
	struct awm_value v[3];
	struct awm_record words = {
		.fields = list, .values = v, .count = ARRAY_LEN(list)};

	if (err)
		return err;
	v[0] = AWM_VALUE_INT(awm_record_int(row, "createdAt"));
	v[1] = AWM_VALUE_INT(awm_record_int(row, "userId"));
	v[2] = awm_value_text(buf_str(&h->what));
	return report_row(h->run, &words);
}

int task_history_list(struct run *r, struct awm_query *q)
{
	struct history h = {.run = r};
	int err;

	if (r->globals.format != FORMAT_TABLE || r->globals.fields ||
	    r->globals.quiet)
		return run_list_query(r, q);
	err = run_also(r, q, "type,changes,metadata");
	if (!err)
		err = report_begin(r);
	if (!err)
		err = awm_list(r->session, q, history_row, &h);
	buf_release(&h.what);
	return err ? err : report_end(r);
}
