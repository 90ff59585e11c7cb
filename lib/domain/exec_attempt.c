// SPDX-License-Identifier: MIT
/* One attempt of a run: over the network, or by a command. */
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/exec.h"

#define OUTPUT_MAX ((size_t)16 << 20) /* of a command; as a text of a row */
/* How long a stream that has said its last word may take to end. */
#define SETTLE_MS 1000

/* What a command has no use for: with these it could open every secret. */
static const char *const hidden[] = {"CREDENTIALS_DIRECTORY",
				     "AWM_PASSPHRASE*",
				     "AWM_KEY*",
				     "AWM_VAULT*",
				     "AWM_SECRET*",
				     NULL};

/* ---- what comes ---- */

static int show(struct exec_job *job, const char *bytes, size_t len)
{
	const struct awm_exec_hooks *h = job->exec->hooks;

	return h->text && len ? h->text(h->ctx, job->run, bytes, len) : 0;
}

static int show_masked(struct exec_job *job, const char *bytes, size_t len)
{
	_cleanup_buf_ struct buf b = {0};

	if (!job->mask.len)
		return show(job, bytes, len);
	mask_feed(&job->mask, bytes, len, &b);
	return buf_check(&b) ? -AWM_NOMEM : show(job, buf_str(&b), b.len);
}

void exec_show_rest(struct exec_job *job)
{
	_cleanup_buf_ struct buf b = {0};

	mask_end(&job->mask, &b);
	if (!job->exec->stop_rc)
		exec_stop(job->exec, show(job, buf_str(&b), b.len));
}

static int came(struct exec_job *job, const char *bytes, size_t len)
{
	int rc;

	if (!len || job->cut)
		return job->cut != CUT_NONE;
	if (!job->given)
		job->first = exec_clock();
	job->given += len;
	rc = show_masked(job, bytes, len);
	if (rc) {
		exec_stop(job->exec, rc);
		job->cut = CUT_INTERRUPT;
	} else if (exec_is_dear(job)) {
		job->cut = CUT_COST;
	}
	return job->cut != CUT_NONE;
}

static int on_text(void *ctx, const char *text, size_t len)
{
	return came(ctx, text, len);
}

static int on_head(void *ctx, const struct net_head *head)
{
	struct exec_job *job = ctx;
	struct arena a = {0};
	const char **names =
		arena_array(&a, head->nheaders + 1, sizeof(*names));
	const char **values =
		arena_array(&a, head->nheaders + 1, sizeof(*values));
	int rc = names && values ? 0 : -AWM_NOMEM;

	for (size_t i = 0; !rc && i < head->nheaders; i++) {
		names[i] = head->headers[i].name;
		values[i] = head->headers[i].value;
	}
	if (!rc)
		rc = provider_reader_head(job->reader, head->status, names,
					  values, head->nheaders);
	arena_release(&a);
	return rc;
}

static int on_data(void *ctx, const void *bytes, size_t len)
{
	struct exec_job *job = ctx;
	int rc = provider_reader_feed(job->reader, bytes, len);

	if (!rc && !job->settle && provider_reader_complete(job->reader))
		job->settle = exec_clock() + SETTLE_MS;
	return rc;
}

static void on_done(void *ctx, const struct net_result *result)
{
	struct exec_job *job = ctx;

	job->call = NULL;
	job->failed = result->err && !job->settle;
	job->fault = result->fault;
	snprintf(job->fault_message, sizeof(job->fault_message), "%s",
		 result->message ? result->message : "");
	if (job->state == EXEC_RUNNING)
		job->state = EXEC_OVER;
}

/* ---- over the network ---- */

static int net_failed(const struct net_error *e)
{
	err_set(AWM_REMOTE, "%s", e->message);
	return *e->hint ? err_hint("%s", e->hint) : -AWM_REMOTE;
}

static int open_net(struct exec *x)
{
	struct net_opts opts = {.user_agent = "awm/" AWM_VERSION,
				.max_connections = (long)x->jobs_max};
	struct net_error e = {0};
	int rc = x->ops ? 0 : net_ops(&x->ops);

	if (!rc && !x->net && x->ops->open(&opts, &x->net, &e))
		return net_failed(&e);
	return rc;
}

static int attempt_net(struct exec_job *job)
{
	struct exec *x = job->exec;
	struct net_request request = {
		.method = job->http.method,
		.url = job->http.url,
		.headers = job->headers,
		.nheaders = job->nheaders,
		.body = job->http.body,
		.body_len = job->http.body_len,
		.total_ms = (long)x->timeout_ms,
		.idle_ms = (long)x->idle_ms,
		.private_ok = job->access.private_ok,
		.proxy = x->proxy,
		.head = on_head,
		.data = on_data,
		.done = on_done,
		.ctx = job,
	};
	struct net_error e = {0};
	int rc = open_net(x);

	if (!rc)
		rc = provider_reader_new(job->access.wire, job->stream,
					 time_now(), on_text, job,
					 &job->reader);
	if (!rc && x->ops->start(x->net, &request, &job->call, &e))
		rc = net_failed(&e);
	return rc;
}

/* ---- by a command ---- */

static int attempt_command(struct exec_job *job)
{
	struct process_opts opts = {
		.argv = job->access.command,
		.hidden = hidden,
		.input = job->input,
		.input_len = strlen(job->input),
		.max_output = OUTPUT_MAX,
		.epoll = job->exec->epoll,
	};

	job->deadline = exec_clock() + job->exec->timeout_ms;
	return process_start(&opts, &job->process);
}

static int on_output(void *ctx, const char *bytes, size_t len)
{
	struct exec_job *job = ctx;

	buf_add(&job->out, bytes, len);
	if (came(job, bytes, len))
		process_stop(job->process);
	return 0;
}

void exec_step(struct exec_job *job)
{
	bool done;

	process_step(job->process, on_output, job, &done);
	if (done)
		job->state = EXEC_OVER;
	else if (!job->cut && exec_clock() >= job->deadline)
		exec_cut(job, CUT_TIMEOUT);
}

/* ---- either ---- */

int exec_attempt(struct exec_job *job)
{
	job->settle = 0;
	job->failed = false;
	job->fault = NET_OK;
	provider_reader_free(job->reader);
	job->reader = NULL;
	job->state = EXEC_RUNNING;
	return job->access.command ? attempt_command(job) : attempt_net(job);
}

void exec_cut(struct exec_job *job, enum exec_cut why)
{
	if (!job->cut)
		job->cut = why;
	if (job->state == EXEC_PAUSED)
		job->state = EXEC_OVER;
	else if (job->call)
		job->exec->ops->cancel(job->call);
	else if (job->process)
		process_stop(job->process);
}

/* A command may write anything; a row holds text. */
static const char *as_text(struct arena *a, const char *s, size_t len,
			   size_t *ret_len)
{
	_cleanup_buf_ struct buf b = {0};

	utf8_add_valid(&b, s, len);
	*ret_len = b.len;
	return buf_check(&b) ? NULL : arena_strndup(a, buf_str(&b), b.len);
}

/* The last line that says something. */
static const char *last_line(struct arena *a, const char *s, size_t len)
{
	size_t end = len, begin;

	while (end && strchr(" \r\n\t", s[end - 1]))
		end--;
	for (begin = end; begin && s[begin - 1] != '\n'; begin--)
		;
	if (end - begin > 300)
		begin = end - 300;
	return as_text(a, s + begin, end - begin, &len);
}

static int tell_failed(struct exec_job *job, const struct process_end *end,
		       struct provider_answer *ret)
{
	const char *name = job->access.command[0];
	const char *line = last_line(&job->arena, end->errors, end->errors_len);
	const char *how;

	if (!line)
		return -AWM_NOMEM;
	if (job->cut == CUT_TIMEOUT)
		how = arena_printf(&job->arena, "took longer than %.4g seconds",
				   (double)job->exec->timeout_ms / 1000);
	else if (end->too_large)
		how = "wrote more than 16 MiB";
	else if (end->signal)
		how = arena_printf(&job->arena, "was ended by signal %d",
				   end->signal);
	else
		how = arena_printf(&job->arena, "ended with status %d",
				   end->status);
	if (!how)
		return -AWM_NOMEM;
	ret->finish = FINISH_ERROR;
	ret->error.class =
		job->cut == CUT_TIMEOUT ? CLASS_TIMEOUT : CLASS_SERVER;
	ret->error.message = arena_printf(&job->arena, "command '%s' %s%s%s",
					  name, how, *line ? ": " : "", line);
	return ret->error.message ? 0 : -AWM_NOMEM;
}

static int answer_of_command(struct exec_job *job, struct provider_answer *ret)
{
	struct process_end end = {0};

	*ret = (struct provider_answer){
		.finish = FINISH_STOP,
		.usage = {-1, -1, -1, -1, -1, -1},
		.error = {.retry_after_ms = -1},
	};
	if (buf_check(&job->out))
		return -AWM_NOMEM;
	ret->text = as_text(&job->arena, buf_str(&job->out), job->out.len,
			    &ret->text_len);
	if (!ret->text)
		return -AWM_NOMEM;
	process_ended(job->process, &end);
	if (!end.status && !end.signal && !end.too_large && !job->cut)
		return 0;
	return tell_failed(job, &end, ret);
}

/* Whether trying again may help: a broken certificate stays broken. */
static bool may_pass(enum net_fault fault)
{
	return fault == NET_OK || fault == NET_RESOLVE ||
	       fault == NET_CONNECT || fault == NET_TIMEOUT ||
	       fault == NET_IDLE || fault == NET_PROTOCOL;
}

int exec_answer(struct exec_job *job, struct provider_answer *ret)
{
	bool timed_out = job->fault == NET_TIMEOUT || job->fault == NET_IDLE;
	int rc;

	if (job->access.command)
		return answer_of_command(job, ret);
	rc = provider_reader_finish(job->reader, job->failed, timed_out,
				    job->failed ? job->fault_message : NULL,
				    &job->arena, ret);
	if (!rc && job->failed && !may_pass(job->fault))
		ret->error.retryable = false;
	return rc;
}
