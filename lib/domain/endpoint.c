// SPDX-License-Identifier: MIT
/* Webhooks as the loop that sends knows them. */
#include <string.h>

#include "base/err.h"
#include "domain/delivery.h"
#include "edge/mac.h"
#include "queries.h"

static void forget_keys(struct endpoint *e)
{
	mac_wipe(e->keys, sizeof(e->keys));
	e->nkeys = 0;
	e->key_error[0] = '\0';
	e->withheld = false;
}

void endpoint_free(struct endpoint *e)
{
	struct message *m;

	while ((m = line_take(&e->waiting)) || (m = line_take(&e->claimed)))
		free(m);
	forget_keys(e);
	cJSON_Delete(e->headers);
	free(e->url);
	free(e->name);
	free(e);
}

/* ---- keys ---- */

/* Without a key nothing can be sent, which is told of each attempt. */
static int load_keys(struct deliverer *d, struct endpoint *e)
{
	int rc;

	forget_keys(e);
	rc = webhook_keys(d->s, e->id, d->s->now, e->keys, &e->nkeys);
	if (rc && rc != -AWM_NOT_FOUND && rc != -AWM_DENIED && rc != -AWM_USAGE)
		return rc;
	if (rc) {
		/* Another machine can, or this one once it has the key. */
		e->withheld = rc == -AWM_DENIED;
		if (e->withheld && !d->withheld.code)
			d->withheld = *awm_error_last();
		snprintf(e->key_error, sizeof(e->key_error), "%s",
			 awm_error_last()->message);
		err_clear();
	}
	return 0;
}

/* ---- rows ---- */

enum {
	C_id,
	C_updatedAt,
	C_isEnabled,
	C_url,
	C_headers,
	C_name,
	C_projectId,
	C_failureCount,
	C_allowPrivate,
	C_unordered,
	C_ownerId,
	C_throttledUntil,
	C_failingSince,
	C_previousUntil
};

static int read_texts(struct db_stmt *st, struct endpoint *e)
{
	const char *headers = db_column_text(st, C_headers);

	free(e->url);
	free(e->name);
	cJSON_Delete(e->headers);
	e->headers = NULL;
	e->url = strdup(db_column_text(st, C_url));
	e->name = strdup(db_column_text(st, C_name));
	if (!e->url || !e->name)
		return err_nomem();
	/* What the database holds is not trusted to be an object. */
	if (headers && json_parse(headers, strlen(headers), &e->headers))
		err_clear();
	return 0;
}

static int read_row(struct db_stmt *st, struct endpoint *e, bool *ret_stale)
{
	int64_t version = db_column_int(st, C_updatedAt);
	int64_t previous = db_column_int(st, C_previousUntil);

	*ret_stale = !e->url || e->version != version ||
		     e->previous_until != previous;
	e->version = version;
	e->previous_until = previous;
	e->enabled = db_column_int(st, C_isEnabled);
	e->project = db_column_int(st, C_projectId);
	e->failures = db_column_int(st, C_failureCount);
	e->allow_private = db_column_int(st, C_allowPrivate);
	e->unordered = db_column_int(st, C_unordered);
	e->owner = db_column_int(st, C_ownerId);
	e->throttled_until = db_column_int(st, C_throttledUntil);
	e->failing_since = db_column_int(st, C_failingSince);
	e->seen = true;
	return *ret_stale ? read_texts(st, e) : 0;
}

static struct endpoint *find(struct deliverer *d, int64_t id)
{
	struct endpoint **at = &d->endpoints;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			err_nomem();
		else
			(*at)->id = id;
	}
	return *at;
}

/* Those that are not to be sent to any more, once nothing is under way. */
static int drop_unseen(struct deliverer *d)
{
	struct endpoint **at = &d->endpoints, *e;
	int rc = 0;

	while ((e = *at) && !rc) {
		if (!e->seen)
			rc = delivery_release(d, e);
		if (e->seen || e->active) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		endpoint_free(e);
	}
	return rc;
}

static int load(struct deliverer *d)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc, step = 0;

	for (struct endpoint *e = d->endpoints; e; e = e->next)
		e->seen = false;
	rc = db_query(d->s->db, &st, query_delivery_endpoints, "i",
		      d->opts->only);
	while (!rc && (step = db_step(st)) > 0) {
		struct endpoint *e = find(d, db_column_int(st, C_id));
		bool stale;

		rc = e ? read_row(st, e, &stale) : -AWM_NOMEM;
		if (!rc && stale)
			rc = load_keys(d, e);
	}
	if (!rc && step < 0)
		rc = step;
	return rc ? rc : drop_unseen(d);
}

int endpoint_load(struct deliverer *d)
{
	int rc;

	delivery_lock(d);
	rc = load(d);
	delivery_unlock(d);
	return rc;
}
