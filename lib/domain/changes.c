// SPDX-License-Identifier: MIT
/* The change that a transaction is: numbered when it first records an
 * activity. */
#include "base/err.h"
#include "base/jsonw.h"
#include "domain/undo.h"
#include "entity/entity.h"
#include "entity/store.h"

static const char *kind(const struct awm_session *s)
{
	if (!s->undoes)
		return "change";
	return s->redo ? "redo" : "undo";
}

static int begin(struct awm_session *s)
{
	struct awm_value v[CHANGE_NFIELDS] = {0};
	bool mask[CHANGE_NFIELDS] = {0};

	v[CHANGE_userId] = AWM_VALUE_INT(s->actor.id);
	v[CHANGE_kind] = awm_value_text(kind(s));
	v[CHANGE_createdAt] = AWM_VALUE_INT(s->now);
	mask[CHANGE_userId] = mask[CHANGE_kind] = mask[CHANGE_createdAt] = true;
	if (s->undoes) {
		v[CHANGE_undoes] = AWM_VALUE_INT(s->undoes);
		mask[CHANGE_undoes] = true;
	}
	return store_insert(s->db, &entity_change, v, mask, &s->change);
}

int undo_change(struct awm_session *s, struct awm_value *ret)
{
	int rc = 0;

	*ret = AWM_VALUE_NULL;
	if (!s->acting || s->chore)
		return 0;
	if (!s->change)
		rc = begin(s);

	if (!rc)
		*ret = AWM_VALUE_INT(s->change);
	return rc;
}

void undo_mark(const struct awm_session *s, struct jsonw *w)
{
	if (!s->undoes)
		return;
	jsonw_key(w, s->redo ? "redo" : "undo");
	jsonw_int(w, s->undoes);
}
