/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"

/*
 * Whatever is rendered, also as a partial of itself: it ends, the output keeps
 * to its cap, a failure leaves nothing behind, and the check and the rendering
 * agree on what is malformed.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CAP 4096

static void expect(bool ok)
{
	if (!ok)
		abort();
}

static const char *itself(void *ctx, const char *name)
{
	return *name == 'p' ? ctx : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char json[] = "{\"a\":\"{{a}}<\",\"b\":[1,{\"c\":null},[]]"
				   ",\"d\":{\"e\":0.1}}";
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ cJSON *tree = NULL;

	if (size > 4096 || memchr(data, '\0', size))
		return 0;
	text = strndup((const char *)data, size);
	if (!text || json_parse(json, strlen(json), &tree))
		return 0;
	for (int how = 0; how < 4; how++) {
		_cleanup_buf_ struct buf out = {0};
		struct mustache_opts opts = {.escape = how & 1,
					     .strict = how & 2,
					     .partial = itself,
					     .ctx = text,
					     .max_output = CAP};
		int rc;

		buf_adds(&out, "before");
		rc = mustache_render(text, tree, &opts, &out);
		expect(rc ? out.len == 6 : out.len <= CAP + 6);
		expect((rc == -AWM_USAGE) ==
		       (mustache_check(text, NULL, NULL) == -AWM_USAGE));
	}
	return 0;
}
