/* SPDX-License-Identifier: MIT */

/* The module awm-git.so through repo_ops(), on repositories that the git
 * program makes in a temporary folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "edge/module.h"
#include "edge/repo.h"

/* For LeakSanitizer: libgit2 1.5 drops a match block at each text search and at
 * the opening of a repository with extensions. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\n";
}

static char root[] = "/tmp/awm-test-repo-XXXXXX";
static const struct repo_ops *ops;

/* Runs a shell script in the temporary folder. */
static void sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void sh(const char *fmt, ...)
{
	static const char prelude[] =
		"set -e\n"
		"new() { git init -q -b main \"$@\"; }\n"
		/* A commit with a message, at a minute: c FOLDER MINUTE TEXT */
		"c() { d=\"$((1700000000 + $2 * 60)) +0130\"\n"
		"GIT_AUTHOR_DATE=$d GIT_COMMITTER_DATE=$d git -C \"$1\" commit "
		"-q --allow-empty --cleanup=verbatim -m \"$3\"; }\n";
	char script[8192];
	va_list ap;
	size_t n;

	n = (size_t)snprintf(script, sizeof(script), "cd '%s'\n%s", root,
			     prelude);
	va_start(ap, fmt);
	vsnprintf(script + n, sizeof(script) - n, fmt, ap);
	va_end(ap);
	assert_int_equal(system(script), 0);
}

/* What git prints. */
static void git_says(struct buf *out, const char *command)
{
	char line[4096];
	FILE *f;

	snprintf(line, sizeof(line), "cd '%s' && %s", root, command);
	f = popen(line, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		buf_adds(out, line);
	assert_int_equal(pclose(f), 0);
	while (out->len && out->s[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

static struct repo *open_repo(const char *folder)
{
	struct repo_error err = {0};
	struct repo *repo = NULL;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", root, folder);
	if (ops->open(path, &repo, &err) != 0)
		fail_msg("%s: %s", folder, err.message);
	return repo;
}

/* The walk as "subject subject", or the code as "-3". */
struct record {
	struct buf out;
	const char *format; /* 's'ubject, 'm'essage, 'a'uthor, 'd'ate, 'h'ash */
	int stop;	    /* returned by the callback when not 0 */
};

static int record_commit(void *ctx, const struct repo_commit *c)
{
	struct record *r = ctx;

	if (r->out.len)
		buf_addc(&r->out, ' ');
	if (strcmp(r->format, "m") == 0)
		buf_adds(&r->out, c->message);
	else if (strcmp(r->format, "a") == 0)
		buf_adds(&r->out, c->author);
	else if (strcmp(r->format, "h") == 0)
		buf_adds(&r->out, c->sha);
	else if (strcmp(r->format, "d") == 0)
		buf_addf(&r->out, "%lld%+d", (long long)c->time, c->offset);
	else
		buf_add(&r->out, c->message, strcspn(c->message, "\n"));
	return r->stop;
}

#define MAX_SPECS 16

static void walk_to(struct record *rec, struct repo *repo, const char *specs)
{
	char copy[1024], *save = NULL, *word;
	const char *list[MAX_SPECS];
	struct repo_error err = {0};
	size_t n = 0;
	int r;

	snprintf(copy, sizeof(copy), "%s", specs);
	for (word = strtok_r(copy, " ", &save); word && n < MAX_SPECS;
	     word = strtok_r(NULL, " ", &save))
		list[n++] = word;
	r = ops->walk(repo, list, n, record_commit, rec, &err);
	if (r != 0 && r != rec->stop) {
		if (rec->out.len)
			fail_msg("'%s': commits before error %d", specs, r);
		assert_true(err.message[0] != '\0');
		buf_addf(&rec->out, "%d", r);
	}
}

static void check_walk(struct repo *repo, const char *format, const char *specs,
		       const char *expected)
{
	struct record rec = {.format = format};

	walk_to(&rec, repo, specs);
	if (strcmp(buf_str(&rec.out), expected) != 0)
		fail_msg("walk of '%s': '%s', not '%s'", specs,
			 buf_str(&rec.out), expected);
	buf_release(&rec.out);
}

/*
 *	a1 - a2 ------ a5 - m7   main, v2 (annotated, on m7)
 *	  \ (v1 on a1)     /
 *	   b3 - b4 ------ b6     side
 */
static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	setenv("HOME", root, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CEILING_DIRECTORIES", root, 1);
	setenv("GIT_AUTHOR_NAME", "Ann Author", 1);
	setenv("GIT_AUTHOR_EMAIL", "ann@example.com", 1);
	setenv("GIT_COMMITTER_NAME", "Carl", 1);
	setenv("GIT_COMMITTER_EMAIL", "carl@example.com", 1);
	sh("new r; c r 1 a1; git -C r tag v1; git -C r checkout -q -b side\n"
	   "c r 3 b3; c r 4 b4; c r 6 b6; git -C r checkout -q main\n"
	   "c r 2 a2; c r 5 a5; d='1700000420 +0000'\n"
	   "GIT_AUTHOR_DATE=$d GIT_COMMITTER_DATE=$d git -C r merge -q "
	   "--no-ff -m m7 side; git -C r update-ref ORIG_HEAD HEAD^; git -C r "
	   "tag -a -m tag v2\n"
	   "mkdir r/sub");
	return repo_ops(&ops);
}

static int teardown(void **state)
{
	char command[4096];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void test_walk(void **state)
{
	struct repo *r = open_repo("r/sub");

	(void)state;
	check_walk(r, "s", "", "a1 a2 b3 b4 a5 b6 m7");
	check_walk(r, "s", "*", "a1 a2 b3 b4 a5 b6 m7");
	check_walk(r, "s", "HEAD", "m7");
	check_walk(r, "s", "v2", "m7");
	check_walk(r, "s", "v1..v2", "a2 b3 b4 a5 b6 m7");
	check_walk(r, "s", "side..", "a2 a5 m7");
	check_walk(r, "s", "..side", "");
	check_walk(r, "s", "main^..", "b3 b4 b6 m7");
	check_walk(r, "s", "main^...side", "a2 b3 b4 a5 b6");
	check_walk(r, "s", "HEAD...HEAD", "");
	check_walk(r, "s", "v2 v1", "a1 m7");
	check_walk(r, "s", "^side", "a2 a5 m7");
	check_walk(r, "s", "* ^v1 ^side~1", "a2 a5 b6 m7");
	ops->close(r);
}

/* The ways to name a commit. */
static void test_names(void **state)
{
	struct repo *r = open_repo("r");

	(void)state;
	check_walk(r, "s", "@", "m7");
	check_walk(r, "s", "@~1", "a5");
	check_walk(r, "s", "HEAD^2", "b6");
	check_walk(r, "s", "v2^2~1", "b4");
	check_walk(r, "s", "v2^{}", "m7");
	check_walk(r, "s", "v2^{commit}", "m7");
	check_walk(r, "s", "refs/heads/side", "b6");
	check_walk(r, "s", "heads/side", "b6");
	check_walk(r, "s", "HEAD@{1}", "a5");
	check_walk(r, "s", "@{0}", "m7");
	check_walk(r, "s", ":/b3", "b3");
	check_walk(r, "s", "ORIG_HEAD", "a5");
	check_walk(r, "s", "nonesuch~1", "-3");
	check_walk(r, "s", "v1~1", "-3");
	check_walk(r, "s", "HEAD^{nonesuch}", "-2");
	ops->close(r);
}

/* Several specs are the union of what each names. */
static void test_union(void **state)
{
	struct repo *r = open_repo("r");

	(void)state;
	check_walk(r, "s", "HEAD HEAD v2", "m7");
	check_walk(r, "s", "side~1..side v1..side~1", "b3 b4 b6");
	check_walk(r, "s", "v1 v1..side main^", "a1 b3 b4 a5 b6");
	check_walk(r, "s", "v1 side ^side~1", "b6");
	check_walk(r, "s", "side~1 ^side~1", "");
	ops->close(r);
}

static void test_refused(void **state)
{
	struct repo *r = open_repo("r");
	const char *dash = "--all", *empty = "";
	struct repo_error err;

	(void)state;
	check_walk(r, "s", "HEAD nonesuch", "-3");
	check_walk(r, "s", "HEAD v1..nonesuch", "-3");
	check_walk(r, "s", "^nonesuch", "-3");
	check_walk(r, "s", "0123456789012345678901234567890123456789", "-3");
	check_walk(r, "s", "HEAD^{tree}", "-4");
	check_walk(r, "s", "..", "-2");
	check_walk(r, "s", "-1", "-2");
	check_walk(r, "s", "--all..HEAD", "-2");
	check_walk(r, "s", "^-x", "-2");
	assert_int_equal(ops->walk(r, &dash, 1, record_commit, NULL, &err),
			 -AWM_USAGE);
	assert_int_equal(ops->walk(r, &empty, 1, record_commit, NULL, &err),
			 -AWM_USAGE);
	/* The caller may not care for the message. */
	assert_int_equal(ops->walk(r, &dash, 1, record_commit, NULL, NULL),
			 -AWM_USAGE);
	ops->close(r);
}

static void test_stop(void **state)
{
	struct record rec = {.format = "s", .stop = 17};
	struct repo *r = open_repo("r");

	(void)state;
	walk_to(&rec, r, "");
	assert_string_equal(buf_str(&rec.out), "a1");
	rec.stop = -AWM_INTERRUPTED;
	walk_to(&rec, r, "");
	assert_string_equal(buf_str(&rec.out), "a1 a1");
	buf_release(&rec.out);
	ops->close(r);
}

static void test_fields(void **state)
{
	_cleanup_buf_ struct buf sha = {0};
	struct repo *r = open_repo("r");

	(void)state;
	git_says(&sha, "git -C r rev-parse v1");
	check_walk(r, "h", "v1", buf_str(&sha));
	check_walk(r, "a", "v1", "Ann Author <ann@example.com>");
	check_walk(r, "d", "v1 HEAD", "1700000060+90 1700000420+0");
	buf_adds(&sha, "~0");
	check_walk(r, "s", buf_str(&sha), "a1");
	buf_truncate(&sha, 9);
	check_walk(r, "s", buf_str(&sha), "a1");
	buf_truncate(&sha, 0);
	git_says(&sha, "git -C r describe --tags side");
	check_walk(r, "s", buf_str(&sha), "b6");
	ops->close(r);
}

/* Where git log --format=%B and the walk must agree. */
static void check_message(struct repo *r, const char *spec)
{
	_cleanup_buf_ struct buf want = {0};
	struct record rec = {.format = "m"};
	char command[256];

	snprintf(command, sizeof(command),
		 "git -C texts log -1 --format=%%B '%s'", spec);
	git_says(&want, command);
	walk_to(&rec, r, spec);
	while (rec.out.len && rec.out.s[rec.out.len - 1] == '\n')
		buf_truncate(&rec.out, rec.out.len - 1);
	assert_string_equal(buf_str(&rec.out), buf_str(&want));
	buf_release(&rec.out);
}

static void test_texts(void **state)
{
	struct repo *r;

	(void)state;
	sh("new texts; c texts 1 \"$(printf 's\\n\\nbody  \\n\\n\\nend')\"\n"
	   "git -C texts tag plain\n"
	   "raw() { git -C texts tag $1 $(printf \"$2\" | "
	   "git -C texts hash-object -t commit -w --stdin --literally); }\n"
	   "h=$(git -C texts rev-parse HEAD^{tree})\n"
	   "who='A <a@b> 1700000000 +0000'\n"
	   "raw lead \"tree $h\\nauthor $who\\ncommitter "
	   "$who\\n\\n\\n\\nx\\n\"\n"
	   "raw none \"tree $h\\nauthor $who\\ncommitter $who\\n\"\n"
	   "raw empty \"tree $h\\nauthor $who\\ncommitter $who\\n\\n\"\n"
	   "raw latin \"tree $h\\nauthor Z\\353 <a@b> 1 +0000\\n"
	   "committer $who\\nencoding ISO-8859-1\\n\\nZo\\353\\n\"\n"
	   "raw kanji \"tree $h\\nauthor $who\\ncommitter $who\\n"
	   "encoding Shift_JIS\\n\\n\\223\\372\\226\\173\\n\"\n"
	   "raw broken \"tree $h\\nauthor $who\\ncommitter $who\\n\\n"
	   "a\\377b\\355\\240\\200\\n\"\n"
	   "raw odd \"tree $h\\nauthor $who\\ncommitter $who\\n"
	   "encoding x-none\\n\\na\\377b\\n\"\n"
	   "raw sjis \"tree $h\\nauthor $who\\ncommitter $who\\n"
	   "encoding Shift_JIS\\n\\na\\377b\\n\"\n"
	   "raw west \"tree $h\\nauthor  B  <b@c>\\n"
	   "committer C <c@d> 1700000000 -0330\\nencoding UTF-8\\n\\nw\\n\"\n"
	   "raw sig \"tree $h\\nauthor $who\\ncommitter $who\\n"
	   "gpgsig a\\n b\\n \\n author X <x>\\n\\nsigned\\n\"\n");
	r = open_repo("texts");
	check_message(r, "plain");
	check_message(r, "lead");
	check_message(r, "none");
	check_message(r, "empty");
	check_message(r, "latin");
	check_message(r, "kanji");
	check_message(r, "sig");
	check_walk(r, "a", "latin", "Z\303\253 <a@b>");
	check_walk(r, "a", "sig", "A <a@b>");
	check_walk(r, "m", "broken",
		   "a\357\277\275b\357\277\275\357\277\275\357\277\275\n");
	check_walk(r, "m", "odd", "a\357\277\275b\n");
	check_walk(r, "m", "sjis", "a\357\277\275b\n");
	check_walk(r, "d", "west", "1700000000-210");
	check_walk(r, "a", "west", "B  <b@c>");
	ops->close(r);
}

static void test_unborn(void **state)
{
	const char *s = NULL;
	struct repo_error err;
	struct repo *r;

	(void)state;
	sh("new unborn");
	r = open_repo("unborn");
	check_walk(r, "s", "", "");
	check_walk(r, "s", "*", "");
	check_walk(r, "s", "HEAD", "-3");
	assert_int_equal(ops->branch(r, &s, &err), 0);
	assert_string_equal(s, "");
	assert_int_equal(ops->remote_url(r, &s, &err), 0);
	assert_string_equal(s, "");
	ops->close(r);
}

/* Bare, linked and shallow. */
static void test_kinds(void **state)
{
	const char *s = NULL;
	struct repo_error err;
	struct repo *r;
	char path[256];

	(void)state;
	sh("git clone -q --bare r bare.git\n"
	   "git -C r worktree add -q ../linked side\n"
	   "git clone -q --depth 2 file://$PWD/r shallow\n");
	r = open_repo("bare.git");
	snprintf(path, sizeof(path), "%s/bare.git", root);
	assert_string_equal(ops->folder(r), path);
	check_walk(r, "s", "v1..side", "b3 b4 b6");
	ops->close(r);

	r = open_repo("linked");
	snprintf(path, sizeof(path), "%s/linked", root);
	assert_string_equal(ops->folder(r), path);
	check_walk(r, "s", "HEAD v2", "b6 m7");
	assert_int_equal(ops->branch(r, &s, &err), 0);
	assert_string_equal(s, "side");
	ops->close(r);

	r = open_repo("shallow");
	check_walk(r, "s", "", "a5 b6 m7");
	check_walk(r, "s", "HEAD^..HEAD", "b6 m7");
	check_walk(r, "s", "HEAD^...HEAD^2", "a5 b6");
	check_walk(r, "s", "HEAD^ ^HEAD^2", "a5");
	check_walk(r, "s", "HEAD~2", "-3");
	ops->close(r);
}

static void test_objectformat(void **state)
{
	struct repo *r = NULL;
	struct repo_error err;
	char path[256];

	(void)state;
	sh("new --object-format=sha256 sha256");
	snprintf(path, sizeof(path), "%s/sha256", root);
	assert_int_equal(ops->open(path, &r, &err), -AWM_ERROR);
	assert_null(r);
	assert_non_null(strstr(err.message, "libgit2"));
	assert_non_null(strstr(err.hint, "SHA-1"));
	/* Extensions without meaning for a reader. */
	sh("new ext; c ext 1 x; git -C ext config core.repositoryformatversion "
	   "1; git -C ext config extensions.worktreeConfig true\n"
	   "git -C ext config extensions.partialClone origin");
	r = open_repo("ext");
	check_walk(r, "s", "", "x");
	ops->close(r);
}

static void test_none(void **state)
{
	struct repo *r = NULL;
	struct repo_error err;
	char path[256], hint[300];

	(void)state;
	sh("mkdir none foreign; new foreign/r");
	snprintf(path, sizeof(path), "%s/none", root);
	assert_int_equal(ops->open(path, &r, &err), -AWM_NOT_FOUND);
	assert_int_equal(ops->open("/nonesuch", &r, &err), -AWM_NOT_FOUND);
	assert_int_equal(ops->open("/nonesuch", &r, NULL), -AWM_NOT_FOUND);
	if (geteuid() != 0)
		return; /* cannot give a folder away */
	sh("chown -R 65534 foreign");
	snprintf(path, sizeof(path), "%s/foreign/r", root);
	assert_int_equal(ops->open(path, &r, &err), -AWM_DENIED);
	snprintf(hint, sizeof(hint), "safe.directory '%s'", path);
	assert_non_null(strstr(err.hint, hint));
	sh("printf '[safe]\\n\\tdirectory = %s\\n' >.gitconfig", path);
	assert_int_equal(ops->open(path, &r, &err), 0);
	ops->close(r);
	sh("rm .gitconfig");
}

/* As in a hook of git. */
static void test_environment(void **state)
{
	struct repo *r = NULL;
	struct repo_error err;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/r", root);
	setenv("GIT_DIR", ".git", 1);
	assert_int_equal(ops->open(path, &r, &err), 0);
	check_walk(r, "s", "HEAD", "m7");
	ops->close(r);
	setenv("GIT_WORK_TREE", root, 1);
	assert_int_equal(ops->open(path, &r, &err), 0);
	assert_string_equal(ops->folder(r), root);
	ops->close(r);
	unsetenv("GIT_WORK_TREE");
	snprintf(path, sizeof(path), "%s/nonesuch", root);
	setenv("GIT_DIR", path, 1);
	assert_int_equal(ops->open(root, &r, &err), -AWM_NOT_FOUND);
	unsetenv("GIT_DIR");
}

static void check_url(struct repo *r, const char *expected)
{
	const char *s = NULL;
	struct repo_error err;

	assert_int_equal(ops->remote_url(r, &s, &err), 0);
	assert_string_equal(s, expected);
	ops->close(r);
}

static void test_remotes(void **state)
{
	const char *s = NULL;
	struct repo_error err;
	struct repo *r;

	(void)state;
	sh("new urls; c urls 1 x");
	check_url(open_repo("urls"), "");
	sh("git -C urls remote add one https://one/");
	check_url(open_repo("urls"), "https://one/");
	sh("git -C urls remote add two https://two/");
	check_url(open_repo("urls"), "");
	sh("git -C urls remote add origin short:x\n"
	   "git -C urls config url.https://long/.insteadOf short:\n");
	check_url(open_repo("urls"), "https://long/x");
	sh("git -C urls config url.https://longer/.insteadOf short:x\n"
	   "git -C urls remote set-url --add origin https://second/");
	check_url(open_repo("urls"), "https://longer/");
	sh("git -C urls config --unset url.https://longer/.insteadOf");
	sh("git -C urls config branch.main.remote two");
	check_url(open_repo("urls"), "https://two/");
	sh("git -C urls config branch.main.remote short:y");
	check_url(open_repo("urls"), "https://long/y");
	sh("git -C urls config branch.main.remote .");
	check_url(open_repo("urls"), "https://long/x");
	sh("git -C urls checkout -q --detach");
	r = open_repo("urls");
	assert_int_equal(ops->branch(r, &s, &err), 0);
	assert_string_equal(s, "");
	check_url(r, "https://long/x");
}

static void test_settings(void **state)
{
	const char *s = NULL;
	struct repo_error err;
	struct repo *r;

	(void)state;
	sh("git -C r config awm.forge gitlab; git -C r config awm.task ''");
	r = open_repo("r");
	assert_int_equal(ops->config(r, "awm.forge", &s, &err), 0);
	assert_string_equal(s, "gitlab");
	assert_int_equal(ops->config(r, "awm.task", &s, &err), 0);
	assert_string_equal(s, "");
	assert_int_equal(ops->config(r, "awm.none", &s, &err), 0);
	assert_string_equal(s, "");
	assert_int_equal(ops->config(r, "awm", &s, &err), -AWM_USAGE);
	assert_int_equal(ops->branch(r, &s, &err), 0);
	assert_string_equal(s, "main");
	ops->close(r);
}

/* Two commits, and a commit and a blob, that begin with the same digits. */
static void test_ambiguous(void **state)
{
	_cleanup_buf_ struct buf two = {0}, one = {0};
	struct repo *r;

	(void)state;
	sh("new many; c many 1 first\n"
	   "t=$(git -C many rev-parse HEAD^{tree}); n=0\n"
	   "for i in $(seq 1500); do printf 'commit refs/heads/x%%d\\n"
	   "committer A <a@b> %%d +0000\\ndata 1\\nx\\n' $i $i; "
	   "printf 'blob\\ndata %%d\\n%%d\\n' ${#i} $i; done |\n"
	   "git -C many fast-import --quiet\n"
	   "git -C many cat-file --batch-check --batch-all-objects |"
	   "cut -c1-4,41-47 >many.txt");
	git_says(&two, "grep commit many.txt | sort | uniq -d | head -1 | "
		       "cut -c1-4");
	git_says(&one, "sort -u many.txt | cut -c1-4 | uniq -d | sort >two.txt;"
		       "grep commit many.txt | sort | uniq -u | cut -c1-4 |"
		       "sort | comm -12 - two.txt | head -1");
	assert_int_equal(two.len, 4);
	assert_int_equal(one.len, 4);
	r = open_repo("many");
	check_walk(r, "s", two.s, "-5");
	check_walk(r, "s", one.s, "x");
	buf_adds(&one, "^0");
	check_walk(r, "s", one.s, "x");
	ops->close(r);
}

/* Parents come first even where clocks went wrong. */
static void test_order(void **state)
{
	struct repo *r;

	(void)state;
	sh("new skew; c skew 9 p1; c skew 3 p2; c skew 5 p3; c skew 4 p4");
	r = open_repo("skew");
	check_walk(r, "s", "", "p1 p2 p3 p4");
	check_walk(r, "s", "HEAD~2.. HEAD~3..HEAD~2", "p2 p3 p4");
	ops->close(r);
}

static void test_module(void **state)
{
	const char *path = getenv("AWM_MODULE_PATH");
	_cleanup_buf_ struct buf kept = {0};
	const void *p;

	(void)state;
	assert_int_equal(module_open("nonesuch", "x", 1, &p), -AWM_ERROR);
	assert_non_null(strstr(awm_error_last()->message, "not installed"));
	assert_non_null(strstr(awm_error_last()->hint, "awm-nonesuch.so"));
	assert_int_equal(module_open("git", "nonesuch", 1, &p), -AWM_ERROR);
	assert_int_equal(module_open("awm-git", "awm_git_ops", 77, &p),
			 -AWM_ERROR);
	assert_non_null(strstr(awm_error_last()->message, "ABI"));
	if (!path)
		return;
	buf_adds(&kept, path);
	setenv("AWM_MODULE_PATH", "relative", 1);
	assert_int_equal(module_open("git", "awm_git_ops", REPO_ABI, &p),
			 -AWM_USAGE);
	setenv("AWM_MODULE_PATH", kept.s, 1);
	assert_int_equal(module_open("git", "awm_git_ops", REPO_ABI, &p), 0);
	assert_ptr_equal(p, ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_union),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_unborn),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_objectformat),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_remotes),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_module),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
