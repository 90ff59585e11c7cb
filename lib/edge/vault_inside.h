/* SPDX-License-Identifier: MIT */
#ifndef EDGE_VAULT_INSIDE_H
#define EDGE_VAULT_INSIDE_H

#include <sodium.h>
#include <sys/stat.h>

#include "edge/vault.h"

/* What the files of the vault share. */

#define KEY_SIZE   crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BOX_SIZE   (NONCE_SIZE + KEY_SIZE + TAG_SIZE) /* a key in it */
#define SALT_SIZE  crypto_pwhash_argon2id_SALTBYTES
#define KEYS_MAX   64
#define FILE_MAX   ((size_t)16 << 10)

/* One key of the file. The keys themselves are apart, in locked memory. */
struct vault_key {
	char id[VAULT_ID_SIZE];
	unsigned char box[BOX_SIZE]; /* not of a first one in clear */
};

/* How a passphrase becomes a key. */
struct vault_lock {
	unsigned long long passes;
	size_t bytes;
	unsigned char salt[SALT_SIZE];
};

struct vault {
	unsigned char *secrets; /* n keys; from sodium_malloc(), read-only */
	struct vault_key *keys; /* n */
	size_t n;
	bool has_passphrase, locked;
	struct vault_lock lock;
	char *path;
	bool credential;
	struct stat file; /* that was read */
};

/* The first bytes of a hash under the key. */
void vault_derive_id(const unsigned char *key, char ret[VAULT_ID_SIZE]);

/* vault_text.c: the lines of the file. Read: -AWM_DENIED for what is
 * malformed; keys in boxes are still in them. Write: every key in its box. */
int vault_read_text(struct vault *v, const char *text, size_t len);
size_t vault_write_text(const struct vault *v, char *ret, size_t size);

/* vault_box.c: keys under keys. Opening is false when it does not. */
int vault_stretch(const struct vault_lock *lock, const char *passphrase,
		  size_t len, unsigned char ret[KEY_SIZE]);
bool vault_unbox(const struct vault *v, size_t i, const unsigned char *key,
		 unsigned char ret[KEY_SIZE]);
void vault_box(struct vault *v, size_t i, const unsigned char *key,
	       const unsigned char *content);

/* vault.c: the arrays of a vault, and its lines into a new file. */
int vault_make_room(struct vault *v);
void vault_release_room(struct vault *v);
bool vault_write(const struct vault *v, int fd);
void vault_sync(const char *folder);
int vault_malformed(const struct vault *v);

#endif
