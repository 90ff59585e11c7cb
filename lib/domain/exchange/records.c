// SPDX-License-Identifier: MIT
/* A file of JSON objects, in an array or one after another, in pieces: memory
 * grows with the longest record only. */
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"

#define CHUNK ((size_t)64 * 1024)
#define BOM   "\xef\xbb\xbf"

int records_fill(struct records *r)
{
	char chunk[CHUNK];
	size_t n = 0;
	int rc;

	if (r->ended)
		return 0;
	if (r->at) {
		memmove(r->buf.s, r->buf.s + r->at, r->buf.len - r->at);
		buf_truncate(&r->buf, r->buf.len - r->at);
		r->at = 0;
	}
	rc = r->read(r->ctx, chunk, sizeof(chunk), &n);
	if (rc)
		return rc;
	r->ended = !n;
	r->bytes += n;
	buf_add(&r->buf, chunk, n);
	if (r->buf.len > RECORD_MAX + CHUNK) {
		err_set(AWM_USAGE, "a record is longer than 64 MiB");
		return err_context("line %zu", r->next_line);
	}
	rc = buf_check(&r->buf);
	return rc ? rc : !r->ended;
}

/* The next byte that is no blank, not taken; 0 at the end. */
static int peek(struct records *r, char *ret)
{
	while (true) {
		for (; r->at < r->buf.len; r->at++) {
			char c = r->buf.s[r->at];
			r->next_line += c == '\n';
			if (strchr(" \t\r\n", c) && c)
				continue;
			*ret = c;
			return 1;
		}
		int rc = records_fill(r);
		if (rc <= 0)
			return rc;
	}
}

static int broken(const struct records *r, const char *what)
{
	err_set(AWM_USAGE, "%s", what);
	return err_context("line %zu", r->next_line);
}

static int begin(struct records *r)
{
	int rc = records_fill(r);
	char c;

	r->started = true;
	r->next_line = 1;
	if (rc < 0)
		return rc;
	if (r->buf.len >= 3 && !memcmp(r->buf.s, BOM, 3))
		r->at = 3;
	if (r->framing == FRAME_CSV)
		return 0;
	rc = peek(r, &c);
	if (rc > 0 && c == '[') {
		r->array = true;
		r->at++;
	}
	return rc < 0 ? rc : 0;
}

/* Within strings, brackets are letters. */
struct scan {
	size_t depth;
	bool string, escaped;
};

/* Whether the object ends with this byte. */
static bool scan_byte(struct scan *s, char c)
{
	if (s->string) {
		if (s->escaped)
			s->escaped = false;
		else if (c == '\\')
			s->escaped = true;
		else if (c == '"')
			s->string = false;
		return false;
	}
	if (c == '"')
		s->string = true;
	else if (c == '{' || c == '[')
		s->depth++;
	else if (c == '}' || c == ']')
		return !--s->depth;
	return false;
}

/* The length of the object that begins at r->at. */
static int extent(struct records *r, size_t *ret)
{
	struct scan s = {0};
	size_t n = 0;

	while (true) {
		while (r->at + n < r->buf.len)
			if (scan_byte(&s, r->buf.s[r->at + n++])) {
				*ret = n;
				return 0;
			}
		int rc = records_fill(r);
		if (rc < 0)
			return rc;
		if (!rc)
			return broken(r, "the file ends within a record");
	}
}

static int take(struct records *r, cJSON **ret)
{
	size_t len = 0;
	int rc = extent(r, &len);

	if (rc)
		return rc;
	r->line = r->next_line;
	rc = json_parse(r->buf.s + r->at, len, ret);
	if (rc)
		return err_context("line %zu", r->line);
	for (const char *p = r->buf.s + r->at, *end = p + len;
	     (p = memchr(p, '\n', (size_t)(end - p))); p++)
		r->next_line++;
	r->at += len;
	return 1;
}

/* What stands between the objects of an array. 1: another one follows. */
static int between(struct records *r, char c)
{
	int rc;

	if (c == ']') {
		r->at++;
		r->closed = true;
		rc = peek(r, &c);
		return rc > 0 ? broken(r, "something follows the array") : rc;
	}
	if (!r->line)
		return 1;
	if (c != ',')
		return broken(r, "want ',' or ']' after a record");
	r->at++;
	return 1;
}

int records_next(struct records *r, cJSON **ret)
{
	char c;
	int rc = r->started ? 0 : begin(r);

	if (!rc && r->framing == FRAME_CSV)
		return records_csv(r, ret);
	if (rc || r->closed)
		return rc;
	rc = peek(r, &c);
	if (rc > 0 && r->array) {
		rc = between(r, c);
		if (rc > 0)
			rc = peek(r, &c);
		if (rc <= 0 && r->closed)
			return rc;
	}
	if (rc < 0)
		return rc;
	if (!rc)
		return r->array ? broken(r, "the file ends within the array")
				: 0;
	return c == '{' ? take(r, ret) : broken(r, "want a JSON object");
}

void records_release(struct records *r)
{
	buf_release(&r->buf);
	buf_release(&r->cells);
}
