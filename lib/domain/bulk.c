// SPDX-License-Identifier: MIT
/* Tasks from JSON objects, and tasks that are added once. */
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "domain/mutate.h"
#include "domain/pool.h"
#include "domain/task.h"
#include "domain/work.h"
#include "entity/field.h"
#include "entity/store.h"

#include <awm/bulk.h>
#include <awm/work.h>
#include <string.h>

#define INBOX	 "Inbox"
#define BUCKETS	 1024
#define SETS_MAX (TASK_NFIELDS + 1)

/* What a name stood for when it was looked up. */
struct known {
	const struct awm_entity *e;
	const char *text;
	int64_t id;
	struct known *next;
};

struct awm_bulk {
	struct awm_session *s;
	struct awm_bulk_opts opts;
	struct known *known[BUCKETS];
	struct arena arena; /* of known */
};

/* One object on its way to a task. */
struct line {
	struct awm_bulk *b;
	struct awm_pool pool;
	struct awm_set sets[SETS_MAX];
	size_t n;
	const char *key;
	const cJSON *blockers;
	bool defer;
	int64_t until;
};

/* ---- the inbox ---- */

static int find_inbox(struct awm_session *s, void *ctx)
{
	struct awm_set set = {&entity_project.fields[PROJECT_title],
			      awm_value_text(INBOX)};
	struct arena own = {0};
	struct awm_record *row;
	int64_t *ret = ctx;
	int rc = awm_resolve(s, &entity_project, INBOX, ret);

	/* An undo may have put it away. */
	if (!rc)
		return awm_project_archive(s, *ret, false, NULL, NULL);
	if (rc != -AWM_NOT_FOUND)
		return rc;
	err_clear();
	rc = mutate_add(s, &entity_project, &set, 1, NULL, NULL, &own, &row);
	if (!rc)
		*ret = row->values[PROJECT_id].i;
	arena_release(&own);
	return rc;
}

int awm_inbox(struct awm_session *s, int64_t *ret_id)
{
	return awm_transaction(s, find_inbox, ret_id);
}

/* ---- keys ---- */

static int check_key(const char *key)
{
	const char *wanted = field_name_wanted(key, strlen(key));

	if (!utf8_valid(key, strlen(key)))
		wanted = "valid UTF-8";
	return wanted ? err_set(AWM_USAGE, "key: want %s", wanted) : 0;
}

static int find_key(struct awm_session *s, const char *key, int64_t *ret)
{
	struct awm_value id;
	int rc = db_get(s->db, NULL, &id,
			"SELECT \"taskId\" FROM \"idempotency_keys\" "
			"WHERE \"key\"=?1",
			"t", key);

	if (!rc)
		*ret = id.i;
	return rc;
}

int awm_task_of_key(struct awm_session *s, const char *key, int64_t *ret_id)
{
	int rc = find_key(s, key, ret_id);

	return rc != -AWM_NOT_FOUND ? rc
				    : err_set(AWM_NOT_FOUND,
					      "no task was added with the "
					      "key '%s'",
					      key);
}

static int keep_key(struct awm_session *s, const char *key, int64_t id)
{
	return db_run(s->db,
		      "INSERT INTO \"idempotency_keys\"(\"key\",\"taskId\","
		      "\"createdAt\") VALUES (?1,?2,?3)",
		      "tii", key, id, s->now);
}

struct once {
	const char *key;
	const struct awm_set *sets;
	size_t n;
	struct awm_pool *pool;
	struct awm_record *row;
	bool made;
};

static int add_once(struct awm_session *s, void *ctx)
{
	struct once *o = ctx;
	int64_t id;
	int rc = find_key(s, o->key, &id);

	o->made = rc == -AWM_NOT_FOUND;
	if (!rc)
		return awm_get(s, &entity_task, id, o->pool, &o->row);
	if (!o->made)
		return rc;
	err_clear();
	rc = awm_add(s, &entity_task, o->sets, o->n, o->pool, &o->row);
	return rc ? rc : keep_key(s, o->key, o->row->values[TASK_id].i);
}

int awm_task_add_once(struct awm_session *s, const char *key,
		      const struct awm_set *sets, size_t n,
		      struct awm_pool *pool, struct awm_record **ret,
		      bool *ret_made)
{
	struct awm_pool own = {0};
	struct once o = {key, sets, n, pool ? pool : &own, NULL, false};
	int rc = check_key(key);

	if (!rc)
		rc = awm_transaction(s, add_once, &o);
	if (!rc && ret && pool)
		*ret = o.row;
	if (!rc && ret_made)
		*ret_made = o.made;
	arena_release(&own.arena);
	return rc;
}

/* ---- names ---- */

static struct known **bucket(struct awm_bulk *b, const struct awm_entity *e,
			     const char *text)
{
	uint64_t hash = (uintptr_t)e;

	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3u;
	return &b->known[(hash ^ hash >> 32) % BUCKETS];
}

static int resolve(struct awm_bulk *b, const struct awm_entity *e,
		   const char *text, int64_t *ret)
{
	struct known **at = bucket(b, e, text), *k;
	int rc;

	for (k = *at; k; k = k->next) {
		if (k->e != e || strcmp(k->text, text) != 0)
			continue;
		*ret = k->id;
		return 0;
	}
	rc = awm_resolve(b->s, e, text, ret);
	if (rc)
		return rc;
	k = arena_alloc(&b->arena, sizeof(*k));
	if (!k)
		return -AWM_NOMEM;
	*k = (struct known){e, arena_strdup(&b->arena, text), *ret, *at};
	if (!k->text)
		return -AWM_NOMEM;
	*at = k;
	return 0;
}

static bool is_number(const char *s)
{
	s += *s == '#';
	return *s && !s[strspn(s, "0123456789")];
}

/* Tasks have no names; what is no number is a key. */
static int find_task(struct awm_bulk *b, const cJSON *node, const char *what,
		     int64_t *ret)
{
	struct awm_value v;
	int rc;

	if (cJSON_IsString(node) && *node->valuestring &&
	    !is_number(node->valuestring))
		rc = awm_task_of_key(b->s, node->valuestring, ret);
	else if (cJSON_IsString(node))
		rc = awm_resolve(b->s, &entity_task, node->valuestring, ret);
	else {
		rc = field_from_json(&entity_task.fields[TASK_parentTaskId],
				     node, &b->arena, &v);
		if (!rc && v.kind == AWM_INT)
			*ret = v.i;
		else
			rc = err_set(AWM_USAGE, "want an id or a key");
	}
	return rc ? err_context("%s", what) : 0;
}

/* ---- values ---- */

/* What awm adds up from other rows. */
static bool is_counted(size_t field)
{
	return field == TASK_actualMinutes || field == TASK_actualCost ||
	       field == TASK_tokenUsage;
}

static int refuse_counted(const struct awm_field *f, const cJSON *node)
{
	if (cJSON_IsNull(node))
		return 0;
	return err_set(AWM_USAGE,
		       "'%s' is added up from other rows and cannot be set",
		       f->name);
}

static int read_reference(struct line *l, const struct awm_field *f,
			  const cJSON *node, struct awm_value *ret)
{
	const struct awm_entity *e = awm_entity_of_table(f->ref);
	int64_t id;
	int rc;

	if (e == &entity_task)
		rc = find_task(l->b, node, f->name, &id);
	else if (!cJSON_IsString(node))
		return field_from_json(f, node, &l->pool.arena, ret);
	else
		rc = resolve(l->b, e, node->valuestring, &id);
	if (!rc)
		*ret = AWM_VALUE_INT(id);
	return rc;
}

/* Texts stay as they are; what is written for another type is read as a
 * person writes it. */
static int read_value(struct line *l, const struct awm_field *f,
		      const cJSON *node, struct awm_value *ret)
{
	bool text = f->type == AWM_TYPE_TEXT || f->type == AWM_TYPE_JSON;

	if (cJSON_IsNull(node)) {
		*ret = AWM_VALUE_NULL;
		return 0;
	}
	if (f->type == AWM_TYPE_REF)
		return read_reference(l, f, node, ret);
	if (cJSON_IsString(node) && !text)
		return awm_value_parse(l->b->s, f, node->valuestring, &l->pool,
				       ret);
	return field_from_json(f, node, &l->pool.arena, ret);
}

static int set(struct line *l, size_t field, struct awm_value value)
{
	const struct awm_field *f = &entity_task.fields[field];

	for (size_t i = 0; i < l->n; i++)
		if (l->sets[i].field == f)
			return err_set(AWM_USAGE, "'%s' is given twice",
				       f->name);
	l->sets[l->n++] = (struct awm_set){f, value};
	return 0;
}

static const struct awm_value *value_of(const struct line *l, size_t field)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->sets[i].field == &entity_task.fields[field])
			return &l->sets[i].value;
	return NULL;
}

/* ---- keys of the object ---- */

static const struct alias {
	const char *name;
	size_t field;
} aliases[] = {
	{"project", TASK_projectId},	  {"parent", TASK_parentTaskId},
	{"assignee", TASK_assigneeId},	  {"due", TASK_dueDate},
	{"prompt", TASK_generatedPrompt}, {"estimate", TASK_estimatedMinutes},
};

static int field_of(const char *name)
{
	for (size_t i = 0; i < TASK_NFIELDS; i++)
		if (!strcmp(entity_task.fields[i].name, name))
			return (int)i;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return (int)aliases[i].field;
	return -1;
}

static int unknown_key(const char *name)
{
	const char *words[TASK_NFIELDS + ARRAY_LEN(aliases) + 4];
	size_t n = 0;

	for (size_t i = 0; i < TASK_NFIELDS; i++)
		if (!is_counted(i))
			words[n++] = entity_task.fields[i].name;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		words[n++] = aliases[i].name;
	words[n++] = "key";
	words[n++] = "blockedBy";
	words[n++] = "deferUntil";
	words[n] = NULL;
	return field_word(words, name, "key");
}

static int read_key(struct line *l, const cJSON *node)
{
	if (!cJSON_IsString(node))
		return err_set(AWM_USAGE, "key: want text");
	l->key = node->valuestring;
	return check_key(l->key);
}

static int read_defer(struct line *l, const cJSON *node)
{
	int rc = 0;

	if (cJSON_IsNull(node))
		return 0;
	l->defer = true;
	if (cJSON_IsString(node))
		rc = awm_time_parse(l->b->s, node->valuestring, &l->until);
	else
		rc = err_set(AWM_USAGE, "want a date");
	return rc ? err_context("deferUntil") : 0;
}

static int read_id(const cJSON *node)
{
	if (cJSON_IsNumber(node) && node->valuedouble < 1)
		return err_set(AWM_USAGE, "id: want 1 or more");
	return 0;
}

static int read_member(struct line *l, const cJSON *node)
{
	const struct awm_field *f;
	struct awm_value value;
	int i, rc;

	if (!strcmp(node->string, "key"))
		return read_key(l, node);
	if (!strcmp(node->string, "blockedBy")) {
		l->blockers = node;
		return 0;
	}
	if (!strcmp(node->string, "deferUntil"))
		return read_defer(l, node);
	i = field_of(node->string);
	if (i < 0)
		return unknown_key(node->string);
	f = &entity_task.fields[i];
	if (is_counted((size_t)i))
		return refuse_counted(f, node);
	rc = i == TASK_id ? read_id(node) : 0;
	if (!rc)
		rc = read_value(l, f, node, &value);
	/* A column that is never empty has its default then. */
	if (!rc && value.kind == AWM_NULL && f->flags & AWM_REQUIRED && f->dflt)
		return 0;
	return rc ? rc : set(l, (size_t)i, value);
}

/* ---- the task ---- */

static int parent_project(struct line *l, int64_t parent, int64_t *ret)
{
	struct awm_value v;
	int rc = db_get(l->b->s->db, NULL, &v,
			"SELECT \"projectId\" FROM \"tasks\" WHERE \"id\"=?1",
			"i", parent);

	if (rc == -AWM_NOT_FOUND)
		return err_set(AWM_NOT_FOUND, "no task %lld",
			       (long long)parent);
	if (!rc)
		*ret = v.i;
	return rc;
}

static int choose_project(struct line *l)
{
	const struct awm_value *parent = value_of(l, TASK_parentTaskId);
	struct awm_bulk_opts *opts = &l->b->opts;
	int64_t id = 0;
	int rc = 0;

	if (value_of(l, TASK_projectId))
		return 0;
	if (parent && parent->kind == AWM_INT)
		rc = parent_project(l, parent->i, &id);
	else if (!opts->project)
		rc = awm_session_project(l->b->s, &opts->project);
	if (!rc && !id && !opts->project)
		rc = awm_inbox(l->b->s, &opts->project);
	if (!rc)
		rc = set(l, TASK_projectId,
			 AWM_VALUE_INT(id ? id : opts->project));
	return rc;
}

static int add_defaults(struct line *l)
{
	const struct awm_bulk_opts *opts = &l->b->opts;

	for (size_t i = 0; i < opts->nsets; i++) {
		size_t field =
			(size_t)(opts->sets[i].field - entity_task.fields);
		if (!value_of(l, field))
			l->sets[l->n++] = opts->sets[i];
	}
	return choose_project(l);
}

static int amend(struct awm_session *s, struct change *c, void *ctx)
{
	const struct line *l = ctx;

	(void)s;
	return l->blockers ? 0 : task_needs_reason(c);
}

/* "blockedBy": one, or an array of them. */
static int add_blockers(struct line *l, int64_t id)
{
	const cJSON *node, *list = l->blockers;
	_cleanup_buf_ struct buf ids = {0};
	int64_t blocker;
	int rc = 0;

	if (!list || cJSON_IsNull(list))
		return 0;
	for (node = cJSON_IsArray(list) ? list->child : list; node && !rc;
	     node = cJSON_IsArray(list) ? node->next : NULL) {
		rc = find_task(l->b, node, "blockedBy", &blocker);
		buf_add(&ids, &blocker, rc ? 0 : sizeof(blocker));
	}
	if (!rc)
		rc = buf_check(&ids);
	if (rc || !ids.len)
		return rc;
	return awm_task_dep_add(l->b->s, id,
				(const int64_t *)(const void *)ids.s,
				ids.len / sizeof(int64_t), NULL, NULL);
}

static int refuse_taken(struct line *l)
{
	const struct awm_value *id = value_of(l, TASK_id);

	if (!id)
		return 0;
	if (store_exists(l->b->s->db, &entity_task, id->i) == 0) {
		err_set(AWM_CONFLICT, "task %lld is there already",
			(long long)id->i);
		return err_hint("leave out 'id' to have one chosen");
	}
	err_clear();
	return 0;
}

static int add_task(struct line *l, int64_t *ret_id)
{
	struct awm_record *row;
	int rc = add_defaults(l);

	if (!rc)
		rc = refuse_taken(l);
	if (!rc)
		rc = mutate_add(l->b->s, &entity_task, l->sets, l->n, amend, l,
				&l->pool.arena, &row);
	if (rc)
		return rc;
	*ret_id = row->values[TASK_id].i;
	rc = add_blockers(l, *ret_id);
	if (!rc && l->defer)
		rc = awm_task_defer(l->b->s, *ret_id, l->until, NULL, NULL);
	if (!rc && l->key)
		rc = keep_key(l->b->s, l->key, *ret_id);
	return rc;
}

static int add_line(struct line *l, const cJSON *object, int64_t *ret_id,
		    bool *ret_made)
{
	const cJSON *node;
	int rc = 0;

	if (!cJSON_IsObject(object))
		return err_set(AWM_USAGE, "want a JSON object");
	cJSON_ArrayForEach(node, object)
	{
		rc = read_member(l, node);
		if (rc)
			return rc;
	}
	*ret_made = true;
	if (l->key) {
		rc = find_key(l->b->s, l->key, ret_id);
		*ret_made = rc == -AWM_NOT_FOUND;
		if (!*ret_made)
			return rc;
		err_clear();
	}
	return add_task(l, ret_id);
}

struct bulk_call {
	struct line *line;
	const cJSON *object;
	int64_t id;
	bool made;
};

static int run_line(struct awm_session *s, void *ctx)
{
	struct bulk_call *call = ctx;

	(void)s;
	return add_line(call->line, call->object, &call->id, &call->made);
}

int awm_bulk_add(struct awm_bulk *bulk, const char *json, size_t len,
		 int64_t *ret_id, bool *ret_made)
{
	_cleanup_json_ cJSON *object = NULL;
	struct line line = {.b = bulk};
	struct bulk_call call = {.line = &line};
	int rc = json_parse(json, len, &object);

	call.object = object;
	if (!rc)
		rc = awm_transaction(bulk->s, run_line, &call);
	arena_release(&line.pool.arena);
	if (rc)
		return rc;
	*ret_id = call.id;
	*ret_made = call.made;
	return 0;
}

int awm_bulk_new(struct awm_session *s, const struct awm_bulk_opts *opts,
		 struct awm_bulk **ret)
{
	struct awm_bulk *b = calloc(1, sizeof(*b));

	if (!b)
		return err_nomem();
	b->s = s;
	if (opts)
		b->opts = *opts;
	*ret = b;
	return 0;
}

void awm_bulk_free(struct awm_bulk *b)
{
	if (!b)
		return;
	arena_release(&b->arena);
	free(b);
}
