/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "jsonschema/jsonschema.h"

/*
 * A schema, a line end, an instance. Whatever they are: it ends, a schema that
 * passes its check is never called malformed later, the first failure is the
 * first of all of them, and telling of all changes no verdict.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static void judge(const cJSON *schema, const cJSON *value)
{
	_cleanup_buf_ struct buf all = {0};
	int checked = jsonschema_check(schema);
	int rc = jsonschema_validate(schema, value, NULL), again;

	expect(checked == 0 || checked == -AWM_INVALID);
	expect(rc == 0 || rc == -AWM_INVALID);
	if (checked) {
		expect(rc && strncmp(awm_error_last()->message,
				     "the schema: ", 12) == 0);
		return;
	}
	again = jsonschema_validate(schema, value, &all);
	/* What is told of may use up the steps. */
	expect(rc ? again == rc : again == 0 || all.len);
	expect(rc == 0 || all.len ||
	       strstr(awm_error_last()->message, " too "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	_cleanup_json_ cJSON *schema = NULL, *value = NULL;
	size_t len;

	if (!end || size > 65536)
		return 0;
	len = (size_t)(end - data);
	if (json_parse((const char *)data, len, &schema) ||
	    json_parse((const char *)end + 1, size - len - 1, &value))
		return 0;
	judge(schema, value);
	return 0;
}
