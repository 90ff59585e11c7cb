// SPDX-License-Identifier: MIT
/* A local receiver, for trying webhooks out. */
#include "base/err.h"
#include "domain/delivery.h"
#include "edge/listen.h"

#define STEP_MS 100

static int take(const struct awm_listen_opts *opts,
		const struct listen_request *r)
{
	char id[256], timestamp[64], signature[4096];
	struct awm_webhook_message m = {
		.id = listen_header(r, "webhook-id", id, sizeof(id)),
		.timestamp = listen_header(r, "webhook-timestamp", timestamp,
					   sizeof(timestamp)),
		.signature = listen_header(r, "webhook-signature", signature,
					   sizeof(signature)),
		.body = r->body,
		.body_len = r->body_len,
	};

	return opts->message(opts->ctx, &m, r->path);
}

int awm_webhook_listen(const struct awm_listen_opts *opts)
{
	int64_t ends = delivery_clock() + opts->timeout_ms, n = 0;
	struct listener *l;
	char url[64];
	int rc = listen_open(opts->port, &l);

	if (rc)
		return rc;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", listen_port(l));
	if (opts->ready)
		opts->ready(opts->ctx, url);
	while (!rc && (!opts->count || n < opts->count)) {
		struct listen_request r;

		if (opts->timeout_ms && delivery_clock() >= ends)
			break;
		if (opts->stop && opts->stop(opts->ctx)) {
			rc = err_set(AWM_INTERRUPTED, "interrupted");
			break;
		}
		rc = listen_next(l, STEP_MS, &r);
		if (rc || !r.method)
			continue;
		/* Told of before it is answered: whoever has the answer may
		 * count on it. */
		rc = take(opts, &r);
		listen_answer(l, opts->status);
		n++;
	}
	listen_close(l);
	return rc;
}
