// SPDX-License-Identifier: MIT
#include "domain/event.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "domain/automation.h"
#include "domain/webhook.h"
#include "entity/field.h"
#include "queries.h"

#define TEXT_LEN    ((size_t)2048)  /* bytes of one text */
#define CHANGES_LEN ((size_t)16384) /* of all changes, before texts are cut */

enum { LISTENERS_KNOWN = 4, WEBHOOKS = 1, AUTOMATIONS = 2 };

bool event_matches(const char *pattern, const char *type)
{
	size_t n = strlen(pattern);

	if (!strcmp(pattern, "*"))
		return true;
	if (n > 2 && !strcmp(pattern + n - 2, ".*"))
		return strncmp(pattern, type, n - 1) == 0;
	return !strcmp(pattern, type);
}

/* ---- data ---- */

/* Where to cut a text that is too long: not within a character. */
static size_t cut(const char *s, size_t len)
{
	size_t n = TEXT_LEN;

	if (len <= TEXT_LEN)
		return len;
	while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void put_text(struct jsonw *w, const char *s, size_t len)
{
	_cleanup_buf_ struct buf b = {0};
	size_t n = cut(s, len);

	if (n == len) {
		jsonw_text(w, s, len);
		return;
	}
	buf_add(&b, s, n);
	buf_adds(&b, "…");
	jsonw_text(w, buf_str(&b), b.len);
	w->out->failed |= b.failed;
}

/* Prompts and answers are long, and nobody's outside; headers may hold a
 * token. */
static bool is_private(const struct awm_entity *e, size_t i)
{
	if (e->fields[i].type == AWM_TYPE_SECRET)
		return true;
	if (e == &entity_execution)
		return i == EXECUTION_prompt || i == EXECUTION_response ||
		       i == EXECUTION_context;
	if (e == &entity_task)
		return i == TASK_generatedPrompt;
	return e == &entity_webhook && i == WEBHOOK_headers;
}

static bool is_private_name(const struct awm_entity *e, const char *name)
{
	const struct awm_field *f = awm_entity_field(e, name);

	return f && is_private(e, (size_t)(f - e->fields));
}

static void put_cut(struct jsonw *w, const cJSON *node);

static void put_members(struct jsonw *w, const cJSON *node,
			const struct awm_entity *without_private)
{
	const cJSON *child;

	jsonw_object(w);
	cJSON_ArrayForEach(child, node)
	{
		if (without_private &&
		    is_private_name(without_private, child->string))
			continue;
		jsonw_key(w, child->string);
		put_cut(w, child);
	}
	jsonw_end_object(w);
}

/* A value without what is long in it; depth is that of JSON_DEPTH. */
static void put_cut(struct jsonw *w, const cJSON *node)
{
	_cleanup_buf_ struct buf b = {0};

	if (cJSON_IsObject(node)) {
		put_members(w, node, NULL);
		return;
	}
	if (cJSON_IsString(node)) {
		put_text(w, node->valuestring, strlen(node->valuestring));
		return;
	}
	json_print(&b, node);
	if (b.len > TEXT_LEN)
		jsonw_null(w);
	else
		jsonw_raw(w, buf_str(&b), b.len);
	w->out->failed |= b.failed;
}

static bool may_pass(const struct event *e)
{
	const struct change *c = e->change;

	for (size_t i = 0; i < c->e->nfields; i++)
		if (is_private(c->e, i) && change_differs(c, i))
			return false;
	return strlen(e->changes) <= CHANGES_LEN;
}

static void put_changes(struct jsonw *w, const struct event *e)
{
	_cleanup_json_ cJSON *tree = NULL;

	jsonw_key(w, "changes");
	if (may_pass(e)) {
		jsonw_raw(w, e->changes, strlen(e->changes));
	} else if (json_parse(e->changes, strlen(e->changes), &tree) == 0) {
		put_members(w, tree, e->change->e);
	} else {
		err_clear();
		jsonw_null(w);
	}
}

static void put_row(struct jsonw *w, const struct change *c)
{
	const struct awm_value *row = c->after ? c->after : c->before;

	jsonw_key(w, c->e->name);
	jsonw_object(w);
	for (size_t i = 0; i < c->e->nfields; i++) {
		const struct awm_field *f = &c->e->fields[i];
		const struct awm_value *v = &row[i];

		if (is_private(c->e, i))
			continue;
		jsonw_key(w, f->name);
		if (f->type == AWM_TYPE_TEXT && v->kind == AWM_TEXT)
			put_text(w, v->s, v->len);
		else if (f->type == AWM_TYPE_JSON && v->len > CHANGES_LEN)
			jsonw_null(w);
		else
			field_to_json(w, f, v);
	}
	jsonw_end_object(w);
}

static void put_ref(struct jsonw *w, const char *key, int64_t id)
{
	jsonw_key(w, key);
	if (id)
		jsonw_int(w, id);
	else
		jsonw_null(w);
}

static void put_actor(struct jsonw *w, const struct awm_session *s)
{
	jsonw_key(w, "actor");
	if (!s->acting) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	put_ref(w, "id", s->actor.id);
	jsonw_key(w, "email");
	jsonw_str(w, s->actor.email);
	jsonw_key(w, "name");
	jsonw_str(w, s->actor.name);
	jsonw_end_object(w);
}

int event_data(struct awm_session *s, const struct event *e, struct buf *out)
{
	struct jsonw w = {.out = out};

	if (out->len)
		return 0;
	jsonw_object(&w);
	put_ref(&w, "id", e->change->id);
	put_ref(&w, "projectId", e->project);
	put_ref(&w, "taskId", e->task);
	put_actor(&w, s);
	put_changes(&w, e);
	put_row(&w, e->change);
	jsonw_end_object(&w);
	return buf_check(out);
}

/* ---- emit ---- */

/* One look for each transaction, and after what may have changed it. */
static int look(struct awm_session *s, const struct event *e)
{
	struct awm_value v;
	int rc;

	if (e->change->e == &entity_webhook ||
	    e->change->e == &entity_automation)
		s->listeners = 0;
	if (s->listeners)
		return 0;
	rc = db_get(s->db, NULL, &v, query_event_listeners, "");
	if (!rc)
		s->listeners = (unsigned)v.i | LISTENERS_KNOWN;
	return rc;
}

int event_emit(struct awm_session *s, const struct event *e)
{
	_cleanup_buf_ struct buf data = {0};
	int rc;

	if (s->no_events)
		return 0;
	rc = look(s, e);
	if (!rc && s->listeners & WEBHOOKS)
		rc = webhook_queue(s, e, &data);
	if (!rc && s->listeners & AUTOMATIONS)
		rc = automation_queue(s, e, &data);
	return rc;
}
