/* SPDX-License-Identifier: MIT */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "base/buf.h"
#include "base/jsonw.h"
#include "cmd/command.h"

/*
 * Results as rows of values; writers turn them into one of the formats. The
 * front (report.c) chooses columns and writer; a writer sees columns only.
 */

struct names;
struct report;
struct table;

struct report_writer {
	int (*begin)(struct report *rep);
	int (*row)(struct report *rep, const struct awm_record *row);
	int (*end)(struct report *rep);
	int (*one)(struct report *rep, const struct awm_record *row);
};

extern const struct report_writer report_table, report_json, report_jsonl,
	report_csv, report_tsv;

struct report {
	struct run *run;
	const struct report_writer *writer;
	struct text_list columns; /* chosen or default; none: all */
	size_t rows;
	struct buf buf;	     /* what the writer has written */
	struct jsonw json;   /* of report_json.c */
	struct table *table; /* of report_table.c */
	struct names *names; /* likewise */
	bool live;	     /* rows are shown as they come */
	/* where each column stands in rows of this layout */
	const struct awm_field *const *layout;
	size_t layout_count;
	size_t *places;
	size_t nplaces, room;
};

/* The columns of the command's report: --fields, else those of a table's
 * default. None: all that a row has. AWM_USAGE for an unknown field. */
int report_columns(struct run *r, struct text_list *ret);
/* Checks --fields, before anything is done. */
int report_check(struct run *r);
void report_release(struct run *r);
/* What run_each() reports; with[i], if `with`, goes behind the line about
 * rows[i]. */
int report_changes(struct run *r, const char *did,
		   struct awm_record *const *rows, const char *const *with,
		   size_t n, bool many);

/* After report_begin(): rows come one by one, with pauses; report_flush() shows
 * those that have come. */
void report_live(struct run *r);
int report_flush(struct run *r);

/* Of report_table.c. */
void table_free(struct table *t);

/* ---- for the writers ---- */

#define PLACE_NONE     ((size_t)-1)
#define PLACE_RELATION ((size_t)1 << 32) /* + index of the relation */

/* Fills rep->places: for each column of the report the index of its value in
 * `row`, or PLACE_RELATION + n, or PLACE_NONE. */
int report_places(struct report *rep, const struct awm_record *row);
/* The name of column i of the report. */
const char *report_name(const struct report *rep, const struct awm_record *row,
			size_t i);
/* The value there, NULL for a relation or nothing. */
const struct awm_value *report_value(const struct report *rep,
				     const struct awm_record *row, size_t i);
/* Whether the record's column is shown to those who did not ask for it. */
bool report_shows(const struct awm_record *row, size_t i);
/* Writes rep->buf out and empties it. */
int report_put(struct report *rep);

/* ---- value.c ---- */

/* Adds a value, or a whole record, as JSON. */
void value_json(struct jsonw *w, const struct awm_field *f,
		const struct awm_value *v);
void record_json(struct jsonw *w, const struct awm_record *row);
void relation_json(struct jsonw *w, const struct awm_relation *rel);
/* As csv has it: times in ISO 8601, nothing for null. */
void value_plain(struct buf *b, const struct awm_field *f,
		 const struct awm_value *v);
/* As a person reads it; `zone` for times. Not yet escaped. */
void value_human(struct buf *b, const struct awm_field *f,
		 const struct awm_value *v, const char *zone);
/* What a person calls the row: its title, name or address; NULL. */
const char *record_title(const struct awm_record *row);

#endif
