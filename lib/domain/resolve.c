// SPDX-License-Identifier: MIT
/* From what a person wrote to a row: ids, names, "me". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/pool.h"
#include "domain/scope.h"
#include "domain/session.h"
#include "entity/entity.h"
#include "entity/field.h"
#include "entity/store.h"

#define SLUGS_MAX 4

static bool is_digits(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

static int parse_id(const struct awm_entity *e, const char *text, int64_t *ret)
{
	errno = 0;
	long long v = strtoll(text, NULL, 10);

	if (errno || v < 1)
		return err_set(AWM_USAGE, "'%s' is no id of a %s", text,
			       e->label);
	*ret = v;
	return 0;
}

/* One look through the names of an entity. */
struct search {
	const struct awm_entity *e;
	const char *text;
	bool exact; /* compare bytes; otherwise folded */
	size_t found;
	int64_t id;
	struct buf candidates; /* of an ambiguous name */
	char near[160];
	size_t near_distance;
};

static bool same(const struct search *look, const struct awm_value *v)
{
	if (v->kind != AWM_TEXT)
		return false;
	return look->exact ? !strcmp(v->s, look->text)
			   : utf8_same_folded(v->s, look->text);
}

static void note_near(struct search *look, const struct awm_value *v)
{
	if (v->kind != AWM_TEXT || v->len >= sizeof(look->near))
		return;
	size_t d = utf8_distance(look->text, v->s, look->near_distance);
	if (d >= look->near_distance)
		return;
	look->near_distance = d;
	memcpy(look->near, v->s, v->len + 1);
}

static int compare_row(void *ctx, const struct awm_record *row)
{
	struct search *look = ctx;
	bool hit = false;

	for (size_t i = 1; i < row->count; i++) {
		hit |= same(look, &row->values[i]);
		note_near(look, &row->values[i]);
	}
	if (!hit)
		return 0;
	look->id = row->values[0].i;
	buf_addf(&look->candidates, "%s%lld (%s)", look->found ? ", " : "",
		 (long long)look->id,
		 row->values[1].kind == AWM_TEXT ? row->values[1].s : "");
	look->found++;
	return 0;
}

static int look_through(struct awm_session *s, struct search *look)
{
	const struct awm_field *fields[SLUGS_MAX + 1] = {look->e->fields};
	struct awm_sort by_id = {look->e->fields, false};
	struct awm_value seen;
	struct awm_cond cond;
	struct awm_query q = {.entity = look->e,
			      .sort = &by_id,
			      .nsort = 1,
			      .fields = fields,
			      .nfields = 1};

	if (scope_of(s, look->e, &seen, &cond)) {
		q.conds = &cond;
		q.nconds = 1;
	}
	for (size_t i = 0; i < look->e->nfields && q.nfields <= SLUGS_MAX; i++)
		if (look->e->fields[i].flags & AWM_SLUG)
			fields[q.nfields++] = &look->e->fields[i];
	if (q.nfields == 1)
		return err_set(AWM_USAGE, "'%s' is no id of a %s", look->text,
			       look->e->label);
	look->found = 0;
	buf_truncate(&look->candidates, 0);
	return store_list(s->db, &q, compare_row, look);
}

static int not_found(const struct search *look)
{
	err_set(AWM_NOT_FOUND, "no %s '%s'", look->e->label, look->text);
	if (*look->near && look->near_distance <= strlen(look->text) / 3 + 1)
		return err_hint("did you mean '%s'?", look->near);
	return -AWM_NOT_FOUND;
}

static int by_name(struct awm_session *s, const struct awm_entity *e,
		   const char *text, int64_t *ret)
{
	struct search look = {.e = e, .text = text, .near_distance = 4};
	int rc = look_through(s, &look);

	/* Two that differ in case only: the one that was typed. */
	if (!rc && look.found > 1) {
		look.exact = true;
		rc = look_through(s, &look);
		if (!rc && look.found != 1) {
			look.exact = false;
			rc = look_through(s, &look);
		}
	}
	if (!rc && !look.found)
		rc = not_found(&look);
	if (!rc && look.found > 1) {
		err_set(AWM_CONFLICT, "%zu %ss are called '%s'", look.found,
			e->label, text);
		rc = err_hint("name one by its id: %s",
			      buf_str(&look.candidates));
	}
	if (!rc)
		*ret = look.id;
	buf_release(&look.candidates);
	return rc;
}

int awm_resolve(struct awm_session *s, const struct awm_entity *e,
		const char *text, int64_t *ret_id)
{
	int64_t id = 0;
	int rc;

	if (!*text)
		return err_set(AWM_USAGE, "empty name of a %s", e->label);
	if (!utf8_valid(text, strlen(text)))
		return err_set(AWM_USAGE, "'%s' is not valid UTF-8", text);
	if (e == &entity_user && !strcmp(text, "me")) {
		*ret_id = s->actor.id;
		return 0;
	}
	if (!is_digits(text + (*text == '#')))
		return by_name(s, e, text, ret_id);
	rc = parse_id(e, text + (*text == '#'), &id);
	if (!rc)
		rc = store_exists(s->db, e, id);
	if (!rc)
		rc = scope_require(s, e, id);
	if (!rc)
		*ret_id = id;
	return rc;
}

int awm_time_parse(struct awm_session *s, const char *text, int64_t *ret_ms)
{
	return time_parse(text, s->acting ? s->actor.timezone : NULL, s->now,
			  ret_ms);
}

int awm_value_parse(struct awm_session *s, const struct awm_field *field,
		    const char *text, struct awm_pool *pool,
		    struct awm_value *ret)
{
	bool none = !*text || !strcmp(text, "none");
	int64_t id;
	int rc;

	if (field->type != AWM_TYPE_REF ||
	    (none && !(field->flags & AWM_REQUIRED)))
		return field_parse(field, text,
				   s->acting ? s->actor.timezone : NULL, s->now,
				   pool_arena(pool), ret);
	rc = awm_resolve(s, awm_entity_of_table(field->ref), text, &id);
	if (!rc)
		*ret = AWM_VALUE_INT(id);
	return rc;
}
