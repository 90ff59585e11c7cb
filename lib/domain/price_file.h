/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PRICE_FILE_H
#define DOMAIN_PRICE_FILE_H

#include "domain/price.h"

/* What the readers of prices share. */

struct price_file {
	struct arena *arena;
	struct buf *list; /* of struct price */
	const char *currency;
};

bool price_can_be(double v);
/* A day, in UTC. */
int price_read_day(const char *text, int64_t *ret);
/* AWM_USAGE unless it is a word for one. */
int price_check_provider(const char *provider);

/* ---- price_csv.c ---- */

int price_read_csv(struct price_file *f, const char *text, size_t len);

#endif
