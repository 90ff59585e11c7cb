/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_DELIVERY_H
#define DOMAIN_DELIVERY_H

#include <pthread.h>
#include <stdatomic.h>

#include "domain/webhook.h"
#include "domain/webhook_sign.h"
#include "edge/net.h"
#include "edge/random.h"

/*
 * Sending what is queued. One thread claims deliveries in the database (a
 * lease, with the process that holds it), and writes down in one transaction
 * what came of several; another one signs and sends them, many at once, so
 * that neither waits for the other's disk or network. Of an ordered webhook
 * one message is under way at a time, and a failed one holds back those behind
 * it.
 *
 * What both threads touch is under one lock: lines, counts, and what an
 * endpoint is. A message is in one line at a time, and belongs to the thread
 * that took it out.
 */

#define DELIVERY_JOBS	      64
#define DELIVERY_PER_ENDPOINT 16	     /* at once, of an unordered one */
#define DELIVERY_LINE	      ((size_t)128)  /* claimed at once, of one */
#define DELIVERY_RESPONSE     ((size_t)1024) /* what is kept of an answer */

struct endpoint;

/* A delivery in hand. */
struct message {
	struct message
		*next; /* in the line of its endpoint, or of those done */
	struct endpoint *endpoint;
	struct deliverer *deliverer;
	int64_t id;
	const char *message_id, *type, *payload;
	size_t payload_len;
	unsigned attempts; /* before this one */

	int64_t sent_at; /* by the clock of the database */
	int64_t began;	 /* by the monotonic one */
	int status;	 /* 0: no answer */
	int64_t wish;	 /* Retry-After, in ms; -1: none */
	int64_t duration_ms;
	bool cancelled; /* nothing is known of it */
	char error[512];
	char response[DELIVERY_RESPONSE];
	size_t response_len, response_all;
	struct net_call *call;
	char bytes[]; /* what the texts point into */
};

struct line {
	struct message *first, **last;
	size_t n;
};

struct endpoint {
	struct endpoint *next;
	int64_t id;
	int64_t version; /* updatedAt, of what is kept of it here */
	bool seen;	 /* in the last look */
	bool enabled;
	char *url;
	cJSON *headers; /* an object, or NULL */
	struct webhook_key keys[2];
	size_t nkeys;
	char key_error[256]; /* why there is none */
	bool withheld;	     /* this machine cannot open its secret */
	bool allow_private, unordered;
	int64_t owner, project, throttled_until, failing_since, previous_until;
	int64_t failures;
	char *name;

	struct line claimed; /* leased in a transaction that is not over */
	struct line waiting; /* leased, and not sent yet */
	size_t sending;	     /* on the network */
	size_t active;	     /* sent, and not written down yet */
	bool held;	     /* one failed, which is to be written down first */
	bool settled;	     /* and it was, in a transaction that is not over */
	int64_t cursor;	     /* the last that was claimed */
	bool more;	     /* there was more than could be claimed */

	/* Of what is written down just now. */
	int64_t ok, bad;
	bool gone, throttle;
	int64_t throttle_to;
};

struct deliverer {
	struct awm_session *s;
	const struct awm_deliver_opts *opts;
	struct awm_deliver_result *result;
	const struct net_ops *ops;
	struct net *net;
	bool machine_private; /* the machine's webhook.allowPrivate */
	const char *proxy;    /* as net.h has it */
	pthread_t thread;     /* that sends */
	pthread_mutex_t lock;
	int bell; /* an eventfd: there is something to be written down */
	atomic_bool quit; /* it is to end */
	bool broken;	  /* it has, by this error */
	struct awm_error error;
	struct endpoint *endpoints;
	struct line done;
	size_t active;	/* under way on the network */
	size_t waiting; /* in all lines */
	size_t share;	/* of what may be in hand, for each endpoint */
	int64_t done_since;
	int64_t looked, reaped, renewed;
	int64_t ends;		   /* monotonic; 0: never */
	bool others;		   /* somebody else has in hand what is due */
	bool idle;		   /* the last look found nothing to do */
	int64_t next_due;	   /* of what is not due yet; 0: nothing */
	struct awm_error withheld; /* why something was not sent; or no code */
	char token[RANDOM_TOKEN_SIZE];
};

#define RECORD_N ((size_t)256) /* written down at once */

int64_t delivery_clock(void);		 /* monotonic, ms */
void delivery_lock(struct deliverer *d); /* recursive */
void delivery_unlock(struct deliverer *d);

void line_add(struct line *line, struct message *m);
struct message *line_take(struct line *line);

/* delivery_claim.c: in a transaction, after what is done was written down. */
int delivery_claim(struct deliverer *d);
/* Leases of processes that are no more, and those that ran out. */
int delivery_reap(struct deliverer *d);
/* Lets go of what waits at an endpoint. */
int delivery_release(struct deliverer *d, struct endpoint *e);
/* Once it is committed: what was claimed may be sent. */
void delivery_publish(struct deliverer *d);

/* endpoint.c */
int endpoint_load(struct deliverer *d);
void endpoint_free(struct endpoint *e);

/* delivery_record.c: writes down what is done. */
int delivery_record(struct deliverer *d);

/* delivery_send.c: the thread that sends, from delivery_begin() to
 * delivery_end(), which ends what is under way. */
int delivery_begin(struct deliverer *d);
void delivery_end(struct deliverer *d);

/* delivery_background.c: after a commit that queued something; never fails
 * the writer. */
void delivery_background(struct awm_session *s);

#endif
