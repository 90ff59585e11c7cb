/* SPDX-License-Identifier: MIT */
#include "domain/markup.h"

#include <stdint.h>
#include <string.h>

#include "domain/trailer.h"

#define INDENT 4 /* columns that make code */
#define SPAN_MAX                                                               \
	32 /* backticks; longer runs are text, so that lines of                \
	      nothing else are read in linear time */

struct cursor {
	const char *s;
	size_t len, pos;
	size_t column; /* tabs go to multiples of 4 */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool at_end(const struct cursor *c)
{
	return c->pos == c->len;
}

/* Past the blanks; returns the column behind them. */
static size_t skip_blanks(struct cursor *c)
{
	for (; !at_end(c) && is_blank(c->s[c->pos]); c->pos++)
		c->column += c->s[c->pos] == '\t' ? 4 - c->column % 4 : 1;
	return c->column;
}

/* Where the text of the innermost open item begins. */
static size_t inside(const struct markup *m)
{
	return m->list_count ? m->lists[m->list_count - 1] : m->base;
}

static void close_lists(struct markup *m, size_t column)
{
	while (m->list_count && m->lists[m->list_count - 1] > column)
		m->list_count--;
}

static void open_list(struct markup *m, size_t column)
{
	if (m->list_count < MARKUP_LISTS)
		m->list_count++;
	m->lists[m->list_count - 1] = column;
}

/* Past up to `max` marks of quotes. *ret is the column that the line's own
 * columns count from. */
static size_t skip_quotes(const struct markup *m, struct cursor *c, size_t max,
			  size_t *ret)
{
	size_t quotes = 0;

	*ret = 0;
	while (quotes < max) {
		struct cursor mark = *c;

		if (skip_blanks(&mark) - *ret >= inside(m) + INDENT ||
		    at_end(&mark) || mark.s[mark.pos] != '>')
			break;
		mark.pos++;
		mark.column++;
		quotes++;
		*c = mark;
		*ret = mark.column + (!at_end(c) && is_blank(c->s[c->pos]));
	}
	return quotes;
}

/* A change of the depth ends what was open, but a paragraph goes on without
 * its marks. */
static void enter_quotes(struct markup *m, size_t quotes)
{
	if (quotes == m->quotes || (quotes < m->quotes && m->paragraph))
		return;
	m->quotes = quotes;
	m->list_count = 0;
	m->paragraph = false;
}

static void end_paragraph(struct markup *m, size_t quotes)
{
	m->paragraph = false;
	enter_quotes(m, quotes);
}

/* Past the "-" or "12." that begins an item, if one does. */
static bool skip_marker(struct cursor *c)
{
	size_t pos = c->pos;

	if (memchr("-*+", c->s[pos], 3)) {
		pos++;
	} else {
		while (pos < c->len && is_digit(c->s[pos]))
			pos++;
		if (pos == c->pos || pos - c->pos > 9 || pos == c->len ||
		    (c->s[pos] != '.' && c->s[pos] != ')'))
			return false;
		pos++;
	}
	if (pos < c->len && !is_blank(c->s[pos]))
		return false;
	c->column += pos - c->pos;
	c->pos = pos;
	return true;
}

static size_t run_length(const struct cursor *c)
{
	size_t pos = c->pos;

	while (pos < c->len && c->s[pos] == c->s[c->pos])
		pos++;
	return pos - c->pos;
}

/* Whether the text at c is a fence that begins. */
static bool open_fence(struct markup *m, const struct cursor *c, size_t quotes,
		       size_t column)
{
	char mark = c->s[c->pos];
	size_t n = run_length(c), rest = c->pos + n;

	if ((mark != '`' && mark != '~') || n < 3 ||
	    (mark == '`' && memchr(c->s + rest, '`', c->len - rest)))
		return false;
	end_paragraph(m, quotes);
	close_lists(m, column);
	m->fence.c = mark;
	m->fence.len = n;
	m->fence.quotes = quotes;
	m->fence.column = column < inside(m) ? column : inside(m);
	return true;
}

static bool fence_closes(const struct markup *m, struct cursor c)
{
	size_t n;

	if (at_end(&c) || c.s[c.pos] != m->fence.c)
		return false;
	n = run_length(&c);
	c.pos += n;
	skip_blanks(&c);
	return n >= m->fence.len && at_end(&c);
}

/* A line that is not blank, from its first letter on; `base` is where its
 * columns count from. */
static bool text_code(struct markup *m, struct cursor c, size_t quotes,
		      size_t base)
{
	size_t column = c.column - base, end;

	enter_quotes(m, quotes);
	if (!m->paragraph)
		close_lists(m, column);
	for (;;) {
		if (column >= inside(m) + INDENT) {
			if (!m->paragraph)
				return true;
			break;
		}
		if (!skip_marker(&c))
			break;
		end_paragraph(m, quotes);
		close_lists(m, column);
		end = c.column - base;
		column = skip_blanks(&c) - base;
		open_list(m, at_end(&c) || column > end + INDENT ? end + 1
								 : column);
		if (at_end(&c))
			return false;
	}
	if (open_fence(m, &c, quotes, column))
		return true;
	m->paragraph = true;
	return false;
}

static bool is_squash(const char *s, size_t len)
{
	static const char head[] = "Squashed commit of the following:";

	return len == strlen(head) && memcmp(s, head, len) == 0;
}

bool markup_code(struct markup *m, const char *s, size_t len)
{
	struct cursor c = {.s = s, .len = len};
	size_t base, quotes;

	quotes = skip_quotes(m, &c, m->fence.c ? m->fence.quotes : SIZE_MAX,
			     &base);
	skip_blanks(&c);
	if (m->fence.c && quotes == m->fence.quotes &&
	    (at_end(&c) || c.column - base >= m->fence.column)) {
		if (fence_closes(m, c))
			m->fence.c = 0;
		return true;
	}
	if (m->fence.c) {
		m->fence.c = 0;
		return markup_code(m, s, len);
	}
	if (at_end(&c)) {
		end_paragraph(m, quotes);
		return false;
	}
	if (is_squash(s, len))
		m->base = INDENT;
	return text_code(m, c, quotes, base);
}

static size_t backticks(const char *s, size_t len, size_t pos)
{
	size_t n = 0;

	while (pos + n < len && s[pos + n] == '`')
		n++;
	return n;
}

size_t markup_span(const char *s, size_t len, size_t pos)
{
	size_t escapes = 0, n, at, run;

	while (pos > escapes && s[pos - escapes - 1] == '\\')
		escapes++;
	n = backticks(s, len, pos);
	pos += n;
	if (escapes % 2 || n > SPAN_MAX)
		return pos;
	for (at = pos; at < len; at += run) {
		const char *p = memchr(s + at, '`', len - at);

		if (!p)
			break;
		at = (size_t)(p - s);
		run = backticks(s, len, at);
		if (run == n)
			return at + run;
	}
	return pos;
}
