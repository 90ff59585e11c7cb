/* SPDX-License-Identifier: MIT */
#ifndef AWM_CHANNEL_H
#define AWM_CHANNEL_H

#include <awm/query.h>
#include <awm/request.h>

/*
 * Channels: integrations that tell people of their notifications by mail
 * (smtp), in a chat (slack and its kin) or on the desktop. What is to be told
 * is queued in the transaction that writes the notification, as its user's
 * preferences notifications.email and notifications.desktop ask for it; a chat
 * gets the notifications of the user whose it is, and a team's those about
 * the team's projects. The queue is the entity channel_delivery.
 */

struct awm_channel_opts {
	int64_t max_ms; /* nothing more is begun after it; 0: no limit */
};

/*
 * Sends what is due, and records each result: delivered; failed, to be tried
 * again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, or when the
 * service asks for; dead after the tenth attempt or for what no attempt would
 * mend. A channel that does not answer is not asked again in the same call:
 * what waits for it has failed with it. Calls fn, which may be NULL, with each
 * row as it stands afterwards, borrowed. Several processes may do this at
 * once, and no transaction is open while the network is waited for; a message
 * is sent twice only when a process dies between sending and recording it. The
 * desktop is that of the acting user, who gets no one else's notifications
 * there. In a dry run fn is called with what is due, and nothing is sent.
 * Takes a member. Failures of channels are no error of this function;
 * AWM_INTERRUPTED is, with what was not begun given back.
 */
AWM_EXPORT int awm_channel_deliver(struct awm_session *s,
				   const struct awm_channel_opts *opts,
				   awm_row_fn *fn, void *ctx);

/* Puts dead and failed deliveries (others are left as they are) back to the
 * beginning of their schedule, due now. Takes a member for one's own, else an
 * admin. */
AWM_EXPORT int awm_channel_resend(struct awm_session *s, int64_t id,
				  struct awm_pool *pool,
				  struct awm_record **ret);

/*
 * Whether an integration works: a message to the acting user through a
 * channel, or a look at the repository. Calls fn with one computed row: id,
 * type, target, detail, latencyMs. AWM_REMOTE when it does not, with the
 * reason. Takes an admin.
 */
AWM_EXPORT int awm_integration_test(struct awm_session *s, int64_t id,
				    awm_row_fn *fn, void *ctx);
/* What awm_integration_test() would send; in the pool, credentials as ***. */
AWM_EXPORT int awm_integration_preview(struct awm_session *s, int64_t id,
				       struct awm_pool *pool,
				       struct awm_exec_request *ret);

struct awm_sync_opts {
	/* 0: that of the settings, else where its tasks went until now, else
	 * that of the folder. */
	int64_t project;
	int64_t max_ms; /* nothing more is begun after it; 0: no limit */
};

/*
 * Issues and comments of a github integration's repository into tasks of a
 * project, and changes of these tasks back: title, description, tags, whether
 * it is done, and the assignee where the login of an awm user is known. What
 * changed since the last time is asked for, conditionally, so that nothing new
 * costs one request of each listing. A field that was changed on both sides
 * has the later change. Nothing is deleted on either side. Calls fn, which may
 * be NULL, with a computed row for each thing done: taskId, action (added,
 * changed, commented, skipped; pushed, opened), number, title, detail,
 * integrationId. A limit of requests that lasts longer than a minute is
 * AWM_REMOTE, with what came until then kept. In a dry run nothing is written
 * on either side. Takes a member.
 */
AWM_EXPORT int awm_integration_sync(struct awm_session *s, int64_t id,
				    const struct awm_sync_opts *opts,
				    awm_row_fn *fn, void *ctx);
/* The integrations that 'all' means: those with tasks that are enabled. Takes a
 * member. */
AWM_EXPORT int awm_integration_synced(struct awm_session *s, awm_row_fn *fn,
				      void *ctx);

#endif
