/* SPDX-License-Identifier: MIT */
#ifndef AWM_PROVIDER_H
#define AWM_PROVIDER_H

#include <awm/request.h>
#include <awm/write.h>

/*
 * AI providers: openai, anthropic, google, and local, which is a server that
 * speaks OpenAI's Chat Completions or Ollama's API, or a command. Each works
 * with the vendor's own environment variables and no set-up; configurations
 * (rows of the entity "provider") say more: a key, an address, a default
 * model, one set for each team.
 *
 * Keys are sealed before they are stored, and are shown as "set" or "unset"
 * only. A database is untrusted: a key goes to the vendor's own host, or to an
 * address that this machine's configuration knows (provider.trust), and
 * command lines live in provider.local.command there and nowhere else. Adding
 * and changing configurations writes both. It takes an admin.
 */

/* openai, anthropic, google, local; NULL-terminated. */
AWM_EXPORT extern const char *const awm_providers[];

struct awm_provider_opts {
	const char *key; /* NULL: leave what is there. Borrowed; the caller
			    wipes it */
	bool remove_key;
	const char *command; /* of local; NULL: leave */
	const char *flavor;  /* of local: "ollama", or "openai"; NULL: leave */
	/* Where provider.trust and provider.local.command are written; NULL:
	 * nowhere, and what needs it is AWM_DENIED. */
	struct awm_config *config;
};

/* Adds a configuration; without a name in `sets` it is called as the
 * provider. AWM_CONFLICT when the name is taken, AWM_INVALID for an address, a
 * variable, a flavor or a command that cannot be. */
AWM_EXPORT int awm_provider_add(struct awm_session *s, const char *provider,
				const struct awm_set *sets, size_t n,
				const struct awm_provider_opts *opts,
				struct awm_pool *pool, struct awm_record **ret);
/* `edit` may be NULL. */
AWM_EXPORT int awm_provider_edit(struct awm_session *s, int64_t id,
				 const struct awm_set *sets, size_t n,
				 const struct awm_provider_opts *opts,
				 const struct awm_edit_opts *edit,
				 struct awm_pool *pool,
				 struct awm_record **ret);

/* What is asked; borrowed. */
struct awm_provider_query {
	const char *provider; /* a word, or the name or id of a configuration;
				 NULL: the one that exec would take */
	const char *model;    /* NULL: the default one */
	const char *base_url; /* NULL: the configured one */
	int64_t timeout_ms;   /* 0: 60 s */
};

/*
 * Both go over the network: AWM_REMOTE for what goes wrong there, with a hint;
 * AWM_DENIED without a key, AWM_INTERRUPTED by awm_session_interrupt(). Not
 * inside a transaction. Commands cannot be asked for models: AWM_INVALID.
 *
 * models: calls fn with each: model, provider, isDefault, inputPrice,
 * outputPrice (US dollars per million tokens; null: not known).
 * test: calls fn with one row: provider, name (of the configuration), baseUrl,
 * keySource, model, servedModel, response, latencyMs, models (how many there
 * are, of a local server without a model, which is only asked for them), cost
 * (null: not known).
 */
AWM_EXPORT int awm_provider_models(struct awm_session *s,
				   const struct awm_provider_query *query,
				   awm_row_fn *fn, void *ctx);
AWM_EXPORT int awm_provider_test(struct awm_session *s,
				 const struct awm_provider_query *query,
				 awm_row_fn *fn, void *ctx);

/* What either would send, keys as ***; nothing is sent. In the pool. */
AWM_EXPORT int awm_provider_preview(struct awm_session *s,
				    const struct awm_provider_query *query,
				    bool test, struct awm_pool *pool,
				    struct awm_exec_request *ret);

#endif
