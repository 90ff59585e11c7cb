/* SPDX-License-Identifier: MIT */
#ifndef BASE_MUSTACHE_H
#define BASE_MUSTACHE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Templates in mustache, by the published specification: variables, sections,
 * inverted sections, comments, partials, set delimiters, dotted names and
 * implicit iterators. Two things differ, since prompts are no web pages and a
 * missing word must not pass unseen:
 *
 *	- with `escape` false {{x}} and {{{x}}} are the same: nothing is
 *	  escaped;
 *	- with `strict` a variable that has no value, or a partial without a
 *	  text, is an error. Null is a value, which prints nothing. The
 *	  condition of a section may be absent.
 *
 * A section is left out for what is absent, null, false, "" or []. What is put
 * in for a name is never looked through again. The work of a template and its
 * nesting are bounded, whoever wrote it.
 */
struct mustache_opts {
	bool escape; /* HTML, as the specification tests it */
	bool strict;
	/* The text of a partial, or NULL for none; borrowed. May be NULL. */
	const char *(*partial)(void *ctx, const char *name);
	void *ctx;
	size_t max_output; /* 0: 16 MiB */
};

/* Adds the rendered template; nothing on failure. AWM_USAGE for a malformed
 * template (an unclosed tag or section, with its line), AWM_INVALID for a
 * missing value, partials nested deeper than 32, a template that takes too
 * long, or a result past max_output. Numbers print as JSON does; objects and
 * arrays as compact JSON. `opts` may be NULL. */
int mustache_render(const char *text, const cJSON *data,
		    const struct mustache_opts *opts, struct buf *out);

/* Whether the template is well formed; the names of variables outside of
 * sections are given to fn, which may be NULL. What fn returns but 0 ends the
 * walk and is returned. */
int mustache_check(const char *text, int (*fn)(void *ctx, const char *name),
		   void *ctx);

#endif
