/* SPDX-License-Identifier: MIT */
#ifndef EDGE_VAULT_H
#define EDGE_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * Secrets at rest. What is stored is a text, the envelope:
 *
 *	awm1:<key id, 8 hex digits>:<base64url of nonce and ciphertext>
 *
 * sealed by XChaCha20-Poly1305-IETF under the key of the machine, and bound to
 * the place it is stored in: copied to another row, column, table or database
 * it does not open.
 *
 * The key is one line, "awm-key-1 <base64 of 32 bytes>", in a file that only
 * its user may read. It is not in the database, so a copy of the database
 * gives no secret away. The key id is derived from the key and tells nothing
 * of it.
 */
struct vault;

/* The largest secret, in bytes. */
#define VAULT_MAX ((size_t)1 << 20)

/* Where an envelope is stored. The texts are borrowed. */
struct vault_place {
	const char *db_id; /* of the database, the same in every copy */
	const char *table;
	const char *column;
	int64_t row;
};

/*
 * Reads the key: $CREDENTIALS_DIRECTORY/awm-key (systemd's LoadCredential=)
 * where there is one, else key_file, or $XDG_CONFIG_HOME/awm/key when that is
 * NULL. With `create` a missing key is made, 0600 in a 0700 folder under any
 * umask; of several processes that try it at once one makes it and all get the
 * same. An existing file is never written to.
 *
 * -AWM_NOT_FOUND when there is none. -AWM_DENIED for a file (or the target of
 * a link) that is another user's, that group or others have any right to, that
 * is no plain file or that is malformed. A credential may belong to root and
 * be readable by the group, as systemd makes it.
 *
 * *ret is owned. The key is held in locked memory, outside of core dumps.
 */
int vault_open(const char *key_file, bool create, struct vault **ret);
/* Wipes the key. */
void vault_free(struct vault *vault);

/* *ret lives in the arena. -AWM_USAGE past VAULT_MAX. */
int vault_seal(const struct vault *vault, const struct vault_place *place,
	       const void *plain, size_t len, struct arena *a,
	       const char **ret_envelope);

/* The reverse. The plain text has a NUL behind it and lives in the arena until
 * vault_wipe() or the arena's end. -AWM_INVALID for text that is no envelope;
 * -AWM_DENIED, with both key ids, when another key sealed it, and when it was
 * changed or moved. */
int vault_open_sealed(const struct vault *vault,
		      const struct vault_place *place, const char *envelope,
		      struct arena *a, char **ret_plain, size_t *ret_len);

/* Overwrites a secret; the compiler cannot leave it out. */
void vault_wipe(void *secret, size_t len);

static inline void vault_freep(struct vault **p)
{
	vault_free(*p);
}
#define _cleanup_vault_ _cleanup_(vault_freep)

#endif
