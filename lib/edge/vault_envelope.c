// SPDX-License-Identifier: MIT
/* Envelopes: secrets under the keys of the machine. */
#include <string.h>

#include "base/err.h"
#include "edge/vault_inside.h"

#define URLSAFE	   sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define PREFIX	   "awm1:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define HEAD_LEN   (PREFIX_LEN + VAULT_ID_SIZE) /* with the second colon */

/* Lengths first: no two places have the same text. */
static char *place_text(const struct vault_place *p, struct arena *a)
{
	return arena_printf(a, "awm1|%zu:%s|%zu:%s|%zu:%s|%lld",
			    strlen(p->db_id), p->db_id, strlen(p->table),
			    p->table, strlen(p->column), p->column,
			    (long long)p->row);
}

static char *format_envelope(const struct vault *v, const unsigned char *box,
			     size_t len, struct arena *a)
{
	size_t size = sodium_base64_encoded_len(len, URLSAFE);
	size_t head = HEAD_LEN;
	char *text = arena_alloc(a, head + size);

	if (!text)
		return NULL;
	memcpy(text, PREFIX, PREFIX_LEN);
	memcpy(text + PREFIX_LEN, v->keys[0].id, VAULT_ID_SIZE - 1);
	text[head - 1] = ':';
	sodium_bin2base64(text + head, size, box, len, URLSAFE);
	return text;
}

static int is_locked(const struct vault *v)
{
	return err_set(AWM_DENIED, "the key file '%s' has a passphrase",
		       v->path);
}

int vault_seal(const struct vault *vault, const struct vault_place *place,
	       const void *plain, size_t len, struct arena *a,
	       const char **ret_envelope)
{
	const char *aad, *envelope;
	unsigned char *box;

	if (vault->locked)
		return is_locked(vault);
	if (len > VAULT_MAX)
		return err_set(AWM_USAGE, "a secret has at most %zu bytes",
			       VAULT_MAX);
	aad = place_text(place, a);
	box = arena_alloc(a, NONCE_SIZE + len + TAG_SIZE);
	if (!aad || !box)
		return -AWM_NOMEM;
	randombytes_buf(box, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		box + NONCE_SIZE, NULL, plain, len, (const unsigned char *)aad,
		strlen(aad), NULL, box, vault->secrets);
	envelope = format_envelope(vault, box, NONCE_SIZE + len + TAG_SIZE, a);
	if (!envelope)
		return -AWM_NOMEM;
	*ret_envelope = envelope;
	return 0;
}

static int not_sealed(const struct vault_place *p)
{
	return err_set(AWM_INVALID,
		       "the secret in %s.%s of row %lld is malformed", p->table,
		       p->column, (long long)p->row);
}

bool vault_envelope_id(const char *envelope, char ret[VAULT_ID_SIZE])
{
	const char *id = envelope + PREFIX_LEN;

	if (strncmp(envelope, PREFIX, PREFIX_LEN) != 0 ||
	    strspn(id, "0123456789abcdef") != VAULT_ID_SIZE - 1 ||
	    id[VAULT_ID_SIZE - 1] != ':')
		return false;
	memcpy(ret, id, VAULT_ID_SIZE - 1);
	ret[VAULT_ID_SIZE - 1] = '\0';
	return true;
}

static int parse_envelope(const struct vault_place *place, const char *envelope,
			  struct arena *a, char ret_id[VAULT_ID_SIZE],
			  unsigned char **ret_box, size_t *ret_len)
{
	size_t head = HEAD_LEN, len = strlen(envelope);
	size_t max = sodium_base64_encoded_len(
		NONCE_SIZE + VAULT_MAX + TAG_SIZE, URLSAFE);
	unsigned char *box;

	if (!vault_envelope_id(envelope, ret_id) || len <= head ||
	    len - head > max)
		return not_sealed(place);
	len -= head;
	box = arena_alloc(a, len);
	if (!box)
		return -AWM_NOMEM;
	if (sodium_base642bin(box, len, envelope + head, len, NULL, ret_len,
			      NULL, URLSAFE) != 0 ||
	    *ret_len < NONCE_SIZE + TAG_SIZE)
		return not_sealed(place);
	*ret_box = box;
	return 0;
}

static int other_key(const struct vault *v, const struct vault_place *p,
		     const char *id)
{
	err_set(AWM_DENIED,
		"the secret in %s.%s of row %lld was sealed with the key "
		"%s, and this is the key %s",
		p->table, p->column, (long long)p->row, id, v->keys[0].id);
	return err_hint("put the key %s back into '%s', or store the secret "
			"again",
			id, v->path);
}

static const unsigned char *key_of(const struct vault *v, const char *id)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->keys[i].id, id))
			return v->secrets + i * KEY_SIZE;
	return NULL;
}

int vault_open_sealed(const struct vault *vault,
		      const struct vault_place *place, const char *envelope,
		      struct arena *a, char **ret_plain, size_t *ret_len)
{
	const char *aad;
	const unsigned char *key;
	unsigned char *box = NULL, *plain;
	char id[VAULT_ID_SIZE];
	size_t len = 0;
	int r = parse_envelope(place, envelope, a, id, &box, &len);

	if (r < 0)
		return r;
	key = key_of(vault, id);
	if (!key)
		return other_key(vault, place, id);
	if (vault->locked)
		return is_locked(vault);
	aad = place_text(place, a);
	plain = arena_alloc(a, len - NONCE_SIZE - TAG_SIZE + 1);
	if (!aad || !plain)
		return -AWM_NOMEM;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    plain, NULL, NULL, box + NONCE_SIZE, len - NONCE_SIZE,
		    (const unsigned char *)aad, strlen(aad), box, key) != 0) {
		err_set(AWM_DENIED,
			"the secret in %s.%s of row %lld does not open: it "
			"was changed, or moved here from another place",
			place->table, place->column, (long long)place->row);
		return err_hint("store the secret again");
	}
	*ret_plain = (char *)plain;
	*ret_len = len - NONCE_SIZE - TAG_SIZE;
	return 0;
}
