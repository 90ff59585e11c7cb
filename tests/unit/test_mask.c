// SPDX-License-Identifier: MIT
#include "base/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct sample {
	const char *secret, *text, *masked;
};

static const struct sample samples[] = {
	{"sk-secret", "", ""},
	{"sk-secret", "sk-secret", "***"},
	{"sk-secret", "a sk-secret b", "a *** b"},
	{"sk-secret", "sk-secretsk-secret", "******"},
	{"sk-secret", "sk-secre", "sk-secre"},
	{"sk-secret", "sksk-sk-secret", "sksk-***"},
	{"sk-secret", "ssssk-secrett", "sss***t"},
	/* A secret that overlaps with itself. */
	{"aabaab", "aabaabaab", "***aab"},
	{"aabaab", "aaabaab", "a***"},
	{"aabaac", "aabaabaac", "aab***"},
	{"abababx", "ababababx", "ab***"},
	{"aaaaaa", "aaaaaaaaaaaaa", "******a"},
	/* Words of any text. */
	{"short", "short shorts", "short shorts"},
	{"", "text", "text"},
	{NULL, "text", "text"},
};

static void feed_cut(const struct sample *s, size_t a, size_t b)
{
	_cleanup_buf_ struct buf out = {0};
	struct mask m;

	assert_int_equal(
		mask_init(&m, s->secret, s->secret ? strlen(s->secret) : 0), 0);
	mask_feed(&m, s->text, a, &out);
	mask_feed(&m, s->text + a, b - a, &out);
	mask_feed(&m, s->text + b, strlen(s->text) - b, &out);
	assert_true(m.held < (m.len ? m.len : 1));
	mask_end(&m, &out);
	assert_string_equal(buf_str(&out), s->masked);
	mask_release(&m);
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		for (size_t b = 0; b <= strlen(samples[i].text); b++)
			for (size_t a = 0; a <= b; a++)
				feed_cut(&samples[i], a, b);
}

/* Nothing waits that could not be the secret. */
static void test_holds_little(void **state)
{
	_cleanup_buf_ struct buf out = {0};
	struct mask m;

	(void)state;
	assert_int_equal(mask_init(&m, "sk-secret", 9), 0);
	mask_feed(&m, "the sky", 7, &out);
	assert_string_equal(buf_str(&out), "the sky");
	mask_feed(&m, " sk-", 4, &out);
	assert_string_equal(buf_str(&out), "the sky ");
	mask_feed(&m, "x", 1, &out);
	assert_string_equal(buf_str(&out), "the sky sk-x");
	mask_release(&m);
}

static void test_whole(void **state)
{
	_cleanup_buf_ struct buf out = {0};

	(void)state;
	assert_int_equal(mask_text("sk-secret", 9, "a\0sk-secret\0b", 13, &out),
			 0);
	assert_int_equal(out.len, 7);
	assert_memory_equal(out.s, "a\0***\0b", 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_holds_little),
		cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
