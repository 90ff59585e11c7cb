/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Reading JSON, on cJSON, made strict. cJSON alone rounds integers over 2^53,
 * passes trailing bytes, duplicate keys, bad UTF-8 and raw control characters
 * and cuts strings at \u0000. json_parse() scans the text first (RFC 8259 to
 * the letter, lone surrogates refused) and refuses each of these: -AWM_USAGE
 * with "at byte N". Also refused: nesting deeper than JSON_DEPTH, numbers that
 * overflow a double, integers that a double cannot hold exactly.
 */

#define JSON_DEPTH 64

/* Owned: free with cJSON_Delete() or _cleanup_json_. */
int json_parse(const char *text, size_t len, cJSON **ret);

/* The scan alone, for text that is only stored. */
int json_check(const char *text, size_t len);

/* Whether the text is JSON at all, whatever its numbers: for what awm itself
 * wrote, whose integers have 64 bits. Sets the error object when it is not. */
bool json_well_formed(const char *text, size_t len);

/* Prints the tree compactly with our own writer (cJSON's printer has no depth
 * limit and rounds). */
void json_print(struct buf *out, const cJSON *node);

/* Case-sensitive lookup; NULL when absent or when node is no object. */
const cJSON *json_get(const cJSON *node, const char *key);
/* The string under the key, or NULL. Borrowed. */
const char *json_get_str(const cJSON *node, const char *key);

static inline void json_freep(cJSON **p)
{
	cJSON_Delete(*p);
}
#define _cleanup_json_ _cleanup_(json_freep)

#endif
