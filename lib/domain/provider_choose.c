// SPDX-License-Identifier: MIT
/* Which provider is asked, by which configuration. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "domain/provider_resolve.h"
#include "entity/store.h"

/* ---- which configuration ---- */

static bool applies(const struct resolving *r, const struct provider_config *c)
{
	return c->enabled && (!c->team || c->team == r->team);
}

/* The team's own before those of none, then the one called as the provider,
 * then the oldest. */
static const struct provider_config *best_of(const struct resolving *r,
					     const char *word)
{
	const struct provider_config *best = NULL;
	int most = -1;

	for (size_t i = 0; i < r->nconfigs; i++) {
		const struct provider_config *c = &r->configs[i];
		int score;

		if (!applies(r, c) || strcmp(c->provider, word) != 0)
			continue;
		score = (c->team ? 2 : 0) + !strcmp(c->name, word);
		if (score > most) {
			most = score;
			best = c;
		}
	}
	return best;
}

static const struct provider_config *named(const struct resolving *r,
					   const char *text)
{
	const char *digits = text + (*text == '#');
	char *end;
	long long id = strtoll(digits, &end, 10);

	for (size_t i = 0; i < r->nconfigs; i++)
		if (!strcasecmp(r->configs[i].name, text) ||
		    (end > digits && !*end && r->configs[i].id == id))
			return &r->configs[i];
	return NULL;
}

static int unknown(const struct resolving *r, const char *text)
{
	_cleanup_buf_ struct buf list = {0};

	for (size_t i = 0; i < r->nconfigs && i < 20; i++)
		if (!provider_is_word(r->configs[i].name))
			buf_addf(&list, ", %s", r->configs[i].name);
	err_set(AWM_NOT_FOUND, "no provider '%s'", text);
	return err_hint("one of openai, anthropic, google, local%s",
			buf_str(&list));
}

static int choose_asked(struct resolving *r, const char *text)
{
	if (provider_is_word(text)) {
		r->word = text;
		r->config = best_of(r, text);
		return 0;
	}
	r->config = named(r, text);
	if (!r->config)
		return unknown(r, text);
	if (!r->config->enabled) {
		err_set(AWM_INVALID, "the provider '%s' is disabled",
			r->config->name);
		return err_hint("awm provider edit %lld --enabled",
				(long long)r->config->id);
	}
	r->word = r->config->provider;
	return 0;
}

/* ---- which provider, when nobody said ---- */

static int preferred(struct resolving *r, const char **ret)
{
	_cleanup_json_ cJSON *preferences = NULL;
	const struct awm_value *v;
	struct awm_record *user;
	const char *word;
	int rc = store_get(r->s->db, &entity_user, r->s->actor.id, r->a, &user);

	*ret = NULL;
	if (rc)
		return rc;
	v = &user->values[USER_preferences];
	if (v->kind != AWM_TEXT || json_parse(v->s, v->len, &preferences)) {
		err_clear();
		return 0;
	}
	word = json_get_str(preferences, "defaultAI");
	if (word && provider_is_word(word)) {
		*ret = arena_strdup(r->a, word);
		rc = *ret ? 0 : -AWM_NOMEM;
	}
	return rc;
}

static bool has_env_key(const char *word)
{
	struct provider_env env;

	if (!strcmp(word, "local"))
		return false;
	provider_env_read(word, &env);
	return env.key != NULL;
}

static bool has_local(const struct resolving *r)
{
	return provider_env_get("OLLAMA_HOST") ||
	       (r->s->config &&
		awm_config_get(r->s->config, "provider.local.command"));
}

static bool has_row(const struct resolving *r, const char *word)
{
	return best_of(r, word) != NULL;
}

/* The words that a test holds for: how many, and the last. */
static size_t count(const struct resolving *r, bool rows, struct buf *names,
		    const char **ret)
{
	size_t n = 0;

	for (const char *const *w = awm_providers; *w; w++) {
		if (rows ? !has_row(r, *w) : !has_env_key(*w))
			continue;
		buf_addf(names, "%s%s", n ? ", " : "", *w);
		*ret = *w;
		n++;
	}
	return n;
}

static int choose_only(struct resolving *r)
{
	_cleanup_buf_ struct buf names = {0};
	size_t n = count(r, true, &names, &r->word);

	if (!n)
		n = count(r, false, &names, &r->word);
	if (!n && has_local(r)) {
		r->word = "local";
		n = 1;
	}
	if (n == 1) {
		r->config = best_of(r, r->word);
		return 0;
	}
	if (n) {
		err_set(AWM_DENIED, "several providers could be asked: %s",
			buf_str(&names));
		return err_hint("choose one with --provider, or for good with "
				"'awm user prefs defaultAI PROVIDER'");
	}
	err_set(AWM_DENIED, "no AI provider is set up");
	return err_hint("set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY "
			"or OLLAMA_HOST, or see 'awm provider add --help'");
}

int provider_choose(struct resolving *r)
{
	const char *word = r->asked;
	int rc = 0;

	if (!word)
		rc = preferred(r, &word);
	if (rc)
		return rc;
	return word ? choose_asked(r, word) : choose_only(r);
}
