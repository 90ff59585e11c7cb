/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SCOPE_H
#define DOMAIN_SCOPE_H

#include <awm/query.h>

#include "domain/session.h"
#include "entity/entity.h"

/*
 * Who sees what: private skills are their author's and their team's, and so is
 * what activities tell of them. Everything else is everybody's.
 */

/* What queries of sql/queries/ are given: the acting user; 0 for an admin, who
 * sees all; -1 where nobody acts. */
int64_t scope_user(const struct awm_session *s);
/* The condition that a listing is under; `value` is its storage. False where
 * the acting user sees all rows of the entity. */
bool scope_of(const struct awm_session *s, const struct awm_entity *e,
	      struct awm_value *value, struct awm_cond *ret);
/* store_list() and store_count() of what the acting user sees. */
int scope_list(struct awm_session *s, const struct awm_query *query,
	       awm_row_fn *fn, void *ctx);
int scope_count(struct awm_session *s, const struct awm_query *query,
		int64_t *ret);
/* AWM_NOT_FOUND for a row that the acting user does not see, as for one that
 * is not there. Of an entity that everybody sees: 0. */
int scope_require(struct awm_session *s, const struct awm_entity *e,
		  int64_t id);

#endif
