// SPDX-License-Identifier: MIT
/* The variables that the vendors' own programs read. */
#include <stdlib.h>
#include <string.h>

#include "domain/provider.h"

const char *provider_env_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool take_key(struct provider_env *e, const char *name)
{
	const char *value = provider_env_get(name);

	if (!value || e->key)
		return value != NULL;
	e->key = value;
	e->key_name = name;
	return true;
}

static void read_openai(struct provider_env *e)
{
	take_key(e, "OPENAI_API_KEY");
	e->base_url = provider_env_get("OPENAI_BASE_URL");
	e->organization = provider_env_get("OPENAI_ORG_ID");
	e->project = provider_env_get("OPENAI_PROJECT_ID");
	e->custom_headers = provider_env_get("OPENAI_CUSTOM_HEADERS");
}

static void read_anthropic(struct provider_env *e)
{
	bool key = take_key(e, "ANTHROPIC_API_KEY");

	/* The API refuses both together. */
	if (take_key(e, "ANTHROPIC_AUTH_TOKEN") && key)
		e->warning = "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are "
			     "both set: the first is used";
	e->key_is_token = e->key && !key;
	e->base_url = provider_env_get("ANTHROPIC_BASE_URL");
	e->custom_headers = provider_env_get("ANTHROPIC_CUSTOM_HEADERS");
}

static void read_google(struct provider_env *e)
{
	bool key = take_key(e, "GOOGLE_API_KEY");

	if (take_key(e, "GEMINI_API_KEY") && key)
		e->warning = "GOOGLE_API_KEY and GEMINI_API_KEY are both set: "
			     "the first is used";
	e->base_url = provider_env_get("GOOGLE_GEMINI_BASE_URL");
}

/* A key of Ollama is for its own host only; the others are what a server was
 * told to ask for. */
static void read_local(struct provider_env *e)
{
	take_key(e, "LLAMA_API_KEY");
	take_key(e, "VLLM_API_KEY");
}

void provider_env_read(const char *provider, struct provider_env *ret)
{
	*ret = (struct provider_env){0};
	if (!strcmp(provider, "openai"))
		read_openai(ret);
	else if (!strcmp(provider, "anthropic"))
		read_anthropic(ret);
	else if (!strcmp(provider, "google"))
		read_google(ret);
	else
		read_local(ret);
}

const char *provider_env_names(const char *provider)
{
	if (!strcmp(provider, "openai"))
		return "OPENAI_API_KEY";
	if (!strcmp(provider, "anthropic"))
		return "ANTHROPIC_API_KEY";
	if (!strcmp(provider, "google"))
		return "GEMINI_API_KEY";
	return "OLLAMA_HOST";
}
