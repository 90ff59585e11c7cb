// SPDX-License-Identifier: MIT
/* The demo data: sql/seed/demo.json, through the same path as everyone's
 * writes. */
#include <awm/database.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/emit.h"
#include "domain/mutate.h"
#include "domain/secret.h"
#include "entity/field.h"
#include "entity/store.h"

/*
 * The file is an array of {"entity": …, "rows": [{"$key": …, column: value}]},
 * or {"table": …} for tables without a field table, and for rows that may be
 * there already: those are left as they are. Strings that begin with '@' stand
 * for something, also inside of JSON columns: "@key" for the id of the row
 * with that key, "@me" for that of the acting user, "@-3d" for that time
 * written out. Times are relative ("-3d").
 *
 * A row is written as of its createdAt, so that its activity carries that time
 * as well. "$edit": "@key" changes that row instead of adding one, as of its
 * updatedAt. A row that was seeded once is not seeded again, whatever became
 * of it.
 */
extern const char seed_demo[];

struct seeder {
	struct awm_session *session;
	int64_t now; /* the session's goes back to when a row was made */
	struct arena arena;
	struct buf counts; /* of struct count */
};

struct count {
	const char *table;
	int64_t added;
};

static int seeded_id(struct seeder *k, const char *key, int64_t *ret)
{
	struct awm_value id;
	int rc;

	if (!strcmp(key, "me")) {
		*ret = k->session->actor.id;
		return 0;
	}
	rc = db_get(k->session->db, NULL, &id,
		    "SELECT \"rowId\" FROM \"seed_rows\" WHERE \"key\"=?1", "t",
		    key);
	if (!rc)
		*ret = id.i;
	return rc;
}

static int parse_time(struct seeder *k, const char *text, int64_t *ret)
{
	return time_parse(text, k->session->actor.timezone, k->now, ret);
}

/* "@ada" becomes an id, "@-3d" a time. */
static int resolve_string(struct seeder *k, cJSON *node)
{
	const char *what = node->valuestring + 1;
	char iso[TIME_ISO_SIZE];
	int64_t v;
	int rc;

	if (strchr("+-", *what)) {
		rc = parse_time(k, what, &v);
		if (rc)
			return rc;
		time_format_iso(v, iso);
		return cJSON_SetValuestring(node, iso) ? 0 : err_nomem();
	}
	rc = seeded_id(k, what, &v);
	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_ERROR, "seed: no row '%s' before",
			       node->valuestring);
	if (rc)
		return rc;
	cJSON_free(node->valuestring);
	node->valuestring = NULL;
	node->type = cJSON_Number;
	cJSON_SetNumberHelper(node, (double)v);
	return 0;
}

static int resolve(struct seeder *k, cJSON *node)
{
	cJSON *child;
	int rc;

	if (cJSON_IsString(node) && node->valuestring[0] == '@' &&
	    node->valuestring[1])
		return resolve_string(k, node);
	cJSON_ArrayForEach(child, node)
	{
		rc = resolve(k, child);
		if (rc)
			return rc;
	}
	return 0;
}

static int time_value(struct seeder *k, const cJSON *node,
		      struct awm_value *ret)
{
	int64_t ms = 0;
	int rc = parse_time(k, node->valuestring, &ms);

	*ret = AWM_VALUE_INT(ms);
	return rc;
}

static int printed_value(struct seeder *k, const cJSON *node,
			 struct awm_value *ret)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text = NULL;

	json_print(&out, node);
	if (buf_check(&out) == 0)
		text = arena_strndup(&k->arena, out.s, out.len);
	*ret = awm_value_text(text);
	return text ? 0 : -AWM_NOMEM;
}

static bool is_nested(const cJSON *node)
{
	return cJSON_IsObject(node) || cJSON_IsArray(node);
}

/* Text that holds JSON, as payloads do, is given as JSON. */
static int json_value(struct seeder *k, const struct awm_field *f,
		      const cJSON *node, struct awm_value *ret)
{
	if (f->type == AWM_TYPE_TIME && cJSON_IsString(node))
		return time_value(k, node, ret);
	if (f->type == AWM_TYPE_TEXT && is_nested(node))
		return printed_value(k, node, ret);
	return field_from_json(f, node, &k->arena, ret);
}

/* A row that is there already under a unique name is taken as it is. */
static int find_unique(struct seeder *k, const struct awm_entity *e,
		       const struct awm_set *sets, size_t n, int64_t *ret)
{
	_cleanup_buf_ struct buf sql = {0};
	struct awm_value id;

	for (size_t i = 0; i < n; i++) {
		if (!(sets[i].field->flags & AWM_UNIQUE))
			continue;
		buf_truncate(&sql, 0);
		buf_addf(&sql, "SELECT \"id\" FROM \"%s\" WHERE \"%s\"=?1",
			 e->table, sets[i].field->name);
		int rc = buf_check(&sql);
		if (!rc)
			rc = db_get(k->session->db, NULL, &id, sql.s, "v",
				    &sets[i].value);
		if (rc != -AWM_NOT_FOUND) {
			*ret = id.i;
			return rc;
		}
	}
	err_clear();
	return -AWM_NOT_FOUND;
}

static int remember(struct seeder *k, const char *key, const char *table,
		    int64_t id)
{
	return db_run(k->session->db,
		      "INSERT INTO \"seed_rows\"(\"key\",\"table\",\"rowId\") "
		      "VALUES (?1,?2,?3)",
		      "tti", key, table, id);
}

static int store_secrets(struct seeder *k, const struct awm_entity *e,
			 int64_t id, const cJSON *row)
{
	for (size_t i = 0; i < e->nfields; i++) {
		_cleanup_buf_ struct buf plain = {0};
		const cJSON *node = json_get(row, e->fields[i].name);
		if (e->fields[i].type != AWM_TYPE_SECRET || !node)
			continue;
		if (cJSON_IsString(node))
			buf_adds(&plain, node->valuestring);
		else
			json_print(&plain, node);
		int rc = buf_check(&plain);
		if (!rc)
			rc = secret_store(k->session, e, id, i, plain.s);
		if (rc)
			return rc;
	}
	return 0;
}

static int row_sets(struct seeder *k, const struct awm_entity *e,
		    const cJSON *row, struct awm_set *sets, size_t *ret_n)
{
	const cJSON *node;
	size_t n = 0;
	int rc = 0;

	cJSON_ArrayForEach(node, row)
	{
		const struct awm_field *f = awm_entity_field(e, node->string);
		if (node->string[0] == '$')
			continue;
		if (!f)
			return err_set(AWM_ERROR, "seed: no column %s.%s",
				       e->table, node->string);
		sets[n].field = f;
		if (f->type == AWM_TYPE_SECRET)
			sets[n].value = awm_value_text("{}");
		else
			rc = json_value(k, f, node, &sets[n].value);
		if (rc)
			return rc;
		n++;
	}
	*ret_n = n;
	return 0;
}

/* task_watchers is the truth; watcherIds is made from it. */
static int keep_watchers(struct seeder *k, const struct awm_record *watcher)
{
	if (watcher->entity != &entity_task_watcher)
		return 0;
	return db_run(k->session->db,
		      "UPDATE \"tasks\" SET \"watcherIds\"=("
		      "SELECT json_group_array(\"userId\") FROM ("
		      "SELECT \"userId\" FROM \"task_watchers\" "
		      "WHERE \"taskId\"=?1 ORDER BY \"userId\")) "
		      "WHERE \"id\"=?1",
		      "i", watcher->values[TASK_WATCHER_taskId].i);
}

/* A row of the file on its way. */
struct seed_row {
	const struct awm_entity *e; /* NULL: only the table is known */
	const char *table;
	const char *key;
	cJSON *json;
	int64_t as_of;
	int64_t added;
};

static int find_as_of(struct seeder *k, struct seed_row *row)
{
	const char *text = json_get_str(row->json, "createdAt");

	if (!text)
		text = json_get_str(row->json, "updatedAt");
	row->as_of = k->now;
	return text ? parse_time(k, text, &row->as_of) : 0;
}

static int write_row(struct seeder *k, struct seed_row *row,
		     const struct awm_set *sets, size_t n)
{
	const cJSON *edit = json_get(row->json, "$edit");
	struct awm_record *record;
	int rc;

	if (edit)
		rc = mutate_edit(k->session, row->e, (int64_t)edit->valuedouble,
				 sets, n, NULL, NULL, &k->arena, &record);
	else
		rc = mutate_add(k->session, row->e, sets, n, NULL, NULL,
				&k->arena, &record);
	if (rc)
		return rc;
	row->added = edit ? 0 : 1;
	rc = store_secrets(k, row->e, record->values[0].i, row->json);
	if (!rc)
		rc = keep_watchers(k, record);
	return rc ? rc : remember(k, row->key, row->table, record->values[0].i);
}

static int add_row(struct seeder *k, struct seed_row *row)
{
	size_t n = 0, max = (size_t)cJSON_GetArraySize(row->json);
	struct awm_set *sets = arena_array(&k->arena, max, sizeof(*sets));
	int64_t id;
	int rc = sets ? row_sets(k, row->e, row->json, sets, &n) : -AWM_NOMEM;

	if (!rc)
		rc = find_as_of(k, row);
	if (rc)
		return rc;
	rc = find_unique(k, row->e, sets, n, &id);
	if (!rc)
		return remember(k, row->key, row->table, id);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	k->session->now = row->as_of;
	rc = write_row(k, row, sets, n);
	k->session->now = k->now;
	return rc;
}

static int plain_value(struct seeder *k, const cJSON *node,
		       struct awm_value *ret)
{
	double d = node->valuedouble;

	if (is_nested(node))
		return printed_value(k, node, ret);
	if (cJSON_IsString(node) && strchr("+-", node->valuestring[0]))
		return time_value(k, node, ret);
	if (cJSON_IsString(node))
		*ret = awm_value_text(node->valuestring);
	else if (cJSON_IsNull(node))
		*ret = AWM_VALUE_NULL;
	else if (d == (double)(int64_t)d)
		*ret = AWM_VALUE_INT((int64_t)d);
	else
		*ret = AWM_VALUE_REAL(d);
	return 0;
}

static void plain_sql(struct buf *sql, const struct seed_row *row)
{
	const cJSON *node;
	int n = 0;

	buf_addf(sql, "INSERT INTO \"%s\"(", row->table);
	cJSON_ArrayForEach(node, row->json)
	{
		if (node->string[0] != '$')
			buf_addf(sql, "%s\"%s\"", n++ ? "," : "", node->string);
	}
	buf_adds(sql, ") VALUES (");
	for (int i = 1; i <= n; i++)
		buf_addf(sql, "%s?%d", i > 1 ? "," : "", i);
	buf_adds(sql, ") ON CONFLICT DO NOTHING");
}

/* By column name alone. Nothing refers to such a row. */
static int insert_plain(struct seeder *k, struct seed_row *row)
{
	_cleanup_buf_ struct buf sql = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	struct awm_value v;
	const cJSON *node;
	int at = 0, rc;

	plain_sql(&sql, row);
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(k->session->db, sql.s, &st);
	cJSON_ArrayForEach(node, row->json)
	{
		if (node->string[0] == '$')
			continue;
		if (!rc)
			rc = plain_value(k, node, &v);
		if (!rc)
			rc = db_bind(st, ++at, &v);
	}
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	row->added = db_changes(k->session->db);
	return remember(k, row->key, row->table, 0);
}

static int seed_row(struct seeder *k, struct seed_row *row)
{
	int64_t id;
	int rc;

	row->key = json_get_str(row->json, "$key");
	if (!row->key)
		return err_set(AWM_ERROR, "seed: a row of %s without a key",
			       row->table);
	rc = seeded_id(k, row->key, &id);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	rc = resolve(k, row->json);
	if (rc)
		return rc;
	return row->e ? add_row(k, row) : insert_plain(k, row);
}

/* A table may have several sections, and is counted once. */
static int count_rows(struct seeder *k, const char *table, int64_t added)
{
	struct count *counts = (struct count *)(void *)k->counts.s;
	struct count count = {.added = added};

	for (size_t i = 0; i < k->counts.len / sizeof(count); i++) {
		if (!strcmp(counts[i].table, table)) {
			counts[i].added += added;
			return 0;
		}
	}
	count.table = arena_strdup(&k->arena, table);
	buf_add(&k->counts, &count, sizeof(count));
	return count.table ? buf_check(&k->counts) : -AWM_NOMEM;
}

static int seed_section(struct seeder *k, cJSON *section)
{
	const char *name = json_get_str(section, "entity");
	const struct awm_entity *e = name ? awm_entity_find(name) : NULL;
	const char *table = e ? e->table : json_get_str(section, "table");
	int64_t added = 0;
	cJSON *json;

	if (!table)
		return err_set(AWM_ERROR, "seed: unknown entity '%s'",
			       name ? name : "");
	cJSON_ArrayForEach(json,
			   cJSON_GetObjectItemCaseSensitive(section, "rows"))
	{
		struct seed_row row = {.e = e, .table = table, .json = json};
		int rc = seed_row(k, &row);
		if (rc)
			return err_context("seed of %s", table);
		added += row.added;
	}
	return count_rows(k, table, added);
}

static int run(struct awm_session *s, void *ctx)
{
	struct seeder *k = ctx;
	_cleanup_json_ cJSON *root = NULL;
	cJSON *section;
	int rc = role_require(s, ROLE_ADMIN, "seed a database");

	if (!rc)
		rc = json_parse(seed_demo, strlen(seed_demo), &root);
	if (rc)
		return rc;
	cJSON_ArrayForEach(section, root)
	{
		rc = seed_section(k, section);
		if (rc)
			return rc;
	}
	return 0;
}

static const struct awm_field seed_fields[] = {
	{.name = "table", .label = "Table", .type = AWM_TYPE_TEXT},
	{.name = "count", .label = "Added", .type = AWM_TYPE_INT},
};

static int tell(const struct count *count, awm_row_fn *fn, void *ctx)
{
	struct awm_value values[] = {awm_value_text(count->table),
				     AWM_VALUE_INT(count->added)};

	return emit(fn, ctx, seed_fields, values, ARRAY_LEN(values));
}

int awm_db_seed(struct awm_session *s, awm_row_fn *fn, void *ctx)
{
	struct seeder k = {.session = s, .now = s->now};
	bool quiet = s->quiet;
	s->quiet = s->no_events = true;
	int rc = awm_transaction(s, run, &k);
	s->quiet = quiet;
	s->no_events = false;
	const struct count *counts = (const struct count *)(void *)k.counts.s;

	for (size_t i = 0; fn && !rc && i < k.counts.len / sizeof(*counts); i++)
		rc = tell(&counts[i], fn, ctx);
	buf_release(&k.counts);
	arena_release(&k.arena);
	return rc;
}
