/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SKILL_FILE_H
#define DOMAIN_SKILL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * SKILL.md: a frontmatter in a small part of YAML between two lines "---",
 * then Markdown. Texts are plain, quoted or block scalars; "metadata" is a map
 * of texts, "allowed-tools" a text or a list. Anchors, tags, flow collections
 * and keys given twice are refused with their line. Files come from anywhere:
 * what is read is bounded, and all of it lives in the arena.
 */

#define SKILL_FILE_MAX	((size_t)1 << 20) /* bytes */
#define SKILL_FILE_NAME 64		  /* characters */
#define SKILL_FILE_TEXT 1024		  /* of a description */

struct skill_pair {
	const char *key, *value;
};

struct skill_texts {
	const char **items;
	size_t count;
};

struct skill_file {
	const char *name; /* NULL: not there */
	const char *description;
	const char *license, *compatibility;
	struct skill_texts tools;
	bool has_tools;
	struct skill_pair *metadata;
	size_t nmetadata;
	const char *body;
	/* What the published specification does not allow, one line each. */
	struct skill_texts warnings;
};

/* AWM_USAGE for what is malformed, AWM_INVALID without a description; both
 * with the line. */
int skill_file_parse(const char *text, size_t len, struct arena *a,
		     struct skill_file *ret);

/* Holds the names and lengths to the specification, adding to the warnings.
 * `folder` is the name of the folder that the file is in, which stands in for
 * a missing name. AWM_INVALID when there is neither. */
int skill_file_check(struct skill_file *file, const char *folder,
		     struct arena *a);

/* The text under a key of the metadata; NULL when there is none. */
const char *skill_file_get(const struct skill_file *file, const char *key);
/* Adds one; a value of NULL adds nothing. */
int skill_file_set(struct skill_file *file, const char *key, const char *value,
		   struct arena *a);

/* The whole file; what is read from it is what was written. */
void skill_file_print(const struct skill_file *file, struct buf *out);

/* A prompt as the body of a file has it: line ends of one kind, no blank lines
 * at its beginning, one line end at its end. NULL without memory. */
const char *skill_file_body(const char *text, size_t len, struct arena *a);

/* Why this is no name of a folder of a skill, as a phrase for "…: …"; NULL
 * when it is one. */
const char *skill_file_name_wanted(const char *name);

/* "Release notes" becomes "release-notes"; "" when nothing of it is left. */
const char *skill_file_slug(const char *name, struct arena *a);

/* ---- within the reader ---- */

struct skill_line {
	const char *s; /* without indentation; NUL-terminated */
	size_t indent;
	size_t number; /* from 1 */
	bool blank;    /* nothing, or only spaces */
};

struct skill_reader {
	struct arena *arena;
	struct skill_file *file;
	struct skill_line *lines; /* of the frontmatter */
	size_t count, at;
};

/* skill_scalar.c: the text that begins with `rest`, the part of line `at`
 * behind the key, whose line is indented by `indent`; the reader then stands
 * behind it. `block` is set for a block scalar. */
int skill_scalar_read(struct skill_reader *r, size_t indent, const char *rest,
		      const char **ret, bool *ret_block);
/* Adds the text so that skill_scalar_read() gives it back. */
void skill_scalar_print(const char *text, struct buf *out);
/* One more warning. */
int skill_file_warn(struct skill_file *file, struct arena *a, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));

#endif
