/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "domain/reference.h"

static void check(const char *remote, const char *sha, const char *forge,
		  const char *pattern, const char *expected)
{
	struct arena a = {0};
	const char *got = weburl_commit(remote, sha, forge, pattern, &a);

	if ((!got != !expected) || (got && strcmp(got, expected) != 0))
		fail_msg("%s: got %s, not %s", remote ? remote : "NULL",
			 got ? got : "NULL", expected ? expected : "NULL");
	arena_release(&a);
}

static void test_golden(void **state)
{
	_cleanup_buf_ struct buf path = {0}, text = {0};
	_cleanup_json_ cJSON *json = NULL;
	const cJSON *c;
	size_t n = 0;

	(void)state;
	buf_addf(&path, "%s/tests/golden/git/remote_urls.json",
		 getenv("AWM_SOURCE_ROOT"));
	assert_int_equal(file_read(path.s, 1 << 20, &text), 0);
	assert_int_equal(json_parse(text.s, text.len, &json), 0);
	cJSON_ArrayForEach(c, json_get(json, "cases"))
	{
		check(json_get_str(c, "remote"), json_get_str(json, "sha"),
		      json_get_str(c, "forge"), NULL, json_get_str(c, "url"));
		n++;
	}
	assert_true(n >= 46);
}

static void test_pattern(void **state)
{
	(void)state;
	check("/srv/x", "abc1", NULL, "https://c/?id={sha}",
	      "https://c/?id=abc1");
	check("git@github.com:a/b", "abc1", "gitlab", "http://c/{sha}/{sha}#x",
	      "http://c/abc1/abc1#x");
	check(NULL, "abc1", NULL, "https://c/{sha}", "https://c/abc1");
	check("git@github.com:a/b", "abc1", NULL, "", /* unset */
	      "https://github.com/a/b/commit/abc1");
	check("git@github.com:a/b", "abc1", NULL, "https://c/", NULL);
	check("git@github.com:a/b", "abc1", NULL, "javascript:x({sha})", NULL);
	check("git@github.com:a/b", "abc1", NULL, "https://c/ {sha}", NULL);
	check("", "abc1", NULL, "https://u:pw@c/{sha}@", "https://c/abc1@");
}

static void test_secrets(void **state)
{
	(void)state;
	check("https://u:p@w@git.x:80/a/b", "abc1", "gitea", NULL,
	      "https://git.x:80/a/b/commit/abc1");
	check("https://tok/en@git.x/a/b", "abc1", "gitea", NULL, NULL);
	check("https://u:tok/en@git.x/a/b", "abc1", "gitea", NULL, NULL);
	check("u:pw@git.x:a/b", "abc1", "gitea", NULL, NULL);
	check("https://github.com/a/b.git?token=x#y", "abc1", NULL, NULL,
	      "https://github.com/a/b/commit/abc1");
}

static void test_odd(void **state)
{
	(void)state;
	check("git@github.com:a/b", "", NULL, NULL, NULL);
	check("git@github.com:a/b", "HEAD", NULL, NULL, NULL);
	check("https://github.com:443/a/b", "abc1", NULL, NULL,
	      "https://github.com/a/b/commit/abc1");
	check("https://github.com:/a/b", "abc1", NULL, NULL,
	      "https://github.com/a/b/commit/abc1");
	check("https://github.com:99999999/a/b", "abc1", NULL, NULL, NULL);
	check("https://github.com/a/../b", "abc1", NULL, NULL, NULL);
	check("https://github.com/a/b/c", "abc1", NULL, NULL, NULL);
	check("https://ghe.x/git/a/b", "abc1", "GitHub", NULL,
	      "https://ghe.x/git/a/b/commit/abc1");
	check("git@gitlab.com:a/b c%", "abc1", NULL, NULL,
	      "https://gitlab.com/a/b%20c%25/-/commit/abc1");
	check("https://x.y/a/b", "abc1", "nonsense", NULL, NULL);
	check("https://x\001.y/a/b", "abc1", "gitea", NULL, NULL);
	check("git@[::1:a/b", "abc1", "gitea", NULL, NULL);
	check("[]:a/b", "abc1", "gitea", NULL, NULL);
	check("@:a/b", "abc1", "gitea", NULL, NULL);
	check(":", "abc1", "gitea", NULL, NULL);
	check("ssh://", "abc1", "gitea", NULL, NULL);
	check("a/a/a/a:b/c", "abc1", "gitea", NULL, NULL);
}

static void test_forges(void **state)
{
	(void)state;
	check("https://x.y/ctx/scm/~al/app", "abc1", "bitbucket-server", NULL,
	      "https://x.y/ctx/users/al/repos/app/commits/abc1");
	check("https://org@dev.azure.com/org/_git/repo", "abc1", NULL, NULL,
	      "https://dev.azure.com/org/_git/repo/commit/abc1");
	check("https://org.visualstudio.com/DefaultCollection/p/_git/r", "abc1",
	      NULL, NULL, "https://dev.azure.com/org/p/_git/r/commit/abc1");
	check("org@vs-ssh.visualstudio.com:v3/org/p/r", "abc1", NULL, NULL,
	      "https://dev.azure.com/org/p/_git/r/commit/abc1");
	check("https://tfs.x/tfs/Coll/p/_git/r", "abc1", "azure", NULL,
	      "https://tfs.x/tfs/Coll/p/_git/r/commit/abc1");
	check("https://git.sr.ht/alice/app", "abc1", NULL, NULL, NULL);
	check("ssh://git@altssh.bitbucket.org:443/a/b.git", "abc1", NULL, NULL,
	      "https://bitbucket.org/a/b/commits/abc1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_secrets), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_forges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
