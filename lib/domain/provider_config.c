// SPDX-License-Identifier: MIT
/* Configurations of providers: how they are read, and what they may be. */
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/provider.h"
#include "entity/store.h"

const char *const awm_providers[] = {"openai", "anthropic", "google", "local",
				     NULL};

bool provider_is_word(const char *word)
{
	for (const char *const *w = awm_providers; *w; w++)
		if (!strcmp(*w, word))
			return true;
	return false;
}

/* ---- the rows ---- */

int provider_settings_read(const char *settings, struct arena *a,
			   const char **ret_flavor, bool *ret_command)
{
	_cleanup_json_ cJSON *node = NULL;
	const char *flavor;

	*ret_flavor = NULL;
	*ret_command = false;
	if (json_parse(settings, strlen(settings), &node)) {
		err_clear();
		return 0;
	}
	*ret_command = cJSON_IsTrue(json_get(node, "command"));
	flavor = json_get_str(node, "flavor");
	if (!flavor)
		return 0;
	*ret_flavor = arena_strdup(a, flavor);
	return *ret_flavor ? 0 : -AWM_NOMEM;
}

struct collecting {
	struct arena *a;
	struct buf out; /* structs provider_config */
};

static const char *copy(struct arena *a, const struct awm_record *row,
			size_t field, int *rc)
{
	const struct awm_value *v = &row->values[field];
	const char *s;

	if (v->kind != AWM_TEXT || !v->len)
		return NULL;
	s = arena_strndup(a, v->s, v->len);
	if (!s)
		*rc = -AWM_NOMEM;
	return s;
}

static int collect(void *ctx, const struct awm_record *row)
{
	struct collecting *all = ctx;
	struct arena *a = all->a;
	int rc = 0;
	struct provider_config c = {
		.id = row->values[PROVIDER_id].i,
		.provider = copy(a, row, PROVIDER_provider, &rc),
		.name = copy(a, row, PROVIDER_name, &rc),
		.base_url = copy(a, row, PROVIDER_baseUrl, &rc),
		.model = copy(a, row, PROVIDER_defaultModel, &rc),
		.key_env = copy(a, row, PROVIDER_keyEnv, &rc),
		.settings = copy(a, row, PROVIDER_settings, &rc),
		.has_key = row->values[PROVIDER_api_key].kind != AWM_NULL,
		.enabled = row->values[PROVIDER_isEnabled].i != 0,
	};

	if (row->values[PROVIDER_teamId].kind == AWM_INT)
		c.team = row->values[PROVIDER_teamId].i;
	if (!c.settings)
		c.settings = "{}";
	/* A damaged row is no reason to fail for all others. */
	if (!rc && (!c.provider || !c.name || !provider_is_word(c.provider)))
		return 0;
	if (!rc)
		rc = provider_settings_read(c.settings, a, &c.flavor,
					    &c.command);
	buf_add(&all->out, &c, sizeof(c));
	return rc ? rc : buf_check(&all->out);
}

int provider_configs(struct awm_session *s, struct arena *a,
		     const struct provider_config **ret, size_t *ret_n)
{
	struct collecting all = {.a = a};
	struct awm_sort by_id = {&entity_provider.fields[PROVIDER_id], false};
	struct awm_query q = {
		.entity = &entity_provider, .sort = &by_id, .nsort = 1};
	int rc = store_list(s->db, &q, collect, &all);
	void *list = NULL;

	if (!rc) {
		list = arena_alloc(a, all.out.len ? all.out.len : 1);
		rc = list ? 0 : -AWM_NOMEM;
	}
	if (!rc && all.out.len)
		memcpy(list, all.out.s, all.out.len);
	*ret = list;
	*ret_n = all.out.len / sizeof(struct provider_config);
	buf_release(&all.out);
	return rc;
}

/* ---- the rules ---- */

static const char *changed_text(const struct change *c, size_t field)
{
	const struct awm_value *v = &c->after[field];

	if (c->before && !change_differs(c, field))
		return NULL;
	return v->kind == AWM_TEXT ? v->s : NULL;
}

static int check_name(const struct change *c)
{
	const char *name = changed_text(c, PROVIDER_name);
	const struct awm_value *provider = &c->after[PROVIDER_provider];

	if (!name)
		return 0;
	if (provider_is_word(name) && !value_is(provider, name))
		return err_set(AWM_INVALID,
			       "'%s' is the name of another provider", name);
	if (!name[strspn(name, "#0123456789")])
		return err_set(AWM_INVALID,
			       "the name '%s' would be read as an id", name);
	return 0;
}

static int check_variable(const struct change *c)
{
	const char *name = changed_text(c, PROVIDER_keyEnv);

	if (!name)
		return 0;
	if (*name && (*name < '0' || *name > '9') &&
	    !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
		return 0;
	err_set(AWM_INVALID, "not the name of an environment variable");
	return err_hint("keys never stand on a command line: --key-env VAR "
			"names a variable, --stdin reads the key");
}

static int check_settings(const struct change *c)
{
	const char *settings = changed_text(c, PROVIDER_settings);
	const char *flavor;
	bool command;
	int rc;

	if (!settings)
		return 0;
	rc = provider_settings_read(settings, c->arena, &flavor, &command);
	if (rc)
		return rc;
	if (flavor && strcmp(flavor, "ollama") && strcmp(flavor, "openai"))
		return err_set(AWM_INVALID,
			       "unknown flavor '%s': ollama or openai", flavor);
	if ((flavor || command) &&
	    !value_is(&c->after[PROVIDER_provider], "local"))
		return err_set(AWM_INVALID, "only the provider local has a %s",
			       flavor ? "flavor" : "command");
	return 0;
}

static int provider_check(struct awm_session *s, struct change *c)
{
	const char *text;
	int rc;

	(void)s;
	if (!c->after)
		return 0;
	rc = check_name(c);
	text = changed_text(c, PROVIDER_baseUrl);
	if (!rc && text)
		rc = provider_url_check(text);
	text = changed_text(c, PROVIDER_defaultModel);
	if (!rc && text &&
	    (!*text || strlen(text) > 1000 ||
	     utf8_has_control(text, strlen(text), false)))
		rc = err_set(AWM_INVALID, "that is no name of a model");
	if (!rc)
		rc = check_variable(c);
	return rc ? rc : check_settings(c);
}

const struct rules provider_rules = {
	.entity = &entity_provider,
	.role = ROLE_ADMIN,
	.delete_role = ROLE_ADMIN,
	.check = provider_check,
};
