/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/help.h"
#include "cmd/option.h"
#include "cmd/out.h"

/* awm __man NOUN: the synopsis and the options of a noun's commands as scdoc
 * reads them, for scripts/man-update; "awm": of the program itself. */

/* Text in which nothing is markup. */
static void add_text(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\*_#.`<>[]{}|~+-", *s) && *s != '-')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
}

static void add_bold(struct buf *b, const char *prefix, const char *s)
{
	buf_addc(b, '*');
	add_text(b, prefix);
	add_text(b, s);
	buf_addc(b, '*');
}

static void add_under(struct buf *b, const char *s)
{
	buf_addc(b, '_');
	add_text(b, s);
	buf_addc(b, '_');
}

static void add_usage(struct buf *b, const struct command *c)
{
	add_bold(b, "awm ", c->name);
	for (const struct argument *a = c->arguments; a && a->name; a++) {
		buf_adds(b, a->required ? " " : " \\[");
		add_under(b, a->name);
		buf_adds(b, a->many ? "..." : "");
		buf_adds(b, a->required ? "" : "\\]");
	}
	if (c->options)
		buf_adds(b, " \\[flags\\]");
}

static void add_option(struct buf *b, const struct command *c,
		       const struct option *o)
{
	_cleanup_buf_ struct buf help = {0};

	if (!usage_shows(c, o))
		return;
	if (o->letter)
		add_bold(b, "-", (char[]){o->letter, '\0'});
	buf_adds(b, o->letter && o->name ? ", " : "");
	if (o->name)
		add_bold(b, option_negates(c, o) ? "--[no-]" : "--", o->name);
	if (o->arg) {
		buf_addc(b, ' ');
		add_under(b, o->arg);
	}
	buf_adds(b, "\n\t");
	usage_help(&help, c, o);
	add_text(b, buf_str(&help));
	buf_adds(b, "\n\n");
	b->failed |= help.failed;
}

static void add_options(struct buf *b, const struct command *c,
			const struct option *o)
{
	for (; o && (o->name || o->letter); o++)
		add_option(b, c, o);
}

static bool belongs(const struct command *c, const char *noun)
{
	size_t len = strlen(noun);

	return strncmp(c->name, noun, len) == 0 &&
	       (c->name[len] == ' ' || !c->name[len]);
}

static void add_command(struct buf *b, const struct command *c)
{
	/* a heading knows no markup */
	buf_addf(b, "## awm %s\n\n", c->name);
	add_text(b, c->summary);
	buf_adds(b, "\n\n");
	if (c->details) {
		add_text(b, c->details);
		buf_adds(b, "\n\n");
	}
	add_options(b, c, c->options);
}

static void add_noun(struct buf *b, const char *noun)
{
	bool first = true;

	buf_adds(b, "# SYNOPSIS\n\n");
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			if (!belongs(c, noun))
				continue;
			buf_adds(b, first ? "" : "++\n");
			first = false;
			add_usage(b, c);
		}
	buf_adds(b, "\n\n# COMMANDS\n\n");
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++)
			if (belongs(c, noun))
				add_command(b, c);
}

/* Every command in a line, and the flags that all take. */
static void add_program(struct buf *b)
{
	buf_adds(b, "# SYNOPSIS\n\n*awm* \\[flags\\] _COMMAND_ \\[_VERB_\\] "
		    "\\[_ARGUMENT_...\\] \\[flags\\]\n\n# COMMANDS\n\n");
	for (size_t i = 0; commands[i]; i++)
		for (const struct command *c = commands[i]; c->name; c++) {
			if (*c->name == '_')
				continue;
			add_bold(b, "", c->name);
			buf_adds(b, "\n\t");
			add_text(b, c->summary);
			buf_adds(b, "\n\n");
		}
	buf_adds(b, "# FLAGS\n\n");
	add_options(b, NULL, global_options);
}

static int man_run(struct run *r)
{
	const char *noun = run_arg(r, 0);
	_cleanup_buf_ struct buf b = {0};

	if (strcmp(noun, "awm") == 0)
		add_program(&b);
	else if (find_prefix(&noun, 1))
		add_noun(&b, noun);
	else
		return find_unknown(r, &noun, 1);
	return buf_check(&b) ? -AWM_NOMEM : out_add(b.s, b.len);
}

static const struct argument man_argument[] = {
	{.name = "NOUN", .required = true},
	{0},
};

extern const struct command cmd_man[];
const struct command cmd_man[] = {
	{
		.name = "__man",
		.summary = "print a noun's part of the manual",
		.arguments = man_argument,
		.effect = EFFECT_READ,
		.run = man_run,
	},
	{0},
};
