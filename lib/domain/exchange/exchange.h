/* SPDX-License-Identifier: MIT */
#ifndef EXCHANGE_EXCHANGE_H
#define EXCHANGE_EXCHANGE_H

#include "domain/exchange/item.h"
#include "domain/session.h"

/* How the records of a format stand in a file. */
enum framing {
	FRAME_ARRAY, /* a JSON array; objects one after another are read too */
	FRAME_LINES, /* JSON, one a line; an array is read too */
	FRAME_CSV,
	FRAME_ICAL
};

/* What the caller chose, as formats read records. */
struct dialect {
	const char *const *priorities; /* "LABEL=PRIORITY" */
	size_t npriorities;
	const char *const *map; /* "COLUMN=HEADER" */
	size_t nmap;
	const char *zone; /* of dates without one; NULL: UTC */
};

struct format {
	const char *name; /* the source that rows remember */
	enum framing framing;
	const char *domain; /* "source.invalid": of people without an email */
	bool scoped;	    /* ids are those of one file */
	bool deleted;	    /* has a word for tasks that are deleted */
	/* Makes one record out of the many that say the same; or NULL. */
	int (*prepare)(const struct dialect *d, cJSON *record);
	int (*read)(const struct dialect *d, const cJSON *record,
		    struct item *it);
	/* An empty object gets what the item says. */
	int (*write)(const struct item *it, cJSON *record);
	/* The uid of a task that was never anywhere else. */
	const char *(*uid)(struct arena *a, const char *database, int64_t id);
	/* The task that such a uid may be of; whether it is one, uid() says. */
	int64_t (*own)(const char *uid);
};

/* awm-1f2e3d4c-12: the beginning of the database's id, and the task's. */
const char *uid_plain(struct arena *a, const char *database, int64_t id);
int64_t uid_plain_own(const char *uid);

extern const struct format format_taskwarrior, format_beads, format_github,
	format_csv;

/* NULL for what has no tasks by record. */
const struct format *format_find(enum awm_format format);

/* ---- records.c: a file in pieces ---- */

#define RECORD_MAX ((size_t)64 << 20)

struct records {
	enum framing framing;
	awm_read_fn *read;
	void *ctx;
	struct buf buf;
	size_t at;   /* what of buf was handed out */
	size_t line; /* of the record that was handed out; from 1 */
	size_t next_line;
	size_t bytes;
	bool ended, started, array, closed;
	struct buf cells; /* CSV: header, then cells; each ends in a NUL */
	size_t nheader, ncells;
	size_t header_len; /* of cells */
};

/* 1: the next record, an object, owned; 0: the end. Errors name the line. */
int records_next(struct records *r, cJSON **ret);
void records_release(struct records *r);
/* records_csv.c */
int records_csv(struct records *r, cJSON **ret);
/* 1: there are more bytes in the buffer; 0: the end. */
int records_fill(struct records *r);

/* ---- merge.c ---- */

/*
 * The record as it came, with what has changed since: keys that `was`, the
 * record as awm understood it, and `now` write differently are taken from
 * `now`. `original` is changed in place.
 */
int record_merge(cJSON *original, const cJSON *was, const cJSON *now);

/* ---- known.c: names and the ids that they stand for ---- */

struct known_name;
struct known_names {
	struct known_name **buckets;
	size_t nbuckets, n;
	struct arena arena;
};
bool known_find(const struct known_names *k, const char *name, int64_t *ret);
int known_add(struct known_names *k, const char *name, int64_t id);
void known_release(struct known_names *k);

/* ---- origin.c: external_ids ---- */

struct origin {
	int64_t row;
	int64_t activity; /* that holds the record; 0: gone */
};
/* AWM_NOT_FOUND, without a message, when nothing came from there, or what did
 * is gone. */
int origin_find(struct awm_session *s, const char *source, const char *entity,
		const char *uid, struct origin *ret);
int origin_keep(struct awm_session *s, const char *source, const char *entity,
		const char *uid, int64_t row);
/* The id of this database, 32 hexadecimal digits; in the arena. */
int origin_database(struct awm_session *s, struct arena *a, const char **ret);
/* {"import":{"source":…,"id":…,"record":…}} of an activity: the record, owned
 * by ret_root; NULL when it is none. */
const cJSON *origin_record(const cJSON *metadata);

/* ---- the importer ---- */

struct link;
struct importer {
	struct awm_session *s;
	const struct awm_import_opts *opts;
	const struct format *format;
	const char *source, *domain;
	struct dialect dialect;
	struct records records;
	struct arena arena;    /* of the whole import */
	struct arena *scratch; /* of the record under way */
	struct known_names people, projects, seen;
	struct known_names waiting; /* tasks with links */
	const char *database;
	int64_t inbox;
	struct link *links, **last_link;
	const cJSON *record; /* under way */
	const char *uid;
	struct awm_import_summary sum;
};

/* The task of this name; AWM_NOT_FOUND, without a message. */
int import_find(struct importer *im, const char *uid, struct origin *ret);
struct change;
/* A mutate_fn over the importer: the activity remembers the record. */
int import_mark(struct awm_session *s, struct change *c, void *importer);
/* What an import of the row before this one had, from the activity; owned, may
 * be NULL. */
int import_before(struct importer *im, const struct origin *o, cJSON **ret);

/* import_rows.c */
int import_person(struct importer *im, const char *who, int64_t *ret);
int import_project(struct importer *im, const char *title,
		   const char *repository, int64_t *ret);
int import_notes(struct importer *im, int64_t task, const struct item *it,
		 const struct item *was);
/* import_link.c: once all tasks are there, what they refer to. */
int link_keep(struct importer *im, int64_t task, const struct item *it,
	      const struct item *was);
int links_write(struct importer *im);

/* import_repeat.c: a task that comes again and again is an automation. */
int import_repeat(struct importer *im, const struct item *it);

/* timewarrior.c, import_native.c, export_native.c, ical.c */
int timewarrior_record(struct importer *im, const cJSON *record);
int import_native(struct importer *im);
int export_native(struct awm_session *s, const struct awm_export_opts *opts,
		  int64_t *ret_n);

/* Between two records: tells of the progress, and stops when asked to. */
int import_breathe(struct importer *im);

#endif
