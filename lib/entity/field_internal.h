/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_FIELD_INTERNAL_H
#define ENTITY_FIELD_INTERNAL_H

#include "entity/field.h"

/*
 * What the files of entity/field.h share: field.c checks values, by the rules
 * of field_rule.c; field_text.c reads them from a person's text, field_json.c
 * from JSON and to JSON; field_word.c knows words. As there, what is malformed
 * is -AWM_USAGE and what is against a rule -AWM_INVALID.
 */

/* The rules for a column of this name, whatever its table. That of a number
 * sets the error; that of a text says what is wanted, or NULL, and takes valid
 * UTF-8. */
int field_rule_number(const struct awm_field *f, double v);
const char *field_rule_text(const struct awm_field *f, const char *s,
			    size_t len);

/* Read a time as field_parse() does, a word in any case, and a text, which is
 * copied. Addresses are the same in any case, and kept in lower case, so that
 * UNIQUE and '=' compare them rightly. None of them has passed field_check().
 */
int field_take_time(const struct awm_field *f, const char *text,
		    const char *zone, int64_t now, struct awm_value *ret);
int field_take_word(const struct awm_field *f, const char *text,
		    struct awm_value *ret);
int field_take_text(const struct awm_field *f, const char *text,
		    struct arena *a, struct awm_value *ret);

#endif
