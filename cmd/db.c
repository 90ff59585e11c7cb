/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* Looking after the database. */

#define MIGRATIONS "sql/migrations/sqlite"

/* What these commands look at may be of an older schema, and is nobody's. */
#define NEED_LOOK (NEED_DB | NEED_ANY_VERSION | NEED_NO_ACTOR | NEED_NO_CREATE)

/* ---- migrate, status ---- */

struct migrate_args {
	struct int_arg to;
};

static const struct option migrate_options[] = {
	OPT_INT("to", 0, struct migrate_args, to, 1, 9999, "N",
		"stop at version N, instead of the newest"),
	{0},
};

static const struct awm_field migrate_fields[] = {
	{.name = "from", .label = "From", .type = AWM_TYPE_INT},
	{.name = "to", .label = "To", .type = AWM_TYPE_INT},
	{.name = "steps", .label = "Steps", .type = AWM_TYPE_INT},
	{.name = "newest", .label = "Newest", .type = AWM_TYPE_INT},
	{.name = "backup", .label = "Backup", .type = AWM_TYPE_TEXT},
};

static int db_migrate(struct run *r)
{
	const struct migrate_args *args = r->args;
	struct awm_migration_info info = {0};
	int err =
		awm_db_migrate(r->session, (int)args->to.value, r->pool, &info);
	struct awm_value values[] = {
		AWM_VALUE_INT(info.from), AWM_VALUE_INT(info.to),
		AWM_VALUE_INT(info.steps), AWM_VALUE_INT(info.newest),
		awm_value_text(info.backup)};
	struct awm_record *row;

	if (err)
		return err;
	row = noun_row(r, migrate_fields, values, ARRAY_LEN(values));
	if (info.from == info.to)
		return noun_tell(r, row, "at version %d already", info.to);
	return noun_tell(r, row, "%smigrated from version %d to %d%s%s",
			 r->globals.dry_run ? "dry run: " : "", info.from,
			 info.to, info.backup ? "; backup: " : "",
			 info.backup ? info.backup : "");
}

struct status_args {
	bool exit_code;
};

static const struct option status_options[] = {
	OPT_FLAG("exit-code", 0, struct status_args, exit_code,
		 "end with status 7 when the database needs a migration"),
	{0},
};

/* Of a database whose tables this program knows. */
static int say_secrets(struct run *r)
{
	struct awm_secret_info info;
	int err = awm_db_secrets(r->session, NULL, NULL, &info);

	if (err || !info.secrets)
		return err;
	if (info.opens == info.secrets)
		run_say(r, "%s, of which this machine has the keys",
			noun_count(r, (size_t)info.secrets, "sealed secret"));
	else
		run_say(r,
			"%s; this machine has the keys of %lld: see awm db "
			"secrets",
			noun_count(r, (size_t)info.secrets, "sealed secret"),
			(long long)info.opens);
	return 0;
}

static int db_status(struct run *r)
{
	const struct status_args *args = r->args;
	struct awm_migration_info info = {0};
	struct rows rows = {.run = r};
	int err = awm_db_status(r->session, rows_keep, &rows, &info);

	if (!err)
		err = rows_report(&rows);
	if (!err && info.from == info.newest && !info.amiss)
		return say_secrets(r);
	if (err)
		return err;
	if (info.amiss) {
		err_set(AWM_DATABASE,
			"the database was made by another build: %d of its "
			"migrations are not this program's",
			info.amiss);
		return err_hint("awm db restore FILE goes back to a backup");
	}
	if (!args->exit_code) {
		run_say(r, "awm db migrate takes it from version %d to %d",
			info.from, info.newest);
		return 0;
	}
	err_set(AWM_DATABASE, "the database is at version %d of %d", info.from,
		info.newest);
	return err_hint("awm db migrate");
}

/* ---- generate ---- */

struct generate_args {
	const char *dir;
};

static const struct argument generate_arguments[] = {
	{.name = "NAME",
	 .required = true,
	 .help = "what the migration does: add_task_colour"},
	{0},
};

static const struct option generate_options[] = {
	OPT_FILE("dir", 0, struct generate_args, dir, "DIR",
		 "write it there, instead of to " MIGRATIONS),
	{0},
};

static int check_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (len && len <= 60 && !name[len])
		return 0;
	err_set(AWM_USAGE, "'%s' is no name for a migration", name);
	return err_hint("up to 60 of a-z, 0-9 and _");
}

/* The highest NNNN of the files NNNN_name.sql. */
static int last_number(const char *dir, int *ret)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return err_errno(AWM_NOT_FOUND, "cannot read the folder '%s'",
				 dir);
	*ret = 0;
	while ((e = readdir(d))) {
		int n = 0, i = 0;

		for (; i < 4 && isdigit((unsigned char)e->d_name[i]); i++)
			n = n * 10 + e->d_name[i] - '0';
		if (i == 4 && e->d_name[i] == '_' && n > *ret)
			*ret = n;
	}
	closedir(d);
	return 0;
}

static int write_migration(struct run *r, const char *dir, const char *sql,
			   const char **ret_path)
{
	int last = 0, err = last_number(dir, &last);

	if (err)
		return err;
	*ret_path = arena_printf(&r->arena, "%s/%04d_%s.sql", dir, last + 1,
				 run_arg(r, 0));
	if (!*ret_path)
		return -AWM_NOMEM;
	return file_write(*ret_path, sql, strlen(sql), 0644);
}

static int db_generate(struct run *r)
{
	static const struct awm_field fields[] = {
		{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
		{.name = "sql", .label = "SQL", .type = AWM_TYPE_TEXT},
	};
	const struct generate_args *args = r->args;
	const char *dir = args->dir, *path = NULL, *sql;
	struct awm_value values[2];
	struct awm_record *row;
	int err = check_name(run_arg(r, 0));

	if (!err)
		err = awm_db_generate(r->session, r->pool, &sql);
	if (!dir && file_exists(MIGRATIONS))
		dir = MIGRATIONS;
	if (!err && *sql && dir)
		err = write_migration(r, dir, sql, &path);
	if (err)
		return err;
	values[0] = awm_value_text(path);
	values[1] = awm_value_text(sql);
	row = noun_row(r, fields, values, ARRAY_LEN(values));
	if (!*sql)
		return noun_tell(r, row, "nothing to do: no drift");
	if (path || r->globals.format != FORMAT_TABLE)
		return noun_tell(r, row, "wrote %s", path ? path : "");
	return out_adds(sql);
}

/* ---- seed, check ---- */

static int db_seed(struct run *r)
{
	struct rows rows = {.run = r};
	int err = awm_db_seed(r->session, rows_keep, &rows);

	return err ? err : rows_report(&rows);
}

/* What was found is told before the verdict. */
static int db_check(struct run *r)
{
	struct rows rows = {.run = r};
	int verdict = awm_db_check(r->session, rows_keep, &rows), err;
	struct awm_error said;

	if (verdict && !rows.count)
		return verdict;
	said = *awm_error_last();
	err = rows_report(&rows);
	if (err || !verdict)
		return err;
	err_set(said.code, "%s", said.message);
	return *said.hint ? err_hint("%s", said.hint) : verdict;
}

/* ---- backup, restore ---- */

static int locate(struct run *r, char **ret)
{
	struct awm_session_opts opts = {.db = r->globals.db};
	int err = run_config(r);

	opts.config = r->config;
	return err ? err : awm_session_locate(&opts, ret);
}

static const struct awm_field path_fields[] = {
	{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
	{.name = "backup", .label = "Backup", .type = AWM_TYPE_TEXT},
};

static const struct argument file_argument[] = {
	{.name = "FILE",
	 .required = true,
	 .kind = ARG_FILE,
	 .help = "the copy of the database"},
	{0},
};

static int db_backup(struct run *r)
{
	const char *file = run_arg(r, 0);
	struct awm_value value = awm_value_text(file);
	int err;

	if (strcmp(file, "-") == 0) {
		err_set(AWM_USAGE, "a backup is written to a file, not to "
				   "standard output");
		return err_hint("name one; ./- is a file as well");
	}
	err = awm_db_backup(r->session, file);
	return err ? err
		   : noun_tell(r, noun_row(r, path_fields, &value, 1),
			       "wrote %s", file);
}

/* A database that can no longer be opened is what backups are for. */
static int restore(struct run *r, const char *file, const char **ret_backup)
{
	struct awm_session_opts opts = {.db = r->globals.db,
					.dry_run = r->globals.dry_run};

	if (r->session)
		return awm_db_restore(r->session, file, r->pool, ret_backup);
	return awm_db_replace(&opts, file, r->pool, ret_backup);
}

static int db_restore(struct run *r)
{
	const char *file = run_arg(r, 0), *backup = NULL;
	_cleanup_free_ char *path = NULL;
	struct awm_value values[2];
	int err = locate(r, &path);

	if (!err && !file_exists(file))
		err = err_set(AWM_NOT_FOUND, "no file '%s'", file);
	if (!err)
		err = awm_db_restorable(path, file);
	if (!err)
		err = run_confirm(r, "replace the database '%s' by '%s'", path,
				  file);
	if (!err)
		err = restore(r, file, &backup);
	if (err)
		return err;
	values[0] = awm_value_text(path);
	values[1] = awm_value_text(backup);
	return noun_tell(
		r, noun_row(r, path_fields, values, 2), "%srestored %s%s%s",
		r->globals.dry_run ? "dry run: " : "", path,
		backup ? "; what was there: " : "", backup ? backup : "");
}

/* ---- path, shell ---- */

/* Byte for byte, for "$(awm db path)"; but for a terminal. */
static int db_path(struct run *r)
{
	_cleanup_free_ char *path = NULL;
	struct awm_value value;
	struct awm_record *row;
	int err = locate(r, &path);

	if (err)
		return err;
	value = awm_value_text(path);
	row = noun_row(r, path_fields, &value, 1);
	if (r->globals.format != FORMAT_TABLE || r->globals.fields ||
	    out_is_tty())
		return noun_tell(r, row, "%s", path);
	err = out_adds(path);
	return err ? err : out_adds("\n");
}

static const struct argument shell_arguments[] = {
	{.name = "ARG",
	 .many = true,
	 .help = "for sqlite3: an SQL statement; after -- its flags"},
	{0},
};

static int db_shell(struct run *r)
{
	_cleanup_free_ char *path = NULL;
	size_t n, at = 0;
	const char **args = run_args(r, 0, &n), **argv;
	int err = locate(r, &path);

	if (!err && !file_exists(path))
		err = err_set(AWM_NOT_FOUND, "no database '%s'", path);
	if (err)
		return err;
	argv = arena_array(&r->arena, n + 8, sizeof(*argv));
	if (!argv)
		return -AWM_NOMEM;
	argv[at++] = "sqlite3";
	argv[at++] = "-cmd";
	argv[at++] = ".timeout 30000";
	argv[at++] = "-cmd";
	argv[at++] = "PRAGMA foreign_keys=ON";
	while (n && **args == '-') {
		argv[at++] = *args++;
		n--;
	}
	argv[at++] = path;
	memcpy(argv + at, args, n * sizeof(*argv));
	execvp(argv[0], (char **)argv);
	if (errno != ENOENT)
		return err_errno(AWM_ERROR, "cannot start sqlite3");
	err_set(AWM_ERROR, "sqlite3 is not installed");
	return err_hint("apt install sqlite3, or your system's like");
}

/* ---- the table ---- */

extern const struct command cmd_db[];
const struct command cmd_db[] = {
	{
		.name = "db migrate",
		.summary = "take the database to the schema of this program",
		.details =
			"Applies the migrations that are pending, each in a "
			"transaction of its own, after copying the database to "
			"a backup beside it. A database that is newer than the "
			"program is refused.",
		.options = migrate_options,
		.args_size = sizeof(struct migrate_args),
		.needs = NEED_WRITE | NEED_DRY_RUN | NEED_ANY_VERSION |
			 NEED_NO_ACTOR,
		.effect = EFFECT_WRITE,
		.columns = "from,to,steps,newest,backup",
		.run = db_migrate,
	},
	{
		.name = "db status",
		.summary = "list the migrations, applied and pending",
		.details = "Also says how many secrets are sealed in it, and "
			   "of how many this machine has the keys; awm db "
			   "secrets tells which.",
		.options = status_options,
		.args_size = sizeof(struct status_args),
		.needs = NEED_LOOK,
		.columns = "version,name,state,appliedAt",
		.run = db_status,
	},
	{
		.name = "db generate",
		.summary = "write the migration that a change of columns needs",
		.details =
			"Compares the database with the columns that this "
			"program knows, and writes the SQL for what is missing "
			"to the next NNNN_NAME.sql in " MIGRATIONS ", or in "
			"--dir; where there is no such folder it is printed. "
			"For those who change awm itself.",
		.arguments = generate_arguments,
		.options = generate_options,
		.args_size = sizeof(struct generate_args),
		.needs = NEED_LOOK,
		.effect = EFFECT_WRITE,
		.columns = "path,sql",
		.run = db_generate,
	},
	{
		.name = "db seed",
		.summary = "fill the database with demo data",
		.details =
			"Adds the users, projects and tasks of a small team, "
			"and something to every table. Run twice, it adds "
			"nothing the second time. It prints the rows added to "
			"each table.",
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "table,count",
		.run = db_seed,
	},
	{
		.name = "db backup",
		.summary = "copy the database to a file",
		.details =
			"The copy is whole even while others write. FILE must "
			"not exist. Copying the database file by other means "
			"may leave out what its log still holds.",
		.arguments = file_argument,
		.needs = NEED_LOOK,
		.effect = EFFECT_READ,
		.columns = "path",
		.run = db_backup,
	},
	{
		.name = "db restore",
		.summary = "replace the database by a backup",
		.details =
			"Checks that FILE is a sound database of awm, keeps "
			"what is there now beside it, and puts a copy of FILE "
			"in its place, also where the database is damaged or "
			"missing. It asks first; without a terminal it wants "
			"--yes. It takes an admin, as far as the database can "
			"still tell.",
		.arguments = file_argument,
		.needs = NEED_WRITE | NEED_YES | NEED_ANY_VERSION |
			 NEED_NO_CREATE | NEED_MAY_FAIL,
		.effect = EFFECT_DESTRUCTIVE,
		.columns = "path,backup",
		.run = db_restore,
	},
	{
		.name = "db check",
		.summary = "look for damage",
		.details =
			"Looks at the integrity of the file, at references "
			"that lead nowhere, at columns that are derived from "
			"others, at the search index, and whether secrets "
			"open: that they were not changed or moved from "
			"another place. Those whose key is not here are told "
			"as not checked. The exit status is 4 when something "
			"is wrong.",
		.needs = NEED_LOOK,
		.columns = "check,state,detail",
		.run = db_check,
	},
	{
		.name = "db shell",
		.summary = "open the database in sqlite3",
		.details =
			"Runs sqlite3 on the database, with foreign keys "
			"checked. What is changed there goes past awm: no "
			"activity is recorded, and the search index does not "
			"follow.",
		.arguments = shell_arguments,
		.effect = EFFECT_WRITE,
		.run = db_shell,
	},
	{
		.name = "db path",
		.summary = "print where the database is",
		.details = "Whether it exists or would be made on first use.",
		.columns = "path",
		.run = db_path,
	},
	{0},
};
