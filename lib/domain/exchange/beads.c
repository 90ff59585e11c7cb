// SPDX-License-Identifier: MIT
/* Issues of beads, JSON lines. */
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"

#define CLOSED	  "Closed: "
#define IN_REVIEW "status:in_review"

static const struct word priorities[] = {{"2", "medium"}, {"0", "urgent"},
					 {"1", "high"},	  {"3", "low"},
					 {"4", "low"},	  {0}};

/* in_review goes out as in_progress and a label. */
static const struct word statuses[] = {{"open", "todo"},
				       {"in_progress", "in_progress"},
				       {"blocked", "blocked"},
				       {"closed", "done"},
				       {"hooked", "in_progress"},
				       {"pinned", "todo"},
				       {"deferred", "todo"},
				       {"in_progress", "in_review"},
				       {0}};

static const struct mapping columns[] = {
	{"title", TASK_title, AS_TITLE, NULL},
	{"priority", TASK_priority, AS_NUMBER, priorities},
	{"status", TASK_status, AS_WORD, statuses},
	{"estimated_minutes", TASK_estimatedMinutes, AS_INT, NULL},
	{"created_at", TASK_createdAt, AS_TIME, NULL},
	{"updated_at", TASK_updatedAt, AS_TIME, NULL},
	{"started_at", TASK_startedAt, AS_TIME, NULL},
	{"closed_at", TASK_completedAt, AS_TIME, NULL},
	{"due_at", TASK_dueDate, AS_TIME, NULL},
	{"deleted_at", TASK_deletedAt, AS_TIME, NULL},
};

/* Texts that are sections of one here. */
static const struct {
	const char *key, *heading;
} sections[] = {
	{"design", "## Design\n\n"},
	{"acceptance_criteria", "## Acceptance criteria\n\n"},
	{"notes", "## Notes\n\n"},
};

/* ---- reading ---- */

static int read_sections(const cJSON *record, struct item *it)
{
	_cleanup_buf_ struct buf b = {0};
	const char *text;
	int rc = get_text(record, "description", &text);

	if (!rc && text)
		buf_adds(&b, text);
	for (size_t i = 0; i < ARRAY_LEN(sections) && !rc; i++) {
		rc = get_text(record, sections[i].key, &text);
		if (!rc && text)
			buf_addf(&b, "%s%s%s", b.len ? "\n\n" : "",
				 sections[i].heading, text);
	}
	if (!rc)
		rc = buf_check(&b);
	if (rc)
		return rc;
	text = arena_strndup(it->arena, buf_str(&b), b.len);
	item_text(it, TASK_description, text);
	return text ? 0 : -AWM_NOMEM;
}

static int add_tag(struct item *it, struct names *tags, const char *prefix,
		   const char *text)
{
	const char *tag;

	if (!text)
		return 0;
	tag = arena_printf(it->arena, "%s%s", prefix, text);
	if (!tag)
		return -AWM_NOMEM;
	return names_hold(tags, tag) ? 0 : names_add(it->arena, tags, tag);
}

static int read_labels(const cJSON *record, struct item *it)
{
	static const struct mapping column = {"labels", TASK_tags, AS_TAGS,
					      NULL};
	struct names labels = {0}, tags = {0};
	const char *type, *reference;
	int rc = mapping_read(&column, 1, record, it);

	if (!rc)
		rc = item_tags(it, &labels);
	for (size_t i = 0; i < labels.n && !rc; i++) {
		if (strcmp(labels.items[i], IN_REVIEW) != 0)
			rc = add_tag(it, &tags, "", labels.items[i]);
		else if (item_is(it, TASK_status, "in_progress"))
			item_text(it, TASK_status, "in_review");
	}
	if (!rc)
		rc = get_text(record, "issue_type", &type);
	if (!rc && type && strcmp(type, "task") != 0)
		rc = add_tag(it, &tags, "type:", type);
	if (!rc)
		rc = get_text(record, "external_ref", &reference);
	if (!rc)
		rc = add_tag(it, &tags, "ref:", reference);
	return rc ? rc : item_set_tags(it, &tags);
}

static int read_dependency(const cJSON *node, struct item *it)
{
	const char *on, *type;
	int rc = get_text(node, "depends_on_id", &on);

	if (!rc)
		rc = get_text(node, "type", &type);
	if (rc || !on)
		return rc;
	if (type && !strcmp(type, "parent-child"))
		it->parent = on;
	else if ((!type || !strcmp(type, "blocks")) &&
		 !names_hold(&it->blockers, on))
		return names_add(it->arena, &it->blockers, on);
	return 0;
}

static int read_comment(const cJSON *node, struct item *it)
{
	const char *author, *words, *when;
	int64_t at = 0;
	int rc = get_text(node, "author", &author);

	if (!rc)
		rc = get_text(node, "text", &words);
	if (!rc)
		rc = get_text(node, "created_at", &when);
	if (!rc && when)
		rc = time_read(when, AS_TIME, &at);
	return rc || !words ? rc : item_note(it, author, words, at);
}

typedef int node_fn(const cJSON *node, struct item *it);

static int each(const cJSON *record, const char *key, node_fn *fn,
		struct item *it)
{
	const cJSON *list = json_get(record, key), *node;
	int rc = 0;

	if (list && !cJSON_IsNull(list) && !cJSON_IsArray(list))
		return err_set(AWM_USAGE, "%s: want an array", key);
	cJSON_ArrayForEach(node, list)
	{
		rc = fn(node, it);
		if (rc)
			return err_context("%s", key);
	}
	return rc;
}

static int read_closing(const cJSON *record, struct item *it)
{
	const char *reason;
	int rc = get_text(record, "close_reason", &reason);

	if (rc || !reason)
		return rc;
	reason = arena_printf(it->arena, CLOSED "%s", reason);
	if (!reason)
		return -AWM_NOMEM;
	return item_note(it, NULL, reason,
			 item_null(it, TASK_completedAt)
				 ? 0
				 : it->v[TASK_completedAt].i);
}

static int read_defer(const cJSON *record, struct item *it)
{
	const char *when;
	int rc = get_text(record, "defer_until", &when);

	return rc || !when ? rc : time_read(when, AS_TIME, &it->defer_until);
}

static int beads_read(const struct dialect *d, const cJSON *record,
		      struct item *it)
{
	const char *status;
	int rc = get_text(record, "id", &it->uid);

	(void)d;
	if (!rc)
		rc = get_text(record, "status", &status);
	if (!rc && status && !strcmp(status, "tombstone")) {
		it->skip = true;
		return 0;
	}
	if (!rc)
		rc = read_sections(record, it);
	if (!rc)
		rc = mapping_read(columns, ARRAY_LEN(columns), record, it);
	if (!rc)
		rc = get_text(record, "assignee", &it->assignee);
	it->has[TASK_description] = true;
	if (item_null(it, TASK_priority))
		item_text(it, TASK_priority, "medium");
	if (item_null(it, TASK_status))
		item_text(it, TASK_status, "todo");
	/* Somebody said so: no dependency did. */
	if (item_is(it, TASK_status, "blocked"))
		item_text(it, TASK_blockedReason, "blocked");
	if (!rc)
		rc = read_labels(record, it);
	if (!rc)
		rc = read_defer(record, it);
	if (!rc)
		rc = each(record, "dependencies", read_dependency, it);
	if (!rc)
		rc = each(record, "comments", read_comment, it);
	return rc ? rc : read_closing(record, it);
}

/* ---- writing ---- */

/* Cuts the section that a paragraph begins off the text; NULL without one. */
static char *cut_section(char *text, const char *heading)
{
	size_t len = strlen(heading);

	for (char *p = text; p;) {
		if (!strncmp(p, heading, len)) {
			p[p > text ? -2 : 0] = '\0';
			return p + len;
		}
		p = strstr(p, "\n\n");
		p += p ? 2 : 0;
	}
	return NULL;
}

static int write_sections(const struct item *it, cJSON *record)
{
	char *text = arena_strdup(it->arena, item_get(it, TASK_description));
	int rc = text ? 0 : -AWM_NOMEM;

	for (size_t i = ARRAY_LEN(sections); i-- && !rc;)
		rc = put_text(record, sections[i].key,
			      cut_section(text, sections[i].heading));
	return rc || !*text ? rc : put_text(record, "description", text);
}

static int write_labels(const struct item *it, cJSON *record)
{
	struct names tags = {0}, labels = {0};
	const char *type;
	int rc = item_tags(it, &tags);

	type = tag_after(&tags, "type:");
	for (size_t i = 0; i < tags.n && !rc; i++)
		if (strncmp(tags.items[i], "type:", 5) != 0 &&
		    strncmp(tags.items[i], "ref:", 4) != 0)
			rc = names_add(it->arena, &labels, tags.items[i]);
	if (!rc && item_is(it, TASK_status, "in_review"))
		rc = names_add(it->arena, &labels, IN_REVIEW);
	if (!rc)
		rc = put_text(record, "issue_type", type ? type : "task");
	if (!rc)
		rc = put_text(record, "external_ref", tag_after(&tags, "ref:"));
	return rc ? rc : put_names(record, "labels", &labels);
}

/* Adds an object to the list, which takes it over. */
static cJSON *add_object(cJSON *list)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddItemToArray(list, o))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int add_dependency(const struct item *it, cJSON *list, const char *on,
			  const char *type)
{
	cJSON *o = add_object(list);
	int rc = o ? put_text(o, "issue_id", it->uid) : err_nomem();

	if (!rc)
		rc = put_text(o, "depends_on_id", on);
	return rc ? rc : put_text(o, "type", type);
}

static int write_dependencies(const struct item *it, cJSON *record)
{
	cJSON *list = cJSON_CreateArray();
	int rc = list ? 0 : err_nomem();

	if (!rc && it->parent)
		rc = add_dependency(it, list, it->parent, "parent-child");
	for (size_t i = 0; i < it->blockers.n && !rc; i++)
		rc = add_dependency(it, list, it->blockers.items[i], "blocks");
	if (!rc && cJSON_GetArraySize(list))
		return put(record, "dependencies", list);
	cJSON_Delete(list);
	return rc;
}

static int add_comment(const struct item *it, cJSON *list, const struct note *n)
{
	cJSON *o = add_object(list);
	int rc = o ? put_text(o, "author", n->author) : err_nomem();

	if (!rc)
		rc = put_text(o, "text", n->text);
	return rc ? rc
		  : put_text(o, "created_at",
			     time_write(it->arena, AS_TIME, n->at));
}

static bool is_closing(const struct item *it, const struct note *n)
{
	return !strncmp(n->text, CLOSED, strlen(CLOSED)) &&
	       !item_null(it, TASK_completedAt) &&
	       it->v[TASK_completedAt].i == n->at;
}

static int write_comments(const struct item *it, cJSON *record)
{
	cJSON *list = cJSON_CreateArray();
	int rc = list ? 0 : err_nomem();

	for (size_t i = 0; i < it->nnotes && !rc; i++) {
		const struct note *n = &it->notes[i];
		rc = is_closing(it, n) ? put_text(record, "close_reason",
						  n->text + strlen(CLOSED))
				       : add_comment(it, list, n);
	}
	if (!rc && cJSON_GetArraySize(list))
		return put(record, "comments", list);
	cJSON_Delete(list);
	return rc;
}

static int beads_write(const struct item *it, cJSON *record)
{
	struct item seen = *it;
	int rc = put_text(record, "id", it->uid);

	item_text(&seen, TASK_status, item_status(it));
	if (!rc)
		rc = mapping_write(columns, ARRAY_LEN(columns), &seen, record);
	if (!rc && !item_null(it, TASK_deletedAt))
		rc = put_text(record, "status", "tombstone");
	if (!rc)
		rc = write_sections(it, record);
	if (!rc)
		rc = put_text(record, "assignee", it->assignee);
	if (!rc && it->defer_until)
		rc = put_text(record, "defer_until",
			      time_write(it->arena, AS_TIME, it->defer_until));
	if (!rc)
		rc = write_labels(it, record);
	if (!rc)
		rc = write_dependencies(it, record);
	return rc ? rc : write_comments(it, record);
}

const struct format format_beads = {
	.name = "beads",
	.framing = FRAME_LINES,
	.domain = "beads.invalid",
	.deleted = true,
	.read = beads_read,
	.write = beads_write,
	.uid = uid_plain,
	.own = uid_plain_own,
};
