// SPDX-License-Identifier: MIT
/* What hooks do once there is a commit. */
#include <awm/git.h>
#include <string.h>

#include "base/err.h"
#include "domain/hook_message.h"
#include "domain/link.h"
#include "domain/rewrite.h"

static int post_commit(struct awm_session *s, const struct awm_hook_call *call)
{
	struct awm_git_report did;

	(void)call;
	return awm_git_link(s, NULL, NULL, 0, 0, NULL, NULL, &did);
}

static int post_merge(struct awm_session *s, const struct awm_hook_call *call)
{
	static const char *const arrived[] = {"ORIG_HEAD..HEAD"};
	struct awm_git_report did;

	/* A squash leaves HEAD where it is. */
	if (call->nargs && !strcmp(call->args[0], "1"))
		return 0;
	return link_commits(s, NULL, arrived, 1, 0, true, NULL, NULL, &did);
}

static int post_rewrite(struct awm_session *s, const struct awm_hook_call *call)
{
	return rewrite_commits(s, call->input ? call->input : "");
}

static const struct {
	const char *name;
	int (*run)(struct awm_session *s, const struct awm_hook_call *call);
} after[] = {
	{"post-commit", post_commit},
	{"post-merge", post_merge},
	{"post-rewrite", post_rewrite},
};

int awm_hook_run(const struct awm_hook_call *call)
{
	struct awm_session_opts opts = call->session;
	struct awm_session *s = NULL;
	int rc;

	if (!strcmp(call->name, "prepare-commit-msg"))
		return hook_prepare(call);
	if (!strcmp(call->name, "commit-msg"))
		return hook_check(call);
	for (size_t i = 0; i < ARRAY_LEN(after); i++) {
		if (strcmp(call->name, after[i].name) != 0)
			continue;
		opts.no_create = true;
		rc = awm_session_open(&opts, &s);
		if (!rc)
			rc = after[i].run(s, call);
		awm_session_close(s);
		return rc;
	}
	return err_set(AWM_USAGE, "no hook '%s'", call->name);
}
