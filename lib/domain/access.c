// SPDX-License-Identifier: MIT
#include "domain/access.h"

#include <string.h>

#include "base/err.h"
#include "domain/secret.h"
#include "edge/vault.h"
#include "entity/entity.h"
#include "entity/shape.h"
#include "entity/store.h"

/* The member beside the credentials. */
#define PLACE "place"

const char *access_setting(const struct access *access, const char *name)
{
	return json_get_str(access->settings, name);
}

const char *access_credential(const struct access *access, const char *name)
{
	return json_get_str(access->credentials, name);
}

const char *access_place(const struct integration_type *type,
			 const cJSON *settings, struct arena *a)
{
	const char *url = json_get_str(settings, "baseUrl");
	const char *host = json_get_str(settings, "host");
	const char *tls = json_get_str(settings, "tls");
	const cJSON *port = json_get(settings, "port");

	if (!strcmp(type->name, "github"))
		return arena_strdup(a, url ? url : "");
	if (!strcmp(type->name, "smtp"))
		return arena_printf(a, "%s:%d/%s", host ? host : "",
				    cJSON_IsNumber(port) ? port->valueint : 0,
				    tls ? tls : "");
	return arena_strdup(a, "");
}

static void wipe_node(cJSON *node)
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

void access_release(struct access *access)
{
	wipe_node(access->credentials);
	cJSON_Delete(access->settings);
	*access = (struct access){0};
}

static int parse_settings(struct access *access, const char *text)
{
	if (!json_parse(text, strlen(text), &access->settings) &&
	    !shape_check_node(access->type->settings, access->settings,
			      "settings"))
		return 0;
	err_set(AWM_DATABASE, "the settings of integration %lld are damaged",
		(long long)access->id);
	return err_hint("awm integration edit %lld --setting KEY=VALUE",
			(long long)access->id);
}

/* Opens what is sealed; *ret is {} where nothing is. */
static int open_sealed(struct awm_session *s, int64_t id, cJSON **ret)
{
	struct arena a = {0};
	char *plain = NULL;
	size_t len = 0;
	int rc = secret_read(s, &entity_integration, id,
			     INTEGRATION_credentials, &a, &plain, &len);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		*ret = cJSON_CreateObject();
		rc = *ret ? 0 : err_nomem();
	} else if (!rc) {
		/* The parser would quote what it stumbles over. */
		if (json_parse(plain, len, ret) || !cJSON_IsObject(*ret))
			rc = err_set(AWM_DENIED,
				     "the credentials of integration %lld are "
				     "damaged",
				     (long long)id);
		vault_wipe(plain, len);
	}
	arena_release(&a);
	return rc;
}

static int check_place(const struct access *access)
{
	const char *sealed = json_get_str(access->credentials, PLACE);
	struct arena a = {0};
	const char *place = access_place(access->type, access->settings, &a);
	int rc = 0;

	if (!place)
		rc = -AWM_NOMEM;
	else if (cJSON_GetArraySize(access->credentials) &&
		 (!sealed || strcmp(sealed, place))) {
		err_set(AWM_DENIED,
			"the credentials of integration %lld were given for "
			"another place than its settings name",
			(long long)access->id);
		rc = err_hint("give them again: awm integration edit %lld "
			      "--stdin",
			      (long long)access->id);
	}
	arena_release(&a);
	return rc;
}

int access_open(struct awm_session *s, int64_t id, struct access *ret)
{
	struct arena a = {0};
	struct awm_record *row = NULL;
	int rc;

	*ret = (struct access){.id = id};
	rc = store_get(s->db, &entity_integration, id, &a, &row);
	if (!rc)
		rc = integration_type_find(row->values[INTEGRATION_type].s,
					   &ret->type);
	if (!rc) {
		ret->user = row->values[INTEGRATION_userId].i;
		ret->team = row->values[INTEGRATION_teamId].i;
		ret->enabled = row->values[INTEGRATION_isEnabled].i;
		rc = parse_settings(ret, row->values[INTEGRATION_settings].s);
	}
	if (!rc)
		rc = open_sealed(s, id, &ret->credentials);
	if (!rc)
		rc = check_place(ret);
	arena_release(&a);
	return rc;
}

/* ---- sealing ---- */

static int store(struct awm_session *s, int64_t id, const cJSON *node)
{
	struct buf plain = {0};
	int rc;

	json_print(&plain, node);
	rc = buf_check(&plain);
	if (!rc)
		rc = secret_store(s, &entity_integration, id,
				  INTEGRATION_credentials, plain.s);
	if (plain.s)
		vault_wipe(plain.s, plain.cap);
	buf_release(&plain);
	return rc;
}

static int set_place(cJSON *credentials, const char *place)
{
	cJSON_DeleteItemFromObjectCaseSensitive(credentials, PLACE);
	return cJSON_AddStringToObject(credentials, PLACE, place) ? 0
								  : err_nomem();
}

static int place_of(const struct integration_type *type, const char *settings,
		    struct arena *a, const char **ret)
{
	_cleanup_json_ cJSON *node = NULL;
	int rc = json_parse(settings, strlen(settings), &node);

	if (rc)
		return rc;
	*ret = access_place(type, node, a);
	return *ret ? 0 : -AWM_NOMEM;
}

int access_seal(struct awm_session *s, int64_t id,
		const struct integration_type *type, const char *settings,
		const char *credentials)
{
	struct arena a = {0};
	const char *place;
	cJSON *node = NULL;
	int rc = place_of(type, settings, &a, &place);

	if (!rc)
		rc = json_parse(credentials, strlen(credentials), &node);
	if (!rc)
		rc = set_place(node, place);
	if (!rc)
		rc = store(s, id, node);
	wipe_node(node);
	arena_release(&a);
	return rc;
}

static int reseal(struct awm_session *s, int64_t id, const char *from,
		  const char *to)
{
	cJSON *node = NULL;
	const char *sealed;
	int rc = open_sealed(s, id, &node);

	/* What was for a third place stays closed. */
	sealed = rc ? NULL : json_get_str(node, PLACE);
	if (sealed && !strcmp(sealed, from)) {
		rc = set_place(node, to);
		if (!rc)
			rc = store(s, id, node);
	}
	wipe_node(node);
	return rc;
}

static int both_places(const struct integration_type *type, const char *before,
		       const char *after, struct arena *a,
		       const char **ret_from, const char **ret_to)
{
	int rc = place_of(type, before, a, ret_from);

	return rc ? rc : place_of(type, after, a, ret_to);
}

int access_moves(const struct integration_type *type, const char *before,
		 const char *after, bool *ret)
{
	struct arena a = {0};
	const char *from, *to;
	int rc = both_places(type, before, after, &a, &from, &to);

	if (!rc)
		*ret = strcmp(from, to) != 0;
	arena_release(&a);
	return rc;
}

int access_reseal(struct awm_session *s, int64_t id,
		  const struct integration_type *type, const char *before,
		  const char *after)
{
	struct arena a = {0};
	const char *from, *to;
	int rc = both_places(type, before, after, &a, &from, &to);

	if (!rc && strcmp(from, to))
		rc = reseal(s, id, from, to);
	arena_release(&a);
	return rc;
}
