/* SPDX-License-Identifier: MIT */

#include "cmd/noun.h"
#include "cmd/report.h"

/* What models cost: awm provider prices. */

static const char *const providers[] = {"openai", "anthropic", "google",
					"local", NULL};

struct list_args {
	const char *provider, *model;
	struct int_arg at;
};

static const struct option list_options[] = {
	OPT_WORD("provider", 0, struct list_args, provider, providers,
		 "PROVIDER", "of this provider"),
	OPT_TEXT("model", 0, struct list_args, model, "MODEL",
		 "that this model has, also by another name or with a date at "
		 "its end"),
	OPT_TIME("at", 0, struct list_args, at, "DATE",
		 "in force then: today, 2026-09-01"),
	{0},
};

static int prices_list(struct run *r)
{
	const struct list_args *args = r->args;
	struct rows rows = {.run = r};
	struct awm_price_query q = {.provider = args->provider,
				    .model = args->model,
				    .at = args->at.value};
	int err = awm_price_list(r->session, &q, rows_keep, &rows);

	return err ? err : rows_report(&rows);
}

static const struct argument import_argument[] = {
	{.name = "FILE",
	 .kind = ARG_FILE,
	 .help = "JSON or CSV; - reads standard input; without it the list "
		 "that awm brings"},
	{0},
};

#define PRICES_MAX ((size_t)16 << 20)

static int prices_import(struct run *r)
{
	struct rows rows = {.run = r};
	const char *file = run_arg(r, 0), *text = NULL;
	size_t len = 0;
	int err = 0;

	if (file)
		err = run_file(r, file, PRICES_MAX, &text, &len);
	if (!err)
		err = awm_price_import(r->session, text, len, rows_keep, &rows);
	if (err)
		return err;
	if (r->globals.format == FORMAT_TABLE && !r->globals.fields)
		run_say(r, "%s%s added or changed",
			r->globals.dry_run ? "dry run: " : "",
			noun_count(r, rows.count, "price"));
	return rows_report(&rows);
}

static const struct argument rm_arguments[] = {
	{.name = "PRICE",
	 .required = true,
	 .many = true,
	 .kind = ARG_IDS,
	 .entity = "model_price",
	 .help = "ids or ranges: 3 5-9; - reads them from standard input"},
	{0},
};

extern const struct command cmd_price[];
const struct command cmd_price[] = {
	{
		.name = "provider prices list",
		.aliases = "ls",
		.summary = "list what models cost",
		.details =
			"US dollars per million tokens, from one date to "
			"another. awm brings a list, 'built-in'; of a model "
			"that has prices in the 'table' these are shown "
			"instead. What an execution costs is reckoned from the "
			"price of the day on which it began.",
		.options = list_options,
		.args_size = sizeof(struct list_args),
		.needs = NEED_DB | NEED_PAGER,
		.columns = "id,provider,model,validFrom,validTo,inputPrice,"
			   "cachedInputPrice,cacheWritePrice,outputPrice,"
			   "origin",
		.computed = "aliases,currency,longContext,source",
		.run = prices_list,
	},
	{
		.name = "provider prices import",
		.summary = "write prices into the table",
		.details =
			"A file of the format of awm's own list (an object "
			"with \"models\", each with vendor, id, input, output, "
			"and if they are known cached_input, cache_write, "
			"long_context, aliases, price_changes), or CSV with "
			"the columns provider, model, input, output, cached, "
			"cacheWrite, from; a first line may name them in "
			"another order. A price of the same model and date is "
			"changed; either all are written or none. Without FILE "
			"the list that awm brings is written, to be kept when "
			"awm is updated. It takes an admin.",
		.arguments = import_argument,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_WRITE,
		.entity = "model_price",
		.columns = "id,provider,model,validFrom,validTo,inputPrice,"
			   "cachedInputPrice,cacheWritePrice,outputPrice",
		.run = prices_import,
	},
	{
		.name = "provider prices rm",
		.aliases = "delete",
		.summary = "delete prices from the table",
		.details = "The list that awm brings holds again for models "
			   "that have no price left. It takes an admin.",
		.arguments = rm_arguments,
		.needs = NEED_WRITE | NEED_DRY_RUN,
		.effect = EFFECT_DESTRUCTIVE,
		.entity = "model_price",
		.run = noun_delete,
	},
	{0},
};
