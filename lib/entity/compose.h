/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_COMPOSE_H
#define ENTITY_COMPOSE_H

#include "entity/store.h"

/* SQL text from field tables; used by the store alone. */

/* Whether the values of a condition are bound (or stand as literals, or there
 * are none). */
bool compose_binds(const struct awm_cond *c);

/* Whether ?1 is the instant of the readiness rule, before the values of the
 * conditions; `for_user` comes after those. */
bool compose_wants_now(const struct awm_query *q, bool count);

/* INSERT of the masked columns. */
void compose_insert(const struct awm_entity *e, const bool *mask,
		    struct buf *out);
/* UPDATE of the masked columns from ?2 on, WHERE "id"=?1. */
void compose_update(const struct awm_entity *e, const bool *mask,
		    struct buf *out);

#endif
