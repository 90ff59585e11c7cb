/* SPDX-License-Identifier: MIT */
#include "domain/reference.h"

#include <string.h>

#include "base/err.h"
#include "domain/markup.h"
#include "domain/trailer.h"

/* Ids above are refused: JSON readers would round them. */
#define TASK_MAX ((int64_t)1 << 53)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Whether the n bytes are the word, without regard to the case of a-z. */
static bool same_word(const char *s, const char *word, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char c =
			s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 0x20) : s[i];

		if (c != word[i])
			return false;
	}
	return true;
}

/* The first byte of a letter of U+00C0 to U+1FFF. Scripts written without
 * blanks (CJK) and the punctuation of U+2000 do not glue to a reference. */
static bool is_letter_lead(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0xC3 && u <= 0xE1;
}

/* --- the list ----------------------------------------------------------- */

struct scan {
	struct arena *a;
	struct reference_list list;
	size_t cap;
	uint32_t *table; /* position in the list + 1, by hash; 2 * cap slots */
	bool no_close;	 /* only links are made at present */
	bool failed;
};

static uint32_t *scan_slot(struct scan *s, int64_t task)
{
	size_t mask = 2 * s->cap - 1;
	size_t i = ((uint64_t)task * 0x9E3779B97F4A7C15u >> 20) & mask;

	while (s->table[i] && s->list.items[s->table[i] - 1].task != task)
		i = (i + 1) & mask;
	return &s->table[i];
}

static bool scan_grow(struct scan *s)
{
	size_t i, cap = s->cap ? 2 * s->cap : 8;
	struct reference *items = arena_array(s->a, cap, sizeof(*items));
	uint32_t *table = arena_array(s->a, 2 * cap, sizeof(*table));

	if (!items || !table)
		return false;
	if (s->list.count)
		memcpy(items, s->list.items, s->list.count * sizeof(*items));
	s->list.items = items;
	s->table = table;
	s->cap = cap;
	for (i = 0; i < s->list.count; i++)
		*scan_slot(s, items[i].task) = (uint32_t)i + 1;
	return true;
}

static void scan_add(struct scan *s, int64_t task, bool closes)
{
	uint32_t *slot;

	if (task == 0 || s->failed)
		return;
	if (s->list.count == s->cap && !scan_grow(s)) {
		s->failed = true;
		return;
	}
	closes = closes && !s->no_close;
	slot = scan_slot(s, task);
	if (*slot) {
		s->list.items[*slot - 1].closes |= closes;
		return;
	}
	s->list.items[s->list.count++] = (struct reference){task, closes};
	*slot = (uint32_t)s->list.count;
}

/* --- free text ---------------------------------------------------------- */

/* A line, or a part of one. */
struct text {
	const char *s;
	size_t len;
};

/* Reads digits from pos on; returns where they end. 0 when out of range. */
static size_t read_number(struct text t, size_t pos, int64_t *ret)
{
	int64_t n = 0;

	for (; pos < t.len && is_digit(t.s[pos]); pos++)
		if (n <= TASK_MAX)
			n = n * 10 + (t.s[pos] - '0');
	*ret = n > TASK_MAX ? 0 : n;
	return pos;
}

/* Whether a word may begin at pos. */
static bool word_starts(struct text t, size_t pos)
{
	size_t i = pos;

	if (pos == 0)
		return true;
	if (is_alnum(t.s[pos - 1]) || strchr("_/#", t.s[pos - 1]))
		return false;
	do {
		i--;
	} while (i > 0 && pos - i < 3 && (t.s[i] & 0xC0) == 0x80);
	return !is_letter_lead(t.s[i]);
}

/* Whether a number may end at pos. "awm-1.2" is a version, not a task. */
static bool number_ends(struct text t, size_t pos)
{
	if (pos == t.len)
		return true;
	if (t.s[pos] == '.')
		return pos + 1 == t.len || !is_digit(t.s[pos + 1]);
	return !is_alnum(t.s[pos]) && t.s[pos] != '_' &&
	       !is_letter_lead(t.s[pos]);
}

/* The end of the reference at pos, 0 when there is none. The task is 0 when
 * its number is out of range. */
static size_t read_reference(struct text t, size_t pos, int64_t *ret)
{
	size_t end;

	if (t.len - pos < 5 || !same_word(t.s + pos, "awm", 3) ||
	    (t.s[pos + 3] != '#' && t.s[pos + 3] != '-'))
		return 0;
	end = read_number(t, pos + 4, ret);
	return end > pos + 4 && number_ends(t, end) ? end : 0;
}

static size_t skip_blanks(struct text t, size_t pos)
{
	while (pos < t.len && is_blank(t.s[pos]))
		pos++;
	return pos;
}

/* Past ", ", " and ", ", and " or blanks. */
static size_t skip_joint(struct text t, size_t pos)
{
	pos = skip_blanks(t, pos);
	if (pos < t.len && t.s[pos] == ',')
		pos = skip_blanks(t, pos + 1);
	if (t.len - pos > 3 && same_word(t.s + pos, "and", 3) &&
	    is_blank(t.s[pos + 3]))
		pos = skip_blanks(t, pos + 3);
	return pos;
}

/* The length of the closing word at pos with its colon and blanks; else 0. */
static size_t closing_word(struct text t, size_t pos)
{
	static const char *const words[] = {"closes",	"closed",   "close",
					    "fixes",	"fixed",    "fix",
					    "resolves", "resolved", "resolve"};
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		n = strlen(words[i]);
		if (t.len - pos > n && !is_alnum(t.s[pos + n]) &&
		    same_word(t.s + pos, words[i], n))
			break;
	}
	if (i == ARRAY_LEN(words))
		return 0;
	n += t.s[pos + n] == ':';
	i = skip_blanks(t, pos + n);
	return i > pos + n ? i - pos : 0;
}

/* Reads "fixes awm#1, awm#2 and awm#3"; returns its end, or 0. */
static size_t read_closing(struct scan *s, struct text t, size_t pos)
{
	size_t word = closing_word(t, pos), end = 0, next;
	int64_t task;

	if (!word)
		return 0;
	pos += word;
	while ((next = read_reference(t, pos, &task)) > 0) {
		scan_add(s, task, true);
		end = next;
		pos = skip_joint(t, end);
	}
	return end;
}

/* The end of the URL whose "://" or "www." stands at pos: a blank, a quote, a
 * bracket that it did not open. */
static size_t skip_url(struct text t, size_t pos)
{
	size_t depth = 0;

	for (; pos < t.len && !is_space(t.s[pos]); pos++) {
		if (strchr("<>\"`", t.s[pos]))
			break;
		if (t.s[pos] == '(' || t.s[pos] == '[')
			depth++;
		if ((t.s[pos] == ')' || t.s[pos] == ']') && depth-- == 0)
			break;
	}
	return pos;
}

static void scan_text(struct scan *s, struct text t, bool spans)
{
	size_t pos = 0, end;
	int64_t task;

	while (pos < t.len) {
		end = 0;
		if (spans && t.s[pos] == '`') {
			end = markup_span(t.s, t.len, pos);
		} else if (starts_with(t.s + pos, t.len - pos, "://")) {
			end = skip_url(t, pos);
		} else if (strchr("acfrwACFRW", t.s[pos]) &&
			   word_starts(t, pos)) {
			if (t.len - pos > 4 && same_word(t.s + pos, "www.", 4))
				end = skip_url(t, pos);
			else if ((end = read_reference(t, pos, &task)) > 0)
				scan_add(s, task, false);
			else
				end = read_closing(s, t, pos);
		}
		pos = end ? end : pos + 1;
	}
}

/* --- the message -------------------------------------------------------- */

/* One item of a trailer's list: 12, #12, awm#12 or AWM-12. Anything else is
 * read as text. */
static void scan_item(struct scan *s, struct text t, bool closes)
{
	int64_t task = 0;
	size_t pos, end;

	while (t.len && is_space(t.s[0])) {
		t.s++;
		t.len--;
	}
	while (t.len && is_space(t.s[t.len - 1]))
		t.len--;
	pos = t.len && t.s[0] == '#';
	end = read_number(t, pos, &task);
	if (end == pos || end != t.len)
		end = read_reference(t, 0, &task);
	if (end && end == t.len)
		scan_add(s, task, closes);
	else
		scan_text(s, t, false);
}

static bool key_is(struct text key, const char *name)
{
	return key.len == strlen(name) && same_word(key.s, name, key.len);
}

/* Reads the trailer at the start of the text if it is one of ours, and
 * returns its length; else 0. */
static size_t scan_trailer(struct scan *s, struct text t)
{
	size_t colon = trailer_separator(t.s, t.len), pos, end, next;
	struct text key = {t.s, colon};
	bool closes;

	while (key.len && is_blank(key.s[key.len - 1]))
		key.len--;
	closes = key_is(key, "awm-close");
	if (!closes && !key_is(key, "awm-task") && !key_is(key, "task"))
		return 0;
	end = trailer_next(t.s, 0, t.len);
	for (pos = colon + 1; pos < end; pos = next + 1) {
		const char *comma = memchr(t.s + pos, ',', end - pos);

		next = comma ? (size_t)(comma - t.s) : end;
		scan_item(s, (struct text){t.s + pos, next - pos}, closes);
	}
	return end;
}

static size_t block_left(struct trailer_block b, size_t pos)
{
	return pos >= b.start && pos < b.end ? b.end - pos : 0;
}

static void scan_message(struct scan *s, const char *m, size_t len)
{
	/* git log reads trailers to the end of a message, git
	 * interpret-trailers up to a "---": whichever holds some. */
	struct trailer_block whole = trailer_block(m, len);
	struct trailer_block part = trailer_block(m, trailer_divider(m, len));
	size_t pos = 0, next, left;
	struct markup markup = {0};

	/* The revert of a fix names the task, but does not complete it. */
	s->no_close = starts_with(m, len, "Revert \"");
	for (; pos < len; pos = next) {
		struct text line = {m + pos, trailer_line(m, pos, len) - pos};

		next = pos + line.len;
		if (line.s[line.len - 1] == '\n')
			line.len--;
		left = block_left(whole, pos);
		left = left ? left : block_left(part, pos);
		left = left ? scan_trailer(s, (struct text){m + pos, left}) : 0;
		if (left)
			next = pos + left;
		else if (!markup_code(&markup, line.s, line.len))
			scan_text(s, line, true);
		s->no_close = false;
	}
}

/* Most messages name no task, which is told by a look for "awm" and "task": by
 * the rarer letters of them. */
static bool may_name(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if ((s[i] | 0x20) == 'w') {
			if (i > 0 && (s[i - 1] | 0x20) == 'a' &&
			    (s[i + 1] | 0x20) == 'm')
				return true;
		} else if ((s[i] | 0x20) == 'k') {
			if (i > 2 && same_word(s + i - 3, "tas", 3))
				return true;
		}
	return false;
}

int reference_scan(const char *message, struct arena *a,
		   struct reference_list *ret)
{
	struct scan s = {.a = a};

	if (may_name(message))
		scan_message(&s, message,
			     trailer_scissors(message, strlen(message)));
	if (s.failed)
		return err_nomem();
	*ret = s.list;
	return 0;
}

/* --- branches ----------------------------------------------------------- */

/* (awm|task)[-_/]?N, then the end or one of -_/ */
static int64_t branch_part(struct text t)
{
	size_t pos, end;
	int64_t task;

	if (starts_with(t.s, t.len, "awm"))
		pos = 3;
	else if (starts_with(t.s, t.len, "task"))
		pos = 4;
	else
		return 0;
	if (pos < t.len && strchr("-_/", t.s[pos]))
		pos++;
	end = read_number(t, pos, &task);
	if (end == pos || (end < t.len && !strchr("-_/", t.s[end])))
		return 0;
	return task;
}

int64_t reference_branch(const char *branch)
{
	size_t len = strlen(branch), pos = len;
	int64_t task;

	/* The last part that fits counts. */
	while (pos-- > 0) {
		if (pos > 0 && branch[pos - 1] != '/')
			continue;
		task = branch_part((struct text){branch + pos, len - pos});
		if (task)
			return task;
	}
	return 0;
}
