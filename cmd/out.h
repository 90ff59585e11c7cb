/* SPDX-License-Identifier: MIT */
#ifndef CMD_OUT_H
#define CMD_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/command.h"

/*
 * Standard output: one buffer of 64 KiB, every error noticed. A reader that
 * went away ends the program quietly, by SIGPIPE; other errors stay and fail
 * every later call. The functions return 0 or -AWM_ERROR.
 */

/* Makes sure that descriptors 0 to 2 are open, so that no database file gets
 * their numbers. Writing to a closed standard output stays an error. */
void out_init(void);
int out_add(const void *data, size_t len);
int out_flush(void);
/* Ends the program as a write does that nobody reads. */
void out_gone(void);
/* While something is to be brought to its end first, a reader that went away
 * is an error, -AWM_INTERRUPTED; out_lost() says so afterwards. */
void out_outlive(bool on);
bool out_lost(void);
/* Whether anything was written or is waiting. */
bool out_used(void);
/* Flushes, closes the pipe to the pager, and waits for it. */
int out_close(void);

/* Whether standard output is a terminal (even when a pager stands between),
 * and the columns of that terminal. */
bool out_is_tty(void);
size_t out_width(void);
bool out_color(const struct globals *g);

/* From the first output on, everything goes through the pager: $AWM_PAGER,
 * core.pager, $PAGER, less -FRX. Only when standard output is a terminal. */
void pager_want(const struct awm_config *config);
/* Never mind: what is shown as it comes is not for a pager. */
void pager_unwant(void);
/* Starts a wanted pager and returns the descriptor to write to. */
int pager_start(void);
/* Waits for a started one. */
void pager_wait(void);

/* The line that tells of the last error. */
void error_print(bool json);

#endif
