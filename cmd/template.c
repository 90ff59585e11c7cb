/* SPDX-License-Identifier: MIT */
#include "cmd/noun.h"

/* Templates as rows. What is done with them is in template_apply.c. */

struct template_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	struct int_arg from_project;
};

#define TEMPLATE_COLUMNS                                                       \
	OPT_SET("category", 0, "category", "CATEGORY",                         \
		"what it is filed under; general unless told otherwise"),      \
		OPT_REF("from-project", 0, struct template_args, from_project, \
			"project", "PROJECT",                                  \
			"take tasks, suggested skills and automations from "   \
			"this project"),                                       \
		OPT_COLUMN(OPTION_FILE_SET, "file", 'F', "projectStructure",   \
			   "FILE",                                             \
			   "take the structure, a JSON object, from FILE, or " \
			   "from standard input for -"),                       \
		OPT_COLUMN(OPTION_TEXT_SET, "description", 'd', "description", \
			   "TEXT", "what it is for"),                          \
		OPT_COLUMN(OPTION_EDIT_SET, "edit", 'e', "description", NULL,  \
			   "write the description in an editor"),              \
		OPT_ARRAY_SET("tag", 't', "tags", "TAG",                       \
			      "label it; repeat for more, or a,b,c"),          \
		OPT_SET("cover-image", 0, "coverImage", "URL",                 \
			"address of a picture"),                               \
		OPT_SET("ai-settings", 0, "aiProviderRecommendations", "JSON", \
			"settings for each AI provider, a JSON object"),       \
		OPT_SET("public", 0, "isPublic", NULL, "it is for everybody"), \
		OPT_SET("official", 0, "isOfficial", NULL,                     \
			"it is one of the house's own; takes an admin")

/* The structure of --from-project as one more column. */
static int add_source(struct run *r, struct set_array *sets)
{
	const struct template_args *args = r->args;
	const char *structure;
	int err;

	if (!args->from_project.set)
		return 0;
	if (run_has(r, "projectStructure"))
		return err_set(AWM_USAGE, "--from-project and --file exclude "
					  "each other");
	err = awm_template_structure(r->session, args->from_project.value,
				     r->pool, &structure);
	return err ? err
		   : run_set(r, sets, "projectStructure",
			     awm_value_text(structure));
}

/* ---- add ---- */

static const struct argument name_argument[] = {
	{.name = "NAME", .required = true, .help = "what it is called"},
	{0},
};

static const struct option add_options[] = {
	TEMPLATE_COLUMNS,
	{0},
};

static int template_add(struct run *r)
{
	const struct template_args *args = r->args;
	struct set_array sets;
	struct awm_record *row;
	int err;

	if (!args->from_project.set && !run_has(r, "projectStructure")) {
		err_set(AWM_USAGE, "what does the template make?");
		return err_hint("--from-project PROJECT, or -F FILE with its "
				"structure");
	}
	err = noun_sets(r, &sets);
	if (!err)
		err = run_set(r, &sets, "name", awm_value_text(run_arg(r, 0)));
	if (!err)
		err = add_source(r, &sets);
	if (!err)
		err = awm_add(r->session, r->entity, sets.sets, sets.count,
			      r->pool, &row);
	return err ? err : report_change(r, "added", row);
}

/* ---- list, show ---- */

static const struct option list_options[] = {
	OPT_FILTER("category", 0, "category", "CATEGORY",
		   "filed under this, or one of several: web,app"),
	OPT_FILTER("tag", 't', "tags", "TAG", "with all of these tags: a,b"),
	OPT_FILTER("author", 0, "authorId", "USER", "made by this user, or me"),
	OPT_FILTER("public", 0, "isPublic", NULL, "for everybody"),
	OPT_FILTER("official", 0, "isOfficial", NULL, "the house's own"),
	OPT_COMPARE("name", 0, "name", AWM_OP_CONTAINS, "TEXT",
		    "whose name contains TEXT"),
	OPT_FILTER("rating", 0, "rating", "N",
		   "rated so: 4.. for four and more"),
	OPT_FILTER("created", 0, "createdAt", "DATE",
		   "made on DATE; also before:DATE, after:DATE, A..B"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "TEMPLATE",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "template",
	 .help = "id or name"},
	{0},
};

static int template_show(struct run *r)
{
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_template_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- edit, rm ---- */

static const struct argument many_arguments[] = {
	{.name = "TEMPLATE",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "template",
	 .help = "ids, ranges or names; - reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("name", 0, "name", "NAME", "what it is called"),
	TEMPLATE_COLUMNS,
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct noun_edit *edit = r->args;
	struct awm_edit_opts opts = {
		.check_stale = edit->if_updated_at.set,
		.if_updated_at = edit->if_updated_at.value,
	};

	return awm_edit(r->session, r->entity, id, edit->sets.sets,
			edit->sets.count, &opts, r->pool, ret);
}

static int template_edit(struct run *r)
{
	struct template_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, "description");

	if (!err)
		err = add_source(r, &args->edit.sets);
	if (!err && !args->edit.sets.count)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

/* ---- the table ---- */

extern const struct command cmd_template[];
const struct command cmd_template[] = {
	{
		.name = "template add",
		.aliases = "create new",
		.summary = "add a template of projects",
		.details =
			"The structure says what the template makes: "
			"{\"tasks\": [{\"title\", \"description\", "
			"\"priority\", \"estimatedMinutes\", \"skills\"}], "
			"\"skills\": [], \"automations\": []}, where only "
			"tasks and their titles have to be there. -F reads it "
			"from a file; --from-project takes it from a project. "
			"In titles and descriptions, {{name}} is a variable "
			"that 'awm template apply' gives a value to, and "
			"\\{{ stands for the braces themselves.",
		.arguments = name_argument,
		.options = add_options,
		.args_size = sizeof(struct template_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "template",
		.run = template_add,
	},
	{
		.name = "template list",
		.aliases = "ls",
		.summary = "list templates",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "template",
		.columns = "id,name,category,tags,usageCount,rating",
		.run = run_list,
	},
	{
		.name = "template show",
		.aliases = "view",
		.summary = "show a template with its tasks",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "template",
		.relations = "author:user tasks:template_task*",
		.run = template_show,
	},
	{
		.name = "template edit",
		.aliases = "update set",
		.summary = "change templates",
		.details =
			"Changes the columns that are named, of one template "
			"or of several at once. It takes the author or an "
			"admin. Projects that were made from a template stay "
			"as they are. The word none empties a column.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct template_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "template",
		.run = template_edit,
	},
	{
		.name = "template rm",
		.aliases = "delete",
		.summary = "delete templates",
		.details =
			"It takes the author or an admin. Projects that were "
			"made from a template live on, and forget it. 'awm "
			"template export' keeps a copy.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "template",
		.run = noun_delete,
	},
	{0},
};
