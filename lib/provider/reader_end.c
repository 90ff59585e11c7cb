// SPDX-License-Identifier: MIT
/* What a response came to. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

/* A transfer that broke, or a stream that never said its last word. */
static void judge_cut(struct provider_reader *r, bool cut, bool timed_out,
		      const char *message)
{
	bool whole = r->complete || r->finish != FINISH_NONE;

	if (r->failed || (whole && r->frame != FRAME_BODY))
		return;
	if (!cut && whole)
		return;
	reader_fail(r, timed_out ? CLASS_TIMEOUT : CLASS_NETWORK,
		    cut && message && *message ? message
					       : "stream ended early");
	reader_forget(r);
}

static const char *keep(const struct buf *b, bool has, struct arena *a, int *rc)
{
	const char *s = NULL;

	if (!*rc)
		*rc = buf_check(b);
	if (*rc || !has)
		return NULL;
	s = arena_strndup(a, buf_str(b), b->len);
	if (!s)
		*rc = -AWM_NOMEM;
	return s;
}

static int keep_calls(const struct provider_reader *r, struct arena *a,
		      struct provider_answer *ret)
{
	struct provider_call *calls =
		arena_array(a, r->ncalls ? r->ncalls : 1, sizeof(*calls));
	int rc = calls ? 0 : -AWM_NOMEM;

	for (size_t i = 0; i < r->ncalls && !rc; i++) {
		const struct call *c = &r->calls[i];

		calls[i].id = keep(&c->id, c->has_id, a, &rc);
		calls[i].name = keep(&c->name, true, a, &rc);
		calls[i].arguments = c->arguments.len
					     ? keep(&c->arguments, true, a, &rc)
					     : "{}";
	}
	ret->calls = calls;
	ret->ncalls = r->ncalls;
	return rc;
}

static int keep_turn(struct provider_reader *r, struct arena *a,
		     struct provider_answer *ret)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	int rc = 0;

	if (ret->finish == FINISH_NONE || ret->finish == FINISH_ERROR)
		return 0;
	r->wire->turn(r, &w);
	ret->raw = keep(&out, out.len > 0, a, &rc);
	return rc;
}

static int keep_error(const struct provider_reader *r, struct arena *a,
		      struct provider_error *ret)
{
	int rc = 0;

	*ret = (struct provider_error){.retry_after_ms = -1};
	if (!r->failed)
		return 0;
	ret->class = r->class;
	ret->retryable = r->retryable >= 0 ? r->retryable > 0
					   : failure_is_retryable(r->class);
	ret->retry_after_ms = r->retry_after_ms;
	ret->message = keep(&r->message, true, a, &rc);
	ret->code = keep(&r->code, r->has_code, a, &rc);
	return rc;
}

static int fill(struct provider_reader *r, struct arena *a,
		struct provider_answer *ret)
{
	bool head_only = r->failed && (r->status < 200 || r->status > 299);
	int rc = 0;

	ret->text = keep(&r->text, !head_only, a, &rc);
	ret->text_len = ret->text ? r->text.len : 0;
	ret->reasoning = keep(&r->reasoning, r->has_reasoning, a, &rc);
	ret->refusal = keep(&r->refusal, r->has_refusal, a, &rc);
	ret->finish = head_only	  ? FINISH_NONE
		      : r->failed ? FINISH_ERROR
				  : r->finish;
	ret->raw_finish = keep(&r->raw_finish, r->has_raw_finish, a, &rc);
	ret->usage = r->usage;
	ret->model = keep(&r->model, r->model.len > 0, a, &rc);
	ret->response_id =
		keep(&r->response_id, r->response_id.len > 0, a, &rc);
	ret->request_id = keep(&r->request_id, r->request_id.len > 0, a, &rc);
	ret->begun = r->begun;
	ret->discard = ret->finish == FINISH_CONTENT_FILTER;
	return rc;
}

int provider_reader_finish(struct provider_reader *r, bool cut, bool timed_out,
			   const char *message, struct arena *a,
			   struct provider_answer *ret)
{
	int rc;

	*ret = (struct provider_answer){0};
	reader_rest(r, cut);
	judge_cut(r, cut, timed_out, message);
	if (r->stopped == -AWM_NOMEM)
		return err_nomem();
	r->wire->end(r);
	rc = fill(r, a, ret);
	if (!rc)
		rc = keep_calls(r, a, ret);
	if (!rc)
		rc = keep_turn(r, a, ret);
	return rc ? rc : keep_error(r, a, &ret->error);
}
