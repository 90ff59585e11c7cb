// SPDX-License-Identifier: MIT
/* Tasks that are added once, however often they are asked for; the inbox. */
#include "domain/once.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "entity/field.h"

#define INBOX "Inbox"

/* ---- the inbox ---- */

static int find_inbox(struct awm_session *s, void *ctx)
{
	struct awm_set set = {&entity_project.fields[PROJECT_title],
			      awm_value_text(INBOX)};
	struct arena own = {0};
	struct awm_record *row;
	int64_t *ret = ctx;
	int rc = awm_resolve(s, &entity_project, INBOX, ret);

	/* An undo may have put it away. */
	if (!rc)
		return awm_project_archive(s, *ret, false, NULL, NULL);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	rc = mutate_add(s, &entity_project, &set, 1, NULL, NULL, &own, &row);
	if (!rc)
		*ret = row->values[PROJECT_id].i;
	arena_release(&own);
	return rc;
}

int awm_inbox(struct awm_session *s, int64_t *ret_id)
{
	return awm_transaction(s, find_inbox, ret_id);
}

/* ---- keys ---- */

int once_check(const char *key)
{
	const char *wanted = field_name_wanted(key, strlen(key));

	if (!utf8_valid(key, strlen(key)))
		wanted = "valid UTF-8";
	return wanted ? err_set(AWM_USAGE, "key: want %s", wanted) : 0;
}

int once_find(struct awm_session *s, const char *key, int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"taskId\" FROM \"idempotency_keys\" "
			"WHERE \"key\"=?1",
			"t", key);

	if (!rc)
		*ret = id.i;
	return rc;
}

int awm_task_of_key(struct awm_session *s, const char *key, int64_t *ret_id)
{
	int rc = once_find(s, key, ret_id);

	return rc != -AWM_NOT_FOUND ? rc
				    : err_set(AWM_NOT_FOUND,
					      "no task was added with the "
					      "key '%s'",
					      key);
}

int once_keep(struct awm_session *s, const char *key, int64_t id)
{
	return db_run(s->db,
		      "INSERT INTO \"idempotency_keys\"(\"key\",\"taskId\","
		      "\"createdAt\") VALUES (?1,?2,?3)",
		      "tii", key, id, s->now);
}

struct once {
	const char *key;
	const struct awm_set *sets;
	size_t n;
	struct awm_pool *pool;
	struct awm_record *row;
	bool made;
};

static int add_once(struct awm_session *s, void *ctx)
{
	struct once *o = ctx;
	int64_t id;
	int rc = once_find(s, o->key, &id);

	o->made = rc == -AWM_NOT_FOUND;
	if (!rc)
		return awm_get(s, &entity_task, id, o->pool, &o->row);
	if (!o->made)
		return rc;
	err_clear();
	rc = awm_add(s, &entity_task, o->sets, o->n, o->pool, &o->row);
	return rc ? rc : once_keep(s, o->key, o->row->values[TASK_id].i);
}

int awm_task_add_once(struct awm_session *s, const char *key,
		      const struct awm_set *sets, size_t n,
		      struct awm_pool *pool, struct awm_record **ret,
		      bool *ret_made)
{
	struct awm_pool own = {0};
	struct once o = {key, sets, n, pool ? pool : &own, NULL, false};
	int rc = once_check(key);

	if (!rc)
		rc = awm_transaction(s, add_once, &o);
	if (!rc && ret && pool)
		*ret = o.row;
	if (!rc && ret_made)
		*ret_made = o.made;
	arena_release(&own.arena);
	return rc;
}
