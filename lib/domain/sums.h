/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SUMS_H
#define DOMAIN_SUMS_H

#include "domain/mutate.h"

/*
 * Columns that are sums of other rows: minutes, cost and tokens of a task,
 * hours and cost of a project. They are made anew from their sources, in the
 * transaction that changes one of these, so that they can never drift; nobody
 * else writes them. Whoever writes or deletes entries or executions other than
 * through mutate calls these afterwards.
 */

/* The time of a task and of the project that it is in. */
int sums_time(struct awm_session *s, int64_t task);
/* The cost of a task and of the project that it is in. */
int sums_cost(struct awm_session *s, int64_t task);

/* A task that is written: its sums stay what they were, whatever is said. */
void sums_keep_task(struct change *c);
void sums_keep_project(struct change *c);
/* A task that was written: when it left a project, what the project and the
 * one that it came to are left with. */
int sums_task_wrote(struct awm_session *s, const struct change *c);
/* Entries of a user on a task go, as the user does. */
int sums_user_leaves(struct awm_session *s, int64_t task, int64_t user);

#endif
