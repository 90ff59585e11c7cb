// SPDX-License-Identifier: MIT
/* Texts in the frontmatter of a SKILL.md: plain, quoted, block. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/skill_file.h"

static size_t line_number(const struct skill_reader *r)
{
	return r->lines[r->at].number;
}

static int wrong(size_t line, const char *what)
{
	return err_set(AWM_USAGE, "line %zu: %s", line, what);
}

static bool is_blank_char(char c)
{
	return c == ' ' || c == '\t';
}

/* Nothing, or a comment. */
static bool ends_here(const char *s)
{
	s += strspn(s, " \t");
	return !*s || *s == '#';
}

static int take(struct skill_reader *r, struct buf *b, const char **ret)
{
	*ret = buf_check(b) ? NULL
			    : arena_strndup(r->arena, buf_str(b), b->len);
	return *ret ? 0 : -AWM_NOMEM;
}

/* ---- quoted ---- */

static void add_code_point(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
	} else if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(b, (char)(0xe0 | c >> 12));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | c >> 18));
		buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The digits behind \x, \u, \U. */
static bool read_hex(const char *s, size_t n, uint32_t *ret)
{
	uint32_t c = 0;

	for (size_t i = 0; i < n; i++) {
		int d = hex_digit(s[i]);
		if (d < 0)
			return false;
		c = c << 4 | (uint32_t)d;
	}
	*ret = c;
	return c && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

/* Behind the backslash; *ret_len is how much it takes. */
static bool add_escape(struct buf *b, const char *s, size_t *ret_len)
{
	static const struct {
		char letter;
		uint32_t c;
	} known[] = {
		{'a', 7},     {'b', 8},	   {'t', '\t'},	  {'n', '\n'},
		{'v', 11},    {'f', 12},   {'r', '\r'},	  {'e', 27},
		{' ', ' '},   {'"', '"'},  {'/', '/'},	  {'\\', '\\'},
		{'N', 0x85},  {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029},
		{'\t', '\t'},
	};
	size_t digits = *s == 'x' ? 2 : *s == 'u' ? 4 : *s == 'U' ? 8 : 0;
	uint32_t c;

	*ret_len = 1 + digits;
	if (digits && read_hex(s + 1, digits, &c)) {
		add_code_point(b, c);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].letter != *s)
			continue;
		add_code_point(b, known[i].c);
		return true;
	}
	return false;
}

static int read_double(struct skill_reader *r, const char *s, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	size_t len;

	for (s++; *s != '"'; s++) {
		if (!*s)
			return wrong(line_number(r),
				     "a quoted text ends on its line");
		if (*s != '\\') {
			buf_addc(&b, *s);
			continue;
		}
		if (!add_escape(&b, ++s, &len))
			return wrong(line_number(r), "unknown escape in a "
						     "quoted text");
		s += len - 1;
	}
	if (!ends_here(s + 1))
		return wrong(line_number(r), "more follows the quoted text");
	return take(r, &b, ret);
}

static int read_single(struct skill_reader *r, const char *s, const char **ret)
{
	_cleanup_buf_ struct buf b = {0};

	for (s++; *s != '\'' || s[1] == '\''; s++) {
		if (!*s)
			return wrong(line_number(r),
				     "a quoted text ends on its line");
		s += *s == '\'';
		buf_addc(&b, *s);
	}
	if (!ends_here(s + 1))
		return wrong(line_number(r), "more follows the quoted text");
	return take(r, &b, ret);
}

/* ---- block ---- */

struct block {
	bool folded;
	char chomp; /* '-', '+' or 0 */
	size_t parent, indent;
	size_t first, end; /* lines */
};

static int read_header(struct skill_reader *r, const char *s, struct block *b)
{
	b->folded = *s++ == '>';
	for (; *s == '-' || *s == '+' || (*s >= '1' && *s <= '9'); s++) {
		bool digit = *s != '-' && *s != '+';
		if (digit ? b->indent != 0 : b->chomp != 0)
			return wrong(line_number(r), "what follows | or >?");
		if (digit)
			b->indent = b->parent + (size_t)(*s - '0');
		else
			b->chomp = *s;
	}
	if (*s && (!is_blank_char(*s) || !ends_here(s)))
		return wrong(line_number(r), "what follows | or >?");
	return 0;
}

/* Which lines are its own. */
static void find_lines(struct skill_reader *r, struct block *b)
{
	size_t i = r->at + 1;

	b->first = i;
	for (; i < r->count; i++) {
		const struct skill_line *l = &r->lines[i];
		if (l->blank)
			continue;
		if (!b->indent && l->indent > b->parent)
			b->indent = l->indent;
		if (!b->indent || l->indent < b->indent)
			break;
	}
	b->end = i;
}

/* A line behind the block's indentation. */
static void add_line(struct buf *out, const struct skill_line *l,
		     const struct block *b)
{
	for (size_t i = b->indent; i < l->indent; i++)
		buf_addc(out, ' ');
	if (!l->blank || l->indent >= b->indent)
		buf_adds(out, l->s);
}

static bool is_deeper(const struct skill_line *l, const struct block *b)
{
	return !l->blank && (l->indent > b->indent || *l->s == '\t');
}

/* What stands between a line and the one that has text before it. */
static void add_break(struct buf *out, const struct block *b, size_t breaks,
		      bool deep)
{
	if (b->folded && !deep && breaks == 1)
		buf_addc(out, ' ');
	for (size_t i = b->folded && !deep ? 1 : 0; i < breaks; i++)
		buf_addc(out, '\n');
}

static int read_block(struct skill_reader *r, struct block *b, const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	size_t breaks = 0;
	bool deep = true, any = false; /* leading breaks are kept */

	find_lines(r, b);
	for (size_t i = b->first; i < b->end; i++) {
		const struct skill_line *l = &r->lines[i];
		if (!l->blank) {
			bool now = is_deeper(l, b);
			add_break(&out, b, breaks, deep || now);
			add_line(&out, l, b);
			deep = now;
			any = true;
			breaks = 0;
		}
		breaks++;
	}
	if (b->chomp == '+' || (any && b->chomp != '-'))
		buf_addc(&out, '\n');
	for (size_t i = 1; b->chomp == '+' && i < breaks; i++)
		buf_addc(&out, '\n');
	r->at = b->end;
	return take(r, &out, ret);
}

/* ---- plain ---- */

static int refuse_start(struct skill_reader *r, const char *s)
{
	size_t line = line_number(r);

	if (strchr("[{", *s))
		return wrong(line, "collections in brackets are not read here: "
				   "quote it if it is a text");
	if (strchr("&*!", *s))
		return wrong(line, "anchors, aliases and tags are not read "
				   "here: quote it if it is a text");
	if (strchr("]},%@`|>#", *s))
		return wrong(line, "a text that begins like this is quoted");
	if ((*s == '-' || *s == '?' || *s == ':') &&
	    (!s[1] || is_blank_char(s[1])))
		return wrong(line, "want a text");
	return 0;
}

/* Up to a comment, without blanks at the end. */
static size_t plain_length(const char *s)
{
	size_t n = 0;

	while (s[n] && !(s[n] == '#' && n && is_blank_char(s[n - 1])))
		n++;
	while (n && is_blank_char(s[n - 1]))
		n--;
	return n;
}

static bool looks_like_key(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] == ':' && (i + 1 == len || is_blank_char(s[i + 1])))
			return true;
	return false;
}

/* The commonest fault of such files: the text is taken as it was meant. */
static int add_plain(struct skill_reader *r, struct buf *b, const char *s,
		     size_t line)
{
	size_t len = plain_length(s);

	if (looks_like_key(s, len)) {
		for (len = strlen(s); len && is_blank_char(s[len - 1]);)
			len--;
		if (skill_file_warn(r->file, r->arena,
				    "line %zu: a text with ': ' is to be "
				    "quoted",
				    line))
			return -AWM_NOMEM;
	}
	buf_add(b, s, len);
	return 0;
}

/* Lines that are indented deeper go on with the text. */
static int add_more(struct skill_reader *r, struct buf *b, size_t indent)
{
	size_t breaks = 1;
	int rc = 0;

	for (; r->at < r->count && !rc; r->at++) {
		const struct skill_line *l = &r->lines[r->at];
		if (l->blank) {
			breaks++;
			continue;
		}
		if (l->indent <= indent || *l->s == '#')
			break;
		/* a key of the map that slipped */
		if (indent && looks_like_key(l->s, plain_length(l->s)))
			return wrong(l->number, "indented in another way");
		if (b->len && breaks == 1)
			buf_addc(b, ' ');
		for (size_t i = 1; b->len && i < breaks; i++)
			buf_addc(b, '\n');
		breaks = 1;
		rc = add_plain(r, b, l->s, l->number);
	}
	return rc;
}

/* A key without a text: what is indented below it is one, but no map or list.
 */
static int check_below(struct skill_reader *r, size_t indent)
{
	size_t i = r->at + 1;

	while (i < r->count && (r->lines[i].blank || *r->lines[i].s == '#'))
		i++;
	if (i == r->count || r->lines[i].indent <= indent)
		return 0;
	const char *s = r->lines[i].s;
	r->at = i;
	if (looks_like_key(s, plain_length(s)) || strchr("\"'", *s))
		return wrong(r->lines[i].number, "want a text");
	int rc = refuse_start(r, s);
	r->at = i - 1;
	return rc;
}

static int read_plain(struct skill_reader *r, size_t indent, const char *rest,
		      const char **ret)
{
	_cleanup_buf_ struct buf b = {0};
	int rc;

	if (ends_here(rest))
		rc = check_below(r, indent);
	else
		rc = refuse_start(r, rest);
	if (!rc && !ends_here(rest))
		rc = add_plain(r, &b, rest, line_number(r));
	if (rc)
		return rc;
	r->at++;
	rc = add_more(r, &b, indent);
	return rc ? rc : take(r, &b, ret);
}

int skill_scalar_read(struct skill_reader *r, size_t indent, const char *rest,
		      const char **ret, bool *ret_block)
{
	struct block block = {.parent = indent};
	int rc;

	rest += strspn(rest, " \t");
	*ret_block = *rest == '|' || *rest == '>';
	if (*ret_block) {
		rc = read_header(r, rest, &block);
		return rc ? rc : read_block(r, &block, ret);
	}
	if (*rest != '"' && *rest != '\'')
		return read_plain(r, indent, rest, ret);
	rc = *rest == '"' ? read_double(r, rest, ret)
			  : read_single(r, rest, ret);
	r->at++;
	return rc;
}

/* ---- writing ---- */

/* Whether it means the same without quotes to every reader of YAML. */
static bool is_plain(const char *s)
{
	static const char *const words[] = {
		"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
	size_t len = strlen(s);
	bool letter = (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z');

	if (!letter || s[len - 1] == ' ' ||
	    s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789 _.,;/()+-")])
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcasecmp(s, words[i]))
			return false;
	return true;
}

/* The code point of a control character that must not stand there raw; 0. */
static unsigned control_at(const char *s)
{
	unsigned char c = (unsigned char)s[0];

	if (c < 0x20 || c == 0x7f)
		return c;
	if (c == 0xc2 && (unsigned char)s[1] < 0xa0)
		return (unsigned char)s[1];
	return 0;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if (control_at(s))
			return true;
	return false;
}

static void print_double(const char *s, struct buf *out)
{
	buf_addc(out, '"');
	for (; *s; s++) {
		unsigned c = control_at(s);
		if (c == '\n')
			buf_adds(out, "\\n");
		else if (c == '\t')
			buf_adds(out, "\\t");
		else if (c)
			buf_addf(out, "\\x%02x", c);
		else if (*s == '"' || *s == '\\')
			buf_addf(out, "\\%c", *s);
		else
			buf_addc(out, *s);
		s += c >= 0x80;
	}
	buf_addc(out, '"');
}

void skill_scalar_print(const char *s, struct buf *out)
{
	if (is_plain(s)) {
		buf_adds(out, s);
		return;
	}
	if (has_control(s) || !strpbrk(s, "\"\\")) {
		print_double(s, out);
		return;
	}
	buf_addc(out, '\'');
	for (; *s; s++) {
		buf_addc(out, *s);
		if (*s == '\'')
			buf_addc(out, '\'');
	}
	buf_addc(out, '\'');
}
