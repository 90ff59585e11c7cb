/* SPDX-License-Identifier: MIT */
/* Schedules: each slot, which is an instant, queues one run. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/automation.h"
#include "domain/work.h"
#include "entity/entity.h"
#include "queries.h"

int automation_schedule(const cJSON *trigger, struct cron *ret,
			const char **ret_zone)
{
	const char *type = json_get_str(trigger, "type");
	const char *cron = json_get_str(trigger, "cron");

	if (!type || strcmp(type, "schedule") != 0 || !cron)
		return err_set(AWM_NOT_FOUND, "it is on no schedule");
	*ret_zone = json_get_str(trigger, "timezone");
	return cron_parse(cron, ret);
}

static int set_last(struct awm_session *s, int64_t id, int64_t slot,
		    bool forget)
{
	return db_run(s->db,
		      forget ? "INSERT INTO \"automation_schedules\"("
			       "\"automationId\",\"lastSlot\") VALUES (?1,?2) "
			       "ON CONFLICT(\"automationId\") DO UPDATE SET "
			       "\"lastSlot\"=excluded.\"lastSlot\""
			     : "INSERT INTO \"automation_schedules\"("
			       "\"automationId\",\"lastSlot\") VALUES (?1,?2) "
			       "ON CONFLICT(\"automationId\") DO UPDATE SET "
			       "\"lastSlot\"=excluded.\"lastSlot\" WHERE "
			       "excluded.\"lastSlot\">\"lastSlot\"",
		      "ii", id, slot);
}

/* What came before, or while it was disabled, is not made up for. */
int automation_schedule_follow(struct awm_session *s, const struct change *c)
{
	bool anew = !c->before || change_differs(c, AUTOMATION_trigger);

	if (!anew && !change_differs(c, AUTOMATION_isEnabled))
		return 0;
	return set_last(s, c->id, s->now, anew);
}

/* ---- what is due ---- */

struct scheduled {
	int64_t id, owner, last;
	const char *name;
	struct cron cron;
	const char *zone; /* of `trigger` */
	bool skip;
	cJSON *trigger;
};

typedef int scheduled_fn(struct awm_session *s, struct scheduled *one,
			 void *ctx);

static int read_one(struct awm_session *s, struct db_stmt *st, scheduled_fn *fn,
		    void *ctx)
{
	_cleanup_json_ cJSON *trigger = NULL;
	struct scheduled one = {
		.id = db_column_int(st, 0),
		.name = db_column_text(st, 1),
		.owner = db_column_int(st, 3),
		.last = db_column_int(st, 4),
	};
	const char *text = db_column_text(st, 2), *misfire;

	/* A row that something else damaged stops no other one. */
	if (json_parse(text, strlen(text), &trigger) ||
	    automation_schedule(trigger, &one.cron, &one.zone)) {
		err_clear();
		return 0;
	}
	misfire = json_get_str(trigger, "misfire");
	one.skip = misfire && !strcmp(misfire, "skip");
	one.trigger = trigger;
	return fn(s, &one, ctx);
}

/* Of each enabled schedule. */
static int each_schedule(struct awm_session *s, scheduled_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query_automation_scheduled_sqlite, "");

	while (!rc && (rc = db_step(st)) > 0)
		rc = read_one(s, st, fn, ctx);
	return rc;
}

static int64_t grace(const struct awm_session *s)
{
	return (s->config ? awm_config_int(s->config, "automate.grace") : 600) *
	       1000;
}

static int queue_slot(struct awm_session *s, const struct scheduled *one,
		      int64_t slot, int64_t *n)
{
	_cleanup_buf_ struct buf input = {0};
	struct jsonw w = {.out = &input};
	struct queued q = {.automation = one->id,
			   .owner = one->owner,
			   .name = one->name,
			   .slot = slot};
	char at[TIME_ISO_SIZE];
	int64_t id;
	int rc;

	time_format_iso(slot, at);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, "schedule");
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_end_object(&w);
	rc = buf_check(&input);
	q.input = input.s;
	if (!rc)
		rc = automation_queue_run(s, &q, &id);
	*n += !rc && id;
	return rc;
}

/* A zone that is not known here any more stops no other schedule. */
static bool next_slot(const struct scheduled *one, int64_t after, int64_t *ret)
{
	int rc = cron_next(&one->cron, one->zone, after, ret);

	if (rc < 0)
		err_clear();
	return rc > 0;
}

static bool previous_slot(const struct scheduled *one, int64_t before,
			  int64_t *ret)
{
	int rc = cron_previous(&one->cron, one->zone, before, ret);

	if (rc < 0)
		err_clear();
	return rc > 0;
}

/* The slots of (last, now]: those within the grace each, and of those before
 * it the last one, for all of them. */
static int queue_due(struct awm_session *s, struct scheduled *one, void *ctx)
{
	int64_t *n = ctx, from = one->last, slot;
	int64_t edge = s->now - grace(s);
	int rc = 0;

	if (edge > from) {
		if (!one->skip && previous_slot(one, edge, &slot) &&
		    slot > from)
			rc = queue_slot(s, one, slot, n);
		from = edge - 1;
	}
	while (!rc && next_slot(one, from, &slot) && slot <= s->now) {
		rc = queue_slot(s, one, slot, n);
		from = slot;
	}
	if (rc || one->last >= s->now)
		return rc;
	return set_last(s, one->id, s->now, false);
}

struct look {
	int64_t next;
	bool due;
};

static int note_next(struct awm_session *s, struct scheduled *one, void *ctx)
{
	struct look *look = ctx;
	int64_t slot;

	if (!next_slot(one, one->last, &slot))
		return 0;
	if (slot < look->next)
		look->next = slot;
	look->due |= slot <= s->now;
	return 0;
}

int automation_schedule_next(struct awm_session *s, int64_t *ret_next)
{
	struct look look = {.next = INT64_MAX};
	int rc = each_schedule(s, note_next, &look);

	*ret_next = look.next;
	return rc;
}

static int run_due(struct awm_session *s, void *ctx)
{
	return each_schedule(s, queue_due, ctx);
}

int automation_schedule_due(struct awm_session *s, int64_t *ret_n)
{
	struct look look = {.next = INT64_MAX};
	int rc = each_schedule(s, note_next, &look);

	/* Who has nothing to write does not wait for those who have. */
	*ret_n = 0;
	if (rc || !look.due)
		return rc;
	return awm_transaction(s, run_due, ret_n);
}

/* ---- show ---- */

static int next_run(struct awm_session *s, const struct awm_record *row,
		    struct awm_value *ret)
{
	const char *text = awm_record_text(row, "trigger"), *zone = NULL;
	_cleanup_json_ cJSON *trigger = NULL;
	struct awm_value last;
	struct cron cron = {0};
	int64_t slot;
	int rc;

	*ret = AWM_VALUE_NULL;
	if (!awm_record_int(row, "isEnabled") ||
	    json_parse(text, strlen(text), &trigger) ||
	    automation_schedule(trigger, &cron, &zone)) {
		err_clear();
		return 0;
	}
	rc = db_get(s->db, NULL, &last,
		    "SELECT COALESCE((SELECT \"lastSlot\" FROM "
		    "\"automation_schedules\" WHERE \"automationId\"=?1),?2)",
		    "ii", awm_record_int(row, "id"), s->now);
	if (rc)
		return rc;
	rc = cron_next(&cron, zone, last.i > s->now ? last.i : s->now, &slot);
	if (rc > 0)
		*ret = AWM_VALUE_INT(slot);
	if (rc < 0)
		err_clear();
	return 0;
}

int automation_extend(struct awm_session *s, struct arena *a,
		      struct awm_record *row)
{
	static const struct awm_field fields[] = {
		{.name = "nextRunAt",
		 .label = "Next run",
		 .type = AWM_TYPE_TIME},
		{.name = "queuedRuns", .label = "Queued", .type = AWM_TYPE_INT},
	};
	struct awm_value v[2];
	int rc = next_run(s, row, &v[0]);

	if (!rc)
		rc = db_get(s->db, NULL, &v[1],
			    "SELECT COUNT(*) FROM \"automation_runs\" WHERE "
			    "\"automationId\"=?1 AND \"state\"='queued'",
			    "i", awm_record_int(row, "id"));
	return rc ? rc : work_extend(a, row, fields, v, ARRAY_LEN(v));
}
