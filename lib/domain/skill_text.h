/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_SKILL_TEXT_H
#define DOMAIN_SKILL_TEXT_H

#include "domain/session.h"
#include "domain/skill_file.h"

/*
 * Between a SKILL.md and the columns of a skill. What the specification of such
 * files has no place for stands in the metadata.
 */
#define SKILL_KEY_TITLE	    "title" /* a name that is none of a folder */
#define SKILL_KEY_CATEGORY  "category"
#define SKILL_KEY_VERSION   "version"
#define SKILL_KEY_TAGS	    "tags" /* "a, b" */
#define SKILL_KEY_PROVIDER  "awm-ai-provider"
#define SKILL_KEY_MCP	    "awm-mcp-requirements"
#define SKILL_KEY_INPUT	    "awm-input-schema"
#define SKILL_KEY_OUTPUT    "awm-output-schema"
#define SKILL_KEY_CHANGELOG "awm-changelog"
#define SKILL_KEY_TAG_LIST  "awm-tags"		/* JSON: one holds a comma */
#define SKILL_KEY_NOTHING   "awm-description"	/* "none": there is none */
#define SKILL_KEY_NEWLINE   "awm-final-newline" /* "false" */
/* The prompt to the letter, where the body cannot be that; it counts as long
 * as nobody has changed the body. */
#define SKILL_KEY_PROMPT "awm-prompt"

const char *skill_text_description(const struct skill_file *file);
/* NULL without memory. */
const char *skill_text_prompt(const struct skill_file *file, struct arena *a);
/* A sorted JSON array; NULL when the file does not say. */
int skill_text_tags(struct awm_session *s, const struct skill_file *file,
		    struct arena *a, const char **ret);
/* "not kept: license, …"; NULL when everything has a place. */
int skill_text_lost(const struct skill_file *file, struct arena *a,
		    const char **ret);

/* Writes description, body and tags, with the keys that they need. */
int skill_text_put(struct skill_file *file, const char *description,
		   const char *prompt, const char *tags, struct arena *a);

#endif
