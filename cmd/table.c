/* SPDX-License-Identifier: MIT */
#include "cmd/table.h"

#include <awm/search.h>
#include <string.h>

#include "base/utf8.h"

#define GAP	 2
#define EMPTY	 "-"
#define ELLIPSIS "…"
#define DATE	 10 /* 2026-11-22 */

#define BOLD  "\033[1m"
#define FOUND "\033[1;31m"
#define RESET "\033[m"

/* ---- colours ---- */

static const struct {
	const char *word;
	const char *color;
} colors[] = {
	{"done", "\033[32m"},	     {"completed", "\033[32m"},
	{"success", "\033[32m"},     {"succeeded", "\033[32m"},
	{"active", "\033[32m"},	     {"delivered", "\033[32m"},
	{"ok", "\033[32m"},	     {"applied", "\033[32m"},
	{"in_progress", "\033[36m"}, {"running", "\033[36m"},
	{"in_review", "\033[35m"},   {"review", "\033[35m"},
	{"blocked", "\033[31m"},     {"failed", "\033[31m"},
	{"dead", "\033[31m"},	     {"problem", "\033[31m"},
	{"error", "\033[31m"},	     {"cancelled", "\033[2m"},
	{"archived", "\033[2m"},     {"deleted", "\033[2m"},
	{"low", "\033[2m"},	     {"high", "\033[33m"},
	{"pending", "\033[33m"},     {"urgent", "\033[1;31m"},
	{"critical", "\033[1;31m"},
};

static const char *color_of(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(colors); i++)
		if (strlen(colors[i].word) == len &&
		    memcmp(colors[i].word, s, len) == 0)
			return colors[i].color;
	return NULL;
}

void table_bold(struct buf *out, bool color, const char *s)
{
	if (color)
		buf_adds(out, BOLD);
	buf_adds(out, s);
	if (color)
		buf_adds(out, RESET);
}

/* ---- lines ---- */

static void pad(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n > sizeof(blanks) - 1; n -= sizeof(blanks) - 1)
		buf_add(out, blanks, sizeof(blanks) - 1);
	buf_add(out, blanks, n);
}

/* A time whose hours have no room is its date. */
static size_t date_of(const struct table_column *c, const char *s, size_t len)
{
	const char *space = c->shrinks == SHRINK_TIME && c->width >= DATE
				    ? memchr(s, ' ', len)
				    : NULL;
	size_t date = space ? (size_t)(space - s) : len;

	return date <= c->width ? date : len;
}

/* ---- marks ---- */

static size_t until_mark(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] != *AWM_SEARCH_MARK &&
	       s[n] != *AWM_SEARCH_MARK_END)
		n++;
	return n;
}

/* Adds the text, escaped, with the marks as they are, which take no columns. */
static size_t add_marked(struct buf *out, const char *s, size_t len)
{
	size_t width = 0;

	for (size_t i = 0, n; i < len; i += n + 1) {
		size_t start = out->len;

		n = until_mark(s + i, len - i);
		utf8_add_escaped(out, s + i, n, false);
		width += utf8_width(buf_str(out) + start, out->len - start);
		if (i + n < len)
			buf_addc(out, s[i + n]);
	}
	return width;
}

/* Writes as much of it as fits into `room` columns. */
static size_t write_marked(const struct table *t, const char *s, size_t len,
			   size_t room)
{
	size_t used = 0;

	for (size_t i = 0, n; i < len; i += n + 1) {
		size_t fits;

		n = until_mark(s + i, len - i);
		fits = utf8_cut(s + i, n, room - used);
		buf_add(t->out, s + i, fits);
		used += utf8_width(s + i, fits);
		if (fits < n)
			break;
		if (i + n < len && t->color)
			buf_adds(t->out,
				 s[i + n] == *AWM_SEARCH_MARK ? FOUND : RESET);
	}
	if (t->color)
		buf_adds(t->out, RESET);
	return used;
}

static size_t write_text(const struct table *t, const struct table_column *c,
			 const char *s, size_t len, size_t room)
{
	if (c->marked)
		return write_marked(t, s, len, room);
	len = utf8_cut(s, len, room);
	buf_add(t->out, s, len);
	return utf8_width(s, len);
}

/* Writes at most the column's width; returns the columns really taken. */
static size_t write_cut(const struct table *t, const struct table_column *c,
			const char *s, size_t len, size_t width)
{
	size_t limit = c->width;

	if (t->max && width > limit && date_of(c, s, len) < len)
		len = width = date_of(c, s, len);
	if (!t->max || width <= limit) {
		if (c->marked)
			return write_marked(t, s, len, width);
		buf_add(t->out, s, len);
		return width;
	}
	if (!limit)
		return 0;
	width = write_text(t, c, s, len, limit - 1);
	buf_adds(t->out, ELLIPSIS);
	return width + 1;
}

/* A hidden last column leaves the padding of the one before. */
static void end_line(const struct table *t)
{
	while (t->out->len && t->out->s[t->out->len - 1] == ' ')
		buf_truncate(t->out, t->out->len - 1);
	if (t->cut_off)
		buf_adds(t->out, " " ELLIPSIS);
	buf_addc(t->out, '\n');
}

static void write_cell(const struct table *t, size_t i, const char *s,
		       size_t len, size_t width, const char *color)
{
	const struct table_column *c = t->columns + i;
	bool last = i + 1 == t->ncolumns;
	size_t used;

	if (c->hidden) {
		if (last)
			end_line(t);
		return;
	}
	if (c->right && width < c->width)
		pad(t->out, c->width - width);
	if (color)
		buf_adds(t->out, color);
	used = write_cut(t, c, s, len, width);
	if (color)
		buf_adds(t->out, RESET);
	if (last)
		end_line(t);
	else if (c->right || used >= c->width)
		pad(t->out, GAP);
	else
		pad(t->out, c->width - used + GAP);
}

static void write_header(const struct table *t)
{
	for (size_t i = 0; i < t->ncolumns; i++) {
		const char *label = t->columns[i].label;

		write_cell(t, i, label, strlen(label),
			   utf8_width(label, strlen(label)),
			   t->color ? BOLD : NULL);
	}
}

static void write_rows(struct table *t)
{
	size_t n = t->cells.len / sizeof(struct table_cell);
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		struct table_cell cell;
		const char *color = NULL;
		size_t at = i % t->ncolumns;

		memcpy(&cell, t->cells.s + i * sizeof(cell), sizeof(cell));
		if (t->color && t->columns[at].words)
			color = color_of(t->text.s + start, cell.end - start);
		write_cell(t, at, buf_str(&t->text) + start, cell.end - start,
			   cell.width, color);
		start = cell.end;
	}
	t->out->failed |= t->text.failed || t->cells.failed;
	buf_truncate(&t->text, 0);
	buf_truncate(&t->cells, 0);
}

/* ---- widths ---- */

static void widen(struct table_column *c, size_t width)
{
	if (width > c->width)
		c->width = width;
}

/* How far columns of each kind give way, step by step. */
static const struct step {
	enum table_shrink kind;
	size_t narrowest;
} steps[] = {
	{SHRINK_FIRST, 10},  {SHRINK_TEXT, 24}, {SHRINK_FIRST, 6},
	{SHRINK_TIME, DATE}, {SHRINK_TEXT, 16}, {SHRINK_WORD, 7},
	{SHRINK_TEXT, 8},    {SHRINK_LAST, 6},	{SHRINK_TIME, 6},
	{SHRINK_FIRST, 3},   {SHRINK_WORD, 3},	{SHRINK_LAST, 3},
	{SHRINK_TIME, 3},    {SHRINK_TEXT, 4},
};

static struct table_column *widest(struct table *t, const struct step *step)
{
	struct table_column *best = NULL;

	for (size_t i = 0; i < t->ncolumns; i++) {
		struct table_column *c = t->columns + i;

		if (c->width <= step->narrowest || c->right || c->hidden ||
		    c->shrinks != step->kind)
			continue;
		if (!best || c->width > best->width)
			best = c;
	}
	return best;
}

static size_t total_width(const struct table *t)
{
	size_t total = 0, shown = 0;

	for (size_t i = 0; i < t->ncolumns; i++) {
		if (t->columns[i].hidden)
			continue;
		total += t->columns[i].width;
		shown++;
	}
	return shown ? total + (shown - 1) * GAP : 0;
}

static void hide_empty(struct table *t)
{
	for (size_t i = 1; i < t->ncolumns; i++)
		if (t->columns[i].optional && !t->columns[i].filled)
			t->columns[i].hidden = true;
}

/* Half of a time says nothing more than the date does. */
static size_t narrower(const struct table_column *c, const struct step *step)
{
	return step->kind == SHRINK_TIME && step->narrowest == DATE
		       ? DATE
		       : c->width - 1;
}

/* What a time gave up beyond need goes to the columns that gave way before. */
static void give_back(struct table *t, size_t room)
{
	static const enum table_shrink kinds[] = {SHRINK_TEXT, SHRINK_FIRST};

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (size_t i = 0; i < t->ncolumns; i++) {
			struct table_column *c = t->columns + i;
			size_t more = c->wanted - c->width;

			if (c->hidden || c->shrinks != kinds[k])
				continue;
			if (more > room)
				more = room;
			c->width += more;
			room -= more;
		}
}

/* The last resort: as many columns as there is room for, and a sign. */
static void cut_off(struct table *t)
{
	size_t used = 0, room = t->max - utf8_width(" " ELLIPSIS, 4);
	bool first = true;

	t->cut_off = true;
	for (size_t i = 0; i < t->ncolumns; i++) {
		struct table_column *c = t->columns + i;
		size_t gap = first ? 0 : GAP;

		if (c->hidden)
			continue;
		if (used + gap + c->width > room) {
			bool some = used + gap + 3 <= room;

			c->width = some ? room - used - gap : 0;
			c->hidden = c->cut_off = !some;
			used = room;
			continue;
		}
		used += gap + c->width;
		first = false;
	}
}

static void fit(struct table *t)
{
	size_t total = total_width(t);

	if (!t->max || total <= t->max)
		return;
	hide_empty(t);
	total = total_width(t);
	for (size_t i = 0; i < ARRAY_LEN(steps) && total > t->max; i++) {
		struct table_column *c;

		while (total > t->max && (c = widest(t, &steps[i]))) {
			total -= c->width;
			c->width = narrower(c, &steps[i]);
			total += c->width;
		}
	}
	if (total > t->max)
		cut_off(t);
	else
		give_back(t, t->max - total);
}

static void settle(struct table *t)
{
	size_t n = t->cells.len / sizeof(struct table_cell);

	if (t->settled)
		return;
	t->settled = true;
	for (size_t i = 0; i < t->ncolumns; i++)
		widen(t->columns + i, utf8_width(t->columns[i].label,
						 strlen(t->columns[i].label)));
	for (size_t i = 0; i < n; i++) {
		struct table_cell cell;

		memcpy(&cell, t->cells.s + i * sizeof(cell), sizeof(cell));
		widen(t->columns + i % t->ncolumns, cell.width);
	}
	for (size_t i = 0; i < t->ncolumns; i++)
		t->columns[i].wanted = t->columns[i].width;
	fit(t);
	write_header(t);
}

static void put_rows(struct table *t)
{
	settle(t);
	if (t->changed) {
		t->changed = false;
		fit(t);
		write_header(t);
	}
	write_rows(t);
}

/* Most cells are plain ASCII. */
static bool is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] > 0x7e)
			return false;
	return true;
}

void table_add(struct table *t, const char *s, size_t len)
{
	struct table_cell cell = {.filled = strcmp(s, EMPTY) != 0};
	struct table_column *c =
		t->columns + t->cells.len / sizeof(cell) % t->ncolumns;
	size_t start = t->text.len, n;

	if (c->marked) {
		cell.width = add_marked(&t->text, s, len);
	} else if (is_ascii(s, len)) {
		buf_add(&t->text, s, len);
		cell.width = len;
	} else {
		utf8_add_escaped(&t->text, s, len, false);
		cell.width = utf8_width(buf_str(&t->text) + start,
					t->text.len - start);
	}
	cell.end = t->text.len;
	/* A column that was left out comes back with its first value. */
	c->filled |= cell.filled;
	if (c->hidden && cell.filled && !c->cut_off) {
		c->hidden = false;
		widen(c, cell.width);
		c->wanted = c->width;
		t->changed = true;
	}
	buf_add(&t->cells, &cell, sizeof(cell));
	n = t->cells.len / sizeof(cell);
	if (n % t->ncolumns)
		return;
	if (t->settled || (t->settle && n / t->ncolumns >= t->settle))
		put_rows(t);
}

void table_flush(struct table *t)
{
	put_rows(t);
}

void table_release(struct table *t)
{
	buf_release(&t->text);
	buf_release(&t->cells);
}
