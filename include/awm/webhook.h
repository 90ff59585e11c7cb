/* SPDX-License-Identifier: MIT */
#ifndef AWM_WEBHOOK_H
#define AWM_WEBHOOK_H

#include <awm/request.h>
#include <awm/write.h>

/*
 * Webhooks: events sent to addresses outside, as Standard Webhooks 1.0 has
 * them. What is to be sent is queued in the transaction that caused it, and
 * sent later, by awm_webhook_deliver(): at least once, each message under one
 * id however often it is tried, in the order of the events unless a webhook is
 * told otherwise. Secrets ("whsec_" and base64) are sealed before they are
 * stored; they are handed out when they are made, and never again.
 */

struct awm_webhook_opts {
	const char *secret;	/* NULL: one is made when it is added, and the
				   old one stays when it is changed */
	bool has_allow_private; /* the two below count when their has_ is set */
	bool allow_private;	/* may be sent to private addresses, if the
				   machine's webhook.allowPrivate says so too */
	bool has_unordered;
	bool unordered; /* a failed message does not hold back later ones */
};

/* Adds one; `sets` name columns: url and events are required, name is the
 * URL's host unless set. AWM_INVALID for an address, an event or a header that
 * is not allowed, AWM_USAGE for a malformed secret. *ret_secret (may be NULL)
 * is the secret that was made, in the pool, or NULL when one was given: wipe
 * it. */
AWM_EXPORT int awm_webhook_add(struct awm_session *s,
			       const struct awm_set *sets, size_t n,
			       const struct awm_webhook_opts *opts,
			       struct awm_pool *pool, struct awm_record **ret,
			       char **ret_secret);
/* `edit` may be NULL. */
AWM_EXPORT int awm_webhook_edit(struct awm_session *s, int64_t id,
				const struct awm_set *sets, size_t n,
				const struct awm_webhook_opts *opts,
				const struct awm_edit_opts *edit,
				struct awm_pool *pool, struct awm_record **ret);
/* A new secret, made unless given. The old one signs as well for `overlap_ms`,
 * so that receivers can change over. */
AWM_EXPORT int awm_webhook_rotate(struct awm_session *s, int64_t id,
				  const char *secret, int64_t overlap_ms,
				  struct awm_pool *pool,
				  struct awm_record **ret, char **ret_secret);
/* The row with ownerId, allowPrivate, unordered, previousUntil, failingSince,
 * throttledUntil, disabledReason, and how many deliveries are pending, failed
 * and dead. */
AWM_EXPORT int awm_webhook_show(struct awm_session *s, int64_t id,
				struct awm_pool *pool, struct awm_record **ret);

/* ---- deliveries ---- */

struct awm_deliver_opts {
	int64_t max_ms;	   /* when to stop; 0: when nothing is due */
	int64_t linger_ms; /* wait so long for what is due then */
	int64_t only;	   /* this delivery alone, due or not; 0: all */
	unsigned jobs;	   /* at once; 0: 64 */
};

struct awm_deliver_result {
	int64_t attempts, delivered, failed, dead;
	int64_t disabled; /* webhooks that were */
};

/*
 * Sends what is due, until nothing is, and writes down what came of it.
 * Several may do so at once: each message is in one hand only, and what a
 * process that died had in hand is sent again. AWM_INTERRUPTED and
 * AWM_DATABASE stop it; that a message could not be delivered is no error.
 * AWM_DENIED, once all others are sent, when there are secrets that this
 * machine cannot open: what is signed with them waits. Takes a member.
 */
AWM_EXPORT int awm_webhook_deliver(struct awm_session *s,
				   const struct awm_deliver_opts *opts,
				   struct awm_deliver_result *ret);

/* What a process that awm_session_opts.background left behind does: the lock
 * that it was given is the descriptor `fd`. */
AWM_EXPORT int awm_webhook_background(struct awm_session *s, int fd);

/* One delivery with its attempts. */
AWM_EXPORT int awm_delivery_show(struct awm_session *s, int64_t id,
				 struct awm_pool *pool,
				 struct awm_record **ret);
/* It becomes due now, whatever became of it, with its id and all attempts
 * before it. */
AWM_EXPORT int awm_delivery_resend(struct awm_session *s, int64_t id,
				   struct awm_pool *pool,
				   struct awm_record **ret);

/* Sends the event "webhook.test" now, once, also to a webhook that is
 * disabled; *ret is the delivery. AWM_REMOTE when it was not accepted. */
AWM_EXPORT int awm_webhook_test(struct awm_session *s, int64_t id,
				struct awm_pool *pool, struct awm_record **ret);
/* What it would send, and nothing sent: method, url, headers, body; the
 * signature and the values of custom headers are hidden. */
AWM_EXPORT int awm_webhook_preview(struct awm_session *s, int64_t id,
				   struct awm_pool *pool,
				   struct awm_exec_request *ret);

/* ---- receiving ---- */

/* A message as it came. Borrowed. */
struct awm_webhook_message {
	const char *id;
	const char *timestamp; /* seconds, as text */
	const char *signature; /* "v1,… v1,…" */
	const void *body;
	size_t body_len;
};

#define AWM_WEBHOOK_TOLERANCE 300 /* seconds, either way */

/* Whether somebody who has the secret sent it, and not long ago: AWM_DENIED
 * when not, AWM_USAGE for a malformed secret or timestamp, and when something
 * is missing. `now` in milliseconds. */
AWM_EXPORT int awm_webhook_verify(const char *secret,
				  const struct awm_webhook_message *message,
				  int64_t now);
/* The secrets of a webhook of this database. */
AWM_EXPORT int awm_webhook_verify_for(struct awm_session *s, int64_t id,
				      const struct awm_webhook_message *message,
				      int64_t now);

struct awm_listen_opts {
	int port;	    /* 0: any that is free */
	int status;	    /* what is answered */
	int64_t timeout_ms; /* 0: none */
	int64_t count;	    /* of messages; 0: no limit */
	/* Ends it; NULL: nothing does. */
	bool (*stop)(void *ctx);
	void (*ready)(void *ctx, const char *url);
	/* Anything but 0 ends it, and is returned. */
	int (*message)(void *ctx, const struct awm_webhook_message *message,
		       const char *path);
	void *ctx;
};

/* Takes requests on 127.0.0.1 and answers them, until count, timeout or stop.
 * AWM_ERROR when the port cannot be used. */
AWM_EXPORT int awm_webhook_listen(const struct awm_listen_opts *opts);

#endif
