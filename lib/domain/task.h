/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_TASK_H
#define DOMAIN_TASK_H

#include "domain/mutate.h"

/* Whether a person's verb or edit may take the task to this status: a done
 * task is reopened first, a blocked one unblocked. AWM_INVALID with the verb
 * that helps. Imports set a status as they find it. */
int task_may_become(const struct change *c, const struct awm_value *status);

/* AWM_INVALID for a task that becomes done while parts of it are open;
 * finish.c. */
int task_refuse_open_parts(struct awm_session *s, const struct change *c);

/* AWM_INVALID for a task that becomes blocked by nothing at all. */
int task_needs_reason(const struct change *c);

/* People's verbs leave a deleted task alone, but for restore and purge. */
int task_refuse_deleted(const struct change *c);

/* Out of blocked, back to where it was: what had been started is in progress
 * again. Does nothing to a task that is not blocked. */
void task_unblock(struct change *c);

/* Changes a JSON array of strings: the union with `add`, without `rm`. Text
 * in the change's arena. */
struct tag_change {
	const char *const *add;
	size_t nadd;
	const char *const *rm;
	size_t nrm;
};
int task_amend_tags(struct change *c, const struct tag_change *tags);

/* Takes back, or does again, what moving a task beside another one did to the
 * order of the others: "shift" in the changes of an activity. */
struct cJSON;
int task_restore_place(struct awm_session *s, struct change *c,
		       const struct cJSON *from, const struct cJSON *to);

#endif
