/* SPDX-License-Identifier: MIT */

/* The module awm-net.so with servers that behave: requests, answers, reuse of
 * connections, many at once, and the loop itself. */
#include "tests/unit/net_peer.h"

#include <sys/time.h>

static void answers(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/ok"));
	check_body(&g, "hello\n");
	assert_int_equal(g.result.status, 200);
	assert_string_equal(g.hint, "");
	assert_non_null(strstr(g.head.s, "\nX-Empty: \nX-Two: a\nx-two: b\n"));
	assert_true(g.result.connect_us >= 0);
	assert_true(g.result.first_byte_us > 0);
	assert_true(g.result.total_us >= g.result.first_byte_us);

	FETCH(&g, url_of("http", "/html"));
	check_body(&g, "<html><body>Bad gateway</body></html>");
	assert_int_equal(g.result.status, 502);

	FETCH(&g, url_of("http", "/ok"), .method = "HEAD");
	check_body(&g, "");
	FETCH(&g, url_of("http", "/close"));
	check_body(&g, "hello\n");
	got_release(&g);
}

static void heads(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/folded"));
	check_body(&g, "");
	assert_string_equal(g.head.s, "X-Folded: one two\nX-After: three\n"
				      "Content-Length: 0\n");
	FETCH(&g, url_of("http", "/early"));
	check_body(&g, "hello\n");
	assert_null(strstr(g.head.s, "X-Early"));
	FETCH(&g, url_of("http", "/trailers"));
	check_body(&g, "hello\n");
	assert_null(strstr(g.head.s, "X-Late: yes"));
	got_release(&g);
}

static void requests(void **state)
{
	static const struct net_header headers[] = {{"X-Key", "secret"},
						    {"X-Empty", ""},
						    {"X-Tab", "a\tb \xC3\xA9"}};
	struct got g = {0};
	const char *s;

	FETCH(&g, url_of("http", "/echo?a=b#c"), .method = "POST",
	      .headers = headers, .nheaders = 3, .body = "{\"a\":0}\n",
	      .body_len = 8);
	s = buf_str(&g.body);
	assert_non_null(strstr(s, "POST /echo?a=b HTTP/1.1"));
	assert_non_null(strstr(s, "\nX-Key: secret\r"));
	assert_non_null(strstr(s, "\nX-Empty:\r"));
	assert_non_null(strstr(s, "\nX-Tab: a\tb \xC3\xA9\r"));
	assert_non_null(strstr(s, "\nUser-Agent: awm-test/1\r"));
	assert_non_null(strstr(s, "\nContent-Length: 8"));
	assert_non_null(strstr(s, "\nAccept-Encoding: "));
	assert_non_null(strstr(s, "gzip"));
	assert_null(strstr(s, "Expect"));
	assert_null(strstr(s, "Content-Type"));
	assert_null(strstr(s, "Cookie"));
	assert_string_equal(s + strlen(s) - 9, "\n{\"a\":0}\n");

	FETCH(&g, url_of("http", "/echo"), .method = "PATCH", .body = "x",
	      .body_len = 1);
	assert_non_null(strstr(buf_str(&g.body), "PATCH /echo "));
	FETCH(&g, url_of("http", "/echo"), .method = "POST");
	assert_non_null(strstr(buf_str(&g.body), "\nContent-Length: 0"));
	FETCH(&g, url_of("http", "/echo"), .method = "DELETE");
	assert_non_null(strstr(buf_str(&g.body), "DELETE /echo "));
	assert_null(strstr(buf_str(&g.body), "Content-Length"));
	got_release(&g);
}

static void big_bodies(void **state)
{
	size_t size = 3 << 20;
	char *body = malloc(size);
	struct got g = {0};

	assert_non_null(body);
	memset(body, 'x', size);
	FETCH(&g, url_of("http", "/echo"), .method = "POST", .body = body,
	      .body_len = size);
	assert_int_equal(g.result.err, 0);
	assert_true(g.result.bytes > size);
	FETCH(&g, url_of("https", "/echo"), .method = "POST", .body = body,
	      .body_len = size);
	assert_int_equal(g.result.err, 0);
	assert_true(g.result.bytes > size);
	free(body);
	got_release(&g);
}

static void check_refused(struct net_request q, const char *words)
{
	struct net_error err = {0};
	struct net_call *call = NULL;

	q.url = q.url ? q.url : "http://127.0.0.1/?k=secret";
	assert_int_equal(ops->start(net, &q, &call, &err), -AWM_USAGE);
	assert_null(call);
	if (!strstr(err.message, words))
		fail_msg("'%s' is not in '%s'", words, err.message);
	assert_null(strstr(err.message, "secret"));
}

static void refused_requests(void **state)
{
	static const struct net_header bad[] = {
		{"X-A", "b\r\nX-Evil: c"},
		{"X-A", "b\nc"},
		{"X-A\r\nX", "b"},
		{"", "b"},
		{"X A", "b"},
		{"Content-Length", "7"},
		{"X-A", "\x1b[31m"},
		{"transfer-encoding", "chunked"}};
	unsigned running = 1;
	size_t i;

	for (i = 0; i < 8; i++)
		check_refused(
			(struct net_request){.headers = &bad[i], .nheaders = 1},
			"header");
	check_refused((struct net_request){.method = "GET / HTTP/1.1\r\n"},
		      "method");
	check_refused((struct net_request){.url = "http://a:secret@b/"},
		      "names a user");
	check_refused((struct net_request){.url = "file:///etc/secret"},
		      "not a URL");
	check_refused((struct net_request){.proxy = "ftp://u:secret@h/"},
		      "proxy");
	assert_int_equal(ops->run(net, 0, -1, &running, NULL), 0);
	assert_int_equal(running, 0);
}

static void streams(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/chunks?5,60"));
	check_body(&g, "data: 000000\n\ndata: 000001\n\ndata: 000002\n\n"
		       "data: 000003\n\ndata: 000004\n\n");
	assert_int_equal(g.pieces, 5);
	assert_true(g.last_ms - g.first_ms >= 150);
	FETCH(&g, url_of("http", "/chunks?10000"));
	assert_int_equal(g.result.err, 0);
	assert_int_equal(g.result.bytes, 140000);
	assert_string_equal(g.body.s + 139986, "data: 009999\n\n");
	/* Each flushed piece is handed out before the next one comes. */
	FETCH(&g, url_of("http", "/streamgzip"));
	check_body(&g, "data: 000000\n\ndata: 000001\n\ndata: 000002\n\n");
	assert_true(g.pieces >= 3);
	assert_true(g.last_ms - g.first_ms >= 120);
	got_release(&g);
}

static void encodings(void **state)
{
	struct got g = {0};

	FETCH(&g, url_of("http", "/gzip"));
	check_body(&g, "hello\n");
	FETCH(&g, url_of("http", "/deflate"));
	check_body(&g, "hello\n");
	FETCH(&g, url_of("http", "/br"));
	check_body(&g, "hello\n");
	got_release(&g);
}

static void keeps_connections(void **state)
{
	struct got g = {0};
	char first[512];

	FETCH(&g, url_of("http", "/ok"));
	snprintf(first, sizeof(first), "%s", buf_str(&g.head));
	FETCH(&g, url_of("http", "/ok"));
	assert_string_equal(buf_str(&g.head), first);
	assert_int_equal(g.result.connect_us, 0);
	FETCH(&g, url_of("https", "/ok"));
	snprintf(first, sizeof(first), "%s", buf_str(&g.head));
	FETCH(&g, url_of("https", "/ok"));
	assert_string_equal(buf_str(&g.head), first);
	got_release(&g);
}

/* A connection that the server gave up is no reason to send a POST again. */
static void sends_once(void **state)
{
	struct got g = {0};
	int before;

	FETCH(&g, url_of("http", "/stale"));
	check_body(&g, "hello\n");
	before = ask("/hits?/echo");
	FETCH(&g, url_of("http", "/stale"));
	FETCH(&g, url_of("http", "/ok"));
	check_body(&g, "hello\n"); /* again, on a connection of its own */
	FETCH(&g, url_of("http", "/stale"));
	FETCH(&g, url_of("http", "/echo"), .method = "POST", .body = "pay",
	      .body_len = 3);
	check_fault(&g, NET_PROTOCOL, "127.0.0.1:|may have taken");
	assert_int_equal(ask("/hits?echo") - before, 1);
	got_release(&g);
}

#define MANY 64

static void parallel_at(const char *name)
{
	static struct got g[MANY];
	int64_t began = clock_ms();
	int i;

	for (i = 0; i < MANY; i++)
		BEGIN(&g[i], url_of(name, "/wait?300"));
	run_until(g, MANY);
	for (i = 0; i < MANY; i++) {
		check_body(&g[i], "hello\n");
		got_release(&g[i]);
	}
	/* One after another it would be 19 s. */
	if (!getenv("AWM_SANITIZED"))
		assert_in_range(clock_ms() - began, 300, 4000);
}

static void parallel(void **state)
{
	parallel_at("http");
	/* HTTP/1.1 over TLS, told by ALPN or by the lack of it. */
	parallel_at("https");
	parallel_at("noalpn");
}

static void limits_connections(void **state)
{
	static struct got g[12];
	int before, i;

	reopen((struct net_opts){.ca_file = ca_file(), .max_connections = 3});
	before = ask("/connections");
	for (i = 0; i < 12; i++)
		BEGIN(&g[i], url_of("http", "/wait?20"), .total_ms = 10000);
	run_until(g, 12);
	for (i = 0; i < 12; i++) {
		check_body(&g[i], "hello\n");
		got_release(&g[i]);
	}
	assert_in_range(ask("/connections") - before, 0, 2);
	/* What waits for its turn fails in its time as well. */
	for (i = 0; i < 12; i++)
		BEGIN(&g[i], url_of("http", "/never"), .total_ms = 300);
	run_until(g, 12);
	for (i = 0; i < 12; i++) {
		check_fault(&g[i], NET_TIMEOUT, "within 0.3 s");
		got_release(&g[i]);
	}
	reopen((struct net_opts){.ca_file = ca_file(),
				 .user_agent = "awm-test/1"});
}

static void http2(void **state)
{
	static struct got g[20];
	int before = ask("/connections"), i;

	for (i = 0; i < 20; i++)
		BEGIN(&g[i], url_of("h2", "/any"), .method = "POST",
		      .body = "{}", .body_len = 2);
	run_until(g, 20);
	for (i = 0; i < 20; i++) {
		assert_int_equal(g[i].result.err, 0);
		assert_int_equal(g[i].result.status, 200);
		assert_memory_equal(g[i].body.s, "stream ", 7);
		got_release(&g[i]);
	}
	assert_int_equal(ask("/connections") - before, 1);
}

static void on_alarm(int number)
{
	(void)number;
	ops->wake(net);
}

static void on_alarm_only(int number)
{
	(void)number;
}

static void alarm_in(int ms, void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler};
	struct itimerval timer = {.it_value = {.tv_usec = ms * 1000L}};

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void wakes(void **state)
{
	struct got g = {0};
	struct net_call *call;
	unsigned running = 9;
	int64_t began;
	int fds[2];

	call = BEGIN(&g, url_of("http", "/never"));
	while (ops->run(net, 50, -1, &running, NULL) == 0 && !g.done &&
	       ask("/hits?never") == 0)
		;
	began = clock_ms();
	alarm_in(100, on_alarm);
	assert_int_equal(ops->run(net, -1, -1, &running, NULL), 0);
	assert_int_equal(running, 1);
	alarm_in(100, on_alarm_only);
	assert_int_equal(ops->run(net, 15000, -1, &running, NULL), 0);
	/* Before run() counts as well, once. */
	ops->wake(net);
	assert_int_equal(ops->run(net, -1, -1, &running, NULL), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(ops->run(net, -1, fds[0], &running, NULL), 0);
	assert_int_equal(read(fds[0], &(char){0}, 1), 1);
	assert_in_range(clock_ms() - began, 150, 5000);
	began = clock_ms();
	assert_int_equal(ops->run(net, 120, fds[0], &running, NULL), 0);
	assert_true(clock_ms() - began >= 100);
	close(fds[0]);
	close(fds[1]);
	ops->cancel(call);
	run_until(&g, 1);
	check_fault(&g, NET_CANCELLED, "cancelled");
	/* Nothing runs: a sleep, or nothing to wait for. */
	began = clock_ms();
	assert_int_equal(ops->run(net, 60, -1, &running, NULL), 0);
	assert_in_range(clock_ms() - began, 50, 5000);
	assert_int_equal(ops->run(net, -1, -1, &running, NULL), 0);
	assert_int_equal(running, 0);
	got_release(&g);
}

static void opens(void **state)
{
	struct net_error err = {0};
	struct net *other = NULL;
	struct net_opts opts = {.ca_file = "/nonexistent/ca.pem"};

	assert_int_equal(ops->open(&opts, &other, &err), -AWM_NOT_FOUND);
	assert_non_null(strstr(err.message, "'/nonexistent/ca.pem'"));
	assert_null(other);
	assert_int_equal(ops->open(NULL, &other, &err), 0);
	ops->close(other);
	ops->close(NULL);
	assert_int_equal(ops->abi, NET_ABI);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(heads),
		cmocka_unit_test(requests),
		cmocka_unit_test(big_bodies),
		cmocka_unit_test(refused_requests),
		cmocka_unit_test(streams),
		cmocka_unit_test(encodings),
		cmocka_unit_test(keeps_connections),
		cmocka_unit_test(sends_once),
		cmocka_unit_test(parallel),
		cmocka_unit_test(limits_connections),
		cmocka_unit_test(http2),
		cmocka_unit_test(wakes),
		cmocka_unit_test(opens),
	};

	return cmocka_run_group_tests(tests, peer_start, peer_stop);
}
