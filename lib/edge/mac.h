/* SPDX-License-Identifier: MIT */
#ifndef EDGE_MAC_H
#define EDGE_MAC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Message authentication, and the base64 that it is written in; on
 * libsodium. */

#define MAC_SIZE 32

/* HMAC-SHA256 over pieces that follow each other. A key has any length. */
struct mac_piece {
	const void *bytes;
	size_t len;
};
int mac_sha256(const void *key, size_t key_len, const struct mac_piece *pieces,
	       size_t n, unsigned char ret[MAC_SIZE]);

/* Standard base64 with padding, added to the buffer. */
void mac_base64_add(struct buf *out, const void *bytes, size_t len);
/* Reads it into at most `size` bytes; -AWM_USAGE for anything else. */
int mac_base64_read(const char *text, size_t text_len, void *ret, size_t size,
		    size_t *ret_len);

/* Whether the bytes are the same, in a time that tells nothing of where they
 * differ. */
bool mac_equal(const void *a, const void *b, size_t len);

/* Random bytes for a key. */
int mac_random(void *ret, size_t len);
/* Overwrites a key. */
void mac_wipe(void *key, size_t len);

#endif
