// SPDX-License-Identifier: MIT
/* Deliveries that somebody asks for: again, and to try a webhook out. */
#include <awm/request.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/delivery.h"
#include "domain/pool.h"
#include "entity/store.h"
#include "queries.h"

#define TEST_TYPE "webhook.test"

/* ---- again ---- */

struct again {
	int64_t id;
	struct awm_pool *pool;
	struct awm_record *record;
};

static int run_resend(struct awm_session *s, void *ctx)
{
	struct again *a = ctx;
	int rc = store_exists(s->db, &entity_delivery, a->id);

	/* What a process has in hand just now it goes on with. */
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"webhook_deliveries\" SET "
			    "\"state\"='pending',\"attempts\"=0,"
			    "\"nextAttemptAt\"=?2,\"deliveredAt\"=NULL,"
			    "\"updatedAt\"=?2 WHERE \"id\"=?1",
			    "ii", a->id, s->now);
	if (!rc)
		rc = store_get(s->db, &entity_delivery, a->id,
			       pool_arena(a->pool), &a->record);
	if (!rc)
		s->due = true;
	return rc;
}

int awm_delivery_resend(struct awm_session *s, int64_t id,
			struct awm_pool *pool, struct awm_record **ret)
{
	struct again a = {.id = id, .pool = pool};
	int rc = role_require(s, ROLE_MEMBER, "send to a webhook");

	if (!rc)
		rc = awm_transaction(s, run_resend, &a);
	if (!rc && ret)
		*ret = a.record;
	return rc;
}

/* ---- a test ---- */

static int test_payload(struct awm_session *s, int64_t id, struct buf *out)
{
	struct jsonw w = {.out = out};
	char at[TIME_ISO_SIZE];

	time_format_iso(s->now, at);
	jsonw_object(&w);
	jsonw_key(&w, "type");
	jsonw_str(&w, TEST_TYPE);
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, at);
	jsonw_key(&w, "data");
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_int(&w, id);
	jsonw_key(&w, "actor");
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_int(&w, s->actor.id);
	jsonw_key(&w, "email");
	jsonw_str(&w, s->actor.email);
	jsonw_key(&w, "name");
	jsonw_str(&w, s->actor.name);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	return buf_check(out);
}

static int run_queue(struct awm_session *s, void *ctx)
{
	struct again *a = ctx;
	_cleanup_buf_ struct buf payload = {0};
	int64_t webhook = a->id;
	int rc = store_exists(s->db, &entity_webhook, webhook);

	if (!rc)
		rc = test_payload(s, webhook, &payload);
	if (!rc)
		rc = delivery_add(s, webhook, TEST_TYPE, 0, payload.s, &a->id);
	/* Nobody else is to send it. */
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"webhook_deliveries\" SET "
			    "\"state\"='dead',\"nextAttemptAt\"=NULL "
			    "WHERE \"id\"=?1",
			    "i", a->id);
	s->due = false;
	return rc;
}

int awm_webhook_test(struct awm_session *s, int64_t id, struct awm_pool *pool,
		     struct awm_record **ret)
{
	struct again a = {.id = id};
	struct awm_deliver_opts opts = {0};
	struct awm_deliver_result result;
	int rc = role_require(s, ROLE_MEMBER, "send to a webhook");

	if (!rc)
		rc = awm_transaction(s, run_queue, &a);
	opts.only = a.id;
	if (!rc)
		rc = awm_webhook_deliver(s, &opts, &result);
	if (!rc)
		rc = store_get(s->db, &entity_delivery, a.id, pool_arena(pool),
			       ret);
	if (rc || result.delivered)
		return rc;
	return err_set(AWM_REMOTE, "webhook %lld did not take it: %s",
		       (long long)id, awm_record_text(*ret, "lastError"));
}

/* ---- what it would be ---- */

static const char *first_text(struct arena *a, struct buf *b)
{
	const char *copy =
		b->failed ? NULL : arena_strndup(a, buf_str(b), b->len);

	buf_release(b);
	return copy;
}

static int preview_headers(struct arena *a, const struct awm_value *custom,
			   int64_t now, struct awm_exec_request *ret)
{
	_cleanup_json_ cJSON *more = NULL;
	struct awm_exec_header *h;
	const cJSON *item;
	size_t n = 0;

	if (custom->kind == AWM_TEXT &&
	    json_parse(custom->s, custom->len, &more))
		err_clear();
	h = arena_array(a, 4 + (size_t)cJSON_GetArraySize(more), sizeof(*h));
	if (!h)
		return -AWM_NOMEM;
	h[n++] = (struct awm_exec_header){"content-type", "application/json"};
	h[n++] = (struct awm_exec_header){"webhook-id", "msg_***"};
	h[n++] = (struct awm_exec_header){
		"webhook-timestamp",
		arena_printf(a, "%lld", (long long)(now / 1000))};
	h[n++] = (struct awm_exec_header){"webhook-signature", "v1,***"};
	cJSON_ArrayForEach(item, more)
	{
		h[n].name = arena_strdup(a, item->string ? item->string : "");
		h[n++].value = "***";
	}
	ret->headers = h;
	ret->nheaders = n;
	return 0;
}

int awm_webhook_preview(struct awm_session *s, int64_t id,
			struct awm_pool *pool, struct awm_exec_request *ret)
{
	struct arena *a = pool_arena(pool);
	struct buf body = {0};
	struct awm_record *row;
	int rc = role_require(s, ROLE_MEMBER, "send to a webhook");

	if (!rc)
		rc = store_get(s->db, &entity_webhook, id, a, &row);
	*ret = (struct awm_exec_request){.method = "POST"};
	if (!rc)
		rc = preview_headers(a, &row->values[WEBHOOK_headers], s->now,
				     ret);
	if (rc)
		return rc;
	ret->url = row->values[WEBHOOK_url].s;
	rc = test_payload(s, id, &body);
	ret->body = first_text(a, &body);
	return rc ? rc : ret->body ? 0 : -AWM_NOMEM;
}
