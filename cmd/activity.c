/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/follow.h"
#include "cmd/noun.h"
#include "cmd/option.h"

/* What happened. */

struct activity_list_args {
	struct text_list types;
	bool follow;
};

#define ACTIVITY_FILTERS                                                       \
	OPT_FILTER("project", 'p', "projectId", "PROJECT", "in this project"), \
		OPT_FILTER("task", 't', "taskId", "TASK", "to this task"),     \
		OPT_FILTER("user", 'u', "userId", "USER",                      \
			   "by this user, or me"),                             \
		OPT_COMMAS("type", 0, struct activity_list_args, types,        \
			   "TYPE",                                             \
			   "of these types: task.created,task.updated; or of " \
			   "all that begin alike: task.*"),                    \
		OPT_COMPARE("since", 0, "createdAt", AWM_OP_GE, "DATE",        \
			    "from DATE on"),                                   \
		OPT_COMPARE("until", 0, "createdAt", AWM_OP_LT, "DATE",        \
			    "before DATE")

static const struct option list_options[] = {
	ACTIVITY_FILTERS,
	LIST_OPTIONS,
	OPT_FLAG("follow", 'f', struct activity_list_args, follow,
		 "go on with new ones as they are made, by any process"),
	{0},
};

static const struct option follow_options[] = {
	ACTIVITY_FILTERS,
	{.name = "limit",
	 .letter = 'n',
	 .type = OPTION_INT,
	 .in_run = true,
	 .offset = OPT_AT(struct run, list.limit, struct int_arg),
	 .arg = "N",
	 .min = 1,
	 .max = INT64_MAX,
	 .help = "show the last N first"},
	{0},
};

/* Between "task." and the first text behind all that begin so. */
static int type_prefix(struct run *r, struct awm_query *q, const char *pattern,
		       size_t len)
{
	char *from = arena_strndup(&r->arena, pattern, len);
	char *to = arena_strndup(&r->arena, pattern, len);
	struct awm_value value;
	int err;

	if (!from || !to)
		return -AWM_NOMEM;
	if (!len)
		return 0;
	to[len - 1]++;
	value = awm_value_text(from);
	err = run_cond(r, q, "type", AWM_OP_GE, &value, 1);
	value = awm_value_text(to);
	return err ? err : run_cond(r, q, "type", AWM_OP_LT, &value, 1);
}

static int type_words(struct run *r, struct awm_query *q,
		      const struct text_list *types)
{
	struct awm_value *values =
		arena_array(&r->arena, types->count, sizeof(*values));

	if (!values)
		return -AWM_NOMEM;
	for (size_t i = 0; i < types->count; i++) {
		if (strchr(types->items[i], '*')) {
			err_set(AWM_USAGE, "--type: cannot look for '%s'",
				types->items[i]);
			return err_hint("one pattern that ends in *, such as "
					"task.*, or whole types");
		}
		values[i] = awm_value_text(types->items[i]);
	}
	return run_cond(r, q, "type", AWM_OP_IN, values, types->count);
}

static int type_cond(struct run *r, struct awm_query *q,
		     const struct text_list *types)
{
	const char *first = types->count ? types->items[0] : "";
	size_t len = strcspn(first, "*");

	if (!types->count)
		return 0;
	if (types->count == 1 && first[len] && !first[len + 1])
		return type_prefix(r, q, first, len);
	return type_words(r, q, types);
}

static int activity_list(struct run *r)
{
	const struct activity_list_args *args = r->args;
	struct awm_query q;
	int err;

	if (args->follow)
		follow_format(r);
	err = run_query(r, &q);
	if (!err)
		err = type_cond(r, &q, &args->types);
	if (!err && args->follow)
		return follow_rows(r, &q, run_has(r, "createdAt"));
	return err ? err : run_list_query(r, &q);
}

static int activity_follow(struct run *r)
{
	struct activity_list_args *args = r->args;

	args->follow = true;
	return activity_list(r);
}

static const struct argument one_argument[] = {
	{.name = "ID",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "activity",
	 .help = "of an activity"},
	{0},
};

extern const struct command cmd_activity[];
const struct command cmd_activity[] = {
	{
		.name = "activity list",
		.aliases = "ls",
		.summary = "list what happened",
		.details =
			"Every change leaves an activity: who made it, when, "
			"of what type, and what each column held before and "
			"after. The newest come first. --follow lists instead "
			"what happens from now on: see activity follow.",
		.options = list_options,
		.args_size = sizeof(struct activity_list_args),
		.needs = NEED_DB | NEED_PAGER,
		.entity = "activity",
		.run = activity_list,
	},
	{
		.name = "activity follow",
		.summary = "show what happens as it happens",
		.details =
			"Shows each new activity as soon as it is committed, "
			"by any process, until it is interrupted (and then "
			"exits with 130) or nobody reads any more. Those that "
			"are there already come first if --since says from "
			"when on, or --limit how many. Unless it is told "
			"otherwise it prints a table on a terminal and one "
			"JSON object a line elsewhere; --format json does that "
			"as well. Every activity comes once, in the order of "
			"the ids.",
		.options = follow_options,
		.args_size = sizeof(struct activity_list_args),
		.needs = NEED_DB,
		.entity = "activity",
		.run = activity_follow,
	},
	{
		.name = "activity show",
		.aliases = "view",
		.summary = "show one activity",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "activity",
		.run = noun_show,
	},
	{0},
};
