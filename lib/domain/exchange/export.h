/* SPDX-License-Identifier: MIT */
#ifndef EXCHANGE_EXPORT_H
#define EXCHANGE_EXPORT_H

#include "db/db.h"
#include "domain/exchange/exchange.h"

/* Rows of a query by the task that they belong to, read beside the tasks: so
 * the number of statements does not grow with that of the tasks. */
struct stream {
	struct db_stmt *st;
	int64_t task;
	bool ended;
};

struct exporter {
	struct awm_session *s;
	const struct awm_export_opts *opts;
	const struct format *format;
	const char *source, *domain;
	struct arena arena;    /* of the whole export */
	struct arena *scratch; /* of the task under way */
	const char *database;
	const char *scope; /* of the task under way, with its '/'; "" */
	struct stream around, blockers, comments, origins;
	struct names columns; /* CSV */
	struct buf out;
	int64_t n;
};

/* 1: the stream stands at a row of the task; 0: it has none, or no more. */
int stream_at(struct stream *st, int64_t task);
int stream_next(struct stream *st);

/* export_item.c: what the row of a task and its streams make together. `was` is
 * what the record as it came says; NULL without one. *ret_original is owned. */
int export_item(struct exporter *x, const struct awm_record *row,
		struct item *ret, struct item *was, cJSON **ret_original);

/* Hands over what is in x->out, and empties it. */
int export_flush(struct exporter *x);

/* csv.c */
int csv_begin(struct exporter *x);
int csv_write(struct exporter *x, const cJSON *record);
/* ical.c */
int ical_begin(struct exporter *x);
int ical_write(struct exporter *x, const struct item *it);
int ical_end(struct exporter *x);

#endif
