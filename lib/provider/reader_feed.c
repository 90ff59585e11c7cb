// SPDX-License-Identifier: MIT
/* The bytes of a response, cut into events. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

static void read_event(struct provider_reader *r, const char *name,
		       const char *data, size_t len, bool last)
{
	int rc;
	cJSON *doc = peer_json(data, len, &rc);

	if (rc)
		reader_stop(r, rc);
	else if (cJSON_IsObject(doc) || cJSON_IsArray(doc))
		r->wire->event(r, name, doc);
	else if (!last) {
		reader_fail(r, CLASS_SERVER,
			    "the provider sent an event that is no JSON");
		r->complete = true;
	}
	cJSON_Delete(doc);
}

static bool is_done(const char *data, size_t len)
{
	return len == 6 && memcmp(data, "[DONE]", 6) == 0;
}

static bool on_event(void *ctx, const char *name, const char *data, size_t len)
{
	struct provider_reader *r = ctx;

	if (is_done(data, len))
		r->complete = true;
	else
		read_event(r, name, data, len, false);
	return !r->complete && !r->stopped;
}

static bool on_last(void *ctx, const char *name, const char *data, size_t len)
{
	struct provider_reader *r = ctx;

	if (is_done(data, len))
		r->complete = true;
	else
		read_event(r, name, data, len, true);
	return false;
}

static void feed_sse(struct provider_reader *r, const char *p, size_t len)
{
	int rc = sse_feed(&r->sse, p, len, on_event, r);

	if (rc)
		reader_stop(r, rc);
	if (!r->sse.too_large || r->complete)
		return;
	reader_fail(r, CLASS_SERVER,
		    "the provider sent an event of more than 16 MiB");
	r->complete = true;
}

static bool is_blank(const char *p, size_t len)
{
	while (len && strchr(" \t\r\n", *p) && *p) {
		p++;
		len--;
	}
	return len == 0;
}

static bool body_fits(struct provider_reader *r, size_t more, size_t max)
{
	if (r->body.len + more <= max)
		return true;
	reader_fail(r, CLASS_SERVER,
		    "the provider sent more than awm reads at once");
	r->complete = true;
	return false;
}

static void feed_lines(struct provider_reader *r, const char *p, size_t len)
{
	while (len && !r->complete && !r->stopped) {
		const char *lf = memchr(p, '\n', len);
		size_t n = lf ? (size_t)(lf - p) : len;

		if (!body_fits(r, n, SSE_MAX))
			return;
		buf_add(&r->body, p, n);
		if (!lf)
			return;
		if (!is_blank(buf_str(&r->body), r->body.len))
			read_event(r, "", buf_str(&r->body), r->body.len,
				   false);
		buf_truncate(&r->body, 0);
		p += n + 1;
		len -= n + 1;
	}
}

/* Servers that forget to say what they send. */
static void sniff(struct provider_reader *r, const char **p, size_t *len)
{
	while (*len && strchr(" \t\r\n\xEF\xBB\xBF", **p) && **p) {
		(*p)++;
		(*len)--;
	}
	if (!*len)
		return;
	r->sniff = false;
	if (**p != '{' && **p != '[')
		r->frame = FRAME_SSE;
	else if (r->wire == &wire_ollama)
		r->frame = FRAME_LINES;
}

int provider_reader_feed(struct provider_reader *r, const void *bytes,
			 size_t len)
{
	const char *p = bytes;

	if (r->sniff)
		sniff(r, &p, &len);
	if (!len || r->complete || r->stopped)
		return r->stopped;
	r->begun |= r->status >= 200 && r->status <= 299;
	if (r->frame == FRAME_SSE)
		feed_sse(r, p, len);
	else if (r->frame == FRAME_LINES)
		feed_lines(r, p, len);
	else if (body_fits(r, len, BODY_MAX))
		buf_add(&r->body, p, len);
	return r->stopped ? r->stopped : buf_check(&r->body);
}

bool provider_reader_complete(const struct provider_reader *r)
{
	return r->complete;
}

static void read_whole(struct provider_reader *r)
{
	int rc;
	cJSON *doc = peer_json(buf_str(&r->body), r->body.len, &rc);
	bool bad = r->status < 200 || r->status > 299;

	if (rc)
		reader_stop(r, rc);
	else if (bad)
		reader_error(r, doc, r->status);
	else if (!cJSON_IsObject(doc) && !cJSON_IsArray(doc)) {
		reader_error(r, NULL, r->status);
		r->class = CLASS_SERVER;
		r->retryable = 0;
		buf_adds(&r->message, " (no JSON)");
	} else
		r->wire->whole(r, doc);
	cJSON_Delete(doc);
}

void reader_rest(struct provider_reader *r, bool cut)
{
	if (r->complete || r->stopped)
		return;
	if (r->frame == FRAME_SSE) {
		int rc = sse_end(&r->sse, on_last, r);

		if (rc)
			reader_stop(r, rc);
	} else if (r->frame == FRAME_LINES) {
		read_event(r, "", buf_str(&r->body), r->body.len, true);
	} else if (r->status && !r->failed && !(cut && r->status < 300)) {
		read_whole(r);
	}
}
