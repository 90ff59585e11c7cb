/* SPDX-License-Identifier: MIT */
/*
 * Sums never drift: thousands of random starts, stops, additions, edits,
 * deletions, moves, purges, restores and undos, many of them refused, some
 * rolled back, by several users; after each handful tasks and projects are
 * compared with sums made here from the bare rows, and db check agrees.
 *
 * AWM_TEST_SEED repeats a run, AWM_TEST_OPERATIONS makes it longer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awm/awm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/execution.h"
#include "domain/mutate.h"
#include "domain/session.h"
#include "entity/entity.h"

#define HOUR	INT64_C(3600000)
#define DAY	(24 * HOUR)
#define START	INT64_C(1774700000000) /* 2026-03-28, a day before a change */
#define IDS_MAX 20000

static char folder[64];
static struct awm_session *session;
static uint64_t state_of_random;
static long refused, done, undone;

/* ---- chance ---- */

static uint64_t chance(void)
{
	uint64_t x = state_of_random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	state_of_random = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static int64_t below(int64_t n)
{
	return (int64_t)(chance() % (uint64_t)n);
}

static bool once_in(int64_t n)
{
	return below(n) == 0;
}

/* ---- reading ---- */

static int64_t number(const char *sql, int64_t arg)
{
	struct awm_value v;

	assert_int_equal(db_get(session->db, NULL, &v, sql, "i", arg), 0);
	return v.kind == AWM_INT ? v.i : 0;
}

/* The id of any row of a table, or 0. */
static int64_t any(const char *count, const char *nth)
{
	int64_t n = number(count, 0);

	return n ? number(nth, below(n)) : 0;
}

#define ANY(table)                                                             \
	any("SELECT COUNT(*) FROM \"" table "\" WHERE ?1=0",                   \
	    "SELECT \"id\" FROM \"" table "\" ORDER BY \"id\" "                \
	    "LIMIT 1 OFFSET ?1")

static int64_t any_task(void)
{
	return ANY("tasks");
}

/* ---- operations ---- */

static struct awm_set set_int(const struct awm_entity *e, size_t field,
			      int64_t v)
{
	return (struct awm_set){&e->fields[field], AWM_VALUE_INT(v)};
}

#define ENTRY(field, v) set_int(&entity_time_entry, TIME_ENTRY_##field, v)

static int64_t past(void)
{
	return session->now - below(20 * DAY);
}

static unsigned overlap(void)
{
	return once_in(2) ? AWM_TIME_OVERLAP : 0;
}

static int op_start(void)
{
	struct awm_set at = ENTRY(startTime, session->now - below(3 * HOUR));

	return awm_time_start(session, any_task(), &at, (size_t)below(2),
			      overlap() | (once_in(2) ? AWM_TIME_SWITCH : 0),
			      NULL, NULL, NULL);
}

static int op_stop(void)
{
	struct awm_set at = ENTRY(endTime, session->now - below(HOUR));

	return awm_time_stop(session, &at, (size_t)below(2), NULL, NULL);
}

static int op_add(void)
{
	struct awm_set at = ENTRY(startTime, past());

	return awm_time_add(session, any_task(), below(4 * 3600) - 60, &at, 1,
			    overlap(), NULL, NULL);
}

static int op_edit(void)
{
	struct awm_edit_opts opts = {.allow_overlap = !once_in(3)};
	struct awm_set all[] = {
		ENTRY(duration, below(3 * 3600)), ENTRY(startTime, past()),
		ENTRY(endTime, past()),		  ENTRY(taskId, any_task()),
		ENTRY(isBillable, below(2)),
	};
	struct awm_set sets[2];
	size_t n = 1 + (size_t)below(2);

	for (size_t i = 0; i < n; i++)
		sets[i] = all[below(ARRAY_LEN(all))];
	if (once_in(20))
		sets[0] = (struct awm_set){
			&entity_time_entry.fields[TIME_ENTRY_endTime],
			AWM_VALUE_NULL};
	return awm_edit(session, &entity_time_entry, ANY("time_entries"), sets,
			n, &opts, NULL, NULL);
}

static int op_rm(void)
{
	return awm_delete(session, &entity_time_entry, ANY("time_entries"),
			  NULL, NULL);
}

static int op_task_add(void)
{
	struct awm_set sets[] = {
		set_int(&entity_task, TASK_projectId, ANY("projects")),
		{&entity_task.fields[TASK_title], awm_value_text("task")},
		set_int(&entity_task, TASK_parentTaskId, any_task()),
	};

	if (number("SELECT COUNT(*) FROM \"tasks\" WHERE ?1=0", 0) > 60)
		return 0;
	return awm_add(session, &entity_task, sets, once_in(2) ? 3 : 2, NULL,
		       NULL);
}

static int op_task_move(void)
{
	int64_t project = ANY("projects");

	return project ? awm_task_move(session, any_task(), project, 0, 0, NULL,
				       NULL)
		       : 0;
}

static int op_task_do(void)
{
	static const enum awm_task_verb verbs[] = {
		AWM_TASK_RM, AWM_TASK_RESTORE, AWM_TASK_DONE, AWM_TASK_REOPEN,
		AWM_TASK_START};

	return awm_task_do(session, verbs[below(ARRAY_LEN(verbs))], any_task(),
			   NULL, NULL);
}

static int op_task_purge(void)
{
	if (number("SELECT COUNT(*) FROM \"tasks\" WHERE ?1=0", 0) < 20)
		return 0;
	return awm_task_purge(session, any_task(), true, NULL, NULL);
}

static int op_project_add(void)
{
	struct awm_set set = {&entity_project.fields[PROJECT_title],
			      awm_value_text("project")};

	if (number("SELECT COUNT(*) FROM \"projects\" WHERE ?1=0", 0) > 5)
		return 0;
	return awm_add(session, &entity_project, &set, 1, NULL, NULL);
}

static int op_project_rm(void)
{
	if (number("SELECT COUNT(*) FROM \"projects\" WHERE ?1=0", 0) < 3)
		return 0;
	return awm_delete(session, &entity_project, ANY("projects"), NULL,
			  NULL);
}

static int op_user_add(void)
{
	char email[64] = "";
	struct awm_set sets[] = {
		{&entity_user.fields[USER_email], AWM_VALUE_NULL},
		{&entity_user.fields[USER_name], awm_value_text("someone")},
	};

	if (number("SELECT COUNT(*) FROM \"users\" WHERE ?1=0", 0) > 4)
		return 0;
	snprintf(email, sizeof(email), "u%llx@example.com",
		 (unsigned long long)chance());
	sets[0].value = awm_value_text(email);
	return awm_add(session, &entity_user, sets, 2, NULL, NULL);
}

static int op_user_rm(void)
{
	int64_t actor = session->actor.id;
	int rc;

	session->actor.id = 1;
	rc = awm_delete(session, &entity_user, ANY("users"), NULL, NULL);
	session->actor.id = actor;
	return rc;
}

/* Of each of the ways by which a row comes, ends, changes and goes. */
static int op_record(void)
{
	struct awm_execution_call call = {
		.task = any_task(),
		.prompt = "p",
		.response = "r",
		.provider = once_in(2) ? "openai" : "local",
		.model = once_in(3) ? "none" : "gpt-5.5",
		.prompt_tokens = below(100000) - 1,
		.completion_tokens = below(5000) - 1,
		.duration = below(60000) - 1,
		.has_cost = once_in(2),
		.cost = (double)below(100000) / 1e5,
		.started = once_in(2) ? past() : 0,
	};

	return awm_execution_record(session, &call, NULL, NULL);
}

static int op_begin(void)
{
	struct execution_start start = {.task = any_task(),
					.prompt = "p",
					.provider = "anthropic",
					.model = "claude-opus-5-5"};
	int64_t id;

	return execution_begin(session, &start, &id);
}

static int op_end(void)
{
	struct execution_end end = {
		.status = (enum execution_status)below(3),
		.response = once_in(3) ? NULL : "r",
		.response_len = 1,
		.usage = {below(100000) - 1, below(5000) - 1, -1, below(99) - 1,
			  below(99) - 1, -1},
		.duration_ms = below(1000),
		.has_cost = once_in(3),
		.cost = (double)below(100000) / 1e5,
	};

	return execution_end(session, ANY("task_executions"), &end);
}

static int op_execution(void)
{
	const struct awm_field *f = entity_execution.fields;
	int64_t id = ANY("task_executions");
	struct awm_set sets[] = {
		{&f[EXECUTION_cost],
		 AWM_VALUE_REAL((double)below(100000) / 1e5)},
		{&f[EXECUTION_tokensUsed],
		 awm_value_text("{\"promptTokens\":10,\"completionTokens\":5,"
				"\"totalTokens\":15}")},
		{&f[EXECUTION_taskId], AWM_VALUE_INT(any_task())},
	};

	if (once_in(3))
		sets[0].value = AWM_VALUE_NULL;
	if (once_in(3))
		sets[1].value = AWM_VALUE_NULL;
	if (once_in(2))
		return mutate_delete(session, &entity_execution, id, NULL,
				     NULL);
	return mutate_edit(session, &entity_execution, id, sets, 3, NULL, NULL,
			   NULL, NULL);
}

/* Whoever writes tasks through mutate cannot say their sums. */
static int op_liar(void)
{
	struct awm_set tasks[] = {
		set_int(&entity_task, TASK_actualMinutes, 77),
		{&entity_task.fields[TASK_actualCost], AWM_VALUE_REAL(7)},
		{&entity_task.fields[TASK_tokenUsage],
		 awm_value_text("{\"promptTokens\":1,\"completionTokens\":1,"
				"\"totalTokens\":2}")},
	};
	struct awm_set project = {&entity_project.fields[PROJECT_actualHours],
				  AWM_VALUE_REAL(7)};

	if (once_in(2))
		return mutate_edit(session, &entity_task, any_task(), tasks,
				   ARRAY_LEN(tasks), NULL, NULL, NULL, NULL);
	return mutate_edit(session, &entity_project, ANY("projects"), &project,
			   1, NULL, NULL, NULL, NULL);
}

static const struct {
	int (*run)(void);
	int64_t weight;
} operations[] = {
	{op_start, 200},      {op_stop, 160},	  {op_add, 240},
	{op_edit, 240},	      {op_rm, 60},	  {op_task_add, 100},
	{op_task_move, 80},   {op_task_do, 100},  {op_task_purge, 20},
	{op_project_add, 30}, {op_project_rm, 2}, {op_user_add, 20},
	{op_user_rm, 3},      {op_execution, 60}, {op_liar, 20},
	{op_record, 80},      {op_begin, 60},	  {op_end, 100},
};

static int run_one(struct db *db, void *arg)
{
	int64_t total = 0, at;
	size_t i = 0;

	for (size_t k = 0; k < ARRAY_LEN(operations); k++)
		total += operations[k].weight;
	at = below(total);
	while (at >= operations[i].weight)
		at -= operations[i++].weight;
	return operations[i].run();
}

static void act_as_anyone(void)
{
	session->actor.id = ANY("users");
	session->now += below(2 * HOUR);
}

/* A refusal leaves nothing behind; some batches are given up at the end. */
static int run_batch(struct awm_session *s, void *ctx)
{
	int64_t n = 1 + below(12);

	for (int64_t i = 0; i < n; i++) {
		act_as_anyone();
		int rc = db_part(s->db, run_one, NULL);
		if (rc && rc != -AWM_INVALID && rc != -AWM_NOT_FOUND &&
		    rc != -AWM_CONFLICT)
			fail_msg("%d: %s", rc, awm_error_last()->message);
		refused += rc != 0;
		done++;
	}
	return once_in(8) ? err_set(AWM_INVALID, "given up") : 0;
}

/* What a user did last is taken back, and perhaps that again. */
static void take_back(void)
{
	struct awm_pool *pool;
	struct awm_record *row;
	int rc;

	assert_int_equal(awm_pool_new(&pool), 0);
	act_as_anyone();
	for (int64_t n = below(4); n > 0; n--) {
		rc = once_in(3) ? awm_redo(session, pool, &row)
				: awm_undo(session, 0, pool, &row);
		if (rc && rc != -AWM_INVALID && rc != -AWM_NOT_FOUND &&
		    rc != -AWM_CONFLICT)
			fail_msg("undo: %d: %s", rc, awm_error_last()->message);
		undone += rc == 0;
	}
	awm_pool_free(pool);
}

/* ---- the truth ---- */

static struct {
	int64_t project, seconds, entries;
	int64_t tokens[3]; /* of the prompt, of the answer, together */
	double cost;
	bool priced, counted;
} tasks[IDS_MAX], projects[IDS_MAX];

static void read_truth(void)
{
	struct db_stmt *st;

	memset(tasks, 0, sizeof(tasks));
	memset(projects, 0, sizeof(projects));
	db_query(session->db, &st, "SELECT \"id\",\"projectId\" FROM \"tasks\"",
		 "");
	while (db_step(st) > 0) {
		assert_in_range(db_column_int(st, 0), 1, IDS_MAX - 1);
		tasks[db_column_int(st, 0)].project = db_column_int(st, 1);
	}
	db_reset(st);
	db_query(session->db, &st,
		 "SELECT \"taskId\",\"startTime\",\"endTime\" "
		 "FROM \"time_entries\"",
		 "");
	while (db_step(st) > 0) {
		int64_t task = db_column_int(st, 0), seconds = 0;
		struct awm_value end;
		db_column(st, 2, &end);
		if (end.kind != AWM_NULL)
			seconds = llround(
				(double)(end.i - db_column_int(st, 1)) / 1000);
		tasks[task].seconds += seconds;
		tasks[task].entries++;
		projects[tasks[task].project].seconds += seconds;
		projects[tasks[task].project].entries++;
	}
	db_reset(st);
	db_query(session->db, &st,
		 "SELECT \"taskId\",\"cost\" FROM \"task_executions\" "
		 "WHERE \"cost\" IS NOT NULL",
		 "");
	while (db_step(st) > 0) {
		int64_t task = db_column_int(st, 0);
		struct awm_value cost;
		db_column(st, 1, &cost);
		tasks[task].cost += cost.r;
		tasks[task].priced = true;
		projects[tasks[task].project].cost += cost.r;
	}
	db_reset(st);
}

static const char *const token_names[] = {"promptTokens", "completionTokens",
					  "totalTokens"};

/* The tokens in the JSON of the first row of a statement's column. */
static bool read_tokens(struct db_stmt *st, int column, int64_t *tokens)
{
	_cleanup_json_ cJSON *node = NULL;
	struct awm_value v;

	db_column(st, column, &v);
	if (v.kind == AWM_NULL)
		return false;
	assert_int_equal(json_parse(v.s, v.len, &node), 0);
	for (size_t i = 0; i < ARRAY_LEN(token_names); i++)
		tokens[i] +=
			(int64_t)json_get(node, token_names[i])->valuedouble;
	return true;
}

static void read_token_truth(void)
{
	struct db_stmt *st;

	db_query(session->db, &st,
		 "SELECT \"taskId\",\"tokensUsed\" FROM \"task_executions\"",
		 "");
	while (db_step(st) > 0) {
		int64_t task = db_column_int(st, 0);
		tasks[task].counted |= read_tokens(st, 1, tasks[task].tokens);
	}
	db_reset(st);
}

static void compare_tokens(void)
{
	struct db_stmt *st;

	read_token_truth();
	db_query(session->db, &st,
		 "SELECT \"id\",\"tokenUsage\" FROM \"tasks\"", "");
	while (db_step(st) > 0) {
		int64_t id = db_column_int(st, 0), found[3] = {0};
		assert_int_equal(read_tokens(st, 1, found), tasks[id].counted);
		assert_memory_equal(found, tasks[id].tokens, sizeof(found));
	}
	db_reset(st);
}

static double real(const struct awm_value *v)
{
	return v->kind == AWM_REAL ? v->r : v->kind == AWM_INT ? v->i : NAN;
}

static void compare_tasks(void)
{
	struct awm_value minutes, cost;
	struct db_stmt *st;

	db_query(session->db, &st,
		 "SELECT \"id\",\"actualMinutes\",\"actualCost\" "
		 "FROM \"tasks\"",
		 "");
	while (db_step(st) > 0) {
		int64_t id = db_column_int(st, 0);
		db_column(st, 1, &minutes);
		db_column(st, 2, &cost);
		if (!tasks[id].entries)
			assert_int_equal(minutes.kind, AWM_NULL);
		else
			assert_int_equal(
				minutes.i,
				llround((double)tasks[id].seconds / 60));
		if (!tasks[id].priced)
			assert_int_equal(cost.kind, AWM_NULL);
		else
			assert_true(fabs(real(&cost) - tasks[id].cost) < 1e-9);
	}
	db_reset(st);
}

static void compare_projects(void)
{
	struct awm_value hours, cost;
	struct db_stmt *st;

	db_query(session->db, &st,
		 "SELECT \"id\",\"actualHours\",\"totalCost\" "
		 "FROM \"projects\"",
		 "");
	while (db_step(st) > 0) {
		int64_t id = db_column_int(st, 0);
		db_column(st, 1, &hours);
		db_column(st, 2, &cost);
		if (!projects[id].entries)
			assert_int_equal(hours.kind, AWM_NULL);
		else
			assert_true(real(&hours) ==
				    (double)projects[id].seconds / 3600);
		assert_true(fabs(real(&cost) - projects[id].cost) < 1e-9);
	}
	db_reset(st);
}

static void compare(void)
{
	read_truth();
	compare_tasks();
	compare_tokens();
	compare_projects();
}

static int tell_problem(void *ctx, const struct awm_record *row)
{
	if (strcmp(awm_record_text(row, "state"), "ok") != 0)
		print_message("# %s: %s\n", awm_record_text(row, "check"),
			      awm_record_text(row, "detail"));
	return 0;
}

/* ---- reports agree as well ---- */

static int add_cost(void *ctx, const struct awm_record *row)
{
	const struct awm_value *cost = awm_record_get(row, "cost");

	*(double *)ctx += cost->kind == AWM_REAL ? cost->r : 0;
	return 0;
}

static void costs_agree(struct awm_pool *pool)
{
	struct awm_record *total;
	double wanted = 0;
	struct db_stmt *st;

	db_query(session->db, &st,
		 "SELECT \"cost\" FROM \"task_executions\" WHERE \"cost\" IS "
		 "NOT NULL",
		 "");
	while (db_step(st) > 0) {
		struct awm_value v;
		db_column(st, 0, &v);
		wanted += real(&v);
	}
	db_reset(st);
	for (int by = AWM_COST_BY_PROJECT; by <= AWM_COST_BY_DAY; by++) {
		struct awm_cost_query q = {.by = (enum awm_cost_by)by};
		double sum = 0, all = 0;
		assert_int_equal(awm_execution_cost(session, &q, add_cost, &sum,
						    pool, &total),
				 0);
		add_cost(&all, total);
		assert_true(fabs(sum - wanted) < 1e-6);
		assert_true(fabs(all - wanted) < 1e-6);
	}
}

static int add_up(void *ctx, const struct awm_record *row)
{
	*(int64_t *)ctx += awm_record_int(row, "seconds");
	return 0;
}

static void reports_agree(void)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin",
					    "America/St_Johns"};
	struct awm_pool *pool;
	struct awm_record *total;
	int64_t wanted = 0, zone = below(3);

	assert_int_equal(awm_pool_new(&pool), 0);
	session->actor.timezone = zones[zone];
	for (int by = AWM_TIME_BY_PROJECT; by <= AWM_TIME_BY_DAY; by++) {
		struct awm_time_query q = {.by = (enum awm_time_by)by};
		int64_t sum = 0;
		assert_int_equal(awm_time_report(session, &q, add_up, &sum,
						 pool, &total),
				 0);
		assert_int_equal(sum, awm_record_int(total, "seconds"));
		if (by == AWM_TIME_BY_PROJECT)
			wanted = sum;
		assert_int_equal(sum, wanted);
	}
	costs_agree(pool);
	session->actor.timezone = "UTC";
	awm_pool_free(pool);
}

/* ---- the run ---- */

static int setup(void **state)
{
	struct awm_session_opts opts = {.as = "ada@example.com"};
	char path[128];
	const char *seed = getenv("AWM_TEST_SEED");

	snprintf(folder, sizeof(folder), "/tmp/awm-sums-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/awm.db", folder);
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	opts.db = path;
	state_of_random =
		seed ? strtoull(seed, NULL, 10)
		     : (uint64_t)time(NULL) * 2654435761U + (uint64_t)getpid();
	print_message("# AWM_TEST_SEED=%llu\n",
		      (unsigned long long)state_of_random);
	state_of_random = state_of_random * 2 + 1;
	if (awm_session_open(&opts, &session))
		return -1;
	session->now = START;
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	awm_session_close(session);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void test_sums(void **state)
{
	const char *text = getenv("AWM_TEST_OPERATIONS");
	long wanted = text ? strtol(text, NULL, 10) : 6000, checked = 0;

	while (done < wanted) {
		int rc = awm_transaction(session, run_batch, NULL);
		assert_true(rc == 0 || rc == -AWM_INVALID);
		compare();
		take_back();
		compare();
		if (done < checked + 500)
			continue;
		checked = done;
		reports_agree();
		rc = awm_db_check(session, tell_problem, NULL);
		if (rc)
			fail_msg("%s", awm_error_last()->message);
	}
	print_message("# %ld operations, %ld refused, %ld changes undone; "
		      "%lld entries left\n",
		      done, refused, undone,
		      (long long)number("SELECT COUNT(*) FROM \"time_entries\" "
					"WHERE ?1=0",
					0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
