/* SPDX-License-Identifier: MIT */
#ifndef ENTITY_SHAPE_H
#define ENTITY_SHAPE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/jsonw.h"

/* The largest integer that JSON readers keep exact. */
#define SHAPE_INTEGER_MAX 9007199254740991.0

/*
 * Shapes of JSON columns, as constant data. A shape says what kind of value
 * stands at a place; objects with known keys refuse every other key, so that a
 * misspelt one does not pass in silence.
 */
enum shape_kind {
	SHAPE_ANY,
	SHAPE_OBJECT,  /* `keys`; none: any object */
	SHAPE_MAP,     /* any keys but empty ones, values of `items` */
	SHAPE_ARRAY,   /* elements of `items` */
	SHAPE_TEXT,    /* a string */
	SHAPE_NAME,    /* a string of 1 to 1,000 characters, one line */
	SHAPE_WORD,    /* one of `words` */
	SHAPE_SCALAR,  /* a string, a number or a boolean */
	SHAPE_NUMBER,  /* from `min` to `max`, if those differ */
	SHAPE_INTEGER, /* the same, whole */
	SHAPE_BOOL,
	SHAPE_TIME,   /* a string with an ISO 8601 time */
	SHAPE_SCHEMA, /* a JSON Schema: an object or a boolean */
	SHAPE_VARIANT /* an object whose "type" is a key of `keys`, which has
			 the shape of the whole */
};

struct awm_shape;

struct shape_key {
	const char *name;
	const struct awm_shape *shape;
	bool required;
};

struct awm_shape {
	enum shape_kind kind;
	bool open;		      /* OBJECT: unknown keys pass */
	size_t at_least;	      /* ARRAY: elements */
	const struct shape_key *keys; /* ended by a NULL name */
	const struct awm_shape *items;
	const char *const *words; /* ended by NULL */
	double min, max;
	/* A rule beyond the kind: NULL, or what is wanted ("a cron line"). */
	const char *(*rule)(const cJSON *node);
};

/* The shapes that columns have: shapes.c. */
extern const struct awm_shape shape_any;
extern const struct awm_shape shape_object;
extern const struct awm_shape shape_schema;
extern const struct awm_shape shape_names; /* ["...", ...] */
extern const struct awm_shape shape_ids;
extern const struct awm_shape shape_events;  /* patterns: task.*, * */
extern const struct awm_shape shape_headers; /* {"X-Key": "value"} */
extern const struct awm_shape shape_preferences;
extern const struct awm_shape shape_token_usage;
extern const struct awm_shape shape_git_commits;
extern const struct awm_shape shape_project_structure;
extern const struct awm_shape shape_plan; /* the tasks of one alone */
extern const struct awm_shape shape_trigger;
extern const struct awm_shape shape_actions;
extern const struct awm_shape shape_reactions;
extern const struct awm_shape shape_reviews;

/*
 * Checks JSON text against a shape. Malformed JSON is -AWM_USAGE, another
 * shape -AWM_INVALID with the place and what is wanted there:
 * "preferences.editor.fontSize: want a number". `what` begins that path.
 */
int shape_check(const struct awm_shape *shape, const char *json, size_t len,
		const char *what);

/* The same for JSON that is parsed already. */
int shape_check_node(const struct awm_shape *shape, const cJSON *node,
		     const char *what);

/* The shape as a JSON Schema that every provider takes for structured output:
 * all members are required, those that may be absent may be null instead, and
 * rules beyond kinds and words are left to shape_check(). */
void shape_to_schema(struct jsonw *w, const struct awm_shape *shape);

#endif
