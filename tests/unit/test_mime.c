/* SPDX-License-Identifier: MIT */

/* Mails. That they mean what they should is held to another implementation in
 * tests/cli/channel.bats; here is what must never come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mime.h"

static struct mime_mail mail_of(const char *subject, const char *text)
{
	return (struct mime_mail){
		.from_name = "awm",
		.from = "awm@example.org",
		.to_name = "Ada",
		.to = "ada@example.com",
		.subject = subject,
		.id = "1.2@example.org",
		.date = INT64_C(1795338000000),
		.text = text,
	};
}

static void whole(void **state)
{
	_cleanup_buf_ struct buf out = {0};
	struct mime_mail m = mail_of("Task 12: Buy milk", "Bob wrote: yes\n");

	(void)state;
	mime_build(&m, &out);
	assert_string_equal(buf_str(&out),
			    "Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
			    "From: \"awm\"\r\n <awm@example.org>\r\n"
			    "To: \"Ada\"\r\n <ada@example.com>\r\n"
			    "Message-ID: <1.2@example.org>\r\n"
			    "Subject: Task 12: Buy milk\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: 7bit\r\n"
			    "\r\nBob wrote: yes\r\n");
}

/* ASCII, CRLF, short lines, nine headers. */
static void check_form(const struct buf *out)
{
	const char *s = buf_str(out), *head = strstr(s, "\r\n\r\n");
	size_t headers = 0;

	assert_non_null(head);
	assert_int_equal(strlen(s), out->len);
	while (*s) {
		size_t len = strcspn(s, "\r\n");

		assert_true(s[len] == '\r' && s[len + 1] == '\n');
		assert_in_range(len, 0, 78);
		headers += s < head && *s != ' ';
		for (size_t i = 0; i < len; i++)
			assert_true((s[i] >= ' ' && s[i] < 0x7f) ||
				    s[i] == '\t');
		s += len + 2;
	}
	assert_int_equal(headers, 9);
}

static void forms(void **state)
{
	static const char *const odd[] = {
		"",
		" ",
		"plain",
		"two\nlines",
		"a\r\nBcc: eve@example.com\r\n\r\nhello",
		"\r",
		"\t tab \v\f\x1b[31m \x7f",
		"=?UTF-8?B?aGVsbG8=?=",
		"gr\xc3\xbc\xc3\x9f"
		"e an \xe4\xb8\xad\xe6\x96\x87",
		"\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91"
		"\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f"
		"\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d\xf0",
		"\x80\x80\x80\xff\xc3",
		"trailing \n blanks\t\n.\n..\nFrom here",
		"far                                                     "
		"                                              apart",
		"\"quoted\" \\ <b@c> (d), e; f: g",
	};
	char longest[3000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i <= ARRAY_LEN(odd); i++) {
		_cleanup_buf_ struct buf out = {0};
		const char *s = i < ARRAY_LEN(odd) ? odd[i] : longest;
		struct mime_mail m = mail_of(s, s);

		m.to_name = m.from_name = s;
		mime_build(&m, &out);
		assert_int_equal(buf_check(&out), 0);
		check_form(&out);
	}
}

static void folds(void **state)
{
	_cleanup_buf_ struct buf out = {0}, words = {0};
	struct mime_mail m;

	(void)state;
	for (int i = 0; i < 200; i++)
		buf_adds(&words, i ? " word" : "word");
	m = mail_of(buf_str(&words), buf_str(&words));
	mime_build(&m, &out);
	check_form(&out);
	assert_non_null(strstr(buf_str(&out), "word\r\n word"));
	assert_non_null(strstr(buf_str(&out), "=\r\n"));
}

static void addresses(void **state)
{
	static const char *const good[] = {"ada@example.com", "a.b+c@x-y.org",
					   "x@localhost", "o'neil@a.b.c"};
	static const char *const bad[] = {"",
					  "ada",
					  "@x",
					  "a@",
					  "a b@x",
					  "a@x y",
					  "a@@x",
					  ".a@x",
					  "a.@x",
					  "a..b@x",
					  "a@.x",
					  "a@x.",
					  "a@x\r\nBcc:",
					  "<a@x>",
					  "\"a\"@x",
					  "a,b@x",
					  "a@[1.2.3.4]",
					  "\xc3\xbc@x.y",
					  "a@\xc3\xbc.y"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!mime_is_address(good[i]))
			fail_msg("'%s' is an address", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (mime_is_address(bad[i]))
			fail_msg("'%s' is no address", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(forms),
		cmocka_unit_test(folds),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
