// SPDX-License-Identifier: MIT
/* Tasks from JSON objects. */
#include "domain/bulk.h"

#include <awm/work.h>

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/once.h"
#include "domain/task.h"
#include "entity/store.h"

/* ---- the task ---- */

static int parent_project(struct line *l, int64_t parent, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(l->b->s->db, NULL, &v,
			"SELECT \"projectId\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", parent);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld",
			       (long long)parent);
	if (!rc)
		*ret = v.i;
	return rc;
}

static int choose_project(struct line *l)
{
	const struct awm_value *parent = bulk_value(l, TASK_parentTaskId);
	struct awm_bulk_opts *opts = &l->b->opts;
	int64_t id = 0;
	int rc = 0;

	if (bulk_value(l, TASK_projectId))
		return 0;
	if (parent && parent->kind == AWM_INT)
		rc = parent_project(l, parent->i, &id);
	else if (!opts->project)
		rc = awm_session_project(l->b->s, &opts->project);
	if (!rc && !id && !opts->project)
		rc = awm_inbox(l->b->s, &opts->project);
	if (!rc)
		rc = bulk_set(l, TASK_projectId,
			      AWM_VALUE_INT(id ? id : opts->project));
	return rc;
}

static int add_defaults(struct line *l)
{
	const struct awm_bulk_opts *opts = &l->b->opts;

	for (size_t i = 0; i < opts->nsets; i++) {
		size_t field =
			(size_t)(opts->sets[i].field - entity_task.fields);
		if (!bulk_value(l, field))
			l->sets[l->n++] = opts->sets[i];
	}
	return choose_project(l);
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	const struct line *l = ctx;

	(void)s;
	return l->blockers ? 0 : task_needs_reason(c);
}

/* "blockedBy": one, or an array of them. */
static int add_blockers(struct line *l, int64_t id)
{
	const cJSON *node, *list = l->blockers;
	_cleanup_buf_ struct buf ids = {0};
	int64_t blocker;
	int rc = 0;

	if (!list || cJSON_IsNull(list))
		return 0;
	for (node = cJSON_IsArray(list) ? list->child : list; node && !rc;
	     node = cJSON_IsArray(list) ? node->next : NULL) {
		rc = bulk_task(l->b, node, "blockedBy", &blocker);
		buf_add(&ids, &blocker, rc ? 0 : sizeof(blocker));
	}
	if (!rc)
		rc = buf_check(&ids);
	if (rc || !ids.len)
		return rc;
	return awm_task_dep_add(l->b->s, id,
				(const int64_t *)(const void *)ids.s,
				ids.len / sizeof(int64_t), NULL, NULL);
}

static int refuse_taken(struct line *l)
{
	const struct awm_value *id = bulk_value(l, TASK_id);

	if (!id)
		return 0;
	if (store_exists(l->b->s->db, &entity_task, id->i) == 0) {
		err_set(AWM_CONFLICT, "task %lld is there already",
			(long long)id->i);
		return err_hint("leave out 'id' to have one chosen");
	}
	err_clear();
	return 0;
}

static int add_task(struct line *l, int64_t *ret_id)
{
	struct awm_record *row;
	int rc = add_defaults(l);

	if (!rc)
		rc = refuse_taken(l);
	if (!rc)
		rc = mutate_add(l->b->s, &entity_task, l->sets, l->n, amend, l,
				&l->pool.arena, &row);
	if (rc)
		return rc;
	*ret_id = row->values[TASK_id].i;
	rc = add_blockers(l, *ret_id);
	if (!rc && l->defer)
		rc = awm_task_defer(l->b->s, *ret_id, l->until, NULL, NULL);
	if (!rc && l->key)
		rc = once_keep(l->b->s, l->key, *ret_id);
	return rc;
}

static int add_line(struct line *l, const cJSON *object, int64_t *ret_id,
		    bool *ret_made)
{
	const cJSON *node;
	int rc = 0;

	if (!cJSON_IsObject(object))
		return err_set(AWM_USAGE, "want a JSON object");
	cJSON_ArrayForEach(node, object)
	{
		rc = bulk_read(l, node);
		if (rc)
			return rc;
	}
	*ret_made = true;
	if (l->key) {
		rc = once_find(l->b->s, l->key, ret_id);
		*ret_made = rc == -AWM_NOT_FOUND;
		if (!*ret_made)
			return rc;
		err_clear();
	}
	return add_task(l, ret_id);
}

struct bulk_call {
	struct line *line;
	const cJSON *object;
	int64_t id;
	bool made;
};

static int run_line(struct awm_session *s, void *ctx)
{
	struct bulk_call *call = ctx;

	(void)s;
	return add_line(call->line, call->object, &call->id, &call->made);
}

int awm_bulk_add(struct awm_bulk *bulk, const char *json, size_t len,
		 int64_t *ret_id, bool *ret_made)
{
	_cleanup_json_ cJSON *object = NULL;
	struct line line = {.b = bulk};
	struct bulk_call call = {.line = &line};
	int rc = json_parse(json, len, &object);

	call.object = object;
	if (!rc)
		rc = awm_transaction(bulk->s, run_line, &call);
	arena_release(&line.pool.arena);
	if (rc)
		return rc;
	*ret_id = call.id;
	*ret_made = call.made;
	return 0;
}

int awm_bulk_new(struct awm_session *s, const struct awm_bulk_opts *opts,
		 struct awm_bulk **ret)
{
	struct awm_bulk *b = calloc(1, sizeof(*b));

	if (!b)
		return err_nomem();
	b->s = s;
	if (opts)
		b->opts = *opts;
	*ret = b;
	return 0;
}

void awm_bulk_free(struct awm_bulk *b)
{
	if (!b)
		return;
	arena_release(&b->arena);
	free(b);
}
