/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_WATCH_H
#define DOMAIN_WATCH_H

#include "domain/mutate.h"

/*
 * Who watches a task. Whoever adds it and whoever it is assigned to watch it
 * from then on, until they say otherwise. task_watchers is the truth;
 * watcherIds holds the same users, sorted, and whichever way it is changed
 * (an undo, an import), task_watchers is brought in line.
 */

/* Before the row of a task is written. */
int watch_check(struct awm_session *s, struct change *c);
/* After it. */
int watch_wrote(struct awm_session *s, const struct change *c);

#endif
