// SPDX-License-Identifier: MIT
/* skill_tags, and how the log of a skill tells of them. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "domain/pool.h"
#include "domain/skill.h"
#include "entity/field.h"

static int print_names(const char *const *tags, size_t n, struct buf *out)
{
	const struct awm_field *f = &entity_skill_tag.fields[SKILL_TAG_tag];
	struct jsonw w = {.out = out};

	jsonw_array(&w);
	for (size_t i = 0; i < n; i++) {
		struct awm_value v = awm_value_text(tags[i]);
		int rc = field_check(f, &v);
		if (rc)
			return rc;
		jsonw_str(&w, tags[i]);
	}
	jsonw_end_array(&w);
	return buf_check(out);
}

/* Sorted as the database sorts, whoever lists them. */
int skill_tags_list(struct awm_session *s, const char *const *tags, size_t n,
		    struct arena *a, const char **ret)
{
	_cleanup_buf_ struct buf out = {0};
	struct awm_value sorted;
	int rc = print_names(tags, n, &out);

	if (!rc)
		rc = db_get(s->db, a, &sorted,
			    "SELECT json_group_array(\"tag\") FROM (SELECT "
			    "DISTINCT value AS \"tag\" FROM json_each(?1) "
			    "ORDER BY 1)",
			    "t", out.s);
	if (!rc)
		*ret = sorted.s;
	return rc;
}

int skill_tags_of(struct awm_session *s, int64_t id, struct arena *a,
		  const char **ret)
{
	struct awm_value list;
	int rc = db_get(s->db, a, &list,
			"SELECT json_group_array(\"tag\") FROM (SELECT "
			"\"tag\" FROM \"skill_tags\" WHERE \"skillId\"=?1 "
			"ORDER BY \"tag\")",
			"i", id);

	if (!rc)
		*ret = list.s;
	return rc;
}

int skill_tags_write(struct awm_session *s, int64_t id, enum skill_tags how,
		     const char *list)
{
	int rc = 0;

	if (how == TAGS_RM)
		return db_run(s->db,
			      "DELETE FROM \"skill_tags\" WHERE "
			      "\"skillId\"=?1 AND \"tag\" IN "
			      "(SELECT value FROM json_each(?2))",
			      "it", id, list);
	if (how == TAGS_SET)
		rc = db_run(s->db,
			    "DELETE FROM \"skill_tags\" WHERE "
			    "\"skillId\"=?1 AND \"tag\" NOT IN "
			    "(SELECT value FROM json_each(?2))",
			    "it", id, list);
	if (rc)
		return rc;
	return db_run(s->db,
		      "INSERT INTO \"skill_tags\"(\"skillId\",\"tag\","
		      "\"createdAt\",\"updatedAt\") SELECT ?1,value,?3,?3 "
		      "FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
		      "iti", id, list, s->now);
}

int skill_tags_amend(struct awm_session *s, struct change *c,
		     enum skill_tags how, const char *list)
{
	const char *from, *to;
	int rc = skill_tags_of(s, c->id, c->arena, &from);

	if (!rc)
		rc = skill_tags_write(s, c->id, how, list);
	if (!rc)
		rc = skill_tags_of(s, c->id, c->arena, &to);
	return rc ? rc : change_tell(c, "tags", from, to);
}

int skill_tags_restore(struct awm_session *s, struct change *c,
		       const cJSON *list)
{
	_cleanup_buf_ struct buf text = {0};

	if (cJSON_IsArray(list))
		json_print(&text, list);
	else
		buf_adds(&text, "[]");
	if (buf_check(&text))
		return -AWM_NOMEM;
	return skill_tags_amend(s, c, TAGS_SET, text.s);
}

int skill_tags_put(struct awm_session *s, int64_t id, const cJSON *told)
{
	const cJSON *from = json_get(told, "from");
	_cleanup_buf_ struct buf text = {0};

	if (!cJSON_IsArray(from))
		return 0;
	json_print(&text, from);
	return buf_check(&text) ? -AWM_NOMEM
				: skill_tags_write(s, id, TAGS_SET, text.s);
}

/* ---- add, edit, tag ---- */

struct writing {
	int64_t id; /* 0: it is added */
	const struct awm_set *sets;
	size_t n;
	const char *const *tags; /* NULL: left alone */
	size_t ntags;
	enum skill_tags how;
	const struct awm_edit_opts *opts;
	const char *list;
	struct arena *arena;
	struct awm_record *record;
};

static int check_stale(const struct change *c, const struct awm_edit_opts *opts)
{
	if (!opts || !opts->check_stale ||
	    c->before[SKILL_updatedAt].i == opts->if_updated_at)
		return 0;
	err_set(AWM_CONFLICT, "skill %lld was changed since", (long long)c->id);
	return err_hint("awm skill show %lld, then try again",
			(long long)c->id);
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	struct writing *w = ctx;
	int rc = c->before ? check_stale(c, w->opts) : 0;

	if (rc || !w->tags)
		return rc;
	if (!c->before)
		return strcmp(w->list, "[]")
			       ? change_tell(c, "tags", NULL, w->list)
			       : 0;
	return skill_tags_amend(s, c, w->how, w->list);
}

static int refuse_kept(const struct writing *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->sets[i].field->flags & AWM_READONLY)
			return err_set(AWM_USAGE,
				       "'%s' of a skill is kept by awm and "
				       "cannot be set",
				       w->sets[i].field->name);
	return 0;
}

static int run_write(struct awm_session *s, void *ctx)
{
	struct writing *w = ctx;
	const struct awm_entity *e = &entity_skill;
	struct awm_record *row;
	int rc = refuse_kept(w);

	if (!rc && w->tags)
		rc = skill_tags_list(s, w->tags, w->ntags, w->arena, &w->list);
	if (rc)
		return rc;
	if (w->id)
		rc = mutate_edit(s, e, w->id, w->sets, w->n, amend, w, w->arena,
				 &row);
	else
		rc = mutate_add(s, e, w->sets, w->n, amend, w, w->arena, &row);
	if (!rc && !w->id && w->tags)
		rc = skill_tags_write(s, row->values[SKILL_id].i, TAGS_SET,
				      w->list);
	return rc ? rc
		  : skill_get(s, row->values[SKILL_id].i, w->arena, &w->record);
}

static int do_write(struct awm_session *s, struct writing *w,
		    struct awm_record **ret)
{
	int rc = awm_transaction(s, run_write, w);

	if (!rc && ret)
		*ret = w->record;
	return rc;
}

int awm_skill_add(struct awm_session *s, const struct awm_set *sets, size_t n,
		  const char *const *tags, size_t ntags, struct awm_pool *pool,
		  struct awm_record **ret)
{
	struct writing w = {.sets = sets,
			    .n = n,
			    .tags = ntags ? tags : NULL,
			    .ntags = ntags,
			    .arena = pool_arena(pool)};

	return do_write(s, &w, ret);
}

int awm_skill_edit(struct awm_session *s, int64_t id,
		   const struct awm_set *sets, size_t n,
		   const char *const *tags, size_t ntags,
		   const struct awm_edit_opts *opts, struct awm_pool *pool,
		   struct awm_record **ret)
{
	struct writing w = {.id = id,
			    .sets = sets,
			    .n = n,
			    .tags = tags,
			    .ntags = ntags,
			    .how = TAGS_SET,
			    .opts = opts,
			    .arena = pool_arena(pool)};

	return do_write(s, &w, ret);
}

int awm_skill_tag(struct awm_session *s, int64_t id, const char *const *tags,
		  size_t n, bool add, struct awm_pool *pool,
		  struct awm_record **ret)
{
	struct writing w = {.id = id,
			    .tags = tags,
			    .ntags = n,
			    .how = add ? TAGS_ADD : TAGS_RM,
			    .arena = pool_arena(pool)};

	return do_write(s, &w, ret);
}
