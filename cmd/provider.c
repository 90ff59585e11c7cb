/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cmd/noun.h"
#include "cmd/request.h"

/* AI providers. Their keys never stand on a command line. */

struct provider_args {
	struct noun_edit edit; /* first: noun_edit_read() */
	bool from_stdin, ask, no_key;
	const char *command, *flavor;
	const char *key; /* as it was read; NULL: none */
};

static const char *const flavors[] = {"openai", "ollama", NULL};

#define PROVIDER_OPTIONS                                                       \
	OPT_SET("base-url", 0, "baseUrl", "URL",                               \
		"where it is asked, like https://gateway.example/v1; of a "    \
		"local server its address"),                                   \
		OPT_SET("model", 'm', "defaultModel", "MODEL",                 \
			"the model that is taken when none is named"),         \
		OPT_SET("key-env", 0, "keyEnv", "VAR",                         \
			"take the key from this environment variable each "    \
			"time; only its name is kept"),                        \
		OPT_FLAG("stdin", 0, struct provider_args, from_stdin,         \
			 "read the key from standard input"),                  \
		OPT_FLAG("ask", 0, struct provider_args, ask,                  \
			 "ask for the key on the terminal, without showing "   \
			 "it"),                                                \
		OPT_TEXT("command", 0, struct provider_args, command,          \
			 "COMMAND",                                            \
			 "local: run this with the prompt on its standard "    \
			 "input, without a shell; written into the "           \
			 "configuration of this machine"),                     \
		OPT_WORD("flavor", 0, struct provider_args, flavor, flavors,   \
			 "FLAVOR",                                             \
			 "local: the server speaks openai's Chat "             \
			 "Completions, or the API of ollama"),                 \
		OPT_SET("team", 0, "teamId", "TEAM",                           \
			"the team whose projects use it; all do without one")

static const struct argument provider_argument[] = {
	{.name = "PROVIDER",
	 .required = true,
	 .kind = ARG_WORD,
	 .words = awm_providers,
	 .help = "openai, anthropic, google or local"},
	{0},
};

static const struct option add_options[] = {
	OPT_SET("name", 0, "name", "NAME",
		"what it is called; as the provider without it"),
	PROVIDER_OPTIONS,
	OPT_SET("enabled", 0, "isEnabled", NULL, "it may be used; the default"),
	{0},
};

/* The key, without the line break that ends it. NULL when nobody gave one. */
static int read_key(struct run *r, const char **ret)
{
	const struct provider_args *args = r->args;

	*ret = NULL;
	if (args->from_stdin + args->ask + args->no_key + run_has(r, "keyEnv") >
	    1)
		return err_set(AWM_USAGE, "--stdin, --ask, --key-env and "
					  "--no-key exclude each other");
	if (args->from_stdin || args->ask)
		return run_secret(r, NULL, args->from_stdin, "key", ret);
	return 0;
}

static void wipe(const char *key)
{
	if (key)
		explicit_bzero((char *)key, strlen(key));
}

static struct awm_provider_opts opts_of(struct run *r)
{
	const struct provider_args *args = r->args;

	return (struct awm_provider_opts){
		.key = args->key,
		.remove_key = args->no_key,
		.command = args->command,
		.flavor = args->flavor,
		.config = r->config,
	};
}

static int provider_add(struct run *r)
{
	struct provider_args *args = r->args;
	struct awm_provider_opts opts;
	struct set_array sets;
	struct awm_record *row;
	int err = run_sets(r, &sets);

	if (!err)
		err = run_config(r);
	if (!err)
		err = read_key(r, &args->key);
	if (!err) {
		opts = opts_of(r);
		err = awm_provider_add(r->session, run_arg(r, 0), sets.sets,
				       sets.count, &opts, r->pool, &row);
	}
	wipe(args->key);
	return err ? err : report_change(r, "added", row);
}

static const struct option list_options[] = {
	OPT_FILTER("provider", 0, "provider", "PROVIDER",
		   "of this provider, or one of several: openai,local"),
	OPT_FILTER("team", 0, "teamId", "TEAM",
		   "of this team; none for those of all"),
	OPT_FILTER("enabled", 0, "isEnabled", NULL, "that may be used"),
	LIST_OPTIONS,
	{0},
};

static const struct argument one_argument[] = {
	{.name = "PROVIDER",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "provider",
	 .help = "id or name of a configuration"},
	{0},
};

static const struct argument many_arguments[] = {
	{.name = "PROVIDER",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "provider",
	 .help = "ids, ranges or names of configurations; - reads them from "
		 "standard input"},
	{0},
};

static const struct option edit_options[] = {
	OPT_SET("name", 0, "name", "NAME", "what it is called"),
	PROVIDER_OPTIONS,
	OPT_FLAG("no-key", 0, struct provider_args, no_key,
		 "forget the key that is kept"),
	OPT_SET("enabled", 0, "isEnabled", NULL, "it may be used"),
	OPT_IF_UPDATED_AT,
	{0},
};

static int edit_each(struct run *r, int64_t id, struct awm_record **ret)
{
	const struct provider_args *args = r->args;
	struct awm_provider_opts opts = opts_of(r);
	struct awm_edit_opts edit = {
		.check_stale = args->edit.if_updated_at.set,
		.if_updated_at = args->edit.if_updated_at.value,
	};

	return awm_provider_edit(r->session, id, args->edit.sets.sets,
				 args->edit.sets.count, &opts, &edit, r->pool,
				 ret);
}

static int provider_edit(struct run *r)
{
	struct provider_args *args = r->args;
	int err = noun_edit_read(r, &args->edit, NULL);

	if (!err)
		err = run_config(r);
	if (!err)
		err = read_key(r, &args->key);
	if (!err && !args->edit.sets.count && !args->key && !args->no_key &&
	    !args->command && !args->flavor)
		err = noun_edit_nothing(r);
	if (!err)
		err = run_each(r, 0, "changed", edit_each);
	wipe(args->key);
	return err;
}

/* ---- over the network ---- */

struct ask_args {
	const char *model, *base_url;
	struct int_arg timeout;
};

static const struct argument maybe_argument[] = {
	{.name = "PROVIDER",
	 .help = "openai, anthropic, google, local, or the name or id of a "
		 "configuration; the one that exec takes without it"},
	{0},
};

#define OPT_BASE_URL                                                           \
	OPT_TEXT("base-url", 0, struct ask_args, base_url, "URL",              \
		 "ask this address")
#define OPT_TIMEOUT                                                            \
	{                                                                      \
		.name = "timeout", .type = OPTION_SECONDS,                     \
		.offset = OPT_AT(struct ask_args, timeout, struct int_arg),    \
		.arg = "S", .min = 1, .max = 86400000,                         \
		.help = "how long to wait, in seconds; 60"                     \
	}

static const struct option models_options[] = {
	OPT_BASE_URL,
	OPT_TIMEOUT,
	{0},
};

static const struct option test_options[] = {
	OPT_TEXT("model", 'm', struct ask_args, model, "MODEL",
		 "ask this model"),
	OPT_BASE_URL,
	OPT_TIMEOUT,
	{0},
};

static struct awm_provider_query query_of(struct run *r)
{
	const struct ask_args *args = r->args;

	return (struct awm_provider_query){
		.provider = run_arg(r, 0),
		.model = args->model,
		.base_url = args->base_url,
		.timeout_ms = args->timeout.value,
	};
}

static int preview(struct run *r, bool test)
{
	struct awm_provider_query q = query_of(r);
	struct awm_exec_request request;
	int err = awm_provider_preview(r->session, &q, test, r->pool, &request);

	return err ? err : request_show(r, &request, false);
}

static int provider_models(struct run *r)
{
	struct awm_provider_query q = query_of(r);
	struct rows rows = {.run = r};
	int err;

	if (r->globals.dry_run)
		return preview(r, false);
	err = awm_provider_models(r->session, &q, rows_keep, &rows);
	return err ? err : rows_report(&rows);
}

static int provider_test(struct run *r)
{
	struct awm_provider_query q = query_of(r);
	struct rows rows = {.run = r};
	const struct awm_record *row;
	const char *model;
	int err;

	if (r->globals.dry_run)
		return preview(r, true);
	err = awm_provider_test(r->session, &q, rows_keep, &rows);
	if (err)
		return err;
	row = rows.items[0];
	if (awm_record_get(row, "models")->kind == AWM_INT)
		return noun_tell(
			r, row, "%s answers in %lld ms with %s",
			awm_record_text(row, "provider"),
			(long long)awm_record_int(row, "latencyMs"),
			noun_count(r, (size_t)awm_record_int(row, "models"),
				   "model"));
	model = awm_record_text(row, "servedModel");
	if (!*model)
		model = awm_record_text(row, "model");
	return noun_tell(r, row, "%s answers in %lld ms%s%s",
			 awm_record_text(row, "provider"),
			 (long long)awm_record_int(row, "latencyMs"),
			 *model ? " as " : "", model);
}

/* ---- the table ---- */

#define COLUMNS                                                                \
	"id,name,provider,defaultModel,baseUrl,api_key,keyEnv,teamId,"         \
	"isEnabled"

extern const struct command cmd_provider[];
const struct command cmd_provider[] = {
	{
		.name = "provider add",
		.aliases = "create new",
		.summary = "add a configuration of an AI provider",
		.details =
			"The variables of the vendors' own programs "
			"(OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, "
			"OLLAMA_HOST and so on) work with no configuration; "
			"one says more, or keeps the key. Keys come from "
			"standard input, the terminal or an environment "
			"variable, never from the command line; they are "
			"sealed with the key of this machine and shown as set "
			"or unset only. local is a server that speaks Chat "
			"Completions (llama.cpp, vLLM, LM Studio) at "
			"--base-url, Ollama with --flavor ollama, or a "
			"--command. A database cannot be trusted with either: "
			"the command goes into provider.local.command of this "
			"machine's configuration, and an address other than "
			"the vendor's own is added to provider.trust there. "
			"On another machine keys are not sent to it before "
			"somebody did the same. It takes an admin.",
		.arguments = provider_argument,
		.options = add_options,
		.args_size = sizeof(struct provider_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "provider",
		.run = provider_add,
	},
	{
		.name = "provider list",
		.aliases = "ls",
		.summary = "list the configurations of AI providers",
		.options = list_options,
		.needs = NEED_DB | NEED_PAGER,
		.entity = "provider",
		.columns = COLUMNS,
		.run = run_list,
	},
	{
		.name = "provider show",
		.aliases = "view",
		.summary = "show a configuration of an AI provider",
		.details = "Its key is never shown, only whether there is "
			   "one.",
		.arguments = one_argument,
		.needs = NEED_DB,
		.entity = "provider",
		.run = noun_show,
	},
	{
		.name = "provider edit",
		.aliases = "update set",
		.summary = "change configurations of AI providers",
		.details = "A new key replaces the old one, and --key-env as "
			   "well. --base-url also tells this machine that the "
			   "address is meant, though it is not a new one. It "
			   "takes an admin.",
		.arguments = many_arguments,
		.options = edit_options,
		.args_size = sizeof(struct provider_args),
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "provider",
		.run = provider_edit,
	},
	{
		.name = "provider rm",
		.aliases = "delete",
		.summary = "delete configurations of AI providers with their "
			   "keys",
		.details = "It takes an admin.",
		.arguments = many_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "provider",
		.run = noun_delete,
	},
	{
		.name = "provider test",
		.summary = "ask an AI provider for one word",
		.details =
			"One request of a few tokens, which costs what it "
			"costs; of a local server without a model only the "
			"list of its models; a command is run. Says how long "
			"it took, and which "
			"model answered. Without PROVIDER it is the one that "
			"'awm exec run' would ask. --dry-run prints the "
			"request, keys as ***, and sends nothing. What the "
			"provider or the network refuses is exit status 8, a "
			"missing key 6.",
		.arguments = maybe_argument,
		.options = test_options,
		.args_size = sizeof(struct ask_args),
		.needs = NEED_DB | NEED_DRY_RUN,
		.effect = EFFECT_NETWORK,
		.columns = "provider,name,baseUrl,keySource,model,servedModel,"
			   "response,latencyMs,models,cost",
		.computed = "method,url,headers,body,argv,stdin",
		.run = provider_test,
	},
	{
		.name = "provider models",
		.summary = "list the models that an AI provider has",
		.details =
			"As the provider names them, with their prices in US "
			"dollars per million tokens where they are known. "
			"Without PROVIDER it is the one that 'awm exec run' "
			"would ask. --dry-run prints the request and sends "
			"nothing.",
		.arguments = maybe_argument,
		.options = models_options,
		.args_size = sizeof(struct ask_args),
		.needs = NEED_DB | NEED_DRY_RUN | NEED_PAGER,
		.effect = EFFECT_NETWORK,
		.columns = "model,provider,isDefault,inputPrice,outputPrice",
		.computed = "method,url,headers,body",
		.run = provider_models,
	},
	{0},
};
