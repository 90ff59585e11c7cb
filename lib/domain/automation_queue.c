/* SPDX-License-Identifier: MIT */
/* Runs that wait, written in the transaction of what caused them. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/automation.h"
#include "domain/notify.h"
#include "domain/prompt.h"
#include "entity/entity.h"
#include "queries.h"

#define HOUR INT64_C(3600000)

static int64_t rate_max(const struct awm_session *s)
{
	return s->config ? awm_config_int(s->config, "automate.maxRunsPerHour")
			 : AUTOMATION_RATE_MAX;
}

/* How many runs of the last hour there are, up to `most`. */
static int count_recent(struct awm_session *s, const struct queued *q,
			bool skipped, int64_t most, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v, query_automation_recent, "iiii",
			q->automation, s->now - HOUR, (int64_t)skipped, most);

	*ret = rc ? 0 : v.i;
	return rc;
}

/* Why it must not run, or NULL; in the arena. */
static int refusal(struct awm_session *s, const struct queued *q,
		   struct arena *a, const char **ret)
{
	int64_t max = rate_max(s), n;
	int rc;

	*ret = NULL;
	if (q->depth > AUTOMATION_DEPTH_MAX) {
		*ret = arena_printf(a,
				    "not run: changes of automations led to it "
				    "over more than %d others",
				    AUTOMATION_DEPTH_MAX);
		return *ret ? 0 : -AWM_NOMEM;
	}
	rc = count_recent(s, q, false, max, &n);
	if (rc || n < max)
		return rc;
	*ret = arena_printf(a,
			    "not run: there were %lld runs within an hour "
			    "already, which is automate.maxRunsPerHour",
			    (long long)n);
	return *ret ? 0 : -AWM_NOMEM;
}

/* Once an hour is often enough. */
static int tell_owner(struct awm_session *s, const struct queued *q,
		      const char *why, struct arena *a)
{
	struct notice n = {
		.kind = NOTIFY_AUTOMATION, .user = q->owner, .content = why};
	int64_t before;
	bool chore = s->chore;
	int rc = count_recent(s, q, true, 2, &before);

	if (rc || before > 1)
		return rc;
	n.title = arena_printf(a, "Automation %lld: %s",
			       (long long)q->automation, q->name);
	n.action = arena_printf(a, "awm automate log %lld",
				(long long)q->automation);
	if (!n.title || !n.action)
		return -AWM_NOMEM;
	s->chore = true;
	rc = notify_write(s, &n, NULL, NULL);
	s->chore = chore;
	return rc;
}

static int insert(struct awm_session *s, const struct queued *q,
		  const char *why, int64_t *ret_id)
{
	const struct awm_value none = AWM_VALUE_NULL;
	const struct awm_value activity = AWM_VALUE_INT(q->activity);
	const struct awm_value slot = AWM_VALUE_INT(q->slot);
	const struct awm_value now = AWM_VALUE_INT(s->now);
	int rc = db_run(
		s->db,
		"INSERT INTO \"automation_runs\"(\"automationId\","
		"\"activityId\",\"slot\",\"state\",\"depth\","
		"\"input\",\"errorMessage\",\"completedAt\","
		"\"createdAt\",\"updatedAt\") "
		"VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?9) "
		"ON CONFLICT(\"automationId\",\"slot\") DO NOTHING",
		"ivvtittvi", q->automation, q->activity ? &activity : &none,
		q->slot ? &slot : &none, why ? "skipped" : "queued",
		(int64_t)q->depth, q->input, why, why ? &now : &none, s->now);

	*ret_id = !rc && db_changes(s->db) ? db_inserted(s->db) : 0;
	return rc;
}

int automation_queue_run(struct awm_session *s, const struct queued *q,
			 int64_t *ret_id)
{
	struct arena a = {0};
	const char *why;
	int rc = refusal(s, q, &a, &why);

	if (!rc)
		rc = insert(s, q, why, ret_id);
	if (!rc && why && *ret_id)
		rc = tell_owner(s, q, why, &a);
	arena_release(&a);
	return rc;
}

/* ---- events ---- */

/* An activity has one type, though it may tell of more: a task that is done has
 * changed its status as well. */
static bool means_too(const char *pattern, const struct change *c)
{
	if (!c->before || !c->after || c->e != &entity_task ||
	    strncmp(pattern, "task.", 5) != 0)
		return false;
	pattern += 5;
	if (change_differs(c, TASK_deletedAt))
		return false;
	if (!strcmp(pattern, "updated"))
		return true;
	if (!strcmp(pattern, "status_changed"))
		return change_differs(c, TASK_status);
	if (!strcmp(pattern, "assigned"))
		return change_differs(c, TASK_assigneeId);
	return false;
}

static bool wants(const char *pattern, const struct event *e)
{
	/* What runs do is told to those alone who ask for it by name: it
	 * would never come to rest. */
	if (!strncmp(e->type, "automation.", 11))
		return !strncmp(pattern, "automation.", 11) &&
		       event_matches(pattern, e->type);
	return event_matches(pattern, e->type) || means_too(pattern, e->change);
}

struct queueing {
	struct awm_session *s;
	const struct event *e;
	struct buf *data;
	cJSON *tree;	  /* of data, once somebody has conditions */
	struct buf input; /* of the runs */
};

/* Task and project of what is about a task, as templates see them. */
static int add_rows(struct queueing *q)
{
	static const char *const names[] = {"task", "project"};
	_cleanup_json_ cJSON *rows = NULL;
	int rc = prompt_data(q->s, q->e->task, &rows);

	for (size_t i = 0; i < ARRAY_LEN(names) && !rc; i++) {
		cJSON *row =
			cJSON_DetachItemFromObjectCaseSensitive(rows, names[i]);
		if (!row || json_get(q->tree, names[i]) ||
		    !cJSON_AddItemToObject(q->tree, names[i], row))
			cJSON_Delete(row);
	}
	return rc;
}

static int make_tree(struct queueing *q)
{
	int rc = event_data(q->s, q->e, q->data);

	if (rc || q->tree)
		return rc;
	rc = json_parse(q->data->s, q->data->len, &q->tree);
	return rc || !q->e->task ? rc : add_rows(q);
}

static int make_input(struct queueing *q)
{
	struct jsonw w = {.out = &q->input};
	char at[TIME_ISO_SIZE];
	int rc = event_data(q->s, q->e, q->data);

	if (rc || q->input.len)
		return rc;
	time_format_iso(q->e->at, at);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, q->e->type);
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_key(&w, "activityId");
	jsonw_int(&w, q->e->activity);
	jsonw_key(&w, "data");
	jsonw_raw(&w, q->data->s, q->data->len);
	jsonw_end_object(&w);
	return buf_check(&q->input);
}

/* Whether the conditions of the trigger hold. */
static int holds(struct queueing *q, const char *text, const char *zone,
		 bool *ret)
{
	_cleanup_json_ cJSON *trigger = NULL;
	const cJSON *conditions;
	int rc;

	*ret = false;
	if (json_parse(text, strlen(text), &trigger)) {
		err_clear();
		return 0;
	}
	conditions = json_get(trigger, "conditions");
	rc = cJSON_GetArraySize(conditions) ? make_tree(q) : 0;
	if (!rc)
		*ret = automation_conditions_hold(
			conditions, q->tree, q->e->change->e, q->e->at, zone);
	return rc;
}

static int queue_one(struct queueing *q, struct db_stmt *st)
{
	const struct change *c = q->e->change;
	struct queued run = {
		.automation = db_column_int(st, 0),
		.name = db_column_text(st, 1),
		.owner = db_column_int(st, 4),
		.activity = q->e->activity,
		.depth = q->e->depth,
	};
	const char *pattern = db_column_text(st, 3);
	int64_t id;
	bool yes;
	int rc;

	if (!pattern || !wants(pattern, q->e) ||
	    (c->e == &entity_automation && c->id == run.automation))
		return 0;
	rc = holds(q, db_column_text(st, 2), db_column_text(st, 5), &yes);
	if (rc || !yes)
		return rc;
	rc = make_input(q);
	run.input = q->input.s;
	return rc ? rc : automation_queue_run(q->s, &run, &id);
}

int automation_queue(struct awm_session *s, const struct event *e,
		     struct buf *data)
{
	struct queueing q = {.s = s, .e = e, .data = data};
	struct db_stmt *st = NULL;
	int rc = 0;

	/* Nobody is told of being told. */
	if (e->change->e == &entity_notification)
		return 0;
	rc = db_query(s->db, &st, query_automation_listening_sqlite, "i",
		      e->project);
	while (!rc && (rc = db_step(st)) > 0)
		rc = queue_one(&q, st);
	if (st)
		db_reset(st);
	cJSON_Delete(q.tree);
	buf_release(&q.input);
	return rc;
}
