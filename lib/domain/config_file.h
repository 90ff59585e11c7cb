/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_CONFIG_FILE_H
#define DOMAIN_CONFIG_FILE_H

#include <awm/config.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * The syntax of git's configuration files: what git-config(1) says under
 * SYNTAX, with the old [section.sub] form. Include directives are values like
 * others and are not followed. A NUL byte is refused; git would cut the value
 * there.
 */

/*
 * A key in its normal form. The section is lower case up to its first dot and
 * has the subsection, in its own case, after that: "user", "mcp.servers". The
 * name is lower case. So [a "b"] and [a.b] are the same section.
 */
struct config_key {
	const char *section;
	const char *name;
};

enum config_kind { CONFIG_SECTION, CONFIG_ENTRY, CONFIG_COMMENT };

/* One piece of the file; what lies between two pieces is white space. Offsets
 * are in bytes of the text. */
struct config_node {
	enum config_kind kind;
	size_t begin;
	size_t end; /* after the ']', or after the line break */
	/* An entry: the value with its quotes, without the spaces and the
	 * comment around it. Empty after the name where there is no '='. */
	size_t value_begin, value_end;
	struct config_key key; /* name NULL but for an entry */
	const char *value;     /* read; NULL where there is no '=' */
};

/* A zeroed struct is an empty file. */
struct config_file {
	struct buf text;
	struct config_node *nodes;
	size_t n, cap;
	unsigned tail; /* line breaks wanted before something is appended */
	struct arena arena;
};

/* -AWM_USAGE with "line N: …". The text is copied. */
int config_file_parse(const char *text, size_t len, struct config_file *ret);
void config_file_release(struct config_file *file);

/* "section.name" or "section.sub.name" as git takes them on its command line;
 * -AWM_USAGE otherwise. The strings live in the arena. */
int config_key_parse(const char *key, struct arena *a, struct config_key *ret);
bool config_key_equal(const struct config_key *a, const struct config_key *b);

bool config_node_is(const struct config_node *node,
		    const struct config_key *key);

/* The last entry of the key, or NULL. */
const struct config_node *config_file_find(const struct config_file *file,
					   const struct config_key *key);

/* What the syntax takes for white space, whatever the locale. */
static inline bool config_is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The bytes of a byte order mark at the start of the text, which is skipped. */
size_t config_bom_length(const char *s, size_t len);

/*
 * Write the changed text to `out`; every byte that does not have to go stays.
 *
 * Set: of several values of the key the last one is replaced, where it stands
 * and with its comment kept, and the others stay: the last one is what a
 * reader gets. A new key goes behind the last entry of its last section, a new
 * section to the end. `name` is the spelling for a new key.
 *
 * Unset: every value of the key goes, with a comment on its line, so that none
 * comes back to life. A section left without an entry goes too, unless there
 * is a comment in it or right above it. -AWM_NOT_FOUND when there was none.
 */
int config_file_set(const struct config_file *file,
		    const struct config_key *key, const char *name,
		    const char *value, struct buf *out);
int config_file_unset(const struct config_file *file,
		      const struct config_key *key, struct buf *out);

/* The row of awm_config_options() that the key belongs to, or NULL. */
const struct awm_option *config_option_find(const struct config_key *key);

/* Whether the row is a family of keys, such as "alias.*". */
bool config_option_is_family(const struct awm_option *option);

/* Whether the key may be set to the value: 0 and its row, or -AWM_USAGE. With
 * `value` NULL only the key is looked at. `key` is as it was written, for the
 * message. */
int config_option_check(const char *key, const struct config_key *normal,
			const char *value, const struct awm_option **ret);

/* Whether the value fits the option: 0, or -AWM_USAGE. *ret is what a BOOL,
 * INT or DURATION means, the index of an ENUM's word, 0 for TEXT. */
int config_option_read(const struct awm_option *option, const char *value,
		       int64_t *ret);

#endif
