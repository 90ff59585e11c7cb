// SPDX-License-Identifier: MIT
/* Executions: what they keep to, how one begins and how it ends. */
#include "domain/execution.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/budget.h"
#include "domain/execution_run.h"
#include "domain/sums.h"
#include "entity/store.h"

#define TOKENS_MAX (INT64_C(1) << 40)

/* ---- rules ---- */

static const char *execution_event(const struct change *c)
{
	static const char *const events[][2] = {
		{"running", "execution.started"},
		{"success", "execution.succeeded"},
		{"failed", "execution.failed"},
		{"cancelled", "execution.cancelled"},
	};

	if (!c->after || !change_differs(c, EXECUTION_status))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (value_is(&c->after[EXECUTION_status], events[i][0]))
			return events[i][1];
	return NULL;
}

static int refuse_running(const struct change *c)
{
	err_set(AWM_INVALID, "execution %lld is running", (long long)c->id);
	return err_hint("awm exec cancel %lld", (long long)c->id);
}

int execution_ended(int64_t id, const struct awm_value *status)
{
	return err_set(AWM_INVALID,
		       "execution %lld has ended: its status is "
		       "'%s'",
		       (long long)id, status->s);
}

static int execution_check(struct awm_session *s, struct change *c)
{
	bool ran =
		c->before && value_is(&c->before[EXECUTION_status], "running");

	if (!c->after)
		return ran ? refuse_running(c) : 0;
	if (!c->before || !change_differs(c, EXECUTION_status))
		return 0;
	if (!ran)
		return execution_ended(c->id, &c->before[EXECUTION_status]);
	if (!c->mask[EXECUTION_completedAt])
		change_set(c, EXECUTION_completedAt, AWM_VALUE_INT(s->now));
	return 0;
}

static int execution_wrote(struct awm_session *s, const struct change *c)
{
	const struct awm_value *row = c->after ? c->after : c->before;
	int rc = sums_cost(s, row[EXECUTION_taskId].i);

	if (!rc && c->before && c->after && change_differs(c, EXECUTION_taskId))
		rc = sums_cost(s, c->before[EXECUTION_taskId].i);
	return rc;
}

const struct rules execution_rules = {
	.entity = &entity_execution,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_ADMIN,
	.event = execution_event,
	.check = execution_check,
	.wrote = execution_wrote,
};

/* ---- what all of them need ---- */

void execution_clock(struct awm_session *s)
{
	int64_t now = time_now();

	if (now > s->now)
		s->now = now;
}

int execution_task(struct awm_session *s, int64_t task, int64_t *ret_number)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value deleted;
	int rc = db_query(s->db, &st,
			  "SELECT \"deletedAt\",(SELECT "
			  "COALESCE(MAX(\"executionNumber\"),0)+1 FROM "
			  "\"task_executions\" WHERE \"taskId\"=?1) "
			  "FROM \"tasks\" WHERE \"id\"=?1",
			  "i", task);

	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	if (!rc)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)task);
	db_column(st, 0, &deleted);
	*ret_number = db_column_int(st, 1);
	if (deleted.kind == AWM_NULL)
		return 0;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)task);
	return err_hint("awm task restore %lld", (long long)task);
}

void execution_set(struct execution_sets *sets, size_t field,
		   struct awm_value value)
{
	if (value.kind != AWM_NULL)
		sets->items[sets->count++] = (struct awm_set){
			&entity_execution.fields[field], value};
}

/* ---- begin ---- */

struct beginning {
	const struct execution_start *start;
	int64_t id;
};

static int add_row(struct awm_session *s, struct beginning *b)
{
	const struct execution_start *start = b->start;
	struct execution_sets sets = {0};
	struct arena arena = {0};
	struct awm_record *row;
	int64_t number;
	int rc = execution_task(s, start->task, &number);

	if (rc)
		return rc;
	execution_set(&sets, EXECUTION_taskId, AWM_VALUE_INT(start->task));
	execution_set(&sets, EXECUTION_executionNumber, AWM_VALUE_INT(number));
	execution_set(&sets, EXECUTION_prompt, awm_value_text(start->prompt));
	execution_set(&sets, EXECUTION_context, awm_value_text(start->context));
	execution_set(&sets, EXECUTION_aiProvider,
		      awm_value_text(start->provider));
	execution_set(&sets, EXECUTION_model, awm_value_text(start->model));
	if (start->has_temperature)
		execution_set(&sets, EXECUTION_temperature,
			      AWM_VALUE_REAL(start->temperature));
	if (start->max_tokens)
		execution_set(&sets, EXECUTION_maxTokens,
			      AWM_VALUE_INT(start->max_tokens));
	rc = mutate_add(s, &entity_execution, sets.items, sets.count, NULL,
			NULL, &arena, &row);
	if (!rc)
		b->id = row->values[EXECUTION_id].i;
	arena_release(&arena);
	return rc;
}

static int run_begin(struct awm_session *s, void *ctx)
{
	struct beginning *b = ctx;
	const struct execution_start *start = b->start;
	struct execution_run run = {
		.user = s->actor.id,
		.skill = start->skill,
		.config = start->config,
		.retry_of = start->retry_of,
		.requested_model = start->model,
		.metadata = start->metadata,
		.has_estimate = start->has_estimate,
		.estimate = start->estimate,
		.here = true,
	};
	int rc = role_require(s, ROLE_MEMBER, "run a prompt");

	if (!rc && !start->ignore_budget)
		rc = budget_check(s, start);
	if (!rc)
		rc = add_row(s, b);
	run.execution = b->id;
	return rc ? rc : execution_run_add(s, &run);
}

int execution_begin(struct awm_session *s, const struct execution_start *start,
		    int64_t *ret_id)
{
	struct beginning b = {.start = start};
	int rc;

	execution_clock(s);
	rc = awm_transaction(s, run_begin, &b);
	if (!rc)
		*ret_id = b.id;
	return rc;
}

/* ---- end ---- */

struct ending {
	int64_t id;
	const struct execution_end *end;
	bool late; /* somebody else has ended it */
	char status[16];
};

/* What a peer told; so many of them can be added up. */
static int64_t bounded(int64_t tokens)
{
	return tokens < TOKENS_MAX ? tokens : TOKENS_MAX;
}

int execution_tokens(const struct provider_usage *u, struct arena *a,
		     struct awm_value *ret)
{
	int64_t prompt = bounded(u->prompt);
	int64_t completion = bounded(u->completion);
	int64_t total = bounded(u->total);
	_cleanup_buf_ struct buf b = {0};

	*ret = AWM_VALUE_NULL;
	if (prompt < 0 && completion < 0)
		return 0;
	if (prompt < 0)
		prompt = total > completion ? total - completion : 0;
	if (completion < 0)
		completion = total > prompt ? total - prompt : 0;
	if (total < 0)
		total = prompt + completion;
	buf_addf(&b,
		 "{\"promptTokens\":%lld,\"completionTokens\":%lld,"
		 "\"totalTokens\":%lld",
		 (long long)prompt, (long long)completion, (long long)total);
	if (u->cached > 0)
		buf_addf(&b, ",\"cachedTokens\":%lld", (long long)u->cached);
	if (u->cache_write > 0)
		buf_addf(&b, ",\"cacheWriteTokens\":%lld",
			 (long long)u->cache_write);
	if (u->reasoning > 0)
		buf_addf(&b, ",\"reasoningTokens\":%lld",
			 (long long)u->reasoning);
	buf_addc(&b, '}');
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = awm_value_text(arena_strndup(a, b.s, b.len));
	return ret->kind == AWM_TEXT ? 0 : -AWM_NOMEM;
}

int execution_price(struct awm_session *s, const struct execution_priced *what,
		    struct awm_value *ret)
{
	struct provider_rates rates;
	bool known;
	double cost;
	int rc;

	*ret = AWM_VALUE_NULL;
	if (!strcmp(what->provider, "local")) {
		*ret = AWM_VALUE_REAL(0);
		return 0;
	}
	rc = price_find(s, what->provider, what->model, what->at, &rates,
			&known);
	if (!rc && !known && what->asked)
		rc = price_find(s, what->provider, what->asked, what->at,
				&rates, &known);
	/* The digits behind a millionth of a millionth are no money. */
	if (!rc && known && provider_cost(&rates, &what->usage, &cost))
		*ret = AWM_VALUE_REAL(cost < 1e3 ? round(cost * 1e12) / 1e12
						 : cost);
	return rc;
}

/* Of a run that somebody else has ended only what is missing. */
static void fill(const struct ending *e, struct change *c, size_t field,
		 struct awm_value value)
{
	if (value.kind == AWM_NULL)
		return;
	if (!e->late || c->before[field].kind == AWM_NULL)
		change_set(c, field, value);
}

static int fill_cost(struct awm_session *s, const struct ending *e,
		     struct change *c)
{
	const struct execution_end *end = e->end;
	struct execution_priced what = {
		.provider = c->before[EXECUTION_aiProvider].s,
		.model = end->model ? end->model : c->before[EXECUTION_model].s,
		.asked = c->before[EXECUTION_model].s,
		.at = c->before[EXECUTION_createdAt].i,
		.usage = end->usage,
	};
	struct awm_value tokens, cost = AWM_VALUE_REAL(end->cost);
	int rc = execution_tokens(&end->usage, c->arena, &tokens);

	if (!rc && !end->has_cost)
		rc = execution_price(s, &what, &cost);
	if (rc)
		return rc;
	fill(e, c, EXECUTION_tokensUsed, tokens);
	fill(e, c, EXECUTION_cost, cost);
	return 0;
}

static void fill_result(const struct ending *e, struct change *c)
{
	static const char *const words[] = {
		[EXECUTION_SUCCESS] = "success",
		[EXECUTION_FAILED] = "failed",
		[EXECUTION_CANCELLED] = "cancelled",
	};
	const struct execution_end *end = e->end;

	change_set(c, EXECUTION_status, awm_value_text(words[end->status]));
	change_set(c, EXECUTION_duration, AWM_VALUE_INT(end->duration_ms));
	change_set(c, EXECUTION_retryCount, AWM_VALUE_INT(end->retries));
	if (end->model)
		change_set(c, EXECUTION_model, awm_value_text(end->model));
	if (end->error)
		change_set(c, EXECUTION_errorMessage,
			   awm_value_text(end->error));
}

static int amend_end(struct awm_session *s, struct change *c, void *ctx)
{
	struct ending *e = ctx;
	const struct execution_end *end = e->end;
	struct awm_value response = {
		.kind = AWM_TEXT, .s = end->response, .len = end->response_len};
	const struct awm_value *status = &c->before[EXECUTION_status];
	size_t room = sizeof(e->status) - 1;

	e->late = !value_is(status, "running");
	memset(e->status, 0, sizeof(e->status));
	memcpy(e->status, status->s, status->len < room ? status->len : room);
	if (end->response)
		fill(e, c, EXECUTION_response, response);
	if (!e->late)
		fill_result(e, c);
	return fill_cost(s, e, c);
}

static int run_end(struct awm_session *s, void *ctx)
{
	struct ending *e = ctx;
	bool here, wanted;
	int rc = execution_run_here(s, e->id, &here, &wanted);

	if (!rc && !here)
		return err_set(AWM_NOT_FOUND, "execution %lld was deleted",
			       (long long)e->id);
	if (!rc)
		rc = mutate_edit(s, &entity_execution, e->id, NULL, 0,
				 amend_end, e, NULL, NULL);
	if (!rc)
		rc = execution_run_tell(s, e->id,
					e->late ? NULL : e->end->finish,
					e->end->metadata);
	return rc;
}

int execution_end(struct awm_session *s, int64_t id,
		  const struct execution_end *end)
{
	struct ending e = {.id = id, .end = end};
	int rc;

	execution_clock(s);
	rc = awm_transaction(s, run_end, &e);
	if (rc || !e.late)
		return rc;
	return err_set(AWM_CONFLICT,
		       "execution %lld was ended by somebody else: its status "
		       "is '%s'",
		       (long long)id, e.status);
}

int execution_is_cancelled(struct awm_session *s, int64_t id, bool *ret)
{
	bool here, wanted;
	int rc = execution_run_here(s, id, &here, &wanted);

	if (!rc)
		*ret = !wanted;
	return rc;
}
