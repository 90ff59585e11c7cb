/* SPDX-License-Identifier: MIT */
#include "entity/shape.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"

/* Rules beyond a kind; they see nodes of that kind only. */

static const char *rule_event(const cJSON *node)
{
	const char *s = node->valuestring;
	size_t n = strlen(s);

	if (n > 0 && n <= 100 &&
	    n == strspn(s, "abcdefghijklmnopqrstuvwxyz_.*") && s[0] != '.' &&
	    s[n - 1] != '.' && !strstr(s, ".."))
		return NULL;
	return "an event like task.completed or task.*";
}

/* Five fields, or one of crontab(5)'s @ words; whether each field means
 * something is for the schedule's parser. */
static const char *rule_cron(const cJSON *node)
{
	const char *s = node->valuestring;
	int fields = 0;

	if (s[0] == '@' && s[1] && !strpbrk(s, " \t"))
		return NULL;
	while (*s) {
		s += strspn(s, " \t");
		fields += *s != '\0';
		s += strcspn(s, " \t");
	}
	return fields == 5 ? NULL : "five cron fields like '0 9 * * 1-5'";
}

static const char *rule_zone(const cJSON *node)
{
	return time_zone_valid(node->valuestring)
		       ? NULL
		       : "a time zone like Europe/Berlin";
}

static const char *rule_condition(const cJSON *node)
{
	const char *op = json_get_str(node, "op");
	const cJSON *value = json_get(node, "value");

	if (!strcmp(op, "changed"))
		return value ? "no value beside op 'changed'" : NULL;
	if (!value)
		return "a value beside that op";
	if ((!strcmp(op, "in") || !strcmp(op, "nin")) && !cJSON_IsArray(value))
		return "an array as the value of 'in' and 'nin'";
	if (!strcmp(op, "matches") && !cJSON_IsString(value))
		return "a string as the value of 'matches'";
	return NULL;
}

static const char *rule_headers(const cJSON *node)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789!#$%&'*+-.^_`|~";
	const cJSON *item;

	cJSON_ArrayForEach(item, node)
	{
		const char *v = item->valuestring;

		if (item->string[strspn(item->string, token)])
			return "header names as HTTP allows them";
		if (utf8_has_control(v, strlen(v), false))
			return "header values of one line";
	}
	return NULL;
}

/* The shapes. */

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define KEYS(...)  ((const struct shape_key[]){__VA_ARGS__, {.name = NULL}})
#define NEED(k, s)                                                             \
	{                                                                      \
		.name = (k), .shape = (s), .required = true                    \
	}
#define MAYBE(k, s)                                                            \
	{                                                                      \
		.name = (k), .shape = (s)                                      \
	}

#define PROVIDERS WORDS("openai", "anthropic", "google", "local")

static const struct awm_shape a_text = {.kind = SHAPE_TEXT};
static const struct awm_shape a_name = {.kind = SHAPE_NAME};
static const struct awm_shape a_bool = {.kind = SHAPE_BOOL};
static const struct awm_shape a_number = {.kind = SHAPE_NUMBER};
static const struct awm_shape a_count = {.kind = SHAPE_NUMBER, .max = INFINITY};
static const struct awm_shape a_time = {.kind = SHAPE_TIME};
static const struct awm_shape a_scalar = {.kind = SHAPE_SCALAR};
static const struct awm_shape an_id = {
	.kind = SHAPE_INTEGER, .min = 1, .max = SHAPE_INTEGER_MAX};
static const struct awm_shape an_event = {.kind = SHAPE_TEXT,
					  .rule = rule_event};

const struct awm_shape shape_any = {.kind = SHAPE_ANY};
const struct awm_shape shape_object = {.kind = SHAPE_OBJECT};
const struct awm_shape shape_schema = {.kind = SHAPE_SCHEMA};
const struct awm_shape shape_names = {.kind = SHAPE_ARRAY, .items = &a_name};
const struct awm_shape shape_ids = {.kind = SHAPE_ARRAY, .items = &an_id};
const struct awm_shape shape_events = {
	.kind = SHAPE_ARRAY, .items = &an_event, .at_least = 1};
const struct awm_shape shape_headers = {
	.kind = SHAPE_MAP, .items = &a_text, .rule = rule_headers};

/* UserPreferences */

static const struct awm_shape preferences_ai = {.kind = SHAPE_WORD,
						.words = PROVIDERS};
static const struct awm_shape preferences_theme = {
	.kind = SHAPE_WORD, .words = WORDS("light", "dark", "system")};
static const struct awm_shape preferences_bindings = {
	.kind = SHAPE_WORD, .words = WORDS("default", "vim", "emacs")};
static const struct awm_shape preferences_notifications = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(MAYBE("email", &a_bool), MAYBE("desktop", &a_bool),
		     MAYBE("mentions", &a_bool), MAYBE("assignments", &a_bool)),
};
static const struct awm_shape preferences_editor = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(MAYBE("autoSave", &a_bool), MAYBE("fontSize", &a_number),
		     MAYBE("keyBindings", &preferences_bindings)),
};
const struct awm_shape shape_preferences = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(MAYBE("defaultAI", &preferences_ai),
		     MAYBE("theme", &preferences_theme),
		     MAYBE("notifications", &preferences_notifications),
		     MAYBE("editor", &preferences_editor)),
};

/* TokenUsage: providers report more than these three (cached tokens, ...). */

const struct awm_shape shape_token_usage = {
	.kind = SHAPE_OBJECT,
	.open = true,
	.keys = KEYS(NEED("promptTokens", &a_count),
		     NEED("completionTokens", &a_count),
		     NEED("totalTokens", &a_count)),
};

/* GitCommit[] */

static const struct awm_shape git_commit = {
	.kind = SHAPE_OBJECT,
	.open = true,
	.keys = KEYS(NEED("sha", &a_name), NEED("message", &a_text),
		     NEED("author", &a_text), NEED("timestamp", &a_text),
		     MAYBE("url", &a_text)),
};
const struct awm_shape shape_git_commits = {.kind = SHAPE_ARRAY,
					    .items = &git_commit};

/* AutomationTrigger */

static const struct awm_shape type_word = {.kind = SHAPE_TEXT};
static const struct awm_shape trigger_op = {
	.kind = SHAPE_WORD,
	.words = WORDS("eq", "ne", "in", "nin", "gt", "gte", "lt", "lte",
		       "contains", "matches", "changed", "from", "to")};
static const struct awm_shape trigger_condition = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("field", &a_name), NEED("op", &trigger_op),
		     MAYBE("value", &shape_any)),
	.rule = rule_condition,
};
static const struct awm_shape trigger_conditions = {
	.kind = SHAPE_ARRAY, .items = &trigger_condition};
static const struct awm_shape trigger_event = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("type", &type_word), NEED("event", &an_event),
		     MAYBE("conditions", &trigger_conditions)),
};
static const struct awm_shape trigger_cron = {.kind = SHAPE_NAME,
					      .rule = rule_cron};
static const struct awm_shape trigger_zone = {.kind = SHAPE_NAME,
					      .rule = rule_zone};
static const struct awm_shape trigger_misfire = {
	.kind = SHAPE_WORD, .words = WORDS("once", "skip")};
static const struct awm_shape trigger_schedule = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("type", &type_word), NEED("cron", &trigger_cron),
		     MAYBE("timezone", &trigger_zone),
		     MAYBE("misfire", &trigger_misfire)),
};
static const struct awm_shape trigger_manual = {
	.kind = SHAPE_OBJECT, .keys = KEYS(NEED("type", &type_word))};
const struct awm_shape shape_trigger = {
	.kind = SHAPE_VARIANT,
	.keys = KEYS(MAYBE("event", &trigger_event),
		     MAYBE("schedule", &trigger_schedule),
		     MAYBE("manual", &trigger_manual)),
};

/* AutomationAction[]: strings of the parameters are templates, so what must
 * be a number in the end may be a string here. */

#define ACTION(id, ...)                                                        \
	static const struct awm_shape params_##id = {.kind = SHAPE_OBJECT,     \
						     __VA_ARGS__};             \
	static const struct awm_shape action_##id = {                          \
		.kind = SHAPE_OBJECT,                                          \
		.keys = KEYS(NEED("type", &type_word),                         \
			     NEED("params", &params_##id)),                    \
	}

static const struct awm_shape an_argv = {
	.kind = SHAPE_ARRAY, .items = &a_text, .at_least = 1};

ACTION(task_update, .open = true);
ACTION(task_create, .open = true, .keys = KEYS(NEED("title", &a_name)));
ACTION(task_assign,
       .keys = KEYS(NEED("assignee", &a_scalar), MAYBE("task", &a_scalar)));
ACTION(comment_add,
       .keys = KEYS(NEED("content", &a_text), MAYBE("task", &a_scalar)));
ACTION(notify, .keys = KEYS(MAYBE("user", &a_scalar), MAYBE("title", &a_text),
			    MAYBE("content", &a_text)));
ACTION(exec_run,
       .keys = KEYS(MAYBE("skill", &a_scalar), MAYBE("provider", &a_scalar),
		    MAYBE("model", &a_scalar), MAYBE("task", &a_scalar),
		    MAYBE("input", &shape_object),
		    MAYBE("maxTokens", &a_scalar),
		    MAYBE("temperature", &a_scalar),
		    MAYBE("maxCost", &a_scalar)));
ACTION(webhook_send, .keys = KEYS(NEED("webhook", &a_scalar)));
ACTION(template_apply,
       .keys = KEYS(NEED("template", &a_scalar), MAYBE("title", &a_text),
		    MAYBE("set", &shape_object)));
ACTION(command_run, .keys = KEYS(NEED("argv", &an_argv)));

static const struct awm_shape action = {
	.kind = SHAPE_VARIANT,
	.keys = KEYS(MAYBE("task.update", &action_task_update),
		     MAYBE("task.create", &action_task_create),
		     MAYBE("task.assign", &action_task_assign),
		     MAYBE("comment.add", &action_comment_add),
		     MAYBE("notify", &action_notify),
		     MAYBE("exec.run", &action_exec_run),
		     MAYBE("webhook.send", &action_webhook_send),
		     MAYBE("template.apply", &action_template_apply),
		     MAYBE("command.run", &action_command_run)),
};
const struct awm_shape shape_actions = {
	.kind = SHAPE_ARRAY, .items = &action, .at_least = 1};

/* ProjectStructure */

static const struct awm_shape structure_priority = {
	.kind = SHAPE_WORD, .words = WORDS("low", "medium", "high", "urgent")};
static const struct awm_shape structure_minutes = {.kind = SHAPE_NUMBER,
						   .max = SHAPE_INTEGER_MAX};
static const struct awm_shape structure_task = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("title", &a_name), MAYBE("description", &a_text),
		     MAYBE("priority", &structure_priority),
		     MAYBE("estimatedMinutes", &structure_minutes),
		     MAYBE("skills", &shape_names)),
};
static const struct awm_shape structure_tasks = {.kind = SHAPE_ARRAY,
						 .items = &structure_task};
static const struct awm_shape structure_automation = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("name", &a_name), NEED("trigger", &shape_trigger),
		     NEED("actions", &shape_actions)),
};
static const struct awm_shape structure_automations = {
	.kind = SHAPE_ARRAY, .items = &structure_automation};
const struct awm_shape shape_project_structure = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("tasks", &structure_tasks),
		     MAYBE("skills", &shape_names),
		     MAYBE("automations", &structure_automations)),
};
const struct awm_shape shape_plan = {
	.kind = SHAPE_OBJECT, .keys = KEYS(NEED("tasks", &structure_tasks))};

/* What people add to comments and skills. */

const struct awm_shape shape_reactions = {.kind = SHAPE_MAP,
					  .items = &shape_ids};

static const struct awm_shape review_rating = {
	.kind = SHAPE_INTEGER, .min = 1, .max = 5};
static const struct awm_shape review = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("userId", &an_id), NEED("rating", &review_rating),
		     MAYBE("comment", &a_text), NEED("createdAt", &a_time)),
};
const struct awm_shape shape_reviews = {.kind = SHAPE_ARRAY, .items = &review};
