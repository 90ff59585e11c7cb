/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awm/config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "domain/config_file.h"

static char folder[64];

static int setup(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/awm-config-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

static const char *path_of(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void put(const char *name, const char *text, size_t len)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void puts_file(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static void assert_file(const char *name, const char *text)
{
	_cleanup_buf_ struct buf b = {0};

	assert_int_equal(file_read(path_of(name), 1 << 20, &b), 0);
	assert_string_equal(buf_str(&b), text);
}

/* The output of git, NULs as they are; returns its status. */
static int git(struct buf *out, const char *arguments)
{
	char command[512], chunk[4096];
	size_t n;
	FILE *f;
	int status;

	snprintf(command, sizeof(command), "git config -f '%s' %s 2>&1",
		 path_of("config"), arguments);
	f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	status = pclose(f);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What `git config --list -z` says of the file, from our reading. */
static void list(const struct config_file *file, struct buf *out)
{
	bool in_section = false;

	for (size_t i = 0; i < file->n; i++) {
		const struct config_node *node = &file->nodes[i];

		in_section |= node->kind == CONFIG_SECTION;
		if (node->kind != CONFIG_ENTRY)
			continue;
		buf_addf(out, "%s%s%s", node->key.section,
			 in_section ? "." : "", node->key.name);
		if (node->value)
			buf_addf(out, "\n%s", node->value);
		buf_addc(out, '\0');
	}
}

/* git before 2.45 reads tabs inside of a value as spaces; its manual says that
 * white space is kept, and we and later versions do. */
static void level_space(struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->s[i] == '\t' || b->s[i] == '\r')
			b->s[i] = ' ';
}

static void assert_reads_as_git(const char *text, size_t len)
{
	_cleanup_(config_file_release) struct config_file file = {0};
	_cleanup_buf_ struct buf ours = {0}, theirs = {0};
	unsigned long line = 0, git_line = 0;
	const char *p;
	int r, status;

	put("config", text, len);
	status = git(&theirs, "--list -z");
	r = config_file_parse(text, len, &file);
	if ((r == 0) != (status == 0))
		fail_msg("git %d, awm %d for <%.*s>: %s", status, r, (int)len,
			 text, awm_error_last()->message);
	if (r < 0) {
		assert_int_equal(r, -AWM_USAGE);
		sscanf(awm_error_last()->message, "line %lu:", &line);
		p = strstr(buf_str(&theirs), "config line ");
		assert_non_null(p);
		sscanf(p, "config line %lu", &git_line);
		/* git counts the end of the file as a line at some places. */
		if (line != git_line && line + 1 != git_line)
			fail_msg("git line %lu, awm %lu for <%.*s>", git_line,
				 line, (int)len, text);
		return;
	}
	list(&file, &ours);
	level_space(&ours);
	level_space(&theirs);
	if (ours.len != theirs.len ||
	    (ours.len > 0 && memcmp(ours.s, theirs.s, ours.len) != 0))
		fail_msg("for <%.*s> git has <%s>, awm <%s>", (int)len, text,
			 buf_str(&theirs), buf_str(&ours));
}

static const char *const git_texts[] = {
	"",
	"\n\n",
	"# only a comment",
	"\xef\xbb\xbf[a]\nb = c\n",
	"\xef\xbb[a]\nb = c\n",
	"[a]\r\n\tb = c\r\n\td\r\n",
	"[a]\nb = c \\\r\n d\n",
	"[a]\nb = c\rd\n",
	"[a]\nb\n",
	"[a]\nb",
	"[a]\nb =\n",
	"[a]\nb = \"\"\n",
	"[a]\nb = \"\" x\n",
	"[a]\nb = x \"\"\n",
	"[a]b=c",
	"[a]  b  =  c  d  \n",
	"[a] [b] c = d\n",
	"[A]\nBcD-9 = E\n",
	"[a]\n9 = x\n",
	"[a]\nb c\n",
	"[a]\nb_c = d\n",
	"[a]\nb # c\n",
	"[a]\nb = c # d ; e\n",
	"[a]\nb = c#d\n",
	"[a]\nb = \"c # d\" ; e\n",
	"[a]\nb = \"c\nd\"\n",
	"[a]\nb = \"c\\\nd\"\n",
	"[a]\nb = c \\\n\td \\\n\n[e]\nf = g\n",
	"[a]\nb = c # d \\\ne = f\n",
	"[a]\nb = c \\",
	"[a]\nb = \\\n",
	"[a]\nb = \"c\\",
	"[a]\nb = x\"y z\"w\n",
	"[a]\nb = \\n\\t\\b\\\\\\\"\n",
	"[a]\nb = \\a\n",
	"[a]\nb = \"\\x\"\n",
	"[a \"b\"]\nc = d\n",
	"[A \"B c.D\"]\nE = f\n",
	"[a \"b\\\"c\\\\d\\e\"]\nf = g\n",
	"[a   \"b\"]\nc = d\n",
	"[a\t\"b\"]\nc = d\n",
	"[a \"b\" ]\nc = d\n",
	"[a \"b]\nc = d\n",
	"[a \"b\n\"]\nc = d\n",
	"[a b]\nc = d\n",
	"[a.B]\nc = d\n",
	"[a.B.c]\nd = e\n",
	"[a.B \"C\"]\nd = e\n",
	"[a\nb = c\n",
	"[a",
	"[]\nb = c\n",
	"[ \"s\"]\nb = c\n",
	"[a_b]\nc = d\n",
	"[a]\n= c\n",
	"[a]\nb = c\n]\n",
	"[include]\n\tpath = /etc/passwd\n",
	"[ \"\"]\nb = c\n",
	"[a..b]\nc = d\n",
	"[.]\nb = c\n",
	"b = c\n[a]\nd\n",
	"[a]\nb = \xc3\xa4 \xff\n",
	"[a]\nb = 1\nb = 2\n[c]\nd = 3\n[a]\nb = 4\n",
};

static void test_reads_as_git(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(git_texts); i++)
		assert_reads_as_git(git_texts[i], strlen(git_texts[i]));
}

static uint32_t seed = 1;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void add_random(struct buf *b)
{
	static const char *const bits[] = {
		"[a]", "[a \"B\"]", "[c.D]", "k",  "K2",   " ",
		" = ", "=",	    "\n",    "\n", "\n",   "\"",
		"\\",  "\\n",	    "#",     ";",  "\r\n", "value",
		"\t",  "\\\n",	    "[",     "]",  "v w",  "\\\""};
	uint32_t n = random_below(18);

	buf_adds(b, "[s]\n");
	for (uint32_t i = 0; i < n; i++)
		buf_adds(b, bits[random_below(ARRAY_LEN(bits))]);
}

static void test_random_texts_read_as_git(void **state)
{
	for (int i = 0; i < 400; i++) {
		_cleanup_buf_ struct buf b = {0};

		add_random(&b);
		assert_reads_as_git(buf_str(&b), b.len);
	}
}

static const char *const odd_values[] = {
	"plain",       "",	  " ",		" lead",
	"trail ",      "in  ner", "tab\there",	"\ttab",
	"line\nbreak", "\n",	  "\"quoted\"", "back\\slash",
	"\\",	       "\\\\n",	  "a#b",	"a;b",
	"#",	       "; x",	  "\b",		"\r",
	"a\r\nb",      "a\rb",	  "[x]",	"= y",
	"\xc3\xa4",    "x\\",	  "\"",		"'",
	"true",	       "\v\f",	  "ends \\\n"};

/* The file as it is, with one value set, whatever the options say. */
static void put_value(const char *text, const char *value)
{
	static const struct config_key key = {"alias", "x"};
	_cleanup_(config_file_release) struct config_file file = {0};
	_cleanup_buf_ struct buf out = {0};

	assert_int_equal(config_file_parse(text, strlen(text), &file), 0);
	assert_int_equal(config_file_set(&file, &key, "x", value, &out), 0);
	put("config", buf_str(&out), out.len);
}

/* Set by us, the values are what git reads, each in each of these files. */
static void test_written_values_read_by_git(void **state)
{
	static const char *const texts[] = {"",
					    "[alias]\n\tx = old # why\n",
					    "[alias]\nx",
					    "[alias] x =#c",
					    "[alias] [b] c = \\",
					    "[alias]\n\ty = z \\",
					    "# top"};

	for (size_t i = 0; i < ARRAY_LEN(texts) * ARRAY_LEN(odd_values); i++) {
		const char *value = odd_values[i % ARRAY_LEN(odd_values)];
		_cleanup_buf_ struct buf got = {0};

		put_value(texts[i / ARRAY_LEN(odd_values)], value);
		assert_int_equal(git(&got, "-z --get alias.x"), 0);
		assert_int_equal(got.len, strlen(value) + 1);
		assert_string_equal(buf_str(&got), value);
	}
}

/* Random files keep every other value, as git reads it. */
static void test_random_sets_keep_the_rest(void **state)
{
	for (int i = 0; i < 300; i++) {
		_cleanup_(config_file_release) struct config_file file = {0};
		_cleanup_buf_ struct buf b = {0}, before = {0}, after = {0};
		struct awm_config *config;

		add_random(&b);
		if (config_file_parse(buf_str(&b), b.len, &file) < 0)
			continue;
		put("config", buf_str(&b), b.len);
		git(&before, "--list -z");
		assert_int_equal(awm_config_open(path_of("config"), &config),
				 0);
		assert_int_equal(awm_config_set(config, "user.name", "x y"), 0);
		assert_int_equal(git(&after, "--get user.name"), 0);
		assert_string_equal(buf_str(&after), "x y\n");
		assert_int_equal(awm_config_unset(config, "user.name"), 0);
		awm_config_free(config);
		buf_truncate(&after, 0);
		assert_int_equal(git(&after, "--list -z"), 0);
		assert_int_equal(after.len, before.len);
		if (after.len > 0)
			assert_memory_equal(after.s, before.s, after.len);
	}
}

struct edit {
	const char *before, *key, *value, *after;
};

static const struct edit edits[] = {
	{"", "user.name", "A", "[user]\n\tname = A\n"},
	{"", "alias.Ls", "task list", "[alias]\n\tLs = task list\n"},
	{"", "VAULT.keyfile", "/k", "[vault]\n\tkeyFile = /k\n"},
	/* replaced where it stands, the comment stays */
	{"# top\n\n[user]\n  name=old   ; why\n\n\n[core]\n#c\n", "user.name",
	 "new", "# top\n\n[user]\n  name= new   ; why\n\n\n[core]\n#c\n"},
	{"[user]\n\tname =  \"a b\" \"c\"\t# x\n", "user.name", "d",
	 "[user]\n\tname =  d\t# x\n"},
	{"[user]\n\tname = a \\\n  b # x\n", "user.name", "c",
	 "[user]\n\tname = c # x\n"},
	{"[user]\n\tname = a \\\n  # x\n", "user.name", "c",
	 "[user]\n\tname = c  # x\n"},
	{"[user]\n\tname  \n", "user.name", "c", "[user]\n\tname = c  \n"},
	{"[user]\n\tname=#x\n", "user.name", "c", "[user]\n\tname= c #x\n"},
	{"[user]\n\tname=", "user.name", "c", "[user]\n\tname= c"},
	{"[user]\nname = a \\", "user.name", "c", "[user]\nname = c"},
	/* the last of several */
	{"[user]\n\tname = 1\n\tname = 2\n[a]\n[USER]\n\tNAME = 3\n",
	 "user.name", "4",
	 "[user]\n\tname = 1\n\tname = 2\n[a]\n[USER]\n\tNAME = 4\n"},
	/* behind the last entry of the section */
	{"[user]\n\temail = e\n\n# about core\n[core]\n\tpager = p\n",
	 "user.name", "n",
	 "[user]\n\temail = e\n\tname = n\n\n# about core\n[core]\n"
	 "\tpager = p\n"},
	{"[user]\n\temail = e", "user.name", "n",
	 "[user]\n\temail = e\n\tname = n\n"},
	{"[user]\n\temail = e\\", "user.name", "n",
	 "[user]\n\temail = e\\\n\n\tname = n\n"},
	{"[user]\n\temail = e\\\n", "user.name", "n",
	 "[user]\n\temail = e\\\n\n\tname = n\n"},
	{"[user] # me\n[core]\n", "user.name", "n",
	 "[user] # me\n\tname = n\n[core]\n"},
	{"[user] [core] pager = p\n", "user.name", "n",
	 "[user]\n\tname = n\n [core] pager = p\n"},
	{"[user]", "user.name", "n", "[user]\n\tname = n\n"},
	{"[core]\npager = p\\", "user.name", "n",
	 "[core]\npager = p\\\n\n[user]\n\tname = n\n"},
	{"# c", "user.name", "n", "# c\n[user]\n\tname = n\n"},
	/* line breaks as the file has them */
	{"[user]\r\n\temail = e\r\n", "user.name", "n",
	 "[user]\r\n\temail = e\r\n\tname = n\r\n"},
	/* unset */
	{"[user]\n\tname = n # x\n\temail = e\n", "user.name", NULL,
	 "[user]\n\temail = e\n"},
	{"[user]\n\tname = a\n\temail = e\n\tname = \\\n b\n", "user.name",
	 NULL, "[user]\n\temail = e\n"},
	{"[user] name = n\n\temail = e\n", "user.name", NULL,
	 "[user]\n\temail = e\n"},
	{"[a]\nb = c\n\n[user]\n\tname = n\n\n[d]\ne = f\n", "user.name", NULL,
	 "[a]\nb = c\n\n[d]\ne = f\n"},
	{"[a] [user] name = n\n[d]\n", "user.name", NULL, "[a]\n[d]\n"},
	{"[user]\n\tname = n", "user.name", NULL, ""},
	{"[user]\n\tname = n\n# kept\n", "user.name", NULL, "[user]\n# kept\n"},
	{"# mine\n[user]\n\tname = n\n", "user.name", NULL, "# mine\n[user]\n"},
	{"# top\n\n[user]\n\tname = n\n", "user.name", NULL, "# top\n\n"},
	{"[user]\nname = n\n  [core]\n\tpager = p\n", "user.name", NULL,
	 "  [core]\n\tpager = p\n"},
	{"\xef\xbb\xbf[user]\nname = n\n", "user.name", NULL, "\xef\xbb\xbf"},
	{"[user]\n[user]\nname = n\n", "user.name", NULL, "[user]\n"},
	{"[other]\n\tsetting = 1\n", "other.setting", NULL, ""},
};

static void test_every_other_byte_stays(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		const struct edit *e = &edits[i];
		struct awm_config *config;

		puts_file("config", e->before);
		assert_int_equal(
			awm_config_open_lenient(path_of("config"), &config), 0);
		if (e->value)
			assert_int_equal(
				awm_config_set(config, e->key, e->value), 0);
		else
			assert_int_equal(awm_config_unset(config, e->key), 0);
		assert_file("config", e->after);
		awm_config_free(config);
	}
}

struct broken {
	const char *text;
	size_t len;
	const char *message;
};

static void test_broken_files_name_the_line(void **state)
{
	static const struct broken files[] = {
		{"[a]\nb = \"c\n", 0, "line 2: a value's quote"},
		{"[a]\n\n\nb = \\q\n", 0, "line 4: a backslash"},
		{"[a]\nb = c \\\n d \\x\n", 0, "line 3: a backslash"},
		{"[a\n", 0, "line 1: a section is"},
		{"\n[a \"b\nc\"]\n", 0, "line 2: a section's quote"},
		{"[a]\r\nb = c\r\n]\r\n", 0, "line 3: neither"},
		{"[a]\nb c\n", 0, "line 2: a name"},
		{"[a]\nb = c\n# \0\n", 14, "line 3: a NUL"},
		{"garbage\n", 0, "line 1: 'garbage' stands outside"},
		{"# a\nwait = 5\n[db]\n", 0, "line 2: 'wait' stands"},
		{"[db]\nwait = 5\nwait = abc\n", 0,
		 "line 3: db.wait: cannot read"},
		{"[db]\n\twait\n", 0, "line 2: db.wait: cannot read"},
		{"[db]\nwait = 2h\n", 0,
		 "line 2: db.wait: '2h' is not between"},
		{"[a]\nb \\\n= 1\n", 0, "line 2: a name"},
		{"[a]\nb = c \\\n d\n[OUTPUT]\nFORMAT=xml", 0,
		 "line 5: output.format: 'xml' is not a value"},
		{"[color]\nui = purple\n", 0, "line 2: color.ui: 'purple'"},
		{"[user]\nemail = ada\n", 0,
		 "line 2: user.email: 'ada' is not"},
		{"[user]\nemail =\n", 0, "line 2: user.email: want a value"},
		{"[user]\nname = \"a\\nb\"\n", 0,
		 "line 2: user.name: want one"},
		{"[alias]\nls = \xff\n", 0,
		 "line 2: alias.ls: the value is not"},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct broken *f = &files[i];
		struct awm_config *config = NULL;
		char want[256];

		put("config", f->text, f->len ? f->len : strlen(f->text));
		assert_int_equal(awm_config_open(path_of("config"), &config),
				 -AWM_USAGE);
		assert_null(config);
		snprintf(want, sizeof(want), "'%s': %s", path_of("config"),
			 f->message);
		if (strncmp(awm_error_last()->message, want, strlen(want)) != 0)
			fail_msg("%s, not %s", awm_error_last()->message, want);
	}
}

static void test_broken_file_is_not_written(void **state)
{
	struct awm_config *config;

	puts_file("config", "");
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	puts_file("config", "[a]\nb = \"c\n");
	assert_int_equal(awm_config_set(config, "user.name", "n"), -AWM_USAGE);
	assert_file("config", "[a]\nb = \"c\n");
	assert_false(file_exists(path_of("config.lock")));
	assert_null(awm_config_get(config, "user.name"));
	awm_config_free(config);
}

static void set_many(const char *prefix)
{
	struct awm_config *config;
	char key[32];

	if (awm_config_open(path_of("config"), &config) < 0)
		_exit(1);
	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof(key), "alias.%s%d", prefix, i);
		if (awm_config_set(config, key, key) < 0)
			_exit(2);
	}
	_exit(0);
}

static void test_two_writers_lose_nothing(void **state)
{
	static const char *const prefixes[] = {"a", "b"};
	struct awm_config *config;
	char key[32];
	int status;

	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			set_many(prefixes[i]);
	for (int i = 0; i < 2; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	for (int i = 0; i < 80; i++) {
		snprintf(key, sizeof(key), "alias.%s%d", prefixes[i % 2],
			 i / 2);
		assert_string_equal(awm_config_get(config, key), key);
	}
	awm_config_free(config);
	assert_false(file_exists(path_of("config.lock")));
}

static void test_stale_lock_is_named(void **state)
{
	struct awm_config *config;

	puts_file("config", "");
	puts_file("config.lock", "");
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_int_equal(awm_config_set(config, "user.name", "n"),
			 -AWM_CONFLICT);
	assert_non_null(
		strstr(awm_error_last()->message, path_of("config.lock")));
	assert_file("config", "");
	assert_true(file_exists(path_of("config.lock")));
	awm_config_free(config);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(path_of(name), &st), 0);
	return st.st_mode & 0777;
}

static void test_modes_under_any_umask(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0177};
	char name[32];

	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		mode_t old = umask(masks[i]);
		struct awm_config *config;

		snprintf(name, sizeof(name), "d%zu/e/config", i);
		assert_int_equal(awm_config_open(path_of(name), &config), 0);
		assert_string_equal(awm_config_path(config), path_of(name));
		assert_int_equal(awm_config_set(config, "user.name", "n"), 0);
		umask(old);
		awm_config_free(config);
		assert_int_equal(mode_of(name), 0600);
		snprintf(name, sizeof(name), "d%zu/e", i);
		assert_int_equal(mode_of(name), 0700);
		snprintf(name, sizeof(name), "d%zu", i);
		assert_int_equal(mode_of(name), 0700);
	}
}

static void test_link_and_mode_stay(void **state)
{
	struct awm_config *config;
	struct stat st;

	puts_file("kept", "[a]\n");
	assert_int_equal(chmod(path_of("kept"), 0640), 0);
	assert_int_equal(symlink("kept", path_of("config")), 0);
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_int_equal(awm_config_set(config, "user.name", "n"), 0);
	assert_int_equal(lstat(path_of("config"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_file("kept", "[a]\n[user]\n\tname = n\n");
	assert_int_equal(mode_of("kept"), 0640);
	assert_int_equal(unlink(path_of("kept")), 0);
	assert_int_equal(awm_config_set(config, "user.name", "m"), 0);
	assert_file("kept", "[user]\n\tname = m\n");
	assert_int_equal(unlink(path_of("config")), 0);
	assert_int_equal(symlink("config", path_of("config")), 0);
	assert_int_equal(awm_config_set(config, "user.name", "m"), -AWM_ERROR);
	awm_config_free(config);
}

static void test_missing_file_is_empty(void **state)
{
	struct awm_config *config;

	assert_int_equal(awm_config_open(path_of("none/config"), &config), 0);
	assert_null(awm_config_get(config, "user.email"));
	assert_int_equal(awm_config_unset(config, "user.email"),
			 -AWM_NOT_FOUND);
	assert_false(file_exists(path_of("none")));
	awm_config_free(config);
	assert_int_equal(awm_config_open(folder, &config), -AWM_USAGE);
}

/* Who repairs a file has to be let in. */
static void test_lenient(void **state)
{
	struct awm_config *config;

	puts_file("config", "[db]\nwait = abc\n[user]\nemail = a\n");
	assert_int_equal(awm_config_open(path_of("config"), &config),
			 -AWM_USAGE);
	assert_int_equal(awm_config_open_lenient(path_of("config"), &config),
			 0);
	assert_int_equal(awm_config_int(config, "db.wait"), 30);
	assert_int_equal(awm_config_set(config, "db.wait", "5"), 0);
	assert_int_equal(awm_config_unset(config, "user.email"), 0);
	awm_config_free(config);
	assert_file("config", "[db]\nwait = 5\n");
	/* Of several values the last one counts. */
	puts_file("config", "[db]\nwait = abc\nwait = 5\n");
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_int_equal(awm_config_int(config, "db.wait"), 5);
	awm_config_free(config);
}

static void test_devices(void **state)
{
	struct awm_config *config;
	struct stat st;

	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	assert_int_equal(awm_config_open(path_of("fifo"), &config), -AWM_USAGE);
	assert_int_equal(awm_config_open_lenient(path_of("fifo"), &config),
			 -AWM_USAGE);
	assert_int_equal(awm_config_open("/dev/zero", &config), -AWM_USAGE);
	assert_int_equal(symlink("/dev/null", path_of("config")), 0);
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_int_equal(awm_config_set(config, "user.name", "n"), -AWM_USAGE);
	awm_config_free(config);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_false(file_exists("/dev/null.lock"));
}

static void test_values_and_defaults(void **state)
{
	struct awm_config *config;

	puts_file("config", "[user]\n\temail = 1@b\n\temail = 2@b\n"
			    "[db]\n\twait = 5m\n[color]\n\tui = maybe\n"
			    "[output]\n\tformat = csv\n[a]\n\tb\n"
			    "[a \"X.y\"]\n\tc = 7\n");
	assert_int_equal(awm_config_open_lenient(path_of("config"), &config),
			 0);
	assert_string_equal(awm_config_get(config, "USER.Email"), "2@b");
	assert_string_equal(awm_config_get(config, "output.format"), "csv");
	assert_int_equal(awm_config_int(config, "output.format"), 3);
	assert_int_equal(awm_config_int(config, "db.wait"), 300);
	assert_string_equal(awm_config_get(config, "color.ui"), "auto");
	assert_string_equal(awm_config_get(config, "a.b"), "true");
	assert_string_equal(awm_config_get(config, "A.X.y.C"), "7");
	assert_null(awm_config_get(config, "a.x.y.c"));
	assert_null(awm_config_get(config, "vault.keyFile"));
	assert_null(awm_config_get(config, "nonsense"));
	assert_null(awm_config_get(config, "alias.*"));
	awm_config_free(config);
}

static void test_malformed_duration_is_the_default(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} waits[] = {{"0", 0},
		     {"45", 45},
		     {"45s", 45},
		     {"1h", 3600},
		     {"3601", 30},
		     {"61m", 30},
		     {"-1", 30},
		     {"\"\"", 30},
		     {"soon", 30},
		     {"5 m x", 30},
		     {"99999999999999999999", 30}};

	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		struct awm_config *config;
		char text[128];

		snprintf(text, sizeof(text), "[db]\nwait = %s\n",
			 waits[i].value);
		puts_file("config", text);
		assert_int_equal(
			awm_config_open_lenient(path_of("config"), &config), 0);
		assert_int_equal(awm_config_int(config, "db.wait"),
				 waits[i].seconds);
		awm_config_free(config);
	}
}

static void assert_hint(const char *part)
{
	if (!strstr(awm_error_last()->hint, part))
		fail_msg("no '%s' in '%s'", part, awm_error_last()->hint);
}

static void test_check(void **state)
{
	static const char *const bad_emails[] = {
		"", "x", "@", "a@", "@b", "a@b@c", "a b@c", "a\nb@c", "a@b\n"};

	for (size_t i = 0; i < ARRAY_LEN(bad_emails); i++) {
		assert_int_equal(awm_config_check("user.email", bad_emails[i]),
				 -AWM_USAGE);
		assert_non_null(
			strstr(awm_error_last()->message, "user.email: "));
	}
	assert_int_equal(awm_config_check("user.email", "x@y"), 0);
	assert_int_equal(awm_config_check("user.email", NULL), 0);
	assert_int_equal(awm_config_check("user.name", "\xc3\xa4 b"), 0);
	assert_int_equal(awm_config_check("user.name", "\xc2\x85"), -AWM_USAGE);
	assert_int_equal(awm_config_check("core.pager", ""), -AWM_USAGE);
	assert_int_equal(awm_config_check("core.editor", "a\tb"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.ls", ""), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.ls", "task list"), 0);
	assert_int_equal(awm_config_check("DB.WAIT", "1h"), 0);
	assert_int_equal(awm_config_check("db.wait", "2h"), -AWM_USAGE);
	assert_int_equal(awm_config_check("user.emial", "x"), -AWM_USAGE);
	assert_hint("did you mean 'user.email'?");
	assert_int_equal(awm_config_check("a.b.c", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.a.b", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.*", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check(".alias", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("al ias.x", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("alias.1x", "x"), -AWM_USAGE);
	assert_int_equal(awm_config_check("user.name", "\xff"), -AWM_USAGE);
	assert_int_equal(awm_config_check("color.ui", "Auto"), -AWM_USAGE);
	assert_hint("one of auto, always, never");
}

static void test_options_are_sound(void **state)
{
	size_t n;
	const struct awm_option *options = awm_config_options(&n);
	struct awm_config *config;
	int64_t ignored;

	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	for (size_t i = 0; i < n; i++) {
		const struct awm_option *o = &options[i];

		assert_non_null(o->help);
		if (o->dflt) {
			assert_int_equal(
				config_option_read(o, o->dflt, &ignored), 0);
			assert_string_equal(awm_config_get(config, o->key),
					    o->dflt);
		}
	}
	awm_config_free(config);
}

static void test_numbers_and_booleans(void **state)
{
	const struct awm_option number = {"a.n", AWM_OPTION_INT, "1", -5,
					  5,	 NULL,		 ""};
	const struct awm_option truth = {
		"a.t", AWM_OPTION_BOOL, "no", 0, 0, NULL, ""};
	static const char *const bad[] = {"",	"-", "+1", " 1",  "1 ",
					  "1x", "6", "-6", "0x1", "1.0"};
	int64_t n;

	assert_int_equal(config_option_read(&number, "-5", &n), 0);
	assert_int_equal(n, -5);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(config_option_read(&number, bad[i], &n),
				 -AWM_USAGE);
	assert_int_equal(config_option_read(&truth, "YES", &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(config_option_read(&truth, "off", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(config_option_read(&truth, "", &n), -AWM_USAGE);
}

static int collect(void *ctx, const char *key, const char *value)
{
	buf_addf(ctx, "%s=%s;", key, value);
	return strcmp(key, "stop.here") == 0 ? 7 : 0;
}

static void test_each_in_order(void **state)
{
	_cleanup_buf_ struct buf b = {0};
	struct awm_config *config;

	puts_file("config", "[VAULT]\nKEYFILE = k\n[z \"Y\"]\nX\n"
			    "[alias]\nLs = l\n[stop]\nhere = 1\nnot = 2\n");
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_int_equal(awm_config_each(config, collect, &b), 7);
	assert_string_equal(buf_str(&b), "vault.keyFile=k;z.Y.x=true;"
					 "alias.ls=l;stop.here=1;");
	awm_config_free(config);
}

static void test_includes_are_not_followed(void **state)
{
	struct awm_config *config;

	puts_file("other", "[user]\nemail = other@b\n");
	puts_file("config", "[include]\n\tpath = other\n");
	assert_int_equal(awm_config_open(path_of("config"), &config), 0);
	assert_null(awm_config_get(config, "user.email"));
	awm_config_free(config);
}

static void test_own_file(void **state)
{
	struct awm_config *config;

	setenv("XDG_CONFIG_HOME", folder, 1);
	assert_int_equal(awm_config_open(NULL, &config), 0);
	assert_string_equal(awm_config_path(config), path_of("awm/config"));
	awm_config_free(config);
	awm_config_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reads_as_git),
		TEST(test_random_texts_read_as_git),
		TEST(test_written_values_read_by_git),
		TEST(test_random_sets_keep_the_rest),
		TEST(test_every_other_byte_stays),
		TEST(test_broken_files_name_the_line),
		TEST(test_broken_file_is_not_written),
		TEST(test_two_writers_lose_nothing),
		TEST(test_stale_lock_is_named),
		TEST(test_modes_under_any_umask),
		TEST(test_link_and_mode_stay),
		TEST(test_missing_file_is_empty),
		TEST(test_lenient),
		TEST(test_devices),
		TEST(test_values_and_defaults),
		TEST(test_malformed_duration_is_the_default),
		TEST(test_check),
		TEST(test_options_are_sound),
		TEST(test_numbers_and_booleans),
		TEST(test_each_in_order),
		TEST(test_includes_are_not_followed),
		TEST(test_own_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
