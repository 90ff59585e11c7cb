// SPDX-License-Identifier: MIT
#include <awm/query.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static void list_fields(const struct awm_entity *e, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < e->nfields && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "",
				      e->fields[i].name);
}

static int parse_key(const struct awm_entity *e, const char *word, size_t len,
		     struct awm_sort *key)
{
	char name[64], fields[1500];

	key->descending = *word == '-';
	if (*word == '-' || *word == '+') {
		word++;
		len--;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(len < 63 ? len : 63), word);
	key->field = awm_entity_field(e, name);
	if (key->field)
		return 0;
	list_fields(e, fields, sizeof(fields));
	err_set(AWM_USAGE, "cannot sort by '%s': no such field", name);
	return err_hint("fields: %s", fields);
}

int awm_sort_parse(const struct awm_entity *e, const char *text,
		   struct awm_sort *keys, size_t max, size_t *ret_n)
{
	size_t n = 0;

	for (;;) {
		size_t len = strcspn(text, ",");
		if (n == max)
			return err_set(AWM_USAGE, "more than %zu sort keys",
				       max);
		int rc = parse_key(e, text, len, &keys[n++]);
		if (rc)
			return rc;
		if (!text[len])
			break;
		text += len + 1;
	}
	*ret_n = n;
	return 0;
}
