/* SPDX-License-Identifier: MIT */
#ifndef JSONSCHEMA_JSONSCHEMA_H
#define JSONSCHEMA_JSONSCHEMA_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * JSON Schema, drafts 7 and 2020-12 (by "$schema"; without one 2020-12), for
 * schemas and instances that are both hostile: steps, depth and the work of
 * patterns are bounded, references that leave the document are refused, and
 * nothing is ever fetched. "format" is an annotation, as in 2020-12. Of other
 * documents only the two metaschemas are known, whole.
 *
 * Both trees are such as json_parse() makes: no deeper than JSON_DEPTH, no
 * key twice.
 */

/* Whether this is a schema that can be used: its keywords have the types that
 * the draft wants, its references point to something, its patterns compile.
 * AWM_INVALID naming the place, "at /properties/a/type: …". */
int jsonschema_check(const cJSON *schema);

/* AWM_INVALID when the instance does not match, with the first failure as
 * "/tasks/0/title: is missing" (JSON pointer into the instance, then what is
 * wrong), and also when the bounds are passed ("the schema takes too long").
 * With `all`, every failure is added there, one a line, at most 100. */
int jsonschema_validate(const cJSON *schema, const cJSON *instance,
			struct buf *all);

#endif
