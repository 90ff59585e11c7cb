// SPDX-License-Identifier: MIT
#include "domain/prompt.h"

#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/mustache.h"
#include "base/utf8.h"
#include "domain/skill.h"
#include "entity/entity.h"
#include "entity/store.h"
#include "jsonschema/jsonschema.h"

#define SCHEMA_NAME_MAX 64
#define MEMBERS_MAX	2000 /* of an object of the input */

struct building {
	struct awm_session *session;
	struct arena *arena;
	struct awm_record *skill; /* or NULL */
	cJSON *data;		  /* all that is rendered over */
	cJSON *input;		  /* of data */
	const char *template;
	struct prompt *ret;
};

static const char *text_of(const struct awm_value *v)
{
	return v->kind == AWM_TEXT && v->len ? v->s : NULL;
}

/* The JSON of a column, or NULL. */
static int column_json(const struct awm_value *v, const char *what, cJSON **ret)
{
	int rc = text_of(v) ? json_parse(v->s, v->len, ret) : 0;

	return rc ? err_context("%s", what) : 0;
}

static int keep(struct building *b, struct buf *text, const char **ret)
{
	if (buf_check(text))
		return -AWM_NOMEM;
	*ret = arena_strndup(b->arena, buf_str(text), text->len);
	return *ret ? 0 : -AWM_NOMEM;
}

/* ---- input ---- */

/* Each is looked for among the others: skills come from anybody. */
static int check_members(const cJSON *object, const char *what)
{
	return cJSON_GetArraySize(object) <= MEMBERS_MAX
		       ? 0
		       : err_set(AWM_INVALID, "%s: more than %d members", what,
				 MEMBERS_MAX);
}

/* Members that are left out have the default of their schema. */
static int fill_defaults(const cJSON *schema, cJSON *object)
{
	const cJSON *properties = json_get(schema, "properties"), *property;
	int rc = check_members(properties, "inputSchema");

	if (!rc)
		rc = check_members(object, "input");
	if (rc)
		return rc;
	cJSON_ArrayForEach(property, properties)
	{
		const char *name = property->string;
		cJSON *node = cJSON_GetObjectItemCaseSensitive(object, name),
		      *copy;
		const cJSON *dflt = json_get(property, "default");

		if (!node && dflt) {
			copy = cJSON_Duplicate(dflt, true);
			if (!copy ||
			    !cJSON_AddItemToObject(object, name, copy)) {
				cJSON_Delete(copy);
				return err_nomem();
			}
		}
		if (cJSON_IsObject(node))
			rc = fill_defaults(property, node);
		if (rc)
			return rc;
	}
	return 0;
}

static int hold_to_schema(struct building *b)
{
	_cleanup_json_ cJSON *schema = NULL;
	int rc = b->skill ? column_json(&b->skill->values[SKILL_inputSchema],
					"inputSchema", &schema)
			  : 0;

	if (rc || !schema)
		return rc;
	rc = fill_defaults(schema, b->input);
	if (!rc)
		rc = jsonschema_validate(schema, b->input, NULL);
	if (rc != -AWM_INVALID)
		return rc;
	err_context("input of skill '%s'", b->skill->values[SKILL_name].s);
	return err_hint("give it with --input NAME=VALUE");
}

/* {{k}} is {{input.k}}, where nothing else has that name. */
static int put_shortcuts(struct building *b)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, b->input)
	{
		cJSON *copy;

		if (json_get(b->data, node->string))
			continue;
		copy = cJSON_Duplicate(node, true);
		if (!copy ||
		    !cJSON_AddItemToObject(b->data, node->string, copy)) {
			cJSON_Delete(copy);
			return err_nomem();
		}
	}
	return 0;
}

static int put_input(struct building *b, const cJSON *inputs)
{
	int rc;

	b->input =
		inputs ? cJSON_Duplicate(inputs, true) : cJSON_CreateObject();
	if (!b->input || !cJSON_AddItemToObject(b->data, "input", b->input)) {
		cJSON_Delete(b->input);
		return err_nomem();
	}
	rc = check_members(b->input, "input");
	if (!rc)
		rc = hold_to_schema(b);
	return rc ? rc : put_shortcuts(b);
}

/* ---- the template ---- */

static int choose_template(struct building *b, const struct awm_record *task)
{
	const char *prompt, *title, *description;

	if (b->skill) {
		b->template = b->skill->values[SKILL_prompt].s;
		return 0;
	}
	prompt = text_of(&task->values[TASK_generatedPrompt]);
	if (prompt) {
		b->template = prompt;
		return 0;
	}
	title = task->values[TASK_title].s;
	description = text_of(&task->values[TASK_description]);
	b->template = description ? arena_printf(b->arena, "%s\n\n%s", title,
						 description)
				  : title;
	return b->template ? 0 : -AWM_NOMEM;
}

static int refused(const struct building *b, int rc)
{
	if (rc == -AWM_NOMEM)
		return rc;
	/* not malformed on the command line, but against a rule */
	if (rc == -AWM_USAGE)
		err_set(AWM_INVALID, "%s", awm_error_last()->message);
	if (b->skill)
		err_context("template of skill '%s'",
			    b->skill->values[SKILL_name].s);
	else
		err_context("the prompt");
	if (rc == -AWM_INVALID)
		return err_hint("give a value with --input NAME=VALUE, or see "
				"the template for a misspelt name");
	/* text that came from elsewhere may have braces of its own */
	return err_hint("prompts are mustache templates: {{name}} is a value, "
			"and {{=<%% %%>=}} lets braces stand for themselves");
}

static int render(struct building *b)
{
	struct mustache_opts opts = {.strict = true};
	_cleanup_buf_ struct buf text = {0};
	int rc = mustache_render(b->template, b->data, &opts, &text);

	return rc ? refused(b, rc) : keep(b, &text, &b->ret->text);
}

/* ---- what goes along ---- */

static int add_name(void *ctx, const char *name)
{
	cJSON *names = ctx, *node;
	const cJSON *known;

	cJSON_ArrayForEach(known, names)
	{
		if (!strcmp(known->valuestring, name))
			return 0;
	}
	if (cJSON_GetArraySize(names) >= 1000)
		return 0;
	node = cJSON_CreateString(name);
	if (node && cJSON_AddItemToArray(names, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

static void put_skill(const struct building *b, struct jsonw *w)
{
	const struct awm_value *v = b->skill->values;

	jsonw_key(w, "skill");
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_int(w, v[SKILL_id].i);
	jsonw_key(w, "name");
	jsonw_text(w, v[SKILL_name].s, v[SKILL_name].len);
	jsonw_key(w, "version");
	jsonw_int(w, v[SKILL_version].i);
	jsonw_end_object(w);
}

static int put_context(struct building *b)
{
	_cleanup_json_ cJSON *names = cJSON_CreateArray();
	_cleanup_buf_ struct buf text = {0}, part = {0};
	struct jsonw w = {.out = &text};
	int rc = names ? mustache_check(b->template, add_name, names)
		       : err_nomem();

	if (rc)
		return rc;
	jsonw_object(&w);
	json_print(&part, b->input);
	jsonw_key(&w, "input");
	jsonw_raw(&w, buf_str(&part), part.len);
	if (b->skill)
		put_skill(b, &w);
	text.failed |= part.failed;
	buf_truncate(&part, 0);
	json_print(&part, names);
	jsonw_key(&w, "added");
	jsonw_raw(&w, buf_str(&part), part.len);
	jsonw_end_object(&w);
	text.failed |= part.failed;
	return keep(b, &text, &b->ret->context);
}

/* What every provider takes as a name. */
static int name_schema(struct building *b)
{
	const char *s = b->skill->values[SKILL_name].s;
	_cleanup_buf_ struct buf name = {0};

	for (; *s && name.len < SCHEMA_NAME_MAX; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') ||
			     (*s >= 'A' && *s <= 'Z') ||
			     (*s >= '0' && *s <= '9') || *s == '-';

		if (plain)
			buf_addc(&name, *s);
		else if (name.len && name.s[name.len - 1] != '_')
			buf_addc(&name, '_');
	}
	if (!name.len)
		buf_adds(&name, "answer");
	return keep(b, &name, &b->ret->schema_name);
}

static void choose_provider(struct building *b, const struct awm_record *task)
{
	const cJSON *project = json_get(b->data, "project");
	const char *word = NULL;

	if (b->skill)
		word = text_of(&b->skill->values[SKILL_aiProvider]);
	if (!word && task)
		word = text_of(&task->values[TASK_aiProvider]);
	if (!word)
		word = json_get_str(project, "aiProvider");
	b->ret->provider = word;
}

static int finish(struct building *b, const struct awm_record *task)
{
	int rc = put_context(b);

	choose_provider(b, task);
	if (!rc && b->ret->provider) {
		b->ret->provider = arena_strdup(b->arena, b->ret->provider);
		rc = b->ret->provider ? 0 : -AWM_NOMEM;
	}
	if (rc || !b->skill)
		return rc;
	rc = name_schema(b);
	return rc ? rc
		  : column_json(&b->skill->values[SKILL_outputSchema],
				"outputSchema", &b->ret->output_schema);
}

static int build(struct building *b, int64_t task, const cJSON *inputs)
{
	struct awm_record *row = NULL;
	int rc = prompt_data(b->session, task, &b->data);

	if (!rc && task)
		rc = store_get(b->session->db, &entity_task, task, b->arena,
			       &row);
	if (!rc)
		rc = put_input(b, inputs);
	if (!rc)
		rc = choose_template(b, row);
	if (!rc)
		rc = render(b);
	return rc ? rc : finish(b, row);
}

int prompt_build(struct awm_session *s, int64_t task, int64_t skill,
		 const cJSON *inputs, struct arena *a, struct prompt *ret)
{
	struct prompt prompt = {0};
	struct building b = {.session = s, .arena = a, .ret = &prompt};
	int rc = 0;

	if (!task && !skill)
		return err_set(AWM_USAGE, "want a task or a skill");
	if (skill)
		rc = skill_get(s, skill, a, &b.skill);
	if (!rc)
		rc = build(&b, task, inputs);
	cJSON_Delete(b.data);
	if (!rc)
		*ret = prompt;
	return rc;
}
