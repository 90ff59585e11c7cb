/* SPDX-License-Identifier: MIT */
#ifndef CMD_AUTOMATE_H
#define CMD_AUTOMATE_H

#include "cmd/noun.h"

/* Whatever ran, in the words of a person: "3 runs succeeded, 1 failed"; NULL
 * when nothing did. In the arena. */
const char *automate_words(struct run *r, const struct awm_tick_result *t);

/* child.c: runs a command of this machine, with the text on its standard input
 * and what it writes in `out` (may be NULL) and `errors`. *ret_status is its
 * exit status, -1 for a signal. AWM_ERROR when it cannot be started. */
int child_run(const char *const *argv, const char *input, struct buf *out,
	      struct buf *errors, int *ret_status);

#endif
