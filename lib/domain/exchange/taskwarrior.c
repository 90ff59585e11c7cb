// SPDX-License-Identifier: MIT
/* Taskwarrior's JSON, as `task export` writes it and `task import` reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"

/* A colon would end the name of a tag in Taskwarrior. */
#define IN_REVIEW "status.in_review"

static const struct word priorities[] = {
	{"M", "medium"}, {"H", "high"}, {"L", "low"}, {"H", "urgent"}, {0}};

/* awmdescription is an attribute that Taskwarrior keeps without knowing it: it
 * has no long text. */
static const struct mapping columns[] = {
	{"awmdescription", TASK_description, AS_TEXT, NULL},
	{"description", TASK_title, AS_TITLE, NULL},
	{"priority", TASK_priority, AS_WORD, priorities},
	{"entry", TASK_createdAt, AS_BASIC, NULL},
	{"modified", TASK_updatedAt, AS_BASIC, NULL},
	{"due", TASK_dueDate, AS_BASIC, NULL},
	{"start", TASK_startedAt, AS_BASIC, NULL},
};

static int get_time(const cJSON *record, const char *key, int64_t *ret)
{
	const char *text;
	int rc = get_text(record, key, &text);

	*ret = 0;
	if (!rc && text)
		rc = time_read(text, AS_BASIC, ret);
	return rc ? err_context("%s", key) : 0;
}

/* ---- reading ---- */

static int read_status(const char *status, int64_t end, struct item *it)
{
	const struct awm_value when = end ? AWM_VALUE_INT(end) : AWM_VALUE_NULL;
	bool started = !item_null(it, TASK_startedAt);

	it->has[TASK_completedAt] = it->has[TASK_deletedAt] = true;
	if (!strcmp(status, "completed")) {
		item_text(it, TASK_status, "done");
		item_set(it, TASK_completedAt, when);
	} else if (!strcmp(status, "deleted")) {
		item_text(it, TASK_status, "todo");
		item_set(it, TASK_deletedAt,
			 end ? when : it->v[TASK_updatedAt]);
		if (item_null(it, TASK_deletedAt))
			item_set(it, TASK_deletedAt, AWM_VALUE_INT(0));
	} else if (!strcmp(status, "pending") || !strcmp(status, "waiting") ||
		   !strcmp(status, "recurring")) {
		item_text(it, TASK_status, started ? "in_progress" : "todo");
	} else {
		return err_set(AWM_USAGE, "unknown status '%s'", status);
	}
	return 0;
}

static int read_tags(const cJSON *record, struct item *it)
{
	static const struct mapping column = {"tags", TASK_tags, AS_TAGS, NULL};
	struct names tags = {0}, kept = {0};
	int rc = mapping_read(&column, 1, record, it);

	if (!rc)
		rc = item_tags(it, &tags);
	if (rc || !names_hold(&tags, IN_REVIEW))
		return rc;
	for (size_t i = 0; i < tags.n && !rc; i++)
		if (strcmp(tags.items[i], IN_REVIEW) != 0)
			rc = names_add(it->arena, &kept, tags.items[i]);
	if (item_is(it, TASK_status, "in_progress"))
		item_text(it, TASK_status, "in_review");
	return rc ? rc : item_set_tags(it, &kept);
}

/* An array, or in older versions uuids with commas between them. */
static int read_depends(const cJSON *node, struct item *it)
{
	const cJSON *uid;
	char *list, *part, *rest;
	int rc = 0;

	if (!node || cJSON_IsNull(node))
		return 0;
	if (cJSON_IsString(node)) {
		list = arena_strdup(it->arena, node->valuestring);
		if (!list)
			return -AWM_NOMEM;
		for (part = strtok_r(list, ",", &rest); part && !rc;
		     part = strtok_r(NULL, ",", &rest))
			rc = names_add(it->arena, &it->blockers, part);
		return rc;
	}
	if (!cJSON_IsArray(node))
		return err_set(AWM_USAGE, "depends: want an array of uuids");
	cJSON_ArrayForEach(uid, node)
	{
		if (!cJSON_IsString(uid))
			return err_set(AWM_USAGE, "depends: want uuids");
		if (!names_hold(&it->blockers, uid->valuestring))
			rc = names_add(it->arena, &it->blockers,
				       uid->valuestring);
		if (rc)
			return rc;
	}
	return 0;
}

static int read_annotations(const cJSON *node, struct item *it)
{
	const cJSON *note;

	if (node && !cJSON_IsArray(node))
		return err_set(AWM_USAGE, "annotations: want an array");
	cJSON_ArrayForEach(note, node)
	{
		const char *text;
		int64_t at;
		int rc = get_text(note, "description", &text);

		if (!rc)
			rc = get_time(note, "entry", &at);
		if (!rc && text)
			rc = item_note(it, NULL, text, at);
		if (rc)
			return err_context("annotations");
	}
	return 0;
}

static int read_waits(const cJSON *record, struct item *it)
{
	int rc = get_time(record, "wait", &it->defer_until);

	return rc || it->defer_until
		       ? rc
		       : get_time(record, "scheduled", &it->defer_until);
}

static int taskwarrior_read(const struct dialect *d, const cJSON *record,
			    struct item *it)
{
	const char *status = NULL;
	int64_t end = 0;
	int rc = mapping_read(columns, ARRAY_LEN(columns), record, it);

	(void)d;
	if (item_null(it, TASK_description))
		it->has[TASK_description] = false;
	if (item_null(it, TASK_priority))
		item_text(it, TASK_priority, "medium");
	if (!rc)
		rc = get_text(record, "uuid", &it->uid);
	if (!rc)
		rc = get_text(record, "project", &it->project);
	if (!rc)
		rc = get_text(record, "status", &status);
	if (!rc)
		rc = get_time(record, "end", &end);
	if (!rc)
		rc = read_status(status ? status : "pending", end, it);
	if (!rc && status && !strcmp(status, "recurring"))
		rc = get_text(record, "recur", &it->repeat);
	if (!rc && status && !strcmp(status, "recurring") && !it->repeat)
		it->repeat = "";
	if (!rc)
		rc = read_tags(record, it);
	if (!rc)
		rc = read_waits(record, it);
	if (!rc)
		rc = read_depends(json_get(record, "depends"), it);
	return rc ? rc : read_annotations(json_get(record, "annotations"), it);
}

/* ---- writing ---- */

static int write_status(const struct item *it, cJSON *record)
{
	const struct awm_value *end = &it->v[TASK_completedAt];
	const char *status = "pending";

	if (!item_null(it, TASK_deletedAt)) {
		status = "deleted";
		end = &it->v[TASK_deletedAt];
	} else if (item_is(it, TASK_status, "done")) {
		status = "completed";
	}
	int rc = put_text(record, "status", status);

	if (!rc && end->kind == AWM_INT)
		rc = put_text(record, "end",
			      time_write(it->arena, AS_BASIC, end->i));
	return rc;
}

/* A tag is the name of an attribute there: what ends one is written
 * otherwise. */
static const char *safe_tag(struct arena *a, const char *tag)
{
	char *safe = arena_strdup(a, tag);

	for (char *p = safe; p && *p; p++) {
		if (*p == ':')
			*p = '.';
		if (*p == ',')
			*p = '_';
	}
	return safe;
}

static int write_tags(const struct item *it, cJSON *record)
{
	struct names tags = {0};
	int rc = item_tags(it, &tags);

	for (size_t i = 0; i < tags.n && !rc; i++) {
		tags.items[i] = safe_tag(it->arena, tags.items[i]);
		rc = tags.items[i] ? 0 : -AWM_NOMEM;
	}
	if (!rc && item_is(it, TASK_status, "in_review"))
		rc = names_add(it->arena, &tags, IN_REVIEW);
	return rc ? rc : put_names(record, "tags", &tags);
}

static int write_annotations(const struct item *it, cJSON *record)
{
	cJSON *list = it->nnotes ? cJSON_CreateArray() : NULL;
	int rc = 0;

	if (!it->nnotes)
		return 0;
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < it->nnotes && !rc; i++) {
		cJSON *note = cJSON_CreateObject();
		if (!note || !cJSON_AddItemToArray(list, note)) {
			cJSON_Delete(note);
			rc = err_nomem();
			break;
		}
		rc = put_text(note, "entry",
			      time_write(it->arena, AS_BASIC, it->notes[i].at));
		if (!rc)
			rc = put_text(note, "description", it->notes[i].text);
	}
	if (rc) {
		cJSON_Delete(list);
		return rc;
	}
	return put(record, "annotations", list);
}

static int taskwarrior_write(const struct item *it, cJSON *record)
{
	size_t n = ARRAY_LEN(columns);
	int rc = put_text(record, "uuid", it->uid);

	/* Only what is under way was started. */
	if (item_is(it, TASK_status, "todo"))
		n--;
	if (!rc)
		rc = mapping_write(columns, n, it, record);
	if (!rc)
		rc = write_status(it, record);
	if (!rc)
		rc = put_text(record, "project", it->project);
	if (!rc && it->defer_until)
		rc = put_text(record, "wait",
			      time_write(it->arena, AS_BASIC, it->defer_until));
	if (!rc)
		rc = put_names(record, "depends", &it->blockers);
	if (!rc)
		rc = write_tags(it, record);
	return rc ? rc : write_annotations(it, record);
}

/* ---- uids ---- */

/* A version 8 UUID, whose bits are ours: 15 digits of the database, 15 of the
 * task. */
static const char *taskwarrior_uid(struct arena *a, const char *database,
				   int64_t id)
{
	unsigned long long n = (unsigned long long)id & 0xfffffffffffffffu;

	return arena_printf(a, "%.8s-%.4s-8%.3s-8%03llx-%012llx", database,
			    database + 8, database + 12, n >> 48,
			    n & 0xffffffffffffu);
}

static int64_t taskwarrior_own(const char *uid)
{
	if (strlen(uid) != 36)
		return 0;
	return (int64_t)(strtoull(uid + 20, NULL, 16) & 0xfff) << 48 |
	       (int64_t)(strtoull(uid + 24, NULL, 16) & 0xffffffffffffu);
}

const struct format format_taskwarrior = {
	.name = "taskwarrior",
	.framing = FRAME_ARRAY,
	.domain = "taskwarrior.invalid",
	.deleted = true,
	.read = taskwarrior_read,
	.write = taskwarrior_write,
	.uid = taskwarrior_uid,
	.own = taskwarrior_own,
};
