/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "cmd/help.h"
#include "cmd/option.h"
#include "cmd/out.h"

/* awm schema: the command and field tables as JSON, for programs that use
 * awm. Shapes of rows are JSON Schema 2020-12. */

#define SCHEMA_VERSION 1

static void put_str(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_str(w, value);
}

/* Keys without a value are left out. */
static void put_known(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		put_str(w, key, value);
}

static void put_flag(struct jsonw *w, const char *key, bool value)
{
	if (!value)
		return;
	jsonw_key(w, key);
	jsonw_bool(w, true);
}

static void put_words(struct jsonw *w, const char *key,
		      const char *const *words, bool or_null)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (; *words; words++)
		jsonw_str(w, *words);
	if (or_null)
		jsonw_null(w);
	jsonw_end_array(w);
}

/* ---- entities ---- */

static void put_ref(struct jsonw *w, const char *key, const char *entity,
		    size_t len)
{
	_cleanup_buf_ struct buf b = {0};

	buf_adds(&b, "#/entities/");
	buf_add(&b, entity, len);
	put_str(w, key, buf_str(&b));
}

static void put_type(struct jsonw *w, const char *type, bool nullable)
{
	if (nullable)
		put_words(w, "type", (const char *[]){type, "null", NULL},
			  false);
	else
		put_str(w, "type", type);
}

/* From an SQL literal: 'todo', 0, '[]'. */
static void put_default(struct jsonw *w, const struct awm_field *f)
{
	const char *s = f->dflt;
	size_t len = s ? strlen(s) : 0;

	if (!s || strcmp(s, "NULL") == 0)
		return;
	if (*s == '\'') {
		s++;
		len -= 2;
	}
	jsonw_key(w, "default");
	if (f->type == AWM_TYPE_BOOL)
		jsonw_bool(w, *s == '1');
	else if (f->type == AWM_TYPE_TEXT || f->type == AWM_TYPE_ENUM)
		jsonw_text(w, s, len);
	else
		jsonw_raw(w, s, len);
}

static void put_field_type(struct jsonw *w, const struct awm_field *f)
{
	static const char *const secret_words[] = {"set", "unset", NULL};
	static const char *const names[] = {
		[AWM_TYPE_INT] = "integer",  [AWM_TYPE_REAL] = "number",
		[AWM_TYPE_TEXT] = "string",  [AWM_TYPE_BOOL] = "boolean",
		[AWM_TYPE_TIME] = "string",  [AWM_TYPE_REF] = "integer",
		[AWM_TYPE_SECRET] = "string"};
	bool nullable = !(f->flags & AWM_REQUIRED);
	const struct awm_entity *to;

	if (f->type == AWM_TYPE_SECRET) {
		put_words(w, "enum", secret_words, false);
		return;
	}
	if (f->type == AWM_TYPE_ENUM) {
		put_words(w, "enum", f->words, nullable);
		return;
	}
	if (f->type == AWM_TYPE_JSON)
		return; /* any value */
	put_type(w, names[f->type], nullable);
	if (f->type == AWM_TYPE_TIME)
		put_str(w, "format", "date-time");
	to = f->type == AWM_TYPE_REF ? awm_entity_of_table(f->ref) : NULL;
	if (to)
		put_ref(w, "references", to->name, strlen(to->name));
}

static void put_field(struct jsonw *w, const struct awm_field *f)
{
	jsonw_key(w, f->name);
	jsonw_object(w);
	put_known(w, "title", f->label);
	put_field_type(w, f);
	put_default(w, f);
	put_flag(w, "readOnly", f->flags & AWM_READONLY);
	jsonw_end_object(w);
}

static void put_entity(struct jsonw *w, const struct awm_entity *e)
{
	jsonw_key(w, e->name);
	jsonw_object(w);
	put_str(w, "title", e->label);
	put_str(w, "type", "object");
	jsonw_key(w, "properties");
	jsonw_object(w);
	for (size_t i = 0; i < e->nfields; i++)
		if (!(e->fields[i].flags & AWM_HIDDEN))
			put_field(w, e->fields + i);
	jsonw_end_object(w);
	jsonw_end_object(w);
}

/* ---- commands ---- */

static void put_argument(struct jsonw *w, const struct argument *a)
{
	static const char *const kinds[] = {[ARG_TEXT] = "text",
					    [ARG_FILE] = "file",
					    [ARG_WORD] = "word",
					    [ARG_REF] = "reference",
					    [ARG_IDS] = "references"};

	jsonw_object(w);
	put_str(w, "name", a->name);
	jsonw_key(w, "required");
	jsonw_bool(w, a->required);
	put_flag(w, "many", a->many);
	put_str(w, "type", kinds[a->kind]);
	if (a->entity)
		put_ref(w, "references", a->entity, strlen(a->entity));
	if (a->words)
		put_words(w, "words", a->words, false);
	put_known(w, "help", a->help);
	jsonw_end_object(w);
}

static const char *option_kind(const struct command *c, const struct option *o)
{
	static const char *const kinds[] = {
		[OPTION_TEXT] = "text",		[OPTION_WORD] = "word",
		[OPTION_FILE] = "file",		[OPTION_LIST] = "text",
		[OPTION_COMMAS] = "text",	[OPTION_INT] = "integer",
		[OPTION_REAL] = "number",	[OPTION_TIME] = "time",
		[OPTION_DURATION] = "duration", [OPTION_REF] = "reference",
		[OPTION_INDEX] = "word",	[OPTION_SECONDS] = "seconds",
		[OPTION_ARRAY_SET] = "text",	[OPTION_TEXT_SET] = "text",
		[OPTION_FILE_SET] = "file",	[OPTION_FILTER] = "filter"};
	static const char *const types[] = {
		[AWM_TYPE_INT] = "integer", [AWM_TYPE_REAL] = "number",
		[AWM_TYPE_TEXT] = "text",   [AWM_TYPE_BOOL] = "boolean",
		[AWM_TYPE_TIME] = "time",   [AWM_TYPE_JSON] = "json",
		[AWM_TYPE_ENUM] = "word",   [AWM_TYPE_REF] = "reference",
		[AWM_TYPE_SECRET] = "text"};
	const struct awm_field *f = option_field(c, o);

	if (!o->arg)
		return "flag";
	if (o->type == OPTION_SET)
		return f ? types[f->type] : "text";
	return kinds[o->type];
}

static void put_option(struct jsonw *w, const struct command *c,
		       const struct option *o)
{
	const char *const *words = option_words(c, o);
	bool many = o->type == OPTION_LIST || o->type == OPTION_COMMAS ||
		    o->type == OPTION_ARRAY_SET;

	jsonw_object(w);
	put_known(w, "name", o->name);
	if (o->letter)
		put_str(w, "letter", (char[]){o->letter, '\0'});
	put_str(w, "type", option_kind(c, o));
	put_known(w, "argument", o->arg);
	put_flag(w, "many", many);
	put_flag(w, "negatable", option_negates(c, o));
	put_known(w, "column", o->field);
	if (words)
		put_words(w, "words", words, false);
	if (o->type == OPTION_REF)
		put_ref(w, "references", o->entity, strlen(o->entity));
	put_known(w, "help", o->help);
	jsonw_end_object(w);
}

static void put_options(struct jsonw *w, const char *key,
			const struct command *c, const struct option *o)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (; o && (o->name || o->letter); o++)
		if (usage_shows(c, o))
			put_option(w, c, o);
	jsonw_end_array(w);
}

/* "comments:comment*": an array of those; without the star one, or null. */
static void put_relation(struct jsonw *w, const char *text, size_t len)
{
	size_t colon = strcspn(text, ":");
	bool many = text[len - 1] == '*';
	_cleanup_buf_ struct buf name = {0};

	buf_add(&name, text, colon);
	jsonw_key(w, buf_str(&name));
	jsonw_object(w);
	if (many)
		put_str(w, "type", "array");
	jsonw_key(w, many ? "items" : "anyOf");
	if (!many)
		jsonw_array(w);
	jsonw_object(w);
	put_ref(w, "$ref", text + colon + 1, len - colon - 1 - many);
	jsonw_end_object(w);
	if (!many) {
		jsonw_object(w);
		put_str(w, "type", "null");
		jsonw_end_object(w);
		jsonw_end_array(w);
	}
	jsonw_end_object(w);
}

static void put_relations(struct jsonw *w, const char *p)
{
	while (p && *p) {
		size_t len = strcspn(p, " ");

		put_relation(w, p, len);
		p += len + strspn(p + len, " ");
	}
}

/* Columns that are of no table. */
static void put_computed(struct jsonw *w, const struct command *c,
			 const char *p)
{
	const struct awm_entity *e =
		c->entity ? awm_entity_find(c->entity) : NULL;

	while (p && *p) {
		size_t len = strcspn(p, ",");
		_cleanup_buf_ struct buf name = {0};

		buf_add(&name, p, len);
		if (!e || !awm_entity_field(e, buf_str(&name))) {
			jsonw_key(w, buf_str(&name));
			jsonw_object(w);
			jsonw_end_object(w);
		}
		p += len + (p[len] == ',');
	}
}

static void put_rows(struct jsonw *w, const struct command *c)
{
	jsonw_key(w, "rows");
	jsonw_object(w);
	if (c->entity)
		put_ref(w, "$ref", c->entity, strlen(c->entity));
	else
		put_str(w, "type", c->columns ? "object" : "string");
	if (c->columns || c->computed || c->relations) {
		jsonw_key(w, "properties");
		jsonw_object(w);
		put_computed(w, c, c->columns);
		put_computed(w, c, c->computed);
		put_relations(w, c->relations);
		jsonw_end_object(w);
	}
	jsonw_end_object(w);
}

static void put_command(struct jsonw *w, const struct command *c)
{
	static const char *const effects[] = {[EFFECT_READ] = "read",
					      [EFFECT_WRITE] = "write",
					      [EFFECT_DESTRUCTIVE] =
						      "destructive",
					      [EFFECT_NETWORK] = "network"};

	jsonw_object(w);
	put_str(w, "name", c->name);
	put_str(w, "summary", c->summary);
	put_str(w, "effect", effects[c->effect]);
	put_flag(w, "wantsYes", c->needs & NEED_YES);
	put_flag(w, "dryRun", c->needs & (NEED_DRY_RUN | NEED_WRITE));
	jsonw_key(w, "arguments");
	jsonw_array(w);
	for (const struct argument *a = c->arguments; a && a->name; a++)
		put_argument(w, a);
	jsonw_end_array(w);
	put_options(w, "options", c, c->options);
	put_rows(w, c);
	jsonw_end_object(w);
}

static int schema_run(struct run *r)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b, .indent = out_is_tty() ? 2 : 0};

	(void)r;
	jsonw_object(&w);
	jsonw_key(&w, "version");
	jsonw_int(&w, SCHEMA_VERSION);
	jsonw_key(&w, "commands");
	jsonw_array(&w);
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (*c->name != '_')
				put_command(&w, c);
	jsonw_end_array(&w);
	put_options(&w, "flags", NULL, global_options);
	jsonw_key(&w, "entities");
	jsonw_object(&w);
	for (size_t i = 0; awm_entities[i]; i++)
		put_entity(&w, awm_entities[i]);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	buf_addc(&b, '\n');
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

extern const struct command cmd_schema[];
const struct command cmd_schema[] = {
	{
		.name = "schema",
		.summary = "describe every command and row as JSON",
		.details = "For programs that use awm: commands with their "
			   "arguments, flags and effects, and the shape of the "
			   "rows that they print, as JSON Schema 2020-12.",
		.effect = EFFECT_READ,
		.run = schema_run,
	},
	{0},
};
