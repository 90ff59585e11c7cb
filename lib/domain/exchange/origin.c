// SPDX-License-Identifier: MIT
/* Where rows came from: external_ids. */
#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "entity/store.h"

/* A row may be gone since. */
static int still_there(struct awm_session *s, const char *entity, int64_t id)
{
	const struct awm_entity *e = awm_entity_find(entity);
	int rc = e ? store_exists(s->db, e, id) : 0;

	if (rc == -AWM_NOT_FOUND)
		err_clear();
	return rc;
}

int origin_find(struct awm_session *s, const char *source, const char *entity,
		const char *uid, struct origin *ret)
{
	struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st,
			  "SELECT \"rowId\",\"activityId\" "
			  "FROM \"external_ids\" WHERE \"source\"=?1 AND "
			  "\"entity\"=?2 AND \"externalId\"=?3",
			  "ttt", source, entity, uid);

	if (!rc)
		rc = db_step(st);
	if (rc > 0) {
		ret->row = db_column_int(st, 0);
		ret->activity = db_column_int(st, 1);
	}
	if (st)
		db_reset(st);
	if (rc < 0)
		return rc;
	return rc ? still_there(s, entity, ret->row) : -AWM_NOT_FOUND;
}

int origin_keep(struct awm_session *s, const char *source, const char *entity,
		const char *uid, int64_t row)
{
	struct awm_value activity = s->last_activity
					    ? AWM_VALUE_INT(s->last_activity)
					    : AWM_VALUE_NULL;

	return db_run(s->db,
		      "INSERT INTO \"external_ids\"(\"source\",\"entity\","
		      "\"externalId\",\"rowId\",\"activityId\") "
		      "VALUES (?1,?2,?3,?4,?5) "
		      "ON CONFLICT (\"source\",\"entity\",\"externalId\") "
		      "DO UPDATE SET \"rowId\"=excluded.\"rowId\","
		      "\"activityId\"=excluded.\"activityId\"",
		      "tttiv", source, entity, uid, row, &activity);
}

int origin_database(struct awm_session *s, struct arena *a, const char **ret)
{
	struct awm_value v;
	int rc = db_get(s->db, a, &v,
			"SELECT \"value\" FROM \"database_info\" "
			"WHERE \"key\"='id'",
			NULL);

	if (!rc)
		*ret = v.s;
	return rc;
}

const cJSON *origin_record(const cJSON *metadata)
{
	const cJSON *record = json_get(json_get(metadata, "import"), "record");

	return cJSON_IsObject(record) ? record : NULL;
}
