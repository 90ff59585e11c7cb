/* SPDX-License-Identifier: MIT */
#ifndef AWM_EXEC_H
#define AWM_EXEC_H

#include <awm/request.h>
#include <awm/write.h>

/*
 * Running prompts: the one engine behind exec run, skill run, plans and
 * automations. A row is written, and committed, before anything leaves the
 * machine, and ended once; an answer that was cut short is kept. What a model
 * answers is data: nothing here acts upon it.
 *
 * Money is in US dollars, times are in milliseconds. Texts are borrowed for
 * the call unless said otherwise.
 */

/* One run. */
struct awm_exec_spec {
	int64_t task;  /* that the execution belongs to */
	int64_t skill; /* whose template is filled in; 0: none */
	/* "name=value" of the template's input: text, but where the skill's
	 * inputSchema wants a number, a bool, an object or an array JSON. */
	const char *const *inputs;
	size_t ninputs;
	const char *input_json; /* an object; `inputs` win; NULL: none */
	const char *prompt;	/* sent as it stands, instead of a template */
	const char *system;	/* NULL: none */
	/* JSON Schema of the answer, and its name; NULL: the skill's. */
	const char *schema, *schema_name;
	bool schema_unheld; /* the caller checks the answer itself */
	int64_t retry_of;   /* the execution that this repeats; 0: none */

	/* Whom to ask, and how; NULL and 0: as task, project and configuration
	 * say. */
	const char *provider; /* a word, or the name of a configuration */
	const char *model;
	const char *base_url;
	int64_t max_tokens;
	bool has_temperature;
	double temperature;
};

/* What all runs of one call have in common. Zeroed: as configured. */
struct awm_exec_opts {
	int64_t timeout_ms; /* of one attempt; 0: exec.timeout */
	bool has_retries;
	int64_t retries;   /* else exec.retries */
	bool has_max_cost; /* all runs together may cost this much */
	double max_cost;
	int64_t jobs;	 /* at once; 0: exec.jobs */
	bool no_stream;	 /* ask for the answer in one piece */
	bool keep_going; /* a failed run stops no later one */
	bool ignore_budget;
};

struct awm_exec_result {
	size_t spec;		    /* its place in the array that was given */
	int err;		    /* 0, or a negative enum awm_err */
	bool skipped;		    /* never begun, as one before it failed */
	const char *message, *hint; /* of err; "" when there is none */
	int64_t execution;	    /* 0: never begun */
	struct awm_record *row;	    /* as it ended; NULL: never begun */
	const char *text;	    /* the answer, also a part; NULL: none */
	size_t text_len;
};

/* Who wants to know. Each may be NULL. `run` counts from 0 in the order in
 * which runs begin when one at a time does. What a function returns other
 * than 0 ends all runs as an interrupt does, and is returned. No function of
 * this session may be called from them. */
struct awm_exec_hooks {
	void *ctx;
	int (*started)(void *ctx, size_t run, int64_t task, int64_t execution,
		       const char *provider, const char *model);
	/* A piece of the answer: bytes, which may end inside of a character. */
	int (*text)(void *ctx, size_t run, const char *bytes, size_t len);
	/* One line for people: a retry, an answer that ends early. */
	int (*notice)(void *ctx, size_t run, const char *line);
	int (*ended)(void *ctx, size_t run,
		     const struct awm_exec_result *result);
	/* Before each pause: what has come may be shown now. Called at least
	 * ten times a second. */
	int (*turn)(void *ctx);
};

/*
 * Runs them. All are checked before the first begins: AWM_INVALID for a
 * template that cannot be filled in, a schema, an amount (max_cost, the
 * budget of the project) that a run may pass; AWM_DENIED without a key, or for
 * a viewer. Then nothing is written. Serial tasks of one project run one
 * after another in the order of the project; later ones do not begin when one
 * failed, unless keep_going. Others run together, up to `jobs`.
 *
 * Returns 0 when all succeeded, else what the first failure did:
 * AWM_REMOTE for the provider's or the network's, AWM_INVALID for an answer
 * that does not match its schema, AWM_INTERRUPTED for a run that was
 * cancelled. awm_session_interrupt() ends all of them; what had come is kept.
 *
 * `ret` (may be NULL) has room for n results, in the order in which runs
 * begin; what they hold lives in the pool. Not inside a transaction.
 */
AWM_EXPORT int awm_exec_run(struct awm_session *s,
			    const struct awm_exec_spec *specs, size_t n,
			    const struct awm_exec_opts *opts,
			    const struct awm_exec_hooks *hooks,
			    struct awm_pool *pool, struct awm_exec_result *ret);

/* Nothing is written, and nothing leaves the machine. Fails as awm_exec_run()
 * does. In the pool. */
AWM_EXPORT int awm_exec_preview(struct awm_session *s,
				const struct awm_exec_spec *spec,
				const struct awm_exec_opts *opts,
				struct awm_pool *pool,
				struct awm_exec_request *ret);

/*
 * Fills in what repeats an execution: its task, prompt, skill and system
 * prompt, the schema of its answer, and, where `spec` does not say it,
 * provider, model, max_tokens and temperature; the address is not repeated. In
 * the pool. AWM_INVALID for one that runs.
 */
AWM_EXPORT int awm_exec_again(struct awm_session *s, int64_t execution,
			      struct awm_pool *pool,
			      struct awm_exec_spec *spec);

#endif
