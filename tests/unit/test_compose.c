// SPDX-License-Identifier: MIT
/* Holds the SQL that the store composes to tests/golden/sql.txt, so that a
 * reviewer sees what a change of the field tables or of the composer does.
 * AWM_UPDATE_GOLDEN=1 writes the file anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "entity/compose.h"
#include "entity/entity.h"

static void add(struct buf *out, const char *name, const struct buf *sql)
{
	buf_addf(out, "%s\n\t%s\n", name, buf_str(sql));
}

static void add_query(struct buf *out, const char *name,
		      const struct awm_query *q, bool count)
{
	struct buf sql = {0};

	assert_int_equal(store_compose(q, count, &sql), 0);
	add(out, name, &sql);
	buf_release(&sql);
}

static void add_entity(struct buf *out, const struct awm_entity *e)
{
	struct awm_value id = AWM_VALUE_INT(1);
	struct awm_cond cond = {e->fields, AWM_OP_EQ, &id, 1};
	struct awm_query all = {.entity = e};
	struct awm_query one = {
		.entity = e, .conds = &cond, .nconds = 1, .all = true};
	struct buf sql = {0};
	bool mask[64];
	char name[64];

	memset(mask, true, sizeof(mask));
	snprintf(name, sizeof(name), "%s list", e->name);
	add_query(out, name, &all, false);
	snprintf(name, sizeof(name), "%s get", e->name);
	add_query(out, name, &one, false);
	compose_insert(e, mask, &sql);
	snprintf(name, sizeof(name), "%s insert", e->name);
	add(out, name, &sql);
	buf_truncate(&sql, 0);
	compose_update(e, mask, &sql);
	snprintf(name, sizeof(name), "%s update", e->name);
	add(out, name, &sql);
	buf_release(&sql);
}

/* One of each kind of condition, and the orders that are particular. */
static void add_conditions(struct buf *out)
{
	const struct awm_field *f = entity_task.fields;
	const struct awm_field *few[] = {&f[TASK_id], &f[TASK_title]};
	struct awm_value done = awm_value_text("done");
	struct awm_value open[] = {awm_value_text("todo"),
				   awm_value_text("blocked")};
	struct awm_value n[] = {AWM_VALUE_INT(1), AWM_VALUE_INT(2)};
	struct awm_value tag = awm_value_text("api");
	struct awm_sort sort[] = {{&f[TASK_priority], true},
				  {&f[TASK_dueDate], true},
				  {&f[TASK_title], false},
				  {&f[TASK_estimatedCost], false}};
	struct {
		const char *name;
		struct awm_cond cond;
	} cases[] = {
		{"not done", {&f[TASK_status], AWM_OP_NE, &done, 1}},
		{"status in", {&f[TASK_status], AWM_OP_IN, open, 2}},
		{"status not in", {&f[TASK_status], AWM_OP_NOT_IN, open, 2}},
		{"assignee in", {&f[TASK_assigneeId], AWM_OP_IN, n, 2}},
		{"assignee not in", {&f[TASK_assigneeId], AWM_OP_NOT_IN, n, 2}},
		{"assignee is not", {&f[TASK_assigneeId], AWM_OP_NE, n, 1}},
		{"nobody", {&f[TASK_assigneeId], AWM_OP_NULL, NULL, 0}},
		{"somebody", {&f[TASK_assigneeId], AWM_OP_NOT_NULL, NULL, 0}},
		{"due before", {&f[TASK_dueDate], AWM_OP_LT, n, 1}},
		{"due after", {&f[TASK_dueDate], AWM_OP_GE, n, 1}},
		{"title contains", {&f[TASK_title], AWM_OP_CONTAINS, &tag, 1}},
		{"watched by", {&f[TASK_watcherIds], AWM_OP_HAS, n, 1}},
	};
	struct awm_cond two[] = {{&f[TASK_tags], AWM_OP_HAS, &tag, 1},
				 {&f[TASK_status], AWM_OP_NE, &done, 1},
				 {&f[TASK_tags], AWM_OP_HAS, &tag, 1}};
	struct awm_query q = {.entity = &entity_task,
			      .fields = few,
			      .nfields = 2,
			      .nconds = 1};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		q.conds = &cases[i].cond;
		add_query(out, cases[i].name, &q, false);
	}
	q.conds = two;
	add_query(out, "tag", &q, false);
	q.nconds = 3;
	add_query(out, "two tags of open tasks", &q, false);
	q.nconds = 1;
	q.all = true;
	add_query(out, "tag, deleted too", &q, false);
	q.all = false;
	q.deleted = true;
	add_query(out, "tag, deleted only", &q, false);
	q = (struct awm_query){.entity = &entity_task,
			       .fields = few,
			       .nfields = 2,
			       .sort = sort,
			       .nsort = ARRAY_LEN(sort),
			       .limit = 50,
			       .offset = 100};
	add_query(out, "sorted", &q, false);
	q.sort = &(struct awm_sort){&f[TASK_dueDate], false};
	q.nsort = 1;
	q.limit = 0;
	add_query(out, "soonest, from an offset on", &q, false);
	add_query(out, "count", &q, true);
	q = (struct awm_query){.entity = &entity_task,
			       .conds = two,
			       .nconds = 1,
			       .fields = few,
			       .nfields = 2,
			       .limit = 1,
			       .ready = AWM_READY | AWM_URGENCY,
			       .for_user = 1};
	add_query(out, "the next one to claim, with a tag", &q, false);
	add_query(out, "how many", &q, true);
	q.ready = AWM_REASON;
	q.for_user = 0;
	add_query(out, "why not", &q, false);
	q.ready = AWM_URGENCY;
	q.nconds = 0;
	add_query(out, "count of all by urgency", &q, true);
	q.ready = 0;
	q.conds = &(struct awm_cond){&f[TASK_blockedByTaskId], AWM_OP_WAITS, n,
				     1};
	q.nconds = 1;
	add_query(out, "that wait for a task", &q, false);
}

/* A reference to tasks reaches their project. */
static void add_of_project(struct buf *out)
{
	const struct awm_field *f = entity_time_entry.fields;
	const struct awm_field *few[] = {&f[TIME_ENTRY_id]};
	struct awm_value n = AWM_VALUE_INT(1);
	struct awm_cond cond = {&f[TIME_ENTRY_taskId], AWM_OP_OF_PROJECT, &n,
				1};
	struct awm_query q = {.entity = &entity_time_entry,
			      .fields = few,
			      .nfields = 1,
			      .conds = &cond,
			      .nconds = 1};

	add_query(out, "of a project", &q, false);
}

/* What stands beside executions. */
static void add_of_run(struct buf *out)
{
	const struct awm_field *f = entity_execution.fields;
	const struct awm_field *few[] = {&f[EXECUTION_id]};
	struct awm_value n = AWM_VALUE_INT(1);
	struct awm_cond conds[] = {{f, AWM_OP_OF_SKILL, &n, 1},
				   {f, AWM_OP_OF_USER, &n, 1}};
	struct awm_query q = {.entity = &entity_execution,
			      .fields = few,
			      .nfields = 1,
			      .conds = conds,
			      .nconds = 2};

	add_query(out, "of a skill, run by a user", &q, false);
}

static void test_golden(void **state)
{
	struct buf out = {0}, golden = {0};
	char path[4096];

	(void)state;
	for (size_t i = 0; awm_entities[i]; i++)
		add_entity(&out, awm_entities[i]);
	add_conditions(&out);
	add_of_project(&out);
	add_of_run(&out);
	snprintf(path, sizeof(path), "%s/tests/golden/sql.txt",
		 getenv("AWM_SOURCE_ROOT"));
	if (getenv("AWM_UPDATE_GOLDEN"))
		assert_int_equal(file_write(path, out.s, out.len, 0644), 0);
	assert_int_equal(file_read(path, 1 << 20, &golden), 0);
	assert_string_equal(buf_str(&out), buf_str(&golden));
	buf_release(&out);
	buf_release(&golden);
}

static void test_unknown_word(void **state)
{
	struct awm_value odd = awm_value_text("x' OR 1=1 --");
	struct awm_cond cond = {&entity_task.fields[TASK_status], AWM_OP_EQ,
				&odd, 1};
	struct awm_query q = {
		.entity = &entity_task, .conds = &cond, .nconds = 1};
	struct buf sql = {0};

	(void)state;
	assert_int_equal(store_compose(&q, false, &sql), -AWM_USAGE);
	assert_null(sql.s ? strstr(sql.s, "OR 1=1") : NULL);
	buf_release(&sql);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_unknown_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
