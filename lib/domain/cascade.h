/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_CASCADE_H
#define DOMAIN_CASCADE_H

#include "domain/session.h"

/*
 * What must be let go of before a row is deleted for good, so that the
 * cascades of the schema can do the rest: references that the schema neither
 * cascades nor clears, and the search rows of what goes along.
 */

/* Tasks of other projects that wait for tasks of this one. */
int cascade_project(struct awm_session *s, int64_t id);
/* Replies to the user's comments, mentions, reactions, reviews, tasks that the
 * user watches, projects made from the user's templates, and everything of the
 * projects, skills and templates that the user owns. */
int cascade_user(struct awm_session *s, int64_t id);

/* Projects that were made from the template live on. */
int cascade_template(struct awm_session *s, int64_t id);

/* Everything of the projects of the team, and its skills. */
int cascade_team(struct awm_session *s, int64_t id);

/* Tasks that wait for this one wait no longer; task.c. */
int task_release_waiting(struct awm_session *s, int64_t blocker);

/* The task goes back to the queue when whoever claimed it goes; claim.c. */
int claim_user_leaves(struct awm_session *s, int64_t task, int64_t user);

/* Takes a user out of a task's watchers, also of a deleted one; task_verbs.c.
 */
int task_unwatch(struct awm_session *s, int64_t id, int64_t user);

#endif
