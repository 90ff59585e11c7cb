// SPDX-License-Identifier: MIT
/* Listings and counts by the readiness rule; the rule itself is
 * sql/queries/task_ready.sqlite.sql. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/work.h"
#include "entity/store.h"

/* "deferred: until @1763812800000" into a time that can be read. */
static const char *readable(const char *reason, char *out, size_t size)
{
	const char *at = strchr(reason, '@');
	char iso[TIME_ISO_SIZE];

	if (!at || (strncmp(reason, "claimed: ", 9) != 0 &&
		    strncmp(reason, "deferred: ", 10) != 0))
		return reason;
	time_format_iso(strtoll(at + 1, NULL, 10), iso);
	snprintf(out, size, "%.*s%s", (int)(at - reason), reason, iso);
	return out;
}

struct reasons {
	awm_row_fn *fn;
	void *ctx;
	char text[128];
};

/* The reason is the last column. */
static int explain_row(void *ctx, const struct awm_record *row)
{
	struct reasons *r = ctx;
	struct awm_value *v = &row->values[row->count - 1];

	if (v->kind == AWM_TEXT)
		*v = awm_value_text(readable(v->s, r->text, sizeof(r->text)));
	return r->fn(r->ctx, row);
}

int ready_list(struct awm_session *s, const struct awm_query *query,
	       awm_row_fn *fn, void *ctx)
{
	struct awm_query q = *query;
	struct reasons r = {.fn = fn, .ctx = ctx};

	q.ready_at = s->now;
	if (q.ready & AWM_REASON)
		return store_list(s->db, &q, explain_row, &r);
	return store_list(s->db, &q, fn, ctx);
}

int ready_count(struct awm_session *s, const struct awm_query *query,
		int64_t *ret)
{
	struct awm_query q = *query;

	q.ready_at = s->now;
	return store_count(s->db, &q, ret);
}

struct reason {
	struct arena *arena;
	const char *text;
};

static int keep_reason(void *ctx, const struct awm_record *row)
{
	struct reason *r = ctx;
	const struct awm_value *v = &row->values[row->count - 1];

	if (v->kind != AWM_TEXT)
		return 0;
	r->text = arena_strdup(r->arena, v->s);
	return r->text ? 0 : -AWM_NOMEM;
}

int ready_reason(struct awm_session *s, int64_t id, struct arena *a,
		 const char **ret)
{
	struct awm_value key = AWM_VALUE_INT(id);
	struct awm_cond cond = {entity_task.fields, AWM_OP_EQ, &key, 1};
	const struct awm_field *fields[] = {entity_task.fields};
	struct awm_query q = {.entity = &entity_task,
			      .conds = &cond,
			      .nconds = 1,
			      .fields = fields,
			      .nfields = 1,
			      .all = true,
			      .ready = AWM_REASON};
	struct reason r = {.arena = a};
	int rc = ready_list(s, &q, keep_reason, &r);

	if (!rc)
		*ret = r.text;
	return rc;
}
