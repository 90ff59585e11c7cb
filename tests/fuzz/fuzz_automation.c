/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/automation.h"
#include "entity/entity.h"
#include "entity/shape.h"

/* A condition and an action as somebody typed them, separated by a NUL: what
 * is taken has the shape that is promised, and holds or does not. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static const char row[] =
	"{\"id\":1,\"actor\":{\"id\":1,\"email\":\"a@b\"},\"changes\":{"
	"\"status\":{\"from\":\"todo\",\"to\":\"done\"}},\"task\":{\"id\":1,"
	"\"status\":\"done\",\"priority\":\"high\",\"tags\":[\"a\",\"b\"],"
	"\"title\":\"Buy milk\",\"dueDate\":\"2026-11-22T12:00:00.000Z\","
	"\"estimatedMinutes\":90,\"assigneeId\":null}}";

static void check_trigger(const char *condition)
{
	struct awm_session s = {.actor.timezone = "UTC"};
	struct awm_automation_spec spec = {.on = "task.updated",
					   .conditions = &condition,
					   .nconditions = 1};
	_cleanup_json_ cJSON *trigger = NULL, *tree = NULL;

	if (automation_spec_trigger(&s, &spec, NULL, &trigger))
		return;
	expect(json_parse(row, sizeof(row) - 1, &tree) == 0);
	/* An empty field is no name. */
	if (shape_check_node(&shape_trigger, trigger, "trigger"))
		return;
	(void)automation_check_trigger(trigger);
	(void)automation_conditions_hold(json_get(trigger, "conditions"), tree,
					 &entity_task, 0, "Europe/Berlin");
}

static void check_actions(const char *action)
{
	struct awm_automation_spec spec = {.actions = &action, .nactions = 1};
	_cleanup_json_ cJSON *actions = NULL;

	if (automation_spec_actions(&spec, &actions))
		return;
	expect(cJSON_GetArraySize(actions) == 1);
	if (shape_check_node(&shape_actions, actions, "actions") == 0)
		(void)automation_check_actions(actions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > 8192)
		return 0;
	text = calloc(1, size + 2);
	expect(text != NULL);
	if (size)
		memcpy(text, data, size);
	check_trigger(text);
	check_actions(text + strlen(text) + 1);
	free(text);
	return 0;
}
