// SPDX-License-Identifier: MIT
/* Parents and blockers: written once every task of the file is there. */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "domain/exchange/exchange.h"
#include "domain/mutate.h"
#include "domain/work.h"
#include "entity/store.h"

struct link {
	struct link *next;
	int64_t task;
	size_t line;
	const char *parent; /* NULL: none */
	bool set_parent;
	struct names add, drop; /* blockers */
	struct link *up;	/* who led here */
	size_t child;		/* of those to be written before: the next */
	bool seen;
};

static int keep_names(struct arena *a, struct names *to,
		      const struct names *from, const struct names *without)
{
	for (size_t i = 0; i < from->n; i++) {
		const char *name;
		int rc;

		if (without && names_hold(without, from->items[i]))
			continue;
		name = arena_strdup(a, from->items[i]);
		rc = name ? names_add(a, to, name) : -AWM_NOMEM;
		if (rc)
			return rc;
	}
	return 0;
}

int link_keep(struct importer *im, int64_t task, const struct item *it,
	      const struct item *was)
{
	const char *parent = was ? was->parent : NULL;
	bool set_parent =
		strcmp(it->parent ? it->parent : "", parent ? parent : "") != 0;
	struct link *l;
	int rc;

	if (!set_parent && !it->blockers.n && !(was && was->blockers.n))
		return 0;
	l = arena_alloc(&im->arena, sizeof(*l));
	if (!l)
		return -AWM_NOMEM;
	*l = (struct link){.task = task,
			   .line = im->records.line,
			   .set_parent = set_parent};
	rc = keep_names(&im->arena, &l->add, &it->blockers,
			was ? &was->blockers : NULL);
	if (!rc && was)
		rc = keep_names(&im->arena, &l->drop, &was->blockers,
				&it->blockers);
	if (!rc && it->parent) {
		l->parent = arena_strdup(&im->arena, it->parent);
		rc = l->parent ? 0 : -AWM_NOMEM;
	}
	if (rc)
		return rc;
	rc = known_add(&im->waiting, it->uid, (int64_t)(intptr_t)l);
	if (rc)
		return rc;
	if (!im->last_link)
		im->last_link = &im->links;
	*im->last_link = l;
	im->last_link = &l->next;
	return 0;
}

/* 0: nothing that can be referred to. */
static int target(struct importer *im, const char *uid, int64_t *ret)
{
	struct origin o = {0};
	struct awm_value deleted;
	int rc = import_find(im, uid, &o);

	*ret = 0;
	if (!rc)
		rc = db_get(im->s->db, NULL, &deleted,
			    "SELECT \"deletedAt\" FROM \"tasks\" "
			    "WHERE \"id\"=?1",
			    "i", o.row);
	if (rc == -AWM_NOT_FOUND || (!rc && deleted.kind != AWM_NULL)) {
		err_clear();
		im->sum.unlinked++;
		return 0;
	}
	if (!rc)
		*ret = o.row;
	return rc;
}

struct targets {
	bool set_parent;
	int64_t parent;
	int64_t *ids;
	size_t n;
};

static int amend_link(struct awm_session *s, struct change *c, void *ctx)
{
	const struct targets *t = ctx;

	if (t->set_parent)
		change_set(c, TASK_parentTaskId,
			   t->parent ? AWM_VALUE_INT(t->parent)
				     : AWM_VALUE_NULL);
	return t->n ? dependency_add(s, c, t->ids, t->n) : 0;
}

/* A parent in another project cannot be one here. */
static int find_parent(struct importer *im, const struct link *l,
		       struct targets *t)
{
	struct awm_value same;
	int rc = l->parent ? target(im, l->parent, &t->parent) : 0;

	t->set_parent = l->set_parent && (t->parent || !l->parent);
	if (rc || !t->parent)
		return rc;
	rc = db_get(im->s->db, NULL, &same,
		    "SELECT p.\"projectId\"=t.\"projectId\" "
		    "FROM \"tasks\" p, \"tasks\" t "
		    "WHERE p.\"id\"=?1 AND t.\"id\"=?2",
		    "ii", t->parent, l->task);
	if (rc || same.i)
		return rc;
	t->set_parent = false;
	t->parent = 0;
	im->sum.unlinked++;
	return 0;
}

static int find_targets(struct importer *im, const struct link *l,
			struct targets *t)
{
	int rc = find_parent(im, l, t);

	t->ids = arena_array(im->scratch, l->add.n, sizeof(*t->ids));
	if (!t->ids)
		return -AWM_NOMEM;
	for (size_t i = 0; i < l->add.n && !rc; i++) {
		rc = target(im, l->add.items[i], &t->ids[t->n]);
		t->n += t->ids[t->n] != 0;
	}
	return rc;
}

static int drop(struct importer *im, const struct link *l)
{
	int rc = 0;

	for (size_t i = 0; i < l->drop.n && !rc; i++) {
		struct awm_value found;
		struct origin o = {0};

		rc = import_find(im, l->drop.items[i], &o);
		if (!rc)
			rc = db_get(im->s->db, NULL, &found,
				    "SELECT 1 FROM \"task_dependencies\" WHERE "
				    "\"taskId\"=?1 AND \"blockerId\"=?2",
				    "ii", l->task, o.row);
		if (!rc)
			rc = awm_task_dep_rm(im->s, l->task, &o.row, 1, NULL,
					     NULL);
		if (rc == -AWM_NOT_FOUND) {
			err_clear();
			rc = 0;
		}
	}
	return rc;
}

static int write_link(struct importer *im, const struct link *l)
{
	struct targets t = {0};
	int rc = drop(im, l);

	if (!rc)
		rc = find_targets(im, l, &t);
	if (rc || (!t.n && !t.set_parent))
		return rc;
	im->sum.links += (int64_t)t.n + (t.parent != 0);
	return mutate_edit(im->s, &entity_task, l->task, NULL, 0, amend_link,
			   &t, im->scratch, NULL);
}

static int write_one(struct importer *im, const struct link *l)
{
	struct arena scratch = {0};
	int rc;

	im->scratch = &scratch;
	rc = write_link(im, l);
	arena_release(&scratch);
	if (rc && rc != -AWM_INTERRUPTED)
		err_context("line %zu", l->line);
	if (!rc && im->s->stop)
		rc = err_set(AWM_INTERRUPTED, "interrupted");
	return rc;
}

/* The next parent or blocker that nobody has come to yet; NULL: no more. */
static struct link *before(struct importer *im, struct link *l)
{
	while (l->child <= l->add.n) {
		size_t i = l->child++;
		const char *uid = i ? l->add.items[i - 1] : l->parent;
		struct link *found;
		int64_t at;

		if (!uid || !known_find(&im->waiting, uid, &at))
			continue;
		found = (struct link *)(intptr_t)at;
		if (!found->seen)
			return found;
	}
	return NULL;
}

/* First what it waits for and is part of: so nothing waits yet for a task whose
 * links are written, and to look for circles costs nothing, however long the
 * chains are. What is in a circle comes as it may, and is found. */
static int write_from(struct importer *im, struct link *l)
{
	l->seen = true;
	while (l) {
		struct link *first = before(im, l);
		int rc;

		if (first) {
			first->seen = true;
			first->up = l;
			l = first;
			continue;
		}
		rc = write_one(im, l);
		if (rc)
			return rc;
		l = l->up;
	}
	return 0;
}

int links_write(struct importer *im)
{
	int rc = 0;

	for (struct link *l = im->links; l && !rc; l = l->next)
		if (!l->seen)
			rc = write_from(im, l);
	return rc;
}
