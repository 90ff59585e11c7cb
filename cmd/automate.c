/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/automate.h"

#define FILE_MAX ((size_t)16 << 20)

/* What happens by itself: automations, and the runs that they had. */

struct automate_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	const char *on, *every, *timezone, *misfire, *file;
	bool manual;
	struct text_list conditions, actions;
	struct awm_automation_spec spec; /* as it was read */
};

#define AUTOMATE_OPTIONS                                                       \
	OPT_TEXT("on", 0, struct automate_args, on, "EVENT",                   \
		 "run it when this happens: task.completed, comment.*"),       \
		OPT_LIST("if", 0, struct automate_args, conditions,            \
			 "CONDITION",                                          \
			 "and only if: 'status=done', 'priority in "           \
			 "high,urgent', 'title matches ^fix'; all that are "   \
			 "given must hold"),                                   \
		OPT_TEXT("every", 0, struct automate_args, every, "CRON",      \
			 "run it on a schedule: '0 9 * * 1-5', @daily"),       \
		OPT_TEXT("timezone", 0, struct automate_args, timezone,        \
			 "ZONE",                                               \
			 "of the schedule; yours unless told otherwise"),      \
		OPT_WORD("misfire", 0, struct automate_args, misfire,          \
			 misfire_words, "WORD",                                \
			 "what to do about times that were missed: once or "   \
			 "skip"),                                              \
		OPT_FLAG("manual", 0, struct automate_args, manual,            \
			 "run it by hand only"),                               \
		OPT_LIST("do", 0, struct automate_args, actions, "ACTION",     \
			 "what to do: 'comment.add content=Shipped'; may be "  \
			 "given several times"),                               \
		OPT_FILE("file", 'F', struct automate_args, file, "FILE",      \
			 "take the automation from a JSON file, or from "      \
			 "standard input for -"),                              \
		OPT_SET("project", 'p', "projectId", "PROJECT",                \
			"only what happens in this project"),                  \
		OPT_SET("description", 'd', "description", "TEXT",             \
			"what it is for")

static const char *const misfire_words[] = {"once", "skip", NULL};

static const struct argument add_argument[] = {
	{.name = "NAME", .help = "what it is called; or the file says it"},
	{0},
};

static const struct option add_options[] = {
	AUTOMATE_OPTIONS,
	OPT_VALUE(OPTION_SET, "disabled", 0, "isEnabled", "false",
		  "add it, but do not run it yet"),
	{0},
};

static int read_spec(struct run *r)
{
	struct automate_args *args = r->args;
	struct awm_automation_spec *spec = &args->spec;

	*spec = (struct awm_automation_spec){
		.on = args->on,
		.conditions = args->conditions.items,
		.nconditions = args->conditions.count,
		.every = args->every,
		.timezone = args->timezone,
		.misfire = args->misfire,
		.manual = args->manual,
		.actions = args->actions.items,
		.nactions = args->actions.count,
	};
	return args->file ? run_file(r, args->file, FILE_MAX, &spec->json,
				     &spec->json_len)
			  : 0;
}

static int automate_add(struct run *r)
{
	struct automate_args *args = r->args;
	struct set_array sets;
	struct awm_record *row;
	int err = read_spec(r);

	if (!err)
		err = noun_sets(r, &sets);
	if (!err)
		err = awm_automation_add(r->session, run_arg(r, 0), sets.sets,
					 sets.count, &args->spec, r->pool,
					 &row);
	return err ? err : report_change(r, "added", row);
}

static const struct option list_options[] = {
	OPT_FILTER("project", 'p', "projectId", "PROJECT",
		   "of this project; none for those of all"),
	OPT_FILTER("user", 0, "createdBy", "USER", "of this creator, or me"),
	OPT_FILTER("enabled", 0, "isEnabled", NULL, "that may run"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "AUTOMATION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "automation",
	 .help = "id or name"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "AUTOMATION",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "automation",
	 .help = "ids, ranges or names; - reads them from standard input"},
	{0},
};

static int automate_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_automation_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct option edit_options[] = {
	OPT_SET("name", 0, "name", "NAME", "what it is called"),
	AUTOMATE_OPTIONS,
	OPT_IF_UPDATED_AT,
	{0},
};

static bool says_something(const struct automate_args *args)
{
	return args->edit.sets.count || args->on || args->every ||
	       args->timezone || args->misfire || args->file || args->manual ||
	       args->conditions.count || args->actions.count;
}

static int edit_each(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct automate_args *args = r->args;
	struct awm_edit_opts edit = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
	};

	return awm_automation_edit(r->session, id, args->edit.sets.sets,
				   args->edit.sets.count, &args->spec, &edit,
				   r->pool, ret);
}

static int automate_edit(struct run *r)
{
	struct automate_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, NULL);

	if (!err)
		err = read_spec(r);
	if (!err && !says_something(args))
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_each);
}

/* ---- the table ---- */

#define COLUMNS "id,name,projectId,isEnabled,lastRunAt,runCount"

extern const struct command cmd_automate[];
const struct command cmd_automate[] = {
	{
		.name = "automate add",
		.aliases = "create new",
		.summary = "add an automation",
		.details =
			"It needs something to wait for (--on EVENT, --every "
			"CRON, --manual) and something to do (--do ACTION), or "
			"a file that says both: an object with name, "
			"description, project, trigger and actions. Everything "
			"is checked when it is added. It acts as its creator, "
			"with the role that the creator has when it runs. "
			"Queued runs are worked off by awm automate tick: see "
			"awm automate install.",
		.arguments = add_argument,
		.options = add_options,
		.args_size = sizeof(struct automate_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "automation",
		.run = automate_add,
	},
	{
		.name = "automate list",
		.aliases = "ls",
		.summary = "list automations",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "automation",
		.columns = COLUMNS,
		.run = run_list,
	},
	{
		.name = "automate show",
		.aliases = "view",
		.summary = "show an automation",
		.details = "With when it runs next, how many runs wait, and "
			   "its last 10 runs.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "automation",
		.computed = "nextRunAt,queuedRuns",
		.relations = "creator:user runs:automation_run*",
		.run = automate_show,
	},
	{
		.name = "automate edit",
		.aliases = "update set",
		.summary = "change automations",
		.details =
			"A new trigger (--on, --every, --manual) replaces the "
			"old one, and --do all actions. Conditions alone "
			"(--if) "
			"replace those of the event, --timezone and --misfire "
			"what the schedule has of them. Only its creator and "
			"admins change an automation.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct automate_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "automation",
		.run = automate_edit,
	},
	{
		.name = "automate enable",
		.summary = "let automations run",
		.details = "What happened while they were disabled is not made "
			   "up for.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "automation",
		.run = noun_enable,
	},
	{
		.name = "automate disable",
		.summary = "keep automations from running",
		.details = "Runs that are queued are cancelled.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "automation",
		.run = noun_disable,
	},
	{
		.name = "automate rm",
		.aliases = "delete",
		.summary = "delete automations with their log",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "automation",
		.run = noun_delete,
	},
	{0},
};
