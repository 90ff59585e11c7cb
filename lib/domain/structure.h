/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_STRUCTURE_H
#define DOMAIN_STRUCTURE_H

#include "domain/template.h"

/*
 * The rows that a ProjectStructure, whose shape is checked, stands for: tasks,
 * the skills suggested for them, automations. Templates and plans make them
 * here, inside of their transaction.
 */
struct structure {
	struct awm_session *session;
	struct arena *arena;
	const cJSON *root;
	int64_t project;
	int64_t parent; /* of its tasks; 0: none */
	bool append;	/* behind the tasks that are there, else from 0 on */
	bool disabled;	/* automations are not switched on */
	struct template_skills skills;
	/* The text of a task under the key, NULL where there is none; NULL: as
	 * it stands. */
	int (*text)(void *ctx, const cJSON *task, const char *key,
		    const char **ret);
	void *ctx;
	const char *what; /* for messages: "the template" */

	/* what came of it; `ids` has room for all tasks, or is NULL */
	int64_t *ids;
	size_t tasks, automations;
};

/* Before anything is written: the skills, by name. Those that are not here are
 * in skills.absent, which is to be released. */
int structure_find_skills(struct structure *st);
int structure_make(struct structure *st);

#endif
