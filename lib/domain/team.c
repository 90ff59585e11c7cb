// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "domain/cascade.h"
#include "domain/mutate.h"
#include "entity/store.h"

#define SLUG_MAX 90 /* leaves room for a number */

/* "Ops & Größe" is ops-grosse; what has no letters of the alphabet is team. */
static void add_slug(struct buf *out, const char *name)
{
	_cleanup_buf_ struct buf folded = {0};
	bool gap = false;

	utf8_add_folded(&folded, name, strlen(name));
	for (const char *p = buf_str(&folded); *p && out->len < SLUG_MAX; p++) {
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9')) {
			gap = true;
			continue;
		}
		if (gap && out->len)
			buf_addc(out, '-');
		gap = false;
		buf_addc(out, *p);
	}
	if (!out->len)
		buf_adds(out, "team");
	out->failed |= folded.failed;
}

static int is_taken(struct awm_session *s, const char *slug, int64_t but,
		    bool *ret)
{
	struct awm_value n;
	int rc = db_get(s->db, NULL, &n,
			"SELECT COUNT(*) FROM \"teams\" "
			"WHERE \"slug\"=?1 AND \"id\"<>?2",
			"ti", slug, but);

	*ret = !rc && n.i;
	return rc;
}

static int make_slug(struct awm_session *s, struct change *c)
{
	_cleanup_buf_ struct buf slug = {0};
	size_t stem;
	bool taken;
	int rc;

	add_slug(&slug, c->after[TEAM_name].s);
	stem = slug.len;
	rc = buf_check(&slug);
	if (!rc)
		rc = is_taken(s, slug.s, 0, &taken);
	for (int n = 2; !rc && taken; n++) {
		buf_truncate(&slug, stem);
		buf_addf(&slug, "-%d", n);
		rc = buf_check(&slug);
		if (!rc)
			rc = is_taken(s, slug.s, 0, &taken);
	}
	if (rc)
		return rc;
	const char *text = arena_strndup(c->arena, slug.s, slug.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, TEAM_slug, awm_value_text(text));
	return 0;
}

static int team_check(struct awm_session *s, struct change *c)
{
	bool taken;
	int rc;

	if (!c->after)
		return cascade_team(s, c->id);
	if (!c->before && !c->mask[TEAM_slug] &&
	    c->after[TEAM_name].kind == AWM_TEXT)
		return make_slug(s, c);
	if (c->after[TEAM_slug].kind != AWM_TEXT ||
	    !change_differs(c, TEAM_slug))
		return 0;
	rc = is_taken(s, c->after[TEAM_slug].s, c->id, &taken);
	if (rc || !taken)
		return rc;
	return err_set(AWM_CONFLICT, "there is a team '%s' already",
		       c->after[TEAM_slug].s);
}

const struct rules team_rules = {
	.entity = &entity_team,
	.role = ROLE_ADMIN,
	.delete_role = ROLE_ADMIN,
	.check = team_check,
};
