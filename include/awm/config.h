/* SPDX-License-Identifier: MIT */
#ifndef AWM_CONFIG_H
#define AWM_CONFIG_H

#include <awm/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The configuration of the machine: $XDG_CONFIG_HOME/awm/config, in the syntax
 * of git's files ("[user]\n\temail = a@b"). Every key is a row of one table;
 * unknown keys in a file are kept and ignored, and cannot be set. Keys are
 * "section.name" or "section.sub.name", compared without regard to case but
 * for the middle part.
 *
 * A file may give one key several values, of which the last one counts. Set
 * replaces that one where it stands and leaves the others; unset removes all.
 */

enum awm_option_type {
	AWM_OPTION_TEXT,
	AWM_OPTION_BOOL,
	AWM_OPTION_INT,
	AWM_OPTION_DURATION, /* seconds; "30", "30s", "5m" all read */
	AWM_OPTION_ENUM
};

struct awm_option {
	const char *key; /* "user.email"; "alias.*" and "mcp.servers.*" are
			    families of keys */
	enum awm_option_type type;
	const char *dflt; /* as it would be written, or NULL */
	int64_t min, max; /* INT and DURATION */
	const char *const *words;
	const char *help; /* one line */
};

/* The table, in the order of the manual. */
AWM_EXPORT const struct awm_option *awm_config_options(size_t *ret_n);

struct awm_config;

/* Reads the file; a missing one is empty. `path` NULL: the user's file, which
 * is empty also when no home folder can be told. AWM_USAGE for what is no plain
 * file, and with the line number for a broken file, an entry outside of a
 * section, or a value that does not fit its option. *ret is owned. */
AWM_EXPORT int awm_config_open(const char *path, struct awm_config **ret);
/* The same for who is about to look at it or to mend it: entries and values
 * that awm_config_open() refuses are let pass. */
AWM_EXPORT int awm_config_open_lenient(const char *path,
				       struct awm_config **ret);
AWM_EXPORT void awm_config_free(struct awm_config *config);
/* NULL when no home folder can be told. */
AWM_EXPORT const char *awm_config_path(const struct awm_config *config);

/* The value in the file, else the option's default, else NULL. The last one
 * in the file wins, as in git. Borrowed. Never fails: a malformed value, which
 * only awm_config_open_lenient() lets in, reads as the default. */
AWM_EXPORT const char *awm_config_get(const struct awm_config *config,
				      const char *key);
AWM_EXPORT bool awm_config_bool(const struct awm_config *config,
				const char *key);
AWM_EXPORT int64_t awm_config_int(const struct awm_config *config,
				  const char *key);

/* AWM_USAGE for an unknown key (with the nearest one) or a value that does
 * not fit the option: texts are one line, not empty, and user.email is an
 * address. With `value` NULL only the key is checked. */
AWM_EXPORT int awm_config_check(const char *key, const char *value);

/* Writes one value, keeping every other byte of the file (comments, order,
 * spacing); the change is atomic and serialised by a lock file. The folder is
 * made, 0700, the file 0600. */
AWM_EXPORT int awm_config_set(struct awm_config *config, const char *key,
			      const char *value);
/* AWM_NOT_FOUND when it was not set. An emptied section goes too. */
AWM_EXPORT int awm_config_unset(struct awm_config *config, const char *key);

/* Every value set in the file, in its order. */
typedef int awm_config_fn(void *ctx, const char *key, const char *value);
AWM_EXPORT int awm_config_each(const struct awm_config *config,
			       awm_config_fn *fn, void *ctx);

#endif
