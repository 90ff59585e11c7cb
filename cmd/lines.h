/* SPDX-License-Identifier: MIT */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The lines of a file, or of standard input for "-", one at a time: memory
 * grows with the longest line only. What is no regular file is first copied to
 * a temporary one, so that no transaction waits for whoever writes it, and can
 * be read again. At most 1 GiB.
 */
struct lines {
	int fd;
	const char *name; /* for messages; borrowed */
	int64_t begin, at, end;
	size_t number; /* of the line that lines_next() returned; from 1 */
	struct buf chunk;
	size_t used; /* of chunk */
	struct buf line;
};

#define LINES_NONE                                                             \
	{                                                                      \
		.fd = -1                                                       \
	}

int lines_open(struct lines *l, const char *path);
void lines_rewind(struct lines *l);
/* 1: a line, without its end, borrowed until the next call; 0: the end. */
int lines_next(struct lines *l, const char **ret, size_t *ret_len);
/* Some of the bytes instead, from where lines_rewind() or the last call left
 * off; *ret_len is 0 at the end. Not to be mixed with lines_next(). */
int lines_read(struct lines *l, char *to, size_t size, size_t *ret_len);
void lines_release(struct lines *l);
#define _cleanup_lines_ _cleanup_(lines_release)

#endif
