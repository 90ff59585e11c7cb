/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_AUTOMATION_RUN_H
#define DOMAIN_AUTOMATION_RUN_H

#include "domain/automation.h"

/* One run from its beginning to its end. Set the pool, and `fresh` or
 * `wanted`. */
struct run_call {
	struct running run;	    /* id 0 afterwards: it was not queued */
	const struct queued *fresh; /* queued first, or NULL */
	int64_t wanted;		    /* the run; 0: the next */
	int64_t after;		    /* this one, and not one before it */

	struct awm_record *row; /* the automation, before it */
	int64_t owner, started;
	int depth;
	bool outside;	     /* it has actions outside */
	int failed;	     /* 0, or what kept it from succeeding */
	const char *message; /* of that; in the pool */
	const char *hint;
};

/* Not inside a transaction, unless it is a dry run. */
int automation_run_call(struct awm_session *s, struct run_call *c);
void automation_run_release(struct run_call *c);

#endif
