/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void text_release(struct text *t)
{
	free(t->s);
}

static bool text_reserve(struct text *t, size_t more)
{
	size_t cap = t->len + more + 1;
	char *s;

	if (cap <= t->cap)
		return true;
	cap += cap / 2;
	s = realloc(t->s, cap);
	if (!s)
		return false;
	t->s = s;
	t->cap = cap;
	return true;
}

static bool text_add(struct text *t, const char *s, size_t len)
{
	if (!text_reserve(t, len))
		return false;
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
	return true;
}

/* The length of the UTF-8 sequence at s, 0 when it is none. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	n = s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (n == 0 || s[0] > 0xF4 || n > len)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

bool text_add_utf8(struct text *t, const char *s, size_t len)
{
	size_t start = 0, pos = 0, n;

	while (pos < len) {
		n = utf8_sequence((const unsigned char *)s + pos, len - pos);
		if (n == 0) {
			if (!text_add(t, s + start, pos - start) ||
			    !text_add(t, "\xEF\xBF\xBD", 3))
				return false;
			start = pos + 1;
		}
		pos += n ? n : 1;
	}
	return text_add(t, s + start, len - start);
}

bool text_convert(struct text *t, iconv_t cd, const char *s, size_t len)
{
	char *in = (char *)s, *out;
	size_t room, before;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (len) {
		if (!text_reserve(t, len + 16))
			return false;
		out = t->s + t->len;
		room = before = t->cap - t->len - 1;
		if (iconv(cd, &in, &len, &out, &room) == (size_t)-1 &&
		    errno != E2BIG) {
			t->len += before - room;
			if (!text_add(t, "\xEF\xBF\xBD", 3))
				return false;
			in++;
			len--;
			continue;
		}
		t->len += before - room;
	}
	t->s[t->len] = '\0';
	return true;
}
