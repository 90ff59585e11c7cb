// SPDX-License-Identifier: MIT
/* The versions of a skill: listed, brought back, compared. */
#include <string.h>

#include "base/err.h"
#include "domain/emit.h"
#include "domain/pool.h"
#include "domain/skill.h"
#include "entity/store.h"
#include "queries.h"

/* Columns of skill_history.sql. */
enum {
	VERSION_version,
	VERSION_changed,
	VERSION_changelog,
	VERSION_userId,
	VERSION_author,
	VERSION_createdAt,
	VERSION_name, /* from here on what makes a version, in its order */
	VERSION_N = VERSION_name + SKILL_VERSIONED
};

static const struct awm_field version_fields[VERSION_N] = {
	{.name = "version", .label = "Version", .type = AWM_TYPE_INT},
	{.name = "changed", .label = "Changed", .type = AWM_TYPE_JSON},
	{.name = "changelog", .label = "Changes", .type = AWM_TYPE_TEXT},
	{.name = "userId",
	 .label = "User",
	 .type = AWM_TYPE_REF,
	 .ref = "users"},
	{.name = "author", .label = "By", .type = AWM_TYPE_TEXT},
	{.name = "createdAt", .label = "Created", .type = AWM_TYPE_TIME},
	{.name = "name", .label = "Name", .type = AWM_TYPE_TEXT},
	{.name = "description", .label = "Description", .type = AWM_TYPE_TEXT},
	{.name = "prompt", .label = "Prompt", .type = AWM_TYPE_TEXT},
	{.name = "inputSchema", .label = "Input schema", .type = AWM_TYPE_JSON},
	{.name = "outputSchema",
	 .label = "Output schema",
	 .type = AWM_TYPE_JSON},
};

static int each_version(struct awm_session *s, int64_t id, int64_t version,
			awm_row_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const struct awm_field *fields[VERSION_N];
	int rc = db_query(s->db, &st, query_skill_history, "ii", id, version);

	for (size_t i = 0; i < VERSION_N; i++)
		fields[i] = &version_fields[i];
	return rc ? rc : store_rows(st, fields, VERSION_N, fn, ctx);
}

int awm_skill_history(struct awm_session *s, int64_t id, awm_row_fn *fn,
		      void *ctx)
{
	int rc = skill_require(s, id);

	return rc ? rc : each_version(s, id, 0, fn, ctx);
}

struct kept {
	struct arena *arena;
	struct awm_record *row;
};

static int keep(void *ctx, const struct awm_record *row)
{
	struct kept *k = ctx;

	k->row = store_copy(k->arena, row);
	return k->row ? 0 : -AWM_NOMEM;
}

static int find_version(struct awm_session *s, int64_t id, int64_t version,
			struct arena *a, struct awm_record **ret)
{
	struct kept k = {.arena = a};
	int rc = skill_require(s, id);

	if (!rc && version > 0)
		rc = each_version(s, id, version, keep, &k);
	if (rc)
		return rc;
	if (!k.row) {
		err_set(AWM_NOT_FOUND, "skill %lld has no version %lld",
			(long long)id, (long long)version);
		return err_hint("awm skill history %lld", (long long)id);
	}
	*ret = k.row;
	return 0;
}

int awm_skill_version(struct awm_session *s, int64_t id, int64_t version,
		      struct awm_pool *pool, struct awm_record **ret)
{
	return find_version(s, id, version, pool_arena(pool), ret);
}

/* ---- bringing one back ---- */

struct restoring {
	int64_t id, version;
	const char *changelog;
	struct arena *arena;
	struct awm_record *record;
};

static int run_restore(struct awm_session *s, void *ctx)
{
	struct restoring *r = ctx;
	struct awm_set sets[SKILL_VERSIONED + 1];
	struct awm_record *old, *now;
	size_t n = 0;
	bool same = true;
	int rc = find_version(s, r->id, r->version, r->arena, &old);

	if (!rc)
		rc = store_get(s->db, &entity_skill, r->id, r->arena, &now);
	if (rc)
		return rc;
	for (; n < SKILL_VERSIONED; n++) {
		sets[n].field = &entity_skill.fields[skill_versioned[n]];
		sets[n].value = old->values[VERSION_name + n];
		same &= value_equal(&sets[n].value,
				    &now->values[skill_versioned[n]]);
	}
	sets[n].field = &entity_skill.fields[SKILL_changelog];
	sets[n].value = awm_value_text(
		r->changelog ? r->changelog
			     : arena_printf(r->arena, "as in version %lld",
					    (long long)r->version));
	rc = mutate_edit(s, &entity_skill, r->id, sets, same ? 0 : n + 1, NULL,
			 NULL, NULL, NULL);
	return rc ? rc : skill_get(s, r->id, r->arena, &r->record);
}

int awm_skill_restore(struct awm_session *s, int64_t id, int64_t version,
		      const char *changelog, struct awm_pool *pool,
		      struct awm_record **ret)
{
	struct restoring r = {id, version, changelog, pool_arena(pool), NULL};
	int rc = awm_transaction(s, run_restore, &r);

	if (!rc && ret)
		*ret = r.record;
	return rc;
}

/* ---- comparing two ---- */

#define LINES_MAX 2000 /* of which the common ones are looked for */

static const struct awm_field diff_fields[] = {
	{.name = "field", .label = "Field", .type = AWM_TYPE_TEXT},
	{.name = "line", .label = "Line", .type = AWM_TYPE_INT},
	{.name = "change", .label = "", .type = AWM_TYPE_TEXT},
	{.name = "text", .label = "Text", .type = AWM_TYPE_TEXT},
};

struct lines {
	const char **items;
	size_t count;
};

struct differ {
	struct arena arena;
	const char *field;
	struct lines a, b;
	uint16_t *common; /* of the rests of both, (a + 1) * (b + 1) */
	awm_row_fn *fn;
	void *ctx;
};

static int tell(struct differ *d, const char *change, size_t line,
		const char *text)
{
	struct awm_value v[] = {awm_value_text(d->field),
				AWM_VALUE_INT((int64_t)line + 1),
				awm_value_text(change), awm_value_text(text)};

	return emit(d->fn, d->ctx, diff_fields, v, ARRAY_LEN(v));
}

static int cut(struct differ *d, const struct awm_value *v, struct lines *ret)
{
	const char *s = v->kind == AWM_TEXT ? v->s : "";
	size_t room = 1;

	for (const char *p = s; (p = strchr(p, '\n')); p++)
		room++;
	ret->items = arena_array(&d->arena, room, sizeof(*ret->items));
	while (ret->items && *s) {
		size_t len = strcspn(s, "\n");
		char *line = arena_strndup(&d->arena, s, len);
		if (!line)
			return -AWM_NOMEM;
		ret->items[ret->count++] = line;
		s += len + (s[len] == '\n');
	}
	return ret->items ? 0 : -AWM_NOMEM;
}

static uint16_t *at(struct differ *d, size_t i, size_t k)
{
	return &d->common[i * (d->b.count + 1) + k];
}

/* The longest common part of what begins at each pair of lines. */
static int find_common(struct differ *d)
{
	if (d->a.count > LINES_MAX || d->b.count > LINES_MAX)
		return 0;
	d->common = arena_array(&d->arena, (d->a.count + 1) * (d->b.count + 1),
				sizeof(*d->common));
	if (!d->common)
		return -AWM_NOMEM;
	for (size_t i = d->a.count; i-- > 0;) {
		for (size_t k = d->b.count; k-- > 0;) {
			uint16_t down = *at(d, i + 1, k);
			uint16_t right = *at(d, i, k + 1);
			if (!strcmp(d->a.items[i], d->b.items[k]))
				*at(d, i, k) =
					(uint16_t)(*at(d, i + 1, k + 1) + 1);
			else
				*at(d, i, k) = down > right ? down : right;
		}
	}
	return 0;
}

static int walk(struct differ *d)
{
	size_t i = 0, k = 0;
	int rc = 0;

	while (!rc && (i < d->a.count || k < d->b.count)) {
		bool both = i < d->a.count && k < d->b.count;
		if (both && !strcmp(d->a.items[i], d->b.items[k])) {
			i++;
			k++;
		} else if (i < d->a.count &&
			   (!both || !d->common ||
			    *at(d, i + 1, k) >= *at(d, i, k + 1))) {
			rc = tell(d, "-", i, d->a.items[i]);
			i++;
		} else {
			rc = tell(d, "+", k, d->b.items[k]);
			k++;
		}
	}
	return rc;
}

static int compare(struct differ *d, const struct awm_value *a,
		   const struct awm_value *b)
{
	int rc;

	if (value_equal(a, b))
		return 0;
	d->a = d->b = (struct lines){0};
	d->common = NULL;
	rc = cut(d, a, &d->a);
	if (!rc)
		rc = cut(d, b, &d->b);
	if (!rc)
		rc = find_common(d);
	return rc ? rc : walk(d);
}

/* The one before it that there is; with none the version is told whole. */
static int version_before(struct awm_session *s, int64_t id, int64_t version,
			  int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(s->db, NULL, &v,
			"SELECT COALESCE(MAX(\"version\"),0) FROM "
			"\"skill_versions\" WHERE \"skillId\"=?1 AND "
			"\"version\"<?2",
			"ii", id, version);

	if (!rc)
		*ret = v.i;
	return rc;
}

struct diff {
	struct awm_session *session;
	int64_t id, from, to;
	struct differ differ;
};

static int run_diff(struct db *db, void *arg)
{
	struct diff *d = arg;
	struct arena *a = &d->differ.arena;
	struct awm_value nothing = AWM_VALUE_NULL;
	struct awm_record *from = NULL, *to, *now;
	int rc = skill_get(d->session, d->id, a, &now);

	(void)db;
	if (!rc && !d->to)
		d->to = now->values[SKILL_version].i;
	if (!rc && !d->from)
		rc = version_before(d->session, d->id, d->to, &d->from);
	if (!rc)
		rc = find_version(d->session, d->id, d->to, a, &to);
	if (!rc && d->from)
		rc = find_version(d->session, d->id, d->from, a, &from);
	for (size_t i = VERSION_name; i < VERSION_N && !rc; i++) {
		d->differ.field = version_fields[i].name;
		rc = compare(&d->differ, from ? &from->values[i] : &nothing,
			     &to->values[i]);
	}
	return rc;
}

int awm_skill_diff(struct awm_session *s, int64_t id, int64_t from, int64_t to,
		   awm_row_fn *fn, void *ctx)
{
	struct diff d = {.session = s,
			 .id = id,
			 .from = from,
			 .to = to,
			 .differ = {.fn = fn, .ctx = ctx}};
	int rc = db_read(s->db, run_diff, &d);

	arena_release(&d.differ.arena);
	return rc;
}
