// SPDX-License-Identifier: MIT
/* Lists of models. */
#include <string.h>

#include "base/err.h"
#include "provider/wire.h"

#define IDS_MAX 100000

static const char *id_of(const cJSON *item, enum provider_wire wire)
{
	const char *id = wire == WIRE_GOOGLE || wire == WIRE_OLLAMA
				 ? json_get_str(item, "name")
				 : json_get_str(item, "id");

	if (id && wire == WIRE_GOOGLE && !strncmp(id, "models/", 7))
		id += 7;
	return id && *id ? id : NULL;
}

/* Google lists what cannot write text as well. */
static bool can_generate(const cJSON *item)
{
	const cJSON *methods = json_get(item, "supportedGenerationMethods");
	const cJSON *method;

	if (!cJSON_IsArray(methods))
		return true;
	cJSON_ArrayForEach(method, methods)
	{
		const char *s = cJSON_GetStringValue(method);

		if (s && !strcmp(s, "generateContent"))
			return true;
	}
	return false;
}

static int read_ids(enum provider_wire wire, const cJSON *list, struct arena *a,
		    const char *const **ret, size_t *ret_n)
{
	int count = cJSON_GetArraySize(list);
	const char **ids;
	const cJSON *item;
	size_t n = 0;

	if (count > IDS_MAX)
		return err_set(AWM_REMOTE, "the list of models is too long");
	ids = arena_array(a, (size_t)count + 1, sizeof(*ids));
	if (!ids)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(item, list)
	{
		const char *id = id_of(item, wire);

		if (!id || (wire == WIRE_GOOGLE && !can_generate(item)))
			continue;
		ids[n] = arena_strdup(a, id);
		if (!ids[n++])
			return -AWM_NOMEM;
	}
	*ret = ids;
	*ret_n = n;
	return 0;
}

int provider_read_models(enum provider_wire wire, const char *body, size_t len,
			 struct arena *a, const char *const **ret,
			 size_t *ret_n)
{
	_cleanup_json_ cJSON *doc = NULL;
	const cJSON *list;
	int rc;

	doc = peer_json(body, len, &rc);
	if (rc)
		return rc;
	list = json_get(doc, wire == WIRE_GOOGLE || wire == WIRE_OLLAMA
				     ? "models"
				     : "data");
	if (!cJSON_IsArray(list) && cJSON_IsArray(doc))
		list = doc;
	if (!cJSON_IsArray(list))
		return err_set(AWM_REMOTE, "the provider answered with "
					   "something that is no list of "
					   "models");
	return read_ids(wire, list, a, ret, ret_n);
}
