/* SPDX-License-Identifier: MIT */
#ifndef AWM_WRITE_H
#define AWM_WRITE_H

#include <awm/query.h>

/*
 * Changing rows. Every function here passes one place, which in one
 * transaction checks the acting user's role, validates the values, applies the
 * entity's rules, writes, records an activity with the difference, updates
 * derived columns and the search index. Records are returned as they stand
 * after the change, in the pool; `ret` may be NULL.
 */

struct awm_set {
	const struct awm_field *field;
	struct awm_value value; /* text borrowed for the call */
};

/* Adds a row; what is not set has its default. */
AWM_EXPORT int awm_add(struct awm_session *s, const struct awm_entity *e,
		       const struct awm_set *sets, size_t n,
		       struct awm_pool *pool, struct awm_record **ret);

struct awm_edit_opts {
	bool check_stale;	     /* refuse (AWM_CONFLICT) a row whose */
	int64_t if_updated_at;	     /* updatedAt is another */
	const char *const *add_tags; /* tasks */
	size_t nadd_tags;
	const char *const *rm_tags;
	size_t nrm_tags;
	bool allow_overlap; /* time entries: with another of the same user */
};

/* Changes columns. A change that changes nothing writes nothing, and no
 * activity. `opts` may be NULL. */
AWM_EXPORT int awm_edit(struct awm_session *s, const struct awm_entity *e,
			int64_t id, const struct awm_set *sets, size_t n,
			const struct awm_edit_opts *opts, struct awm_pool *pool,
			struct awm_record **ret);

/* Deletes for good, with everything that the schema cascades to. The record
 * is the row as it was. */
AWM_EXPORT int awm_delete(struct awm_session *s, const struct awm_entity *e,
			  int64_t id, struct awm_pool *pool,
			  struct awm_record **ret);

/* ---- projects ---- */

AWM_EXPORT int awm_project_archive(struct awm_session *s, int64_t id,
				   bool archived, struct awm_pool *pool,
				   struct awm_record **ret);
AWM_EXPORT int awm_project_favorite(struct awm_session *s, int64_t id,
				    bool favorite, struct awm_pool *pool,
				    struct awm_record **ret);
/* The first example query: the project with owner, members (each with its
 * user) and live tasks in order. A constant number of statements. */
AWM_EXPORT int awm_project_show(struct awm_session *s, int64_t id,
				struct awm_pool *pool, struct awm_record **ret);
/* Tasks by status, hours estimated and actual, cost. */
AWM_EXPORT int awm_project_stats(struct awm_session *s, int64_t id,
				 struct awm_pool *pool,
				 struct awm_record **ret);
/* role NULL: member. An existing member's role is changed. */
AWM_EXPORT int awm_project_member_add(struct awm_session *s, int64_t project,
				      int64_t user, const char *role,
				      struct awm_pool *pool,
				      struct awm_record **ret);
AWM_EXPORT int awm_project_member_rm(struct awm_session *s, int64_t project,
				     int64_t user);
/* Calls fn with each membership joined with its user. */
AWM_EXPORT int awm_project_member_list(struct awm_session *s, int64_t project,
				       awm_row_fn *fn, void *ctx);

/* ---- tasks ---- */

enum awm_task_verb {
	AWM_TASK_START,	  /* in_progress; startedAt on the first */
	AWM_TASK_DONE,	  /* done; completedAt */
	AWM_TASK_REOPEN,  /* todo; completedAt cleared */
	AWM_TASK_REVIEW,  /* in_review */
	AWM_TASK_UNBLOCK, /* out of blocked; blocker and reason cleared */
	AWM_TASK_RM,	  /* soft delete */
	AWM_TASK_RESTORE
};
AWM_EXPORT int awm_task_do(struct awm_session *s, enum awm_task_verb verb,
			   int64_t id, struct awm_pool *pool,
			   struct awm_record **ret);
/* by 0: none; reason NULL: none; one of them must be given. */
AWM_EXPORT int awm_task_block(struct awm_session *s, int64_t id, int64_t by,
			      const char *reason, struct awm_pool *pool,
			      struct awm_record **ret);
/* Adds a user to those who watch the task, or takes one out. user 0: the
 * acting one. */
AWM_EXPORT int awm_task_watch(struct awm_session *s, int64_t id, int64_t user,
			      bool on, struct awm_pool *pool,
			      struct awm_record **ret);
/* user 0: unassign. */
AWM_EXPORT int awm_task_assign(struct awm_session *s, int64_t id, int64_t user,
			       struct awm_pool *pool, struct awm_record **ret);
AWM_EXPORT int awm_task_tag(struct awm_session *s, int64_t id,
			    const char *const *tags, size_t n, bool add,
			    struct awm_pool *pool, struct awm_record **ret);
/* Another project (0: stay), or right before or after a task (0: none) of its
 * project's order. Subtasks move along to another project. */
AWM_EXPORT int awm_task_move(struct awm_session *s, int64_t id, int64_t project,
			     int64_t before, int64_t after,
			     struct awm_pool *pool, struct awm_record **ret);
/* For good; the row must be softly deleted, or `force`. Subtasks go along. */
AWM_EXPORT int awm_task_purge(struct awm_session *s, int64_t id, bool force,
			      struct awm_pool *pool, struct awm_record **ret);
/* How many subtasks, at any depth, go along when these tasks are deleted,
 * other than themselves; `deleted`: those that are deleted softly too. */
AWM_EXPORT int awm_task_below(struct awm_session *s, const int64_t *ids,
			      size_t n, bool deleted, int64_t *ret);
/* The third example query: project, assignee, live comments with authors,
 * time entries with users, the last 10 executions. Constant statements. */
AWM_EXPORT int awm_task_show(struct awm_session *s, int64_t id,
			     struct awm_pool *pool, struct awm_record **ret);

/* ---- users ---- */

/* preferences: `key` like "notifications.email", `value` as text; NULL unsets.
 * AWM_INVALID when the result is no UserPreferences. */
AWM_EXPORT int awm_user_pref(struct awm_session *s, int64_t id, const char *key,
			     const char *value, struct awm_pool *pool,
			     struct awm_record **ret);

#endif
