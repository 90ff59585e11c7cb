/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PROVIDER_TRY_H
#define DOMAIN_PROVIDER_TRY_H

#include "domain/provider.h"
#include "edge/net.h"

/* Milliseconds that only go forward, whatever AWM_NOW says. */
int64_t provider_clock(void);

/* Runs the command with the text on its standard input; what it wrote, in the
 * arena. AWM_REMOTE when it cannot be started or fails, with the end of its
 * standard error in the hint. */
int provider_try_command(struct awm_session *s, const char *const *argv,
			 const char *input, int64_t timeout_ms, struct arena *a,
			 const char **ret);

/* A transfer: what came is in the reader, and what of it is no failure in the
 * body as well. The caller makes the reader. */
struct transfer {
	struct awm_session *s;
	struct provider_reader *reader;
	bool done;
	enum net_fault fault;
	int err;
	char message[256];
	int64_t total_us;
	/* of a list of models */
	int status;
	struct buf body;
};

/* Sends it and waits. What the network does wrong is told by fault and message;
 * an error is what kept it from being tried, or AWM_INTERRUPTED. */
int provider_send(struct awm_session *s, const struct provider_access *access,
		  const struct provider_http *http, int64_t timeout_ms,
		  struct transfer *t);

#endif
