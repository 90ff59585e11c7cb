// SPDX-License-Identifier: MIT
/* Who is told of what, and in which words. Reading them is notify_verbs.c. */
#include "domain/notify.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "entity/entity.h"

#define TITLE_MAX   1000 /* characters, as the field allows */
#define EXCERPT_MAX 500

static const struct {
	const char *type;
	const char *preference; /* NULL: cannot be declined */
} kinds[] = {
	[NOTIFY_ASSIGNMENT] = {"task.assigned", "assignments"},
	[NOTIFY_MENTION] = {"comment.mention", "mentions"},
	[NOTIFY_WATCHED] = {"task.changed", NULL},
	[NOTIFY_DUE] = {"task.due", NULL},
	[NOTIFY_WEBHOOK] = {"webhook.disabled", NULL},
	[NOTIFY_AUTOMATION] = {"automation.notice", NULL},
};

/* The text on one line: at most `max` characters, control characters as
 * blanks. What is cut ends in an ellipsis. */
static const char *one_line(struct arena *a, const char *text, size_t max)
{
	size_t len = strlen(text), n = 0, end = 0;
	char *line;

	for (size_t i = 0; i < len && n <= max; i++) {
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		/* room for the ellipsis */
		if (++n == max)
			end = i;
	}
	line = n > max ? arena_printf(a, "%.*s…", (int)end, text)
		       : arena_strdup(a, text);
	for (char *p = line; p && *p; p++) {
		bool c1 = (unsigned char)p[0] == 0xc2 &&
			  (unsigned char)p[1] >= 0x80 &&
			  (unsigned char)p[1] < 0xa0;
		if (c1)
			p[1] = ' ';
		if (c1 || (unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	}
	return line;
}

const char *notify_task_title(struct arena *a, int64_t id, const char *title)
{
	return arena_printf(a, "Task %lld: %s", (long long)id, title);
}

static bool declines(const char *preferences, const char *key)
{
	_cleanup_json_ cJSON *root = NULL;

	if (json_parse(preferences, strlen(preferences), &root)) {
		err_clear();
		return false;
	}
	return cJSON_IsFalse(json_get(json_get(root, "notifications"), key));
}

/* Whether the user takes notifications of this kind. */
static int accepts(struct awm_session *s, enum notify_kind kind, int64_t user,
		   bool *ret)
{
	struct arena own = {0};
	struct awm_value preferences;
	int rc;

	*ret = true;
	if (!kinds[kind].preference)
		return 0;
	rc = db_get(s->db, &own, &preferences,
		    "SELECT \"preferences\" FROM \"users\" WHERE \"id\"=?1",
		    "i", user);
	if (rc == -AWM_NOT_FOUND)
		rc = err_set(AWM_NOT_FOUND, "no user %lld", (long long)user);
	else if (!rc)
		*ret = !declines(preferences.s, kinds[kind].preference);
	arena_release(&own);
	return rc;
}

static const char *action_of(struct arena *a, const struct notice *n)
{
	if (n->action)
		return n->action;
	if (n->task)
		return arena_printf(a, "awm task show %lld",
				    (long long)n->task);
	if (n->project)
		return arena_printf(a, "awm project show %lld",
				    (long long)n->project);
	return NULL;
}

static struct awm_value reference(int64_t id)
{
	return id ? AWM_VALUE_INT(id) : AWM_VALUE_NULL;
}

int notify_write(struct awm_session *s, const struct notice *n,
		 struct arena *arena, struct awm_record **ret)
{
	const struct awm_field *f = entity_notification.fields;
	struct arena own = {0};
	struct arena *a = arena ? arena : &own;
	const char *title = one_line(a, n->title, TITLE_MAX);
	struct awm_set sets[] = {
		{&f[NOTIFICATION_userId], AWM_VALUE_INT(n->user)},
		{&f[NOTIFICATION_type], awm_value_text(kinds[n->kind].type)},
		{&f[NOTIFICATION_title], awm_value_text(title)},
		{&f[NOTIFICATION_content], awm_value_text(n->content)},
		{&f[NOTIFICATION_relatedProjectId], reference(n->project)},
		{&f[NOTIFICATION_relatedTaskId], reference(n->task)},
		{&f[NOTIFICATION_actionUrl], awm_value_text(action_of(a, n))},
	};
	int rc = title ? mutate_add(s, &entity_notification, sets,
				    ARRAY_LEN(sets), NULL, NULL, arena, ret)
		       : -AWM_NOMEM;

	arena_release(&own);
	return rc;
}

int notify_send(struct awm_session *s, const struct notice *n)
{
	bool own = s->acting && n->user == s->actor.id;
	bool accepted;
	int rc;

	if (s->quiet || (own && n->kind != NOTIFY_DUE))
		return 0;
	rc = accepts(s, n->kind, n->user, &accepted);
	return rc || !accepted ? rc : notify_write(s, n, NULL, NULL);
}

/* ---- what follows from a change ---- */

/* Everyone who watches the task but for whoever does it; ids, in a buffer. */
static int watchers(struct awm_session *s, int64_t task, struct buf *list)
{
	struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st,
			  "SELECT \"userId\" FROM \"task_watchers\" "
			  "WHERE \"taskId\"=?1 AND \"userId\"<>?2 "
			  "ORDER BY \"userId\"",
			  "ii", task, s->actor.id);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t id = db_column_int(st, 0);
		buf_add(list, &id, sizeof(id));
		rc = buf_check(list);
	}
	if (st)
		db_reset(st);
	return rc;
}

/* Whether somebody is told of the change in another way. */
typedef int told_fn(struct awm_session *s, const struct change *c, int64_t user,
		    bool *ret);

static int tell_watchers(struct awm_session *s, const struct change *c,
			 struct notice *n, told_fn *told)
{
	_cleanup_buf_ struct buf list = {0};
	const int64_t *ids;
	int rc = watchers(s, n->task, &list);

	n->kind = NOTIFY_WATCHED;
	ids = (const int64_t *)(const void *)list.s;
	for (size_t i = 0; i < list.len / sizeof(*ids) && !rc; i++) {
		bool already = false;
		rc = told(s, c, ids[i], &already);
		n->user = ids[i];
		if (!rc && !already)
			rc = notify_send(s, n);
	}
	return rc;
}

static bool newly_assigned(const struct change *c)
{
	return c->after[TASK_assigneeId].kind == AWM_INT &&
	       change_differs(c, TASK_assigneeId);
}

static int told_assigned(struct awm_session *s, const struct change *c,
			 int64_t user, bool *ret)
{
	if (!newly_assigned(c) || c->after[TASK_assigneeId].i != user)
		return 0;
	return accepts(s, NOTIFY_ASSIGNMENT, user, ret);
}

static const char *blocked_words(struct arena *a, const char *who,
				 const struct awm_value *v)
{
	if (v[TASK_blockedReason].kind == AWM_TEXT)
		return arena_printf(a, "%s blocked this task: %s", who,
				    v[TASK_blockedReason].s);
	if (v[TASK_blockedByTaskId].kind == AWM_INT)
		return arena_printf(a,
				    "%s blocked this task: it waits for "
				    "task %lld",
				    who, (long long)v[TASK_blockedByTaskId].i);
	return arena_printf(a, "%s blocked this task", who);
}

static const char *status_words(const struct awm_session *s,
				const struct change *c)
{
	const struct awm_value *from = &c->before[TASK_status];
	const struct awm_value *to = &c->after[TASK_status];
	const char *who = s->actor.name;

	if (value_is(to, "done"))
		return arena_printf(c->arena, "%s completed this task", who);
	if (value_is(to, "blocked"))
		return blocked_words(c->arena, who, c->after);
	if (value_is(from, "blocked"))
		return arena_printf(c->arena,
				    "this task is no longer blocked: it is %s",
				    to->s);
	if (value_is(from, "done"))
		return arena_printf(c->arena, "%s reopened this task", who);
	return arena_printf(c->arena, "%s took this task from %s to %s", who,
			    from->s, to->s);
}

static int task_changed(struct awm_session *s, const struct change *c)
{
	bool status = c->before && change_differs(c, TASK_status);
	struct notice n = {.kind = NOTIFY_ASSIGNMENT,
			   .user = c->after[TASK_assigneeId].i,
			   .project = c->after[TASK_projectId].i,
			   .task = c->id};
	int rc = 0;

	if (!newly_assigned(c) && !status)
		return 0;
	n.title = notify_task_title(c->arena, c->id, c->after[TASK_title].s);
	if (newly_assigned(c)) {
		n.content =
			arena_printf(c->arena, "%s assigned this task to you",
				     s->actor.name);
		rc = n.title && n.content ? notify_send(s, &n) : -AWM_NOMEM;
	}
	if (rc || !status)
		return rc;
	n.content = status_words(s, c);
	return n.title && n.content ? tell_watchers(s, c, &n, told_assigned)
				    : -AWM_NOMEM;
}

/* Those whom a comment mentions are told of that. */
static int told_mentioned(struct awm_session *s, const struct change *c,
			  int64_t user, bool *ret)
{
	const struct awm_value *mentions = &c->after[COMMENT_mentions];
	_cleanup_json_ cJSON *ids = NULL;
	const cJSON *id;
	bool mentioned = false;
	int rc = json_parse(mentions->s, mentions->len, &ids);

	cJSON_ArrayForEach(id, ids)
	{
		mentioned |= (int64_t)id->valuedouble == user;
	}
	return rc || !mentioned ? rc : accepts(s, NOTIFY_MENTION, user, ret);
}

static int comment_added(struct awm_session *s, const struct change *c)
{
	struct notice n = {.task = c->after[COMMENT_taskId].i};
	struct awm_value title, project;
	const char *excerpt;
	int rc = db_get(s->db, c->arena, &title,
			"SELECT \"title\" FROM \"tasks\" WHERE \"id\"=?1", "i",
			n.task);

	if (!rc)
		rc = db_get(s->db, NULL, &project,
			    "SELECT \"projectId\" FROM \"tasks\" "
			    "WHERE \"id\"=?1",
			    "i", n.task);
	if (rc)
		return rc;
	excerpt = one_line(c->arena, c->after[COMMENT_content].s, EXCERPT_MAX);
	n.project = project.i;
	n.title = notify_task_title(c->arena, n.task, title.s);
	n.content = excerpt ? arena_printf(c->arena, "%s wrote: %s",
					   s->actor.name, excerpt)
			    : NULL;
	return n.title && n.content ? tell_watchers(s, c, &n, told_mentioned)
				    : -AWM_NOMEM;
}

int notify_change(struct awm_session *s, const struct change *c)
{
	if (s->quiet || !s->acting || !c->after)
		return 0;
	if (c->e == &entity_task)
		return task_changed(s, c);
	if (c->e == &entity_comment && !c->before)
		return comment_added(s, c);
	return 0;
}
