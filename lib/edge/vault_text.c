// SPDX-License-Identifier: MIT
/* The lines of the key file. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "edge/vault_inside.h"

#define TAG_KEY	   "awm-key-1 "
#define TAG_LOCKED "awm-locked-1 "
#define TAG_OLD	   "awm-old-1 "
#define ORIGINAL   sodium_base64_VARIANT_ORIGINAL
/* With its padding, without the NUL. */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* What a file may ask of the machine: it could hang it. */
#define PASSES_MAX crypto_pwhash_argon2id_OPSLIMIT_SENSITIVE
#define BYTES_MAX  crypto_pwhash_argon2id_MEMLIMIT_SENSITIVE

/* ---- read ---- */

/* What is left of a line. */
struct rest {
	const char *s, *end;
};

static bool skip(struct rest *r, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(r->end - r->s) < len || memcmp(r->s, text, len) != 0)
		return false;
	r->s += len;
	return true;
}

static bool take_id(struct rest *r, char ret[VAULT_ID_SIZE])
{
	for (size_t i = 0; i < VAULT_ID_SIZE - 1; i++) {
		if (r->s == r->end || !strchr("0123456789abcdef", *r->s))
			return false;
		ret[i] = *r->s++;
	}
	ret[VAULT_ID_SIZE - 1] = '\0';
	return true;
}

static bool take_number(struct rest *r, unsigned long long min,
			unsigned long long max, unsigned long long *ret)
{
	unsigned long long n = 0;

	if (r->s == r->end || *r->s < '1' || *r->s > '9')
		return false;
	for (; r->s < r->end && *r->s >= '0' && *r->s <= '9'; r->s++) {
		n = n * 10 + (unsigned long long)(*r->s - '0');
		if (n > max)
			return false;
	}
	*ret = n;
	return n >= min;
}

static bool take_bytes(struct rest *r, unsigned char *ret, size_t size)
{
	size_t len = BASE64_LEN(size), n = 0;

	if ((size_t)(r->end - r->s) < len ||
	    sodium_base642bin(ret, size, r->s, len, NULL, &n, NULL, ORIGINAL) ||
	    n != size)
		return false;
	r->s += len;
	return true;
}

static bool read_locked(struct vault *v, struct rest *r)
{
	unsigned long long bytes = 0;

	v->has_passphrase = v->locked = true;
	if (!take_id(r, v->keys[0].id) || !skip(r, " ") ||
	    !take_number(r, crypto_pwhash_argon2id_OPSLIMIT_MIN, PASSES_MAX,
			 &v->lock.passes) ||
	    !skip(r, " ") ||
	    !take_number(r, crypto_pwhash_argon2id_MEMLIMIT_MIN, BYTES_MAX,
			 &bytes) ||
	    !skip(r, " ") || !take_bytes(r, v->lock.salt, SALT_SIZE) ||
	    !skip(r, " "))
		return false;
	v->lock.bytes = (size_t)bytes;
	return take_bytes(r, v->keys[0].box, BOX_SIZE);
}

static bool read_first(struct vault *v, struct rest *r)
{
	if (skip(r, TAG_LOCKED))
		return read_locked(v, r);
	if (!skip(r, TAG_KEY) || !take_bytes(r, v->secrets, KEY_SIZE))
		return false;
	vault_derive_id(v->secrets, v->keys[0].id);
	return true;
}

static bool read_old(struct vault_key *k, struct rest *r)
{
	return skip(r, TAG_OLD) && take_id(r, k->id) && skip(r, " ") &&
	       take_bytes(r, k->box, BOX_SIZE);
}

int vault_read_text(struct vault *v, const char *text, size_t len)
{
	const char *end = text + len;

	for (v->n = 0; v->n == 0 || text < end; v->n++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct rest r = {text, stop ? stop : end};
		bool ok =
			v->n < KEYS_MAX && (v->n ? read_old(&v->keys[v->n], &r)
						 : read_first(v, &r));

		if (!ok || r.s != r.end)
			return vault_malformed(v);
		text = stop ? stop + 1 : end;
	}
	return 0;
}

/* ---- write ---- */

static const char *base64(const unsigned char *bytes, size_t n, char *ret)
{
	return sodium_bin2base64(ret, BASE64_LEN(n) + 1, bytes, n, ORIGINAL);
}

size_t vault_write_text(const struct vault *v, char *ret, size_t size)
{
	const struct vault_key *k = &v->keys[0];
	char box[BASE64_LEN(BOX_SIZE) + 1], salt[BASE64_LEN(SALT_SIZE) + 1];
	int n;

	if (v->has_passphrase)
		n = snprintf(ret, size, TAG_LOCKED "%s %llu %zu %s %s\n", k->id,
			     v->lock.passes, v->lock.bytes,
			     base64(v->lock.salt, SALT_SIZE, salt),
			     base64(k->box, BOX_SIZE, box));
	else /* the box has room for what is smaller */
		n = snprintf(ret, size, TAG_KEY "%s\n",
			     base64(v->secrets, KEY_SIZE, box));
	for (size_t i = 1; i < v->n; i++)
		n += snprintf(ret + n, size - (size_t)n, TAG_OLD "%s %s\n",
			      v->keys[i].id,
			      base64(v->keys[i].box, BOX_SIZE, box));
	sodium_memzero(box, sizeof(box));
	return (size_t)n;
}
