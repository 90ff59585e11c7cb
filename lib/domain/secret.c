// SPDX-License-Identifier: MIT
#include "domain/secret.h"

#include <string.h>

#include "base/err.h"
#include "domain/passphrase.h"
#include "edge/vault.h"
#include "entity/store.h"

#define TRIES 3

const char *secret_key_file(const struct awm_session *s)
{
	return s->config ? awm_config_get(s->config, "vault.keyFile") : NULL;
}

int secret_database_id(struct awm_session *s, struct arena *a, const char **ret)
{
	struct awm_value v;
	int rc = db_get(s->db, a, &v,
			"SELECT \"value\" FROM \"database_info\" "
			"WHERE \"key\"='id'",
			"");

	if (!rc)
		*ret = v.s;
	return rc;
}

/* ---- the vault ---- */

void secret_release(struct awm_session *s)
{
	vault_free(s->vault);
	s->vault = NULL;
	passphrase_release(s);
}

static int try_unlock(struct awm_session *s, struct vault *vault, char *text,
		      const char *what)
{
	bool asked = true;
	int rc = -AWM_DENIED;

	for (int i = 0; i < TRIES && asked && rc == -AWM_DENIED; i++) {
		size_t len = 0;

		rc = passphrase_get(s, what, false, text, &len, &asked);
		if (rc)
			return rc;
		rc = vault_unlock(vault, text, len);
	}
	return rc;
}

int secret_unlock(struct awm_session *s, struct vault *vault)
{
	_cleanup_free_ char *what = NULL;
	char *text;
	int rc;

	if (!vault_is_locked(vault))
		return 0;
	if (asprintf(&what, "passphrase of '%s'", vault_path(vault)) < 0) {
		what = NULL;
		return err_nomem();
	}
	text = vault_memory(VAULT_PASSPHRASE_MAX);
	rc = text ? try_unlock(s, vault, text, what) : -AWM_NOMEM;
	vault_memory_free(text);
	return rc;
}

int secret_open_vault(struct awm_session *s, bool create, struct vault **ret)
{
	int rc = 0;

	if (s->vault && !vault_is_current(s->vault)) {
		vault_free(s->vault);
		s->vault = NULL;
	}
	if (!s->vault)
		rc = vault_open(secret_key_file(s), create, &s->vault);
	if (!rc)
		rc = secret_unlock(s, s->vault);
	if (!rc)
		*ret = s->vault;
	return rc;
}

/* Without a key on this machine nothing can have been sealed by it. */
int secret_vault(struct awm_session *s, bool create, struct vault **ret)
{
	int rc = secret_open_vault(s, create, ret);

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_set(AWM_DENIED, "this machine has no key to open secrets with");
	return err_hint("bring the key file of the machine that sealed them, "
			"or set the secret anew");
}

/* A key is made for what is stored in the end, no sooner. */
int secret_prepare(struct awm_session *s)
{
	struct vault *vault;
	int rc = s->dry_run ? 0 : secret_open_vault(s, false, &vault);

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* ---- one column ---- */

bool secret_of(const struct awm_value *v, struct arena *a,
	       struct secret *secret)
{
	if (v->kind != AWM_TEXT || !strcmp(v->s, "{}"))
		return false;
	secret->quoted =
		v->len > 1 && v->s[0] == '"' && v->s[v->len - 1] == '"';
	secret->envelope = secret->quoted
				   ? arena_strndup(a, v->s + 1, v->len - 2)
				   : arena_strndup(a, v->s, v->len);
	return true;
}

const char *secret_column(const struct secret *secret, const char *envelope,
			  struct arena *a)
{
	return secret->quoted ? arena_printf(a, "\"%s\"", envelope) : envelope;
}

struct vault_place secret_place(const struct secret *secret, const char *db_id)
{
	return (struct vault_place){
		.db_id = db_id,
		.table = secret->entity->table,
		.column = secret->entity->fields[secret->field].name,
		.row = secret->id,
	};
}

struct storing {
	struct secret secret;
	const char *plain;
};

/* Under the lock of writers: a key that is replaced meanwhile, is so before or
 * after. */
static int run_store(struct awm_session *s, void *ctx)
{
	const struct storing *w = ctx;
	const struct secret *secret = &w->secret;
	struct arena a = {0};
	struct vault *vault = NULL;
	struct vault_place place;
	struct awm_set set = {&secret->entity->fields[secret->field],
			      AWM_VALUE_NULL};
	const char *db_id, *envelope;
	int rc = secret_database_id(s, &a, &db_id);

	if (!rc)
		rc = secret_vault(s, true, &vault);
	if (!rc) {
		place = secret_place(secret, db_id);
		rc = vault_seal(vault, &place, w->plain, strlen(w->plain), &a,
				&envelope);
	}
	if (!rc) {
		set.value = awm_value_text(secret_column(secret, envelope, &a));
		rc = set.value.s ? mutate_edit(s, secret->entity, secret->id,
					       &set, 1, NULL, NULL, NULL, NULL)
				 : -AWM_NOMEM;
	}
	arena_release(&a);
	return rc;
}

int secret_store(struct awm_session *s, const struct awm_entity *e, int64_t id,
		 size_t field, const char *plain)
{
	struct storing w = {
		.secret = {.entity = e, .field = field, .id = id},
		.plain = plain,
	};

	/* The specification types this one as JSON: the envelope is a string.
	 */
	w.secret.quoted = e == &entity_integration;
	/* A rehearsal leaves no key behind on the machine. */
	return s->dry_run ? 0 : awm_transaction(s, run_store, &w);
}

/* The envelope as vault.h writes it. */
static int read_envelope(struct awm_session *s, struct arena *a,
			 struct secret *secret)
{
	const struct awm_entity *e = secret->entity;
	struct awm_record *row;
	int rc = store_get(s->db, e, secret->id, a, &row);

	if (rc)
		return rc;
	if (!secret_of(&row->values[secret->field], a, secret))
		return err_set(AWM_NOT_FOUND, "no secret is stored in %s %lld",
			       e->label, (long long)secret->id);
	return secret->envelope ? 0 : -AWM_NOMEM;
}

int secret_open(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, const char *envelope, struct arena *a, char **ret,
		size_t *ret_len)
{
	struct secret secret = {
		.entity = e, .field = field, .id = id, .envelope = envelope};
	struct vault *vault = NULL;
	struct vault_place place;
	const char *db_id;
	int rc = secret_database_id(s, a, &db_id);

	if (!rc)
		rc = secret_vault(s, false, &vault);
	if (!rc) {
		place = secret_place(&secret, db_id);
		rc = vault_open_sealed(vault, &place, secret.envelope, a, ret,
				       ret_len);
	}
	if (rc == -AWM_INVALID)
		rc = err_set(AWM_DENIED,
			     "the secret of %s %lld is damaged or was not "
			     "sealed by awm",
			     e->label, (long long)id);
	return rc;
}

int secret_read(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, struct arena *a, char **ret, size_t *ret_len)
{
	struct secret secret = {.entity = e, .field = field, .id = id};
	int rc = read_envelope(s, a, &secret);

	return rc ? rc
		  : secret_open(s, e, id, field, secret.envelope, a, ret,
				ret_len);
}

/* ---- all of them ---- */

struct walk {
	const struct awm_entity *entity;
	size_t field;
	secret_fn *fn;
	void *ctx;
};

static int walk_row(void *ctx, const struct awm_record *row)
{
	const struct walk *w = ctx;
	struct secret secret = {
		.entity = w->entity,
		.field = w->field,
		.id = row->values[0].i,
	};
	struct arena a = {0};
	int rc = 0;

	if (secret_of(&row->values[1], &a, &secret))
		rc = secret.envelope ? w->fn(w->ctx, &secret) : -AWM_NOMEM;
	arena_release(&a);
	return rc;
}

int secret_each_of(struct awm_session *s, const struct awm_entity *e,
		   size_t field, int64_t above, int64_t limit, secret_fn *fn,
		   void *ctx)
{
	const struct awm_field *fields[] = {&e->fields[0], &e->fields[field]};
	const struct awm_value from = AWM_VALUE_INT(above);
	const struct awm_cond conds[] = {
		{.field = fields[0],
		 .op = AWM_OP_GT,
		 .values = &from,
		 .count = 1},
		{.field = fields[1], .op = AWM_OP_NOT_NULL},
	};
	const struct awm_sort by_id = {.field = fields[0]};
	const struct awm_query q = {
		.entity = e,
		.conds = conds,
		.nconds = ARRAY_LEN(conds),
		.sort = &by_id,
		.nsort = 1,
		.fields = fields,
		.nfields = ARRAY_LEN(fields),
		.limit = limit,
		.all = true,
	};
	struct walk w = {.entity = e, .field = field, .fn = fn, .ctx = ctx};

	return store_list(s->db, &q, walk_row, &w);
}

int secret_each(struct awm_session *s, secret_fn *fn, void *ctx)
{
	int rc = 0;

	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		for (size_t i = 0; i < (*e)->nfields && !rc; i++)
			if ((*e)->fields[i].type == AWM_TYPE_SECRET)
				rc = secret_each_of(s, *e, i, 0, 0, fn, ctx);
	return rc;
}
