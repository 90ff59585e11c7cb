/* SPDX-License-Identifier: MIT */
#ifndef PROVIDER_SSE_H
#define PROVIDER_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The largest event; a peer that sends more is not listened to any further. */
#define SSE_MAX ((size_t)16 << 20)

/* Server-sent events, bytes in any pieces. A zeroed struct is a new stream. */
struct sse {
	struct buf line; /* what is not ended */
	struct buf event, data;
	bool has_data;
	bool skip_lf; /* the line ended with a CR */
	bool begun;   /* a byte order mark is of the first line only */
	bool too_large;
};

/* `event` is "" when none was named. Borrowed for the call. false: enough. */
typedef bool sse_fn(void *ctx, const char *event, const char *data, size_t len);

/* 0, or -AWM_NOMEM. With too_large set, nothing more comes out. */
int sse_feed(struct sse *s, const char *bytes, size_t len, sse_fn *fn,
	     void *ctx);
/* What stands at the end of the stream without its empty line. */
int sse_end(struct sse *s, sse_fn *fn, void *ctx);
void sse_release(struct sse *s);

#endif
