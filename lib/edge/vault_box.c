// SPDX-License-Identifier: MIT
/* Keys that are kept under a passphrase, or under the key that follows them. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "edge/vault_inside.h"

/* What the box is bound to: the rest of its line, so that nobody can weaken
 * the passes or pass one key off as another. */
static int bound_to(const struct vault *v, size_t i, char *ret, size_t size)
{
	char salt[SALT_SIZE * 2 + 1];

	if (i > 0 || !v->has_passphrase)
		return snprintf(ret, size, "awm-old-1 %s", v->keys[i].id);
	sodium_bin2hex(salt, sizeof(salt), v->lock.salt, SALT_SIZE);
	return snprintf(ret, size, "awm-locked-1 %s %llu %zu %s", v->keys[i].id,
			v->lock.passes, v->lock.bytes, salt);
}

int vault_stretch(const struct vault_lock *lock, const char *passphrase,
		  size_t len, unsigned char ret[KEY_SIZE])
{
	if (crypto_pwhash_argon2id(ret, KEY_SIZE, passphrase, len, lock->salt,
				   lock->passes, lock->bytes,
				   crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
		return 0;
	return err_set(AWM_NOMEM,
		       "no memory for the passphrase: it takes %zu MiB",
		       lock->bytes >> 20);
}

bool vault_unbox(const struct vault *v, size_t i, const unsigned char *key,
		 unsigned char ret[KEY_SIZE])
{
	const struct vault_key *k = &v->keys[i];
	char id[VAULT_ID_SIZE], ad[160];
	int n = bound_to(v, i, ad, sizeof(ad));

	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    ret, NULL, NULL, k->box + NONCE_SIZE, BOX_SIZE - NONCE_SIZE,
		    (const unsigned char *)ad, (unsigned long long)n, k->box,
		    key) != 0)
		return false;
	vault_derive_id(ret, id);
	return strcmp(id, k->id) == 0;
}

void vault_box(struct vault *v, size_t i, const unsigned char *key,
	       const unsigned char *content)
{
	struct vault_key *k = &v->keys[i];
	char ad[160];
	int n = bound_to(v, i, ad, sizeof(ad));

	randombytes_buf(k->box, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		k->box + NONCE_SIZE, NULL, content, KEY_SIZE,
		(const unsigned char *)ad, (unsigned long long)n, NULL, k->box,
		key);
}
