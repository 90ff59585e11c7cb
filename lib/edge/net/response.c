/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* For a callback that libcurl takes a short count from as an error. */
static size_t stop_nomem(struct net_call *call)
{
	call_fault(call, NET_OTHER, "out of memory");
	call->err = -AWM_NOMEM;
	return 0;
}

/* A later time is not taken back: run()'s is older than a callback's end. */
static void heard(struct net_call *call, int64_t at)
{
	if (at > call->last)
		call->last = at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Adds one line as name NUL value NUL; a folded one goes on with the value
 * before it. What has no colon is no header. */
static bool add_line(struct head *head, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t name;

	while (len && is_blank(line[len - 1]))
		len--;
	if (len && is_blank(line[0]) && head->nheaders) {
		while (is_blank(*line)) {
			line++;
			len--;
		}
		head->lines.s[head->lines.len - 1] = ' ';
		return text_add(&head->lines, line, len) &&
		       text_add(&head->lines, "", 1);
	}
	if (!colon || colon == line)
		return true;
	name = (size_t)(colon - line);
	len -= name + 1;
	for (colon++; len && is_blank(*colon); len--)
		colon++;
	head->nheaders++;
	return text_add(&head->lines, line, name) &&
	       text_add(&head->lines, "", 1) &&
	       text_add(&head->lines, colon, len) &&
	       text_add(&head->lines, "", 1);
}

/* Calls head() when the blank line has come. */
static size_t deliver_head(struct net_call *call, size_t taken)
{
	_cleanup_free_ struct net_header *list = NULL;
	struct head *head = &call->head;
	const char *s = head->lines.s;
	struct net_head whole;
	long status = 0;
	size_t i;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 100 && status < 200) {
		head->lines.len = head->nheaders = 0;
		return taken;
	}
	head->complete = true;
	call->net->stirred = true;
	if (!call->on_head)
		return taken;
	list = calloc(head->nheaders + 1, sizeof(*list));
	if (!list)
		return stop_nomem(call);
	for (i = 0; i < head->nheaders; i++) {
		list[i].name = s;
		s += strlen(s) + 1;
		list[i].value = s;
		s += strlen(s) + 1;
	}
	whole = (struct net_head){(int)status, list, head->nheaders};
	if (call->on_head(call->ctx, &whole) != 0)
		call->cancelled = true;
	heard(call, now_ms()); /* its time is not the server's */
	return call->cancelled ? 0 : taken;
}

static bool head_fits(struct net_call *call, size_t len)
{
	struct head *head = &call->head;

	head->bytes += len;
	head->nlines++;
	if (head->bytes > call->max_head)
		call_fault(call, NET_TOO_LARGE,
			   "the headers of %s are larger than %zu KiB",
			   call->place, call->max_head >> 10);
	else if (head->nlines > MAX_HEAD_LINES)
		call_fault(call, NET_TOO_LARGE, "%s sent more than %d headers",
			   call->place, MAX_HEAD_LINES);
	return call->fault == NET_OK;
}

/* A mail server's line: a refusal is explained with the last of its kind. */
static size_t keep_line(struct net_call *call, const char *line, size_t len)
{
	if (line[0] == '4' || line[0] == '5') {
		call->head.last.len = 0;
		if (!text_add(&call->head.last, line, len < 400 ? len : 400))
			return stop_nomem(call);
	}
	if (len > 3 && strncmp(line, "354", 3) == 0)
		call->message_asked = true;
	else if (len > 3 && line[3] != '-' && call->message_asked &&
		 call->message_pos == call->message_len) {
		call->message_judged = true;
		stop_listening(call);
	}
	return len;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct net_call *call = ctx;
	struct head *head = &call->head;
	size_t len = size * n;

	heard(call, call->net->now);
	if (call->cancelled || !head_fits(call, len))
		return 0;
	if (call->is_mail)
		return keep_line(call, line, len);
	if (head->complete)
		return len; /* a trailer */
	if (line[0] == '\r' || line[0] == '\n')
		return deliver_head(call, len);
	if (head->nheaders == 0 && len > 5 && strncmp(line, "HTTP/", 5) == 0)
		return len;
	return add_line(head, line, len) ? len : stop_nomem(call);
}

/* What fits is handed out also when the rest is too much. */
static size_t on_data(char *bytes, size_t size, size_t n, void *ctx)
{
	struct net_call *call = ctx;
	size_t len = size * n, fits = len;

	call->net->stirred = true;
	if (call->cancelled)
		return 0;
	if (len > call->max_body - call->bytes)
		fits = call->max_body - call->bytes;
	call->bytes += fits;
	if (fits && call->on_data && call->on_data(call->ctx, bytes, fits))
		call->cancelled = true;
	heard(call, now_ms()); /* its time is not the server's */
	if (call->cancelled)
		return 0;
	if (fits == len)
		return len;
	if (call->max_body >> 20)
		call_fault(call, NET_TOO_LARGE,
			   "the answer of %s is larger than %zu MiB",
			   call->place, call->max_body >> 20);
	else
		call_fault(call, NET_TOO_LARGE,
			   "the answer of %s is larger than %zu bytes",
			   call->place, call->max_body);
	return 0;
}

/* Whether run() is to return, by wake() or by its file. */
static bool is_called(struct net *net)
{
	struct pollfd watched = {.fd = net->watched, .events = POLLIN};

	return atomic_load(&net->woken) ||
	       (net->watched >= 0 && poll(&watched, 1, 0) > 0);
}

/* libcurl waits for a server's word about a mail, and for its goodbye, by
 * itself, and looks up from that once a second, here alone. */
static bool mail_is_over(struct net_call *call)
{
	if (call->message_judged)
		return false;
	if (call->ends && now_ms() >= call->ends)
		call_fault(call, NET_TIMEOUT,
			   "%s did not take the mail within %g s", call->place,
			   (double)call->total_ms / 1000);
	else if (!call->message_asked ||
		 call->message_pos < call->message_len || !is_called(call->net))
		return false;
	else
		call->cancelled = true;
	tear_connection(call);
	return true;
}

/* Sees bytes that no other callback does: what goes out, what is compressed
 * to nothing yet. */
static int on_progress(void *ctx, curl_off_t want, curl_off_t got,
		       curl_off_t give, curl_off_t given)
{
	struct net_call *call = ctx;

	if (got + given != call->line_bytes) {
		call->line_bytes = got + given;
		heard(call, call->net->now);
	}
	return (call->is_mail && mail_is_over(call)) || call->cancelled;
}

CURLcode set_response(struct net_call *call)
{
	CURL *easy = call->easy;
	int bad = 0;

	bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION,
				     on_progress);
	bad |= (int)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, call);
	return bad ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}
