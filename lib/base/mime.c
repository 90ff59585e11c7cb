// SPDX-License-Identifier: MIT
#include "base/mime.h"

#include <string.h>

#include "base/civil.h"

#define HEAD_LINE 76
#define WORD_MAX  39 /* bytes of text in one encoded word */
#define CODE_LINE 76

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

static void add_base64(struct buf *out, const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned v = (unsigned)p[i] << 16;

		v |= n > 1 ? (unsigned)p[i + 1] << 8 : 0;
		v |= n > 2 ? (unsigned)p[i + 2] : 0;
		buf_addc(out, ALPHABET[v >> 18]);
		buf_addc(out, ALPHABET[(v >> 12) & 63]);
		buf_addc(out, n > 1 ? ALPHABET[(v >> 6) & 63] : '=');
		buf_addc(out, n > 2 ? ALPHABET[v & 63] : '=');
	}
}

/* ---- the head ---- */

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* Words that a line can hold, and nothing that reads as an encoded one. */
static bool is_foldable(const char *s)
{
	if (!is_plain(s) || strstr(s, "=?"))
		return false;
	while (*s) {
		size_t word = strspn(s, " ");

		word += strcspn(s + word, " ");
		if (word > HEAD_LINE - 20)
			return false;
		s += word;
	}
	return true;
}

/* Text on lines of its own, broken at blanks; `column` is where it begins. */
static void add_folded(struct buf *out, const char *s, size_t column)
{
	while (*s) {
		size_t blank = strspn(s, " ");
		size_t word = strcspn(s + blank, " ");

		if (blank && word && column + blank + word > HEAD_LINE) {
			buf_adds(out, "\r\n");
			column = 0;
		}
		buf_add(out, s, blank + word);
		column += blank + word;
		s += blank + word;
	}
}

static size_t character(const char *s, size_t len)
{
	size_t n = 1;

	while (n < len && n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Each encoded word holds whole characters. */
static void add_encoded(struct buf *out, const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len;) {
		size_t n = 0, next;

		while (i + n < len) {
			next = character(s + i + n, len - i - n);
			if (n && n + next > WORD_MAX)
				break;
			n += next;
		}
		buf_adds(out, i ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		add_base64(out, s + i, n);
		buf_adds(out, "?=");
		i += n;
	}
}

/* A copy without control characters and blanks at the ends. */
static char *one_line(const char *s)
{
	size_t len;
	char *line;

	s += strspn(s, " \t\r\n");
	line = strdup(s);
	for (char *p = line; p && *p; p++)
		if (is_control(*p))
			*p = ' ';
	len = line ? strlen(line) : 0;
	while (len && line[len - 1] == ' ')
		line[--len] = '\0';
	return line;
}

static void add_text(struct buf *out, const char *name, const char *value)
{
	_cleanup_free_ char *line = one_line(value);

	if (!line) {
		out->failed = true;
		return;
	}
	buf_addf(out, "%s: ", name);
	if (is_foldable(line))
		add_folded(out, line, strlen(name) + 2);
	else
		add_encoded(out, line);
	buf_adds(out, "\r\n");
}

static void add_quoted(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

static void add_mailbox(struct buf *out, const char *header, const char *name,
			const char *address)
{
	_cleanup_free_ char *line = one_line(name ? name : "");

	if (!line) {
		out->failed = true;
		return;
	}
	buf_addf(out, "%s: ", header);
	if (!*line) {
		buf_addf(out, "%s\r\n", address);
		return;
	}
	if (is_plain(line) && strlen(line) <= 60 && !strstr(line, "=?"))
		add_quoted(out, line);
	else
		add_encoded(out, line);
	buf_addf(out, "\r\n <%s>\r\n", address);
}

static void add_date(struct buf *out, int64_t ms)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t at = civil_clamp(ms);
	int64_t day = floor_div(at, DAY_MS);
	int64_t s = (at - day * DAY_MS) / SECOND_MS;
	struct civil c = civil_from_day(day);

	buf_addf(out, "Date: %.3s, %02d %.3s %04lld %02d:%02d:%02d +0000\r\n",
		 days + civil_weekday(day) * 3, c.day,
		 months + (c.month - 1) * 3, (long long)c.year, (int)(s / 3600),
		 (int)(s / 60 % 60), (int)(s % 60));
}

/* ---- the body ---- */

/* Lines that end in \n, and nothing else that is no text. */
static void normalize(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\r') {
			if (s[1] != '\n')
				buf_addc(out, '\n');
		} else if (!is_control(*s) || *s == '\n' || *s == '\t') {
			buf_addc(out, *s);
		}
	}
	if (out->len && out->s[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static bool fits_7bit(const char *s)
{
	if (!is_plain(s))
		return false;
	while (*s) {
		size_t len = strcspn(s, "\n");

		if (len > 78)
			return false;
		s += len + (s[len] == '\n');
	}
	return true;
}

static void add_7bit(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			buf_addc(out, '\r');
		buf_addc(out, *s);
	}
}

static void add_quoted_printable(struct buf *out, const char *s)
{
	size_t column = 0;

	for (; *s; s++) {
		bool last = s[1] == '\n' || !s[1];
		bool literal = (unsigned char)*s < 0x7f && *s != '=' &&
			       !(last && (*s == ' ' || *s == '\t'));
		size_t width = literal ? 1 : 3;

		if (*s == '\n') {
			buf_adds(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + width > CODE_LINE - 1) {
			buf_adds(out, "=\r\n");
			column = 0;
		}
		if (literal)
			buf_addc(out, *s);
		else
			buf_addf(out, "=%02X", (unsigned char)*s);
		column += width;
	}
}

static void add_base64_lines(struct buf *out, const char *s)
{
	_cleanup_buf_ struct buf text = {0};
	size_t line = CODE_LINE / 4 * 3;

	add_7bit(&text, s);
	out->failed |= text.failed;
	for (size_t i = 0; i < text.len; i += line) {
		size_t n = text.len - i < line ? text.len - i : line;

		add_base64(out, text.s + i, n);
		buf_adds(out, "\r\n");
	}
}

static size_t count_high(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (unsigned char)*s >= 0x7f;
	return n;
}

static void add_body(struct buf *out, const char *text)
{
	_cleanup_buf_ struct buf lines = {0};
	const char *s;

	normalize(&lines, text);
	out->failed |= lines.failed;
	s = buf_str(&lines);
	buf_adds(out, "Content-Transfer-Encoding: ");
	if (fits_7bit(s)) {
		buf_adds(out, "7bit\r\n\r\n");
		add_7bit(out, s);
	} else if (count_high(s) * 6 < lines.len) {
		buf_adds(out, "quoted-printable\r\n\r\n");
		add_quoted_printable(out, s);
	} else {
		buf_adds(out, "base64\r\n\r\n");
		add_base64_lines(out, s);
	}
}

void mime_build(const struct mime_mail *mail, struct buf *out)
{
	add_date(out, mail->date);
	add_mailbox(out, "From", mail->from_name, mail->from);
	add_mailbox(out, "To", mail->to_name, mail->to);
	buf_addf(out, "Message-ID: <%s>\r\n", mail->id);
	add_text(out, "Subject", mail->subject);
	buf_adds(out, "Auto-Submitted: auto-generated\r\n"
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n");
	add_body(out, mail->text);
}

/* ---- addresses ---- */

static bool are_atoms(const char *s, size_t len, const char *others)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') ||
			      (s[i] >= 'A' && s[i] <= 'Z') ||
			      (s[i] >= '0' && s[i] <= '9');

		if (s[i] == '.' && i && i + 1 < len && s[i + 1] != '.')
			continue;
		if (!letter && (s[i] == '.' || !strchr(others, s[i])))
			return false;
	}
	return len > 0;
}

bool mime_is_address(const char *s)
{
	const char *at = strrchr(s, '@');

	return at && at - s <= 64 && strlen(at) <= 254 - 64 &&
	       are_atoms(s, (size_t)(at - s), "!#$%&'*+-/=?^_`{|}~") &&
	       are_atoms(at + 1, strlen(at + 1), "-");
}
