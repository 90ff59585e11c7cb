// SPDX-License-Identifier: MIT
/* What the head of a response says. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/number.h"
#include "provider/wire.h"

static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(p, names + i * 3, 3) == 0)
			return i + 1;
	return 0;
}

static int digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

/* "Sun, 22 Nov 2026 09:00:30 GMT" to milliseconds; -1 for anything else. */
static int64_t http_date(const char *s)
{
	const char *p = strchr(s, ',');
	struct tm tm = {0};

	if (!p || strlen(p) < 26 || p[1] != ' ' ||
	    strncmp(p + 22, " GMT", 4) != 0)
		return -1;
	p += 2;
	tm.tm_mday = digits(p, 2);
	tm.tm_mon = month_of(p + 3) - 1;
	tm.tm_year = digits(p + 7, 4) - 1900;
	tm.tm_hour = digits(p + 12, 2);
	tm.tm_min = digits(p + 15, 2);
	tm.tm_sec = digits(p + 18, 2);
	if (tm.tm_mday < 1 || tm.tm_mon < 0 || tm.tm_year < 0 ||
	    tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
		return -1;
	return (int64_t)timegm(&tm) * 1000;
}

/* A plain number of `unit` milliseconds; -1 for anything else. */
static int64_t number_ms(const char *s, double unit)
{
	size_t len = strspn(s, "0123456789.");
	double v;

	if (!len || len >= NUMBER_SIZE || s[len + strspn(s + len, " ")] ||
	    *s == '.')
		return -1;
	v = number_parse(s, len) * unit;
	return v >= 0 && v < 1e15 ? (int64_t)v : -1;
}

static void read_retry_after(struct provider_reader *r, const char *value)
{
	int64_t ms = number_ms(value, 1000), date;

	if (ms < 0) {
		date = http_date(value);
		ms = date < 0 ? -1 : date > r->now ? date - r->now : 0;
	}
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
	if (h.retry_ms && number_ms(h.retry_ms, 1) >= 0)
		r->retry_after_ms = number_ms(h.retry_ms, 1);
	if (h.should && !strcmp(h.should, "true"))
		r->should_retry = 1;
	else if (h.should && !strcmp(h.should, "false"))
		r->should_retry = 0;
	if (h.id)
		peer_line(&r->request_id, h.id, strlen(h.id), 200);
	return buf_check(&r->request_id);
}
