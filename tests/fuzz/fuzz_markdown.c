/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/markdown.h"

/*
 * Whatever is rendered: it is text, its lines keep to the width, and nothing
 * reaches the terminal but line breaks and styles of our own.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

/* "\033[0;1m"; how long it is. */
static size_t style(const char *s)
{
	size_t n = 2 + strspn(s + 2, "0123456789;");

	expect(s[1] == '[' && s[n] == 'm');
	return n + 1;
}

static void check_line(const char *s, size_t len, size_t width)
{
	_cleanup_buf_ struct buf plain = {0};

	for (size_t i = 0; i < len;) {
		if (s[i] == '\033')
			i += style(s + i);
		else
			buf_addc(&plain, s[i++]);
	}
	expect(utf8_valid(buf_str(&plain), plain.len));
	expect(!utf8_has_control(buf_str(&plain), plain.len, false));
	expect(utf8_width(buf_str(&plain), plain.len) <= width);
}

static void check(const uint8_t *data, size_t size, struct markdown how)
{
	_cleanup_buf_ struct buf out = {0};

	markdown_add(&out, (const char *)data, size, &how);
	expect(buf_check(&out) == 0 && out.len && out.s[out.len - 1] == '\n');
	expect(how.color || !memchr(out.s, '\033', out.len));
	for (const char *p = out.s; p < out.s + out.len;) {
		size_t n = strcspn(p, "\n");

		check_line(p, n, how.width);
		p += n + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 65536 || memchr(data, '\0', size))
		return 0;
	check(data, size, (struct markdown){.width = 80, .color = true});
	check(data, size, (struct markdown){.width = 20, .indent = 4});
	return 0;
}
