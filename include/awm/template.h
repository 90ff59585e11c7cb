/* SPDX-License-Identifier: MIT */
#ifndef AWM_TEMPLATE_H
#define AWM_TEMPLATE_H

#include <awm/write.h>

/*
 * Templates of projects. What a template makes stands in projectStructure, a
 * ProjectStructure of the specification; the rows of template_tasks repeat its
 * tasks and follow it in the same transaction. Rows are added, changed and
 * deleted with awm_add(), awm_edit() and awm_delete(): whoever adds one is its
 * author, and only the author or an admin changes or deletes it. Projects that
 * were made from a deleted template live on.
 */

/* The template with its author, and its tasks in order. */
AWM_EXPORT int awm_template_show(struct awm_session *s, int64_t id,
				 struct awm_pool *pool,
				 struct awm_record **ret);

/* The structure of a project as JSON: its live tasks in order, with the names
 * of the skills suggested for them, and its automations. Braces in titles and
 * descriptions are kept from being placeholders. *ret is in the pool. */
AWM_EXPORT int awm_template_structure(struct awm_session *s, int64_t project,
				      struct awm_pool *pool, const char **ret);

struct awm_template_apply {
	const char *title;	 /* of the project that is made */
	const char *description; /* of it, or NULL */
	int64_t owner;		 /* 0: the acting user */
	int64_t team;		 /* 0: none */
	const char *const *sets; /* "name=value"; of two the last counts */
	size_t nsets;
	bool skip_missing; /* leave out skills that are not here */
};

struct awm_template_made {
	struct awm_record *project; /* as awm_project_show() gives it */
	size_t tasks;
	size_t automations;
	const char *skipped; /* names of skills left out, or NULL; in the pool
			      */
};

/*
 * Makes a project from the template, with its tasks, the skills suggested for
 * them and its automations, all or nothing. {{name}} in titles and
 * descriptions of tasks becomes the value set for it, {{title}} that of the
 * project. A skill of the whole structure that no task names is suggested for
 * every task. Counts the use and records "template.applied". AWM_INVALID names
 * all values that are missing, AWM_NOT_FOUND all skills.
 */
AWM_EXPORT int awm_template_apply(struct awm_session *s, int64_t id,
				  const struct awm_template_apply *how,
				  struct awm_pool *pool,
				  struct awm_template_made *ret);

/* The acting user's rating, 1 to 5, in place of an earlier one; the column
 * rating is the average of everybody's. AWM_INVALID outside of that. */
AWM_EXPORT int awm_template_rate(struct awm_session *s, int64_t id,
				 int64_t rating, struct awm_pool *pool,
				 struct awm_record **ret);

/* The template as a JSON document, ended by a newline; in the pool. */
AWM_EXPORT int awm_template_export(struct awm_session *s, int64_t id,
				   struct awm_pool *pool, const char **ret);

/* Called after the commit; did is "added", "changed" or "unchanged". */
typedef int awm_template_fn(void *ctx, const char *did,
			    const struct awm_record *row);

/*
 * Reads such a document, or an array of them, all or nothing. A template of
 * exactly that name is changed to what the document says, so that importing
 * twice changes nothing. AWM_USAGE for what is no JSON, AWM_INVALID for JSON
 * that is no template, AWM_CONFLICT when two templates have the name.
 */
AWM_EXPORT int awm_template_import(struct awm_session *s, const char *text,
				   size_t len, struct awm_pool *pool,
				   awm_template_fn *fn, void *ctx);

#endif
