// SPDX-License-Identifier: MIT
/* Comments of issues into comments of tasks. They only come in. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/github.h"
#include "entity/store.h"

struct incoming {
	struct github *g;
	struct arena *arena;
	int64_t id, number, created, user;
	const char *text;
	char print[17];
	int64_t task, comment; /* 0: none */
};

/* ".../issues/12" */
static int64_t number_at_end(const char *url)
{
	const char *slash = url ? strrchr(url, '/') : NULL;

	return slash && slash > url + 7 && !strncmp(slash - 7, "/issues", 7)
		       ? strtoll(slash + 1, NULL, 10)
		       : 0;
}

/* Whose author awm does not know says who it was; the name mentions nobody. */
static int read_comment(struct incoming *c, const cJSON *json)
{
	const char *body = json_get_str(json, "body");
	const char *login = json_get_str(json_get(json, "user"), "login");
	const char *created = json_get_str(json, "created_at");
	const cJSON *id = json_get(json, "id");

	c->id = cJSON_IsNumber(id) ? (int64_t)id->valuedouble : 0;
	c->number = number_at_end(json_get_str(json, "issue_url"));
	if (c->id <= 0 || !body)
		return err_set(AWM_REMOTE, "the server's answer is no comment");
	if (created && time_parse(created, NULL, 0, &c->created))
		err_clear();
	c->user = github_user(c->g, login);
	c->text = c->user ? arena_strdup(c->arena, body)
			  : arena_printf(c->arena, "**%s** on GitHub:\n\n%s",
					 login ? login : "ghost", body);
	if (!c->text)
		return -AWM_NOMEM;
	print_of(body, c->print);
	if (!body[strspn(body, " \t\r\n")])
		c->number = 0; /* nothing said */
	return 0;
}

static int add_comment(struct incoming *c)
{
	struct github *g = c->g;
	const struct awm_field *f = entity_comment.fields;
	struct awm_record *row;
	struct awm_set sets[] = {
		{&f[COMMENT_taskId], AWM_VALUE_INT(c->task)},
		{&f[COMMENT_userId],
		 AWM_VALUE_INT(c->user ? c->user : g->session->actor.id)},
		{&f[COMMENT_content], awm_value_text(c->text)},
		{&f[COMMENT_contentType], awm_value_text("markdown")},
		{&f[COMMENT_createdAt],
		 AWM_VALUE_INT(c->created ? c->created : g->session->now)},
	};
	int rc = mutate_add(g->session, &entity_comment, sets, ARRAY_LEN(sets),
			    NULL, NULL, c->arena, &row);

	if (!rc)
		rc = db_run(g->session->db,
			    "INSERT INTO \"integration_comments\"("
			    "\"integrationId\",\"commentId\",\"source\","
			    "\"externalId\",\"remote\",\"createdAt\","
			    "\"updatedAt\") VALUES (?1,?2,?3,?4,?5,?6,?6)",
			    "iititi", g->access.id, row->values[COMMENT_id].i,
			    g->source, c->id, c->print, g->session->now);
	return rc ? rc
		  : github_tell(g, "commented", c->number, c->task, NULL, NULL);
}

static int edit_comment(struct incoming *c)
{
	struct github *g = c->g;
	struct awm_set set = {&entity_comment.fields[COMMENT_content],
			      awm_value_text(c->text)};
	int rc = mutate_edit(g->session, &entity_comment, c->comment, &set, 1,
			     NULL, NULL, c->arena, NULL);

	if (!rc)
		rc = db_run(g->session->db,
			    "UPDATE \"integration_comments\" SET "
			    "\"remote\"=?4,\"updatedAt\"=?5 WHERE "
			    "\"integrationId\"=?1 AND \"source\"=?2 AND "
			    "\"externalId\"=?3",
			    "ititi", g->access.id, g->source, c->id, c->print,
			    g->session->now);
	return rc ? rc
		  : github_tell(g, "commented", c->number, c->task, NULL, NULL);
}

/* A comment that was purged here stays away. */
static int use_comment(struct incoming *c)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct github *g = c->g;
	bool changed;
	int rc = db_query(g->session->db, &st,
			  "SELECT \"commentId\",\"remote\" FROM "
			  "\"integration_comments\" WHERE "
			  "\"integrationId\"=?1 AND \"source\"=?2 AND "
			  "\"externalId\"=?3",
			  "iti", g->access.id, g->source, c->id);

	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return add_comment(c);
	c->comment = db_column_int(st, 0);
	changed = strcmp(db_column_text(st, 1), c->print) != 0;
	return c->comment && changed ? edit_comment(c) : 0;
}

static int pull_comment(struct db *db, void *ctx)
{
	struct incoming *c = ctx;
	struct awm_record *task;
	struct link_row link;
	int rc = link_find(c->g, c->number, &link);

	(void)db;
	c->task = link.task;
	if (rc || !c->task)
		return rc;
	rc = store_get(c->g->session->db, &entity_task, c->task, c->arena,
		       &task);
	if (rc || task->values[TASK_deletedAt].kind != AWM_NULL)
		return rc;
	return use_comment(c);
}

static int pull_one(struct github *g, const cJSON *json)
{
	struct arena a = {0};
	struct incoming c = {.g = g, .arena = &a};
	int rc = read_comment(&c, json);

	if (!rc && c.number)
		rc = db_part(g->session->db, pull_comment, &c);
	if (rc == -AWM_INVALID || rc == -AWM_CONFLICT || rc == -AWM_USAGE ||
	    rc == -AWM_DENIED) {
		const char *why = arena_strdup(&a, awm_error_last()->message);

		err_clear();
		rc = why ? github_tell(g, "skipped", c.number, c.task, NULL,
				       why)
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

/* Of issues that are new here, all that was said before. */
static int pull_strange(struct github *g)
{
	const int64_t *numbers = (const int64_t *)(const void *)g->strange.s;
	size_t n = g->strange.len / sizeof(*numbers);
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		struct arena a = {0};
		const char *path =
			arena_printf(&a, "/issues/%lld/comments?per_page=100",
				     (long long)numbers[i]);
		const char *url = path ? github_url(g, &a, path) : NULL;

		rc = url ? github_list_all(g, url, pull_page) : -AWM_NOMEM;
		arena_release(&a);
	}
	return rc;
}

int github_pull_comments(struct github *g)
{
	struct arena a = {0};
	struct cursor cursor;
	int rc = cursor_read(g, "comments", &a, &cursor);

	/* A first listing of all comments holds those of new issues. */
	if (!rc && cursor.since)
		rc = pull_strange(g);
	if (!rc)
		rc = github_list(g, "comments",
				 "/issues/comments?sort=created&"
				 "direction=asc&per_page=100",
				 pull_page);
	arena_release(&a);
	return rc;
}
