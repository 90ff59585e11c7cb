/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_ACCESS_H
#define DOMAIN_ACCESS_H

#include "base/json.h"
#include "domain/integration.h"
#include "domain/session.h"

/*
 * An integration with its credentials open. A database is anybody's, so it
 * does not say where a secret goes: sealed with the credentials is the place
 * that they were given for, and where the settings name another by now they
 * are not handed out.
 */
struct access {
	int64_t id, user, team; /* user or team is 0 */
	bool enabled;
	const struct integration_type *type;
	cJSON *settings;
	cJSON *credentials; /* {} without any */
};

/* AWM_DENIED for credentials that this machine cannot open or that were given
 * for another place; AWM_DATABASE for settings that are no such. To be released
 * in any case. */
int access_open(struct awm_session *s, int64_t id, struct access *ret);
void access_release(struct access *access);

/* A setting that is a text, or NULL; borrowed. */
const char *access_setting(const struct access *access, const char *name);
const char *access_credential(const struct access *access, const char *name);

/* Where credentials go with these settings; in the arena, "" for a type whose
 * credentials say it themselves. */
const char *access_place(const struct integration_type *type,
			 const cJSON *settings, struct arena *a);
/* Seals the credentials, a JSON object, for that place. */
int access_seal(struct awm_session *s, int64_t id,
		const struct integration_type *type, const char *settings,
		const char *credentials);
/* Whether the place is another one with the settings `after`. */
int access_moves(const struct integration_type *type, const char *before,
		 const char *after, bool *ret);
/* After the settings changed from `before`: what was sealed for their place is
 * for the new one. */
int access_reseal(struct awm_session *s, int64_t id,
		  const struct integration_type *type, const char *before,
		  const char *after);

#endif
