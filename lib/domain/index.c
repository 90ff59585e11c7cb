// SPDX-License-Identifier: MIT
/* search_indexes: the text of each row that can be searched for, kept by the
 * transaction that changes the row. */
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "domain/mutate.h"
#include "entity/store.h"

static bool is_searchable(const struct awm_entity *e)
{
	for (size_t i = 0; i < e->nfields; i++)
		if (e->fields[i].flags & AWM_SEARCH)
			return true;
	return false;
}

static bool is_live(const struct change *c)
{
	if (!c->after)
		return false;
	return c->e->deleted_at < 0 ||
	       c->after[c->e->deleted_at].kind == AWM_NULL;
}

static bool text_differs(const struct change *c)
{
	if (!c->before ||
	    is_live(c) != (c->e->deleted_at < 0 ||
			   c->before[c->e->deleted_at].kind == AWM_NULL))
		return true;
	for (size_t i = 0; i < c->e->nfields; i++)
		if (c->e->fields[i].flags & AWM_SEARCH && change_differs(c, i))
			return true;
	return false;
}

static void add_text(struct buf *out, const struct change *c)
{
	for (size_t i = 0; i < c->e->nfields; i++) {
		const struct awm_value *v = &c->after[i];
		if (!(c->e->fields[i].flags & AWM_SEARCH) ||
		    v->kind != AWM_TEXT || !strcmp(v->s, "[]"))
			continue;
		if (out->len)
			buf_addc(out, '\n');
		buf_add(out, v->s, v->len);
	}
}

static int remove_row(struct awm_session *s, const struct change *c)
{
	return db_run(s->db,
		      "DELETE FROM \"search_indexes\" WHERE "
		      "\"entityType\"=?1 AND \"entityId\"=?2",
		      "ti", c->e->name, c->id);
}

static int write_row(struct awm_session *s, const struct change *c)
{
	_cleanup_buf_ struct buf text = {0};
	int rc;

	add_text(&text, c);
	rc = buf_check(&text);
	if (rc)
		return rc;
	if (c->before) {
		rc = db_run(s->db,
			    "UPDATE \"search_indexes\" SET \"content\"=?3,"
			    "\"updatedAt\"=?4 WHERE \"entityType\"=?1 AND "
			    "\"entityId\"=?2",
			    "titi", c->e->name, c->id, buf_str(&text), s->now);
		if (rc || db_changes(s->db))
			return rc;
	}
	return db_run(s->db,
		      "INSERT INTO \"search_indexes\"(\"entityType\","
		      "\"entityId\",\"content\",\"createdAt\",\"updatedAt\") "
		      "VALUES (?1,?2,?3,?4,?4)",
		      "titi", c->e->name, c->id, buf_str(&text), s->now);
}

int index_update(struct awm_session *s, const struct change *c)
{
	if (!is_searchable(c->e))
		return 0;
	if (!is_live(c))
		return remove_row(s, c);
	return text_differs(c) ? write_row(s, c) : 0;
}
