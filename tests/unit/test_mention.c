/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/mention.h"

/* Notes each mention up to the first place where it may end. */
static int64_t note(void *ctx, const char *s, size_t len)
{
	size_t at = 1;

	while (at < len && !mention_ends(s, len, at))
		at++;
	buf_addf(ctx, "[%.*s]", (int)(len ? at : 0), s);
	return 0;
}

static void check(bool markdown, const char *text, const char *expected)
{
	_cleanup_buf_ struct buf prose = {0}, found = {0};

	assert_int_equal(mention_prose(text, strlen(text), markdown, &prose),
			 0);
	assert_int_equal(mention_each(buf_str(&prose), prose.len, note, &found),
			 0);
	if (strcmp(buf_str(&found), expected) != 0)
		fail_msg("%s: found %s, not %s", text, buf_str(&found),
			 expected);
}

static void test_where_names_begin(void **state)
{
	(void)state;
	check(false, "@bea and (@cy), cc:@dan", "[bea][cy][dan]");
	check(false, "bea@example.com a.@x -@x /@x \\@x _@x @@x =@x", "[@x]");
	check(false, "caf\xc3\xa9@x \xe8\xaf\xb7@bea", "[x][bea]");
	check(false, "", "");
}

static void test_where_names_end(void **state)
{
	(void)state;
	check(false, "@bea. @bea's @bea: @bea- @bea",
	      "[bea][bea][bea][bea][bea]");
	check(false, "@bea.smith@example.com, @a-b_c+d",
	      "[bea.smith@example.com][a-b_c+d]");
	check(false, "@bea\xe7\x9c\x8b", "[bea]");
	check(false, "@\xe5\xb1\xb1\xe7\x94\xb0", "[\xe5\xb1\xb1]");
}

static void test_code_mentions_nobody(void **state)
{
	(void)state;
	check(true, "@a `@b` ``@c ` @d`` @e", "[a][e]");
	check(true, "@a\n```\n@b\n```\n@c\n\n    @d\n\n~~~ @e\n@f", "[a][c]");
	check(true, "> ```\n> @a\n> ```\n> @b", "[b]");
	check(true, "- x\n\n      @a\n- @b", "[b]");
	check(true, "\\@a \\\\@b &#64;c <https://x/@d> [@e](@f)", "[e]");
	check(true, "**@a** _@b_ ~~@c~~ # @d\n\n# @e\n\n|@f|\n|-|\n|@g|",
	      "[a][b][c][d][e][f][g]");
	check(true, "@ada_lovelace_x *@b*", "[ada_lovelace_x][b]");
	check(false, "`@a`", "[a]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_names_begin),
		cmocka_unit_test(test_where_names_end),
		cmocka_unit_test(test_code_mentions_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
