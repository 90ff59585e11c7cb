// SPDX-License-Identifier: MIT
/* The keys that messages of a webhook are signed with. */
#include "base/err.h"
#include "domain/secret.h"
#include "domain/webhook.h"
#include "domain/webhook_sign.h"
#include "edge/mac.h"

static int read_current(struct awm_session *s, int64_t id, struct arena *a,
			struct webhook_key *key)
{
	char *plain;
	size_t len;
	int rc = secret_read(s, &entity_webhook, id, WEBHOOK_secret, a, &plain,
			     &len);

	if (rc)
		return rc;
	rc = webhook_key_read(plain, key);
	mac_wipe(plain, len);
	return rc;
}

/* AWM_NOT_FOUND when there is none that counts. */
static int read_previous(struct awm_session *s, int64_t id, int64_t now,
			 struct arena *a, struct webhook_key *key)
{
	struct awm_value envelope;
	char *plain;
	size_t len;
	int rc = db_get(s->db, a, &envelope,
			"SELECT \"previousSecret\" FROM \"webhook_settings\" "
			"WHERE \"webhookId\"=?1 AND \"previousUntil\">?2 AND "
			"\"previousSecret\" IS NOT NULL",
			"ii", id, now);

	if (!rc)
		rc = secret_open(s, &entity_webhook, id, WEBHOOK_secret,
				 envelope.s, a, &plain, &len);
	if (rc)
		return rc;
	rc = webhook_key_read(plain, key);
	mac_wipe(plain, len);
	return rc;
}

int webhook_keys(struct awm_session *s, int64_t id, int64_t now,
		 struct webhook_key keys[2], size_t *ret_n)
{
	struct arena a = {0};
	int rc = read_current(s, id, &a, &keys[0]);

	*ret_n = rc ? 0 : 1;
	/* The present one does without the one before. */
	if (!rc && read_previous(s, id, now, &a, &keys[1]))
		err_clear();
	else if (!rc)
		*ret_n = 2;
	arena_release(&a);
	return rc;
}

int awm_webhook_verify_for(struct awm_session *s, int64_t id,
			   const struct awm_webhook_message *m, int64_t now)
{
	struct webhook_key keys[2];
	size_t n;
	int rc = webhook_keys(s, id, now, keys, &n);

	if (!rc)
		rc = webhook_verify(keys, n, m, now);
	mac_wipe(keys, sizeof(keys));
	return rc;
}
