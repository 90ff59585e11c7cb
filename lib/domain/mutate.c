// SPDX-License-Identifier: MIT
#include "domain/mutate.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "domain/notify.h"
#include "entity/field.h"
#include "entity/store.h"

enum kind { KIND_ADD, KIND_EDIT, KIND_DELETE };

/* One call of mutate_add(), mutate_edit() or mutate_delete(). */
struct mutation {
	enum kind kind;
	const struct awm_entity *e;
	int64_t id;
	const struct awm_set *sets;
	size_t n;
	mutate_fn *amend;
	void *ctx;
	struct arena *arena;
	struct awm_record *record; /* as it stands afterwards */
};

void change_set(struct change *c, size_t field, struct awm_value value)
{
	c->after[field] = value;
	c->mask[field] = true;
}

int change_json(const struct change *c, size_t field, cJSON **ret)
{
	const struct awm_value *v = &c->after[field];
	int rc = json_parse(v->kind == AWM_TEXT ? v->s : "",
			    v->kind == AWM_TEXT ? v->len : 0, ret);

	if (rc != -AWM_USAGE)
		return rc;
	err_set(AWM_DATABASE, "%s %lld is damaged: its %s is no JSON",
		c->e->label, (long long)c->id, c->e->fields[field].name);
	return err_hint("awm db check");
}

int change_tell(struct change *c, const char *name, const char *from,
		const char *to)
{
	struct change_more *more = &c->more[c->nmore];

	from = from ? from : "null";
	to = to ? to : "null";
	if (!strcmp(from, to))
		return 0;
	if (c->nmore == CHANGE_MORE_MAX)
		return err_set(AWM_ERROR, "too much to tell of '%s'", name);
	more->name = name;
	more->json =
		arena_printf(c->arena, "{\"from\":%s,\"to\":%s}", from, to);
	if (!more->json)
		return -AWM_NOMEM;
	c->nmore++;
	return 0;
}

bool change_differs(const struct change *c, size_t field)
{
	return !c->before || !c->after ||
	       !value_equal(&c->before[field], &c->after[field]);
}

bool value_is(const struct awm_value *v, const char *word)
{
	return v->kind == AWM_TEXT && !strcmp(v->s, word);
}

static int field_index(const struct awm_entity *e, const char *name)
{
	for (size_t i = 0; i < e->nfields; i++)
		if (!strcmp(e->fields[i].name, name))
			return (int)i;
	return -1;
}

static void set_if_there(struct change *c, const char *name, int64_t v)
{
	int i = field_index(c->e, name);

	if (i >= 0 && !c->mask[i])
		change_set(c, (size_t)i, AWM_VALUE_INT(v));
}

static int apply_sets(struct change *c, const struct mutation *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct awm_field *f = m->sets[i].field;
		if (f < m->e->fields || f >= m->e->fields + m->e->nfields)
			return err_set(AWM_ERROR, "'%s' is no field of %s",
				       f->name, m->e->label);
		change_set(c, (size_t)(f - m->e->fields), m->sets[i].value);
	}
	return 0;
}

static int check_reference(struct awm_session *s, const struct awm_field *f,
			   const struct awm_value *v)
{
	const struct awm_entity *target;

	if (f->type != AWM_TYPE_REF || v->kind != AWM_INT)
		return 0;
	target = awm_entity_of_table(f->ref);
	return target ? store_exists(s->db, target, v->i) : 0;
}

/* Every value that is about to be written; references by looking, because a
 * name that leads nowhere is "not found", not "against a rule". */
static int check_values(struct awm_session *s, struct change *c)
{
	for (size_t i = 0; i < c->e->nfields; i++) {
		const struct awm_field *f = &c->e->fields[i];
		bool differs = c->before ? change_differs(c, i)
					 : strcmp(f->name, "id") != 0;
		if (!differs)
			continue;
		int rc = field_check(f, &c->after[i]);
		if (!rc)
			rc = check_reference(s, f, &c->after[i]);
		if (rc)
			return rc;
	}
	return 0;
}

static int change_new(const struct mutation *m, struct change *c)
{
	c->e = m->e;
	c->id = m->id;
	c->arena = m->arena;
	c->mask = arena_array(m->arena, m->e->nfields, sizeof(*c->mask));
	return c->mask ? 0 : -AWM_NOMEM;
}

static int load_before(struct awm_session *s, struct change *c)
{
	struct awm_record *row;
	int rc = store_get(s->db, c->e, c->id, c->arena, &row);

	if (!rc)
		c->before = row->values;
	return rc;
}

static struct awm_record *record_of(struct change *c)
{
	struct awm_record *r = store_record(c->arena, c->e);

	if (r)
		memcpy(r->values, c->after ? c->after : c->before,
		       c->e->nfields * sizeof(*r->values));
	return r;
}

/* Once a minute is often enough to know who is about. */
static int touch_actor(struct awm_session *s)
{
	if (!s->acting)
		return 0;
	return db_run(
		s->db,
		"UPDATE \"users\" SET \"lastActiveAt\"=?2 WHERE \"id\"=?1 "
		"AND COALESCE(\"lastActiveAt\",0)<?3",
		"iii", s->actor.id, s->now, s->now - 60000);
}

static int finish(struct awm_session *s, struct change *c, struct mutation *m)
{
	const struct rules *rules = rules_of(c->e);
	int rc = 0;

	if (!c->event && rules->event)
		c->event = rules->event(c);
	if (rules->wrote)
		rc = rules->wrote(s, c);
	if (!rc)
		rc = activity_record(s, c);
	if (!rc)
		rc = notify_change(s, c);
	if (!rc)
		rc = index_update(s, c);
	if (!rc)
		rc = touch_actor(s);
	if (rc)
		return rc;
	m->record = record_of(c);
	return m->record ? 0 : -AWM_NOMEM;
}

static int check_rules(struct awm_session *s, struct change *c)
{
	const struct rules *rules = rules_of(c->e);

	return rules->check ? rules->check(s, c) : 0;
}

static int run_add(struct awm_session *s, struct mutation *m, struct change *c)
{
	int rc = 0;

	c->after = arena_array(m->arena, m->e->nfields, sizeof(*c->after));
	if (!c->after)
		return -AWM_NOMEM;
	for (size_t i = 0; i < m->e->nfields && !rc; i++)
		rc = store_default(&m->e->fields[i], m->arena, &c->after[i]);
	if (!rc)
		rc = apply_sets(c, m);
	if (!rc && m->amend)
		rc = m->amend(s, c, m->ctx);
	if (rc)
		return rc;
	set_if_there(c, "createdAt", s->now);
	set_if_there(c, "updatedAt", s->now);
	rc = check_rules(s, c);
	if (!rc)
		rc = check_values(s, c);
	if (!rc)
		rc = store_insert(s->db, c->e, c->after, c->mask, &c->id);
	if (rc)
		return rc;
	c->after[0] = AWM_VALUE_INT(c->id);
	return finish(s, c, m);
}

static bool mask_differences(struct change *c)
{
	bool any = false;

	for (size_t i = 0; i < c->e->nfields; i++) {
		c->mask[i] = change_differs(c, i);
		any |= c->mask[i];
	}
	return any;
}

static int run_edit(struct awm_session *s, struct mutation *m, struct change *c)
{
	size_t size = m->e->nfields * sizeof(*c->after);
	int rc = load_before(s, c);

	if (rc)
		return rc;
	c->after = arena_alloc(m->arena, size);
	if (!c->after)
		return -AWM_NOMEM;
	memcpy(c->after, c->before, size);
	rc = apply_sets(c, m);
	if (!rc && m->amend)
		rc = m->amend(s, c, m->ctx);
	if (!rc)
		rc = check_rules(s, c);
	if (rc)
		return rc;
	if (!mask_differences(c) && !c->nmore) {
		m->record = record_of(c);
		return m->record ? 0 : -AWM_NOMEM;
	}
	int updated = field_index(c->e, "updatedAt");
	/* A change within one millisecond is still a change to --if-updated-at.
	 */
	if (updated >= 0 && !c->mask[updated] && !s->importing) {
		int64_t last = c->before[updated].i;
		set_if_there(c, "updatedAt", s->now > last ? s->now : last + 1);
	}
	rc = check_values(s, c);
	if (!rc)
		rc = store_update(s->db, c->e, c->id, c->after, c->mask);
	return rc ? rc : finish(s, c, m);
}

static int run_delete(struct awm_session *s, struct mutation *m,
		      struct change *c)
{
	int rc = load_before(s, c);

	if (!rc)
		rc = check_rules(s, c);
	if (!rc)
		rc = index_update(s, c);
	if (!rc)
		rc = activity_floor(s);
	if (!rc)
		rc = store_delete(s->db, c->e, c->id);
	return rc ? rc : finish(s, c, m);
}

static int require_role(struct awm_session *s, const struct mutation *m)
{
	static const char *const verbs[] = {"add", "change", "delete"};
	const struct rules *rules = rules_of(m->e);
	char what[64];

	snprintf(what, sizeof(what), "%s %s %s", verbs[m->kind],
		 strchr("aeio", *m->e->label) ? "an" : "a", m->e->label);
	return role_require(
		s, m->kind == KIND_DELETE ? rules->delete_role : rules->role,
		what);
}

static int mutation_run(struct awm_session *s, void *ctx)
{
	struct mutation *m = ctx;
	struct change c = {0};
	int rc = require_role(s, m);

	if (!rc)
		rc = change_new(m, &c);
	if (rc)
		return rc;
	switch (m->kind) {
	case KIND_ADD:
		return run_add(s, m, &c);
	case KIND_EDIT:
		return run_edit(s, m, &c);
	case KIND_DELETE:
		return run_delete(s, m, &c);
	}
	return 0;
}

/* Without an arena of the caller's, what a mutation needs goes with it. */
static int mutate(struct awm_session *s, struct mutation *m,
		  struct arena *arena, struct awm_record **ret)
{
	struct arena own = {0};
	int rc;

	m->arena = arena ? arena : &own;
	rc = awm_transaction(s, mutation_run, m);
	if (!rc && ret)
		*ret = m->record;
	arena_release(&own);
	return rc;
}

int mutate_add(struct awm_session *s, const struct awm_entity *e,
	       const struct awm_set *sets, size_t n, mutate_fn *amend,
	       void *ctx, struct arena *arena, struct awm_record **ret)
{
	struct mutation m = {.kind = KIND_ADD,
			     .e = e,
			     .sets = sets,
			     .n = n,
			     .amend = amend,
			     .ctx = ctx};

	return mutate(s, &m, arena, ret);
}

int mutate_edit(struct awm_session *s, const struct awm_entity *e, int64_t id,
		const struct awm_set *sets, size_t n, mutate_fn *amend,
		void *ctx, struct arena *arena, struct awm_record **ret)
{
	struct mutation m = {.kind = KIND_EDIT,
			     .e = e,
			     .id = id,
			     .sets = sets,
			     .n = n,
			     .amend = amend,
			     .ctx = ctx};

	return mutate(s, &m, arena, ret);
}

int mutate_delete(struct awm_session *s, const struct awm_entity *e, int64_t id,
		  struct arena *arena, struct awm_record **ret)
{
	struct mutation m = {.kind = KIND_DELETE, .e = e, .id = id};

	return mutate(s, &m, arena, ret);
}

int mutate_restore(struct awm_session *s, const struct awm_entity *e,
		   struct awm_value *values, struct arena *arena,
		   int64_t *ret_id)
{
	struct change c = {.e = e, .after = values, .arena = arena};
	int rc = role_require(s, ROLE_ADMIN, "restore rows");

	c.mask = arena_array(arena, e->nfields, sizeof(*c.mask));
	if (!c.mask)
		return -AWM_NOMEM;
	memset(c.mask, true, e->nfields * sizeof(*c.mask));
	c.mask[0] = values[0].kind != AWM_NULL;
	if (!rc)
		rc = check_values(s, &c);
	if (!rc)
		rc = store_insert(s->db, e, values, c.mask, &c.id);
	if (!rc)
		rc = index_update(s, &c);
	if (!rc)
		*ret_id = c.id;
	return rc;
}
