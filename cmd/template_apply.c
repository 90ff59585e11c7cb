/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cmd/imports.h"
#include "cmd/option.h"

/* What is done with templates: applying, rating, carrying elsewhere. */

/* ---- apply ---- */

struct apply_args {
	const char *title, *description;
	struct text_list sets;
	struct int_arg owner, team;
	bool skip_missing;
};

static const struct argument one_argument[] = {
	{.name = "TEMPLATE",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "template",
	 .help = "id or name"},
	{0},
};

static const struct option apply_options[] = {
	OPT_TEXT("title", 0, struct apply_args, title, "TITLE",
		 "what the project is called"),
	OPT_TEXT("description", 'd', struct apply_args, description, "TEXT",
		 "what the project is about"),
	OPT_LIST("set", 0, struct apply_args, sets, "NAME=VALUE",
		 "the value of a variable; once for each"),
	OPT_REF("owner", 0, struct apply_args, owner, "user", "USER",
		"who answers for the project; you unless told otherwise"),
	OPT_REF("team", 0, struct apply_args, team, "team", "TEAM",
		"the team it belongs to"),
	OPT_FLAG("skip-missing", 0, struct apply_args, skip_missing,
		 "leave out skills that are not in this database"),
	{0},
};

/* "with 5 tasks and 1 automation" */
static const char *what_came(struct run *r,
			     const struct awm_template_made *made)
{
	const char *tasks = noun_count(r, made->tasks, "task");
	const char *s;

	if (!made->automations)
		return tasks;
	s = arena_printf(&r->arena, "%s and %s", tasks,
			 noun_count(r, made->automations, "automation"));
	return s ? s : tasks;
}

static int template_apply(struct run *r)
{
	const struct apply_args *args = r->args;
	struct awm_template_apply how = {
		.title = args->title,
		.description = args->description,
		.owner = args->owner.value,
		.team = args->team.value,
		.sets = args->sets.items,
		.nsets = args->sets.count,
		.skip_missing = args->skip_missing,
	};
	struct awm_template_made made;
	int64_t id;
	int err;

	if (!args->title) {
		err_set(AWM_USAGE, "what is the project called?");
		return err_hint("--title TITLE");
	}
	err = run_ref(r, 0, &id);
	if (!err)
		err = awm_template_apply(r->session, id, &how, r->pool, &made);
	if (err)
		return err;
	if (made.skipped)
		run_say(r, "left out skills that are not here: %s",
			made.skipped);
	return noun_tell(r, made.project, "%sadded project %lld '%s' with %s",
			 r->globals.dry_run ? "dry run: " : "",
			 (long long)awm_record_int(made.project, "id"),
			 awm_record_text(made.project, "title"),
			 what_came(r, &made));
}

/* ---- rate ---- */

static const struct argument rate_arguments[] = {
	{.name = "TEMPLATE",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "template",
	 .help = "id or name"},
	{.name = "RATING", .required = true, .help = "1 (poor) to 5 (great)"},
	{0},
};

static int template_rate(struct run *r)
{
	const char *text = run_arg(r, 1);
	struct awm_record *row;
	int64_t id;
	int err;

	if (!*text ||
	    text[strspn(text + (*text == '-'), "0123456789") + (*text == '-')])
		return err_set(AWM_USAGE, "'%s' is not a whole number", text);
	err = run_ref(r, 0, &id);
	if (!err)
		err = awm_template_rate(r->session, id, strtoll(text, NULL, 10),
					r->pool, &row);
	return err ? err : report_change(r, "rated", row);
}

/* ---- export, import ---- */

static const struct argument export_arguments[] = {
	{.name = "TEMPLATE",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "template",
	 .help = "id or name"},
	{.name = "FILE",
	 .kind = ARG_FILE,
	 .help = "where to write it; standard output without it, or for -"},
	{0},
};

static int template_export(struct run *r)
{
	const char *file = run_arg(r, 1), *text;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_template_export(r->session, id, r->pool, &text);
	if (err)
		return err;
	if (!file || strcmp(file, "-") == 0)
		return out_adds(text);
	err = file_write(file, text, strlen(text), 0644);
	if (!err)
		run_say(r, "wrote '%s'", file);
	return err;
}

static const struct argument import_arguments[] = {
	{.name = "FILE",
	 .required = true,
	 .kind = ARG_FILE,
	 .help = "what 'awm template export' wrote; - for standard input"},
	{0},
};

static int template_import(struct run *r)
{
	const char *file = run_arg(r, 0), *text;
	struct imports im = {.rows = {.run = r}};
	size_t len;
	int err = run_file(r, file, BUF_MAX - 1, &text, &len);

	if (!err)
		err = awm_template_import(r->session, text, len, r->pool,
					  imports_keep, &im);
	return err ? err : imports_report(r, &im);
}

/* ---- the table ---- */

extern const struct command cmd_template_apply[];
const struct command cmd_template_apply[] = {
	{
		.name = "template apply",
		.summary = "make a project from a template",
		.details =
			"Makes the project with all its tasks, the skills "
			"suggested for them and its automations, or, if "
			"anything is amiss, nothing at all. In titles and "
			"descriptions of tasks {{name}} becomes the value "
			"that --set gives, {{title}} the title of the project. "
			"Values that are missing are named, all at once, with "
			"exit status 4, and so is one that has no place; "
			"skills that are not here with 3, and with "
			"--skip-missing those are left out. A skill of the "
			"whole structure that no task names is suggested for "
			"every task. Strings of automations are left as "
			"they are. --dry-run shows what would be made.",
		.arguments = one_argument,
		.options = apply_options,
		.args_size = sizeof(struct apply_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.relations = "owner:user members:project_member* tasks:task*",
		.run = template_apply,
	},
	{
		.name = "template rate",
		.summary = "rate a template",
		.details = "Everybody has one rating for each template; "
			   "another one replaces it. The template shows the "
			   "average.",
		.arguments = rate_arguments,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "template",
		.run = template_rate,
	},
	{
		.name = "template export",
		.summary = "write a template as JSON",
		.details = "Writes name, description, category, cover image, "
			   "tags, structure, AI settings and whether it is "
			   "public: what 'awm template import' reads, whatever "
			   "--format says. Author, uses and ratings belong to "
			   "this database and stay here.",
		.arguments = export_arguments,
		.needs = NEED_DB,
		.entity = "template",
		.run = template_export,
	},
	{
		.name = "template import",
		.summary = "add or update templates from JSON",
		.details =
			"Reads a template, or an array of them, as 'awm "
			"template export' writes it. A template of exactly "
			"that name is changed to what the file says, which "
			"takes its author or an admin; importing the same file "
			"twice changes nothing. Either all are imported or "
			"none. --dry-run shows what would happen.",
		.arguments = import_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "template",
		.run = template_import,
	},
	{0},
};
