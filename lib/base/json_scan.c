/* SPDX-License-Identifier: MIT */
#include "base/json_scan.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "base/scan.h"
#include "base/utf8_decode.h"

/* cJSON reads numbers of at most this length. */
#define NUMBER_MAX 63
/* An integer of so many digits is always exact. */
#define DIGITS_EXACT 15

/* A key of an object that is not closed yet: where its decoded text is. */
struct key {
	size_t at; /* in the JSON text */
	size_t start, len;
	const char *text; /* set for the comparison only */
};

struct scan {
	const char *text;
	size_t len, pos;
	unsigned depth;
	bool any_number; /* also those that a double cannot hold */
	/* The keys of all open objects, the innermost last. */
	struct key *keys;
	size_t key_count, key_cap;
	struct buf key_text;
};

static int bad_at(size_t pos, const char *what)
{
	return err_set(AWM_USAGE, "malformed JSON: %s at byte %zu", what, pos);
}

/* The byte at the position, -1 at the end. */
static int peek(const struct scan *s)
{
	return s->pos < s->len ? (unsigned char)s->text[s->pos] : -1;
}

static void skip_space(struct scan *s)
{
	int c = peek(s);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		s->pos++;
		c = peek(s);
	}
}

static int unexpected(const struct scan *s)
{
	if (s->pos >= s->len)
		return bad_at(s->pos, "unexpected end");
	return bad_at(s->pos, "unexpected character");
}

static int scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len - s->pos < len || memcmp(s->text + s->pos, word, len) != 0)
		return unexpected(s);
	s->pos += len;
	return 0;
}

static size_t count_digits(const struct scan *s, size_t pos)
{
	size_t n = 0;

	while (pos + n < s->len && scan_is_digit(s->text[pos + n]))
		n++;
	return n;
}

/* Whether a double holds the integer: 2^53 does, 2^53 + 1 does not. */
static bool is_exact(const char *s, size_t len)
{
	char back[NUMBER_MAX + 2];
	int n = snprintf(back, sizeof(back), "%.0f", number_parse(s, len));

	return n >= 0 && (size_t)n == len && memcmp(back, s, len) == 0;
}

/* Steps over one part of a number, which needs a digit. */
static int scan_digits(struct scan *s)
{
	size_t n = count_digits(s, s->pos);

	if (n == 0)
		return unexpected(s);
	s->pos += n;
	return 0;
}

static int scan_number(struct scan *s)
{
	size_t start = s->pos, integer, digits;
	int r;

	if (peek(s) == '-')
		s->pos++;
	/* A digit after a leading zero is left for the caller to refuse. */
	digits = peek(s) == '0' ? 1 : count_digits(s, s->pos);
	if (digits == 0)
		return unexpected(s);
	s->pos += digits;
	integer = s->pos - start;
	if (peek(s) == '.') {
		s->pos++;
		r = scan_digits(s);
		if (r < 0)
			return r;
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->pos++;
		if (peek(s) == '+' || peek(s) == '-')
			s->pos++;
		r = scan_digits(s);
		if (r < 0)
			return r;
	}
	if (s->any_number)
		return 0;
	if (s->pos - start > NUMBER_MAX)
		return bad_at(start, "a number too long");
	if (s->pos - start == integer) {
		if (digits > DIGITS_EXACT &&
		    !is_exact(s->text + start, integer))
			return bad_at(start, "an integer that a double cannot "
					     "hold exactly");
		return 0;
	}
	if (!isfinite(number_parse(s->text + start, s->pos - start)))
		return bad_at(start, "a number out of range");
	return 0;
}

/* The value of four hexadecimal digits; -1 when they are none. */
static int32_t read_hex(const struct scan *s, size_t pos)
{
	int32_t v = 0;

	if (s->len - pos < 4)
		return -1;
	for (size_t i = pos; i < pos + 4; i++) {
		char c = s->text[i];
		if (scan_is_digit(c))
			v = v << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static void add_utf8(struct buf *b, uint32_t cp)
{
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
		return;
	}
	if (cp < 0x800) {
		buf_addc(b, (char)(0xC0 | cp >> 6));
	} else {
		if (cp < 0x10000) {
			buf_addc(b, (char)(0xE0 | cp >> 12));
		} else {
			buf_addc(b, (char)(0xF0 | cp >> 18));
			buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3F)));
		}
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
	}
	buf_addc(b, (char)(0x80 | (cp & 0x3F)));
}

/* \uXXXX, of which the backslash is at `start`; a surrogate with its other
 * half. The position stands after the u. */
static int scan_unicode(struct scan *s, size_t start, struct buf *out)
{
	int32_t cp = read_hex(s, s->pos), low;

	if (cp < 0)
		return bad_at(start, "a broken \\u escape");
	s->pos += 4;
	/* cJSON ends strings at NUL. */
	if (cp == 0)
		return bad_at(start, "\\u0000");
	if (cp >= 0xD800 && cp <= 0xDFFF) {
		bool pair = cp < 0xDC00 && s->len - s->pos >= 6 &&
			    memcmp(s->text + s->pos, "\\u", 2) == 0;
		low = pair ? read_hex(s, s->pos + 2) : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return bad_at(start, "a lone surrogate");
		s->pos += 6;
		cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
	}
	if (out != NULL)
		add_utf8(out, (uint32_t)cp);
	return 0;
}

static int scan_escape(struct scan *s, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	size_t start = s->pos++;
	int c = peek(s);
	const char *p;

	if (c == 'u') {
		s->pos++;
		return scan_unicode(s, start, out);
	}
	p = c > 0 ? strchr(from, c) : NULL;
	if (p == NULL)
		return bad_at(start, "an unknown escape");
	s->pos++;
	if (out != NULL)
		buf_addc(out, to[p - from]);
	return 0;
}

/* A string; its decoded text is added to `out` when that is wanted. */
static int scan_string(struct scan *s, struct buf *out)
{
	uint32_t cp;
	int c, r;

	s->pos++;
	while ((c = peek(s)) != '"') {
		if (c < 0)
			return bad_at(s->pos, "an unclosed string");
		if (c < 0x20)
			return bad_at(s->pos, "a raw control character");
		if (c == '\\') {
			r = scan_escape(s, out);
			if (r < 0)
				return r;
			continue;
		}
		size_t n = utf8_decode(s->text + s->pos, s->len - s->pos, &cp);
		if (n == 0)
			return bad_at(s->pos, "invalid UTF-8");
		if (out != NULL)
			buf_add(out, s->text + s->pos, n);
		s->pos += n;
	}
	s->pos++;
	return 0;
}

static int push_key(struct scan *s, size_t at, size_t start)
{
	if (s->key_count == s->key_cap) {
		size_t cap = s->key_cap == 0 ? 16 : s->key_cap * 2;
		struct key *keys;
		if (cap > SIZE_MAX / sizeof(*keys))
			return err_nomem();
		keys = realloc(s->keys, cap * sizeof(*keys));
		if (keys == NULL)
			return err_nomem();
		s->keys = keys;
		s->key_cap = cap;
	}
	s->keys[s->key_count++] = (struct key){
		.at = at,
		.start = start,
		.len = s->key_text.len - start,
	};
	return buf_check(&s->key_text);
}

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	size_t len = a->len < b->len ? a->len : b->len;
	int r = len > 0 ? memcmp(a->text, b->text, len) : 0;

	if (r != 0)
		return r;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Closes an object: no two of its keys may be the same. Then they are
 * forgotten. */
static int check_keys(struct scan *s, size_t first, size_t text_start)
{
	size_t count = s->key_count - first;
	struct key *keys;

	if (count == 0)
		return 0;
	keys = s->keys + first;
	if (count > 1) {
		for (size_t i = 0; i < count; i++)
			keys[i].text = buf_str(&s->key_text) + keys[i].start;
		qsort(keys, count, sizeof(*keys), compare_keys);
	}
	for (size_t i = 1; i < count; i++) {
		if (keys[i].len == keys[i - 1].len &&
		    memcmp(keys[i].text, keys[i - 1].text, keys[i].len) == 0)
			return err_set(AWM_USAGE,
				       "malformed JSON: duplicate key '%.*s' "
				       "at byte %zu",
				       keys[i].len < 80 ? (int)keys[i].len : 80,
				       keys[i].text, keys[i].at);
	}
	s->key_count = first;
	buf_truncate(&s->key_text, text_start);
	return 0;
}

static int scan_value(struct scan *s);

/* "key": value */
static int scan_member(struct scan *s)
{
	size_t at = s->pos, start = s->key_text.len;
	int r;

	if (peek(s) != '"')
		return unexpected(s);
	r = scan_string(s, &s->key_text);
	if (r == 0)
		r = push_key(s, at, start);
	if (r < 0)
		return r;
	skip_space(s);
	if (peek(s) != ':')
		return unexpected(s);
	s->pos++;
	return scan_value(s);
}

/* What stands between the brackets of an object or array, and the closing
 * one. */
static int scan_items(struct scan *s, char close)
{
	int r;

	s->pos++;
	skip_space(s);
	if (peek(s) == close) {
		s->pos++;
		return 0;
	}
	for (;;) {
		skip_space(s);
		r = close == '}' ? scan_member(s) : scan_value(s);
		if (r < 0)
			return r;
		skip_space(s);
		if (peek(s) == close) {
			s->pos++;
			return 0;
		}
		if (peek(s) != ',')
			return unexpected(s);
		s->pos++;
	}
}

static int scan_container(struct scan *s, bool object)
{
	size_t first = s->key_count, text_start = s->key_text.len;
	int r;

	if (s->depth == JSON_DEPTH)
		return bad_at(s->pos, "nesting deeper than 64 levels");
	s->depth++;
	r = scan_items(s, object ? '}' : ']');
	s->depth--;
	if (r == 0 && object)
		r = check_keys(s, first, text_start);
	return r;
}

static int scan_value(struct scan *s)
{
	int c;

	skip_space(s);
	c = peek(s);
	switch (c) {
	case '{':
	case '[':
		return scan_container(s, c == '{');
	case '"':
		return scan_string(s, NULL);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return scan_number(s);
		return unexpected(s);
	}
}

int json_scan(const char *text, size_t len, bool any_number)
{
	struct scan s = {.text = text, .len = len, .any_number = any_number};
	int r;

	r = scan_value(&s);
	if (r == 0) {
		skip_space(&s);
		if (s.pos < s.len)
			r = bad_at(s.pos, "trailing bytes");
	}
	free(s.keys);
	buf_release(&s.key_text);
	return r;
}
