/* SPDX-License-Identifier: MIT */
#include "cmd/markdown.h"

#include <md4c.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/flow.h"

#define CODE_INDENT 4
#define RULE_MAX    72
#define TABLE_GAP   2
#define STYLES	    6
#define LINKS_MAX   8
#define TAB	    4

/* What a list or a quote has changed, to be put back at its end. */
struct level {
	size_t start;	   /* what was written before it */
	size_t next, rest; /* lengths of the prefixes outside of it */
	bool tight;
	unsigned number; /* of the next item; 0: bullets */
};

struct cell {
	size_t start, end; /* in the flow */
	MD_ALIGN align;
};

/* A text on its way to lines. */
struct page {
	struct buf *out;
	const struct markdown *how;
	size_t width;	       /* that text may have, prefix included */
	struct buf next, rest; /* what the next line, and later ones begin with
				*/
	struct buf levels;     /* struct level */
	bool gap;	       /* a blank line is due before the next block */
	struct flow flow;      /* of the paragraph, heading, cell, code */
	unsigned depth[STYLES];
	size_t links[LINKS_MAX]; /* where their texts begin */
	size_t nlinks;
	bool in_code;
	unsigned heading;
	struct buf cells; /* struct cell, row by row */
	size_t columns;
};

/* ---- lines ---- */

static void begin_line(struct page *p)
{
	buf_add(p->out, buf_str(&p->next), p->next.len);
	buf_truncate(&p->next, 0);
	buf_add(&p->next, buf_str(&p->rest), p->rest.len);
}

static void end_line(struct page *p)
{
	while (p->out->len && p->out->s[p->out->len - 1] == ' ')
		buf_truncate(p->out, p->out->len - 1);
	buf_addc(p->out, '\n');
}

/* Columns that are left beside the prefix. */
static size_t room(const struct page *p)
{
	size_t taken = utf8_width(buf_str(&p->rest), p->rest.len);

	return p->width > taken + 1 ? p->width - taken : 1;
}

/* Before a block that follows another. */
static void begin_block(struct page *p)
{
	if (p->gap) {
		begin_line(p);
		end_line(p);
	}
	p->gap = false;
}

static struct level *top(struct page *p)
{
	size_t n = p->levels.len / sizeof(struct level);

	return n ? (struct level *)(void *)p->levels.s + n - 1 : NULL;
}

/* Blocks of a tight list stand close. */
static void end_block(struct page *p)
{
	const struct level *l = top(p);

	p->gap = !(l && l->tight);
}

static void put_lines(struct page *p, const struct buf *lines)
{
	const struct flow_line *line =
		(const struct flow_line *)(const void *)lines->s;

	p->out->failed |= lines->failed;
	for (size_t i = 0; i < lines->len / sizeof(*line); i++) {
		begin_line(p);
		flow_put(&p->flow, line[i], p->how->color, p->out);
		end_line(p);
	}
}

/* What has gathered becomes a paragraph. */
static void flush(struct page *p)
{
	_cleanup_buf_ struct buf lines = {0};

	if (!p->flow.text.len)
		return;
	begin_block(p);
	flow_wrap(&p->flow, 0, p->flow.text.len, room(p), &lines);
	put_lines(p, &lines);
	flow_truncate(&p->flow, 0);
	end_block(p);
}

/* ---- text ---- */

static unsigned style(const struct page *p)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < STYLES; i++)
		bits |= p->depth[i] ? 1u << i : 0;
	return bits;
}

static void add(struct page *p, const char *s, size_t len)
{
	flow_add(&p->flow, style(p), s, len);
}

static size_t encode(uint32_t c, char out[5])
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n;

	if (!c || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	out[n] = '\0';
	return n;
}

static uint32_t entity_number(const char *s, size_t len)
{
	uint32_t base = s[2] == 'x' || s[2] == 'X' ? 16 : 10, c = 0;

	for (size_t i = base == 16 ? 3 : 2; i + 1 < len && c <= 0x10ffff; i++)
		c = c * base + (uint32_t)(s[i] <= '9'
						  ? s[i] - '0'
						  : (s[i] | 0x20) - 'a' + 10);
	return c;
}

static const struct {
	const char *name;
	const char *text;
} entities[] = {
	{"&amp;", "&"},	   {"&lt;", "<"},     {"&gt;", ">"},
	{"&quot;", "\""},  {"&apos;", "'"},   {"&nbsp;", " "},
	{"&copy;", "©"},   {"&reg;", "®"},    {"&trade;", "™"},
	{"&hellip;", "…"}, {"&mdash;", "—"},  {"&ndash;", "–"},
	{"&lsquo;", "‘"},  {"&rsquo;", "’"},  {"&ldquo;", "“"},
	{"&rdquo;", "”"},  {"&laquo;", "«"},  {"&raquo;", "»"},
	{"&bull;", "•"},   {"&middot;", "·"}, {"&times;", "×"},
	{"&deg;", "°"},	   {"&euro;", "€"},   {"&pound;", "£"},
	{"&larr;", "←"},   {"&rarr;", "→"},   {"&check;", "✓"},
};

/* Of the names the usual ones; others stay as they are written. A number may
 * stand for a control character. */
static void decode_entity(struct buf *b, const char *s, size_t len)
{
	char utf8[5];

	if (len > 3 && s[1] == '#') {
		size_t n = encode(entity_number(s, len), utf8);
		utf8_add_escaped(b, utf8, n, false);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(entities); i++)
		if (strlen(entities[i].name) == len &&
		    memcmp(entities[i].name, s, len) == 0) {
			buf_adds(b, entities[i].text);
			return;
		}
	buf_add(b, s, len);
}

static void add_plain(struct page *p, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		add(p, s[i] == '\t' ? " " : s + i, 1);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *ctx)
{
	_cleanup_buf_ struct buf b = {0};
	struct page *p = ctx;

	switch (type) {
	case MD_TEXT_NULLCHAR:
		add(p, "\xef\xbf\xbd", 3);
		break;
	case MD_TEXT_BR:
		add(p, "\n", 1);
		break;
	case MD_TEXT_SOFTBR:
		add(p, " ", 1);
		break;
	case MD_TEXT_ENTITY:
		decode_entity(&b, s, n);
		p->out->failed |= b.failed;
		add_plain(p, buf_str(&b), b.len);
		break;
	default:
		if (p->in_code)
			add(p, s, n);
		else
			add_plain(p, s, n);
	}
	return 0;
}

/* ---- spans ---- */

static void attribute(struct buf *b, const MD_ATTRIBUTE *a)
{
	for (size_t i = 0; a->size && a->substr_offsets[i] < a->size; i++) {
		const char *s = a->text + a->substr_offsets[i];
		size_t n = a->substr_offsets[i + 1] - a->substr_offsets[i];

		if (a->substr_types[i] == MD_TEXT_ENTITY)
			decode_entity(b, s, n);
		else
			buf_add(b, s, n);
	}
}

/* The signs of what a terminal without colours cannot show. */
static void mark(struct page *p, const char *sign)
{
	if (!p->how->color)
		add(p, sign, strlen(sign));
}

static const struct {
	unsigned bit;
	const char *sign;
} spans[] = {
	[MD_SPAN_EM] = {1, "*"},       [MD_SPAN_STRONG] = {0, "**"},
	[MD_SPAN_A] = {4, ""},	       [MD_SPAN_IMG] = {5, ""},
	[MD_SPAN_CODE] = {2, "`"},     [MD_SPAN_DEL] = {3, "~~"},
	[MD_SPAN_LATEXMATH] = {2, ""}, [MD_SPAN_LATEXMATH_DISPLAY] = {2, ""},
	[MD_SPAN_WIKILINK] = {4, ""},  [MD_SPAN_U] = {4, ""},
};

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct page *p = ctx;

	(void)detail;
	if (type == MD_SPAN_IMG)
		add(p, "[image: ", 8);
	if (type == MD_SPAN_A || type == MD_SPAN_IMG) {
		if (p->nlinks < LINKS_MAX)
			p->links[p->nlinks] = p->flow.text.len;
		p->nlinks++;
	}
	p->depth[spans[type].bit]++;
	mark(p, spans[type].sign);
	return 0;
}

/* Where a link leads, unless its text says it. */
static void add_target(struct page *p, size_t start, const MD_ATTRIBUTE *href)
{
	_cleanup_buf_ struct buf url = {0};
	const char *text = buf_str(&p->flow.text) + start;
	size_t len = p->flow.text.len - start, skip = 0;

	attribute(&url, href);
	p->out->failed |= url.failed;
	if (strncmp(buf_str(&url), "mailto:", 7) == 0)
		skip = 7;
	if (!url.len ||
	    (url.len - skip == len && memcmp(url.s + skip, text, len) == 0))
		return;
	p->depth[5]++;
	add(p, " (", 2);
	add_plain(p, url.s, url.len);
	add(p, ")", 1);
	p->depth[5]--;
}

static void end_image(struct page *p, size_t start)
{
	/* without a text: "[image: " is cut to "[image" */
	if (start && p->flow.text.len == start)
		flow_truncate(&p->flow, start - 2);
	add(p, "]", 1);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct page *p = ctx;
	size_t start = 0;

	mark(p, spans[type].sign);
	p->depth[spans[type].bit]--;
	if (type != MD_SPAN_A && type != MD_SPAN_IMG)
		return 0;
	if (--p->nlinks < LINKS_MAX)
		start = p->links[p->nlinks];
	if (type == MD_SPAN_IMG) {
		end_image(p, start);
		add_target(p, p->flow.text.len,
			   &((MD_SPAN_IMG_DETAIL *)detail)->src);
	} else {
		add_target(p, start, &((MD_SPAN_A_DETAIL *)detail)->href);
	}
	return 0;
}

/* ---- lists and quotes ---- */

/* The text inside begins with `first` once, then with `later`. A text that is
 * nested so deep that nothing would be left of the line is not moved. */
static void push(struct page *p, const struct level *level, const char *first,
		 const char *later)
{
	struct level l = *level;
	size_t width = utf8_width(later, strlen(later));

	l.start = p->out->len;
	l.next = p->next.len;
	l.rest = p->rest.len;
	buf_add(&p->levels, &l, sizeof(l));
	if (room(p) < width + MARKDOWN_NARROW / 2)
		return;
	buf_adds(&p->next, first);
	buf_adds(&p->rest, later);
}

/* Whether the sign of an item still waits for a line. */
static bool is_waiting(const struct page *p)
{
	return p->next.len != p->rest.len ||
	       memcmp(buf_str(&p->next), buf_str(&p->rest), p->rest.len) != 0;
}

static void pop(struct page *p)
{
	struct level *l = top(p);
	bool waiting = is_waiting(p);

	if (!l)
		return;
	buf_truncate(&p->rest, l->rest);
	buf_truncate(&p->next, waiting ? l->next : 0);
	if (!waiting)
		buf_add(&p->next, buf_str(&p->rest), p->rest.len);
	buf_truncate(&p->levels, p->levels.len - sizeof(*l));
}

static void enter_list(struct page *p, bool tight, unsigned number)
{
	struct level l = {.tight = tight, .number = number};

	push(p, &l, "", "");
}

static void leave_list(struct page *p)
{
	pop(p);
	end_block(p);
}

static void enter_item(struct page *p, const MD_BLOCK_LI_DETAIL *item)
{
	struct level *list = top(p);
	struct level l = {.tight = list && list->tight};
	char sign[32], blanks[32];
	int n;

	begin_block(p);
	if (list && list->number)
		(void)snprintf(sign, sizeof(sign), "%u. ", list->number++ - 1);
	else
		(void)snprintf(sign, sizeof(sign), "• ");
	n = (int)utf8_width(sign, strlen(sign));
	(void)snprintf(blanks, sizeof(blanks), "%*s", n, "");
	push(p, &l, sign, blanks);
	if (item->is_task)
		add(p, item->task_mark == ' ' ? "[ ] " : "[x] ", 4);
}

static void leave_item(struct page *p)
{
	flush(p);
	/* an item without any text still has its line */
	if (is_waiting(p)) {
		begin_line(p);
		end_line(p);
	}
	pop(p);
	end_block(p);
}

static void enter_quote(struct page *p)
{
	begin_block(p);
	push(p, &(struct level){0}, "│ ", "│ ");
}

static void leave_quote(struct page *p)
{
	bool empty = top(p) && top(p)->start == p->out->len;

	pop(p);
	if (!empty)
		end_block(p);
}

/* ---- code, rules, headings ---- */

static void put_code_line(struct page *p, const char *s, size_t len)
{
	size_t width = room(p);
	size_t indent =
		width > CODE_INDENT + MARKDOWN_NARROW / 2 ? CODE_INDENT : 0;

	do {
		struct flow code = {0};
		size_t n = utf8_cut(s, len, width - indent);

		if (!n)
			n = len;
		flow_add(&code, FLOW_CODE, s, n);
		begin_line(p);
		buf_addf(p->out, "%*s", n ? (int)indent : 0, "");
		flow_put(&code, (struct flow_line){0, n}, p->how->color,
			 p->out);
		end_line(p);
		flow_release(&code);
		s += n;
		len -= n;
	} while (len);
}

static void put_code(struct page *p)
{
	_cleanup_buf_ struct buf line = {0};
	const char *s = buf_str(&p->flow.text), *end = s + p->flow.text.len;

	begin_block(p);
	for (; s < end; s++) {
		if (*s == '\n') {
			put_code_line(p, buf_str(&line), line.len);
			buf_truncate(&line, 0);
		} else if (*s == '\t') {
			do
				buf_addc(&line, ' ');
			while (line.len % TAB);
		} else {
			buf_addc(&line, *s);
		}
	}
	if (line.len)
		put_code_line(p, line.s, line.len);
	p->out->failed |= line.failed;
	flow_truncate(&p->flow, 0);
	end_block(p);
}

static void put_rule(struct page *p)
{
	size_t n = room(p);

	begin_block(p);
	begin_line(p);
	for (size_t i = 0; i < n && i < RULE_MAX; i++)
		buf_adds(p->out, "─");
	end_line(p);
	end_block(p);
}

static void enter_heading(struct page *p, unsigned level)
{
	p->heading = level;
	p->depth[0]++;
	p->depth[4] += level == 1;
	for (unsigned i = 0; i < level && !p->how->color; i++)
		add(p, i + 1 < level ? "#" : "# ", i + 1 < level ? 1 : 2);
}

static void leave_heading(struct page *p)
{
	p->depth[0]--;
	p->depth[4] -= p->heading == 1;
	flush(p);
}

/* ---- tables ---- */

static size_t cell_count(const struct page *p)
{
	return p->cells.len / sizeof(struct cell);
}

static const struct cell *cell_at(const struct page *p, size_t i)
{
	return (const struct cell *)(const void *)p->cells.s + i;
}

/* The width of each column, none above `most`; returns their sum. */
static size_t measure(const struct page *p, size_t *widths, size_t most)
{
	size_t total = 0;

	memset(widths, 0, p->columns * sizeof(*widths));
	for (size_t i = 0; i < cell_count(p); i++) {
		const struct cell *c = cell_at(p, i);
		struct flow_line line = {c->start, c->end};
		size_t w = flow_width(&p->flow, line);
		size_t *column = &widths[i % p->columns];

		if (w > *column)
			*column = w;
	}
	for (size_t i = 0; i < p->columns; i++) {
		if (widths[i] > most)
			widths[i] = most;
		if (!widths[i])
			widths[i] = 1;
		total += widths[i];
	}
	return total;
}

/* Wide columns give way first. False: there is no room for them at all. */
static bool fit(const struct page *p, size_t *widths)
{
	size_t gaps = (p->columns - 1) * TABLE_GAP, all = room(p);
	size_t low = 2, high;

	if (all < gaps + p->columns * 2)
		return false;
	all -= gaps;
	high = all;
	/* the most that a column may have so that all of them fit */
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (measure(p, widths, middle) <= all)
			low = middle;
		else
			high = middle - 1;
	}
	measure(p, widths, low);
	return true;
}

static void put_cell(struct page *p, const struct buf *lines, size_t i,
		     MD_ALIGN align, size_t width, bool last)
{
	const struct flow_line *line =
		(const struct flow_line *)(const void *)lines->s;
	bool there = i < lines->len / sizeof(*line);
	size_t w = there ? flow_width(&p->flow, line[i]) : 0;
	size_t before = 0, blank = w < width ? width - w : 0;

	if (align == MD_ALIGN_RIGHT)
		before = blank;
	else if (align == MD_ALIGN_CENTER)
		before = blank / 2;
	buf_addf(p->out, "%*s", (int)before, "");
	if (there)
		flow_put(&p->flow, line[i], p->how->color, p->out);
	if (!last)
		buf_addf(p->out, "%*s", (int)(blank - before + TABLE_GAP), "");
	p->out->failed |= lines->failed;
}

static void put_row(struct page *p, size_t first, const size_t *widths,
		    struct buf *lines)
{
	size_t height = 0;

	for (size_t i = 0; i < p->columns; i++) {
		const struct cell *c = cell_at(p, first + i);
		size_t n;

		buf_truncate(&lines[i], 0);
		flow_wrap(&p->flow, c->start, c->end, widths[i], &lines[i]);
		n = lines[i].len / sizeof(struct flow_line);
		height = n > height ? n : height;
	}
	for (size_t k = 0; k < height; k++) {
		begin_line(p);
		for (size_t i = 0; i < p->columns; i++)
			put_cell(p, &lines[i], k, cell_at(p, first + i)->align,
				 widths[i], i + 1 == p->columns);
		end_line(p);
	}
}

static void put_underline(struct page *p, const size_t *widths)
{
	begin_line(p);
	for (size_t i = 0; i < p->columns; i++) {
		for (size_t k = 0; k < widths[i]; k++)
			buf_adds(p->out, "─");
		buf_addf(p->out, "%*s", TABLE_GAP, "");
	}
	end_line(p);
}

/* A table of more columns than the terminal: its cells one below the other. */
static void put_cells(struct page *p)
{
	for (size_t i = 0; i < cell_count(p); i++) {
		_cleanup_buf_ struct buf lines = {0};
		const struct cell *c = cell_at(p, i);

		flow_wrap(&p->flow, c->start, c->end, room(p), &lines);
		put_lines(p, &lines);
	}
}

static void put_table(struct page *p)
{
	size_t n = p->columns;
	_cleanup_free_ size_t *widths = calloc(n ? n : 1, sizeof(*widths));
	_cleanup_free_ struct buf *lines = calloc(n ? n : 1, sizeof(*lines));

	if (!widths || !lines || p->cells.failed) {
		p->out->failed = true;
		return;
	}
	begin_block(p);
	if (n && fit(p, widths))
		for (size_t i = 0; i + n <= cell_count(p); i += n) {
			put_row(p, i, widths, lines);
			if (!i)
				put_underline(p, widths);
		}
	else
		put_cells(p);
	for (size_t i = 0; i < n; i++)
		buf_release(&lines[i]);
	flow_truncate(&p->flow, 0);
	buf_truncate(&p->cells, 0);
	end_block(p);
}

static void enter_cell(struct page *p, const MD_BLOCK_TD_DETAIL *cell,
		       bool head)
{
	struct cell c = {p->flow.text.len, p->flow.text.len, cell->align};

	p->depth[0] += head;
	buf_add(&p->cells, &c, sizeof(c));
}

static void leave_cell(struct page *p, bool head)
{
	size_t n = cell_count(p);

	p->depth[0] -= head;
	if (n)
		((struct cell *)(void *)p->cells.s)[n - 1].end =
			p->flow.text.len;
}

/* ---- blocks ---- */

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct page *p = ctx;
	const MD_BLOCK_OL_DETAIL *ol = detail;

	if (type < MD_BLOCK_THEAD)
		flush(p);
	switch (type) {
	case MD_BLOCK_UL:
		enter_list(p, ((MD_BLOCK_UL_DETAIL *)detail)->is_tight, 0);
		break;
	case MD_BLOCK_OL:
		enter_list(p, ol->is_tight, ol->start + 1);
		break;
	case MD_BLOCK_LI:
		enter_item(p, detail);
		break;
	case MD_BLOCK_QUOTE:
		enter_quote(p);
		break;
	case MD_BLOCK_CODE:
		p->in_code = true;
		break;
	case MD_BLOCK_H:
		enter_heading(p, ((MD_BLOCK_H_DETAIL *)detail)->level);
		break;
	case MD_BLOCK_TABLE:
		p->columns = ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count;
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		enter_cell(p, detail, type == MD_BLOCK_TH);
		break;
	default:
		break;
	}
	return p->out->failed;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct page *p = ctx;

	(void)detail;
	switch (type) {
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
		leave_list(p);
		break;
	case MD_BLOCK_LI:
		leave_item(p);
		break;
	case MD_BLOCK_QUOTE:
		leave_quote(p);
		break;
	case MD_BLOCK_CODE:
		p->in_code = false;
		put_code(p);
		break;
	case MD_BLOCK_H:
		leave_heading(p);
		break;
	case MD_BLOCK_HR:
		put_rule(p);
		break;
	case MD_BLOCK_P:
		flush(p);
		break;
	case MD_BLOCK_TABLE:
		put_table(p);
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		leave_cell(p, type == MD_BLOCK_TH);
		break;
	default:
		break;
	}
	return p->out->failed;
}

/* ---- the whole ---- */

/* What a terminal would act on is made visible before anything is parsed; of
 * the two ways to end a line one is left. */
static void clean(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		const char *cr = memchr(s, '\r', (size_t)(end - s));
		const char *stop = cr ? cr : end;

		utf8_add_escaped(b, s, (size_t)(stop - s), true);
		if (cr && !(cr + 1 < end && cr[1] == '\n'))
			buf_addc(b, '\n');
		s = cr ? cr + 1 : end;
	}
}

static void put_verbatim(struct page *p, const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		size_t n = strcspn(s, "\n");

		begin_line(p);
		buf_add(p->out, s, n);
		buf_addc(p->out, '\n');
		s += n + 1;
	}
}

void markdown_add(struct buf *out, const char *s, size_t len,
		  const struct markdown *how)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_TABLES |
			 MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
			 MD_FLAG_NOHTML,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = on_text,
	};
	struct page p = {.out = out, .how = how, .width = how->width};
	_cleanup_buf_ struct buf text = {0};
	size_t before = out->len;

	if (p.width < how->indent + MARKDOWN_NARROW)
		p.width = how->indent + MARKDOWN_NARROW;
	buf_addf(&p.rest, "%*s", (int)how->indent, "");
	clean(&text, s, len);
	if (len > MARKDOWN_MAX)
		put_verbatim(&p, buf_str(&text), text.len);
	else if (md_parse(buf_str(&text), (MD_SIZE)text.len, &parser, &p))
		out->failed = true;
	if (out->len == before)
		buf_addc(out, '\n');
	out->failed |= text.failed || p.next.failed || p.rest.failed ||
		       p.levels.failed || p.flow.text.failed ||
		       p.flow.style.failed;
	buf_release(&p.next);
	buf_release(&p.rest);
	buf_release(&p.levels);
	buf_release(&p.cells);
	flow_release(&p.flow);
}
