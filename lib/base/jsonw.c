/* SPDX-License-Identifier: MIT */
#include "base/jsonw.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8_decode.h"

static void line_break(struct jsonw *w)
{
	if (w->indent == 0)
		return;
	buf_addc(w->out, '\n');
	for (size_t n = (size_t)w->indent * w->depth; n > 0; n--)
		buf_addc(w->out, ' ');
}

/* What stands between the value before and the one that begins. */
static void begin(struct jsonw *w)
{
	if (w->after_key) {
		w->after_key = false;
	} else if (w->depth > 0) {
		if (w->comma)
			buf_addc(w->out, ',');
		line_break(w);
	}
	w->comma = true;
}

static void open_container(struct jsonw *w, char bracket)
{
	begin(w);
	buf_addc(w->out, bracket);
	w->depth++;
	w->comma = false;
}

static void close_container(struct jsonw *w, char bracket)
{
	if (w->depth > 0)
		w->depth--;
	if (w->comma)
		line_break(w);
	buf_addc(w->out, bracket);
	w->comma = true;
	w->after_key = false;
}

void jsonw_object(struct jsonw *w)
{
	open_container(w, '{');
}

void jsonw_end_object(struct jsonw *w)
{
	close_container(w, '}');
}

void jsonw_array(struct jsonw *w)
{
	open_container(w, '[');
}

void jsonw_end_array(struct jsonw *w)
{
	close_container(w, ']');
}

static void colon(struct jsonw *w)
{
	buf_adds(w->out, w->indent > 0 ? ": " : ":");
	w->after_key = true;
}

void jsonw_key(struct jsonw *w, const char *key)
{
	jsonw_str(w, key);
	colon(w);
}

static void literal(struct jsonw *w, const char *text)
{
	begin(w);
	buf_adds(w->out, text);
}

void jsonw_null(struct jsonw *w)
{
	literal(w, "null");
}

void jsonw_bool(struct jsonw *w, bool v)
{
	literal(w, v ? "true" : "false");
}

void jsonw_int(struct jsonw *w, int64_t v)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, v);
	literal(w, text);
}

void jsonw_real(struct jsonw *w, double v)
{
	char text[NUMBER_SIZE];

	if (!isfinite(v)) {
		jsonw_null(w);
		return;
	}
	number_format(v, text);
	literal(w, text);
}

/* Whether a code point has to be written as an escape: by the rules of JSON,
 * or because it would act on a terminal or break a line. */
static bool is_unsafe(uint32_t cp)
{
	return utf8_is_control(cp) || utf8_is_bidi(cp) || cp == 0x2028 ||
	       cp == 0x2029;
}

static void add_escape(struct buf *out, uint32_t cp)
{
	static const char letters[] = "\bb\tt\nn\ff\rr";

	for (const char *p = letters; *p != '\0'; p += 2) {
		if ((uint32_t)*p == cp) {
			buf_addc(out, '\\');
			buf_addc(out, p[1]);
			return;
		}
	}
	buf_addf(out, "\\u%04x", (unsigned)cp);
}

/* The inside of a string. Text that is JSON already keeps its quotes and
 * backslashes. */
/* How many bytes from here on are printable ASCII that stands for itself:
 * nearly all of most texts. */
static size_t ascii_span(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)s[n] >= 0x20 &&
	       (unsigned char)s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

static void add_inside(struct buf *out, const char *s, size_t len, bool is_json)
{
	size_t plain = 0;

	for (size_t i = ascii_span(s, len), n; i < len;
	     i += n, i += ascii_span(s + i, len - i)) {
		uint32_t cp = 0;
		n = utf8_decode(s + i, len - i, &cp);
		bool quote = !is_json && (cp == '"' || cp == '\\');
		if (n != 0 && !quote && !is_unsafe(cp))
			continue;
		buf_add(out, s + plain, i - plain);
		if (n == 0) {
			buf_adds(out, "\xEF\xBF\xBD");
			n = 1;
		} else if (quote) {
			buf_addc(out, '\\');
			buf_addc(out, (char)cp);
		} else {
			add_escape(out, cp);
		}
		plain = i + n;
	}
	buf_add(out, s + plain, len - plain);
}

void jsonw_text(struct jsonw *w, const char *s, size_t len)
{
	begin(w);
	buf_addc(w->out, '"');
	if (len > 0)
		add_inside(w->out, s, len, false);
	buf_addc(w->out, '"');
}

void jsonw_str(struct jsonw *w, const char *s)
{
	if (s == NULL)
		jsonw_null(w);
	else
		jsonw_text(w, s, strlen(s));
}

/* The length of a string token, with its quotes. */
static size_t string_length(const char *s, size_t len)
{
	size_t i = 1;

	while (i < len && s[i] != '"')
		i += s[i] == '\\' ? 2 : 1;
	return i < len ? i + 1 : len;
}

static size_t scalar_length(const char *s, size_t len)
{
	size_t i = 1;

	while (i < len && memchr(" \t\r\n,:[]{}\"", s[i], 11) == NULL)
		i++;
	return i;
}

/* Writes the token at s; returns its length. */
static size_t raw_token(struct jsonw *w, const char *s, size_t len,
			unsigned base)
{
	size_t n = 1;

	switch (s[0]) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
		break;
	case ':':
		colon(w);
		break;
	case '{':
	case '[':
		open_container(w, s[0]);
		break;
	case '}':
	case ']':
		if (w->depth > base)
			close_container(w, s[0]);
		break;
	case '"':
		n = string_length(s, len);
		begin(w);
		add_inside(w->out, s, n, true);
		break;
	default:
		n = scalar_length(s, len);
		begin(w);
		add_inside(w->out, s, n, true);
	}
	return n;
}

void jsonw_raw(struct jsonw *w, const char *json, size_t len)
{
	size_t before = w->out->len;
	unsigned base = w->depth;

	/* Token by token: white space in it would break lines where one line
	 * is promised, and strings in it may hold what acts on a terminal. */
	for (size_t i = 0; i < len;)
		i += raw_token(w, json + i, len - i, base);
	/* Nothing at all is no value. */
	if (w->out->len == before)
		jsonw_null(w);
	w->depth = base;
	w->comma = true;
	w->after_key = false;
}
