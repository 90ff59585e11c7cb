/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_FIELD_H
#define ENTITY_FIELD_H

#include <awm/entity.h>
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "base/mem.h"

/*
 * Values of one column: checked, read from a person's text and from JSON,
 * written as JSON. What is malformed is -AWM_USAGE, what is well formed but
 * against a rule -AWM_INVALID; messages name the column as the schema spells
 * it. Whether a REF names a row is for the store to say.
 */

#define FIELD_NAME_MAX 1000		  /* characters of titles and names */
#define FIELD_TEXT_MAX ((size_t)16 << 20) /* bytes of other texts */

/* Checks a value that is to be written: kind, NULL, words, ranges, shape,
 * and the rules that go with a column's name (email, timezone, color, ...). */
int field_check(const struct awm_field *f, const struct awm_value *v);

/*
 * Reads what a person typed, relative to `now` in `zone` (NULL: UTC). "none"
 * and the empty text clear a column that may be NULL. Numbers are plain
 * decimals; ids may have a '#' before; enums in any case, '-' for '_'; columns
 * that hold minutes, seconds or hours also take durations ("1h30m"). JSON is
 * kept as it was written. Secrets are refused: they never come in arguments.
 * Text lives in the arena. The value has passed field_check().
 */
int field_parse(const struct awm_field *f, const char *text, const char *zone,
		int64_t now, struct arena *a, struct awm_value *ret);

/* Reads a JSON value as field_to_json() writes it; times also as text that
 * time_parse() knows (in UTC) or as milliseconds. A secret is taken as it is:
 * an envelope, never the word "set". The value has passed field_check(). */
int field_from_json(const struct awm_field *f, const cJSON *node,
		    struct arena *a, struct awm_value *ret);

/* Writes the value: times in ISO 8601, JSON as JSON, secrets as "set". */
void field_to_json(struct jsonw *w, const struct awm_field *f,
		   const struct awm_value *v);

/* The index of the word that the text means (any case, '-' for '_'), or
 * -AWM_USAGE with the nearest word and all of them in the hint. `what` is the
 * name in the message: "unknown status 'x'". */
int field_word(const char *const *words, const char *text, const char *what);
/* The error for a text that is none of the words, whatever it looks like. */
int field_word_unknown(const char *const *words, const char *text,
		       const char *what);

/* Why the bytes are no name (1 to FIELD_NAME_MAX characters, one line), as a
 * phrase for "...: want ..."; NULL when they are one. They must be valid
 * UTF-8. */
const char *field_name_wanted(const char *s, size_t len);

#endif
