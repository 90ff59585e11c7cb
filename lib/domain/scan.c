// SPDX-License-Identifier: MIT
/*
 * git scan: a whole history. It is read once, for who names which task; then
 * the links are written task by task, so that each task is changed once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/link.h"
#include "domain/mutate.h"

#define BATCH	 2000 /* links of one transaction, or those of one task */
#define EACH	 256  /* commits between two looks at interrupts */
#define SHA_SIZE 41

/* A link in small: there may be a million of them. */
struct found {
	int64_t task;
	int64_t time;
	uint32_t at;
	bool closes, on_default;
	char sha[SHA_SIZE];
};

struct tip {
	const char *ref;
	const char *sha;
};

struct scan {
	struct linker linker;
	const struct awm_git_scan *what;
	awm_row_fn *fn;
	void *ctx;
	const char *boundary;
	struct buf tips;  /* of struct tip */
	struct buf from;  /* their hashes */
	struct buf known; /* hashes */
	struct buf found; /* of struct found */
	struct found *batch;
	size_t count;
};

static void tell_progress(struct scan *s)
{
	if (s->what->progress)
		s->what->progress(s->what->progress_ctx, &s->linker.report);
}

static int check_stop(const struct scan *s)
{
	return s->linker.session->stop ? err_set(AWM_INTERRUPTED, "interrupted")
				       : 0;
}

/* ---- what there is to read ---- */

static int keep_tip(void *ctx, const char *ref, const char *sha)
{
	struct scan *s = ctx;
	struct arena *a = &s->linker.arena;
	struct tip t = {arena_strdup(a, ref), arena_strdup(a, sha)};

	if (!t.ref || !t.sha)
		return -AWM_NOMEM;
	buf_add(&s->tips, &t, sizeof(t));
	buf_add(&s->from, &t.sha, sizeof(t.sha));
	return buf_check(&s->from);
}

static int read_known(struct scan *s)
{
	struct linker *k = &s->linker;
	struct db_stmt *st = NULL;
	int rc = db_query(k->session->db, &st,
			  "SELECT DISTINCT \"sha\" FROM \"git_scans\" WHERE "
			  "\"repository\"=?1 AND \"boundary\"=?2",
			  "tt", k->ops->common(k->repo), s->boundary);

	while (!rc && (rc = db_step(st)) > 0) {
		const char *sha =
			arena_strdup(&k->arena, db_column_text(st, 0));
		buf_add(&s->known, &sha, sizeof(sha));
		rc = sha ? buf_check(&s->known) : -AWM_NOMEM;
	}
	if (st)
		db_reset(st);
	return rc;
}

static int read_tips(struct scan *s)
{
	struct linker *k = &s->linker;
	const char *boundary = "";
	int rc = k->ops->boundary(k->repo, &boundary, &k->error);

	if (!rc)
		rc = k->ops->tips(k->repo, s->what->all, keep_tip, s,
				  &k->error);
	if (rc)
		return link_failed(k, rc);
	s->boundary = arena_strdup(&k->arena, boundary);
	if (!s->boundary)
		return -AWM_NOMEM;
	return s->what->again ? 0 : read_known(s);
}

/* ---- reading ---- */

static int keep_found(struct scan *s, const struct repo_commit *c,
		      const struct reference_list *refs)
{
	struct found f = {.time = c->time, .on_default = c->on_default};

	if (strlen(c->sha) >= sizeof(f.sha))
		return err_set(AWM_ERROR, "'%s' is too long a hash", c->sha);
	memcpy(f.sha, c->sha, strlen(c->sha) + 1);
	s->linker.report.naming += refs->count > 0;
	for (size_t i = 0; i < refs->count; i++) {
		f.task = refs->items[i].task;
		f.closes = refs->items[i].closes;
		f.at = (uint32_t)s->linker.report.commits;
		buf_add(&s->found, &f, sizeof(f));
	}
	return buf_check(&s->found);
}

static int visit(void *ctx, const struct repo_commit *c)
{
	struct scan *s = ctx;
	struct reference_list refs = {0};
	struct arena scratch = {0};
	int rc = reference_scan(c->message, &scratch, &refs);

	if (!rc && refs.count)
		rc = keep_found(s, c, &refs);
	arena_release(&scratch);
	if (++s->linker.report.commits % EACH || rc)
		return rc;
	tell_progress(s);
	return check_stop(s);
}

/* Of one second, what was visited later is older. */
static int by_task(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->at < y->at) - (x->at > y->at);
}

static int read_history(struct scan *s)
{
	struct linker *k = &s->linker;
	const struct repo_history what = {
		.from = (const char *const *)(void *)s->from.s,
		.nfrom = s->from.len / sizeof(char *),
		.known = (const char *const *)(void *)s->known.s,
		.nknown = s->known.len / sizeof(char *),
		.since = s->what->since_set ? s->what->since / 1000 : INT64_MIN,
	};
	size_t n;
	int rc = k->ops->history(k->repo, &what, visit, s, &k->error);

	if (rc)
		return link_failed(k, rc);
	n = s->found.len / sizeof(struct found);
	if (n)
		qsort(s->found.s, n, sizeof(struct found), by_task);
	k->report.total = (int64_t)n;
	tell_progress(s);
	return 0;
}

/* ---- writing ---- */

struct filling {
	struct linker *k;
	struct arena *arena;
	struct link *link;
};

static int fill(void *ctx, const struct repo_commit *c)
{
	const struct filling *f = ctx;

	return link_fill(f->k, c, f->arena, f->link);
}

static int fill_batch(struct scan *s, struct arena *a, struct link *links)
{
	struct linker *k = &s->linker;
	int rc = 0;

	for (size_t i = 0; i < s->count && !rc; i++) {
		const struct found *f = &s->batch[i];
		struct filling filling = {k, a, &links[i]};

		rc = k->ops->read(k->repo, f->sha, fill, &filling, &k->error);
		links[i].task = f->task;
		links[i].closes = f->closes;
		links[i].on_default = f->on_default;
		links[i].at = i;
	}
	return rc ? link_failed(k, rc) : 0;
}

struct batch {
	struct linker *k;
	struct link *links;
	size_t n;
};

static int write_batch(struct awm_session *session, void *ctx)
{
	const struct batch *b = ctx;

	(void)session;
	return link_apply(b->k, b->links, b->n);
}

static bool is_news(const struct link *l)
{
	return strcmp(l->state, "present") != 0 &&
	       strcmp(l->state, "unknown") != 0;
}

static int tell_news(struct scan *s, const struct link *links, size_t n)
{
	int rc = 0;

	for (size_t i = 0; s->fn && i < n && !rc; i++)
		if (is_news(&links[i]))
			rc = link_tell(&links[i], s->fn, s->ctx);
	return rc;
}

static int run_batch(struct scan *s)
{
	struct arena arena = {0};
	struct batch b = {.k = &s->linker, .n = s->count};
	int rc = -AWM_NOMEM;

	b.links = arena_array(&arena, b.n, sizeof(*b.links));
	if (b.links)
		rc = fill_batch(s, &arena, b.links);
	if (!rc)
		rc = awm_transaction(s->linker.session, write_batch, &b);
	if (!rc)
		rc = tell_news(s, b.links, b.n);
	arena_release(&arena);
	s->linker.report.done += (int64_t)s->count;
	tell_progress(s);
	return rc ? rc : check_stop(s);
}

static int write_all(struct scan *s)
{
	struct found *found = (struct found *)(void *)s->found.s;
	size_t n = s->found.len / sizeof(*found);
	int rc = 0;

	for (size_t i = 0, end; i < n && !rc; i = end) {
		for (end = i + 1;
		     end < n && (end - i < BATCH ||
				 found[end].task == found[end - 1].task);)
			end++;
		s->batch = &found[i];
		s->count = end - i;
		rc = run_batch(s);
	}
	return rc;
}

/* ---- the end ---- */

static int remember_tip(struct scan *s, const struct tip *t)
{
	struct linker *k = &s->linker;

	return db_run(k->session->db,
		      "INSERT INTO \"git_scans\"(\"repository\",\"ref\","
		      "\"sha\",\"boundary\",\"scannedAt\") "
		      "VALUES (?1,?2,?3,?4,?5) "
		      "ON CONFLICT (\"repository\",\"ref\") DO UPDATE SET "
		      "\"sha\"=excluded.\"sha\","
		      "\"boundary\"=excluded.\"boundary\","
		      "\"scannedAt\"=excluded.\"scannedAt\"",
		      "tttti", k->ops->common(k->repo), t->ref, t->sha,
		      s->boundary, k->session->now);
}

static int remember(struct scan *s)
{
	struct linker *k = &s->linker;
	const struct tip *tips = (const struct tip *)(void *)s->tips.s;
	int rc = 0;

	/* What is before a time was not read. */
	if (s->what->since_set)
		return 0;
	if (s->what->all)
		rc = db_run(k->session->db,
			    "DELETE FROM \"git_scans\" WHERE "
			    "\"repository\"=?1",
			    "t", k->ops->common(k->repo));
	for (size_t i = 0; i < s->tips.len / sizeof(*tips) && !rc; i++)
		rc = remember_tip(s, &tips[i]);
	return rc;
}

static int finish(struct awm_session *session, void *ctx)
{
	struct scan *s = ctx;
	int rc = closing_settle(&s->linker);

	(void)session;
	return rc ? rc : remember(s);
}

static int scan(struct scan *s, const char *folder)
{
	struct linker *k = &s->linker;
	int rc = role_require(k->session, ROLE_MEMBER, "link commits");

	if (!rc)
		rc = link_open(k, folder);
	if (!rc)
		rc = read_tips(s);
	if (!rc)
		rc = read_history(s);
	if (!rc)
		rc = write_all(s);
	if (!rc)
		rc = awm_transaction(k->session, finish, s);
	if (!rc)
		rc = tell_news(s, (struct link *)(void *)k->links.s,
			       k->links.len / sizeof(struct link));
	return rc;
}

int awm_git_scan(struct awm_session *s, const char *folder,
		 const struct awm_git_scan *what, awm_row_fn *fn, void *ctx,
		 struct awm_git_report *ret)
{
	struct scan run = {
		.linker = {.session = s}, .what = what, .fn = fn, .ctx = ctx};
	int rc = scan(&run, folder);

	if (!rc)
		*ret = run.linker.report;
	buf_release(&run.tips);
	buf_release(&run.from);
	buf_release(&run.known);
	buf_release(&run.found);
	link_close(&run.linker);
	return rc;
}
