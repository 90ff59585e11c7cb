/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PRICE_H
#define DOMAIN_PRICE_H

#include <awm/price.h>

#include "domain/execution.h"

/*
 * What files and rows say of the price of a model, from one date to another.
 * Texts live in the arena of whoever reads them.
 */
struct price {
	int64_t id; /* 0: of no row */
	const char *provider;
	const char *model;
	const char *const *aliases; /* NULL-terminated */
	const char *currency;
	const char *source; /* NULL: not told */
	int64_t from;	    /* 0: always */
	int64_t to;	    /* not included; INT64_MAX: open */
	struct provider_rates rates;
};

/* Structs price in a buffer. */
static inline const struct price *prices_of(const struct buf *list,
					    size_t *ret_n)
{
	*ret_n = list->len / sizeof(struct price);
	return (const struct price *)(const void *)list->s;
}

/* ---- price.c ---- */

/* The rows of the table; provider NULL: all. */
int price_rows(struct awm_session *s, const char *provider, struct arena *a,
	       struct buf *ret);
/* The price of a model at an instant, by the rules; NULL when there is none. */
const struct price *price_search(const struct buf *list, const char *provider,
				 const char *model, int64_t at);
/* Whether the model, as somebody asks for it, can be this one. */
bool price_fits(const struct price *p, const char *model);
bool price_is_at(const struct price *p, int64_t at);

/* Prices of one provider, read once to look for many models. `provider` is
 * borrowed. Release it also when it could not be opened. */
struct price_book {
	const char *provider;
	struct arena arena;
	struct buf rows;
	struct buf list; /* that awm brings; when it is first wanted */
};
int price_book_open(struct awm_session *s, const char *provider,
		    struct price_book *ret);
int price_book_find(struct price_book *book, const char *model, int64_t at,
		    struct provider_rates *ret, bool *ret_known);
void price_book_release(struct price_book *book);

/* ---- price_file.c ---- */

/* Prices of a file: JSON in the format of the list, or CSV. AWM_USAGE,
 * AWM_INVALID with the line or the model. */
int price_read(const char *text, size_t len, struct arena *a, struct buf *ret);
/* The list that awm brings. */
int price_builtin(struct arena *a, struct buf *ret);
/* longContext as the list has it, in the arena; NULL without a second tier or
 * memory. */
const char *price_long_json(const struct provider_rates *rates,
			    struct arena *a);
/* The other way round; what is no such object makes no second tier. */
void price_long_read(const cJSON *node, struct provider_rates *rates);

#endif
