/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SKILL_H
#define DOMAIN_SKILL_H

#include <awm/skill.h>

#include "domain/mutate.h"

extern const struct rules skill_rules, suggested_skill_rules;

/* What a skill is filed under when nobody says. */
#define SKILL_CATEGORY "general"

/* ---- who sees what ---- */

/* AWM_NOT_FOUND, as for a skill that is not there, unless the acting user sees
 * it. Listings: scope_list(). */
int skill_require(struct awm_session *s, int64_t id);

/* The row with its tags. AWM_NOT_FOUND, also when it is not to be seen. */
int skill_get(struct awm_session *s, int64_t id, struct arena *a,
	      struct awm_record **ret);

/* ---- tags ---- */

enum skill_tags { TAGS_ADD, TAGS_RM, TAGS_SET };

/* Names as a JSON array, each once, sorted. AWM_INVALID for what is no tag. */
int skill_tags_list(struct awm_session *s, const char *const *tags, size_t n,
		    struct arena *a, const char **ret);
/* Those that the skill has, as such a list. */
int skill_tags_of(struct awm_session *s, int64_t id, struct arena *a,
		  const char **ret);
/* Writes the list, without a word about it. */
int skill_tags_write(struct awm_session *s, int64_t id, enum skill_tags how,
		     const char *list);
/* The same as part of a change, which tells of it. */
int skill_tags_amend(struct awm_session *s, struct change *c,
		     enum skill_tags how, const char *list);
/* Brings back the tags that an activity tells of: for undo. */
int skill_tags_restore(struct awm_session *s, struct change *c,
		       const cJSON *list);
/* Those of a skill that is back, from {"from":…} of its deletion; or NULL. */
int skill_tags_put(struct awm_session *s, int64_t id, const cJSON *told);

/* ---- versions ---- */

/* The columns that make a version. */
#define SKILL_VERSIONED 5
extern const size_t skill_versioned[SKILL_VERSIONED];

/* ---- ranking: skill_rank.c ---- */

/* How well texts fit a question, by BM25 over words folded as names are
 * compared; texts without blanks between words (Chinese, Japanese) by pairs
 * of characters. */
struct skill_rank;
int skill_rank_new(const char *question, struct skill_rank **ret);
void skill_rank_free(struct skill_rank *k);
/* One text in parts with weights; `key` names it. */
struct skill_part {
	const char *text; /* may be NULL */
	double weight;
};
int skill_rank_add(struct skill_rank *k, int64_t key,
		   const struct skill_part *parts, size_t n);
/* Calls fn with each text that fits at all, with a number from 0 to 1, in the
 * order in which they were added. */
int skill_rank_each(struct skill_rank *k,
		    int (*fn)(void *ctx, int64_t key, double fit), void *ctx);

#endif
