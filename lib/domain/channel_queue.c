// SPDX-License-Identifier: MIT
/* Notifications into the queue of the channels. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/channel.h"
#include "domain/pool.h"
#include "entity/store.h"
#include "queries.h"

/* Preferences that are no JSON ask for nothing. */
static int read_wishes(struct awm_session *s, int64_t user, bool *ret_email,
		       bool *ret_desktop)
{
	_cleanup_json_ cJSON *root = NULL;
	struct arena own = {0};
	struct awm_value v;
	const cJSON *wishes;
	int rc = db_get(s->db, &own, &v,
			"SELECT \"preferences\" FROM \"users\" WHERE \"id\"=?1",
			"i", user);

	if (!rc && json_parse(v.s, v.len, &root))
		err_clear();
	arena_release(&own);
	wishes = json_get(root, "notifications");
	*ret_email = cJSON_IsTrue(json_get(wishes, "email"));
	*ret_desktop = cJSON_IsTrue(json_get(wishes, "desktop"));
	return rc;
}

int channel_queue(struct awm_session *s, const struct change *c)
{
	const struct awm_value *v = c->after;
	bool email, desktop;
	int rc;

	if (s->quiet || c->before || !c->after)
		return 0;
	rc = read_wishes(s, v[NOTIFICATION_userId].i, &email, &desktop);
	return rc ? rc
		  : db_run(s->db, query_channel_queue, "iiviii", c->id,
			   v[NOTIFICATION_userId].i,
			   &v[NOTIFICATION_relatedProjectId], s->now,
			   (int64_t)email, (int64_t)desktop);
}

/* ---- once more ---- */

struct resend {
	int64_t id;
	struct arena *arena;
	struct awm_record *record;
};

static int run_resend(struct awm_session *s, void *ctx)
{
	struct resend *again = ctx;
	struct awm_record *row;
	int rc = role_require(s, ROLE_MEMBER, "send a notification again");

	if (!rc)
		rc = store_get(s->db, &entity_channel_delivery, again->id,
			       again->arena, &row);
	if (!rc && row->values[CHANNEL_DELIVERY_userId].i != s->actor.id)
		rc = role_require(s, ROLE_ADMIN,
				  "send the notifications of others again");
	if (!rc)
		rc = db_run(
			s->db,
			"UPDATE \"integration_deliveries\" SET "
			"\"state\"='pending',\"attempts\"=0,"
			"\"nextAttemptAt\"=?2,\"updatedAt\"=?2 "
			"WHERE \"id\"=?1 AND \"state\" IN ('failed','dead')",
			"ii", again->id, s->now);
	return rc ? rc
		  : store_get(s->db, &entity_channel_delivery, again->id,
			      again->arena, &again->record);
}

int awm_channel_resend(struct awm_session *s, int64_t id, struct awm_pool *pool,
		       struct awm_record **ret)
{
	struct resend again = {.id = id, .arena = pool_arena(pool)};
	int rc = awm_transaction(s, run_resend, &again);

	if (!rc && ret)
		*ret = again.record;
	return rc;
}
