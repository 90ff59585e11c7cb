// SPDX-License-Identifier: MIT
#include "domain/cascade.h"

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/sums.h"
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
		rc = db_run(s->db, query_search_fts_rm_project_sqlite, "i", id);
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

static int forget_template(struct awm_session *s, int64_t id, int64_t template)
{
	struct awm_set set = {&entity_project.fields[PROJECT_templateId],
			      AWM_VALUE_NULL};

	(void)template;
	return mutate_edit(s, &entity_project, id, &set, 1, NULL, NULL, NULL,
			   NULL);
}

static int delete_skill(struct awm_session *s, int64_t id, int64_t owner)
{
	(void)owner;
	return mutate_delete(s, &entity_skill, id, NULL, NULL);
}

static int delete_template(struct awm_session *s, int64_t id, int64_t owner)
{
	(void)owner;
	return mutate_delete(s, &entity_template, id, NULL, NULL);
}

/* So that the average follows. */
static int delete_rating(struct awm_session *s, int64_t id, int64_t user)
{
	(void)user;
	return mutate_delete(s, &entity_template_rating, id, NULL, NULL);
}

/* What goes one by one, each with its activity. */
struct step {
	const char *query;
	id_fn *fn;
};

static int steps(struct awm_session *s, const struct step *list, size_t n,
		 int64_t id)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = each_id(s, list[i].query, id, list[i].fn);
	return rc;
}

/* One by one, so that an undo finds what there was. */
int cascade_template(struct awm_session *s, int64_t id)
{
	static const struct step list[] = {
		{"SELECT \"id\" FROM \"projects\" WHERE \"templateId\"=?1",
		 forget_template},
		{"SELECT \"id\" FROM \"template_ratings\" "
		 "WHERE \"templateId\"=?1",
		 delete_rating},
	};

	return steps(s, list, ARRAY_LEN(list), id);
}

int cascade_user(struct awm_session *s, int64_t id)
{
	static const char *const released[] = {
		"UPDATE \"comments\" SET \"parentCommentId\"=NULL WHERE "
		"\"parentCommentId\" IN (SELECT \"id\" FROM \"comments\" "
		"WHERE \"userId\"=?1)",
		"DELETE FROM \"search_indexes\" WHERE \"entityType\"='comment' "
		"AND \"entityId\" IN (SELECT \"id\" FROM \"comments\" "
		"WHERE \"userId\"=?1)",
	};
	static const struct step list[] = {
		{"SELECT \"id\" FROM \"projects\" WHERE \"ownerId\"=?1",
		 delete_project},
		{"SELECT \"taskId\" FROM \"task_claims\" WHERE \"userId\"=?1",
		 claim_user_leaves},
		{"SELECT \"taskId\" FROM \"task_watchers\" WHERE \"userId\"=?1",
		 task_unwatch},
		{"SELECT DISTINCT \"taskId\" FROM \"time_entries\" "
		 "WHERE \"userId\"=?1",
		 sums_user_leaves},
		{"SELECT \"id\" FROM \"skills\" WHERE \"authorId\"=?1",
		 delete_skill},
		{"SELECT \"id\" FROM \"templates\" WHERE \"authorId\"=?1",
		 delete_template},
		{"SELECT \"id\" FROM \"template_ratings\" "
		 "WHERE \"userId\"=?1",
		 delete_rating},
	};
	int rc = db_run(s->db, query_user_unmention, "i", id);

	if (!rc)
		rc = db_run(s->db, query_user_unreact, "i", id);
	if (!rc)
		rc = db_run(s->db, query_user_unreview, "i", id);
	if (!rc)
		rc = db_run(s->db, query_search_fts_rm_user_sqlite, "i", id);
	for (size_t i = 0; i < ARRAY_LEN(released) && !rc; i++)
		rc = db_run(s->db, released[i], "i", id);
	return rc ? rc : steps(s, list, ARRAY_LEN(list), id);
}

int cascade_team(struct awm_session *s, int64_t id)
{
	static const struct step list[] = {
		{"SELECT \"id\" FROM \"projects\" WHERE \"teamId\"=?1",
		 delete_project},
		{"SELECT \"id\" FROM \"skills\" WHERE \"teamId\"=?1",
		 delete_skill},
	};

	return steps(s, list, ARRAY_LEN(list), id);
}
