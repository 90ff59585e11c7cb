/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_COMMITS_H
#define DOMAIN_COMMITS_H

#include "base/json.h"
#include "base/jsonw.h"
#include "domain/mutate.h"

/* The array gitCommits of a task. Its elements are told apart by "sha". */

bool commits_have(const cJSON *commits, const char *sha);
/* Gives the changed task this array. */
int commits_set(struct change *c, const cJSON *commits);

/* What a change of the array is told as: "from" is what went, "to" is what
 * came; the whole would make the log of a task grow with the square. */
int commits_tell(struct jsonw *w, const struct change *c);
/* Takes back what was told so: others may have come and gone since. */
int commits_restore(struct change *c, const cJSON *from, const cJSON *to);

#endif
