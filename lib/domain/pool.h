/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_POOL_H
#define DOMAIN_POOL_H

#include <awm/query.h>

#include "base/mem.h"

struct awm_pool {
	struct arena arena;
};

static inline struct arena *pool_arena(struct awm_pool *pool)
{
	return pool ? &pool->arena : NULL;
}

#endif
