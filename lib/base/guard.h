/* SPDX-License-Identifier: MIT */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>

/* While a secret is in memory: no core dumps, and no debugger of the same
 * user. Calls nest. Programs that the process starts are not touched. */
void process_guard(bool on);

#endif
