/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_ONCE_H
#define DOMAIN_ONCE_H

#include <awm/bulk.h>

/* The keys under which tasks were added. */

/* AWM_USAGE for what is no key. */
int once_check(const char *key);
/* AWM_NOT_FOUND, with a message for the caller to replace. */
int once_find(struct awm_session *s, const char *key, int64_t *ret);
int once_keep(struct awm_session *s, const char *key, int64_t id);

#endif
