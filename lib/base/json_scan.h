/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Checks a JSON text by the rules of base/json.h, building nothing. With
 * `any_number` a number need not fit into a double. */
int json_scan(const char *text, size_t len, bool any_number);

#endif
