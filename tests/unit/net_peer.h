/* SPDX-License-Identifier: MIT */
#ifndef TESTS_NET_PEER_H
#define TESTS_NET_PEER_H

/* What the tests of the module awm-net.so share: the servers of
 * tests/servers/peer.py, and one transfer with all that came of it. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "edge/net.h"

static char peer_folder[] = "/tmp/awm-test-net-XXXXXX";
static const struct net_ops *ops;
static struct net *net;
static FILE *peer_out;
static struct {
	char name[16];
	int port;
} peer_ports[32];

/* All that a transfer told. */
struct got {
	int done;
	struct net_result result; /* without the strings */
	char message[512], hint[512];
	int heads, pieces;
	struct buf head; /* "name: value\n" */
	struct buf body;
	int64_t first_ms, last_ms;    /* when pieces came */
	int stop_in_head, stop_after; /* cancel, by return value */
	struct net_call *cancel_in_data;
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void got_release(struct got *g)
{
	buf_release(&g->head);
	buf_release(&g->body);
	memset(g, 0, sizeof(*g));
}

static int got_head(void *ctx, const struct net_head *head)
{
	struct got *g = ctx;
	size_t i;

	assert_false(g->done);
	g->heads++;
	for (i = 0; i < head->nheaders; i++)
		buf_addf(&g->head, "%s: %s\n", head->headers[i].name,
			 head->headers[i].value);
	return g->stop_in_head;
}

static int got_data(void *ctx, const void *bytes, size_t len)
{
	struct got *g = ctx;

	assert_false(g->done);
	g->last_ms = clock_ms();
	if (!g->pieces++)
		g->first_ms = g->last_ms;
	if (g->body.len < 1 << 20)
		buf_add(&g->body, bytes, len);
	if (g->cancel_in_data)
		ops->cancel(g->cancel_in_data);
	return g->stop_after && g->pieces >= g->stop_after;
}

static void got_done(void *ctx, const struct net_result *result)
{
	struct got *g = ctx;

	g->done++;
	g->result = *result;
	snprintf(g->message, sizeof(g->message), "%s", result->message);
	snprintf(g->hint, sizeof(g->hint), "%s", result->hint);
	g->result.message = g->message;
	g->result.hint = g->hint;
	assert_int_equal(result->err == 0, result->fault == NET_OK);
	assert_int_equal(result->message[0] == '\0', result->err == 0);
	assert_null(strchr(result->message, '\n'));
	assert_null(strstr(result->message, "secret"));
}

static int peer_port(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(peer_ports) / sizeof(peer_ports[0]); i++)
		if (strcmp(peer_ports[i].name, name) == 0)
			return peer_ports[i].port;
	fail_msg("no server '%s'", name);
	return 0;
}

/* The URL of a path at one of the servers, by name of its host. */
static const char *url_at(const char *host, const char *name, const char *path)
{
	static const char *const clear[] = {"http", "closed", "plain"};
	static char url[8][256];
	static unsigned next;
	const char *scheme = "https";
	size_t i;

	for (i = 0; i < sizeof(clear) / sizeof(clear[0]); i++)
		if (strcmp(name, clear[i]) == 0)
			scheme = "http";
	next = (next + 1) % 8;
	snprintf(url[next], sizeof(url[next]), "%s://%s:%d%s", scheme, host,
		 peer_port(name), path);
	return url[next];
}

static const char *url_of(const char *name, const char *path)
{
	return url_at("127.0.0.1", name, path);
}

static void run_until(struct got *g, int n)
{
	struct net_error err = {0};
	int64_t until = clock_ms() + 20000;
	unsigned running;
	int i, ended = 0;

	while (ended < n) {
		if (ops->run(net, 500, -1, &running, &err) != 0)
			fail_msg("%s", err.message);
		for (i = ended = 0; i < n; i++)
			ended += g[i].done;
		if (clock_ms() > until)
			fail_msg("%d of %d ended, %u run", ended, n, running);
	}
	assert_int_equal(ended, n);
}

static struct net_call *begin(struct got *g, struct net_request q)
{
	struct net_error err = {0};
	struct net_call *call = NULL;

	q.method = q.method ? q.method : "GET";
	q.head = got_head;
	q.data = got_data;
	q.done = got_done;
	q.ctx = g;
	if (ops->start(net, &q, &call, &err) != 0)
		fail_msg("%s", err.message);
	assert_non_null(call);
	return call;
}

static void fetch(struct got *g, struct net_request q)
{
	got_release(g);
	begin(g, q);
	run_until(g, 1);
}

/* A transfer with the servers, which are on loopback. */
#define FETCH(g, to, ...)                                                      \
	fetch(g, (struct net_request){                                         \
			 .url = (to), .private_ok = true, ##__VA_ARGS__})
#define BEGIN(g, to, ...)                                                      \
	begin(g, (struct net_request){                                         \
			 .url = (to), .private_ok = true, ##__VA_ARGS__})

__attribute__((unused)) static void check_body(const struct got *g,
					       const char *body)
{
	if (g->result.fault != NET_OK)
		fail_msg("fault %d: %s", (int)g->result.fault, g->message);
	assert_string_equal(buf_str(&g->body), body);
	assert_int_equal(g->result.bytes, strlen(body));
	assert_int_equal(g->heads, 1);
}

/* `words`: what the message has to say, in this order, "|" between. */
static void check_fault(const struct got *g, enum net_fault fault,
			const char *words)
{
	const char *at = g->message, *found;
	char copy[256], *save = NULL, *word;

	if (g->result.fault != fault)
		fail_msg("fault %d, not %d: %s", (int)g->result.fault,
			 (int)fault, g->message);
	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, "|", &save); word;
	     word = strtok_r(NULL, "|", &save)) {
		found = strstr(at, word);
		if (!found)
			fail_msg("'%s' is not in '%s'", word, g->message);
		at = found;
	}
}

/* A number that the server tells. */
__attribute__((unused)) static int ask(const char *path)
{
	struct got g = {0};
	int n;

	FETCH(&g, url_of("http", path));
	assert_int_equal(g.result.err, 0);
	n = (int)strtol(buf_str(&g.body), NULL, 10);
	got_release(&g);
	return n;
}

static void reopen(struct net_opts opts)
{
	struct net_error err = {0};

	ops->close(net);
	net = NULL;
	if (ops->open(&opts, &net, &err) != 0)
		fail_msg("%s", err.message);
}

static const char *ca_file(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/ca.pem", peer_folder);
	return path;
}

static int peer_start(void **state)
{
	const char *root = getenv("AWM_SOURCE_ROOT");
	char line[512], word[16];
	size_t n = 0;
	int port;

	/* Nothing of the environment's proxies and certificates in here. */
	unsetenv("http_proxy");
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	if (!root || !mkdtemp(peer_folder) || net_ops(&ops) != 0)
		return -1;
	snprintf(line, sizeof(line),
		 "bash '%s/tests/servers/certificates.sh' %s >%s/log 2>&1",
		 root, peer_folder, peer_folder);
	if (system(line) != 0)
		return -1;
	snprintf(line, sizeof(line),
		 "exec python3 '%s/tests/servers/peer.py' %s", root,
		 peer_folder);
	peer_out = popen(line, "re");
	while (peer_out && fgets(line, sizeof(line), peer_out)) {
		if (strcmp(line, "ready\n") == 0) {
			reopen((struct net_opts){.user_agent = "awm-test/1",
						 .ca_file = ca_file()});
			return 0;
		}
		if (n < 32 && sscanf(line, "%15s %d", word, &port) == 2) {
			snprintf(peer_ports[n].name, sizeof(peer_ports[n].name),
				 "%s", word);
			peer_ports[n++].port = port;
		}
	}
	return -1;
}

static int peer_stop(void **state)
{
	char line[128];

	if (ops)
		ops->close(net);
	snprintf(line, sizeof(line), "rm -rf %s", peer_folder);
	return system(line);
}

#endif
