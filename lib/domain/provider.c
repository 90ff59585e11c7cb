// SPDX-License-Identifier: MIT
/* Configurations of providers: how they are written. */
#include "domain/provider.h"

#include <string.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/secret.h"
#include "entity/store.h"

struct writing {
	const char *provider; /* when it is added */
	int64_t id;	      /* when it is changed */
	const struct awm_set *sets;
	size_t n;
	const struct awm_provider_opts *opts;
	const struct awm_edit_opts *edit;
	struct awm_pool *pool;
	struct awm_record *record;
};

static const struct awm_value *find_set(const struct writing *w, size_t field)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->sets[i].field == &entity_provider.fields[field])
			return &w->sets[i].value;
	return NULL;
}

static struct awm_set *copy_sets(const struct writing *w, size_t more)
{
	struct awm_set *sets =
		arena_array(pool_arena(w->pool), w->n + more, sizeof(*sets));

	if (sets && w->n)
		memcpy(sets, w->sets, w->n * sizeof(*sets));
	return sets;
}

static int put(cJSON *settings, const char *key, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(settings, key);
	if (value && cJSON_AddItemToObject(settings, key, value))
		return 0;
	cJSON_Delete(value);
	return err_nomem();
}

/* Naming the one way takes the other back. */
static int apply_settings(const struct writing *w, cJSON *settings)
{
	const struct awm_value *url = find_set(w, PROVIDER_baseUrl);
	int rc = 0;

	if (url && url->kind == AWM_TEXT)
		cJSON_DeleteItemFromObjectCaseSensitive(settings, "command");
	if (w->opts->flavor) {
		cJSON_DeleteItemFromObjectCaseSensitive(settings, "command");
		rc = put(settings, "flavor",
			 cJSON_CreateString(w->opts->flavor));
	}
	if (!rc && w->opts->command)
		rc = put(settings, "command", cJSON_CreateTrue());
	return rc;
}

static int settings_set(const struct writing *w, const struct awm_value *was,
			struct awm_set *ret)
{
	_cleanup_json_ cJSON *settings = NULL;
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc = json_parse(was->s, was->len, &settings);

	if (!rc)
		rc = apply_settings(w, settings);
	if (rc)
		return rc;
	json_print(&out, settings);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(pool_arena(w->pool), out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = (struct awm_set){&entity_provider.fields[PROVIDER_settings],
				awm_value_text(text)};
	return 0;
}

static int check_opts(const struct writing *w, const char *provider)
{
	const struct awm_provider_opts *o = w->opts;
	const struct awm_value *url = find_set(w, PROVIDER_baseUrl);
	struct arena a = {0};
	const char *const *argv;
	int rc;

	if ((o->command || o->flavor) && strcmp(provider, "local") != 0)
		return err_set(AWM_INVALID, "only the provider local has a %s",
			       o->command ? "command" : "flavor");
	if (o->key && find_set(w, PROVIDER_keyEnv))
		return err_set(AWM_USAGE, "a key and the name of a variable "
					  "exclude each other");
	if (!o->command)
		return 0;
	if ((url && url->kind == AWM_TEXT) || o->flavor || o->key ||
	    find_set(w, PROVIDER_keyEnv))
		return err_set(AWM_USAGE,
			       "a command has neither address, flavor nor key");
	if (!o->config)
		return err_set(AWM_DENIED, "the command cannot be written into "
					   "the configuration of this machine");
	rc = provider_split_command(o->command, &a, &argv);
	arena_release(&a);
	return rc ? rc : awm_config_check("provider.local.command", o->command);
}

static int store_key(struct awm_session *s, struct writing *w)
{
	const struct awm_field *f = &entity_provider.fields[PROVIDER_api_key];
	const struct awm_value *env = find_set(w, PROVIDER_keyEnv);
	struct awm_set none = {f, AWM_VALUE_NULL};
	bool remove = w->opts->remove_key || (env && env->kind == AWM_TEXT);

	if (w->opts->key)
		return secret_store(s, &entity_provider, w->id,
				    PROVIDER_api_key, w->opts->key);
	if (!remove || w->record->values[PROVIDER_api_key].kind == AWM_NULL)
		return 0;
	return mutate_edit(s, &entity_provider, w->id, &none, 1, NULL, NULL,
			   NULL, NULL);
}

/* What belongs to this machine and not into a database that others may send:
 * last, so that nothing of it is written for a row that is refused. */
static int write_machine(struct awm_session *s, const struct writing *w,
			 const char *provider)
{
	const struct awm_value *url = find_set(w, PROVIDER_baseUrl);
	int rc = 0;

	if (s->dry_run)
		return 0;
	if (url && url->kind == AWM_TEXT &&
	    !provider_is_vendor(provider, url->s))
		rc = provider_trust(w->opts->config, url->s);
	if (!rc && w->opts->command)
		rc = awm_config_set(w->opts->config, "provider.local.command",
				    w->opts->command);
	return rc;
}

static int finish(struct awm_session *s, struct writing *w,
		  const char *provider)
{
	int rc = store_key(s, w);

	if (!rc)
		rc = store_get(s->db, &entity_provider, w->id,
			       pool_arena(w->pool), &w->record);
	return rc ? rc : write_machine(s, w, provider);
}

static int taken(const struct writing *w, const char *name)
{
	if (awm_error_last()->code != AWM_CONFLICT)
		return -awm_error_last()->code;
	err_set(AWM_CONFLICT, "there is a provider '%s' already", name);
	if (find_set(w, PROVIDER_name))
		return -AWM_CONFLICT;
	return err_hint("awm provider edit %s … changes it, --name adds "
			"another one",
			name);
}

static int run_add(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_field *f = entity_provider.fields;
	const struct awm_value none = awm_value_text("{}");
	const struct awm_value *name = find_set(w, PROVIDER_name);
	struct awm_set *sets = copy_sets(w, 3);
	size_t n = w->n;
	int rc = sets ? check_opts(w, w->provider) : -AWM_NOMEM;

	if (rc)
		return rc;
	sets[n++] = (struct awm_set){&f[PROVIDER_provider],
				     awm_value_text(w->provider)};
	if (!name)
		sets[n++] = (struct awm_set){&f[PROVIDER_name],
					     awm_value_text(w->provider)};
	rc = settings_set(w, &none, &sets[n++]);
	if (!rc)
		rc = awm_add(s, &entity_provider, sets, n, w->pool, &w->record);
	if (rc == -AWM_CONFLICT)
		return taken(w, name && name->kind == AWM_TEXT ? name->s
							       : w->provider);
	if (rc)
		return rc;
	w->id = w->record->values[PROVIDER_id].i;
	return finish(s, w, w->provider);
}

int awm_provider_add(struct awm_session *s, const char *provider,
		     const struct awm_set *sets, size_t n,
		     const struct awm_provider_opts *opts,
		     struct awm_pool *pool, struct awm_record **ret)
{
	struct writing w = {.provider = provider,
			    .sets = sets,
			    .n = n,
			    .opts = opts,
			    .pool = pool};
	int rc = role_require(s, ROLE_ADMIN, "add a provider");

	if (!rc && !provider_is_word(provider)) {
		err_set(AWM_USAGE, "unknown provider '%s'", provider);
		rc = err_hint("one of openai, anthropic, google, local");
	}
	if (!rc && opts->key)
		rc = secret_prepare(s);
	if (!rc)
		rc = awm_transaction(s, run_add, &w);
	if (!rc && ret)
		*ret = w.record;
	return rc;
}

static int run_edit(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_field *f = entity_provider.fields;
	struct awm_set *sets = copy_sets(w, 2);
	struct awm_record *now;
	const char *provider;
	size_t n = w->n;
	int rc = sets ? store_get(s->db, &entity_provider, w->id,
				  pool_arena(w->pool), &now)
		      : -AWM_NOMEM;

	if (rc)
		return rc;
	provider = now->values[PROVIDER_provider].s;
	rc = check_opts(w, provider);
	if (!rc)
		rc = settings_set(w, &now->values[PROVIDER_settings],
				  &sets[n++]);
	if (!rc && w->opts->command)
		sets[n++] =
			(struct awm_set){&f[PROVIDER_baseUrl], AWM_VALUE_NULL};
	else if (!rc && w->opts->key)
		sets[n++] =
			(struct awm_set){&f[PROVIDER_keyEnv], AWM_VALUE_NULL};
	if (!rc)
		rc = awm_edit(s, &entity_provider, w->id, sets, n, w->edit,
			      w->pool, &w->record);
	return rc ? rc : finish(s, w, provider);
}

int awm_provider_edit(struct awm_session *s, int64_t id,
		      const struct awm_set *sets, size_t n,
		      const struct awm_provider_opts *opts,
		      const struct awm_edit_opts *edit, struct awm_pool *pool,
		      struct awm_record **ret)
{
	struct writing w = {.id = id,
			    .sets = sets,
			    .n = n,
			    .opts = opts,
			    .edit = edit,
			    .pool = pool};
	int rc = role_require(s, ROLE_ADMIN, "change a provider");

	if (!rc && opts->key)
		rc = secret_prepare(s);
	if (!rc)
		rc = awm_transaction(s, run_edit, &w);
	if (!rc && ret)
		*ret = w.record;
	return rc;
}
