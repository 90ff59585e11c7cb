/* SPDX-License-Identifier: MIT */
#ifndef AWM_TEAM_H
#define AWM_TEAM_H

#include <awm/query.h>

/*
 * Teams own projects, skills, providers and integrations. They are added,
 * changed and deleted with awm_add(), awm_edit() and awm_delete(), which takes
 * an admin. A team without a slug gets one made from its name, with a number
 * behind when that is taken; one that is asked for and taken is AWM_CONFLICT.
 * Deleting a team deletes its projects with all that is in them, and its
 * skills, providers and integrations.
 */

/* The team with members (each with its user) and projects. A constant number
 * of statements. */
AWM_EXPORT int awm_team_show(struct awm_session *s, int64_t id,
			     struct awm_pool *pool, struct awm_record **ret);

/* role NULL: member. An existing member's role is changed. The roles of
 * members are told, not checked: what somebody may do follows from the user's
 * own role. */
AWM_EXPORT int awm_team_member_add(struct awm_session *s, int64_t team,
				   int64_t user, const char *role,
				   struct awm_pool *pool,
				   struct awm_record **ret);
AWM_EXPORT int awm_team_member_rm(struct awm_session *s, int64_t team,
				  int64_t user);
/* Calls fn with each membership joined with its user. */
AWM_EXPORT int awm_team_member_list(struct awm_session *s, int64_t team,
				    awm_row_fn *fn, void *ctx);

#endif
