/* SPDX-License-Identifier: MIT */
/* Actions that leave the database: prompts and commands. */
#include <awm/exec.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/automation.h"
#include "domain/pool.h"
#include "domain/provider_try.h"
#include "entity/entity.h"

#define COMMAND_MS     INT64_C(600000)
#define COMMAND_OUTPUT ((size_t)65536)
#define ARGV_MAX       256
#define INPUTS_MAX     200

static int tell(cJSON *out, const char *key, cJSON *node)
{
	if (node && cJSON_AddItemToObject(out, key, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

static int tell_text(cJSON *out, const char *key, const char *text)
{
	return tell(out, key,
		    text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static cJSON *strings(const char *const *list)
{
	cJSON *array = cJSON_CreateArray();

	for (; array && *list; list++) {
		cJSON *item = cJSON_CreateString(*list);
		if (!item || !cJSON_AddItemToArray(array, item)) {
			cJSON_Delete(item);
			cJSON_Delete(array);
			return NULL;
		}
	}
	return array;
}

/* ---- exec.run ---- */

static int number_param(struct running *r, const cJSON *params, const char *key,
			double *ret, bool *has)
{
	const char *text = automation_text(r, params, key);
	_cleanup_json_ cJSON *node = NULL;

	*has = text && *text;
	if (!*has)
		return 0;
	if (json_parse(text, strlen(text), &node) || !cJSON_IsNumber(node))
		return err_set(AWM_INVALID, "%s: want a number", key);
	*ret = node->valuedouble;
	return 0;
}

static int read_numbers(struct running *r, const cJSON *params,
			struct awm_exec_spec *spec, struct awm_exec_opts *opts)
{
	double tokens = 0;
	bool has = false;
	int rc = number_param(r, params, "maxTokens", &tokens, &has);

	if (!rc && has && (tokens < 1 || tokens > 1e9))
		return err_set(AWM_INVALID, "maxTokens: want 1 or more");
	spec->max_tokens = (int64_t)tokens;
	if (!rc)
		rc = number_param(r, params, "temperature", &spec->temperature,
				  &spec->has_temperature);
	if (!rc)
		rc = number_param(r, params, "maxCost", &opts->max_cost,
				  &opts->has_max_cost);
	if (!rc && opts->has_max_cost && opts->max_cost < 0)
		return err_set(AWM_INVALID, "maxCost: want 0 or more");
	return rc;
}

static int read_inputs(struct running *r, const cJSON *params,
		       const char **inputs, size_t *n)
{
	const cJSON *object = json_get(params, "input"), *node;

	cJSON_ArrayForEach(node, object)
	{
		const char *value = automation_text(r, object, node->string);
		if (*n == INPUTS_MAX)
			return err_set(AWM_INVALID, "input: want at most %d",
				       INPUTS_MAX);
		inputs[*n] = arena_printf(pool_arena(r->pool), "%s=%s",
					  node->string, value ? value : "");
		if (!inputs[(*n)++])
			return -AWM_NOMEM;
	}
	return 0;
}

static int show_request(struct running *r, const struct awm_exec_spec *spec,
			const struct awm_exec_opts *opts, cJSON *out)
{
	struct awm_exec_request q;
	int rc = awm_exec_preview(r->session, spec, opts, r->pool, &q);

	if (rc)
		return rc;
	if (q.argv) {
		rc = tell(out, "argv", strings(q.argv));
		return rc ? rc : tell_text(out, "stdin", q.input);
	}
	rc = tell_text(out, "method", q.method);
	if (!rc)
		rc = tell_text(out, "url", q.url);
	return rc ? rc : tell_text(out, "body", q.body);
}

/* The answer is kept with the execution; what the log says of it is which. */
static int run_prompt(struct running *r, const struct awm_exec_spec *spec,
		      const struct awm_exec_opts *opts, cJSON *out)
{
	const struct awm_exec_hooks none = {0};
	struct awm_exec_result result = {0};
	int rc = awm_exec_run(r->session, spec, 1, opts, &none, r->pool,
			      &result),
	    told = 0;

	if (result.execution) {
		struct awm_error kept = *awm_error_last();
		told = tell(out, "executionId",
			    cJSON_CreateNumber((double)result.execution));
		if (!told && result.row)
			told = tell_text(out, "status",
					 awm_record_text(result.row, "status"));
		if (rc)
			err_set(kept.code, "%s", kept.message);
	}
	return rc ? rc : told;
}

static int exec_run(struct running *r, const cJSON *params, cJSON *out)
{
	const char *inputs[INPUTS_MAX];
	struct awm_exec_spec spec = {
		.inputs = inputs,
		.provider = automation_text(r, params, "provider"),
		.model = automation_text(r, params, "model"),
	};
	struct awm_exec_opts opts = {.no_stream = true};
	int rc = automation_ref(r, params, "task", &entity_task, r->task,
				&spec.task);

	if (!rc && automation_text(r, params, "skill"))
		rc = automation_ref(r, params, "skill", &entity_skill, 0,
				    &spec.skill);
	if (!rc)
		rc = read_numbers(r, params, &spec, &opts);
	if (!rc)
		rc = read_inputs(r, params, inputs, &spec.ninputs);
	if (!rc)
		rc = tell(out, "taskId", cJSON_CreateNumber((double)spec.task));
	if (rc)
		return rc;
	return r->rehearsal ? show_request(r, &spec, &opts, out)
			    : run_prompt(r, &spec, &opts, out);
}

/* ---- command.run ---- */

/* A database is untrusted: what it wants to run is run only where this machine
 * says so. */
static int require_allowed(const struct awm_session *s)
{
	if (s->config && awm_config_bool(s->config, "automate.allowCommands"))
		return 0;
	err_set(AWM_DENIED,
		"this machine does not run commands of automations");
	return err_hint("awm config set automate.allowCommands true");
}

/* {"type","timestamp","data"…} and what templates see beside it. */
static int make_stdin(struct running *r, struct buf *out)
{
	_cleanup_buf_ struct buf data = {0};
	struct jsonw w = {.out = out};
	const cJSON *node;

	jsonw_object(&w);
	cJSON_ArrayForEach(node, r->data)
	{
		buf_truncate(&data, 0);
		json_print(&data, node);
		jsonw_key(&w, node->string);
		jsonw_raw(&w, buf_str(&data), data.len);
	}
	jsonw_end_object(&w);
	if (data.failed)
		return -AWM_NOMEM;
	buf_addc(out, '\n');
	return buf_check(out);
}

static int run_command(struct running *r, const char *const *argv,
		       const char *input, cJSON *out)
{
	const char *text = NULL;
	size_t len;
	int rc = provider_try_command(r->session, argv, input, COMMAND_MS,
				      pool_arena(r->pool), &text);

	if (rc)
		return rc;
	len = strlen(text);
	if (len <= COMMAND_OUTPUT)
		return tell_text(out, "stdout", text);
	/* not within a character */
	for (len = COMMAND_OUTPUT;
	     len && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	text = arena_strndup(pool_arena(r->pool), text, len);
	rc = text ? tell_text(out, "stdout", text) : -AWM_NOMEM;
	return rc ? rc : tell(out, "cut", cJSON_CreateTrue());
}

static int command_run(struct running *r, const cJSON *params, cJSON *out)
{
	const char *argv[ARGV_MAX + 1] = {0};
	_cleanup_buf_ struct buf input = {0};
	const cJSON *node;
	size_t n = 0;
	int rc = require_allowed(r->session);

	cJSON_ArrayForEach(node, json_get(params, "argv"))
	{
		if (n == ARGV_MAX || !cJSON_IsString(node))
			return err_set(AWM_INVALID,
				       "argv: want texts, at most %d",
				       ARGV_MAX);
		argv[n++] = node->valuestring;
	}
	if (!rc && (!n || !*argv[0]))
		rc = err_set(AWM_INVALID, "argv: there is no command in it");
	if (!rc)
		rc = tell(out, "argv", strings(argv));
	if (!rc)
		rc = make_stdin(r, &input);
	if (rc)
		return rc;
	return r->rehearsal ? tell_text(out, "stdin", input.s)
			    : run_command(r, argv, input.s, out);
}

int automation_do_outside(struct running *r, const char *type,
			  const cJSON *params, cJSON *out)
{
	return !strcmp(type, "exec.run") ? exec_run(r, params, out)
					 : command_run(r, params, out);
}
