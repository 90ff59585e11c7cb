/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_CHANNEL_H
#define DOMAIN_CHANNEL_H

#include <awm/channel.h>

#include "domain/access.h"
#include "domain/mutate.h"
#include "domain/remote.h"

/*
 * Channels: integrations that tell people of their notifications. What is to
 * be told is queued in the transaction that writes the notification; sending
 * it comes later and never holds up who wrote.
 */

/* Queues a notification that was just written, as its user's preferences
 * (notifications.email, notifications.desktop) ask for it. */
int channel_queue(struct awm_session *s, const struct change *c);

/* One thing to tell somebody. The texts are a database's, so anybody's. */
struct message {
	const char *id; /* of the notification, in all databases */
	int64_t at;	/* when it was written */
	const char *title;
	const char *content;
	const char *action; /* the command to go on with; NULL: none */
	const char *email;
	const char *name;
};

enum verdict {
	SENT,
	RETRY, /* the channel does not work at present: what waits behind
		  would fare no better */
	DEAD,  /* this message will never be taken */
	LATER  /* this machine cannot: not counted as an attempt */
};

struct outcome {
	enum verdict verdict;
	bool alone;	 /* RETRY: of this message, not of the channel */
	int64_t wish;	 /* how long the peer asks to wait, ms; -1: not told */
	char error[512]; /* one line, without credentials */
};

/* A message as a channel takes it: a request, a mail or a command. Texts
 * are in the arena or in the access. */
struct parcel {
	const char *url;   /* NULL for a command */
	const char *shown; /* the same, without what is secret */
	const char *content_type;
	const char *body;
	size_t len;
	const char *const *argv;

	const char *from, *to; /* of a mail, bare; else NULL */
	const char *user, *password;
	bool starttls;
};

struct channel {
	const char *type;
	/* AWM_INVALID: this message cannot be told that way, ever. */
	int (*pack)(struct awm_session *s, const struct access *access,
		    const struct message *m, struct arena *a,
		    struct parcel *ret);
};

/* NULL for a type that tells nobody. */
const struct channel *channel_of(const char *type);

extern const struct channel channel_mail, channel_chat, channel_desktop;

/* Sends it, and says what came of it. An error is of this run (memory,
 * interrupt), not of the channel. */
int channel_send(struct remote *r, const struct parcel *p, struct outcome *ret);

/* The outcome of the error that is set, which is cleared. */
void outcome_of_error(enum verdict verdict, struct outcome *ret);

/* How a text that a chat would take for markup or a call is written there. */
void chat_escape(struct buf *out, const char *flavor, const char *s);

#endif
