// SPDX-License-Identifier: MIT
/* Calls that were made without awm: rows that have ended when they are
 * written. */
#include <string.h>

#include "base/err.h"
#include "domain/execution_run.h"
#include "domain/pool.h"

#define COST_MAX 1e12 /* as of budgets */

struct recording {
	const struct awm_execution_call *call;
	const char *status;
	int64_t started, completed;
	struct arena *arena;
	struct awm_record *record;
};

static int check_call(const struct recording *r)
{
	const struct awm_execution_call *call = r->call;
	static const char *const ended[] = {"success", "failed", "cancelled"};
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(ended); i++)
		known |= !strcmp(r->status, ended[i]);
	if (!known) {
		err_set(AWM_USAGE, "a recorded execution is no '%s'",
			r->status);
		return err_hint("one of success, failed, cancelled");
	}
	if (!strcmp(r->status, "success") && !call->response)
		return err_set(AWM_INVALID,
			       "an execution that succeeded has a response");
	if (!strcmp(r->status, "success") && call->error)
		return err_set(AWM_INVALID, "an execution that succeeded has "
					    "no error");
	return 0;
}

/* What is not said is so that it ended now. */
static int settle_times(struct awm_session *s, struct recording *r)
{
	int64_t duration = r->call->duration < 0 ? 0 : r->call->duration;

	if (!r->call->started) {
		r->completed = s->now;
		if (!__builtin_sub_overflow(s->now, duration, &r->started))
			return 0;
	} else {
		r->started = r->call->started;
		if (!__builtin_add_overflow(r->started, duration,
					    &r->completed) &&
		    r->completed <= s->now)
			return 0;
	}
	return err_set(AWM_INVALID, "the execution would end in the future");
}

static int add_numbers(struct awm_session *s, struct recording *r,
		       struct execution_sets *sets)
{
	const struct awm_execution_call *call = r->call;
	struct execution_priced what = {
		.provider = call->provider,
		.model = call->model,
		.at = r->started,
		.usage = {call->prompt_tokens, call->completion_tokens, -1, -1,
			  -1, -1},
	};
	struct awm_value tokens, cost = AWM_VALUE_REAL(call->cost);
	int rc = execution_tokens(&what.usage, r->arena, &tokens);

	/* Sums of what is no amount are none either. */
	if (call->has_cost && call->cost > COST_MAX)
		return err_set(AWM_INVALID,
			       "cost: want an amount in US dollars");
	if (!rc && !call->has_cost)
		rc = execution_price(s, &what, &cost);
	if (rc)
		return rc;
	execution_set(sets, EXECUTION_tokensUsed, tokens);
	execution_set(sets, EXECUTION_cost, cost);
	if (call->duration >= 0)
		execution_set(sets, EXECUTION_duration,
			      AWM_VALUE_INT(call->duration));
	return 0;
}

static int add_row(struct awm_session *s, struct recording *r)
{
	const struct awm_execution_call *call = r->call;
	struct execution_sets sets = {0};
	int64_t number;
	int rc = execution_task(s, call->task, &number);

	if (!rc)
		rc = add_numbers(s, r, &sets);
	if (rc)
		return rc;
	execution_set(&sets, EXECUTION_taskId, AWM_VALUE_INT(call->task));
	execution_set(&sets, EXECUTION_executionNumber, AWM_VALUE_INT(number));
	execution_set(&sets, EXECUTION_prompt, awm_value_text(call->prompt));
	execution_set(&sets, EXECUTION_response,
		      awm_value_text(call->response));
	execution_set(&sets, EXECUTION_aiProvider,
		      awm_value_text(call->provider));
	execution_set(&sets, EXECUTION_model, awm_value_text(call->model));
	execution_set(&sets, EXECUTION_status, awm_value_text(r->status));
	execution_set(&sets, EXECUTION_errorMessage,
		      awm_value_text(call->error));
	execution_set(&sets, EXECUTION_completedAt,
		      AWM_VALUE_INT(r->completed));
	execution_set(&sets, EXECUTION_createdAt, AWM_VALUE_INT(r->started));
	return mutate_add(s, &entity_execution, sets.items, sets.count, NULL,
			  NULL, r->arena, &r->record);
}

static int run_record(struct awm_session *s, void *ctx)
{
	struct recording *r = ctx;
	struct execution_run run = {.user = s->actor.id,
				    .skill = r->call->skill,
				    .requested_model = r->call->model,
				    .metadata = "{\"recorded\":true}"};
	int rc = role_require(s, ROLE_MEMBER, "record an execution");

	if (!rc)
		rc = add_row(s, r);
	if (rc)
		return rc;
	run.execution = r->record->values[EXECUTION_id].i;
	return execution_run_add(s, &run);
}

int awm_execution_record(struct awm_session *s,
			 const struct awm_execution_call *call,
			 struct awm_pool *pool, struct awm_record **ret)
{
	struct arena own = {0};
	struct recording r = {
		.call = call,
		.status = call->status	? call->status
			  : call->error ? "failed"
					: "success",
		.arena = pool ? pool_arena(pool) : &own,
	};
	int rc = check_call(&r);

	if (!rc)
		rc = settle_times(s, &r);
	if (!rc)
		rc = awm_transaction(s, run_record, &r);
	if (!rc && ret)
		*ret = r.record;
	arena_release(&own);
	return rc;
}
