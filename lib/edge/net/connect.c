/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_address(const struct sockaddr *sa, size_t len, char *buf,
			  size_t size)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	snprintf(buf, size, "an address of another kind");
	if (sa->sa_family == AF_INET && len >= sizeof(in4)) {
		memcpy(&in4, sa, sizeof(in4));
		inet_ntop(AF_INET, &in4.sin_addr, buf, (socklen_t)size);
	} else if (sa->sa_family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, sa, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, buf, (socklen_t)size);
	}
}

static void remember(struct net_call *call, int from, int to)
{
	size_t i;

	for (i = 0; call->is_mail && i < ARRAY_LEN(call->sockets); i++) {
		if (call->sockets[i] != from)
			continue;
		call->sockets[i] = to;
		return;
	}
}

static int on_close(void *ctx, curl_socket_t fd)
{
	remember(ctx, fd, -1);
	return close(fd);
}

static void shut(struct net_call *call, int how)
{
	size_t i;

	for (i = 0; call->is_mail && i < ARRAY_LEN(call->sockets); i++)
		if (call->sockets[i] >= 0)
			shutdown(call->sockets[i], how);
}

void tear_connection(struct net_call *call)
{
	shut(call, SHUT_RDWR);
}

void stop_listening(struct net_call *call)
{
	shut(call, SHUT_RD);
}

/* Called for each address that a name resolves to, until one answers; with
 * CURL_SOCKET_BAD libcurl tries the next. A probe is made to see them all. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose,
			       struct curl_sockaddr *address)
{
	struct net_call *call = ctx;
	int fd;

	if (call->cancelled)
		return CURL_SOCKET_BAD;
	if (!call->private_ok &&
	    address_refused(&address->addr, address->addrlen)) {
		call->refused++;
		print_address(&address->addr, address->addrlen, call->address,
			      sizeof(call->address));
		return CURL_SOCKET_BAD;
	}
	call->allowed++;
	if (call->phase == PHASE_PROBE)
		return CURL_SOCKET_BAD;
	fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
		    address->protocol);
	if (fd >= 0)
		remember(call, -1, fd);
	return fd;
}

/* Before a request goes out on a connection, new or used before. */
static int on_ready(void *ctx, char *there, char *here, int there_port,
		    int here_port)
{
	struct net_call *call = ctx;

	/* The connection may be that of a call that was allowed more. */
	if (!call->private_ok && net_address_is_private(there) != 0) {
		call->refused++;
		snprintf(call->address, sizeof(call->address), "%s", there);
		call_fault(call, NET_ADDRESS, "%s", "");
		return CURL_PREREQFUNC_ABORT;
	}
	/* libcurl sends a request again by itself when a connection that was
	 * used before ends without a byte. The server may have acted on the
	 * first. */
	if (call->asked && !call->idempotent) {
		call_fault(call, NET_PROTOCOL,
			   "%s closed the connection without an answer; it may "
			   "have taken the request",
			   call->place);
		return CURL_PREREQFUNC_ABORT;
	}
	call->asked = true;
	call->last = call->net->now;
	return CURL_PREREQFUNC_OK;
}

static int set_proxy(struct net_call *call)
{
	CURL *easy = call->easy;
	const char *proxy = "", *except = "*";
	int bad = 0;

	if (call->proxy && call->phase == PHASE_TRANSFER) {
		proxy = *call->proxy ? call->proxy : NULL;
		except = *call->proxy ? "" : NULL;
	}
	/* libcurl takes a proxy of the environment unless it is told not to;
	 * NULL is to be told nothing. */
	bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_NOPROXY, except);
	return bad;
}

CURLcode set_connection(struct net_call *call)
{
	CURL *easy = call->easy;
	char *scheme = NULL;
	bool probe = call->phase == PHASE_PROBE, share;
	int bad = 0;

	/* Over TLS the first connection tells whether it can be shared. In
	 * clear only the first answer would, which may take a minute. */
	share = !call->is_mail && !probe &&
		curl_url_get(call->url, CURLUPART_SCHEME, &scheme, 0) == 0 &&
		strcmp(scheme, "https") == 0;
	curl_free(scheme);

	bad |= (int)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
				     on_socket);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	/* A mail's alone: other connections outlive their calls. */
	if (call->is_mail) {
		bad |= (int)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION,
					     on_close);
		bad |= (int)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA,
					     call);
	}
	bad |= (int)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
				     call->connect_ms);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_PIPEWAIT, share ? 1L : 0L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY,
				     probe ? 1L : 0L);
	bad |= set_proxy(call);
	return bad ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}
