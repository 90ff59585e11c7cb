/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8_decode.h"

#define VARIATION_EMOJI 0xFE0Fu
/* "\u202E" and the NUL */
#define ESCAPE_SIZE 8

bool utf8_valid(const char *s, size_t len)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

size_t utf8_length(const char *s, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

bool utf8_has_control(const char *s, size_t len, bool multiline)
{
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp;
		n = utf8_decode(s + i, len - i, &cp);
		if (n == 0) {
			/* A lone C1 byte acts on terminals that are not in
			 * UTF-8 mode. */
			cp = (unsigned char)s[i];
			n = 1;
		}
		if (multiline && (cp == '\t' || cp == '\n' || cp == '\r'))
			continue;
		if (utf8_is_control(cp))
			return true;
	}
	return false;
}

/* Reads one unit: the bytes of a code point, or one invalid byte. What must
 * not reach a terminal as it is has its replacement in esc, else esc is "". */
static size_t read_unit(const char *s, size_t len, uint32_t *ret_cp,
			char esc[ESCAPE_SIZE])
{
	uint32_t cp = 0;
	size_t n = utf8_decode(s, len, &cp);

	esc[0] = '\0';
	if (n == 0) {
		n = 1;
		(void)snprintf(esc, ESCAPE_SIZE, "\\x%02X", (unsigned char)*s);
	} else if (cp == '\n') {
		(void)snprintf(esc, ESCAPE_SIZE, "\\n");
	} else if (cp == '\t') {
		(void)snprintf(esc, ESCAPE_SIZE, "\\t");
	} else if (cp < 0x80 && utf8_is_control(cp)) {
		(void)snprintf(esc, ESCAPE_SIZE, "\\x%02X", (uint8_t)cp);
	} else if (utf8_is_control(cp) || utf8_is_bidi(cp)) {
		(void)snprintf(esc, ESCAPE_SIZE, "\\u%04X", (uint16_t)cp);
	}
	*ret_cp = cp;
	return n;
}

static bool is_regional(uint32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

static size_t codepoint_width(uint32_t cp)
{
	int width;

	if (cp < 0x80)
		return 1;
	width = utf8proc_charwidth((utf8proc_int32_t)cp);
	/* Emoji younger than the library's tables. */
	if (cp >= 0x1F000 && cp <= 0x1FAFF &&
	    utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_CN)
		return 2;
	return width > 0 ? (size_t)width : 0;
}

/* Reads one grapheme cluster, or one escaped unit, and its columns. */
static size_t read_cluster(const char *s, size_t len, size_t *ret_columns)
{
	char esc[ESCAPE_SIZE];
	utf8proc_int32_t state = 0;
	uint32_t cp, before;
	size_t at = read_unit(s, len, &cp, esc), columns;

	if (esc[0] != '\0') {
		*ret_columns = strlen(esc);
		return at;
	}
	columns = codepoint_width(cp);
	while (at < len) {
		before = cp;
		size_t n = read_unit(s + at, len - at, &cp, esc);
		if (esc[0] != '\0')
			break;
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
						     (utf8proc_int32_t)cp,
						     &state))
			break;
		size_t width = codepoint_width(cp);
		if (cp == VARIATION_EMOJI ||
		    (is_regional(before) && is_regional(cp)))
			width = 2;
		if (width > columns)
			columns = width;
		at += n;
	}
	*ret_columns = columns;
	return at;
}

/* A printable ASCII byte before another one is a cluster of its own: most of
 * all text needs no tables. */
static bool is_simple(const char *s, size_t len)
{
	return s[0] >= 0x20 && s[0] < 0x7F &&
	       (len == 1 || (unsigned char)s[1] < 0x7F);
}

size_t utf8_width(const char *s, size_t len)
{
	size_t total = 0, columns;

	for (size_t i = 0; i < len;) {
		if (is_simple(s + i, len - i)) {
			columns = 1;
			i++;
		} else {
			i += read_cluster(s + i, len - i, &columns);
		}
		total += columns;
	}
	return total;
}

size_t utf8_cut(const char *s, size_t len, size_t columns)
{
	size_t at = 0, total = 0;

	while (at < len) {
		size_t n = 1, width = 1;
		if (!is_simple(s + at, len - at))
			n = read_cluster(s + at, len - at, &width);
		if (width > columns - total)
			break;
		total += width;
		at += n;
	}
	return at;
}

void utf8_add_escaped(struct buf *b, const char *s, size_t len,
		      bool keep_newlines)
{
	size_t plain = 0;

	for (size_t i = 0, n; i < len; i += n) {
		char esc[ESCAPE_SIZE];
		uint32_t cp;
		if (s[i] >= 0x20 && s[i] < 0x7F) {
			n = 1;
			continue;
		}
		n = read_unit(s + i, len - i, &cp, esc);
		if (esc[0] == '\0')
			continue;
		if (keep_newlines && (s[i] == '\n' || s[i] == '\t'))
			continue;
		buf_add(b, s + plain, i - plain);
		buf_adds(b, esc);
		plain = i + n;
	}
	if (len > plain)
		buf_add(b, s + plain, len - plain);
}

/*
 * Which marks are diacritics. Those of combining class 0 are vowels of Indic
 * scripts, 7 to 9 nukta, kana voicing and virama: without them other words
 * come out, so they stay.
 */
static bool is_diacritic(uint32_t cp)
{
	const utf8proc_property_t *p;

	if (cp < 0x300)
		return false;
	p = utf8proc_get_property((utf8proc_int32_t)cp);
	return p->category == UTF8PROC_CATEGORY_ME ||
	       (p->category == UTF8PROC_CATEGORY_MN &&
		p->combining_class != 0 &&
		(p->combining_class < 7 || p->combining_class > 9));
}

static void add_without_marks(struct buf *b, const char *s, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		uint32_t cp = 0;
		n = utf8_decode(s + i, len - i, &cp);
		if (n == 0)
			n = 1;
		else if (!is_diacritic(cp))
			buf_add(b, s + i, n);
	}
}

/* Folds a run of valid text. */
static void add_folded_run(struct buf *b, const char *s, size_t len)
{
	_cleanup_free_ utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n;

	if (len == 0)
		return;
	n = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
			 &out,
			 UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
				 UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
	if (n < 0) {
		b->failed = true;
		return;
	}
	add_without_marks(b, (const char *)out, (size_t)n);
}

void utf8_add_folded(struct buf *b, const char *s, size_t len)
{
	size_t start = 0, i = 0;

	while (i < len) {
		uint32_t cp;
		size_t n = utf8_decode(s + i, len - i, &cp);
		if (n == 0) {
			add_folded_run(b, s + start, i - start);
			buf_adds(b, "\xEF\xBF\xBD");
			n = 1;
			start = i + 1;
		}
		i += n;
	}
	if (i > start)
		add_folded_run(b, s + start, i - start);
}

void utf8_add_valid(struct buf *b, const char *s, size_t len)
{
	size_t start = 0, i = 0;

	while (i < len) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s + i, len - i, &cp);
		if (n == 0 || cp == 0) {
			buf_add(b, s + start, i - start);
			buf_adds(b, "\xEF\xBF\xBD");
			n = 1;
			start = i + 1;
		}
		i += n;
	}
	buf_add(b, s + start, len - start);
}

bool utf8_same_folded(const char *a, const char *b)
{
	_cleanup_buf_ struct buf fa = {0}, fb = {0};
	size_t len_a = strlen(a), len_b = strlen(b);

	if (strcmp(a, b) == 0)
		return true;
	/* Folding makes all invalid bytes alike. */
	if (!utf8_valid(a, len_a) || !utf8_valid(b, len_b))
		return false;
	utf8_add_folded(&fa, a, len_a);
	utf8_add_folded(&fb, b, len_b);
	if (fa.failed || fb.failed)
		return false;
	return strcmp(buf_str(&fa), buf_str(&fb)) == 0;
}

#define DISTANCE_MAX ((size_t)128)

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row of the matrix from the two above it. Returns its least value. */
static size_t distance_row(const char *a, const char *b, size_t len_b, size_t i,
			   size_t *rows[3])
{
	size_t *now = rows[i % 3], *above = rows[(i + 2) % 3],
	       *top = rows[(i + 1) % 3], least = i;

	now[0] = i;
	for (size_t j = 1; j <= len_b; j++) {
		size_t d = above[j - 1] + (a[i - 1] != b[j - 1]);
		d = min_size(d, min_size(above[j], now[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			d = min_size(d, top[j - 2] + 1);
		now[j] = d;
		least = min_size(least, d);
	}
	return least;
}

size_t utf8_distance(const char *a, const char *b, size_t limit)
{
	size_t memory[3][DISTANCE_MAX + 1];
	size_t *rows[3] = {memory[0], memory[1], memory[2]};
	size_t len_a = strlen(a), len_b = strlen(b), far = limit + 1;

	if (limit == SIZE_MAX)
		far = limit;
	if (strcmp(a, b) == 0)
		return 0;
	/* Nobody mistypes a word of this length. */
	if (len_a > DISTANCE_MAX || len_b > DISTANCE_MAX)
		return far;
	if ((len_a > len_b ? len_a - len_b : len_b - len_a) > limit)
		return far;
	for (size_t j = 0; j <= len_b; j++)
		rows[0][j] = j;
	for (size_t i = 1, before = 0; i <= len_a; i++) {
		size_t least = distance_row(a, b, len_b, i, rows);
		/* A transposition reaches over one row. */
		if (least > limit && before > limit)
			return far;
		before = least;
	}
	return min_size(rows[len_a % 3][len_b], far);
}
