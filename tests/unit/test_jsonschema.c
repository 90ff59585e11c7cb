/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <dirent.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/pattern.h"
#include "jsonschema/jsonschema.h"

/* ---- the official test suite ---- */

/* Where Debian's package libtest-json-schema-acceptance-perl puts it. */
#define SUITE                                                                  \
	"/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests"

/* The cases not met, one a line: "file|group|case|why", sorted. */
static struct {
	struct buf text;
	char *lines[500];
	bool used[500];
	size_t n;
} gaps;

static size_t cases, surprises;

static void read_gaps(void)
{
	_cleanup_buf_ struct buf path = {0};
	char *save = NULL, *line;

	buf_addf(&path, "%s/tests/golden/jsonschema-gaps.txt",
		 getenv("AWM_SOURCE_ROOT"));
	assert_int_equal(file_read(path.s, 1 << 20, &gaps.text), 0);
	for (line = strtok_r(gaps.text.s, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		assert_true(gaps.n < ARRAY_LEN(gaps.lines));
		if (gaps.n && strcmp(gaps.lines[gaps.n - 1], line) >= 0)
			fail_msg("not sorted: %s", line);
		gaps.lines[gaps.n++] = line;
	}
}

/* Whether the list has the case. */
static bool is_gap(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < gaps.n; i++) {
		if (strncmp(gaps.lines[i], name, len) == 0 &&
		    gaps.lines[i][len] == '|') {
			gaps.used[i] = true;
			return true;
		}
	}
	return false;
}

static void run_case(const char *file, const cJSON *group, const cJSON *test)
{
	_cleanup_buf_ struct buf name = {0};
	const cJSON *schema = json_get(group, "schema");
	bool wanted = cJSON_IsTrue(json_get(test, "valid"));
	int checked = jsonschema_check(schema);
	int rc = jsonschema_validate(schema, json_get(test, "data"), NULL);
	bool met = !checked && (wanted ? rc == 0 : rc == -AWM_INVALID);

	buf_addf(&name, "%s|%s|%s", file, json_get_str(group, "description"),
		 json_get_str(test, "description"));
	cases++;
	if (met != is_gap(name.s))
		return;
	surprises++;
	print_error("%s|%s\n", name.s,
		    met	 ? "is met now: take it off the list"
		    : rc ? awm_error_last()->message
			 : "passed");
}

/* The suite's draft 7 does not say which it is; awm takes that for 2020-12. */
static void name_draft(const char *draft, cJSON *schema)
{
	if (strcmp(draft, "draft7") == 0 && cJSON_IsObject(schema) &&
	    !json_get(schema, "$schema"))
		cJSON_AddStringToObject(
			schema, "$schema",
			"http://json-schema.org/draft-07/schema#");
}

static void run_file(const char *draft, const char *file)
{
	_cleanup_buf_ struct buf path = {0}, text = {0}, name = {0};
	_cleanup_json_ cJSON *groups = NULL;
	const char *root = getenv("AWM_JSON_SCHEMA_SUITE");
	cJSON *group, *test;

	buf_addf(&name, "%s/%s", draft, file);
	buf_addf(&path, "%s/%s", root ? root : SUITE, name.s);
	if (file_read(path.s, 1 << 22, &text))
		fail_msg("%s (libtest-json-schema-acceptance-perl has it)",
			 awm_error_last()->message);
	/* Not json_parse(): some files hold what awm refuses, \u0000 and
	 * integers that no double holds. */
	groups = cJSON_ParseWithLength(text.s, text.len);
	assert_non_null(groups);
	cJSON_ArrayForEach(group, groups)
	{
		name_draft(draft, cJSON_GetObjectItem(group, "schema"));
		cJSON_ArrayForEach(test, cJSON_GetObjectItem(group, "tests"))
			run_case(name.s, group, test);
	}
}

static int is_json(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && strcmp(dot, ".json") == 0;
}

static void run_draft(const char *draft, size_t least)
{
	/* Of the optional ones those that a schema can mean to say; "format"
	 * is an annotation. */
	static const char *const optional[] = {"bignum",
					       "cross-draft",
					       "dependencies-compatibility",
					       "ecmascript-regex",
					       "float-overflow",
					       "no-schema",
					       "non-bmp-regex",
					       "refOfUnknownKeyword",
					       "unicode"};
	_cleanup_buf_ struct buf folder = {0};
	const char *root = getenv("AWM_JSON_SCHEMA_SUITE");
	struct dirent **names = NULL;
	int n;

	buf_addf(&folder, "%s/%s", root ? root : SUITE, draft);
	n = scandir(folder.s, &names, is_json, alphasort);
	cases = 0;
	for (int i = 0; i < n; i++) {
		run_file(draft, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	assert_in_range(cases, least, 10 * least);
	for (size_t i = 0; i < ARRAY_LEN(optional); i++) {
		_cleanup_buf_ struct buf file = {0}, path = {0};

		buf_addf(&file, "optional/%s.json", optional[i]);
		buf_addf(&path, "%s/%s", folder.s, file.s);
		if (file_exists(path.s))
			run_file(draft, file.s);
	}
}

static void test_suite(void **state)
{
	(void)state;
	read_gaps();
	run_draft("draft7", 861);
	run_draft("draft2020-12", 1176);
	for (size_t i = 0; i < gaps.n; i++) {
		if (!gaps.used[i]) {
			print_error("%s: no such case\n", gaps.lines[i]);
			surprises++;
		}
	}
	buf_release(&gaps.text);
	assert_int_equal(surprises, 0);
}

/* ---- what is said ---- */

static cJSON *parse(const char *text)
{
	cJSON *tree = NULL;

	if (json_parse(text, strlen(text), &tree))
		fail_msg("%.200s: %s", text, awm_error_last()->message);
	return tree;
}

/* What comes of it: "" or the message. */
static const char *judge(const char *schema, const char *value)
{
	_cleanup_json_ cJSON *s = parse(schema), *v = NULL;
	int rc = jsonschema_check(s);

	if (!rc && value) {
		v = parse(value);
		rc = jsonschema_validate(s, v, NULL);
	}
	assert_true(rc == 0 || rc == -AWM_INVALID);
	return rc ? awm_error_last()->message : "";
}

struct probe {
	const char *schema, *value, *message;
};

static void run_probes(const struct probe *probes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct probe *p = &probes[i];
		const char *got = judge(p->schema, p->value);

		if (strcmp(got, p->message) != 0)
			fail_msg("%s on %s: got '%s', want '%s'", p->schema,
				 p->value ? p->value : "itself", got,
				 p->message);
	}
}

static const struct probe messages[] = {
	{"true", "1", ""},
	{"false", "1", "/: nothing is allowed here"},
	{"{\"type\":\"string\"}", "1", "/: want string"},
	{"{\"type\":[\"null\",\"string\"]}", "1", "/: want null or string"},
	{"{\"properties\":{\"tasks\":{\"items\":{\"required\":[\"a\","
	 "\"title\"]}}}}",
	 "{\"tasks\":[{\"a\":1}]}", "/tasks/0/title: is missing"},
	{"{\"properties\":{\"a\":true},\"additionalProperties\":false}",
	 "{\"a\":1,\"b/c~d\":2}", "/b~1c~0d: is not a known key"},
	{"{\"unevaluatedProperties\":false,\"allOf\":[{\"properties\":"
	 "{\"a\":true}}]}",
	 "{\"a\":1,\"b\":2}", "/b: is not a known key"},
	{"{\"enum\":[\"a\",1,null]}", "2", "/: want one of [\"a\",1,null]"},
	{"{\"const\":{\"a\":[1]}}", "{\"a\":[2]}", "/: want {\"a\":[1]}"},
	{"{\"minimum\":0.5}", "0", "/: is less than 0.5"},
	{"{\"exclusiveMaximum\":5}", "5", "/: is not less than 5"},
	{"{\"multipleOf\":0.01}", "4.355", "/: is no multiple of 0.01"},
	{"{\"minLength\":2}", "\"\xc3\xa4\"",
	 "/: is shorter than 2 characters"},
	{"{\"pattern\":\"^a\"}", "\"b\"", "/: does not match the pattern '^a'"},
	{"{\"prefixItems\":[true],\"items\":false}", "[1,2]",
	 "/1: is one too many"},
	{"{\"uniqueItems\":true}", "[1,{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]",
	 "/: has two items that are {\"a\":1,\"b\":2}"},
	{"{\"contains\":{\"type\":\"null\"},\"minContains\":2}", "[1,null]",
	 "/: has 1 items that \"contains\" asks for, want 2"},
	{"{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}",
	 "/b: is missing, which 'a' asks for"},
	{"{\"propertyNames\":{\"maxLength\":1}}", "{\"ab\":1}",
	 "/ab: has a name that propertyNames refuses"},
	{"{\"not\":{\"type\":\"null\"}}", "null",
	 "/: matches what \"not\" excludes"},
	/* of the alternatives the one that was meant speaks */
	{"{\"anyOf\":[{\"type\":\"object\",\"required\":[\"a\"]},"
	 "{\"type\":\"null\"}]}",
	 "{}", "/a: is missing"},
	{"{\"oneOf\":[{\"minimum\":5},{\"minimum\":7}]}", "1",
	 "/: matches none of the 2 schemas in oneOf"},
	{"{\"oneOf\":[{\"minimum\":0},true]}", "1",
	 "/: matches two of the schemas in oneOf (0 and 1), want one"},
	/* control characters do not act on a terminal */
	{"{\"additionalProperties\":false}", "{\"\\u001b[1m\":1}",
	 "/\\x1B[1m: is not a known key"},
	{"{\"format\":\"email\"}", "\"no\"", ""},
	{"{\"multipleOf\":0.0001}", "0.0075", ""},
	{"{\"multipleOf\":0.1}", "1e308", ""},
	{"{\"multipleOf\":1e308}", "0.1", "/: is no multiple of 1e+308"},
	{"{\"multipleOf\":1e-308}", "1e308", ""},
};

static void test_messages(void **state)
{
	(void)state;
	run_probes(messages, ARRAY_LEN(messages));
}

static void test_schemas(void **state)
{
	static const struct probe probes[] = {
		{"[]", NULL, "at /: want a schema: an object, true or false"},
		{"{\"properties\":{\"a\":{\"type\":1}}}", NULL,
		 "at /properties/a/type: want a type or different ones"},
		{"{\"items\":[true]}", NULL, "at /items: want a schema"},
		{"{\"anyOf\":[true,{\"minLength\":-1}]}", NULL,
		 "at /anyOf/1/minLength: want a whole number from 0"},
		{"{\"anyOf\":[]}", NULL, "at /anyOf: want an array of schemas"},
		{"{\"required\":[\"a\",\"a\"]}", NULL,
		 "at /required: want an array of different strings"},
		{"{\"multipleOf\":0}", NULL,
		 "at /multipleOf: want a number over 0"},
		{"{\"pattern\":\"(\"}", NULL,
		 "at /pattern: the pattern '(' is refused: missing closing "
		 "parenthesis"},
		{"{\"patternProperties\":{\"a{2000}\":true}}", NULL,
		 "at /patternProperties: the pattern 'a{2000}' is malformed: a "
		 "repetition past 1000 at character 2"},
		{"{\"$ref\":\"http://example.com/a\"}", NULL,
		 "at /$ref: 'http://example.com/a' is not in this document, "
		 "and nothing is fetched"},
		{"{\"$ref\":\"file:///etc/passwd\"}", NULL,
		 "at /$ref: 'file:///etc/passwd' is not in this document, and "
		 "nothing is fetched"},
		{"{\"$ref\":\"#/$defs/a\"}", NULL,
		 "at /$ref: '#/$defs/a' leads nowhere"},
		{"{\"$ref\":\"#a\"}", NULL, "at /$ref: '#a' leads nowhere"},
		{"{\"$schema\":\"http://json-schema.org/draft-04/schema#\"}",
		 NULL,
		 "at /$schema: 'http://json-schema.org/draft-04/schema#' is "
		 "neither draft 7 (http://json-schema.org/draft-07/schema#) "
		 "nor 2020-12 (https://json-schema.org/draft/2020-12/schema)"},
		{"{\"$defs\":{\"a\":{\"$id\":\"x\"},\"b\":{\"$id\":\"x\"}}}",
		 NULL, "at /$defs/b/$id: 'x' is in use already"},
		/* what is referred to is a schema wherever it stands */
		{"{\"x\":{\"type\":1},\"$ref\":\"#/x\"}", NULL,
		 "at /x/type: want a type or different ones"},
		{"{\"x\":{\"type\":1}}", NULL, ""},
		/* the metaschema */
		{"{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}",
		 "{\"properties\":{\"a\":{\"type\":1}}}",
		 "/properties/a/type: want a type or different ones"},
		{"{\"$ref\":\"http://json-schema.org/draft-07/schema#\"}",
		 "{\"items\":[true,{\"pattern\":\"[\"}]}",
		 "/items/1/pattern: the pattern '[' is malformed: an unclosed "
		 "class at character 1"},
	};

	(void)state;
	run_probes(probes, ARRAY_LEN(probes));
}

static void test_all_failures(void **state)
{
	_cleanup_json_ cJSON *schema = parse(
		"{\"required\":[\"a\",\"b\"],\"properties\":{\"c\":{\"type\":"
		"\"string\",\"minLength\":3},\"d\":{\"items\":{\"type\":"
		"\"number\"}}},\"additionalProperties\":false}");
	_cleanup_json_ cJSON *value =
		parse("{\"c\":\"x\",\"d\":[1,\"2\",null],\"\\n\":0}");
	_cleanup_json_ cJSON *none = parse("{\"items\":false}");
	_cleanup_json_ cJSON *many = cJSON_CreateArray();
	_cleanup_buf_ struct buf all = {0}, more = {0};
	size_t lines = 0;

	(void)state;
	assert_int_equal(jsonschema_validate(schema, value, &all),
			 -AWM_INVALID);
	assert_string_equal(awm_error_last()->message, "/a: is missing");
	assert_string_equal(buf_str(&all),
			    "/a: is missing\n/b: is missing\n"
			    "/c: is shorter than 3 characters\n"
			    "/d/1: want number\n/d/2: want number\n"
			    "/\\n: is not a known key\n");
	for (int i = 0; i < 1000; i++)
		cJSON_AddItemToArray(many, cJSON_CreateNull());
	assert_int_equal(jsonschema_validate(none, many, &more), -AWM_INVALID);
	for (size_t i = 0; i < more.len; i++)
		lines += more.s[i] == '\n';
	assert_int_equal(lines, 100);
}

/* ---- patterns ---- */

static const struct {
	const char *pattern, *text;
	int found; /* -1: refused */
} patterns[] = {
	{"^a.c$", "abc", 1},
	{"^a.c$", "a\nc", 0},
	{"^a$", "a\n", 0},
	{"b", "abc", 1},
	{"", "", 1},
	{"^\\d+$", "12", 1},
	{"^\\d+$", "\xd9\xa1", 0},
	{"^\\p{Nd}+$", "\xd9\xa1", 1},
	{"^\\p{Script=Greek}$", "\xce\xb1", 1},
	{"^\\p{L}\\P{Letter}$", "\xc3\xa4!", 1},
	{"^\\w$", "\xc3\xa4", 0},
	{"^\\s\\S$", "\xc2\xa0x", 1},
	{"^[\\s\\d]+$", "\xe2\x80\x83 1", 1},
	{"^[^\\S]$", " ", 1},
	{"^[\\S]$", " ", 0},
	{"^\\cJ$", "\n", 1},
	{"^\\x41\\u0042\\u{43}$", "ABC", 1},
	{"^\\ud83d\\ude00$", "\xf0\x9f\x98\x80", 1},
	{"^[\\ud83d\\ude00-\\u{1F64F}]$", "\xf0\x9f\x98\x81", 1},
	{"\\ud83d", "\xf0\x9f\x98\x80", 0},
	{"[^\\ud83d]", "a", 1},
	{"[\\ud83d]", "a", 0},
	{"[]", "a", 0},
	{"[^]", "\n", 1},
	{"^[\\b]$", "\b", 1},
	{"^\\0$", "x", 0},
	{"^[a\\-z]$", "-", 1},
	{"^[a-\\d]$", "-", 1},
	{"^[[:alpha:]]$", "x", 0},
	{"^[[:alpha:]]$", ":]", 1},
	{"^[#&&~~-]+$", "&", 1},
	{"^(a)\\1$", "aa", 1},
	{"^(?<x>a)\\k<x>$", "aa", 1},
	{"^(?:a|(b))\\1$", "a", 1},
	{"^(?!.*foo).*$", "a foo", 0},
	{"(?<=a)b", "ab", 1},
	{"^a{2}b{1,}c{0,3}?$", "aab", 1},
	{"^a{,2}$", "a{,2}", 1},
	{"^}]$", "}]", 1},
	{"^#x y$", "#x y", 1},
	{"a\\", "", -1},
	{"\\a", "", -1},
	{"\\Z", "", -1},
	{"\\Qa\\E", "", -1},
	{"\\K", "", -1},
	{"\\C", "", -1},
	{"\\01", "", -1},
	{"\\1", "", -1},
	{"\\c1", "", -1},
	{"\\u{110000}", "", -1},
	{"\\x4", "", -1},
	{"\\p{Nope}", "", -1},
	{"(?i)a", "", -1},
	{"(?R)", "", -1},
	{"(?1)", "", -1},
	{"(?#x)", "", -1},
	{"(?>a)", "", -1},
	{"(?C1)a", "", -1},
	{"(*LIMIT_MATCH=1)a", "", -1},
	{"(*ACCEPT)", "", -1},
	{"((*F)|a)", "", -1},
	{"(?:*COMMIT)", "", -1},
	{"(?=*a)", "", -1},
	{"a++", "", -1},
	{"a**", "", -1},
	{"a{2}+", "", -1},
	{"*a", "", -1},
	{"(a", "", -1},
	{"a)", "", -1},
	{"[b-a]", "", -1},
	{"[a", "", -1},
	{"[\\B]", "", -1},
	{"a{1001}", "", -1},
	{"(((a{1000}){1000}){1000}){1000}", "", -1},
	{"\xff", "", -1},
};

static void test_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		_cleanup_pattern_ struct pattern *p = NULL;
		uint64_t steps = 100000;
		int rc = pattern_compile(patterns[i].pattern, &p);

		if (!rc)
			rc = pattern_match(p, patterns[i].text,
					   strlen(patterns[i].text), &steps);
		else
			rc = rc == -AWM_INVALID ? -1 : rc;
		if (rc != patterns[i].found)
			fail_msg("'%s' on '%s': %d, want %d (%s)",
				 patterns[i].pattern, patterns[i].text, rc,
				 patterns[i].found, awm_error_last()->message);
	}
}

/* ---- hostile ones ---- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ends soon, with the message. */
static void expect_bounded(const char *schema, const char *value,
			   const char *message)
{
	double start = seconds();
	const char *got = judge(schema, value);

	if (!strstr(got, message))
		fail_msg("%.80s: got '%s', want '%s'", schema, got, message);
	if (seconds() - start > (getenv("AWM_SANITIZED") ? 60 : 6))
		fail_msg("%.80s: took %.1f s", schema, seconds() - start);
}

/* A chain of 40 schemas, each of which refers to the next twice. */
static void add_chain(struct buf *b, const char *keyword)
{
	for (int i = 0; i < 40; i++)
		buf_addf(b,
			 ",\"%d\":{\"%s\":[{\"$ref\":\"#/$defs/%d\"},"
			 "{\"$ref\":\"#/$defs/%d\"}]}",
			 i, keyword, i + 1, i + 1);
	buf_adds(b, "}}");
}

static void test_circles(void **state)
{
	static const char deep[] = "the schema goes too deep";
	static const char slow[] = "the schema takes too long";
	_cleanup_buf_ struct buf wide = {0}, nested = {0};

	(void)state;
	expect_bounded("{\"$ref\":\"#\"}", "1", deep);
	expect_bounded("{\"$dynamicRef\":\"#a\",\"$dynamicAnchor\":\"a\"}", "1",
		       deep);
	expect_bounded("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":"
		       "\"#/$defs/b\"},\"b\":{\"anyOf\":[{\"$ref\":"
		       "\"#/$defs/a\"}]}}}",
		       "1", deep);
	expect_bounded("{\"not\":{\"$ref\":\"#\"}}", "1", deep);
	/* such a one is fine: it ends with the value */
	assert_string_equal(judge("{\"properties\":{\"a\":{\"$ref\":\"#\"}}}",
				  "{\"a\":{\"a\":{}}}"),
			    "");
	buf_adds(&wide, "{\"$ref\":\"#/$defs/0\",\"$defs\":{\"40\":true");
	add_chain(&wide, "allOf");
	expect_bounded(wide.s, "1", slow);
	/* with annotations to collect, "anyOf" has to try them all */
	buf_truncate(&wide, 0);
	buf_adds(&wide, "{\"unevaluatedProperties\":false,\"$ref\":"
			"\"#/$defs/0\",\"$defs\":{\"40\":{\"properties\":{"
			"\"a\":true}}");
	add_chain(&wide, "anyOf");
	expect_bounded(wide.s, "{\"a\":1}", slow);
	/* as deep as JSON may be */
	for (int i = 0; i < 31; i++)
		buf_adds(&nested, "{\"items\":{\"not\":");
	buf_adds(&nested, "true");
	for (int i = 0; i < 31; i++)
		buf_adds(&nested, "}}");
	assert_string_equal(judge(nested.s, "[]"), "");
}

static void test_redos(void **state)
{
	static const char slow[] = "a pattern takes too long";
	_cleanup_buf_ struct buf text = {0}, many = {0};

	(void)state;
	buf_addc(&text, '"');
	for (int i = 0; i < 60000; i++)
		buf_addc(&text, 'a');
	buf_adds(&text, "!\"");
	expect_bounded("{\"pattern\":\"^(a+)+$\"}", text.s, slow);
	expect_bounded("{\"pattern\":\"(a|aa)*$\"}", text.s, slow);
	expect_bounded("{\"pattern\":\"(.*)(.*)(.*)(.*)[bc]\"}", text.s, slow);
	expect_bounded("{\"pattern\":\"[^b]*[^b]*[^b]*(b|c)\"}", text.s, slow);
	expect_bounded("{\"pattern\":\"(?:a{1000}|c)(d|e)\"}", text.s, "");
	/* many small ones add up */
	buf_adds(&many, "[\"aaaaaaaaaaaaaaaaaaaa!\"");
	for (int i = 0; i < 20000; i++)
		buf_adds(&many, ",\"aaaaaaaaaaaaaaaaaaaa!\"");
	buf_addc(&many, ']');
	expect_bounded("{\"items\":{\"not\":{\"pattern\":\"^(a+)+$\"}}}",
		       many.s, slow);
	/* and a text past the bound is said to be that */
	buf_truncate(&text, text.len - 1);
	for (int i = 0; i < 10000; i++)
		buf_addc(&text, 'a');
	buf_addc(&text, '"');
	expect_bounded("{\"pattern\":\"a\"}", text.s, "too long for a pattern");
}

/* Large, but nothing wrong with it: well inside of the bounds. */
static void test_large(void **state)
{
	_cleanup_buf_ struct buf schema = {0}, value = {0};

	(void)state;
	buf_adds(&schema, "{\"uniqueItems\":true,\"items\":{\"enum\":[0");
	buf_adds(&value, "[0");
	for (int i = 1; i < 100000; i++) {
		buf_addf(&schema, ",%d", i);
		buf_addf(&value, ",%d", i);
	}
	buf_adds(&schema, "]}}");
	buf_addc(&value, ']');
	assert_string_equal(judge(schema.s, value.s), "");

	buf_truncate(&schema, 0);
	buf_truncate(&value, 0);
	buf_adds(&schema,
		 "{\"additionalProperties\":false,\"required\":[\"0\"],"
		 "\"properties\":{\"0\":true");
	buf_adds(&value, "{\"0\":1");
	for (int i = 1; i < 20000; i++) {
		buf_addf(&schema, ",\"%d\":{\"type\":\"integer\"}", i);
		buf_addf(&value, ",\"%d\":%d", i, i);
	}
	buf_adds(&schema, "}}");
	buf_addc(&value, '}');
	assert_string_equal(judge(schema.s, value.s), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suite),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_schemas),
		cmocka_unit_test(test_all_failures),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_redos),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
