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
 * The key is in a file that only its user may read. It is not in the database,
 * so a copy of the database gives no secret away. The key id is derived from
 * the key and tells nothing of it. The first line of the file is either of
 *
 *	awm-key-1 <base64 of the key>
 *	awm-locked-1 <id> <passes> <bytes> <base64 of salt> <base64 of box>
 *
 * where the key is in the box, under what argon2id makes of a passphrase. Each
 * line that follows is a key that was replaced, in a box under the first:
 *
 *	awm-old-1 <id> <base64 of box>
 *
 * The file is only ever replaced as a whole, so that whoever reads it finds
 * every key that something may still be sealed with.
 */
struct vault;

/* The largest secret, in bytes. */
#define VAULT_MAX	     ((size_t)1 << 20)
#define VAULT_PASSPHRASE_MAX ((size_t)1024)
#define VAULT_ID_SIZE	     9 /* with the NUL */

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
 * *ret is owned. Keys are held in locked memory where the system allows it,
 * and until vault_free() the process leaves no core dump.
 */
int vault_open(const char *key_file, bool create, struct vault **ret);
/* Wipes the keys. Takes NULL. */
void vault_free(struct vault *vault);

const char *vault_path(const struct vault *vault);
/* Whether the file is still the one that was read. */
bool vault_is_current(const struct vault *vault);
/* Ids of the keys: that of new secrets is the first, those that it replaced
 * follow; NULL behind the last. They can be told while it is locked. */
const char *vault_id(const struct vault *vault, size_t i);
bool vault_knows(const struct vault *vault, const char *id);

bool vault_has_passphrase(const struct vault *vault);
/* A vault with a passphrase neither seals nor opens before vault_unlock(),
 * which is -AWM_DENIED for a wrong one. */
bool vault_is_locked(const struct vault *vault);
int vault_unlock(struct vault *vault, const char *passphrase, size_t len);

/*
 * Puts a new key in the place of the first, which joins the old ones. With a
 * passphrase the file has that, with NULL none. -AWM_CONFLICT when another
 * process replaced the file meanwhile, -AWM_DENIED for a credential. On
 * failure file and vault are as they were; whoever dies here leaves the old
 * file or the new.
 */
int vault_renew(struct vault *vault, const char *passphrase, size_t len);
/* Takes the old keys out of the file; fails as vault_renew() does. */
int vault_forget(struct vault *vault);

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

/* The id of the key that sealed it; false for what is no envelope. */
bool vault_envelope_id(const char *envelope, char ret[VAULT_ID_SIZE]);

/* Memory for a secret, zeroed: locked where the system allows it, wiped when
 * it is freed. NULL with AWM_NOMEM set. */
char *vault_memory(size_t size);
void vault_memory_free(char *memory);

/* Overwrites a secret; the compiler cannot leave it out. */
void vault_wipe(void *secret, size_t len);

static inline void vault_freep(struct vault **p)
{
	vault_free(*p);
}
#define _cleanup_vault_ _cleanup_(vault_freep)

#endif
