/* SPDX-License-Identifier: MIT */
#ifndef EXCHANGE_NATIVE_H
#define EXCHANGE_NATIVE_H

#include "domain/exchange/exchange.h"
#include "entity/table.h"

/*
 * awm's own format: JSON lines. The first one says what it is,
 *
 *	{"awm":1,"database":"<id>"}
 *
 * each other one is a row, {"table":"tasks","row":{column: value}}, tables
 * behind those that they refer to, rows by their key. Values are as everywhere
 * in JSON; secrets as they are stored; whole numbers that a double cannot hold
 * as text; JSON that is not clean as {"$text": "…"}.
 */
#define NATIVE_VERSION 1
#define NATIVE_RAW     "$text"

/* A column that holds a secret, sealed; the value without one. */
bool native_is_secret(const struct table_column *c);
void native_hide(const struct table_column *c, struct awm_value *v);

int native_tables(struct awm_session *s, struct arena *a, struct table **ret,
		  size_t *ret_n);

/* Where rows of another database are here. */
struct mapped {
	int64_t from, to;
};
struct native {
	struct importer *im;
	struct table *tables;
	size_t n;
	struct buf *maps;   /* of struct mapped, one a table, by `from` */
	struct buf *later;  /* of struct later, one a table: columns that refer
			       to rows of the same table */
	const char *source; /* "awm:<database>" */
	bool whole; /* an empty database becomes the one that was exported */
	bool same;  /* the rows are of this database */
	size_t at;  /* the table under way */
};

/* remap.c: ids within JSON and by name, of a row of another database. False in
 * ret_known for a row that the values lead nowhere. */
int native_map(const struct native *k, size_t table, int64_t from,
	       int64_t *ret);
int native_remap(struct native *k, const struct table *t,
		 struct awm_value *values, struct arena *a);

#endif
