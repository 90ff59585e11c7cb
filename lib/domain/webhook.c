// SPDX-License-Identifier: MIT
/* Webhooks: what they may say, and how they are written. */
#include "domain/webhook.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "domain/pool.h"
#include "domain/secret.h"
#include "domain/webhook_sign.h"
#include "domain/work.h"
#include "edge/mac.h"
#include "entity/store.h"
#include "queries.h"

/* ---- rules ---- */

/* Those that awm or HTTP itself says. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {"host",
					    "content-length",
					    "content-type",
					    "user-agent",
					    "transfer-encoding",
					    "connection",
					    "keep-alive",
					    "expect",
					    "te",
					    "trailer",
					    "upgrade",
					    "content-encoding",
					    "accept-encoding"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return !strncasecmp(name, "webhook-", 8) ||
	       !strncasecmp(name, "proxy-", 6);
}

static int check_headers(struct change *c)
{
	_cleanup_json_ cJSON *headers = NULL;
	const cJSON *item;
	int rc;

	if (c->after[WEBHOOK_headers].kind != AWM_TEXT ||
	    !change_differs(c, WEBHOOK_headers))
		return 0;
	rc = change_json(c, WEBHOOK_headers, &headers);
	if (rc)
		return rc;
	cJSON_ArrayForEach(item, headers)
	{
		if (item->string && is_reserved(item->string))
			return err_set(AWM_INVALID,
				       "the header '%s' is awm's own",
				       item->string);
	}
	return 0;
}

/* Whether anything is ever called so; the shape has looked at its form. */
static bool noun_is_known(const char *pattern)
{
	size_t n = strcspn(pattern, ".");

	if (!strcmp(pattern, "*") || (n == 3 && !strncmp(pattern, "git", 3)))
		return true;
	for (const struct awm_entity *const *e = awm_entities; *e; e++)
		if ((*e)->events && *e != &entity_webhook &&
		    strlen((*e)->events) == n &&
		    !strncmp(pattern, (*e)->events, n))
			return true;
	return false;
}

static int check_events(struct change *c)
{
	_cleanup_json_ cJSON *events = NULL;
	const cJSON *item;
	int rc;

	if (c->after[WEBHOOK_events].kind != AWM_TEXT ||
	    !change_differs(c, WEBHOOK_events))
		return 0;
	rc = change_json(c, WEBHOOK_events, &events);
	if (rc)
		return rc;
	cJSON_ArrayForEach(item, events)
	{
		if (!cJSON_IsString(item) || noun_is_known(item->valuestring))
			continue;
		err_set(AWM_INVALID, "there are no events '%s'",
			item->valuestring);
		return err_hint("project, task, comment, time, execution, git, "
				"automation, skill, template, user, team, "
				"integration, provider: task.completed, "
				"task.* or *");
	}
	return 0;
}

static int webhook_check(struct awm_session *s, struct change *c)
{
	int rc = 0;

	(void)s;
	if (!c->after)
		return 0;
	if (c->after[WEBHOOK_url].kind == AWM_TEXT &&
	    change_differs(c, WEBHOOK_url))
		rc = webhook_url_check(c->after[WEBHOOK_url].s);
	if (!rc)
		rc = check_events(c);
	return rc ? rc : check_headers(c);
}

/* Who is enabled again begins anew. */
static int webhook_wrote(struct awm_session *s, const struct change *c)
{
	int rc;

	if (!c->before || !c->after || !change_differs(c, WEBHOOK_isEnabled) ||
	    !c->after[WEBHOOK_isEnabled].i)
		return 0;
	rc = db_run(s->db,
		    "UPDATE \"webhook_settings\" SET \"failingSince\"=NULL,"
		    "\"throttledUntil\"=NULL,\"disabledReason\"=NULL "
		    "WHERE \"webhookId\"=?1",
		    "i", c->id);
	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"webhooks\" SET \"failureCount\"=0 "
			    "WHERE \"id\"=?1",
			    "i", c->id);
	s->due = true;
	return rc;
}

static const char *webhook_event(const struct change *c)
{
	if (!c->before || !c->after || !change_differs(c, WEBHOOK_isEnabled))
		return NULL;
	return c->after[WEBHOOK_isEnabled].i ? "webhook.enabled"
					     : "webhook.disabled";
}

const struct rules webhook_rules = {
	.entity = &entity_webhook,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = webhook_event,
	.check = webhook_check,
	.wrote = webhook_wrote,
};

/* ---- settings ---- */

static const char *word_of(bool v)
{
	return v ? "true" : "false";
}

static int setting(struct awm_session *s, struct change *c, const char *column,
		   const char *sql, bool value)
{
	struct awm_value was = AWM_VALUE_INT(0);
	const char *select =
		arena_printf(c->arena,
			     "SELECT \"%s\" FROM \"webhook_settings\" "
			     "WHERE \"webhookId\"=?1",
			     column);
	int rc = select ? db_get(s->db, c->arena, &was, select, "i", c->id)
			: -AWM_NOMEM;

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		rc = 0;
	}
	if (!rc)
		rc = change_tell(c, column, word_of(was.i), word_of(value));
	return rc ? rc : db_run(s->db, sql, "ii", c->id, (int64_t)value);
}

static int amend_settings(struct awm_session *s, struct change *c, void *ctx)
{
	const struct awm_webhook_opts *o = ctx;
	int rc = 0;

	if (o->has_allow_private)
		rc = setting(s, c, "allowPrivate",
			     "INSERT INTO \"webhook_settings\"(\"webhookId\","
			     "\"allowPrivate\") VALUES (?1,?2) ON CONFLICT"
			     "(\"webhookId\") DO UPDATE SET "
			     "\"allowPrivate\"=excluded.\"allowPrivate\"",
			     o->allow_private);
	if (!rc && o->has_unordered)
		rc = setting(s, c, "unordered",
			     "INSERT INTO \"webhook_settings\"(\"webhookId\","
			     "\"unordered\") VALUES (?1,?2) ON CONFLICT"
			     "(\"webhookId\") DO UPDATE SET "
			     "\"unordered\"=excluded.\"unordered\"",
			     o->unordered);
	return rc;
}

static int apply_settings(struct awm_session *s, int64_t id,
			  const struct awm_webhook_opts *o)
{
	if (!o->has_allow_private && !o->has_unordered)
		return 0;
	return mutate_edit(s, &entity_webhook, id, NULL, 0, amend_settings,
			   (void *)o, NULL, NULL);
}

/* What may be as it is: before it is changed, or as it is asked for. */
static int allows_private(struct awm_session *s, int64_t id,
			  const struct awm_webhook_opts *o, bool *ret)
{
	struct awm_value v;
	int rc;

	*ret = o->allow_private;
	if (o->has_allow_private || !id)
		return 0;
	rc = db_get(s->db, NULL, &v,
		    "SELECT \"allowPrivate\" FROM \"webhook_settings\" "
		    "WHERE \"webhookId\"=?1",
		    "i", id);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return 0;
	}
	if (!rc)
		*ret = v.i;
	return rc;
}

/* ---- add and edit ---- */

struct writing {
	int64_t id;
	const struct awm_set *sets;
	size_t n;
	const struct awm_webhook_opts *opts;
	const struct awm_edit_opts *edit;
	struct awm_pool *pool;
	struct awm_record *record;
	const char *secret; /* to be sealed; NULL: none */
	int64_t overlap_ms;
};

static const struct awm_set *find_set(const struct writing *w, size_t field)
{
	for (size_t i = w->n; i > 0; i--)
		if (w->sets[i - 1].field == &entity_webhook.fields[field])
			return &w->sets[i - 1];
	return NULL;
}

static int reread(struct awm_session *s, struct writing *w)
{
	return store_get(s->db, &entity_webhook, w->id, pool_arena(w->pool),
			 &w->record);
}

/* A made secret is the caller's, in the pool. */
static int choose_secret(struct writing *w, const char *given, char **ret)
{
	struct webhook_key key;
	int rc;

	*ret = NULL;
	w->secret = given;
	if (given) {
		rc = webhook_key_read(given, &key);
		mac_wipe(&key, sizeof(key));
		return rc;
	}
	*ret = arena_alloc(pool_arena(w->pool), WEBHOOK_SECRET_SIZE);
	w->secret = *ret;
	return *ret ? webhook_secret_make(*ret) : -AWM_NOMEM;
}

static int add_row(struct awm_session *s, struct writing *w)
{
	const struct awm_field *f = entity_webhook.fields;
	const struct awm_set *url = find_set(w, WEBHOOK_url);
	struct awm_set *sets =
		arena_array(pool_arena(w->pool), w->n + 1, sizeof(*sets));
	const char *name;
	size_t n = w->n;
	int rc;

	if (!sets)
		return -AWM_NOMEM;
	memcpy(sets, w->sets, n * sizeof(*sets));
	if (!url || url->value.kind != AWM_TEXT)
		return err_set(AWM_USAGE, "a webhook needs a URL");
	rc = webhook_url_check_private(s, url->value.s, w->opts->allow_private);
	if (!rc && !find_set(w, WEBHOOK_name)) {
		rc = webhook_url_place(url->value.s, pool_arena(w->pool),
				       &name);
		sets[n++] = (struct awm_set){&f[WEBHOOK_name],
					     awm_value_text(name)};
	}
	if (!rc)
		rc = awm_add(s, &entity_webhook, sets, n, w->pool, &w->record);
	if (!rc)
		w->id = w->record->values[WEBHOOK_id].i;
	return rc;
}

static int run_add(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	int rc = add_row(s, w);

	if (!rc)
		rc = db_run(s->db,
			    "INSERT INTO \"webhook_settings\"(\"webhookId\","
			    "\"ownerId\",\"allowPrivate\",\"unordered\") "
			    "VALUES (?1,?2,?3,?4)",
			    "iiii", w->id, s->actor.id,
			    (int64_t)w->opts->allow_private,
			    (int64_t)w->opts->unordered);
	if (!rc)
		rc = secret_store(s, &entity_webhook, w->id, WEBHOOK_secret,
				  w->secret);
	return rc ? rc : reread(s, w);
}

/* The row, and the secret that was made, to be shown once. */
static int hand_out(const struct writing *w, int rc, char *made,
		    struct awm_record **ret, char **ret_secret)
{
	if (!rc && ret)
		*ret = w->record;
	if (!rc && ret_secret)
		*ret_secret = made;
	else if (made)
		mac_wipe(made, WEBHOOK_SECRET_SIZE);
	return rc;
}

int awm_webhook_add(struct awm_session *s, const struct awm_set *sets, size_t n,
		    const struct awm_webhook_opts *opts, struct awm_pool *pool,
		    struct awm_record **ret, char **ret_secret)
{
	struct writing w = {.sets = sets, .n = n, .opts = opts, .pool = pool};
	char *made = NULL;
	int rc = role_require(s, ROLE_MEMBER, "add a webhook");

	if (!rc)
		rc = choose_secret(&w, opts->secret, &made);
	if (!rc)
		rc = secret_prepare(s);
	if (!rc)
		rc = awm_transaction(s, run_add, &w);
	return hand_out(&w, rc, made, ret, ret_secret);
}

static int run_edit(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_set *url = find_set(w, WEBHOOK_url);
	bool allow;
	int rc = allows_private(s, w->id, w->opts, &allow);

	if (!rc && url && url->value.kind == AWM_TEXT)
		rc = webhook_url_check_private(s, url->value.s, allow);
	if (!rc)
		rc = awm_edit(s, &entity_webhook, w->id, w->sets, w->n, w->edit,
			      w->pool, &w->record);
	if (!rc)
		rc = apply_settings(s, w->id, w->opts);
	return rc ? rc : reread(s, w);
}

int awm_webhook_edit(struct awm_session *s, int64_t id,
		     const struct awm_set *sets, size_t n,
		     const struct awm_webhook_opts *opts,
		     const struct awm_edit_opts *edit, struct awm_pool *pool,
		     struct awm_record **ret)
{
	struct writing w = {.id = id,
			    .sets = sets,
			    .n = n,
			    .opts = opts,
			    .edit = edit,
			    .pool = pool};
	int rc = role_require(s, ROLE_MEMBER, "change a webhook");

	if (!rc)
		rc = awm_transaction(s, run_edit, &w);
	if (!rc && ret)
		*ret = w.record;
	return rc;
}

/* ---- rotate ---- */

/* The envelope stays as it is: it is bound to the place it was made for. */
static int run_rotate(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_value *old;
	int rc = reread(s, w);

	if (rc)
		return rc;
	old = &w->record->values[WEBHOOK_secret];
	if (old->kind == AWM_TEXT && w->overlap_ms > 0)
		rc = db_run(s->db,
			    "INSERT INTO \"webhook_settings\"(\"webhookId\","
			    "\"previousSecret\",\"previousUntil\") "
			    "VALUES (?1,?2,?3) ON CONFLICT(\"webhookId\") "
			    "DO UPDATE SET "
			    "\"previousSecret\"=excluded.\"previousSecret\","
			    "\"previousUntil\"=excluded.\"previousUntil\"",
			    "ivi", w->id, old, s->now + w->overlap_ms);
	else
		rc = db_run(s->db,
			    "UPDATE \"webhook_settings\" SET "
			    "\"previousSecret\"=NULL,\"previousUntil\"=NULL "
			    "WHERE \"webhookId\"=?1",
			    "i", w->id);
	if (!rc)
		rc = secret_store(s, &entity_webhook, w->id, WEBHOOK_secret,
				  w->secret);
	return rc ? rc : reread(s, w);
}

int awm_webhook_rotate(struct awm_session *s, int64_t id, const char *secret,
		       int64_t overlap_ms, struct awm_pool *pool,
		       struct awm_record **ret, char **ret_secret)
{
	struct writing w = {.id = id, .pool = pool, .overlap_ms = overlap_ms};
	char *made = NULL;
	int rc = role_require(s, ROLE_MEMBER, "change a webhook");

	if (!rc)
		rc = choose_secret(&w, secret, &made);
	if (!rc)
		rc = secret_prepare(s);
	if (!rc)
		rc = awm_transaction(s, run_rotate, &w);
	return hand_out(&w, rc, made, ret, ret_secret);
}

/* ---- show ---- */

#define SHOWN(NAME, LABEL, TYPE)                                               \
	{                                                                      \
		.name = NAME, .label = LABEL, .type = AWM_TYPE_##TYPE          \
	}

static const struct awm_field shown[] = {
	{.name = "ownerId",
	 .label = "Owner",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	SHOWN("allowPrivate", "Private addresses", BOOL),
	SHOWN("unordered", "Unordered", BOOL),
	SHOWN("previousUntil", "Old secret until", TIME),
	SHOWN("failingSince", "Failing since", TIME),
	SHOWN("throttledUntil", "Not before", TIME),
	SHOWN("disabledReason", "Disabled because", TEXT),
	SHOWN("pending", "Pending", INT),
	SHOWN("failed", "To be tried again", INT),
	SHOWN("dead", "Dead", INT),
};

struct show {
	int64_t id;
	struct arena *arena;
	struct awm_record *record;
};

static int extend(void *ctx, const struct awm_record *row)
{
	struct show *show = ctx;
	struct awm_record *copy = store_copy(show->arena, row);

	return copy ? work_extend(show->arena, show->record, shown,
				  copy->values, ARRAY_LEN(shown))
		    : -AWM_NOMEM;
}

static int read_shown(struct db *db, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[ARRAY_LEN(shown)];
	struct show *show = ctx;
	int rc = store_get(db, &entity_webhook, show->id, show->arena,
			   &show->record);

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		fields[i] = &shown[i];
	if (!rc)
		rc = db_query(db, &st, query_webhook_show, "i", show->id);
	return rc ? rc : store_rows(st, fields, ARRAY_LEN(shown), extend, show);
}

int awm_webhook_show(struct awm_session *s, int64_t id, struct awm_pool *pool,
		     struct awm_record **ret)
{
	struct show show = {.id = id, .arena = pool_arena(pool)};
	int rc = db_read(s->db, read_shown, &show);

	if (!rc)
		*ret = show.record;
	return rc;
}
