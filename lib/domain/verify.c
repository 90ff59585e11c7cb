// SPDX-License-Identifier: MIT
/* git verify: whether the commits of tasks are what they are said to be. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/emit.h"
#include "domain/link.h"
#include "entity/entity.h"
#include "entity/store.h"

/* A link as its task has it. */
struct claim {
	int64_t task;
	const char *sha;
	const char *subject;
	const char *url;
	bool reached, names;
};

struct verify {
	struct linker linker;
	struct arena arena;
	struct buf claims; /* of struct claim */
	struct buf tips;   /* hashes */
	struct awm_git_verdict verdict;
};

static struct claim *claims_of(const struct verify *v, size_t *ret_n)
{
	*ret_n = v->claims.len / sizeof(struct claim);
	return (struct claim *)(void *)v->claims.s;
}

/* ---- what is linked ---- */

static int keep_claims(struct verify *v, int64_t task, const char *text,
		       size_t len)
{
	_cleanup_json_ cJSON *commits = NULL;
	const cJSON *item;
	int rc = json_parse(text, len, &commits);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, commits)
	{
		const char *sha = json_get_str(item, "sha");
		const char *message = json_get_str(item, "message");
		const char *url = json_get_str(item, "url");
		struct claim c = {.task = task};

		message = message ? message : "";
		c.sha = arena_strdup(&v->arena, sha ? sha : "");
		c.subject = arena_strndup(&v->arena, message,
					  strcspn(message, "\r\n"));
		c.url = url ? arena_strdup(&v->arena, url) : NULL;
		if (!c.sha || !c.subject || (url && !c.url))
			return -AWM_NOMEM;
		buf_add(&v->claims, &c, sizeof(c));
	}
	return buf_check(&v->claims);
}

static int read_all(struct verify *v)
{
	struct db_stmt *st = NULL;
	int rc = db_query(v->linker.session->db, &st,
			  "SELECT \"id\",\"gitCommits\" FROM \"tasks\" WHERE "
			  "\"gitCommits\"<>'[]' AND \"deletedAt\" IS NULL",
			  NULL);

	while (!rc && (rc = db_step(st)) > 0) {
		const char *text = db_column_text(st, 1);
		rc = keep_claims(v, db_column_int(st, 0), text, strlen(text));
	}
	if (st)
		db_reset(st);
	return rc;
}

static int read_task(struct verify *v, int64_t id)
{
	struct awm_record *row;
	const struct awm_value *commits;
	int rc = store_get(v->linker.session->db, &entity_task, id, &v->arena,
			   &row);

	if (rc)
		return rc;
	commits = &row->values[TASK_gitCommits];
	return keep_claims(v, id, commits->s, commits->len);
}

static int by_sha(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int r = strcmp(x->sha, y->sha);

	return r ? r : (x->task > y->task) - (x->task < y->task);
}

static int by_task(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->task != y->task ? (x->task > y->task ? 1 : -1)
				  : strcmp(x->sha, y->sha);
}

/* ---- what is so ---- */

static bool names(const struct reference_list *refs, int64_t task)
{
	for (size_t i = 0; i < refs->count; i++)
		if (refs->items[i].task == task)
			return true;
	return false;
}

static size_t first_of(const struct claim *claims, size_t n, const char *sha)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(claims[mid].sha, sha) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int visit(void *ctx, const struct repo_commit *commit)
{
	struct verify *v = ctx;
	struct reference_list refs = {0};
	struct arena scratch = {0};
	size_t n;
	struct claim *claims = claims_of(v, &n);
	size_t i = first_of(claims, n, commit->sha);
	int rc = 0;

	if (v->linker.session->stop)
		return err_set(AWM_INTERRUPTED, "interrupted");
	if (i == n || strcmp(claims[i].sha, commit->sha) != 0)
		return 0;
	rc = reference_scan(commit->message, &scratch, &refs);
	for (; !rc && i < n && !strcmp(claims[i].sha, commit->sha); i++) {
		claims[i].reached = true;
		claims[i].names = names(&refs, claims[i].task);
	}
	arena_release(&scratch);
	return rc;
}

static int keep_tip(void *ctx, const char *ref, const char *sha)
{
	struct verify *v = ctx;
	const char *copy = arena_strdup(&v->arena, sha);

	(void)ref;
	if (!copy)
		return -AWM_NOMEM;
	buf_add(&v->tips, &copy, sizeof(copy));
	return buf_check(&v->tips);
}

static int walk(struct verify *v)
{
	struct linker *k = &v->linker;
	struct repo_history what = {.since = INT64_MIN};
	int rc = k->ops->tips(k->repo, true, keep_tip, v, &k->error);

	what.from = (const char *const *)(void *)v->tips.s;
	what.nfrom = v->tips.len / sizeof(char *);
	if (!rc)
		rc = k->ops->history(k->repo, &what, visit, v, &k->error);
	return rc ? link_failed(k, rc) : 0;
}

/* ---- what is told ---- */

static const struct awm_field fields[] = {
	{.name = "task", .label = "Task", .type = AWM_TYPE_INT},
	{.name = "sha", .label = "Commit", .type = AWM_TYPE_TEXT},
	{.name = "subject", .label = "Subject", .type = AWM_TYPE_TEXT},
	{.name = "problem", .label = "Problem", .type = AWM_TYPE_TEXT},
};

static int nothing(void *ctx, const struct repo_commit *c)
{
	(void)ctx;
	(void)c;
	return 0;
}

static int judge(struct verify *v, const struct claim *c, const char **ret)
{
	struct linker *k = &v->linker;
	const char *here;
	int rc;

	*ret = c->names ? NULL : "names no such task";
	if (c->reached)
		return 0;
	*ret = "unreachable";
	rc = k->ops->read(k->repo, c->sha, nothing, NULL, &k->error);
	if (rc != -AWM_NOT_FOUND)
		return rc ? link_failed(k, rc) : 0;
	here = weburl_commit(k->remote, c->sha, k->forge, k->pattern,
			     &v->arena);
	*ret = "missing";
	if (c->url && here && strcmp(c->url, here) != 0) {
		*ret = NULL;
		v->verdict.elsewhere++;
	}
	return 0;
}

static int tell(struct verify *v, awm_row_fn *fn, void *ctx)
{
	size_t n;
	struct claim *claims = claims_of(v, &n);
	int rc = 0;

	if (n)
		qsort(claims, n, sizeof(*claims), by_task);
	for (size_t i = 0; i < n && !rc; i++) {
		const char *problem;
		rc = judge(v, &claims[i], &problem);
		if (rc || !problem)
			continue;
		struct awm_value values[] = {
			AWM_VALUE_INT(claims[i].task),
			awm_value_text(claims[i].sha),
			awm_value_text(claims[i].subject),
			awm_value_text(problem),
		};
		v->verdict.broken++;
		rc = emit(fn, ctx, fields, values, ARRAY_LEN(values));
	}
	v->verdict.links = (int64_t)n;
	return rc;
}

static int verify(struct verify *v, const char *folder, const int64_t *tasks,
		  size_t ntasks)
{
	size_t n;
	struct claim *claims;
	int rc = link_open(&v->linker, folder);

	if (!rc && !ntasks)
		rc = read_all(v);
	for (size_t i = 0; i < ntasks && !rc; i++)
		rc = read_task(v, tasks[i]);
	claims = claims_of(v, &n);
	if (rc || !n)
		return rc;
	qsort(claims, n, sizeof(*claims), by_sha);
	return walk(v);
}

int awm_git_verify(struct awm_session *s, const char *folder,
		   const int64_t *tasks, size_t n, awm_row_fn *fn, void *ctx,
		   struct awm_git_verdict *ret)
{
	struct verify v = {.linker = {.session = s}};
	int rc = verify(&v, folder, tasks, n);

	if (!rc)
		rc = tell(&v, fn, ctx);
	if (!rc)
		*ret = v.verdict;
	buf_release(&v.claims);
	buf_release(&v.tips);
	arena_release(&v.arena);
	link_close(&v.linker);
	return rc;
}
