/* SPDX-License-Identifier: MIT */
#include "cmd/wrap.h"

#include <string.h>

#include "base/utf8.h"

static void wrap_line(struct buf *b, size_t column, size_t indent,
		      const char *s, size_t len)
{
	bool first = true;

	while (len) {
		size_t n = 0, width;

		while (n < len && s[n] != ' ')
			n++;
		width = utf8_width(s, n);
		if (!first && column + 1 + width > WRAP_WIDTH) {
			buf_addf(b, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		if (!first)
			buf_addc(b, ' ');
		buf_add(b, s, n);
		column += width + !first;
		first = false;
		s += n + (n < len);
		len -= n + (n < len);
	}
	buf_addc(b, '\n');
}

void wrap_add(struct buf *b, size_t column, size_t indent, const char *text)
{
	while (true) {
		size_t len = strcspn(text, "\n");

		if (*text == ' ') {
			buf_add(b, text, len);
			buf_addc(b, '\n');
		} else {
			wrap_line(b, column, indent, text, len);
		}
		if (!text[len])
			return;
		text += len + 1;
		column = indent;
		if (*text && *text != '\n')
			buf_addf(b, "%*s", (int)indent, "");
	}
}
