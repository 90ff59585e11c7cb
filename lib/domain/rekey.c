// SPDX-License-Identifier: MIT
/*
 * Another key for the secrets of a database. The key file gets the new one
 * first, and keeps the old one, with which all that is not yet sealed anew
 * still opens; so whoever dies here, or reads or writes meanwhile, finds what
 * it needs. What was left over, the next run seals.
 */
#include <awm/database.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/passphrase.h"
#include "domain/pool.h"
#include "domain/secret.h"
#include "edge/vault.h"
#include "entity/store.h"

#define BATCH  32  /* rows of a transaction */
#define ROUNDS 100 /* what others write meanwhile is sealed as they go */

struct rekey {
	struct awm_session *session;
	const struct awm_rekey_opts *opts;
	struct arena *arena;
	const char *db_id;
	struct vault *vault;
	int64_t secrets, stale, sealed;
	bool done;
};

static bool is_stale(const struct rekey *k, const struct secret *secret)
{
	char id[VAULT_ID_SIZE];

	return !vault_envelope_id(secret->envelope, id) ||
	       strcmp(id, vault_id(k->vault, 0)) != 0;
}

static int open_secret(const struct rekey *k, const struct secret *secret,
		       struct arena *a, char **ret, size_t *ret_len)
{
	struct vault_place place = secret_place(secret, k->db_id);
	int rc = vault_open_sealed(k->vault, &place, secret->envelope, a, ret,
				   ret_len);

	if (rc != -AWM_INVALID && rc != -AWM_DENIED)
		return rc;
	err_set(AWM_DENIED, "%s", awm_error_last()->message);
	return err_hint("bring its key, or set it anew or take it away; until "
			"then nothing is changed");
}

/* ---- what there is ---- */

static int count_one(void *ctx, const struct secret *secret)
{
	(void)secret;
	(*(int64_t *)ctx)++;
	return 0;
}

/* What does not open now would not open later. */
static int examine_one(void *ctx, const struct secret *secret)
{
	struct rekey *k = ctx;
	struct arena a = {0};
	char *plain;
	size_t len;
	int rc = open_secret(k, secret, &a, &plain, &len);

	if (!rc)
		vault_wipe(plain, len);
	arena_release(&a);
	k->secrets++;
	k->stale += is_stale(k, secret);
	return rc;
}

/* Without a secret a first key may be made, but not in a rehearsal. */
static int find_vault(struct rekey *k)
{
	struct awm_session *s = k->session;
	int64_t n = 0;
	int rc = secret_each(s, count_one, &n);

	if (rc || n)
		return rc ? rc : secret_vault(s, false, &k->vault);
	rc = secret_open_vault(s, !s->dry_run, &k->vault);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

static int examine(struct rekey *k)
{
	struct awm_session *s = k->session;
	int rc = secret_database_id(s, k->arena, &k->db_id);

	if (!rc)
		rc = find_vault(k);
	return rc ? rc : secret_each(s, examine_one, k);
}

/* ---- the key ---- */

static bool wants_passphrase(const struct rekey *k)
{
	if (k->opts->to_passphrase || k->opts->passphrase)
		return true;
	return !k->opts->to_file && vault_has_passphrase(k->vault);
}

/* One that was replaced but not everywhere needs no other. */
static bool wants_key(const struct rekey *k)
{
	return !k->stale || k->opts->passphrase ||
	       wants_passphrase(k) != vault_has_passphrase(k->vault);
}

static int ask_and_renew(struct rekey *k)
{
	char *text = vault_memory(VAULT_PASSPHRASE_MAX);
	size_t len = 0;
	bool asked;
	int rc = text ? passphrase_get(k->session, "new passphrase", true, text,
				       &len, &asked)
		      : -AWM_NOMEM;

	if (!rc)
		rc = vault_renew(k->vault, text, len);
	vault_memory_free(text);
	return rc;
}

static int renew(struct rekey *k)
{
	const char *given = k->opts->passphrase;

	if (!wants_key(k))
		return 0;
	if (given && strlen(given) > VAULT_PASSPHRASE_MAX)
		return err_set(AWM_USAGE, "a passphrase has at most %zu bytes",
			       VAULT_PASSPHRASE_MAX);
	if (given)
		return vault_renew(k->vault, given, strlen(given));
	return wants_passphrase(k) ? ask_and_renew(k)
				   : vault_renew(k->vault, NULL, 0);
}

/* ---- the secrets ---- */

struct batch {
	struct rekey *rekey;
	const struct awm_entity *entity;
	size_t field;
	struct arena arena;
	struct secret stale[BATCH];
	size_t n, seen;
	int64_t above, last;
};

static int collect(void *ctx, const struct secret *secret)
{
	struct batch *b = ctx;
	struct secret *keep = &b->stale[b->n];

	b->seen++;
	b->last = secret->id;
	if (!is_stale(b->rekey, secret))
		return 0;
	*keep = *secret;
	keep->envelope = arena_strdup(&b->arena, secret->envelope);
	b->n++;
	return keep->envelope ? 0 : -AWM_NOMEM;
}

/* The secret is the same: neither its row nor its times change. */
static int write_one(struct batch *b, const struct secret *secret,
		     const char *envelope)
{
	const struct awm_entity *e = b->entity;
	struct awm_value *values =
		arena_array(&b->arena, e->nfields, sizeof(*values));
	bool *mask = arena_array(&b->arena, e->nfields, sizeof(*mask));
	const char *text = secret_column(secret, envelope, &b->arena);

	if (!values || !mask || !text)
		return -AWM_NOMEM;
	values[b->field] = awm_value_text(text);
	mask[b->field] = true;
	return store_update(b->rekey->session->db, e, secret->id, values, mask);
}

static int seal_one(struct batch *b, const struct secret *secret)
{
	struct rekey *k = b->rekey;
	struct vault_place place = secret_place(secret, k->db_id);
	const char *envelope;
	char *plain;
	size_t len;
	int rc = open_secret(k, secret, &b->arena, &plain, &len);

	if (rc)
		return rc;
	rc = vault_seal(k->vault, &place, plain, len, &b->arena, &envelope);
	vault_wipe(plain, len);
	return rc ? rc : write_one(b, secret, envelope);
}

static int run_batch(struct awm_session *s, void *ctx)
{
	struct batch *b = ctx;
	int rc;

	b->n = b->seen = 0;
	rc = secret_each_of(s, b->entity, b->field, b->above, BATCH, collect,
			    b);
	for (size_t i = 0; i < b->n && !rc; i++)
		rc = seal_one(b, &b->stale[i]);
	return rc;
}

static int seal_column(struct rekey *k, const struct awm_entity *e,
		       size_t field)
{
	int64_t last = 0;
	size_t seen = BATCH;
	int rc = 0;

	while (!rc && seen == BATCH) {
		struct batch b = {
			.rekey = k, .entity = e, .field = field, .above = last};

		rc = awm_transaction(k->session, run_batch, &b);
		k->sealed += rc ? 0 : (int64_t)b.n;
		arena_release(&b.arena);
		last = b.last;
		seen = b.seen;
	}
	return rc;
}

static int seal_all(struct rekey *k)
{
	int rc = 0;

	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		for (size_t i = 0; i < (*e)->nfields && !rc; i++)
			if ((*e)->fields[i].type == AWM_TYPE_SECRET)
				rc = seal_column(k, *e, i);
	return rc;
}

/* ---- the end ---- */

static const char *metadata(struct rekey *k)
{
	_cleanup_buf_ struct buf b = {0};
	struct jsonw w = {.out = &b};

	jsonw_object(&w);
	jsonw_key(&w, "key");
	jsonw_str(&w, vault_id(k->vault, 0));
	jsonw_key(&w, "secrets");
	jsonw_int(&w, k->sealed);
	jsonw_key(&w, "passphrase");
	jsonw_bool(&w, vault_has_passphrase(k->vault));
	jsonw_end_object(&w);
	return buf_check(&b) ? NULL : arena_strdup(k->arena, b.s);
}

/* Of no row: told of as something that the acting user did, which is not to
 * be taken back. */
static int tell(struct rekey *k)
{
	struct awm_session *s = k->session;
	struct change c = {.e = &entity_user,
			   .id = s->actor.id,
			   .event = "vault.rekeyed",
			   .metadata = metadata(k),
			   .arena = k->arena};
	struct awm_record *row;
	bool chore = s->chore;
	int rc = c.metadata ? store_get(s->db, c.e, c.id, k->arena, &row)
			    : -AWM_NOMEM;

	if (rc)
		return rc;
	c.before = c.after = row->values;
	s->chore = true;
	rc = activity_record(s, &c);
	s->chore = chore;
	return rc;
}

static int count_stale(void *ctx, const struct secret *secret)
{
	struct rekey *k = ctx;

	k->secrets++;
	k->stale += is_stale(k, secret);
	return 0;
}

/* Under the lock of writers, so that nothing is sealed with an old key any
 * more when it is forgotten. */
static int run_end(struct awm_session *s, void *ctx)
{
	struct rekey *k = ctx;
	int rc;

	k->secrets = k->stale = 0;
	rc = secret_each(s, count_stale, k);
	k->done = !rc && !k->stale;
	if (!k->done)
		return rc;
	rc = tell(k);
	return rc || !k->opts->forget ? rc : vault_forget(k->vault);
}

static int seal_until_done(struct rekey *k)
{
	int rc = 0;

	for (int i = 0; i < ROUNDS && !rc && !k->done; i++) {
		rc = seal_all(k);
		if (!rc)
			rc = awm_transaction(k->session, run_end, k);
	}
	if (rc || k->done)
		return rc;
	err_set(AWM_CONFLICT, "others store secrets faster than they are "
			      "sealed anew");
	return err_hint("run the command again");
}

static int fill(const struct rekey *k, struct awm_rekey_info *ret)
{
	int64_t planned = wants_key(k) ? k->secrets : k->stale;
	struct awm_rekey_info info = {
		.key = arena_strdup(k->arena, vault_id(k->vault, 0)),
		.secrets = k->secrets,
		.sealed = k->session->dry_run ? planned : k->sealed,
		.passphrase = vault_has_passphrase(k->vault),
	};

	while (vault_id(k->vault, (size_t)info.old + 1))
		info.old++;
	*ret = info;
	return info.key ? 0 : -AWM_NOMEM;
}

int awm_db_rekey(struct awm_session *s, const struct awm_rekey_opts *opts,
		 struct awm_pool *pool, struct awm_rekey_info *ret)
{
	struct rekey k = {
		.session = s, .opts = opts, .arena = pool_arena(pool)};
	int rc = role_require(s, ROLE_ADMIN, "change the key of the secrets");

	if (!rc)
		rc = examine(&k);
	if (!rc && !s->dry_run)
		rc = renew(&k);
	if (!rc && !s->dry_run)
		rc = seal_until_done(&k);
	if (rc)
		return rc;
	*ret = (struct awm_rekey_info){0};
	return k.vault ? fill(&k, ret) : 0;
}
