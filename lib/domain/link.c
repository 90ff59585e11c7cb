// SPDX-License-Identifier: MIT
/* git link: commits of a repository to the tasks that their messages name. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/commits.h"
#include "domain/emit.h"
#include "domain/link.h"
#include "domain/mutate.h"
#include "entity/store.h"

int link_failed(struct linker *k, int rc)
{
	if (!*k->error.message)
		return rc;
	err_set((enum awm_err) - rc, "%s", k->error.message);
	if (*k->error.hint)
		err_hint("%s", k->error.hint);
	return rc;
}

static const char *first_line(struct arena *a, const char *message)
{
	return arena_strndup(a, message, strcspn(message, "\r\n"));
}

/* The committer's own clock: 2026-11-22T18:00:00+01:00. */
static const char *format_timestamp(struct arena *a,
				    const struct repo_commit *c)
{
	char iso[TIME_ISO_SIZE];
	int off = c->offset < 0 ? -c->offset : c->offset;

	time_format_iso((c->time + (int64_t)c->offset * 60) * 1000, iso);
	iso[strcspn(iso, ".")] = '\0';
	return arena_printf(a, "%s%c%02d:%02d", iso, c->offset < 0 ? '-' : '+',
			    off / 60, off % 60);
}

static const char *commit_json(struct arena *a, const struct link *l,
			       const char *message)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};

	jsonw_object(&w);
	jsonw_key(&w, "sha");
	jsonw_str(&w, l->sha);
	jsonw_key(&w, "message");
	jsonw_str(&w, message);
	jsonw_key(&w, "author");
	jsonw_str(&w, l->author);
	jsonw_key(&w, "timestamp");
	jsonw_str(&w, l->timestamp);
	if (l->url) {
		jsonw_key(&w, "url");
		jsonw_str(&w, l->url);
	}
	jsonw_end_object(&w);
	return buf_check(&out) ? NULL : arena_strndup(a, out.s, out.len);
}

int link_fill(struct linker *k, const struct repo_commit *c, struct arena *a,
	      struct link *ret)
{
	struct link l = {
		.sha = arena_strdup(a, c->sha),
		.author = arena_strdup(a, c->author),
		.subject = first_line(a, c->message),
		.timestamp = format_timestamp(a, c),
		.on_default = c->on_default,
		.url = weburl_commit(k->remote, c->sha, k->forge, k->pattern,
				     a),
	};

	if (!l.sha || !l.author || !l.subject || !l.timestamp)
		return -AWM_NOMEM;
	l.json = commit_json(a, &l, c->message);
	if (!l.json)
		return -AWM_NOMEM;
	*ret = l;
	return 0;
}

static int keep_links(struct linker *k, const struct repo_commit *c,
		      const struct reference_list *refs)
{
	struct link l;
	int rc = link_fill(k, c, &k->arena, &l);

	if (rc)
		return rc;
	k->report.naming++;
	for (size_t i = 0; i < refs->count; i++) {
		l.task = refs->items[i].task;
		l.closes = refs->items[i].closes;
		l.at = k->links.len;
		buf_add(&k->links, &l, sizeof(l));
	}
	return buf_check(&k->links);
}

int link_visit(void *linker, const struct repo_commit *c)
{
	struct linker *k = linker;
	struct reference given = {.task = k->task};
	struct reference_list refs = {&given, 1};
	struct arena scratch = {0};
	int rc = 0;

	k->report.commits++;
	k->settle |= c->parents > 1;
	if (!k->task)
		rc = reference_scan(c->message, &scratch, &refs);
	if (!rc && refs.count)
		rc = keep_links(k, c, &refs);
	arena_release(&scratch);
	return rc;
}

static int read_settings(struct linker *k)
{
	const char *value, *on;
	int rc = k->ops->remote_url(k->repo, &value, &k->error);

	if (!rc)
		k->remote = arena_strdup(&k->arena, value);
	if (!rc)
		rc = k->ops->config(k->repo, "awm.forge", &value, &k->error);
	if (!rc && *value)
		k->forge = arena_strdup(&k->arena, value);
	if (!rc)
		rc = k->ops->config(k->repo, "awm.webUrl", &value, &k->error);
	if (!rc && *value)
		k->pattern = arena_strdup(&k->arena, value);
	if (!rc && !k->remote)
		rc = -AWM_NOMEM;
	on = k->session->config
		     ? awm_config_get(k->session->config, "git.completeOn")
		     : NULL;
	if (on && !strcmp(on, "commit"))
		k->complete_on = COMPLETE_ON_COMMIT;
	else if (on && !strcmp(on, "never"))
		k->complete_on = COMPLETE_NEVER;
	return rc;
}

int link_open(struct linker *k, const char *folder)
{
	int rc = repo_ops(&k->ops);

	if (rc)
		return rc;
	rc = k->ops->open(folder ? folder : k->session->folder, &k->repo,
			  &k->error);
	if (!rc)
		rc = read_settings(k);
	return rc ? link_failed(k, rc) : 0;
}

void link_close(struct linker *k)
{
	if (k->ops)
		k->ops->close(k->repo);
	buf_release(&k->links);
	arena_release(&k->arena);
}

static int read_commits(struct linker *k, const char *folder,
			const char *const *specs, size_t n)
{
	static const char *const head[] = {"HEAD"};
	int rc = link_open(k, folder);

	if (rc)
		return rc;
	rc = k->ops->walk(k->repo, n ? specs : head, n ? n : 1, link_visit, k,
			  &k->error);
	return rc ? link_failed(k, rc) : 0;
}

/* Several commits of one task are appended in one change. */
struct append {
	struct link *first;
	size_t count;
	int64_t linked;
};

static int amend_commits(struct awm_session *s, struct change *c, void *ctx)
{
	struct append *add = ctx;
	const struct awm_value *now = &c->after[TASK_gitCommits];
	_cleanup_json_ cJSON *old = NULL;
	_cleanup_buf_ struct buf out = {0};
	int rc = change_json(c, TASK_gitCommits, &old);

	if (rc)
		return rc;
	buf_add(&out, now->s, now->len);
	while (out.len && out.s[out.len - 1] != ']')
		buf_truncate(&out, out.len - 1);
	buf_truncate(&out, out.len ? out.len - 1 : 0);
	bool any = cJSON_GetArraySize(old) > 0;
	for (size_t i = 0; i < add->count; i++) {
		struct link *l = &add->first[i];
		l->state = "present";
		if (commits_have(old, l->sha))
			continue;
		l->state = s->dry_run ? "would link" : "linked";
		buf_adds(&out, any ? "," : "");
		buf_adds(&out, l->json);
		any = true;
		add->linked++;
	}
	buf_addc(&out, ']');
	rc = buf_check(&out);
	if (rc || !add->linked)
		return rc;
	const char *text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, TASK_gitCommits, awm_value_text(text));
	return 0;
}

int link_task(struct linker *k, struct link *first, size_t count)
{
	struct append add = {first, count, 0};
	int rc = store_exists(k->session->db, &entity_task, first->task);

	if (rc == -AWM_NOT_FOUND && !k->task) {
		/* A message may name what was never here, or was purged. */
		err_clear();
		for (size_t i = 0; i < count; i++)
			first[i].state = "unknown";
		k->report.unknown += (int64_t)count;
		return 0;
	}
	if (!rc)
		rc = mutate_edit(k->session, &entity_task, first->task, NULL, 0,
				 amend_commits, &add, NULL, NULL);
	k->report.linked += add.linked;
	for (size_t i = 0; i < count && !rc && add.linked; i++)
		if (first[i].closes && strcmp(first[i].state, "present") != 0)
			rc = closing_apply(k, &first[i]);
	return rc;
}

static int by_task(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

int link_apply(struct linker *k, struct link *links, size_t n)
{
	int rc = role_require(k->session, ROLE_MEMBER, "link commits");

	if (n)
		qsort(links, n, sizeof(*links), by_task);
	for (size_t i = 0, end; i < n && !rc; i = end) {
		for (end = i + 1; end < n && links[end].task == links[i].task;)
			end++;
		rc = link_task(k, &links[i], end - i);
	}
	return rc;
}

static int write_links(struct awm_session *s, void *ctx)
{
	struct linker *k = ctx;
	int rc = link_apply(k, (struct link *)(void *)k->links.s,
			    k->links.len / sizeof(struct link));

	(void)s;
	return rc || !k->settle ? rc : closing_settle(k);
}

static const struct awm_field link_fields[] = {
	{.name = "task", .label = "Task", .type = AWM_TYPE_INT},
	{.name = "sha", .label = "Commit", .type = AWM_TYPE_TEXT},
	{.name = "subject", .label = "Subject", .type = AWM_TYPE_TEXT},
	{.name = "author", .label = "Author", .type = AWM_TYPE_TEXT},
	{.name = "timestamp", .label = "Time", .type = AWM_TYPE_TEXT},
	{.name = "url", .label = "Page", .type = AWM_TYPE_TEXT},
	{.name = "state", .label = "State", .type = AWM_TYPE_TEXT},
};

int link_tell(const struct link *l, awm_row_fn *fn, void *ctx)
{
	struct awm_value values[ARRAY_LEN(link_fields)] = {
		AWM_VALUE_INT(l->task),	      awm_value_text(l->sha),
		awm_value_text(l->subject),   awm_value_text(l->author),
		awm_value_text(l->timestamp), awm_value_text(l->url),
		awm_value_text(l->state),
	};

	return emit(fn, ctx, link_fields, values, ARRAY_LEN(values));
}

static int tell_all(const struct linker *k, awm_row_fn *fn, void *ctx)
{
	const struct link *links = (const struct link *)(void *)k->links.s;
	int rc = 0;

	for (size_t i = 0; fn && i < k->links.len / sizeof(*links) && !rc; i++)
		rc = link_tell(&links[i], fn, ctx);
	return rc;
}

int link_commits(struct awm_session *s, const char *folder,
		 const char *const *specs, size_t n, int64_t task, bool settle,
		 awm_row_fn *fn, void *ctx, struct awm_git_report *ret)
{
	struct linker k = {.session = s, .task = task, .settle = settle};
	int rc = read_commits(&k, folder, specs, n);

	if (!rc && (k.links.len || k.settle))
		rc = awm_transaction(s, write_links, &k);
	if (!rc)
		*ret = k.report;
	if (!rc)
		rc = tell_all(&k, fn, ctx);
	link_close(&k);
	return rc;
}

int awm_git_link(struct awm_session *s, const char *folder,
		 const char *const *specs, size_t n, int64_t task,
		 awm_row_fn *fn, void *ctx, struct awm_git_report *ret)
{
	return link_commits(s, folder, specs, n, task, false, fn, ctx, ret);
}
