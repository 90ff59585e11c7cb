// SPDX-License-Identifier: MIT
#include "domain/remote.h"

#include <awm/config.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"

#define STEP_MS	 1000
#define MAX_BODY ((size_t)1 << 20)

void remote_init(struct remote *r, struct awm_session *s)
{
	*r = (struct remote){.session = s, .wake = -1};
	r->private_ok = awm_config_bool(s->config, "integration.allowPrivate");
}

static int net_failed(int rc, const struct net_error *e)
{
	err_set((enum awm_err) - rc, "%s", e->message);
	return *e->hint ? err_hint("%s", e->hint) : rc;
}

static int open_net(struct remote *r)
{
	struct net_opts opts = {.user_agent = "awm/" AWM_VERSION};
	struct net_error e = {0};
	int rc;

	if (r->open)
		return 0;
	rc = net_ops(&r->ops);
	if (rc)
		return rc;
	rc = r->ops->open(&opts, &r->net, &e);
	if (rc)
		return net_failed(rc, &e);
	r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->open = true;
	return r->wake < 0 ? err_errno(AWM_ERROR, "cannot wait for the network")
			   : 0;
}

void remote_close(struct remote *r)
{
	if (r->open)
		r->ops->close(r->net);
	if (r->wake >= 0)
		close(r->wake);
	*r = (struct remote){.wake = -1};
}

/* ---- what comes ---- */

static int on_head(void *ctx, const struct net_head *head)
{
	struct remote_answer *answer = ctx;
	struct arena *a = &answer->arena;

	answer->headers =
		arena_array(a, head->nheaders + 1, sizeof(*answer->headers));
	if (!answer->headers)
		return -AWM_NOMEM;
	for (size_t i = 0; i < head->nheaders; i++) {
		struct net_header *h = &answer->headers[i];

		h->name = arena_strdup(a, head->headers[i].name);
		h->value = arena_strdup(a, head->headers[i].value);
		if (!h->name || !h->value)
			return -AWM_NOMEM;
		answer->nheaders = i + 1;
	}
	return 0;
}

static int on_data(void *ctx, const void *bytes, size_t len)
{
	struct remote_answer *answer = ctx;

	buf_add(&answer->body, bytes, len);
	return answer->body.failed;
}

static void on_done(void *ctx, const struct net_result *result)
{
	struct remote_answer *answer = ctx;

	answer->done = true;
	answer->err = result->err;
	answer->fault = result->fault;
	answer->status = result->status;
	answer->total_us = result->total_us;
	answer->message = arena_strdup(&answer->arena, result->message);
	answer->hint = arena_strdup(&answer->arena, result->hint);
}

const char *remote_header(const struct remote_answer *answer, const char *name)
{
	for (size_t i = answer->nheaders; i > 0; i--)
		if (!strcasecmp(answer->headers[i - 1].name, name))
			return answer->headers[i - 1].value;
	return NULL;
}

void remote_release(struct remote_answer *answer)
{
	buf_release(&answer->body);
	arena_release(&answer->arena);
	memset(answer, 0, sizeof(*answer));
}

/* ---- waiting ---- */

/* A callback that is out of memory ends a transfer as if it was cancelled. */
static int judge(struct remote_answer *answer)
{
	if (answer->body.failed || answer->err == -AWM_NOMEM ||
	    answer->fault == NET_CANCELLED || !answer->message || !answer->hint)
		return err_nomem();
	return 0;
}

static int wait_for(struct remote *r, struct net_call *call,
		    struct remote_answer *answer)
{
	struct awm_session *s = r->session;
	struct net_error e = {0};
	bool stopped = false;
	unsigned running = 1;

	while (!answer->done && running) {
		if (s->stop && !stopped) {
			stopped = true;
			r->ops->cancel(call);
		}
		int rc = r->ops->run(r->net, STEP_MS, stopped ? -1 : r->wake,
				     &running, &e);
		if (rc)
			return net_failed(rc, &e);
	}
	if (!stopped && !s->stop)
		return judge(answer);
	if (answer->err == 0)
		return judge(answer); /* it came all the same */
	return err_set(AWM_INTERRUPTED, "interrupted");
}

/* What cannot even be asked is an answer too: the caller's text is wrong. */
static int not_started(struct remote_answer *answer, int rc,
		       const struct net_error *e)
{
	if (rc == -AWM_NOMEM)
		return err_nomem();
	answer->done = true;
	answer->err = rc;
	answer->fault = NET_OTHER;
	answer->message = arena_strdup(&answer->arena, e->message);
	answer->hint = arena_strdup(&answer->arena, e->hint);
	return answer->message && answer->hint ? 0 : -AWM_NOMEM;
}

typedef int start_fn(struct remote *r, const void *what,
		     struct remote_answer *answer, struct net_call **call,
		     struct net_error *e);

static int start_request(struct remote *r, const void *what,
			 struct remote_answer *answer, struct net_call **call,
			 struct net_error *e)
{
	const struct remote_request *q = what;
	struct net_request request = {
		.method = q->method,
		.url = q->url,
		.headers = q->headers,
		.nheaders = q->nheaders,
		.body = q->body,
		.body_len = q->body_len,
		.connect_ms = 5000,
		.total_ms = (long)q->timeout_ms,
		.max_body = q->max_body ? q->max_body : MAX_BODY,
		.private_ok = r->private_ok,
		.head = on_head,
		.data = on_data,
		.done = on_done,
		.ctx = answer,
	};

	return r->ops->start(r->net, &request, call, e);
}

static int start_mail(struct remote *r, const void *what,
		      struct remote_answer *answer, struct net_call **call,
		      struct net_error *e)
{
	struct net_mail mail = *(const struct net_mail *)what;

	mail.private_ok = r->private_ok;
	mail.done = on_done;
	mail.ctx = answer;
	return r->ops->mail(r->net, &mail, call, e);
}

static int exchange(struct remote *r, start_fn *start, const void *what,
		    struct remote_answer *answer)
{
	struct awm_session *s = r->session;
	struct net_error e = {0};
	struct net_call *call;
	int rc = open_net(r), wake = s->wake;

	*answer = (struct remote_answer){0};
	if (rc)
		return rc;
	s->wake = r->wake;
	rc = start(r, what, answer, &call, &e);
	rc = rc ? not_started(answer, rc, &e) : wait_for(r, call, answer);
	s->wake = wake;
	return rc;
}

int remote_send(struct remote *r, const struct remote_request *request,
		struct remote_answer *ret)
{
	return exchange(r, start_request, request, ret);
}

int remote_mail(struct remote *r, const struct net_mail *mail,
		struct remote_answer *ret)
{
	return exchange(r, start_mail, mail, ret);
}
