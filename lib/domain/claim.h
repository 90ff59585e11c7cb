/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_CLAIM_H
#define DOMAIN_CLAIM_H

#include <awm/work.h>

#include "domain/session.h"
#include "edge/random.h"

/* What claim.c, where claims begin and end, and claim_hold.c, where they are
 * kept, have in common. */

/* A row of task_claims. */
struct claim {
	int64_t task, user, until;
	bool assigned;
	char token[RANDOM_TOKEN_SIZE];
};

/* The columns that claim_read() takes. */
#define SELECT_CLAIM                                                           \
	"SELECT \"taskId\",\"userId\",\"leaseUntil\",\"assigned\" "            \
	"FROM \"task_claims\" WHERE "

/* The next claim that the statement gives; *ret is false when there is none. */
int claim_read(struct db_stmt *st, struct claim *claim, bool *ret);
int claim_of_task(struct awm_session *s, int64_t task, struct claim *claim,
		  bool *ret);
int claim_of_token(struct awm_session *s, const char *token,
		   struct claim *claim, bool *ret);

/* The task goes back to the queue, as it was before. */
int claim_end(struct awm_session *s, int64_t task, bool expired,
	      struct arena *a, struct awm_record **ret);
/* The columns of a claim behind those of its task; the token if it is set. */
int claim_extend(struct arena *a, struct awm_record *row,
		 const struct claim *claim);

/* Seconds, 0 for the usual lease, into milliseconds. */
static inline int64_t claim_lease(int64_t lease)
{
	return (lease ? lease : AWM_LEASE_DEFAULT) * 1000;
}

#endif
