/* SPDX-License-Identifier: MIT */
#ifndef AWM_PRICE_H
#define AWM_PRICE_H

#include <awm/write.h>

/*
 * What models cost, in US dollars per million tokens, from one date to
 * another. awm brings a list; rows of the entity "model_price" go before it:
 * the list is asked only where no row fits the model and the date. A model is
 * looked for by its exact name, then as an alias, then without a date at its
 * end (-2026-11-22 or -20261122). What is not found has no cost, which is not
 * the same as 0. The provider `local` costs 0.
 *
 * Changing prices takes an admin; awm_delete() removes a row.
 */

struct awm_price_query {
	const char *provider; /* NULL: any */
	const char *model;    /* as it is looked for; NULL: any */
	int64_t at;	      /* in force then; 0: whenever */
};

/* Calls fn with each price: id (null for the list's own), provider, model,
 * aliases, currency, validFrom, validTo (null: open), inputPrice,
 * cachedInputPrice, cacheWritePrice (null: as input), outputPrice,
 * longContext, source, origin ("table" or "built-in"), by provider, model and
 * date, the newest first. Of a model that has rows the list is left out. */
AWM_EXPORT int awm_price_list(struct awm_session *s,
			      const struct awm_price_query *query,
			      awm_row_fn *fn, void *ctx);

/*
 * Writes prices: JSON in the format of the list, or CSV with the columns
 * provider, model, input, output, and if they are there cached, cacheWrite,
 * from (a date), in another order when a first line names them. text NULL: the
 * list. A row of the same provider, model and date is changed. fn (may be
 * NULL) is called with each that was added or changed. All or nothing;
 * AWM_USAGE for what is malformed, AWM_INVALID for prices that cannot be, with
 * the line or the model.
 */
AWM_EXPORT int awm_price_import(struct awm_session *s, const char *text,
				size_t len, awm_row_fn *fn, void *ctx);

#endif
