/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "entity/shape.h"

/* JSON, and the beginning of the message that refuses it; NULL: accepted. */
struct probe {
	const char *json;
	const char *message;
};

static void run(const struct awm_shape *shape, const char *what,
		const struct probe *probes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct probe *p = &probes[i];
		int rc = shape_check(shape, p->json, strlen(p->json), what);
		const char *got = rc ? awm_error_last()->message : "accepted";
		const char *want = p->message ? p->message : "accepted";

		if (strcmp(got, want) != 0)
			fail_msg("%s: %s, want %s", p->json, got, want);
		assert_int_equal(rc, p->message ? -AWM_INVALID : 0);
	}
}

#define RUN(shape, what, probes) run(&(shape), what, probes, ARRAY_LEN(probes))

static void test_malformed(void **state)
{
	static const char *const texts[] = {
		"",	 "{",	     "nope", "[1,]", "{\"a\":1,\"a\":2}",
		"[] []", "\"\xff\"", "[01]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct awm_shape *shapes[] = {&shape_any, &shape_names};

		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(shape_check(shapes[k], texts[i],
						     strlen(texts[i]), "tags"),
					 -AWM_USAGE);
			assert_memory_equal(awm_error_last()->message,
					    "tags: ", 6);
		}
	}
}

static void test_preferences(void **state)
{
	static const struct probe probes[] = {
		{"{}", NULL},
		{"{\"defaultAI\":\"local\",\"theme\":\"dark\","
		 "\"notifications\":{\"email\":true,\"desktop\":false,"
		 "\"mentions\":true,\"assignments\":true},\"editor\":"
		 "{\"autoSave\":true,\"fontSize\":12.5,\"keyBindings\":"
		 "\"vim\"}}",
		 NULL},
		{"[]", "preferences: want an object"},
		{"null", "preferences: want an object"},
		{"{\"editor\":{\"fontSize\":\"12\"}}",
		 "preferences.editor.fontSize: want a number"},
		{"{\"editor\":{\"fontsize\":12}}",
		 "preferences.editor.fontsize: unknown key"},
		{"{\"theme\":\"blue\"}",
		 "preferences.theme: want one of light, dark, system"},
		{"{\"theme\":null}",
		 "preferences.theme: want one of light, dark, system"},
		{"{\"notifications\":{\"email\":1}}",
		 "preferences.notifications.email: want true or false"},
	};

	(void)state;
	RUN(shape_preferences, "preferences", probes);
}

static void test_unknown_keys_are_named(void **state)
{
	static const char json[] = "{\"them\":\"dark\"}";

	(void)state;
	assert_int_equal(shape_check(&shape_preferences, json, sizeof(json) - 1,
				     "preferences"),
			 -AWM_INVALID);
	assert_string_equal(awm_error_last()->hint,
			    "one of defaultAI, theme, notifications, editor");
}

static void test_lists(void **state)
{
	static const struct probe names[] = {
		{"[]", NULL},
		{"[\"a\",\"\\u00fc b\"]", NULL},
		{"{}", "tags: want an array"},
		{"[\"a\",\"\"]", "tags[1]: want 1 to 1,000 characters"},
		{"[1]", "tags[0]: want a string"},
		{"[\"a\\nb\"]",
		 "tags[0]: want one line without control characters"},
	};
	static const struct probe ids[] = {
		{"[1,2,9007199254740991]", NULL},
		{"[0]", "ids[0]: want a whole number from 1"},
		{"[1.5]", "ids[0]: want a whole number from 1"},
		{"[\"1\"]", "ids[0]: want a whole number from 1"},
	};
	static const struct probe events[] = {
		{"[\"*\",\"task.*\",\"task.status_changed\"]", NULL},
		{"[]", "events: want at least one element"},
		{"[\"Task\"]",
		 "events[0]: want an event like task.completed or task.*"},
		{"[\"task.\"]",
		 "events[0]: want an event like task.completed or task.*"},
	};

	(void)state;
	RUN(shape_names, "tags", names);
	RUN(shape_ids, "ids", ids);
	RUN(shape_events, "events", events);
}

static void test_maps(void **state)
{
	static const struct probe reactions[] = {
		{"{}", NULL},
		{"{\"👍\":[1,2],\"🎉\":[]}", NULL},
		{"{\"👍\":1}", "reactions.👍: want an array"},
		{"{\"👍\":[0]}", "reactions.👍[0]: want a whole number from 1"},
		{"{\"\":[1]}", "reactions: want keys of 1 to 1,000 "
			       "characters, one line each"},
	};
	static const struct probe headers[] = {
		{"{\"X-Key\":\"v\"}", NULL},
		{"{\"X Key\":\"v\"}",
		 "headers: want header names as HTTP allows them"},
		{"{\"X-Key\":\"a\\r\\nB: c\"}",
		 "headers: want header values of one line"},
		{"{\"X-Key\":1}", "headers.X-Key: want a string"},
	};

	(void)state;
	RUN(shape_reactions, "reactions", reactions);
	RUN(shape_headers, "headers", headers);
}

static void test_usage_and_commits(void **state)
{
	static const struct probe usage[] = {
		{"{\"promptTokens\":1,\"completionTokens\":2,"
		 "\"totalTokens\":3,\"cachedTokens\":1}",
		 NULL},
		{"{\"promptTokens\":1}",
		 "tokenUsage: missing completionTokens"},
		{"{\"promptTokens\":-1,\"completionTokens\":2,"
		 "\"totalTokens\":3}",
		 "tokenUsage.promptTokens: want a number from 0"},
	};
	static const struct probe commits[] = {
		{"[{\"sha\":\"ab\",\"message\":\"m\\nn\",\"author\":\"A\","
		 "\"timestamp\":\"2026-11-22T17:00:00Z\"}]",
		 NULL},
		{"[{\"sha\":\"ab\",\"message\":\"m\",\"author\":\"A\"}]",
		 "gitCommits[0]: missing timestamp"},
		{"[{\"sha\":\"ab\",\"message\":\"m\",\"author\":\"A\","
		 "\"timestamp\":\"t\",\"url\":1}]",
		 "gitCommits[0].url: want a string"},
	};

	(void)state;
	RUN(shape_token_usage, "tokenUsage", usage);
	RUN(shape_git_commits, "gitCommits", commits);
}

static void test_reviews_and_schemas(void **state)
{
	static const struct probe reviews[] = {
		{"[{\"userId\":1,\"rating\":5,\"comment\":\"good\","
		 "\"createdAt\":\"2026-11-22T17:00:00Z\"}]",
		 NULL},
		{"[{\"userId\":1,\"rating\":6,"
		 "\"createdAt\":\"2026-11-22T17:00:00Z\"}]",
		 "reviews[0].rating: want a whole number from 1 to 5"},
		{"[{\"userId\":1,\"rating\":1,\"createdAt\":\"tomorrow\"}]",
		 "reviews[0].createdAt: want a time like "
		 "2026-11-22T17:00:00Z"},
	};
	static const struct probe schemas[] = {
		{"{\"type\":\"object\"}", NULL},
		{"true", NULL},
		{"[]", "inputSchema: want a JSON Schema, an object or a "
		       "boolean"},
	};

	(void)state;
	RUN(shape_reviews, "reviews", reviews);
	RUN(shape_schema, "inputSchema", schemas);
}

static void test_trigger(void **state)
{
	static const struct probe probes[] = {
		{"{\"type\":\"event\",\"event\":\"task.status_changed\","
		 "\"conditions\":[{\"field\":\"status\",\"op\":\"eq\","
		 "\"value\":\"done\"},{\"field\":\"x\",\"op\":\"changed\"},"
		 "{\"field\":\"x\",\"op\":\"eq\",\"value\":null}]}",
		 NULL},
		{"{\"type\":\"schedule\",\"cron\":\"0 9 * * 1-5\","
		 "\"timezone\":\"Europe/Berlin\",\"misfire\":\"skip\"}",
		 NULL},
		{"{\"type\":\"schedule\",\"cron\":\"@daily\"}", NULL},
		{"{\"type\":\"manual\"}", NULL},
		{"{}", "trigger: missing type"},
		{"[]", "trigger: want an object"},
		{"{\"type\":\"timer\"}", "trigger.type: unknown type"},
		{"{\"type\":1}", "trigger.type: unknown type"},
		{"{\"type\":\"event\"}", "trigger: missing event"},
		{"{\"type\":\"schedule\"}", "trigger: missing cron"},
		{"{\"type\":\"manual\",\"cron\":\"* * * * *\"}",
		 "trigger.cron: unknown key"},
		{"{\"type\":\"schedule\",\"cron\":\"0 9 * *\"}",
		 "trigger.cron: want five cron fields like '0 9 * * 1-5'"},
		{"{\"type\":\"schedule\",\"cron\":\"* * * * *\","
		 "\"timezone\":\"Mars/Base\"}",
		 "trigger.timezone: want a time zone like Europe/Berlin"},
		{"{\"type\":\"schedule\",\"cron\":\"* * * * *\","
		 "\"misfire\":\"all\"}",
		 "trigger.misfire: want one of once, skip"},
		{"{\"type\":\"event\",\"event\":\"task.*\",\"conditions\":"
		 "[{\"field\":\"a\",\"op\":\"like\",\"value\":1}]}",
		 "trigger.conditions[0].op: want one of eq, ne, in, nin, gt, "
		 "gte, lt, lte, contains, matches, changed, from, to"},
		{"{\"type\":\"event\",\"event\":\"task.*\",\"conditions\":"
		 "[{\"field\":\"a\",\"op\":\"eq\"}]}",
		 "trigger.conditions[0]: want a value beside that op"},
		{"{\"type\":\"event\",\"event\":\"task.*\",\"conditions\":"
		 "[{\"field\":\"a\",\"op\":\"changed\",\"value\":1}]}",
		 "trigger.conditions[0]: want no value beside op 'changed'"},
		{"{\"type\":\"event\",\"event\":\"task.*\",\"conditions\":"
		 "[{\"field\":\"a\",\"op\":\"in\",\"value\":1}]}",
		 "trigger.conditions[0]: want an array as the value of 'in' "
		 "and 'nin'"},
		{"{\"type\":\"event\",\"event\":\"task.*\",\"conditions\":"
		 "[{\"field\":\"a\",\"op\":\"matches\",\"value\":1}]}",
		 "trigger.conditions[0]: want a string as the value of "
		 "'matches'"},
	};

	(void)state;
	RUN(shape_trigger, "trigger", probes);
}

static void test_actions(void **state)
{
	static const struct probe probes[] = {
		{"[{\"type\":\"task.update\",\"params\":{\"priority\":"
		 "\"high\"}},"
		 "{\"type\":\"task.create\",\"params\":{\"title\":\"{{t}}\","
		 "\"tags\":[\"x\"]}},"
		 "{\"type\":\"task.assign\",\"params\":{\"assignee\":3}},"
		 "{\"type\":\"comment.add\",\"params\":{\"content\":\"x\"}},"
		 "{\"type\":\"notify\",\"params\":{\"user\":\"me\",\"title\":"
		 "\"x\",\"content\":\"y\"}},"
		 "{\"type\":\"exec.run\",\"params\":{\"skill\":\"s\"}},"
		 "{\"type\":\"webhook.send\",\"params\":{\"webhook\":1}},"
		 "{\"type\":\"template.apply\",\"params\":{\"template\":"
		 "\"t\",\"title\":\"x\"}},"
		 "{\"type\":\"command.run\",\"params\":{\"argv\":[\"true\"]}"
		 "}]",
		 NULL},
		{"[]", "actions: want at least one element"},
		{"[{}]", "actions[0]: missing type"},
		{"[{\"type\":\"task.delete\",\"params\":{}}]",
		 "actions[0].type: unknown type"},
		{"[{\"type\":\"task.update\"}]", "actions[0]: missing params"},
		{"[{\"type\":\"task.update\",\"params\":{},\"if\":1}]",
		 "actions[0].if: unknown key"},
		{"[{\"type\":\"comment.add\",\"params\":{\"text\":\"x\"}}]",
		 "actions[0].params.text: unknown key"},
		{"[{\"type\":\"comment.add\",\"params\":{}}]",
		 "actions[0].params: missing content"},
		{"[{\"type\":\"task.create\",\"params\":{\"project\":1}}]",
		 "actions[0].params: missing title"},
		{"[{\"type\":\"command.run\",\"params\":{\"argv\":\"ls\"}}]",
		 "actions[0].params.argv: want an array"},
		{"[{\"type\":\"command.run\",\"params\":{\"argv\":[]}}]",
		 "actions[0].params.argv: want at least one element"},
		{"[{\"type\":\"task.assign\",\"params\":{\"assignee\":[]}}]",
		 "actions[0].params.assignee: want a string, a number or a "
		 "boolean"},
	};

	(void)state;
	RUN(shape_actions, "actions", probes);
}

static void test_structure(void **state)
{
	static const struct probe probes[] = {
		{"{\"tasks\":[]}", NULL},
		{"{\"tasks\":[{\"title\":\"a\",\"description\":\"b\","
		 "\"priority\":\"low\",\"estimatedMinutes\":30,\"skills\":"
		 "[\"s\"]}],\"skills\":[\"s\"],\"automations\":[{\"name\":"
		 "\"n\",\"trigger\":{\"type\":\"manual\"},\"actions\":"
		 "[{\"type\":\"notify\",\"params\":{}}]}]}",
		 NULL},
		{"{}", "projectStructure: missing tasks"},
		{"{\"task\":[]}", "projectStructure.task: unknown key"},
		{"{\"tasks\":[{}]}",
		 "projectStructure.tasks[0]: missing title"},
		{"{\"tasks\":[{\"title\":\"\"}]}",
		 "projectStructure.tasks[0].title: want 1 to 1,000 characters"},
		{"{\"tasks\":[{\"title\":\"a\",\"prio\":\"low\"}]}",
		 "projectStructure.tasks[0].prio: unknown key"},
		{"{\"tasks\":[{\"title\":\"a\",\"priority\":\"p1\"}]}",
		 "projectStructure.tasks[0].priority: want one of low, medium, "
		 "high, urgent"},
		{"{\"tasks\":[{\"title\":\"a\",\"estimatedMinutes\":-1}]}",
		 "projectStructure.tasks[0].estimatedMinutes: want a number "
		 "from 0"},
		{"{\"tasks\":[],\"automations\":[{\"name\":\"n\",\"trigger\":"
		 "{\"type\":\"event\"},\"actions\":[]}]}",
		 "projectStructure.automations[0].trigger: missing event"},
	};

	(void)state;
	RUN(shape_project_structure, "projectStructure", probes);
}

/* A path of any length, and bytes that a terminal would act on. */
static void test_hostile_keys(void **state)
{
	char json[4096];
	int n = snprintf(json, sizeof(json), "{\"%02000d\":1}", 0);

	(void)state;
	assert_int_equal(shape_check(&shape_preferences, json, (size_t)n, "p"),
			 -AWM_INVALID);
	n = snprintf(json, sizeof(json), "{\"\xc2\x9b\":1}");
	assert_int_equal(shape_check(&shape_preferences, json, (size_t)n, "p"),
			 -AWM_INVALID);
	assert_string_equal(awm_error_last()->message,
			    "p.\\xC2\\x9B: unknown key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_preferences),
		cmocka_unit_test(test_unknown_keys_are_named),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_usage_and_commits),
		cmocka_unit_test(test_reviews_and_schemas),
		cmocka_unit_test(test_trigger),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_hostile_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
