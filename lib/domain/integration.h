/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_INTEGRATION_H
#define DOMAIN_INTEGRATION_H

#include <awm/integration.h>

#include "base/buf.h"
#include "base/mem.h"

/* What an integration of one type is told. */
struct integration_type {
	const char *name;
	const struct awm_shape *settings;
	const struct awm_shape *credentials;
	/* The credential that is meant by a text which is no JSON object. */
	const char *plain;
	enum awm_credentials wants;
};

/* AWM_USAGE for an unknown one. */
int integration_type_find(const char *name,
			  const struct integration_type **ret);

/* The settings `was`, with what is said of them ("key=value"), as JSON in the
 * arena. AWM_USAGE for a key that the type has not; whether the values fit is
 * for the shape. */
int integration_settings(struct awm_session *s,
			 const struct integration_type *type,
			 const struct awm_value *was,
			 const struct awm_integration_opts *opts,
			 struct arena *a, struct awm_value *ret);

/* Checks credentials as they were given, and adds them as a JSON object. No
 * message holds any of them. */
int integration_credentials(const struct integration_type *type,
			    const char *text, struct buf *out);

#endif
