// SPDX-License-Identifier: MIT
/* The rules of tasks: states and their times, parents, blockers, the index of
 * tags. The verbs are in task_verbs.c. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/cascade.h"
#include "domain/sums.h"
#include "domain/task.h"
#include "domain/watch.h"
#include "domain/work.h"
#include "entity/field.h"
#include "entity/store.h"
#include "queries.h"

static const char *task_event(const struct change *c)
{
	if (!c->before || !c->after)
		return NULL;
	if (change_differs(c, TASK_deletedAt))
		return c->after[TASK_deletedAt].kind == AWM_NULL
			       ? "task.restored"
			       : "task.deleted";
	if (change_differs(c, TASK_status)) {
		if (value_is(&c->after[TASK_status], "done"))
			return "task.completed";
		if (value_is(&c->after[TASK_status], "blocked"))
			return "task.blocked";
		if (value_is(&c->before[TASK_status], "blocked"))
			return "task.unblocked";
		return "task.status_changed";
	}
	if (change_differs(c, TASK_assigneeId))
		return "task.assigned";
	if (change_differs(c, TASK_gitCommits))
		return "git.linked";
	return NULL;
}

static void clear(struct change *c, size_t field)
{
	change_set(c, field, AWM_VALUE_NULL);
}

/* startedAt on the first start, completedAt while done, a blocker and its
 * reason while blocked. */
static void keep_times(struct awm_session *s, struct change *c)
{
	const struct awm_value *status = &c->after[TASK_status];

	if (value_is(status, "in_progress") &&
	    c->after[TASK_startedAt].kind == AWM_NULL)
		change_set(c, TASK_startedAt, AWM_VALUE_INT(s->now));
	if (value_is(status, "done")) {
		if (c->after[TASK_completedAt].kind == AWM_NULL)
			change_set(c, TASK_completedAt, AWM_VALUE_INT(s->now));
	} else if (c->after[TASK_completedAt].kind != AWM_NULL) {
		clear(c, TASK_completedAt);
	}
	if (!value_is(status, "blocked")) {
		if (c->after[TASK_blockedReason].kind != AWM_NULL)
			clear(c, TASK_blockedReason);
		if (c->after[TASK_blockedByTaskId].kind != AWM_NULL)
			clear(c, TASK_blockedByTaskId);
	}
}

/* A set, whoever writes it: each tag once. */
static int keep_tags(struct change *c)
{
	const struct awm_value *v = &c->after[TASK_tags];
	static const struct tag_change none = {0};
	int rc;

	if (!change_differs(c, TASK_tags) || v->kind != AWM_TEXT ||
	    !memchr(v->s, ',', v->len))
		return 0;
	rc = field_check(&entity_task.fields[TASK_tags], v);
	return rc ? rc : task_amend_tags(c, &none);
}

static int check_project(struct awm_session *s, const struct change *c)
{
	struct awm_value archived;
	int64_t id = c->after[TASK_projectId].i;
	int rc = db_get(s->db, NULL, &archived,
			"SELECT \"isArchived\" FROM \"projects\" "
			"WHERE \"id\"=?1",
			"i", id);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no project %lld", (long long)id);
	/* An undo puts tasks back to where they were. */
	if (rc || !archived.i || s->undoes)
		return rc;
	err_set(AWM_INVALID, "project %lld is archived", (long long)id);
	return err_hint("awm project unarchive %lld", (long long)id);
}

static int load_task(struct awm_session *s, struct change *c, size_t field,
		     struct awm_record **ret)
{
	int64_t id = c->after[field].i;
	int rc = store_get(s->db, &entity_task, id, c->arena, ret);

	if (rc)
		return rc;
	if ((*ret)->values[TASK_deletedAt].kind == AWM_NULL)
		return 0;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)id);
	return err_hint("awm task restore %lld", (long long)id);
}

/* Readiness walks up all levels of a task, and jq reads trees of 85 at most. */
#define LEVELS_MAX 64

static int check_levels(struct awm_session *s, const struct change *c)
{
	int64_t parent = c->after[TASK_parentTaskId].i;
	struct awm_value levels;
	int rc = db_get(s->db, NULL, &levels, query_task_levels, "iii", parent,
			c->id, (int64_t)LEVELS_MAX);

	if (rc || levels.i <= LEVELS_MAX)
		return rc;
	return err_set(AWM_INVALID,
		       "below task %lld there would be more than %d levels of "
		       "subtasks",
		       (long long)parent, LEVELS_MAX);
}

static int check_parent(struct awm_session *s, struct change *c)
{
	struct awm_record *parent;
	int64_t id = c->after[TASK_parentTaskId].i;
	int rc;

	if (c->after[TASK_parentTaskId].kind == AWM_NULL)
		return 0;
	rc = load_task(s, c, TASK_parentTaskId, &parent);
	if (rc)
		return rc;
	if (parent->values[TASK_projectId].i != c->after[TASK_projectId].i)
		return err_set(AWM_INVALID,
			       "the parent, task %lld, is in another project",
			       (long long)id);
	if (c->id)
		rc = dependency_parent(s, c);
	return rc ? rc : check_levels(s, c);
}

static int next_order(struct awm_session *s, struct change *c)
{
	struct awm_value order;
	int rc = db_get(
		s->db, NULL, &order,
		"SELECT MIN(COALESCE(MAX(\"order\"),-1),9223372036854775806)+1 "
		"FROM \"tasks\" "
		"WHERE \"projectId\"=?1 AND \"deletedAt\" IS NULL",
		"i", c->after[TASK_projectId].i);

	if (!rc)
		change_set(c, TASK_order, order);
	return rc;
}

/* Comments and executions go along by the schema's cascade; their search rows
 * would stay. */
static int unindex_parts(struct awm_session *s, int64_t id)
{
	int rc = db_run(s->db, query_search_fts_rm_task_sqlite, "i", id);

	if (!rc)
		rc = db_run(s->db, query_task_unindex_comments, "i", id);
	return rc ? rc : db_run(s->db, query_task_unindex_executions, "i", id);
}

/* A purge needs its blocked and subordinate tasks gone first; that is done by
 * awm_task_purge(). */
static int task_check(struct awm_session *s, struct change *c)
{
	bool new_place;
	int rc = 0;

	if (!c->after)
		return unindex_parts(s, c->id);
	sums_keep_task(c);
	rc = keep_tags(c);
	if (rc)
		return rc;
	new_place = change_differs(c, TASK_projectId);
	if (new_place)
		rc = check_project(s, c);
	if (!rc && new_place && !c->mask[TASK_order])
		rc = next_order(s, c);
	if (!rc && (new_place || change_differs(c, TASK_parentTaskId)))
		rc = check_parent(s, c);
	if (!rc)
		rc = dependency_check(s, c);
	if (!rc)
		keep_times(s, c);
	return rc ? rc : watch_check(s, c);
}

static int64_t priority_rank(const struct awm_value *priority)
{
	const char *const *words = entity_task.fields[TASK_priority].words;

	for (int64_t i = 0; words[i]; i++)
		if (value_is(priority, words[i]))
			return i;
	return 0;
}

static int add_tag_rows(struct awm_session *s, const struct change *c,
			const cJSON *tags)
{
	const struct awm_value *due = &c->after[TASK_dueDate];
	bool closed = value_is(&c->after[TASK_status], "done");
	const cJSON *tag;

	cJSON_ArrayForEach(tag, tags)
	{
		int rc = db_run(
			s->db,
			"INSERT INTO \"task_tags\"(\"tag\",\"closed\",\"rank\","
			"\"due\",\"taskId\") VALUES (?1,?2,?3,?4,?5) "
			"ON CONFLICT DO NOTHING",
			"tiiii", tag->valuestring, (int64_t)closed,
			priority_rank(&c->after[TASK_priority]),
			due->kind == AWM_INT ? due->i : INT64_MAX, c->id);
		if (rc)
			return rc;
	}
	return 0;
}

void task_unblock(struct change *c)
{
	bool started = c->before[TASK_startedAt].kind != AWM_NULL;

	if (value_is(&c->before[TASK_status], "blocked"))
		change_set(c, TASK_status,
			   awm_value_text(started ? "in_progress" : "todo"));
}

/* task_tags: the tags in list order; a derived table that makes --tag flat. */
static int keep_tag_rows(struct awm_session *s, const struct change *c)
{
	static const size_t sources[] = {TASK_tags, TASK_status, TASK_priority,
					 TASK_dueDate, TASK_deletedAt};
	_cleanup_json_ cJSON *tags = NULL;
	bool touched = false;
	int rc = 0;

	for (size_t i = 0; c->after && i < ARRAY_LEN(sources); i++)
		touched |= change_differs(c, sources[i]);
	if (!touched)
		return 0;
	if (c->before && !value_is(&c->before[TASK_tags], "[]"))
		rc = db_run(s->db,
			    "DELETE FROM \"task_tags\" WHERE \"taskId\"=?1",
			    "i", c->id);
	if (rc || value_is(&c->after[TASK_tags], "[]") ||
	    c->after[TASK_deletedAt].kind != AWM_NULL)
		return rc;
	rc = change_json(c, TASK_tags, &tags);
	return rc ? rc : add_tag_rows(s, c, tags);
}

static int task_wrote(struct awm_session *s, const struct change *c)
{
	int rc = keep_tag_rows(s, c);

	if (!rc)
		rc = sums_task_wrote(s, c);
	if (!rc && c->after)
		rc = watch_wrote(s, c);
	if (!rc)
		rc = claim_wrote(s, c);
	return rc ? rc : dependency_wrote(s, c);
}

const struct rules task_rules = {
	.entity = &entity_task,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_ADMIN,
	.event = task_event,
	.check = task_check,
	.wrote = task_wrote,
};

int task_refuse_deleted(const struct change *c)
{
	if (c->before[TASK_deletedAt].kind == AWM_NULL)
		return 0;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)c->id);
	return err_hint("awm task restore %lld", (long long)c->id);
}

int task_needs_reason(const struct change *c)
{
	bool was = c->before && value_is(&c->before[TASK_status], "blocked");

	if (was || !value_is(&c->after[TASK_status], "blocked") ||
	    c->after[TASK_blockedReason].kind != AWM_NULL ||
	    c->after[TASK_blockedByTaskId].kind != AWM_NULL)
		return 0;
	err_set(AWM_INVALID, "a blocked task needs a blocker or a reason");
	return err_hint("awm task block TASK --by TASK, or --reason TEXT");
}

int task_may_become(const struct change *c, const struct awm_value *status)
{
	const struct awm_value *from = &c->before[TASK_status];
	long long id = (long long)c->id;

	if (value_equal(from, status))
		return 0;
	if (value_is(from, "done") && !value_is(status, "todo")) {
		err_set(AWM_INVALID, "task %lld is done", id);
		return err_hint("awm task reopen %lld", id);
	}
	if (!value_is(from, "blocked"))
		return 0;
	/* What is only held up for a reason may be opened again by hand. */
	if (value_is(status, "todo") &&
	    c->before[TASK_blockedByTaskId].kind == AWM_NULL)
		return 0;
	if (c->before[TASK_blockedByTaskId].kind == AWM_INT)
		err_set(AWM_INVALID, "task %lld is blocked by task %lld", id,
			(long long)c->before[TASK_blockedByTaskId].i);
	else
		err_set(AWM_INVALID, "task %lld is blocked", id);
	return err_hint("awm task unblock %lld", id);
}
