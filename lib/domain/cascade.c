// SPDX-License-Identifier: MIT
#include "domain/cascade.h"

#include "base/err.h"
#include "domain/mutate.h"
#include "queries.h"

/* `arg` is what the query was asked for. */
typedef int id_fn(struct awm_session *s, int64_t id, int64_t arg);

/* Calls fn for each id that the query gives for ?1; the list is read whole
 * first, since fn may change what it came from. */
static int each_id(struct awm_session *s, const char *query, int64_t arg,
		   id_fn *fn)
{
	_cleanup_buf_ struct buf list = {0};
	struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, query, "i", arg);

	while (!rc && (rc = db_step(st)) > 0) {
		int64_t id = db_column_int(st, 0);
		buf_add(&list, &id, sizeof(id));
		rc = buf_check(&list);
	}
	if (st)
		db_reset(st);
	const int64_t *ids = (const int64_t *)(const void *)list.s;
	for (size_t i = 0; i < list.len / sizeof(*ids) && !rc; i++)
		rc = fn(s, ids[i], arg);
	return rc;
}

static int release(struct awm_session *s, int64_t id, int64_t project)
{
	(void)project;
	return task_release_waiting(s, id);
}

int cascade_project(struct awm_session *s, int64_t id)
{
	int rc = each_id(s, query_project_blocking, id, release);

	if (!rc)
		rc = db_run(s->db, query_project_unindex_comments, "i", id);
	if (!rc)
		rc = db_run(s->db, query_project_unindex_executions, "i", id);
	if (!rc)
		rc = db_run(s->db, query_project_unindex_tasks, "i", id);
	return rc;
}

static int delete_project(struct awm_session *s, int64_t id, int64_t owner)
{
	(void)owner;
	return mutate_delete(s, &entity_project, id, NULL, NULL);
}

int cascade_user(struct awm_session *s, int64_t id)
{
	static const char *const before[] = {
		"UPDATE \"comments\" SET \"parentCommentId\"=NULL WHERE "
		"\"parentCommentId\" IN (SELECT \"id\" FROM \"comments\" "
		"WHERE \"userId\"=?1)",
		"UPDATE \"projects\" SET \"templateId\"=NULL WHERE "
		"\"templateId\" IN (SELECT \"id\" FROM \"templates\" "
		"WHERE \"authorId\"=?1)",
		"DELETE FROM \"search_indexes\" WHERE \"entityType\"='comment' "
		"AND \"entityId\" IN (SELECT \"id\" FROM \"comments\" "
		"WHERE \"userId\"=?1)",
		"DELETE FROM \"search_indexes\" WHERE \"entityType\"='skill' "
		"AND \"entityId\" IN (SELECT \"id\" FROM \"skills\" "
		"WHERE \"authorId\"=?1)",
		"DELETE FROM \"search_indexes\" WHERE "
		"\"entityType\"='template' AND \"entityId\" IN (SELECT \"id\" "
		"FROM \"templates\" WHERE \"authorId\"=?1)",
	};
	int rc = each_id(s,
			 "SELECT \"id\" FROM \"projects\" WHERE \"ownerId\"=?1",
			 id, delete_project);

	if (!rc)
		rc = each_id(s,
			     "SELECT \"taskId\" FROM \"task_watchers\" "
			     "WHERE \"userId\"=?1",
			     id, task_unwatch);
	for (size_t i = 0; i < ARRAY_LEN(before) && !rc; i++)
		rc = db_run(s->db, before[i], "i", id);
	return rc;
}
