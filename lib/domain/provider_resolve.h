/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PROVIDER_RESOLVE_H
#define DOMAIN_PROVIDER_RESOLVE_H

#include "domain/provider.h"

/* A resolution on its way; of provider_access.c and provider_choose.c. */
struct resolving {
	struct awm_session *s;
	struct arena *a;
	const struct provider_config *configs;
	size_t nconfigs;
	int64_t team; /* 0: none */
	const char *asked, *model, *base_url;
	/* what was found */
	const char *word;
	const struct provider_config *config; /* or NULL */
	struct provider_env env;
	bool named; /* a person named the address, or it is the vendor's */
	struct provider_access *access;
	const char **warnings;
};

/* Which provider and which configuration: sets word and config. */
int provider_choose(struct resolving *r);

#endif
