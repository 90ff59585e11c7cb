/* SPDX-License-Identifier: MIT */

/* The module awm-net.so with servers that do not behave: answers that are cut,
 * too large, too slow or none; certificates; and transfers that are cancelled
 * at each stage. */
#include "tests/unit/net_peer.h"

static void cut_answers(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/short?key=secret"));
	check_fault(&g, NET_PROTOCOL, "127.0.0.1:|cut off");
	assert_int_equal(g.result.err, -AWM_REMOTE);
	assert_int_equal(g.result.status, 200);
	assert_string_equal(buf_str(&g.body), "0123456789");
	FETCH(&g, url_of("http", "/shortchunk"));
	check_fault(&g, NET_PROTOCOL, "cut off");
	assert_string_equal(buf_str(&g.body), "data: 1\n\n");
	FETCH(&g, url_of("http", "/reset"));
	check_fault(&g, NET_PROTOCOL, "127.0.0.1:|reset by peer");
	assert_int_equal(g.result.bytes, 10);
	FETCH(&g, url_of("http", "/nothing"));
	check_fault(&g, NET_PROTOCOL, "without an answer");
	assert_int_equal(g.result.status, 0);
	assert_int_equal(g.heads, 0);
	FETCH(&g, url_of("http", "/garbage"));
	check_fault(&g, NET_PROTOCOL, "does not answer in HTTP");
	got_release(&g);
}

static void redirects(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/redirect"));
	check_body(&g, "");
	assert_int_equal(g.result.status, 302);
	assert_non_null(strstr(g.head.s, "Location: /moved\n"));
	assert_int_equal(ask("/hits?moved"), 0);
	got_release(&g);
}

static void large_heads(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/headers"));
	check_fault(&g, NET_TOO_LARGE, "127.0.0.1:|more than 1000 headers");
	FETCH(&g, url_of("http", "/headers?998"), .idle_ms = 100);
	check_fault(&g, NET_IDLE, "");
	assert_int_equal(g.heads, 1);
	FETCH(&g, url_of("http", "/longheader"));
	check_fault(&g, NET_TOO_LARGE, "header");
	FETCH(&g, url_of("http", "/bigheaders"));
	check_fault(&g, NET_TOO_LARGE, "larger than 256 KiB");
	FETCH(&g, url_of("http", "/bigheaders"), .max_head = 1 << 20);
	check_fault(&g, NET_TOO_LARGE, "headers");
	FETCH(&g, url_of("http", "/ok"), .max_head = 60);
	check_fault(&g, NET_TOO_LARGE, "headers");
	assert_int_equal(g.heads, 0);
	got_release(&g);
}

static void large_bodies(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/bomb"));
	check_fault(&g, NET_TOO_LARGE, "127.0.0.1:|larger than 64 MiB");
	assert_int_equal(g.result.bytes, 64 << 20);
	FETCH(&g, url_of("http", "/bomb"), .max_body = 100000);
	check_fault(&g, NET_TOO_LARGE, "larger than 100000 bytes");
	assert_int_equal(g.body.len, 100000);
	FETCH(&g, url_of("http", "/ok"), .max_body = 6);
	check_body(&g, "hello\n");
	FETCH(&g, url_of("http", "/ok"), .max_body = 5);
	check_fault(&g, NET_TOO_LARGE, "larger than 5 bytes");
	assert_string_equal(buf_str(&g.body), "hello");
	FETCH(&g, url_of("http", "/badgzip"));
	check_fault(&g, NET_PROTOCOL, "decompressed");
	got_release(&g);
}

static void slow_answers(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/never"), .total_ms = 300);
	check_fault(&g, NET_TIMEOUT, "127.0.0.1:|within 0.3 s");
	assert_non_null(strstr(g.hint, "more time"));
	FETCH(&g, url_of("http", "/never"), .idle_ms = 250);
	check_fault(&g, NET_IDLE, "127.0.0.1:|nothing for 0.25 s");
	FETCH(&g, url_of("http", "/silent"), .idle_ms = 250);
	check_fault(&g, NET_IDLE, "nothing for 0.25 s");
	assert_string_equal(buf_str(&g.body), "something");
	/* A byte now and then is no silence, but takes its time. */
	FETCH(&g, url_of("http", "/slow?80"), .idle_ms = 400, .total_ms = 900);
	check_fault(&g, NET_TIMEOUT, "within 0.9 s");
	assert_in_range(g.body.len, 3, 13);
	FETCH(&g, url_of("http", "/slow"), .idle_ms = 500);
	check_fault(&g, NET_IDLE, "");
	FETCH(&g, url_of("http", "/trickle"), .idle_ms = 400, .total_ms = 700);
	check_fault(&g, NET_TIMEOUT, "");
	FETCH(&g, url_of("http", "/wait?600"), .idle_ms = 300);
	check_fault(&g, NET_IDLE, "");
	got_release(&g);
}

/* Whoever reads slowly is not what the server is blamed for. */
static int doze(void *ctx, const void *bytes, size_t len)
{
	struct got *g = ctx;

	if (g->pieces++ == 0)
		usleep(400 * 1000);
	g->body.len += len;
	return 0;
}

static void slow_reader(void **state)
{
	struct got g = {0};
	struct net_request q = {.method = "GET",
				.private_ok = true,
				.idle_ms = 250,
				.data = doze,
				.done = got_done,
				.ctx = &g};

	q.url = url_of("http", "/chunks?40,20");
	assert_int_equal(ops->start(net, &q, NULL, NULL), 0);
	run_until(&g, 1);
	assert_string_equal(g.message, "");
	assert_int_equal(g.result.bytes, 40 * 14);
}

static void connects(void **state)
{
	char name[128] = "http://";
	struct got g = {0};

	FETCH(&g, url_of("closed", "/"));
	check_fault(&g, NET_CONNECT, "127.0.0.1:|refused");
	assert_non_null(strstr(g.hint, "running"));
	/* Longer than a label may be: no name server is asked. */
	memset(name + 7, 'a', 80);
	FETCH(&g, name);
	check_fault(&g, NET_RESOLVE, "no host 'aaa");
	/* It accepts, and then there is silence in the handshake. */
	FETCH(&g, url_of("hang", "/"), .connect_ms = 300);
	check_fault(&g, NET_TIMEOUT, "127.0.0.1:|connection within 0.3 s");
	FETCH(&g, url_of("hang", "/"), .total_ms = 300);
	check_fault(&g, NET_TIMEOUT, "");
	got_release(&g);
}

static void certificates(void **state)
{
	struct got g = {0};

	FETCH(&g, url_at("localhost", "https", "/ok"));
	check_body(&g, "hello\n");
	FETCH(&g, url_of("expired", "/ok"));
	check_fault(&g, NET_TLS, "certificate of 127.0.0.1:|has expired");
	assert_int_equal(g.result.err, -AWM_REMOTE);
	FETCH(&g, url_of("future", "/ok"));
	check_fault(&g, NET_TLS, "not valid yet");
	assert_non_null(strstr(g.hint, "clock"));
	FETCH(&g, url_of("name", "/ok"));
	check_fault(&g, NET_TLS, "for another name");
	FETCH(&g, url_at("localhost", "name", "/ok"));
	check_fault(&g, NET_TLS, "localhost:|for another name");
	FETCH(&g, url_of("self", "/ok"));
	check_fault(&g, NET_TLS, "self-signed");
	assert_non_null(strstr(g.hint, "SSL_CERT_FILE"));
	got_release(&g);
}

static void encryption(void **state)
{
	struct got g = {0};
	char url[64];

	/* A server that speaks first, and not TLS. */
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", peer_port("smtp"));
	FETCH(&g, url, .total_ms = 5000);
	check_fault(&g, NET_TLS, "127.0.0.1:");
	assert_non_null(strstr(g.hint, "http://"));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", peer_port("https"));
	FETCH(&g, url, .total_ms = 5000);
	assert_int_not_equal(g.result.err, 0);
	got_release(&g);
}

static void authorities(void **state)
{
	struct got g = {0};

	/* The system's do not know ours. */
	reopen((struct net_opts){0});
	FETCH(&g, url_of("https", "/ok"));
	check_fault(&g, NET_TLS, "127.0.0.1:");
	setenv("SSL_CERT_FILE", ca_file(), 1);
	reopen((struct net_opts){0});
	FETCH(&g, url_of("https", "/ok"));
	check_body(&g, "hello\n");
	unsetenv("SSL_CERT_FILE");
	reopen((struct net_opts){.ca_file = ca_file()});
	got_release(&g);
}

/* SIGPIPE has its default here: a write to who is gone must not raise it. */
static void leaves_in_upload(void **state)
{
	size_t size = 8 << 20;
	char *body = calloc(1, size);
	struct got g = {0};

	assert_non_null(body);
	signal(SIGPIPE, SIG_DFL);
	FETCH(&g, url_of("rude", "/"), .method = "POST", .body = body,
	      .body_len = size);
	check_fault(&g, NET_PROTOCOL, "127.0.0.1:");
	got_release(&g);
	free(body);
}

/* Many that share the fate of the first do not wait for each other. */
static void fail_together(void **state)
{
	static struct got g[20];
	int64_t began = clock_ms();
	int i;

	for (i = 0; i < 20; i++)
		BEGIN(&g[i], url_of("hang", "/"), .connect_ms = 300);
	run_until(g, 20);
	for (i = 0; i < 20; i++) {
		check_fault(&g[i], NET_TIMEOUT, "");
		got_release(&g[i]);
	}
	assert_in_range(clock_ms() - began, 300, 3000);
}

static void check_cancelled(struct got *g)
{
	run_until(g, 1);
	check_fault(g, NET_CANCELLED, "cancelled");
	assert_int_equal(g->result.err, -AWM_INTERRUPTED);
	got_release(g);
}

static void run_for(int ms)
{
	int64_t until = clock_ms() + ms;
	unsigned running;

	while (clock_ms() < until)
		assert_int_equal(ops->run(net, 10, -1, &running, NULL), 0);
}

static void cancels(void **state)
{
	struct got g = {0};
	struct net_call *call;
	int stage;

	/* Before anything ran, in the handshake, in the wait for an answer, in
	 * the answer. */
	for (stage = 0; stage < 4; stage++) {
		call = BEGIN(&g, stage == 1   ? url_of("hang", "/")
				 : stage == 2 ? url_of("http", "/never")
					      : url_of("http", "/slow?10"));
		run_for(stage ? 100 : 0);
		assert_int_equal(g.done, 0);
		assert_int_equal(g.heads, stage == 3);
		ops->cancel(call);
		assert_int_equal(g.done, 0);
		check_cancelled(&g);
	}
	/* By the callbacks. */
	g.stop_in_head = 1;
	BEGIN(&g, url_of("http", "/chunks?100"));
	run_until(&g, 1);
	assert_int_equal(g.heads, 1);
	assert_int_equal(g.pieces, 0);
	check_cancelled(&g);
	g.stop_after = 3;
	BEGIN(&g, url_of("http", "/chunks?10,20"));
	run_until(&g, 1);
	assert_int_equal(g.pieces, 3);
	assert_int_equal(g.result.status, 200);
	check_cancelled(&g);
	g.cancel_in_data = BEGIN(&g, url_of("http", "/ok"));
	run_until(&g, 1);
	assert_int_equal(g.pieces, 1);
	check_cancelled(&g);
}

static void cancels_another(void **state)
{
	struct got g[2] = {0};

	g[0].cancel_in_data = BEGIN(&g[1], url_of("http", "/never"));
	BEGIN(&g[0], url_of("http", "/ok"));
	run_until(g, 2);
	check_body(&g[0], "hello\n");
	check_fault(&g[1], NET_CANCELLED, "");
	got_release(&g[0]);
	got_release(&g[1]);
}

/* Among the streams of one connection, only the one that is meant. */
static void cancels_stream(void **state)
{
	struct got g[3] = {0};
	struct net_call *call;

	BEGIN(&g[0], url_of("h2", "/a"));
	call = BEGIN(&g[1], url_of("h2", "/b"));
	BEGIN(&g[2], url_of("h2", "/c"));
	assert_int_equal(ops->run(net, 0, -1, NULL, NULL), 0);
	ops->cancel(call);
	run_until(g, 3);
	assert_int_equal(g[0].result.err, 0);
	check_fault(&g[1], NET_CANCELLED, "");
	assert_int_equal(g[2].result.err, 0);
	got_release(&g[0]);
	got_release(&g[1]);
	got_release(&g[2]);
}

static void closes(void **state)
{
	static struct got g[4];
	int i;

	BEGIN(&g[0], url_of("http", "/never"));
	BEGIN(&g[1], url_of("http", "/slow?10"));
	BEGIN(&g[2], url_of("h2", "/"));
	run_for(100);
	BEGIN(&g[3], url_of("http", "/ok"));
	reopen((struct net_opts){.ca_file = ca_file()});
	for (i = 0; i < 4; i++) {
		assert_int_equal(g[i].done, 1);
		if (i != 2)
			check_fault(&g[i], NET_CANCELLED, "");
		got_release(&g[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_answers),
		cmocka_unit_test(redirects),
		cmocka_unit_test(large_heads),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(slow_answers),
		cmocka_unit_test(slow_reader),
		cmocka_unit_test(connects),
		cmocka_unit_test(certificates),
		cmocka_unit_test(encryption),
		cmocka_unit_test(authorities),
		cmocka_unit_test(leaves_in_upload),
		cmocka_unit_test(fail_together),
		cmocka_unit_test(cancels),
		cmocka_unit_test(cancels_another),
		cmocka_unit_test(cancels_stream),
		cmocka_unit_test(closes),
	};

	return cmocka_run_group_tests(tests, peer_start, peer_stop);
}
