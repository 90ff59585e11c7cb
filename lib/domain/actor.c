// SPDX-License-Identifier: MIT
/* Who acts: --as, $AWM_USER, user.email, or the one remembered for this OS
 * account on this database. */
#include <limits.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/mutate.h"
#include "domain/session.h"
#include "entity/entity.h"
#include "entity/field.h"

static const char *account_name(struct arena *a)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw)
		return arena_strdup(a, pw->pw_name);
	return arena_printf(a, "uid-%ld", (long)geteuid());
}

/* What the database remembers an OS account by. Every command asks for it, so
 * the number serves: looking its name up opens a dozen files. */
static const char *account_key(struct arena *a)
{
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	return arena_printf(a, "%ld@%s", (long)geteuid(), host);
}

static int read_all(int fd, char *out, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < size && (got = read(fd, out + n, size - 1 - n)) > 0)
		n += (size_t)got;
	while (n && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	out[n] = '\0';
	return n ? 0 : -AWM_NOT_FOUND;
}

/* What `git config` says in the folder, or NULL. Asked once in the life of an
 * account on a database, so a child process costs nobody anything. */
static const char *git_config(struct awm_session *s, const char *key)
{
	char value[1024] = "";
	const char *argv[] = {"git",   "-C", s->folder, "config",
			      "--get", key,  NULL};
	posix_spawn_file_actions_t actions;
	int fds[2], status = -1;
	pid_t pid;

	if (pipe(fds))
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_addclose(&actions, fds[0]);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
	int failed = posix_spawnp(&pid, "git", &actions, NULL,
				  (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	if (!failed) {
		read_all(fds[0], value, sizeof(value));
		waitpid(pid, &status, 0);
	}
	close(fds[0]);
	if (failed || status || !*value)
		return NULL;
	return arena_strdup(&s->arena, value);
}

static int no_such_user(const struct awm_session *s, const char *who)
{
	(void)s;
	err_set(AWM_DENIED, "unknown user '%s'", who);
	if (!strchr(who, '@'))
		return err_hint("a user is named by id or email address");
	return err_hint("an admin can add it: awm --as ADMIN user add %s", who);
}

static int copy_actor(struct awm_session *s, struct db_stmt *st)
{
	struct awm_actor *a = &s->actor;

	a->id = db_column_int(st, 0);
	a->email = arena_strdup(&s->arena, db_column_text(st, 1));
	a->name = arena_strdup(&s->arena, db_column_text(st, 2));
	a->role = arena_strdup(&s->arena, db_column_text(st, 3));
	a->timezone = arena_strdup(&s->arena, db_column_text(st, 4));
	s->acting = true;
	if (!a->email || !a->name || !a->role || !a->timezone)
		return -AWM_NOMEM;
	return 0;
}

#define ACTOR_COLUMNS                                                          \
	"SELECT u.\"id\",u.\"email\",u.\"name\",u.\"role\",u.\"timezone\" "    \
	"FROM \"users\" u "

/* 0 found, AWM_NOT_FOUND none; the error object is left alone then. */
static int load_actor(struct awm_session *s, const char *sql, const char *arg)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, sql, "t", arg);

	if (!rc)
		rc = db_step(st);
	if (rc <= 0)
		return rc ? rc : -AWM_NOT_FOUND;
	return copy_actor(s, st);
}

static int load_by_name(struct awm_session *s, const char *who)
{
	int rc;

	if (*who >= '0' && *who <= '9' && !who[strspn(who, "0123456789")])
		return load_actor(
			s, ACTOR_COLUMNS "WHERE u.\"id\"=CAST(?1 AS INTEGER)",
			who);
	rc = load_actor(s, ACTOR_COLUMNS "WHERE u.\"email\"=?1", who);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	return load_actor(s, ACTOR_COLUMNS "WHERE lower(u.\"email\")=lower(?1)",
			  who);
}

static int load_remembered(struct awm_session *s, const char *account)
{
	return load_actor(s,
			  ACTOR_COLUMNS
			  "JOIN \"identities\" i ON i.\"userId\"=u.\"id\" "
			  "WHERE i.\"account\"=?1",
			  account);
}

struct first_use {
	const char *email;   /* who to act as */
	const char *name;    /* for the first user of a new database */
	const char *account; /* to remember; NULL: do not */
};

static int any_user(struct awm_session *s, bool *ret)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st, "SELECT 1 FROM \"users\" LIMIT 1", "");

	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*ret = rc > 0;
	return 0;
}

/* The zone of the machine, as an IANA name: $TZ, or where /etc/localtime leads
 * to. "UTC" when it cannot be told. */
static const char *system_zone(struct arena *a)
{
	const char *tz = getenv("TZ");
	char target[PATH_MAX];
	ssize_t n;

	if (tz && *tz == ':')
		tz++;
	if (tz && *tz)
		return time_zone_valid(tz) ? tz : "UTC";
	n = readlink("/etc/localtime", target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	tz = strstr(target, "/zoneinfo/");
	if (!tz || !time_zone_valid(tz + strlen("/zoneinfo/")))
		return "UTC";
	return arena_strdup(a, tz + strlen("/zoneinfo/"));
}

static int add_first_user(struct awm_session *s, const struct first_use *use)
{
	const struct awm_field *f = entity_user.fields;
	struct awm_set sets[] = {
		{&f[USER_timezone], awm_value_text(system_zone(&s->arena))},
		{&f[USER_email], awm_value_text(use->email)},
		{&f[USER_name], awm_value_text(use->name)},
		{&f[USER_role], awm_value_text("admin")},
	};
	int rc;

	s->bootstrap = true;
	rc = mutate_add(s, &entity_user, sets, ARRAY_LEN(sets), NULL, NULL,
			NULL, NULL);
	s->bootstrap = false;
	return rc;
}

static int remember(struct awm_session *s, const char *account)
{
	return db_run(s->db,
		      "INSERT INTO \"identities\"(\"account\",\"userId\","
		      "\"createdAt\") VALUES (?1,?2,?3) ON CONFLICT DO NOTHING",
		      "tii", account, s->actor.id, s->now);
}

/* Under the write lock: of many processes on a new database one makes the
 * user, the others find it. */
static int first_use(struct awm_session *s, void *ctx)
{
	const struct first_use *use = ctx;
	bool any = false;
	int rc = load_by_name(s, use->email);

	if (rc == -AWM_NOT_FOUND) {
		rc = any_user(s, &any);
		if (!rc && any)
			rc = no_such_user(s, use->email);
		if (!rc)
			rc = add_first_user(s, use);
		if (!rc)
			rc = load_by_name(s, use->email);
	}
	if (!rc && use->account)
		rc = remember(s, use->account);
	return rc;
}

/* Whether what git was told would pass as a value of ours. */
static bool fits(const struct awm_field *f, const char *text)
{
	struct awm_value v;

	if (!text || !*text || !utf8_valid(text, strlen(text)))
		return false;
	v = awm_value_text(text);
	if (field_check(f, &v) == 0)
		return true;
	err_clear();
	return false;
}

static const char *first_name(struct awm_session *s, const char *email)
{
	const char *name =
		s->config ? awm_config_get(s->config, "user.name") : NULL;
	const char *at = strchr(email, '@');

	if (!name || !*name)
		name = git_config(s, "user.name");
	if (fits(&entity_user.fields[USER_name], name))
		return name;
	return at && at > email
		       ? arena_strndup(&s->arena, email, (size_t)(at - email))
		       : email;
}

static int guess_email(struct awm_session *s, const char **ret)
{
	const char *email = git_config(s, "user.email");
	const char *user;

	if (!fits(&entity_user.fields[USER_email], email)) {
		user = account_name(&s->arena);
		email = user ? arena_printf(&s->arena, "%s@localhost", user)
			     : NULL;
	}
	*ret = email;
	return email ? 0 : -AWM_NOMEM;
}

static const char *named_actor(struct awm_session *s,
			       const struct awm_session_opts *opts)
{
	const char *env = getenv("AWM_USER");

	if (opts->as)
		return opts->as;
	if (env && *env)
		return env;
	return s->config ? awm_config_get(s->config, "user.email") : NULL;
}

/* The user this account acted as first is the one it goes on as. That this
 * could not be written down (a file that may only be read) spoils nothing. */
static int remember_first(struct awm_session *s, void *ctx)
{
	return remember(s, ctx);
}

static int keep_account(struct awm_session *s)
{
	const char *account = account_key(&s->arena);
	struct awm_value known;
	int rc;

	if (!account)
		return -AWM_NOMEM;
	rc = db_get(s->db, NULL, &known,
		    "SELECT \"userId\" FROM \"identities\" "
		    "WHERE \"account\"=?1",
		    "t", account);
	if (rc == -AWM_NOT_FOUND)
		rc = awm_transaction(s, remember_first, (void *)account);
	if (rc == -AWM_DATABASE) {
		err_clear();
		rc = 0;
	}
	return rc;
}

static int make_named(struct awm_session *s, const char *who)
{
	struct first_use use = {.email = who};

	use.name = first_name(s, who);
	use.account = account_key(&s->arena);
	if (!use.name || !use.account)
		return -AWM_NOMEM;
	return awm_transaction(s, first_use, &use);
}

static int find_named(struct awm_session *s, const char *who)
{
	bool any = false;
	int rc = load_by_name(s, who);

	if (!rc)
		return keep_account(s);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	rc = any_user(s, &any);
	if (rc)
		return rc;
	if (!any)
		return make_named(s, who);
	/* Another process may just have made the first user: this very one. */
	rc = load_by_name(s, who);
	return rc == -AWM_NOT_FOUND ? no_such_user(s, who) : rc;
}

static int find_remembered(struct awm_session *s)
{
	struct first_use use = {0};
	bool any = false;
	int rc;

	use.account = account_key(&s->arena);
	if (!use.account)
		return -AWM_NOMEM;
	rc = load_remembered(s, use.account);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	rc = guess_email(s, &use.email);
	if (rc)
		return rc;
	use.name = first_name(s, use.email);
	if (!use.name)
		return -AWM_NOMEM;
	/* Who is not known is told so, also where nothing can be written. */
	rc = any_user(s, &any);
	if (!rc && any)
		rc = load_by_name(s, use.email);
	if (rc)
		return rc == -AWM_NOT_FOUND ? no_such_user(s, use.email) : rc;
	rc = awm_transaction(s, first_use, &use);
	/* A database that cannot be written can still be read by its users. */
	if (rc == -AWM_DATABASE && load_by_name(s, use.email) == 0)
		rc = 0;
	return rc;
}

int actor_may_begin(struct awm_session *s, const struct awm_session_opts *opts)
{
	const char *who = named_actor(s, opts);

	return !who || fits(&entity_user.fields[USER_email], who)
		       ? 0
		       : no_such_user(s, who);
}

int actor_find(struct awm_session *s, const struct awm_session_opts *opts)
{
	const char *who = named_actor(s, opts);

	return who ? find_named(s, who) : find_remembered(s);
}
