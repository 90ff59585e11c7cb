/* SPDX-License-Identifier: MIT */
#include "base/words.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8_decode.h"

#define BOUNDARY     "\xE2\x80\x8B" /* U+200B */
#define BOUNDARY_LEN 3

enum kind {
	KIND_BREAK, /* the tokenizer breaks here by itself */
	KIND_WORD,  /* goes on with the word */
	KIND_APART, /* a word of its own */
	KIND_MARK   /* belongs to the character before it */
};

/* Letters of scripts that have no spaces between words. */
static const struct range {
	uint32_t first, last;
} apart[] = {
	{0x0E00, 0x0EFF},   /* Thai, Lao */
	{0x0F40, 0x0FBC},   /* Tibetan */
	{0x1000, 0x109F},   /* Myanmar */
	{0x1100, 0x11FF},   /* Hangul Jamo */
	{0x1780, 0x17FF},   /* Khmer */
	{0x2E80, 0x2FDF},   /* radicals */
	{0x3005, 0x3007},   /* iteration mark, zero */
	{0x3021, 0x3029},   /* numerals */
	{0x3040, 0x31FF},   /* kana, bopomofo, Hangul compatibility */
	{0x3400, 0x4DBF},   /* ideographs */
	{0x4E00, 0xA4CF},   /* ideographs, Yi */
	{0xA960, 0xA97F},   /* Hangul Jamo */
	{0xAC00, 0xD7FF},   /* Hangul */
	{0xF900, 0xFAFF},   /* ideographs */
	{0xFF66, 0xFFDC},   /* half-width kana and Hangul */
	{0x1AFF0, 0x1B2FF}, /* kana, Nüshu */
	{0x20000, 0x3FFFF}, /* ideographs */
};

static bool is_apart(uint32_t cp)
{
	size_t low = 0, high = ARRAY_LEN(apart);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > apart[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ARRAY_LEN(apart) && cp >= apart[low].first;
}

static enum kind kind_of(uint32_t cp)
{
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_CO:
		return is_apart(cp) ? KIND_APART : KIND_WORD;
	case UTF8PROC_CATEGORY_SO:
		return KIND_APART;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_CF:
		return KIND_MARK;
	default:
		return KIND_BREAK;
	}
}

static bool is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* One character: its bytes, at least 1, and what it is. */
static size_t read_one(const char *s, size_t len, enum kind *ret)
{
	uint32_t cp;
	size_t n;

	if ((unsigned char)*s < 0x80) {
		*ret = is_alnum((unsigned char)*s) ? KIND_WORD : KIND_BREAK;
		return 1;
	}
	n = utf8_decode(s, len, &cp);
	*ret = n ? kind_of(cp) : KIND_BREAK;
	return n ? n : 1;
}

/* How many bytes are ASCII without control characters: most of all text. */
static size_t plain(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && (unsigned char)s[i] < 0x7F &&
	       ((unsigned char)s[i] >= 0x20 || s[i] == '\n' || s[i] == '\t'))
		i++;
	return i;
}

void words_add(struct buf *b, const char *s, size_t len)
{
	enum kind before = KIND_BREAK, kind;

	for (size_t i = 0, n; i < len; i += n) {
		n = plain(s + i, len - i);
		if (n) {
			if (before == KIND_APART &&
			    is_alnum((unsigned char)s[i]))
				buf_add(b, BOUNDARY, BOUNDARY_LEN);
			buf_add(b, s + i, n);
			before = is_alnum((unsigned char)s[i + n - 1])
					 ? KIND_WORD
					 : KIND_BREAK;
			continue;
		}
		n = read_one(s + i, len - i, &kind);
		if ((kind == KIND_APART && before != KIND_BREAK) ||
		    (kind == KIND_WORD && before == KIND_APART))
			buf_add(b, BOUNDARY, BOUNDARY_LEN);
		if ((unsigned char)s[i] < 0x80)
			buf_addc(b, ' ');
		else
			buf_add(b, s + i, n);
		if (kind != KIND_MARK)
			before = kind;
	}
}

void words_add_joined(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len, *p;

	while ((p = memmem(s, (size_t)(end - s), BOUNDARY, BOUNDARY_LEN))) {
		buf_add(b, s, (size_t)(p - s));
		s = p + BOUNDARY_LEN;
	}
	buf_add(b, s, (size_t)(end - s));
}

bool words_any(const char *s, size_t len)
{
	enum kind kind;

	for (size_t i = 0; i < len;) {
		i += read_one(s + i, len - i, &kind);
		if (kind == KIND_WORD || kind == KIND_APART)
			return true;
	}
	return false;
}

bool words_is_one(const char *s, size_t len)
{
	enum kind kind;

	for (size_t i = 0; i < len;) {
		i += read_one(s + i, len - i, &kind);
		if (kind != KIND_WORD && kind != KIND_MARK)
			return false;
	}
	return len > 0;
}
