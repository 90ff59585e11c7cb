// SPDX-License-Identifier: MIT
/* What others do with a skill: fork it, review it, attach it to a task. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/time.h"
#include "domain/pool.h"
#include "domain/skill.h"
#include "entity/store.h"
#include "queries.h"

/* ---- fork ---- */

struct forking {
	int64_t id;
	const char *name;
	struct arena *arena;
	struct awm_record *record;
};

static int count_fork(struct awm_session *s, struct change *c, void *ctx)
{
	(void)s;
	(void)ctx;
	change_set(c, SKILL_forkCount,
		   AWM_VALUE_INT(c->before[SKILL_forkCount].i + 1));
	return 0;
}

static int tell_tags(struct awm_session *s, struct change *c, void *ctx)
{
	const char *tags = ctx;

	(void)s;
	return strcmp(tags, "[]") ? change_tell(c, "tags", NULL, tags) : 0;
}

/* What is taken along; everything else begins anew. */
static int add_fork(struct awm_session *s, struct forking *f,
		    const struct awm_record *from, int64_t *ret)
{
	static const size_t taken[] = {
		SKILL_description,     SKILL_prompt,	  SKILL_category,
		SKILL_aiProvider,      SKILL_inputSchema, SKILL_outputSchema,
		SKILL_mcpRequirements,
	};
	struct awm_set sets[ARRAY_LEN(taken) + 1];
	struct awm_record *row;
	const char *tags;
	int rc = skill_tags_of(s, f->id, f->arena, &tags);

	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		sets[i] = (struct awm_set){&entity_skill.fields[taken[i]],
					   from->values[taken[i]]};
	sets[ARRAY_LEN(taken)] = (struct awm_set){
		&entity_skill.fields[SKILL_name], awm_value_text(f->name)};
	if (!rc)
		rc = mutate_add(s, &entity_skill, sets, ARRAY_LEN(sets),
				tell_tags, (void *)tags, f->arena, &row);
	if (!rc)
		rc = skill_tags_write(s, row->values[SKILL_id].i, TAGS_SET,
				      tags);
	if (!rc)
		*ret = row->values[SKILL_id].i;
	return rc;
}

static int run_fork(struct awm_session *s, void *ctx)
{
	struct forking *f = ctx;
	struct awm_record *from;
	int64_t id;
	int rc = skill_get(s, f->id, f->arena, &from);

	if (!rc && !f->name) {
		f->name = arena_printf(f->arena, "%s (fork)",
				       from->values[SKILL_name].s);
		rc = f->name ? 0 : -AWM_NOMEM;
	}
	if (!rc)
		rc = add_fork(s, f, from, &id);
	if (!rc)
		rc = db_run(s->db,
			    "INSERT INTO \"skill_forks\"(\"skillId\","
			    "\"fromId\",\"createdAt\") VALUES (?1,?2,?3)",
			    "iii", id, f->id, s->now);
	if (!rc)
		rc = mutate_edit(s, &entity_skill, f->id, NULL, 0, count_fork,
				 NULL, NULL, NULL);
	return rc ? rc : skill_get(s, id, f->arena, &f->record);
}

int awm_skill_fork(struct awm_session *s, int64_t id, const char *name,
		   struct awm_pool *pool, struct awm_record **ret)
{
	struct forking f = {id, name, pool_arena(pool), NULL};
	int rc = awm_transaction(s, run_fork, &f);

	if (!rc && ret)
		*ret = f.record;
	return rc;
}

/* ---- reviews ---- */

struct reviewing {
	int64_t id, user;
	int64_t rating; /* 0: it is taken away */
	const char *comment;
	struct arena *arena;
	struct awm_record *record;
};

static void put_review(const struct awm_session *s, const struct reviewing *r,
		       struct jsonw *w)
{
	char iso[TIME_ISO_SIZE];

	time_format_iso(s->now, iso);
	jsonw_object(w);
	jsonw_key(w, "userId");
	jsonw_int(w, r->user);
	jsonw_key(w, "rating");
	jsonw_int(w, r->rating);
	if (r->comment && *r->comment) {
		jsonw_key(w, "comment");
		jsonw_str(w, r->comment);
	}
	jsonw_key(w, "createdAt");
	jsonw_str(w, iso);
	jsonw_end_object(w);
}

static bool is_of(const cJSON *review, int64_t user)
{
	const cJSON *id = json_get(review, "userId");

	return id && (int64_t)id->valuedouble == user;
}

/* The others' as they are, and the new one behind them. */
static int print_reviews(const struct awm_session *s, const struct reviewing *r,
			 const cJSON *list, struct buf *out)
{
	_cleanup_buf_ struct buf one = {0};
	struct jsonw w = {.out = out};
	const cJSON *item;
	bool had = false;

	jsonw_array(&w);
	cJSON_ArrayForEach(item, list)
	{
		if (is_of(item, r->user)) {
			had = true;
			continue;
		}
		buf_truncate(&one, 0);
		json_print(&one, item);
		jsonw_raw(&w, buf_str(&one), one.len);
	}
	if (r->rating)
		put_review(s, r, &w);
	jsonw_end_array(&w);
	if (!r->rating && !had)
		return err_set(AWM_NOT_FOUND,
			       "user %lld did not review skill %lld",
			       (long long)r->user, (long long)r->id);
	return buf_check(&one) ? -AWM_NOMEM : buf_check(out);
}

/* Whether the user's review says the same already. */
static bool says_so(const struct reviewing *r, const cJSON *list)
{
	const char *comment = r->comment ? r->comment : "";
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		const char *had = json_get_str(item, "comment");
		const cJSON *rating = json_get(item, "rating");
		if (is_of(item, r->user))
			return rating &&
			       (int64_t)rating->valuedouble == r->rating &&
			       !strcmp(had ? had : "", comment);
	}
	return false;
}

static int amend_reviews(struct awm_session *s, struct change *c, void *ctx)
{
	const struct reviewing *r = ctx;
	_cleanup_json_ cJSON *list = NULL;
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc = change_json(c, SKILL_reviews, &list);

	if (!rc && r->rating && says_so(r, list))
		return 0;
	if (!rc)
		rc = print_reviews(s, r, list, &out);
	if (rc)
		return rc;
	text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, SKILL_reviews, awm_value_text(text));
	return 0;
}

static int run_review(struct awm_session *s, void *ctx)
{
	struct reviewing *r = ctx;
	int rc = mutate_edit(s, &entity_skill, r->id, NULL, 0, amend_reviews, r,
			     NULL, NULL);

	return rc ? rc : skill_get(s, r->id, r->arena, &r->record);
}

int awm_skill_review(struct awm_session *s, int64_t id, int64_t rating,
		     const char *comment, struct awm_pool *pool,
		     struct awm_record **ret)
{
	struct reviewing r = {id,      s->actor.id,	 rating,
			      comment, pool_arena(pool), NULL};
	int rc = role_require(s, ROLE_MEMBER, "review a skill");

	if (!rc && (rating < 1 || rating > 5))
		rc = err_set(AWM_INVALID, "rating: want 1 to 5");
	if (!rc)
		rc = awm_transaction(s, run_review, &r);
	if (!rc && ret)
		*ret = r.record;
	return rc;
}

int awm_skill_review_rm(struct awm_session *s, int64_t id, int64_t user,
			struct awm_pool *pool, struct awm_record **ret)
{
	struct reviewing r = {
		.id = id, .user = user, .arena = pool_arena(pool)};
	bool own = user == s->actor.id;
	int rc = role_require(s, own ? ROLE_MEMBER : ROLE_ADMIN,
			      own ? "take a review away"
				  : "take another user's review away");

	if (!rc)
		rc = awm_transaction(s, run_review, &r);
	if (!rc && ret)
		*ret = r.record;
	return rc;
}

static const struct awm_field review_fields[] = {
	{.name = "userId",
	 .label = "User",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "author", .label = "By", .type = AWM_TYPE_TEXT},
	{.name = "rating", .label = "Rating", .type = AWM_TYPE_INT},
	{.name = "comment", .label = "Comment", .type = AWM_TYPE_TEXT},
	{.name = "createdAt", .label = "Created", .type = AWM_TYPE_TEXT},
};

int awm_skill_review_list(struct awm_session *s, int64_t id, awm_row_fn *fn,
			  void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[ARRAY_LEN(review_fields)];
	int rc = skill_require(s, id);

	if (!rc)
		rc = db_query(s->db, &st, query_skill_reviews, "i", id);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i] = &review_fields[i];
	return rc ? rc : store_rows(st, fields, ARRAY_LEN(fields), fn, ctx);
}

/* ---- attach ---- */

struct attaching {
	int64_t id, task;
	bool attach;
	struct arena *arena;
	struct awm_record *record;
};

static int not_attached(const struct attaching *a)
{
	err_set(AWM_NOT_FOUND, "skill %lld is not attached to task %lld",
		(long long)a->id, (long long)a->task);
	return -AWM_NOT_FOUND;
}

static int refuse_deleted_task(struct awm_session *s, int64_t task)
{
	struct awm_value deleted;
	int rc = db_get(s->db, NULL, &deleted,
			"SELECT \"deletedAt\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", task);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld", (long long)task);
	if (rc || deleted.kind == AWM_NULL)
		return rc;
	err_set(AWM_INVALID, "task %lld is deleted", (long long)task);
	return err_hint("awm task restore %lld", (long long)task);
}

static int run_attach(struct awm_session *s, void *ctx)
{
	struct attaching *a = ctx;
	const struct awm_entity *e = &entity_suggested_skill;
	struct awm_set sets[] = {
		{&e->fields[SUGGESTED_SKILL_isAttached],
		 AWM_VALUE_INT(a->attach)},
		{&e->fields[SUGGESTED_SKILL_taskId], AWM_VALUE_INT(a->task)},
		{&e->fields[SUGGESTED_SKILL_skillId], AWM_VALUE_INT(a->id)},
	};
	struct awm_value row, on;
	int rc = skill_require(s, a->id);

	if (!rc)
		rc = refuse_deleted_task(s, a->task);
	if (rc)
		return rc;
	rc = db_get(s->db, NULL, &row,
		    "SELECT \"id\" FROM \"task_suggested_skills\" WHERE "
		    "\"taskId\"=?1 AND \"skillId\"=?2",
		    "ii", a->task, a->id);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		return a->attach ? mutate_add(s, e, sets, ARRAY_LEN(sets), NULL,
					      NULL, a->arena, &a->record)
				 : not_attached(a);
	}
	if (!rc)
		rc = db_get(s->db, NULL, &on,
			    "SELECT \"isAttached\" FROM "
			    "\"task_suggested_skills\" WHERE \"id\"=?1",
			    "i", row.i);
	if (!rc && !a->attach && !on.i)
		rc = not_attached(a);
	return rc ? rc
		  : mutate_edit(s, e, row.i, sets, 1, NULL, NULL, a->arena,
				&a->record);
}

int awm_skill_attach(struct awm_session *s, int64_t id, int64_t task,
		     bool attach, struct awm_pool *pool,
		     struct awm_record **ret)
{
	struct attaching a = {id, task, attach, pool_arena(pool), NULL};
	int rc = role_require(s, ROLE_MEMBER,
			      attach ? "attach a skill" : "detach a skill");

	if (!rc)
		rc = awm_transaction(s, run_attach, &a);
	if (!rc && ret)
		*ret = a.record;
	return rc;
}
