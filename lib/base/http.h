/* SPDX-License-Identifier: MIT */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdint.h>

/* What headers of HTTP say about time, in milliseconds. */

/* An instant in one of the three forms of RFC 9110: "Sun, 06 Nov 1994 08:49:37
 * GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"; -1 for
 * anything else. A year of two digits is at most 50 years after `now`. */
int64_t http_date(const char *s, int64_t now);

/* How long the value of Retry-After asks to wait: seconds or a date, of which
 * 0 is left when it is over; -1 for anything else. */
int64_t http_retry_after(const char *s, int64_t now);

#endif
