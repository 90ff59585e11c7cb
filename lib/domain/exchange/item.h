/* SPDX-License-Identifier: MIT */
#ifndef EXCHANGE_ITEM_H
#define EXCHANGE_ITEM_H

#include <awm/exchange.h>

#include "base/json.h"
#include "base/mem.h"
#include "entity/entity.h"

/*
 * An item is a task as the formats speak of it: columns by value, everything
 * that is a row of its own (project, people, other tasks, comments) by name.
 * Each format turns a record into an item and an item into a record.
 */

/* Names in order; the texts live in the item's arena. */
struct names {
	const char **items;
	size_t n;
};

struct note {
	const char *author; /* email or login; NULL: nobody is named */
	const char *email;  /* of the author's user, when it is one here */
	const char *text;
	int64_t at;
};

struct item {
	struct arena *arena;
	const char *uid;
	/* Columns that the format has a word for; null when the record says
	 * nothing of them. */
	struct awm_value v[TASK_NFIELDS];
	bool has[TASK_NFIELDS];
	const char *project;	/* its title; NULL: none */
	const char *repository; /* of the project */
	const char *assignee;	/* email or login */
	const char *email; /* of the assignee's user, when it is one here */
	struct names watchers;
	const char *parent; /* uid */
	struct names blockers;
	int64_t defer_until; /* 0: none */
	struct note *notes;
	size_t nnotes;
	bool skip;	    /* stands for nothing here */
	const char *repeat; /* not a task, but what makes one: how often */
};

void item_set(struct item *it, size_t field, struct awm_value v);
/* Null without a text; a text stays where it is. */
void item_text(struct item *it, size_t field, const char *text);
/* A name of at most FIELD_NAME_MAX characters on one line, made from any text.
 * What does not fit is not lost: the description, if there is none, has all of
 * it. */
int item_title(struct item *it, const char *text);
const char *item_get(const struct item *it, size_t field); /* "" for null */
bool item_is(const struct item *it, size_t field, const char *word);
bool item_null(const struct item *it, size_t field);

/* The email of the user that somebody is here: LOGIN@source.invalid for a
 * login. NULL without memory. */
const char *person_email(struct arena *a, const char *who, const char *domain);
/* Whether the word is one of a list with blanks between, in lower case. */
bool list_holds(const char *list, const char *word);
int names_add(struct arena *a, struct names *n, const char *name);
bool names_hold(const struct names *n, const char *name);
int item_note(struct item *it, const char *author, const char *text,
	      int64_t at);

/* Tags: a JSON array in the column, names here. */
int item_tags(const struct item *it, struct names *ret);
int item_set_tags(struct item *it, const struct names *tags);
/* The status as tools see it that have no word for one that waits for others:
 * what only dependencies block is open, or under way. */
const char *item_status(const struct item *it);
/* The tag that begins with the prefix, without it; NULL when there is none. */
const char *tag_after(const struct names *tags, const char *prefix);

/* ---- what formats have in common: a key of the record is a column ---- */

enum how {
	AS_TEXT,
	AS_TITLE,
	AS_INT,	  /* a number */
	AS_TIME,  /* RFC 3339 */
	AS_BASIC, /* 20261122T170000Z */
	AS_TAGS,  /* an array of names */
	AS_WORD,  /* by `words` */
	AS_NUMBER /* by `words`, which are digits */
};

struct word {
	const char *theirs, *ours;
};

struct mapping {
	const char *key;
	size_t field;
	enum how how;
	const struct word *words; /* ended by a null; what is none of them is
				     the first one */
};

/* Reads the keys that the record has. */
int mapping_read(const struct mapping *m, size_t n, const cJSON *record,
		 struct item *it);
/* Writes those that the item has. */
int mapping_write(const struct mapping *m, size_t n, const struct item *it,
		  cJSON *record);

/* Text of a time; AWM_USAGE for what is none. */
int time_read(const char *text, enum how how, int64_t *ret);
const char *time_write(struct arena *a, enum how how, int64_t ms);

/* Members of a record; -AWM_NOMEM. NULL writes nothing. */
int put_text(cJSON *o, const char *key, const char *text);
int put_names(cJSON *o, const char *key, const struct names *names);
int put(cJSON *o, const char *key, cJSON *value);
/* The text under the key; NULL when there is none, or an empty one.
 * AWM_USAGE for another kind of value. */
int get_text(const cJSON *o, const char *key, const char **ret);

#endif
