// SPDX-License-Identifier: MIT
#include "domain/retry.h"

#include "base/mem.h"

#define S (INT64_C(1000))
#define M (60 * S)
#define H (60 * M)

static const int64_t pauses[RETRY_ATTEMPTS - 1] = {
	5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H,
};

int64_t retry_delay(unsigned attempt, uint32_t random)
{
	int64_t pause, span;

	if (attempt >= RETRY_ATTEMPTS)
		return -1;
	pause = pauses[attempt ? attempt - 1 : 0];
	span = pause * 2 / 5 + 1;
	return pause - pause / 5 + (int64_t)random % span;
}

int64_t retry_at(int64_t now, unsigned attempt, uint32_t random, int64_t wish)
{
	int64_t pause = retry_delay(attempt, random);

	if (pause < 0)
		return -1;
	if (wish > RETRY_WISH_MAX)
		wish = RETRY_WISH_MAX;
	return now + (wish > pause ? wish : pause);
}
