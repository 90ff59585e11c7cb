/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* Longer than any wait of a caller, and no trouble for libcurl's sums. */
#define LONG_WAIT_MS (3600 * 1000)

void net_wake(struct net *net)
{
	static const uint64_t one = 1;
	int saved = errno;
	ssize_t n;

	atomic_store(&net->woken, true);
	n = write(net->wake, &one, sizeof(one));
	(void)n; /* full: it wakes already */
	errno = saved;
}

/* When a call fails for the time it takes; INT64_MAX: never. */
static int64_t deadline(const struct net_call *call)
{
	int64_t at = call->ends ? call->ends : INT64_MAX;

	if (call->idle_ms > 0 && call->asked && call->last + call->idle_ms < at)
		at = call->last + call->idle_ms;
	return at;
}

static void fault_of_time(struct net_call *call)
{
	if (call->ends && call->net->now >= call->ends)
		call_fault(call, NET_TIMEOUT,
			   "%s did not finish its answer within %g s",
			   call->place, (double)call->total_ms / 1000);
	else
		call_fault(call, NET_IDLE, "%s has sent nothing for %g s",
			   call->place, (double)call->idle_ms / 1000);
}

/* Ends what was cancelled and, with `timed`, what took too long. done() may
 * cancel others, which are never freed by that. */
static void sweep(struct net *net, bool timed)
{
	struct net_call *call, *next;

	for (call = net->calls; call; call = next) {
		next = call->next;
		if (!call->cancelled) {
			if (!timed || net->now < deadline(call))
				continue;
			fault_of_time(call);
		}
		call_end(call, CURLE_ABORTED_BY_CALLBACK);
	}
}

/* A probe that saw public addresses only is followed by the transfer. */
static void finish(struct net_call *call, CURLcode code)
{
	if (call->phase != PHASE_PROBE || call->refused || !call->allowed ||
	    call->cancelled) {
		call_end(call, code);
		return;
	}
	call->allowed = 0;
	call->errbuf[0] = '\0';
	if (call_transfer(call) != 0)
		call_end(call, CURLE_OUT_OF_MEMORY);
}

static void collect(struct net *net)
{
	struct net_call *call = NULL;
	CURLMsg *msg;
	CURLcode code;
	int left;

	while ((msg = curl_multi_info_read(net->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		code = msg->data.result; /* msg dies with the handle */
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
		finish(call, code);
	}
}

static int wait_ms(const struct net *net, int timeout_ms)
{
	int64_t first = INT64_MAX, at;
	const struct net_call *call;
	int64_t wait = timeout_ms < 0 ? LONG_WAIT_MS : timeout_ms;

	for (call = net->calls; call; call = call->next) {
		at = deadline(call);
		first = at < first ? at : first;
	}
	if (first != INT64_MAX && first - net->now < wait)
		wait = first > net->now ? first - net->now : 0;
	return (int)wait;
}

static CURLMcode sleep_on(struct net *net, int timeout_ms, int fd)
{
	struct curl_waitfd watch[2] = {
		{.fd = net->wake, .events = CURL_WAIT_POLLIN},
		{.fd = fd, .events = CURL_WAIT_POLLIN},
	};
	CURLMcode code;
	uint64_t count;
	ssize_t n;

	code = curl_multi_poll(net->multi, watch, fd >= 0 ? 2 : 1,
			       wait_ms(net, timeout_ms), NULL);
	/* A signal cuts the wait short without a word about the file. */
	if (atomic_exchange(&net->woken, false)) {
		n = read(net->wake, &count, sizeof(count));
		(void)n;
	}
	net->now = now_ms();
	return code;
}

int net_run(struct net *net, int timeout_ms, int fd, unsigned *ret_running,
	    struct net_error *err)
{
	CURLMcode code = CURLM_OK;
	int running;

	net->stirred = false;
	net->watched = fd;
	net->now = now_ms();
	/* The caller may have been away for long: what came meanwhile is read
	 * before anything is called late. */
	sweep(net, false);
	/* Without a transfer, a file or a limit there is nothing to wait for.
	 */
	if (!net->stirred && (net->calls || fd >= 0 || timeout_ms >= 0))
		code = sleep_on(net, timeout_ms, fd);
	if (!code)
		code = curl_multi_perform(net->multi, &running);
	collect(net);
	sweep(net, true);
	if (ret_running)
		*ret_running = net->running;
	if (code == CURLM_OUT_OF_MEMORY)
		return nomem(err);
	if (code)
		return fail(err, AWM_ERROR, "the network's loop failed: %s",
			    curl_multi_strerror(code));
	return 0;
}
