// SPDX-License-Identifier: MIT
/* The rules of skills: who sees and who changes them, what they are held to,
 * and what follows from a change. */
#include "domain/skill.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "domain/scope.h"
#include "entity/store.h"
#include "jsonschema/jsonschema.h"
#include "queries.h"

const size_t skill_versioned[SKILL_VERSIONED] = {
	SKILL_name, SKILL_description, SKILL_prompt, SKILL_inputSchema,
	SKILL_outputSchema};

/* ---- who sees what ---- */

int skill_require(struct awm_session *s, int64_t id)
{
	int rc = store_exists(s->db, &entity_skill, id);

	return rc ? rc : scope_require(s, &entity_skill, id);
}

struct first {
	struct arena *arena;
	struct awm_record *row;
};

static int keep_first(void *ctx, const struct awm_record *row)
{
	struct first *f = ctx;

	f->row = store_copy(f->arena, row);
	return f->row ? 0 : -AWM_NOMEM;
}

int skill_get(struct awm_session *s, int64_t id, struct arena *a,
	      struct awm_record **ret)
{
	struct awm_value key = AWM_VALUE_INT(id);
	struct awm_cond cond = {entity_skill.fields, AWM_OP_EQ, &key, 1};
	struct awm_query q = {.entity = &entity_skill,
			      .conds = &cond,
			      .nconds = 1,
			      .tags = true};
	struct first first = {.arena = a};
	int rc = scope_list(s, &q, keep_first, &first);

	if (rc)
		return rc;
	if (!first.row)
		return err_set(AWM_NOT_FOUND, "no skill %lld", (long long)id);
	*ret = first.row;
	return 0;
}

/* ---- who changes it ---- */

/* Running, forking and reviewing one is everybody's. */
static bool is_content(size_t field)
{
	return field != SKILL_usageCount && field != SKILL_forkCount &&
	       field != SKILL_rating && field != SKILL_reviews &&
	       field != SKILL_updatedAt;
}

static int check_author(struct awm_session *s, const struct change *c)
{
	bool content = !c->after || c->nmore;

	for (size_t i = 0; c->after && i < c->e->nfields; i++)
		content |= is_content(i) && change_differs(c, i);
	if (!content || c->before[SKILL_authorId].i == s->actor.id)
		return 0;
	return role_require(s, ROLE_ADMIN,
			    c->after ? "change another user's skill"
				     : "delete another user's skill");
}

static int check_official(struct awm_session *s, const struct change *c)
{
	bool was = c->before && c->before[SKILL_isOfficial].i;

	if (was == (c->after[SKILL_isOfficial].i != 0))
		return 0;
	return role_require(s, ROLE_ADMIN, "say which skills are official");
}

/* A skill is given to a team by one of its members. */
static int check_team(struct awm_session *s, const struct change *c)
{
	const struct awm_value *team = &c->after[SKILL_teamId];
	struct awm_value found;
	int rc;

	if (team->kind != AWM_INT || !change_differs(c, SKILL_teamId) ||
	    role_of(s) == ROLE_ADMIN)
		return 0;
	rc = db_get(s->db, NULL, &found,
		    "SELECT 1 FROM \"team_members\" WHERE \"teamId\"=?1 AND "
		    "\"userId\"=?2",
		    "ii", team->i, s->actor.id);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_set(AWM_DENIED, "'%s' is no member of team %lld", s->actor.email,
		(long long)team->i);
	return err_hint("awm team member list %lld", (long long)team->i);
}

/* ---- what it is held to ---- */

static int check_prompt(const struct change *c)
{
	const struct awm_value *prompt = &c->after[SKILL_prompt];
	int rc;

	if (!change_differs(c, SKILL_prompt))
		return 0;
	if (prompt->kind != AWM_TEXT ||
	    !prompt->s[strspn(prompt->s, " \t\r\n")])
		return err_set(AWM_INVALID, "a skill needs a prompt");
	rc = mustache_check(prompt->s, NULL, NULL);
	return rc ? err_context("prompt") : 0;
}

/* JSON is kept in one form, so that the same content is no new version. */
static int keep_form(struct change *c, size_t field, const cJSON *node)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;

	json_print(&out, node);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, field, awm_value_text(text));
	return 0;
}

static int check_json(struct change *c, size_t field, bool schema)
{
	const struct awm_value *v = &c->after[field];
	_cleanup_json_ cJSON *node = NULL;
	int rc;

	if (v->kind != AWM_TEXT || !change_differs(c, field))
		return 0;
	rc = json_parse(v->s, v->len, &node);
	if (!rc && schema)
		rc = jsonschema_check(node);
	if (rc)
		return err_context("%s", c->e->fields[field].name);
	return keep_form(c, field, node);
}

static int two_reviews(int64_t user)
{
	return err_set(AWM_INVALID, "reviews: two of user %lld",
		       (long long)user);
}

/* skills.rating is the average of the reviews, whoever changes which. */
static int check_reviews(struct change *c)
{
	const struct awm_value *v = &c->after[SKILL_reviews];
	_cleanup_json_ cJSON *list = NULL;
	const cJSON *item, *other;
	double sum = 0;
	int n = 0, rc;

	if (!change_differs(c, SKILL_reviews) &&
	    !change_differs(c, SKILL_rating))
		return 0;
	rc = v->kind == AWM_TEXT ? json_parse(v->s, v->len, &list) : 0;
	if (rc)
		return err_context("reviews");
	cJSON_ArrayForEach(item, list)
	{
		const cJSON *user = json_get(item, "userId");
		for (other = list->child; user && other != item;
		     other = other->next) {
			const cJSON *his = json_get(other, "userId");
			if (his && his->valuedouble == user->valuedouble)
				return two_reviews((int64_t)user->valuedouble);
		}
		const cJSON *rating = json_get(item, "rating");
		sum += rating ? rating->valuedouble : 0;
		n++;
	}
	change_set(c, SKILL_rating,
		   n ? AWM_VALUE_REAL(sum / n) : AWM_VALUE_NULL);
	return 0;
}

/* ---- versions ---- */

static bool makes_version(const struct change *c)
{
	for (size_t i = 0; i < SKILL_VERSIONED; i++)
		if (change_differs(c, skill_versioned[i]))
			return true;
	return false;
}

/* Numbers only go up, also when a change is taken back: runs say which version
 * they had. */
static int check_version(struct awm_session *s, struct change *c)
{
	struct awm_value last;
	int64_t next;
	int rc;

	if (!c->before)
		return 0;
	if (!makes_version(c)) {
		change_set(c, SKILL_version, c->before[SKILL_version]);
		return 0;
	}
	rc = db_get(s->db, NULL, &last,
		    "SELECT COALESCE(MAX(\"version\"),0) FROM "
		    "\"skill_versions\" WHERE \"skillId\"=?1",
		    "i", c->id);
	if (rc)
		return rc;
	next = c->before[SKILL_version].i;
	next = (last.i > next ? last.i : next) + 1;
	if (c->after[SKILL_version].i < next)
		change_set(c, SKILL_version, AWM_VALUE_INT(next));
	if (!c->mask[SKILL_changelog])
		change_set(c, SKILL_changelog, AWM_VALUE_NULL);
	return 0;
}

/* ---- the rules ---- */

static void fill_new(struct awm_session *s, struct change *c)
{
	if (!c->mask[SKILL_authorId])
		change_set(c, SKILL_authorId, AWM_VALUE_INT(s->actor.id));
	if (c->after[SKILL_description].kind == AWM_NULL)
		change_set(c, SKILL_description, awm_value_text(""));
	if (c->after[SKILL_category].kind == AWM_NULL)
		change_set(c, SKILL_category, awm_value_text(SKILL_CATEGORY));
}

/* The log keeps the tags of what is deleted, for whoever takes that back. */
static int check_deleted(struct awm_session *s, struct change *c)
{
	const char *tags;
	int rc = check_author(s, c);

	if (!rc)
		rc = skill_tags_of(s, c->id, c->arena, &tags);
	if (rc || !strcmp(tags, "[]"))
		return rc;
	return change_tell(c, "tags", tags, NULL);
}

static int skill_check(struct awm_session *s, struct change *c)
{
	int rc = c->before ? skill_require(s, c->id) : 0;

	if (rc)
		return rc;
	if (!c->after)
		return check_deleted(s, c);
	if (!c->before)
		fill_new(s, c);
	rc = check_prompt(c);
	if (!rc)
		rc = check_json(c, SKILL_inputSchema, true);
	if (!rc)
		rc = check_json(c, SKILL_outputSchema, true);
	if (!rc)
		rc = check_json(c, SKILL_mcpRequirements, false);
	if (!rc)
		rc = check_reviews(c);
	if (!rc)
		rc = check_version(s, c);
	if (!rc && c->before)
		rc = check_author(s, c);
	if (!rc)
		rc = check_official(s, c);
	return rc ? rc : check_team(s, c);
}

static int skill_wrote(struct awm_session *s, const struct change *c)
{
	struct awm_value user =
		s->acting ? AWM_VALUE_INT(s->actor.id) : AWM_VALUE_NULL;
	int64_t since = s->now;

	if (!c->after || (c->before && !makes_version(c) &&
			  !change_differs(c, SKILL_changelog)))
		return 0;
	if (!c->before) {
		user = c->after[SKILL_authorId];
		since = c->after[SKILL_updatedAt].i;
	}
	return db_run(s->db, query_skill_version_keep, "ivi", c->id, &user,
		      since);
}

static const char *skill_event(const struct change *c)
{
	if (!c->before || !c->after)
		return NULL;
	if (change_differs(c, SKILL_reviews))
		return "skill.reviewed";
	if (change_differs(c, SKILL_isPublic))
		return c->after[SKILL_isPublic].i ? "skill.published"
						  : "skill.unpublished";
	if (change_differs(c, SKILL_forkCount))
		return "skill.forked";
	return change_differs(c, SKILL_usageCount) ? "skill.used" : NULL;
}

const struct rules skill_rules = {
	.entity = &entity_skill,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = skill_event,
	.check = skill_check,
	.wrote = skill_wrote,
};

/* What is suggested is no event; what somebody attaches is one. */
static const char *suggested_event(const struct change *c)
{
	bool was = c->before && c->before[SUGGESTED_SKILL_isAttached].i;
	bool is = c->after && c->after[SUGGESTED_SKILL_isAttached].i;

	if (was == is)
		return NULL;
	return is ? "skill.attached" : "skill.detached";
}

const struct rules suggested_skill_rules = {
	.entity = &entity_suggested_skill,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = suggested_event,
};
