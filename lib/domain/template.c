// SPDX-License-Identifier: MIT
/* The rules of templates: who changes them, and what follows from their
 * structure. */
#include "domain/template.h"

#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/cascade.h"
#include "domain/placeholder.h"
#include "domain/pool.h"
#include "entity/shape.h"
#include "entity/store.h"
#include "queries.h"

int template_parse(const struct awm_value *structure, cJSON **ret)
{
	_cleanup_json_ cJSON *root = NULL;
	int rc;

	if (structure->kind != AWM_TEXT)
		return err_set(AWM_INVALID,
			       "a template needs a projectStructure");
	rc = json_parse(structure->s, structure->len, &root);
	if (rc)
		return err_context("projectStructure");
	rc = shape_check_node(&shape_project_structure, root,
			      "projectStructure");
	if (rc)
		return rc;
	*ret = root;
	root = NULL;
	return 0;
}

/* Whether the list "a, b" holds the name. */
static bool listed(const struct buf *list, const char *name)
{
	const char *p = list->len ? list->s : NULL;
	size_t len = strlen(name);

	while (p) {
		const char *next = strstr(p, ", ");
		size_t n = next ? (size_t)(next - p) : strlen(p);

		if (n == len && !memcmp(p, name, len))
			return true;
		p = next ? next + 2 : NULL;
	}
	return false;
}

void template_note(struct buf *list, const char *name)
{
	if (!listed(list, name))
		buf_addf(list, "%s%s", list->len ? ", " : "", name);
}

static const char *no_value(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return "";
}

/* Braces that mean nothing are told of here, and not to whoever applies it. */
static int check_placeholders(const cJSON *structure)
{
	static const char *const keys[] = {"title", "description"};
	const cJSON *task;
	int at = 0;

	cJSON_ArrayForEach(task, json_get(structure, "tasks"))
	{
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			_cleanup_buf_ struct buf out = {0};
			const char *text = json_get_str(task, keys[i]);

			if (text &&
			    placeholder_render(text, no_value, NULL, &out))
				return err_context(
					"projectStructure.tasks[%d].%s", at,
					keys[i]);
		}
		at++;
	}
	return 0;
}

static int set_json(struct change *c, size_t field, const cJSON *node)
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

/* JSON is kept in one form, so that the same content is the same text however
 * it came in. */
static int keep_form(struct change *c, size_t field)
{
	const struct awm_value *v = &c->after[field];
	_cleanup_json_ cJSON *node = NULL;
	int rc;

	if (v->kind != AWM_TEXT || !change_differs(c, field))
		return 0;
	rc = json_parse(v->s, v->len, &node);
	if (rc)
		return err_context("%s", c->e->fields[field].name);
	return set_json(c, field, node);
}

static int check_structure(struct change *c)
{
	_cleanup_json_ cJSON *root = NULL;
	int rc;

	if (!change_differs(c, TEMPLATE_projectStructure))
		return 0;
	rc = template_parse(&c->after[TEMPLATE_projectStructure], &root);
	if (!rc)
		rc = check_placeholders(root);
	return rc ? rc : set_json(c, TEMPLATE_projectStructure, root);
}

static void fill_new(struct awm_session *s, struct change *c)
{
	if (!c->mask[TEMPLATE_authorId])
		change_set(c, TEMPLATE_authorId, AWM_VALUE_INT(s->actor.id));
	if (c->after[TEMPLATE_description].kind == AWM_NULL)
		change_set(c, TEMPLATE_description, awm_value_text(""));
	if (c->after[TEMPLATE_category].kind == AWM_NULL)
		change_set(c, TEMPLATE_category,
			   awm_value_text(TEMPLATE_CATEGORY));
}

/* Using and rating one is everybody's. */
static bool is_content(size_t field)
{
	return field != TEMPLATE_usageCount && field != TEMPLATE_rating &&
	       field != TEMPLATE_updatedAt;
}

static int check_author(struct awm_session *s, const struct change *c)
{
	bool content = !c->after;

	for (size_t i = 0; c->after && i < c->e->nfields; i++)
		content |= is_content(i) && change_differs(c, i);
	if (!content || c->before[TEMPLATE_authorId].i == s->actor.id)
		return 0;
	return role_require(s, ROLE_ADMIN,
			    c->after ? "change another user's template"
				     : "delete another user's template");
}

static int check_official(struct awm_session *s, const struct change *c)
{
	bool was = c->before && c->before[TEMPLATE_isOfficial].i;

	if (was == (c->after[TEMPLATE_isOfficial].i != 0))
		return 0;
	return role_require(s, ROLE_ADMIN, "say which templates are official");
}

static int template_check(struct awm_session *s, struct change *c)
{
	int rc = c->before ? check_author(s, c) : 0;

	if (rc)
		return rc;
	if (!c->after)
		return cascade_template(s, c->id);
	if (!c->before)
		fill_new(s, c);
	rc = check_official(s, c);
	if (!rc)
		rc = check_structure(c);
	if (!rc)
		rc = keep_form(c, TEMPLATE_tags);
	if (!rc)
		rc = keep_form(c, TEMPLATE_aiProviderRecommendations);
	return rc;
}

/* template_tasks: the tasks of the structure as rows. */
static int template_wrote(struct awm_session *s, const struct change *c)
{
	int rc = 0;

	if (!c->after || !change_differs(c, TEMPLATE_projectStructure))
		return 0;
	if (c->before)
		rc = db_run(s->db,
			    "DELETE FROM \"template_tasks\" "
			    "WHERE \"templateId\"=?1",
			    "i", c->id);
	if (rc)
		return rc;
	return db_run(s->db, query_template_tasks_fill, "iti", c->id,
		      c->after[TEMPLATE_projectStructure].s, s->now);
}

const struct rules template_rules = {
	.entity = &entity_template,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.check = template_check,
	.wrote = template_wrote,
};

/* ---- rating ---- */

/* templates.rating is the average, whoever changes or takes back what. */
static int rating_wrote(struct awm_session *s, const struct change *c)
{
	const struct awm_value *row = c->after ? c->after : c->before;

	return db_run(s->db,
		      "UPDATE \"templates\" SET \"rating\"=("
		      "SELECT AVG(\"rating\") FROM \"template_ratings\" "
		      "WHERE \"templateId\"=?1) WHERE \"id\"=?1",
		      "i", row[TEMPLATE_RATING_templateId].i);
}

static const char *rating_event(const struct change *c)
{
	(void)c;
	return "template.rated";
}

const struct rules template_rating_rules = {
	.entity = &entity_template_rating,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_MEMBER,
	.event = rating_event,
	.wrote = rating_wrote,
};

struct rating {
	int64_t template, given;
	struct arena *arena;
	struct awm_record *record;
};

static int run_rate(struct awm_session *s, void *ctx)
{
	struct rating *r = ctx;
	const struct awm_entity *e = &entity_template_rating;
	struct awm_set sets[] = {
		{&e->fields[TEMPLATE_RATING_rating], AWM_VALUE_INT(r->given)},
		{&e->fields[TEMPLATE_RATING_templateId],
		 AWM_VALUE_INT(r->template)},
		{&e->fields[TEMPLATE_RATING_userId],
		 AWM_VALUE_INT(s->actor.id)},
	};
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"id\" FROM \"template_ratings\" WHERE "
			"\"templateId\"=?1 AND \"userId\"=?2",
			"ii", r->template, s->actor.id);

	if (rc == -AWM_NOT_FOUND)
		rc = mutate_add(s, e, sets, ARRAY_LEN(sets), NULL, NULL, NULL,
				NULL);
	else if (!rc)
		rc = mutate_edit(s, e, id.i, sets, 1, NULL, NULL, NULL, NULL);
	if (!rc)
		rc = store_get(s->db, &entity_template, r->template, r->arena,
			       &r->record);
	return rc;
}

int awm_template_rate(struct awm_session *s, int64_t id, int64_t rating,
		      struct awm_pool *pool, struct awm_record **ret)
{
	struct rating r = {id, rating, pool_arena(pool), NULL};
	int rc = role_require(s, ROLE_MEMBER, "rate a template");

	if (!rc && (rating < 1 || rating > 5))
		rc = err_set(AWM_INVALID, "rating: want 1 to 5");
	if (!rc)
		rc = awm_transaction(s, run_rate, &r);
	if (!rc)
		*ret = r.record;
	return rc;
}
