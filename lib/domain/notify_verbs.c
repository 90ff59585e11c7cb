// SPDX-License-Identifier: MIT
/* What is done with notifications once they are there, and those that nobody
 * causes: tasks that are due soon. */
#include <awm/notify.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "domain/channel.h"
#include "domain/notify.h"
#include "domain/pool.h"
#include "entity/entity.h"
#include "entity/store.h"
#include "queries.h"

static int notification_check(struct awm_session *s, struct change *c)
{
	const struct awm_value *row = c->before ? c->before : c->after;

	if (row[NOTIFICATION_userId].i == s->actor.id)
		return 0;
	if (!c->before)
		return role_require(s, ROLE_MEMBER, "notify other users");
	return err_set(AWM_DENIED, "notification %lld is not yours",
		       (long long)c->id);
}

const struct rules notification_rules = {
	.entity = &entity_notification,
	.role = ROLE_VIEWER,
	.delete_role = ROLE_VIEWER,
	.check = notification_check,
	.wrote = channel_queue,
};

static int amend_mark(struct awm_session *s, struct change *c, void *ctx)
{
	bool read = *(const bool *)ctx;

	if (c->before[NOTIFICATION_isRead].i == read)
		return 0;
	change_set(c, NOTIFICATION_isRead, AWM_VALUE_INT(read));
	change_set(c, NOTIFICATION_readAt,
		   read ? AWM_VALUE_INT(s->now) : AWM_VALUE_NULL);
	return 0;
}

int awm_notify_mark(struct awm_session *s, int64_t id, bool read,
		    struct awm_pool *pool, struct awm_record **ret)
{
	return mutate_edit(s, &entity_notification, id, NULL, 0, amend_mark,
			   &read, pool_arena(pool), ret);
}

/* ---- due soon ---- */

struct due {
	int64_t task, project, at, user;
	const char *title;
	const char *zone;
	struct awm_record *notification;
};

struct remind {
	int64_t user, within;
	struct arena arena;
	struct due *list;
	size_t count;
};

static int read_due(struct db_stmt *st, struct arena *a, struct due *d)
{
	*d = (struct due){
		.task = db_column_int(st, 0),
		.project = db_column_int(st, 1),
		.title = arena_strdup(a, db_column_text(st, 2)),
		.at = db_column_int(st, 3),
		.user = db_column_int(st, 4),
		.zone = arena_strdup(a, db_column_text(st, 5)),
	};
	return d->title && d->zone ? 0 : -AWM_NOMEM;
}

/* What is due on a date is not over before that day is. */
static bool is_over(const struct awm_session *s, const struct due *d)
{
	int64_t today, tomorrow;

	time_day_bounds(s->now, d->zone, &today, &tomorrow);
	return d->at < today;
}

static int find_due(struct awm_session *s, struct remind *r)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	_cleanup_buf_ struct buf list = {0};
	int64_t day = 25 * INT64_C(3600000); /* the longest */
	struct due due;
	int rc = db_query(s->db, &st, query_task_due_soon, "iii", s->now - day,
			  s->now + r->within, r->user);

	while (!rc && (rc = db_step(st)) > 0) {
		rc = read_due(st, &r->arena, &due);
		if (!rc && !is_over(s, &due))
			buf_add(&list, &due, sizeof(due));
		if (!rc)
			rc = buf_check(&list);
	}
	if (rc)
		return rc;
	r->count = list.len / sizeof(due);
	r->list = arena_array(&r->arena, r->count + 1, sizeof(due));
	if (r->list && list.len)
		memcpy(r->list, list.s, list.len);
	return r->list ? 0 : -AWM_NOMEM;
}

/* "this task is due 2026-11-23", with the hour where there is one. */
static const char *due_words(struct arena *a, const struct due *d)
{
	char when[TIME_ISO_SIZE];

	time_format_local(d->at, d->zone, when);
	if (strlen(when) == 16 && !strcmp(when + 10, " 00:00"))
		when[10] = '\0';
	return arena_printf(a, "this task is due %s", when);
}

static int remind_one(struct awm_session *s, struct remind *r, struct due *d)
{
	struct notice n = {
		.kind = NOTIFY_DUE,
		.user = d->user,
		.project = d->project,
		.task = d->task,
		.title = notify_task_title(&r->arena, d->task, d->title),
		.content = due_words(&r->arena, d),
	};
	int rc = n.title && n.content ? 0 : -AWM_NOMEM;

	if (!rc)
		rc = db_run(s->db,
			    "INSERT INTO \"task_reminders\"(\"taskId\","
			    "\"userId\",\"dueDate\",\"createdAt\") "
			    "VALUES (?1,?2,?3,?4)",
			    "iiii", d->task, d->user, d->at, s->now);
	return rc ? rc : notify_write(s, &n, &r->arena, &d->notification);
}

/* Looks again: somebody may have been told since. */
static int remind_all(struct awm_session *s, void *ctx)
{
	struct remind *r = ctx;
	int rc = find_due(s, r);

	for (size_t i = 0; i < r->count && !rc; i++)
		rc = remind_one(s, r, &r->list[i]);
	return rc;
}

int awm_notify_remind(struct awm_session *s, int64_t user, int64_t within_ms,
		      awm_row_fn *fn, void *ctx)
{
	struct remind r = {.user = user, .within = within_ms};
	int rc = user == s->actor.id
			 ? 0
			 : role_require(s, ROLE_MEMBER, "remind other users");

	if (!rc)
		rc = find_due(s, &r);
	if (!rc && r.count)
		rc = awm_transaction(s, remind_all, &r);
	for (size_t i = 0; fn && i < r.count && !rc; i++)
		rc = fn(ctx, r.list[i].notification);
	arena_release(&r.arena);
	return rc;
}
