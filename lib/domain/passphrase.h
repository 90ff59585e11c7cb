/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PASSPHRASE_H
#define DOMAIN_PASSPHRASE_H

#include "domain/session.h"

/*
 * The passphrase of the key file, from the first of these that there is: the
 * descriptor that AWM_PASSPHRASE_FD names, the command of vault.keyCommand
 * (the machine's configuration alone can name one), a person.
 */

/* Looks which descriptor it is, and keeps it from the programs that are
 * started. AWM_USAGE for what is none. */
int passphrase_init(struct awm_session *s);
void passphrase_release(struct awm_session *s);

/* At most VAULT_PASSPHRASE_MAX bytes into `ret`. AWM_DENIED when there is none
 * to be had, or it is empty; *ret_asked says that a person was asked, who may
 * try again. `what` is what a person is asked for. */
int passphrase_get(struct awm_session *s, const char *what, bool twice,
		   char *ret, size_t *ret_len, bool *ret_asked);

#endif
