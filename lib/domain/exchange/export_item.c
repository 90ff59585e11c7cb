// SPDX-License-Identifier: MIT
/* The row of a task, and what stands beside it, as an item. */
#include <string.h>

#include "base/err.h"
#include "domain/exchange/export.h"
#include "entity/store.h"

#define INBOX "Inbox"

/* The login of somebody who was made for one, else the email. */
static int person(struct exporter *x, const char *email, const char *name,
		  const char **ret, const char **ret_email)
{
	const char *at = email ? strrchr(email, '@') : NULL;

	if (!email)
		return 0;
	*ret_email = arena_strdup(x->scratch, email);
	*ret = arena_strdup(x->scratch,
			    at && !strcmp(at + 1, x->domain) ? name : email);
	return *ret && *ret_email ? 0 : -AWM_NOMEM;
}

static const char *text(struct exporter *x, struct stream *st, int column)
{
	const char *s = db_column_text(st->st, column);

	return s ? arena_strdup(x->scratch, s) : NULL;
}

/* Without the name of the file that the id is from. */
static const char *unscoped(const struct exporter *x, const char *external)
{
	const char *slash = x->format->scoped ? strchr(external, '/') : NULL;

	return slash ? slash + 1 : external;
}

/* The name that a task has in the format. */
static const char *uid_of(struct exporter *x, int64_t id, const char *external)
{
	return external ? arena_strdup(x->scratch, unscoped(x, external))
			: x->format->uid(x->scratch, x->database, id);
}

static int read_around(struct exporter *x, int64_t id, struct item *it)
{
	struct stream *st = &x->around;
	int rc = stream_at(st, id);
	int64_t parent;

	if (rc <= 0)
		return rc;
	it->project = text(x, st, 1);
	it->repository = text(x, st, 2);
	rc = person(x, db_column_text(st->st, 3), db_column_text(st->st, 4),
		    &it->assignee, &it->email);
	it->defer_until = db_column_int(st->st, 5);
	parent = db_column_int(st->st, 6);
	if (parent)
		it->parent = uid_of(x, parent, db_column_text(st->st, 7));
	return !rc && it->project && (it->parent || !parent) ? 0 : -AWM_NOMEM;
}

static int read_blockers(struct exporter *x, int64_t id, struct item *it)
{
	struct stream *st = &x->blockers;
	int rc;

	while ((rc = stream_at(st, id)) > 0) {
		const char *uid = uid_of(x, db_column_int(st->st, 1),
					 db_column_text(st->st, 2));
		rc = uid ? names_add(x->scratch, &it->blockers, uid)
			 : -AWM_NOMEM;
		if (!rc)
			rc = stream_next(st);
		if (rc)
			return rc;
	}
	return rc;
}

static int read_notes(struct exporter *x, int64_t id, struct item *it)
{
	struct stream *st = &x->comments;
	int rc;

	while ((rc = stream_at(st, id)) > 0) {
		const char *content = text(x, st, 4), *who = NULL,
			   *email = NULL;

		rc = person(x, db_column_text(st->st, 2),
			    db_column_text(st->st, 3), &who, &email);
		if (!rc)
			rc = content ? item_note(it, who, content,
						 db_column_int(st->st, 1))
				     : -AWM_NOMEM;
		if (!rc)
			it->notes[it->nnotes - 1].email = email;
		if (!rc)
			rc = stream_next(st);
		if (rc)
			return rc;
	}
	return rc;
}

/* The record as it came last. */
static int read_origin(struct exporter *x, int64_t id, struct item *it,
		       cJSON **ret)
{
	struct stream *st = &x->origins;
	_cleanup_json_ cJSON *metadata = NULL;
	const char *found;
	int rc = stream_at(st, id);

	if (rc <= 0)
		return rc;
	found = db_column_text(st->st, 1);
	it->uid = uid_of(x, id, found);
	x->scope = arena_strndup(x->scratch, found,
				 (size_t)(unscoped(x, found) - found));
	found = db_column_text(st->st, 2);
	rc = found ? json_parse(found, strlen(found), &metadata) : 0;
	if (!it->uid || !x->scope)
		rc = -AWM_NOMEM;
	if (rc || !origin_record(metadata))
		return rc;
	*ret = cJSON_Duplicate(origin_record(metadata), true);
	return *ret ? 0 : err_nomem();
}

/* ---- what could not be linked is not lost ---- */

/* Whether a task of that name could be referred to. */
static int is_here(struct exporter *x, const char *uid, bool *ret)
{
	struct origin o = {0};
	struct awm_value deleted = AWM_VALUE_NULL;
	const char *name = arena_printf(x->scratch, "%s%s", x->scope, uid);
	int rc = name ? origin_find(x->s, x->source, "task", name, &o)
		      : -AWM_NOMEM;

	if (!rc)
		rc = db_get(x->s->db, NULL, &deleted,
			    "SELECT \"deletedAt\" FROM \"tasks\" "
			    "WHERE \"id\"=?1",
			    "i", o.row);
	*ret = !rc && deleted.kind == AWM_NULL;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	return 0;
}

/* In the order of the record: those that are still there, and those that never
 * could be; then what came since. */
static int keep_dangling(struct exporter *x, struct item *it,
			 const struct item *was)
{
	struct names all = {0};
	int rc = 0;

	for (size_t i = 0; i < was->blockers.n && !rc; i++) {
		const char *uid = was->blockers.items[i];
		bool here = false;
		if (!names_hold(&it->blockers, uid))
			rc = is_here(x, uid, &here);
		if (!rc && !here)
			rc = names_add(x->scratch, &all, uid);
	}
	for (size_t i = 0; i < it->blockers.n && !rc; i++)
		if (!names_hold(&all, it->blockers.items[i]))
			rc = names_add(x->scratch, &all, it->blockers.items[i]);
	it->blockers = all;
	if (!rc && was->parent && !it->parent) {
		bool here;
		rc = is_here(x, was->parent, &here);
		if (!here)
			it->parent = was->parent;
	}
	return rc;
}

/* Spelled as the record does. */
static int same_spelling(struct exporter *x, const char *theirs,
			 const char *email, const char **who)
{
	const char *mapped;

	if (!theirs || !email)
		return 0;
	mapped = person_email(x->scratch, theirs, x->domain);
	if (mapped && !strcmp(mapped, email))
		*who = theirs;
	return mapped ? 0 : -AWM_NOMEM;
}

static int spell_note(struct exporter *x, const struct note *theirs,
		      struct item *it)
{
	for (size_t i = 0; i < it->nnotes; i++) {
		struct note *n = &it->notes[i];
		if (n->at != theirs->at || strcmp(n->text, theirs->text) != 0)
			continue;
		/* Who imported it did not write it. */
		if (!theirs->author)
			n->author = NULL;
		return same_spelling(x, theirs->author, n->email, &n->author);
	}
	return 0;
}

static int read_was(struct exporter *x, const cJSON *original, struct item *it,
		    struct item *was)
{
	const struct dialect plain = {0};
	int rc = x->format->read(&plain, original, was);

	if (!rc)
		rc = same_spelling(x, was->assignee, it->email, &it->assignee);
	for (size_t i = 0; i < was->nnotes && !rc; i++)
		rc = spell_note(x, &was->notes[i], it);
	return rc ? rc : keep_dangling(x, it, was);
}

int export_item(struct exporter *x, const struct awm_record *row,
		struct item *ret, struct item *was, cJSON **ret_original)
{
	int64_t id = row->values[TASK_id].i;
	int rc;

	for (size_t i = 0; i < TASK_NFIELDS; i++)
		item_set(ret, i, row->values[i]);
	rc = read_around(x, id, ret);
	if (!rc)
		rc = read_blockers(x, id, ret);
	if (!rc)
		rc = read_notes(x, id, ret);
	if (!rc)
		rc = read_origin(x, id, ret, ret_original);
	if (!rc && *ret_original)
		rc = read_was(x, *ret_original, ret, was);
	if (rc)
		return rc;
	if (!ret->uid || (*ret_original && !was->uid))
		ret->uid = x->format->uid(x->scratch, x->database, id);
	/* Where no project was named. */
	if (!strcmp(ret->project, INBOX) &&
	    !(was->project && !strcmp(was->project, INBOX)))
		ret->project = NULL;
	return ret->uid ? 0 : -AWM_NOMEM;
}
