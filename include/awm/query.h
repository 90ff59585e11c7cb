/* SPDX-License-Identifier: MIT */
#ifndef AWM_QUERY_H
#define AWM_QUERY_H

#include <awm/session.h>

/*
 * Reading rows of one entity: which (conditions, all of which must hold), in
 * what order, which columns. Statements are composed from the field table;
 * no text of the caller becomes SQL.
 */

enum awm_op {
	AWM_OP_EQ,
	AWM_OP_NE, /* null counts as different */
	AWM_OP_LT,
	AWM_OP_LE,
	AWM_OP_GT,
	AWM_OP_GE,
	AWM_OP_IN,     /* one of count values */
	AWM_OP_NOT_IN, /* null counts as outside */
	AWM_OP_NULL,   /* no value */
	AWM_OP_NOT_NULL,
	AWM_OP_CONTAINS,   /* text, without regard to ASCII case */
	AWM_OP_HAS,	   /* JSON array of strings holds the value; tasks.tags
			      by its index */
	AWM_OP_OF_PROJECT, /* a reference to a task: one of that project */
	AWM_OP_WAITS, /* tasks.blockedByTaskId: waits for that task, whether it
			is the first that it waits for or not */
	AWM_OP_OF_SKILL, /* the id of an execution: of that skill */
	AWM_OP_OF_USER,	 /* the id of an execution: run by that user */
	AWM_OP_TAGGED,	 /* the id of a skill: with that tag */
	AWM_OP_SAYS,	 /* the id of a skill: its texts or tags contain it,
			    without regard to ASCII case */
	AWM_OP_SEEN_BY,	 /* the id of a skill: that user sees it */
	AWM_OP_TOLD_TO	 /* the id of an activity: that user did it, or sees the
			    skill that it tells of, if it tells of one */
};

struct awm_cond {
	const struct awm_field *field;
	enum awm_op op;
	const struct awm_value *values; /* borrowed */
	size_t count;
};

struct awm_sort {
	const struct awm_field *field;
	bool descending; /* nulls last, either way */
};

/* Of tasks: the readiness rule and urgency, see <awm/work.h>. */
enum awm_ready {
	AWM_READY = 1 << 0,   /* only those that are ready */
	AWM_URGENCY = 1 << 1, /* adds the column "urgency"; without sort keys
				 the most urgent come first */
	AWM_REASON = 1 << 2   /* adds "reason": why it is not ready, or null */
};

struct awm_query {
	const struct awm_entity *entity;
	const struct awm_cond *conds;
	size_t nconds;
	const struct awm_sort *sort; /* none: the entity's own order */
	size_t nsort;
	const struct awm_field *const *fields; /* none: all of the table */
	size_t nfields;
	int64_t limit; /* 0: no limit */
	int64_t offset;
	bool deleted;	  /* softly deleted rows only, instead of live ones */
	bool all;	  /* both */
	unsigned ready;	  /* of enum awm_ready */
	int64_t for_user; /* ready ones: assigned to this user or to nobody;
			     0: to anybody */
	int64_t ready_at; /* filled in by awm_list() and awm_count() */
	bool tags;	  /* of skills: adds the column "tags" */
};

/* Called for each row as it is read; the record is borrowed until it returns.
 * Anything but 0 stops and is returned by the caller. */
typedef int awm_row_fn(void *ctx, const struct awm_record *row);

/* Streams: memory does not grow with the number of rows. */
AWM_EXPORT int awm_list(struct awm_session *s, const struct awm_query *query,
			awm_row_fn *fn, void *ctx);

AWM_EXPORT int awm_count(struct awm_session *s, const struct awm_query *query,
			 int64_t *ret);

/* "priority,-dueDate" into sort keys. AWM_USAGE with the fields in the hint
 * for an unknown one. Written into `keys`, at most `max`. */
AWM_EXPORT int awm_sort_parse(const struct awm_entity *e, const char *text,
			      struct awm_sort *keys, size_t max, size_t *ret_n);

/*
 * Rows that live longer than a callback are kept in a pool, freed together.
 */
struct awm_pool;
AWM_EXPORT int awm_pool_new(struct awm_pool **ret);
AWM_EXPORT void awm_pool_free(struct awm_pool *pool);

/* One row by id, deleted or not. AWM_NOT_FOUND: "no task 12". */
AWM_EXPORT int awm_get(struct awm_session *s, const struct awm_entity *e,
		       int64_t id, struct awm_pool *pool,
		       struct awm_record **ret);

/* A copy of a record, in the pool. */
AWM_EXPORT int awm_record_copy(struct awm_pool *pool,
			       const struct awm_record *row,
			       struct awm_record **ret);

/*
 * What a person wrote for a row: "12", "#12", or the exact name, title, slug
 * or email without regard to case; "me" for users. AWM_NOT_FOUND when there is
 * none (with near ones in the hint), AWM_CONFLICT when several fit (listed in
 * the hint), AWM_USAGE when the text can be neither.
 */
AWM_EXPORT int awm_resolve(struct awm_session *s, const struct awm_entity *e,
			   const char *text, int64_t *ret_id);

/* Reads a value as a person writes it, by the field's type: dates in the
 * acting user's zone, references by awm_resolve(), enum words, "none" for
 * null. Text is kept in the pool. AWM_USAGE names field and value. */
AWM_EXPORT int awm_value_parse(struct awm_session *s,
			       const struct awm_field *field, const char *text,
			       struct awm_pool *pool, struct awm_value *ret);

/* Reads a date ("tomorrow", "2026-11-22", "+3d") in the acting user's zone. */
AWM_EXPORT int awm_time_parse(struct awm_session *s, const char *text,
			      int64_t *ret_ms);

#endif
