// SPDX-License-Identifier: MIT
#include <awm/team.h>
#include <awm/write.h>

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "entity/store.h"
#include "queries.h"

/*
 * Who belongs to a project or a team, and as what. These roles are told, not
 * checked: what somebody may do follows from users.role alone.
 */
struct membership {
	const struct awm_entity *of; /* what they belong to */
	const struct awm_entity *entity;
	size_t role, parent, user, created; /* columns of `entity` */
	const char *find; /* the id of the row of parent ?1 and user ?2 */
	const char *list; /* id, email, name, role, createdAt of parent ?1 */
};

static const struct membership project_membership = {
	.of = &entity_project,
	.entity = &entity_project_member,
	.role = PROJECT_MEMBER_role,
	.parent = PROJECT_MEMBER_projectId,
	.user = PROJECT_MEMBER_userId,
	.created = PROJECT_MEMBER_createdAt,
	.find = "SELECT \"id\" FROM \"project_members\" "
		"WHERE \"projectId\"=?1 AND \"userId\"=?2",
	.list = query_project_members,
};

static const struct membership team_membership = {
	.of = &entity_team,
	.entity = &entity_team_member,
	.role = TEAM_MEMBER_role,
	.parent = TEAM_MEMBER_teamId,
	.user = TEAM_MEMBER_userId,
	.created = TEAM_MEMBER_createdAt,
	.find = "SELECT \"id\" FROM \"team_members\" "
		"WHERE \"teamId\"=?1 AND \"userId\"=?2",
	.list = query_team_members,
};

struct member {
	const struct membership *m;
	int64_t parent, user;
	const char *role;
	struct arena *arena;
	struct awm_record *record;
};

static int find_member(struct awm_session *s, const struct member *call,
		       int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id, call->m->find, "ii", call->parent,
			call->user);

	if (!rc)
		*ret = id.i;
	return rc;
}

static int run_add(struct awm_session *s, void *ctx)
{
	struct member *call = ctx;
	const struct membership *m = call->m;
	const struct awm_field *f = m->entity->fields;
	struct awm_set sets[] = {
		{&f[m->role],
		 awm_value_text(call->role ? call->role : "member")},
		{&f[m->parent], AWM_VALUE_INT(call->parent)},
		{&f[m->user], AWM_VALUE_INT(call->user)},
	};
	int64_t id;
	int rc = find_member(s, call, &id);

	if (rc && rc != -AWM_NOT_FOUND)
		return rc;
	if (rc)
		return mutate_add(s, m->entity, sets, ARRAY_LEN(sets), NULL,
				  NULL, call->arena, &call->record);
	return mutate_edit(s, m->entity, id, sets, call->role ? 1 : 0, NULL,
			   NULL, call->arena, &call->record);
}

static int member_add(struct awm_session *s, const struct membership *m,
		      int64_t parent, int64_t user, const char *role,
		      struct awm_pool *pool, struct awm_record **ret)
{
	struct member call = {m, parent, user, role, pool_arena(pool), NULL};
	int rc = awm_transaction(s, run_add, &call);

	if (!rc && ret)
		*ret = call.record;
	return rc;
}

static int run_rm(struct awm_session *s, void *ctx)
{
	struct member *call = ctx;
	int64_t id;
	int rc = role_require(s, rules_of(call->m->entity)->delete_role,
			      "take a member out");

	if (!rc)
		rc = find_member(s, call, &id);
	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND,
			       "user %lld is no member of %s %lld",
			       (long long)call->user, call->m->of->label,
			       (long long)call->parent);
	return rc ? rc : mutate_delete(s, call->m->entity, id, NULL, NULL);
}

static int member_rm(struct awm_session *s, const struct membership *m,
		     int64_t parent, int64_t user)
{
	struct member call = {.m = m, .parent = parent, .user = user};

	return awm_transaction(s, run_rm, &call);
}

static int member_list(struct awm_session *s, const struct membership *m,
		       int64_t parent, awm_row_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[] = {
		&entity_user.fields[USER_id],	&entity_user.fields[USER_email],
		&entity_user.fields[USER_name], &m->entity->fields[m->role],
		&m->entity->fields[m->created],
	};
	int rc = store_exists(s->db, m->of, parent);

	if (!rc)
		rc = db_query(s->db, &st, m->list, "i", parent);
	return rc ? rc : store_rows(st, fields, ARRAY_LEN(fields), fn, ctx);
}

/* ---- the two kinds ---- */

int awm_project_member_add(struct awm_session *s, int64_t project, int64_t user,
			   const char *role, struct awm_pool *pool,
			   struct awm_record **ret)
{
	return member_add(s, &project_membership, project, user, role, pool,
			  ret);
}

int awm_project_member_rm(struct awm_session *s, int64_t project, int64_t user)
{
	return member_rm(s, &project_membership, project, user);
}

int awm_project_member_list(struct awm_session *s, int64_t project,
			    awm_row_fn *fn, void *ctx)
{
	return member_list(s, &project_membership, project, fn, ctx);
}

int awm_team_member_add(struct awm_session *s, int64_t team, int64_t user,
			const char *role, struct awm_pool *pool,
			struct awm_record **ret)
{
	return member_add(s, &team_membership, team, user, role, pool, ret);
}

int awm_team_member_rm(struct awm_session *s, int64_t team, int64_t user)
{
	return member_rm(s, &team_membership, team, user);
}

int awm_team_member_list(struct awm_session *s, int64_t team, awm_row_fn *fn,
			 void *ctx)
{
	return member_list(s, &team_membership, team, fn, ctx);
}
