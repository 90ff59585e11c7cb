/* SPDX-License-Identifier: MIT */
#include "cmd/help.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/option.h"
#include "cmd/out.h"
#include "cmd/wrap.h"

#define HELP_COLUMN 28

static int print(struct buf *b)
{
	return buf_check(b) ? -AWM_NOMEM : out_add(b->s, b->len);
}

/* A name and what it means, in two columns. */
static void add_entry(struct buf *b, const char *name, const char *help)
{
	size_t width = strlen(name) + 2;

	buf_addf(b, "  %s", name);
	if (width + 2 > HELP_COLUMN) {
		buf_addf(b, "\n%*s", HELP_COLUMN, "");
		width = HELP_COLUMN;
	}
	buf_addf(b, "%*s", (int)(HELP_COLUMN - width), "");
	wrap_add(b, HELP_COLUMN, HELP_COLUMN, help);
}

static void add_option(struct buf *b, const struct command *c,
		       const struct option *o)
{
	_cleanup_buf_ struct buf name = {0}, help = {0};

	if (!usage_shows(c, o))
		return;
	buf_adds(&name, o->letter ? "" : "    ");
	usage_option(&name, c, o);
	usage_help(&help, c, o);
	add_entry(b, buf_str(&name), buf_str(&help));
	b->failed |= name.failed || help.failed;
}

static void add_arguments(struct buf *b, const struct command *c)
{
	const struct argument *a = c->arguments;
	bool any = false;

	for (; a && a->name; a++) {
		if (!a->help)
			continue;
		if (!any)
			buf_adds(b, "\nArguments:\n");
		any = true;
		add_entry(b, a->name, a->help);
	}
}

static void add_options(struct buf *b, const struct command *c)
{
	const struct option *o = c->options;
	const struct option *dry = option_long(NULL, "dry-run", 7);
	bool dry_run = c->needs & (NEED_DRY_RUN | NEED_WRITE);

	if ((o && (o->name || o->letter)) || dry_run)
		buf_adds(b, "\nFlags:\n");
	for (; o && (o->name || o->letter); o++)
		add_option(b, c, o);
	if (dry_run)
		add_option(b, c, dry);
	if (c->needs & NEED_YES)
		add_option(b, c, option_long(NULL, "yes", 3));
}

static void add_aliases(struct buf *b, const struct command *c)
{
	if (!c->aliases)
		return;
	buf_adds(b, "\nAlso: ");
	for (const char *p = c->aliases; *p; p++) {
		if (*p == ' ')
			buf_addc(b, ',');
		buf_addc(b, *p);
	}
	buf_addc(b, '\n');
}

int help_command(const struct command *c)
{
	_cleanup_buf_ struct buf b = {0}, usage = {0};

	buf_adds(&usage, "usage: ");
	usage_line(&usage, c);
	wrap_add(&b, 0, 11, buf_str(&usage));
	buf_addc(&b, '\n');
	buf_addc(&b, (char)toupper((unsigned char)c->summary[0]));
	wrap_add(&b, 1, 0, c->summary + 1);
	if (c->details) {
		buf_addc(&b, '\n');
		wrap_add(&b, 0, 0, c->details);
	}
	add_arguments(&b, c);
	add_options(&b, c);
	add_aliases(&b, c);
	buf_adds(&b, "\nThe flags of every command, and all commands: "
		     "awm help -a\n");
	b.failed |= usage.failed;
	return print(&b);
}

/* ---- overviews ---- */

static bool is_hidden(const struct command *c)
{
	return c->name[0] == '_';
}

static bool same_noun(const struct command *a, const struct command *b)
{
	size_t len = strcspn(b->name, " ");

	return strncmp(a->name, b->name, len) == 0 && a->name[len] == ' ';
}

/* The verbs of a noun on one line, at its first command. */
static void add_noun(struct buf *b, const struct command *first)
{
	size_t len = strcspn(first->name, " ");
	_cleanup_buf_ struct buf verbs = {0}, noun = {0};

	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			if (!same_noun(c, first))
				continue;
			if (!verbs.len && c != first)
				return;
			buf_addf(&verbs, "%s%s", verbs.len ? ", " : "",
				 c->name + len + 1);
		}
	buf_add(&noun, first->name, len);
	buf_addf(b, "  %-12s", buf_str(&noun));
	wrap_add(b, 14, 14, buf_str(&verbs));
	b->failed |= verbs.failed || noun.failed;
}

static void add_nouns(struct buf *b)
{
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (strchr(c->name, ' '))
				add_noun(b, c);
}

static void add_singles(struct buf *b)
{
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			if (strchr(c->name, ' ') || is_hidden(c))
				continue;
			buf_addf(b, "  %-12s", c->name);
			wrap_add(b, 14, 14, c->summary);
		}
}

static int overview(void)
{
	_cleanup_buf_ struct buf b = {0};

	buf_adds(&b, "usage: awm [flags] COMMAND [VERB] [ARGUMENT...] [flags]\n"
		     "\nProjects, tasks and AI runs, kept in one database.\n"
		     "\nNouns and their verbs:\n");
	add_nouns(&b);
	buf_adds(&b, "\nOther commands:\n");
	add_singles(&b);
	buf_adds(&b, "\nMore about one:       awm help task add\n"
		     "All of them:          awm help -a\n"
		     "A first task:         awm task add 'Try awm out'\n");
	return print(&b);
}

struct add_alias {
	struct buf *b;
	bool any;
};

static int add_alias(void *ctx, const char *key, const char *value)
{
	struct add_alias *add = ctx;
	_cleanup_buf_ struct buf text = {0};
	const char *word = key + strlen("alias.");

	/* a command of that name goes first */
	if (strncmp(key, "alias.", 6) != 0 || find_prefix(&word, 1))
		return 0;
	if (!add->any)
		buf_adds(add->b, "\nAliases:\n");
	add->any = true;
	utf8_add_escaped(&text, value, strlen(value), false);
	add_entry(add->b, word, buf_str(&text));
	add->b->failed |= text.failed;
	return 0;
}

/* Help is there whatever state the configuration is in. */
static void add_own(struct run *r, struct buf *b)
{
	struct add_alias add = {b, false};
	struct text_list programs;

	if (run_config(r) == 0)
		awm_config_each(r->config, add_alias, &add);
	if (external_list(r, &programs) == 0 && programs.count) {
		buf_adds(b, "\nPrograms on PATH:\n");
		for (size_t i = 0; i < programs.count; i++)
			buf_addf(b, "  %s\n", programs.items[i]);
	}
	err_clear();
}

static int everything(struct run *r)
{
	_cleanup_buf_ struct buf b = {0};

	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (!is_hidden(c))
				add_entry(&b, c->name, c->summary);
	add_own(r, &b);
	buf_adds(&b, "\nFlags of every command:\n");
	for (const struct option *o = global_options; o->name || o->letter; o++)
		add_option(&b, NULL, o);
	return print(&b);
}

static int noun(const char *name)
{
	_cleanup_buf_ struct buf b = {0};
	size_t len = strlen(name);

	buf_addf(&b, "usage: awm %s VERB [ARGUMENT...] [flags]\n\nVerbs:\n",
		 name);
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (strncmp(c->name, name, len) == 0 &&
			    c->name[len] == ' ')
				add_entry(&b, c->name + len + 1, c->summary);
	buf_addf(&b, "\nMore about one: awm help %s VERB\n", name);
	return print(&b);
}

/* ---- awm help ---- */

/* What a word stands for that is no command of awm's own; 1: nothing. */
static int of_others(struct run *r, const char *word)
{
	_cleanup_buf_ struct buf text = {0};
	const char *key, *value;

	if (external_is(r, word))
		return out_addf("'%s' is the program awm-%s\n", word, word);
	key = arena_printf(&r->arena, "alias.%s", word);
	if (!key)
		return -AWM_NOMEM;
	if (run_config(r)) {
		err_clear();
		return 1;
	}
	value = awm_config_get(r->config, key);
	if (!value)
		return 1;
	buf_addf(&text, "'%s' is an alias of 'awm ", word);
	utf8_add_escaped(&text, value, strlen(value), false);
	buf_adds(&text, "'\n");
	return print(&text);
}

struct help_args {
	bool all;
};

static int help_run(struct run *r)
{
	const struct help_args *args = r->args;
	const struct command *c;
	int err;

	if (args->all)
		return everything(r);
	if (!r->ntexts)
		return overview();
	c = find_words(r->texts, r->ntexts);
	if (c)
		return help_command(c);
	if (r->ntexts == 1 && find_prefix(r->texts, 1))
		return noun(r->texts[0]);
	err = r->ntexts == 1 ? of_others(r, r->texts[0]) : 1;
	if (err <= 0)
		return err;
	return find_unknown(r, r->texts, r->ntexts);
}

static int version_run(struct run *r)
{
	if (r->globals.format == FORMAT_JSON ||
	    r->globals.format == FORMAT_JSONL)
		return out_addf("{\"version\":\"%s\"}\n", awm_version());
	return out_addf("awm %s\n", awm_version());
}

static const struct option help_options[] = {
	OPT_FLAG("all", 'a', struct help_args, all,
		 "every command, and the flags that all of them take"),
	{0},
};

static const struct argument help_arguments[] = {
	{.name = "COMMAND", .many = true, .help = "noun, or noun and verb"},
	{0},
};

extern const struct command cmd_help[];
const struct command cmd_help[] = {
	{
		.name = "help",
		.summary = "show what a command does and takes",
		.arguments = help_arguments,
		.options = help_options,
		.args_size = sizeof(struct help_args),
		.effect = EFFECT_READ,
		.run = help_run,
	},
	{
		.name = "version",
		.summary = "show the program's version",
		.effect = EFFECT_READ,
		.columns = "version",
		.run = version_run,
	},
	{0},
};
