/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/help.h"
#include "cmd/option.h"

/* How a command and its options are written, for help and the manual. */

static void add_argument(struct buf *b, const struct argument *a)
{
	buf_addf(b, a->required ? " %s%s" : " [%s%s]", a->name,
		 a->many ? "..." : "");
}

void usage_line(struct buf *b, const struct command *c)
{
	buf_addf(b, "awm %s", c->name);
	for (const struct argument *a = c->arguments; a && a->name; a++)
		add_argument(b, a);
	if (c->options)
		buf_adds(b, " [flags]");
}

void usage_option(struct buf *b, const struct command *c,
		  const struct option *o)
{
	if (o->letter)
		buf_addf(b, "-%c", o->letter);
	if (o->name)
		buf_addf(b, "%s--%s%s", o->letter ? ", " : "",
			 option_negates(c, o) ? "[no-]" : "", o->name);
	if (o->arg)
		buf_addf(b, " %s", o->arg);
}

void usage_help(struct buf *b, const struct command *c, const struct option *o)
{
	const char *const *words = option_words(c, o);

	buf_adds(b, o->help ? o->help : "");
	/* the help may say each of them itself */
	if (!words || !o->arg || o->in_run ||
	    (o->help && strstr(o->help, words[0])))
		return;
	buf_adds(b, ": ");
	for (size_t i = 0; words[i]; i++)
		buf_addf(b, "%s%s", i ? ", " : "", words[i]);
}

bool usage_shows(const struct command *c, const struct option *o)
{
	if (o->hidden)
		return false;
	if (!o->name || !o->in_run)
		return true;
	if (strcmp(o->name, "dry-run") == 0)
		return !c || c->needs & (NEED_DRY_RUN | NEED_WRITE);
	return true;
}
