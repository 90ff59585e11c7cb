/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_BUDGET_H
#define DOMAIN_BUDGET_H

#include "domain/execution.h"

/* What projects may spend; budget_left() is in execution.h. */

/* Under the write lock: whether the budget holds the run. AWM_INVALID. */
int budget_check(struct awm_session *s, const struct execution_start *start);
/* Puts the columns budget and budgetLeft behind those of a row that begins
 * with the id of a project. */
int budget_extend(struct awm_session *s, struct arena *a,
		  struct awm_record *project);
/* Brings the budget back to what an activity says it was: a number or null.
 * For undo. */
int budget_restore(struct awm_session *s, struct change *c, const cJSON *from);

#endif
