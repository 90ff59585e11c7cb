/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PLACEHOLDER_H
#define DOMAIN_PLACEHOLDER_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Placeholders in the texts of a project template: {{name}}, with blanks
 * around the name as one likes. A name is of letters, digits and '_', '.',
 * '-', and begins with a letter or '_'. \{{ stands for {{ itself. What is
 * put in for a name is never looked through again.
 */

/* The value of a name, or NULL when it has none. `name` is NUL-terminated and
 * borrowed. */
typedef const char *placeholder_fn(void *ctx, const char *name);

/* Adds the text with the values in place; a name without a value is left as
 * it stands, and whoever gave `value` knows of it. AWM_INVALID for braces that
 * hold no name, or are not closed. */
int placeholder_render(const char *text, placeholder_fn *value, void *ctx,
		       struct buf *out);

/* Adds the text so that rendering gives it back as it is. */
void placeholder_escape(struct buf *out, const char *text, size_t len);

#endif
