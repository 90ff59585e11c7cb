/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <stdio.h>
#include <string.h>

static const char *const hints[] = {
	[NET_RESOLVE] =
		"is the name spelled right, and is this machine online?",
	[NET_CONNECT] = "is the server running, and does a firewall let it be "
			"reached?",
	[NET_TIMEOUT] = "try again later, or allow more time",
	[NET_IDLE] = "try again later, or allow a longer silence",
	[NET_ADDRESS] = "this machine, private networks and the like are "
			"connected to only where that is allowed",
	[NET_OTHER] = "",
};

/* The place that a connection is made to. */
static const char *peer(const struct net_call *call)
{
	return call->proxy_place[0] ? call->proxy_place : call->place;
}

/* What libcurl says about it, or else about the code. */
static void reason(const struct net_call *call, CURLcode code, char *buf,
		   size_t size)
{
	const char *text =
		call->errbuf[0] ? call->errbuf : curl_easy_strerror(code);

	print_safe(buf, size, text, strlen(text));
}

static void fault_of_connect(struct net_call *call)
{
	long number = 0;

	if (call->refused && (!call->allowed || call->phase == PHASE_PROBE)) {
		call_fault(call, NET_ADDRESS, "%s", "");
		return;
	}
	curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &number);
	call_fault(call, NET_CONNECT, "cannot connect to %s%s%s", peer(call),
		   number ? ": " : "", number ? strerror((int)number) : "");
	if (call->proxy && !*call->proxy)
		snprintf(call->hint, sizeof(call->hint),
			 "the environment names a proxy (https_proxy and the "
			 "like): is it the one that does not answer?");
}

/* An answer that is not one, or not a whole one. */
static void fault_of_protocol(struct net_call *call, CURLcode code)
{
	char text[CURL_ERROR_SIZE];
	long tunnel = 0;

	reason(call, code, text, sizeof(text));
	curl_easy_getinfo(call->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (tunnel >= 300 && !call->asked)
		call_fault(call, NET_CONNECT,
			   "the proxy %s refused to connect to %s: status %ld",
			   call->proxy_place, call->place, tunnel);
	else if (strncmp(text, "Too large response headers", 26) == 0)
		call_fault(call, NET_TOO_LARGE,
			   "the headers of %s are too "
			   "large",
			   call->place);
	else if (code == CURLE_UNSUPPORTED_PROTOCOL)
		call_fault(call, NET_PROTOCOL, "%s does not answer in HTTP",
			   call->place);
	else if (code == CURLE_GOT_NOTHING)
		call_fault(call, NET_PROTOCOL,
			   "%s closed the connection without an answer",
			   call->place);
	else if (code == CURLE_PARTIAL_FILE)
		call_fault(call, NET_PROTOCOL,
			   "the answer of %s was cut off: %s", call->place,
			   text);
	else if (code == CURLE_BAD_CONTENT_ENCODING ||
		 code == CURLE_WRITE_ERROR)
		call_fault(call, NET_PROTOCOL,
			   "the answer of %s cannot be decompressed",
			   call->place);
	else
		call_fault(call, NET_PROTOCOL,
			   "the connection to %s was lost: %s", call->place,
			   text);
}

/* A mail server explains itself in the last line that it sent. */
static bool fault_of_mail(struct net_call *call, CURLcode code)
{
	char text[256];
	long status = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!call->is_mail || status < 400 || !call->head.last.len)
		return false;
	print_safe(text, sizeof(text), call->head.last.s, call->head.last.len);
	if (code == CURLE_LOGIN_DENIED) {
		call_fault(call, NET_OTHER, "%s refused the login: %s",
			   call->place, text);
		snprintf(call->hint, sizeof(call->hint),
			 "are user name and password right?");
	} else {
		call_fault(call, NET_OTHER, "%s refused the mail: %s",
			   call->place, text);
	}
	return true;
}

static void fault_of_memory(struct net_call *call)
{
	/* libcurl says so of a header that is longer than it takes. */
	if (call->asked && !call->head.complete && !call->is_mail) {
		call_fault(call, NET_TOO_LARGE, "a header of %s is too long",
			   call->place);
		return;
	}
	call_fault(call, NET_OTHER, "out of memory");
	call->err = -AWM_NOMEM;
}

static void fault_of_rest(struct net_call *call, CURLcode code)
{
	char text[CURL_ERROR_SIZE];

	reason(call, code, text, sizeof(text));
	call_fault(call, NET_OTHER, "the transfer with %s failed: %s",
		   call->place, text);
}

static void translate(struct net_call *call, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
		call_fault(call, NET_RESOLVE, "there is no host '%s'",
			   call->host);
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		call_fault(call, NET_RESOLVE, "there is no host '%s' (a proxy)",
			   call->proxy_place);
		break;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		fault_of_connect(call);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		call_fault(call, NET_TIMEOUT,
			   call->asked ? "%s did not take the mail within %g s"
				       : "%s did not take a connection within "
					 "%g s",
			   peer(call), (double)call->connect_ms / 1000);
		break;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_USE_SSL_FAILED:
		fault_of_tls(call, code);
		break;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_WRITE_ERROR:
	case CURLE_BAD_CONTENT_ENCODING:
		fault_of_protocol(call, code);
		break;
	case CURLE_OUT_OF_MEMORY:
		fault_of_memory(call);
		break;
	default:
		fault_of_rest(call, code);
	}
}

void fault_of_code(struct net_call *call, CURLcode code)
{
	if (call->cancelled) {
		call->fault = NET_CANCELLED;
		call->hint[0] = '\0';
		snprintf(call->why, sizeof(call->why), "cancelled");
		return;
	}
	if (call->fault == NET_OK && code != CURLE_OK &&
	    !fault_of_mail(call, code))
		translate(call, code);
	if (call->fault == NET_ADDRESS)
		snprintf(call->why, sizeof(call->why),
			 "'%s' is at %s, which is not a public address",
			 call->proxy_place[0] && call->phase != PHASE_PROBE
				 ? call->proxy_place
				 : call->host,
			 call->address);
	if (!call->hint[0] && (size_t)call->fault < ARRAY_LEN(hints) &&
	    hints[call->fault])
		snprintf(call->hint, sizeof(call->hint), "%s",
			 hints[call->fault]);
}

int fault_error(const struct net_call *call)
{
	if (call->err)
		return call->err;
	switch (call->fault) {
	case NET_OK:
		return 0;
	case NET_CANCELLED:
		return -AWM_INTERRUPTED;
	case NET_ADDRESS:
		return -AWM_DENIED;
	default:
		return -AWM_REMOTE;
	}
}
