/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_WEBHOOK_H
#define DOMAIN_WEBHOOK_H

#include "domain/event.h"

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
