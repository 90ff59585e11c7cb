/* SPDX-License-Identifier: MIT */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Text without a secret: whoever is sent a key may send it back. Each time it
 * occurs "***" stands in its place, however the text is cut into pieces. What
 * may be its begin is held back until more has come: at most the secret
 * without its last byte.
 *
 * Of a secret shorter than MASK_FROM nothing is hidden: it is a word of any
 * text. A zeroed struct hides nothing either.
 */
#define MASK_FROM 6

struct mask {
	const char *secret;
	size_t len;
	size_t *falls; /* of each beginning, how much of its end begins it */
	size_t held;   /* bytes of the secret that came last */
};

/* The secret, which may be NULL, is borrowed until mask_release(). */
int mask_init(struct mask *m, const char *secret, size_t len);
void mask_release(struct mask *m);

void mask_feed(struct mask *m, const char *text, size_t len, struct buf *out);
/* No more comes: adds what was held back. */
void mask_end(struct mask *m, struct buf *out);

/* A whole text. */
int mask_text(const char *secret, size_t secret_len, const char *text,
	      size_t len, struct buf *out);

#endif
