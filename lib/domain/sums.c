// SPDX-License-Identifier: MIT
#include "domain/sums.h"

#include "base/err.h"
#include "entity/entity.h"
#include "queries.h"

static int project_of(struct awm_session *s, int64_t task, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT \"projectId\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", task);

	/* A task on its way out takes its sums along. */
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		*ret = 0;
		return 0;
	}
	if (!rc)
		*ret = v.i;
	return rc;
}

/* The task first: the project looks only at tasks that have a sum. */
static int sum(struct awm_session *s, int64_t task, const char *of_task,
	       const char *of_project)
{
	int64_t project;
	int rc = db_run(s->db, of_task, "i", task);

	if (!rc)
		rc = project_of(s, task, &project);
	if (!rc && project)
		rc = db_run(s->db, of_project, "i", project);
	return rc;
}

int sums_time(struct awm_session *s, int64_t task)
{
	return sum(s, task, query_sum_task_time, query_sum_project_time);
}

int sums_cost(struct awm_session *s, int64_t task)
{
	return sum(s, task, query_sum_task_cost, query_sum_project_cost);
}

static void keep(struct change *c, size_t field, struct awm_value when_new)
{
	if (c->before && !change_differs(c, field))
		return;
	if (!c->before && !c->mask[field])
		return;
	change_set(c, field, c->before ? c->before[field] : when_new);
}

void sums_keep_task(struct change *c)
{
	keep(c, TASK_actualMinutes, AWM_VALUE_NULL);
	keep(c, TASK_actualCost, AWM_VALUE_NULL);
	keep(c, TASK_tokenUsage, AWM_VALUE_NULL);
}

void sums_keep_project(struct change *c)
{
	keep(c, PROJECT_actualHours, AWM_VALUE_NULL);
	keep(c, PROJECT_totalCost, AWM_VALUE_REAL(0));
}

static int sum_project(struct awm_session *s, const struct awm_value *task)
{
	int64_t project = task[TASK_projectId].i;
	int rc = 0;

	if (task[TASK_actualMinutes].kind != AWM_NULL)
		rc = db_run(s->db, query_sum_project_time, "i", project);
	if (!rc && task[TASK_actualCost].kind != AWM_NULL)
		rc = db_run(s->db, query_sum_project_cost, "i", project);
	return rc;
}

int sums_task_wrote(struct awm_session *s, const struct change *c)
{
	int rc;

	if (!c->before || !change_differs(c, TASK_projectId))
		return 0;
	rc = sum_project(s, c->before);
	if (!rc && c->after)
		rc = sum_project(s, c->after);
	return rc;
}

int sums_user_leaves(struct awm_session *s, int64_t task, int64_t user)
{
	int rc = db_run(s->db,
			"DELETE FROM \"time_entries\" "
			"WHERE \"taskId\"=?1 AND \"userId\"=?2",
			"ii", task, user);

	return rc ? rc : sums_time(s, task);
}
