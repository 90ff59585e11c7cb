/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SEARCH_H
#define DOMAIN_SEARCH_H

#include <awm/search.h>

#include "base/buf.h"
#include "domain/session.h"

/* ---- the index: index.c, search_index.c ---- */

/* The text of a row as "search_indexes" holds it: prepared for the index, see
 * base/words.h; the title apart. */
struct index_text {
	struct buf title, content;
};

void index_text_add(struct index_text *t, const struct awm_field *f,
		    const struct awm_value *v);
int index_text_check(const struct index_text *t);
void index_text_release(struct index_text *t);

bool index_has(const struct awm_entity *e);

/* What is wrong with the index, row by row of the entities and of the index
 * itself: calls fn with a line of what is amiss. */
int index_problems(struct awm_session *s,
		   int (*fn)(void *ctx, const char *line), void *ctx);
/* AWM_INVALID unless the words of the index are those of its texts. Where
 * nothing can be written *ret_unchecked is set, and the error says why. */
int index_words_check(struct awm_session *s, bool *ret_unchecked);
/* awm_search_rebuild() without asking who does it. Unless `all`, words are made
 * anew only where a text was not as it should be. */
int index_rebuild(struct awm_session *s, bool all,
		  struct awm_search_rebuilt *ret);

/* ---- the query: search_query.c, without a database ---- */

enum search_filter_kind {
	FILTER_TYPE,
	FILTER_STATUS,
	FILTER_PROJECT,
	FILTER_ASSIGNEE,
	FILTER_TAG,
	FILTER_AFTER,
	FILTER_BEFORE,
	FILTER_KINDS
};

struct search_filter {
	enum search_filter_kind kind;
	bool without;
	const char *value;
};

/* A word that may be misspelt, and where it stands in the text. */
struct search_word {
	const char *text;
	size_t at, len;
};

/* A query that was read. Texts and arrays live in the arena. */
struct search_parsed {
	const char *match; /* for MATCH; safe whatever was written */
	struct search_filter *filters;
	size_t nfilters;
	struct search_word *words;
	size_t nwords;
};

/* AWM_USAGE when there is no word to look for, or far too many. */
int search_parse(const char *text, bool plain, struct arena *a,
		 struct search_parsed *ret);
/* FILTER_KINDS when there is no filter of this name. */
enum search_filter_kind search_filter_find(const char *name, size_t len);

/* ---- the filters: search_filter.c ---- */

/* What is in, and what is out, as JSON arrays; empty: no such filter. */
struct search_filters {
	struct buf in[FILTER_AFTER], out[FILTER_AFTER];
	struct awm_value after, before;
};

int search_filter_add(struct awm_session *s, struct search_filters *f,
		      const struct search_filter *filter);
int search_filters_check(struct search_filters *f);
void search_filters_release(struct search_filters *f);

/* ---- searching: search.c, search_suggest.c ---- */

struct search {
	struct awm_session *session;
	const struct awm_search_query *query;
	struct search_parsed parsed;
	struct search_filters filters;
	bool filtered;
	struct arena arena;
};

/* Whether the query finds anything that may be seen with another match. */
int search_finds(struct search *k, const char *match, bool *ret);
/* What would be found if words were spelt otherwise; *ret NULL: nothing. */
int search_suggest(struct search *k, struct arena *a, const char **ret);

#endif
