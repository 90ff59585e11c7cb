// SPDX-License-Identifier: MIT
/* Everything about a run that can be known before anything leaves. */
#include <string.h>

#include "base/err.h"
#include "domain/exec.h"
#include "domain/execution_run.h"
#include "entity/store.h"
#include "jsonschema/jsonschema.h"

#define OPTIONS_MAX   ((int64_t)1 << 40)
#define RETRIES_MAX   100
#define JOBS_MAX      256
#define HEADERS_MORE  32    /* of one's own */
#define ANTHROPIC_MAX 21333 /* tokens, above which it wants to stream */

/* ---- what all runs have in common ---- */

static int64_t configured(const struct exec *x, const char *key, int64_t dflt)
{
	const struct awm_config *config = x->session->config;

	return config && awm_config_get(config, key)
		       ? awm_config_int(config, key)
		       : dflt;
}

static int check_opts(const struct awm_exec_opts *o)
{
	if (o->has_max_cost && !(o->max_cost >= 0 && o->max_cost <= 1e12))
		return err_set(AWM_USAGE,
			       "max cost: want an amount in US dollars");
	if (o->timeout_ms < 0 || o->timeout_ms > OPTIONS_MAX)
		return err_set(AWM_USAGE, "timeout: want a time");
	if (o->has_retries && (o->retries < 0 || o->retries > RETRIES_MAX))
		return err_set(AWM_USAGE, "retries: want a number up to %d",
			       RETRIES_MAX);
	if (o->jobs < 0 || o->jobs > JOBS_MAX)
		return err_set(AWM_USAGE, "jobs: want a number up to %d",
			       JOBS_MAX);
	return 0;
}

int exec_settle_opts(struct exec *x)
{
	const struct awm_exec_opts *o = x->opts;
	int rc = check_opts(o);

	if (rc)
		return rc;
	x->timeout_ms = o->timeout_ms
				? o->timeout_ms
				: configured(x, "exec.timeout", 600) * 1000;
	x->idle_ms = configured(x, "exec.idleTimeout", 60) * 1000;
	x->retries =
		o->has_retries ? o->retries : configured(x, "exec.retries", 2);
	x->jobs_max =
		(size_t)(o->jobs ? o->jobs : configured(x, "exec.jobs", 4));
	if (x->jobs_max < 1)
		x->jobs_max = 1;
	x->proxy = provider_proxy(x->session);
	return 0;
}

/* ---- the prompt ---- */

static const char *column(const struct awm_record *row, size_t field)
{
	const struct awm_value *v = &row->values[field];

	return v->kind == AWM_TEXT && v->len ? v->s : NULL;
}

/* What repeats a run was rendered over the same. */
static int same_context(struct exec_job *job)
{
	struct awm_record *row;
	int rc = store_get(job->exec->session->db, &entity_execution,
			   job->spec->retry_of, &job->arena, &row);

	if (!rc)
		job->prompt.context = column(row, EXECUTION_context);
	return rc;
}

static int prompt_as_given(struct exec_job *job, const struct awm_record *task)
{
	struct awm_record *project;
	int rc = job->spec->retry_of ? same_context(job) : 0;

	if (rc)
		return rc;
	job->prompt.text = job->spec->prompt;
	job->prompt.provider = column(task, TASK_aiProvider);
	if (job->prompt.provider)
		return 0;
	rc = store_get(job->exec->session->db, &entity_project, job->project,
		       &job->arena, &project);
	if (!rc)
		job->prompt.provider = column(project, PROJECT_aiProvider);
	return rc;
}

static int prompt_of_template(struct exec_job *job)
{
	_cleanup_json_ cJSON *inputs = NULL;
	int rc = exec_input(job->exec->session, job->spec, &inputs);

	if (!rc)
		rc = prompt_build(job->exec->session, job->spec->task,
				  job->spec->skill, inputs, &job->arena,
				  &job->prompt);
	return rc;
}

static int check_spec(const struct awm_exec_spec *spec)
{
	if (!spec->task)
		return err_set(AWM_USAGE, "a run wants a task");
	if (spec->max_tokens < 0 || spec->max_tokens > OPTIONS_MAX)
		return err_set(AWM_USAGE, "max tokens: want a positive number");
	if (spec->has_temperature &&
	    !(spec->temperature >= 0 && spec->temperature <= 2))
		return err_set(AWM_USAGE,
			       "temperature: want a number from 0 to 2");
	return 0;
}

static int find_task(struct exec_job *job, struct awm_record **ret)
{
	struct awm_session *s = job->exec->session;
	struct awm_record *row;
	int64_t number;
	int rc = check_spec(job->spec);

	if (!rc)
		rc = execution_task(s, job->spec->task, &number);
	if (!rc)
		rc = store_get(s->db, &entity_task, job->spec->task,
			       &job->arena, &row);
	if (rc)
		return rc;
	job->project = row->values[TASK_projectId].i;
	job->order = row->values[TASK_order].i;
	job->serial = value_is(&row->values[TASK_executionType], "serial");
	*ret = row;
	return 0;
}

static int find_prompt(struct exec_job *job, const struct awm_record *task)
{
	int rc = job->spec->prompt ? prompt_as_given(job, task)
				   : prompt_of_template(job);

	if (!rc && !*job->prompt.text)
		return err_set(AWM_INVALID, "task %lld: the prompt is empty",
			       (long long)job->spec->task);
	return rc;
}

static int find_schema(struct exec_job *job)
{
	const struct awm_exec_spec *spec = job->spec;
	int rc = 0;

	if (spec->schema) {
		rc = json_parse(spec->schema, strlen(spec->schema),
				&job->schema);
		job->schema_name =
			spec->schema_name ? spec->schema_name : "answer";
	} else {
		job->schema = job->prompt.output_schema;
		job->prompt.output_schema = NULL;
		job->schema_name = job->prompt.schema_name;
	}
	if (!rc && job->schema)
		rc = jsonschema_check(job->schema);
	return rc ? err_context("the schema of the answer") : 0;
}

/* ---- where it goes ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int find_model(struct exec_job *job)
{
	job->model = job->access.model;
	if (!job->model && job->access.command)
		job->model = base_name(job->access.command[0]);
	if (job->model && *job->model)
		return 0;
	err_set(AWM_INVALID, "no model is named for '%s'",
		job->access.provider);
	return err_hint("give --model; awm provider models %s lists them",
			job->access.provider);
}

static int find_access(struct exec_job *job)
{
	const struct awm_exec_spec *spec = job->spec;
	const char *provider =
		spec->provider ? spec->provider : job->prompt.provider;
	int rc = provider_resolve(job->exec->session, provider, spec->model,
				  spec->base_url, job->project, &job->arena,
				  &job->access);

	return rc ? rc : find_model(job);
}

static bool must_stream(const struct exec_job *job)
{
	return !job->exec->opts->no_stream ||
	       (job->access.wire == WIRE_ANTHROPIC &&
		job->max_tokens > ANTHROPIC_MAX);
}

static int build_request(struct exec_job *job)
{
	struct provider_message message = {.turn = TURN_USER,
					   .text = job->prompt.text};
	struct provider_request request = {
		.system = job->spec->system,
		.messages = &message,
		.nmessages = 1,
		.max_tokens = job->max_tokens,
		.has_temperature = job->spec->has_temperature,
		.temperature = job->spec->temperature,
		.schema = job->schema,
		.schema_name = job->schema_name,
	};

	provider_access_request(&job->access, &request);
	request.model = job->model;
	job->stream = request.stream = must_stream(job);
	return provider_build(&request, &job->arena, &job->http);
}

static int make_headers(struct exec_job *job)
{
	size_t n = job->http.nheaders;

	job->headers = arena_array(&job->arena, n + 1, sizeof(*job->headers));
	if (!job->headers)
		return -AWM_NOMEM;
	for (; job->nheaders < n; job->nheaders++)
		job->headers[job->nheaders] = (struct net_header){
			job->http.headers[job->nheaders].name,
			job->http.headers[job->nheaders].value};
	return 0;
}

/* A command has no place of its own for a system prompt. */
static int make_input(struct exec_job *job)
{
	const char *system = job->spec->system;

	job->input = job->prompt.text;
	if (system && *system)
		job->input = arena_printf(&job->arena, "%s\n\n%s", system,
					  job->prompt.text);
	return job->input ? 0 : -AWM_NOMEM;
}

int exec_build(struct exec_job *job)
{
	int rc;

	if (job->access.command)
		return make_input(job);
	rc = build_request(job);
	if (!rc)
		rc = make_headers(job);
	return rc ? rc
		  : mask_init(&job->mask, job->access.key, job->access.key_len);
}

int exec_prepare(struct exec_job *job)
{
	struct awm_record *task = NULL;
	int rc = find_task(job, &task);

	if (!rc)
		rc = find_prompt(job, task);
	if (!rc)
		rc = find_schema(job);
	return rc ? rc : find_access(job);
}

/* Keys are in the headers as well. */
static void wipe_headers(struct exec_job *job)
{
	for (size_t i = 0; i < job->nheaders; i++)
		explicit_bzero((char *)job->headers[i].value,
			       strlen(job->headers[i].value));
	job->nheaders = 0;
}

void exec_job_release(struct exec_job *job)
{
	provider_reader_free(job->reader);
	process_free(job->process);
	wipe_headers(job);
	mask_release(&job->mask);
	provider_access_wipe(&job->access);
	job->access = (struct provider_access){0};
	cJSON_Delete(job->schema);
	cJSON_Delete(job->prompt.output_schema);
	buf_release(&job->out);
	arena_release(&job->arena);
	job->reader = NULL;
	job->process = NULL;
	job->schema = NULL;
	job->prompt.output_schema = NULL;
	job->headers = NULL;
	job->http = (struct provider_http){0};
}
