/* SPDX-License-Identifier: MIT */
#include "edge/net.h"

#include "edge/module.h"

int net_ops(const struct net_ops **ret)
{
	const void *ops;
	int r = module_open("net", "awm_net_ops", NET_ABI, &ops);

	if (r == 0)
		*ret = ops;
	return r;
}
