// SPDX-License-Identifier: MIT
/* Hooks of git: putting ours beside those of others, and taking it away. */
#include <awm/hook.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "domain/emit.h"
#include "edge/gitprogram.h"

#define SCRIPT_MAX ((size_t)1 << 20)
#define KEPT	   ".awm-orig"

const char *const awm_hook_names[] = {"prepare-commit-msg", "commit-msg",
				      "post-commit",	    "post-rewrite",
				      "post-merge",	    NULL};

static const char marker[] = "# Made by 'awm git hook install'; 'awm git hook "
			     "uninstall' takes it away.\n";

/* A hook of a shell is read into one, so that it sees the name it had. */
static const char chain[] = "before=$0" KEPT "\n"
			    "run_before() {\n"
			    "	[ -x \"$before\" ] || return 0\n"
			    "	first=\n"
			    "	read -r first <\"$before\"\n"
			    "	case $first in\n"
			    "	'#!/bin/sh' | '#!/usr/bin/env sh')\n"
			    "		(. \"$before\") ;;\n"
			    "	*) \"$before\" \"$@\" ;;\n"
			    "	esac\n"
			    "}\n";

static const char before_commit[] =
	"run_before \"$@\"\n"
	"status=$?\n"
	"[ \"$status\" -eq 0 ] || exit \"$status\"\n"
	"command -v awm >/dev/null 2>&1 || exit 0\n";

static const char after_commit[] =
	"run_before \"$@\"\n"
	"status=$?\n"
	"command -v awm >/dev/null 2>&1 || exit \"$status\"\n"
	"awm git hook run %s \"$@\" </dev/null >/dev/null 2>&1\n"
	"exit \"$status\"\n";

/* Both want what git writes to its standard input. */
static const char after_rewrite[] =
	"input=$(cat)\n"
	"printf '%%s\\n' \"$input\" | run_before \"$@\"\n"
	"status=$?\n"
	"command -v awm >/dev/null 2>&1 || exit \"$status\"\n"
	"printf '%%s\\n' \"$input\" |\n"
	"	awm git hook run %s \"$@\" >/dev/null 2>&1\n"
	"exit \"$status\"\n";

static void add_script(struct buf *out, const char *name, bool require_task)
{
	buf_addf(out, "#!/bin/sh\n%s%s", marker, chain);
	if (!strcmp(name, "post-rewrite")) {
		buf_addf(out, after_rewrite, name);
	} else if (!strncmp(name, "post-", 5)) {
		buf_addf(out, after_commit, name);
	} else if (require_task && !strcmp(name, "commit-msg")) {
		buf_addf(out,
			 "%sawm git hook run --require-task %s \"$@\" "
			 "</dev/null >/dev/null\n"
			 "[ $? -ne 4 ]\n",
			 before_commit, name);
	} else {
		buf_addf(out,
			 "%sawm git hook run %s \"$@\" </dev/null >/dev/null "
			 "2>&1\nexit 0\n",
			 before_commit, name);
	}
}

/* ---- where ---- */

struct hooks {
	const struct awm_hook_opts *opts;
	struct arena arena;
	char *folder;
	awm_row_fn *fn;
	void *ctx;
};

static void chomp(struct buf *b)
{
	while (b->len && b->s[b->len - 1] == '\n')
		buf_truncate(b, b->len - 1);
}

static int find_top(struct buf *ret)
{
	static const char *const top[] = {"git", "rev-parse", "--show-toplevel",
					  NULL};
	static const char *const bare[] = {"git", "rev-parse",
					   "--absolute-git-dir", NULL};
	bool yes;
	int rc = git_program_says(top, ret, &yes);

	if (!rc && !yes)
		rc = git_program_says(bare, ret, &yes);
	if (!rc && !yes)
		return err_set(AWM_NOT_FOUND,
			       "no git repository at the current folder");
	chomp(ret);
	return rc ? rc : buf_check(ret);
}

/* A relative core.hooksPath counts from the top of the work tree. */
static int find_folder(struct hooks *h)
{
	_cleanup_buf_ struct buf top = {0}, path = {0};
	const char *argv[] = {"git",	    "-C",    NULL, "rev-parse",
			      "--git-path", "hooks", NULL};
	int rc = find_top(&top);

	if (rc)
		return rc;
	argv[2] = buf_str(&top);
	rc = git_program(argv, &path);
	if (rc)
		return rc;
	chomp(&path);
	h->folder = *buf_str(&path) == '/'
			    ? arena_strdup(&h->arena, buf_str(&path))
			    : arena_printf(&h->arena, "%s/%s", buf_str(&top),
					   buf_str(&path));
	return h->folder ? 0 : -AWM_NOMEM;
}

static int check_folder(const struct hooks *h)
{
	const char *const argv[] = {"git", "ls-files", "--", h->folder, NULL};
	_cleanup_buf_ struct buf tracked = {0};
	struct stat st;
	bool yes;
	int rc;

	if (stat(h->folder, &st) == 0 && !S_ISDIR(st.st_mode)) {
		err_set(AWM_INVALID,
			"hooks are switched off here: '%s' is no "
			"folder",
			h->folder);
		return err_hint("git config --show-origin core.hooksPath");
	}
	rc = git_program_says(argv, &tracked, &yes);
	if (rc || !tracked.len || h->opts->force)
		return rc;
	err_set(AWM_INVALID,
		"the repository tracks its hooks, '%s': they would be "
		"committed for everyone",
		h->folder);
	return err_hint("--force does it; or add to a hook of yours: awm git "
			"hook run HOOK \"$@\" || true");
}

/* ---- one hook ---- */

struct hook {
	const char *name;
	const char *path;
	const char *kept;
	struct buf wanted; /* our script */
	struct buf now;	   /* what is there */
	bool there, ours, chained;
};

static void hook_release(struct hook *k)
{
	buf_release(&k->wanted);
	buf_release(&k->now);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A broken link is there and cannot be read. */
static int hook_read(struct hooks *h, const char *name, struct hook *ret)
{
	bool require = h->opts && h->opts->require_task;
	int rc = 0;

	*ret = (struct hook){
		.name = name,
		.path = arena_printf(&h->arena, "%s/%s", h->folder, name),
		.kept = arena_printf(&h->arena, "%s/%s" KEPT, h->folder, name),
	};
	if (!ret->path || !ret->kept)
		return -AWM_NOMEM;
	add_script(&ret->wanted, name, require);
	ret->there = is_there(ret->path);
	ret->chained = is_there(ret->kept);
	if (ret->there && file_exists(ret->path))
		rc = file_read(ret->path, SCRIPT_MAX, &ret->now);
	ret->ours = strstr(buf_str(&ret->now), marker) != NULL;
	return rc ? rc : buf_check(&ret->wanted);
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && !memcmp(buf_str(a), buf_str(b), a->len);
}

/* Whether what is there is what is kept: some tool wrote its hooks again. */
static int is_kept(const struct hook *k, bool *ret)
{
	_cleanup_buf_ struct buf kept = {0};
	int rc = file_read(k->kept, SCRIPT_MAX, &kept);

	*ret = !rc && same(&k->now, &kept);
	return rc;
}

static const struct awm_field fields[] = {
	{.name = "hook", .label = "Hook", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
	{.name = "chained", .label = "Chained", .type = AWM_TYPE_BOOL},
	{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
};

static int tell(const struct hooks *h, const struct hook *k, const char *state)
{
	struct awm_value values[] = {
		awm_value_text(k->name),
		awm_value_text(state),
		AWM_VALUE_INT(is_there(k->kept)),
		awm_value_text(k->path),
	};

	return emit(h->fn, h->ctx, fields, values, ARRAY_LEN(values));
}

typedef int hook_fn(struct hooks *h, struct hook *k);

static int each(struct hooks *h, hook_fn *fn)
{
	int rc = 0;

	for (size_t i = 0; awm_hook_names[i] && !rc; i++) {
		_cleanup_(hook_release) struct hook k;
		rc = hook_read(h, awm_hook_names[i], &k);
		if (!rc)
			rc = fn(h, &k);
	}
	return rc;
}

/* ---- install ---- */

static int check_one(struct hooks *h, struct hook *k)
{
	bool again = true;
	int rc = 0;

	(void)h;
	if (k->there && !k->ours && k->chained)
		rc = is_kept(k, &again);
	if (rc || again)
		return rc;
	err_set(AWM_CONFLICT, "'%s' was replaced since, and '%s' is kept",
		k->path, k->kept);
	return err_hint("move one of them away");
}

static int write_script(const struct hook *k)
{
	int rc = file_write(k->path, k->wanted.s, k->wanted.len, 0755);

	/* Better the old hook than none. */
	if (rc && k->there && !k->ours)
		(void)rename(k->kept, k->path);
	return rc;
}

static int install_one(struct hooks *h, struct hook *k)
{
	bool present = k->ours && same(&k->now, &k->wanted);
	int rc = 0;

	if (h->opts->dry_run || present)
		return tell(h, k, present ? "present" : "would install");
	if (k->there && !k->ours && rename(k->path, k->kept) < 0)
		return err_errno(AWM_ERROR, "cannot rename '%s'", k->path);
	rc = write_script(k);
	return rc ? rc : tell(h, k, "installed");
}

static int make_folder(const struct hooks *h)
{
	if (h->opts->dry_run || mkdir(h->folder, 0777) == 0 || errno == EEXIST)
		return 0;
	return err_errno(AWM_ERROR, "cannot make '%s'", h->folder);
}

int awm_hook_install(const struct awm_hook_opts *opts, awm_row_fn *fn,
		     void *ctx)
{
	struct hooks h = {.opts = opts, .fn = fn, .ctx = ctx};
	int rc = find_folder(&h);

	if (!rc)
		rc = check_folder(&h);
	if (!rc)
		rc = each(&h, check_one);
	if (!rc)
		rc = make_folder(&h);
	if (!rc)
		rc = each(&h, install_one);
	arena_release(&h.arena);
	return rc;
}

/* ---- uninstall ---- */

static int remove_ours(const struct hook *k)
{
	int r = k->chained ? rename(k->kept, k->path) : unlink(k->path);

	return r < 0 ? err_errno(AWM_ERROR, "cannot restore '%s'", k->path) : 0;
}

static int uninstall_one(struct hooks *h, struct hook *k)
{
	bool again = false;
	int rc = 0;

	if (k->ours || (!k->there && k->chained)) {
		if (h->opts->dry_run)
			return tell(h, k, "would remove");
		rc = remove_ours(k);
		return rc ? rc : tell(h, k, "removed");
	}
	if (!k->there)
		return tell(h, k, "absent");
	if (k->chained)
		rc = is_kept(k, &again);
	if (!rc && again && !h->opts->dry_run && unlink(k->kept) < 0)
		rc = err_errno(AWM_ERROR, "cannot remove '%s'", k->kept);
	return rc ? rc : tell(h, k, "other");
}

int awm_hook_uninstall(const struct awm_hook_opts *opts, awm_row_fn *fn,
		       void *ctx)
{
	struct hooks h = {.opts = opts, .fn = fn, .ctx = ctx};
	int rc = find_folder(&h);

	if (!rc)
		rc = each(&h, uninstall_one);
	arena_release(&h.arena);
	return rc;
}

/* ---- status ---- */

static int tell_state(struct hooks *h, struct hook *k)
{
	_cleanup_buf_ struct buf strict = {0};

	if (!k->there)
		return tell(h, k, "absent");
	if (!k->ours)
		return tell(h, k, "other");
	add_script(&strict, k->name, true);
	return tell(h, k,
		    same(&k->now, &k->wanted) || same(&k->now, &strict)
			    ? "installed"
			    : "outdated");
}

int awm_hook_status(awm_row_fn *fn, void *ctx)
{
	struct hooks h = {.fn = fn, .ctx = ctx};
	int rc = find_folder(&h);

	if (!rc)
		rc = each(&h, tell_state);
	arena_release(&h.arena);
	return rc;
}
