// SPDX-License-Identifier: MIT
/* The commits that a task has: taking some away, listing them. */
#include <awm/git.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/commits.h"
#include "domain/emit.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "entity/store.h"

struct unlink {
	const char *const *shas;
	size_t n;
};

static bool begins_with(const char *sha, const char *start)
{
	return !strncasecmp(sha, start, strlen(start));
}

static int check_start(const char *start)
{
	size_t len = strlen(start);

	if (len < 4 || strspn(start, "0123456789abcdefABCDEF") != len)
		return err_set(AWM_USAGE,
			       "'%s' is no hash, nor 4 or more digits of one",
			       start);
	return 0;
}

static int find_commit(const struct change *c, const cJSON *commits,
		       const char *start, int *ret)
{
	int found = 0, at = 0;
	const cJSON *item;

	cJSON_ArrayForEach(item, commits)
	{
		const char *sha = json_get_str(item, "sha");
		if (sha && begins_with(sha, start)) {
			found++;
			*ret = at;
		}
		at++;
	}
	if (found == 1)
		return 0;
	if (found > 1)
		return err_set(AWM_CONFLICT,
			       "'%s' begins %d commits of task %lld", start,
			       found, (long long)c->id);
	err_set(AWM_NOT_FOUND, "task %lld has no commit '%s'", (long long)c->id,
		start);
	return err_hint("awm git log %lld", (long long)c->id);
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	const struct unlink *u = ctx;
	_cleanup_json_ cJSON *commits = NULL;
	int at = 0;
	int rc = change_json(c, TASK_gitCommits, &commits);

	(void)s;
	for (size_t i = 0; i < u->n && !rc; i++) {
		rc = find_commit(c, commits, u->shas[i], &at);
		if (!rc)
			cJSON_DeleteItemFromArray(commits, at);
	}
	return rc ? rc : commits_set(c, commits);
}

int awm_git_unlink(struct awm_session *s, int64_t task, const char *const *shas,
		   size_t n, struct awm_pool *pool, struct awm_record **ret)
{
	struct unlink u = {shas, n};
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = check_start(shas[i]);
	return rc ? rc
		  : mutate_edit(s, &entity_task, task, NULL, 0, amend, &u,
				pool_arena(pool), ret);
}

/* ---- git log ---- */

static const struct awm_field log_fields[] = {
	{.name = "sha", .label = "Commit", .type = AWM_TYPE_TEXT},
	{.name = "subject", .label = "Subject", .type = AWM_TYPE_TEXT},
	{.name = "author", .label = "Author", .type = AWM_TYPE_TEXT},
	{.name = "timestamp", .label = "Time", .type = AWM_TYPE_TEXT},
	{.name = "url", .label = "Page", .type = AWM_TYPE_TEXT},
	{.name = "message", .label = "Message", .type = AWM_TYPE_TEXT},
};

static int tell(const cJSON *commit, struct arena *a, awm_row_fn *fn, void *ctx)
{
	const char *message = json_get_str(commit, "message");
	struct awm_value values[] = {
		awm_value_text(json_get_str(commit, "sha")),
		awm_value_text(message ? arena_strndup(a, message,
						       strcspn(message, "\r\n"))
				       : NULL),
		awm_value_text(json_get_str(commit, "author")),
		awm_value_text(json_get_str(commit, "timestamp")),
		awm_value_text(json_get_str(commit, "url")),
		awm_value_text(message),
	};

	return emit(fn, ctx, log_fields, values, ARRAY_LEN(values));
}

int awm_git_log(struct awm_session *s, int64_t task, awm_row_fn *fn, void *ctx)
{
	struct arena arena = {0};
	struct awm_record *row;
	_cleanup_json_ cJSON *commits = NULL;
	int rc = store_get(s->db, &entity_task, task, &arena, &row);

	if (!rc)
		rc = json_parse(row->values[TASK_gitCommits].s,
				row->values[TASK_gitCommits].len, &commits);
	for (int i = cJSON_GetArraySize(commits) - 1; i >= 0 && !rc; i--)
		rc = tell(cJSON_GetArrayItem(commits, i), &arena, fn, ctx);
	arena_release(&arena);
	return rc;
}

/* ---- task done --require-commit ---- */

static int require_one(struct awm_session *s, int64_t task)
{
	struct awm_value v;
	long long id = (long long)task;
	int rc = db_get(s->db, NULL, &v,
			"SELECT \"gitCommits\"<>'[]' FROM \"tasks\" "
			"WHERE \"id\"=?1",
			"i", task);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", id);
	if (rc || v.i)
		return rc;
	err_set(AWM_INVALID, "no commit is linked with task %lld", id);
	return err_hint("awm git link COMMIT --task %lld", id);
}

int awm_git_require(struct awm_session *s, const int64_t *tasks, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = require_one(s, tasks[i]);
	return rc;
}
