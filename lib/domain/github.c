// SPDX-License-Identifier: MIT
/* One repository and one project, as the settings say. */
#include "domain/github.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "domain/emit.h"
#include "domain/pool.h"
#include "domain/provider_try.h"
#include "entity/store.h"
#include "queries.h"

#define PUBLIC "https://api.github.com"

/* ---- rows ---- */

static const struct awm_field row_fields[] = {
	{.name = "taskId", .label = "Task", .type = AWM_TYPE_INT},
	{.name = "action", .label = "Action", .type = AWM_TYPE_TEXT},
	{.name = "number", .label = "Issue", .type = AWM_TYPE_INT},
	{.name = "title", .label = "Title", .type = AWM_TYPE_TEXT},
	{.name = "detail", .label = "Detail", .type = AWM_TYPE_TEXT},
	{.name = "integrationId", .label = "Integration", .type = AWM_TYPE_INT},
};

static int keep(struct github *g, const char *text, const char **ret)
{
	*ret = text ? arena_strdup(&g->told_arena, text) : NULL;
	return text && !*ret ? -AWM_NOMEM : 0;
}

int github_tell(struct github *g, const char *action, int64_t number,
		int64_t task, const char *title, const char *detail)
{
	struct told t = {.action = action, .number = number, .task = task};
	int rc = keep(g, title, &t.title);

	if (!rc)
		rc = keep(g, detail, &t.detail);
	if (rc)
		return rc;
	buf_add(&g->told, &t, sizeof(t));
	return buf_check(&g->told);
}

void github_forget(struct github *g)
{
	buf_release(&g->told);
	arena_release(&g->told_arena);
}

static int report_one(struct github *g, const struct told *t)
{
	/* in a dry run the row that was made is gone again */
	bool gone = g->session->dry_run && !strcmp(t->action, "added");
	struct awm_value v[] = {
		t->task && !gone ? AWM_VALUE_INT(t->task) : AWM_VALUE_NULL,
		awm_value_text(t->action),
		t->number ? AWM_VALUE_INT(t->number) : AWM_VALUE_NULL,
		awm_value_text(t->title),
		awm_value_text(t->detail),
		AWM_VALUE_INT(g->access.id),
	};

	return emit(g->fn, g->ctx, row_fields, v, ARRAY_LEN(v));
}

int github_report(struct github *g)
{
	const struct told *t = (const struct told *)(const void *)g->told.s;
	size_t n = g->told.len / sizeof(*t);
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = report_one(g, &t[i]);
	github_forget(g);
	return rc;
}

bool github_is_over(const struct github *g)
{
	return g->session->stop || (g->ends && provider_clock() >= g->ends);
}

/* ---- users ---- */

/* "octocat@users.noreply.github.com", "583231+octocat@users.noreply…" */
static const char *login_in(const char *email, struct arena *a)
{
	const char *at = strstr(email, "@users.noreply.github.com");
	const char *plus = strchr(email, '+');

	if (!at || at[strlen("@users.noreply.github.com")])
		return "";
	if (plus && plus < at)
		email = plus + 1;
	return arena_strndup(a, email, (size_t)(at - email));
}

/* The setting users has "login=email". */
static const char *login_set(const struct github *g, const char *email)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(g->access.settings, "users"))
	{
		const char *equals = strchr(item->valuestring, '=');

		if (equals && !strcasecmp(equals + 1, email))
			return item->valuestring;
	}
	return NULL;
}

static int add_user(struct github *g, struct db_stmt *st, struct buf *list)
{
	const char *email = db_column_text(st, 1);
	const char *set = login_set(g, email);
	struct known_user user = {.id = db_column_int(st, 0)};

	user.login = set ? arena_strndup(&g->arena, set, strcspn(set, "="))
			 : login_in(email, &g->arena);
	if (!user.login)
		return -AWM_NOMEM;
	if (*user.login)
		buf_add(list, &user, sizeof(user));
	return buf_check(list);
}

static int read_users(struct github *g)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	_cleanup_buf_ struct buf list = {0};
	int rc = db_query(g->session->db, &st,
			  "SELECT \"id\",\"email\" FROM \"users\" "
			  "ORDER BY \"id\"",
			  "");

	while (!rc && (rc = db_step(st)) > 0)
		rc = add_user(g, st, &list);
	if (rc)
		return rc;
	g->nusers = list.len / sizeof(*g->users);
	g->users = arena_array(&g->arena, g->nusers + 1, sizeof(*g->users));
	if (g->users && list.len)
		memcpy(g->users, list.s, list.len);
	return g->users ? 0 : -AWM_NOMEM;
}

/* ---- settings ---- */

static int find_base(struct github *g)
{
	const char *url = access_setting(&g->access, "baseUrl");
	size_t len;

	if (!url)
		url = PUBLIC;
	len = strlen(url);
	while (len && url[len - 1] == '/')
		len--;
	if (!g->remote.private_ok && strncasecmp(url, "https://", 8)) {
		err_set(AWM_DENIED, "the token is not sent without encryption");
		return err_hint("give an address that begins with https://");
	}
	g->base = arena_strndup(&g->arena, url, len);
	return g->base ? 0 : -AWM_NOMEM;
}

/* Names of repositories are without regard to case. */
static int set_source(struct github *g)
{
	char *source = arena_printf(&g->arena, "%s/%s", g->base, g->repository);

	if (!source)
		return -AWM_NOMEM;
	for (char *s = source + strlen(g->base); *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s += 'a' - 'A';
	g->source = source;
	return 0;
}

static int read_settings(struct github *g)
{
	const char *push = access_setting(&g->access, "push");
	const char *state = access_setting(&g->access, "state");
	int rc = find_base(g);

	g->repository = access_setting(&g->access, "repository");
	if (!rc && !g->repository) {
		err_set(AWM_INVALID, "integration %lld names no repository",
			(long long)g->access.id);
		rc = err_hint("awm integration edit %lld --setting "
			      "repository=OWNER/NAME",
			      (long long)g->access.id);
	}
	if (rc)
		return rc;
	g->closed_too = state && !strcmp(state, "all");
	g->push_new = push && !strcmp(push, "all");
	g->push_changes = !push || strcmp(push, "none") != 0;
	return set_source(g);
}

int github_open(struct awm_session *s, int64_t integration, struct github *ret)
{
	struct awm_value id;
	int rc;

	*ret = (struct github){.session = s};
	remote_init(&ret->remote, s);
	rc = access_open(s, integration, &ret->access);
	if (!rc && strcmp(ret->access.type->name, "github") != 0)
		rc = err_set(AWM_INVALID,
			     "integration %lld has no tasks: it is %s",
			     (long long)integration, ret->access.type->name);
	if (!rc)
		rc = read_settings(ret);
	if (!rc)
		rc = db_get(s->db, &ret->arena, &id,
			    "SELECT \"value\" FROM \"database_info\" "
			    "WHERE \"key\"='id'",
			    "");
	if (rc)
		return rc;
	ret->database = id.s;
	return read_users(ret);
}

void github_close(struct github *g)
{
	remote_close(&g->remote);
	access_release(&g->access);
	buf_release(&g->strange);
	buf_release(&g->pulled);
	github_forget(g);
	arena_release(&g->arena);
}

/* ---- sync ---- */

/* Where its tasks went until now. */
static int last_project(struct github *g)
{
	struct awm_value v;
	int rc = db_get(g->session->db, NULL, &v, query_sync_project, "it",
			g->access.id, g->source);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return awm_session_project(g->session, &g->project);
	}
	if (!rc)
		g->project = v.i;
	return rc;
}

/* The one that was asked for, else that of the settings, else of its tasks,
 * else of this folder. */
static int find_project(struct github *g, int64_t asked)
{
	const cJSON *node = json_get(g->access.settings, "project");
	int rc = 0;

	g->project = asked		    ? asked
		     : cJSON_IsNumber(node) ? (int64_t)node->valuedouble
					    : 0;
	if (!g->project)
		rc = last_project(g);
	if (!rc && !g->project) {
		err_set(AWM_USAGE, "the project is missing");
		rc = err_hint("-p PROJECT, or awm integration edit %lld "
			      "--setting project=PROJECT",
			      (long long)g->access.id);
	}
	return rc ? rc
		  : store_exists(g->session->db, &entity_project, g->project);
}

/* No change of the integration that anybody made, so no activity. */
static int run_synced(struct awm_session *s, void *ctx)
{
	const struct github *g = ctx;

	return db_run(s->db,
		      "UPDATE \"integrations\" SET \"lastSyncAt\"=?2 "
		      "WHERE \"id\"=?1",
		      "ii", g->access.id, s->now);
}

static int sync_all(struct github *g)
{
	int rc = github_pull(g);

	if (!rc)
		rc = github_pull_comments(g);
	if (!rc)
		rc = github_push(g);
	return rc ? rc : awm_transaction(g->session, run_synced, g);
}

/* The lease is given back also when something failed, of which is told. An
 * interrupt that ended it ends one statement too. */
static int sync_alone(struct github *g)
{
	_cleanup_free_ char *message = NULL, *hint = NULL;
	int rc = lease_take(g), dropped;

	if (rc)
		return rc;
	rc = sync_all(g);
	if (rc) {
		message = strdup(awm_error_last()->message);
		hint = strdup(awm_error_last()->hint);
	}
	dropped = lease_drop(g);
	if (dropped == -AWM_INTERRUPTED)
		dropped = lease_drop(g);
	if (!rc)
		return dropped;
	if (rc == -AWM_NOMEM || !message || !hint)
		return err_nomem();
	err_set((enum awm_err) - rc, "%s", message);
	return *hint ? err_hint("%s", hint) : rc;
}

static int refuse_disabled(const struct github *g)
{
	err_set(AWM_INVALID, "integration %lld is disabled",
		(long long)g->access.id);
	return err_hint("awm integration enable %lld", (long long)g->access.id);
}

int awm_integration_sync(struct awm_session *s, int64_t id,
			 const struct awm_sync_opts *opts, awm_row_fn *fn,
			 void *ctx)
{
	struct github g;
	int rc = role_require(s, ROLE_MEMBER, "sync an integration");

	if (rc)
		return rc;
	rc = github_open(s, id, &g);
	g.fn = fn;
	g.ctx = ctx;
	if (opts->max_ms > 0)
		g.ends = provider_clock() + opts->max_ms;
	if (!rc && !g.access.enabled)
		rc = refuse_disabled(&g);
	if (!rc)
		rc = find_project(&g, opts->project);
	if (!rc)
		rc = sync_alone(&g);
	github_close(&g);
	return rc;
}

int awm_integration_synced(struct awm_session *s, awm_row_fn *fn, void *ctx)
{
	const struct awm_field *f = entity_integration.fields;
	struct awm_value github = awm_value_text("github");
	struct awm_value yes = AWM_VALUE_INT(1);
	struct awm_cond conds[] = {
		{&f[INTEGRATION_type], AWM_OP_EQ, &github, 1},
		{&f[INTEGRATION_isEnabled], AWM_OP_EQ, &yes, 1},
	};
	struct awm_query q = {.entity = &entity_integration,
			      .conds = conds,
			      .nconds = ARRAY_LEN(conds)};
	int rc = role_require(s, ROLE_MEMBER, "sync integrations");

	return rc ? rc : store_list(s->db, &q, fn, ctx);
}

/* ---- test ---- */

static const char *describe(const cJSON *json, struct arena *a)
{
	const cJSON *open = json_get(json, "open_issues_count");
	const cJSON *rights = json_get(json, "permissions");

	return arena_printf(
		a, "%d open issues and pull requests, %s",
		cJSON_IsNumber(open) ? open->valueint : 0,
		cJSON_IsTrue(json_get(rights, "push"))	   ? "read and write"
		: cJSON_IsTrue(json_get(rights, "triage")) ? "read and triage"
							   : "read only");
}

int github_test(struct awm_session *s, int64_t integration, struct arena *a,
		const char **ret_target, const char **ret_detail)
{
	struct github g;
	struct github_page page = {0};
	int rc = github_open(s, integration, &g);

	if (!rc) {
		*ret_target = arena_strdup(a, g.source);
		rc = *ret_target ? github_ask(&g, "GET",
					      github_url(&g, &g.arena, ""),
					      NULL, NULL, &page)
				 : -AWM_NOMEM;
	}
	if (!rc) {
		*ret_detail = describe(page.json, a);
		rc = *ret_detail ? 0 : -AWM_NOMEM;
	}
	github_page_release(&page);
	github_close(&g);
	return rc;
}

int github_preview(struct awm_session *s, int64_t integration, struct arena *a,
		   struct awm_exec_request *ret)
{
	struct awm_exec_header *h = arena_array(a, 1, sizeof(*h));
	struct github g;
	int rc = github_open(s, integration, &g);

	if (!rc) {
		*ret = (struct awm_exec_request){.method = "GET",
						 .url = github_url(&g, a, ""),
						 .headers = h,
						 .nheaders = 1};
		if (h)
			*h = (struct awm_exec_header){"authorization",
						      "Bearer ***"};
		rc = ret->url && h ? 0 : -AWM_NOMEM;
	}
	github_close(&g);
	return rc;
}
