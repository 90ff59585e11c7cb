// SPDX-License-Identifier: MIT
/* Tasks that are not ready before a time. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"

static int read_until(struct awm_session *s, int64_t id, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT \"deferUntil\" FROM \"task_defers\" "
			"WHERE \"taskId\"=?1",
			"i", id);

	*ret = rc ? 0 : v.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

int defer_write(struct awm_session *s, int64_t id, int64_t until)
{
	if (!until)
		return db_run(s->db,
			      "DELETE FROM \"task_defers\" WHERE \"taskId\"=?1",
			      "i", id);
	return db_run(s->db,
		      "INSERT INTO \"task_defers\"(\"taskId\","
		      "\"deferUntil\") VALUES (?1,?2) "
		      "ON CONFLICT (\"taskId\") DO UPDATE SET "
		      "\"deferUntil\"=excluded.\"deferUntil\"",
		      "ii", id, until);
}

static const char *until_json(struct change *c, int64_t until)
{
	char iso[TIME_ISO_SIZE];

	if (!until)
		return "null";
	time_format_iso(until, iso);
	return arena_printf(c->arena, "\"%s\"", iso);
}

int defer_tell(struct change *c, int64_t was, int64_t until)
{
	const char *from = until_json(c, was), *to = until_json(c, until);

	return from && to ? change_tell(c, "deferUntil", from, to) : -AWM_NOMEM;
}

int defer_put(struct awm_session *s, struct change *c, int64_t until)
{
	int64_t was;
	int rc = read_until(s, c->id, &was);

	if (rc || was == until)
		return rc;
	rc = defer_write(s, c->id, until);
	return rc ? rc : defer_tell(c, was, until);
}

static int amend_defer(struct awm_session *s, struct change *c, void *ctx)
{
	const int64_t *until = ctx;
	int rc = task_refuse_deleted(c);

	return rc ? rc : defer_put(s, c, *until);
}

int awm_task_defer(struct awm_session *s, int64_t id, int64_t until,
		   struct awm_pool *pool, struct awm_record **ret)
{
	return mutate_edit(s, &entity_task, id, NULL, 0, amend_defer, &until,
			   pool_arena(pool), ret);
}

int awm_task_deferred(struct awm_session *s, int64_t id, int64_t *ret_until)
{
	int rc = read_until(s, id, ret_until);

	if (!rc && *ret_until <= s->now)
		*ret_until = 0;
	return rc;
}

static int until_of(struct awm_session *s, const struct cJSON *node,
		    int64_t *ret)
{
	*ret = 0;
	return cJSON_IsString(node)
		       ? time_parse(node->valuestring, NULL, s->now, ret)
		       : 0;
}

int defer_restore(struct awm_session *s, struct change *c,
		  const struct cJSON *from, const struct cJSON *to)
{
	int64_t was, is, now;
	int rc = until_of(s, from, &was);

	if (!rc)
		rc = until_of(s, to, &is);
	if (!rc)
		rc = read_until(s, c->id, &now);
	if (rc || now == is || now == was)
		return rc ? rc : defer_put(s, c, was);
	err_set(AWM_CONFLICT, "'deferUntil' of task %lld was changed since",
		(long long)c->id);
	return err_hint("awm task history %lld", (long long)c->id);
}
