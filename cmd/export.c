/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/exchange.h"
#include "cmd/noun.h"
#include "cmd/out.h"

/* Moving out again. */

const char *const exchange_exports[] = {"taskwarrior", "beads", "github", "csv",
					"jsonl",       "ical",	NULL};

enum awm_format exchange_format(const char *word)
{
	static const struct {
		const char *word;
		enum awm_format format;
	} all[] = {
		{"taskwarrior", AWM_TASKWARRIOR},
		{"beads", AWM_BEADS},
		{"github", AWM_GITHUB},
		{"csv", AWM_CSV},
		{"jsonl", AWM_JSONL},
		{"timewarrior", AWM_TIMEWARRIOR},
		{"ical", AWM_ICAL},
	};
	size_t i = 0;

	while (i < ARRAY_LEN(all) - 1 && strcmp(all[i].word, word) != 0)
		i++;
	return all[i].format;
}

struct export_args {
	struct int_arg project;
	const char *output;
	bool no_secrets;
};

static const struct argument arguments[] = {
	{.name = "FORMAT",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = exchange_exports,
	 .help = "taskwarrior, beads, github, csv, ical, or jsonl: awm's own, "
		 "which holds everything"},
	{0},
};

static const struct option options[] = {
	OPT_REF("project", 'p', struct export_args, project, "project",
		"PROJECT", "the tasks of this project only"),
	OPT_FILE("output", 'o', struct export_args, output, "FILE",
		 "write it there, readable for you alone, instead of to "
		 "standard output"),
	OPT_FLAG("no-secrets", 0, struct export_args, no_secrets,
		 "jsonl: leave out secrets, which are encrypted otherwise"),
	{0},
};

/* A file beside the one that is named takes its place once it is whole. */
struct output {
	const char *path; /* NULL: standard output */
	char *temporary;
	int fd;
};

static int output_open(struct run *r, struct output *o)
{
	if (!o->path)
		return 0;
	o->temporary = arena_printf(&r->arena, "%s.XXXXXX", o->path);
	if (!o->temporary)
		return -AWM_NOMEM;
	o->fd = mkostemp(o->temporary, O_CLOEXEC);
	if (o->fd >= 0)
		return 0;
	o->temporary = NULL;
	return err_errno(errno == ENOENT ? AWM_NOT_FOUND : AWM_ERROR,
			 "cannot write '%s'", o->path);
}

static int output_write(void *ctx, const char *s, size_t len)
{
	struct output *o = ctx;

	if (!o->path)
		return out_add(s, len);
	while (len) {
		ssize_t n = write(o->fd, s, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(AWM_ERROR, "cannot write '%s'",
					 o->path);
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

static int output_close(struct output *o, int err)
{
	if (!o->path || !o->temporary)
		return err;
	if (!err && fsync(o->fd) < 0)
		err = err_errno(AWM_ERROR, "cannot write '%s'", o->path);
	close(o->fd);
	if (!err && rename(o->temporary, o->path) < 0)
		err = err_errno(AWM_ERROR, "cannot write '%s'", o->path);
	if (err)
		unlink(o->temporary);
	return err;
}

static int run_export(struct run *r)
{
	static const struct awm_field fields[] = {
		{.name = "format", .label = "Format", .type = AWM_TYPE_TEXT},
		{.name = "path", .label = "Path", .type = AWM_TYPE_TEXT},
		{.name = "count", .label = "Count", .type = AWM_TYPE_INT},
	};
	const struct export_args *args = r->args;
	struct output out = {.path = args->output, .fd = -1};
	struct awm_export_opts opts = {
		.format = exchange_format(run_arg(r, 0)),
		.project = args->project.value,
		.no_secrets = args->no_secrets,
		.write = output_write,
		.ctx = &out,
	};
	int64_t n = 0;
	int err;

	if (out.path && !strcmp(out.path, "-"))
		out.path = NULL;
	if (args->no_secrets && opts.format != AWM_JSONL)
		return err_set(AWM_USAGE, "--no-secrets goes with jsonl only");
	if (args->project.set && opts.format == AWM_JSONL)
		return err_set(AWM_USAGE, "--project does not go with jsonl, "
					  "which holds everything");
	err = output_open(r, &out);
	if (!err)
		err = awm_export(r->session, &opts, &n);
	err = output_close(&out, err);
	if (err || !out.path)
		return err;
	struct awm_value values[] = {awm_value_text(run_arg(r, 0)),
				     awm_value_text(out.path),
				     AWM_VALUE_INT(n)};
	return noun_tell(r, noun_row(r, fields, values, ARRAY_LEN(values)),
			 "wrote %s to %s",
			 noun_count(r, (size_t)n,
				    opts.format == AWM_JSONL ? "row" : "task"),
			 out.path);
}

extern const struct command cmd_export[];
const struct command cmd_export[] = {
	{
		.name = "export",
		.summary = "write tasks for another tool, or everything",
		.details =
			"What came from the same format goes out as it came, "
			"with what was changed since; so a tool gets back what "
			"awm has no column for. Other tasks get an id of the "
			"format that says which task of which database they "
			"are, and are known by it when they come back. jsonl "
			"holds every row of every table; awm import jsonl "
			"makes "
			"the same database of it. Secrets are in it as they "
			"are stored, encrypted, or not at all.",
		.arguments = arguments,
		.options = options,
		.args_size = sizeof(struct export_args),
		.needs = NEED_DB,
		.columns = "format,path,count",
		.run = run_export,
	},
	{0},
};
