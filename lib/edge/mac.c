// SPDX-License-Identifier: MIT
#include "edge/mac.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"

_Static_assert(MAC_SIZE == crypto_auth_hmacsha256_BYTES, "");

static int ready(void)
{
	if (sodium_init() < 0)
		return err_set(AWM_ERROR, "libsodium cannot be used");
	return 0;
}

int mac_sha256(const void *key, size_t key_len, const struct mac_piece *pieces,
	       size_t n, unsigned char ret[MAC_SIZE])
{
	crypto_auth_hmacsha256_state state;
	int rc = ready();

	if (rc)
		return rc;
	crypto_auth_hmacsha256_init(&state, key, key_len);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&state, pieces[i].bytes,
					      pieces[i].len);
	crypto_auth_hmacsha256_final(&state, ret);
	sodium_memzero(&state, sizeof(state));
	return 0;
}

void mac_base64_add(struct buf *out, const void *bytes, size_t len)
{
	char text[256];
	const unsigned char *p = bytes;

	/* in pieces that need no padding but the last */
	while (len) {
		size_t n = len < 150 ? len : 150;

		sodium_bin2base64(text, sizeof(text), p, n,
				  sodium_base64_VARIANT_ORIGINAL);
		buf_adds(out, text);
		p += n;
		len -= n;
	}
	sodium_memzero(text, sizeof(text));
}

int mac_base64_read(const char *text, size_t text_len, void *ret, size_t size,
		    size_t *ret_len)
{
	if (sodium_base642bin(ret, size, text, text_len, NULL, ret_len, NULL,
			      sodium_base64_VARIANT_ORIGINAL))
		return err_set(AWM_USAGE, "malformed base64");
	return 0;
}

bool mac_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

int mac_random(void *ret, size_t len)
{
	int rc = ready();

	if (!rc)
		randombytes_buf(ret, len);
	return rc;
}

void mac_wipe(void *key, size_t len)
{
	sodium_memzero(key, len);
}
