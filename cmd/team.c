/* SPDX-License-Identifier: MIT */
#include "cmd/member.h"
#include "cmd/noun.h"

/* Teams and their members. */

#define TEAM_COLUMNS                                                           \
	OPT_SET("slug", 0, "slug", "SLUG",                                     \
		"a short name of a-z, 0-9 and -, unique"),                     \
		OPT_LONG_TEXT("description", "description"),                   \
		OPT_SET("plan", 0, "plan", "PLAN", "free, pro or enterprise"), \
		OPT_SET("settings", 0, "settings", "JSON",                     \
			"what the team has agreed upon, a JSON object"),       \
		OPT_SET("billing", 0, "billingInfo", "JSON",                   \
			"who is to be billed, a JSON object")

static const struct argument name_argument[] = {
	{.name = "NAME", .required = true, .help = "what it is called"},
	{0},
};

static const struct option add_options[] = {
	TEAM_COLUMNS,
	{0},
};

static int team_add(struct run *r)
{
	return noun_add(r, "name", run_arg(r, 0));
}

static const struct option list_options[] = {
	OPT_COMPARE("name", 0, "name", AWM_OP_CONTAINS, "TEXT",
		    "whose name contains TEXT"),
	OPT_FILTER("plan", 0, "plan", "PLAN",
		   "with this plan, or one of several: pro,enterprise"),
	OPT_FILTER("created", 0, "createdAt", "DATE",
		   "made on DATE; also before:DATE, after:DATE, A..B"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "TEAM",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "team",
	 .help = "id, slug or name"},
	{0},
};

static int team_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_team_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

static const struct argument many_arguments[] = {
	{.name = "TEAM",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "team",
	 .help = "ids, slugs or names; - reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("name", 0, "name", "NAME", "what it is called"),
	TEAM_COLUMNS,
	OPT_IF_UPDATED_AT,
	{0},
};

static int team_edit(struct run *r)
{
	return noun_edit(r, "description");
}

/* ---- members ---- */

static const struct member_kind members = {
	.what = "team",
	.add = awm_team_member_add,
	.rm = awm_team_member_rm,
	.list = awm_team_member_list,
};

static const struct argument member_arguments[] = {
	{.name = "TEAM",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "team",
	 .help = "id, slug or name"},
	{.name = "USER",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "user",
	 .help = "id, email or me"},
	{0},
};

static int team_member_add(struct run *r)
{
	return member_add(r, &members);
}

static int team_member_rm(struct run *r)
{
	return member_rm(r, &members);
}

static int team_member_list(struct run *r)
{
	int64_t team;
	int err = run_ref(r, 0, &team);

	return err ? err : member_list(r, &members, team);
}

/* ---- the table ---- */

extern const struct command cmd_team[];
const struct command cmd_team[] = {
	{
		.name = "team add",
		.aliases = "create new",
		.summary = "add a team",
		.details =
			"Adds a team, without members. Without --slug one is "
			"made from the name ('Ops & Tools' is ops-tools), "
			"with a number behind when that is taken. A slug that "
			"is asked for and taken is refused with exit status "
			"5. It takes an admin.",
		.arguments = name_argument,
		.options = add_options,
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "team",
		.run = team_add,
	},
	{
		.name = "team list",
		.aliases = "ls",
		.summary = "list teams",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "team",
		.run = run_list,
	},
	{
		.name = "team show",
		.aliases = "view",
		.summary = "show a team with its members and projects",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "team",
		.relations = "members:team_member* projects:project*",
		.run = team_show,
	},
	{
		.name = "team edit",
		.aliases = "update set",
		.summary = "change teams",
		.details =
			"Changes the columns that are named, of one team or "
			"of several at once; either all are changed or none. "
			"The word none empties a column. A new name leaves "
			"the slug as it is. It takes an admin.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct noun_edit),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "team",
		.run = team_edit,
	},
	{
		.name = "team rm",
		.aliases = "delete",
		.summary = "delete teams for good, with what is theirs",
		.details =
			"Deletes the teams and their projects with everything "
			"in them, their skills, AI providers and "
			"integrations. Their members stay as users. This "
			"cannot be undone, and takes an admin. It asks first; "
			"without a terminal it wants --yes. To keep projects, "
			"take them out of the team before: awm project edit "
			"PROJECT --team none.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "team",
		.run = noun_rm,
	},
	{
		.name = "team member add",
		.aliases = "create new",
		.summary = "add a member to a team",
		.details = "Adds the user to the team's members. Somebody who "
			   "is a member already gets the role that --role "
			   "names. The roles of members are told, not checked: "
			   "what somebody may do follows from the role that "
			   "'awm user' shows. It takes an admin.",
		.arguments = member_arguments,
		.options = member_add_options,
		.args_size = sizeof(struct member_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "team_member",
		.run = team_member_add,
	},
	{
		.name = "team member list",
		.aliases = "ls",
		.summary = "list the members of a team",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,email,name,role,createdAt",
		.run = team_member_list,
	},
	{
		.name = "team member rm",
		.aliases = "delete",
		.summary = "take a member out of a team",
		.details = "Prints the membership as it was. It takes an "
			   "admin.",
		.arguments = member_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "id,email,name,role,createdAt",
		.run = team_member_rm,
	},
	{0},
};
