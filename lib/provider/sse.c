// SPDX-License-Identifier: MIT
#include "provider/sse.h"

#include <string.h>

static bool is_field(const char *line, size_t name, const char *want)
{
	return name == strlen(want) && memcmp(line, want, name) == 0;
}

static void take_data(struct sse *s, const char *value, size_t len)
{
	if (s->has_data)
		buf_addc(&s->data, '\n');
	s->has_data = true;
	buf_add(&s->data, value, len);
}

static void take_field(struct sse *s, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t name = colon ? (size_t)(colon - line) : len;
	size_t at = name + (colon != NULL);

	if (at < len && line[at] == ' ')
		at++;
	if (is_field(line, name, "data")) {
		take_data(s, line + at, len - at);
	} else if (is_field(line, name, "event")) {
		buf_truncate(&s->event, 0);
		buf_add(&s->event, line + at, len - at);
	}
}

static bool dispatch(struct sse *s, sse_fn *fn, void *ctx)
{
	bool more = true;

	if (s->has_data)
		more = fn(ctx, buf_str(&s->event), buf_str(&s->data),
			  s->data.len);
	buf_truncate(&s->event, 0);
	buf_truncate(&s->data, 0);
	s->has_data = false;
	return more;
}

static bool take_line(struct sse *s, const char *line, size_t len, sse_fn *fn,
		      void *ctx)
{
	if (!s->begun && len >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
		line += 3;
		len -= 3;
	}
	s->begun = true;
	if (len == 0)
		return dispatch(s, fn, ctx);
	if (*line != ':')
		take_field(s, line, len);
	return true;
}

static const char *find_end(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);
	const char *cr = memchr(p, '\r', lf ? (size_t)(lf - p) : len);

	return cr ? cr : lf;
}

static bool fits(struct sse *s, size_t more)
{
	if (s->line.len + s->data.len + more <= SSE_MAX)
		return true;
	s->too_large = true;
	return false;
}

static int check(const struct sse *s)
{
	int rc = buf_check(&s->line);

	if (!rc)
		rc = buf_check(&s->data);
	return rc ? rc : buf_check(&s->event);
}

/* Most lines come in one piece: those are not copied. */
static bool end_line(struct sse *s, const char *p, size_t len, sse_fn *fn,
		     void *ctx)
{
	bool more;

	if (!s->line.len)
		return take_line(s, p, len, fn, ctx);
	buf_add(&s->line, p, len);
	more = take_line(s, buf_str(&s->line), s->line.len, fn, ctx);
	buf_truncate(&s->line, 0);
	return more;
}

int sse_feed(struct sse *s, const char *bytes, size_t len, sse_fn *fn,
	     void *ctx)
{
	const char *p = bytes, *stop = bytes + len;

	while (p < stop && !s->too_large) {
		const char *end;

		if (s->skip_lf && *p == '\n')
			p++;
		s->skip_lf = false;
		if (p == stop)
			break;
		end = find_end(p, (size_t)(stop - p));
		if (!fits(s, (size_t)((end ? end : stop) - p)))
			break;
		if (!end) {
			buf_add(&s->line, p, (size_t)(stop - p));
			break;
		}
		s->skip_lf = *end == '\r';
		if (!end_line(s, p, (size_t)(end - p), fn, ctx))
			break;
		p = end + 1;
	}
	return check(s);
}

int sse_end(struct sse *s, sse_fn *fn, void *ctx)
{
	if (s->too_large)
		return 0;
	if (s->line.len)
		end_line(s, "", 0, fn, ctx);
	dispatch(s, fn, ctx);
	return check(s);
}

void sse_release(struct sse *s)
{
	buf_release(&s->line);
	buf_release(&s->event);
	buf_release(&s->data);
}
