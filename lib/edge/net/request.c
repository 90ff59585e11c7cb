/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A word of RFC 9110's tchar. */
static bool is_token(const char *s)
{
	return s && *s &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789!#$%&'*+-.^_`|~")] == '\0';
}

static bool is_value(const char *s)
{
	for (; s && *s; s++)
		if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7F)
			return false;
	return s != NULL;
}

static int check_header(const struct net_header *h, struct net_error *err)
{
	char safe[80];

	if (!is_token(h->name)) {
		print_safe(safe, sizeof(safe), h->name ? h->name : "",
			   h->name ? strlen(h->name) : 0);
		return fail(err, AWM_USAGE, "no name of a header: '%s'", safe);
	}
	if (!is_value(h->value))
		return fail(err, AWM_USAGE,
			    "the header '%s' has control characters in it",
			    h->name);
	if (strcasecmp(h->name, "Content-Length") == 0 ||
	    strcasecmp(h->name, "Transfer-Encoding") == 0)
		return fail(err, AWM_USAGE,
			    "the header '%s' is not for the caller to set",
			    h->name);
	return 0;
}

/* A copy of the line is in the list; this one is wiped. */
static bool add_header(struct net_call *call, const char *name,
		       const char *value)
{
	size_t size = strlen(name) + strlen(value) + 3;
	_cleanup_free_ char *line = malloc(size);
	struct curl_slist *grown;

	if (!line)
		return false;
	/* With nothing behind the colon libcurl would leave it out. */
	snprintf(line, size, "%s%s%s", name, *value ? ": " : ";", value);
	grown = curl_slist_append(call->headers, line);
	explicit_bzero(line, size);
	if (grown)
		call->headers = grown;
	return grown != NULL;
}

static bool drop_header(struct net_call *call, const char *line)
{
	struct curl_slist *grown = curl_slist_append(call->headers, line);

	if (grown)
		call->headers = grown;
	return grown != NULL;
}

static int set_headers(struct net_call *call, const struct net_request *q,
		       struct net_error *err)
{
	bool typed = false;
	size_t i;
	int r;

	for (i = 0; i < q->nheaders; i++) {
		r = check_header(&q->headers[i], err);
		if (r != 0)
			return r;
		typed |= strcasecmp(q->headers[i].name, "Content-Type") == 0;
		if (!add_header(call, q->headers[i].name, q->headers[i].value))
			return nomem(err);
	}
	/* What libcurl would add: a wait for "100 Continue", a form's type. */
	if (!drop_header(call, "Expect:") ||
	    (!typed && !drop_header(call, "Content-Type:")) ||
	    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers))
		return nomem(err);
	return 0;
}

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static int set_method(struct net_call *call, const struct net_request *q,
		      struct net_error *err)
{
	static const char *const with_body[] = {"POST", "PUT", "PATCH"};
	static const char *const again[] = {"GET", "HEAD", "OPTIONS", "PUT",
					    "DELETE"};
	const char *method = q->method ? q->method : "GET";
	CURL *easy = call->easy;
	int bad = 0;

	if (!is_token(method))
		return fail(err, AWM_USAGE, "no method of HTTP");
	call->idempotent = is_one_of(method, again, ARRAY_LEN(again));
	if (q->body_len || is_one_of(method, with_body, ARRAY_LEN(with_body))) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
					     (curl_off_t)q->body_len);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
					     q->body_len ? q->body : "");
	} else if (strcmp(method, "HEAD") == 0) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	}
	bad |= (int)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	return bad ? nomem(err) : 0;
}

/* A proxy resolves the name by itself, out of our sight: so it is resolved and
 * checked here first. */
static int set_proxy(struct net_call *call, const char *proxy,
		     struct net_error *err)
{
	int r;

	if (!proxy || (!*proxy && !environment_has_proxy()))
		return 0;
	if (*proxy) {
		r = proxy_place(proxy, call->proxy_place,
				sizeof(call->proxy_place), err);
		if (r != 0)
			return r;
	}
	call->proxy = strdup(proxy);
	if (!call->proxy)
		return nomem(err);
	if (!call->private_ok)
		call->phase = PHASE_PROBE;
	return 0;
}

static int set_protocol(struct net_call *call, struct net_error *err)
{
	CURL *easy = call->easy;
	int bad = 0;

	bad |= (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
				     (long)CURL_HTTP_VERSION_2TLS);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	bad |= (int)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS,
				     1L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT,
				     call->net->user_agent);
	bad |= (int)set_response(call);
	return bad ? nomem(err) : 0;
}

static void take_limits(struct net_call *call, const struct net_request *q)
{
	call->connect_ms = q->connect_ms > 0 ? q->connect_ms : CONNECT_MS;
	call->total_ms = q->total_ms;
	call->idle_ms = q->idle_ms;
	call->max_body = q->max_body ? q->max_body : MAX_BODY;
	call->max_head = q->max_head ? q->max_head : MAX_HEAD;
	call->private_ok = q->private_ok;
	call->on_head = q->head;
	call->on_data = q->data;
	call->on_done = q->done;
	call->ctx = q->ctx;
}

int net_start(struct net *net, const struct net_request *request,
	      struct net_call **ret, struct net_error *err)
{
	struct net_call *call = call_new(net);
	int r;

	if (!call)
		return nomem(err);
	take_limits(call, request);
	r = call_url(call, request->url, err);
	if (r == 0)
		r = set_method(call, request, err);
	if (r == 0)
		r = set_headers(call, request, err);
	if (r == 0)
		r = set_proxy(call, request->proxy, err);
	if (r == 0)
		r = set_protocol(call, err);
	if (r != 0) {
		call_free(call);
		return r;
	}
	return call_begin(call, ret, err);
}
