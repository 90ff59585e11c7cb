// SPDX-License-Identifier: MIT
/* awm's own JSON lines: into an empty database as they were, into another one
 * with new ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/native.h"
#include "domain/mutate.h"
#include "entity/field.h"
#include "entity/store.h"
#include "queries.h"

/* A column that refers to a row of the same table further on. */
struct later {
	int64_t row, from;
	size_t column, line;
};

/* One row on its way. */
struct row {
	struct native *k;
	const struct table *t;
	struct awm_value v[TABLE_COLUMNS_MAX];
	int64_t from; /* its id in the file; 0: has none */
	struct later later[4];
	size_t nlater;
};

/* ---- where rows are ---- */

static int compare(const void *a, const void *b)
{
	const struct mapped *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

int native_map(const struct native *k, size_t table, int64_t from, int64_t *ret)
{
	const struct buf *map = &k->maps[table];
	const struct mapped key = {.from = from}, *found;

	if (k->whole) {
		*ret = from;
		return 0;
	}
	found = map->len ? bsearch(&key, map->s, map->len / sizeof(key),
				   sizeof(key), compare)
			 : NULL;
	if (!found && !k->same)
		return err_set(AWM_NOT_FOUND,
			       "the file has no row %lld of %s before",
			       (long long)from, k->tables[table].name);
	*ret = found ? found->to : from;
	return 0;
}

static int keep_map(const struct row *r, int64_t to)
{
	struct buf *map = &r->k->maps[r->k->at];
	struct mapped m = {r->from, to};

	if (r->k->whole || !r->from)
		return 0;
	if (map->len) {
		const struct mapped *last =
			(const struct mapped *)(const void *)(map->s +
							      map->len) -
			1;
		if (last->from >= r->from)
			return err_set(AWM_USAGE,
				       "rows of %s do not come by their ids",
				       r->t->name);
	}
	buf_add(map, &m, sizeof(m));
	return buf_check(map);
}

/* ---- values ---- */

static int wanted(const struct table_column *c, const char *what)
{
	return err_set(AWM_USAGE, "%s: want %s", c->name, what);
}

/* Numbers that JSON cannot hold stand as text. */
static int wide(const struct table_column *c, const char *text,
		struct awm_value *ret)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (!*text || *end || text[0] == ' ')
		return wanted(c, "a whole number");
	*ret = AWM_VALUE_INT(n);
	return c->field ? field_check(c->field, ret) : 0;
}

static int plain_value(const struct table_column *c, const cJSON *node,
		       struct awm_value *ret)
{
	double d = node->valuedouble;

	if (cJSON_IsNull(node))
		*ret = AWM_VALUE_NULL;
	else if (c->text && cJSON_IsString(node))
		*ret = awm_value_text(node->valuestring);
	else if (c->real && cJSON_IsNumber(node))
		*ret = AWM_VALUE_REAL(d);
	else if (!c->text && !c->real && cJSON_IsString(node))
		return wide(c, node->valuestring, ret);
	else if (!c->text && !c->real && cJSON_IsNumber(node) &&
		 d == (double)(int64_t)d)
		*ret = AWM_VALUE_INT((int64_t)d);
	else
		return wanted(c, c->text ? "text" : "a number");
	return 0;
}

static int read_value(const struct table_column *c, const cJSON *node,
		      struct arena *a, struct awm_value *ret)
{
	const struct awm_field *f = c->field;
	const char *raw;

	if (!f)
		return plain_value(c, node, ret);
	raw = f->type == AWM_TYPE_JSON ? json_get_str(node, NATIVE_RAW) : NULL;
	if (raw) {
		*ret = awm_value_text(raw);
		return field_check(f, ret);
	}
	if (cJSON_IsString(node) &&
	    (f->type == AWM_TYPE_INT || f->type == AWM_TYPE_REF))
		return wide(c, node->valuestring, ret);
	return field_from_json(f, node, a, ret);
}

static int refuse_unknown(const struct table *t, const cJSON *object)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, object)
	{
		if (table_column(t, node->string) < 0)
			return err_set(AWM_USAGE, "%s has no column '%s'",
				       t->name, node->string);
	}
	return 0;
}

static int read_row(struct row *r, const cJSON *object)
{
	const struct table *t = r->t;
	struct arena *a = r->k->im->scratch;
	int rc = refuse_unknown(t, object);

	for (size_t i = 0; i < t->n && !rc; i++) {
		const struct table_column *c = &t->columns[i];
		const cJSON *node = json_get(object, c->name);

		if (node)
			rc = read_value(c, node, a, &r->v[i]);
		else if (c->field)
			rc = store_default(c->field, a, &r->v[i]);
	}
	if (rc || t->id < 0)
		return rc;
	if (r->v[t->id].kind != AWM_INT || r->v[t->id].i < 1)
		return err_set(AWM_USAGE, "id: want an id");
	r->from = r->v[t->id].i;
	return 0;
}

/* ---- references ---- */

static int put_off(struct row *r, size_t column)
{
	struct later *l = &r->later[r->nlater];

	if (r->nlater == ARRAY_LEN(r->later) || !r->from)
		return err_set(AWM_ERROR, "%s: too many rows of its own",
			       r->t->name);
	*l = (struct later){.from = r->v[column].i,
			    .column = column,
			    .line = r->k->im->records.line};
	r->nlater++;
	r->v[column] = AWM_VALUE_NULL;
	return 0;
}

/* What undo would take back, and what was seeded, is of that database alone.
 */
static bool stays_there(const struct native *k, const struct table *t)
{
	return !k->whole && !k->same &&
	       (t->e == &entity_change || !strcmp(t->name, "seed_rows"));
}

static int refer(struct row *r, size_t i)
{
	const struct table_column *c = &r->t->columns[i];
	struct native *k = r->k;

	if (c->ref < 0 || r->v[i].kind != AWM_INT)
		return 0;
	if (!*k->tables[c->ref].name || stays_there(k, &k->tables[c->ref])) {
		r->v[i] = AWM_VALUE_NULL;
		return 0;
	}
	if ((size_t)c->ref == k->at && r->v[i].i >= r->from)
		return put_off(r, i);
	int rc = native_map(k, (size_t)c->ref, r->v[i].i, &r->v[i].i);
	return rc ? err_context("%s", c->name) : 0;
}

static int refer_all(struct row *r)
{
	int rc = 0;

	for (size_t i = 0; i < r->t->n && !rc; i++)
		rc = refer(r, i);
	return rc;
}

/* ---- what is there already ---- */

static int64_t created(const struct row *r)
{
	int i = table_column(r->t, "createdAt");

	return i >= 0 ? r->v[i].i : 0;
}

/* Ids of some tables are used again: the time of its making says whether it is
 * the same row. */
static int is_same(const struct row *r, int64_t id, bool *ret)
{
	int i = table_column(r->t, "createdAt");
	struct awm_value v = AWM_VALUE_INT(0);
	int rc = table_get(r->k->im->s->db, r->t, id,
			   (size_t)(i >= 0 ? i : r->t->id), NULL, &v);

	*ret = !rc && (i < 0 || v.i == created(r));
	return rc == -AWM_NOT_FOUND ? 0 : rc;
}

static int find_by_unique(const struct row *r, int64_t *ret)
{
	int rc = 0;

	*ret = 0;
	for (size_t u = 0; u < r->t->nuniques && !rc && !*ret; u++) {
		const struct table_unique *unique = &r->t->uniques[u];
		bool null = false;
		for (size_t i = 0; i < unique->n; i++)
			null |= r->v[unique->columns[i]].kind == AWM_NULL;
		if (!null && unique->n)
			rc = table_find(r->k->im->s->db, r->t, unique->columns,
					unique->n, r->v, ret);
	}
	return rc;
}

static int find_by_origin(const struct row *r, int64_t *ret)
{
	struct origin o = {0};
	char uid[32];
	bool same = false;
	int rc;

	snprintf(uid, sizeof(uid), "%lld", (long long)r->from);
	rc = origin_find(r->k->im->s, r->k->source, r->t->name, uid, &o);
	if (!rc)
		rc = is_same(r, o.row, &same);
	*ret = same ? o.row : 0;
	return rc == -AWM_NOT_FOUND ? 0 : rc;
}

/* 0: none. */
static int find_row(const struct row *r, int64_t *ret)
{
	bool same = false;
	int rc = 0;

	*ret = 0;
	if (!r->from)
		return 0;
	if (r->k->same)
		rc = is_same(r, r->from, &same);
	if (same)
		*ret = r->from;
	if (!rc && !*ret)
		rc = find_by_origin(r, ret);
	return rc || *ret ? rc : find_by_unique(r, ret);
}

/* ---- writing ---- */

static int insert(struct row *r, int64_t *ret_id, bool *ret_made)
{
	struct native *k = r->k;
	const struct table *t = r->t;
	struct awm_session *s = k->im->s;
	struct awm_value *fields;
	int rc;

	*ret_made = true;
	if (!t->e)
		return table_insert(s->db, t, r->v, !k->whole, ret_id,
				    ret_made);
	fields = arena_array(k->im->scratch, t->e->nfields, sizeof(*fields));
	if (!fields)
		return -AWM_NOMEM;
	for (size_t i = 0; i < t->n; i++)
		if (t->columns[i].field)
			fields[t->columns[i].field - t->e->fields] = r->v[i];
	rc = mutate_restore(s, t->e, fields, k->im->scratch, ret_id);
	if (rc)
		return rc;
	k->im->sum.users += t->e == &entity_user;
	k->im->sum.projects += t->e == &entity_project;
	k->im->sum.comments += t->e == &entity_comment;
	return 0;
}

/* Sealed for that database, and of no use in another. */
static void drop_secrets(struct row *r)
{
	for (size_t i = 0; i < r->t->n; i++)
		if (native_is_secret(&r->t->columns[i]))
			native_hide(&r->t->columns[i], &r->v[i]);
}

static int choose_id(struct row *r)
{
	struct awm_value v;
	int rc;

	if (!r->from || r->k->whole)
		return 0;
	if (r->k->same) {
		rc = table_get(r->k->im->s->db, r->t, r->from, (size_t)r->t->id,
			       NULL, &v);
		if (rc == -AWM_NOT_FOUND)
			return 0;
		if (rc)
			return rc;
	}
	r->v[r->t->id] = AWM_VALUE_NULL;
	return 0;
}

static int keep_later(struct row *r, int64_t id)
{
	struct buf *later = &r->k->later[r->k->at];

	for (size_t i = 0; i < r->nlater; i++) {
		r->later[i].row = id;
		buf_add(later, &r->later[i], sizeof(r->later[i]));
	}
	return buf_check(later);
}

static int remember(const struct row *r, int64_t id)
{
	char uid[32];

	if (!r->from || r->k->whole || (r->k->same && id == r->from))
		return 0;
	r->k->im->s->last_activity = 0;
	snprintf(uid, sizeof(uid), "%lld", (long long)r->from);
	return origin_keep(r->k->im->s, r->k->source, r->t->name, uid, id);
}

static int add_row(struct row *r)
{
	struct native *k = r->k;
	int64_t id = 0;
	bool made = false;
	int rc = choose_id(r);

	if (!rc && !k->whole)
		rc = native_remap(k, r->t, r->v, k->im->scratch);
	if (!rc && !k->whole && !k->same)
		drop_secrets(r);
	if (!rc)
		rc = insert(r, &id, &made);
	if (!rc)
		rc = keep_map(r, id);
	if (!rc)
		rc = keep_later(r, id);
	if (!rc)
		rc = remember(r, id);
	k->im->sum.added += made;
	k->im->sum.unchanged += !made;
	return rc;
}

/* ---- conflicts ---- */

static int decide(const struct row *r, int64_t id, bool *ret)
{
	int i = table_column(r->t, "updatedAt");
	struct awm_value ours;
	int rc;

	*ret = false;
	if (i < 0 || !r->t->e || r->k->im->opts->on_conflict == AWM_SKIP)
		return 0;
	rc = table_get(r->k->im->s->db, r->t, id, (size_t)i, NULL, &ours);
	if (rc || r->v[i].i == ours.i)
		return rc;
	if (r->k->im->opts->on_conflict == AWM_FAIL) {
		err_set(AWM_CONFLICT, "%s %lld is there already, and differs",
			r->t->e->label, (long long)id);
		return err_hint("--on-conflict newer or skip");
	}
	*ret = r->v[i].i > ours.i;
	return 0;
}

static int change_row(struct row *r, int64_t id)
{
	struct awm_set sets[TABLE_COLUMNS_MAX];
	size_t n = 0;
	int rc = native_remap(r->k, r->t, r->v, r->k->im->scratch);

	for (size_t i = 0; i < r->t->n; i++) {
		const struct awm_field *f = r->t->columns[i].field;
		bool later = false;
		for (size_t l = 0; l < r->nlater; l++)
			later |= r->later[l].column == i;
		if (f && (int)i != r->t->id && !later &&
		    f->type != AWM_TYPE_SECRET)
			sets[n++] = (struct awm_set){f, r->v[i]};
	}
	r->k->im->sum.changed++;
	return rc ? rc
		  : mutate_edit(r->k->im->s, r->t->e, id, sets, n, NULL, NULL,
				r->k->im->scratch, NULL);
}

static int know_row(struct row *r, int64_t id)
{
	bool wins;
	int rc = keep_map(r, id);

	if (!rc)
		rc = remember(r, id);
	if (!rc)
		rc = decide(r, id, &wins);
	if (rc || !wins) {
		r->k->im->sum.unchanged += !rc;
		return rc;
	}
	return change_row(r, id);
}

/* ---- the file ---- */

static int find_table(struct native *k, const cJSON *record)
{
	const char *name = json_get_str(record, "table");

	if (!name || !*name)
		return err_set(AWM_USAGE, "there is no table");
	for (size_t i = k->at; i < k->n; i++)
		if (!strcmp(k->tables[i].name, name)) {
			k->at = i;
			return 0;
		}
	for (size_t i = 0; i < k->at; i++)
		if (!strcmp(k->tables[i].name, name)) {
			k->at = i;
			return 0;
		}
	return err_set(AWM_USAGE, "there is no table '%s' here", name);
}

static int import_row(struct native *k, const cJSON *record)
{
	const cJSON *object = json_get(record, "row");
	struct row r = {.k = k};
	int64_t id = 0;
	int rc = find_table(k, record);

	if (rc)
		return rc;
	r.t = &k->tables[k->at];
	if (!cJSON_IsObject(object))
		return err_set(AWM_USAGE, "there is no row");
	if (stays_there(k, r.t)) {
		k->im->sum.skipped++;
		return 0;
	}
	rc = read_row(&r, object);
	if (!rc)
		rc = refer_all(&r);
	if (!rc && !k->whole)
		rc = find_row(&r, &id);
	if (!rc)
		rc = id ? know_row(&r, id) : add_row(&r);
	return rc ? err_context("%s", r.t->name) : 0;
}

static int write_later(struct native *k)
{
	for (size_t t = 0; t < k->n; t++) {
		const struct later *l =
			(const struct later *)(const void *)k->later[t].s;
		for (size_t n = k->later[t].len / sizeof(*l); n--; l++) {
			struct awm_value v = AWM_VALUE_INT(0);
			int rc = native_map(k, t, l->from, &v.i);
			if (!rc)
				rc = table_set(k->im->s->db, &k->tables[t],
					       l->row, l->column, &v);
			if (rc)
				return err_context("line %zu", l->line);
		}
	}
	return 0;
}

static int next_row(struct native *k)
{
	struct importer *im = k->im;
	struct arena scratch = {0};
	_cleanup_json_ cJSON *record = NULL;
	int rc = records_next(&im->records, &record);

	if (rc <= 0)
		return rc;
	im->scratch = &scratch;
	rc = import_row(k, record);
	if (rc && rc != -AWM_INTERRUPTED)
		err_context("line %zu", im->records.line);
	im->sum.records++;
	arena_release(&scratch);
	if (!rc)
		rc = import_breathe(im);
	return rc ? rc : 1;
}

static int import_rows(struct native *k)
{
	int rc;

	while ((rc = next_row(k)) > 0)
		;
	if (!rc)
		rc = write_later(k);
	return rc ? rc : db_run(k->im->s->db, query_task_tags_fill, NULL);
}

/* ---- an empty database ---- */

/* Nobody but who makes it, and what tells of that. */
static int is_empty(const struct native *k, bool *ret)
{
	*ret = true;
	for (size_t i = 0; i < k->n && *ret; i++) {
		const struct table *t = &k->tables[i];
		bool made = t->e == &entity_user || t->e == &entity_activity ||
			    t->e == &entity_change;
		int64_t n = 0;
		int rc = *t->name ? table_count(k->im->s->db, t, &n) : 0;
		if (rc)
			return rc;
		*ret = n <= made;
	}
	return 0;
}

static int clear(struct native *k, const char *database)
{
	int rc = 0;

	for (size_t i = k->n; i-- && !rc;)
		if (*k->tables[i].name)
			rc = table_clear(k->im->s->db, &k->tables[i]);
	if (!rc)
		rc = db_run(k->im->s->db, "DELETE FROM \"search_indexes\"",
			    NULL);
	return rc ? rc
		  : db_run(k->im->s->db,
			   "UPDATE \"database_info\" SET \"value\"=?1 "
			   "WHERE \"key\"='id'",
			   "t", database);
}

static int accounts_of(struct native *k, struct names *ret)
{
	struct db_stmt *st = NULL;
	int rc = db_query(k->im->s->db, &st,
			  "SELECT \"account\" FROM \"identities\" "
			  "WHERE \"userId\"=?1",
			  "i", k->im->s->actor.id);

	while (!rc && (rc = db_step(st)) > 0) {
		const char *name =
			arena_strdup(&k->im->arena, db_column_text(st, 0));
		rc = name ? names_add(&k->im->arena, ret, name) : -AWM_NOMEM;
	}
	if (st)
		db_reset(st);
	return rc;
}

/* Who imports is one of the users that came, by the email, or one more. */
static int settle_actor(struct native *k, struct awm_record *user,
			const struct names *accounts)
{
	struct awm_session *s = k->im->s;
	struct awm_value id = AWM_VALUE_INT(0);
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"id\" FROM \"users\" WHERE \"email\"=?1", "t",
			user->values[USER_email].s);

	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		user->values[USER_id] = AWM_VALUE_NULL;
		rc = mutate_restore(s, &entity_user, user->values,
				    &k->im->arena, &id.i);
	}
	if (rc)
		return rc;
	s->actor.id = id.i;
	for (size_t i = 0; i < accounts->n && !rc; i++)
		rc = db_run(s->db,
			    "INSERT INTO \"identities\"(\"account\",\"userId\","
			    "\"createdAt\") VALUES (?1,?2,?3)",
			    "tii", accounts->items[i], id.i, s->now);
	return rc;
}

static int import_whole(struct native *k, const char *database)
{
	struct names accounts = {0};
	struct awm_record *user;
	int64_t actor = k->im->s->actor.id;
	int rc = store_get(k->im->s->db, &entity_user, actor, &k->im->arena,
			   &user);

	if (!rc)
		rc = accounts_of(k, &accounts);
	if (!rc)
		rc = clear(k, database);
	if (!rc)
		rc = import_rows(k);
	if (!rc)
		rc = settle_actor(k, user, &accounts);
	/* A rehearsal, and what failed, leaves the old one. */
	if (rc || db_in_dry_run(k->im->s->db))
		k->im->s->actor.id = actor;
	return rc;
}

/* ---- the header ---- */

static int read_header(struct importer *im, struct arena *a, const char **ret)
{
	_cleanup_json_ cJSON *record = NULL;
	const cJSON *version;
	const char *database;
	int rc = records_next(&im->records, &record);

	if (rc < 0)
		return rc;
	version = json_get(record, "awm");
	database = json_get_str(record, "database");
	if (!rc || !cJSON_IsNumber(version) || !database ||
	    strlen(database) > 100 || !*database)
		return err_set(AWM_USAGE,
			       "line 1: this is no export of awm's own");
	if (version->valuedouble != NATIVE_VERSION)
		return err_set(AWM_USAGE,
			       "line 1: version %.0f of the format is not one "
			       "that this program knows",
			       version->valuedouble);
	*ret = arena_strdup(a, database);
	return *ret ? 0 : -AWM_NOMEM;
}

static int import_from(struct native *k, const char *database)
{
	bool empty = false;
	int rc = native_tables(k->im->s, &k->im->arena, &k->tables, &k->n);

	if (rc)
		return rc;
	k->same = !strcmp(database, k->im->database);
	k->source = arena_printf(&k->im->arena, "awm:%s", database);
	k->maps = arena_array(&k->im->arena, k->n, sizeof(*k->maps));
	k->later = arena_array(&k->im->arena, k->n, sizeof(*k->later));
	if (!k->source || !k->maps || !k->later)
		return -AWM_NOMEM;
	if (!k->same)
		rc = is_empty(k, &empty);
	k->whole = empty;
	if (rc)
		return rc;
	return k->whole ? import_whole(k, database) : import_rows(k);
}

int import_native(struct importer *im)
{
	struct native k = {.im = im};
	const char *database = NULL;
	int rc = role_require(im->s, ROLE_ADMIN, "import a whole database");

	im->records.framing = FRAME_LINES;
	if (!rc)
		rc = read_header(im, &im->arena, &database);
	if (!rc)
		rc = import_from(&k, database);
	for (size_t i = 0; k.maps && k.later && i < k.n; i++) {
		buf_release(&k.maps[i]);
		buf_release(&k.later[i]);
	}
	return rc;
}
