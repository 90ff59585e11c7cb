// SPDX-License-Identifier: MIT
/* Tasks into issues. No transaction is open while the network is waited for;
 * what is written down afterwards is what was sent. */
#include <string.h>

#include "base/err.h"
#include "domain/github.h"
#include "entity/store.h"
#include "queries.h"

#define ALL ((1U << ISSUE_NFIELDS) - 1)

/* ---- what there is to do ---- */

static int read_changed(struct db_stmt *st, struct link_row *ret)
{
	int rc;

	*ret = (struct link_row){.id = db_column_int(st, 0),
				 .number = db_column_int(st, 1),
				 .task = db_column_int(st, 2)};
	rc = prints_read(db_column_text(st, 3), &ret->remote);
	return rc ? rc : prints_read(db_column_text(st, 4), &ret->local);
}

static int find_changed(struct github *g, struct buf *list)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct link_row link;
	int rc = db_query(g->session->db, &st, query_sync_changed, "it",
			  g->access.id, g->source);

	while (!rc && (rc = db_step(st)) > 0) {
		rc = read_changed(st, &link);
		buf_add(list, &link, sizeof(link));
		if (!rc)
			rc = buf_check(list);
	}
	return rc;
}

static int find_unlinked(struct github *g, struct buf *list)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct link_row link = {0};
	int rc = db_query(g->session->db, &st, query_sync_unlinked, "iti",
			  g->access.id, g->source, g->project);

	while (!rc && (rc = db_step(st)) > 0) {
		link.task = db_column_int(st, 0);
		buf_add(list, &link, sizeof(link));
		rc = buf_check(list);
	}
	return rc;
}

/* ---- one of them ---- */

struct push {
	struct github *g;
	struct arena *arena;
	struct link_row *link;
	struct issue task, issue;
	unsigned fields;
};

static const char *fields_of(unsigned fields, struct arena *a)
{
	static const char *const words[ISSUE_NFIELDS] = {
		"title", "description", "status", "tags", "assignee"};
	const char *list = "";

	for (unsigned i = 0; list && i < ISSUE_NFIELDS; i++)
		if (fields & (1U << i))
			list = arena_printf(a, "%s%s%s", list, *list ? "," : "",
					    words[i]);
	return list;
}

static int tell(struct push *p, const char *action, const char *detail)
{
	return github_tell(p->g, action, p->link->number, p->link->task,
			   p->task.field[ISSUE_TITLE], detail);
}

/* The fields are those that were sent: what else changed there meanwhile is
 * for the next pull to find. */
static int run_record(struct awm_session *s, void *ctx)
{
	struct push *p = ctx;

	unsigned fields = p->link->id ? p->fields : ALL;

	(void)s;
	prints_take(&p->link->remote, &p->issue, fields);
	prints_take(&p->link->local, &p->task, fields);
	p->link->task_updated = p->task.updated;
	int rc = link_write(p->g, p->link, p->issue.url);

	return rc ? rc : lease_keep(p->g);
}

/* Nothing to send, but looked at. */
static int run_seen(struct awm_session *s, void *ctx)
{
	struct push *p = ctx;

	(void)s;
	p->link->task_updated = p->task.updated;
	return link_write(p->g, p->link, NULL);
}

static int send(struct push *p, const char *method, const char *path)
{
	_cleanup_buf_ struct buf body = {0};
	struct github *g = p->g;
	const char *url = path ? github_url(g, p->arena, path) : NULL;
	struct github_page page = {0};
	int rc =
		url ? github_write_issue(g, &p->task, p->fields,
					 p->link->id ? 0 : p->link->task, &body)
		    : -AWM_NOMEM;

	if (!rc)
		rc = github_ask(g, method, url, NULL, buf_str(&body), &page);
	if (!rc)
		rc = github_read_issue(g, page.json, p->arena, &p->issue);
	github_page_release(&page);
	return rc;
}

/* What the server refuses of one issue is no end of the others. A limit, a
 * token that is no good or a network that is gone is. */
static int refused(struct push *p, int rc)
{
	const char *message = awm_error_last()->message, *why;

	if (rc != -AWM_REMOTE || (!strstr(message, ": status 403") &&
				  !strstr(message, ": status 404") &&
				  !strstr(message, ": status 410") &&
				  !strstr(message, ": status 422")))
		return rc;
	why = arena_strdup(p->arena, message);
	err_clear();
	return why ? tell(p, "skipped", why) : -AWM_NOMEM;
}

static int exchange(struct push *p, const char *method, const char *path,
		    const char *action)
{
	struct github *g = p->g;
	const char *detail = fields_of(p->fields, p->arena);
	int rc;

	if (!detail)
		return -AWM_NOMEM;
	if (g->session->dry_run)
		return tell(p, action, detail);
	rc = send(p, method, path);
	if (rc)
		return refused(p, rc);
	if (!p->link->number)
		p->link->number = p->issue.number;
	rc = awm_transaction(g->session, run_record, p);
	return rc ? rc : tell(p, action, detail);
}

/* In a dry run: what would have come in before does not go out. */
static unsigned without_pulled(const struct github *g, int64_t task,
			       unsigned fields)
{
	const struct pulled *p =
		(const struct pulled *)(const void *)g->pulled.s;

	for (size_t i = 0; i < g->pulled.len / sizeof(*p); i++)
		if (p[i].task == task)
			fields &= ~p[i].fields;
	return fields;
}

static int push_changed(struct push *p)
{
	const char *path;

	p->fields = prints_differ(&p->link->local, &p->task);
	p->fields = without_pulled(p->g, p->link->task, p->fields);
	/* Somebody whom the service does not know is not told of. */
	if (!strcmp(p->task.field[ISSUE_ASSIGNEE], "?"))
		p->fields &= ~(1U << ISSUE_ASSIGNEE);
	if (!p->fields)
		return awm_transaction(p->g->session, run_seen, p);
	path = arena_printf(p->arena, "/issues/%lld",
			    (long long)p->link->number);
	return exchange(p, "PATCH", path, "pushed");
}

static int push_new(struct push *p)
{
	p->fields = ALL & ~(1U << ISSUE_STATE);
	return exchange(p, "POST", "/issues", "opened");
}

static int push_one(struct github *g, struct link_row *link)
{
	struct arena a = {0};
	struct push p = {.g = g, .arena = &a, .link = link};
	struct awm_record *row;
	int rc = store_get(g->session->db, &entity_task, link->task, &a, &row);

	if (rc == -AWM_NOT_FOUND) { /* purged meanwhile */
		err_clear();
		rc = 0;
	} else if (!rc) {
		rc = github_read_task(g, row->values, &a, &p.task);
		if (!rc)
			rc = link->id ? push_changed(&p) : push_new(&p);
	}
	arena_release(&a);
	return rc;
}

static int push_all(struct github *g, const struct buf *list)
{
	struct link_row *links = (struct link_row *)(void *)list->s;
	size_t n = list->len / sizeof(*links);
	int rc = 0;

	for (size_t i = 0; i < n && !rc && !github_is_over(g); i++) {
		rc = push_one(g, &links[i]);
		if (!rc)
			rc = github_report(g);
	}
	if (!rc && g->session->stop)
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	return rc;
}

int github_push(struct github *g)
{
	_cleanup_buf_ struct buf changed = {0}, unlinked = {0};
	int rc = 0;

	if (g->push_changes)
		rc = find_changed(g, &changed);
	if (!rc && g->push_new)
		rc = find_unlinked(g, &unlinked);
	if (!rc)
		rc = push_all(g, &changed);
	return rc ? rc : push_all(g, &unlinked);
}
