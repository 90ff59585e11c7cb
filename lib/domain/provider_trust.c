// SPDX-License-Identifier: MIT
/* Which addresses keys may be sent to. */
#include <string.h>

#include "base/err.h"
#include "domain/provider.h"

enum provider_wire provider_wire_of(const char *provider, const char *flavor)
{
	if (!strcmp(provider, "openai"))
		return WIRE_OPENAI_RESPONSES;
	if (!strcmp(provider, "anthropic"))
		return WIRE_ANTHROPIC;
	if (!strcmp(provider, "google"))
		return WIRE_GOOGLE;
	return flavor && !strcmp(flavor, "ollama") ? WIRE_OLLAMA
						   : WIRE_OPENAI_CHAT;
}

static bool ends(const char *s, const char *with)
{
	size_t len = strlen(s), n = strlen(with);

	return len >= n && !strcmp(s + len - n, with);
}

/* "https://HOST:443", also one of OpenAI's regions. */
static bool is_vendor_origin(const char *provider, const char *origin)
{
	if (!strcmp(provider, "openai"))
		return !strcmp(origin, "https://api.openai.com:443") ||
		       (!strncmp(origin, "https://", 8) &&
			ends(origin, ".api.openai.com:443"));
	if (!strcmp(provider, "anthropic"))
		return !strcmp(origin, "https://api.anthropic.com:443");
	if (!strcmp(provider, "google"))
		return !strcmp(origin, "https://generativelanguage."
				       "googleapis.com:443");
	return !strcmp(origin, "https://ollama.com:443");
}

bool provider_is_vendor(const char *provider, const char *base_url)
{
	struct arena a = {0};
	const char *origin = provider_url_origin(base_url, &a);
	bool is = origin && is_vendor_origin(provider, origin);

	arena_release(&a);
	return is;
}

bool provider_is_loopback(const char *base_url)
{
	struct arena a = {0};
	const char *host = provider_url_host(base_url, &a);
	bool is =
		host && (!strcmp(host, "localhost") ||
			 !strcmp(host, "127.0.0.1") || !strcmp(host, "[::1]"));

	arena_release(&a);
	return is;
}

/* Whether the list, separated by blanks, has the origin. */
static bool has_origin(const char *list, const char *origin)
{
	size_t len = strlen(origin);

	while (list && *list) {
		struct arena a = {0};
		size_t n = strcspn(list, " \t,");
		const char *word = arena_strndup(&a, list, n);
		const char *it = word ? provider_url_origin(word, &a) : NULL;
		bool same = it && strlen(it) == len && !strcmp(it, origin);

		arena_release(&a);
		if (same)
			return true;
		list += n;
		list += strspn(list, " \t,");
	}
	return false;
}

bool provider_is_trusted(const struct awm_session *s, const char *base_url)
{
	struct arena a = {0};
	const char *origin = provider_url_origin(base_url, &a);
	bool is =
		origin && s->config &&
		has_origin(awm_config_get(s->config, "provider.trust"), origin);

	arena_release(&a);
	return is;
}

int provider_trust(struct awm_config *config, const char *base_url)
{
	_cleanup_(arena_release) struct arena a = {0};
	const char *origin = provider_url_origin(base_url, &a);
	const char *list =
		config ? awm_config_get(config, "provider.trust") : NULL;
	const char *more;

	if (!origin)
		return -AWM_NOMEM;
	if (!config || has_origin(list, origin))
		return 0;
	more = arena_printf(&a, "%s%s%s", list ? list : "", list ? " " : "",
			    origin);
	return more ? awm_config_set(config, "provider.trust", more)
		    : -AWM_NOMEM;
}

const char *provider_proxy(const struct awm_session *s)
{
	const char *proxy =
		s->config ? awm_config_get(s->config, "exec.proxy") : NULL;

	return proxy && !strcmp(proxy, "environment") ? "" : proxy;
}
