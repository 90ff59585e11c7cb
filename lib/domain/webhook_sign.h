/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_WEBHOOK_SIGN_H
#define DOMAIN_WEBHOOK_SIGN_H

#include <awm/webhook.h>

#include "base/buf.h"

/* Signatures of Standard Webhooks: HMAC-SHA256 of "id.timestamp.body" under
 * the bytes that a secret stands for. Pure functions. */

#define WEBHOOK_KEY_MIN 24
#define WEBHOOK_KEY_MAX 64
/* "whsec_", base64 of the longest key, NUL */
#define WEBHOOK_SECRET_SIZE 96

struct webhook_key {
	unsigned char bytes[WEBHOOK_KEY_MAX];
	size_t len;
};

/* AWM_USAGE unless it is "whsec_" and base64 of 24 to 64 bytes. */
int webhook_key_read(const char *secret, struct webhook_key *ret);
/* Makes a secret of 32 random bytes. */
int webhook_secret_make(char out[WEBHOOK_SECRET_SIZE]);

/* Adds "v1,…". */
int webhook_sign(const struct webhook_key *key, const char *id,
		 const char *timestamp, const void *body, size_t len,
		 struct buf *out);

/* awm_webhook_verify(), with any of several keys. */
int webhook_verify(const struct webhook_key *keys, size_t n,
		   const struct awm_webhook_message *message, int64_t now);

/* webhook_secret.c: the keys of a webhook, the present one first, then the one
 * before where that still counts; n is 0 only with an error: AWM_NOT_FOUND
 * when it has none, AWM_DENIED when this machine cannot open it. Wipe them. */
int webhook_keys(struct awm_session *s, int64_t id, int64_t now,
		 struct webhook_key keys[2], size_t *ret_n);

#endif
