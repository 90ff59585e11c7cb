// SPDX-License-Identifier: MIT
/* What the head of a response says. */
#include <string.h>
#include <strings.h>

#include "base/http.h"
#include "base/number.h"
#include "provider/wire.h"

/* A plain number of milliseconds; -1 for anything else. */
static int64_t number_ms(const char *s)
{
	size_t len = strspn(s, "0123456789.");
	double v;

	if (!len || len >= NUMBER_SIZE || s[len + strspn(s + len, " ")] ||
	    *s == '.')
		return -1;
	v = number_parse(s, len);
	return v >= 0 && v < 1e15 ? (int64_t)v : -1;
}

static void read_retry_after(struct provider_reader *r, const char *value)
{
	int64_t ms = http_retry_after(value, r->now);

	if (ms >= 0)
		r->retry_after_ms = ms;
}

static void read_type(struct provider_reader *r, const char *value)
{
	r->sniff = false;
	if (strcasestr(value, "event-stream"))
		r->frame = FRAME_SSE;
	else if (strcasestr(value, "ndjson"))
		r->frame = FRAME_LINES;
	else
		r->sniff = r->stream;
}

struct headers {
	const char *type, *retry_ms, *retry, *should, *id;
};

static void pick(struct headers *h, const char *name, const char *value)
{
	if (!strcasecmp(name, "content-type"))
		h->type = value;
	else if (!strcasecmp(name, "retry-after-ms"))
		h->retry_ms = value;
	else if (!strcasecmp(name, "retry-after"))
		h->retry = value;
	else if (!strcasecmp(name, "x-should-retry"))
		h->should = value;
	else if (!strcasecmp(name, "x-request-id") ||
		 (!strcasecmp(name, "request-id") && !h->id))
		h->id = value;
}

int provider_reader_head(struct provider_reader *r, int status,
			 const char *const *names, const char *const *values,
			 size_t n)
{
	struct headers h = {0};

	for (size_t i = 0; i < n; i++)
		pick(&h, names[i], values[i]);
	r->status = status;
	r->sniff = r->stream;
	if (h.type)
		read_type(r, h.type);
	/* An error comes in one piece. */
	if (status < 200 || status > 299) {
		r->frame = FRAME_BODY;
		r->sniff = false;
	}
	if (h.retry)
		read_retry_after(r, h.retry);
	if (h.retry_ms && number_ms(h.retry_ms) >= 0)
		r->retry_after_ms = number_ms(h.retry_ms);
	if (h.should && !strcmp(h.should, "true"))
		r->should_retry = 1;
	else if (h.should && !strcmp(h.should, "false"))
		r->should_retry = 0;
	if (h.id)
		peer_line(&r->request_id, h.id, strlen(h.id), 200);
	return buf_check(&r->request_id);
}
