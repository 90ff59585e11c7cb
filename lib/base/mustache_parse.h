/* SPDX-License-Identifier: MIT */
#ifndef BASE_MUSTACHE_PARSE_H
#define BASE_MUSTACHE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

/* Sections in sections, at most. */
#define MUSTACHE_NESTING 64

/* A template as a flat list; of mustache.c alone. Texts point into the
 * template. */

enum mustache_kind {
	MUSTACHE_TEXT,
	MUSTACHE_NAME,
	MUSTACHE_SECTION,
	MUSTACHE_INVERTED,
	MUSTACHE_PARTIAL
};

struct mustache_part {
	enum mustache_kind kind;
	const char *s; /* the text, or the name of the tag */
	size_t len;
	size_t line;
	size_t end; /* SECTION, INVERTED: the part behind its last one */
	bool raw;   /* NAME: not to be escaped */
	const char *indent; /* PARTIAL: blanks before one that has its line for
			       itself */
	size_t indent_len;
};

struct mustache_parts {
	struct mustache_part *items;
	size_t count, room;
};

/* AWM_USAGE for a malformed template. Release also after a failure. */
int mustache_parse(const char *text, struct mustache_parts *ret);
void mustache_parts_release(struct mustache_parts *parts);

#endif
