// SPDX-License-Identifier: MIT
/* Requests, and what is kept of the answers. */
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

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
#define TURN_MS	     200

int64_t delivery_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the answer ---- */

static bool private_ok(const struct message *m)
{
	return m->endpoint->allow_private && m->deliverer->machine_private;
}

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

	if (private_ok(m))
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

static void ring(struct deliverer *d)
{
	const uint64_t one = 1;

	if (write(d->bell, &one, sizeof(one)) < 0)
		return; /* it rings already */
}

static void finish(struct message *m)
{
	struct deliverer *d = m->deliverer;

	m->duration_ms = delivery_clock() - m->began;
	delivery_lock(d);
	m->endpoint->sending--;
	if (m->status < 200 || m->status >= 300)
		m->endpoint->held = true;
	if (!d->done.n)
		d->done_since = delivery_clock();
	line_add(&d->done, m);
	if (d->done.n == 1 || d->done.n >= RECORD_N ||
	    (!d->active && !d->waiting) || m->endpoint->held)
		ring(d);
	delivery_unlock(d);
}

static void on_done(void *ctx, const struct net_result *result)
{
	struct message *m = ctx;

	delivery_lock(m->deliverer);
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
	delivery_unlock(m->deliverer);
}

/* ---- the request ---- */

static int sign(const struct endpoint *e, const char *id, const char *timestamp,
		const char *payload, size_t len, struct buf *out)
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
		.private_ok = private_ok(m),
		.proxy = d->proxy,
		.head = on_head,
		.data = on_data,
		.done = on_done,
		.ctx = m,
	};
	int rc;

	snprintf(timestamp, sizeof(timestamp), "%lld",
		 (long long)(m->sent_at / 1000));
	rc = sign(e, m->message_id, timestamp, m->payload, m->payload_len,
		  &signature);
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

static int send_all(struct deliverer *d)
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

/* ---- the thread ---- */

static int turn(struct deliverer *d)
{
	struct net_error e = {0};
	unsigned running;
	int rc = 0;

	delivery_lock(d);
	if (!d->ends || delivery_clock() < d->ends)
		rc = send_all(d);
	delivery_unlock(d);
	if (!rc && d->ops->run(d->net, TURN_MS, -1, &running, &e))
		rc = err_set(AWM_REMOTE, "%s", e.message);
	return rc;
}

static void *work(void *ctx)
{
	struct deliverer *d = ctx;
	int rc = 0;

	while (!rc && !atomic_load(&d->quit))
		rc = turn(d);
	if (rc) {
		delivery_lock(d);
		d->error = *awm_error_last();
		d->broken = true;
		ring(d);
		delivery_unlock(d);
	}
	return NULL;
}

/* The machine's word does not change while it runs. */
static void read_config(struct deliverer *d)
{
	const struct awm_config *c = d->s->config;

	if (!c)
		return;
	d->machine_private = awm_config_bool(c, "webhook.allowPrivate");
	d->proxy = awm_config_get(c, "webhook.proxy");
	if (d->proxy && !strcmp(d->proxy, "environment"))
		d->proxy = "";
}

static int open_net(struct deliverer *d)
{
	unsigned jobs = d->opts->jobs ? d->opts->jobs : DELIVERY_JOBS;
	struct net_opts opts = {.user_agent = "awm/" AWM_VERSION " (+webhooks)",
				.max_connections = (long)jobs};
	struct net_error e = {0};
	int rc = net_ops(&d->ops);

	read_config(d);
	if (!rc && d->ops->open(&opts, &d->net, &e))
		rc = err_set(AWM_REMOTE, "%s", e.message);
	return rc;
}

/* Signals are for the thread that talks to the database. */
static int start_thread(struct deliverer *d)
{
	sigset_t all, before;
	int no;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	no = pthread_create(&d->thread, NULL, work, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return no ? err_set(AWM_ERROR, "cannot start a thread") : 0;
}

void delivery_lock(struct deliverer *d)
{
	pthread_mutex_lock(&d->lock);
}

void delivery_unlock(struct deliverer *d)
{
	pthread_mutex_unlock(&d->lock);
}

int delivery_begin(struct deliverer *d)
{
	pthread_mutexattr_t recursive;
	int rc = open_net(d);

	if (rc)
		return rc;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&d->lock, &recursive);
	pthread_mutexattr_destroy(&recursive);
	d->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = d->bell < 0 ? err_errno(AWM_ERROR, "cannot wait")
			 : start_thread(d);
	if (!rc)
		return 0;
	if (d->bell >= 0)
		close(d->bell);
	pthread_mutex_destroy(&d->lock);
	d->ops->close(d->net);
	return rc;
}

/* Nobody else is at it any more; what was under way is done, unheard. */
void delivery_end(struct deliverer *d)
{
	atomic_store(&d->quit, true);
	d->ops->wake(d->net);
	pthread_join(d->thread, NULL);
	d->ops->close(d->net);
}
