/* SPDX-License-Identifier: MIT */
#ifndef BASE_MIME_H
#define BASE_MIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* A mail of one text, as RFC 5322, 2045 and 2047 have it. */
struct mime_mail {
	const char *from_name, *from; /* names may be NULL */
	const char *to_name, *to;
	const char *subject;
	const char *id;	  /* without <>: "one@example.org" */
	int64_t date;	  /* milliseconds */
	const char *text; /* UTF-8; lines end in \n or \r\n */
};

/*
 * Adds the message, with CRLF line ends and nothing but ASCII in lines of at
 * most 78 characters in the head and 998 in the body. Control characters in
 * the head become blanks, so that no text begins a header of its own.
 * Addresses have to be such (mime_is_address()).
 */
void mime_build(const struct mime_mail *mail, struct buf *out);

/* Whether it may stand as an address in a head and in a command of SMTP:
 * atoms with dots, @, and a name of a host; ASCII. */
bool mime_is_address(const char *s);

#endif
