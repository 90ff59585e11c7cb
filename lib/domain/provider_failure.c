// SPDX-License-Identifier: MIT
/* What went wrong with a provider, in the words of an error. */
#include <string.h>

#include "base/err.h"
#include "base/mask.h"
#include "domain/provider.h"

static int hint_key(const struct provider_access *access)
{
	if (!access->key_source)
		return err_hint("the server wants a key: awm provider add "
				"local --base-url URL --stdin");
	if (access->config && !strncmp(access->key_source, "provider ", 9))
		return err_hint("check the key: awm provider edit %lld --stdin",
				(long long)access->config);
	return err_hint("check the key in %s", access->key_source);
}

static int hint_not_found(const struct provider_access *access)
{
	if (access->flavor && access->model)
		return err_hint("ollama pull %s", access->model);
	return err_hint("'awm provider models %s' lists what there is",
			access->config_name ? access->config_name
					    : access->provider);
}

static int hint_network(const struct provider_access *access)
{
	if (access->flavor && !strcmp(access->flavor, "ollama"))
		return err_hint("is it running? ollama serve (%s)",
				access->base_url);
	if (!strcmp(access->provider, "local"))
		return err_hint("is the server at %s running?",
				access->base_url ? access->base_url : "");
	return err_hint("is %s reachable?", access->base_url);
}

static int hint_later(const struct provider_error *error)
{
	if (error->retry_after_ms < 0)
		return err_hint("try again later");
	return err_hint("try again in %lld s",
			(long long)((error->retry_after_ms + 999) / 1000));
}

static int hint(const struct provider_access *access,
		const struct provider_error *error)
{
	switch (error->class) {
	case CLASS_AUTH:
		return hint_key(access);
	case CLASS_BILLING:
		return err_hint("the account at %s has no credit left, or a "
				"limit is reached",
				access->provider);
	case CLASS_NOT_FOUND:
		return hint_not_found(access);
	case CLASS_TOO_LARGE:
		return err_hint("shorten the prompt, or take a model with a "
				"larger window");
	case CLASS_RATE_LIMITED:
	case CLASS_OVERLOADED:
		return hint_later(error);
	case CLASS_NETWORK:
		return hint_network(access);
	case CLASS_TIMEOUT:
		return err_hint("a longer --timeout may help");
	default:
		return -AWM_REMOTE;
	}
}

int provider_failure(const struct provider_access *access,
		     const struct provider_error *error)
{
	_cleanup_buf_ struct buf message = {0};
	const char *class = provider_class_word(error->class);
	const char *text = error->message ? error->message : "no message";

	if (mask_text(access->key, access->key_len, text, strlen(text),
		      &message))
		return -AWM_NOMEM;
	err_set(AWM_REMOTE, "%s: %s: %s", access->provider,
		class ? class : "error", buf_str(&message));
	return hint(access, error);
}
