/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CURLcode set_common(struct net_call *call)
{
	const struct net *net = call->net;
	CURL *easy = call->easy;
	int bad = 0;

	bad |= (int)curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->errbuf);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A name server that is silent is not waited for after a cancel. */
	bad |= (int)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_NETRC,
				     (long)CURL_NETRC_IGNORED);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_SSLVERSION,
				     (long)CURL_SSLVERSION_TLSv1_2);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	if (net->ca_file) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_CAINFO,
					     net->ca_file);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO,
					     net->ca_file);
	}
	/* A file alone is to be trusted alone. */
	if (net->ca_file || net->ca_folder) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_CAPATH,
					     net->ca_folder);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH,
					     net->ca_folder);
	}
	return bad ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}

struct net_call *call_new(struct net *net)
{
	struct net_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->net = net;
	call->phase = PHASE_TRANSFER;
	memset(call->sockets, 0xFF, sizeof(call->sockets));
	call->easy = curl_easy_init();
	if (!call->easy || set_common(call)) {
		call_free(call);
		return NULL;
	}
	return call;
}

/* Keys may stand in the headers. */
static void wipe_list(struct curl_slist *list)
{
	struct curl_slist *one;

	for (one = list; one; one = one->next)
		explicit_bzero(one->data, strlen(one->data));
	curl_slist_free_all(list);
}

void call_free(struct net_call *call)
{
	if (!call)
		return;
	curl_easy_cleanup(call->easy);
	curl_url_cleanup(call->url);
	wipe_list(call->headers);
	curl_slist_free_all(call->recipients);
	text_release(&call->head.lines);
	text_release(&call->head.last);
	if (call->proxy)
		explicit_bzero(call->proxy, strlen(call->proxy));
	free(call->proxy);
	free(call);
}

int call_url(struct net_call *call, const char *url, struct net_error *err)
{
	int r = parse_url(url, call->is_mail, &call->url, err);

	if (r == 0)
		r = url_place(call->url, call->host, sizeof(call->host),
			      call->place, sizeof(call->place), err);
	if (r == 0 && curl_easy_setopt(call->easy, CURLOPT_CURLU, call->url))
		return nomem(err);
	return r;
}

int call_begin(struct net_call *call, struct net_call **ret,
	       struct net_error *err)
{
	struct net *net = call->net;

	if (set_connection(call) ||
	    curl_multi_add_handle(net->multi, call->easy)) {
		call_free(call);
		return nomem(err);
	}
	net->now = now_ms();
	if (call->total_ms > 0)
		call->ends = net->now + call->total_ms;
	call->next = net->calls;
	if (call->next)
		call->next->prev = call;
	net->calls = call;
	net->running++;
	if (ret)
		*ret = call;
	return 0;
}

int call_transfer(struct net_call *call)
{
	call->phase = PHASE_TRANSFER;
	curl_multi_remove_handle(call->net->multi, call->easy);
	if (set_connection(call) ||
	    curl_multi_add_handle(call->net->multi, call->easy))
		return -AWM_NOMEM;
	return 0;
}

void call_fault(struct net_call *call, enum net_fault fault, const char *fmt,
		...)
{
	va_list ap;

	if (call->fault != NET_OK)
		return;
	call->fault = fault;
	va_start(ap, fmt);
	vsnprintf(call->why, sizeof(call->why), fmt, ap);
	va_end(ap);
}

static int64_t microseconds(CURL *easy, CURLINFO info)
{
	curl_off_t value = 0;

	curl_easy_getinfo(easy, info, &value);
	return value;
}

/* The handshake of TLS belongs to connecting; both are 0 on a connection that
 * was there before. */
static void measure(const struct net_call *call, struct net_result *result)
{
	int64_t plain, tls;
	long status = 0;

	plain = microseconds(call->easy, CURLINFO_CONNECT_TIME_T);
	tls = microseconds(call->easy, CURLINFO_APPCONNECT_TIME_T);
	result->connect_us = tls > plain ? tls : plain;
	result->first_byte_us =
		microseconds(call->easy, CURLINFO_STARTTRANSFER_TIME_T);
	result->total_us = microseconds(call->easy, CURLINFO_TOTAL_TIME_T);
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	result->status = (int)status;
	result->bytes = call->bytes;
}

/* Those that wait to share the connection that failed are let go on their own,
 * or each would wait for the failure of the one before. */
static void stop_sharing(const struct net *net)
{
	struct net_call *other;

	for (other = net->calls; other; other = other->next)
		if (!other->asked)
			curl_easy_setopt(other->easy, CURLOPT_PIPEWAIT, 0L);
}

void call_end(struct net_call *call, CURLcode code)
{
	struct net *net = call->net;
	struct net_result result = {0};

	*(call->prev ? &call->prev->next : &net->calls) = call->next;
	if (call->next)
		call->next->prev = call->prev;
	net->running--;
	net->stirred = true;

	fault_of_code(call, code);
	tear_connection(call);
	curl_multi_remove_handle(net->multi, call->easy);
	if (!call->asked && call->fault != NET_CANCELLED)
		stop_sharing(net);
	measure(call, &result);
	result.fault = call->fault;
	result.err = fault_error(call);
	result.message = call->why;
	result.hint = call->hint;
	if (call->on_done)
		call->on_done(call->ctx, &result);
	call_free(call);
}

void net_cancel(struct net_call *call)
{
	call->cancelled = true;
}
