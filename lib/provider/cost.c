// SPDX-License-Identifier: MIT
#include "provider/provider.h"

static int64_t told(int64_t tokens)
{
	return tokens > 0 ? tokens : 0;
}

/* What passes the threshold costs more as a whole. */
static struct provider_rates tier_of(const struct provider_rates *r,
				     int64_t prompt)
{
	if (!r->long_over || prompt <= r->long_over)
		return *r;
	return (struct provider_rates){
		.input = r->long_input,
		.cached = r->long_cached,
		.cache_write = r->long_cache_write,
		.output = r->long_output,
	};
}

bool provider_cost(const struct provider_rates *rates,
		   const struct provider_usage *usage, double *ret)
{
	struct provider_rates r = tier_of(rates, usage->prompt);
	int64_t cached = told(usage->cached);
	int64_t written = told(usage->cache_write);
	int64_t fresh;

	if (usage->prompt < 0 || usage->completion < 0)
		return false;
	/* Neither part is more than the whole. */
	if (cached > usage->prompt)
		cached = usage->prompt;
	if (written > usage->prompt - cached)
		written = usage->prompt - cached;
	fresh = usage->prompt - cached - written;
	*ret = ((double)fresh * r.input +
		(double)cached * (r.cached < 0 ? r.input : r.cached) +
		(double)written *
			(r.cache_write < 0 ? r.input : r.cache_write) +
		(double)usage->completion * r.output) /
	       1e6;
	return true;
}
