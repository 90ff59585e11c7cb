// SPDX-License-Identifier: MIT
/* Addresses of providers. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/utf8.h"
#include "provider/wire.h"

static size_t scheme_length(const char *url)
{
	return !strncasecmp(url, "https://", 8)	 ? 8
	       : !strncasecmp(url, "http://", 7) ? 7
						 : 0;
}

static bool is_port(const char *s, size_t len)
{
	long port = 0;

	if (!len || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		port = port * 10 + s[i] - '0';
	}
	return port > 0 && port < 65536;
}

/* The bytes of the host; 0 when host and port are malformed. */
static size_t host_length(const char *s, size_t len)
{
	size_t host;

	if (*s == '[') {
		const char *end = memchr(s, ']', len);

		host = end ? (size_t)(end - s) + 1 : 0;
		if (host < 4 ||
		    strspn(s + 1, "0123456789abcdefABCDEF:.") < host - 2)
			return 0;
	} else {
		host = strspn(s, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
		if (!host || *s == '-' || *s == '.')
			return 0;
	}
	if (host == len)
		return host;
	return s[host] == ':' && is_port(s + host + 1, len - host - 1) ? host
								       : 0;
}

static int malformed(const char *url)
{
	/* What stands before an @ may be a password. */
	if (strchr(url, '@'))
		err_set(AWM_INVALID, "the base URL names a user");
	else
		err_set(AWM_INVALID, "malformed base URL '%s'", url);
	return err_hint("want http://HOST[:PORT][/PATH] or https://…, without "
			"a query");
}

int provider_url_check(const char *url)
{
	size_t scheme = scheme_length(url), len;

	if (!scheme || strpbrk(url, "?#\\ \"<>@") ||
	    utf8_has_control(url, strlen(url), false) ||
	    !utf8_valid(url, strlen(url)))
		return malformed(url);
	len = strcspn(url + scheme, "/");
	if (!len || !host_length(url + scheme, len))
		return malformed(url);
	return 0;
}

/* "https://host:port", in lower case and with the port always. */
const char *provider_url_origin(const char *url, struct arena *a)
{
	size_t scheme = scheme_length(url);
	size_t len = scheme ? strcspn(url + scheme, "/") : 0;
	size_t host = len ? host_length(url + scheme, len) : 0;
	const char *port;
	char *out;

	if (!host)
		return NULL;
	port = host < len ? "" : scheme == 8 ? ":443" : ":80";
	out = arena_printf(a, "%.*s%s", (int)(scheme + len), url, port);
	for (char *p = out; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	return out;
}

const char *provider_url_host(const char *url, struct arena *a)
{
	size_t scheme = scheme_length(url);
	size_t len = scheme ? strcspn(url + scheme, "/") : 0;
	size_t host = len ? host_length(url + scheme, len) : 0;
	char *out = host ? arena_strndup(a, url + scheme, host) : NULL;

	for (char *p = out; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	return out;
}

static bool ends(const char *s, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(s + len - n, with, n) == 0;
}

/* The base URL without slashes and the given endings at its end. `alone` is
 * put behind a base that has no path. */
int request_base(const struct provider_request *q, const char *const *endings,
		 const char *alone, struct arena *a, const char **ret)
{
	const char *url =
		q->base_url ? q->base_url : wire_of(q->wire)->base_url;
	size_t len = strlen(url), host;
	int rc = provider_url_check(url);

	if (rc)
		return rc;
	while (len && url[len - 1] == '/')
		len--;
	for (; endings && *endings; endings++) {
		if (!ends(url, len, *endings))
			continue;
		len -= strlen(*endings);
		break;
	}
	host = scheme_length(url);
	host += strcspn(url + host, "/");
	*ret = arena_printf(a, "%.*s%s", (int)len, url,
			    alone && host >= len ? alone : "");
	return *ret ? 0 : -AWM_NOMEM;
}

/* ---- OLLAMA_HOST: [scheme://]host[:port][/path] ---- */

struct ollama {
	const char *scheme;
	const char *host;
	size_t host_len;
	long port;
	const char *path;
	size_t path_len;
};

static void ollama_scheme(const char **p, struct ollama *o)
{
	const char *sep = strstr(*p, "://");

	*o = (struct ollama){.scheme = "http", .port = 11434};
	if (sep) {
		bool tls = sep - *p == 5 && !strncasecmp(*p, "https", 5);

		o->scheme = tls ? "https" : "http";
		o->port = tls ? 443 : 80;
		*p = sep + 3;
	} else if (!strncmp(*p, "ollama.com", 10) &&
		   (!(*p)[10] || (*p)[10] == '/')) {
		o->scheme = "https";
		o->port = 443;
	}
}

static void ollama_host(const char *p, size_t len, struct ollama *o)
{
	const char *colon = NULL;
	size_t host;

	if (*p == '[') {
		const char *end = memchr(p, ']', len);

		host = end ? (size_t)(end - p) + 1 : len;
	} else {
		colon = memchr(p, ':', len);
		host = colon ? (size_t)(colon - p) : len;
	}
	o->host = p;
	o->host_len = host;
	/* A bad port is the default, as in the program itself. */
	if (host < len && p[host] == ':' &&
	    is_port(p + host + 1, len - host - 1)) {
		o->port = 0;
		for (size_t i = host + 1; i < len; i++)
			o->port = o->port * 10 + p[i] - '0';
	}
}

const char *provider_ollama_url(const char *host, struct arena *a)
{
	const char *p = host + strspn(host, " \t\"'");
	size_t whole = strlen(p), len;
	struct ollama o;

	while (whole && strchr(" \t\"'", p[whole - 1]))
		whole--;
	p = arena_strndup(a, p, whole);
	if (!p)
		return NULL;
	ollama_scheme(&p, &o);
	len = strcspn(p, "/");
	ollama_host(p, len, &o);
	o.path = p + len;
	o.path_len = strlen(o.path);
	while (o.path_len && o.path[o.path_len - 1] == '/')
		o.path_len--;
	if (!o.host_len || (o.host_len == 7 && !memcmp(o.host, "0.0.0.0", 7))) {
		o.host = "127.0.0.1";
		o.host_len = 9;
	} else if (o.host_len == 4 && !memcmp(o.host, "[::]", 4)) {
		o.host = "[::1]";
		o.host_len = 5;
	}
	return arena_printf(a, "%s://%.*s:%ld%.*s", o.scheme, (int)o.host_len,
			    o.host, o.port, (int)o.path_len, o.path);
}
