// SPDX-License-Identifier: MIT
/* search_indexes: the text of each row that can be searched for, and the words
 * of it, kept by the transaction that changes the row. Rows that are deleted
 * softly stay: a search may ask for them. */
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/words.h"
#include "domain/mutate.h"
#include "domain/search.h"
#include "entity/store.h"
#include "queries.h"

bool index_has(const struct awm_entity *e)
{
	for (size_t i = 0; i < e->nfields; i++)
		if (e->fields[i].flags & AWM_SEARCH)
			return true;
	return false;
}

/* Tags are a JSON array of words. */
static void add_array(struct buf *to, const struct awm_value *v)
{
	_cleanup_json_ cJSON *list = NULL;
	const cJSON *item;

	if (json_parse(v->s, v->len, &list)) {
		err_clear();
		return;
	}
	cJSON_ArrayForEach(item, list)
	{
		const char *word = cJSON_GetStringValue(item);

		if (!word)
			continue;
		if (to->len)
			buf_addc(to, item == list->child ? '\n' : ' ');
		words_add(to, word, strlen(word));
	}
}

void index_text_add(struct index_text *t, const struct awm_field *f,
		    const struct awm_value *v)
{
	struct buf *to = f->flags & AWM_TITLE ? &t->title : &t->content;

	if (!(f->flags & AWM_SEARCH) || v->kind != AWM_TEXT || !v->len ||
	    !strcmp(v->s, "[]"))
		return;
	if (f->type == AWM_TYPE_JSON) {
		add_array(to, v);
		return;
	}
	if (to->len)
		buf_addc(to, '\n');
	words_add(to, v->s, v->len);
}

int index_text_check(const struct index_text *t)
{
	int rc = buf_check(&t->title);

	return rc ? rc : buf_check(&t->content);
}

void index_text_release(struct index_text *t)
{
	buf_release(&t->title);
	buf_release(&t->content);
}

static bool text_differs(const struct change *c)
{
	for (size_t i = 0; i < c->e->nfields; i++)
		if (c->e->fields[i].flags & AWM_SEARCH && change_differs(c, i))
			return true;
	return false;
}

static int remove_row(struct awm_session *s, const struct change *c)
{
	int rc = db_run(s->db, query_search_fts_rm_sqlite, "ti", c->e->name,
			c->id);

	return rc ? rc
		  : db_run(s->db,
			   "DELETE FROM \"search_indexes\" WHERE "
			   "\"entityType\"=?1 AND \"entityId\"=?2",
			   "ti", c->e->name, c->id);
}

static int add_row(struct awm_session *s, const struct change *c,
		   const struct index_text *t)
{
	int rc = db_run(s->db,
			"INSERT INTO \"search_indexes\"(\"entityType\","
			"\"entityId\",\"title\",\"content\",\"createdAt\","
			"\"updatedAt\") VALUES (?1,?2,?3,?4,?5,?5)",
			"titti", c->e->name, c->id, buf_str(&t->title),
			buf_str(&t->content), s->now);

	return rc ? rc
		  : db_run(s->db, query_search_fts_add_sqlite, "itt",
			   db_inserted(s->db), buf_str(&t->title),
			   buf_str(&t->content));
}

/* The words first: what they were is read from the text. */
static int set_row(struct awm_session *s, const struct change *c,
		   const struct index_text *t)
{
	int rc = db_run(s->db, query_search_fts_set_sqlite, "titt", c->e->name,
			c->id, buf_str(&t->title), buf_str(&t->content));

	if (!rc)
		rc = db_run(s->db,
			    "UPDATE \"search_indexes\" SET \"title\"=?3,"
			    "\"content\"=?4,\"updatedAt\"=?5 WHERE "
			    "\"entityType\"=?1 AND \"entityId\"=?2",
			    "titti", c->e->name, c->id, buf_str(&t->title),
			    buf_str(&t->content), s->now);
	if (rc || db_changes(s->db))
		return rc;
	return add_row(s, c, t);
}

static int write_row(struct awm_session *s, const struct change *c)
{
	struct index_text text = {0};
	int rc;

	for (size_t i = 0; i < c->e->nfields; i++)
		index_text_add(&text, &c->e->fields[i], &c->after[i]);
	rc = index_text_check(&text);
	if (!rc)
		rc = c->before ? set_row(s, c, &text) : add_row(s, c, &text);
	index_text_release(&text);
	return rc;
}

int index_update(struct awm_session *s, const struct change *c)
{
	if (!index_has(c->e))
		return 0;
	if (!c->after)
		return remove_row(s, c);
	return !c->before || text_differs(c) ? write_row(s, c) : 0;
}
