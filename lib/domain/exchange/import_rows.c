// SPDX-License-Identifier: MIT
/* What tasks of an import have beside them: people, projects, comments. */
#include <awm/bulk.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "domain/mutate.h"
#include "entity/store.h"

static struct awm_set set(const struct awm_entity *e, size_t field,
			  struct awm_value v)
{
	return (struct awm_set){&e->fields[field], v};
}

/* ---- people ---- */

static int make_person(struct importer *im, const char *who, const char *email,
		       int64_t *ret)
{
	const struct awm_entity *e = &entity_user;
	const char *name =
		arena_strndup(im->scratch, who,
			      *who == '@' ? strlen(who) : strcspn(who, "@"));
	struct awm_set sets[] = {
		set(e, USER_email, awm_value_text(email)),
		set(e, USER_name, awm_value_text(name)),
	};
	struct awm_record *row;
	int rc = name ? mutate_add(im->s, e, sets, ARRAY_LEN(sets), NULL, NULL,
				   im->scratch, &row)
		      : -AWM_NOMEM;

	if (rc)
		return err_context("'%s'", who);
	im->sum.users++;
	*ret = row->values[USER_id].i;
	return 0;
}

int import_person(struct importer *im, const char *who, int64_t *ret)
{
	struct awm_value id = AWM_VALUE_INT(0);
	const char *email;
	int rc;

	if (known_find(&im->people, who, ret))
		return 0;
	email = person_email(im->scratch, who, im->domain);
	if (!email)
		return -AWM_NOMEM;
	rc = db_get(im->s->db, NULL, &id,
		    "SELECT \"id\" FROM \"users\" WHERE \"email\"=?1", "t",
		    email);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		rc = make_person(im, who, email, &id.i);
	}
	if (!rc)
		rc = known_add(&im->people, who, id.i);
	if (!rc)
		*ret = id.i;
	return rc;
}

/* ---- projects ---- */

static int make_project(struct importer *im, const char *title,
			const char *repository, int64_t *ret)
{
	const struct awm_entity *e = &entity_project;
	struct awm_set sets[] = {
		set(e, PROJECT_title, awm_value_text(title)),
		set(e, PROJECT_gitRepository, awm_value_text(repository)),
	};
	struct awm_record *row;
	int rc = mutate_add(im->s, e, sets, ARRAY_LEN(sets), NULL, NULL,
			    im->scratch, &row);

	if (rc)
		return err_context("project '%s'", title);
	im->sum.projects++;
	*ret = row->values[PROJECT_id].i;
	return 0;
}

int import_project(struct importer *im, const char *title,
		   const char *repository, int64_t *ret)
{
	struct awm_value id = AWM_VALUE_INT(0);
	int rc;

	if (!title && !im->inbox) {
		rc = awm_inbox(im->s, &im->inbox);
		if (rc)
			return rc;
	}
	if (!title) {
		*ret = im->inbox;
		return 0;
	}
	if (known_find(&im->projects, title, ret))
		return 0;
	rc = db_get(im->s->db, NULL, &id,
		    "SELECT \"id\" FROM \"projects\" WHERE \"title\"=?1 "
		    "ORDER BY \"isArchived\",\"id\" LIMIT 1",
		    "t", title);
	if (rc == -AWM_NOT_FOUND) {
		err_clear();
		rc = make_project(im, title, repository, &id.i);
	}
	if (!rc)
		rc = known_add(&im->projects, title, id.i);
	if (!rc)
		*ret = id.i;
	return rc;
}

/* ---- comments ---- */

static bool holds(const struct item *it, const struct note *n)
{
	for (size_t i = 0; it && i < it->nnotes; i++)
		if (it->notes[i].at == n->at &&
		    !strcmp(it->notes[i].text, n->text))
			return true;
	return false;
}

/* 0: none. */
static int find_note(struct importer *im, int64_t task, const struct note *n,
		     int64_t *ret)
{
	struct awm_value id = AWM_VALUE_INT(0);
	int rc = db_get(im->s->db, NULL, &id,
			"SELECT \"id\" FROM \"comments\" WHERE \"taskId\"=?1 "
			"AND \"createdAt\"=?2 AND \"content\"=?3 AND "
			"\"deletedAt\" IS NULL LIMIT 1",
			"iit", task, n->at, n->text);

	*ret = id.i;
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	*ret = 0;
	return 0;
}

static int add_note(struct importer *im, int64_t task, const struct note *n)
{
	const struct awm_entity *e = &entity_comment;
	int64_t author = im->s->actor.id;
	int rc = n->author ? import_person(im, n->author, &author) : 0;
	struct awm_set sets[] = {
		set(e, COMMENT_taskId, AWM_VALUE_INT(task)),
		set(e, COMMENT_userId, AWM_VALUE_INT(author)),
		set(e, COMMENT_content, awm_value_text(n->text)),
		set(e, COMMENT_createdAt,
		    AWM_VALUE_INT(n->at ? n->at : im->s->now)),
		set(e, COMMENT_updatedAt,
		    AWM_VALUE_INT(n->at ? n->at : im->s->now)),
	};

	if (rc)
		return rc;
	rc = mutate_add(im->s, e, sets, ARRAY_LEN(sets), NULL, NULL,
			im->scratch, NULL);
	im->sum.comments++;
	return rc ? err_context("a comment") : 0;
}

/* One that the record has lost. */
static int drop_note(struct importer *im, int64_t task, const struct note *n)
{
	const struct awm_set gone = set(&entity_comment, COMMENT_deletedAt,
					AWM_VALUE_INT(im->s->now));
	int64_t id;
	int rc = find_note(im, task, n, &id);

	return rc || !id ? rc
			 : mutate_edit(im->s, &entity_comment, id, &gone, 1,
				       NULL, NULL, im->scratch, NULL);
}

int import_notes(struct importer *im, int64_t task, const struct item *it,
		 const struct item *was)
{
	int rc = 0;

	for (size_t i = 0; was && i < was->nnotes && !rc; i++)
		if (!holds(it, &was->notes[i]))
			rc = drop_note(im, task, &was->notes[i]);
	for (size_t i = 0; i < it->nnotes && !rc; i++)
		if (!holds(was, &it->notes[i]))
			rc = add_note(im, task, &it->notes[i]);
	return rc;
}
