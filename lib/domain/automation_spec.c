/* SPDX-License-Identifier: MIT */
/* Triggers and actions as people write them on a command line. */
#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "domain/automation.h"

static int put(cJSON *object, const char *key, cJSON *node)
{
	if (node && cJSON_AddItemToObject(object, key, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

static int put_str(cJSON *object, const char *key, const char *text)
{
	return put(object, key, cJSON_CreateString(text));
}

/* A number, true, false, null, or text. */
static cJSON *scalar(const char *text, size_t len)
{
	_cleanup_buf_ struct buf b = {0};
	cJSON *node = NULL;

	buf_add(&b, text, len);
	if (b.failed)
		return NULL;
	if (json_parse(buf_str(&b), len, &node) == 0) {
		if (!cJSON_IsString(node))
			return node;
		cJSON_Delete(node);
	}
	err_clear();
	return cJSON_CreateString(buf_str(&b));
}

/* a,b,c */
static cJSON *list(const char *text)
{
	cJSON *array = cJSON_CreateArray();

	while (array) {
		size_t len = strcspn(text, ",");
		cJSON *item = scalar(text, len);
		if (!item || !cJSON_AddItemToArray(array, item)) {
			cJSON_Delete(item);
			cJSON_Delete(array);
			return NULL;
		}
		if (!text[len])
			break;
		text += len + 1;
	}
	return array;
}

static const struct {
	const char *sign, *op;
} signs[] = {
	{"!=", "ne"},	   {">=", "gte"}, {"<=", "lte"}, {"==", "eq"},
	{"=~", "matches"}, {"=", "eq"},	  {">", "gt"},	 {"<", "lt"},
};
static const char *const words[] = {
	"eq",  "ne",	   "in",      "nin",	 "gt",	 "gte", "lt",
	"lte", "contains", "matches", "changed", "from", "to"};

static int bad_condition(const char *text)
{
	err_set(AWM_USAGE, "malformed condition '%.200s'", text);
	return err_hint("'status=done', 'priority in high,urgent', "
			"'status changed', 'title matches ^fix'; the operators "
			"are eq ne in nin gt gte lt lte contains matches "
			"changed from to");
}

/* The operator at p, which is moved behind it. */
static const char *read_op(const char **p)
{
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		len = strlen(signs[i].sign);
		if (!strncmp(*p, signs[i].sign, len)) {
			*p += len;
			return signs[i].op;
		}
	}
	len = strspn(*p, "abcdefghijklmnopqrstuvwxyz");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && !strncmp(*p, words[i], len) &&
		    (!(*p)[len] || (*p)[len] == ' ')) {
			*p += len;
			return words[i];
		}
	return NULL;
}

static int fill_condition(cJSON *c, const char *text)
{
	size_t len = strcspn(text, " =!<>~");
	const char *p = text + len, *op;
	_cleanup_buf_ struct buf field = {0};
	cJSON *value;
	int rc;

	p += strspn(p, " ");
	op = len ? read_op(&p) : NULL;
	if (!op)
		return bad_condition(text);
	p += strspn(p, " ");
	buf_add(&field, text, len);
	rc = buf_check(&field);
	if (!rc)
		rc = put_str(c, "field", field.s);
	if (!rc)
		rc = put_str(c, "op", op);
	if (rc || !strcmp(op, "changed"))
		return rc ? rc : *p ? bad_condition(text) : 0;
	if (!strcmp(op, "in") || !strcmp(op, "nin"))
		value = list(p);
	else if (!strcmp(op, "matches"))
		value = cJSON_CreateString(p);
	else
		value = scalar(p, strlen(p));
	return put(c, "value", value);
}

static int fill_event(cJSON *trigger, const struct awm_automation_spec *spec,
		      const cJSON *was)
{
	const cJSON *old = json_get(was, "conditions");
	const char *event = spec->on ? spec->on : json_get_str(was, "event");
	cJSON *conditions;
	int rc = put_str(trigger, "type", "event");

	if (!rc)
		rc = put_str(trigger, "event", event);
	if (rc || (!spec->nconditions && (spec->on || !old)))
		return rc;
	if (!spec->nconditions)
		return put(trigger, "conditions", cJSON_Duplicate(old, true));
	conditions = cJSON_AddArrayToObject(trigger, "conditions");
	if (!conditions)
		return err_nomem();
	for (size_t i = 0; i < spec->nconditions && !rc; i++) {
		cJSON *c = cJSON_CreateObject();
		if (!c || !cJSON_AddItemToArray(conditions, c)) {
			cJSON_Delete(c);
			return err_nomem();
		}
		rc = fill_condition(c, spec->conditions[i]);
	}
	return rc;
}

static int fill_schedule(struct awm_session *s, cJSON *trigger,
			 const struct awm_automation_spec *spec,
			 const cJSON *was)
{
	const char *every =
		spec->every ? spec->every : json_get_str(was, "cron");
	const char *zone =
		spec->timezone ? spec->timezone : json_get_str(was, "timezone");
	const char *misfire =
		spec->misfire ? spec->misfire : json_get_str(was, "misfire");
	int rc = put_str(trigger, "type", "schedule");

	if (!rc)
		rc = put_str(trigger, "cron", every);
	if (!rc)
		rc = put_str(trigger, "timezone",
			     zone ? zone : s->actor.timezone);
	if (!rc)
		rc = put_str(trigger, "misfire", misfire ? misfire : "once");
	return rc;
}

/* What kind of trigger the spec speaks of; "" when of none. */
static int kind_of(const struct awm_automation_spec *spec, const cJSON *was,
		   const char **ret)
{
	const char *old = json_get_str(was, "type");
	int n = (spec->on != NULL) + (spec->every != NULL) + spec->manual;

	if (n > 1)
		return err_set(AWM_USAGE, "--on, --every and --manual exclude "
					  "each other");
	*ret = spec->on	      ? "event"
	       : spec->every  ? "schedule"
	       : spec->manual ? "manual"
			      : "";
	if (!n && spec->nconditions)
		*ret = "event";
	else if (!n && (spec->timezone || spec->misfire))
		*ret = "schedule";
	if (spec->nconditions && strcmp(*ret, "event") != 0)
		return err_set(AWM_USAGE, "--if goes with --on");
	if ((spec->timezone || spec->misfire) && strcmp(*ret, "schedule") != 0)
		return err_set(AWM_USAGE,
			       "--timezone and --misfire go with --every");
	if (!n && **ret && (!old || strcmp(old, *ret) != 0))
		return err_set(AWM_USAGE, "there is no %s that this belongs to",
			       **ret == 'e' ? "event" : "schedule");
	return 0;
}

int automation_spec_trigger(struct awm_session *s,
			    const struct awm_automation_spec *spec,
			    const cJSON *was, cJSON **ret)
{
	_cleanup_json_ cJSON *trigger = NULL;
	const char *old = json_get_str(was, "type"), *kind;
	int rc;

	kind = "";
	rc = kind_of(spec, was, &kind);

	if (rc || !*kind)
		return rc;
	/* Another kind of trigger has nothing of the old one. */
	if (old && strcmp(old, kind) != 0)
		was = NULL;
	trigger = cJSON_CreateObject();
	if (!trigger)
		return err_nomem();
	if (*kind == 'e')
		rc = fill_event(trigger, spec, was);
	else if (*kind == 's')
		rc = fill_schedule(s, trigger, spec, was);
	else
		rc = put_str(trigger, "type", "manual");
	if (rc)
		return rc;
	*ret = trigger;
	trigger = NULL;
	return 0;
}

/* ---- actions ---- */

static int bad_action(const char *text)
{
	err_set(AWM_USAGE, "malformed action '%.200s'", text);
	return err_hint("TYPE KEY=VALUE…: 'comment.add content=Shipped', "
			"'task.update status=in_review priority=high', "
			"'notify title=\"Look at {{task.title}}\"'");
}

/* One word as a shell would have it, quotes included; it ends at a blank. */
static bool read_word(const char **p, struct buf *out)
{
	char quote = 0;
	int braces = 0;

	for (; **p; (*p)++) {
		/* blanks inside of {{ }} belong to a name */
		if (!quote && !strncmp(*p, "{{", 2))
			braces++;
		if (!quote && braces && !strncmp(*p, "}}", 2))
			braces--;
		if (quote ? **p == quote : !braces && strchr("'\"", **p)) {
			quote = quote ? 0 : **p;
			continue;
		}
		if (!quote && !braces && isspace((unsigned char)**p))
			break;
		if (**p == '\\' && quote != '\'' && (*p)[1])
			(*p)++;
		buf_addc(out, **p);
	}
	return !quote;
}

static bool is_list(const char *type, const char *key)
{
	return !strcmp(key, "tags") || !strcmp(key, "addTags") ||
	       !strcmp(key, "rmTags") ||
	       (!strcmp(type, "command.run") && !strcmp(key, "argv"));
}

/* argv='["sh","-c","…"]', or words in one text. */
static int put_argv(cJSON *params, const char *text)
{
	cJSON *argv = NULL;

	if (*text == '[') {
		int rc = json_parse(text, strlen(text), &argv);
		return rc ? rc : put(params, "argv", argv);
	}
	argv = cJSON_AddArrayToObject(params, "argv");
	while (argv && *(text += strspn(text, " \t"))) {
		_cleanup_buf_ struct buf word = {0};
		cJSON *item;
		if (!read_word(&text, &word))
			return bad_action(text);
		item = word.failed ? NULL : cJSON_CreateString(buf_str(&word));
		if (!item || !cJSON_AddItemToArray(argv, item)) {
			cJSON_Delete(item);
			return err_nomem();
		}
	}
	return argv ? 0 : err_nomem();
}

static int put_param(const char *type, cJSON *params, char *word)
{
	char *value = strchr(word, '=');
	const char *dot;
	cJSON *inner;

	if (!value || value == word)
		return bad_action(word);
	*value++ = '\0';
	if (json_get(params, word))
		return err_set(AWM_USAGE, "'%.100s' is given twice", word);
	if (!strcmp(word, "argv") && is_list(type, word))
		return put_argv(params, value);
	if (is_list(type, word))
		return put(params, word, list(value));
	/* input.name=value, set.name=value */
	dot = strchr(word, '.');
	if (!dot)
		return put(params, word, scalar(value, strlen(value)));
	word[dot - word] = '\0';
	inner = cJSON_GetObjectItemCaseSensitive(params, word);
	if (!inner)
		inner = cJSON_AddObjectToObject(params, word);
	return inner ? put(inner, dot + 1, scalar(value, strlen(value)))
		     : err_nomem();
}

static int fill_action(cJSON *action, const char *text)
{
	_cleanup_buf_ struct buf type = {0};
	cJSON *params;
	int rc;

	text += strspn(text, " \t");
	if (!read_word(&text, &type) || !type.len)
		return bad_action(text);
	rc = buf_check(&type);
	if (!rc)
		rc = put_str(action, "type", type.s);
	params = rc ? NULL : cJSON_AddObjectToObject(action, "params");
	if (!rc && !params)
		rc = err_nomem();
	while (!rc && *(text += strspn(text, " \t"))) {
		_cleanup_buf_ struct buf word = {0};
		if (!read_word(&text, &word))
			return bad_action(text);
		rc = buf_check(&word);
		if (!rc && word.len)
			rc = put_param(type.s, params, word.s);
	}
	return rc;
}

int automation_spec_actions(const struct awm_automation_spec *spec, cJSON **ret)
{
	_cleanup_json_ cJSON *actions = NULL;
	int rc = 0;

	if (!spec->nactions)
		return 0;
	actions = cJSON_CreateArray();
	if (!actions)
		return err_nomem();
	for (size_t i = 0; i < spec->nactions && !rc; i++) {
		cJSON *action = cJSON_CreateObject();
		if (!action || !cJSON_AddItemToArray(actions, action)) {
			cJSON_Delete(action);
			return err_nomem();
		}
		rc = fill_action(action, spec->actions[i]);
	}
	if (rc)
		return rc;
	*ret = actions;
	actions = NULL;
	return 0;
}
