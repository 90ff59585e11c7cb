/* SPDX-License-Identifier: MIT */
#ifndef AWM_INTEGRATION_H
#define AWM_INTEGRATION_H

#include <awm/write.h>

/*
 * Integrations with services outside, of one user or of one team. Which
 * settings and credentials each type has, and what they must look like, stands
 * in one table. Credentials are sealed before they are stored, and are shown
 * as "set" or "unset" only: no message, activity or search row holds them.
 * Adding, changing and deleting them takes an admin.
 */

/* github, slack, smtp, desktop; NULL-terminated. */
AWM_EXPORT extern const char *const awm_integration_types[];

enum awm_credentials {
	AWM_CREDENTIALS_NONE,	  /* the type takes none */
	AWM_CREDENTIALS_OPTIONAL, /* a mail server may want none */
	AWM_CREDENTIALS_REQUIRED
};

/* What the type wants; AWM_USAGE for an unknown type. */
AWM_EXPORT int awm_integration_wants(const char *type,
				     enum awm_credentials *ret);

struct awm_integration_opts {
	/* "key=value"; an empty value takes the setting away. Elements of a
	 * list are separated by commas. Borrowed. */
	const char *const *settings;
	size_t nsettings;
	/* A JSON object, or the token, URL or password alone; NULL: leave what
	 * is there. Borrowed; the caller wipes it. */
	const char *credentials;
};

/* Adds one; `sets` may name userId or teamId, the acting user without them.
 * AWM_USAGE for an unknown type or setting, AWM_INVALID for a value that does
 * not fit and for credentials that are missing. */
AWM_EXPORT int awm_integration_add(struct awm_session *s, const char *type,
				   const struct awm_set *sets, size_t n,
				   const struct awm_integration_opts *opts,
				   struct awm_pool *pool,
				   struct awm_record **ret);

/* Changes one; settings that are not named stay. `edit` may be NULL. */
AWM_EXPORT int awm_integration_edit(struct awm_session *s, int64_t id,
				    const struct awm_set *sets, size_t n,
				    const struct awm_integration_opts *opts,
				    const struct awm_edit_opts *edit,
				    struct awm_pool *pool,
				    struct awm_record **ret);

#endif
