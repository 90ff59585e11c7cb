/* SPDX-License-Identifier: MIT */
/* What is sent for a task, from which rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awm/awm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/prompt.h"
#include "entity/entity.h"

static char folder[64];
static struct awm_session *session;
static struct arena arena;
static int64_t project, task;

static int64_t add(const struct awm_entity *e, const struct awm_set *sets,
		   size_t n)
{
	struct awm_record *row;

	assert_int_equal(
		mutate_add(session, e, sets, n, NULL, NULL, &arena, &row), 0);
	return row->values[0].i;
}

static void set_task(size_t field, const char *text)
{
	struct awm_set set = {&entity_task.fields[field], awm_value_text(text)};

	assert_int_equal(awm_edit(session, &entity_task, task, &set, 1, NULL,
				  NULL, NULL),
			 0);
}

static int64_t add_skill(const char *name, const char *prompt, const char *in,
			 const char *out)
{
	const struct awm_field *f = entity_skill.fields;
	struct awm_set sets[] = {
		{&f[SKILL_name], awm_value_text(name)},
		{&f[SKILL_prompt], awm_value_text(prompt)},
		{&f[SKILL_description], awm_value_text("d")},
		{&f[SKILL_category], awm_value_text("c")},
		{&f[SKILL_authorId], AWM_VALUE_INT(session->actor.id)},
		{&f[SKILL_inputSchema], awm_value_text(in)},
		{&f[SKILL_outputSchema], awm_value_text(out)},
	};

	return add(&entity_skill, sets, ARRAY_LEN(sets));
}

static int build(int64_t skill, const char *inputs, struct prompt *ret)
{
	_cleanup_json_ cJSON *node = NULL;

	if (inputs)
		assert_int_equal(json_parse(inputs, strlen(inputs), &node), 0);
	return prompt_build(session, task, skill, node, &arena, ret);
}

static void expect_text(int64_t skill, const char *inputs, const char *wanted)
{
	struct prompt p;
	int rc = build(skill, inputs, &p);

	if (rc)
		fail_msg("%s", awm_error_last()->message);
	assert_string_equal(p.text, wanted);
	cJSON_Delete(p.output_schema);
}

static void expect_error(int64_t skill, const char *inputs, const char *wanted)
{
	struct prompt p;

	assert_int_equal(build(skill, inputs, &p), -AWM_INVALID);
	if (!strstr(awm_error_last()->message, wanted))
		fail_msg("'%s' lacks '%s'", awm_error_last()->message, wanted);
	assert_int_equal(awm_error_last()->code, AWM_INVALID);
	assert_string_not_equal(awm_error_last()->hint, "");
}

/* ---- tests ---- */

static void test_sources(void **state)
{
	(void)state;
	expect_text(0, NULL, "Sail\n\nTo {Rome}");
	set_task(TASK_description, "To {{input.where}}, {{where}}");
	expect_text(0, "{\"where\":\"{{x}}\"}", "Sail\n\nTo {{x}}, {{x}}");
	expect_error(0, NULL, "the prompt: line 3: no value for 'input.where'");
	set_task(TASK_description, "${{ a b }}");
	expect_error(0, NULL, "the prompt: line 3: '{{ a b }}'");
	set_task(TASK_description, NULL);
	expect_text(0, NULL, "Sail");
	set_task(TASK_generatedPrompt, "{{project.title}}: {{task.title}}");
	expect_text(0, NULL, "Web: Sail");
	expect_text(add_skill("s", "skill", NULL, NULL), NULL, "skill");
	set_task(TASK_generatedPrompt, NULL);
}

static void test_data(void **state)
{
	int64_t skill = add_skill("data",
				  "{{task.id}} {{task.tags}} {{task.priority}} "
				  "{{task.dueDate}}<{{task.description}}> "
				  "{{user.email}} {{user.id}} {{today}} "
				  "{{project.isArchived}} {{project.totalCost}}"
				  "{{#task.tags}} #{{.}}{{/task.tags}}"
				  "{{^task.dueDate}} undated{{/task.dueDate}}",
				  NULL, NULL);
	struct awm_set due = {&entity_task.fields[TASK_dueDate],
			      AWM_VALUE_INT(0)};

	(void)state;
	set_task(TASK_tags, "[\"a\",\"b\"]");
	expect_text(skill, NULL,
		    "1 [\"a\",\"b\"] medium <> ada@example.com 1 2026-11-22 "
		    "false 0 #a #b undated");
	assert_int_equal(awm_edit(session, &entity_task, task, &due, 1, NULL,
				  NULL, NULL),
			 0);
	expect_text(add_skill("due", "{{task.dueDate}}", NULL, NULL), NULL,
		    "1970-01-01T00:00:00.000Z");
	expect_error(add_skill("typo", "\n{{task.titel}}", NULL, NULL), NULL,
		     "template of skill 'typo': line 2: no value for "
		     "'task.titel'");
}

/* What is given never hides what the rows say. */
static void test_names(void **state)
{
	int64_t skill = add_skill(
		"names", "{{user.email}} {{input.user}} {{k}}", NULL, NULL);

	(void)state;
	expect_text(skill, "{\"user\":\"eve\",\"k\":{\"n\":[1,2.5]}}",
		    "ada@example.com eve {\"n\":[1,2.5]}");
}

static void test_input_schema(void **state)
{
	int64_t skill = add_skill(
		"schema", "{{n}} {{o.deep}} {{s}}",
		"{\"type\":\"object\",\"required\":[\"n\",\"s\"],"
		"\"properties\":{\"n\":{\"type\":\"integer\",\"default\":3},"
		"\"o\":{\"properties\":{\"deep\":{\"default\":[\"x\"]}}},"
		"\"s\":{\"type\":\"string\"}}}",
		NULL);

	(void)state;
	expect_text(skill, "{\"s\":\"t\",\"o\":{}}", "3 [\"x\"] t");
	expect_text(skill, "{\"s\":\"t\",\"n\":4,\"o\":{\"deep\":1}}", "4 1 t");
	expect_error(skill, "{\"o\":{}}", "input of skill 'schema': ");
	expect_error(skill, "{\"s\":\"t\",\"n\":\"4\"}",
		     "input of skill 'schema': ");
}

static void test_along(void **state)
{
	int64_t skill = add_skill("Söme náme!", "{{a}} {{task.title}} {{a}}",
				  NULL, "{\"type\":\"object\"}");
	struct awm_set provider = {&entity_project.fields[PROJECT_aiProvider],
				   awm_value_text("google")};
	struct prompt p;

	(void)state;
	assert_int_equal(build(skill, "{\"a\":1}", &p), 0);
	assert_string_equal(p.context,
			    "{\"input\":{\"a\":1},\"skill\":{\"id\":7,"
			    "\"name\":\"Söme náme!\",\"version\":1},"
			    "\"added\":[\"a\",\"task.title\"]}");
	assert_string_equal(p.schema_name, "S_me_n_me_");
	assert_true(cJSON_IsObject(p.output_schema));
	assert_null(p.provider);
	cJSON_Delete(p.output_schema);
	assert_int_equal(awm_edit(session, &entity_project, project, &provider,
				  1, NULL, NULL, NULL),
			 0);
	assert_int_equal(build(0, NULL, &p), 0);
	assert_string_equal(p.provider, "google");
	assert_null(p.output_schema);
	set_task(TASK_aiProvider, "local");
	assert_int_equal(build(0, NULL, &p), 0);
	assert_string_equal(p.provider, "local");
}

static void test_absent(void **state)
{
	struct prompt p;

	(void)state;
	assert_int_equal(prompt_build(session, 99, 0, NULL, &arena, &p),
			 -AWM_NOT_FOUND);
	assert_int_equal(prompt_build(session, task, 99, NULL, &arena, &p),
			 -AWM_NOT_FOUND);
	assert_int_equal(prompt_build(session, 0, 0, NULL, &arena, &p),
			 -AWM_USAGE);
	assert_int_equal(
		prompt_build(session, 0,
			     add_skill("bare", "{{today}}", NULL, NULL), NULL,
			     &arena, &p),
		0);
	assert_string_equal(p.text, "2026-11-22");
}

static int begin(void **state)
{
	struct awm_session_opts opts = {.as = "ada@example.com"};
	struct awm_set title = {&entity_project.fields[PROJECT_title],
				awm_value_text("Web")};
	char path[128];

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/awm-prompt-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/awm.db", folder);
	opts.db = path;
	assert_int_equal(awm_session_open(&opts, &session), 0);
	project = add(&entity_project, &title, 1);
	struct awm_set sets[] = {
		{&entity_task.fields[TASK_projectId], AWM_VALUE_INT(project)},
		{&entity_task.fields[TASK_title], awm_value_text("Sail")},
		{&entity_task.fields[TASK_description],
		 awm_value_text("To {Rome}")},
	};
	task = add(&entity_task, sets, ARRAY_LEN(sets));
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = {"awm.db", "awm.db-wal",
					    "awm.db-shm", "awm.db-lock"};
	char path[128];

	(void)state;
	awm_session_close(session);
	arena_release(&arena);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_input_schema),
		cmocka_unit_test(test_along),
		cmocka_unit_test(test_absent),
	};

	if (setenv("AWM_NOW", "2026-11-22T12:00:00Z", 1))
		return 1;
	return cmocka_run_group_tests(tests, begin, end);
}
