/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stddef.h>

/* Checks a JSON text by the rules of base/json.h, building nothing. */
int json_scan(const char *text, size_t len);

#endif
