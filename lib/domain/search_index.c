// SPDX-License-Identifier: MIT
/* Whether the index is what the rows say, and making it so again. */
#include <awm/database.h>
#include <string.h>

#include "base/err.h"
#include "domain/mutate.h"
#include "domain/search.h"
#include "entity/store.h"
#include "queries.h"

#define FIELDS_MAX 16

enum amiss {
	ROW_MISSING, /* not in the index */
	ROW_DIFFERS, /* with another text */
	ROW_GONE     /* in the index, though there is no such row */
};

struct finding {
	enum amiss amiss;
	const struct awm_entity *e; /* NULL: of no entity at all */
	int64_t row, index;
};

typedef int finding_fn(void *ctx, const struct finding *f);

/* Rows of an entity and their rows of the index, both by id. */
struct comparison {
	const struct awm_entity *e;
	struct db_stmt *st;
	bool more; /* the statement stands on a row */
	finding_fn *fn;
	void *ctx;
};

/* Columns of the statement. */
enum { COL_INDEX, COL_ROW, COL_TITLE, COL_CONTENT };

static int next(struct comparison *k)
{
	int rc = db_step(k->st);

	k->more = rc > 0;
	return rc < 0 ? rc : 0;
}

static int report(struct comparison *k, enum amiss amiss, int64_t row)
{
	struct finding f = {
		.amiss = amiss,
		.e = k->e,
		.row = row,
		.index = amiss == ROW_MISSING ? 0
					      : db_column_int(k->st, COL_INDEX),
	};

	return k->fn(k->ctx, &f);
}

/* Those of the index that come before `row`. */
static int pass_gone(struct comparison *k, int64_t row)
{
	int rc = 0;

	while (!rc && k->more && db_column_int(k->st, COL_ROW) < row) {
		rc = report(k, ROW_GONE, db_column_int(k->st, COL_ROW));
		if (!rc)
			rc = next(k);
	}
	return rc;
}

static bool is_text(struct db_stmt *st, int column, const struct buf *b)
{
	struct awm_value v;

	db_column(st, column, &v);
	return v.kind == AWM_TEXT && v.len == b->len &&
	       (!v.len || memcmp(v.s, b->s, v.len) == 0);
}

static int compare_text(struct comparison *k, const struct awm_record *row,
			int64_t id)
{
	struct index_text text = {0};
	int rc;

	for (size_t i = 0; i < row->count; i++)
		index_text_add(&text, row->fields[i], &row->values[i]);
	rc = index_text_check(&text);
	if (!rc && !(is_text(k->st, COL_TITLE, &text.title) &&
		     is_text(k->st, COL_CONTENT, &text.content)))
		rc = report(k, ROW_DIFFERS, id);
	index_text_release(&text);
	return rc;
}

static int compare_row(void *ctx, const struct awm_record *row)
{
	struct comparison *k = ctx;
	int64_t id = row->values[0].i;
	int rc = pass_gone(k, id);

	if (rc)
		return rc;
	if (!k->more || db_column_int(k->st, COL_ROW) != id)
		return report(k, ROW_MISSING, id);
	rc = compare_text(k, row, id);
	/* a second one of the same row is one too many: it stays for
	 * pass_gone() */
	return rc ? rc : next(k);
}

static int compare_entity(struct awm_session *s, const struct awm_entity *e,
			  finding_fn *fn, void *ctx)
{
	struct comparison k = {.e = e, .fn = fn, .ctx = ctx};
	const struct awm_field *fields[FIELDS_MAX] = {e->fields};
	struct awm_sort by_id = {.field = e->fields};
	struct awm_query q = {.entity = e,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = 1,
			      .all = true};
	int rc = db_query(s->db, &k.st,
			  "SELECT \"id\",\"entityId\",\"title\",\"content\" "
			  "FROM \"search_indexes\" WHERE \"entityType\"=?1 "
			  "ORDER BY \"entityId\",\"id\"",
			  "t", e->name);

	for (size_t i = 0; i < e->nfields && q.nfields < FIELDS_MAX; i++)
		if (e->fields[i].flags & AWM_SEARCH)
			fields[q.nfields++] = &e->fields[i];
	if (!rc)
		rc = next(&k);
	if (!rc)
		rc = store_list(s->db, &q, compare_row, &k);
	if (!rc)
		rc = pass_gone(&k, INT64_MAX);
	if (k.st)
		db_reset(k.st);
	return rc;
}

/* Rows of the index that are of nothing that can be searched. */
static int compare_rest(struct awm_session *s, finding_fn *fn, void *ctx)
{
	_cleanup_stmt_ struct db_stmt *st = NULL;
	int rc = db_query(s->db, &st,
			  "SELECT \"id\",\"entityType\",\"entityId\" FROM "
			  "\"search_indexes\"",
			  "");

	while (!rc && (rc = db_step(st)) > 0) {
		const char *type = db_column_text(st, 1);
		const struct awm_entity *e = awm_entity_find(type ? type : "");
		struct finding f = {.amiss = ROW_GONE,
				    .row = db_column_int(st, 2),
				    .index = db_column_int(st, 0)};

		rc = e && index_has(e) ? 0 : fn(ctx, &f);
	}
	return rc;
}

static int compare(struct awm_session *s, finding_fn *fn, void *ctx)
{
	int rc = compare_rest(s, fn, ctx);

	for (size_t i = 0; awm_entities[i] && !rc; i++)
		if (index_has(awm_entities[i]))
			rc = compare_entity(s, awm_entities[i], fn, ctx);
	return rc;
}

/* ---- checking ---- */

struct checker {
	int (*fn)(void *ctx, const char *line);
	void *ctx;
};

static int tell(void *ctx, const struct finding *f)
{
	static const char *const texts[] = {
		[ROW_MISSING] = "not in the search index",
		[ROW_DIFFERS] = "with another text in the search index",
		[ROW_GONE] = "in the search index though gone"};
	struct checker *k = ctx;
	_cleanup_buf_ struct buf line = {0};

	buf_addf(&line, "%s %lld: %s", f->e ? f->e->name : "row",
		 (long long)f->row, texts[f->amiss]);
	return buf_check(&line) ? -AWM_NOMEM : k->fn(k->ctx, line.s);
}

int index_problems(struct awm_session *s,
		   int (*fn)(void *ctx, const char *line), void *ctx)
{
	struct checker k = {fn, ctx};

	return compare(s, tell, &k);
}

struct words_check {
	bool begun;
};

static int check_words(struct db *db, void *arg)
{
	struct words_check *k = arg;

	k->begun = true;
	return db_run(db, query_search_fts_check_sqlite, "");
}

/* For the engine a check is a write. */
int index_words_check(struct awm_session *s, bool *ret_unchecked)
{
	struct words_check k = {0};
	int rc = db_write(s->db, check_words, &k);

	*ret_unchecked = rc == -AWM_DATABASE && !k.begun;
	if (rc != -AWM_DATABASE || !k.begun)
		return rc;
	return err_set(AWM_INVALID, "the words of the search index are not "
				    "those of its texts");
}

/* ---- making it anew ---- */

struct rebuild {
	struct awm_session *session;
	bool all;
	struct buf findings; /* of struct finding */
	struct awm_search_rebuilt result;
};

static int keep(void *ctx, const struct finding *f)
{
	struct rebuild *k = ctx;

	buf_add(&k->findings, f, sizeof(*f));
	return buf_check(&k->findings);
}

static int write_text(struct rebuild *k, const struct finding *f,
		      const struct index_text *t)
{
	struct awm_session *s = k->session;

	if (f->amiss == ROW_DIFFERS)
		return db_run(s->db,
			      "UPDATE \"search_indexes\" SET \"title\"=?2,"
			      "\"content\"=?3,\"updatedAt\"=?4 WHERE "
			      "\"id\"=?1",
			      "itti", f->index, buf_str(&t->title),
			      buf_str(&t->content), s->now);
	return db_run(s->db,
		      "INSERT INTO \"search_indexes\"(\"entityType\","
		      "\"entityId\",\"title\",\"content\",\"createdAt\","
		      "\"updatedAt\") VALUES (?1,?2,?3,?4,?5,?5)",
		      "titti", f->e->name, f->row, buf_str(&t->title),
		      buf_str(&t->content), s->now);
}

static int write_finding(struct rebuild *k, const struct finding *f)
{
	struct index_text text = {0};
	struct arena arena = {0};
	struct awm_record *row;
	int rc = store_get(k->session->db, f->e, f->row, &arena, &row);

	for (size_t i = 0; !rc && i < row->count; i++)
		index_text_add(&text, row->fields[i], &row->values[i]);
	if (!rc)
		rc = index_text_check(&text);
	if (!rc)
		rc = write_text(k, f, &text);
	index_text_release(&text);
	arena_release(&arena);
	return rc;
}

static int mend(struct rebuild *k, const struct finding *f)
{
	switch (f->amiss) {
	case ROW_MISSING:
		k->result.added++;
		return write_finding(k, f);
	case ROW_DIFFERS:
		k->result.changed++;
		return write_finding(k, f);
	case ROW_GONE:
		break;
	}
	k->result.removed++;
	return db_run(k->session->db,
		      "DELETE FROM \"search_indexes\" WHERE \"id\"=?1", "i",
		      f->index);
}

static int rebuild(struct db *db, void *arg)
{
	struct rebuild *k = arg;
	const struct finding *list;
	struct awm_value rows;
	int rc = compare(k->session, keep, k);
	size_t n = k->findings.len / sizeof(*list);

	list = (const struct finding *)(const void *)k->findings.s;
	for (size_t i = 0; i < n && !rc; i++)
		rc = mend(k, &list[i]);
	if (!rc && (n || k->all))
		rc = db_run(db, query_search_fts_rebuild_sqlite, "");
	if (!rc)
		rc = db_get(db, NULL, &rows,
			    "SELECT COUNT(*) FROM \"search_indexes\"", "");
	if (!rc)
		k->result.rows = rows.i;
	return rc;
}

int index_rebuild(struct awm_session *s, bool all,
		  struct awm_search_rebuilt *ret)
{
	struct rebuild k = {.session = s, .all = all};
	int rc = db_write(s->db, rebuild, &k);

	buf_release(&k.findings);
	if (!rc)
		*ret = k.result;
	return rc;
}

int awm_search_rebuild(struct awm_session *s, struct awm_search_rebuilt *ret)
{
	int rc = role_require(s, ROLE_MEMBER, "rebuild the search index");

	return rc ? rc : index_rebuild(s, true, ret);
}
