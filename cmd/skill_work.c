/* SPDX-License-Identifier: MIT */
#include "cmd/noun.h"

/* What a skill was, what others say of it, and the tasks that it is for. */

static const struct argument one_argument[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name"},
	{0},
};

/* Rows that a function of the library gives for the skill of argument 0. */
static int list_of(struct run *r, int (*list)(struct awm_session *s, int64_t id,
					      awm_row_fn *fn, void *ctx))
{
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = report_begin(r);
	if (!err)
		err = list(r->session, id, report_row, r);
	return err ? err : report_end(r);
}

/* ---- versions ---- */

static int skill_history(struct run *r)
{
	return list_of(r, awm_skill_history);
}

struct diff_args {
	struct int_arg from, to;
};

static const struct option diff_options[] = {
	OPT_INT("from", 0, struct diff_args, from, 1, INT32_MAX, "N",
		"the earlier version; the one before --to unless told "
		"otherwise"),
	OPT_INT("to", 0, struct diff_args, to, 1, INT32_MAX, "N",
		"the later version; the present one unless told otherwise"),
	{0},
};

static int skill_diff(struct run *r)
{
	const struct diff_args *args = r->args;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = report_begin(r);
	if (!err)
		err = awm_skill_diff(r->session, id, args->from.value,
				     args->to.value, report_row, r);
	return err ? err : report_end(r);
}

struct restore_args {
	struct int_arg version;
	const char *changelog;
};

static const struct option restore_options[] = {
	OPT_INT("version", 0, struct restore_args, version, 1, INT32_MAX, "N",
		"the version to go back to"),
	OPT_TEXT("changelog", 0, struct restore_args, changelog, "TEXT", "why"),
	{0},
};

static int skill_restore(struct run *r)
{
	const struct restore_args *args = r->args;
	struct awm_record *row;
	int64_t id;
	int err;

	if (!args->version.set) {
		err_set(AWM_USAGE, "which version?");
		return err_hint("--version N; 'awm skill history' lists them");
	}
	err = run_ref(r, 0, &id);
	if (!err)
		err = awm_skill_restore(r->session, id, args->version.value,
					args->changelog, r->pool, &row);
	return err ? err : report_change(r, "restored", row);
}

/* ---- reviews ---- */

struct review_args {
	struct int_arg rating;
	const char *comment;
};

static const struct option review_options[] = {
	OPT_INT("rating", 'r', struct review_args, rating, INT32_MIN, INT32_MAX,
		"N", "1 (poor) to 5 (great)"),
	OPT_TEXT("comment", 'c', struct review_args, comment, "TEXT",
		 "what you think of it"),
	{0},
};

static int skill_review_add(struct run *r)
{
	const struct review_args *args = r->args;
	struct awm_record *row;
	int64_t id;
	int err;

	if (!args->rating.set) {
		err_set(AWM_USAGE, "how do you rate it?");
		return err_hint("--rating N, 1 (poor) to 5 (great)");
	}
	err = run_ref(r, 0, &id);
	if (!err)
		err = awm_skill_review(r->session, id, args->rating.value,
				       args->comment, r->pool, &row);
	return err ? err : report_change(r, "reviewed", row);
}

static int skill_review_list(struct run *r)
{
	return list_of(r, awm_skill_review_list);
}

struct review_rm_args {
	struct int_arg user;
};

static const struct option review_rm_options[] = {
	OPT_REF("user", 0, struct review_rm_args, user, "user", "USER",
		"whose review; yours unless told otherwise"),
	{0},
};

static int skill_review_rm(struct run *r)
{
	const struct review_rm_args *args = r->args;
	int64_t user = args->user.set ? args->user.value
				      : awm_session_actor(r->session)->id;
	struct awm_record *row;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_skill_review_rm(r->session, id, user, r->pool, &row);
	return err ? err : report_change(r, "took a review off", row);
}

/* ---- tasks ---- */

static const struct argument task_argument[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{0},
};

struct suggest_args {
	struct int_arg limit, attach;
};

static const struct option suggest_options[] = {
	OPT_INT("limit", 'n', struct suggest_args, limit, 1, 1000, "N",
		"suggest at most N; 5 unless told otherwise"),
	OPT_INT("attach", 0, struct suggest_args, attach, 1, 1000, "N",
		"attach the best N to the task"),
	{0},
};

static int skill_suggest(struct run *r)
{
	const struct suggest_args *args = r->args;
	struct awm_skill_suggest how = {
		.limit = (size_t)args->limit.value,
		.attach = (size_t)args->attach.value,
	};
	struct rows rows = {.run = r};
	int64_t task;
	int err = run_ref(r, 0, &task);

	if (!err)
		err = awm_skill_suggest(r->session, task, &how, rows_keep,
					&rows);
	return err ? err : rows_report(&rows);
}

static const struct argument attach_arguments[] = {
	{.name = "SKILL",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name"},
	{.name = "TASK",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "task",
	 .help = "ids or ranges; - reads them from standard input"},
	{0},
};

/* People are told of the skill; otherwise the row is what was written. */
static int attach_with(struct run *r, int64_t task, bool attach,
		       struct awm_record **ret)
{
	bool line = r->globals.format == FORMAT_TABLE && !r->globals.fields &&
		    !r->globals.quiet;
	int64_t id;
	int err = run_ref(r, 0, &id);

	if (!err)
		err = awm_skill_attach(r->session, id, task, attach, r->pool,
				       ret);
	if (err || !line)
		return err;
	r->with = arena_printf(&r->arena, " %s task %lld",
			       attach ? "to" : "from", (long long)task);
	if (!r->with)
		return -AWM_NOMEM;
	return awm_get(r->session, awm_entity_find("skill"), id, r->pool, ret);
}

static int attach_one(struct run *r, int64_t task, struct awm_record **ret)
{
	return attach_with(r, task, true, ret);
}

static int detach_one(struct run *r, int64_t task, struct awm_record **ret)
{
	return attach_with(r, task, false, ret);
}

static int skill_attach(struct run *r)
{
	return run_each(r, 1, "attached", attach_one);
}

static int skill_detach(struct run *r)
{
	return run_each(r, 1, "detached", detach_one);
}

/* ---- stats ---- */

static const struct argument maybe_argument[] = {
	{.name = "SKILL",
	 .kind = ARG_REF,
	 .entity = "skill",
	 .help = "id or name; without it all that you see"},
	{0},
};

static int skill_stats(struct run *r)
{
	struct rows rows = {.run = r};
	int64_t id;
	int err;

	if (!run_arg(r, 0))
		return list_of(r, awm_skill_stats);
	err = run_ref(r, 0, &id);
	if (!err)
		err = awm_skill_stats(r->session, id, rows_keep, &rows);
	return err ? err : report_one(r, rows.items[0]);
}

/* ---- the table ---- */

extern const struct command cmd_skill_work[];
const struct command cmd_skill_work[] = {
	{
		.name = "skill history",
		.summary = "list the versions of a skill",
		.details = "The newest first, with what is new in each, and "
			   "the columns in which it differs from the one "
			   "before. In JSON, each with all that it was.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "version,changed,changelog,author,createdAt",
		.computed = "userId,name,description,prompt,inputSchema,"
			    "outputSchema",
		.run = skill_history,
	},
	{
		.name = "skill diff",
		.summary = "show how versions of a skill differ",
		.details = "Shows each line that the later version has not any "
			   "more, with -, and that it has beside, with +.",
		.arguments = one_argument,
		.options = diff_options,
		.args_size = sizeof(struct diff_args),
		.needs = NEED_DB | NEED_PAGER,
		.columns = "field,line,change,text",
		.run = skill_diff,
	},
	{
		.name = "skill restore",
		.summary = "make a skill what it was in an earlier version",
		.details = "That makes a new version, which is as the old one "
			   "was; nothing is lost. It takes the author or an "
			   "admin.",
		.arguments = one_argument,
		.options = restore_options,
		.args_size = sizeof(struct restore_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_restore,
	},
	{
		.name = "skill review add",
		.aliases = "create new",
		.summary = "rate a skill",
		.details = "Everybody has one review of each skill; another "
			   "one replaces it. The skill shows the average.",
		.arguments = one_argument,
		.options = review_options,
		.args_size = sizeof(struct review_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_review_add,
	},
	{
		.name = "skill review list",
		.aliases = "ls",
		.summary = "list the reviews of a skill",
		.details = "The newest first.",
		.arguments = one_argument,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "author,rating,comment,createdAt",
		.computed = "userId",
		.run = skill_review_list,
	},
	{
		.name = "skill review rm",
		.aliases = "delete",
		.summary = "take a review of a skill away",
		.details = "Yours, or with --user that of somebody else, which "
			   "takes an admin.",
		.arguments = one_argument,
		.options = review_rm_options,
		.args_size = sizeof(struct review_rm_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "skill",
		.computed = "tags",
		.run = skill_review_rm,
	},
	{
		.name = "skill suggest",
		.summary = "find skills for a task",
		.details =
			"Ranks the skills that you see by how well their name, "
			"tags, category and description fit the task's title, "
			"tags and description, and by how well they did so "
			"far: runs that succeeded, rating, use. The score goes "
			"from 0 to 1. The suggestions are kept with the task, "
			"in place of earlier ones; those that are attached "
			"stay. --dry-run only shows them.",
		.arguments = task_argument,
		.options = suggest_options,
		.args_size = sizeof(struct suggest_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.columns = "id,name,score,isAttached,runs,successRate,rating",
		.computed = "taskId,skillId,description",
		.run = skill_suggest,
	},
	{
		.name = "skill attach",
		.summary = "say that a skill is for tasks",
		.details = "Prints the rows that tie them together.",
		.arguments = attach_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "suggested_skill",
		.run = skill_attach,
	},
	{
		.name = "skill detach",
		.summary = "take a skill off tasks",
		.details = "It stays suggested for them. Exit status 3 when it "
			   "is not attached.",
		.arguments = attach_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "suggested_skill",
		.run = skill_detach,
	},
	{
		.name = "skill stats",
		.summary = "count what became of skills",
		.details = "Runs by outcome, the share of those that "
			   "succeeded, tokens, cost in US dollars, how long "
			   "they took on average, rating.",
		.arguments = maybe_argument,
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,name,runs,successRate,totalTokens,cost,"
			   "averageDuration,rating,usageCount",
		.computed = "version,versions,succeeded,failed,cancelled,"
			    "running,promptTokens,completionTokens,averageCost,"
			    "reviews,forkCount,lastRunAt",
		.run = skill_stats,
	},
	{0},
};
