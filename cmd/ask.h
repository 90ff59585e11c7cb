/* SPDX-License-Identifier: MIT */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is a person at a terminal to be asked. */
bool ask_possible(void);
/* AWM_USAGE: `what` wants --yes. */
int ask_refuse(const char *what);
/* An awm_passphrase_fn. */
int ask_passphrase(void *ctx, const char *what, bool twice, char *ret,
		   size_t size);

#endif
