// SPDX-License-Identifier: MIT
#include "domain/secret.h"

#include <string.h>

#include "edge/vault.h"

static int seal(struct awm_session *s, const struct vault_place *place,
		const char *plain, struct arena *a, const char **ret)
{
	_cleanup_vault_ struct vault *vault = NULL;
	const char *key_file =
		s->config ? awm_config_get(s->config, "vault.keyFile") : NULL;
	int rc = vault_open(key_file, true, &vault);

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
	rc = db_get(s->db, &a, &db_id,
		    "SELECT \"value\" FROM \"database_info\" "
		    "WHERE \"key\"='id'",
		    "");

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
