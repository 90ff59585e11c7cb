/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_WEBHOOK_H
#define DOMAIN_WEBHOOK_H

#include <awm/webhook.h>

#include "domain/event.h"

/* Webhooks and the queue of what is to be sent to them. Sending it is
 * delivery.h. */

extern const struct rules webhook_rules;

/* webhook_url.c: AWM_INVALID unless something may be sent there: http or https
 * without a user, to a port that no other protocol is known for. */
int webhook_url_check(const char *url);
/* AWM_INVALID when the host is spelled as a private address, or is a name for
 * this machine, and the webhook and this machine do not both allow it. What
 * other names lead to is looked at when something is sent. */
int webhook_url_check_private(struct awm_session *s, const char *url,
			      bool allow);
/* "host:port", in the arena. */
int webhook_url_place(const char *url, struct arena *a, const char **ret);

/*
 * Puts what the event means for each enabled webhook that wants it into the
 * queue: one delivery each, with a message id of its own. `data` is filled by
 * event_data() if anybody wants it. Events about webhooks themselves are not
 * sent: one that tells of its own failures would never come to rest.
 */
int webhook_queue(struct awm_session *s, const struct event *e,
		  struct buf *data);

/* One delivery more; sent once the transaction is committed. `activity` 0: no
 * event caused it. */
int delivery_add(struct awm_session *s, int64_t webhook, const char *type,
		 int64_t activity, const char *payload, int64_t *ret_id);

#endif
