/* SPDX-License-Identifier: MIT */
#ifndef JSONSCHEMA_SCHEMA_H
#define JSONSCHEMA_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"

/*
 * A schema that was read: one node for each place where a schema stands, with
 * one rule for each keyword of it. What the words of a keyword are and what
 * they do is one row of the table in keywords.c; reading, checking and the
 * metaschema are walks over these rows.
 */

enum draft { DRAFT_7 = 1, DRAFT_2020 = 2 };
#define DRAFTS (DRAFT_7 | DRAFT_2020)

/* The bounds. A step is about ten nanoseconds' worth. */
#define STEPS_MAX  ((uint64_t)20000000)
#define NODES_MAX  ((size_t)1 << 20)
#define DEPTH_MAX  500
#define ERRORS_MAX 100

struct node;

/* A document, or a part of it that has an "$id" of its own. */
struct resource {
	const char *uri; /* without fragment; "" for none */
	enum draft draft;
	struct node *root;
	struct resource *next;
};

/* "$anchor", "$dynamicAnchor", the "$id": "#name" of draft 7. */
struct anchor {
	const struct resource *res;
	const char *name;
	struct node *node;
	bool dynamic;
	struct anchor *next;
};

/* What the value of a keyword is, which says where the schemas in it are. */
enum value_kind {
	VALUE_ANY,
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_URI,    /* a reference; not looked at */
	VALUE_ID,     /* "$id": in 2020-12 without fragment */
	VALUE_ANCHOR, /* a name */
	VALUE_PATTERN,
	VALUE_NUMBER,
	VALUE_POSITIVE, /* a number over 0 */
	VALUE_COUNT,	/* a whole number from 0 */
	VALUE_TYPE,	/* a word, or several */
	VALUE_ARRAY,
	VALUE_NAMES, /* different strings */
	VALUE_OBJECT,
	VALUE_NAMES_MAP,    /* {name: names} */
	VALUE_SCHEMA,	    /* below: these hold schemas */
	VALUE_SCHEMAS,	    /* one or more */
	VALUE_SCHEMA_MAP,   /* {name: schema} */
	VALUE_PATTERN_MAP,  /* {pattern: schema} */
	VALUE_ITEMS,	    /* a schema, or several: "items" of draft 7 */
	VALUE_DEPENDENCIES, /* {name: schema or names} */
};

/* A node, a name or a pattern of a rule, in the order of `name`. */
struct entry {
	const char *name;
	struct node *node;
	struct pattern *pattern;
	const cJSON *names; /* instead of node */
};

/* JSON values by their hash: "enum". */
struct value_set {
	struct hashed {
		uint64_t hash;
		const cJSON *value;
	} * items;
	size_t n;
};

struct rule {
	const struct keyword *kw;
	const cJSON *value;
	const struct rule *with[2]; /* what it goes with: kw->with */
	struct entry *entries;
	size_t n;
	struct node *node; /* VALUE_SCHEMA, and where a reference leads */
	struct pattern *pattern;
	struct value_set set;
	const char *dynamic; /* "$dynamicRef": the name to look for */
	unsigned types;
};

struct node {
	const cJSON *json;
	struct resource *res;
	struct node *up; /* and the words that lead here from there */
	const char *keyword, *name;
	int64_t index; /* -1: none */
	struct rule *rules;
	size_t nrules;
	bool tracks;	   /* has "unevaluated…" */
	enum draft meta;   /* the metaschema of that draft; or 0 */
	struct node *hash; /* the next one in its bucket */
};

struct schema {
	struct arena arena;
	struct resource *resources;
	struct anchor *anchors;
	size_t nnames; /* resources and anchors */
	struct node **buckets;
	size_t nbuckets, nnodes;
	struct node *metas[2];
	struct pattern **patterns; /* owned */
	size_t npatterns;
	/* References that are not followed yet. */
	struct pending {
		struct node *node;
		struct rule *rule;
		struct pending *next;
	} * pending;
	bool tracks;	/* anything has "unevaluated…" */
	uint64_t steps; /* that are left */
};

/* Validation */

/* Where in the instance; on the stack. */
struct place {
	const struct place *up;
	const char *key; /* NULL: index */
	size_t index;
};

/* Which members or items a schema has looked at: "unevaluated…". */
struct marks {
	uint64_t *bits;
	size_t words;
	bool all;
};

/* The resources that evaluation came through, the innermost first. */
struct scope {
	const struct resource *res;
	const struct scope *up;
};

struct run {
	struct schema *schema;
	const struct scope *scope;
	unsigned depth;
	unsigned quiet; /* failures are no news */
	size_t errors;
	struct buf first; /* the first one */
	struct buf *all;  /* or NULL */
};

/* 1: valid, 0: not, negative: an error, which ends all. */
typedef int eval_fn(struct run *r, const struct rule *rule, const cJSON *value,
		    const struct place *at, struct marks *marks);

enum applies { TO_ANY, TO_NUMBER, TO_STRING, TO_ARRAY, TO_OBJECT };

/* A row of the table. */
struct keyword {
	const char *name;
	unsigned drafts;
	enum value_kind kind;
	enum applies applies;
	eval_fn *eval;	     /* NULL: nothing to do */
	const char *with[2]; /* keywords whose rules it reads */
	bool reference;
};

/* keywords.c: in the order of evaluation; ended by a NULL name. */
extern const struct keyword keywords[];
const struct keyword *keyword_find(const char *name, enum draft draft);

/* kinds.c: what is wrong with the value itself, apart from the schemas and
 * patterns in it; NULL when nothing is. */
const char *kind_problem(enum value_kind kind, const cJSON *value,
			 enum draft draft);
/* Calls for each schema in the value; stops when fn returns other than 0. */
typedef int child_fn(void *ctx, const cJSON *schema, const char *name,
		     int64_t index);
int kind_children(enum value_kind kind, const cJSON *value, child_fn *fn,
		  void *ctx);
/* Bits of types, by the words of "type". */
unsigned types_of(const cJSON *value);
bool type_matches(unsigned types, const cJSON *value);
void types_add(struct buf *out, unsigned types);

/* read.c. `s` is zeroed; schema_release() in any case. */
int schema_read(struct schema *s, const cJSON *json);
void schema_release(struct schema *s);
int node_make(struct schema *s, const cJSON *json, const struct node *like,
	      struct node **ret);
struct node *node_find(const struct schema *s, const cJSON *json);
/* "at /properties/a/type: …"; -AWM_INVALID. */
int node_refuse(const struct node *node, const char *keyword, const char *fmt,
		...) __attribute__((format(printf, 3, 4)));
int schema_pattern(struct schema *s, const char *text, struct pattern **ret);

/* resolve.c: follows what is pending. */
int schema_resolve(struct schema *s);
const struct anchor *anchor_find(struct schema *s, const struct resource *res,
				 const char *name, bool dynamic);

#define SCHEMA_URI_7	"http://json-schema.org/draft-07/schema"
#define SCHEMA_URI_2020 "https://json-schema.org/draft/2020-12/schema"

/* uri.c: the reference against the base, dots removed, fragment and all; an
 * empty fragment is dropped. In the arena; NULL without memory. */
char *uri_resolve(struct arena *a, const char *base, const char *ref);
/* Cuts the fragment off, "" when there is none; "%41" decoded. */
const char *uri_cut_fragment(char *uri);

/* meta.c: the value as a schema of the draft. */
int meta_eval(struct run *r, enum draft draft, const cJSON *value,
	      const struct place *at, struct marks *marks);

/* equal.c. Both take what they cost from *steps and return negative when
 * those do not last. */
int schema_equal(const cJSON *a, const cJSON *b, uint64_t *steps);
int value_hash(const cJSON *value, uint64_t *steps, uint64_t *ret);
/* The elements of the array, ordered by hash; in the arena. */
int value_set_init(const cJSON *array, struct arena *a, uint64_t *steps,
		   struct value_set *ret);
/* 1, 0; negative. */
int value_set_has(const struct value_set *set, const cJSON *value,
		  uint64_t *steps);
/* 1 when two are the same, and which. */
int value_set_twins(const struct value_set *set, uint64_t *steps,
		    const cJSON **ret_a, const cJSON **ret_b);
/* Whether v is a multiple of `of` (over 0), both as they are written in
 * decimals. */
bool number_multiple(double v, double of);

/* eval.c */
int steps_take(uint64_t *steps, uint64_t n);
int eval_node(struct run *r, const struct node *node, const cJSON *value,
	      const struct place *at, struct marks *marks);
/* The same without telling of failures. */
int eval_quietly(struct run *r, const struct node *node, const cJSON *value,
		 const struct place *at, struct marks *marks);
/* Tells of a failure; always 0. */
int fail(struct run *r, const struct place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "<what> <the value as JSON>"; 0, or negative. */
int fail_value(struct run *r, const struct place *at, const char *what,
	       const cJSON *value);
/* Whether to go on after a failure, to tell of more. */
bool goes_on(const struct run *r);
/* Of child number i; NULL marks: nobody asks. Negative without memory. */
int marks_add(struct marks *marks, size_t i);
void marks_add_all(struct marks *marks);
int marks_merge(struct marks *into, const struct marks *from);
bool marks_has(const struct marks *marks, size_t i);
void marks_release(struct marks *marks);

/* eval_object.c, eval_array.c, eval_value.c, eval_logic.c */
eval_fn eval_properties, eval_pattern_properties, eval_additional_properties,
	eval_property_names, eval_required, eval_dependencies,
	eval_min_properties, eval_max_properties, eval_unevaluated_properties;
eval_fn eval_prefix_items, eval_items, eval_items_7, eval_additional_items,
	eval_contains, eval_min_items, eval_max_items, eval_unique_items,
	eval_unevaluated_items;
eval_fn eval_type, eval_enum, eval_const, eval_minimum, eval_maximum,
	eval_exclusive_minimum, eval_exclusive_maximum, eval_multiple_of,
	eval_min_length, eval_max_length, eval_pattern;
eval_fn eval_ref, eval_dynamic_ref, eval_all_of, eval_any_of, eval_one_of,
	eval_not, eval_if;

/* The entry with the name, or NULL. */
const struct entry *rule_entry(const struct rule *rule, const char *name);

#endif
