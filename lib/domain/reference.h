/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_REFERENCE_H
#define DOMAIN_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * Which tasks a commit message names. Reads git trailers ("AWM-Task: 12",
 * "Task: #12", "AWM-Close: 12", folded and comma lists) by git's rules for the
 * trailer block, and free text: awm#12, AWM-12, and closing words before one
 * ("fixes awm#1, awm#2 and awm#3"). Code (spans, indented, fenced) and URLs
 * are not read. Never a bare #12: that belongs to the forge.
 */
struct reference {
	int64_t task;
	bool closes;
};

struct reference_list {
	struct reference *items; /* arena; in order, each task once */
	size_t count;
};

int reference_scan(const char *message, struct arena *a,
		   struct reference_list *ret);

/* The web page of a commit, from a remote's URL: GitHub, Gitea/Forgejo,
 * GitLab, Bitbucket, Azure, sourcehut. `forge` (git config awm.forge) names
 * the kind for other hosts, `pattern` (awm.webUrl, with {sha}) wins over all.
 * NULL when no page can be known. User names and passwords are dropped. */
const char *weburl_commit(const char *remote, const char *sha,
			  const char *forge, const char *pattern,
			  struct arena *a);

/* The task that a branch name carries ("task/42-login"), or 0. */
int64_t reference_branch(const char *branch);

#endif
