// SPDX-License-Identifier: MIT
#include "domain/watch.h"

#include <string.h>

#include "base/err.h"
#include "entity/field.h"
#include "queries.h"

/* The users who begin to watch with this change, smallest id first. */
struct joins {
	int64_t ids[2];
	size_t n;
};

static struct joins joins_of(const struct awm_session *s,
			     const struct change *c)
{
	const struct awm_value *assignee = &c->after[TASK_assigneeId];
	struct joins j = {0};

	if (s->quiet || s->undoes)
		return j;
	if (!c->before && s->acting)
		j.ids[j.n++] = s->actor.id;
	if (assignee->kind != AWM_INT || !change_differs(c, TASK_assigneeId) ||
	    (j.n && j.ids[0] == assignee->i))
		return j;
	j.ids[j.n++] = assignee->i;
	if (j.n == 2 && j.ids[0] > j.ids[1]) {
		j.ids[1] = j.ids[0];
		j.ids[0] = assignee->i;
	}
	return j;
}

/* The array without those who are no users, in order. */
static int known(struct awm_session *s, struct change *c, struct awm_value *ids)
{
	return db_get(s->db, c->arena, ids, query_task_watchers_known, "v",
		      ids);
}

/* The array with those who join behind. */
static int joined(struct change *c, const struct joins *j,
		  struct awm_value *ids)
{
	const struct awm_value *now = ids;
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	/* without the bracket that ends it */
	buf_add(&out, now->s, now->len - 1);
	for (size_t i = 0; i < j->n; i++)
		buf_addf(&out, "%s%lld", i || !value_is(now, "[]") ? "," : "",
			 (long long)j->ids[i]);
	buf_addc(&out, ']');
	text = buf_check(&out) ? NULL : arena_strndup(c->arena, out.s, out.len);
	*ids = awm_value_text(text);
	return text ? 0 : -AWM_NOMEM;
}

/* An undo puts back those who are still there. */
static int refuse_unknown(struct awm_session *s, const struct change *c,
			  const struct awm_value *ids)
{
	struct awm_value id;
	int rc;

	if (s->undoes || (c->before && !change_differs(c, TASK_watcherIds)))
		return 0;
	rc = db_get(s->db, NULL, &id, query_task_watchers_unknown, "v", ids);
	if (!rc)
		return err_set(AWM_NOT_FOUND, "watcherIds: no user %lld",
			       (long long)id.i);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		rc = 0;
	}
	return rc;
}

int watch_check(struct awm_session *s, struct change *c)
{
	const struct joins j = joins_of(s, c);
	bool set = !value_is(&c->after[TASK_watcherIds], "[]");
	struct awm_value ids = c->after[TASK_watcherIds];
	int rc = 0;

	if (!j.n && !(c->before ? change_differs(c, TASK_watcherIds) : set))
		return 0;
	rc = field_check(&entity_task.fields[TASK_watcherIds], &ids);
	/* Those who join an empty list are in order, and checked elsewhere. */
	if (!rc && set)
		rc = refuse_unknown(s, c, &ids);
	if (!rc && set)
		rc = known(s, c, &ids);
	if (!rc && j.n)
		rc = joined(c, &j, &ids);
	if (!rc && set && j.n)
		rc = known(s, c, &ids);
	if (!rc)
		change_set(c, TASK_watcherIds, ids);
	return rc;
}

int watch_wrote(struct awm_session *s, const struct change *c)
{
	const struct awm_value *ids = &c->after[TASK_watcherIds];
	int rc = 0;

	if (c->before ? !change_differs(c, TASK_watcherIds)
		      : value_is(ids, "[]"))
		return 0;
	if (c->before)
		rc = db_run(s->db, query_task_watchers_rm, "iv", c->id, ids);
	return rc ? rc
		  : db_run(s->db, query_task_watchers_add, "ivi", c->id, ids,
			   s->now);
}
