/* SPDX-License-Identifier: MIT */
#ifndef CMD_MEMBER_H
#define CMD_MEMBER_H

#include "cmd/command.h"

/* The members of a project or a team: argument 0 is the project or team,
 * argument 1 the user. */

struct member_kind {
	const char *what; /* "project" */
	int (*add)(struct awm_session *s, int64_t parent, int64_t user,
		   const char *role, struct awm_pool *pool,
		   struct awm_record **ret);
	int (*rm)(struct awm_session *s, int64_t parent, int64_t user);
	int (*list)(struct awm_session *s, int64_t parent, awm_row_fn *fn,
		    void *ctx);
};

struct member_args {
	const char *role;
};

extern const struct option member_add_options[];

int member_add(struct run *r, const struct member_kind *kind);
int member_rm(struct run *r, const struct member_kind *kind);
int member_list(struct run *r, const struct member_kind *kind, int64_t parent);

#endif
