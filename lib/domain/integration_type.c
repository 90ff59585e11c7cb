// SPDX-License-Identifier: MIT
/* The types of integrations: what each is told, and what it keeps secret. */
#include "domain/integration.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "entity/entity.h"
#include "entity/shape.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define KEYS(...)  ((const struct shape_key[]){__VA_ARGS__{.name = NULL}})

/* ---- what the values look like ---- */

/* One segment of a path, as GitHub names owners and repositories. */
static size_t name_length(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
}

static const char *rule_repository(const cJSON *node)
{
	const char *s = node->valuestring;
	size_t owner = name_length(s);
	const char *name = s + owner + 1;

	if (owner && s[owner] == '/' && *name && !name[name_length(name)] &&
	    *name != '.' && *s != '.')
		return NULL;
	return "a repository as OWNER/NAME";
}

static const char *rule_url(const cJSON *node)
{
	const char *s = node->valuestring;
	size_t scheme = !strncmp(s, "https://", 8)  ? 8
			: !strncmp(s, "http://", 7) ? 7
						    : 0;

	if (scheme && s[scheme] && s[scheme] != '/' && !strpbrk(s, " \t\"<>"))
		return NULL;
	return "an address that begins with https:// or http://";
}

static const char *rule_host(const cJSON *node)
{
	const char *s = node->valuestring;

	return *s && *s != '-' && !s[name_length(s)]
		       ? NULL
		       : "the name of a host, like mail.example.org";
}

static const char *rule_address(const cJSON *node)
{
	const char *s = node->valuestring, *at = strchr(s, '@');

	return at && at != s && at[1] && !strchr(at + 1, '@') &&
			       !strpbrk(s, " ,;<>\"")
		       ? NULL
		       : "an address like awm@example.org";
}

static const char *rule_login(const cJSON *node)
{
	const char *s = node->valuestring;
	size_t len = name_length(s);
	const char *at = s[len] == '=' ? strchr(s + len, '@') : NULL;

	return len && at && at > s + len + 1 && at[1] ? NULL
						      : "a user as LOGIN=EMAIL";
}

static const struct awm_shape a_name = {.kind = SHAPE_NAME};
static const struct awm_shape names = {.kind = SHAPE_ARRAY, .items = &a_name};
static const struct awm_shape repository = {.kind = SHAPE_NAME,
					    .rule = rule_repository};
static const struct awm_shape url = {.kind = SHAPE_NAME, .rule = rule_url};
static const struct awm_shape host = {.kind = SHAPE_NAME, .rule = rule_host};
static const struct awm_shape address = {.kind = SHAPE_NAME,
					 .rule = rule_address};
static const struct awm_shape port = {
	.kind = SHAPE_INTEGER, .min = 1, .max = 65535};
static const struct awm_shape flavor = {
	.kind = SHAPE_WORD,
	.words = WORDS("slack", "discord", "mattermost", "teams", "ntfy")};
static const struct awm_shape tls = {.kind = SHAPE_WORD,
				     .words = WORDS("starttls", "tls", "none")};

static const struct awm_shape project = {
	.kind = SHAPE_INTEGER, .min = 1, .max = SHAPE_INTEGER_MAX};
static const struct awm_shape push = {.kind = SHAPE_WORD,
				      .words = WORDS("none", "changes", "all")};
static const struct awm_shape state = {.kind = SHAPE_WORD,
				       .words = WORDS("open", "all")};
static const struct awm_shape login = {.kind = SHAPE_NAME, .rule = rule_login};
static const struct awm_shape logins = {.kind = SHAPE_ARRAY, .items = &login};

#define MAYBE(k, s) {.name = (k), .shape = (s)},
#define NEED(k, s)  {.name = (k), .shape = (s), .required = true},
#define OBJECT(...)                                                            \
	&(const struct awm_shape)                                              \
	{                                                                      \
		.kind = SHAPE_OBJECT, .keys = KEYS(__VA_ARGS__)                \
	}

/* The table. */
static const struct integration_type types[] = {
	{"github",
	 OBJECT(MAYBE("repository", &repository) MAYBE("baseUrl", &url)
			MAYBE("labels", &names) MAYBE("project", &project)
				MAYBE("push", &push) MAYBE("state", &state)
					MAYBE("users", &logins)),
	 OBJECT(NEED("token", &a_name)), "token", AWM_CREDENTIALS_REQUIRED},
	{"slack", OBJECT(MAYBE("flavor", &flavor) MAYBE("channel", &a_name)),
	 OBJECT(NEED("url", &url)), "url", AWM_CREDENTIALS_REQUIRED},
	{"smtp",
	 OBJECT(MAYBE("host", &host) MAYBE("port", &port)
			MAYBE("from", &address) MAYBE("tls", &tls)),
	 OBJECT(MAYBE("username", &a_name) NEED("password", &a_name)),
	 "password", AWM_CREDENTIALS_OPTIONAL},
	{"desktop", OBJECT(), OBJECT(), NULL, AWM_CREDENTIALS_NONE},
};

const char *const awm_integration_types[] = {"github", "slack", "smtp",
					     "desktop", NULL};

/* Settings that people know by another name too. */
static const struct {
	const char *said, *meant;
} aliases[] = {{"repo", "repository"}, {"base-url", "baseUrl"}};

int integration_type_find(const char *name, const struct integration_type **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!strcmp(types[i].name, name)) {
			*ret = &types[i];
			return 0;
		}
	}
	err_set(AWM_USAGE, "unknown type of integration '%s'", name);
	return err_hint("one of github, slack, smtp, desktop");
}

int awm_integration_wants(const char *type, enum awm_credentials *ret)
{
	const struct integration_type *t = NULL;
	int rc = integration_type_find(type, &t);

	if (!rc)
		*ret = t->wants;
	return rc;
}

/* ---- settings ---- */

static int unknown_setting(const struct integration_type *type, const char *key)
{
	_cleanup_buf_ struct buf all = {0};

	for (const struct shape_key *k = type->settings->keys; k->name; k++)
		buf_addf(&all, "%s%s", all.len ? ", " : "", k->name);
	err_set(AWM_USAGE, "unknown setting '%s' of %s", key, type->name);
	if (!all.len)
		return err_hint("%s has no settings", type->name);
	return err_hint("one of %s", buf_str(&all));
}

static const struct awm_shape *find_setting(const struct integration_type *type,
					    const char *said, const char **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (!strcmp(aliases[i].said, said))
			said = aliases[i].meant;
	for (const struct shape_key *k = type->settings->keys; k->name; k++) {
		if (!strcmp(k->name, said)) {
			*ret = k->name;
			return k->shape;
		}
	}
	return NULL;
}

static cJSON *list_node(const char *text)
{
	cJSON *list = cJSON_CreateArray();

	while (list && *text) {
		size_t len = strcspn(text, ",");
		_cleanup_free_ char *item = strndup(text, len);
		cJSON *node = item ? cJSON_CreateString(item) : NULL;

		if (!node || !cJSON_AddItemToArray(list, node)) {
			cJSON_Delete(list);
			return NULL;
		}
		text += len + (text[len] != '\0');
	}
	return list;
}

/* What does not look as it should is left to the shape to refuse. */
static cJSON *setting_node(const struct awm_shape *shape, const char *text)
{
	cJSON *node = NULL;

	if (shape->kind == SHAPE_ARRAY)
		return list_node(text);
	if (shape->kind == SHAPE_INTEGER &&
	    json_parse(text, strlen(text), &node) == 0 && cJSON_IsNumber(node))
		return node;
	cJSON_Delete(node);
	err_clear();
	return cJSON_CreateString(text);
}

/* A project is named, and kept by its id. */
static int project_node(struct awm_session *s, const char *text, cJSON **ret)
{
	int64_t id;
	int rc = awm_resolve(s, &entity_project, text, &id);

	if (rc)
		return rc;
	*ret = cJSON_CreateNumber((double)id);
	return *ret ? 0 : err_nomem();
}

static int apply_setting(struct awm_session *s,
			 const struct integration_type *type, cJSON *settings,
			 const char *set, struct arena *a)
{
	const char *equals = strchr(set, '='), *key;
	const struct awm_shape *shape;
	char *said;
	cJSON *node;

	if (!equals || equals == set)
		return err_set(AWM_USAGE, "'%s': want KEY=VALUE", set);
	said = arena_strndup(a, set, (size_t)(equals - set));
	if (!said)
		return -AWM_NOMEM;
	shape = find_setting(type, said, &key);
	if (!shape)
		return unknown_setting(type, said);
	cJSON_DeleteItemFromObjectCaseSensitive(settings, key);
	if (!equals[1])
		return 0;
	if (shape == &project) {
		int rc = project_node(s, equals + 1, &node);

		if (rc)
			return rc;
	} else {
		node = setting_node(shape, equals + 1);
	}
	if (!node)
		return err_nomem();
	if (cJSON_AddItemToObject(settings, key, node))
		return 0;
	cJSON_Delete(node);
	return err_nomem();
}

int integration_settings(struct awm_session *s,
			 const struct integration_type *type,
			 const struct awm_value *was,
			 const struct awm_integration_opts *opts,
			 struct arena *a, struct awm_value *ret)
{
	_cleanup_json_ cJSON *settings = NULL;
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc = json_parse(was->s, was->len, &settings);

	for (size_t i = 0; i < opts->nsettings && !rc; i++)
		rc = apply_setting(s, type, settings, opts->settings[i], a);
	if (rc)
		return rc;
	json_print(&out, settings);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(a, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	*ret = awm_value_text(text);
	return 0;
}

/* ---- credentials ---- */

static void wipe_tree(cJSON *node)
{
	cJSON *child;

	cJSON_ArrayForEach(child, node)
	{
		if (cJSON_IsString(child))
			explicit_bzero(child->valuestring,
				       strlen(child->valuestring));
	}
	cJSON_Delete(node);
}

static int take_object(const struct integration_type *type, const char *text,
		       cJSON **ret)
{
	/* The parser would quote what it stumbles over. */
	if (json_parse(text, strlen(text), ret))
		return err_set(AWM_USAGE, "the credentials of %s are no JSON",
			       type->name);
	return shape_check_node(type->credentials, *ret, "credentials");
}

static int take_plain(const struct integration_type *type, const char *text,
		      cJSON **ret)
{
	*ret = cJSON_CreateObject();
	if (!*ret || !cJSON_AddStringToObject(*ret, type->plain, text))
		return err_nomem();
	return shape_check_node(type->credentials, *ret, "credentials");
}

int integration_credentials(const struct integration_type *type,
			    const char *text, struct buf *out)
{
	cJSON *node = NULL;
	int rc;

	if (type->wants == AWM_CREDENTIALS_NONE)
		return err_set(AWM_USAGE, "%s takes no credentials",
			       type->name);
	if (!utf8_valid(text, strlen(text)))
		return err_set(AWM_USAGE, "the credentials are not valid "
					  "UTF-8");
	text += strspn(text, " \t\r\n");
	rc = *text == '{' ? take_object(type, text, &node)
			  : take_plain(type, text, &node);
	if (!rc) {
		json_print(out, node);
		rc = buf_check(out);
	}
	wipe_tree(node);
	return rc;
}
