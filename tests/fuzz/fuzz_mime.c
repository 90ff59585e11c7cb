/* SPDX-License-Identifier: MIT */
/* Mails of any texts: only ASCII, short lines that end in CRLF, and no header
 * that was not meant; dates of HTTP of any text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *s, size_t len)
{
	size_t headers = 0, at = 0;
	bool head = true;

	while (at < len) {
		size_t line = strcspn(s + at, "\r\n");

		if (line > 998 || s[at + line] != '\r' ||
		    s[at + line + 1] != '\n')
			abort();
		for (size_t i = 0; i < line; i++)
			if ((unsigned char)s[at + i] >= 0x7f ||
			    (s[at + i] < ' ' && s[at + i] != '\t'))
				abort();
		if (!line)
			head = false;
		headers += head && s[at] != ' ';
		at += line + 2;
	}
	if (headers != 9)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf out = {0};
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct mime_mail mail = {
		.from_name = text,
		.from = "awm@example.org",
		.to_name = text,
		.to = "ada@example.com",
		.subject = text,
		.id = "1@example.org",
		.date = (int64_t)size,
		.text = text,
	};

	if (!text)
		return 0;
	(void)mime_is_address(text);
	(void)http_date(text, 0);
	(void)http_retry_after(text, 0);
	mime_build(&mail, &out);
	if (!buf_check(&out))
		check(out.s, out.len);
	return 0;
}
