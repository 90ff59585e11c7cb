/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

/* The struct that net_ops() looks for: all that the module exports. */
AWM_EXPORT extern const struct net_ops awm_net_ops;

const struct net_ops awm_net_ops = {
	.abi = NET_ABI,
	.open = net_open,
	.close = net_close,
	.start = net_start,
	.mail = net_mail,
	.cancel = net_cancel,
	.run = net_run,
	.wake = net_wake,
	.address_is_private = net_address_is_private,
	.url_host = net_url_host,
};
