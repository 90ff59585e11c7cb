/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "entity/entity.h"
#include "entity/field.h"

#define NOW INT64_C(1795366800000) /* 2026-11-22T17:00:00Z */

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#define FIELD(entity, column) (&entity_##entity.fields[column])

static int parse(const struct awm_field *f, const char *text,
		 struct awm_value *ret)
{
	return field_parse(f, text, NULL, NOW, &arena, ret);
}

static void refuse(const struct awm_field *f, const char *text,
		   enum awm_err code)
{
	struct awm_value v = AWM_VALUE_INT(-77);
	int rc = parse(f, text, &v);

	if (rc != -(int)code)
		fail_msg("%s '%s': %d (%s), want %d", f->name, text, rc,
			 rc ? awm_error_last()->message : "accepted",
			 -(int)code);
	assert_int_equal(v.i, -77);
}

static void take_int(const struct awm_field *f, const char *text, int64_t want)
{
	struct awm_value v;

	if (parse(f, text, &v) < 0)
		fail_msg("%s '%s': %s", f->name, text,
			 awm_error_last()->message);
	assert_int_equal(v.kind, AWM_INT);
	if (v.i != want)
		fail_msg("%s '%s': %lld, want %lld", f->name, text,
			 (long long)v.i, (long long)want);
}

static void take_text(const struct awm_field *f, const char *text,
		      const char *want)
{
	struct awm_value v;

	if (parse(f, text, &v) < 0)
		fail_msg("%s '%s': %s", f->name, text,
			 awm_error_last()->message);
	assert_int_equal(v.kind, AWM_TEXT);
	assert_string_equal(v.s, want);
	assert_int_equal(v.len, strlen(want));
}

static void take_null(const struct awm_field *f, const char *text)
{
	struct awm_value v;

	assert_int_equal(parse(f, text, &v), 0);
	assert_int_equal(v.kind, AWM_NULL);
}

static void test_integers(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_order);
	static const char *const bad[] = {
		"",
		"-",
		"+5",
		"1e3",
		"0x10",
		" 5",
		"5 ",
		"1.0",
		"5a",
		"9223372036854775808",
		"-9223372036854775809",
		"none",
	};

	(void)state;
	take_int(f, "0", 0);
	take_int(f, "-12", -12);
	take_int(f, "9007199254740993", INT64_C(9007199254740993));
	take_int(f, "9223372036854775807", INT64_MAX);
	take_int(f, "-9223372036854775808", INT64_MIN);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuse(f, bad[i], AWM_USAGE);
	take_int(FIELD(execution, EXECUTION_rating), "5", 5);
	refuse(FIELD(execution, EXECUTION_rating), "6", AWM_INVALID);
	refuse(FIELD(execution, EXECUTION_rating), "0", AWM_INVALID);
	refuse(FIELD(execution, EXECUTION_maxTokens), "0", AWM_INVALID);
}

static void test_ids(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_projectId);
	static const char *const bad[] = {
		"",    "#",    "##1",
		"-1",  "#-1",  "1.0",
		"one", "none", "9223372036854775808",
	};

	(void)state;
	take_int(f, "12", 12);
	take_int(f, "#12", 12);
	take_int(f, "9223372036854775807", INT64_MAX);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuse(f, bad[i], AWM_USAGE);
	refuse(f, "0", AWM_INVALID);
	take_null(FIELD(task, TASK_assigneeId), "none");
	take_null(FIELD(task, TASK_assigneeId), "");
}

static void test_reals(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_estimatedCost);
	static const struct {
		const char *text;
		double want;
	} good[] = {{"0", 0},
		    {"1.5", 1.5},
		    {"2e-3", 0.002},
		    {"7E2", 700},
		    {".5", 0.5}};
	static const char *const bad[] = {"nan", "inf",	 "0x1p3", "1.", ".",
					  "+1",	 "1e",	 "1,5",	  " 1", "1e999",
					  "1 ",	 "1e+3", "--1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct awm_value v;

		assert_int_equal(parse(f, good[i].text, &v), 0);
		assert_int_equal(v.kind, AWM_REAL);
		assert_true(v.r == good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuse(f, bad[i], AWM_USAGE);
	refuse(f, "-0.5", AWM_INVALID);
	take_null(f, "none");
}

static void test_booleans(void **state)
{
	const struct awm_field *f = FIELD(project, PROJECT_isFavorite);

	(void)state;
	take_int(f, "true", 1);
	take_int(f, "YES", 1);
	take_int(f, "1", 1);
	take_int(f, "false", 0);
	take_int(f, "no", 0);
	take_int(f, "0", 0);
	refuse(f, "maybe", AWM_USAGE);
	refuse(f, "2", AWM_USAGE);
	refuse(f, "", AWM_USAGE);
}

static void test_enums(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_status);

	(void)state;
	take_text(f, "todo", "todo");
	take_text(f, "in-progress", "in_progress");
	take_text(f, "In_Review", "in_review");
	refuse(f, "don", AWM_USAGE);
	assert_string_equal(awm_error_last()->message, "unknown status 'don'");
	assert_string_equal(awm_error_last()->hint,
			    "did you mean 'done'? one of todo, in_progress, "
			    "in_review, done, blocked");
	refuse(f, "zzzzzzzzzz", AWM_USAGE);
	assert_string_equal(awm_error_last()->hint,
			    "one of todo, in_progress, in_review, done, "
			    "blocked");
	refuse(f, "", AWM_USAGE);
	refuse(f, "none", AWM_USAGE);
	take_null(FIELD(task, TASK_aiProvider), "none");
}

static void test_times(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_dueDate);
	struct awm_value v;

	(void)state;
	take_int(f, "2026-11-22T17:00:00Z", NOW);
	take_int(f, "now", NOW);
	assert_int_equal(field_parse(f, "2026-11-22T18:00", "Europe/Berlin",
				     NOW, &arena, &v),
			 0);
	assert_int_equal(v.i, NOW);
	refuse(f, "01/02/2026", AWM_USAGE);
	assert_non_null(strstr(awm_error_last()->message, "dueDate"));
	take_null(f, "none");
	refuse(FIELD(time_entry, TIME_ENTRY_startTime), "none", AWM_USAGE);
}

static void test_durations(void **state)
{
	const struct awm_field *f = FIELD(task, TASK_estimatedMinutes);
	const struct awm_field *hours = FIELD(project, PROJECT_estimatedHours);
	struct awm_value v;

	(void)state;
	take_int(f, "90", 90);
	take_int(f, "1h30m", 90);
	take_int(f, "90s", 2);
	take_int(f, "PT1H", 60);
	take_null(f, "none");
	refuse(f, "-5", AWM_INVALID);
	refuse(f, "1e3", AWM_USAGE);
	refuse(f, "soon", AWM_USAGE);
	take_int(FIELD(time_entry, TIME_ENTRY_duration), "1h", 3600);
	take_int(FIELD(time_entry, TIME_ENTRY_duration), "45s", 45);
	take_int(FIELD(execution, EXECUTION_duration), "1500", 1500);
	assert_int_equal(parse(hours, "40", &v), 0);
	assert_true(v.r == 40);
	assert_int_equal(parse(hours, "1h30m", &v), 0);
	assert_true(v.r == 1.5);
	refuse(hours, "-1", AWM_INVALID);
	/* Blanks around a number do not make it minutes. */
	for (size_t i = 0; i < 4; i++) {
		static const char *const fives[] = {" 5", "5 ", "\t5.0 ",
						    "5h "};

		assert_int_equal(parse(hours, fives[i], &v), 0);
		assert_true(v.r == 5);
	}
	refuse(hours, " -1", AWM_INVALID);
	take_int(f, " 90 ", 90);
	/* No more than ten years. */
	take_int(f, "5260320", 5260320);
	take_int(f, "3653d", 5260320);
	refuse(f, "3654d", AWM_USAGE);
	assert_int_equal(parse(hours, "87672", &v), 0);
	refuse(hours, "87673", AWM_INVALID);
	refuse(hours, "1e9", AWM_INVALID);
	v = AWM_VALUE_INT(5260321);
	assert_int_equal(field_check(f, &v), -AWM_INVALID);
	assert_string_equal(awm_error_last()->message,
			    "estimatedMinutes: want 0 to 5260320");
}

static void test_texts(void **state)
{
	const struct awm_field *title = FIELD(task, TASK_title);
	const struct awm_field *text = FIELD(task, TASK_description);
	char longest[1002];

	(void)state;
	take_text(title, "Grüße 👍", "Grüße 👍");
	take_text(title, "none", "none");
	refuse(title, "", AWM_INVALID);
	refuse(title, "a\nb", AWM_INVALID);
	refuse(title, "a\x1b[31m", AWM_INVALID);
	refuse(title, "a\xff", AWM_USAGE);
	memset(longest, 'x', sizeof(longest));
	longest[1000] = '\0';
	take_text(title, longest, longest);
	longest[1000] = 'x';
	longest[1001] = '\0';
	refuse(title, longest, AWM_INVALID);
	take_text(text, "a\n\tb\x1b", "a\n\tb\x1b");
	refuse(text, "\xc0\x80", AWM_USAGE);
	take_null(text, "");
	take_null(text, "none");
}

static void test_named_rules(void **state)
{
	(void)state;
	take_text(FIELD(user, USER_email), "Ada@Example.ORG",
		  "ada@example.org");
	refuse(FIELD(user, USER_email), "ada", AWM_INVALID);
	refuse(FIELD(user, USER_email), "@b", AWM_INVALID);
	refuse(FIELD(user, USER_email), "a@", AWM_INVALID);
	refuse(FIELD(user, USER_email), "a@b@c", AWM_INVALID);
	refuse(FIELD(user, USER_email), "a b@c", AWM_INVALID);
	take_text(FIELD(user, USER_email), "me@localhost", "me@localhost");
	take_text(FIELD(user, USER_timezone), "Europe/Berlin", "Europe/Berlin");
	refuse(FIELD(user, USER_timezone), "Mars/Base", AWM_INVALID);
	refuse(FIELD(user, USER_timezone), "../../etc/passwd", AWM_INVALID);
	take_text(FIELD(project, PROJECT_color), "#1e90FF", "#1e90FF");
	take_text(FIELD(project, PROJECT_color), "#abc", "#abc");
	refuse(FIELD(project, PROJECT_color), "blue", AWM_INVALID);
	refuse(FIELD(project, PROJECT_color), "#abcd", AWM_INVALID);
	refuse(FIELD(project, PROJECT_color), "#abg", AWM_INVALID);
	take_text(FIELD(team, TEAM_slug), "team-1", "team-1");
	refuse(FIELD(team, TEAM_slug), "Team 1", AWM_INVALID);
	refuse(FIELD(team, TEAM_slug), "-a", AWM_INVALID);
	refuse(FIELD(project, PROJECT_gitRepository), "https://x\n",
	       AWM_INVALID);
}

static void test_json_text(void **state)
{
	(void)state;
	take_text(FIELD(task, TASK_tags), "[ \"a\" ]", "[ \"a\" ]");
	refuse(FIELD(task, TASK_tags), "[\"\"]", AWM_INVALID);
	refuse(FIELD(task, TASK_tags), "[", AWM_USAGE);
	refuse(FIELD(task, TASK_tags), "none", AWM_USAGE);
	take_null(FIELD(task, TASK_mcpConfig), "none");
	refuse(FIELD(task, TASK_mcpConfig), "[]", AWM_INVALID);
	refuse(FIELD(webhook, WEBHOOK_secret), "whsec_x", AWM_USAGE);
}

static void check_value(const struct awm_field *f, struct awm_value v, int rc)
{
	int got = field_check(f, &v);

	if (got != rc)
		fail_msg("%s: %d (%s), want %d", f->name, got,
			 got ? awm_error_last()->message : "accepted", rc);
}

static void test_check(void **state)
{
	struct awm_value nul = {.kind = AWM_TEXT, .len = 3, .s = "a\0b"};
	char *big = malloc(FIELD_TEXT_MAX + 2);

	(void)state;
	assert_non_null(big);
	memset(big, 'x', FIELD_TEXT_MAX + 1);
	big[FIELD_TEXT_MAX + 1] = '\0';
	check_value(FIELD(task, TASK_title), AWM_VALUE_NULL, -AWM_INVALID);
	check_value(FIELD(task, TASK_dueDate), AWM_VALUE_NULL, 0);
	check_value(FIELD(task, TASK_title), AWM_VALUE_INT(1), -AWM_USAGE);
	check_value(FIELD(task, TASK_description), nul, -AWM_USAGE);
	check_value(FIELD(task, TASK_description), awm_value_text(big),
		    -AWM_INVALID);
	big[FIELD_TEXT_MAX] = '\0';
	check_value(FIELD(task, TASK_description), awm_value_text(big), 0);
	check_value(FIELD(task, TASK_status), awm_value_text("todo"), 0);
	check_value(FIELD(task, TASK_status), awm_value_text("Todo"),
		    -AWM_USAGE);
	check_value(FIELD(project, PROJECT_isArchived), AWM_VALUE_INT(2),
		    -AWM_USAGE);
	check_value(FIELD(task, TASK_projectId), AWM_VALUE_INT(0),
		    -AWM_INVALID);
	check_value(FIELD(task, TASK_dueDate), AWM_VALUE_INT(INT64_MAX),
		    -AWM_INVALID);
	check_value(FIELD(task, TASK_actualCost), AWM_VALUE_REAL(NAN),
		    -AWM_USAGE);
	check_value(FIELD(task, TASK_actualCost), AWM_VALUE_INT(3), 0);
	check_value(FIELD(task, TASK_actualCost), AWM_VALUE_REAL(-1),
		    -AWM_INVALID);
	check_value(FIELD(skill, SKILL_rating), AWM_VALUE_REAL(4.5), 0);
	free(big);
}

/* From JSON and back */

static int from_json(const struct awm_field *f, const char *json,
		     struct awm_value *ret)
{
	_cleanup_json_ cJSON *node = NULL;

	assert_int_equal(json_parse(json, strlen(json), &node), 0);
	return field_from_json(f, node, &arena, ret);
}

static void round_trip(const struct awm_field *f, const char *json,
		       const char *want)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	struct awm_value v;

	if (from_json(f, json, &v) < 0)
		fail_msg("%s %s: %s", f->name, json, awm_error_last()->message);
	field_to_json(&w, f, &v);
	assert_string_equal(buf_str(&out), want);
}

static void refuse_json(const struct awm_field *f, const char *json,
			enum awm_err code)
{
	struct awm_value v;
	int rc = from_json(f, json, &v);

	if (rc != -(int)code)
		fail_msg("%s %s: %d, want %d", f->name, json, rc, -(int)code);
}

static void test_json_values(void **state)
{
	(void)state;
	round_trip(FIELD(task, TASK_order), "-3", "-3");
	round_trip(FIELD(task, TASK_title), "\"x\"", "\"x\"");
	round_trip(FIELD(task, TASK_status), "\"In-Progress\"",
		   "\"in_progress\"");
	round_trip(FIELD(task, TASK_assigneeId), "null", "null");
	round_trip(FIELD(task, TASK_estimatedCost), "0.25", "0.25");
	round_trip(FIELD(project, PROJECT_isFavorite), "true", "true");
	round_trip(FIELD(task, TASK_dueDate), "\"2026-11-22T17:00:00Z\"",
		   "\"2026-11-22T17:00:00.000Z\"");
	round_trip(FIELD(task, TASK_dueDate), "1795366800000",
		   "\"2026-11-22T17:00:00.000Z\"");
	round_trip(FIELD(task, TASK_tags), "[ \"a\", \"b\" ]", "[\"a\",\"b\"]");
	round_trip(FIELD(webhook, WEBHOOK_secret), "\"envelope\"", "\"set\"");
	round_trip(FIELD(webhook, WEBHOOK_secret), "null", "null");
	round_trip(FIELD(integration, INTEGRATION_credentials), "{\"v\":1}",
		   "\"set\"");
	round_trip(FIELD(user, USER_email), "\"A@B\"", "\"a@b\"");
}

static void test_json_refusals(void **state)
{
	(void)state;
	refuse_json(FIELD(task, TASK_order), "1.5", AWM_USAGE);
	refuse_json(FIELD(task, TASK_order), "\"1\"", AWM_USAGE);
	refuse_json(FIELD(task, TASK_projectId), "\"1\"", AWM_USAGE);
	refuse_json(FIELD(task, TASK_projectId), "0", AWM_INVALID);
	refuse_json(FIELD(task, TASK_projectId), "null", AWM_INVALID);
	refuse_json(FIELD(task, TASK_title), "5", AWM_USAGE);
	refuse_json(FIELD(task, TASK_title), "\"\"", AWM_INVALID);
	refuse_json(FIELD(task, TASK_status), "\"doing\"", AWM_USAGE);
	refuse_json(FIELD(task, TASK_status), "1", AWM_USAGE);
	refuse_json(FIELD(task, TASK_dueDate), "true", AWM_USAGE);
	refuse_json(FIELD(task, TASK_dueDate), "\"someday\"", AWM_USAGE);
	refuse_json(FIELD(task, TASK_estimatedCost), "\"1\"", AWM_USAGE);
	refuse_json(FIELD(project, PROJECT_isFavorite), "1", AWM_USAGE);
	refuse_json(FIELD(task, TASK_tags), "[1]", AWM_INVALID);
	refuse_json(FIELD(webhook, WEBHOOK_secret), "\"set\"", AWM_INVALID);
	refuse_json(FIELD(webhook, WEBHOOK_secret), "1", AWM_USAGE);
}

/* A database is untrusted: a JSON column that holds none is shown as text. */
static void test_broken_json_column(void **state)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	struct awm_value v = awm_value_text("[1,");

	(void)state;
	field_to_json(&w, FIELD(task, TASK_tags), &v);
	assert_string_equal(buf_str(&out), "\"[1,\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_integers, release),
		cmocka_unit_test_teardown(test_ids, release),
		cmocka_unit_test_teardown(test_reals, release),
		cmocka_unit_test_teardown(test_booleans, release),
		cmocka_unit_test_teardown(test_enums, release),
		cmocka_unit_test_teardown(test_times, release),
		cmocka_unit_test_teardown(test_durations, release),
		cmocka_unit_test_teardown(test_texts, release),
		cmocka_unit_test_teardown(test_named_rules, release),
		cmocka_unit_test_teardown(test_json_text, release),
		cmocka_unit_test_teardown(test_check, release),
		cmocka_unit_test_teardown(test_json_values, release),
		cmocka_unit_test_teardown(test_json_refusals, release),
		cmocka_unit_test_teardown(test_broken_json_column, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
