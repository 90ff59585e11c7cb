// SPDX-License-Identifier: MIT
/* What an attempt came to: another one, or the end of the row. */
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "domain/exec.h"
#include "domain/execution_run.h"
#include "domain/pool.h"
#include "edge/random.h"
#include "entity/field.h"
#include "entity/store.h"
#include "jsonschema/jsonschema.h"

#define TEXT_MAX ((size_t)16 << 20)
#define HINT_MAX 60000 /* milliseconds that a server may ask one to wait */
#define WRITES	 5     /* how often the end of a row is tried */

void exec_notice(struct exec_job *job, const char *fmt, ...)
{
	const struct awm_exec_hooks *h = job->exec->hooks;
	_cleanup_free_ char *line = NULL;
	va_list ap;
	int n;

	if (!h->notice)
		return;
	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (n < 0) {
		line = NULL;
		return;
	}
	exec_stop(job->exec, h->notice(h->ctx, job->run, line));
}

/* ---- secrets ---- */

static int mask(struct exec_job *job, const char **text, size_t *len)
{
	_cleanup_buf_ struct buf b = {0};
	int rc = mask_text(job->access.key, job->access.key_len, *text, *len,
			   &b);

	if (rc)
		return rc;
	*text = arena_strndup(&job->arena, buf_str(&b), b.len);
	*len = b.len;
	return *text ? 0 : -AWM_NOMEM;
}

static const char *masked(struct exec_job *job, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return text && mask(job, &text, &len) ? NULL : text;
}

/* What a row can hold. */
static int settle_text(struct exec_job *job, struct provider_answer *answer)
{
	_cleanup_buf_ struct buf b = {0};
	int rc;

	if (!answer->text)
		return 0;
	if (answer->text_len > TEXT_MAX) {
		exec_notice(job,
			    "only the first 16 MiB of the answer are kept");
		answer->text_len = TEXT_MAX;
		while (answer->text_len &&
		       (answer->text[answer->text_len] & 0xC0) == 0x80)
			answer->text_len--;
	}
	if (memchr(answer->text, '\0', answer->text_len) ||
	    !utf8_valid(answer->text, answer->text_len) ||
	    answer->text[answer->text_len]) {
		utf8_add_valid(&b, answer->text, answer->text_len);
		if (b.len > TEXT_MAX)
			buf_truncate(&b, TEXT_MAX / 3 * 3);
		if (buf_check(&b))
			return -AWM_NOMEM;
		answer->text = arena_strndup(&job->arena, buf_str(&b), b.len);
		answer->text_len = b.len;
	}
	rc = answer->text ? mask(job, &answer->text, &answer->text_len)
			  : -AWM_NOMEM;
	return rc;
}

/* ---- another attempt ---- */

static int64_t pause_ms(const struct exec_job *job,
			const struct provider_error *error)
{
	int64_t ms = INT64_C(500) << (job->retries < 4 ? job->retries : 4);
	char token[RANDOM_TOKEN_SIZE];
	unsigned long dice = 0;

	if (error->retry_after_ms >= 0)
		return error->retry_after_ms;
	if (!random_token(token)) {
		token[4] = '\0';
		dice = strtoul(token, NULL, 16);
	}
	return ms - (int64_t)((double)ms * 0.25 * (double)dice / 65536.0);
}

/* A line that broke, or fell silent, when the model was at it already:
 * thinking is paid for as well. */
static bool is_paid_for(const struct provider_answer *answer)
{
	return answer->begun && (answer->error.class == CLASS_NETWORK ||
				 answer->error.class == CLASS_TIMEOUT);
}

static bool wants_retry(const struct exec_job *job,
			const struct provider_answer *answer)
{
	return answer->error.class != CLASS_NONE && answer->error.retryable &&
	       !job->cut && !job->given && !answer->text_len &&
	       !is_paid_for(answer) && !job->access.command &&
	       job->retries < job->exec->retries &&
	       answer->error.retry_after_ms <= HINT_MAX;
}

static void pause_for(struct exec_job *job,
		      const struct provider_answer *answer)
{
	int64_t ms = pause_ms(job, &answer->error);
	const char *why;

	job->retries++;
	provider_failure(&job->access, &answer->error);
	why = masked(job, arena_strdup(&job->arena, awm_error_last()->message));
	exec_notice(job, "%s; trying again in %.1f s (%lld of %lld)",
		    why ? why : job->access.provider, (double)ms / 1000,
		    (long long)job->retries, (long long)job->exec->retries);
	err_clear();
	provider_reader_free(job->reader);
	job->reader = NULL;
	job->resume = exec_clock() + ms;
	job->state = EXEC_PAUSED;
}

/* ---- the verdict ---- */

static int fail_late(struct exec_job *job, const struct provider_answer *answer)
{
	int64_t s = (answer->error.retry_after_ms + 999) / 1000;

	provider_failure(&job->access, &answer->error);
	if (answer->error.retry_after_ms <= HINT_MAX)
		return -AWM_REMOTE;
	return err_hint("it asks to wait for %lld seconds: awm exec retry %lld "
			"then",
			(long long)s, (long long)job->execution);
}

static int refused(const struct provider_answer *answer)
{
	const char *why = answer->refusal && *answer->refusal
				  ? answer->refusal
				  : "the provider blocked the answer";

	err_set(AWM_REMOTE, "the model refused: %.500s", why);
	return err_hint("what came of the answer is kept");
}

/* Models like to put JSON between lines of ```. */
static void unfence(const char **s, size_t *len)
{
	const char *at = *s, *end = *s + *len, *line;

	while (at < end && strchr(" \r\n\t", *at))
		at++;
	while (end > at && strchr(" \r\n\t", end[-1]))
		end--;
	line = memchr(at, '\n', (size_t)(end - at));
	if (end - at > 6 && !memcmp(at, "```", 3) && line &&
	    !memcmp(end - 3, "```", 3) && line < end - 3) {
		at = line + 1;
		end -= 3;
	}
	*s = at;
	*len = (size_t)(end - at);
}

static int hold_to_schema(struct exec_job *job,
			  const struct provider_answer *answer)
{
	_cleanup_json_ cJSON *value = NULL;
	const char *s = answer->text;
	size_t len = answer->text_len;
	int rc;

	if (!job->schema || job->spec->schema_unheld)
		return 0;
	unfence(&s, &len);
	rc = json_parse(s, len, &value);
	if (!rc)
		rc = jsonschema_validate(job->schema, value, NULL);
	if (rc == -AWM_USAGE)
		err_set(AWM_INVALID, "it is no JSON: %s",
			awm_error_last()->message);
	if (!rc || rc == -AWM_NOMEM)
		return rc;
	err_context("the answer does not match its schema");
	return err_hint("it is kept: awm exec show %lld",
			(long long)job->execution);
}

static int judge_cut(const struct exec_job *job)
{
	switch (job->cut) {
	case CUT_INTERRUPT:
		return err_set(AWM_INTERRUPTED, "interrupted");
	case CUT_CANCEL:
		return err_set(AWM_INTERRUPTED,
			       "execution %lld was cancelled on request",
			       (long long)job->execution);
	case CUT_COST:
		err_set(AWM_INVALID,
			"the answer was stopped: it passes what it may cost, "
			"$%.6g",
			job->limit);
		return err_hint("what came of it is kept");
	default:
		return 0;
	}
}

/* 0, or the error that the run ends with. */
static int judge_answer(struct exec_job *job,
			const struct provider_answer *answer)
{
	int rc = judge_cut(job);

	if (rc)
		return rc;
	if (answer->finish == FINISH_CONTENT_FILTER || answer->refusal)
		return refused(answer);
	if (answer->error.class != CLASS_NONE)
		return fail_late(job, answer);
	if (answer->finish == FINISH_NONE || answer->finish == FINISH_ERROR)
		return err_set(AWM_REMOTE, "%s: the answer ended with '%s'",
			       job->access.provider,
			       answer->raw_finish ? answer->raw_finish
						  : "an error");
	if (!answer->text_len && answer->ncalls)
		return err_set(AWM_REMOTE,
			       "%s: the model wants to call '%s', and was "
			       "offered nothing to call",
			       job->access.provider, answer->calls[0].name);
	if (!answer->text_len && answer->finish == FINISH_LENGTH) {
		err_set(AWM_REMOTE,
			"%s: the model spent all of its tokens before it "
			"answered",
			job->access.provider);
		return err_hint("give a higher --max-tokens");
	}
	if (!answer->text_len)
		return err_set(AWM_REMOTE, "%s: the answer is empty",
			       job->access.provider);
	return hold_to_schema(job, answer);
}

static void tell_finish(struct exec_job *job,
			const struct provider_answer *answer)
{
	if (answer->finish == FINISH_LENGTH && job->max_tokens)
		exec_notice(job,
			    "the answer ends early: it reached the limit of "
			    "%lld tokens",
			    (long long)job->max_tokens);
	else if (answer->finish == FINISH_LENGTH)
		exec_notice(job, "the answer ends early: it reached the limit "
				 "of the model");
	else if (answer->finish != FINISH_STOP && answer->finish != FINISH_NONE)
		exec_notice(job, "the answer ended with '%s'",
			    answer->raw_finish
				    ? answer->raw_finish
				    : provider_finish_word(answer->finish));
}

/* ---- the row ---- */

static void put(struct jsonw *w, const char *key, const char *text)
{
	if (!text)
		return;
	jsonw_key(w, key);
	jsonw_str(w, text);
}

static int metadata(struct exec_job *job, const struct provider_answer *answer,
		    const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};
	const struct provider_error *e = &answer->error;

	jsonw_object(&w);
	put(&w, "requestId", answer->request_id);
	put(&w, "responseId", answer->response_id);
	put(&w, "finish", answer->raw_finish);
	jsonw_key(&w, "attempts");
	jsonw_int(&w, job->retries + 1);
	if (job->first) {
		jsonw_key(&w, "firstTextMs");
		jsonw_int(&w, job->first - job->begun);
	}
	if (e->class != CLASS_NONE) {
		put(&w, "errorClass", provider_class_word(e->class));
		put(&w, "errorCode", e->code);
	}
	jsonw_end_object(&w);
	if (buf_check(&b))
		return -AWM_NOMEM;
	*ret = masked(job, arena_strndup(&job->arena, b.s, b.len));
	return *ret ? 0 : -AWM_NOMEM;
}

static int write_end(struct exec_job *job, const struct execution_end *end)
{
	int rc = -AWM_INTERRUPTED;

	/* A signal ends the statement under way as well, and others write for
	 * long; the row, which tells of money, must not suffer from that. */
	for (int i = 0;
	     i < WRITES && (rc == -AWM_INTERRUPTED || rc == -AWM_DATABASE); i++)
		rc = execution_end(job->exec->session, job->execution, end);
	return rc;
}

static enum execution_status status_of(const struct exec_job *job, int rc)
{
	if (!rc)
		return EXECUTION_SUCCESS;
	return job->cut && job->cut != CUT_TIMEOUT ? EXECUTION_CANCELLED
						   : EXECUTION_FAILED;
}

/* The run's own error is what is told, unless the row could not be ended. */
static int end_row(struct exec_job *job, const struct provider_answer *answer,
		   int rc)
{
	struct awm_error why = *awm_error_last();
	const char *error =
		rc ? masked(job, arena_strdup(&job->arena, why.message)) : NULL;
	struct execution_end end = {
		.status = status_of(job, rc),
		.response = answer->text_len ? answer->text : NULL,
		.response_len = answer->text_len,
		.model = answer->model && !field_name_wanted(
						  answer->model,
						  strlen(answer->model))
				 ? answer->model
				 : NULL,
		.usage = answer->usage,
		.duration_ms = exec_clock() - job->begun,
		.error = error,
		.retries = job->retries,
		.finish = provider_finish_word(answer->finish),
	};
	int written = rc && !error ? -AWM_NOMEM
				   : metadata(job, answer, &end.metadata);

	if (!written)
		written = write_end(job, &end);
	if (written || !rc)
		return written;
	err_set(why.code, "%s", error);
	return *why.hint ? err_hint("%s", why.hint) : rc;
}

static int keep_answer(struct exec_job *job,
		       const struct provider_answer *answer)
{
	struct arena *a = job->exec->arena;

	if (!answer->text)
		return 0;
	job->result->text = arena_strndup(a, answer->text, answer->text_len);
	job->result->text_len = answer->text_len;
	return job->result->text ? 0 : -AWM_NOMEM;
}

static int keep_row(struct exec_job *job)
{
	struct awm_session *s = job->exec->session;
	struct awm_record *row;
	int rc = store_get(s->db, &entity_execution, job->execution,
			   job->exec->arena, &row);

	if (!rc)
		rc = execution_run_extend(s, job->exec->arena, row);
	if (!rc)
		job->result->row = row;
	return rc;
}

void exec_finish(struct exec_job *job, int rc)
{
	const struct awm_exec_hooks *h = job->exec->hooks;
	struct awm_exec_result *r = job->result;
	struct arena *a = job->exec->arena;
	struct awm_error e = *awm_error_last();

	r->err = rc;
	r->execution = job->execution;
	r->message = rc ? arena_strdup(a, e.message) : "";
	r->hint = rc ? arena_strdup(a, e.hint) : "";
	if (!r->message || !r->hint)
		r->message = r->hint = "";
	/* One that somebody deleted may be another's by now. */
	if (job->execution && rc != -AWM_NOT_FOUND && keep_row(job))
		err_clear();
	job->state = EXEC_DONE;
	if (h->ended)
		exec_stop(job->exec, h->ended(h->ctx, job->run, r));
	exec_job_release(job);
}

void exec_skip(struct exec_job *job, int code, const char *message)
{
	job->result->skipped = true;
	err_set((enum awm_err)code, "%s", message);
	exec_finish(job, -code);
}

void exec_judge(struct exec_job *job)
{
	struct provider_answer answer = {.usage = {-1, -1, -1, -1, -1, -1}};
	int rc = 0;

	exec_show_rest(job);
	if (job->reader || job->process)
		rc = exec_answer(job, &answer);
	if (!rc && wants_retry(job, &answer)) {
		pause_for(job, &answer);
		return;
	}
	if (!rc)
		rc = settle_text(job, &answer);
	if (!rc)
		rc = keep_answer(job, &answer);
	if (!rc)
		rc = judge_answer(job, &answer);
	if (!rc)
		tell_finish(job, &answer);
	exec_finish(job, end_row(job, &answer, rc));
}

void exec_fail(struct exec_job *job, int rc)
{
	const struct provider_answer none = {.usage = {-1, -1, -1, -1, -1, -1}};

	exec_finish(job, end_row(job, &none, rc));
}
