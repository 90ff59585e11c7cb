/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "cmd/noun.h"

/* Taking back what was done. */

struct undo_args {
	bool list;
	struct int_arg limit;
};

static const struct argument undo_arguments[] = {
	{.name = "CHANGE",
	 .help = "its number, as --list shows it; without it the last one"},
	{0},
};

static const struct option undo_options[] = {
	OPT_FLAG("list", 'l', struct undo_args, list,
		 "show your changes, the newest first, and take nothing back"),
	OPT_INT("limit", 'n', struct undo_args, limit, 1, INT64_MAX, "N",
		"with --list, show at most N"),
	{0},
};

static int tell(struct run *r, const struct awm_record *row)
{
	const char *dry = r->globals.dry_run ? "dry run: " : "";
	long long change = awm_record_int(row, "change");
	const char *what = awm_record_text(row, "what");

	if (*awm_record_text(row, "kind") == 'r')
		return noun_tell(r, row, "%sdid change %lld again: %s", dry,
				 change, what);
	return noun_tell(r, row, "%stook back change %lld: %s", dry, change,
			 what);
}

static int read_number(const char *text, int64_t *ret)
{
	char *end;

	*ret = 0;
	if (!text)
		return 0;
	text += *text == '#';
	if (*text >= '1' && *text <= '9') {
		errno = 0;
		*ret = strtoll(text, &end, 10);
		if (!errno && !*end)
			return 0;
	}
	err_set(AWM_USAGE, "'%s' is no number of a change", text);
	return err_hint("awm undo --list");
}

static int undo_list(struct run *r)
{
	const struct undo_args *args = r->args;
	int err = report_begin(r);

	if (!err)
		err = awm_change_list(r->session, args->limit.value, report_row,
				      r);
	return err ? err : report_end(r);
}

static int undo_run(struct run *r)
{
	const struct undo_args *args = r->args;
	struct awm_record *row;
	int64_t change;
	int err = read_number(run_arg(r, 0), &change);

	if (!err && args->list && change)
		return err_set(AWM_USAGE,
			       "--list and a change exclude each other");
	if (!err && args->limit.set && !args->list)
		return err_set(AWM_USAGE, "-n goes with --list");
	if (!err && args->list)
		return undo_list(r);
	if (!err)
		err = awm_undo(r->session, change, r->pool, &row);
	return err ? err : tell(r, row);
}

static int redo_run(struct run *r)
{
	struct awm_record *row;
	int err = awm_redo(r->session, r->pool, &row);

	return err ? err : tell(r, row);
}

#define UNDO(NAME)                                                             \
	{                                                                      \
		.name = NAME, .summary = "take back your last change",         \
		.details =                                                     \
			"Takes back what the last command of yours changed, "  \
			"all of it: columns get the values that they had, "    \
			"what was added is deleted, what was deleted is "      \
			"back. The next undo takes back the change before "    \
			"it, and so on; 'awm redo' goes the other way. With "  \
			"the number of a change, which --list shows, that "    \
			"one is taken back; with that of an undo, it is done " \
			"again. A change is refused with exit status 5 when "  \
			"a column that it set was changed by anybody since, "  \
			"and with 4 when it cannot be taken back: what was "   \
			"deleted for good (purge, project rm, user rm, team "  \
			"rm), users that were added, runs of AI, secrets. "    \
			"What has left the database, such as mails and "       \
			"commits, is not called back. Changes of other users " \
			"are left alone.",                                     \
		.arguments = undo_arguments, .options = undo_options,          \
		.args_size = sizeof(struct undo_args),                         \
		.needs = NEED_WRITE | NEED_DRY_RUN | NEED_PAGER,               \
		.effect = EFFECT_WRITE,                                        \
		.columns = "id,kind,undoes,undone,rows,what,createdAt",        \
		.computed = "change,madeAt,taskIds", .run = undo_run,          \
	}

#define REDO(NAME)                                                             \
	{                                                                      \
		.name = NAME, .summary = "take back your last undo",           \
		.details = "Does again what the last 'awm undo' took back; "   \
			   "again for the one before it. There is nothing to " \
			   "do again once something else was changed.",        \
		.needs = NEED_WRITE | NEED_DRY_RUN, .effect = EFFECT_WRITE,    \
		.columns = "id,kind,undoes,change,madeAt,rows,taskIds,what",   \
		.run = redo_run,                                               \
	}

extern const struct command cmd_undo[], cmd_task_undo[];
const struct command cmd_undo[] = {UNDO("undo"), REDO("redo"), {0}};
const struct command cmd_task_undo[] = {
	UNDO("task undo"), REDO("task redo"), {0}};
