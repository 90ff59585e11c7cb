/* SPDX-License-Identifier: MIT */
#ifndef AWM_SKILL_H
#define AWM_SKILL_H

#include <awm/write.h>

/*
 * Skills: prompts with a name, kept with every version that they ever had.
 *
 * Who sees one: its author, the members of its team, everybody if it is public
 * or official, and admins. To anybody else it is AWM_NOT_FOUND, here and in
 * awm_list(), awm_get() and awm_resolve(). Its author and admins change and
 * delete it; whoever sees it may run, fork, review and attach it.
 *
 * A change of name, description, prompt or schemas makes a new version. Prompts
 * are mustache templates and schemas JSON Schema; what is malformed is refused.
 * Records of skills that these functions give have the column "tags" as well, a
 * JSON array in the order of the alphabet; awm_list() adds it where the query
 * asks for it.
 */

/* Whoever adds a skill is its author. Tags are borrowed. */
AWM_EXPORT int awm_skill_add(struct awm_session *s, const struct awm_set *sets,
			     size_t n, const char *const *tags, size_t ntags,
			     struct awm_pool *pool, struct awm_record **ret);

/* `tags` NULL: leave them; otherwise they take the place of those that it has.
 * `opts` may be NULL. Without a changelog among the sets a new version has
 * none. */
AWM_EXPORT int awm_skill_edit(struct awm_session *s, int64_t id,
			      const struct awm_set *sets, size_t n,
			      const char *const *tags, size_t ntags,
			      const struct awm_edit_opts *opts,
			      struct awm_pool *pool, struct awm_record **ret);

AWM_EXPORT int awm_skill_tag(struct awm_session *s, int64_t id,
			     const char *const *tags, size_t n, bool add,
			     struct awm_pool *pool, struct awm_record **ret);

/* The skill with author and team, and the columns versions, forkedFrom, runs,
 * successRate, totalTokens, totalCost. */
AWM_EXPORT int awm_skill_show(struct awm_session *s, int64_t id,
			      struct awm_pool *pool, struct awm_record **ret);

/* A skill of one's own, version 1, private, with the tags of the other one.
 * name NULL: its name with " (fork)" behind. */
AWM_EXPORT int awm_skill_fork(struct awm_session *s, int64_t id,
			      const char *name, struct awm_pool *pool,
			      struct awm_record **ret);

/* ---- versions ---- */

/* Calls fn with each version, the newest first: version, name, description,
 * prompt, inputSchema, outputSchema, changelog, userId, author (an email),
 * createdAt, and changed, the columns in which it differs from the one before
 * it, a JSON array. */
AWM_EXPORT int awm_skill_history(struct awm_session *s, int64_t id,
				 awm_row_fn *fn, void *ctx);
/* One of them. AWM_NOT_FOUND when there is none. */
AWM_EXPORT int awm_skill_version(struct awm_session *s, int64_t id,
				 int64_t version, struct awm_pool *pool,
				 struct awm_record **ret);
/* Makes a new version that is as an old one was; nothing where the present one
 * is so already. changelog NULL: says which one it is. */
AWM_EXPORT int awm_skill_restore(struct awm_session *s, int64_t id,
				 int64_t version, const char *changelog,
				 struct awm_pool *pool,
				 struct awm_record **ret);
/* Calls fn with each difference of two versions: field, line (of texts with
 * several), change ("-" or "+"), text. 0 is the present one for `to`, and for
 * `from` the one before `to`. */
AWM_EXPORT int awm_skill_diff(struct awm_session *s, int64_t id, int64_t from,
			      int64_t to, awm_row_fn *fn, void *ctx);

/* ---- reviews ---- */

/* The acting user's, in place of an earlier one; the column rating is the
 * average of everybody's. comment may be NULL. AWM_INVALID for a rating outside
 * of 1 to 5. */
AWM_EXPORT int awm_skill_review(struct awm_session *s, int64_t id,
				int64_t rating, const char *comment,
				struct awm_pool *pool, struct awm_record **ret);
/* Takes the review of a user away; that of somebody else takes an admin.
 * AWM_NOT_FOUND when there is none. */
AWM_EXPORT int awm_skill_review_rm(struct awm_session *s, int64_t id,
				   int64_t user, struct awm_pool *pool,
				   struct awm_record **ret);
/* Calls fn with each review, the newest first: userId, author (an email),
 * rating, comment, createdAt. */
AWM_EXPORT int awm_skill_review_list(struct awm_session *s, int64_t id,
				     awm_row_fn *fn, void *ctx);

/* ---- tasks ---- */

struct awm_skill_suggest {
	size_t limit;  /* 0: 5 */
	size_t attach; /* so many of the best are attached to the task */
};

/*
 * Ranks the skills for a task: how well name, description, category and tags
 * fit its title, description and tags, and how well the skill did so far
 * (runs that succeeded, rating, use). Kept with their scores, from 0 to 1, as
 * suggestions of the task, in place of earlier ones that are not attached.
 * Calls fn with each, the best first: id, taskId, skillId, name, description,
 * score, isAttached, runs, successRate, rating.
 */
AWM_EXPORT int awm_skill_suggest(struct awm_session *s, int64_t task,
				 const struct awm_skill_suggest *how,
				 awm_row_fn *fn, void *ctx);

/* Attaches the skill to the task, or takes it off. The record is the
 * suggestion. AWM_NOT_FOUND when it is not attached. */
AWM_EXPORT int awm_skill_attach(struct awm_session *s, int64_t id, int64_t task,
				bool attach, struct awm_pool *pool,
				struct awm_record **ret);

/* Calls fn with a row for the skill (0: for each one that the acting user
 * sees): id, name, version, versions, runs, succeeded, failed, cancelled,
 * running, successRate (of those that ended; null without any), promptTokens,
 * completionTokens, totalTokens, cost, averageCost, averageDuration
 * (milliseconds), rating, reviews, usageCount, forkCount, lastRunAt. */
AWM_EXPORT int awm_skill_stats(struct awm_session *s, int64_t id,
			       awm_row_fn *fn, void *ctx);

/* ---- SKILL.md ---- */

struct awm_skill_import {
	bool skip_invalid; /* warn of files that cannot be read, go on */
	/* A line about a file; may be NULL. */
	void (*warn)(void *ctx, const char *path, const char *text);
	/* Of each skill, after the commit; did is "added", "changed" or
	 * "unchanged". */
	int (*done)(void *ctx, const char *did, const struct awm_record *row);
	void *ctx;
};

/*
 * Reads SKILL.md files: each path is one, or a folder with one, or a folder of
 * such folders. The skill of exactly that name which the acting user may
 * change is made what the file says, so that importing twice changes nothing;
 * otherwise one is added. All or nothing. Symbolic links out of a skill's
 * folder are not followed, other files in it are not imported, and warned of.
 * AWM_USAGE for a malformed file, with path and line, AWM_INVALID for one that
 * makes no skill, AWM_NOT_FOUND, AWM_CONFLICT when several skills have the
 * name.
 */
AWM_EXPORT int awm_skill_import(struct awm_session *s, const char *const *paths,
				size_t n, const struct awm_skill_import *how,
				struct awm_pool *pool);

/* The skill as the text of a SKILL.md, and the name of the folder that it
 * wants to be in; both in the pool. Warnings go to warn (may be NULL), with the
 * folder's name as path. */
AWM_EXPORT int awm_skill_export(struct awm_session *s, int64_t id,
				const struct awm_skill_import *how,
				struct awm_pool *pool, const char **ret_text,
				const char **ret_folder);
/* Writes it to DIR/SKILL.md, making the folder. *ret_did is "wrote" or
 * "unchanged". AWM_CONFLICT where the SKILL.md of another skill stands, unless
 * `force`. Nothing is written in a dry run. */
AWM_EXPORT int awm_skill_write(struct awm_session *s, int64_t id,
			       const char *dir, bool force,
			       const struct awm_skill_import *how,
			       struct awm_pool *pool, const char **ret_did);

/* Holds SKILL.md files to the published specification; nothing is written.
 * Calls fn for each: path, name, valid, problems (a JSON array). *ret_invalid
 * is the number of those that are not. */
AWM_EXPORT int awm_skill_validate(const char *const *paths, size_t n,
				  awm_row_fn *fn, void *ctx,
				  size_t *ret_invalid);

#endif
