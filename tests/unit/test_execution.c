/* SPDX-License-Identifier: MIT */

/*
 * Executions as the engine sees them: a row before anything, ended once,
 * budgets that hold under the write lock, dead processes found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awm/awm.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "domain/execution_run.h"
#include "domain/session.h"

static char folder[64];
static struct awm_session *session;
static struct awm_pool *pool;
static int64_t project, task;

static int64_t number(const char *sql, int64_t arg)
{
	struct awm_value v;

	assert_int_equal(db_get(session->db, NULL, &v, sql, "i", arg), 0);
	return v.kind == AWM_INT ? v.i : 0;
}

static double amount(const char *sql, int64_t arg)
{
	struct awm_value v;

	assert_int_equal(db_get(session->db, NULL, &v, sql, "i", arg), 0);
	return v.kind == AWM_REAL ? v.r : NAN;
}

static struct awm_record *show(int64_t id)
{
	struct awm_record *row;

	assert_int_equal(awm_execution_show(session, id, pool, &row), 0);
	return row;
}

static void has(const struct awm_record *row, const char *field,
		const char *text)
{
	assert_string_equal(awm_record_text(row, field), text);
}

static int64_t begin(const struct execution_start *start)
{
	int64_t id;

	if (execution_begin(session, start, &id))
		fail_msg("%s", awm_error_last()->message);
	return id;
}

static struct execution_start a_start(void)
{
	return (struct execution_start){.task = task,
					.prompt = "say hello",
					.provider = "openai",
					.model = "gpt-5.5"};
}

static struct execution_end an_end(const char *response)
{
	return (struct execution_end){
		.status = EXECUTION_SUCCESS,
		.response = response,
		.response_len = strlen(response),
		.usage = {1000, 100, 1100, -1, -1, -1},
		.duration_ms = 1234,
		.finish = "stop",
	};
}

static void add_task(void)
{
	struct awm_set p = {&entity_project.fields[PROJECT_title],
			    awm_value_text("P")};
	struct awm_set t[2] = {
		{&entity_task.fields[TASK_title], awm_value_text("t")}};
	struct awm_record *row;

	assert_int_equal(awm_add(session, &entity_project, &p, 1, pool, &row),
			 0);
	project = awm_record_int(row, "id");
	t[1] = (struct awm_set){&entity_task.fields[TASK_projectId],
				AWM_VALUE_INT(project)};
	assert_int_equal(awm_add(session, &entity_task, t, 2, pool, &row), 0);
	task = awm_record_int(row, "id");
}

static int setup(void **state)
{
	struct awm_session_opts opts = {.as = "ada@example.com"};
	char path[128];

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/awm-execution-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/awm.db", folder);
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	opts.db = path;
	if (awm_session_open(&opts, &session) || awm_pool_new(&pool))
		return -1;
	add_task();
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	awm_pool_free(pool);
	awm_session_close(session);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* ---- begin and end ---- */

static void test_whole(void **state)
{
	struct execution_start start = a_start();
	struct execution_end end = an_end("hello");
	struct awm_record *row;
	int64_t id;

	(void)state;
	start.has_temperature = true;
	start.temperature = 0.5;
	start.max_tokens = 200;
	start.context = "{\"a\":1}";
	start.metadata = "{\"who\":\"me\",\"n\":1}";
	id = begin(&start);
	row = show(id);
	has(row, "status", "running");
	has(row, "requestedModel", "gpt-5.5");
	assert_int_equal(awm_record_int(row, "executionNumber"), 1);
	assert_int_equal(awm_record_int(row, "pid"), getpid());
	assert_int_equal(awm_record_int(row, "userId"), 1);
	assert_int_equal(awm_record_get(row, "completedAt")->kind, AWM_NULL);

	end.model = "gpt-5.5-2026-04-23";
	end.retries = 2;
	end.metadata = "{\"requestId\":\"r\",\"n\":2}";
	assert_int_equal(execution_end(session, id, &end), 0);
	row = show(id);
	has(row, "status", "success");
	has(row, "response", "hello");
	has(row, "model", "gpt-5.5-2026-04-23");
	has(row, "finishReason", "stop");
	has(row, "metadata", "{\"who\":\"me\",\"requestId\":\"r\",\"n\":2}");
	has(row, "tokensUsed",
	    "{\"promptTokens\":1000,\"completionTokens\":100,"
	    "\"totalTokens\":1100}");
	assert_int_equal(awm_record_int(row, "duration"), 1234);
	assert_int_equal(awm_record_int(row, "retryCount"), 2);
	assert_true(fabs(awm_record_get(row, "cost")->r - 0.008) < 1e-12);
	assert_true(fabs(amount("SELECT \"totalCost\" FROM \"projects\" "
				"WHERE \"id\"=?1",
				project) -
			 0.008) < 1e-12);
	assert_int_equal(
		number("SELECT json_extract(\"tokenUsage\",'$.totalTokens') "
		       "FROM \"tasks\" WHERE \"id\"=?1",
		       task),
		1100);
	assert_int_equal(number("SELECT COUNT(*) FROM \"activities\" WHERE "
				"\"type\" IN ('execution.started',"
				"'execution.succeeded') AND \"taskId\"=?1",
				task),
			 2);
	/* What was said stands in the row, and in no second place. */
	assert_int_equal(
		number("SELECT COUNT(*) FROM \"activities\" WHERE "
		       "instr(\"changes\",'say hello') AND \"taskId\"=?1",
		       task),
		0);
	start = a_start();
	assert_int_equal(awm_record_int(show(begin(&start)), "executionNumber"),
			 2);
}

static void test_once(void **state)
{
	struct execution_start start = a_start();
	struct execution_end end = an_end("first");
	int64_t id = begin(&start);
	struct awm_record *row;
	bool cancelled;

	(void)state;
	assert_int_equal(execution_is_cancelled(session, id, &cancelled), 0);
	assert_false(cancelled);
	assert_int_equal(
		execution_stop(session, id, "cancelled", "enough", NULL, NULL),
		0);
	assert_int_equal(execution_is_cancelled(session, id, &cancelled), 0);
	assert_true(cancelled);
	end.metadata = "{\"late\":true}";
	end.error = "not told";
	assert_int_equal(execution_end(session, id, &end), -AWM_CONFLICT);
	row = show(id);
	has(row, "status", "cancelled");
	has(row, "errorMessage", "enough");
	has(row, "response", "first");
	has(row, "metadata", "{\"late\":true}");
	has(row, "finishReason", "");
	assert_true(awm_record_get(row, "cost")->kind == AWM_REAL);
	end = an_end("second");
	end.has_cost = true;
	end.cost = 7;
	assert_int_equal(execution_end(session, id, &end), -AWM_CONFLICT);
	row = show(id);
	has(row, "response", "first");
	assert_true(awm_record_get(row, "cost")->r < 1);
	assert_int_equal(execution_is_cancelled(session, 9999, &cancelled), 0);
	assert_true(cancelled);
	assert_int_equal(execution_end(session, 9999, &end), -AWM_NOT_FOUND);
}

static void cost_is(const struct execution_end *end, const char *provider,
		    const char *model, bool known)
{
	struct execution_start start = a_start();
	int64_t id;

	start.provider = provider;
	start.model = model;
	id = begin(&start);
	assert_int_equal(execution_end(session, id, end), 0);
	assert_int_equal(awm_record_get(show(id), "cost")->kind,
			 known ? AWM_REAL : AWM_NULL);
}

static void test_unknown(void **state)
{
	struct execution_end end = an_end("x"), untold = an_end("x");

	(void)state;
	untold.usage = (struct provider_usage){-1, -1, -1, -1, -1, -1};
	cost_is(&end, "openai", "no-such-model", false);
	cost_is(&untold, "openai", "gpt-5.5", false);
	/* What runs here costs nothing, whatever it tells. */
	cost_is(&untold, "local", "llama", true);
	/* The model that was asked for, where the one that answered has no
	 * price. */
	end.model = "some-deployment";
	cost_is(&end, "openai", "gpt-5.5", true);
	untold.usage.prompt = 5;
	cost_is(&untold, "openai", "gpt-5.5", false);
}

static void test_refused(void **state)
{
	struct execution_start start = a_start();
	int64_t id, there = task;

	(void)state;
	start.task = 9999;
	assert_int_equal(execution_begin(session, &start, &id), -AWM_NOT_FOUND);
	start = a_start();
	start.skill = 9999;
	assert_int_equal(execution_begin(session, &start, &id), -AWM_NOT_FOUND);
	start = a_start();
	session->actor.role = "viewer";
	assert_int_equal(execution_begin(session, &start, &id), -AWM_DENIED);
	session->actor.role = "admin";
	add_task();
	assert_int_equal(awm_task_do(session, AWM_TASK_RM, task, NULL, NULL),
			 0);
	start.task = task;
	assert_int_equal(execution_begin(session, &start, &id), -AWM_INVALID);
	task = there;
	assert_int_equal(number("SELECT COUNT(*) FROM \"task_executions\" x "
				"LEFT JOIN \"execution_runs\" r ON "
				"r.\"executionId\"=x.\"id\" WHERE "
				"r.\"executionId\" IS NULL OR ?1=1",
				0),
			 0);
}

/* ---- budgets ---- */

static double left(void)
{
	double ret = NAN;
	bool known;

	assert_int_equal(budget_left(session, task, &known, &ret), 0);
	return known ? ret : NAN;
}

static void test_budget(void **state)
{
	struct execution_start start;
	struct execution_end end = an_end("x");
	int64_t first, id;

	(void)state;
	add_task();
	start = a_start();
	assert_true(isnan(left()));
	assert_int_equal(
		awm_project_budget(session, project, true, 1, NULL, NULL), 0);
	start.has_estimate = true;
	start.estimate = 0.7;
	first = begin(&start);
	assert_true(fabs(left() - 0.3) < 1e-12);
	/* Both would pass if each looked for itself. */
	assert_int_equal(execution_begin(session, &start, &id), -AWM_INVALID);
	assert_non_null(strstr(awm_error_last()->message, "0.3"));
	start.ignore_budget = true;
	id = begin(&start);
	/* A refusal is free; of one that ended without a word nobody knows. */
	assert_int_equal(execution_end(session, id,
				       &(struct execution_end){
					       .status = EXECUTION_FAILED,
					       .error = "x"}),
			 0);
	start.ignore_budget = false;
	end.has_cost = true;
	end.cost = 1;
	assert_int_equal(execution_end(session, first, &end), 0);
	assert_true(fabs(left()) < 1e-12);
	/* Used up: nothing that may cost anything, but what is free. */
	start.has_estimate = false;
	assert_int_equal(execution_begin(session, &start, &id), -AWM_INVALID);
	start.provider = "local";
	begin(&start);
	start.provider = "openai";
	start.has_estimate = true;
	start.estimate = 0;
	begin(&start);
	assert_int_equal(
		awm_project_budget(session, project, true, -1, NULL, NULL),
		-AWM_USAGE);
	assert_int_equal(
		awm_project_budget(session, project, true, NAN, NULL, NULL),
		-AWM_USAGE);
	assert_int_equal(
		awm_project_budget(session, project, false, 0, NULL, NULL), 0);
	assert_true(isnan(left()));
}

/* ---- processes ---- */

/* SQL with ids in it, past every rule. */
static int run_script(struct db *db, void *sql)
{
	return db_script(db, sql);
}

static void plant(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void plant(const char *fmt, ...)
{
	char sql[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	assert_int_equal(db_write(session->db, run_script, sql), 0);
}

/* The execution as if that process ran it. */
static void run_by(int64_t id, const struct pid_mark *mark)
{
	plant("UPDATE \"execution_runs\" SET \"host\"='%s',\"bootId\"='%s',"
	      "\"pid\"=%lld,\"pidStart\"=%lld WHERE \"executionId\"=%lld",
	      mark->host, mark->boot, (long long)mark->pid,
	      (long long)mark->start, (long long)id);
}

static int64_t running_by(const struct pid_mark *mark)
{
	struct execution_start start = a_start();
	int64_t id = begin(&start);

	run_by(id, mark);
	return id;
}

static void status_is(int64_t id, const char *status)
{
	struct arena arena = {0};
	struct awm_value v;

	assert_int_equal(db_get(session->db, &arena, &v,
				"SELECT \"status\" FROM \"task_executions\" "
				"WHERE \"id\"=?1",
				"i", id),
			 0);
	assert_string_equal(v.s, status);
	arena_release(&arena);
}

static void test_reap(void **state)
{
	struct pid_mark here, other, boot, start, gone;
	int64_t ids[5], old;
	pid_t child = fork();

	(void)state;
	if (!child)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	pid_here(&here);
	other = boot = start = gone = here;
	snprintf(other.host, sizeof(other.host), "elsewhere");
	snprintf(boot.boot, sizeof(boot.boot), "an-earlier-one");
	start.start--;
	gone.pid = child;
	ids[0] = running_by(&here);
	ids[1] = running_by(&other);
	ids[2] = running_by(&boot);
	ids[3] = running_by(&start);
	ids[4] = running_by(&gone);
	assert_int_equal(execution_reap(session), 0);
	status_is(ids[0], "running");
	status_is(ids[1], "running");
	status_is(ids[2], "failed");
	status_is(ids[3], "failed");
	status_is(ids[4], "failed");
	/* Nobody asked for that: it is nobody's to take back. */
	assert_int_equal(
		number("SELECT COUNT(*) FROM \"activities\" WHERE "
		       "\"type\"='execution.failed' AND \"changeId\" IS NOT "
		       "NULL AND \"taskId\"=?1 AND instr(\"changes\","
		       "'without a word')",
		       task),
		0);
	assert_int_equal(awm_execution_reap(session, true, NULL, NULL), 0);
	status_is(ids[1], "running");
	old = session->now - INT64_C(86400001);
	plant("UPDATE \"task_executions\" SET \"createdAt\"=%lld WHERE "
	      "\"id\"=%lld",
	      (long long)old, (long long)ids[1]);
	assert_int_equal(awm_execution_reap(session, false, NULL, NULL), 0);
	status_is(ids[1], "running");
	session->actor.role = "member";
	assert_int_equal(awm_execution_reap(session, true, NULL, NULL),
			 -AWM_DENIED);
	session->actor.role = "viewer";
	assert_int_equal(execution_reap(session), 0);
	session->actor.role = "admin";
	assert_int_equal(awm_execution_reap(session, true, NULL, NULL), 0);
	status_is(ids[1], "failed");
	status_is(ids[0], "running");
	execution_stop(session, ids[0], "failed", "x", NULL, NULL);
}

static pid_t a_child(struct pid_mark *ret)
{
	pid_t child = fork();
	char path[64], line[512], *at;
	FILE *fp;

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	pid_here(ret);
	ret->pid = child;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	fp = fopen(path, "r");
	assert_non_null(fp);
	assert_non_null(fgets(line, sizeof(line), fp));
	fclose(fp);
	at = strrchr(line, ')');
	for (int i = 0; i < 20; i++)
		at = strchr(at + 1, ' ');
	ret->start = strtoll(at + 1, NULL, 10);
	return child;
}

static bool was_stopped(pid_t child)
{
	int status;

	for (int i = 0; i < 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFSIGNALED(status) &&
			       WTERMSIG(status) == SIGTERM;
		usleep(10000);
	}
	return false;
}

static void test_cancel(void **state)
{
	struct pid_mark mark, wrong;
	struct awm_record *rows[2];
	int64_t ids[2];
	pid_t child = a_child(&mark);

	(void)state;
	wrong = mark;
	wrong.start--;
	assert_int_equal(pid_look(&mark), PID_ALIVE);
	assert_int_equal(pid_look(&wrong), PID_GONE);
	assert_false(pid_stop(&wrong));
	ids[0] = running_by(&mark);
	ids[1] = running_by(&mark);
	/* The process runs something else as well: it is only asked. */
	assert_int_equal(awm_execution_cancel(session, ids, 1, pool, rows), 0);
	has(rows[0], "status", "cancelled");
	status_is(ids[1], "running");
	assert_int_equal(pid_look(&mark), PID_ALIVE);
	assert_int_equal(awm_execution_cancel(session, ids, 2, pool, rows),
			 -AWM_INVALID);
	status_is(ids[1], "running");
	assert_int_equal(awm_execution_cancel(session, ids + 1, 1, pool, rows),
			 0);
	has(rows[0], "status", "cancelled");
	assert_true(was_stopped(child));
	ids[0] = 9999;
	assert_int_equal(awm_execution_cancel(session, ids, 1, pool, rows),
			 -AWM_NOT_FOUND);
}

static void test_damaged(void **state)
{
	struct execution_start start = a_start();
	struct execution_end end = an_end("x");
	int64_t id = begin(&start);

	(void)state;
	end.metadata = "{\"a\":1}";
	plant("UPDATE \"execution_runs\" SET \"metadata\"='[1]' WHERE "
	      "\"executionId\"=%lld",
	      (long long)id);
	assert_int_equal(execution_end(session, id, &end), 0);
	has(show(id), "metadata", "{\"a\":1}");
	id = begin(&start);
	plant("DELETE FROM \"execution_runs\" WHERE \"executionId\"=%lld",
	      (long long)id);
	/* It is nobody else's, and was paid for. */
	assert_int_equal(execution_end(session, id, &end), 0);
	status_is(id, "success");
	has(show(id), "metadata", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	cmocka_unit_test(test_once),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_budget),	cmocka_unit_test(test_reap),
		cmocka_unit_test(test_cancel),	cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
