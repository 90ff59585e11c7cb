/* SPDX-License-Identifier: MIT */
#ifndef CMD_EXEC_RUN_H
#define CMD_EXEC_RUN_H

#include "cmd/command.h"

/*
 * What every command that runs prompts has in common: its options, how answers
 * are shown, and what --dry-run prints. The args of such a command begin with
 * a struct exec_args.
 */
struct exec_args {
	const char *provider, *model, *base_url;
	struct int_arg max_tokens, timeout, retries, jobs;
	struct real_arg temperature, max_cost;
	bool no_retry, stream, no_stream, keep_going, ignore_budget;
};

/* Options of any call. */
#define EXEC_OPTIONS                                                           \
	OPT_TEXT("provider", 0, struct exec_args, provider, "PROVIDER",        \
		 "openai, anthropic, google, local, or the name of a "         \
		 "configuration"),                                             \
		OPT_TEXT("model", 0, struct exec_args, model, "MODEL",         \
			 "which model to ask"),                                \
		OPT_TEXT("base-url", 0, struct exec_args, base_url, "URL",     \
			 "where the provider is"),                             \
		OPT_INT("max-tokens", 0, struct exec_args, max_tokens, 1,      \
			INT64_C(1) << 40, "N",                                 \
			"how many tokens the answer may have"),                \
		OPT_REAL("temperature", 0, struct exec_args, temperature, "T", \
			 "from 0 to 2; left out where a model refuses it"),    \
		EXEC_TIMEOUT,                                                  \
		OPT_INT("retries", 0, struct exec_args, retries, 0, 100, "N",  \
			"how often to try again what may pass: rate limits, "  \
			"servers that are down; exec.retries unless told "     \
			"otherwise"),                                          \
		OPT_FLAG("no-retry", 0, struct exec_args, no_retry,            \
			 "try once"),                                          \
		OPT_REAL("max-cost", 0, struct exec_args, max_cost, "USD",     \
			 "what it may cost in all; what may cost more is "     \
			 "refused before anything is sent"),                   \
		OPT_FLAG("stream", 0, struct exec_args, stream,                \
			 "show the answer as it comes; as it is unless told "  \
			 "otherwise"),                                         \
		OPT_FLAG("no-stream", 0, struct exec_args, no_stream,          \
			 "ask for the answer in one piece"),                   \
		OPT_FLAG("ignore-budget", 0, struct exec_args, ignore_budget,  \
			 "run although the budget of the project does not "    \
			 "hold it")
#define EXEC_TIMEOUT                                                           \
	{                                                                      \
		.name = "timeout", .type = OPTION_SECONDS,                     \
		.offset = OPT_AT(struct exec_args, timeout, struct int_arg),   \
		.arg = "S", .min = 1, .max = INT64_C(86400000),                \
		.help = "how long one attempt may take: 90, 0.5, 2m; "         \
			"exec.timeout unless told otherwise"                   \
	}
/* Options of several calls at once. */
#define EXEC_MANY_OPTIONS                                                      \
	OPT_INT("jobs", 'j', struct exec_args, jobs, 1, 256, "N",              \
		"how many run at once; exec.jobs unless told otherwise"),      \
		OPT_FLAG("keep-going", 'k', struct exec_args, keep_going,      \
			 "a failed run stops no later one of its project")

/* Columns of what these print beside those of an execution. */
#define EXEC_COMPUTED                                                          \
	"userId,skillId,skillVersion,retryOfId,requestedModel,finishReason,"   \
	"estimate,host,pid,metadata,method,url,headers,body,argv,stdin"

/* AWM_USAGE for options that exclude each other; for command.check. */
int exec_check(struct run *r);
/* The options, as the library takes them: what all runs have in common, and a
 * run that asks so, whose other members are the caller's. */
struct awm_exec_opts exec_opts(const struct exec_args *args);
struct awm_exec_spec exec_spec(const struct exec_args *args);

/* What --input-json names, for awm_exec_spec.input_json; NULL for NULL. */
int exec_input_json(struct run *r, const char *file, const char **ret);

/*
 * Runs them and shows what comes: a table's place takes the text of the
 * answers, other formats show the rows. With --dry-run shows what would be
 * sent instead. Returns what awm_exec_run() does.
 */
int exec_show_runs(struct run *r, const struct awm_exec_spec *specs, size_t n,
		   const struct awm_exec_opts *opts);

/* Runs one and hands it out; on a terminal a line says how it goes. *ret lives
 * as long as the run. For commands that make something of the answer; not
 * with --dry-run. */
int exec_ask(struct run *r, const struct awm_exec_spec *spec,
	     const struct awm_exec_opts *opts, struct awm_exec_result *ret);

/* What would be sent, for --dry-run. */
int exec_show_requests(struct run *r, const struct awm_exec_spec *specs,
		       size_t n, const struct awm_exec_opts *opts);

#endif
