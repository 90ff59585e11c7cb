/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_HOOK_MESSAGE_H
#define DOMAIN_HOOK_MESSAGE_H

#include <awm/hook.h>

/* The hooks that look at a message before there is a commit; no database is
 * touched. */
int hook_prepare(const struct awm_hook_call *call);
int hook_check(const struct awm_hook_call *call);

#endif
