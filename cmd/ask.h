/* SPDX-License-Identifier: MIT */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include <stdbool.h>

/* Whether there is a person at a terminal to be asked. */
bool ask_possible(void);
/* AWM_USAGE: `what` wants --yes. */
int ask_refuse(const char *what);

#endif
