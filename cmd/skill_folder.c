/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/imports.h"

/* Skills as SKILL.md files. */

static void warn(void *ctx, const char *path, const char *text)
{
	struct imports *im = ctx;

	if (path)
		run_say(im->rows.run, "%s: %s", path, text);
	else
		run_say(im->rows.run, "left out: %s", text);
}

static const struct argument paths_argument[] = {
	{.name = "PATH",
	 .required = true,
	 .many = true,
	 .kind = ARG_FILE,
	 .help = "a SKILL.md, its folder, or a folder of such folders"},
	{0},
};

/* ---- import ---- */

struct import_args {
	bool skip_invalid;
};

static const struct option import_options[] = {
	OPT_FLAG("skip-invalid", 0, struct import_args, skip_invalid,
		 "leave out files that make no skill, and say so"),
	{0},
};

static int skill_import(struct run *r)
{
	const struct import_args *args = r->args;
	struct imports im = {.rows = {.run = r}};
	struct awm_skill_import how = {.skip_invalid = args->skip_invalid,
				       .warn = warn,
				       .done = imports_keep,
				       .ctx = &im};
	size_t n;
	const char **paths = run_args(r, 0, &n);
	int err = awm_skill_import(r->session, paths, n, &how, r->pool);

	return err ? err : imports_report(r, &im);
}

/* ---- export ---- */

static const struct argument export_arguments[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name"},
	{.name = "DIR",
	 .kind = ARG_FILE,
	 .help = "the folder of the skill, made when it is not there; "
		 "standard output without it, or for -"},
	{0},
};

struct export_args {
	bool force;
};

static const struct option export_options[] = {
	OPT_FLAG("force", 'f', struct export_args, force,
		 "write over the SKILL.md of another skill"),
	{0},
};

static int skill_export(struct run *r)
{
	const struct export_args *args = r->args;
	const char *dir = run_arg(r, 1), *text, *folder, *did;
	struct imports im = {.rows = {.run = r}};
	struct awm_skill_import how = {.warn = warn, .ctx = &im};
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (err)
		return err;
	if (!dir || strcmp(dir, "-") == 0) {
		err = awm_skill_export(r->session, id, &how, r->pool, &text,
				       &folder);
		return err ? err : out_adds(text);
	}
	err = awm_skill_write(r->session, id, dir, args->force, &how, r->pool,
			      &did);
	if (!err)
		run_say(r, "%s%s '%s/SKILL.md'",
			r->globals.dry_run ? "dry run: " : "", did, dir);
	return err;
}

/* ---- validate ---- */

static int skill_validate(struct run *r)
{
	size_t n, invalid = 0;
	const char **paths = run_args(r, 0, &n);
	int err = report_begin(r);

	if (!err)
		err = awm_skill_validate(paths, n, report_row, r, &invalid);
	if (!err)
		err = report_end(r);
	if (!err && invalid)
		err = err_set(AWM_INVALID, "%s not valid",
			      noun_count(r, invalid, "file"));
	return err;
}

/* ---- the table ---- */

extern const struct command cmd_skill_folder[];
const struct command cmd_skill_folder[] = {
	{
		.name = "skill import",
		.summary = "add or update skills from SKILL.md files",
		.details =
			"Reads SKILL.md files, the form of skills that many "
			"programs share: their frontmatter names the skill, "
			"their text is the prompt. Your skill of exactly that "
			"name, or as an admin anybody's, becomes what the file "
			"says, in a new version if the file has changed; "
			"importing the same file twice changes nothing. Either "
			"all are imported or none. What the specification of "
			"such files does not allow is warned of where it can "
			"be read all the same. Only SKILL.md itself is "
			"imported, with CHANGELOG.md and the schemas in "
			"assets/input.schema.json and "
			"assets/output.schema.json; scripts and other files "
			"of the folder are neither run nor kept, and are "
			"named.",
		.arguments = paths_argument,
		.options = import_options,
		.args_size = sizeof(struct import_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_import,
	},
	{
		.name = "skill export",
		.summary = "write a skill as a SKILL.md folder",
		.details =
			"Writes DIR/SKILL.md: what 'awm skill import' reads, "
			"and other programs too if DIR is called as they "
			"expect it; if it is not, that name is told. Author, "
			"reviews and numbers belong to this database and stay "
			"here. A SKILL.md of another skill is written over "
			"only with --force.",
		.arguments = export_arguments,
		.options = export_options,
		.args_size = sizeof(struct export_args),
		.needs = NEED_DB | NEED_DRY_RUN,
		.entity = "skill",
		.run = skill_export,
	},
	{
		.name = "skill validate",
		.summary = "hold SKILL.md files to their specification",
		.details = "Tells for each file what is against the published "
			   "specification, where 'awm skill import' may only "
			   "warn. Exit status 4 when one is not valid. No "
			   "database is opened.",
		.arguments = paths_argument,
		.columns = "path,name,valid,problems",
		.run = skill_validate,
	},
	{0},
};
