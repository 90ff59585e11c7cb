/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_EMIT_H
#define DOMAIN_EMIT_H

#include <awm/query.h>

#define EMIT_MAX 16

/* Hands a computed row to fn (may be NULL): `fields` describe the values, one
 * each, at most EMIT_MAX. */
static inline int emit(awm_row_fn *fn, void *ctx,
		       const struct awm_field *fields, struct awm_value *values,
		       size_t n)
{
	const struct awm_field *refs[EMIT_MAX];
	struct awm_record row = {.fields = refs, .values = values, .count = n};

	for (size_t i = 0; i < n; i++)
		refs[i] = &fields[i];
	return fn ? fn(ctx, &row) : 0;
}

#endif
