// SPDX-License-Identifier: MIT
#include "domain/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "entity/store.h"

int64_t scope_user(const struct awm_session *s)
{
	if (!s->acting)
		return -1;
	return role_of(s) == ROLE_ADMIN ? 0 : s->actor.id;
}

bool scope_of(const struct awm_session *s, const struct awm_entity *e,
	      struct awm_value *value, struct awm_cond *ret)
{
	int64_t user = scope_user(s);
	enum awm_op op = e == &entity_skill ? AWM_OP_SEEN_BY : AWM_OP_TOLD_TO;

	if (!user || (e != &entity_skill && e != &entity_activity))
		return false;
	*value = AWM_VALUE_INT(user);
	*ret = (struct awm_cond){e->fields, op, value, 1};
	return true;
}

/* The query with that condition; *ret_conds is owned, NULL: as it was. */
static int narrow(const struct awm_session *s, struct awm_query *q,
		  struct awm_value *value, struct awm_cond **ret_conds)
{
	struct awm_cond more, *conds;

	*ret_conds = NULL;
	if (!scope_of(s, q->entity, value, &more))
		return 0;
	conds = calloc(q->nconds + 1, sizeof(*conds));
	if (!conds)
		return err_nomem();
	if (q->nconds)
		memcpy(conds, q->conds, q->nconds * sizeof(*conds));
	conds[q->nconds++] = more;
	q->conds = *ret_conds = conds;
	return 0;
}

int scope_list(struct awm_session *s, const struct awm_query *query,
	       awm_row_fn *fn, void *ctx)
{
	_cleanup_free_ struct awm_cond *conds = NULL;
	struct awm_query q = *query;
	struct awm_value value;
	int rc = narrow(s, &q, &value, &conds);

	return rc ? rc : store_list(s->db, &q, fn, ctx);
}

int scope_count(struct awm_session *s, const struct awm_query *query,
		int64_t *ret)
{
	_cleanup_free_ struct awm_cond *conds = NULL;
	struct awm_query q = *query;
	struct awm_value value;
	int rc = narrow(s, &q, &value, &conds);

	return rc ? rc : store_count(s->db, &q, ret);
}

int scope_require(struct awm_session *s, const struct awm_entity *e, int64_t id)
{
	struct awm_value key = AWM_VALUE_INT(id), value;
	struct awm_cond conds[2] = {{e->fields, AWM_OP_EQ, &key, 1}};
	struct awm_query q = {
		.entity = e, .conds = conds, .nconds = 2, .all = true};
	int64_t n;
	int rc;

	if (!scope_of(s, e, &value, &conds[1]))
		return 0;
	rc = store_count(s->db, &q, &n);
	if (rc || n)
		return rc;
	return err_set(AWM_NOT_FOUND, "no %s %lld", e->label, (long long)id);
}
