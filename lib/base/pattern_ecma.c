/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/pattern.h"
#include "base/scan.h"
#include "base/utf8_decode.h"

/* What ECMA 262 writes, as PCRE2 reads it. Every code point of a literal
 * leaves as \x{…} unless it is a letter or a digit, so that nothing has a
 * meaning that was not looked at here. */

struct translation {
	const char *text, *p;
	struct buf *out;
	unsigned groups, highest; /* capturing; referred to by \N */
	unsigned repeat;
	int rc;
};

#define SPACE                                                                  \
	"\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}"     \
	"\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACE                                                               \
	"\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}"          \
	"\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}"            \
	"\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}"            \
	"\\x{ff00}-\\x{10ffff}"
#define NEVER	 "(?!)"
#define ANYTHING "[\\x{0}-\\x{10ffff}]"

/* Refuses what stands at the place; ends the translation. */
static void refuse(struct translation *t, const char *at, const char *why)
{
	size_t n = 1;

	if (t->rc)
		return;
	for (const char *p = t->text; p < at && *p; p++)
		n += ((unsigned char)*p & 0xC0) != 0x80;
	t->rc = err_set(AWM_INVALID,
			"the pattern '%.200s' is malformed: %s at character "
			"%zu",
			t->text, why, n);
}

static void literal(struct translation *t, uint32_t cp)
{
	if (cp < 0x80 && (scan_is_digit((char)cp) ||
			  ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z')))
		buf_addc(t->out, (char)cp);
	else
		buf_addf(t->out, "\\x{%x}", cp);
}

/* Names of general categories, long and short, as ECMA 262 lists them. */
static const char *const categories[][2] = {
	{"casedletter", "L&"},
	{"closepunctuation", "Pe"},
	{"combiningmark", "M"},
	{"connectorpunctuation", "Pc"},
	{"control", "Cc"},
	{"cntrl", "Cc"},
	{"currencysymbol", "Sc"},
	{"dashpunctuation", "Pd"},
	{"decimalnumber", "Nd"},
	{"digit", "Nd"},
	{"enclosingmark", "Me"},
	{"finalpunctuation", "Pf"},
	{"format", "Cf"},
	{"initialpunctuation", "Pi"},
	{"lc", "L&"},
	{"letter", "L"},
	{"letternumber", "Nl"},
	{"lineseparator", "Zl"},
	{"lowercaseletter", "Ll"},
	{"mark", "M"},
	{"mathsymbol", "Sm"},
	{"modifierletter", "Lm"},
	{"modifiersymbol", "Sk"},
	{"nonspacingmark", "Mn"},
	{"number", "N"},
	{"openpunctuation", "Ps"},
	{"other", "C"},
	{"otherletter", "Lo"},
	{"othernumber", "No"},
	{"otherpunctuation", "Po"},
	{"othersymbol", "So"},
	{"paragraphseparator", "Zp"},
	{"privateuse", "Co"},
	{"punct", "P"},
	{"punctuation", "P"},
	{"separator", "Z"},
	{"spaceseparator", "Zs"},
	{"spacingmark", "Mc"},
	{"surrogate", "Cs"},
	{"symbol", "S"},
	{"titlecaseletter", "Lt"},
	{"unassigned", "Cn"},
	{"uppercaseletter", "Lu"},
};

#define NAME_MAX_LEN 60

/* \p{…}, the text between the braces: lower case, without _ and blanks. */
static bool property_name(const char *s, size_t len, char out[NAME_MAX_LEN])
{
	size_t n = 0;

	if (len == 0 || len >= NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (c == '_' || c == ' ')
			continue;
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (!scan_is_digit(c) && !(c >= 'a' && c <= 'z') && c != '=')
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n > 0;
}

static const char *without(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 ? name + len : NULL;
}

static void add_property(struct translation *t, const char *name)
{
	static const char *const scripts[][2] = {{"script=", "sc:"},
						 {"sc=", "sc:"},
						 {"scriptextensions=", "scx:"},
						 {"scx=", "scx:"}};
	const char *rest = without(name, "generalcategory=");

	if (!rest)
		rest = without(name, "gc=");
	if (rest)
		name = rest;
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (strcmp(name, categories[i][0]) == 0)
			name = categories[i][1];
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		rest = without(name, scripts[i][0]);
		if (rest) {
			buf_addf(t->out, "%s%s", scripts[i][1], rest);
			return;
		}
	}
	buf_adds(t->out, name);
}

static void property(struct translation *t, const char *start)
{
	char name[NAME_MAX_LEN];
	const char *end = *t->p == '{' ? strchr(t->p, '}') : NULL;

	if (!end || !property_name(t->p + 1, (size_t)(end - t->p) - 1, name)) {
		refuse(t, start, "a broken property");
		return;
	}
	buf_addf(t->out, "\\%c{", start[1]);
	add_property(t, name);
	buf_addc(t->out, '}');
	t->p = end + 1;
}

/* So many hexadecimal digits at the place, -1 when they are not there. */
static int64_t hex(const char *p, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		char c = p[i], low = (char)(c | 0x20);

		if (scan_is_digit(c))
			v = v * 16 + (c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v * 16 + (low - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* \u{…}, \uXXXX and pairs of those; -1 when broken. */
static int64_t unicode(struct translation *t)
{
	size_t n;
	int64_t v, low;

	if (*t->p == '{') {
		n = strspn(t->p + 1, "0123456789abcdefABCDEF");
		if (n == 0 || n > 8 || t->p[1 + n] != '}')
			return -1;
		v = hex(t->p + 1, n);
		t->p += n + 2;
		return v > 0x10FFFF ? -1 : v;
	}
	v = hex(t->p, 4);
	if (v < 0)
		return -1;
	t->p += 4;
	if (v < 0xD800 || v > 0xDBFF || strncmp(t->p, "\\u", 2) != 0)
		return v;
	low = hex(t->p + 2, 4);
	if (low < 0xDC00 || low > 0xDFFF)
		return v;
	t->p += 6;
	return 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
}

/* The code point that an escape stands for, after its backslash; -1 when it is
 * none of that kind. The place is behind it. */
static int64_t escaped_char(struct translation *t)
{
	static const char from[] = "tnvfr", to[] = "\t\n\v\f\r";
	const char *start = t->p - 1, *known;
	char c = *t->p++;
	int64_t v = -1;

	if (c == 'c') {
		char low = (char)(*t->p | 0x20);

		v = low >= 'a' && low <= 'z' ? *t->p++ & 0x1F : -1;
	} else if (c == 'x') {
		v = hex(t->p, 2);
		t->p += v < 0 ? 0 : 2;
	} else if (c == 'u') {
		v = unicode(t);
	} else if (c == '0') {
		v = scan_is_digit(*t->p) ? -1 : 0;
	} else if ((known = c ? strchr(from, c) : NULL)) {
		return to[known - from];
	} else if (c > 0 && !scan_is_digit(c) &&
		   !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
		return c;
	} else if (c == '\0') {
		t->p--;
	}
	if (v < 0)
		refuse(t, start, "an unknown escape");
	return v;
}

/* \d, \D, \w, \W, \s, \S and \p, which stand for many code points; in a class
 * or outside of one. */
static bool escaped_class(struct translation *t, bool inside)
{
	char c = *t->p;

	if (!c || !strchr("dDwWsSpP", c))
		return false;
	t->p++;
	if (c == 'p' || c == 'P')
		property(t, t->p - 2);
	else if (c == 's' || c == 'S')
		buf_addf(t->out, inside ? "%s" : "[%s]",
			 c == 's' ? SPACE : NO_SPACE);
	else
		buf_addf(t->out, "\\%c", c);
	return true;
}

static bool is_surrogate(int64_t cp)
{
	return cp >= 0xD800 && cp <= 0xDFFF;
}

/* Classes */

/* One code point or escape between the brackets; -1 for one of many. A lone
 * surrogate is in no text: 0x110000. */
static int64_t class_item(struct translation *t)
{
	int64_t cp;
	uint32_t plain = 0;
	size_t n;

	if (*t->p != '\\') {
		n = utf8_decode(t->p, strlen(t->p), &plain);
		if (n == 0)
			refuse(t, t->p, "invalid UTF-8");
		t->p += n;
		return plain;
	}
	t->p++;
	if (escaped_class(t, true))
		return -1;
	if (*t->p == 'b') {
		t->p++;
		return '\b';
	}
	cp = escaped_char(t);
	return is_surrogate(cp) ? 0x110000 : cp;
}

/* a-z, of which the a was read. */
static void class_range(struct translation *t, int64_t first)
{
	const char *start = t->p++;
	int64_t last = class_item(t);

	if (t->rc)
		return;
	if (last < 0) {
		/* [a-\d]: three of their own */
		literal(t, (uint32_t)first);
		buf_adds(t->out, "\\x{2d}");
		return;
	}
	if (last < first) {
		refuse(t, start, "a range out of order");
		return;
	}
	if (last > 0x10FFFF)
		last = 0x10FFFF;
	literal(t, (uint32_t)first);
	buf_addc(t->out, '-');
	literal(t, (uint32_t)last);
}

static void class(struct translation *t)
{
	const char *start = t->p - 1;
	bool negated = *t->p == '^';
	size_t opened;

	t->p += negated;
	if (*t->p == ']') {
		t->p++;
		buf_adds(t->out, negated ? ANYTHING : NEVER);
		return;
	}
	buf_adds(t->out, negated ? "[^" : "[");
	opened = t->out->len;
	while (*t->p && *t->p != ']' && !t->rc) {
		int64_t cp = class_item(t);

		if (cp < 0 || cp > 0x10FFFF)
			continue;
		if (*t->p == '-' && t->p[1] && t->p[1] != ']')
			class_range(t, cp);
		else
			literal(t, (uint32_t)cp);
	}
	if (*t->p != ']')
		refuse(t, start, "an unclosed class");
	else
		t->p++;
	/* Of a class of nothing but lone surrogates nothing is left. */
	if (t->out->len == opened) {
		buf_truncate(t->out, opened - 1 - negated);
		buf_adds(t->out, negated ? ANYTHING : NEVER);
		return;
	}
	buf_addc(t->out, ']');
}

/* Groups, repetition, and the rest */

static void group(struct translation *t)
{
	static const char *const known[] = {"?:", "?=", "?!", "?<=", "?<!"};
	const char *start = t->p - 1;
	size_t len;

	buf_addc(t->out, '(');
	if (*t->p == '*') { /* to PCRE2 a verb */
		refuse(t, t->p, "nothing to repeat");
		return;
	}
	if (*t->p != '?') {
		t->groups++;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		len = strlen(known[i]);
		if (strncmp(t->p, known[i], len) == 0) {
			buf_adds(t->out, known[i]);
			t->p += len;
			return;
		}
	}
	len = t->p[1] == '<' ? strcspn(t->p + 2, ">") : 0;
	if (len == 0 || len > 32 || t->p[2 + len] != '>' ||
	    strspn(t->p + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			     "XYZ0123456789_") != len) {
		refuse(t, start, "an unknown kind of group");
		return;
	}
	buf_add(t->out, t->p, len + 3);
	t->p += len + 3;
	t->groups++;
}

/* {n}, {n,}, {n,m}; false for a brace that is only itself. */
static bool braces(struct translation *t)
{
	const char *p = t->p;
	unsigned long most, n = 0;
	char *end;

	if (!scan_is_digit(*p))
		return false;
	most = strtoul(p, &end, 10);
	if (*end == ',' && scan_is_digit(end[1]))
		n = strtoul(end + 1, &end, 10);
	else if (*end == ',')
		end++;
	if (*end != '}')
		return false;
	most = n > most ? n : most;
	if (most > PATTERN_REPEAT_MAX) {
		refuse(t, t->p - 1, "a repetition past 1000");
		return true;
	}
	if (most > t->repeat)
		t->repeat = (unsigned)most;
	buf_add(t->out, t->p - 1, (size_t)(end + 1 - t->p) + 1);
	t->p = end + 1;
	return true;
}

/* What may follow a repetition is a ?, which makes it lazy. */
static void after_repetition(struct translation *t)
{
	if (*t->p == '?')
		buf_addc(t->out, *t->p++);
	if (*t->p && strchr("*+?", *t->p))
		refuse(t, t->p, "nothing to repeat");
}

static void escape(struct translation *t)
{
	const char *start = t->p - 1;
	int64_t cp;

	if (escaped_class(t, false))
		return;
	if (*t->p == 'b' || *t->p == 'B') {
		buf_addf(t->out, "\\%c", *t->p++);
	} else if (*t->p >= '1' && *t->p <= '9') {
		unsigned long n = strtoul(t->p, (char **)&t->p, 10);

		if (n > 999)
			refuse(t, start, "an unknown group");
		else
			buf_addf(t->out, "\\g{%lu}", n);
		t->highest = n > t->highest ? (unsigned)n : t->highest;
	} else if (*t->p == 'k') {
		size_t len = t->p[1] == '<' ? strcspn(t->p + 2, ">") : 0;

		if (len == 0 || len > 32 || t->p[2 + len] != '>') {
			refuse(t, start, "a broken reference");
			return;
		}
		buf_adds(t->out, "\\k<");
		buf_add(t->out, t->p + 2, len + 1);
		t->p += len + 3;
	} else {
		cp = escaped_char(t);
		if (is_surrogate(cp))
			buf_adds(t->out, NEVER);
		else if (!t->rc)
			literal(t, (uint32_t)cp);
	}
}

static void item(struct translation *t)
{
	uint32_t cp = 0;
	size_t n = utf8_decode(t->p, strlen(t->p), &cp);

	if (n == 0) {
		refuse(t, t->p, "invalid UTF-8");
		return;
	}
	t->p += n;
	switch (cp) {
	case '\\':
		escape(t);
		break;
	case '[':
		class(t);
		break;
	case '(':
		group(t);
		break;
	case '*':
	case '+':
	case '?':
		buf_addc(t->out, (char)cp);
		after_repetition(t);
		break;
	case '{':
		if (braces(t))
			after_repetition(t);
		else
			literal(t, cp);
		break;
	case '.':
		buf_adds(t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		break;
	case '^':
	case '$':
	case '|':
	case ')':
		buf_addc(t->out, (char)cp);
		break;
	default:
		literal(t, cp);
	}
}

int pattern_translate(const char *text, struct buf *out, unsigned *ret_repeat)
{
	struct translation t = {.text = text, .p = text, .out = out};

	if (strlen(text) > PATTERN_MAX)
		return err_set(AWM_INVALID,
			       "a pattern of more than %zu bytes is too long",
			       PATTERN_MAX);
	while (*t.p && !t.rc)
		item(&t);
	if (!t.rc && t.highest > t.groups)
		refuse(&t, text, "a reference to no group");
	if (t.rc)
		return t.rc;
	*ret_repeat = t.repeat;
	return buf_check(out);
}
