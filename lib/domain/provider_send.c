// SPDX-License-Identifier: MIT
/* One transfer, waited for. */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "domain/provider_try.h"

#define STEP_MS	   200
#define MODELS_MAX ((size_t)16 << 20)

int64_t provider_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int on_head(void *ctx, const struct net_head *head)
{
	_cleanup_(arena_release) struct arena a = {0};
	struct transfer *t = ctx;
	const char **names =
		arena_array(&a, head->nheaders + 1, sizeof(*names));
	const char **values =
		arena_array(&a, head->nheaders + 1, sizeof(*values));

	if (!names || !values)
		return -AWM_NOMEM;
	for (size_t i = 0; i < head->nheaders; i++) {
		names[i] = head->headers[i].name;
		values[i] = head->headers[i].value;
	}
	t->status = head->status;
	return provider_reader_head(t->reader, head->status, names, values,
				    head->nheaders);
}

static int on_data(void *ctx, const void *bytes, size_t len)
{
	struct transfer *t = ctx;

	if (t->status >= 200 && t->status < 300) {
		buf_add(&t->body, bytes, len);
		if (t->body.failed)
			return -AWM_NOMEM;
	}
	return provider_reader_feed(t->reader, bytes, len);
}

static void on_done(void *ctx, const struct net_result *result)
{
	struct transfer *t = ctx;

	t->done = true;
	t->err = result->err;
	t->fault = result->fault;
	t->total_us = result->total_us;
	snprintf(t->message, sizeof(t->message), "%s",
		 result->message ? result->message : "");
}

static int net_failed(const struct net_error *e)
{
	err_set(AWM_REMOTE, "%s", e->message);
	return *e->hint ? err_hint("%s", e->hint) : -AWM_REMOTE;
}

static int wait_for(const struct net_ops *ops, struct net *net,
		    struct net_call *call, struct transfer *t)
{
	struct net_error e = {0};
	bool stopped = false;
	unsigned running = 1;

	while (!t->done && running) {
		if (t->s->stop && !stopped) {
			stopped = true;
			ops->cancel(call);
			continue;
		}
		if (ops->run(net, STEP_MS, -1, &running, &e))
			return net_failed(&e);
	}
	if (!stopped)
		return 0;
	t->s->stop = 0;
	return err_set(AWM_INTERRUPTED, "interrupted");
}

int provider_send(struct awm_session *s, const struct provider_access *access,
		  const struct provider_http *http, int64_t timeout_ms,
		  struct transfer *t)
{
	struct net_header headers[PROVIDER_HEADERS];
	struct net_request request = {
		.method = http->method,
		.url = http->url,
		.headers = headers,
		.nheaders = http->nheaders,
		.body = http->body,
		.body_len = http->body_len,
		.total_ms = (long)timeout_ms,
		.max_body = MODELS_MAX,
		.private_ok = access->private_ok,
		.proxy = provider_proxy(s),
		.head = on_head,
		.data = on_data,
		.done = on_done,
		.ctx = t,
	};
	struct net_opts opts = {.user_agent = "awm/" AWM_VERSION};
	const struct net_ops *ops;
	struct net_call *call;
	struct net *net = NULL;
	struct net_error e = {0};
	int rc = net_ops(&ops);

	for (size_t i = 0; i < http->nheaders; i++)
		headers[i] = (struct net_header){http->headers[i].name,
						 http->headers[i].value};
	if (!rc && ops->open(&opts, &net, &e))
		return net_failed(&e);
	if (!rc && ops->start(net, &request, &call, &e))
		rc = net_failed(&e);
	else if (!rc)
		rc = wait_for(ops, net, call, t);
	if (!rc || net)
		ops->close(net);
	return rc;
}
