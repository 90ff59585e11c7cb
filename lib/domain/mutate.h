/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_MUTATE_H
#define DOMAIN_MUTATE_H

#include <awm/write.h>

#include "base/json.h"
#include "base/mem.h"
#include "domain/session.h"
#include "entity/entity.h"

/*
 * The one place that every write passes. In one transaction it checks the
 * role, reads the row as it stands (under the write lock, so that a change of
 * a JSON array is made from the array that it replaces), applies the change,
 * validates it, asks the rules of the entity, writes what differs, records an
 * activity with the difference, and updates derived rows and the search
 * index. Imports, automations and plans use it as well: there is no second
 * path.
 */

/* What a change does beside its columns, as a member of the activity's
 * changes: {"from":…,"to":…}. */
struct change_more {
	const char *name;
	const char *json;
};
#define CHANGE_MORE_MAX 4

/* A change on its way. Values are arrays with one slot for each field of the
 * entity; texts live in the arena. */
struct change {
	const struct awm_entity *e;
	int64_t id;		  /* 0 before a new row is written */
	struct awm_value *before; /* NULL when the row is added */
	struct awm_value *after;  /* NULL when it is deleted */
	bool *mask;		  /* what is written: set fields, later diff */
	const char *event;	  /* set by rules: other than the usual */
	const char *metadata;	  /* JSON object for the activity, or NULL */
	const char *import;	  /* JSON, "import" in it: where the row comes
				     from; or NULL */
	struct arena *arena;
	struct change_more more[CHANGE_MORE_MAX];
	size_t nmore;
};

/* Called with the row locked and the sets applied, before anything is
 * checked: changes more of c->after through change_set(), or refuses. */
typedef int mutate_fn(struct awm_session *s, struct change *c, void *ctx);

/* `arena` and `ret` may be NULL. Unlike awm_add() and awm_edit() these also
 * set columns that awm keeps. */
int mutate_add(struct awm_session *s, const struct awm_entity *e,
	       const struct awm_set *sets, size_t n, mutate_fn *amend,
	       void *ctx, struct arena *arena, struct awm_record **ret);
int mutate_edit(struct awm_session *s, const struct awm_entity *e, int64_t id,
		const struct awm_set *sets, size_t n, mutate_fn *amend,
		void *ctx, struct arena *arena, struct awm_record **ret);
int mutate_delete(struct awm_session *s, const struct awm_entity *e, int64_t id,
		  struct arena *arena, struct awm_record **ret);

/* A row as it stood in another database, or in this one: checked and indexed,
 * and nothing more. No rule changes it and no activity tells of it, since its
 * own come along with it. Takes an admin. A value for each field; the id is
 * chosen when it is null. */
int mutate_restore(struct awm_session *s, const struct awm_entity *e,
		   struct awm_value *values, struct arena *arena,
		   int64_t *ret_id);

/* Parses a JSON column of c->after. What the database holds was checked on its
 * way in, so anything else is damage: AWM_DATABASE, naming the row. */
int change_json(const struct change *c, size_t field, cJSON **ret);

void change_set(struct change *c, size_t field, struct awm_value value);
/* Tells of a change that is in no column; so an edit of none is one too. Texts
 * are JSON, NULL for null. Nothing when they are the same. */
int change_tell(struct change *c, const char *name, const char *from,
		const char *to);
/* Whether the field differs between before and after. */
bool change_differs(const struct change *c, size_t field);
/* Whether the text of an enum field is `word`. */
bool value_is(const struct awm_value *v, const char *word);

/*
 * What is particular to an entity. `check` runs before the row is written and
 * may set more fields or refuse; `wrote` runs after, in the same transaction,
 * for derived rows; `event` names the activity when the change is more than
 * "created", "updated" or "deleted".
 */
struct rules {
	const struct awm_entity *entity;
	enum role role;	       /* to add, edit */
	enum role delete_role; /* to delete */
	const char *(*event)(const struct change *c);
	int (*check)(struct awm_session *s, struct change *c);
	int (*wrote)(struct awm_session *s, const struct change *c);
};

/* rules.c; never NULL: entities without rules of their own share one. */
const struct rules *rules_of(const struct awm_entity *e);
extern const struct rules task_rules, project_rules, user_rules;
extern const struct rules notification_rules, team_rules;
extern const struct rules template_rules, template_rating_rules;
extern const struct rules integration_rules;

/* activity.c: records the change; the type is c->event or the usual one. */
int activity_record(struct awm_session *s, const struct change *c);
/* Before rows are deleted, which may take activities along: their ids are not
 * used again, so that whoever follows them can tell what is new. */
int activity_floor(struct awm_session *s);

/* index.c: the row's text in search_indexes. */
int index_update(struct awm_session *s, const struct change *c);

#endif
