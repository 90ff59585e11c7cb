// SPDX-License-Identifier: MIT
/* What a run may cost, before it does. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "domain/budget.h"
#include "domain/exec.h"

/* How much a model is taken to answer at most when nobody bounds it. */
#define USUAL_TOKENS 32000
/* What a bound that awm works out itself may not go below: vendors refuse
 * less. */
#define LEAST_TOKENS 16
/* How many bytes a token has: few when it is asked what something may cost,
 * more when a running answer is held to it. */
#define BYTES_LEAST 3
#define BYTES_USUAL 4

static double cost_of(const struct exec_job *job, int64_t prompt,
		      int64_t completion)
{
	struct provider_usage usage = {prompt, completion, prompt + completion,
				       -1,     -1,	   -1};
	double cost = 0;

	if (!provider_cost(&job->rates, &usage, &cost))
		return 0;
	return cost;
}

static int64_t prompt_tokens(const struct exec_job *job)
{
	return (job->prompt_bytes + BYTES_LEAST - 1) / BYTES_LEAST;
}

static void lower(struct exec_job *job, double limit)
{
	if (!job->has_limit || limit < job->limit)
		job->limit = limit;
	job->has_limit = true;
}

static size_t jobs_of_project(const struct exec_job *job)
{
	const struct exec *x = job->exec;
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		n += x->jobs[i].project == job->project;
	return n;
}

static int check_budget(struct exec_job *job)
{
	struct execution_start start = {
		.task = job->spec->task,
		.provider = job->access.provider,
		.has_estimate = job->has_estimate,
		.estimate = job->estimate,
	};

	if (job->exec->opts->ignore_budget)
		return 0;
	return budget_check(job->exec->session, &start);
}

static int find_limit(struct exec_job *job)
{
	const struct awm_exec_opts *opts = job->exec->opts;
	bool has = false;
	double left;
	int rc = 0;

	if (opts->has_max_cost)
		lower(job, opts->max_cost / (double)job->exec->n);
	if (!opts->ignore_budget)
		rc = budget_left(job->exec->session, job->spec->task, &has,
				 &left);
	if (!rc && has)
		lower(job,
		      (left > 0 ? left : 0) / (double)jobs_of_project(job));
	return rc;
}

static int refuse_unknown(const struct exec_job *job)
{
	err_set(AWM_INVALID,
		"nobody knows what '%s' of %s costs, so that no most can be "
		"kept to",
		job->model, job->access.provider);
	return err_hint("awm provider prices import FILE, or another --model");
}

static int refuse_dear(const struct exec_job *job)
{
	size_t n = job->exec->n;
	int rc = check_budget((struct exec_job *)job);

	if (rc)
		return rc;
	err_set(AWM_INVALID, "task %lld: a run may cost $%.6g, more than $%.6g",
		(long long)job->spec->task, job->estimate, job->limit);
	if (job->spec->max_tokens)
		return err_hint("give a lower --max-tokens or a higher "
				"--max-cost");
	return n > 1 ? err_hint("--max-cost is for all %zu runs together", n)
		     : err_hint("give a higher --max-cost, or a cheaper "
				"--model");
}

/* How long an answer may get for the money; some is left over, since nobody
 * counts tokens quite alike. */
static int64_t tokens_for(const struct exec_job *job)
{
	int64_t prompt = prompt_tokens(job);
	double fixed = cost_of(job, prompt, 0);
	double each = (cost_of(job, prompt, 1000000) - fixed) / 1e6;
	double room = 0.8 * (job->limit - fixed);

	if (room <= 0)
		return 0;
	return each <= 0 || room / each > USUAL_TOKENS ? USUAL_TOKENS
						       : (int64_t)(room / each);
}

static int hold(struct exec_job *job)
{
	int64_t tokens = job->max_tokens ? 0 : tokens_for(job);

	if (tokens < LEAST_TOKENS)
		return refuse_dear(job);
	job->max_tokens = tokens;
	job->estimate = cost_of(job, prompt_tokens(job), tokens);
	return 0;
}

static int estimate(struct exec_job *job)
{
	int64_t tokens = job->max_tokens ? job->max_tokens : USUAL_TOKENS;
	int rc;

	if (!strcmp(job->access.provider, "local")) {
		job->has_estimate = true;
		job->has_limit = false;
		return 0;
	}
	rc = price_find(job->exec->session, job->access.provider, job->model,
			job->exec->session->now, &job->rates, &job->priced);
	if (rc)
		return rc;
	if (!job->priced && job->exec->opts->has_max_cost)
		return refuse_unknown(job);
	if (!job->priced)
		return check_budget(job);
	job->has_estimate = true;
	job->estimate = cost_of(job, prompt_tokens(job), tokens);
	if (job->has_limit && job->estimate > job->limit)
		return hold(job);
	return 0;
}

/* All that is sent counts: a schema is read by the model as well. */
static int measure(struct exec_job *job)
{
	_cleanup_buf_ struct buf schema = {0};

	job->prompt_bytes = (int64_t)strlen(job->prompt.text);
	if (job->spec->system)
		job->prompt_bytes += (int64_t)strlen(job->spec->system);
	if (!job->schema)
		return 0;
	json_print(&schema, job->schema);
	job->prompt_bytes += (int64_t)schema.len;
	return buf_check(&schema);
}

int exec_money(struct exec_job *job)
{
	int rc = measure(job);

	job->max_tokens = job->spec->max_tokens;
	if (!rc)
		rc = find_limit(job);
	return rc ? rc : estimate(job);
}

bool exec_is_dear(const struct exec_job *job)
{
	return job->priced && job->has_limit &&
	       cost_of(job, job->prompt_bytes / BYTES_USUAL,
		       (int64_t)job->given / BYTES_USUAL) > job->limit;
}
