/* SPDX-License-Identifier: MIT */
#include "cmd/noun.h"
#include "cmd/option.h"

/* Skills as rows. Versions, reviews and tasks are in skill_work.c, SKILL.md
 * files in skill_folder.c, running one in skill_run.c. */

struct skill_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	struct text_list tags;
};

#define SKILL_COLUMNS                                                          \
	OPT_COLUMN(OPTION_TEXT_SET, "prompt", 0, "prompt", "TEXT",             \
		   "the prompt, a mustache template"),                         \
		OPT_COLUMN(OPTION_FILE_SET, "file", 'F', "prompt", "FILE",     \
			   "take the prompt from FILE, or from standard "      \
			   "input for -"),                                     \
		OPT_COLUMN(OPTION_EDIT_SET, "edit", 'e', "prompt", NULL,       \
			   "write the prompt in an editor"),                   \
		OPT_COLUMN(OPTION_TEXT_SET, "description", 'd', "description", \
			   "TEXT", "what it does, and when to use it"),        \
		OPT_SET("category", 0, "category", "CATEGORY",                 \
			"what it is filed under; general unless told "         \
			"otherwise"),                                          \
		OPT_COMMAS("tag", 't', struct skill_args, tags, "TAG",         \
			   "label it; repeat for more, or a,b,c"),             \
		OPT_COLUMN(OPTION_FILE_SET, "input-schema", 0, "inputSchema",  \
			   "FILE",                                             \
			   "JSON Schema that inputs are held to, from FILE"),  \
		OPT_COLUMN(OPTION_FILE_SET, "output-schema", 0,                \
			   "outputSchema", "FILE",                             \
			   "JSON Schema of the answer, from FILE"),            \
		OPT_SET("provider", 0, "aiProvider", "PROVIDER",               \
			"run it by openai, anthropic, google or local"),       \
		OPT_ARRAY_SET("mcp", 0, "mcpRequirements", "SERVER",           \
			      "an MCP server that it needs; repeat for more"), \
		OPT_SET("team", 0, "teamId", "TEAM",                           \
			"the team that it belongs to; you are one of it"),     \
		OPT_SET("public", 0, "isPublic", NULL, "it is for everybody"), \
		OPT_SET("official", 0, "isOfficial", NULL,                     \
			"it is one of the house's own; takes an admin"),       \
		OPT_SET("changelog", 0, "changelog", "TEXT",                   \
			"what is new in this version")

/* ---- add ---- */

static const struct argument name_argument[] = {
	{.name = "NAME", .required = true, .help = "what it is called"},
	{0},
};

static const struct option add_options[] = {
	SKILL_COLUMNS,
	{0},
};

static int skill_add(struct run *r)
{
	const struct skill_args *args = r->args;
	struct set_array sets;
	struct awm_record *row;
	int err;

	if (!run_has(r, "prompt")) {
		err_set(AWM_USAGE, "what is the prompt?");
		return err_hint("--prompt TEXT, -F FILE, or -e for an editor");
	}
	err = noun_sets(r, &sets);
	if (!err)
		err = run_set(r, &sets, "name", awm_value_text(run_arg(r, 0)));
	if (!err)
		err = awm_skill_add(r->session, sets.sets, sets.count,
				    args->tags.items, args->tags.count, r->pool,
				    &row);
	return err ? err : report_change(r, "added", row);
}

/* ---- list, show ---- */

struct skill_list_args {
	struct text_list tags;
};

static const struct argument words_argument[] = {
	{.name = "WORD",
	 .many = true,
	 .help = "that name, description, prompt, category or a tag contain"},
	{0},
};

static const struct option list_options[] = {
	OPT_FILTER("category", 0, "category", "CATEGORY",
		   "filed under this, or one of several: code,writing"),
	OPT_COMMAS("tag", 't', struct skill_list_args, tags, "TAG",
		   "with all of these tags: a,b"),
	OPT_FILTER("author", 0, "authorId", "USER", "made by this user, or me"),
	OPT_FILTER("team", 0, "teamId", "TEAM", "of this team, or none"),
	OPT_FILTER("provider", 0, "aiProvider", "PROVIDER",
		   "run by this provider, or none in particular: none"),
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

/* One condition for each text. */
static int add_conds(struct run *r, struct awm_query *q, enum awm_op op,
		     const char *const *texts, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		struct awm_value v = awm_value_text(texts[i]);
		err = run_cond(r, q, "id", op, &v, 1);
	}
	return err;
}

static int skill_list(struct run *r)
{
	const struct skill_list_args *args = r->args;
	struct awm_query q;
	size_t n;
	const char **words = run_args(r, 0, &n);
	int err = run_query(r, &q);

	q.tags = true;
	if (!err)
		err = add_conds(r, &q, AWM_OP_TAGGED, args->tags.items,
				args->tags.count);
	if (!err)
		err = add_conds(r, &q, AWM_OP_SAYS, words, n);
	return err ? err : run_list_query(r, &q);
}

static const struct argument one_argument[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name"},
	{0},
};

struct show_args {
	struct int_arg version;
};

static const struct option show_options[] = {
	OPT_INT("version", 0, struct show_args, version, 1, INT32_MAX, "N",
		"as it was in version N"),
	{0},
};

static int skill_show(struct run *r)
{
	const struct show_args *args = r->args;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err && args->version.set)
		err = awm_skill_version(r->session, id, args->version.value,
					r->pool, &row);
	else if (!err)
		err = awm_skill_show(r->session, id, r->pool, &row);
	return err ? err : report_one(r, row);
}

/* ---- edit, rm ---- */

static const struct argument many_arguments[] = {
	{.name = "SKILL",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "skill",
	 .help = "ids, ranges or names; - reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("name", 0, "name", "NAME", "what it is called"),
	SKILL_COLUMNS,
	OPT_VALUE(OPTION_SET, "no-input-schema", 0, "inputSchema", "none",
		  "take any inputs"),
	OPT_VALUE(OPTION_SET, "no-output-schema", 0, "outputSchema", "none",
		  "take any answer"),
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_one(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct skill_args *args = r->args;
	const struct noun_edit *edit = &args->edit;
	struct awm_edit_opts opts = {
		.check_stale = edit->if_updated_at.set,
		.if_updated_at = edit->if_updated_at.value,
	};

	return awm_skill_edit(r->session, id, edit->sets.sets, edit->sets.count,
			      args->tags.items, args->tags.count, &opts,
			      r->pool, ret);
}

static int skill_edit(struct run *r)
{
	struct skill_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, "prompt");

	if (!err && !args->edit.sets.count && !args->tags.count)
		err = noun_edit_nothing(r);
	return err ? err : run_each(r, 0, "changed", edit_one);
}

static int skill_rm(struct run *r)
{
	struct id_list ids;
	int err = run_ids(r, 0, &ids);

	if (!err && ids.count)
		err = run_confirm(r, "delete %s for good",
				  noun_count(r, ids.count, "skill"));
	return err ? err : run_each(r, 0, "deleted", noun_delete_one);
}

/* ---- publish ---- */

static int set_public(struct run *r, int64_t id, bool on,
		      struct awm_record **ret)
{
	struct awm_set set = {awm_entity_field(r->entity, "isPublic"),
			      AWM_VALUE_INT(on)};

	return awm_skill_edit(r->session, id, &set, 1, NULL, 0, NULL, r->pool,
			      ret);
}

static int publish_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return set_public(r, id, true, ret);
}

static int unpublish_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return set_public(r, id, false, ret);
}

static int skill_publish(struct run *r)
{
	return run_each(r, 0, "published", publish_one);
}

static int skill_unpublish(struct run *r)
{
	return run_each(r, 0, "unpublished", unpublish_one);
}

/* ---- tags ---- */

static const struct argument tag_arguments[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_IDS,
	 .entity = "skill",
	 .help = "an id, a range, a name, or - for standard input"},
	{.name = "TAG",
	 .required = true,
	 .many = true,
	 .help = "a label; several, or a,b,c"},
	{0},
};

static int tag_with(struct run *r, int64_t id, bool add,
		    struct awm_record **ret)
{
	const struct skill_args *args = r->args;

	return awm_skill_tag(r->session, id, args->tags.items, args->tags.count,
			     add, r->pool, ret);
}

static int tag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, true, ret);
}

static int untag_one(struct run *r, int64_t id, struct awm_record **ret)
{
	return tag_with(r, id, false, ret);
}

static int read_tags(struct run *r)
{
	struct skill_args *args = r->args;
	size_t n;
	const char **texts = run_args(r, 1, &n);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = text_push_commas(&r->arena, &args->tags, texts[i]);
	if (!err && !args->tags.count)
		err = err_set(AWM_USAGE, "empty tag");
	return err;
}

static int skill_tag(struct run *r)
{
	int err = read_tags(r);

	return err ? err : run_each(r, 0, "tagged", tag_one);
}

static int skill_untag(struct run *r)
{
	int err = read_tags(r);

	return err ? err : run_each(r, 0, "untagged", untag_one);
}

/* ---- fork ---- */

struct fork_args {
	const char *name;
};

static const struct option fork_options[] = {
	OPT_TEXT("name", 0, struct fork_args, name, "NAME",
		 "what the copy is called; NAME (fork) unless told otherwise"),
	{0},
};

static int skill_fork(struct run *r)
{
	const struct fork_args *args = r->args;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_skill_fork(r->session, id, args->name, r->pool, &row);
	return err ? err : report_change(r, "added", row);
}

/* ---- the table ---- */

extern const struct command cmd_skill[];
const struct command cmd_skill[] = {
	{
		.name = "skill add",
		.aliases = "create new",
		.summary = "add a skill",
		.details =
			"A skill is a prompt with a name, to be run again and "
			"again. The prompt is a mustache template: "
			"{{input.NAME}} is what 'awm skill run --input' "
			"gives, {{task.title}}, {{project.title}} and the "
			"like come from the task; what is missing is an error "
			"when it is run. --input-schema and --output-schema "
			"hold inputs and answers to a JSON Schema. You are its "
			"author; others see it if it is --public, or belongs "
			"to a --team of theirs.",
		.arguments = name_argument,
		.options = add_options,
		.args_size = sizeof(struct skill_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_add,
	},
	{
		.name = "skill list",
		.aliases = "ls",
		.summary = "list skills",
		.details =
			"Lists the skills that you see: your own, those of "
			"your teams, public and official ones; an admin sees "
			"all. With WORDs, those that contain all of them, "
			"without regard to case.",
		.arguments = words_argument,
		.options = list_options,
		.args_size = sizeof(struct skill_list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "skill",
		.columns = "id,name,category,version,usageCount,rating,tags",
		.computed = "tags",
		.run = skill_list,
	},
	{
		.name = "skill show",
		.aliases = "view",
		.summary = "show a skill",
		.details = "Shows one skill with its tags, its author and "
			   "team, how many versions it has and what became of "
			   "its runs. With --version, what it was in an "
			   "earlier version.",
		.arguments = one_argument,
		.options = show_options,
		.args_size = sizeof(struct show_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "skill",
		.computed = "tags,forkedFrom,versions,runs,successRate,"
			    "totalTokens,totalCost,changed,userId",
		.relations = "author:user team:team",
		.run = skill_show,
	},
	{
		.name = "skill edit",
		.aliases = "update set",
		.summary = "change skills",
		.details =
			"Changes the columns that are named, of one skill or "
			"of several at once; either all are changed or none. "
			"It takes the author or an admin. A new version is "
			"made by a change of name, description, prompt or "
			"schemas, and told of by --changelog; without such a "
			"change that rewords what is told of the present "
			"version. --tag replaces the tags. The word none "
			"empties a column.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct skill_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_edit,
	},
	{
		.name = "skill rm",
		.aliases = "delete",
		.summary = "delete skills for good, with all their versions",
		.details =
			"Deletes the skills with their versions, reviews and "
			"tags, and takes them off tasks; runs and forks live "
			"on. It takes the author or an admin. This cannot be "
			"undone: it asks first, and without a terminal it "
			"wants --yes. 'awm skill export' keeps a copy.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "skill",
		.run = skill_rm,
	},
	{
		.name = "skill fork",
		.summary = "copy a skill, to change it",
		.details = "The copy is your own and private, with the tags of "
			   "the other skill, and begins with version 1. The "
			   "other one counts its forks.",
		.arguments = one_argument,
		.options = fork_options,
		.args_size = sizeof(struct fork_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_fork,
	},
	{
		.name = "skill publish",
		.summary = "let everybody see and run skills",
		.details = "It takes the author or an admin.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_publish,
	},
	{
		.name = "skill unpublish",
		.summary = "keep skills for their author and team",
		.details = "It takes the author or an admin. Forks that others "
			   "made stay theirs.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_unpublish,
	},
	{
		.name = "skill tag",
		.summary = "label skills",
		.details = "Adds the tags that the skill does not have yet. It "
			   "takes the author or an admin.",
		.arguments = tag_arguments,
		.args_size = sizeof(struct skill_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_tag,
	},
	{
		.name = "skill untag",
		.summary = "take labels off skills",
		.details = "A tag that the skill does not have is no error. It "
			   "takes the author or an admin.",
		.arguments = tag_arguments,
		.args_size = sizeof(struct skill_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_untag,
	},
	{0},
};
