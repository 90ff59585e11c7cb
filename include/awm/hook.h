/* SPDX-License-Identifier: MIT */
#ifndef AWM_HOOK_H
#define AWM_HOOK_H

#include <awm/query.h>
#include <awm/session.h>

/*
 * Hooks of git, of the repository of the current folder: prepare-commit-msg,
 * commit-msg, post-commit, post-rewrite and post-merge. Each is a small script
 * that first runs the hook that was there before, which is kept beside it with
 * ".awm-orig" at its name, and then the `awm` that is on PATH, if any.
 *
 * They stand where git looks for them: core.hooksPath, or the folder that all
 * work trees share. No database is needed for these three. Rows have hook,
 * state, chained (whether there is one of before) and path.
 */
struct awm_hook_opts {
	bool force;	   /* also in a folder that the repository tracks */
	bool require_task; /* commit-msg refuses messages that name no task */
	bool dry_run;
};

/* States "installed", "present", in a dry run "would install". AWM_NOT_FOUND:
 * no repository. AWM_INVALID: hooks are switched off, or the folder is tracked.
 * AWM_CONFLICT: a hook has replaced ours while the one of before is still kept;
 * then nothing was written. */
AWM_EXPORT int awm_hook_install(const struct awm_hook_opts *opts,
				awm_row_fn *fn, void *ctx);
/* States "removed" and "absent", in a dry run "would remove", and "other" for a
 * hook that is not ours. What was there before is back, to the byte. */
AWM_EXPORT int awm_hook_uninstall(const struct awm_hook_opts *opts,
				  awm_row_fn *fn, void *ctx);
/* States "installed", "outdated" (of another version of awm), "absent",
 * "other". */
AWM_EXPORT int awm_hook_status(awm_row_fn *fn, void *ctx);

/*
 * What a hook does, with the arguments and the standard input that git gives
 * it. Of these only commit-msg with require_task refuses a commit: AWM_INVALID.
 * Other errors are for who wants to know; git must not.
 */
struct awm_hook_call {
	const char *name;
	const char *const *args;
	size_t nargs;
	const char *input; /* of post-rewrite */
	bool require_task;
	struct awm_session_opts session;
};
AWM_EXPORT int awm_hook_run(const struct awm_hook_call *call);

/* The names, NULL-terminated. */
AWM_EXPORT extern const char *const awm_hook_names[];

#endif
