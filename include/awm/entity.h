/* SPDX-License-Identifier: MIT */
#ifndef AWM_ENTITY_H
#define AWM_ENTITY_H

#include <awm/value.h>

/*
 * The field tables: what awm knows of each table of the specification. From
 * one row of these come SQL, table cells, JSON in and out, JSON Schema,
 * filters, sort keys, the diff of an activity, the text to index, redaction.
 * All of it is constant data.
 */

enum awm_type {
	AWM_TYPE_INT,
	AWM_TYPE_REAL,
	AWM_TYPE_TEXT,
	AWM_TYPE_BOOL,	/* 0 or 1; true/false in JSON */
	AWM_TYPE_TIME,	/* milliseconds since the epoch, UTC; ISO in JSON */
	AWM_TYPE_JSON,	/* text, checked; JSON in JSON */
	AWM_TYPE_ENUM,	/* text, one of `words` */
	AWM_TYPE_REF,	/* integer id of a row of `ref` */
	AWM_TYPE_SECRET /* encrypted envelope; shown only as set/unset */
};

enum awm_field_flag {
	AWM_REQUIRED = 1 << 0, /* NOT NULL */
	AWM_SHOW = 1 << 1,     /* in the default columns of a table listing */
	AWM_SEARCH = 1 << 2,   /* its text goes into search_indexes */
	AWM_READONLY = 1 << 3, /* kept by awm; not settable by add or edit */
	AWM_UNIQUE = 1 << 4,
	AWM_TITLE = 1 << 5,  /* a name: 1 to 1,000 characters, one line */
	AWM_SLUG = 1 << 6,   /* the row can be referred to by it */
	AWM_HIDDEN = 1 << 7, /* awm's own column, not of the specification */
	AWM_MARKED = 1 << 8  /* holds the marks of <awm/search.h> */
};

struct awm_shape; /* of a JSON column; internal */

struct awm_field {
	const char *name;  /* column = JSON key, as the schema spells it */
	const char *label; /* table header */
	enum awm_type type;
	unsigned flags;
	const char *const *words; /* ENUM: NULL-terminated */
	const char *dflt;	  /* SQL literal of the default, or NULL */
	const char *ref;	  /* REF: table it points to */
	const char *on_delete;	  /* REF: "CASCADE", "SET NULL" or NULL */
	const struct awm_shape *shape;
};

struct awm_entity {
	const char *name;  /* "task", "time_entry" */
	const char *table; /* "tasks", "time_entries" */
	const char *label; /* as messages say it: "time entry" */
	const struct awm_field *fields;
	size_t nfields;
	const char *order;  /* default sort: "priority,dueDate,id" */
	int deleted_at;	    /* index of the soft-delete column, or -1 */
	const char *events; /* prefix of its events: "task"; NULL: none */
};

/* The 22 entities of the specification in the order of its text, then awm's
 * own; NULL-terminated. */
AWM_EXPORT extern const struct awm_entity *const awm_entities[];

AWM_EXPORT const struct awm_entity *awm_entity_find(const char *name);
AWM_EXPORT const struct awm_entity *awm_entity_of_table(const char *table);
/* NULL when there is no such field. */
AWM_EXPORT const struct awm_field *awm_entity_field(const struct awm_entity *e,
						    const char *name);

/*
 * A row as it is handed out: values beside the fields that describe them, and
 * under a name the rows that belong to it (a task's comments, each comment's
 * user). Columns are those that were asked for, in that order.
 */
struct awm_record;

struct awm_relation {
	const char *name;
	bool many; /* an array in JSON; otherwise one object or null */
	size_t count;
	struct awm_record **items;
};

struct awm_record {
	const struct awm_entity *entity; /* NULL for a joined or computed row */
	const struct awm_field *const *fields;
	struct awm_value *values;
	size_t count;
	struct awm_relation *relations;
	size_t nrelations;
};

/* The value under a field's name; NULL when the record has no such column. */
AWM_EXPORT const struct awm_value *awm_record_get(const struct awm_record *r,
						  const char *field);
AWM_EXPORT int64_t awm_record_int(const struct awm_record *r,
				  const char *field); /* 0 for null */
AWM_EXPORT const char *awm_record_text(const struct awm_record *r,
				       const char *field); /* "" for null */

#endif
