// SPDX-License-Identifier: MIT
/* Which keys the secrets of a database want, and whether they open. */
#include <awm/database.h>
#include <string.h>

#include "base/err.h"
#include "domain/emit.h"
#include "domain/secret.h"
#include "edge/vault.h"

/* ---- by key ---- */

#define KEYS_MAX 256 /* a database may name any number of them */

static const struct awm_field list_fields[] = {
	{.name = "key", .label = "Key", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
	{.name = "secrets", .label = "Secrets", .type = AWM_TYPE_INT},
	{.name = "opens", .label = "Opens", .type = AWM_TYPE_INT},
};

struct tally {
	char id[VAULT_ID_SIZE];
	int64_t count;
};

struct listing {
	struct vault *vault; /* NULL: there is none to be had */
	struct tally keys[KEYS_MAX];
	size_t n;
	int64_t malformed, others;
};

static struct tally *tally_of(struct listing *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->keys[i].id, id))
			return &l->keys[i];
	if (l->n == KEYS_MAX)
		return NULL;
	memcpy(l->keys[l->n].id, id, VAULT_ID_SIZE);
	return &l->keys[l->n++];
}

static int add_secret(void *ctx, const struct secret *secret)
{
	struct listing *l = ctx;
	char id[VAULT_ID_SIZE];
	struct tally *t;

	if (!vault_envelope_id(secret->envelope, id)) {
		l->malformed++;
		return 0;
	}
	t = tally_of(l, id);
	if (t)
		t->count++;
	else
		l->others++;
	return 0;
}

static int emit_key(awm_row_fn *fn, void *ctx, const char *key,
		    const char *state, int64_t count, bool opens)
{
	struct awm_value v[] = {
		key ? awm_value_text(key) : AWM_VALUE_NULL,
		awm_value_text(state),
		AWM_VALUE_INT(count),
		AWM_VALUE_INT(opens ? count : 0),
	};

	return emit(fn, ctx, list_fields, v, ARRAY_LEN(v));
}

static const char *state_of(const struct listing *l, const char *id)
{
	if (!l->vault || !vault_knows(l->vault, id))
		return "missing";
	return strcmp(vault_id(l->vault, 0), id) == 0 ? "current" : "old";
}

static int emit_all(const struct listing *l, awm_row_fn *fn, void *ctx,
		    struct awm_secret_info *ret)
{
	int rc = 0;

	for (size_t i = 0; i < l->n && !rc; i++) {
		const struct tally *t = &l->keys[i];
		const char *state = state_of(l, t->id);
		bool opens = strcmp(state, "missing") != 0;

		rc = emit_key(fn, ctx, t->id, state, t->count, opens);
		ret->secrets += t->count;
		ret->opens += opens ? t->count : 0;
	}
	if (!rc && l->others)
		rc = emit_key(fn, ctx, NULL, "missing", l->others, false);
	if (!rc && l->malformed)
		rc = emit_key(fn, ctx, NULL, "malformed", l->malformed, false);
	ret->secrets += l->others + l->malformed;
	return rc;
}

/* That there is no key, or none that may be used, is what is told. */
static int find_vault(struct awm_session *s, struct listing *l,
		      struct awm_secret_info *ret)
{
	int rc = vault_open(secret_key_file(s), false, &l->vault);

	if (rc != -AWM_NOT_FOUND && rc != -AWM_DENIED)
		return rc;
	ret->problem = arena_strdup(&s->arena, awm_error_last()->message);
	err_clear();
	return ret->problem ? 0 : -AWM_NOMEM;
}

int awm_db_secrets(struct awm_session *s, awm_row_fn *fn, void *ctx,
		   struct awm_secret_info *ret)
{
	struct listing *l = calloc(1, sizeof(*l));
	struct awm_secret_info info = {0};
	int rc = l ? find_vault(s, l, &info) : err_nomem();

	for (size_t i = 0; !rc && l->vault && vault_id(l->vault, i); i++)
		tally_of(l, vault_id(l->vault, i));
	if (!rc)
		rc = secret_each(s, add_secret, l);
	if (!rc)
		rc = emit_all(l, fn, ctx, &info);
	if (!rc)
		*ret = info;
	if (l)
		vault_free(l->vault);
	free(l);
	return rc;
}

/* ---- whether they open ---- */

struct checking {
	struct awm_session *session;
	struct vault *vault;
	const char *db_id;
	bool looked; /* for the vault, which may have to be asked for */
	struct secret_check *check;
	int64_t others;
};

static int look(struct checking *k)
{
	int rc = secret_database_id(k->session, &k->session->arena, &k->db_id);

	k->looked = true;
	if (!rc)
		rc = secret_vault(k->session, false, &k->vault);
	if (rc != -AWM_DENIED)
		return rc;
	k->vault = NULL;
	k->check->why =
		arena_strdup(&k->session->arena, awm_error_last()->message);
	err_clear();
	return k->check->why ? 0 : -AWM_NOMEM;
}

static int check_one(void *ctx, const struct secret *secret)
{
	struct checking *k = ctx;
	struct vault_place place;
	struct arena a = {0};
	char id[VAULT_ID_SIZE], *plain;
	size_t len;
	bool envelope = vault_envelope_id(secret->envelope, id);
	int rc = k->looked ? 0 : look(k);

	if (rc)
		return rc;
	if (envelope && (!k->vault || !vault_knows(k->vault, id))) {
		k->check->unchecked++;
		return 0;
	}
	place = secret_place(secret, k->db_id);
	rc = envelope
		     ? vault_open_sealed(k->vault, &place, secret->envelope, &a,
					 &plain, &len)
		     : err_set(AWM_INVALID,
			       "the secret in %s.%s of row %lld is malformed",
			       place.table, place.column, (long long)place.row);
	if (!rc)
		vault_wipe(plain, len);
	arena_release(&a);
	if (rc != -AWM_INVALID && rc != -AWM_DENIED)
		return rc;
	k->check->problem(k->check->ctx, awm_error_last()->message);
	err_clear();
	return 0;
}

int secret_check_all(struct awm_session *s, struct secret_check *check)
{
	struct checking k = {.session = s, .check = check};

	check->unchecked = 0;
	check->why = "their keys are not on this machine";
	return secret_each(s, check_one, &k);
}
