/* SPDX-License-Identifier: MIT */
#include "cmd/option.h"

#include <string.h>

#include "base/utf8.h"

#define GLOBAL(KIND, TYPE, MEMBER)                                             \
	.type = TYPE, .in_run = true,                                          \
	.offset = OPT_AT(struct run, globals.MEMBER, KIND)

static const char *const format_words[] = {"table", "json", "jsonl",
					   "csv",   "tsv",  NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};

const struct option global_options[] = {
	{.name = "db",
	 GLOBAL(const char *, OPTION_FILE, db),
	 .arg = "PATH|URL",
	 .help = "the database to use"},
	{.name = "as",
	 GLOBAL(const char *, OPTION_TEXT, as),
	 .arg = "USER",
	 .help = "act as this user"},
	{.letter = 'C',
	 GLOBAL(const char *, OPTION_FILE, folder),
	 .arg = "DIR",
	 .help = "run as if started in DIR"},
	{.name = "format",
	 GLOBAL(struct int_arg, OPTION_INDEX, format_arg),
	 .arg = "FORMAT",
	 .words = format_words,
	 .help = "table, json, jsonl, csv or tsv"},
	{.name = "json",
	 GLOBAL(struct int_arg, OPTION_INDEX, format_arg),
	 .value = "json",
	 .words = format_words,
	 .help = "the same as --format json"},
	{.name = "fields",
	 GLOBAL(const char *, OPTION_TEXT, fields),
	 .arg = "A,B,C",
	 .help = "show these columns, in this order"},
	{.name = "quiet",
	 .letter = 'q',
	 GLOBAL(bool, OPTION_FLAG, quiet),
	 .help = "print ids only, one a line"},
	{.name = "color",
	 GLOBAL(struct int_arg, OPTION_INDEX, color_arg),
	 .arg = "WHEN",
	 .words = color_words,
	 .help = "auto, always or never"},
	{.name = "no-pager",
	 GLOBAL(bool, OPTION_FLAG, no_pager),
	 .help = "do not start a pager"},
	{.name = "dry-run",
	 GLOBAL(bool, OPTION_FLAG, dry_run),
	 .help = "show what would be done, and change nothing"},
	{.name = "yes",
	 .letter = 'y',
	 GLOBAL(bool, OPTION_FLAG, yes),
	 .help = "do not ask before what cannot be undone"},
	{.name = "wait",
	 GLOBAL(struct int_arg, OPTION_SECONDS, wait_ms),
	 .arg = "SECONDS",
	 .help = "wait so long for other writers"},
	{.name = "help",
	 .letter = 'h',
	 GLOBAL(bool, OPTION_FLAG, help),
	 .help = "show help for the command"},
	{.name = "version",
	 GLOBAL(bool, OPTION_FLAG, version),
	 .help = "show the program's version"},
	{0},
};

/* ---- looking options up ---- */

static bool is_end(const struct option *o)
{
	return !o->name && !o->letter;
}

bool option_takes_value(const struct option *o)
{
	return o->arg;
}

const struct awm_entity *option_entity(const struct command *c,
				       const struct option *o)
{
	const char *name = o->entity ? o->entity : c ? c->entity : NULL;

	return name ? awm_entity_find(name) : NULL;
}

const struct awm_field *option_field(const struct command *c,
				     const struct option *o)
{
	const struct awm_entity *e = o->field ? option_entity(c, o) : NULL;

	return e ? awm_entity_field(e, o->field) : NULL;
}

bool option_negates(const struct command *c, const struct option *o)
{
	const struct awm_field *f;

	if (o->arg || o->value ||
	    (o->type != OPTION_SET && o->type != OPTION_FILTER))
		return false;
	f = option_field(c, o);
	return f && f->type == AWM_TYPE_BOOL;
}

const char *const *option_words(const struct command *c, const struct option *o)
{
	const struct awm_field *f;

	if (o->words)
		return o->words;
	if (o->type != OPTION_SET && o->type != OPTION_FILTER)
		return NULL;
	f = option_field(c, o);
	return f && f->type == AWM_TYPE_ENUM ? f->words : NULL;
}

static const struct option *find_long(const struct option *o, const char *name,
				      size_t len)
{
	for (; o && !is_end(o); o++)
		if (o->name && strlen(o->name) == len &&
		    memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

const struct option *option_long(const struct command *c, const char *name,
				 size_t len)
{
	const struct option *o = c ? find_long(c->options, name, len) : NULL;

	return o ? o : find_long(global_options, name, len);
}

static const struct option *find_letter(const struct option *o, char letter)
{
	for (; o && !is_end(o); o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

const struct option *option_letter(const struct command *c, char letter)
{
	const struct option *o = c ? find_letter(c->options, letter) : NULL;

	return o ? o : find_letter(global_options, letter);
}

/* ---- what is wrong with a flag ---- */

static const char *of_command(const struct command *c)
{
	return c ? c->name : "awm";
}

static void offer_names(struct nearest *near, const struct option *o)
{
	for (; o && !is_end(o); o++)
		if (o->name)
			nearest_try(near, o->name);
}

static int unknown_flag(const struct command *c, const char *flag, size_t len)
{
	struct nearest near = {0};
	_cleanup_buf_ struct buf name = {0};

	buf_add(&name, flag, len);
	err_set(AWM_USAGE, "unknown flag '%s' of '%s'", buf_str(&name),
		of_command(c));
	near.word = buf_str(&name);
	if (len > 2 && flag[0] == '-' && flag[1] == '-') {
		near.word += 2;
		offer_names(&near, c ? c->options : NULL);
		offer_names(&near, global_options);
		if (nearest_best(&near))
			return err_hint("did you mean '--%s'?",
					nearest_best(&near));
	}
	if (c)
		return err_hint("awm help %s lists its flags; an argument that "
				"begins with '-' stands after '--'",
				c->name);
	return err_hint("awm help lists the flags");
}

static int check_offered(const struct run *r, const struct option *o)
{
	const struct command *c = r->command;

	if (o != find_long(global_options, "dry-run", strlen("dry-run")))
		return 0;
	if (!c || c->needs & (NEED_DRY_RUN | NEED_WRITE))
		return 0;
	return err_set(AWM_USAGE, "'%s' takes no --dry-run", c->name);
}

static int store(struct run *r, const struct option *o, const char *text)
{
	int err = check_offered(r, o);

	return err ? err : option_store(r, o, text);
}

/* ---- the walk ---- */

struct cursor {
	int argc;
	char **argv;
	int at;
};

/* The value of an option that takes one: the rest of its own word, or the
 * next word. */
static int take_value(struct cursor *c, const char *flag, const char *rest,
		      const char **ret)
{
	if (!rest) {
		if (c->at >= c->argc)
			return err_set(AWM_USAGE, "flag '%s' wants a value",
				       flag);
		rest = c->argv[c->at++];
	}
	*ret = rest;
	return 0;
}

static int parse_no_form(struct run *r, const char *name, size_t len)
{
	const struct option *o;

	if (len < 4 || memcmp(name, "no-", 3) != 0)
		return 1;
	o = option_long(r->command, name + 3, len - 3);
	if (!o || !option_negates(r->command, o))
		return 1;
	return store(r, o, "false");
}

static int parse_long(struct run *r, struct cursor *c, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct option *o = option_long(r->command, name, len);
	int err;

	if (!o) {
		err = value ? 1 : parse_no_form(r, name, len);
		return err > 0 ? unknown_flag(r->command, word, len + 2) : err;
	}
	if (!option_takes_value(o)) {
		if (value)
			return err_set(AWM_USAGE, "flag '--%s' takes no value",
				       o->name);
		return store(r, o, NULL);
	}
	err = take_value(c, word, value, &value);
	return err ? err : store(r, o, value);
}

static int parse_letters(struct run *r, struct cursor *c, const char *word)
{
	for (const char *p = word + 1; *p; p++) {
		const struct option *o = option_letter(r->command, *p);
		char flag[] = {'-', *p, '\0'};
		const char *value = NULL;
		int err;

		if (!o && p == word + 1)
			return unknown_flag(r->command, word, strlen(word));
		if (!o)
			return unknown_flag(r->command, flag, 2);
		if (option_takes_value(o)) {
			err = take_value(c, flag, p[1] ? p + 1 : NULL, &value);
			return err ? err : store(r, o, value);
		}
		err = store(r, o, NULL);
		if (err)
			return err;
	}
	return 0;
}

/* The hidden commands are given lines that a person has not finished. */
static bool takes_all(const struct command *c)
{
	return c && c->name[0] == '_' && c->arguments;
}

static int add_text(struct run *r, const char *text)
{
	struct text_list list = {r->texts, r->ntexts};
	int err;

	if (!takes_all(r->command) && !utf8_valid(text, strlen(text)))
		return err_set(AWM_USAGE, "argument '%s' is not valid UTF-8",
			       text);
	err = text_push(&r->arena, &list, text);
	if (err)
		return err;
	r->texts = list.items;
	r->ntexts = list.count;
	return 0;
}

int option_parse(struct run *r, int argc, char **argv)
{
	struct cursor c = {argc, argv, 1};
	bool flags = !takes_all(r->command);
	int err = 0;

	if (r->command && r->command->args_size) {
		r->args = arena_alloc(&r->arena, r->command->args_size);
		if (!r->args)
			return -AWM_NOMEM;
	}
	while (c.at < argc && !err) {
		const char *word = argv[c.at++];

		if (!flags || word[0] != '-' || !word[1])
			err = add_text(r, word);
		else if (word[1] != '-')
			err = parse_letters(r, &c, word);
		else if (word[2])
			err = parse_long(r, &c, word);
		else
			flags = false;
	}
	if (err || !r->command || r->globals.help)
		return err;
	return argument_check(r);
}
