/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_REMOTE_H
#define DOMAIN_REMOTE_H

#include "domain/session.h"
#include "edge/net.h"

/*
 * One exchange after the other with servers outside, each waited for. The
 * network's module is loaded when it is first needed. Private addresses are
 * refused unless the machine's integration.allowPrivate says otherwise; awm's
 * database has no say in it.
 */
struct remote {
	struct awm_session *session;
	const struct net_ops *ops;
	struct net *net;
	int wake; /* an eventfd that an interrupt writes to */
	bool open;
	bool private_ok;
};

struct remote_answer {
	struct arena arena;
	bool done;
	/* 0: a whole response came, whatever its status; a mail was taken.
	 * Else a negative enum awm_err, with fault and message. */
	int err;
	enum net_fault fault;
	int status;
	const char *message, *hint;
	struct net_header *headers;
	size_t nheaders;
	struct buf body;
	int64_t total_us;
};

struct remote_request {
	const char *method, *url;
	const struct net_header *headers;
	size_t nheaders;
	const void *body;
	size_t body_len;
	int64_t timeout_ms;
	size_t max_body;
};

/* Borrows the session until remote_close(). Nothing is opened yet. */
void remote_init(struct remote *r, struct awm_session *s);
void remote_close(struct remote *r);

/* 0 with the answer filled, to be released also when nothing came; an error
 * that is not the peer's is AWM_INTERRUPTED, AWM_NOMEM or a module that is not
 * there. */
int remote_send(struct remote *r, const struct remote_request *request,
		struct remote_answer *ret);
/* done, ctx and private_ok of the mail are set here. */
int remote_mail(struct remote *r, const struct net_mail *mail,
		struct remote_answer *ret);
void remote_release(struct remote_answer *answer);

/* The last header of that name, in any case; NULL: none. */
const char *remote_header(const struct remote_answer *answer, const char *name);

#endif
