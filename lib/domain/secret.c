// SPDX-License-Identifier: MIT
#include "domain/secret.h"

#include <string.h>

#include "base/err.h"
#include "edge/vault.h"
#include "entity/store.h"

static const char *key_file_of(const struct awm_session *s)
{
	return s->config ? awm_config_get(s->config, "vault.keyFile") : NULL;
}

static int database_id(struct awm_session *s, struct arena *a,
		       struct awm_value *ret)
{
	return db_get(s->db, a, ret,
		      "SELECT \"value\" FROM \"database_info\" "
		      "WHERE \"key\"='id'",
		      "");
}

static int seal(struct awm_session *s, const struct vault_place *place,
		const char *plain, struct arena *a, const char **ret)
{
	_cleanup_vault_ struct vault *vault = NULL;
	int rc = vault_open(key_file_of(s), true, &vault);

	return rc ? rc : vault_seal(vault, place, plain, strlen(plain), a, ret);
}

int secret_store(struct awm_session *s, const struct awm_entity *e, int64_t id,
		 size_t field, const char *plain)
{
	struct arena a = {0};
	struct awm_value db_id;
	const char *envelope;
	int rc;

	/* A rehearsal leaves no key behind on the machine. */
	if (s->dry_run)
		return 0;
	rc = database_id(s, &a, &db_id);

	if (!rc) {
		struct vault_place place = {db_id.s, e->table,
					    e->fields[field].name, id};
		rc = seal(s, &place, plain, &a, &envelope);
	}
	/* The specification types this one as JSON: the envelope is a string.
	 */
	if (!rc && e == &entity_integration) {
		envelope = arena_printf(&a, "\"%s\"", envelope);
		rc = envelope ? 0 : -AWM_NOMEM;
	}
	if (!rc) {
		struct awm_set set = {&e->fields[field],
				      awm_value_text(envelope)};
		rc = mutate_edit(s, e, id, &set, 1, NULL, NULL, NULL, NULL);
	}
	arena_release(&a);
	return rc;
}

/* Without a key on this machine nothing can have been sealed by it. */
static int open_vault(struct awm_session *s, struct vault **ret)
{
	int rc = vault_open(key_file_of(s), false, ret);

	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_set(AWM_DENIED, "this machine has no key to open secrets with");
	return err_hint("bring the key file of the machine that sealed them, "
			"or set the secret anew");
}

/* The envelope as vault.h writes it. */
static int read_envelope(struct awm_session *s, const struct awm_entity *e,
			 int64_t id, size_t field, struct arena *a,
			 const char **ret)
{
	struct awm_record *row;
	const struct awm_value *v;
	int rc = store_get(s->db, e, id, a, &row);

	if (rc)
		return rc;
	v = &row->values[field];
	if (v->kind != AWM_TEXT || !strcmp(v->s, "{}"))
		return err_set(AWM_NOT_FOUND, "no secret is stored in %s %lld",
			       e->label, (long long)id);
	*ret = v->s;
	if (v->len > 1 && v->s[0] == '"') {
		*ret = arena_strndup(a, v->s + 1, v->len - 2);
		return *ret ? 0 : -AWM_NOMEM;
	}
	return 0;
}

int secret_read(struct awm_session *s, const struct awm_entity *e, int64_t id,
		size_t field, struct arena *a, char **ret, size_t *ret_len)
{
	_cleanup_vault_ struct vault *vault = NULL;
	struct awm_value db_id;
	const char *envelope = NULL;
	int rc = read_envelope(s, e, id, field, a, &envelope);

	if (!rc)
		rc = database_id(s, a, &db_id);
	if (!rc)
		rc = open_vault(s, &vault);
	if (!rc) {
		struct vault_place place = {db_id.s, e->table,
					    e->fields[field].name, id};
		rc = vault_open_sealed(vault, &place, envelope, a, ret,
				       ret_len);
	}
	if (rc == -AWM_INVALID)
		rc = err_set(AWM_DENIED,
			     "the secret of %s %lld is damaged or was not "
			     "sealed by awm",
			     e->label, (long long)id);
	return rc;
}
