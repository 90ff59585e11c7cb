/* SPDX-License-Identifier: MIT */
#include "cmd/exchange.h"

#include <string.h>

#include "cmd/lines.h"
#include "cmd/noun.h"
#include "cmd/progress.h"

/* Moving in from other tools. */

const char *const exchange_imports[] = {
	"taskwarrior", "beads", "github", "csv", "jsonl", "timewarrior", NULL};

static const char *const conflicts[] = {"newer", "skip", "fail", NULL};

struct import_args {
	struct int_arg project, conflict;
	bool no_events;
	const char *source;
	struct text_list map, priorities;
};

static const struct argument arguments[] = {
	{.name = "FORMAT",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = exchange_imports,
	 .help = "what the file is: taskwarrior, beads, github, csv, jsonl "
		 "(awm's own), timewarrior"},
	{.name = "FILE",
	 .kind = ARG_FILE,
	 .help = "what to read; standard input without one, and for -"},
	{0},
};

static const struct option options[] = {
	OPT_REF("project", 'p', struct import_args, project, "project",
		"PROJECT",
		"put every task there, wherever the records have them"),
	{.name = "on-conflict",
	 .type = OPTION_INDEX,
	 .offset = OPT_AT(struct import_args, conflict, struct int_arg),
	 .arg = "WHICH",
	 .words = conflicts,
	 .help = "of what is there already: newer takes the record when it was "
		 "changed later, which is the default; skip leaves the row as "
		 "it is; fail changes nothing at all"},
	OPT_FLAG("no-events", 0, struct import_args, no_events,
		 "let automations and webhooks hear nothing of it"),
	OPT_LIST("map", 0, struct import_args, map, "COLUMN=HEADER",
		 "csv: the header that stands for a column: title=Summary; "
		 "repeat for more"),
	OPT_TEXT("source", 0, struct import_args, source, "NAME",
		 "csv: whose ids the file has; its name unless told "
		 "otherwise"),
	OPT_LIST("priority", 0, struct import_args, priorities,
		 "LABEL=PRIORITY",
		 "github: the label that stands for a priority: sev1=urgent; "
		 "repeat for more"),
	{0},
};

static const struct awm_field fields[] = {
	{.name = "format", .label = "Format", .type = AWM_TYPE_TEXT},
	{.name = "records", .label = "Records", .type = AWM_TYPE_INT},
	{.name = "added", .label = "Added", .type = AWM_TYPE_INT},
	{.name = "changed", .label = "Changed", .type = AWM_TYPE_INT},
	{.name = "unchanged", .label = "Unchanged", .type = AWM_TYPE_INT},
	{.name = "skipped", .label = "Skipped", .type = AWM_TYPE_INT},
	{.name = "comments", .label = "Comments", .type = AWM_TYPE_INT},
	{.name = "links", .label = "Links", .type = AWM_TYPE_INT},
	{.name = "unlinked", .label = "Unlinked", .type = AWM_TYPE_INT},
	{.name = "projects", .label = "Projects", .type = AWM_TYPE_INT},
	{.name = "users", .label = "Users", .type = AWM_TYPE_INT},
	{.name = "dryRun", .label = "Dry run", .type = AWM_TYPE_BOOL},
};

struct import {
	struct run *run;
	struct lines lines;
	struct progress progress;
	struct awm_import_opts opts;
	struct awm_import_summary sum;
};

static int read_some(void *ctx, char *to, size_t size, size_t *ret_len)
{
	struct import *im = ctx;

	return lines_read(&im->lines, to, size, ret_len);
}

static void show_progress(void *ctx, size_t bytes, int64_t records)
{
	struct import *im = ctx;

	progress_bar(&im->progress, bytes,
		     (size_t)(im->lines.end - im->lines.begin), (size_t)records,
		     "records");
}

/* From the first byte on, should it be called a second time. */
static int import_all(struct awm_session *s, void *ctx)
{
	struct import *im = ctx;

	lines_rewind(&im->lines);
	return awm_import(s, &im->opts, &im->sum);
}

/* "; 3 comments, 2 links" of what there is any. */
static const char *rest(struct run *r, const struct awm_import_summary *sum)
{
	const struct {
		int64_t n;
		const char *one, *many;
	} all[] = {
		{sum->changed, "changed", "changed"},
		{sum->unchanged, "unchanged", "unchanged"},
		{sum->skipped, "skipped", "skipped"},
		{sum->comments, "comment", "comments"},
		{sum->links, "link", "links"},
		{sum->unlinked, "link to nothing here",
		 "links to nothing here"},
		{sum->projects, "new project", "new projects"},
		{sum->users, "new user", "new users"},
	};
	const char *text = "";

	for (size_t i = 0; i < ARRAY_LEN(all) && text; i++)
		if (all[i].n)
			text = arena_printf(&r->arena, "%s, %lld %s", text,
					    (long long)all[i].n,
					    all[i].n == 1 ? all[i].one
							  : all[i].many);
	return text ? text : "";
}

static int tell(struct import *im)
{
	const struct awm_import_summary *sum = &im->sum;
	struct run *r = im->run;
	struct awm_value values[] = {
		awm_value_text(run_arg(r, 0)),
		AWM_VALUE_INT(sum->records),
		AWM_VALUE_INT(sum->added),
		AWM_VALUE_INT(sum->changed),
		AWM_VALUE_INT(sum->unchanged),
		AWM_VALUE_INT(sum->skipped),
		AWM_VALUE_INT(sum->comments),
		AWM_VALUE_INT(sum->links),
		AWM_VALUE_INT(sum->unlinked),
		AWM_VALUE_INT(sum->projects),
		AWM_VALUE_INT(sum->users),
		AWM_VALUE_INT(r->globals.dry_run),
	};

	return noun_tell(r, noun_row(r, fields, values, ARRAY_LEN(values)),
			 "%s%s: %lld added%s",
			 r->globals.dry_run ? "dry run: " : "",
			 noun_count(r, (size_t)sum->records, "record"),
			 (long long)sum->added, rest(r, sum));
}

static int refuse_options(struct run *r, enum awm_format format)
{
	const struct import_args *args = r->args;

	if (args->map.count && format != AWM_CSV)
		return err_set(AWM_USAGE, "--map goes with csv only");
	if (args->source && format != AWM_CSV)
		return err_set(AWM_USAGE, "--source goes with csv only");
	if (args->priorities.count && format != AWM_GITHUB)
		return err_set(AWM_USAGE, "--priority goes with github only");
	if (args->project.set && format == AWM_JSONL)
		return err_set(AWM_USAGE, "--project does not go with jsonl, "
					  "which has projects of its own");
	for (size_t i = 0; i < args->map.count; i++)
		if (!strchr(args->map.items[i], '='))
			return err_set(AWM_USAGE,
				       "--map: want COLUMN=HEADER, not '%s'",
				       args->map.items[i]);
	return 0;
}

/* Words of LABEL=PRIORITY are those of the column. */
static int check_priorities(struct run *r)
{
	const struct import_args *args = r->args;
	const struct awm_field *f =
		awm_entity_field(awm_entity_find("task"), "priority");

	for (size_t i = 0; i < args->priorities.count; i++) {
		const char *equals = strrchr(args->priorities.items[i], '=');
		struct awm_value v;
		int err;

		if (!equals)
			return err_set(AWM_USAGE,
				       "--priority: want LABEL=PRIORITY, not "
				       "'%s'",
				       args->priorities.items[i]);
		err = run_value(r, f, equals + 1, &v);
		if (err)
			return err;
	}
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int run_import(struct run *r)
{
	const struct import_args *args = r->args;
	struct import im = {.run = r, .lines = LINES_NONE};
	const char *path = run_arg(r, 1) ? run_arg(r, 1) : "-";
	int err;

	im.opts = (struct awm_import_opts){
		.format = exchange_format(run_arg(r, 0)),
		.project = args->project.value,
		.on_conflict = (enum awm_conflict)args->conflict.value,
		.no_events = args->no_events,
		.scope = args->source ? args->source : base_name(path),
		.map = args->map.items,
		.nmap = args->map.count,
		.priorities = args->priorities.items,
		.npriorities = args->priorities.count,
		.read = read_some,
		.progress = show_progress,
		.ctx = &im,
	};
	err = refuse_options(r, im.opts.format);
	if (!err)
		err = check_priorities(r);
	if (!err)
		err = lines_open(&im.lines, path);
	progress_begin(&im.progress, r, 0);
	if (!err)
		err = awm_transaction(r->session, import_all, &im);
	progress_clear(&im.progress);
	lines_release(&im.lines);
	return err ? err : tell(&im);
}

extern const struct command cmd_import[];
const struct command cmd_import[] = {
	{
		.name = "import",
		.summary = "bring in what another tool exported",
		.details =
			"The whole file is one transaction: an error names its "
			"line, and nothing was changed. awm remembers where a "
			"record came from, so that the same file can be "
			"imported again: what did not change is left alone. "
			"What no column has a place for is kept in the "
			"activity of the task, and comes back with awm export "
			"of the same format. People are found by their email; "
			"who has none is made as LOGIN@FORMAT.invalid, which "
			"takes an admin. Nobody is told of tasks that are "
			"imported. jsonl, awm's own format, takes an admin: "
			"into an empty database rows keep their ids, into "
			"another one they get new ones.",
		.arguments = arguments,
		.options = options,
		.args_size = sizeof(struct import_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "format,records,added,changed,unchanged,skipped,"
			   "comments,links,unlinked,projects,users,dryRun",
		.run = run_import,
	},
	{0},
};
