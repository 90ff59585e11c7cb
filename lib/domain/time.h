/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_TIME_H
#define DOMAIN_TIME_H

#include <awm/time_entry.h>

#include "domain/mutate.h"

/* Beside the flags of <awm/time_entry.h>: a timer ends, and may have run for
 * less than a second. */
#define TIME_STOPPING (1U << 16)

/* What people may not do with time entries, and imports may: see
 * <awm/time_entry.h>. For a mutate_fn; completes what the change says. */
int time_amend(struct awm_session *s, struct change *c, unsigned flags);

extern const struct rules time_rules;

#endif
