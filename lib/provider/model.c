// SPDX-License-Identifier: MIT
/* What models refuse, by their names; providers.md tells since when. */
#include <string.h>

#include "provider/wire.h"

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Steps over the digits; -1 when there are none. */
static int64_t number_at(const char **p)
{
	int64_t n = -1;

	for (; **p >= '0' && **p <= '9'; (*p)++)
		n = n < 0 ? **p - '0' : n < 100000000 ? n * 10 + **p - '0' : n;
	return n;
}

struct version {
	int64_t major, minor;
};

/* claude-FAMILY-MAJOR[-MINOR][-DATE], and claude-MAJOR[-MINOR]-FAMILY of old.
 * A major of -1: there is none. */
static struct version claude_version(const char *model)
{
	const char *p = model + strlen("claude-");
	struct version v = {-1, 0};
	int64_t n;

	while (*p && (*p < '0' || *p > '9'))
		p++;
	v.major = number_at(&p);
	if (*p != '-' && *p != '.')
		return v;
	p++;
	n = number_at(&p);
	/* anything longer is a date */
	if (n >= 0 && n < 1000)
		v.minor = n;
	return v;
}

/* Released after Opus 4.6, or of a name that was not known then. */
static bool claude_is_new(const char *model)
{
	struct version v = claude_version(model);

	if (v.major < 0 || v.major > 4)
		return true;
	return v.major == 4 && v.minor > 6;
}

static bool is_claude(const char *model)
{
	return begins(model, "claude-");
}

static bool openai_reasons(const char *model)
{
	if (begins(model, "gpt-5") || begins(model, "gpt-6"))
		return strstr(model, "-chat") == NULL;
	return model[0] == 'o' && model[1] >= '1' && model[1] <= '9' &&
	       (!model[2] || model[2] == '-');
}

bool model_takes_temperature(enum provider_wire wire, const char *model,
			     double temperature)
{
	if (wire == WIRE_ANTHROPIC)
		return temperature == 1.0 || !is_claude(model) ||
		       !claude_is_new(model);
	if (wire == WIRE_OPENAI_RESPONSES || wire == WIRE_OPENAI_CHAT)
		return !openai_reasons(model);
	return true;
}

int64_t model_max_tokens(const char *model, bool stream)
{
	struct version v;

	if (is_claude(model)) {
		v = claude_version(model);
		if (v.major >= 0 && v.major <= 3)
			return 4096;
		if (v.major == 4)
			return stream ? 32000 : 16000;
	}
	return stream ? 64000 : 16000;
}

/* ---- schemas ---- */

static bool requires(const cJSON *schema, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(schema, "required"))
	{
		if (cJSON_IsString(item) && !strcmp(item->valuestring, name))
			return true;
	}
	return false;
}

static bool is_object_type(const cJSON *schema)
{
	const char *type = json_get_str(schema, "type");

	return (type && !strcmp(type, "object")) ||
	       json_get(schema, "properties");
}

static bool object_is_strict(const cJSON *schema)
{
	const cJSON *property;

	if (!cJSON_IsFalse(json_get(schema, "additionalProperties")))
		return false;
	cJSON_ArrayForEach(property, json_get(schema, "properties"))
	{
		if (!requires(schema, property->string))
			return false;
	}
	return true;
}

static bool all_strict(const cJSON *node)
{
	const cJSON *child;

	if (cJSON_IsObject(node) && is_object_type(node) &&
	    !object_is_strict(node))
		return false;
	cJSON_ArrayForEach(child, node)
	{
		if ((cJSON_IsObject(child) || cJSON_IsArray(child)) &&
		    !all_strict(child))
			return false;
	}
	return true;
}

bool schema_is_strict(const cJSON *schema)
{
	return all_strict(schema);
}

bool schema_is_object(const cJSON *schema)
{
	const char *type = json_get_str(schema, "type");

	return type && !strcmp(type, "object");
}

static bool says_more(const cJSON *schema)
{
	static const char *const keys[] = {"additionalProperties",
					   "patternProperties",
					   "allOf",
					   "anyOf",
					   "oneOf",
					   "$ref",
					   "unevaluatedProperties"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (json_get(schema, keys[i]))
			return true;
	return false;
}

static void print_closed(struct jsonw *w, const cJSON *node, bool is_schema);

/* Under these keys stand schemas by name; elsewhere the keys are keywords. */
static bool holds_named(const char *key)
{
	static const char *const keys[] = {"properties", "$defs",
					   "definitions"};

	for (size_t i = 0; key && i < ARRAY_LEN(keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static void print_object(struct jsonw *w, const cJSON *node, bool is_schema)
{
	const cJSON *child;

	jsonw_object(w);
	cJSON_ArrayForEach(child, node)
	{
		jsonw_key(w, child->string);
		print_closed(w, child,
			     !is_schema || !holds_named(child->string));
	}
	if (is_schema && json_get(node, "properties") && !says_more(node)) {
		jsonw_key(w, "additionalProperties");
		jsonw_bool(w, false);
	}
	jsonw_end_object(w);
}

static void print_closed(struct jsonw *w, const cJSON *node, bool is_schema)
{
	const cJSON *child;
	struct buf text = {0};

	if (w->depth > JSON_DEPTH) {
		w->out->failed = true;
	} else if (cJSON_IsObject(node)) {
		print_object(w, node, is_schema);
	} else if (cJSON_IsArray(node)) {
		jsonw_array(w);
		cJSON_ArrayForEach(child, node)
			print_closed(w, child, is_schema);
		jsonw_end_array(w);
	} else {
		json_print(&text, node);
		jsonw_raw(w, buf_str(&text), text.len);
		buf_release(&text);
	}
}

void schema_print_closed(struct jsonw *w, const cJSON *schema)
{
	print_closed(w, schema, true);
}
