/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_REWRITE_H
#define DOMAIN_REWRITE_H

#include "domain/session.h"

/* Lines "OLD NEW" as git's post-rewrite gives them: tasks that have an old
 * commit get the new one in its place, once, and new commits are linked with
 * what they name. */
int rewrite_commits(struct awm_session *s, const char *lines);

#endif
