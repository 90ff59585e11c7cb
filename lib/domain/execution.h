/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_EXECUTION_H
#define DOMAIN_EXECUTION_H

#include <awm/execution.h>
#include <stdbool.h>

#include "domain/mutate.h"
#include "provider/provider.h"

/*
 * The rows of runs. A row is written 'running' before anything leaves the
 * machine, with the process that runs it, and ended exactly once; the sums of
 * task and project follow in the same transaction. All through mutate.
 */

struct execution_start {
	int64_t task;
	const char *prompt;
	const char *context;  /* JSON, or NULL */
	const char *provider; /* openai, anthropic, google, local */
	const char *model;    /* as asked for */
	bool has_temperature;
	double temperature;
	int64_t max_tokens; /* 0: not given */
	int64_t config;	    /* row of ai_provider_configs, or 0 */
	int64_t skill;	    /* or 0; its version is noted, usage counted */
	int64_t retry_of;   /* the execution this repeats, or 0 */
	bool has_estimate;
	double estimate;      /* what it may cost at most */
	bool ignore_budget;   /* the person said so */
	const char *metadata; /* JSON object, or NULL */
};

/*
 * AWM_NOT_FOUND, AWM_DENIED (viewer), AWM_INVALID: the task is deleted, or the
 * project's budget does not hold the estimate (nothing left, without one).
 * The budget is looked at in the transaction that writes the row: of two runs
 * that together pass it, one is refused. The number follows the task's last.
 */
int execution_begin(struct awm_session *s, const struct execution_start *start,
		    int64_t *ret_id);

enum execution_status {
	EXECUTION_SUCCESS,
	EXECUTION_FAILED,
	EXECUTION_CANCELLED
};

struct execution_end {
	enum execution_status status;
	const char *response; /* what came, also a part; NULL: nothing */
	size_t response_len;
	const char *model; /* as echoed; NULL: leave */
	struct provider_usage usage;
	bool has_cost; /* else by the prices of the day; unknown: NULL */
	double cost;
	int64_t duration_ms;
	const char *error; /* one line, secrets masked; NULL: none */
	int64_t retries;
	const char *finish;   /* "stop", …; NULL: not told */
	const char *metadata; /* JSON object: requestId, responseId, attempts…
				 added to what is there; NULL: nothing */
};

/* AWM_CONFLICT when the run has ended already (somebody cancelled it): then
 * nothing is written but tokens, cost, response and metadata, which were paid
 * for, where the row does not have them yet; that much is committed. */
int execution_end(struct awm_session *s, int64_t id,
		  const struct execution_end *end);

/* Marks runs of this machine whose process is no more as failed; cheap when
 * there are none. Nothing where the acting user may not write. */
int execution_reap(struct awm_session *s);

/* Whether somebody asked for this run's end ("exec cancel" of another
 * process), or it has ended, or its row is gone. */
int execution_is_cancelled(struct awm_session *s, int64_t id, bool *ret);

/* The rates of a model at an instant; *ret_known false when there is no price.
 * Providers `local` cost 0. */
int price_find(struct awm_session *s, const char *provider, const char *model,
	       int64_t at, struct provider_rates *ret, bool *ret_known);

/* What the task's project may still spend, by its budget; *ret_has false
 * without one. Runs under way count with what they were estimated at. */
int budget_left(struct awm_session *s, int64_t task, bool *ret_has,
		double *ret);

/* ---- within lib/domain ---- */

extern const struct rules execution_rules, model_price_rules;

#endif
