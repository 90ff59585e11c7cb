/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"

/* Integrations with services outside. Their credentials never stand on a
 * command line. */

struct integration_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	struct text_list settings;
	const char *env;
	bool from_stdin, ask;
	const char *credentials; /* as they were read; NULL: none */
};

#define INTEGRATION_OPTIONS                                                    \
	OPT_LIST("setting", 0, struct integration_args, settings, "KEY=VALUE", \
		 "a setting of this type; an empty value takes it away"),      \
		OPT_FLAG("stdin", 0, struct integration_args, from_stdin,      \
			 "read the credentials from standard input"),          \
		OPT_TEXT("credentials-env", 0, struct integration_args, env,   \
			 "VAR",                                                \
			 "take the credentials from this environment "         \
			 "variable"),                                          \
		OPT_FLAG("ask", 0, struct integration_args, ask,               \
			 "ask for the credentials on the terminal, without "   \
			 "showing them"),                                      \
		OPT_SET("user", 0, "userId", "USER",                           \
			"whose it is; yours unless told otherwise"),           \
		OPT_SET("team", 0, "teamId", "TEAM", "the team whose it is")

static const struct argument type_argument[] = {
	{.name = "TYPE",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = awm_integration_types,
	 .help = "github, slack, smtp or desktop"},
	{0},
};

static const struct option add_options[] = {
	INTEGRATION_OPTIONS,
	OPT_SET("enabled", 0, "isEnabled", NULL, "it may be used; the default"),
	{0},
};

/* All of standard input: an object may take several lines. */
static int credentials_of_stdin(struct run *r, const char **ret)
{
	const char *input;
	size_t len;
	int err = run_stdin(r, &input, &len);

	if (err)
		return err;
	if (memchr(input, '\0', len))
		return err_set(AWM_USAGE, "standard input holds a NUL byte");
	while (len && strchr(" \t\r\n", input[len - 1]))
		len--;
	if (!len)
		return err_set(AWM_USAGE, "the credentials are empty");
	*ret = arena_strndup(&r->arena, input, len);
	return *ret ? 0 : -AWM_NOMEM;
}

/* NULL when nobody said where they come from. */
static int read_credentials(struct run *r, bool ask, const char **ret)
{
	const struct integration_args *args = r->args;

	*ret = NULL;
	if (args->from_stdin + args->ask + (args->env != NULL) > 1)
		return err_set(AWM_USAGE, "--stdin, --credentials-env and "
					  "--ask exclude each other");
	if (args->from_stdin)
		return credentials_of_stdin(r, ret);
	if (args->env || args->ask || ask)
		return run_secret(r, args->env, false, "credentials", ret);
	return 0;
}

static void wipe(const char *credentials)
{
	if (credentials)
		explicit_bzero((char *)credentials, strlen(credentials));
}

static int integration_add(struct run *r)
{
	const struct integration_args *args = r->args;
	struct awm_integration_opts opts = {.settings = args->settings.items,
					    .nsettings = args->settings.count};
	enum awm_credentials wants;
	struct set_array sets;
	struct awm_record *row;
	int err = awm_integration_wants(run_arg(r, 0), &wants);

	if (!err)
		err = run_sets(r, &sets);
	if (!err)
		err = read_credentials(r, wants == AWM_CREDENTIALS_REQUIRED,
				       &opts.credentials);
	if (!err)
		err = awm_integration_add(r->session, run_arg(r, 0), sets.sets,
					  sets.count, &opts, r->pool, &row);
	wipe(opts.credentials);
	return err ? err : report_change(r, "added", row);
}

static const struct option list_options[] = {
	OPT_FILTER("type", 0, "type", "TYPE",
		   "of this type, or one of several: github,slack"),
	OPT_FILTER("user", 0, "userId", "USER",
		   "of this user, or me; none for those of teams"),
	OPT_FILTER("team", 0, "teamId", "TEAM",
		   "of this team; none for those of users"),
	OPT_FILTER("enabled", 0, "isEnabled", NULL, "that may be used"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "INTEGRATION",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "integration",
	 .help = "id, or type where there is only one of it"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "INTEGRATION",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "integration",
	 .help = "ids, ranges, or a type where there is only one of it; - "
		 "reads them from standard input"},
	{0},
};

static const struct option edit_options[] = {
	INTEGRATION_OPTIONS,
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_each(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct integration_args *args = r->args;
	struct awm_edit_opts edit = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
	};
	struct awm_integration_opts opts = {.settings = args->settings.items,
					    .nsettings = args->settings.count,
					    .credentials = args->credentials};

	return awm_integration_edit(r->session, id, args->edit.sets.sets,
				    args->edit.sets.count, &opts, &edit,
				    r->pool, ret);
}

static int integration_edit(struct run *r)
{
	struct integration_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, NULL);

	if (!err)
		err = read_credentials(r, false, &args->credentials);
	if (!err && !args->edit.sets.count && !args->settings.count &&
	    !args->credentials)
		err = noun_edit_nothing(r);
	if (!err)
		err = run_each(r, 0, "changed", edit_each);
	wipe(args->credentials);
	return err;
}

/* ---- the table ---- */

#define COLUMNS "id,type,userId,teamId,credentials,isEnabled,lastSyncAt"

extern const struct command cmd_integration[];
const struct command cmd_integration[] = {
	{
		.name = "integration add",
		.aliases = "create new",
		.summary = "add an integration with a service",
		.details =
			"Credentials come from standard input, from an "
			"environment variable or from the terminal, never from "
			"the command line: a JSON object, or its one secret "
			"alone. github takes {\"token\"} and the settings "
			"repository=OWNER/NAME, baseUrl, labels=a,b, project, "
			"push, state, users; slack {\"url\"}, flavor, "
			"channel; smtp {\"username\", \"password\"} or none, "
			"host, port, from, tls; desktop has neither. "
			"awm-integration(1) says what they mean. They are "
			"sealed with the key of this machine "
			"and shown as set or unset only. An integration is of "
			"one user or of one team. It takes an admin.",
		.arguments = type_argument,
		.options = add_options,
		.args_size = sizeof(struct integration_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "integration",
		.run = integration_add,
	},
	{
		.name = "integration list",
		.aliases = "ls",
		.summary = "list integrations",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "integration",
		.columns = COLUMNS,
		.run = run_list,
	},
	{
		.name = "integration show",
		.aliases = "view",
		.summary = "show an integration",
		.details = "Its credentials are never shown, only whether "
			   "there are any.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "integration",
		.run = noun_show,
	},
	{
		.name = "integration edit",
		.aliases = "update set",
		.summary = "change integrations",
		.details =
			"Settings that are not named stay as they are; new "
			"credentials replace the old ones. --user takes an "
			"integration from its team, --team from its user. It "
			"takes an admin.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct integration_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "integration",
		.run = integration_edit,
	},
	{
		.name = "integration enable",
		.summary = "let integrations be used",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "integration",
		.run = noun_enable,
	},
	{
		.name = "integration disable",
		.summary = "keep integrations, but do not use them",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "integration",
		.run = noun_disable,
	},
	{
		.name = "integration rm",
		.aliases = "delete",
		.summary = "delete integrations with their credentials",
		.details = "It takes an admin. Undo does not bring them back.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_YES | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "integration",
		.run = noun_delete,
	},
	{0},
};
