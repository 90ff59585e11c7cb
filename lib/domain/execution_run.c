// SPDX-License-Identifier: MIT
/* Who runs an execution, and what the provider told of it beside the answer:
 * the rows of execution_runs. Nobody else writes them. */
#include "domain/execution_run.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/work.h"
#include "entity/store.h"
#include "queries.h"

static struct awm_value reference(int64_t id)
{
	return id ? AWM_VALUE_INT(id) : AWM_VALUE_NULL;
}

static struct awm_value text_or_null(const char *s)
{
	return awm_value_text(s && *s ? s : NULL);
}

static int amend_used(struct awm_session *s, struct change *c, void *ctx)
{
	(void)s;
	(void)ctx;
	change_set(c, SKILL_usageCount,
		   AWM_VALUE_INT(c->before[SKILL_usageCount].i + 1));
	return 0;
}

/* The version that the skill has now. */
static int use_skill(struct awm_session *s, int64_t skill,
		     struct awm_value *ret_version)
{
	struct arena arena = {0};
	struct awm_record *row;
	int rc;

	*ret_version = AWM_VALUE_NULL;
	if (!skill)
		return 0;
	rc = mutate_edit(s, &entity_skill, skill, NULL, 0, amend_used, NULL,
			 &arena, &row);
	if (!rc)
		*ret_version = row->values[SKILL_version];
	arena_release(&arena);
	return rc;
}

int execution_run_add(struct awm_session *s, const struct execution_run *run)
{
	struct awm_value user = reference(run->user);
	struct awm_value skill = reference(run->skill), version;
	struct awm_value config = reference(run->config);
	struct awm_value retry = reference(run->retry_of);
	struct awm_value estimate = run->has_estimate
					    ? AWM_VALUE_REAL(run->estimate)
					    : AWM_VALUE_NULL;
	struct awm_value host = AWM_VALUE_NULL, boot = AWM_VALUE_NULL;
	struct awm_value pid = AWM_VALUE_NULL, start = AWM_VALUE_NULL;
	struct pid_mark here;
	int rc = use_skill(s, run->skill, &version);

	if (rc)
		return rc;
	if (run->here) {
		pid_here(&here);
		host = awm_value_text(here.host);
		boot = text_or_null(here.boot);
		pid = AWM_VALUE_INT(here.pid);
		start = reference(here.start);
	}
	return db_run(s->db,
		      "INSERT INTO \"execution_runs\"(\"executionId\","
		      "\"userId\",\"skillId\",\"skillVersion\",\"configId\","
		      "\"retryOfId\",\"host\",\"bootId\",\"pid\",\"pidStart\","
		      "\"requestedModel\",\"estimate\",\"metadata\") VALUES "
		      "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
		      "ivvvvvvvvvtvt", run->execution, &user, &skill, &version,
		      &config, &retry, &host, &boot, &pid, &start,
		      run->requested_model, &estimate,
		      run->metadata ? run->metadata : "{}");
}

/* ---- what was told ---- */

/* What the database holds is not trusted to be an object. */
static int parse_object(const char *text, size_t len, cJSON **ret)
{
	int rc = json_parse(text, len, ret);

	if (!rc && cJSON_IsObject(*ret))
		return 0;
	cJSON_Delete(*ret);
	*ret = NULL;
	if (rc && rc != -AWM_USAGE)
		return rc;
	err_clear();
	*ret = cJSON_CreateObject();
	return *ret ? 0 : err_nomem();
}

static int merge(const char *was, size_t len, const char *more, struct buf *out)
{
	_cleanup_json_ cJSON *all = NULL, *added = NULL;
	int rc = parse_object(was, len, &all);

	if (!rc)
		rc = parse_object(more, strlen(more), &added);
	while (!rc && added->child) {
		cJSON *item = cJSON_DetachItemViaPointer(added, added->child);
		cJSON_DeleteItemFromObjectCaseSensitive(all, item->string);
		/* The name moves along: it is copied while it is there. */
		if (!cJSON_AddItemToObject(all, item->string, item)) {
			cJSON_Delete(item);
			rc = err_nomem();
		}
	}
	if (!rc)
		json_print(out, all);
	return rc ? rc : buf_check(out);
}

static int add_metadata(struct awm_session *s, int64_t id, const char *more)
{
	_cleanup_buf_ struct buf merged = {0};
	struct arena arena = {0};
	struct awm_value was;
	int rc = db_get(s->db, &arena, &was,
			"SELECT \"metadata\" FROM \"execution_runs\" "
			"WHERE \"executionId\"=?1",
			"i", id);

	if (!rc)
		rc = merge(was.kind == AWM_TEXT ? was.s : "",
			   was.kind == AWM_TEXT ? was.len : 0, more, &merged);
	arena_release(&arena);
	if (rc == -AWM_NOT_FOUND)
		err_clear(); /* a row without a run: nothing to add to */
	if (rc)
		return rc == -AWM_NOT_FOUND ? 0 : rc;
	return db_run(s->db,
		      "UPDATE \"execution_runs\" SET \"metadata\"=?2 "
		      "WHERE \"executionId\"=?1",
		      "it", id, merged.s);
}

int execution_run_tell(struct awm_session *s, int64_t id, const char *finish,
		       const char *metadata)
{
	int rc = 0;

	if (finish)
		rc = db_run(s->db,
			    "UPDATE \"execution_runs\" SET \"finishReason\"=?2 "
			    "WHERE \"executionId\"=?1",
			    "it", id, finish);
	return rc || !metadata ? rc : add_metadata(s, id, metadata);
}

/* A row without a run, which is damage, is nobody else's. */
int execution_run_here(struct awm_session *s, int64_t id, bool *ret_here,
		       bool *ret_wanted)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct pid_mark here;
	int rc;

	pid_here(&here);
	rc = db_query(
		s->db, &st,
		"SELECT r.\"executionId\" IS NULL OR (r.\"pid\"=?2 AND "
		"COALESCE(r.\"pidStart\",0)=?3 AND r.\"host\"=?4 AND "
		"COALESCE(r.\"bootId\",'')=?5),"
		"x.\"status\"='running' AND r.\"cancelRequested\"=0 "
		"FROM \"task_executions\" x LEFT JOIN \"execution_runs\" r "
		"ON r.\"executionId\"=x.\"id\" WHERE x.\"id\"=?1",
		"iiitt", id, here.pid, here.start, here.host, here.boot);
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret_here = rc && db_column_int(st, 0);
	*ret_wanted = *ret_here && db_column_int(st, 1);
	return 0;
}

/* ---- what is shown ---- */

/* Columns of execution_runs, in the order of the SELECT below. */
static const struct awm_field shown[] = {
	{.name = "userId",
	 .label = "User",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "skillId",
	 .label = "Skill",
	 .type = AWM_TYPE_REF,
	 .ref = "skills"},
	{.name = "skillVersion",
	 .label = "Skill version",
	 .type = AWM_TYPE_INT},
	{.name = "retryOfId",
	 .label = "Retry of",
	 .type = AWM_TYPE_REF,
	 .ref = "task_executions"},
	{.name = "requestedModel", .label = "Asked for", .type = AWM_TYPE_TEXT},
	{.name = "finishReason", .label = "Finish", .type = AWM_TYPE_TEXT},
	{.name = "estimate", .label = "Estimate", .type = AWM_TYPE_REAL},
	{.name = "host", .label = "Host", .type = AWM_TYPE_TEXT},
	{.name = "pid", .label = "Process", .type = AWM_TYPE_INT},
	{.name = "metadata", .label = "Metadata", .type = AWM_TYPE_JSON},
};

int execution_run_extend(struct awm_session *s, struct arena *a,
			 struct awm_record *row)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value v[ARRAY_LEN(shown)] = {0};
	int rc = db_query(s->db, &st,
			  "SELECT \"userId\",\"skillId\",\"skillVersion\","
			  "\"retryOfId\",\"requestedModel\",\"finishReason\","
			  "\"estimate\",\"host\",\"pid\",\"metadata\" "
			  "FROM \"execution_runs\" WHERE \"executionId\"=?1",
			  "i", row->values[EXECUTION_id].i);

	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	for (size_t i = 0; rc && i < ARRAY_LEN(v); i++) {
		db_column(st, (int)i, &v[i]);
		if (v[i].kind != AWM_TEXT)
			continue;
		v[i].s = arena_strndup(a, v[i].s, v[i].len);
		if (!v[i].s)
			return -AWM_NOMEM;
	}
	return work_extend(a, row, shown, v, ARRAY_LEN(v));
}

/* ---- those that run ---- */

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

int execution_live(struct awm_session *s, struct buf *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query_execution_running, "");

	while (!rc && (rc = db_step(st)) > 0) {
		struct execution_live live = {.id = db_column_int(st, 0),
					      .started = db_column_int(st, 1),
					      .user = db_column_int(st, 2)};
		live.known = db_column_text(st, 3) && db_column_text(st, 5);
		copy_text(live.mark.host, sizeof(live.mark.host),
			  db_column_text(st, 3));
		copy_text(live.mark.boot, sizeof(live.mark.boot),
			  db_column_text(st, 4));
		live.mark.pid = db_column_int(st, 5);
		live.mark.start = db_column_int(st, 6);
		buf_add(ret, &live, sizeof(live));
		rc = buf_check(ret);
	}
	return rc;
}

struct stopping {
	const char *status, *error;
};

static int amend_stop(struct awm_session *s, struct change *c, void *ctx)
{
	const struct stopping *what = ctx;

	(void)s;
	if (!value_is(&c->before[EXECUTION_status], "running"))
		return 0;
	change_set(c, EXECUTION_status, awm_value_text(what->status));
	change_set(c, EXECUTION_errorMessage, awm_value_text(what->error));
	return 0;
}

int execution_stop(struct awm_session *s, int64_t id, const char *status,
		   const char *error, struct arena *a, struct awm_record **ret)
{
	struct stopping what = {status, error};

	return mutate_edit(s, &entity_execution, id, NULL, 0, amend_stop, &what,
			   a, ret);
}
