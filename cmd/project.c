/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/member.h"
#include "cmd/noun.h"

/* Projects, their members, the default one of a folder. */

/* ---- add, list, show, edit ---- */

#define PROJECT_COLUMNS                                                        \
	OPT_LONG_TEXT("description", "description"),                           \
		OPT_SET("main-prompt", 0, "mainPrompt", "TEXT",                \
			"what the AI is told when it plans this project"),     \
		OPT_SET("status", 's', "status", "STATUS",                     \
			"active, completed, archived or on_hold"),             \
		OPT_SET("owner", 0, "ownerId", "USER", "who answers for it"),  \
		OPT_SET("team", 0, "teamId", "TEAM",                           \
			"the team it belongs to"),                             \
		OPT_SET("provider", 0, "aiProvider", "PROVIDER",               \
			"AI provider of its tasks: openai, anthropic, google " \
			"or local"),                                           \
		OPT_SET("estimated-hours", 0, "estimatedHours", "HOURS",       \
			"how long it is expected to take"),                    \
		OPT_SET("git-repository", 0, "gitRepository", "URL",           \
			"where its code lives"),                               \
		OPT_SET("emoji", 0, "emoji", "EMOJI",                          \
			"a sign for it, like 🚀"),                              \
		OPT_SET("color", 0, "color", "HEX",                            \
			"theme colour, such as #3366ff"),                      \
		OPT_SET("cover-image", 0, "coverImage", "URL",                 \
			"address of a picture"),                               \
		OPT_SET("favorite", 0, "isFavorite", NULL,                     \
			"mark it as a favorite")

static const struct argument title_argument[] = {
	{.name = "TITLE", .required = true, .help = "what it is called"},
	{0},
};

struct project_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	const char *budget;
	struct awm_value amount; /* of the budget, or null */
};

#define OPT_BUDGET                                                             \
	OPT_TEXT("budget", 0, struct project_args, budget, "USD",              \
		 "what its executions may cost in all; none for no bound")

static const struct option add_options[] = {
	PROJECT_COLUMNS,
	OPT_BUDGET,
	{0},
};

static int read_budget(struct run *r)
{
	static const struct awm_field field = {
		.name = "budget", .label = "Budget", .type = AWM_TYPE_REAL};
	struct project_args *args = r->args;
	int err = args->budget
			  ? run_value(r, &field, args->budget, &args->amount)
			  : 0;

	return err ? err_context("--budget") : 0;
}

/* *row is the project as it stands afterwards. */
static int put_budget(struct run *r, int64_t id, struct awm_record **row)
{
	const struct project_args *args = r->args;
	bool has = args->amount.kind != AWM_NULL;

	return args->budget ? awm_project_budget(r->session, id, has,
						 has ? args->amount.r : 0,
						 r->pool, row)
			    : 0;
}

struct adding {
	struct run *run;
	struct set_array sets;
	struct awm_record *row;
};

static int add_project(struct awm_session *s, void *ctx)
{
	struct adding *a = ctx;
	int err = awm_add(s, a->run->entity, a->sets.sets, a->sets.count,
			  a->run->pool, &a->row);

	return err ? err
		   : put_budget(a->run, awm_record_int(a->row, "id"), &a->row);
}

static int project_add(struct run *r)
{
	struct adding a = {.run = r};
	int err = noun_sets(r, &a.sets);

	if (!err)
		err = run_set(r, &a.sets, "title",
			      awm_value_text(run_arg(r, 0)));
	if (!err)
		err = read_budget(r);
	if (!err)
		err = awm_transaction(r->session, add_project, &a);
	return err ? err : report_change(r, "added", a.row);
}

struct project_list_args {
	bool all;
};

static const struct option list_options[] = {
	OPT_FILTER("status", 's', "status", "STATUS",
		   "in this state, or in one of several: active,on_hold"),
	OPT_FILTER("owner", 0, "ownerId", "USER", "of this owner, or me"),
	OPT_FILTER("team", 0, "teamId", "TEAM", "of this team; none for none"),
	OPT_FILTER("favorite", 0, "isFavorite", NULL, "favorites only"),
	OPT_FILTER("archived", 0, "isArchived", NULL,
		   "archived ones only, instead of the others"),
	OPT_FLAG("all", 'a', struct project_list_args, all,
		 "archived ones too"),
	OPT_FILTER("provider", 0, "aiProvider", "PROVIDER",
		   "for this AI provider"),
	OPT_COMPARE("title", 0, "title", AWM_OP_CONTAINS, "TEXT",
		    "whose title contains TEXT"),
	OPT_FILTER("created", 0, "createdAt", "DATE",
		   "made on DATE; also before:DATE, after:DATE, A..B"),
	OPT_FILTER("updated", 0, "updatedAt", "DATE", "last changed then"),
	LIST_OPTIONS,
	{0},
};

static int project_list(struct run *r)
{
	const struct project_list_args *args = r->args;
	struct awm_value no = AWM_VALUE_INT(0);
	struct awm_query q;
	int err = run_query(r, &q);

	if (!err && !args->all && !run_has(r, "isArchived") &&
	    !run_has(r, "status"))
		err = run_cond(r, &q, "isArchived", AWM_OP_EQ, &no, 1);
	return err ? err : run_list_query(r, &q);
}

static const struct argument show_arguments[] = {
	{.name = "PROJECT",
	 .kind = ARG_REF,
	 .entity = "project",
	 .help = "id or title; without it the default one of this folder"},
	{0},
};

static int project_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = noun_project(r, 0, &id);

	if (!err)
		err = awm_project_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct argument many_arguments[] = {
	{.name = "PROJECT",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "project",
	 .help = "ids, ranges or titles; - reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("title", 't', "title", "TITLE", "what it is called"),
	PROJECT_COLUMNS,
	OPT_BUDGET,
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct project_args *args = r->args;
	struct awm_edit_opts opts = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
	};
	int err = awm_edit(r->session, r->entity, id, args->edit.sets.sets,
			   args->edit.sets.count, &opts, r->pool, ret);

	return err ? err : put_budget(r, id, ret);
}

static int project_edit(struct run *r)
{
	struct project_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, "description");

	if (!err)
		err = read_budget(r);
	if (!err && !args->edit.sets.count && !args->budget)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- flags of many ---- */

static int archive_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_project_archive(r->session, id, true, r->pool, ret);
}

static int unarchive_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_project_archive(r->session, id, false, r->pool, ret);
}

static int favorite_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_project_favorite(r->session, id, true, r->pool, ret);
}

static int unfavorite_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return awm_project_favorite(r->session, id, false, r->pool, ret);
}

static int project_archive(struct run *r)
{
	return run_each(r, 0, "archived", archive_one);
}

static int project_unarchive(struct run *r)
{
	return run_each(r, 0, "unarchived", unarchive_one);
}

static int project_favorite(struct run *r)
{
	return run_each(r, 0, "favorited", favorite_one);
}

static int project_unfavorite(struct run *r)
{
	return run_each(r, 0, "unfavorited", unfavorite_one);
}

/* ---- members ---- */

static const struct member_kind members = {
	.what = "project",
	.add = awm_project_member_add,
	.rm = awm_project_member_rm,
	.list = awm_project_member_list,
};

static const struct argument member_arguments[] = {
	{.name = "PROJECT",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "project",
	 .help = "id or title"},
	{.name = "USER",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "user",
	 .help = "id, email or me"},
	{0},
};

static int project_member_add(struct run *r)
{
	return member_add(r, &members);
}

static int project_member_rm(struct run *r)
{
	return member_rm(r, &members);
}

static int project_member_list(struct run *r)
{
	int64_t project;
	int err = noun_project(r, 0, &project);

	return err ? err : member_list(r, &members, project);
}

/* ---- stats and use ---- */

static int project_stats(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = noun_project(r, 0, &id);

	if (!err)
		err = awm_project_stats(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

struct use_args {
	bool unset;
};

static const struct argument use_arguments[] = {
	{.name = "PROJECT",
	 .kind = ARG_REF,
	 .entity = "project",
	 .help = "id or title; without it the present one is shown"},
	{0},
};

static const struct option use_options[] = {
	OPT_FLAG("unset", 0, struct use_args, unset,
		 "have no default project here any more"),
	{0},
};

static int use_present(struct run *r, struct awm_record **ret)
{
	int64_t id;
	int err = awm_session_project(r->session, &id);

	if (err)
		return err;
	if (!id) {
		err_set(AWM_NOT_FOUND, "this folder has no default project");
		return err_hint("awm project use PROJECT");
	}
	return awm_get(r->session, r->entity, id, r->pool, ret);
}

static int use_none(struct run *r, struct awm_record **ret)
{
	int err = use_present(r, ret);

	return err ? err : awm_session_use_project(r->session, 0);
}

static int use_given(struct run *r, struct awm_record **ret)
{
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_get(r->session, r->entity, id, r->pool, ret);
	return err ? err : awm_session_use_project(r->session, id);
}

static int project_use(struct run *r)
{
	const struct use_args *args = r->args;
	bool other = run_arg(r, 0);
	struct awm_record *row;
	int err;

	if (other && args->unset)
		return err_set(AWM_USAGE,
			       "--unset and a project exclude each other");
	if (!other && !args->unset) {
		err = use_present(r, &row);
		return err ? err : report_change(r, "using", row);
	}
	err = other ? use_given(r, &row) : use_none(r, &row);
	return err ? err
		   : report_change(r, other ? "using" : "no longer using", row);
}

/* ---- the table ---- */

extern const struct command cmd_project[];
const struct command cmd_project[] = {
	{
		.name = "project add",
		.aliases = "create new",
		.summary = "add a project",
		.details =
			"Adds a project and shows it. You own it unless "
			"--owner names somebody else. The description is "
			"given with -d, read from a file with -F (- for "
			"standard input), or written in an editor with -e. A "
			"title may occur twice, but then only an id tells the "
			"two apart.",
		.arguments = title_argument,
		.options = add_options,
		.args_size = sizeof(struct project_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.computed = "budget,budgetLeft",
		.run = project_add,
	},
	{
		.name = "project list",
		.aliases = "ls",
		.summary = "list projects",
		.details = "Lists the projects that are not archived, by "
			   "title. --archived lists the archived ones "
			   "instead, --all both; so does --status, which "
			   "says itself what is wanted.",
		.options = list_options,
		.args_size = sizeof(struct project_list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "project",
		.run = project_list,
	},
	{
		.name = "project show",
		.aliases = "view",
		.summary = "show a project with its members and tasks",
		.details = "Shows one project with its owner, its members and "
			   "its tasks in their order, leaving out deleted "
			   "ones.",
		.arguments = show_arguments,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "project",
		.computed = "budget,budgetLeft",
		.relations = "owner:user members:project_member* tasks:task*",
		.run = project_show,
	},
	{
		.name = "project edit",
		.aliases = "update set",
		.summary = "change projects",
		.details = "Changes the columns that are named, of one project "
			   "or of several at once; either all are changed or "
			   "none. The word none empties a column. A budget "
			   "is in US dollars, and holds for all executions "
			   "that the project ever had: one that would pass it "
			   "is refused before it is sent, with exit status 4. "
			   "With --if-updated-at a project that somebody else "
			   "has changed meanwhile is refused with exit status "
			   "5.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct project_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.computed = "budget,budgetLeft",
		.run = project_edit,
	},
	{
		.name = "project archive",
		.summary = "put projects away",
		.details = "An archived project keeps everything, but is left "
			   "out of listings and takes no new tasks.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.run = project_archive,
	},
	{
		.name = "project unarchive",
		.summary = "take projects back out of the archive",
		.details = "The project is active again.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.run = project_unarchive,
	},
	{
		.name = "project favorite",
		.summary = "mark projects as favorites",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.run = project_favorite,
	},
	{
		.name = "project unfavorite",
		.summary = "take the mark of a favorite away",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.run = project_unfavorite,
	},
	{
		.name = "project rm",
		.aliases = "delete",
		.summary = "delete projects for good, with everything in them",
		.details =
			"Deletes the projects and all that belongs to them: "
			"tasks, comments, time entries, executions, "
			"automations, webhooks and activities. This cannot be "
			"undone. It asks first; without a terminal it wants "
			"--yes. --dry-run shows what would be deleted. See "
			"'awm project archive' for putting one away.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "project",
		.run = noun_rm,
	},
	{
		.name = "project member add",
		.aliases = "create new",
		.summary = "add a member to a project",
		.details = "Adds the user to the project's members. Somebody "
			   "who is a member already gets the role that "
			   "--role names.",
		.arguments = member_arguments,
		.options = member_add_options,
		.args_size = sizeof(struct member_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "project_member",
		.run = project_member_add,
	},
	{
		.name = "project member list",
		.aliases = "ls",
		.summary = "list the members of a project",
		.arguments = show_arguments,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,email,name,role,createdAt",
		.run = project_member_list,
	},
	{
		.name = "project member rm",
		.aliases = "delete",
		.summary = "take a member out of a project",
		.details = "Prints the membership as it was.",
		.arguments = member_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "id,email,name,role,createdAt",
		.run = project_member_rm,
	},
	{
		.name = "project stats",
		.summary = "count a project's tasks, hours and cost",
		.details = "Tasks by status, those that are overdue, hours "
			   "estimated and actual, what AI runs have cost, and "
			   "what is left of a budget: runs under way count "
			   "with what they may cost at most.",
		.arguments = show_arguments,
		.needs = NEED_DB,
		.columns = "id,title,tasks,todo,in_progress,in_review,done,"
			   "blocked,overdue,estimatedHours,actualHours,"
			   "totalCost,budget,budgetLeft",
		.run = project_stats,
	},
	{
		.name = "project use",
		.summary = "set or show the default project of this folder",
		.details =
			"Makes PROJECT the default of the git repository that "
			"the current folder belongs to, or else of the folder "
			"itself: 'awm task add' puts tasks there that name no "
			"project. Without PROJECT it shows the present "
			"default, with exit status 3 when there is none. It "
			"is remembered in the database.",
		.arguments = use_arguments,
		.options = use_options,
		.args_size = sizeof(struct use_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "project",
		.run = project_use,
	},
	{0},
};
