/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_UNDO_ROW_H
#define DOMAIN_UNDO_ROW_H

#include "base/json.h"
#include "domain/undo.h"

/* The row that an activity tells of. */
struct row {
	const struct undo_step *step;
	const struct awm_entity *e;
	int64_t id;
	const cJSON *changes; /* {"status":{"from":…,"to":…}} */
	struct arena *arena;
};

/* Whether a column is made from other rows, and follows them. */
bool undo_follows(const struct awm_entity *e, const char *name);
/* Whether it moves along when something else is changed: no later change of
 * its own. */
bool undo_drifts(const char *name);

/* What the activity has for a column: "from" or "to". */
int undo_side(const struct row *r, const struct awm_field *f, const char *which,
	      struct awm_value *ret);
/* Whether two values are the same; JSON may be spaced in other ways. */
int undo_same(const struct awm_field *f, const struct awm_value *a,
	      const struct awm_value *b, bool *ret);

/* AWM_INVALID, "<what> cannot be taken back". */
int undo_cannot(const char *what);
/* AWM_CONFLICT. */
int undo_changed_since(const struct row *r, const struct awm_field *f);

/* ---- undo_made.c ---- */

int undo_made(struct row *r);
int undo_deletion(struct row *r);

#endif
