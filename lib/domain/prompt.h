/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PROMPT_H
#define DOMAIN_PROMPT_H

#include "base/json.h"
#include "domain/session.h"

/*
 * What is sent for a task: the skill's template, else the task's
 * generatedPrompt, else title and description; rendered over
 *
 *	task.*		the task's columns, JSON ones as JSON
 *	project.*	its project's
 *	input.*		what was given; {{k}} too, where nothing else has that
 *			name
 *	user.*		id, name, email of who runs it
 *	today		the date in the user's zone
 */
struct prompt {
	const char *text;
	/* JSON object: {"input":…, "skill":{id,name,version}, "added":[…]}:
	 * what was rendered over; "added" are the names that the template put
	 * in outside of sections. */
	const char *context;
	cJSON *output_schema;	 /* the skill's, parsed, or NULL; owned */
	const char *schema_name; /* letters, digits, _ and -; at most 64 */
	const char *provider;	 /* skill's, task's, else project's; NULL: none
				  */
};

/* `task` 0 only with a skill. `inputs` is an object or NULL; what it leaves out
 * has the "default" of the skill's inputSchema, to which it is then held:
 * AWM_INVALID with the place. AWM_INVALID as well for a name without a value,
 * with its line, and for a malformed template. Texts live in the arena. */
int prompt_build(struct awm_session *s, int64_t task, int64_t skill,
		 const cJSON *inputs, struct arena *a, struct prompt *ret);

/* {"task":…,"project":…,"user":…,"today":…}: what templates of prompts and of
 * automations see of a task; owned. `task` 0: without task and project. */
int prompt_data(struct awm_session *s, int64_t task, cJSON **ret);

/* A row as a JSON object, spelled as the schema spells it, without secrets and
 * awm's own columns; owned. */
int prompt_row(const struct awm_record *row, cJSON **ret);

#endif
