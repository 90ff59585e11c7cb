// SPDX-License-Identifier: MIT
/* What a person gives for the input of a template. */
#include <string.h>

#include "base/err.h"
#include "domain/exec.h"
#include "entity/store.h"

struct inputs {
	cJSON *object;
	cJSON *schema; /* or NULL */
};

static int read_schema(struct awm_session *s, int64_t skill, cJSON **ret)
{
	struct arena a = {0};
	struct awm_record *row;
	const struct awm_value *v;
	int rc = store_get(s->db, &entity_skill, skill, &a, &row);

	if (!rc) {
		v = &row->values[SKILL_inputSchema];
		if (v->kind == AWM_TEXT && v->len)
			rc = json_parse(v->s, v->len, ret);
	}
	arena_release(&a);
	return rc;
}

/* Whether the schema wants something here that is no text. */
static bool wants_json(const cJSON *schema, const char *name)
{
	const cJSON *type = json_get(
		json_get(json_get(schema, "properties"), name), "type");
	const cJSON *word;

	if (cJSON_IsString(type))
		return strcmp(type->valuestring, "string") != 0;
	if (!cJSON_IsArray(type))
		return false;
	cJSON_ArrayForEach(word, type)
	{
		if (cJSON_IsString(word) &&
		    !strcmp(word->valuestring, "string"))
			return false;
	}
	return true;
}

static int value_of(const struct inputs *in, const char *name, const char *text,
		    cJSON **ret)
{
	int rc;

	if (!wants_json(in->schema, name)) {
		*ret = cJSON_CreateString(text);
		return *ret ? 0 : err_nomem();
	}
	rc = json_parse(text, strlen(text), ret);
	if (!rc)
		return 0;
	err_context("input '%s'", name);
	return err_hint("the skill's inputSchema wants no text there: write "
			"JSON, such as 5, true or [\"a\",\"b\"]");
}

static int add_pair(struct inputs *in, const char *pair)
{
	size_t n = strcspn(pair, "=");
	_cleanup_free_ char *name = strndup(pair, n);
	cJSON *node = NULL;
	int rc;

	if (!name)
		return err_nomem();
	if (!n || !pair[n]) {
		err_set(AWM_USAGE, "input '%s': want NAME=VALUE", pair);
		return err_hint("for example --input topic=tides");
	}
	rc = value_of(in, name, pair + n + 1, &node);
	if (rc)
		return rc;
	cJSON_DeleteItemFromObjectCaseSensitive(in->object, name);
	if (cJSON_AddItemToObject(in->object, name, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

static int start(const struct awm_exec_spec *spec, cJSON **ret)
{
	int rc;

	if (!spec->input_json) {
		*ret = cJSON_CreateObject();
		return *ret ? 0 : err_nomem();
	}
	rc = json_parse(spec->input_json, strlen(spec->input_json), ret);
	if (rc)
		return err_context("input");
	return cJSON_IsObject(*ret)
		       ? 0
		       : err_set(AWM_USAGE, "input: want a JSON object");
}

int exec_input(struct awm_session *s, const struct awm_exec_spec *spec,
	       cJSON **ret)
{
	struct inputs in = {0};
	int rc = 0;

	*ret = NULL;
	if (!spec->ninputs && !spec->input_json)
		return 0;
	if (spec->skill)
		rc = read_schema(s, spec->skill, &in.schema);
	if (!rc)
		rc = start(spec, &in.object);
	for (size_t i = 0; i < spec->ninputs && !rc; i++)
		rc = add_pair(&in, spec->inputs[i]);
	cJSON_Delete(in.schema);
	if (rc) {
		cJSON_Delete(in.object);
		return rc;
	}
	*ret = in.object;
	return 0;
}
