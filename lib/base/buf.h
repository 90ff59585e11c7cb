/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/*
 * A growing byte buffer. `s` is always NUL-terminated once something was
 * added, and may hold NULs before `len`. A zeroed struct is an empty buffer.
 *
 * The adders return nothing: a buffer that could not grow (no memory, or past
 * BUF_MAX) is marked `failed`, drops what is added later, and says so when it
 * is asked with buf_check(). So a sequence of adds needs one check.
 */
struct buf {
	char *s;
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_MAX ((size_t)1 << 30)

void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Removes everything after the first len bytes; keeps the memory. */
void buf_truncate(struct buf *b, size_t len);
/* 0, or -AWM_NOMEM with the error set. */
int buf_check(const struct buf *b);
/* The text, "" when nothing was added. Borrowed until the next change. */
const char *buf_str(const struct buf *b);
/* Hands over the heap string (to be freed by the caller) and empties the
 * buffer; NULL with AWM_NOMEM set when the buffer had failed. */
char *buf_detach(struct buf *b);
void buf_release(struct buf *b);

#define _cleanup_buf_ _cleanup_(buf_release)

#endif
