// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/cascade.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "entity/store.h"

/* Emails are compared without regard to case, so they are kept in one. */
static int lower_email(struct change *c)
{
	const struct awm_value *email = &c->after[USER_email];
	char *lower;

	if (email->kind != AWM_TEXT || !change_differs(c, USER_email))
		return 0;
	lower = arena_strndup(c->arena, email->s, email->len);
	if (!lower)
		return -AWM_NOMEM;
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	struct awm_value v = {.kind = AWM_TEXT, .len = email->len, .s = lower};
	change_set(c, USER_email, v);
	return 0;
}

static int refuse_duplicate(struct awm_session *s, const struct change *c)
{
	const struct awm_value *email = &c->after[USER_email];
	struct awm_value other;
	int rc;

	if (email->kind != AWM_TEXT || !change_differs(c, USER_email))
		return 0;
	rc = db_get(s->db, NULL, &other,
		    "SELECT \"id\" FROM \"users\" WHERE \"email\"=?1", "t",
		    email->s);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	return rc ? rc
		  : err_set(AWM_CONFLICT, "there is a user '%s' already",
			    email->s);
}

/* Everyone changes what is their own; the role is not. */
static int check_edit(struct awm_session *s, const struct change *c)
{
	if (c->id == s->actor.id && !change_differs(c, USER_role))
		return 0;
	return role_require(s, ROLE_ADMIN, "change users");
}

static int keep_an_admin(struct awm_session *s, const struct change *c)
{
	struct awm_value others;
	int rc;

	if (!c->before || !value_is(&c->before[USER_role], "admin") ||
	    (c->after && value_is(&c->after[USER_role], "admin")))
		return 0;
	rc = db_get(s->db, NULL, &others,
		    "SELECT COUNT(*) FROM \"users\" "
		    "WHERE \"role\"='admin' AND \"id\"<>?1",
		    "i", c->id);
	if (rc || others.i)
		return rc;
	err_set(AWM_INVALID, "'%s' is the last admin", c->before[USER_email].s);
	return err_hint("make another one first: awm user edit USER "
			"--role admin");
}

static int user_check(struct awm_session *s, struct change *c)
{
	int rc = 0;

	if (!c->before)
		rc = role_require(s, ROLE_ADMIN, "add users");
	else if (c->after)
		rc = check_edit(s, c);
	else if (c->id == s->actor.id)
		return err_set(AWM_INVALID, "you cannot delete yourself");
	if (!rc)
		rc = keep_an_admin(s, c);
	if (rc)
		return rc;
	if (!c->after)
		return cascade_user(s, c->id);
	rc = lower_email(c);
	return rc ? rc : refuse_duplicate(s, c);
}

/* Viewers may change their own preferences: user_check() does the rest. */
const struct rules user_rules = {
	.entity = &entity_user,
	.role = ROLE_VIEWER,
	.delete_role = ROLE_ADMIN,
	.check = user_check,
};

struct pref {
	const char *key;
	const char *value;
};

/* true, false and numbers are themselves; everything else is a string. */
static cJSON *pref_value(const char *text)
{
	cJSON *node = NULL;

	if (json_parse(text, strlen(text), &node) == 0 &&
	    (cJSON_IsBool(node) || cJSON_IsNumber(node)))
		return node;
	cJSON_Delete(node);
	err_clear();
	return cJSON_CreateString(text);
}

static cJSON *pref_child(cJSON *node, const char *key)
{
	cJSON *child = cJSON_GetObjectItemCaseSensitive(node, key);

	if (child && cJSON_IsObject(child))
		return child;
	cJSON_DeleteItemFromObjectCaseSensitive(node, key);
	return cJSON_AddObjectToObject(node, key);
}

static int apply_pref(cJSON *root, const struct pref *p, struct arena *a)
{
	char *key = arena_strdup(a, p->key);
	cJSON *node = root, *value;
	char *dot;

	while (key && node && (dot = strchr(key, '.'))) {
		*dot = '\0';
		node = pref_child(node, key);
		key = dot + 1;
	}
	if (!key || !node)
		return err_nomem();
	cJSON_DeleteItemFromObjectCaseSensitive(node, key);
	if (!p->value)
		return 0;
	value = pref_value(p->value);
	if (!value || !cJSON_AddItemToObject(node, key, value))
		return err_nomem();
	return 0;
}

static int amend_pref(struct awm_session *s, struct change *c, void *ctx)
{
	_cleanup_json_ cJSON *root = NULL;
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc = change_json(c, USER_preferences, &root);

	(void)s;
	if (!rc && !cJSON_IsObject(root))
		rc = err_set(AWM_DATABASE,
			     "user %lld is damaged: its preferences are no "
			     "object",
			     (long long)c->id);
	if (!rc)
		rc = apply_pref(root, ctx, c->arena);
	if (rc)
		return rc;
	json_print(&out, root);
	rc = buf_check(&out);
	if (rc)
		return rc;
	text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, USER_preferences, awm_value_text(text));
	return 0;
}

int awm_user_pref(struct awm_session *s, int64_t id, const char *key,
		  const char *value, struct awm_pool *pool,
		  struct awm_record **ret)
{
	struct pref p = {key, value};

	if (!*key)
		return err_set(AWM_USAGE, "empty key of preferences");
	return mutate_edit(s, &entity_user, id, NULL, 0, amend_pref, &p,
			   pool_arena(pool), ret);
}
