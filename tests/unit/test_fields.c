/* SPDX-License-Identifier: MIT */

/*
 * Three witnesses of the schema are held to each other: the database that the
 * migrations make, the field tables, and the specification
 * (tests/golden/specification.tsv, frozen from its text).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "entity/entity.h"

#define SPEC_COLUMNS 215
#define SPEC_TABLES  15
#define SPEC_INDEXES 43

static sqlite3 *db;

static char *read_file(const char *path)
{
	FILE *fp = fopen(path, "r");
	char *text;
	size_t n;

	if (!fp)
		fail_msg("cannot open %s", path);
	text = calloc(1, 1 << 20);
	assert_non_null(text);
	n = fread(text, 1, (1 << 20) - 1, fp);
	text[n] = '\0';
	fclose(fp);
	return text;
}

static void run_sql(const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s", message);
}

static int open_database(void **state)
{
	const char *root = getenv("AWM_SOURCE_ROOT");
	glob_t files;

	(void)state;
	if (root && chdir(root))
		fail_msg("no folder %s", root);
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run_sql("PRAGMA foreign_keys = ON");
	if (glob("sql/migrations/sqlite/*.sql", 0, NULL, &files))
		fail_msg("no migrations are here (AWM_SOURCE_ROOT?)");
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char *sql = read_file(files.gl_pathv[i]);

		run_sql(sql);
		free(sql);
	}
	globfree(&files);
	return 0;
}

static int close_database(void **state)
{
	(void)state;
	return sqlite3_close(db) == SQLITE_OK ? 0 : -1;
}

/* The first column of the first row as text; NULL for no row or NULL. Up to
 * three parameters. To be freed. */
static char *ask(const char *sql, const char *a, const char *b, const char *c)
{
	sqlite3_stmt *st = NULL;
	const char *args[] = {a, b, c};
	char *ret = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	for (int i = 0; i < 3 && args[i]; i++)
		sqlite3_bind_text(st, i + 1, args[i], -1, SQLITE_TRANSIENT);
	if (sqlite3_step(st) == SQLITE_ROW &&
	    sqlite3_column_type(st, 0) != SQLITE_NULL)
		ret = strdup((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return ret;
}

static bool yes(const char *sql, const char *a, const char *b, const char *c)
{
	char *s = ask(sql, a, b, c);
	bool ret = s && strcmp(s, "0") != 0;

	free(s);
	return ret;
}

static void expect(const char *got, const char *want, const char *table,
		   const char *column, const char *what)
{
	if (strcmp(got ? got : "(none)", want ? want : "(none)") != 0)
		fail_msg("%s.%s: %s is %s, want %s", table, column, what,
			 got ? got : "(none)", want ? want : "(none)");
}

static void expect_bool(bool got, bool want, const char *table,
			const char *column, const char *what)
{
	expect(got ? "yes" : "no", want ? "yes" : "no", table, column, what);
}

#define COLUMN(what)                                                           \
	"SELECT " what " FROM pragma_table_info(?1) WHERE name = ?2"
#define FOREIGN(what)                                                          \
	"SELECT " what " FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2"

static bool is_unique(const char *table, const char *column)
{
	return yes("SELECT count(*) FROM pragma_index_list(?1) l WHERE "
		   "l.\"unique\" AND (SELECT group_concat(name) FROM "
		   "pragma_index_info(l.name)) = ?2",
		   table, column, NULL);
}

/* Whether the column leads an index, or is the rowid. */
static bool is_indexed(const char *table, const char *column)
{
	return yes("SELECT count(*) FROM pragma_index_list(?1) l, "
		   "pragma_index_info(l.name) i WHERE i.seqno = 0 AND "
		   "i.name = ?2",
		   table, column, NULL) ||
	       yes("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2 "
		   "AND pk = 1 AND type = 'INTEGER'",
		   table, column, NULL);
}

/* The table's CREATE statement with all white space single. */
static char *squeezed_sql(const char *table)
{
	char *sql = ask("SELECT sql FROM sqlite_schema WHERE name = ?1", table,
			NULL, NULL);
	char *to = sql;

	assert_non_null(sql);
	for (char *p = sql; *p; p++) {
		bool blank = *p == ' ' || *p == '\t' || *p == '\n';

		if (blank && to > sql && to[-1] == ' ')
			continue;
		*to++ = blank ? ' ' : *p;
	}
	*to = '\0';
	return sql;
}

/* How many words the CHECK of a column lists, with each of `words` counted. */
static void check_words(const char *table, const char *column,
			const char *const *words)
{
	char *sql = squeezed_sql(table), pattern[128];
	char *from, *to;
	size_t listed = 1, n = 0;

	snprintf(pattern, sizeof(pattern), "CHECK (\"%s\" IN (", column);
	from = strstr(sql, pattern);
	to = from ? strchr(from, ')') : NULL;
	if (!from || !to) {
		fail_msg("%s.%s has no CHECK", table, column);
		return;
	}
	*to = '\0';
	for (char *p = from; *p; p++)
		listed += *p == ',';
	for (; words[n]; n++) {
		snprintf(pattern, sizeof(pattern), "'%s'", words[n]);
		if (!strstr(from, pattern))
			fail_msg("%s.%s: no %s in its CHECK", table, column,
				 pattern);
	}
	assert_int_equal(listed, n);
	free(sql);
}

static void check_json(const char *table, const char *column, bool required)
{
	char *sql = squeezed_sql(table), pattern[256];

	if (required)
		snprintf(pattern, sizeof(pattern), "CHECK (json_valid(\"%s\"))",
			 column);
	else
		snprintf(pattern, sizeof(pattern),
			 "CHECK (\"%s\" IS NULL OR json_valid(\"%s\"))", column,
			 column);
	if (!strstr(sql, pattern))
		fail_msg("%s.%s: no %s", table, column, pattern);
	free(sql);
}

static const char *sql_type(enum awm_type type)
{
	static const char *const types[] = {
		[AWM_TYPE_INT] = "INTEGER",  [AWM_TYPE_REAL] = "REAL",
		[AWM_TYPE_TEXT] = "TEXT",    [AWM_TYPE_BOOL] = "INTEGER",
		[AWM_TYPE_TIME] = "INTEGER", [AWM_TYPE_JSON] = "TEXT",
		[AWM_TYPE_ENUM] = "TEXT",    [AWM_TYPE_REF] = "INTEGER",
		[AWM_TYPE_SECRET] = "TEXT",
	};

	return types[type];
}

static void check_reference(const struct awm_entity *e,
			    const struct awm_field *f)
{
	char *target = ask(FOREIGN("\"table\" || '.' || \"to\""), e->table,
			   f->name, NULL);
	char *action = ask(FOREIGN("on_delete"), e->table, f->name, NULL);
	char want[128] = "(none)";

	if (f->ref)
		snprintf(want, sizeof(want), "%s.id", f->ref);
	expect(target, want, e->table, f->name, "reference");
	if (f->ref)
		expect(action, f->on_delete ? f->on_delete : "NO ACTION",
		       e->table, f->name, "ON DELETE");
	assert_int_equal(f->type == AWM_TYPE_REF, f->ref != NULL);
	free(target);
	free(action);
}

static void check_field(const struct awm_entity *e, size_t i)
{
	const struct awm_field *f = &e->fields[i];
	char number[32];
	char *name, *type, *dflt;

	snprintf(number, sizeof(number), "%zu", i);
	name = ask("SELECT name FROM pragma_table_info(?1) WHERE cid = CAST(?2 "
		   "AS INTEGER)",
		   e->table, number, NULL);
	expect(f->name, name, e->table, f->name, "name");
	assert_non_null(f->label);
	type = ask(COLUMN("type"), e->table, f->name, NULL);
	expect(type, sql_type(f->type), e->table, f->name, "type");
	expect_bool(yes(COLUMN("\"notnull\" OR pk"), e->table, f->name, NULL),
		    f->flags & AWM_REQUIRED, e->table, f->name, "NOT NULL");
	dflt = ask(COLUMN("dflt_value"), e->table, f->name, NULL);
	expect(f->dflt, dflt, e->table, f->name, "DEFAULT");
	expect_bool(is_unique(e->table, f->name), f->flags & AWM_UNIQUE,
		    e->table, f->name, "UNIQUE");
	check_reference(e, f);
	if (f->words)
		check_words(e->table, f->name, f->words);
	if (f->type == AWM_TYPE_JSON)
		check_json(e->table, f->name, f->flags & AWM_REQUIRED);
	assert_int_equal(f->type == AWM_TYPE_ENUM, f->words != NULL);
	assert_int_equal(f->type == AWM_TYPE_JSON, f->shape != NULL);
	free(name);
	free(type);
	free(dflt);
}

static void test_field_tables(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct awm_entity *const *p = awm_entities; *p; p++, n++) {
		const struct awm_entity *e = *p;
		char *count = ask("SELECT count(*) FROM pragma_table_info(?1)",
				  e->table, NULL, NULL);

		if (strtoul(count, NULL, 10) != e->nfields)
			fail_msg("%s has %s columns, its field table %zu",
				 e->table, count, e->nfields);
		free(count);
		for (size_t i = 0; i < e->nfields; i++)
			check_field(e, i);
	}
	assert_int_equal(n, 29);
}

static void test_entities(void **state)
{
	(void)state;
	assert_ptr_equal(awm_entity_find("time_entry"), &entity_time_entry);
	assert_ptr_equal(awm_entity_of_table("webhook_deliveries"),
			 &entity_delivery);
	assert_null(awm_entity_find("tasks"));
	assert_null(awm_entity_of_table("task"));
	assert_ptr_equal(awm_entity_field(&entity_task, "order"),
			 &entity_task.fields[TASK_order]);
	assert_null(awm_entity_field(&entity_task, "Order"));
	for (const struct awm_entity *const *p = awm_entities; *p; p++) {
		const struct awm_field *f = awm_entity_field(*p, "deletedAt");

		assert_int_equal((*p)->deleted_at, f ? f - (*p)->fields : -1);
	}
}

/* Every word of a default order is a column. */
static void test_orders(void **state)
{
	(void)state;
	for (const struct awm_entity *const *p = awm_entities; *p; p++) {
		char *order = strdup((*p)->order), *save = NULL;

		assert_non_null(order);
		for (char *w = strtok_r(order, ",", &save); w;
		     w = strtok_r(NULL, ",", &save))
			if (!awm_entity_field(*p, w + (*w == '-')))
				fail_msg("%s: no column %s", (*p)->name, w);
		free(order);
	}
}

static void test_record(void **state)
{
	const struct awm_field *fields[] = {&entity_task.fields[TASK_id],
					    &entity_task.fields[TASK_title]};
	struct awm_value values[] = {AWM_VALUE_INT(7), awm_value_text("x")};
	struct awm_record r = {.entity = &entity_task,
			       .fields = fields,
			       .values = values,
			       .count = 2};

	(void)state;
	assert_int_equal(awm_record_int(&r, "id"), 7);
	assert_string_equal(awm_record_text(&r, "title"), "x");
	assert_string_equal(awm_record_text(&r, "id"), "");
	assert_int_equal(awm_record_int(&r, "title"), 0);
	assert_int_equal(awm_record_int(&r, "status"), 0);
	assert_null(awm_record_get(&r, "status"));
}

/* The specification */

struct fact {
	char *table, *column, *type, *constraints, *words;
};

static const struct awm_field *field_of(const struct fact *fact)
{
	const struct awm_entity *e = awm_entity_of_table(fact->table);
	const struct awm_field *f =
		e ? awm_entity_field(e, fact->column) : NULL;

	if (!f)
		fail_msg("no field table row for %s.%s", fact->table,
			 fact->column);
	return f;
}

static void check_fact_type(const struct fact *fact, const struct awm_field *f)
{
	static const struct {
		const char *spec, *sql;
		enum awm_type types[4];
	} map[] = {
		{"INTEGER", "INTEGER", {AWM_TYPE_INT, AWM_TYPE_REF}},
		{"REAL", "REAL", {AWM_TYPE_REAL}},
		{"TEXT",
		 "TEXT",
		 {AWM_TYPE_TEXT, AWM_TYPE_ENUM, AWM_TYPE_SECRET}},
		{"JSON", "TEXT", {AWM_TYPE_JSON, AWM_TYPE_SECRET}},
		{"BOOLEAN", "INTEGER", {AWM_TYPE_BOOL}},
		{"TIMESTAMP", "INTEGER", {AWM_TYPE_TIME}},
	};
	char *type = ask(COLUMN("type"), fact->table, fact->column, NULL);
	bool ok = false;

	for (size_t i = 0; i < ARRAY_LEN(map); i++) {
		if (strcmp(map[i].spec, fact->type) != 0)
			continue;
		expect(type, map[i].sql, fact->table, fact->column, "type");
		for (size_t k = 0; k < 4; k++)
			ok = ok || f->type == map[i].types[k];
	}
	if (!ok)
		fail_msg("%s.%s is no %s", fact->table, fact->column,
			 fact->type);
	free(type);
}

/* DEFAULT x, as SQLite says it; NULL without one. To be freed. */
static char *fact_default(const struct fact *fact)
{
	const char *s = strstr(fact->constraints, "DEFAULT ");
	char *ret;

	if (!s)
		return NULL;
	s += strlen("DEFAULT ");
	if (!strncmp(s, "true", 4))
		return strdup("1");
	if (!strncmp(s, "false", 5))
		return strdup("0");
	ret = strdup(s);
	ret[*s == '\'' ? strcspn(s + 1, "'") + 2 : strcspn(s, ",")] = '\0';
	return ret;
}

/* "FOREIGN KEY → users(id) CASCADE": the table and the action, which is "" for
 * none; false without a key. */
static bool fact_reference(const struct fact *fact, char table[64],
			   char action[16])
{
	const char *s = strstr(fact->constraints, "FOREIGN KEY → ");

	if (!s)
		return false;
	action[0] = '\0';
	assert_true(sscanf(s, "FOREIGN KEY → %63[a-z_](id) %15[A-Z ]", table,
			   action) >= 1);
	return true;
}

/* The separate table of cascades adds to what the columns say. */
static bool cascades(const struct fact *fact, const char *parent,
		     const char *cascade_lines)
{
	char line[256];

	snprintf(line, sizeof(line), "!cascade\t%s\t%s\tCASCADE\n", parent,
		 fact->table);
	return strstr(cascade_lines, line) != NULL;
}

static void check_fact_reference(const struct fact *fact,
				 const struct awm_field *f, const char *lines)
{
	char table[64], action[16];
	char *target =
		ask(FOREIGN("\"table\""), fact->table, fact->column, NULL);
	char *on = ask(FOREIGN("on_delete"), fact->table, fact->column, NULL);

	if (!fact_reference(fact, table, action)) {
		expect(target, NULL, fact->table, fact->column, "reference");
	} else {
		expect(target, table, fact->table, fact->column, "reference");
		if (!action[0])
			snprintf(action, sizeof(action), "%s",
				 cascades(fact, table, lines) ? "CASCADE"
							      : "NO ACTION");
		expect(on, action, fact->table, fact->column, "ON DELETE");
		expect(f->ref, table, fact->table, fact->column, "ref");
	}
	free(target);
	free(on);
}

static void check_fact_words(const struct fact *fact, const struct awm_field *f)
{
	const char *words[16] = {NULL};
	char *copy, *save = NULL;
	size_t n = 0;

	if (!strcmp(fact->words, "-"))
		return;
	copy = strdup(fact->words);
	assert_non_null(copy);
	for (char *w = strtok_r(copy, "|", &save); w && n < 15;
	     w = strtok_r(NULL, "|", &save))
		words[n++] = w;
	check_words(fact->table, fact->column, words);
	assert_int_equal(f->type, AWM_TYPE_ENUM);
	free(copy);
}

static void check_fact(const struct fact *fact, const char *lines)
{
	const struct awm_field *f = field_of(fact);
	const char *t = fact->table, *c = fact->column;
	char *want = fact_default(fact);
	char *dflt = ask(COLUMN("dflt_value"), t, c, NULL);
	bool key = strstr(fact->constraints, "PRIMARY KEY") != NULL;

	check_fact_type(fact, f);
	expect(dflt, want, t, c, "DEFAULT");
	expect_bool(yes(COLUMN("\"notnull\""), t, c, NULL),
		    strstr(fact->constraints, "NOT NULL") != NULL, t, c,
		    "NOT NULL");
	expect_bool(yes(COLUMN("pk"), t, c, NULL), key, t, c, "PRIMARY KEY");
	expect_bool(is_unique(t, c),
		    strstr(fact->constraints, "UNIQUE") != NULL, t, c,
		    "UNIQUE");
	check_fact_reference(fact, f, lines);
	check_fact_words(fact, f);
	if (!strcmp(fact->type, "JSON"))
		check_json(t, c, strstr(fact->constraints, "NOT NULL") != NULL);
	free(want);
	free(dflt);
}

/* An index of the specification: "table\tcolumn,column". Partial ones may
 * leave out rows that have NULL in that column, nothing else. */
static void check_index(const char *table, const char *columns)
{
	bool partial, full;

	full = yes("SELECT count(*) FROM pragma_index_list(?1) l WHERE NOT "
		   "l.partial AND (SELECT group_concat(name) FROM "
		   "pragma_index_info(l.name)) = ?2",
		   table, columns, NULL);
	partial = yes("SELECT count(*) FROM sqlite_schema s, "
		      "pragma_index_info(s.name) i WHERE s.type = 'index' AND "
		      "s.tbl_name = ?1 AND i.seqno = 0 AND i.name = ?2 AND "
		      "s.sql LIKE '%WHERE \"' || ?2 || '\" IS NOT NULL'",
		      table, columns, NULL);
	if (!full && !partial)
		fail_msg("no index on %s (%s)", table, columns);
}

static size_t split(char *line, char *out[5])
{
	char *save = NULL;
	size_t n = 0;

	for (char *w = strtok_r(line, "\t", &save); w && n < 5;
	     w = strtok_r(NULL, "\t", &save))
		out[n++] = w;
	return n;
}

static void test_specification(void **state)
{
	char *text = read_file("tests/golden/specification.tsv");
	char *lines = strdup(text), *save = NULL;
	size_t columns = 0, indexes = 0;

	(void)state;
	assert_non_null(lines);
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *w[5];

		if (*line == '#' || !strncmp(line, "!cascade", 8))
			continue;
		if (!strncmp(line, "!index", 6)) {
			assert_int_equal(split(line, w), 3);
			check_index(w[1], w[2]);
			indexes++;
			continue;
		}
		assert_int_equal(split(line, w), 5);
		check_fact(&(struct fact){w[0], w[1], w[2], w[3], w[4]}, lines);
		columns++;
	}
	assert_int_equal(columns, SPEC_COLUMNS);
	assert_int_equal(indexes, SPEC_INDEXES);
	free(lines);
	free(text);
}

/* The field tables have no column that the specification has not, but for
 * those that are marked as awm's own. */
static void test_nothing_more(void **state)
{
	char *text = read_file("tests/golden/specification.tsv");
	size_t n = 0;

	(void)state;
	for (size_t e = 0; e < SPEC_TABLES; e++)
		for (size_t i = 0; i < awm_entities[e]->nfields; i++) {
			char line[256];

			if (awm_entities[e]->fields[i].flags & AWM_HIDDEN)
				continue;
			n++;
			snprintf(line, sizeof(line), "\n%s\t%s\t",
				 awm_entities[e]->table,
				 awm_entities[e]->fields[i].name);
			if (!strstr(text, line))
				fail_msg("not specified: %s", line + 1);
		}
	assert_int_equal(n, SPEC_COLUMNS);
	free(text);
}

/* The whole schema */

static void test_foreign_keys_are_indexed(void **state)
{
	sqlite3_stmt *st = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT t.name, f.\"from\" FROM "
					    "sqlite_schema t, "
					    "pragma_foreign_key_list(t.name) f "
					    "WHERE t.type = 'table'",
					    -1, &st, NULL),
			 SQLITE_OK);
	for (; sqlite3_step(st) == SQLITE_ROW; n++) {
		const char *t = (const char *)sqlite3_column_text(st, 0);
		const char *c = (const char *)sqlite3_column_text(st, 1);

		if (!is_indexed(t, c))
			fail_msg("%s.%s has no index", t, c);
	}
	assert_true(n > 50);
	sqlite3_finalize(st);
}

static void test_plain_schema(void **state)
{
	char *s;

	(void)state;
	s = ask("SELECT name FROM sqlite_schema WHERE type IN ('trigger', "
		"'view') UNION ALL SELECT name FROM pragma_table_list WHERE "
		"schema = 'main' AND NOT strict AND type NOT IN ('virtual', "
		"'shadow') AND name NOT LIKE 'sqlite_%'",
		NULL, NULL, NULL);
	expect(s, NULL, "schema", "strict, without triggers and views", "odd");
	s = ask("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql "
		"IS NOT NULL AND name NOT LIKE 'idx_' || tbl_name || '_%' AND "
		"tbl_name NOT IN ('tasks', 'task_executions')",
		NULL, NULL, NULL);
	expect(s, NULL, "schema", "index", "odd name");
}

/* Tables whose ids people write down never use one again. */
static void test_ids_are_not_reused(void **state)
{
	static const char *const tables[] = {
		"tasks",    "projects", "users",      "skills",
		"comments", "webhooks", "automations"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		char *sql = squeezed_sql(tables[i]);

		assert_non_null(strstr(sql, "PRIMARY KEY AUTOINCREMENT"));
		free(sql);
	}
}

#define RANK                                                                   \
	"CASE \"priority\" WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 "           \
	"WHEN 'medium' THEN 2 ELSE 3 END"
#define BY_URGENCY                                                             \
	" ORDER BY " RANK ", COALESCE(\"dueDate\", 9223372036854775807), "     \
	"\"id\" LIMIT 50"
#define OPEN_TASKS                                                             \
	"SELECT * FROM \"tasks\" WHERE \"deletedAt\" IS NULL AND "             \
	"\"status\" <> 'done'"

struct plan {
	const char *sql;
	const char *index; /* a part of the plan that has to be there */
};

static const struct plan plans[] = {
	{"SELECT * FROM \"tasks\" WHERE \"deletedAt\" IS NULL" BY_URGENCY,
	 "idx_tasks_live_order"},
	{OPEN_TASKS BY_URGENCY, "idx_tasks_open_order"},
	{OPEN_TASKS " AND \"projectId\" = ?1" BY_URGENCY,
	 "idx_tasks_project_open_order (projectId=?)"},
	{OPEN_TASKS " AND \"status\" = ?1" BY_URGENCY,
	 "idx_tasks_status_open_order (status=?)"},
	{OPEN_TASKS " AND \"assigneeId\" = ?1" BY_URGENCY,
	 "idx_tasks_assignee_open_order (assigneeId=?)"},
	{OPEN_TASKS " AND \"projectId\" = ?1 AND \"status\" = ?2" BY_URGENCY,
	 "idx_tasks_project_open_order (projectId=?)"},
	{OPEN_TASKS " AND \"assigneeId\" = ?1 AND \"status\" = ?2" BY_URGENCY,
	 "idx_tasks_assignee_open_order (assigneeId=?)"},
	{OPEN_TASKS " AND \"assigneeId\" IS NULL" BY_URGENCY,
	 "idx_tasks_open_order"},
	{OPEN_TASKS " AND \"parentTaskId\" IS NULL" BY_URGENCY,
	 "idx_tasks_open_order"},
	{OPEN_TASKS " AND \"dueDate\" < ?1" BY_URGENCY, "idx_tasks_open_order"},
	{"SELECT * FROM \"tasks\" WHERE \"projectId\" = ?1 AND \"deletedAt\" "
	 "IS NULL ORDER BY \"order\", \"id\"",
	 "idx_tasks_project_order (projectId=?)"},
	{"SELECT t.* FROM \"task_tags\" g JOIN \"tasks\" t ON t.\"id\" = "
	 "g.\"taskId\" WHERE g.\"tag\" = ?1 AND g.\"closed\" = 0 ORDER BY "
	 "g.\"rank\", g.\"due\", g.\"taskId\" LIMIT 50",
	 "PRIMARY KEY (tag=? AND closed=?)"},
	{"SELECT * FROM \"notifications\" WHERE \"userId\" = ?1 ORDER BY "
	 "\"isRead\", \"createdAt\" DESC, \"id\" DESC LIMIT 50",
	 "idx_notifications_user_unread (userId=?)"},
	{"SELECT * FROM \"activities\" ORDER BY \"id\" DESC", "SCAN"},
	{"SELECT * FROM \"activities\" WHERE \"taskId\" = ?1 ORDER BY \"id\" "
	 "DESC",
	 "idx_activities_taskId (taskId=?)"},
	{"SELECT * FROM \"activities\" WHERE \"projectId\" = ?1 ORDER BY "
	 "\"id\" DESC",
	 "idx_activities_projectId (projectId=?)"},
	{"SELECT * FROM \"activities\" ORDER BY \"createdAt\" DESC, \"id\" "
	 "DESC",
	 "idx_activities_createdAt"},
	{"SELECT * FROM \"task_executions\" WHERE \"taskId\" = ?1 ORDER BY "
	 "\"createdAt\" DESC, \"id\" DESC LIMIT 10",
	 "idx_task_executions_task_newest (taskId=?)"},
	{"SELECT * FROM \"comments\" WHERE \"taskId\" = ?1 AND \"deletedAt\" "
	 "IS NULL ORDER BY \"createdAt\", \"id\"",
	 "idx_comments_task_order (taskId=?)"},
	{"SELECT * FROM \"time_entries\" WHERE \"userId\" = ?1 AND \"endTime\" "
	 "IS NULL",
	 "idx_time_entries_running"},
	{"SELECT * FROM \"time_entries\" ORDER BY \"startTime\" DESC, \"id\" "
	 "DESC",
	 "idx_time_entries_newest"},
	{"SELECT \"id\" FROM \"time_entries\" WHERE \"userId\" = ?1 AND "
	 "\"startTime\" < ?2 AND \"endTime\" > ?3 ORDER BY \"startTime\"",
	 "idx_time_entries_user_span (userId=? AND startTime<?)"},
	{"SELECT SUM(e.\"duration\") FROM \"tasks\" t JOIN \"time_entries\" e "
	 "ON e.\"taskId\" = t.\"id\" WHERE t.\"projectId\" = ?1 AND "
	 "t.\"actualMinutes\" IS NOT NULL",
	 "idx_tasks_timed (projectId=?)"},
	{"SELECT * FROM \"automation_runs\" WHERE \"state\" = 'queued' ORDER "
	 "BY \"id\"",
	 "idx_automation_runs_queued"},
	{"SELECT * FROM \"webhook_deliveries\" WHERE \"state\" IN ('pending', "
	 "'failed') AND \"nextAttemptAt\" <= ?1 ORDER BY \"nextAttemptAt\", "
	 "\"id\" LIMIT 100",
	 "idx_webhook_deliveries_due (nextAttemptAt<?)"},
	{"SELECT \"id\" FROM \"integration_deliveries\" WHERE \"state\" IN "
	 "('pending', 'failed') AND \"nextAttemptAt\" <= ?1 ORDER BY "
	 "\"nextAttemptAt\", \"id\" LIMIT 8",
	 "idx_integration_deliveries_due (nextAttemptAt<?)"},
};

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		sqlite3_stmt *st = NULL;
		char sql[1024];
		bool found = false;

		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
			 plans[i].sql);
		if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *s =
				(const char *)sqlite3_column_text(st, 3);

			if (strstr(s, "TEMP B-TREE"))
				fail_msg("%s: %s", plans[i].sql, s);
			found = found || strstr(s, plans[i].index);
		}
		sqlite3_finalize(st);
		if (!found)
			fail_msg("%s: not by %s", plans[i].sql, plans[i].index);
	}
}

/* What the constraints do */

static void refused(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_CONSTRAINT)
		fail_msg("not refused: %s", sql);
}

static void test_constraints(void **state)
{
	(void)state;
	run_sql("BEGIN");
	run_sql("INSERT INTO users (id, email, name, createdAt, updatedAt) "
		"VALUES (1, 'a@b', 'a', 0, 0), (2, 'c@d', 'c', 0, 0);"
		"INSERT INTO projects (id, title, ownerId, createdAt, "
		"updatedAt) VALUES (1, 'p', 1, 0, 0);"
		"INSERT INTO tasks (id, projectId, title, assigneeId, "
		"createdAt, updatedAt) VALUES (1, 1, 't', 2, 0, 0);"
		"INSERT INTO comments (taskId, userId, content, createdAt, "
		"updatedAt) VALUES (1, 2, 'c', 0, 0)");
	refused("UPDATE tasks SET status = 'doing'");
	refused("UPDATE tasks SET tags = 'x'");
	refused("UPDATE tasks SET tags = NULL");
	refused("UPDATE tasks SET dueDate = '2026-11-22'");
	refused("UPDATE tasks SET projectId = 9");
	refused("UPDATE users SET onboardingCompleted = 2");
	refused("UPDATE users SET email = 'a@b'");
	refused("INSERT INTO task_dependencies VALUES (1, 1, 0)");
	run_sql("UPDATE tasks SET mcpConfig = NULL, tokenUsage = '{}'");
	run_sql("DELETE FROM users WHERE id = 2");
	assert_true(
		yes("SELECT assigneeId IS NULL FROM tasks", NULL, NULL, NULL));
	assert_false(yes("SELECT count(*) FROM comments", NULL, NULL, NULL));
	run_sql("DELETE FROM users WHERE id = 1");
	assert_false(yes("SELECT count(*) FROM tasks", NULL, NULL, NULL));
	run_sql("ROLLBACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_field_tables),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_specification),
		cmocka_unit_test(test_nothing_more),
		cmocka_unit_test(test_foreign_keys_are_indexed),
		cmocka_unit_test(test_plain_schema),
		cmocka_unit_test(test_ids_are_not_reused),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_constraints),
	};

	return cmocka_run_group_tests(tests, open_database, close_database);
}
