// SPDX-License-Identifier: MIT
#include "domain/rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/commits.h"
#include "domain/link.h"
#include "domain/mutate.h"

struct pair {
	const char *old, *new;
};

struct rewrite {
	struct linker linker;
	struct arena arena;
	struct buf pairs; /* of struct pair, by old */
	struct buf news;  /* hashes */
	struct buf tasks; /* of int64_t */
};

static int by_old(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->old,
		      ((const struct pair *)b)->old);
}

static const struct pair *find_pair(const struct rewrite *w, const char *sha)
{
	const struct pair key = {.old = sha};

	if (!sha || !w->pairs.len)
		return NULL;
	return bsearch(&key, w->pairs.s, w->pairs.len / sizeof(key),
		       sizeof(key), by_old);
}

static int read_pairs(struct rewrite *w, const char *lines)
{
	char *copy = arena_strdup(&w->arena, lines), *line, *save, *rest;

	if (!copy)
		return -AWM_NOMEM;
	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct pair p = {.old = strtok_r(line, " \t", &rest)};

		p.new = p.old ? strtok_r(NULL, " \t", &rest) : NULL;
		if (!p.new || !strcmp(p.old, p.new))
			continue;
		buf_add(&w->pairs, &p, sizeof(p));
		buf_add(&w->news, &p.new, sizeof(p.new));
	}
	if (w->pairs.len)
		qsort(w->pairs.s, w->pairs.len / sizeof(struct pair),
		      sizeof(struct pair), by_old);
	return buf_check(&w->pairs) ? -AWM_NOMEM : buf_check(&w->news);
}

/* ---- what stands in tasks ---- */

static int keep_task(struct rewrite *w, int64_t id, const char *text)
{
	_cleanup_json_ cJSON *commits = NULL;
	const cJSON *item;
	int rc = json_parse(text, strlen(text), &commits);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, commits)
	{
		if (find_pair(w, json_get_str(item, "sha"))) {
			buf_add(&w->tasks, &id, sizeof(id));
			break;
		}
	}
	return buf_check(&w->tasks);
}

static int find_tasks(struct rewrite *w)
{
	struct db_stmt *st = NULL;
	int rc = db_query(w->linker.session->db, &st,
			  "SELECT \"id\",\"gitCommits\" FROM \"tasks\" "
			  "WHERE \"gitCommits\"<>'[]'",
			  NULL);

	while (!rc && (rc = db_step(st)) > 0)
		rc = keep_task(w, db_column_int(st, 0), db_column_text(st, 1));
	if (st)
		db_reset(st);
	return rc;
}

struct reading {
	struct rewrite *w;
	cJSON *commit;
};

static int read_commit(void *ctx, const struct repo_commit *c)
{
	struct reading *r = ctx;
	struct link l;
	int rc = link_fill(&r->w->linker, c, &r->w->arena, &l);

	return rc ? rc : json_parse(l.json, strlen(l.json), &r->commit);
}

/* Squashed commits have one successor. One that is not here any more leaves the
 * old one, for git verify to tell of. */
static int replace(struct rewrite *w, cJSON *commits, cJSON *item)
{
	struct linker *k = &w->linker;
	const struct pair *p = find_pair(w, json_get_str(item, "sha"));
	struct reading r = {.w = w};
	int rc;

	if (!p)
		return 0;
	if (commits_have(commits, p->new)) {
		cJSON_Delete(cJSON_DetachItemViaPointer(commits, item));
		return 0;
	}
	rc = k->ops->read(k->repo, p->new, read_commit, &r, &k->error);
	if (rc == -AWM_NOT_FOUND)
		return 0;
	if (rc)
		return link_failed(k, rc);
	cJSON_ReplaceItemViaPointer(commits, item, r.commit);
	return 0;
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	_cleanup_json_ cJSON *commits = NULL;
	cJSON *next;
	int rc = change_json(c, TASK_gitCommits, &commits);

	(void)s;
	for (cJSON *i = rc ? NULL : commits->child; i && !rc; i = next) {
		next = i->next;
		rc = replace(ctx, commits, i);
	}
	return rc ? rc : commits_set(c, commits);
}

static int move_closings(struct rewrite *w)
{
	const struct pair *pairs = (const struct pair *)(void *)w->pairs.s;
	struct db *db = w->linker.session->db;
	int rc = 0;

	for (size_t i = 0; i < w->pairs.len / sizeof(*pairs) && !rc; i++) {
		rc = db_run(db,
			    "INSERT INTO \"git_closings\"(\"taskId\",\"sha\","
			    "\"createdAt\") SELECT \"taskId\",?2,\"createdAt\" "
			    "FROM \"git_closings\" WHERE \"sha\"=?1 "
			    "ON CONFLICT DO NOTHING",
			    "tt", pairs[i].old, pairs[i].new);
		if (!rc)
			rc = db_run(db,
				    "DELETE FROM \"git_closings\" WHERE "
				    "\"sha\"=?1",
				    "t", pairs[i].old);
	}
	return rc;
}

static int write_all(struct awm_session *s, void *ctx)
{
	struct rewrite *w = ctx;
	const int64_t *tasks;
	int rc = find_tasks(w);

	tasks = (const int64_t *)(void *)w->tasks.s;
	for (size_t i = 0; i < w->tasks.len / sizeof(*tasks) && !rc; i++)
		rc = mutate_edit(s, &entity_task, tasks[i], NULL, 0, amend, w,
				 NULL, NULL);
	return rc ? rc : move_closings(w);
}

int rewrite_commits(struct awm_session *s, const char *lines)
{
	struct rewrite w = {.linker = {.session = s}};
	struct awm_git_report did;
	int rc = role_require(s, ROLE_MEMBER, "link commits");

	if (!rc)
		rc = read_pairs(&w, lines);
	if (!rc && w.pairs.len)
		rc = link_open(&w.linker, NULL);
	if (!rc && w.pairs.len)
		rc = awm_transaction(s, write_all, &w);
	if (!rc && w.pairs.len)
		rc = awm_git_link(
			s, NULL, (const char *const *)(void *)w.news.s,
			w.news.len / sizeof(char *), 0, NULL, NULL, &did);
	buf_release(&w.pairs);
	buf_release(&w.news);
	buf_release(&w.tasks);
	arena_release(&w.arena);
	link_close(&w.linker);
	return rc;
}
