/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_BULK_H
#define DOMAIN_BULK_H

#include <awm/bulk.h>

#include "base/json.h"
#include "domain/pool.h"
#include "entity/entity.h"

#define BULK_BUCKETS 1024

/* What a name stood for when it was looked up. */
struct known {
	const struct awm_entity *e;
	const char *text;
	int64_t id;
	struct known *next;
};

struct awm_bulk {
	struct awm_session *s;
	struct awm_bulk_opts opts;
	struct known *known[BULK_BUCKETS];
	struct arena arena; /* of known */
};

/* One object on its way to a task. */
struct line {
	struct awm_bulk *b;
	struct awm_pool pool;
	struct awm_set sets[TASK_NFIELDS + 1];
	size_t n;
	const char *key;
	const cJSON *blockers;
	bool defer;
	int64_t until;
};

/* ---- bulk_line.c ---- */

/* One member of the object. */
int bulk_read(struct line *l, const cJSON *node);
/* The task that an id or a key means; `what` is said of an error. */
int bulk_task(struct awm_bulk *b, const cJSON *node, const char *what,
	      int64_t *ret);
int bulk_set(struct line *l, size_t field, struct awm_value value);
/* NULL for what the line does not say. */
const struct awm_value *bulk_value(const struct line *l, size_t field);

#endif
