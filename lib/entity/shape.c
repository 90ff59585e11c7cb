/* SPDX-License-Identifier: MIT */
#include "entity/shape.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "entity/field.h"

#define EXACT_MAX 9007199254740991.0 /* largest integer of JSON */

/* Checking */

/* Where in the text a check is: a chain from the place to the root. */
struct place {
	const struct place *up;
	const char *key; /* NULL: element `index` */
	int index;
};

static void place_add(struct buf *b, const struct place *at)
{
	if (at->up)
		place_add(b, at->up);
	if (!at->key)
		buf_addf(b, "[%d]", at->index);
	else
		buf_addf(b, "%s%s", at->up ? "." : "", at->key);
}

static int refuse(const struct place *at, const char *before, const char *what)
{
	_cleanup_buf_ struct buf path = {0};

	place_add(&path, at);
	if (buf_check(&path) < 0)
		return -AWM_NOMEM;
	return err_set(AWM_INVALID, "%.500s: %s%.400s", buf_str(&path), before,
		       what);
}

static int want(const struct place *at, const char *what)
{
	return refuse(at, "want ", what);
}

static int check(const struct awm_shape *shape, const cJSON *node,
		 const struct place *at);

static int check_word(const struct awm_shape *shape, const cJSON *node,
		      const struct place *at)
{
	_cleanup_buf_ struct buf list = {0};

	for (const char *const *w = shape->words; *w; w++) {
		if (cJSON_IsString(node) && !strcmp(*w, node->valuestring))
			return 0;
		buf_addf(&list, "%s%s", w == shape->words ? "" : ", ", *w);
	}
	if (buf_check(&list) < 0)
		return -AWM_NOMEM;
	return refuse(at, "want one of ", buf_str(&list));
}

static int check_number(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	_cleanup_buf_ struct buf b = {0};
	bool whole = shape->kind != SHAPE_NUMBER;
	bool bounds = shape->min < shape->max;
	double d = node->valuedouble;

	if (cJSON_IsNumber(node) && isfinite(d) && (!whole || d == floor(d)) &&
	    (!bounds || (d >= shape->min && d <= shape->max)))
		return 0;
	buf_adds(&b, whole ? "a whole number" : "a number");
	if (bounds)
		buf_addf(&b, " from %g", shape->min);
	if (bounds && shape->max < EXACT_MAX)
		buf_addf(&b, " to %g", shape->max);
	return buf_check(&b) < 0 ? -AWM_NOMEM : want(at, buf_str(&b));
}

static int check_string(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	const char *s = node->valuestring, *wanted;
	int64_t ms;

	if (!cJSON_IsString(node))
		return want(at, "a string");
	if (shape->kind == SHAPE_NAME) {
		wanted = field_name_wanted(s, strlen(s));
		return wanted ? want(at, wanted) : 0;
	}
	if (shape->kind == SHAPE_TIME &&
	    (s[0] < '0' || s[0] > '9' || time_parse(s, NULL, 0, &ms) < 0))
		return want(at, "a time like 2026-11-22T17:00:00Z");
	return 0;
}

static int check_array(const struct awm_shape *shape, const cJSON *node,
		       const struct place *at)
{
	struct place here = {.up = at};
	const cJSON *item;
	int r;

	if (!cJSON_IsArray(node))
		return want(at, "an array");
	cJSON_ArrayForEach(item, node)
	{
		r = check(shape->items, item, &here);
		if (r < 0)
			return r;
		here.index++;
	}
	if ((size_t)here.index < shape->at_least)
		return want(at, "at least one element");
	return 0;
}

static int check_map(const struct awm_shape *shape, const cJSON *node,
		     const struct place *at)
{
	const cJSON *item;
	int r;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	cJSON_ArrayForEach(item, node)
	{
		struct place here = {.up = at, .key = item->string};

		if (field_name_wanted(item->string, strlen(item->string)))
			return want(at, "keys of 1 to 1,000 characters, one "
					"line each");
		r = check(shape->items, item, &here);
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct shape_key *find_key(const struct awm_shape *shape,
					const char *name)
{
	const struct shape_key *k = shape->keys;

	while (k && k->name && strcmp(k->name, name) != 0)
		k++;
	return k && k->name ? k : NULL;
}

/* Refuses a key or a type, and names the ones there are. */
static int unknown(const struct awm_shape *shape, const struct place *at,
		   const char *what)
{
	_cleanup_buf_ struct buf list = {0};

	for (const struct shape_key *k = shape->keys; k->name; k++)
		buf_addf(&list, "%s%s", k == shape->keys ? "" : ", ", k->name);
	if (buf_check(&list) < 0 || refuse(at, "unknown ", what) == -AWM_NOMEM)
		return -AWM_NOMEM;
	return err_hint("one of %s", buf_str(&list));
}

static int check_object(const struct awm_shape *shape, const cJSON *node,
			const struct place *at)
{
	const cJSON *item;
	int r;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	cJSON_ArrayForEach(item, node)
	{
		const struct shape_key *k = find_key(shape, item->string);
		struct place here = {.up = at, .key = item->string};

		if (!k && shape->keys && !shape->open)
			return unknown(shape, &here, "key");
		r = k ? check(k->shape, item, &here) : 0;
		if (r < 0)
			return r;
	}
	for (const struct shape_key *k = shape->keys; k && k->name; k++)
		if (k->required && !json_get(node, k->name))
			return refuse(at, "missing ", k->name);
	return 0;
}

static int check_variant(const struct awm_shape *shape, const cJSON *node,
			 const struct place *at)
{
	struct place here = {.up = at, .key = "type"};
	const struct shape_key *k;
	const char *type;

	if (!cJSON_IsObject(node))
		return want(at, "an object");
	if (!json_get(node, "type"))
		return refuse(at, "missing ", "type");
	type = json_get_str(node, "type");
	k = type ? find_key(shape, type) : NULL;
	return k ? check(k->shape, node, at) : unknown(shape, &here, "type");
}

static int check_kind(const struct awm_shape *shape, const cJSON *node,
		      const struct place *at)
{
	switch (shape->kind) {
	case SHAPE_ANY:
		return 0;
	case SHAPE_OBJECT:
		return check_object(shape, node, at);
	case SHAPE_MAP:
		return check_map(shape, node, at);
	case SHAPE_ARRAY:
		return check_array(shape, node, at);
	case SHAPE_TEXT:
	case SHAPE_NAME:
	case SHAPE_TIME:
		return check_string(shape, node, at);
	case SHAPE_WORD:
		return check_word(shape, node, at);
	case SHAPE_NUMBER:
	case SHAPE_INTEGER:
		return check_number(shape, node, at);
	case SHAPE_BOOL:
		return cJSON_IsBool(node) ? 0 : want(at, "true or false");
	case SHAPE_SCALAR:
		if (cJSON_IsString(node) || cJSON_IsNumber(node) ||
		    cJSON_IsBool(node))
			return 0;
		return want(at, "a string, a number or a boolean");
	case SHAPE_SCHEMA:
		if (cJSON_IsObject(node) || cJSON_IsBool(node))
			return 0;
		return want(at, "a JSON Schema, an object or a boolean");
	case SHAPE_VARIANT:
		return check_variant(shape, node, at);
	}
	return 0;
}

static int check(const struct awm_shape *shape, const cJSON *node,
		 const struct place *at)
{
	int r = check_kind(shape, node, at);
	const char *wanted = r == 0 && shape->rule ? shape->rule(node) : NULL;

	return wanted ? want(at, wanted) : r;
}

int shape_check_node(const struct awm_shape *shape, const cJSON *node,
		     const char *what)
{
	struct place root = {.key = what};

	return check(shape, node, &root);
}

int shape_check(const struct awm_shape *shape, const char *json, size_t len,
		const char *what)
{
	_cleanup_json_ cJSON *node = NULL;
	int r;

	if (shape->kind == SHAPE_ANY)
		r = json_check(json, len);
	else
		r = json_parse(json, len, &node);
	if (r < 0)
		return err_context("%s", what);
	return node ? shape_check_node(shape, node, what) : 0;
}

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
	.kind = SHAPE_INTEGER, .min = 1, .max = EXACT_MAX};
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
static const struct awm_shape structure_task = {
	.kind = SHAPE_OBJECT,
	.keys = KEYS(NEED("title", &a_name), MAYBE("description", &a_text),
		     MAYBE("priority", &structure_priority),
		     MAYBE("estimatedMinutes", &a_count),
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
