// SPDX-License-Identifier: MIT
#include "entity/compose.h"

#include <string.h>

#include "base/err.h"
#include "entity/entity.h"
#include "queries.h"

#define TAG_INDEX "\"task_tags\""
#define SORT_MAX  16

/* What a query needs to know while it is put together. */
struct composer {
	const struct awm_query *q;
	struct buf *out;
	int at;			    /* the last parameter used */
	bool started;		    /* a condition stands already */
	const struct awm_cond *tag; /* the one that drives from the tag index */
};

bool compose_binds(const struct awm_cond *c)
{
	if (c->op == AWM_OP_NULL || c->op == AWM_OP_NOT_NULL)
		return false;
	return c->field->type != AWM_TYPE_ENUM;
}

bool compose_wants_now(const struct awm_query *q, bool count)
{
	return q->ready & (count ? AWM_READY : ~0u);
}

static bool words_have(const char *const *words, const struct awm_value *v)
{
	for (; v->kind == AWM_TEXT && *words; words++)
		if (!strcmp(*words, v->s))
			return true;
	return false;
}

static int add_value(struct composer *c, const struct awm_cond *cond, size_t i)
{
	if (compose_binds(cond)) {
		buf_addf(c->out, "?%d", ++c->at);
		return 0;
	}
	/* A literal may only be a word of the table. */
	if (!words_have(cond->field->words, &cond->values[i]))
		return err_set(AWM_USAGE, "unknown %s", cond->field->name);
	buf_addf(c->out, "'%s'", cond->values[i].s);
	return 0;
}

static const char *operator_sql(enum awm_op op)
{
	switch (op) {
	case AWM_OP_EQ:
		return "=";
	case AWM_OP_NE:
		return "<>";
	case AWM_OP_LT:
		return "<";
	case AWM_OP_LE:
		return "<=";
	case AWM_OP_GT:
		return ">";
	case AWM_OP_GE:
		return ">=";
	default:
		return NULL;
	}
}

static void and_(struct composer *c)
{
	buf_adds(c->out, c->started ? " AND " : " WHERE ");
	c->started = true;
}

static int add_set(struct composer *c, const struct awm_cond *cond)
{
	bool not_in = cond->op == AWM_OP_NOT_IN;
	bool nullable = !(cond->field->flags & AWM_REQUIRED);

	if (not_in && nullable)
		buf_addf(c->out, "(t.\"%s\" IS NULL OR ", cond->field->name);
	buf_addf(c->out, "t.\"%s\" %sIN (", cond->field->name,
		 not_in ? "NOT " : "");
	for (size_t i = 0; i < cond->count; i++) {
		if (i)
			buf_addc(c->out, ',');
		int rc = add_value(c, cond, i);
		if (rc)
			return rc;
	}
	buf_addc(c->out, ')');
	if (not_in && nullable)
		buf_addc(c->out, ')');
	return 0;
}

static int add_has(struct composer *c, const struct awm_cond *cond)
{
	const char *name = cond->field->name;

	if (cond->field == &entity_task.fields[TASK_tags] && !c->q->all &&
	    !c->q->deleted)
		buf_addf(c->out,
			 "EXISTS (SELECT 1 FROM " TAG_INDEX " x WHERE "
			 "x.\"taskId\"=t.\"id\" AND x.\"tag\"=?%d)",
			 ++c->at);
	else
		buf_addf(c->out,
			 "EXISTS (SELECT 1 FROM json_each(t.\"%s\") x "
			 "WHERE x.value=?%d)",
			 name, ++c->at);
	return 0;
}

static int add_compare(struct composer *c, const struct awm_cond *cond)
{
	bool loose =
		cond->op == AWM_OP_NE && !(cond->field->flags & AWM_REQUIRED);

	if (loose)
		buf_addf(c->out, "(t.\"%s\" IS NULL OR ", cond->field->name);
	buf_addf(c->out, "t.\"%s\"%s", cond->field->name,
		 operator_sql(cond->op));
	int rc = add_value(c, cond, 0);
	if (loose)
		buf_addc(c->out, ')');
	return rc;
}

static void add_seen(struct composer *c, const char *skill, int at)
{
	buf_addf(c->out,
		 "(%s.\"isPublic\"=1 OR %s.\"isOfficial\"=1 OR "
		 "%s.\"authorId\"=?%d OR %s.\"teamId\" IN (SELECT "
		 "\"teamId\" FROM \"team_members\" WHERE "
		 "\"userId\"=?%d))",
		 skill, skill, skill, at, skill, at);
}

/* The row is named in the metadata; what type it is of, an index tells. */
static void add_told(struct composer *c, int at)
{
	buf_addf(c->out,
		 "(t.\"type\"<'skill.' OR t.\"type\">='skill/' OR "
		 "t.\"userId\"=?%d OR "
		 "json_extract(t.\"metadata\",'$.entity') IS NOT 'skill' OR "
		 "EXISTS (SELECT 1 FROM \"skills\" k WHERE k.\"id\"="
		 "json_extract(t.\"metadata\",'$.id') AND ",
		 at);
	add_seen(c, "k", at);
	buf_adds(c->out, "))");
}

static void add_says(struct composer *c, int at)
{
	const struct awm_entity *e = c->q->entity;

	buf_addc(c->out, '(');
	for (size_t i = 0; i < e->nfields; i++)
		if (e->fields[i].flags & AWM_SEARCH)
			buf_addf(c->out,
				 "instr(lower(t.\"%s\"),lower(?%d))>0 OR ",
				 e->fields[i].name, at);
	buf_addf(c->out,
		 "EXISTS (SELECT 1 FROM \"skill_tags\" x WHERE "
		 "x.\"skillId\"=t.\"id\" AND "
		 "instr(lower(x.\"tag\"),lower(?%d))>0))",
		 at);
}

static void add_skill_cond(struct composer *c, const struct awm_cond *cond)
{
	int at = ++c->at;

	if (cond->op == AWM_OP_TAGGED)
		buf_addf(c->out,
			 "EXISTS (SELECT 1 FROM \"skill_tags\" x WHERE "
			 "x.\"skillId\"=t.\"id\" AND x.\"tag\"=?%d)",
			 at);
	else if (cond->op == AWM_OP_SAYS)
		add_says(c, at);
	else if (cond->op == AWM_OP_TOLD_TO)
		add_told(c, at);
	else
		add_seen(c, "t", at);
}

static int add_cond(struct composer *c, const struct awm_cond *cond)
{
	const char *name = cond->field->name;

	if (cond == c->tag) {
		and_(c);
		buf_addf(c->out, "g.\"tag\"=?%d", ++c->at);
		return 0;
	}
	and_(c);
	switch (cond->op) {
	case AWM_OP_NULL:
		buf_addf(c->out, "t.\"%s\" IS NULL", name);
		return 0;
	case AWM_OP_NOT_NULL:
		buf_addf(c->out, "t.\"%s\" IS NOT NULL", name);
		return 0;
	case AWM_OP_IN:
	case AWM_OP_NOT_IN:
		return add_set(c, cond);
	case AWM_OP_CONTAINS:
		buf_addf(c->out, "instr(lower(t.\"%s\"),lower(?%d))>0", name,
			 ++c->at);
		return 0;
	case AWM_OP_HAS:
		return add_has(c, cond);
	case AWM_OP_OF_PROJECT:
		buf_addf(c->out,
			 "t.\"%s\" IN (SELECT \"id\" FROM \"tasks\" "
			 "WHERE \"projectId\"=?%d)",
			 name, ++c->at);
		return 0;
	case AWM_OP_WAITS:
		buf_addf(c->out,
			 "t.\"id\" IN (SELECT d.\"taskId\" FROM "
			 "\"task_dependencies\" d JOIN \"tasks\" b "
			 "ON b.\"id\"=d.\"blockerId\" WHERE "
			 "d.\"blockerId\"=?%d AND b.\"status\"<>'done' "
			 "AND b.\"deletedAt\" IS NULL)",
			 ++c->at);
		return 0;
	case AWM_OP_OF_SKILL:
	case AWM_OP_OF_USER:
		buf_addf(c->out,
			 "t.\"%s\" IN (SELECT \"executionId\" FROM "
			 "\"execution_runs\" WHERE \"%s\"=?%d)",
			 name,
			 cond->op == AWM_OP_OF_SKILL ? "skillId" : "userId",
			 ++c->at);
		return 0;
	case AWM_OP_TAGGED:
	case AWM_OP_SAYS:
	case AWM_OP_SEEN_BY:
	case AWM_OP_TOLD_TO:
		add_skill_cond(c, cond);
		return 0;
	default:
		return add_compare(c, cond);
	}
}

static void add_live(struct composer *c)
{
	const struct awm_query *q = c->q;

	if (q->all || q->entity->deleted_at < 0)
		return;
	and_(c);
	buf_addf(c->out, "t.\"%s\" IS %sNULL",
		 q->entity->fields[q->entity->deleted_at].name,
		 q->deleted ? "NOT " : "");
}

/* Enum words sort by their place in the field table, as the very expression
 * that the indexes in list order are made of. */
static void add_enum_key(struct composer *c, const struct awm_sort *key)
{
	const char *const *words = key->field->words;
	size_t n = 0;

	while (words[n])
		n++;
	buf_addf(c->out, "CASE t.\"%s\"", key->field->name);
	for (size_t i = 0; i + 1 < n; i++)
		buf_addf(c->out, " WHEN '%s' THEN %zu",
			 words[key->descending ? n - 1 - i : i], i);
	buf_addf(c->out, " ELSE %zu END", n - 1);
}

static bool sorts_as_integer(const struct awm_field *f)
{
	return f->type == AWM_TYPE_TIME || f->type == AWM_TYPE_INT ||
	       f->type == AWM_TYPE_REF;
}

static void add_key(struct composer *c, const struct awm_sort *key)
{
	const struct awm_field *f = key->field;

	if (f->type == AWM_TYPE_ENUM) {
		add_enum_key(c, key);
		return;
	}
	if (f->flags & AWM_REQUIRED || !strcmp(f->name, "id"))
		buf_addf(c->out, "t.\"%s\"%s", f->name,
			 key->descending ? " DESC" : "");
	else if (!key->descending && sorts_as_integer(f))
		buf_addf(c->out, "COALESCE(t.\"%s\",9223372036854775807)",
			 f->name);
	else
		buf_addf(c->out, "t.\"%s\"%s NULLS LAST", f->name,
			 key->descending ? " DESC" : "");
}

static bool is_one_row(const struct awm_query *q)
{
	for (size_t i = 0; i < q->nconds; i++)
		if (q->conds[i].op == AWM_OP_EQ &&
		    q->conds[i].field == q->entity->fields)
			return true;
	return false;
}

static int add_order(struct composer *c)
{
	struct awm_sort keys[SORT_MAX];
	const struct awm_sort *sort = c->q->sort;
	size_t n = c->q->nsort;

	if (!n && c->q->ready & AWM_URGENCY) {
		buf_adds(c->out, " ORDER BY \"urgency\" DESC,t.\"id\"");
		return 0;
	}
	if (!n && c->tag) {
		buf_adds(c->out, " ORDER BY g.\"rank\",g.\"due\",g.\"taskId\"");
		return 0;
	}
	if (!n) {
		int rc = awm_sort_parse(c->q->entity, c->q->entity->order, keys,
					SORT_MAX, &n);
		if (rc)
			return rc;
		sort = keys;
	}
	bool by_id = false;
	for (size_t i = 0; i < n; i++) {
		buf_adds(c->out, i ? "," : " ORDER BY ");
		add_key(c, &sort[i]);
		by_id |= sort[i].field == &c->q->entity->fields[0];
	}
	if (!by_id)
		buf_adds(c->out, ",t.\"id\"");
	return 0;
}

/* The tag index holds the tasks that are not deleted, in list order, open ones
 * apart. It drives a listing whenever those are asked for. */
static const struct awm_cond *driving_tag(const struct awm_query *q)
{
	if (q->entity != &entity_task || q->deleted || q->all)
		return NULL;
	for (size_t i = 0; i < q->nconds; i++)
		if (q->conds[i].op == AWM_OP_HAS &&
		    q->conds[i].field == &entity_task.fields[TASK_tags])
			return &q->conds[i];
	return NULL;
}

/* The indexes in list order hold open tasks. SQLite takes one only if the
 * statement says so in the same words, also where a status says it anyhow. */
static bool implies_open(const struct awm_query *q)
{
	const struct awm_value done = {.kind = AWM_TEXT, .len = 4, .s = "done"};

	for (size_t i = 0; i < q->nconds; i++) {
		const struct awm_cond *c = &q->conds[i];
		bool open = c->op == AWM_OP_EQ || c->op == AWM_OP_IN;
		if (c->field != &entity_task.fields[TASK_status])
			continue;
		for (size_t k = 0; k < c->count && open; k++)
			open = !value_equal(&c->values[k], &done);
		if (open)
			return true;
	}
	return false;
}

static bool excludes_done(const struct awm_query *q)
{
	for (size_t i = 0; i < q->nconds; i++) {
		const struct awm_cond *c = &q->conds[i];
		if (c->field == &entity_task.fields[TASK_status] &&
		    c->op == AWM_OP_NE && c->values[0].kind == AWM_TEXT &&
		    !strcmp(c->values[0].s, "done"))
			return true;
	}
	return false;
}

static void add_columns(struct composer *c, bool count)
{
	const struct awm_query *q = c->q;
	size_t n = q->nfields ? q->nfields : q->entity->nfields;

	if (count) {
		buf_adds(c->out, "COUNT(*)");
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(c->out, "%st.\"%s\"", i ? "," : "",
			 q->nfields ? q->fields[i]->name
				    : q->entity->fields[i].name);
	if (q->ready & AWM_URGENCY)
		buf_addf(c->out, ",%s AS \"urgency\"",
			 query_task_urgency_sqlite);
	if (q->ready & AWM_REASON)
		buf_addf(c->out, ",%s AS \"reason\"", query_task_ready_sqlite);
	if (q->tags)
		buf_adds(c->out,
			 ",(SELECT json_group_array(x.\"tag\") FROM (SELECT "
			 "\"tag\" FROM \"skill_tags\" WHERE "
			 "\"skillId\"=t.\"id\" ORDER BY \"tag\") x) AS "
			 "\"tags\"");
}

/* The status is part of the rule, and said once more for the sake of an index.
 */
static void add_ready(struct composer *c)
{
	if (!(c->q->ready & AWM_READY))
		return;
	and_(c);
	if (c->q->for_user)
		buf_addf(c->out,
			 "(t.\"assigneeId\" IS NULL OR "
			 "t.\"assigneeId\"=?%d) AND ",
			 ++c->at);
	buf_addf(c->out, "t.\"status\"='todo' AND %s IS NULL",
		 query_task_ready_sqlite);
}

static void add_from(struct composer *c)
{
	const char *table = c->q->entity->table;

	if (!c->tag) {
		buf_addf(c->out, " FROM \"%s\" t", table);
		return;
	}
	/* CROSS JOIN keeps SQLite from turning the order of the loops. */
	buf_addf(c->out,
		 " FROM " TAG_INDEX
		 " g CROSS JOIN \"%s\" t ON t.\"id\"=g.\"taskId\"",
		 table);
	if (c->q->ready & AWM_READY || excludes_done(c->q) ||
	    implies_open(c->q)) {
		and_(c);
		buf_adds(c->out, "g.\"closed\"=0");
	}
}

int store_compose(const struct awm_query *q, bool count, struct buf *out)
{
	struct composer c = {.q = q,
			     .out = out,
			     .at = compose_wants_now(q, count),
			     .tag = driving_tag(q)};
	int rc = 0;

	buf_adds(out, "SELECT ");
	add_columns(&c, count);
	add_from(&c);
	for (size_t i = 0; i < q->nconds && !rc; i++)
		rc = add_cond(&c, &q->conds[i]);
	if (rc)
		return rc;
	if (implies_open(q)) {
		and_(&c);
		buf_adds(out, "t.\"status\"<>'done'");
	}
	add_live(&c);
	add_ready(&c);
	if (!count && !is_one_row(q))
		rc = add_order(&c);
	if (rc)
		return rc;
	if (!count && (q->limit || q->offset))
		buf_addf(out, " LIMIT %lld",
			 q->limit ? (long long)q->limit : -1LL);
	if (!count && q->offset)
		buf_addf(out, " OFFSET %lld", (long long)q->offset);
	return buf_check(out);
}

void compose_insert(const struct awm_entity *e, const bool *mask,
		    struct buf *out)
{
	int n = 0;

	buf_addf(out, "INSERT INTO \"%s\"(", e->table);
	for (size_t i = 0; i < e->nfields; i++)
		if (mask[i])
			buf_addf(out, "%s\"%s\"", n++ ? "," : "",
				 e->fields[i].name);
	buf_adds(out, ") VALUES (");
	for (int i = 1; i <= n; i++)
		buf_addf(out, "%s?%d", i > 1 ? "," : "", i);
	buf_addc(out, ')');
}

void compose_update(const struct awm_entity *e, const bool *mask,
		    struct buf *out)
{
	int at = 2;

	buf_addf(out, "UPDATE \"%s\" SET ", e->table);
	for (size_t i = 0; i < e->nfields; i++) {
		if (!mask[i])
			continue;
		buf_addf(out, "%s\"%s\"=?%d", at > 2 ? "," : "",
			 e->fields[i].name, at);
		at++;
	}
	buf_adds(out, " WHERE \"id\"=?1");
}
