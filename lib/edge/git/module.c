/* SPDX-License-Identifier: MIT */
#include "edge/git/git.h"

/* The struct that repo_ops() looks for: all that the module exports. */
AWM_EXPORT extern const struct repo_ops awm_git_ops;

const struct repo_ops awm_git_ops = {
	.abi = REPO_ABI,
	.open = repo_open,
	.close = repo_close,
	.walk = repo_walk,
	.history = repo_history,
	.read = repo_read,
	.tips = repo_tips,
	.on_default = repo_on_default,
	.remote_url = repo_remote_url,
	.config = repo_setting,
	.branch = repo_branch,
	.folder = repo_folder,
	.common = repo_common,
	.boundary = repo_boundary,
};
