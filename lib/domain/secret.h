/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SECRET_H
#define DOMAIN_SECRET_H

#include "domain/mutate.h"

/*
 * Secrets of rows. They are sealed before they are stored and bound to
 * database, table, column and row, so the row exists before its secret does:
 * this seals `plain` for column `field` of row `id` and writes the envelope
 * through mutate_edit(). The machine's key is made at first use.
 */
int secret_store(struct awm_session *s, const struct awm_entity *e, int64_t id,
		 size_t field, const char *plain);

/*
 * The plain text of what secret_store() wrote. AWM_NOT_FOUND when nothing is
 * stored there; AWM_DENIED when this machine has no key, another key sealed
 * it, or it was changed or moved. Nothing is ever written, not even a missing
 * key. *ret lives in the arena and is to be overwritten with vault_wipe().
 */
int secret_read(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, struct arena *a, char **ret, size_t *ret_len);

#endif
