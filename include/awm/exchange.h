/* SPDX-License-Identifier: MIT */
#ifndef AWM_EXCHANGE_H
#define AWM_EXCHANGE_H

#include <awm/session.h>

/*
 * Moving in from other tools, and out again. What a foreign record says that
 * no column has a place for is kept, whole, in the activity of the row that it
 * became, and comes back when the task is exported to the same format: only
 * what was changed in awm since is written over it.
 *
 * Where a record came from is remembered, so an import can be repeated: the
 * second time nothing changes.
 */

enum awm_format {
	AWM_TASKWARRIOR, /* `task export`: JSON */
	AWM_BEADS,	 /* beads issues: JSON lines */
	AWM_GITHUB,	 /* `gh issue list --json`: JSON */
	AWM_CSV,	 /* RFC 4180, with a header */
	AWM_JSONL,	 /* awm's own: everything */
	AWM_TIMEWARRIOR, /* `timew export`: JSON; import only */
	AWM_ICAL	 /* RFC 5545, VTODO; export only */
};

/* What becomes of a record whose row is there already. */
enum awm_conflict {
	AWM_NEWER, /* the record wins when it was changed later */
	AWM_SKIP,  /* the row stays as it is */
	AWM_FAIL   /* AWM_CONFLICT, unless both are the same */
};

/* Reads up to `size` bytes; *ret_len is 0 at the end. */
typedef int awm_read_fn(void *ctx, char *to, size_t size, size_t *ret_len);
typedef int awm_write_fn(void *ctx, const char *from, size_t len);

struct awm_import_summary {
	int64_t records; /* that were read */
	int64_t added, changed, unchanged;
	int64_t skipped;  /* that stand for nothing here */
	int64_t comments; /* beside the rows themselves */
	int64_t links;	  /* parents and dependencies */
	int64_t unlinked; /* that lead to nothing that is here */
	int64_t projects, users;
};

struct awm_import_opts {
	enum awm_format format;
	int64_t project; /* everything goes there; 0: where the record says,
			    else the inbox */
	enum awm_conflict on_conflict;
	bool no_events; /* automations and webhooks hear nothing of it */
	/* CSV: "COLUMN=HEADER", which header stands for which column. */
	const char *const *map;
	size_t nmap;
	/* CSV: whose ids they are, since every table has a 1: those of another
	 * scope are other rows. NULL: of any. */
	const char *scope;
	/* GitHub: "LABEL=PRIORITY", beside the usual ones. */
	const char *const *priorities;
	size_t npriorities;
	awm_read_fn *read;
	/* Told now and then of the bytes and records so far; or NULL. */
	void (*progress)(void *ctx, size_t bytes, int64_t records);
	void *ctx; /* of both */
};

/*
 * Reads everything and writes it as one transaction, or nothing. Errors name
 * the line of the input. People are found by their email, and made, which
 * takes an admin, where there is none: LOGIN@source.invalid for a login.
 * Nobody is told of what comes in, and nobody begins to watch it.
 */
AWM_EXPORT int awm_import(struct awm_session *s,
			  const struct awm_import_opts *opts,
			  struct awm_import_summary *ret);

struct awm_export_opts {
	enum awm_format format;
	int64_t project; /* 0: all */
	bool no_secrets; /* AWM_JSONL: leave out the envelopes of secrets */
	awm_write_fn *write;
	void *ctx;
};

/* One consistent snapshot, streamed. *ret_n counts tasks, or rows. */
AWM_EXPORT int awm_export(struct awm_session *s,
			  const struct awm_export_opts *opts, int64_t *ret_n);

#endif
