// SPDX-License-Identifier: MIT
/* Issues of GitHub, as `gh issue list --json` writes them. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "entity/field.h"

#define CANCELLED "cancelled"
#define MILESTONE "milestone:"
#define REFERENCE "ref:gh-"

static const struct mapping columns[] = {
	{"body", TASK_description, AS_TEXT, NULL},
	{"title", TASK_title, AS_TITLE, NULL},
	{"createdAt", TASK_createdAt, AS_TIME, NULL},
	{"updatedAt", TASK_updatedAt, AS_TIME, NULL},
	{"closedAt", TASK_completedAt, AS_TIME, NULL},
};

/* Labels that people use for priorities; the first part is left out of what is
 * compared: "priority: high", "priority/high", "P1". */
static const struct word labels[] = {
	{"p0", "urgent"},	{"p1", "high"},	  {"p2", "medium"},
	{"p3", "low"},		{"p4", "low"},	  {"urgent", "urgent"},
	{"critical", "urgent"}, {"high", "high"}, {"medium", "medium"},
	{"normal", "medium"},	{"low", "low"},	  {0}};

/* ---- reading ---- */

static const char *bare(const char *label)
{
	size_t n = strlen("priority");

	if (strncasecmp(label, "priority", n) != 0)
		return label;
	return label + n + strspn(label + n, " :/-_");
}

static const char *priority_of(const struct dialect *d, const char *label)
{
	for (size_t i = 0; i < d->npriorities; i++) {
		const char *equals = strrchr(d->priorities[i], '=');
		size_t n = equals ? (size_t)(equals - d->priorities[i]) : 0;
		if (equals && strlen(label) == n &&
		    !strncasecmp(label, d->priorities[i], n))
			return equals + 1;
	}
	for (const struct word *w = labels; w->theirs; w++)
		if (!strcasecmp(bare(label), w->theirs))
			return w->ours;
	return NULL;
}

static int read_labels(const struct dialect *d, const cJSON *record,
		       struct item *it, struct names *tags)
{
	const cJSON *label;
	int rc = 0;

	cJSON_ArrayForEach(label, json_get(record, "labels"))
	{
		const char *name = cJSON_IsString(label)
					   ? label->valuestring
					   : json_get_str(label, "name");
		if (!name || !*name || names_hold(tags, name))
			continue;
		const char *priority = priority_of(d, name);
		if (priority)
			item_text(it, TASK_priority, priority);
		rc = names_add(it->arena, tags, name);
		if (rc)
			return rc;
	}
	return 0;
}

static int add_tag(struct item *it, struct names *tags, const char *prefix,
		   const char *text)
{
	const char *tag = arena_printf(it->arena, "%s%s", prefix, text);

	return tag ? names_add(it->arena, tags, tag) : -AWM_NOMEM;
}

static int read_tags(const struct dialect *d, const cJSON *record,
		     struct item *it)
{
	const cJSON *number = json_get(record, "number");
	const char *milestone =
		json_get_str(json_get(record, "milestone"), "title");
	const char *reason = json_get_str(record, "stateReason");
	struct names tags = {0};
	int rc = read_labels(d, record, it, &tags);

	if (!rc && milestone && *milestone)
		rc = add_tag(it, &tags, MILESTONE, milestone);
	if (!rc && reason && !strcmp(reason, "NOT_PLANNED") &&
	    item_is(it, TASK_status, "done"))
		rc = add_tag(it, &tags, CANCELLED, "");
	if (!rc && cJSON_IsNumber(number)) {
		const char *tag = arena_printf(it->arena, REFERENCE "%.0f",
					       number->valuedouble);
		rc = tag ? names_add(it->arena, &tags, tag) : -AWM_NOMEM;
	}
	return rc ? rc : item_set_tags(it, &tags);
}

static int read_people(const cJSON *record, struct item *it)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, json_get(record, "assignees"))
	{
		const char *login = json_get_str(node, "login");
		int rc = 0;
		if (!login || !*login)
			continue;
		if (it->assignee)
			rc = names_add(it->arena, &it->watchers, login);
		else
			it->assignee = login;
		if (rc)
			return rc;
	}
	return 0;
}

static int read_comments(const cJSON *record, struct item *it)
{
	const cJSON *node, *list = json_get(record, "comments");
	int rc = 0;

	if (list && !cJSON_IsArray(list) && !cJSON_IsNull(list))
		return err_set(AWM_USAGE, "comments: want an array");
	cJSON_ArrayForEach(node, list)
	{
		const char *body, *when;
		int64_t at = 0;
		rc = get_text(node, "body", &body);
		if (!rc)
			rc = get_text(node, "createdAt", &when);
		if (!rc && when)
			rc = time_read(when, AS_TIME, &at);
		if (!rc && body)
			rc = item_note(
				it,
				json_get_str(json_get(node, "author"), "login"),
				body, at);
		if (rc)
			return err_context("comments");
	}
	return 0;
}

/* https://host/owner/name/issues/5 */
static int read_address(const char *url, struct item *it)
{
	const char *host = url ? strstr(url, "://") : NULL;
	const char *path = host ? strchr(host + 3, '/') : NULL;
	const char *end = path ? strstr(path, "/issues/") : NULL;

	if (!end)
		end = path ? strstr(path, "/pull/") : NULL;
	if (!end || end == path)
		return 0;
	it->project =
		arena_strndup(it->arena, path + 1, (size_t)(end - path - 1));
	it->repository = arena_strndup(it->arena, url, (size_t)(end - url));
	return it->project && it->repository ? 0 : -AWM_NOMEM;
}

static int read_uid(const cJSON *record, struct item *it)
{
	const cJSON *number = json_get(record, "number");
	const char *url;
	int rc = get_text(record, "url", &url);

	if (!rc)
		rc = read_address(url, it);
	if (!rc)
		rc = get_text(record, "id", &it->uid);
	if (rc)
		return rc;
	if (!it->uid)
		it->uid = url;
	if (!it->uid && cJSON_IsNumber(number))
		it->uid = arena_printf(it->arena, "%.0f", number->valuedouble);
	return 0;
}

static int github_read(const struct dialect *d, const cJSON *record,
		       struct item *it)
{
	const char *state;
	int rc = mapping_read(columns, ARRAY_LEN(columns), record, it);

	if (!rc)
		rc = read_uid(record, it);
	if (!rc)
		rc = get_text(record, "state", &state);
	if (rc)
		return rc;
	item_text(it, TASK_status,
		  state && !strcasecmp(state, "closed") ? "done" : "todo");
	item_text(it, TASK_priority, "medium");
	rc = read_tags(d, record, it);
	if (!rc)
		rc = read_people(record, it);
	return rc ? rc : read_comments(record, it);
}

/* ---- writing ---- */

static cJSON *named(const char *key, const char *value)
{
	cJSON *o = cJSON_CreateObject();

	if (o && !cJSON_AddStringToObject(o, key, value)) {
		cJSON_Delete(o);
		return NULL;
	}
	return o;
}

static int add(cJSON *list, cJSON *o)
{
	if (o && cJSON_AddItemToArray(list, o))
		return 0;
	cJSON_Delete(o);
	return err_nomem();
}

static int write_number(const struct item *it, const struct names *tags,
			cJSON *record)
{
	const char *number = tag_after(tags, REFERENCE);
	int64_t n = number ? strtoll(number, NULL, 10) : uid_plain_own(it->uid);

	/* Of another source it would be anybody's. */
	if (!number && strncmp(it->uid, "awm-", 4) != 0)
		return 0;
	return put(record, "number", cJSON_CreateNumber((double)n));
}

static bool is_label(const char *tag)
{
	return strcmp(tag, CANCELLED) != 0 &&
	       strncmp(tag, MILESTONE, strlen(MILESTONE)) != 0 &&
	       strncmp(tag, REFERENCE, strlen(REFERENCE)) != 0;
}

static int write_labels(const struct names *tags, cJSON *record)
{
	cJSON *list = cJSON_CreateArray();
	int rc = list ? 0 : err_nomem();

	for (size_t i = 0; i < tags->n && !rc; i++)
		if (is_label(tags->items[i]))
			rc = add(list, named("name", tags->items[i]));
	if (!rc)
		return put(record, "labels", list);
	cJSON_Delete(list);
	return rc;
}

static int write_assignees(const struct item *it, cJSON *record)
{
	cJSON *list = cJSON_CreateArray();
	int rc = list ? 0 : err_nomem();

	if (!rc && it->assignee)
		rc = add(list, named("login", it->assignee));
	if (!rc)
		return put(record, "assignees", list);
	cJSON_Delete(list);
	return rc;
}

static int write_comment(const struct item *it, const struct note *n,
			 cJSON *list)
{
	cJSON *o = cJSON_CreateObject();
	int rc = o ? 0 : err_nomem();

	if (!rc && n->author)
		rc = put(o, "author", named("login", n->author));
	if (!rc)
		rc = put_text(o, "body", n->text);
	if (!rc)
		rc = put_text(o, "createdAt",
			      time_write(it->arena, AS_TIME, n->at));
	if (!rc)
		return add(list, o);
	cJSON_Delete(o);
	return rc;
}

static int write_comments(const struct item *it, cJSON *record)
{
	cJSON *list = cJSON_CreateArray();
	int rc = list ? 0 : err_nomem();

	for (size_t i = 0; i < it->nnotes && !rc; i++)
		rc = write_comment(it, &it->notes[i], list);
	if (!rc)
		return put(record, "comments", list);
	cJSON_Delete(list);
	return rc;
}

static int write_state(const struct item *it, const struct names *tags,
		       cJSON *record)
{
	bool closed = item_is(it, TASK_status, "done");
	int rc = put_text(record, "state", closed ? "CLOSED" : "OPEN");

	if (rc || !closed)
		return rc;
	return put_text(record, "stateReason",
			names_hold(tags, CANCELLED) ? "NOT_PLANNED"
						    : "COMPLETED");
}

static int github_write(const struct item *it, cJSON *record)
{
	struct names tags = {0};
	const char *milestone;
	int rc = item_tags(it, &tags);

	milestone = tag_after(&tags, MILESTONE);
	if (!rc && it->uid)
		rc = put_text(record, "id", it->uid);
	if (!rc && it->uid)
		rc = write_number(it, &tags, record);
	if (!rc)
		rc = mapping_write(columns, ARRAY_LEN(columns), it, record);
	if (!rc)
		rc = write_state(it, &tags, record);
	if (!rc)
		rc = write_labels(&tags, record);
	if (!rc && milestone)
		rc = put(record, "milestone", named("title", milestone));
	if (!rc)
		rc = write_assignees(it, record);
	return rc ? rc : write_comments(it, record);
}

const struct format format_github = {
	.name = "github",
	.framing = FRAME_ARRAY,
	.domain = "github.invalid",
	.read = github_read,
	.write = github_write,
	.uid = uid_plain,
	.own = uid_plain_own,
};
