/* SPDX-License-Identifier: MIT */
#include "domain/trailer.h"

static const char scissors[] =
	"# ------------------------ >8 ------------------------\n";

size_t trailer_line(const char *s, size_t pos, size_t len)
{
	const char *nl = memchr(s + pos, '\n', len - pos);

	return nl ? (size_t)(nl - s) + 1 : len;
}

/* The start of the last line of the first len bytes. */
static size_t last_line(const char *s, size_t len)
{
	const char *nl = len > 1 ? memrchr(s, '\n', len - 1) : NULL;

	return nl ? (size_t)(nl - s) + 1 : 0;
}

static bool is_blank_line(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && s[i] != '\n' && is_space(s[i]))
		i++;
	return i == len || s[i] == '\n';
}

size_t trailer_scissors(const char *s, size_t len)
{
	size_t pos;

	for (pos = 0; pos < len; pos = trailer_line(s, pos, len))
		if (starts_with(s + pos, len - pos, scissors))
			return pos;
	return len;
}

size_t trailer_divider(const char *s, size_t len)
{
	size_t pos;

	for (pos = 0; pos < len; pos = trailer_line(s, pos, len))
		if (starts_with(s + pos, len - pos, "---") &&
		    (pos + 3 == len || is_space(s[pos + 3])))
			return pos;
	return len;
}

size_t trailer_separator(const char *s, size_t len)
{
	bool blank = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] == ':')
			return i;
		if (!blank && (is_alnum(s[i]) || s[i] == '-'))
			continue;
		if (i == 0 || (s[i] != ' ' && s[i] != '\t'))
			return 0;
		blank = true;
	}
	return 0;
}

/* Drops comments, blank lines and the "Conflicts:" of old gits at the end. A
 * run that begins the message is none, to git. */
static size_t trailer_end(const char *s, size_t len)
{
	size_t cutoff = trailer_scissors(s, len), run = 0, pos;
	bool conflicts = false;

	for (pos = 0; pos < cutoff; pos = trailer_line(s, pos, len)) {
		if (s[pos] == '#' || s[pos] == '\n') {
			run = run ? run : pos;
		} else if (starts_with(s + pos, len - pos, "Conflicts:\n")) {
			conflicts = true;
			run = run ? run : pos;
		} else if (!conflicts || s[pos] != '\t') {
			run = 0;
			conflicts = false;
		}
	}
	return run ? run : cutoff;
}

static size_t title_end(const char *s, size_t len)
{
	size_t pos;

	for (pos = 0; pos < len; pos = trailer_line(s, pos, len))
		if (s[pos] != '#' && is_blank_line(s + pos, len - pos))
			break;
	return pos;
}

/* What the lines of the last paragraph are. */
struct tally {
	size_t trailers;
	size_t others;
	size_t indented; /* continue a trailer, if one stands above */
	bool git;	 /* git itself wrote one of them */
};

static void tally_line(struct tally *t, const char *s, size_t len)
{
	bool git = starts_with(s, len, "Signed-off-by: ") ||
		   starts_with(s, len, "(cherry picked from commit ");

	if (git || trailer_separator(s, len) > 0) {
		t->git |= git;
		t->trailers++;
	} else if (is_space(s[0])) {
		t->indented++;
		return;
	} else {
		t->others += 1 + t->indented;
	}
	t->indented = 0;
}

/* A paragraph of trailers only, or one where git's own line vouches for it. */
static bool tally_decide(const struct tally *t)
{
	size_t others = t->others + t->indented;

	return (t->git && t->trailers * 3 >= others) ||
	       (t->trailers && !others);
}

static size_t trailer_start(const char *s, size_t len)
{
	size_t title = title_end(s, len), pos = len;
	struct tally t = {0};
	bool text = false;

	while (pos > title) {
		size_t end = pos;

		pos = last_line(s, pos);
		if (pos < title)
			break;
		if (s[pos] == '#') {
			t.others += t.indented;
			t.indented = 0;
		} else if (!is_blank_line(s + pos, end - pos)) {
			text = true;
			tally_line(&t, s + pos, end - pos);
		} else if (text) {
			return tally_decide(&t) ? end : len;
		}
	}
	return len;
}

struct trailer_block trailer_block(const char *s, size_t len)
{
	struct trailer_block b = {.end = trailer_end(s, len)};

	b.start = trailer_start(s, b.end);
	return b;
}

size_t trailer_next(const char *s, size_t pos, size_t end)
{
	do {
		pos = trailer_line(s, pos, end);
	} while (pos < end && is_space(s[pos]));
	return pos;
}

void reference_trailers(const char *message, trailer_fn *fn, void *ctx)
{
	size_t pos, next, key, len = strlen(message);
	struct trailer_block b =
		trailer_block(message, trailer_divider(message, len));

	for (pos = b.start; pos < b.end; pos = next) {
		const char *line = message + pos;

		key = trailer_separator(line, b.end - pos);
		next = key ? trailer_next(message, pos, b.end)
			   : trailer_line(message, pos, b.end);
		if (key)
			fn(ctx, line, key, line + key + 1,
			   next - pos - key - 1);
	}
}
