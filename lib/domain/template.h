/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_TEMPLATE_H
#define DOMAIN_TEMPLATE_H

#include <awm/template.h>

#include "base/json.h"
#include "domain/mutate.h"

/* What a template is filed under when nobody says. */
#define TEMPLATE_CATEGORY "general"

/* Reads and checks the structure of a template, which may come from anywhere.
 * Owned. */
int template_parse(const struct awm_value *structure, cJSON **ret);

/* Adds a name to the list "a, b", once. */
void template_note(struct buf *list, const char *name);

/* The skills that a structure names. Set the first three; the rest is of
 * template_skills.c. */
struct template_skill;
struct template_skills {
	struct awm_session *session;
	const cJSON *structure;
	struct arena *arena;
	struct buf absent; /* names that are not here; to be released */
	struct template_skill *items;
	size_t count, room;
	const cJSON **general; /* names for every task */
	size_t ngeneral;
};

/* Looks for all of them by name, before anything is written. */
int template_skills_find(struct template_skills *k);
/* Suggests for the task what `task` of the structure names, and what is for
 * every one. */
int template_skills_suggest(struct template_skills *k, const cJSON *task,
			    int64_t id);

#endif
