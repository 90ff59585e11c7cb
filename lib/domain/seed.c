// SPDX-License-Identifier: MIT
/* The demo data: sql/seed/demo.json, through the same path as everyone's
 * writes. */
#include <awm/database.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/mutate.h"
#include "domain/secret.h"
#include "entity/field.h"
#include "entity/store.h"

/*
 * The file is an array of {"entity": …, "rows": [{"$key": …, column: value}]},
 * or, for awm's own tables without a field table, {"table": …}. "@key" stands
 * for the id of the row with that key, also inside of JSON columns; "@me" is
 * the acting user; times are relative ("-3d"). A row that was seeded once is
 * not seeded again, whatever became of it.
 */
extern const char seed_demo[];

struct seeder {
	struct awm_session *session;
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

/* "@ada" in a column, or anywhere inside a JSON column, becomes an id. */
static int resolve(struct seeder *k, cJSON *node)
{
	cJSON *child;
	int64_t id;
	int rc;

	if (cJSON_IsString(node) && node->valuestring[0] == '@' &&
	    node->valuestring[1]) {
		rc = seeded_id(k, node->valuestring + 1, &id);
		if (rc)
			return err_set(AWM_ERROR, "seed: no row '%s' before",
				       node->valuestring);
		cJSON_free(node->valuestring);
		node->valuestring = NULL;
		node->type = cJSON_Number;
		cJSON_SetNumberHelper(node, (double)id);
		return 0;
	}
	cJSON_ArrayForEach(child, node)
	{
		rc = resolve(k, child);
		if (rc)
			return rc;
	}
	return 0;
}

static int parse_time(struct seeder *k, const cJSON *node,
		      struct awm_value *ret)
{
	int64_t ms;
	int rc = time_parse(node->valuestring, k->session->actor.timezone,
			    k->session->now, &ms);

	*ret = AWM_VALUE_INT(ms);
	return rc;
}

static int json_value(struct seeder *k, const struct awm_field *f,
		      const cJSON *node, struct awm_value *ret)
{
	if (f->type == AWM_TYPE_TIME && cJSON_IsString(node))
		return parse_time(k, node, ret);
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

static int add_row(struct seeder *k, const struct awm_entity *e, cJSON *row,
		   const char *key, int64_t *added)
{
	size_t n = 0, max = (size_t)cJSON_GetArraySize(row);
	struct awm_set *sets = arena_array(&k->arena, max, sizeof(*sets));
	struct awm_record *record;
	int64_t id;
	int rc = sets ? row_sets(k, e, row, sets, &n) : -AWM_NOMEM;

	if (rc)
		return rc;
	rc = find_unique(k, e, sets, n, &id);
	if (!rc)
		return remember(k, key, e->table, id);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	rc = mutate_add(k->session, e, sets, n, &k->arena, &record);
	if (rc)
		return rc;
	id = record->values[0].i;
	(*added)++;
	rc = store_secrets(k, e, id, row);
	return rc ? rc : remember(k, key, e->table, id);
}

/* A table without a field table: link rows of awm's own, by column name. */
static int insert_plain(struct seeder *k, const char *table, const cJSON *row,
			int64_t *added)
{
	_cleanup_buf_ struct buf sql = {0}, places = {0};
	_cleanup_stmt_ struct db_stmt *st = NULL;
	const cJSON *node;
	int at = 0, rc;

	buf_addf(&sql, "INSERT INTO \"%s\"(", table);
	cJSON_ArrayForEach(node, row)
	{
		buf_addf(&sql, "%s\"%s\"", at ? "," : "", node->string);
		buf_addf(&places, "%s?%d", at ? "," : "", at + 1);
		at++;
	}
	buf_addf(&sql, ") VALUES (%s) ON CONFLICT DO NOTHING",
		 buf_str(&places));
	rc = buf_check(&sql);
	if (!rc)
		rc = db_prepare(k->session->db, sql.s, &st);
	at = 0;
	cJSON_ArrayForEach(node, row)
	{
		struct awm_value v = AWM_VALUE_INT((int64_t)node->valuedouble);
		if (!rc && cJSON_IsString(node) &&
		    strchr("+-", node->valuestring[0]))
			rc = parse_time(k, node, &v);
		else if (cJSON_IsString(node))
			v = awm_value_text(node->valuestring);
		if (!rc)
			rc = db_bind(st, ++at, &v);
	}
	if (!rc)
		rc = db_step(st);
	if (rc < 0)
		return rc;
	*added += db_changes(k->session->db);
	return 0;
}

static int seed_row(struct seeder *k, const struct awm_entity *e,
		    const char *table, cJSON *row, int64_t *added)
{
	const char *key = json_get_str(row, "$key");
	int64_t id;
	int rc;

	if (e && !key)
		return err_set(AWM_ERROR, "seed: a row of %s without a key",
			       table);
	if (key) {
		rc = seeded_id(k, key, &id);
		if (rc != -AWM_NOT_FOUND)
			return rc;
		err_clear();
	}
	rc = resolve(k, row);
	if (rc)
		return rc;
	return e ? add_row(k, e, row, key, added)
		 : insert_plain(k, table, row, added);
}

static int seed_section(struct seeder *k, cJSON *section)
{
	const char *name = json_get_str(section, "entity");
	const struct awm_entity *e = name ? awm_entity_find(name) : NULL;
	const char *table = e ? e->table : json_get_str(section, "table");
	struct count count = {.table = table};
	cJSON *row;

	if (!table)
		return err_set(AWM_ERROR, "seed: unknown entity '%s'",
			       name ? name : "");
	cJSON_ArrayForEach(row,
			   cJSON_GetObjectItemCaseSensitive(section, "rows"))
	{
		int rc = seed_row(k, e, table, row, &count.added);
		if (rc)
			return err_context("seed of %s", table);
	}
	count.table = arena_strdup(&k->arena, table);
	buf_add(&k->counts, &count, sizeof(count));
	return buf_check(&k->counts);
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
	{.name = "added", .label = "Added", .type = AWM_TYPE_INT},
};

static int tell(const struct count *count, awm_row_fn *fn, void *ctx)
{
	const struct awm_field *fields[] = {&seed_fields[0], &seed_fields[1]};
	struct awm_value values[] = {awm_value_text(count->table),
				     AWM_VALUE_INT(count->added)};
	struct awm_record row = {
		.fields = fields, .values = values, .count = 2};

	return fn(ctx, &row);
}

int awm_db_seed(struct awm_session *s, awm_row_fn *fn, void *ctx)
{
	struct seeder k = {.session = s};
	int rc = awm_transaction(s, run, &k);
	const struct count *counts = (const struct count *)(void *)k.counts.s;

	for (size_t i = 0; fn && !rc && i < k.counts.len / sizeof(*counts); i++)
		rc = tell(&counts[i], fn, ctx);
	buf_release(&k.counts);
	arena_release(&k.arena);
	return rc;
}
