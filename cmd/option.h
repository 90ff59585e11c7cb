/* SPDX-License-Identifier: MIT */
#ifndef CMD_OPTION_H
#define CMD_OPTION_H

#include "cmd/command.h"

/* An option that is read once the session is open: columns, dates,
 * references. */
struct given {
	const struct option *option;
	const struct awm_field *field; /* of SET and FILTER */
	const char *text;	       /* NULL for -e */
};

/* What stands on every command line; ended by a zero row. */
extern const struct option global_options[];

/* ---- find.c: which command ---- */

/* Finds the command that the words of argv name, following aliases and
 * external commands, and takes those words out of argv. */
int find_command(struct run *r, int *argc, char ***argv);
/* The row with this name; NULL when there is none. */
const struct command *find_exact(const char *name);
/* The command that the words name, aliases of verbs included. */
const struct command *find_words(const char *const *words, size_t n);
/* Whether some command's name begins with the words. */
bool find_prefix(const char *const *words, size_t n);
/* Whether `word` is one of the words in `list`, separated by spaces. */
bool word_in(const char *list, const char *word, size_t len);
/* AWM_USAGE for an unknown command. */
int find_unknown(struct run *r, const char *const *words, size_t n);
/* Keeps in *best whichever of itself and `candidate` is nearer to `word`. */
struct nearest {
	const char *word;
	const char *best;
	size_t distance;
};
void nearest_try(struct nearest *n, const char *candidate);
/* The best if it is near enough to be meant; else NULL. */
const char *nearest_best(const struct nearest *n);

/* ---- alias.c ---- */

/* Runs the program awm-WORD of the word argv[at], if there is one. */
int find_external(struct run *r, char **argv, int at);
/* Programs named awm-WORD on PATH, sorted, each once. */
int external_list(struct run *r, struct text_list *ret);
/* Whether there is a program awm-WORD. */
bool external_is(struct run *r, const char *word);
/* Puts what the configuration has as alias.WORD in place of argv[at]. */
int find_alias(struct run *r, int *argc, char ***argv, int at, bool *ret_found);

/* ---- option.c: its command line ---- */

int option_parse(struct run *r, int argc, char **argv);
bool option_takes_value(const struct option *o);
/* Whether the option has a --no- form as well. */
bool option_negates(const struct command *c, const struct option *o);
/* The option of this long name; those of the command (may be NULL) first. */
const struct option *option_long(const struct command *c, const char *name,
				 size_t len);
const struct option *option_letter(const struct command *c, char letter);
/* The entity and the column that an option speaks of, or NULL. */
const struct awm_entity *option_entity(const struct command *c,
				       const struct option *o);
const struct awm_field *option_field(const struct command *c,
				     const struct option *o);
/* The words that its value can be, or NULL. */
const char *const *option_words(const struct command *c,
				const struct option *o);

/* ---- option_value.c ---- */

int option_store(struct run *r, const struct option *o, const char *text);
int text_push(struct arena *a, struct text_list *list, const char *text);
/* Each part of "a,b,c"; empty ones are left out. */
int text_push_commas(struct arena *a, struct text_list *list, const char *text);
/* Room for one more behind `count` items; NULL without memory. */
void *array_room(struct arena *a, void *items, size_t count, size_t size);
/* AWM_USAGE unless `text` is one of the words. *ret_index may be NULL. */
int word_check(const char *what, const char *text, const char *const *words,
	       int *ret_index);

/* ---- filter.c ---- */

/* Adds to the query the condition that a FILTER option stands for. */
int run_filter(struct run *r, struct awm_query *q, const struct given *g);

/* ---- resolve.c ---- */

/* Fills the TIME and REF options, once the session is open. */
int resolve_options(struct run *r);

/* ---- argument.c ---- */

/* How many of the texts row i of the arguments takes, and from where. */
size_t argument_span(const struct run *r, size_t i, size_t *ret_first);
/* AWM_USAGE for one that is missing, one too many, or an unknown word. */
int argument_check(struct run *r);

#endif
