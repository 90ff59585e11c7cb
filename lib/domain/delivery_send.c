// SPDX-License-Identifier: MIT
/* Requests, and what is kept of the answers. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/err.h"
#include "base/http.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/delivery.h"

#define CONNECT_MS   5000
#define TOTAL_MS     15000
#define LEAST_MS     1000
#define RESPONSE_MAX ((size_t)64 * 1024)
#define HEADERS_MAX  32

int64_t delivery_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the answer ---- */

static int on_head(void *ctx, const struct net_head *head)
{
	struct message *m = ctx;

	m->status = head->status;
	for (size_t i = 0; i < head->nheaders; i++)
		if (!strcasecmp(head->headers[i].name, "retry-after"))
			m->wish = http_retry_after(head->headers[i].value,
						   time_now());
	return 0;
}

static int on_data(void *ctx, const void *bytes, size_t len)
{
	struct message *m = ctx;
	size_t room = sizeof(m->response) - m->response_len;

	m->response_all += len;
	if (room > len)
		room = len;
	memcpy(m->response + m->response_len, bytes, room);
	m->response_len += room;
	return m->response_all > RESPONSE_MAX; /* no more of it is wanted */
}

/* What came may be cut within a character, or be no text at all. What a
 * private host says is nobody's business who may only read this database. */
static void keep_response(struct message *m)
{
	_cleanup_buf_ struct buf b = {0};

	if (delivery_private_ok(m->deliverer->s, m->endpoint))
		m->response_len = 0;
	utf8_add_valid(&b, m->response, m->response_len);
	m->response_len = 0;
	if (b.failed || !b.len)
		return;
	while (b.len > sizeof(m->response) ||
	       (b.len && !utf8_valid(b.s, b.len)))
		buf_truncate(&b, b.len - 1);
	memcpy(m->response, b.s, b.len);
	m->response_len = b.len;
}

static void finish(struct message *m)
{
	struct deliverer *d = m->deliverer;

	m->duration_ms = delivery_clock() - m->began;
	m->endpoint->sending--;
	if (m->status < 200 || m->status >= 300)
		m->endpoint->held = true;
	if (!d->done.n)
		d->done_since = delivery_clock();
	line_add(&d->done, m);
}

static void on_done(void *ctx, const struct net_result *result)
{
	struct message *m = ctx;

	m->deliverer->active--;
	m->call = NULL;
	if (!m->status && result->fault == NET_CANCELLED)
		m->cancelled = true;
	if (m->status && (m->status < 200 || m->status >= 300))
		snprintf(m->error, sizeof(m->error), "HTTP %d%s", m->status,
			 m->status >= 300 && m->status < 400
				 ? ", and redirects are not followed"
				 : "");
	else if (!m->status)
		snprintf(m->error, sizeof(m->error), "%s",
			 result->message && *result->message ? result->message
							     : "no answer");
	keep_response(m);
	finish(m);
}

/* ---- the request ---- */

bool delivery_private_ok(const struct awm_session *s, const struct endpoint *e)
{
	return e->allow_private && s->config &&
	       awm_config_bool(s->config, "webhook.allowPrivate");
}

const char *delivery_proxy(const struct awm_session *s)
{
	const char *proxy =
		s->config ? awm_config_get(s->config, "webhook.proxy") : NULL;

	return proxy && !strcmp(proxy, "environment") ? "" : proxy;
}

int delivery_sign(const struct endpoint *e, const char *id,
		  const char *timestamp, const char *payload, size_t len,
		  struct buf *out)
{
	int rc = 0;

	if (!e->nkeys)
		return err_set(AWM_DENIED, "it cannot be signed: %s",
			       e->key_error);
	for (size_t i = 0; i < e->nkeys && !rc; i++) {
		/* the old one for as long as it counts */
		if (i && e->previous_until <= time_now())
			break;
		if (i)
			buf_addc(out, ' ');
		rc = webhook_sign(&e->keys[i], id, timestamp, payload, len,
				  out);
	}
	return rc;
}

static size_t add_custom(const struct endpoint *e, struct net_header *headers,
			 size_t n)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, e->headers)
	{
		if (n < HEADERS_MAX && cJSON_IsString(item) && item->string)
			headers[n++] = (struct net_header){item->string,
							   item->valuestring};
	}
	return n;
}

/* Of a bounded run the last attempts are given less time. */
static long time_left(const struct deliverer *d)
{
	int64_t left = d->ends ? d->ends - delivery_clock() : TOTAL_MS;

	if (left > TOTAL_MS)
		return TOTAL_MS;
	return left > LEAST_MS ? (long)left : LEAST_MS;
}

static int start(struct deliverer *d, struct message *m)
{
	const struct endpoint *e = m->endpoint;
	_cleanup_buf_ struct buf signature = {0};
	struct net_error error = {0};
	char timestamp[24];
	struct net_header headers[HEADERS_MAX] = {
		{"content-type", "application/json"},
		{"webhook-id", m->message_id},
		{"webhook-timestamp", timestamp},
	};
	struct net_request request = {
		.method = "POST",
		.url = e->url,
		.headers = headers,
		.body = m->payload,
		.body_len = m->payload_len,
		.connect_ms = CONNECT_MS,
		.total_ms = time_left(d),
		.private_ok = delivery_private_ok(d->s, e),
		.proxy = delivery_proxy(d->s),
		.head = on_head,
		.data = on_data,
		.done = on_done,
		.ctx = m,
	};
	int rc;

	snprintf(timestamp, sizeof(timestamp), "%lld",
		 (long long)(m->sent_at / 1000));
	rc = delivery_sign(e, m->message_id, timestamp, m->payload,
			   m->payload_len, &signature);
	if (rc)
		return rc;
	headers[3] = (struct net_header){"webhook-signature", signature.s};
	request.nheaders = add_custom(e, headers, 4);
	rc = d->ops->start(d->net, &request, &m->call, &error);
	if (rc)
		return err_set((enum awm_err) - rc, "%s", error.message);
	d->active++;
	return 0;
}

static int send_one(struct deliverer *d, struct message *m)
{
	int rc;

	m->sent_at = time_now();
	m->began = delivery_clock();
	m->endpoint->active++;
	m->endpoint->sending++;
	rc = start(d, m);
	if (!rc)
		return 0;
	/* What cannot even be asked for has failed as well. */
	snprintf(m->error, sizeof(m->error), "%s", awm_error_last()->message);
	finish(m);
	if (rc == -AWM_NOMEM)
		return rc;
	err_clear();
	return 0;
}

static bool may_send(const struct endpoint *e)
{
	if (e->unordered)
		return e->waiting.n && e->sending < DELIVERY_PER_ENDPOINT;
	return e->waiting.n && !e->sending && !e->held;
}

int delivery_send(struct deliverer *d)
{
	size_t jobs = d->opts->jobs ? d->opts->jobs : DELIVERY_JOBS;
	bool any = true;

	/* In turns, so that one with a long line leaves room for others. */
	while (any && d->waiting && d->active < jobs) {
		any = false;
		for (struct endpoint *e = d->endpoints; e; e = e->next) {
			int rc;

			if (d->active >= jobs || !may_send(e))
				continue;
			any = true;
			d->waiting--;
			rc = send_one(d, line_take(&e->waiting));
			if (rc)
				return rc;
		}
	}
	return 0;
}
