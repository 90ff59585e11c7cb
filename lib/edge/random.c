/* SPDX-License-Identifier: MIT */
#include "edge/random.h"

#include <sodium.h>

#include "base/err.h"

int random_token(char out[RANDOM_TOKEN_SIZE])
{
	unsigned char bits[16];

	if (sodium_init() < 0)
		return err_set(AWM_ERROR, "the system gives no random bytes");
	randombytes_buf(bits, sizeof(bits));
	sodium_bin2hex(out, RANDOM_TOKEN_SIZE, bits, sizeof(bits));
	sodium_memzero(bits, sizeof(bits));
	return 0;
}
