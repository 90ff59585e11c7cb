/* SPDX-License-Identifier: MIT */
#ifndef EDGE_GITPROGRAM_H
#define EDGE_GITPROGRAM_H

#include "base/buf.h"

/*
 * The git program, for what changes a work tree or asks for git's own rules:
 * its hooks, filters and settings then count. `argv` begins with "git" and is
 * NULL-terminated; it runs in the current folder, in no shell, without a
 * terminal to ask on. out (may be NULL) takes its standard output.
 *
 * A command that ends with another status than 0 is AWM_ERROR with the last
 * line that it wrote to standard error; AWM_REMOTE when there is no git.
 */
int git_program(const char *const *argv, struct buf *out);
/* Whether it ended with status 0; other failures as above. */
int git_program_says(const char *const *argv, struct buf *out, bool *ret_yes);

#endif
