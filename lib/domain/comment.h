/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_COMMENT_H
#define DOMAIN_COMMENT_H

#include "domain/mutate.h"

extern const struct rules comment_rules;

/* People comment on live tasks and answer live comments, and leave the text of
 * a deleted one alone; imports bring what they find. */
int comment_may_add(struct awm_session *s, struct change *c);
int comment_may_edit(const struct change *c);

/* Those of `all` (comments of one task, oldest first) that are below the
 * comment `top` (0: all of them), each before its replies. With `places`,
 * deleted ones stay where live ones are below; `all_deleted` keeps the others
 * too. */
struct thread_opts {
	int64_t top;
	bool places;
	bool all_deleted;
};
int thread_order(const struct awm_relation *all, struct thread_opts opts,
		 struct arena *a, struct awm_relation *ret);

#endif
