// SPDX-License-Identifier: MIT
/* The generic half of the public interface: read, add, edit, delete rows of
 * any entity. */
#include <awm/awm.h>
#include <string.h>

#include "base/err.h"
#include "domain/comment.h"
#include "domain/execution.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "domain/task.h"
#include "domain/time.h"
#include "domain/work.h"
#include "entity/store.h"

const char *awm_version(void)
{
	return AWM_VERSION;
}

/* What time alone has changed, before it is looked at. */
static int sweep(struct awm_session *s, const struct awm_entity *e)
{
	if (e == &entity_task)
		return claim_sweep(s);
	return e == &entity_execution ? execution_reap(s) : 0;
}

int awm_list(struct awm_session *s, const struct awm_query *query,
	     awm_row_fn *fn, void *ctx)
{
	int rc = sweep(s, query->entity);

	if (rc)
		return rc;
	if (query->ready)
		return ready_list(s, query, fn, ctx);
	return scope_list(s, query, fn, ctx);
}

int awm_count(struct awm_session *s, const struct awm_query *query,
	      int64_t *ret)
{
	int rc = sweep(s, query->entity);

	if (rc)
		return rc;
	if (query->ready)
		return ready_count(s, query, ret);
	return scope_count(s, query, ret);
}

int awm_get(struct awm_session *s, const struct awm_entity *e, int64_t id,
	    struct awm_pool *pool, struct awm_record **ret)
{
	int rc = scope_require(s, e, id);

	return rc ? rc : store_get(s->db, e, id, pool_arena(pool), ret);
}

int awm_record_copy(struct awm_pool *pool, const struct awm_record *row,
		    struct awm_record **ret)
{
	*ret = store_copy(pool_arena(pool), row);
	return *ret ? 0 : -AWM_NOMEM;
}

static int refuse_readonly(const struct awm_entity *e,
			   const struct awm_set *sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sets[i].field->flags & AWM_READONLY)
			return err_set(AWM_USAGE,
				       "'%s' of a %s is kept by awm and cannot "
				       "be set",
				       sets[i].field->name, e->label);
	return 0;
}

static int amend_add(struct awm_session *s, struct change *c, void *ctx)
{
	(void)ctx;
	if (c->e == &entity_time_entry)
		return time_amend(s, c, 0);
	if (c->e == &entity_comment)
		return comment_may_add(s, c);
	return c->e == &entity_task ? task_needs_reason(c) : 0;
}

int awm_add(struct awm_session *s, const struct awm_entity *e,
	    const struct awm_set *sets, size_t n, struct awm_pool *pool,
	    struct awm_record **ret)
{
	int rc = refuse_readonly(e, sets, n);

	return rc ? rc
		  : mutate_add(s, e, sets, n, amend_add, NULL, pool_arena(pool),
			       ret);
}

static int check_stale(const struct change *c, const struct awm_edit_opts *opts)
{
	const struct awm_field *f = awm_entity_field(c->e, "updatedAt");

	if (!opts->check_stale || !f ||
	    c->before[f - c->e->fields].i == opts->if_updated_at)
		return 0;
	err_set(AWM_CONFLICT, "%s %lld was changed since", c->e->label,
		(long long)c->id);
	return err_hint("awm %s show %lld, then try again", c->e->name,
			(long long)c->id);
}

static int amend_task(struct awm_session *s, struct change *c,
		      const struct awm_edit_opts *opts)
{
	struct tag_change tags = {opts->add_tags, opts->nadd_tags,
				  opts->rm_tags, opts->nrm_tags};
	int rc = task_refuse_deleted(c);

	if (!rc)
		rc = task_may_become(c, &c->after[TASK_status]);
	if (!rc)
		rc = task_needs_reason(c);
	if (!rc)
		rc = task_refuse_open_parts(s, c);
	if (!rc && (tags.nadd || tags.nrm))
		rc = task_amend_tags(c, &tags);
	return rc;
}

static int amend_edit(struct awm_session *s, struct change *c, void *ctx)
{
	static const struct awm_edit_opts none = {0};
	const struct awm_edit_opts *opts = ctx ? ctx : &none;
	int rc = check_stale(c, opts);

	(void)s;
	if (!rc && c->e == &entity_task)
		rc = amend_task(s, c, opts);
	if (!rc && c->e == &entity_comment)
		rc = comment_may_edit(c);
	if (!rc && c->e == &entity_time_entry)
		rc = time_amend(s, c,
				opts->allow_overlap ? AWM_TIME_OVERLAP : 0);
	return rc;
}

int awm_edit(struct awm_session *s, const struct awm_entity *e, int64_t id,
	     const struct awm_set *sets, size_t n,
	     const struct awm_edit_opts *opts, struct awm_pool *pool,
	     struct awm_record **ret)
{
	int rc = refuse_readonly(e, sets, n);

	return rc ? rc
		  : mutate_edit(s, e, id, sets, n, amend_edit, (void *)opts,
				pool_arena(pool), ret);
}

int awm_delete(struct awm_session *s, const struct awm_entity *e, int64_t id,
	       struct awm_pool *pool, struct awm_record **ret)
{
	return mutate_delete(s, e, id, pool_arena(pool), ret);
}
