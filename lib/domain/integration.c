// SPDX-License-Identifier: MIT
/* Integrations: whose they are, and how they are written. */
#include "domain/integration.h"

#include <string.h>

#include "base/err.h"
#include "domain/access.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/secret.h"
#include "entity/shape.h"
#include "entity/store.h"

/* To a user or to a team: naming the one lets go of the other. */
static int check_owner(struct awm_session *s, struct change *c)
{
	const struct awm_value *user = &c->after[INTEGRATION_userId];
	const struct awm_value *team = &c->after[INTEGRATION_teamId];

	if (user->kind == AWM_NULL && team->kind == AWM_NULL) {
		change_set(c, INTEGRATION_userId, AWM_VALUE_INT(s->actor.id));
		return 0;
	}
	if (user->kind == AWM_NULL || team->kind == AWM_NULL)
		return 0;
	if (c->before && !change_differs(c, INTEGRATION_userId))
		change_set(c, INTEGRATION_userId, AWM_VALUE_NULL);
	else if (c->before && !change_differs(c, INTEGRATION_teamId))
		change_set(c, INTEGRATION_teamId, AWM_VALUE_NULL);
	else
		return err_set(AWM_INVALID,
			       "an integration is of a user or of a team, not "
			       "of both");
	return 0;
}

static int check_settings(struct change *c)
{
	const struct awm_value *settings = &c->after[INTEGRATION_settings];
	const struct integration_type *type;
	int rc;

	if (!change_differs(c, INTEGRATION_settings) &&
	    !change_differs(c, INTEGRATION_type))
		return 0;
	rc = integration_type_find(c->after[INTEGRATION_type].kind == AWM_TEXT
					   ? c->after[INTEGRATION_type].s
					   : "",
				   &type);
	if (rc || settings->kind != AWM_TEXT)
		return rc;
	return shape_check(type->settings, settings->s, settings->len,
			   "settings");
}

static int integration_check(struct awm_session *s, struct change *c)
{
	int rc;

	if (!c->after)
		return 0;
	rc = check_owner(s, c);
	return rc ? rc : check_settings(c);
}

const struct rules integration_rules = {
	.entity = &entity_integration,
	.role = ROLE_ADMIN,
	.delete_role = ROLE_ADMIN,
	.check = integration_check,
};

/* ---- add and edit ---- */

struct writing {
	const char *type; /* when it is added */
	int64_t id;	  /* when it is changed */
	const struct awm_set *sets;
	size_t n;
	const struct awm_integration_opts *opts;
	const struct awm_edit_opts *edit;
	struct awm_pool *pool;
	struct awm_record *record;
};

/* The sets of the caller, with room for `more`. */
static struct awm_set *copy_sets(const struct writing *w, size_t more)
{
	struct awm_set *sets =
		arena_array(pool_arena(w->pool), w->n + more, sizeof(*sets));

	if (sets && w->n)
		memcpy(sets, w->sets, w->n * sizeof(*sets));
	return sets;
}

/* A buffer that held a secret. */
static void wipe(struct buf *b)
{
	if (b->s)
		explicit_bzero(b->s, b->cap);
	buf_release(b);
}

static int seal(struct awm_session *s, struct writing *w,
		const struct integration_type *type)
{
	struct buf plain = {0};
	int rc;

	if (!w->opts->credentials)
		return 0;
	rc = integration_credentials(type, w->opts->credentials, &plain);
	if (!rc)
		rc = access_seal(s, w->id, type,
				 w->record->values[INTEGRATION_settings].s,
				 plain.s);
	wipe(&plain);
	return rc;
}

static int read_again(struct awm_session *s, struct writing *w)
{
	return store_get(s->db, &entity_integration, w->id, pool_arena(w->pool),
			 &w->record);
}

static int require_credentials(const struct integration_type *type,
			       const char *text)
{
	if (text || type->wants != AWM_CREDENTIALS_REQUIRED)
		return 0;
	err_set(AWM_INVALID, "%s needs credentials: %s", type->name,
		type->plain);
	return err_hint("give them with --stdin or --credentials-env VAR");
}

static int run_add(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_field *f = entity_integration.fields;
	const struct awm_value none = awm_value_text("{}");
	struct awm_set *sets = copy_sets(w, 3);
	const struct integration_type *type;
	int rc = sets ? integration_type_find(w->type, &type) : -AWM_NOMEM;

	if (rc)
		return rc;
	sets[w->n] = (struct awm_set){&f[INTEGRATION_type],
				      awm_value_text(type->name)};
	/* the place of what can only be sealed once the row is there */
	sets[w->n + 1] = (struct awm_set){&f[INTEGRATION_credentials], none};
	sets[w->n + 2].field = &f[INTEGRATION_settings];
	rc = integration_settings(s, type, &none, w->opts, pool_arena(w->pool),
				  &sets[w->n + 2].value);
	if (!rc)
		rc = require_credentials(type, w->opts->credentials);
	if (!rc)
		rc = awm_add(s, &entity_integration, sets, w->n + 3, w->pool,
			     &w->record);
	if (rc)
		return rc;
	w->id = w->record->values[INTEGRATION_id].i;
	rc = seal(s, w, type);
	return rc ? rc : read_again(s, w);
}

int awm_integration_add(struct awm_session *s, const char *type,
			const struct awm_set *sets, size_t n,
			const struct awm_integration_opts *opts,
			struct awm_pool *pool, struct awm_record **ret)
{
	struct writing w = {
		.type = type, .sets = sets, .n = n, .opts = opts, .pool = pool};
	int rc = role_require(s, ROLE_ADMIN, "add an integration");

	if (!rc && opts->credentials)
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
	struct awm_set *sets = copy_sets(w, 1);
	struct awm_record *now;
	const struct integration_type *type;
	size_t n = w->n;
	int rc = sets ? store_get(s->db, &entity_integration, w->id,
				  pool_arena(w->pool), &now)
		      : -AWM_NOMEM;

	if (!rc)
		rc = integration_type_find(now->values[INTEGRATION_type].s,
					   &type);
	if (!rc && w->opts->nsettings) {
		sets[n].field =
			&entity_integration.fields[INTEGRATION_settings];
		rc = integration_settings(
			s, type, &now->values[INTEGRATION_settings], w->opts,
			pool_arena(w->pool), &sets[n++].value);
	}
	if (!rc)
		rc = awm_edit(s, &entity_integration, w->id, sets, n, w->edit,
			      w->pool, &w->record);
	if (!rc && !w->opts->credentials)
		rc = access_reseal(s, w->id, type,
				   now->values[INTEGRATION_settings].s,
				   w->record->values[INTEGRATION_settings].s);
	if (!rc && w->opts->credentials)
		rc = seal(s, w, type);
	return rc ? rc : read_again(s, w);
}

/* Whether the key will be wanted, before other writers have to wait. */
static int prepare_edit(struct awm_session *s, struct writing *w)
{
	const struct awm_value *was;
	const struct integration_type *type;
	struct awm_record *now;
	struct awm_value settings;
	struct arena a = {0};
	bool wanted = w->opts->credentials != NULL;
	int rc = 0;

	if (!wanted && w->opts->nsettings) {
		rc = store_get(s->db, &entity_integration, w->id, &a, &now);
		if (!rc)
			rc = integration_type_find(
				now->values[INTEGRATION_type].s, &type);
		was = rc ? NULL : &now->values[INTEGRATION_settings];
		if (!rc)
			rc = integration_settings(s, type, was, w->opts, &a,
						  &settings);
		if (!rc)
			rc = access_moves(type, was->s, settings.s, &wanted);
		wanted &= !rc && strcmp(now->values[INTEGRATION_credentials].s,
					"{}") != 0;
	}
	arena_release(&a);
	return rc || !wanted ? rc : secret_prepare(s);
}

int awm_integration_edit(struct awm_session *s, int64_t id,
			 const struct awm_set *sets, size_t n,
			 const struct awm_integration_opts *opts,
			 const struct awm_edit_opts *edit,
			 struct awm_pool *pool, struct awm_record **ret)
{
	struct writing w = {.id = id,
			    .sets = sets,
			    .n = n,
			    .opts = opts,
			    .edit = edit,
			    .pool = pool};
	int rc = role_require(s, ROLE_ADMIN, "change an integration");

	if (!rc)
		rc = prepare_edit(s, &w);
	if (!rc)
		rc = awm_transaction(s, run_edit, &w);
	if (!rc && ret)
		*ret = w.record;
	return rc;
}
