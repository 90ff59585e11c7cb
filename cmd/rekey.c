/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"

/* The keys of secrets: db rekey, db secrets. */

struct rekey_args {
	bool to_passphrase, to_file, from_stdin, forget;
	const char *env;
};

static const struct option rekey_options[] = {
	OPT_FLAG("to-passphrase", 0, struct rekey_args, to_passphrase,
		 "keep the new key under a passphrase"),
	OPT_FLAG("to-file", 0, struct rekey_args, to_file,
		 "keep it in the file as it is, without a passphrase"),
	OPT_TEXT("passphrase-env", 0, struct rekey_args, env, "VAR",
		 "take the new passphrase from this environment variable"),
	OPT_FLAG("stdin", 0, struct rekey_args, from_stdin,
		 "take it from the first line of standard input"),
	OPT_FLAG("forget", 0, struct rekey_args, forget,
		 "drop the old keys when the secrets here are sealed anew"),
	{0},
};

static const struct awm_field rekey_fields[] = {
	{.name = "key", .label = "Key", .type = AWM_TYPE_TEXT},
	{.name = "secrets", .label = "Secrets", .type = AWM_TYPE_INT},
	{.name = "sealed", .label = "Sealed", .type = AWM_TYPE_INT},
	{.name = "oldKeys", .label = "Old keys", .type = AWM_TYPE_INT},
	{.name = "passphrase", .label = "Passphrase", .type = AWM_TYPE_BOOL},
};

static int rekey_check(struct run *r)
{
	const struct rekey_args *a = r->args;

	if (a->env && a->from_stdin)
		return err_set(AWM_USAGE, "--passphrase-env and --stdin "
					  "exclude each other");
	if (a->to_file && (a->to_passphrase || a->env || a->from_stdin))
		return err_set(AWM_USAGE,
			       "--to-file and a passphrase exclude each other");
	return 0;
}

static int tell(struct run *r, const struct awm_rekey_info *info)
{
	const struct awm_value values[] = {
		awm_value_text(info->key),	 AWM_VALUE_INT(info->secrets),
		AWM_VALUE_INT(info->sealed),	 AWM_VALUE_INT(info->old),
		AWM_VALUE_INT(info->passphrase),
	};
	const struct awm_record *row =
		noun_row(r, rekey_fields, values, ARRAY_LEN(values));
	const char *sealed = noun_count(r, (size_t)info->sealed, "secret");

	if (r->globals.dry_run)
		return noun_tell(r, row, "dry run: %s would be sealed anew",
				 sealed);
	if (info->old)
		run_say(r,
			"keep a copy of the key file; it also has %s, for "
			"backups and other databases",
			noun_count(r, (size_t)info->old, "old key"));
	else
		run_say(r, "keep a copy of the key file");
	return noun_tell(r, row, "sealed %s with the key %s", sealed,
			 info->key);
}

static int db_rekey(struct run *r)
{
	const struct rekey_args *a = r->args;
	struct awm_rekey_opts opts = {
		.to_passphrase = a->to_passphrase,
		.to_file = a->to_file,
		.forget = a->forget,
	};
	struct awm_rekey_info info;
	int err = 0;

	if (a->env || a->from_stdin)
		err = run_secret(r, a->env, a->from_stdin, "the new passphrase",
				 &opts.passphrase);
	if (!err)
		err = awm_db_rekey(r->session, &opts, r->pool, &info);
	if (opts.passphrase)
		explicit_bzero((char *)opts.passphrase,
			       strlen(opts.passphrase));
	return err ? err : tell(r, &info);
}

static int db_secrets(struct run *r)
{
	struct awm_secret_info info;
	struct rows rows = {.run = r};
	int err = awm_db_secrets(r->session, rows_keep, &rows, &info);

	if (!err)
		err = rows_report(&rows);
	if (!err && info.problem)
		run_say(r, "%s", info.problem);
	return err;
}

extern const struct command cmd_rekey[];
const struct command cmd_rekey[] = {
	{
		.name = "db rekey",
		.summary = "seal the secrets with a new key",
		.details =
			"Makes a new key, puts it into the key file in front "
			"of the old one, and seals every secret of the "
			"database with it. All of them have to open first: "
			"otherwise it ends with status 6, and nothing is "
			"changed. Others may work meanwhile. When it is "
			"interrupted nothing is lost, and the next run goes "
			"on: as long as some secrets are left that an old key "
			"sealed, here because of that or because the key was "
			"replaced for another database, it makes no other "
			"key.\n\n"
			"The old key stays in the file, for backups and other "
			"databases of this machine. --forget drops it: when "
			"the key has become known, after setting the secrets "
			"themselves anew.\n\n"
			"A passphrase that is not given by an option is "
			"looked for as told under SECRETS, or asked for twice. "
			"It takes an admin.",
		.options = rekey_options,
		.args_size = sizeof(struct rekey_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "key,secrets,sealed,oldKeys,passphrase",
		.check = rekey_check,
		.run = db_rekey,
	},
	{
		.name = "db secrets",
		.summary = "list the keys that secrets are sealed with",
		.details =
			"For each key its id, how many secrets it sealed, and "
			"how many of these this machine has the key to. The "
			"state is current for the key of new secrets, old for "
			"one that it replaced, missing for one that is not "
			"here, and malformed where no key can be told. Nobody "
			"is asked for a passphrase; awm db check looks whether "
			"they open.",
		.needs = NEED_DB | NEED_NO_ACTOR | NEED_NO_CREATE,
		.columns = "key,state,secrets,opens",
		.run = db_secrets,
	},
	{0},
};
