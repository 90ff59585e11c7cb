// SPDX-License-Identifier: MIT
/* Many runs at once, in one thread: who begins when, and who waits for what. */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/exec.h"

#define LOOK_MS 1000 /* how often it is asked whether runs are wanted */
#define TURN_MS 100  /* how often somebody is shown how it goes */

int64_t exec_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- beginning ---- */

/* What cannot be told from the row, and a repetition needs. */
static int request_metadata(struct exec_job *job, struct buf *b)
{
	struct jsonw w = {.out = b};
	_cleanup_buf_ struct buf schema = {0};

	jsonw_object(&w);
	if (job->spec->system) {
		jsonw_key(&w, "system");
		jsonw_str(&w, job->spec->system);
	}
	if (job->schema) {
		json_print(&schema, job->schema);
		jsonw_key(&w, "schema");
		jsonw_raw(&w, buf_str(&schema), schema.len);
		jsonw_key(&w, "schemaName");
		jsonw_str(&w, job->schema_name);
	}
	if (job->spec->schema_unheld) {
		jsonw_key(&w, "schemaUnheld");
		jsonw_bool(&w, true);
	}
	if (job->access.config_name) {
		jsonw_key(&w, "config");
		jsonw_str(&w, job->access.config_name);
	}
	if (job->access.command) {
		jsonw_key(&w, "command");
		jsonw_bool(&w, true);
	} else {
		jsonw_key(&w, "baseUrl");
		jsonw_str(&w, job->access.base_url);
	}
	jsonw_end_object(&w);
	return schema.failed ? -AWM_NOMEM : buf_check(b);
}

static int begin_row(struct exec_job *job)
{
	const struct awm_exec_opts *o = job->exec->opts;
	_cleanup_buf_ struct buf metadata = {0};
	struct execution_start start = {
		.task = job->spec->task,
		.prompt = job->prompt.text,
		.context = job->prompt.context,
		.provider = job->access.provider,
		.model = job->model,
		.has_temperature = job->spec->has_temperature,
		.temperature = job->spec->temperature,
		.max_tokens = job->max_tokens,
		.config = job->access.config,
		.skill = job->spec->skill,
		.retry_of = job->spec->retry_of,
		.has_estimate = job->has_estimate,
		.estimate = job->estimate,
		.ignore_budget = o->ignore_budget,
	};
	int rc = request_metadata(job, &metadata);

	start.metadata = buf_str(&metadata);
	if (!rc)
		rc = execution_begin(job->exec->session, &start,
				     &job->execution);
	return rc;
}

static void tell_warnings(struct exec_job *job)
{
	for (size_t i = 0; i < job->access.nwarnings; i++)
		exec_notice(job, "%s", job->access.warnings[i]);
	for (size_t i = 0; i < job->http.nwarnings; i++)
		exec_notice(job, "%s", job->http.warnings[i]);
	if (job->max_tokens && !job->spec->max_tokens)
		exec_notice(job,
			    "the answer is held to %lld tokens, by what it may "
			    "cost",
			    (long long)job->max_tokens);
}

static void begin(struct exec_job *job)
{
	struct exec *x = job->exec;
	const struct awm_exec_hooks *h = x->hooks;
	int rc;

	rc = begin_row(job);
	if (rc) {
		exec_finish(job, rc);
		return;
	}
	job->begun = exec_clock();
	x->active[x->nactive++] = job;
	if (h->started)
		exec_stop(x, h->started(h->ctx, job->run, job->spec->task,
					job->execution, job->access.provider,
					job->model));
	tell_warnings(job);
	rc = exec_attempt(job);
	if (rc)
		exec_fail(job, rc);
}

static bool waits(const struct exec_job *job)
{
	return job->serial && job->before && job->before->state != EXEC_DONE;
}

static void skip(struct exec_job *job)
{
	char why[128];

	snprintf(why, sizeof(why), "not run, as task %lld before it failed",
		 (long long)job->before->spec->task);
	exec_skip(job,
		  job->before->result->err ? -job->before->result->err
					   : AWM_INVALID,
		  why);
}

static void begin_one(struct exec_job *job)
{
	if (job->serial && job->before && job->before->result->err &&
	    !job->exec->opts->keep_going)
		skip(job);
	else
		begin(job);
}

static void begin_more(struct exec *x)
{
	for (size_t i = x->next; i < x->n && x->nactive < x->jobs_max; i++)
		if (x->jobs[i].state == EXEC_WAITING && !waits(&x->jobs[i]))
			begin_one(&x->jobs[i]);
	while (x->next < x->n && x->jobs[x->next].state != EXEC_WAITING)
		x->next++;
}

/* ---- ending ---- */

void exec_stop(struct exec *x, int rc)
{
	if (!rc || x->stop_rc)
		return;
	x->stop_rc = rc;
	x->stop_error = *awm_error_last();
}

static void stop_all(struct exec *x)
{
	x->stopped = true;
	for (size_t i = 0; i < x->nactive; i++)
		exec_cut(x->active[i], CUT_INTERRUPT);
	for (size_t i = x->next; i < x->n; i++)
		if (x->jobs[i].state == EXEC_WAITING)
			exec_skip(&x->jobs[i], AWM_INTERRUPTED, "interrupted");
}

/* Of a database that is busy nobody asks twice. */
static void look_for_cancelled(struct exec *x)
{
	int64_t now = exec_clock();
	bool cancelled;

	if (now - x->looked < LOOK_MS)
		return;
	x->looked = now;
	for (size_t i = 0; i < x->nactive; i++) {
		struct exec_job *job = x->active[i];

		if (job->cut)
			continue;
		if (execution_is_cancelled(x->session, job->execution,
					   &cancelled))
			err_clear();
		else if (cancelled)
			exec_cut(job, CUT_CANCEL);
	}
}

static void settle(struct exec_job *job, int64_t now)
{
	if (job->state == EXEC_PAUSED && now >= job->resume) {
		int rc = exec_attempt(job);
		if (rc)
			exec_fail(job, rc);
		return;
	}
	if (job->state == EXEC_RUNNING && job->process)
		exec_step(job);
	if (job->call && job->settle && now >= job->settle)
		job->exec->ops->cancel(job->call);
	if (job->state == EXEC_OVER)
		exec_judge(job);
}

static void settle_all(struct exec *x)
{
	int64_t now = exec_clock();
	size_t kept = 0;

	for (size_t i = 0; i < x->nactive; i++)
		settle(x->active[i], now);
	for (size_t i = 0; i < x->nactive; i++)
		if (x->active[i]->state != EXEC_DONE)
			x->active[kept++] = x->active[i];
	x->nactive = kept;
}

/* ---- waiting ---- */

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int wait_ms(const struct exec *x)
{
	int64_t now = exec_clock();
	int64_t ms = x->hooks->turn ? TURN_MS : LOOK_MS;

	for (size_t i = 0; i < x->nactive; i++) {
		const struct exec_job *job = x->active[i];

		if (job->state == EXEC_OVER)
			return 0;
		if (job->state == EXEC_PAUSED)
			ms = sooner(ms, job->resume - now);
		if (job->settle && job->call)
			ms = sooner(ms, job->settle - now);
		if (job->process)
			ms = sooner(ms, TURN_MS);
	}
	return ms > 0 ? (int)ms : 0;
}

static void drain_wake(struct exec *x)
{
	uint64_t count;

	if (x->session->stop && read(x->wake, &count, sizeof(count)) < 0)
		return; /* nothing was there */
}

static void pause_all(struct exec *x)
{
	struct pollfd fd = {.fd = x->epoll, .events = POLLIN};
	struct net_error e = {0};
	unsigned running;
	int ms = wait_ms(x);

	if (!x->net) {
		poll(&fd, 1, ms);
	} else if (x->ops->run(x->net, ms, x->epoll, &running, &e)) {
		exec_stop(x, err_set(AWM_REMOTE, "%s", e.message));
		/* ends every transfer */
		x->ops->close(x->net);
		x->net = NULL;
	}
	drain_wake(x);
}

static void turn(struct exec *x)
{
	const struct awm_exec_hooks *h = x->hooks;

	if (h->turn)
		exec_stop(x, h->turn(h->ctx));
	if ((x->session->stop || x->stop_rc) && !x->stopped)
		stop_all(x);
	else if (!x->stopped)
		look_for_cancelled(x);
	if (x->nactive)
		pause_all(x);
}

void exec_loop(struct exec *x)
{
	x->looked = exec_clock();
	for (;;) {
		if (!x->stopped)
			begin_more(x);
		settle_all(x);
		if (!x->nactive && (x->stopped || x->next >= x->n))
			return;
		turn(x);
	}
}
