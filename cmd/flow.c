/* SPDX-License-Identifier: MIT */
#include "cmd/flow.h"

#include <string.h>

#include "base/utf8.h"

void flow_add(struct flow *f, unsigned style, const char *s, size_t len)
{
	buf_add(&f->text, s, len);
	for (size_t i = 0; i < len; i++)
		buf_addc(&f->style, (char)style);
}

void flow_truncate(struct flow *f, size_t len)
{
	buf_truncate(&f->text, len);
	buf_truncate(&f->style, len);
}

void flow_release(struct flow *f)
{
	buf_release(&f->text);
	buf_release(&f->style);
}

/* ---- lines ---- */

/* A line that is being filled. */
struct fill {
	const char *s;
	size_t width;
	size_t start, end; /* of what is in it */
	size_t column;
	struct buf *lines;
};

static void end_line(struct fill *f, size_t next)
{
	struct flow_line line = {f->start, f->end};

	buf_add(f->lines, &line, sizeof(line));
	f->start = f->end = next;
	f->column = 0;
}

/* As much of a word that no line has room for as one line takes. */
static size_t head_of(const struct fill *f, size_t at, size_t len)
{
	size_t n = utf8_cut(f->s + at, len, f->width);

	/* one character wider than everything */
	if (!n)
		for (n = 1;
		     n < len && ((unsigned char)f->s[at + n] & 0xc0) == 0x80;)
			n++;
	return n;
}

static void add_word(struct fill *f, size_t at, size_t len)
{
	size_t width = utf8_width(f->s + at, len);
	size_t gap = f->column ? at - f->end : 0;

	if (f->column && f->column + gap + width > f->width)
		end_line(f, at);
	if (!f->column)
		f->start = at;
	if (width > f->width) {
		for (size_t n; (n = head_of(f, at, len)) < len;) {
			f->end = at + n;
			end_line(f, f->end);
			at += n;
			len -= n;
		}
		width = utf8_width(f->s + at, len);
	}
	f->column += (f->column ? gap : 0) + width;
	f->end = at + len;
}

void flow_wrap(const struct flow *flow, size_t start, size_t end, size_t width,
	       struct buf *lines)
{
	struct fill f = {.s = buf_str(&flow->text),
			 .width = width,
			 .start = start,
			 .end = start,
			 .lines = lines};
	size_t at = start;

	while (at < end) {
		size_t n = 0;

		if (f.s[at] == '\n') {
			at++;
			end_line(&f, at);
			continue;
		}
		while (at + n < end && f.s[at + n] != ' ' &&
		       f.s[at + n] != '\n')
			n++;
		if (n)
			add_word(&f, at, n);
		at += n ? n : 1;
	}
	if (f.end > f.start)
		end_line(&f, end);
}

size_t flow_width(const struct flow *f, struct flow_line line)
{
	return utf8_width(buf_str(&f->text) + line.start,
			  line.end - line.start);
}

/* ---- output ---- */

static void put_style(struct buf *out, unsigned style)
{
	static const char *const codes[] = {"1", "3", "36", "9", "4", "2"};

	buf_adds(out, "\033[0");
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (style & 1u << i)
			buf_addf(out, ";%s", codes[i]);
	buf_addc(out, 'm');
}

void flow_put(const struct flow *f, struct flow_line line, bool color,
	      struct buf *out)
{
	const char *text = buf_str(&f->text), *style = buf_str(&f->style);
	unsigned now = 0;
	size_t at = line.start;

	if (f->text.failed || f->style.failed) {
		out->failed = true;
		return;
	}
	while (at < line.end) {
		unsigned next = (unsigned char)style[at];
		size_t n = 1;

		while (at + n < line.end &&
		       (unsigned char)style[at + n] == next)
			n++;
		if (color && next != now)
			put_style(out, next);
		buf_add(out, text + at, n);
		now = next;
		at += n;
	}
	if (color && now)
		buf_adds(out, "\033[0m");
}
