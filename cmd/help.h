/* SPDX-License-Identifier: MIT */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "base/buf.h"
#include "cmd/command.h"

/* Prints what a command does and takes, on standard output. */
int help_command(const struct command *c);

/* "awm task add TITLE... [flags]" */
void usage_line(struct buf *b, const struct command *c);
/* "-p, --project PROJECT" */
void usage_option(struct buf *b, const struct command *c,
		  const struct option *o);
/* The help of an option, with the words that its value can be. */
void usage_help(struct buf *b, const struct command *c, const struct option *o);
/* Whether the option stands in help for the command. */
bool usage_shows(const struct command *c, const struct option *o);

#endif
