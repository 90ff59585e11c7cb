// SPDX-License-Identifier: MIT
/* What is asked, where, and with which key. */
#include <string.h>

#include "base/err.h"
#include "domain/provider_resolve.h"
#include "domain/secret.h"
#include "edge/vault.h"
#include "entity/store.h"

#define WARNINGS_MAX 4

static void warn(struct resolving *r, const char *warning)
{
	if (warning && r->access->nwarnings < WARNINGS_MAX)
		r->warnings[r->access->nwarnings++] = warning;
}

/* ---- where ---- */

static int take_url(struct resolving *r, const char *url, bool by_person)
{
	int rc = provider_url_check(url);

	if (rc)
		return rc;
	r->access->base_url = arena_strdup(r->a, url);
	r->named = by_person;
	return r->access->base_url ? 0 : -AWM_NOMEM;
}

static bool is_local(const struct resolving *r)
{
	return !strcmp(r->word, "local");
}

/* Ollama, wherever it listens; 11434 on this machine without a word of it. */
static int take_ollama(struct resolving *r)
{
	const char *host = provider_env_get("OLLAMA_HOST");
	const char *url = provider_ollama_url(host ? host : "", r->a);

	r->access->flavor = "ollama";
	if (!url)
		return -AWM_NOMEM;
	return take_url(r, url, true);
}

static int take_address(struct resolving *r)
{
	const struct provider_config *c = r->config;
	int rc;

	r->access->flavor = c ? c->flavor : NULL;
	if (r->base_url)
		return take_url(r, r->base_url, true);
	if (c && c->base_url) {
		rc = take_url(r, c->base_url, false);
		r->named = provider_is_vendor(r->word, c->base_url) ||
			   provider_is_trusted(r->s, c->base_url);
		return rc ? err_context("provider '%s'", c->name) : 0;
	}
	if (is_local(r) && (!c || !c->flavor || !strcmp(c->flavor, "ollama")))
		return take_ollama(r);
	if (r->env.base_url)
		return take_url(r, r->env.base_url, true);
	return take_url(r,
			provider_default_url(
				provider_wire_of(r->word, r->access->flavor)),
			true);
}

static int take_command(struct resolving *r)
{
	const char *line =
		r->s->config ? awm_config_get(r->s->config, "provider.local."
							    "command")
			     : NULL;

	if (!line) {
		err_set(AWM_DENIED,
			"this machine has no command for the provider '%s'",
			r->config ? r->config->name : r->word);
		return err_hint("a database cannot name one: awm config set "
				"provider.local.command 'COMMAND …'");
	}
	return provider_split_command(line, r->a, &r->access->command);
}

static bool wants_command(const struct resolving *r)
{
	if (!is_local(r) || r->base_url)
		return false;
	if (r->config)
		return r->config->command;
	return r->s->config &&
	       awm_config_get(r->s->config, "provider.local.command");
}

/* ---- with which key ---- */

static int keep_key(struct resolving *r, const char *key, size_t len,
		    const char *source)
{
	r->access->key = arena_strndup(r->a, key, len);
	r->access->key_len = len;
	r->access->key_source = arena_strdup(r->a, source);
	return r->access->key && r->access->key_source ? 0 : -AWM_NOMEM;
}

static int key_of_row(struct resolving *r)
{
	const struct provider_config *c = r->config;
	const char *source =
		arena_printf(r->a, "provider %lld", (long long)c->id);
	char *plain;
	size_t len;
	int rc = source ? secret_read(r->s, &entity_provider, c->id,
				      PROVIDER_api_key, r->a, &plain, &len)
			: -AWM_NOMEM;

	if (rc == -AWM_DENIED)
		err_context("the key of the provider '%s'", c->name);
	if (rc)
		return rc;
	r->access->key = plain;
	r->access->key_len = len;
	r->access->key_source = source;
	return 0;
}

static int key_of_variable(struct resolving *r)
{
	const char *name = r->config->key_env;
	const char *value = provider_env_get(name);

	if (value)
		return keep_key(r, value, strlen(value), name);
	err_set(AWM_DENIED,
		"the provider '%s' takes its key from %s, which is not set",
		r->config->name, name);
	return err_hint("export %s=…, or awm provider edit %lld --stdin", name,
			(long long)r->config->id);
}

static int no_key(const struct resolving *r)
{
	const char *names = provider_env_names(r->word);

	err_set(AWM_DENIED, "no key for the provider '%s'",
		r->config ? r->config->name : r->word);
	if (r->config)
		return err_hint("set %s, or awm provider edit %lld --stdin",
				names, (long long)r->config->id);
	return err_hint("set %s, or awm provider add %s --stdin", names,
			r->word);
}

static int key_of_env(struct resolving *r)
{
	const struct provider_env *e = &r->env;
	int rc;

	if (is_local(r) && provider_is_vendor("local", r->access->base_url)) {
		const char *key = provider_env_get("OLLAMA_API_KEY");

		return key ? keep_key(r, key, strlen(key), "OLLAMA_API_KEY")
			   : 0;
	}
	if (!e->key)
		return is_local(r) ? 0 : no_key(r);
	/* Nobody asked for this one: it stays where it is meant to be. */
	if (is_local(r) &&
	    (r->access->wire == WIRE_OLLAMA ||
	     !(r->named || provider_is_loopback(r->access->base_url))))
		return 0;
	warn(r, e->warning);
	rc = keep_key(r, e->key, strlen(e->key), e->key_name);
	r->access->key_is_token = e->key_is_token;
	return rc;
}

static int take_key(struct resolving *r)
{
	if (r->config && r->config->has_key)
		return key_of_row(r);
	if (r->config && r->config->key_env)
		return key_of_variable(r);
	return key_of_env(r);
}

/* A planted row could have keys sent to whoever planted it. */
static int check_trust(struct resolving *r)
{
	const char *host;
	bool would =
		(r->config && (r->config->has_key || r->config->key_env)) ||
		!is_local(r);

	if (r->named || !would)
		return 0;
	host = provider_url_host(r->access->base_url, r->a);
	err_set(AWM_DENIED,
		"the database would have a key sent to '%s', which is not %s's "
		"own host and not known on this machine",
		host ? host : r->access->base_url, r->word);
	return err_hint("if it is meant: awm provider edit %lld --base-url %s",
			(long long)r->config->id, r->access->base_url);
}

static bool may_be_private(const struct resolving *r)
{
	if (is_local(r))
		return true;
	if (provider_is_vendor(r->word, r->access->base_url))
		return false;
	return r->named ||
	       (r->s->config &&
		awm_config_bool(r->s->config, "provider.allowPrivate"));
}

static int take_server(struct resolving *r)
{
	struct provider_access *access = r->access;
	int rc = take_address(r);

	if (rc)
		return rc;
	access->wire = provider_wire_of(r->word, access->flavor);
	access->is_openai = !strcmp(r->word, "openai") &&
			    provider_is_vendor("openai", access->base_url);
	access->private_ok = may_be_private(r);
	rc = check_trust(r);
	if (!rc)
		rc = take_key(r);
	if (rc || !r->named)
		return rc;
	access->organization = r->env.organization;
	access->project = r->env.project;
	access->custom_headers = r->env.custom_headers;
	return 0;
}

static const char *model_of(const struct resolving *r)
{
	if (r->model)
		return r->model;
	if (r->config && r->config->model)
		return r->config->model;
	return r->access->command ? NULL
				  : provider_default_model(r->access->wire);
}

static int fill(struct resolving *r)
{
	struct provider_access *access = r->access;
	const char *model;
	int rc;

	access->provider = r->word;
	access->settings = "{}";
	access->warnings = r->warnings;
	if (r->config) {
		access->config = r->config->id;
		access->config_name = r->config->name;
		access->settings = r->config->settings;
	}
	provider_env_read(r->word, &r->env);
	rc = wants_command(r) ? take_command(r) : take_server(r);
	if (rc)
		return rc;
	model = model_of(r);
	access->model = model ? arena_strdup(r->a, model) : NULL;
	return model && !access->model ? -AWM_NOMEM : 0;
}

static int team_of(struct awm_session *s, int64_t project, struct arena *a,
		   int64_t *ret)
{
	struct awm_record *row;
	int rc;

	*ret = 0;
	if (!project)
		return 0;
	rc = store_get(s->db, &entity_project, project, a, &row);
	if (!rc && row->values[PROJECT_teamId].kind == AWM_INT)
		*ret = row->values[PROJECT_teamId].i;
	return rc;
}

int provider_resolve(struct awm_session *s, const char *provider,
		     const char *model, const char *base_url, int64_t project,
		     struct arena *a, struct provider_access *ret)
{
	struct provider_access access = {0};
	struct resolving r = {
		.s = s,
		.a = a,
		.asked = provider,
		.model = model,
		.base_url = base_url,
		.access = &access,
		.warnings = arena_array(a, WARNINGS_MAX, sizeof(char *))};
	int rc = r.warnings ? team_of(s, project, a, &r.team) : -AWM_NOMEM;

	if (!rc)
		rc = provider_configs(s, a, &r.configs, &r.nconfigs);
	if (!rc)
		rc = provider_choose(&r);
	if (!rc)
		rc = fill(&r);
	if (rc) {
		provider_access_wipe(&access);
		return rc;
	}
	*ret = access;
	return 0;
}

void provider_access_wipe(struct provider_access *access)
{
	if (access->key)
		vault_wipe(access->key, access->key_len);
	access->key = NULL;
	access->key_len = 0;
}

void provider_access_request(const struct provider_access *access,
			     struct provider_request *request)
{
	request->wire = access->wire;
	request->base_url = access->base_url;
	request->model = access->model;
	request->key = access->key;
	request->key_is_token = access->key_is_token;
	request->organization = access->organization;
	request->project = access->project;
	request->custom_headers = access->custom_headers;
	request->is_openai = access->is_openai;
}
