/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_RETRY_H
#define DOMAIN_RETRY_H

#include <stdint.h>

/*
 * When what could not be delivered is tried again: 5 s, 5 min, 30 min, 2, 5,
 * 10, 14, 20 and 24 hours after the attempt before, each by up to a fifth
 * more or less, so that what failed together does not come back together.
 * Of a peer's own wish (http_retry_after()) the later one counts, up to a
 * day. Pure functions; times are milliseconds.
 */

/* Attempts in all: then it is dead. */
#define RETRY_ATTEMPTS 10
#define RETRY_WISH_MAX INT64_C(86400000)

/* The pause after `attempt` attempts have failed (1: the first) of the
 * schedule; `random` is any number. -1: there is no other attempt. */
int64_t retry_delay(unsigned attempt, uint32_t random);

/* The instant of the next attempt; -1: there is none. `wish` is how long the
 * peer asked to wait, -1 when it did not. */
int64_t retry_at(int64_t now, unsigned attempt, uint32_t random, int64_t wish);

#endif
