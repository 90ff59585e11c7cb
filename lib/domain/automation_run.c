/* SPDX-License-Identifier: MIT */
/* One run: taken up, done and written down. What it does to the database is in
 * one transaction with its end, or, when something outside follows, with the
 * claim that says which process does that. */
#include "domain/automation_run.h"

#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/execution_run.h"
#include "domain/pool.h"
#include "edge/pid.h"
#include "entity/entity.h"
#include "entity/store.h"
#include "queries.h"

/* ---- who acts ---- */

/* The creator, as it is now; what is remembered of it lives in the pool. */
static int become(struct awm_session *s, int64_t user, struct arena *a)
{
	struct awm_record *row;
	int rc = store_get(s->db, &entity_user, user, a, &row);

	if (rc)
		return rc;
	s->actor = (struct awm_actor){
		.id = user,
		.email = row->values[USER_email].s,
		.name = row->values[USER_name].s,
		.role = row->values[USER_role].s,
		.timezone = row->values[USER_timezone].s,
	};
	return 0;
}

struct role_kept {
	struct awm_actor actor;
	struct automation_mark mark;
	bool chore;
	int depth;
};

static struct role_kept leave(const struct awm_session *s)
{
	return (struct role_kept){s->actor, s->automation, s->chore, s->depth};
}

static void come_back(struct awm_session *s, const struct role_kept *kept)
{
	s->actor = kept->actor;
	s->automation = kept->mark;
	s->chore = kept->chore;
	s->depth = kept->depth;
}

/* ---- reading ---- */

static int parse(const struct awm_value *v, cJSON **ret)
{
	if (v->kind != AWM_TEXT)
		return 0;
	return json_parse(v->s, v->len, ret);
}

static int load(struct run_call *c)
{
	struct running *r = &c->run;
	struct arena *a = pool_arena(r->pool);
	struct awm_record *run, *row;
	int rc = store_get(r->session->db, &entity_automation_run, r->id, a,
			   &run);

	if (rc)
		return rc;
	r->automation = run->values[AUTOMATION_RUN_automationId].i;
	c->depth = (int)run->values[AUTOMATION_RUN_depth].i;
	rc = store_get(r->session->db, &entity_automation, r->automation, a,
		       &row);
	if (rc)
		return rc;
	c->row = row;
	c->owner = row->values[AUTOMATION_createdBy].i;
	r->name = row->values[AUTOMATION_name].s;
	if (row->values[AUTOMATION_projectId].kind == AWM_INT)
		r->project = row->values[AUTOMATION_projectId].i;
	cJSON_Delete(r->actions);
	cJSON_Delete(r->input);
	cJSON_Delete(r->output);
	r->actions = r->input = NULL;
	r->output = cJSON_CreateArray();
	if (!r->output)
		return err_nomem();
	/* Damage is of the run, and does not stop the others. */
	c->failed = parse(&row->values[AUTOMATION_actions], &r->actions);
	if (!c->failed)
		c->failed =
			parse(&run->values[AUTOMATION_RUN_input], &r->input);
	return 0;
}

/* ---- doing ---- */

static int do_action(struct running *r, const cJSON *action, bool outside)
{
	const char *type = json_get_str(action, "type");
	_cleanup_json_ cJSON *params = NULL;
	cJSON *out = cJSON_CreateObject();
	int rc;

	if (!type)
		type = "";
	if (!out || !cJSON_AddItemToArray(r->output, out)) {
		cJSON_Delete(out);
		return err_nomem();
	}
	if (!cJSON_AddStringToObject(out, "action", type))
		return err_nomem();
	rc = automation_params(r, action, &params);
	if (!rc)
		rc = outside ? automation_do_outside(r, type, params, out)
			     : automation_do(r, type, params, out);
	if (rc)
		err_context("%s", type);
	return rc;
}

static int do_all(struct running *r, bool outside)
{
	const cJSON *action;
	int rc = 0;

	cJSON_ArrayForEach(action, r->actions)
	{
		if (!rc && automation_is_outside(action) == outside)
			rc = do_action(r, action, outside);
	}
	return rc;
}

static int part_do(struct db *db, void *arg)
{
	struct running *r = arg;
	int rc = automation_data(r);

	(void)db;
	return rc ? rc : do_all(r, false);
}

static bool has_outside(const struct running *r)
{
	const cJSON *action;

	cJSON_ArrayForEach(action, r->actions)
	{
		if (automation_is_outside(action))
			return true;
	}
	return false;
}

/* Other errors are the machine's: it waits on. */
static bool is_of_run(int rc)
{
	return rc != -AWM_DATABASE && rc != -AWM_NOMEM &&
	       rc != -AWM_INTERRUPTED;
}

/* ---- writing down ---- */

static int claim(struct run_call *c)
{
	struct awm_session *s = c->run.session;
	_cleanup_buf_ struct buf output = {0};
	struct pid_mark here;
	int rc;

	pid_here(&here);
	json_print(&output, c->run.output);
	rc = buf_check(&output);
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"automation_runs\" SET "
			    "\"state\"='running',\"output\"=?3,"
			    "\"startedAt\"=?2,\"updatedAt\"=?2 "
			    "WHERE \"id\"=?1",
			    "iit", c->run.id, s->now, output.s);
	if (!rc)
		rc = db_run(s->db,
			    "INSERT INTO \"automation_claims\"(\"runId\","
			    "\"host\",\"bootId\",\"pid\",\"pidStart\") "
			    "VALUES (?1,?2,?3,?4,?5)",
			    "ittii", c->run.id, here.host, here.boot, here.pid,
			    here.start);
	return rc;
}

static int count_run(struct run_call *c)
{
	struct awm_session *s = c->run.session;

	return db_run(s->db,
		      "UPDATE \"automations\" SET \"lastRunAt\"=?2,"
		      "\"runCount\"=\"runCount\"+1 WHERE \"id\"=?1",
		      "ii", c->run.automation, s->now);
}

/* "automation.ran" or "automation.failed"; acts as the creator. */
static int record(struct run_call *c, const char *message)
{
	struct awm_session *s = c->run.session;
	struct arena *a = pool_arena(c->run.pool);
	struct awm_record *after;
	struct change change = {.e = &entity_automation,
				.id = c->run.automation,
				.event = message ? "automation.failed"
						 : "automation.ran",
				.arena = a};
	_cleanup_buf_ struct buf text = {0};
	struct jsonw w = {.out = &text};
	int rc = store_get(s->db, change.e, change.id, a, &after);

	if (rc)
		return rc;
	change.before = c->row->values;
	change.after = after->values;
	change.mask = arena_array(a, change.e->nfields, sizeof(*change.mask));
	if (!change.mask)
		return -AWM_NOMEM;
	if (message) {
		jsonw_str(&w, message);
		rc = buf_check(&text);
		if (!rc)
			rc = change_tell(&change, "error", NULL, text.s);
	}
	return rc ? rc : activity_record(s, &change);
}

/* The end of a run; `message` NULL: it succeeded. Without an output of its own
 * what was written of it when it was claimed stays. */
static int finish(struct run_call *c, const char *message)
{
	struct awm_session *s = c->run.session;
	_cleanup_buf_ struct buf output = {0};
	int rc;

	if (c->run.output)
		json_print(&output, c->run.output);
	rc = buf_check(&output);
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"automation_runs\" SET \"state\"=?2,"
			    "\"output\"=COALESCE(?3,\"output\"),"
			    "\"errorMessage\"=?4,"
			    "\"startedAt\"=COALESCE(\"startedAt\",?5),"
			    "\"completedAt\"=?6,\"updatedAt\"=?6 "
			    "WHERE \"id\"=?1",
			    "itttii", c->run.id, message ? "failed" : "success",
			    output.len ? output.s : NULL, message, c->started,
			    s->now);
	/* The automation was deleted in the meantime, and the run with it. */
	if (!rc && !db_changes(s->db))
		return 0;
	if (!rc)
		rc = db_run(s->db,
			    "DELETE FROM \"automation_claims\" "
			    "WHERE \"runId\"=?1",
			    "i", c->run.id);
	if (!rc)
		rc = count_run(c);
	return rc ? rc : record(c, message);
}

/* ---- one run ---- */

/* *ret_id 0: nobody waits. */
static int pick(struct awm_session *s, int64_t id, int64_t after,
		int64_t *ret_id)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			id ? "SELECT \"id\" FROM \"automation_runs\" WHERE "
			     "\"state\"='queued' AND \"id\"=?1"
			   : "SELECT \"id\" FROM \"automation_runs\" WHERE "
			     "\"state\"='queued' AND \"id\">?1 "
			     "ORDER BY \"id\" LIMIT 1",
			"i", id ? id : after);

	*ret_id = rc ? 0 : v.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

static int act(struct run_call *c)
{
	struct awm_session *s = c->run.session;
	int rc = become(s, c->owner, pool_arena(c->run.pool));

	s->chore = true;
	s->depth = c->depth + 1;
	s->automation = (struct automation_mark){c->run.automation, c->run.id};
	return rc;
}

static int keep_message(struct run_call *c)
{
	c->message = arena_strdup(pool_arena(c->run.pool),
				  awm_error_last()->message);
	c->hint = arena_strdup(pool_arena(c->run.pool), awm_error_last()->hint);
	return c->message && c->hint ? 0 : -AWM_NOMEM;
}

static int inside(struct run_call *c)
{
	struct running *r = &c->run;
	int rc = 0;

	if (!c->failed)
		c->failed = db_part(r->session->db, part_do, r);
	if (c->failed && !is_of_run(c->failed))
		return c->failed;
	if (c->failed)
		rc = keep_message(c);
	if (c->failed) {
		/* All of it was taken back. */
		cJSON_Delete(r->output);
		r->output = cJSON_CreateArray();
	}
	c->outside = !c->failed && has_outside(r);
	if (!rc && c->outside && !r->rehearsal)
		return claim(c);
	if (!rc && c->outside) {
		c->failed = do_all(r, true);
		rc = c->failed ? keep_message(c) : 0;
	}
	return rc ? rc : finish(c, c->failed ? c->message : NULL);
}

/* Under the write lock: of many processes one finds it queued. */
static int run_begin(struct awm_session *s, void *ctx)
{
	struct run_call *c = ctx;
	struct role_kept kept = leave(s);
	int rc = 0;

	if (c->fresh)
		rc = automation_queue_run(s, c->fresh, &c->wanted);
	if (!rc)
		rc = pick(s, c->wanted, c->after, &c->run.id);
	if (rc || !c->run.id)
		return rc;
	c->started = s->now;
	rc = load(c);
	if (!rc)
		rc = act(c);
	if (!rc)
		rc = inside(c);
	come_back(s, &kept);
	return rc;
}

static int run_finish(struct awm_session *s, void *ctx)
{
	struct run_call *c = ctx;

	(void)s;
	return finish(c, c->failed ? c->message : NULL);
}

/* What a command wrote to its standard error, say. */
static int tell_hint(struct run_call *c)
{
	cJSON *output = c->run.output;
	cJSON *last =
		cJSON_GetArrayItem(output, cJSON_GetArraySize(output) - 1);

	if (!c->failed || !*c->hint || !last)
		return 0;
	return cJSON_AddStringToObject(last, "hint", c->hint) ? 0 : err_nomem();
}

static int go_outside(struct awm_session *s, struct run_call *c)
{
	struct role_kept kept = leave(s);
	int rc = act(c);

	if (!rc) {
		c->failed = do_all(&c->run, true);
		rc = c->failed ? keep_message(c) : 0;
	}
	if (!rc)
		rc = tell_hint(c);
	execution_clock(s);
	if (!rc)
		rc = awm_transaction(s, run_finish, c);
	come_back(s, &kept);
	if (!rc && c->failed == -AWM_INTERRUPTED)
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	return rc;
}

int automation_run_call(struct awm_session *s, struct run_call *c)
{
	int rc;

	c->run.session = s;
	c->run.rehearsal = s->dry_run;
	rc = awm_transaction(s, run_begin, c);
	if (!rc && c->run.id && c->outside && !c->run.rehearsal)
		rc = go_outside(s, c);
	return rc;
}

void automation_run_release(struct run_call *c)
{
	cJSON_Delete(c->run.actions);
	cJSON_Delete(c->run.input);
	cJSON_Delete(c->run.data);
	cJSON_Delete(c->run.output);
	c->run = (struct running){0};
}

int automation_run_one(struct awm_session *s, int64_t after, int64_t *ret_id,
		       bool *ret_ok)
{
	struct awm_pool pool = {0};
	struct run_call c = {.after = after, .run.pool = &pool};
	int rc = pick(s, 0, after, ret_id);

	/* Who finds nothing does not wait for those who write. */
	if (rc || !*ret_id)
		return rc;
	rc = automation_run_call(s, &c);
	if (!rc)
		*ret_id = c.run.id;
	*ret_ok = !c.failed;
	automation_run_release(&c);
	arena_release(&pool.arena);
	return rc;
}

/* ---- runs whose process died ---- */

struct dead {
	int64_t id, pid;
};

static int find_dead(struct awm_session *s, struct buf *list)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st,
			  "SELECT \"runId\",\"host\",\"bootId\",\"pid\","
			  "\"pidStart\" FROM \"automation_claims\" "
			  "ORDER BY \"runId\"",
			  "");

	while (!rc && (rc = db_step(st)) > 0) {
		struct dead dead = {db_column_int(st, 0), db_column_int(st, 3)};
		struct pid_mark mark = {.pid = dead.pid,
					.start = db_column_int(st, 4)};
		snprintf(mark.host, sizeof(mark.host), "%s",
			 db_column_text(st, 1));
		snprintf(mark.boot, sizeof(mark.boot), "%s",
			 db_column_text(st, 2));
		if (pid_look(&mark) == PID_GONE)
			buf_add(list, &dead, sizeof(dead));
		rc = buf_check(list);
	}
	return rc;
}

static int end_dead(struct awm_session *s, const struct dead *dead, int64_t *n)
{
	struct awm_pool pool = {0};
	struct run_call c = {
		.run = {.session = s, .pool = &pool, .id = dead->id}};
	struct role_kept kept = leave(s);
	const char *why = arena_printf(
		&pool.arena,
		"its process, %lld, ended in the middle; what it had sent out "
		"is not sent again",
		(long long)dead->pid);
	struct awm_value there;
	int rc = db_get(s->db, NULL, &there,
			"SELECT 1 FROM \"automation_claims\" "
			"WHERE \"runId\"=?1",
			"i", dead->id);

	/* Somebody else was faster. */
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		arena_release(&pool.arena);
		return 0;
	}
	if (!rc)
		rc = why ? load(&c) : -AWM_NOMEM;
	cJSON_Delete(c.run.output);
	c.run.output = NULL;
	c.started = s->now;
	if (!rc)
		rc = act(&c);
	if (!rc)
		rc = finish(&c, why);
	*n += !rc;
	come_back(s, &kept);
	automation_run_release(&c);
	arena_release(&pool.arena);
	return rc;
}

struct reaping {
	const struct dead *items;
	size_t count;
	int64_t n;
};

static int run_reap(struct awm_session *s, void *ctx)
{
	struct reaping *r = ctx;
	int rc = 0;

	r->n = 0;
	for (size_t i = 0; i < r->count && !rc; i++)
		rc = end_dead(s, &r->items[i], &r->n);
	return rc;
}

int automation_run_reap(struct awm_session *s, int64_t *ret_n)
{
	_cleanup_buf_ struct buf list = {0};
	struct reaping r = {0};
	int rc = find_dead(s, &list);

	r.items = (const struct dead *)(const void *)list.s;
	r.count = list.len / sizeof(*r.items);
	if (!rc && r.count)
		rc = awm_transaction(s, run_reap, &r);
	*ret_n = r.n;
	return rc;
}
