/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What libcurl forgives, one slash or three, is refused here: other readers of
 * URLs see another host in it. */
static bool has_scheme(const char *url, bool mail)
{
	const char *colon = strstr(url, "://");
	size_t len = colon ? (size_t)(colon - url) : 0;
	const char *plain = mail ? "smtp" : "http";

	return colon && colon[3] != '/' &&
	       (len == 4 || (len == 5 && (url[4] | 0x20) == 's')) &&
	       strncasecmp(url, plain, 4) == 0;
}

static bool get(CURLU *url, CURLUPart part, unsigned flags, char *buf,
		size_t size)
{
	_cleanup_(curl_freep) char *s = NULL;
	int n;

	if (curl_url_get(url, part, &s, flags))
		return false;
	n = snprintf(buf, size, "%s", s);
	return n >= 0 && (size_t)n < size;
}

/* Labels of letters, digits, - and _; no empty one but the root at the end. */
static bool is_name(const char *s)
{
	size_t i, label = 0;

	for (i = 0; s[i]; i++) {
		if (s[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
		      (s[i] >= '0' && s[i] <= '9') || s[i] == '-' ||
		      s[i] == '_'))
			return false;
		label++;
	}
	return i > 0 && i <= 254;
}

/* Brings the host into its one spelling: lower case, IPv6 as inet_ntop(). */
static bool tidy_host(char *host, size_t size)
{
	unsigned char in6[16];
	char plain[INET6_ADDRSTRLEN];
	size_t len = strlen(host), i;

	for (i = 0; i < len; i++)
		if (host[i] >= 'A' && host[i] <= 'Z')
			host[i] |= 0x20;
	if (host[0] != '[')
		return is_name(host);
	if (len < 4 || host[len - 1] != ']')
		return false;
	host[len - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, in6) != 1 ||
	    !inet_ntop(AF_INET6, in6, plain, sizeof(plain)))
		return false;
	snprintf(host, size, "[%s]", plain);
	return true;
}

static int refuse_host(const char *host, struct net_error *err)
{
	char safe[128];
	int r;

	print_safe(safe, sizeof(safe), host, strlen(host));
	r = fail(err, AWM_USAGE, "no host of a URL: '%s'", safe);
	return fail_hint(err, r,
			 "letters, digits, '-', '_' and '.'; a name of another "
			 "script in its xn-- form; no zone");
}

static int check_host(CURLU *url, struct net_error *err)
{
	char host[256], zone[64], port[8];

	if (!get(url, CURLUPART_HOST, CURLU_URLDECODE, host, sizeof(host)) ||
	    !host[0])
		return fail(err, AWM_USAGE, "the URL has no host");
	if (get(url, CURLUPART_ZONEID, 0, zone, sizeof(zone)))
		return refuse_host(host, err);
	if (!tidy_host(host, sizeof(host)))
		return refuse_host(host, err);
	if (curl_url_set(url, CURLUPART_HOST, host, 0))
		return nomem(err);
	if (get(url, CURLUPART_PORT, 0, port, sizeof(port)) &&
	    strcmp(port, "0") == 0)
		return fail(err, AWM_USAGE, "the URL has port 0");
	return 0;
}

int parse_url(const char *url, bool mail, CURLU **ret, struct net_error *err)
{
	_cleanup_(curlup) CURLU *parsed = curl_url();
	const char *kind = mail ? "smtp or smtps" : "http or https";
	CURLUcode code;
	int r;

	if (!parsed)
		return nomem(err);
	if (!url || !has_scheme(url, mail))
		return fail(err, AWM_USAGE, "not a URL of %s", kind);
	code = curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER);
	if (code == CURLUE_OUT_OF_MEMORY)
		return nomem(err);
	if (code == CURLUE_USER_NOT_ALLOWED) {
		r = fail(err, AWM_USAGE, "the URL names a user");
		return fail_hint(err, r,
				 "a name or password does not belong into a "
				 "URL: it would show in lists and logs");
	}
	if (code)
		return fail(err, AWM_USAGE, "not a URL of %s: %s", kind,
			    curl_url_strerror(code));
	r = check_host(parsed, err);
	if (r != 0)
		return r;
	*ret = parsed;
	parsed = NULL;
	return 0;
}

int url_place(CURLU *url, char *host, size_t host_size, char *place,
	      size_t place_size, struct net_error *err)
{
	char port[8];

	if (!get(url, CURLUPART_HOST, 0, host, host_size) ||
	    !get(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof(port)))
		return nomem(err);
	snprintf(place, place_size, "%s:%s", host, port);
	return 0;
}

int net_url_host(const char *url, char *buf, size_t size, struct net_error *err)
{
	_cleanup_(curlup) CURLU *parsed = NULL;
	char scheme[8], host[256], port[8];
	int r, n;

	r = parse_url(url, false, &parsed, err);
	if (r != 0)
		return r;
	if (!get(parsed, CURLUPART_SCHEME, 0, scheme, sizeof(scheme)) ||
	    !get(parsed, CURLUPART_HOST, 0, host, sizeof(host)))
		return nomem(err);
	if (!get(parsed, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, port,
		 sizeof(port)))
		port[0] = '\0';
	n = snprintf(buf, size, "%s://%s%s%s", scheme, host, port[0] ? ":" : "",
		     port);
	if (n < 0 || (size_t)n >= size)
		return fail(err, AWM_USAGE, "the URL's host is too long");
	return 0;
}

int proxy_place(const char *proxy, char *buf, size_t size,
		struct net_error *err)
{
	_cleanup_(curlup) CURLU *parsed = curl_url();
	char scheme[16], host[256], port[8];
	int r;

	if (!parsed)
		return nomem(err);
	if (curl_url_set(parsed, CURLUPART_URL, proxy,
			 CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) ||
	    !get(parsed, CURLUPART_SCHEME, 0, scheme, sizeof(scheme)) ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0 &&
	     strncmp(scheme, "socks", 5) != 0) ||
	    !get(parsed, CURLUPART_HOST, 0, host, sizeof(host)) || !host[0]) {
		r = fail(err, AWM_USAGE, "the proxy is not a URL");
		return fail_hint(err, r,
				 "http://HOST:PORT, https://HOST:PORT or "
				 "socks5h://HOST:PORT");
	}
	/* 1080 is libcurl's default for every kind of proxy but https. */
	if (!get(parsed, CURLUPART_PORT, 0, port, sizeof(port)))
		snprintf(port, sizeof(port), "%s",
			 strcmp(scheme, "https") == 0 ? "443" : "1080");
	snprintf(buf, size, "%s:%s", host, port);
	return 0;
}

bool environment_has_proxy(void)
{
	/* Not HTTP_PROXY: a web server sets it from a request's header. */
	static const char *const names[] = {"http_proxy", "https_proxy",
					    "HTTPS_PROXY", "all_proxy",
					    "ALL_PROXY"};
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return true;
	}
	return false;
}
