/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "cmd/noun.h"

/* Calls that were made without awm. */

static const char *const providers[] = {"openai", "anthropic", "google",
					"local", NULL};
static const char *const statuses[] = {"success", "failed", "cancelled", NULL};

struct record_args {
	const char *prompt, *prompt_file;
	const char *response, *response_file;
	const char *provider, *model;
	const char *status, *error;
	struct int_arg prompt_tokens, completion_tokens;
	struct int_arg duration, skill, started;
	struct real_arg cost;
};

static const struct argument record_arguments[] = {
	{.name = "TASK",
	 .required = true,
	 .kind = ARG_REF,
	 .entity = "task",
	 .help = "an id"},
	{.name = "RESPONSE",
	 .many = true,
	 .help = "the answer; several words are joined; - reads it from "
		 "standard input"},
	{0},
};

static const struct option record_options[] = {
	OPT_TEXT("prompt", 0, struct record_args, prompt, "TEXT",
		 "what was asked"),
	OPT_FILE("prompt-file", 0, struct record_args, prompt_file, "FILE",
		 "take the prompt from FILE, or from standard input for -"),
	OPT_TEXT("response", 0, struct record_args, response, "TEXT",
		 "what was answered"),
	OPT_FILE("response-file", 0, struct record_args, response_file, "FILE",
		 "take the response from FILE, or from standard input for -"),
	OPT_WORD("provider", 0, struct record_args, provider, providers,
		 "PROVIDER", "openai, anthropic, google or local"),
	OPT_TEXT("model", 0, struct record_args, model, "MODEL",
		 "which model answered"),
	OPT_INT("prompt-tokens", 0, struct record_args, prompt_tokens, 0,
		INT64_C(1) << 40, "N", "tokens of the prompt, cached ones too"),
	OPT_INT("completion-tokens", 0, struct record_args, completion_tokens,
		0, INT64_C(1) << 40, "N", "tokens of the answer"),
	OPT_REAL("cost", 0, struct record_args, cost, "USD",
		 "what it cost; without it, by the prices of that day"),
	{.name = "duration",
	 .type = OPTION_SECONDS,
	 .offset = OPT_AT(struct record_args, duration, struct int_arg),
	 .arg = "S",
	 .min = 0,
	 .max = INT64_MAX,
	 .help = "how long it took: 12, 0.5, 2m"},
	OPT_WORD("status", 's', struct record_args, status, statuses, "STATUS",
		 "success, failed or cancelled; without it, failed where there "
		 "is an error"),
	OPT_TEXT("error", 0, struct record_args, error, "TEXT",
		 "what went wrong"),
	OPT_REF("skill", 0, struct record_args, skill, "skill", "SKILL",
		"the skill that it used"),
	OPT_TIME("started", 0, struct record_args, started, "TIME",
		 "when it began; without it, so that it ended now"),
	{0},
};

#define TEXT_MAX ((size_t)16 << 20)

/* A text given by one option or the other; *ret stays as it is without. */
static int long_text(struct run *r, const char *text, const char *file,
		     const char *what, const char **ret)
{
	const char *s;
	size_t len;
	int err;

	if (text && file)
		return err_set(AWM_USAGE, "the %s is given twice", what);
	if (text)
		*ret = text;
	if (!file)
		return 0;
	err = run_file(r, file, TEXT_MAX, &s, &len);
	if (err)
		return err;
	if (memchr(s, '\0', len) || !utf8_valid(s, len))
		return err_set(AWM_USAGE, "the %s is not valid UTF-8 text",
			       what);
	*ret = s;
	return 0;
}

static bool is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

/* The response from an option, or from the words behind the task. */
static int read_texts(struct run *r, struct awm_execution_call *call)
{
	const struct record_args *args = r->args;
	size_t n;
	const char **words = run_args(r, 1, &n);
	bool from_words = n == 1 && is_stdin(words[0]);
	int err;

	if (n && (args->response || args->response_file))
		return err_set(AWM_USAGE, "the response is given twice");
	if (is_stdin(args->prompt_file) + is_stdin(args->response_file) +
		    from_words >
	    1)
		return err_set(AWM_USAGE, "standard input cannot be both the "
					  "prompt and the response");
	err = long_text(r, args->prompt, args->prompt_file, "prompt",
			&call->prompt);
	if (!err)
		err = from_words ? long_text(r, NULL, "-", "response",
					     &call->response)
				 : long_text(r, args->response,
					     args->response_file, "response",
					     &call->response);
	if (!err && n && !from_words)
		err = noun_words(r, 1, &call->response);
	return err;
}

static int wants(struct run *r, const char *option)
{
	err_set(AWM_USAGE, "'%s' wants --%s", r->command->name, option);
	return err_hint("awm help %s", r->command->name);
}

static int64_t number_or_unknown(const struct int_arg *arg)
{
	return arg->set ? arg->value : -1;
}

static int exec_record(struct run *r)
{
	const struct record_args *args = r->args;
	struct awm_execution_call call = {
		.provider = args->provider,
		.model = args->model,
		.status = args->status,
		.error = args->error,
		.skill = args->skill.value,
		.prompt_tokens = number_or_unknown(&args->prompt_tokens),
		.completion_tokens =
			number_or_unknown(&args->completion_tokens),
		.duration = number_or_unknown(&args->duration),
		.has_cost = args->cost.set,
		.cost = args->cost.value,
		.started = args->started.value,
	};
	struct awm_record *row;
	int err = 0;

	if (!args->prompt && !args->prompt_file)
		err = wants(r, "prompt");
	else if (!args->provider || !args->model)
		err = wants(r, args->provider ? "model" : "provider");
	if (!err)
		err = run_ref(r, 0, &call.task);
	if (!err)
		err = read_texts(r, &call);
	if (!err)
		err = awm_execution_record(r->session, &call, r->pool, &row);
	return err ? err : report_change(r, "recorded", row);
}

extern const struct command cmd_exec_record[];
const struct command cmd_exec_record[] = {
	{
		.name = "exec record",
		.summary = "record a call that was made without awm",
		.details =
			"For agents that call a provider themselves: adds an "
			"execution that has ended to a task, so that its "
			"tokens and its cost are accounted. Without --cost it "
			"is taken from the tokens and the prices of the day; "
			"where the model has no price it stays unknown. The "
			"response is the text behind the task, or comes from "
			"an option; an execution that succeeded has one.",
		.arguments = record_arguments,
		.options = record_options,
		.args_size = sizeof(struct record_args),
		.needs = NEED_WRITE,
		.effect = EFFECT_WRITE,
		.entity = "execution",
		.run = exec_record,
	},
	{0},
};
