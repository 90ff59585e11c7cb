/* SPDX-License-Identifier: MIT */
#include "edge/repo.h"

#include "edge/module.h"

int repo_ops(const struct repo_ops **ret)
{
	const void *ops;
	int r = module_open("git", "awm_git_ops", REPO_ABI, &ops);

	if (r == 0)
		*ret = ops;
	return r;
}
