// SPDX-License-Identifier: MIT
/* SKILL.md: the folders of tests/data/skills, single texts, and what is
 * written is read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "domain/skill_file.h"

#define DATA "tests/data/skills/"

static char *data_path(struct arena *a, const char *name)
{
	const char *root = getenv("AWM_SOURCE_ROOT");

	return arena_printf(a, "%s/" DATA "%s", root ? root : ".", name);
}

static void read_data(struct arena *a, const char *name, struct buf *out)
{
	assert_int_equal(file_read(data_path(a, name), 1 << 20, out), 0);
}

static int parse(const char *text, struct arena *a, struct skill_file *ret)
{
	return skill_file_parse(text, strlen(text), a, ret);
}

/* ---- the folders ---- */

static void same_text(const cJSON *c, const char *key, const char *text)
{
	const char *wanted = json_get_str(c, key);

	if (wanted)
		assert_string_equal(text, wanted);
}

static void same_metadata(const cJSON *c, const struct skill_file *file)
{
	const cJSON *item, *all = json_get(c, "metadata");

	if (all)
		assert_int_equal(file->nmetadata, cJSON_GetArraySize(all));
	cJSON_ArrayForEach(item, all)
	{
		const char *value = skill_file_get(file, item->string);
		assert_non_null(value);
		assert_string_equal(value, item->valuestring);
	}
}

static void same_tools(const cJSON *c, const struct skill_file *file)
{
	const cJSON *item, *all = json_get(c, "allowedTools");
	size_t i = 0;

	if (all)
		assert_int_equal(file->tools.count, cJSON_GetArraySize(all));
	cJSON_ArrayForEach(item, all)
	{
		assert_string_equal(file->tools.items[i++], item->valuestring);
	}
}

static void check_case(const cJSON *c)
{
	const char *path = json_get_str(c, "path"), *slash = strrchr(path, '/');
	const char *load = json_get_str(c, "load");
	struct arena a = {0};
	struct buf text = {0};
	struct skill_file file = {0};
	int rc;

	print_message("# %s\n", path);
	read_data(&a, arena_printf(&a, "%s/SKILL.md", path), &text);
	rc = skill_file_parse(text.s, text.len, &a, &file);
	if (!rc)
		rc = skill_file_check(&file, slash + 1, &a);
	assert_int_equal(rc == 0, strcmp(load, "skip") != 0);
	assert_int_equal(rc == 0 && !file.warnings.count,
			 cJSON_IsTrue(json_get(c, "strict")));
	if (!rc) {
		same_text(c, "name", file.name);
		same_text(c, "description", file.description);
		same_text(c, "body", file.body);
		same_metadata(c, &file);
		same_tools(c, &file);
	}
	buf_release(&text);
	arena_release(&a);
}

static void test_folders(void **state)
{
	struct arena a = {0};
	struct buf text = {0};
	cJSON *root = NULL;
	const cJSON *c;

	(void)state;
	read_data(&a, "expected.json", &text);
	assert_int_equal(json_parse(text.s, text.len, &root), 0);
	cJSON_ArrayForEach(c, json_get(root, "cases"))
	{
		check_case(c);
	}
	cJSON_Delete(root);
	buf_release(&text);
	arena_release(&a);
}

/* ---- texts ---- */

#define FILE_OF(X) "---\nname: a\ndescription: d\nmetadata:\n" X "---\nB\n"

static void test_scalars(void **state)
{
	static const struct {
		const char *text, *value;
	} probes[] = {
		{"  k: plain text\n", "plain text"},
		{"  k: plain # comment\n", "plain"},
		{"  k: a#b\n", "a#b"},
		{"  k: http://x/y:z\n", "http://x/y:z"},
		{"  k:\n", ""},
		{"  k: # nothing\n", ""},
		{"  k: \"\"\n", ""},
		{"  k: 'it''s'\n", "it's"},
		{"  k: 'a \\n b' # c\n", "a \\n b"},
		{"  k: \"a\\n\\t\\\"\\\\\\x41\\u00fc\\U0001f600\"\n",
		 "a\n\t\"\\A\u00fc\U0001f600"},
		{"  k: |\n    one\n      two\n\n    three\n",
		 "one\n  two\n\nthree\n"},
		{"  k: |-\n    one\n", "one"},
		{"  k: |+\n    one\n\n\n", "one\n\n\n"},
		{"  k: |2\n      one\n", "  one\n"},
		{"  k: >\n    one\n    two\n\n    three\n", "one two\nthree\n"},
		{"  k: >-\n    one\n      deep\n    two\n", "one\n  deep\ntwo"},
		{"  k: |\n    # no comment\n", "# no comment\n"},
		{"  k: |\n\n    late\n", "\nlate\n"},
		{"  k: |\n", ""},
		{"  k: one\n    two\n\n    three\n", "one two\nthree"},
		{"  k:\n    below\n", "below"},
		{"  k: true\n", "true"},
		{"  k: 3\n", "3"},
		{"  k: -1\n", "-1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		struct arena a = {0};
		struct skill_file file;
		const char *text =
			arena_printf(&a, FILE_OF("%s"), probes[i].text);
		print_message("# %zu\n", i);
		assert_int_equal(parse(text, &a, &file), 0);
		assert_string_equal(skill_file_get(&file, "k"),
				    probes[i].value);
		assert_int_equal(file.warnings.count, 0);
		assert_string_equal(file.body, "B\n");
		arena_release(&a);
	}
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text, *told;
	} probes[] = {
		{"", "line 1"},
		{"---", "line 1"},
		{"---\n", "line 2"},
		{"----\nname: a\n---\n", "line 1"},
		{"---\nname: a\n", "not closed"},
		{"---\njust text\n---\n", "line 2: want 'key: text'"},
		{"---\n  name: a\n---\n", "line 2: indented"},
		{"---\nname: a\n\tb: c\n---\n", "line 3: tabs"},
		{"---\nname: a\nname: b\n---\n", "line 3: the key 'name'"},
		{FILE_OF("  k: 1\n  k: 2\n"), "line 6: the key 'k'"},
		{FILE_OF("  k: 1\n   j: 2\n"), "line 6: indented"},
		{FILE_OF("  k:\n    j: 2\n"), "line 6: want a text"},
		{FILE_OF("  k:\n    - 2\n"), "line 6: want a text"},
		{FILE_OF("  - k\n"), "line 5: want 'key: text'"},
		{FILE_OF("  k: [a]\n"), "line 5: collections"},
		{FILE_OF("  k: {a: b}\n"), "line 5: collections"},
		{FILE_OF("  k: &a b\n"), "line 5: anchors"},
		{FILE_OF("  k: *a\n"), "line 5: anchors"},
		{FILE_OF("  k: !!str a\n"), "line 5: anchors"},
		{FILE_OF("  k: @a\n"), "line 5: a text"},
		{FILE_OF("  k: \"a\n"), "line 5: a quoted text"},
		{FILE_OF("  k: 'a\n"), "line 5: a quoted text"},
		{FILE_OF("  k: \"a\" b\n"), "line 5: more follows"},
		{FILE_OF("  k: \"\\q\"\n"), "line 5: unknown escape"},
		{FILE_OF("  k: \"\\x0\"\n"), "line 5: unknown escape"},
		{FILE_OF("  k: \"\\u0000\"\n"), "line 5: unknown escape"},
		{FILE_OF("  k: \"\\ud800\"\n"), "line 5: unknown escape"},
		{FILE_OF("  k: \"\\"), "not closed"},
		{FILE_OF("  k: |3x\n"), "line 5: what follows"},
		{"---\nname: a\ndescription: d\nmetadata: x\n---\n",
		 "line 4: metadata is a map"},
		{"---\nname: a\ndescription: d\nmetadata: {}\n---\n",
		 "line 4: collections"},
		{"---\nname: a\ndescription: \x01\n---\n", "line 3: a control"},
		{"---\nname: \xff\n---\n", "UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		struct arena a = {0};
		struct skill_file file;

		print_message("# %zu\n", i);
		assert_int_equal(parse(probes[i].text, &a, &file), -AWM_USAGE);
		assert_non_null(
			strstr(awm_error_last()->message, probes[i].told));
		arena_release(&a);
	}
}

static void test_odd(void **state)
{
	struct arena a = {0};
	struct skill_file file;

	(void)state;
	/* a mark of the byte order, blanks, comments, deep unknown keys */
	assert_int_equal(parse("\xef\xbb\xbf---  \n# c\n\nname: a\nhooks:\n"
			       "  x:\n   - y: [1\ndescription: >\n  d\n  e\n\n"
			       "allowed-tools: Bash(a b:*), Read\n--- \n\n \n"
			       "  B\n---\nC\n\n\n",
			       &a, &file),
			 0);
	assert_string_equal(file.description, "d e");
	assert_string_equal(file.body, "  B\n---\nC\n");
	assert_int_equal(file.tools.count, 2);
	assert_string_equal(file.tools.items[0], "Bash(a b:*)");
	assert_int_equal(file.warnings.count, 1);
	assert_non_null(strstr(file.warnings.items[0], "'hooks'"));

	assert_int_equal(parse("---\nname: a\n---\n", &a, &file), -AWM_INVALID);
	assert_int_equal(
		parse("---\nname: a\ndescription: \"  \"\n---\n", &a, &file),
		-AWM_INVALID);
	assert_int_equal(parse("---\ndescription: d\n---", &a, &file), 0);
	assert_string_equal(file.body, "");
	assert_int_equal(skill_file_check(&file, NULL, &a), -AWM_INVALID);
	assert_int_equal(skill_file_check(&file, "there", &a), 0);
	assert_string_equal(file.name, "there");
	arena_release(&a);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *slug;
		bool ok;
	} probes[] = {
		{"release-notes", "release-notes", true},
		{"a", "a", true},
		{"a1-2", "a1-2", true},
		{"Release notes!", "release-notes", false},
		{"-a", "a", false},
		{"a-", "a", false},
		{"a--b", "a-b", false},
		{"a_b", "a-b", false},
		{"\u00fcber", "ber", true},
		{"", "", false},
		{"0123456789012345678901234567890123456789012345678901234567890"
		 "123456",
		 "0123456789012345678901234567890123456789012345678901234567890"
		 "123",
		 false},
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		print_message("# %zu\n", i);
		assert_int_equal(!skill_file_name_wanted(probes[i].name),
				 probes[i].ok);
		assert_string_equal(skill_file_slug(probes[i].name, &a),
				    probes[i].slug);
	}
	arena_release(&a);
}

/* ---- written and read ---- */

static void test_print(void **state)
{
	static const char *const texts[] = {
		"plain",      "with: colon", "a #b",
		" lead",      "trail ",	     "",
		"true",	      "No",	     "3",
		"- dash",     "'single'",    "\"double\"",
		"it's \"x\"", "back\\slash", "a\nb\n",
		"\ttab",      "\x7f\x1b",    "\xc2\x85\xc2\x9f",
		"\u00fcber",  "{\"a\":[1]}", "['x']",
		"&a",	      "|",	     "#",
		"\U0001f600", "? x",	     "a\r\nb",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena a = {0};
		struct buf out = {0};
		struct skill_file file = {.name = "n",
					  .description = "d",
					  .body = "B\n"},
				  again;

		print_message("# %zu\n", i);
		assert_int_equal(skill_file_set(&file, "k", texts[i], &a), 0);
		skill_file_print(&file, &out);
		assert_int_equal(parse(out.s, &a, &again), 0);
		assert_string_equal(skill_file_get(&again, "k"), texts[i]);
		assert_string_equal(again.body, "B\n");
		assert_int_equal(again.warnings.count, 0);
		buf_release(&out);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
