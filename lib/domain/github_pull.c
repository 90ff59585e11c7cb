// SPDX-License-Identifier: MIT
/* Issues into tasks. */
#include "domain/github.h"

#include <string.h>

#include "base/err.h"
#include "entity/store.h"

#define ALL ((1U << ISSUE_NFIELDS) - 1)

struct pull {
	struct github *g;
	const struct issue *issue;
	struct arena *arena;
	struct link_row link;
	struct awm_record *row; /* the task */
};

/* ---- new ones ---- */

static int link_new(struct pull *p)
{
	struct issue task;
	int rc = github_read_task(p->g, p->row->values, p->arena, &task);

	if (rc)
		return rc;
	p->link.task = p->row->values[TASK_id].i;
	p->link.task_updated = p->row->values[TASK_updatedAt].i;
	prints_take(&p->link.remote, p->issue, ALL);
	prints_take(&p->link.local, &task, ALL);
	return link_write(p->g, &p->link, p->issue->url);
}

/* Comments that are older than what the listing of all of them looks at. */
static int note_strange(struct pull *p)
{
	if (!p->issue->comments)
		return 0;
	buf_add(&p->g->strange, &p->issue->number, sizeof(p->issue->number));
	return buf_check(&p->g->strange);
}

static int add_task(struct pull *p)
{
	struct github *g = p->g;
	const struct awm_field *f = entity_task.fields;
	struct awm_set sets[ISSUE_NFIELDS + 3];
	size_t n;
	int rc = github_sets(g, p->issue, ALL, NULL, p->arena, sets, &n);

	if (rc)
		return rc;
	sets[n++] =
		(struct awm_set){&f[TASK_projectId], AWM_VALUE_INT(g->project)};
	if (p->issue->created)
		sets[n++] = (struct awm_set){&f[TASK_createdAt],
					     AWM_VALUE_INT(p->issue->created)};
	if (p->issue->closed && !strcmp(p->issue->field[ISSUE_STATE], "closed"))
		sets[n++] = (struct awm_set){&f[TASK_completedAt],
					     AWM_VALUE_INT(p->issue->closed)};
	rc = mutate_add(g->session, &entity_task, sets, n, NULL, NULL, p->arena,
			&p->row);
	if (!rc)
		rc = link_new(p);
	if (!rc)
		rc = note_strange(p);
	return rc ? rc
		  : github_tell(g, "added", p->issue->number, p->link.task,
				p->issue->field[ISSUE_TITLE], NULL);
}

/* A task whose issue awm opened without learning its number. Anybody may write
 * an issue that claims so; only the repository's own people are believed. */
static int find_origin(struct pull *p, bool *ret)
{
	struct github *g = p->g;
	struct awm_value linked;
	int rc;

	*ret = false;
	if (!p->issue->task || !p->issue->trusted || !g->push_new)
		return 0;
	rc = store_get(g->session->db, &entity_task, p->issue->task, p->arena,
		       &p->row);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (rc || p->row->values[TASK_projectId].i != g->project)
		return rc;
	rc = db_get(g->session->db, NULL, &linked,
		    "SELECT COUNT(*) FROM \"integration_links\" WHERE "
		    "\"integrationId\"=?1 AND \"source\"=?2 AND \"taskId\"=?3",
		    "iti", g->access.id, g->source, p->issue->task);
	*ret = !rc && !linked.i;
	return rc;
}

/* ---- those that are known ---- */

/* Which fields come in: what changed there, unless it changed here too, and
 * later. */
static unsigned choose(const struct pull *p, unsigned there, unsigned here,
		       const struct issue *task)
{
	unsigned in = there;

	for (unsigned i = 0; i < ISSUE_NFIELDS; i++) {
		unsigned bit = 1U << i;

		if (!(there & here & bit))
			continue;
		if (!strcmp(p->issue->field[i], task->field[i]) ||
		    (p->g->push_changes && task->updated > p->issue->updated))
			in &= ~bit;
	}
	return in;
}

static int note_pulled(struct github *g, int64_t task, unsigned fields)
{
	struct pulled one = {task, fields};

	if (!g->session->dry_run)
		return 0;
	buf_add(&g->pulled, &one, sizeof(one));
	return buf_check(&g->pulled);
}

static int write_fields(struct pull *p, unsigned in)
{
	struct github *g = p->g;
	struct awm_set sets[ISSUE_NFIELDS];
	size_t n;
	int rc = github_sets(g, p->issue, in, p->row->values, p->arena, sets,
			     &n);

	if (rc || !n)
		return rc;
	rc = mutate_edit(g->session, &entity_task, p->link.task, sets, n, NULL,
			 NULL, p->arena, &p->row);
	if (!rc)
		rc = note_pulled(g, p->link.task, in);
	return rc ? rc
		  : github_tell(g, "changed", p->issue->number, p->link.task,
				p->issue->field[ISSUE_TITLE], NULL);
}

static int update_task(struct pull *p)
{
	struct issue task, after;
	unsigned there, here, in, same = 0;
	int rc = github_read_task(p->g, p->row->values, p->arena, &task);

	if (rc)
		return rc;
	there = prints_differ(&p->link.remote, p->issue);
	here = prints_differ(&p->link.local, &task);
	if (!there)
		return 0;
	in = choose(p, there, here, &task);
	for (unsigned i = 0; i < ISSUE_NFIELDS; i++)
		if (!strcmp(p->issue->field[i], task.field[i]))
			same |= 1U << i;
	rc = write_fields(p, in);
	if (!rc)
		rc = github_read_task(p->g, p->row->values, p->arena, &after);
	if (rc)
		return rc;
	prints_take(&p->link.remote, p->issue, ALL);
	prints_take(&p->link.local, &after, in | same);
	/* What is still to go out is looked for by this. */
	if (!(here & ~(in | same)))
		p->link.task_updated = after.updated;
	return link_write(p->g, &p->link, p->issue->url);
}

static int pull_known(struct pull *p)
{
	int rc;

	if (!p->link.task)
		return 0;
	rc = store_get(p->g->session->db, &entity_task, p->link.task, p->arena,
		       &p->row);
	if (rc || p->row->values[TASK_deletedAt].kind != AWM_NULL)
		return rc;
	return update_task(p);
}

/* ---- all of them ---- */

static int pull_issue(struct db *db, void *ctx)
{
	struct pull *p = ctx;
	bool closed = !strcmp(p->issue->field[ISSUE_STATE], "closed");
	bool ours;
	int rc = link_find(p->g, p->issue->number, &p->link);

	(void)db;
	if (rc)
		return rc;
	if (p->link.id)
		return pull_known(p);
	rc = find_origin(p, &ours);
	if (rc)
		return rc;
	if (ours)
		return link_new(p);
	return closed && !p->g->closed_too ? 0 : add_task(p);
}

/* What the rules of tasks refuse is told of, and is no end. */
static int pull_one(struct github *g, const cJSON *json)
{
	struct arena a = {0};
	struct issue issue;
	struct pull p = {.g = g, .issue = &issue, .arena = &a};
	int rc = github_read_issue(g, json, &a, &issue);

	if (!rc && !issue.is_pull)
		rc = db_part(g->session->db, pull_issue, &p);
	if (rc == -AWM_INVALID || rc == -AWM_CONFLICT || rc == -AWM_USAGE) {
		const char *why = arena_strdup(&a, awm_error_last()->message);

		err_clear();
		rc = why ? github_tell(g, "skipped", issue.number, p.link.task,
				       issue.field[ISSUE_TITLE], why)
			 : -AWM_NOMEM;
	}
	arena_release(&a);
	return rc;
}

static int pull_page(struct github *g, const cJSON *array)
{
	const cJSON *item;
	int rc = 0;

	cJSON_ArrayForEach(item, array)
	{
		if (!rc)
			rc = pull_one(g, item);
	}
	return rc;
}

static void add_escaped(struct buf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *s; s++)
		if (strchr(plain, *s))
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
}

static const char *labels_of(const struct github *g, struct arena *a)
{
	const cJSON *list = json_get(g->access.settings, "labels"), *item;
	_cleanup_buf_ struct buf out = {0};

	cJSON_ArrayForEach(item, list)
	{
		buf_adds(&out, out.len ? "," : "&labels=");
		add_escaped(&out, item->valuestring);
	}
	return buf_check(&out) ? NULL : arena_strdup(a, buf_str(&out));
}

/* Other settings are another listing, to be read from its beginning. At first
 * only what is open is looked for. */
int github_pull(struct github *g)
{
	struct arena a = {0};
	struct cursor cursor = {0};
	const char *labels = labels_of(g, &a), *resource, *path;
	int rc = -AWM_NOMEM;

	resource =
		labels ? arena_printf(&a, "issues%s%s",
				      g->closed_too ? "&state=all" : "", labels)
		       : NULL;
	if (resource)
		rc = cursor_read(g, resource, &a, &cursor);
	if (!rc) {
		path = arena_printf(
			&a,
			"/issues?state=%s&sort=created&direction="
			"asc&per_page=100%s",
			cursor.since || g->closed_too ? "all" : "open", labels);
		rc = path ? github_list(g, resource, path, pull_page)
			  : -AWM_NOMEM;
	}
	arena_release(&a);
	return rc;
}
