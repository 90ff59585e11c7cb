/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* A database of a folder's own. */

struct init_args {
	const char *dir;
};

static const struct option init_options[] = {
	OPT_FILE("dir", 0, struct init_args, dir, "DIR",
		 "the folder to make it in, instead of the current one"),
	{0},
};

/* Git leaves the folder alone, without a line in the user's own files. */
static int ignore_folder(const char *folder)
{
	_cleanup_free_ char *path = file_join(folder, ".gitignore");

	if (!path)
		return -AWM_NOMEM;
	if (file_exists(path))
		return 0;
	return file_write(path, "*\n", 2, 0644);
}

static int make_database(struct run *r, const char *folder, const char *path)
{
	struct awm_session_opts opts = {
		.db = path,
		.as = r->globals.as,
		.wait_ms = r->globals.wait_ms.value,
		.config = r->config,
	};
	int err = file_mkdir(folder);

	if (!err)
		err = ignore_folder(folder);
	if (!err)
		err = awm_session_open(&opts, &r->session);
	return err;
}

static int init_folder(struct run *r, char **ret)
{
	const struct init_args *args = r->args;
	char *dir;

	if (!args->dir)
		return file_cwd(ret);
	dir = realpath(args->dir, NULL);
	if (!dir)
		return err_errno(AWM_NOT_FOUND, "cannot use '%s'", args->dir);
	*ret = dir;
	return 0;
}

static int tell(struct run *r, const char *path, bool made)
{
	static const struct awm_field fields[] = {
		{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
		{.name = "created", .label = "Created", .type = AWM_TYPE_BOOL},
	};
	struct awm_value values[] = {awm_value_text(path), AWM_VALUE_INT(made)};
	int err = noun_tell(r, noun_row(r, fields, values, ARRAY_LEN(fields)),
			    made ? "made %s" : "already there: %s", path);

	if (!err)
		err = out_flush();
	if (err)
		return err;
	if (made)
		run_say(r, "git ignores that folder: see .awm/.gitignore");
	if (getenv("AWM_DB"))
		run_say(r, "$AWM_DB is set, and goes before it");
	return 0;
}

static int init(struct run *r)
{
	_cleanup_free_ char *dir = NULL, *folder = NULL, *path = NULL;
	bool there;
	int err;

	if (r->globals.db)
		return err_set(AWM_USAGE, "init makes a folder's own database, "
					  "and takes no --db");
	err = run_config(r);
	if (!err)
		err = init_folder(r, &dir);
	if (err)
		return err;
	folder = file_join(dir, ".awm");
	path = folder ? file_join(folder, "awm.db") : NULL;
	if (!path)
		return -AWM_NOMEM;
	there = file_exists(path);
	if (!there)
		err = make_database(r, folder, path);
	return err ? err : tell(r, path, !there);
}

extern const struct command cmd_init[];
const struct command cmd_init[] = {
	{
		.name = "init",
		.summary = "make a database for this folder",
		.details =
			"Makes .awm/awm.db in the current folder, which awm "
			"then finds from there and from every folder below. "
			"Only you can read it, and git ignores it. Where there "
			"is one already, nothing is done. Without it, awm "
			"uses one database for everything, in "
			"$XDG_DATA_HOME/awm/awm.db.",
		.options = init_options,
		.args_size = sizeof(struct init_args),
		.effect = EFFECT_WRITE,
		.columns = "path,created",
		.run = init,
	},
	{0},
};
