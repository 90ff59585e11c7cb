/* SPDX-License-Identifier: MIT */
#ifndef CMD_SIGNALS_H
#define CMD_SIGNALS_H

#include <awm/session.h>
#include <stdbool.h>

/*
 * SIGINT and SIGTERM end the statement under way and with it the command,
 * which then exits with 130; a second one ends the process at once.
 */
void signals_init(void);
/* The session to interrupt; NULL: none. */
void signals_watch(struct awm_session *s);
/* Between these two nothing can be told to stop, so that a signal ends the
 * process itself: while a database is opened, or a person is asked. */
void signals_exit_begin(void);
void signals_exit_end(void);
/* Whether a signal came. */
bool signals_caught(void);

#endif
