// SPDX-License-Identifier: MIT
#include "domain/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/time.h"
#include "db/migrate.h"
#include "domain/delivery.h"
#include "domain/passphrase.h"
#include "domain/pool.h"
#include "domain/secret.h"

static int absolute(const char *folder, const char *path, char **ret)
{
	*ret = path[0] == '/' ? strdup(path) : file_join(folder, path);
	return *ret ? 0 : err_nomem();
}

static int locate_default(char **ret)
{
	_cleanup_free_ char *data = NULL;
	int rc = file_xdg("DATA", &data);

	if (rc)
		return rc;
	*ret = file_join(data, "awm.db");
	return *ret ? 0 : -AWM_NOMEM;
}

/* Where `git worktree add` put a linked work tree, the folder .awm belongs to
 * the main one: .git is a file there, that leads to it. */
static int main_worktree(const char *folder, char **ret)
{
	_cleanup_free_ char *top = NULL, *file = NULL;
	_cleanup_buf_ struct buf text = {0};

	if (file_find_up(folder, ".git", &top))
		return -AWM_NOT_FOUND;
	file = file_join(top, ".git");
	if (!file || file_read(file, 4096, &text))
		return -AWM_NOT_FOUND;
	char *end = text.len ? strstr(text.s, "/.git/worktrees/") : NULL;
	if (!end || strncmp(text.s, "gitdir: /", 9) != 0)
		return -AWM_NOT_FOUND;
	*end = '\0';
	*ret = strdup(text.s + strlen("gitdir: "));
	return *ret ? 0 : err_nomem();
}

static int locate_folder(const char *folder, char **ret)
{
	_cleanup_free_ char *found = NULL, *main_tree = NULL;

	if (file_find_up(folder, ".awm/awm.db", &found) &&
	    (main_worktree(folder, &main_tree) ||
	     file_find_up(main_tree, ".awm/awm.db", &found)))
		return -AWM_NOT_FOUND;
	*ret = file_join(found, ".awm/awm.db");
	return *ret ? 0 : -AWM_NOMEM;
}

static int session_folder(const struct awm_session_opts *opts, char **ret)
{
	_cleanup_free_ char *cwd = NULL;
	int rc;

	if (opts->folder && opts->folder[0] == '/') {
		*ret = strdup(opts->folder);
		return *ret ? 0 : err_nomem();
	}
	rc = file_cwd(&cwd);
	if (rc)
		return rc;
	if (!opts->folder) {
		*ret = cwd;
		cwd = NULL;
		return 0;
	}
	*ret = file_join(cwd, opts->folder);
	return *ret ? 0 : -AWM_NOMEM;
}

static int refuse_scheme(const char *path)
{
	if (!strstr(path, "://"))
		return 0;
	err_set(AWM_DATABASE, "cannot open '%s': this awm reads SQLite files",
		path);
	return err_hint("name a file, for example --db ./work.db");
}

static int locate_named(const char *folder, const char *name, char **ret)
{
	int rc = refuse_scheme(name);

	return rc ? rc : absolute(folder, name, ret);
}

int awm_session_locate(const struct awm_session_opts *opts, char **ret_path)
{
	_cleanup_free_ char *folder = NULL;
	const char *env = getenv("AWM_DB");
	int rc = session_folder(opts, &folder);

	if (rc)
		return rc;
	if (opts->db && *opts->db)
		return locate_named(folder, opts->db, ret_path);
	if (opts->db)
		return err_set(AWM_USAGE, "empty database path");
	if (env && *env)
		return locate_named(folder, env, ret_path);
	rc = locate_folder(folder, ret_path);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return locate_default(ret_path);
}

static int open_database(struct awm_session *s,
			 const struct awm_session_opts *opts)
{
	_cleanup_free_ char *path = NULL;
	struct db_open_opts db_opts = {.create = !opts->no_create,
				       .wait_ms = opts->wait_ms};
	int rc;

	rc = awm_session_locate(opts, &path);
	if (rc)
		return rc;
	db_opts.path = path;
	if (db_opts.create && !opts->no_actor && access(path, F_OK) < 0)
		rc = actor_may_begin(s, opts);
	if (rc)
		return rc;
	if (!db_opts.wait_ms && opts->config)
		db_opts.wait_ms =
			awm_config_int(opts->config, "db.wait") * 1000;
	return db_open(&db_opts, &s->db);
}

static int require_schema(struct awm_session *s,
			  const struct awm_session_opts *opts)
{
	enum migrate_state state;
	struct db_identity id;
	struct migrate_report report;
	int rc = migrate_state(s->db, &state, &id);

	if (rc)
		return rc;
	if (state == MIGRATE_EMPTY && !opts->no_create)
		return migrate_up(s->db, 0, &s->arena, &report);
	if (state == MIGRATE_OLDER && opts->any_version)
		return 0;
	return migrate_require_current(s->db);
}

int awm_session_open(const struct awm_session_opts *opts,
		     struct awm_session **ret)
{
	struct awm_session *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_nomem();
	s->config = opts->config;
	s->now = time_now();
	s->ask = opts->passphrase;
	s->ask_ctx = opts->passphrase_ctx;
	rc = passphrase_init(s);
	if (!rc)
		rc = session_folder(opts, &s->folder);
	if (!rc)
		rc = open_database(s, opts);
	if (!rc)
		rc = require_schema(s, opts);
	if (!rc && !opts->no_actor)
		rc = actor_find(s, opts);
	if (rc) {
		awm_session_close(s);
		return rc;
	}
	/* Finding the actor may have written; only what follows is rehearsed.
	 */
	s->background = opts->background;
	s->dry_run = opts->dry_run;
	db_set_dry_run(s->db, opts->dry_run);
	*ret = s;
	return 0;
}

void awm_session_close(struct awm_session *s)
{
	if (!s)
		return;
	secret_release(s);
	db_close(s->db);
	arena_release(&s->arena);
	free(s->folder);
	free(s);
}

const char *awm_session_path(const struct awm_session *s)
{
	return db_path(s->db);
}

const struct awm_actor *awm_session_actor(struct awm_session *s)
{
	return &s->actor;
}

int64_t awm_session_now(const struct awm_session *s)
{
	return s->now;
}

void awm_session_interrupt(struct awm_session *s)
{
	const uint64_t one = 1;
	int no = errno;

	s->stop = 1;
	db_interrupt(s->db);
	if (s->wake > 0 && write(s->wake, &one, sizeof(one)) < 0)
		errno = no; /* it is awake already */
	errno = no;
}

struct transaction {
	struct awm_session *session;
	awm_fn *fn;
	void *ctx;
};

static int transaction_run(struct db *db, void *arg)
{
	struct transaction *t = arg;

	(void)db;
	return t->fn(t->session, t->ctx);
}

static void transaction_forget(struct awm_session *s)
{
	s->change = 0;
	s->listeners = 0;
	s->due = false;
}

int awm_transaction(struct awm_session *s, awm_fn *fn, void *ctx)
{
	struct transaction t = {s, fn, ctx};
	bool outermost = !db_in_write(s->db), due;
	int rc;

	if (outermost)
		transaction_forget(s);
	rc = db_write(s->db, transaction_run, &t);
	if (!outermost)
		return rc;
	due = !rc && s->due;
	transaction_forget(s);
	if (due)
		delivery_background(s);
	return rc;
}

/* The folder that a default project is remembered for: the top of the git
 * repository, or the folder itself. */
static int project_folder(struct awm_session *s, char **ret)
{
	if (file_find_up(s->folder, ".git", ret) == 0)
		return 0;
	err_clear();
	*ret = strdup(s->folder);
	return *ret ? 0 : err_nomem();
}

int awm_session_project(struct awm_session *s, int64_t *ret_id)
{
	struct awm_value v;
	int rc = db_get(s->db, &s->arena, &v,
			"SELECT \"projectId\" FROM \"folder_projects\" WHERE "
			"\"folder\"=?1 OR \"folder\"='/' OR "
			"substr(?1,1,length(\"folder\")+1)=\"folder\"||'/' "
			"ORDER BY length(\"folder\") DESC LIMIT 1",
			"t", s->folder);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		*ret_id = 0;
		return 0;
	}
	if (rc)
		return rc;
	*ret_id = v.i;
	return 0;
}

struct use_project {
	char *folder;
	int64_t id;
};

static int use_project(struct awm_session *s, void *ctx)
{
	struct use_project *use = ctx;

	if (!use->id)
		return db_run(s->db,
			      "DELETE FROM \"folder_projects\" "
			      "WHERE \"folder\"=?1",
			      "t", use->folder);
	return db_run(s->db,
		      "INSERT INTO \"folder_projects\"(\"folder\","
		      "\"projectId\",\"createdAt\") VALUES (?1,?2,?3) "
		      "ON CONFLICT(\"folder\") DO UPDATE SET "
		      "\"projectId\"=excluded.\"projectId\"",
		      "tii", use->folder, use->id, s->now);
}

int awm_session_use_project(struct awm_session *s, int64_t id)
{
	_cleanup_free_ char *folder = NULL;
	int rc = role_require(s, ROLE_MEMBER, "choose a default project");

	if (!rc)
		rc = project_folder(s, &folder);
	if (rc)
		return rc;
	struct use_project use = {folder, id};
	return awm_transaction(s, use_project, &use);
}

int awm_pool_new(struct awm_pool **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : err_nomem();
}

void awm_pool_free(struct awm_pool *pool)
{
	if (!pool)
		return;
	arena_release(&pool->arena);
	free(pool);
}
