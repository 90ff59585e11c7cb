/* SPDX-License-Identifier: MIT */

/* The module awm-net.so and whom it connects to: addresses that are refused,
 * URLs, proxies. */
#include "tests/unit/net_peer.h"

/* The strings of one array of tests/data/net/ssrf_addresses.json, which holds
 * no escapes. */
static void each_string(const char *array, void (*fn)(const char *))
{
	static char text[8192];
	char path[4096], *at, *end, *save = NULL;
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/net/ssrf_addresses.json",
		 getenv("AWM_SOURCE_ROOT"));
	f = fopen(path, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	at = strstr(text, array);
	assert_non_null(at);
	at = strchr(at, '[');
	end = strchr(at, ']');
	/* An address in brackets stands in a URL. */
	while (end[1] != ',' && end[1] != '\n' && end[1] != '}')
		end = strchr(end + 1, ']');
	*end = '\0';
	at = strtok_r(at, "\"", &save);
	while ((at = strtok_r(NULL, "\"", &save))) {
		fn(at);
		n++;
		strtok_r(NULL, "\"", &save);
	}
	assert_true(n >= 6);
}

static void is_private(const char *address)
{
	if (ops->address_is_private(address) != 1)
		fail_msg("%s is not private", address);
}

static void is_public(const char *address)
{
	if (ops->address_is_private(address) != 0)
		fail_msg("%s is not public", address);
}

static void addresses(void **state)
{
	static const char *const private[] = {"127.1",
					      "2130706433",
					      "0x7f000001",
					      "0177.0.0.1",
					      "0",
					      "[::1]",
					      "[::ffff:7f00:1]",
					      "::ffff:169.254.169.254",
					      "::10.0.0.1",
					      "64:ff9b::8.8.8.8",
					      "2002:a00:1::",
					      "fec0::1",
					      "2001::1",
					      "2001:1ff:ffff::1",
					      "fe80::1%eth0",
					      "4000::1",
					      "168.63.129.16",
					      "100.100.100.200",
					      "fd00:ec2::254",
					      "239.255.255.250",
					      "172.16.0.0",
					      "100.127.255.255",
					      "198.19.255.255",
					      "3fff:fff::1",
					      "::ffff:0:8.8.8.8"};
	static const char *const public[] = {
		"::ffff:8.8.8.8", "[2606:4700::1]",  "2001:200::1",
		"11.0.0.1",	  "172.15.255.255",  "100.63.255.255",
		"198.20.0.1",	  "134744072",	     "2001:4860:4860::8888",
		"3fff:1000::1",	  "223.255.255.255", "168.63.129.17",
		"192.0.1.1",	  "2003::1"};
	static const char *const neither[] = {"",
					      "localhost",
					      "example.com",
					      "1.2.3.4.5",
					      "256.1.1.1",
					      "::g",
					      "[]",
					      "1.2.3.4 x",
					      "%eth0",
					      "0x7f000001.example"};
	size_t i;

	each_string("\"blocked\"", is_private);
	each_string("\"allowed\"", is_public);
	for (i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		is_private(private[i]);
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		is_public(public[i]);
	for (i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		assert_int_equal(ops->address_is_private(neither[i]),
				 -AWM_USAGE);
}

/* A spelling of loopback, with the port of a server there, is refused: by the
 * reader of URLs or at the connection. */
static void refuses(const char *url)
{
	struct net_request q = {.method = "GET", .done = got_done};
	struct net_error err = {0};
	struct got g = {0};
	const char *slash = strchr(url + 7, '/');
	char with_port[128];

	snprintf(with_port, sizeof(with_port), "%.*s:%d/ok", (int)(slash - url),
		 url, peer_port("http"));
	q.url = strstr(url, ":80%") ? url : with_port;
	q.ctx = &g;
	if (ops->start(net, &q, NULL, &err) != 0) {
		assert_true(err.message[0] != '\0');
		assert_true(strchr(url, '@') || strchr(url, '%'));
		return;
	}
	run_until(&g, 1);
	/* A resolver may not know a name with a dot behind it. */
	if (strstr(url, "localhost.") && g.result.fault == NET_RESOLVE)
		return;
	check_fault(&g, NET_ADDRESS, "not a public address");
	assert_int_equal(g.result.err, -AWM_DENIED);
	assert_non_null(strstr(g.hint, "allowed"));
}

static void spellings(void **state)
{
	int before = ask("/hits?ok");

	each_string("\"url_forms_that_resolve_to_loopback\"", refuses);
	refuses("http://127.0.0.1/");
	refuses("http://017700000001/");
	refuses("http://[::1]/");
	refuses("http://[::127.0.0.1]/");
	assert_int_equal(ask("/hits?ok"), before);
}

/* A connection that one call was allowed is none for another that was not. */
static void not_by_reuse(void **state)
{
	struct got g = {0};
	struct net_request q = {.url = url_of("http", "/ok")};

	FETCH(&g, q.url);
	check_body(&g, "hello\n");
	fetch(&g, q);
	check_fault(&g, NET_ADDRESS, "127.0.0.1|not a public address");
	assert_int_equal(g.result.status, 0);
	q.url = url_of("h2", "/ok");
	FETCH(&g, q.url);
	assert_int_equal(g.result.err, 0);
	fetch(&g, q);
	check_fault(&g, NET_ADDRESS, "127.0.0.1");
	got_release(&g);
}

static const char *proxy_url(const char *user)
{
	static char url[128];

	snprintf(url, sizeof(url), "http://%s127.0.0.1:%d", user,
		 peer_port("http"));
	return url;
}

static void proxies(void **state)
{
	struct got g = {0};

	FETCH(&g, "http://example.invalid/x", .proxy = proxy_url(""));
	check_body(&g, "proxied http://example.invalid/x");
	FETCH(&g, url_of("https", "/ok"), .proxy = proxy_url("me:secret@"));
	check_body(&g, "hello\n");
	assert_null(strstr(g.head.s, "X-Proxy"));
	/* Not by itself, only on demand. */
	setenv("http_proxy", proxy_url(""), 1);
	FETCH(&g, url_of("http", "/ok"));
	check_body(&g, "hello\n");
	FETCH(&g, url_of("http", "/ok"), .proxy = "");
	assert_non_null(strstr(buf_str(&g.body), "proxied http://"));
	setenv("no_proxy", "127.0.0.1", 1);
	FETCH(&g, url_of("http", "/ok"), .proxy = "");
	check_body(&g, "hello\n");
	FETCH(&g, url_of("http", "/ok"), .proxy = proxy_url(""));
	assert_non_null(strstr(buf_str(&g.body), "proxied http://"));
	unsetenv("no_proxy");
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	FETCH(&g, url_of("http", "/ok"), .proxy = "");
	check_fault(&g, NET_CONNECT, "");
	assert_non_null(strstr(g.hint, "proxy"));
	unsetenv("http_proxy");
	got_release(&g);
}

static void bad_proxies(void **state)
{
	struct got g = {0};

	FETCH(&g, "http://example.invalid/", .proxy = "127.0.0.1:1");
	check_fault(&g, NET_CONNECT, "cannot connect to 127.0.0.1:1");
	FETCH(&g, url_of("http", "/denytunnel"));
	FETCH(&g, url_of("https", "/echo"), .proxy = proxy_url(""));
	check_fault(&g, NET_CONNECT, "proxy 127.0.0.1:|refused|407");
	got_release(&g);
}

static void proxies_checked(void **state)
{
	struct net_request q = {.proxy = proxy_url("")};
	int before = ask("/connections");
	struct got g = {0};

	/* Of the target, which the proxy is never asked for. */
	q.url = url_of("http", "/ok");
	fetch(&g, q);
	check_fault(&g, NET_ADDRESS, "'127.0.0.1'|not a public address");
	q.url = url_at("localhost", "http", "/ok");
	fetch(&g, q);
	check_fault(&g, NET_ADDRESS, "'localhost'|not a public address");
	/* Of the proxy, for a target that would be fine. */
	q.url = "http://8.8.8.8/";
	fetch(&g, q);
	check_fault(&g, NET_ADDRESS, "'127.0.0.1:|not a public address");
	q.private_ok = true;
	fetch(&g, q);
	check_body(&g, "proxied http://8.8.8.8/");
	assert_true(ask("/connections") - before <= 1);
	got_release(&g);
}

static void check_origin(const char *url, const char *origin)
{
	struct net_error err = {0};
	char buf[300] = "";
	int r = ops->url_host(url, buf, sizeof(buf), &err);

	if (!origin) {
		if (r != -AWM_USAGE)
			fail_msg("%s: %s", url, buf);
		assert_true(err.message[0] != '\0');
		assert_null(strstr(err.message, "secret"));
		return;
	}
	if (r != 0)
		fail_msg("%s: %s", url, err.message);
	assert_string_equal(buf, origin);
}

static void origins(void **state)
{
	char buf[8];

	check_origin("https://API.OpenAI.com/v1?k=secret#x",
		     "https://api.openai.com");
	check_origin("HTTP://localhost:11434", "http://localhost:11434");
	check_origin("https://a.example:443/", "https://a.example");
	check_origin("http://a.example:443/", "http://a.example:443");
	check_origin("http://a-b_c.example.", "http://a-b_c.example.");
	check_origin("http://0x7f000001/", "http://127.0.0.1");
	check_origin("http://127.1:80/", "http://127.0.0.1");
	check_origin("http://[::FFFF:7F00:1]:8080/",
		     "http://[::ffff:127.0.0.1]:8080");
	check_origin("http://[0:0:0:0:0:0:0:1]", "http://[::1]");
	check_origin("https://xn--bcher-kva.example/",
		     "https://xn--bcher-kva.example");
	check_origin("https://user:secret@a.example/", NULL);
	check_origin("https://user@a.example/", NULL);
	check_origin("ftp://a.example/", NULL);
	check_origin("smtp://a.example/", NULL);
	check_origin("file:///etc/passwd", NULL);
	check_origin("a.example", NULL);
	check_origin("//a.example/", NULL);
	check_origin("http:/a.example/", NULL);
	check_origin("http:///a.example/", NULL);
	check_origin("http://", NULL);
	check_origin("http://:80/", NULL);
	check_origin("http://a.example:0/", NULL);
	check_origin("http://a.example:65536/", NULL);
	check_origin("http://a.example:80%20/", NULL);
	check_origin("http://a..example/", NULL);
	check_origin("http://.example/", NULL);
	check_origin("http://a example/", NULL);
	check_origin("http://a.example\r\nX: y/", NULL);
	check_origin("http://a%2eexample%00.evil/", NULL);
	check_origin("http://a.example\\@evil/", NULL);
	check_origin("http://b\xC3\xBC"
		     "cher.example/",
		     NULL);
	check_origin("http://[::1%25eth0]/", NULL);
	check_origin("http://[v1.x]/", NULL);
	check_origin("javascript://a/", NULL);
	check_origin("", NULL);
	assert_int_equal(
		ops->url_host("https://a.example/", buf, sizeof(buf), NULL),
		-AWM_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(spellings),
		cmocka_unit_test(not_by_reuse),
		cmocka_unit_test(proxies),
		cmocka_unit_test(bad_proxies),
		cmocka_unit_test(proxies_checked),
		cmocka_unit_test(origins),
	};

	return cmocka_run_group_tests(tests, peer_start, peer_stop);
}
