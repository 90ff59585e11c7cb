// SPDX-License-Identifier: MIT
/* The outbox: deliveries, written in the transaction that caused them. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/webhook.h"
#include "edge/random.h"
#include "entity/store.h"

struct queueing {
	struct awm_session *s;
	const struct event *e;
	struct arena arena;
	int64_t *hooks; /* those that want it */
	size_t n, room;
};

static bool wants(const struct awm_record *row, const struct event *e)
{
	const struct awm_value *project = &row->values[1];
	_cleanup_json_ cJSON *events = NULL;
	const cJSON *pattern;

	if (project->kind == AWM_INT && project->i != e->project)
		return false;
	if (json_parse(row->values[2].s, row->values[2].len, &events)) {
		err_clear();
		return false;
	}
	cJSON_ArrayForEach(pattern, events)
	{
		if (cJSON_IsString(pattern) &&
		    event_matches(pattern->valuestring, e->type))
			return true;
	}
	return false;
}

static int note(void *ctx, const struct awm_record *row)
{
	struct queueing *q = ctx;

	if (!wants(row, q->e))
		return 0;
	if (q->n == q->room) {
		size_t room = q->room ? q->room * 2 : 16;
		int64_t *more = arena_array(&q->arena, room, sizeof(*q->hooks));

		if (!more)
			return -AWM_NOMEM;
		if (q->n)
			memcpy(more, q->hooks, q->n * sizeof(*more));
		q->hooks = more;
		q->room = room;
	}
	q->hooks[q->n++] = row->values[0].i;
	return 0;
}

static int find_hooks(struct queueing *q)
{
	const struct awm_field *f = entity_webhook.fields;
	const struct awm_field *fields[] = {
		&f[WEBHOOK_id], &f[WEBHOOK_projectId], &f[WEBHOOK_events]};
	const struct awm_value on = AWM_VALUE_INT(1);
	struct awm_cond cond = {&f[WEBHOOK_isEnabled], AWM_OP_EQ, &on, 1};
	struct awm_sort by_id = {&f[WEBHOOK_id], false};
	struct awm_query query = {.entity = &entity_webhook,
				  .fields = fields,
				  .nfields = ARRAY_LEN(fields),
				  .conds = &cond,
				  .nconds = 1,
				  .sort = &by_id,
				  .nsort = 1};

	return store_list(q->s->db, &query, note, q);
}

static int make_payload(struct queueing *q, struct buf *data, struct buf *out)
{
	struct jsonw w = {.out = out};
	char at[TIME_ISO_SIZE];
	int rc = event_data(q->s, q->e, data);

	if (rc)
		return rc;
	time_format_iso(q->e->at, at);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, q->e->type);
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_key(&w, "data");
	jsonw_raw(&w, data->s, data->len);
	jsonw_end_object(&w);
	return buf_check(out);
}

int delivery_add(struct awm_session *s, int64_t webhook, const char *type,
		 int64_t activity, const char *payload, int64_t *ret_id)
{
	struct awm_value v[DELIVERY_NFIELDS] = {0};
	bool mask[DELIVERY_NFIELDS];
	char id[sizeof("msg_") + RANDOM_TOKEN_SIZE] = "msg_";
	int rc = random_token(id + strlen(id));

	if (rc)
		return rc;
	memset(mask, true, sizeof(mask));
	mask[DELIVERY_id] = false;
	v[DELIVERY_messageId] = awm_value_text(id);
	v[DELIVERY_webhookId] = AWM_VALUE_INT(webhook);
	if (activity)
		v[DELIVERY_activityId] = AWM_VALUE_INT(activity);
	v[DELIVERY_eventType] = awm_value_text(type);
	v[DELIVERY_payload] = awm_value_text(payload);
	v[DELIVERY_state] = awm_value_text("pending");
	v[DELIVERY_attempts] = AWM_VALUE_INT(0);
	v[DELIVERY_nextAttemptAt] = AWM_VALUE_INT(s->now);
	v[DELIVERY_createdAt] = AWM_VALUE_INT(s->now);
	v[DELIVERY_updatedAt] = AWM_VALUE_INT(s->now);
	rc = store_insert(s->db, &entity_delivery, v, mask, ret_id);
	if (!rc)
		s->due = true;
	return rc;
}

int webhook_queue(struct awm_session *s, const struct event *e,
		  struct buf *data)
{
	struct queueing q = {.s = s, .e = e};
	_cleanup_buf_ struct buf payload = {0};
	int64_t id;
	int rc;

	if (e->change->e == &entity_webhook)
		return 0;
	rc = find_hooks(&q);
	if (!rc && q.n)
		rc = make_payload(&q, data, &payload);
	for (size_t i = 0; i < q.n && !rc; i++)
		rc = delivery_add(s, q.hooks[i], e->type, e->activity,
				  payload.s, &id);
	arena_release(&q.arena);
	return rc;
}
