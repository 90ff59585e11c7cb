// SPDX-License-Identifier: MIT
#include "domain/placeholder.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"

#define NAME_MAX_BYTES 100

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_byte(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static int malformed(const char *at)
{
	int len = (int)strcspn(at, "\r\n");

	err_set(AWM_INVALID, "'%.*s' is no placeholder", len > 40 ? 40 : len,
		at);
	return err_hint("write {{name}}, or \\{{ for the braces themselves");
}

/* Reads "{{ name }}" at the start of the text; *ret_end is behind it. */
static int read_name(const char *text, char name[NAME_MAX_BYTES + 1],
		     const char **ret_end)
{
	const char *p = text + 2;
	size_t len = 0;

	p += strspn(p, " \t");
	if (!is_letter(*p))
		return malformed(text);
	while (is_name_byte(p[len]))
		len++;
	if (len > NAME_MAX_BYTES)
		return malformed(text);
	memcpy(name, p, len);
	name[len] = '\0';
	p += len;
	p += strspn(p, " \t");
	if (p[0] != '}' || p[1] != '}')
		return malformed(text);
	*ret_end = p + 2;
	return 0;
}

static int put_value(const char **text, placeholder_fn *value, void *ctx,
		     struct buf *out)
{
	char name[NAME_MAX_BYTES + 1];
	const char *end = *text, *s;
	int rc = read_name(*text, name, &end);

	if (rc)
		return rc;
	s = value(ctx, name);
	if (s)
		buf_adds(out, s);
	else
		buf_add(out, *text, (size_t)(end - *text));
	*text = end;
	return 0;
}

int placeholder_render(const char *text, placeholder_fn *value, void *ctx,
		       struct buf *out)
{
	while (*text) {
		size_t plain = strcspn(text, "{\\");

		buf_add(out, text, plain);
		text += plain;
		if (!strncmp(text, "\\{{", 3)) {
			buf_adds(out, "{{");
			text += 3;
		} else if (!strncmp(text, "{{", 2)) {
			int rc = put_value(&text, value, ctx, out);

			if (rc)
				return rc;
		} else if (*text) {
			buf_addc(out, *text++);
		}
	}
	return buf_check(out);
}

void placeholder_escape(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool opens =
			text[i] == '{' && i + 1 < len && text[i + 1] == '{';

		if (opens)
			buf_adds(out, "\\{{");
		else
			buf_addc(out, text[i]);
		i += opens;
	}
}
