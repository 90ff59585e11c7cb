/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PROVIDER_H
#define DOMAIN_PROVIDER_H

#include <awm/provider.h>
#include <stdbool.h>
#include <stdint.h>

#include "domain/mutate.h"
#include "provider/provider.h"

/*
 * What is asked, where, and with which key. A database is untrusted: a row may
 * name an address, but a key goes there only when it is the vendor's own or
 * this machine's configuration holds it (provider.trust, which provider add
 * and edit write); and no row holds a command line.
 */
struct provider_access {
	enum provider_wire wire;
	const char *provider;	 /* openai, anthropic, google, local */
	int64_t config;		 /* row of ai_provider_configs, or 0 */
	const char *config_name; /* NULL without a row */
	const char *base_url;	 /* NULL only with a command */
	const char *model;	 /* NULL: none is known (a local server) */
	char *key;		 /* NULL: none is needed */
	size_t key_len;
	bool key_is_token;
	const char *key_source; /* "OPENAI_API_KEY", "provider 3", or NULL */
	const char *organization, *project;
	const char *custom_headers;  /* "Name: value" lines, or NULL */
	const char *const *command;  /* argv, NULL-terminated; or NULL */
	const char *flavor;	     /* "ollama", or NULL */
	const char *settings;	     /* JSON of the row; "{}" without one */
	bool is_openai;		     /* the host is OpenAI's own */
	bool private_ok;	     /* for net_request.private_ok */
	const char *const *warnings; /* one line each, for stderr */
	size_t nwarnings;
};

/*
 * Finds what to use. `provider`: one of the four words or the name of a
 * configuration, NULL: the user's preference, else the only one there is.
 * `model` and `base_url`: as the person named them, or NULL. `project`: the
 * configurations of its team go before those of no team; 0: none.
 *
 * AWM_NOT_FOUND for a name that is none; AWM_INVALID for a configuration that
 * is disabled and for a malformed address; AWM_DENIED when no key is found,
 * when the key of this machine does not open it, when it may not be sent to
 * that address, and when the command of `local` is not set here. All but the
 * key lives in the arena; the key as well, until provider_access_wipe().
 */
int provider_resolve(struct awm_session *s, const char *provider,
		     const char *model, const char *base_url, int64_t project,
		     struct arena *a, struct provider_access *ret);
/* Overwrites the key. Takes what was never resolved (zeroed), too. */
void provider_access_wipe(struct provider_access *access);

/* Fills in the parts of a request that say where and with what. */
void provider_access_request(const struct provider_access *access,
			     struct provider_request *request);

/* Sets the error for a response that failed: AWM_REMOTE with the class, the
 * message (the key masked) and a hint; AWM_INTERRUPTED is not its business.
 * Returns -AWM_REMOTE. */
int provider_failure(const struct provider_access *access,
		     const struct provider_error *error);

/* Splits a command line into its words as a shell would, quotes and
 * backslashes, but expands nothing. AWM_USAGE for an open quote or none. */
int provider_split_command(const char *line, struct arena *a,
			   const char *const **ret);

/* exec.proxy as net_request.proxy wants it. */
const char *provider_proxy(const struct awm_session *s);

/* ---- within lib/domain/provider*.c ---- */

extern const struct rules provider_rules;

/* One of awm_providers. */
bool provider_is_word(const char *text);

/* A row of ai_provider_configs, in the arena. */
struct provider_config {
	int64_t id, team;
	const char *provider, *name;
	const char *base_url, *model, *key_env; /* NULL: none */
	const char *settings, *flavor;
	bool has_key, enabled, command;
};

/* All of them, by id: in the arena. */
int provider_configs(struct awm_session *s, struct arena *a,
		     const struct provider_config **ret, size_t *ret_n);
/* "flavor" and "command" of the settings. */
int provider_settings_read(const char *settings, struct arena *a,
			   const char **ret_flavor, bool *ret_command);

/* provider_env.c: what the environment says of a provider. The texts are those
 * of the environment. */
struct provider_env {
	const char *key_name, *key; /* NULL: none */
	bool key_is_token;
	const char *base_url; /* NULL: none */
	const char *organization, *project, *custom_headers;
	const char *warning; /* or NULL */
};
void provider_env_read(const char *provider, struct provider_env *ret);
/* The variables that hold a key: "OPENAI_API_KEY". */
const char *provider_env_names(const char *provider);
/* A variable that is set to something; else NULL. */
const char *provider_env_get(const char *name);

/* provider_trust.c */
enum provider_wire provider_wire_of(const char *provider, const char *flavor);
/* Whether the URL is at the vendor's own host, over TLS. */
bool provider_is_vendor(const char *provider, const char *base_url);
/* Whether this machine's configuration knows the address. */
bool provider_is_trusted(const struct awm_session *s, const char *base_url);
/* Writes it there. */
int provider_trust(struct awm_config *config, const char *base_url);
bool provider_is_loopback(const char *base_url);

#endif
