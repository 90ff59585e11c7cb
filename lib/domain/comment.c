// SPDX-License-Identifier: MIT
/* The rules of comments, and what can be done to one. */
#include <awm/comment.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "domain/comment.h"
#include "domain/mention.h"
#include "domain/notify.h"
#include "domain/pool.h"
#include "entity/store.h"

static const char *comment_event(const struct change *c)
{
	if (!c->before || !c->after || !change_differs(c, COMMENT_deletedAt))
		return NULL;
	return c->after[COMMENT_deletedAt].kind == AWM_NULL ? "comment.updated"
							    : "comment.deleted";
}

/* ---- what may be ---- */

/* A reply belongs where its parent is. */
static int check_parent(struct awm_session *s, struct change *c)
{
	const struct awm_value *task = &c->after[COMMENT_taskId];
	struct awm_record *parent;
	int64_t id = c->after[COMMENT_parentCommentId].i;
	int rc;

	if (c->after[COMMENT_parentCommentId].kind == AWM_NULL)
		return 0;
	rc = store_get(s->db, &entity_comment, id, c->arena, &parent);
	if (rc)
		return rc;
	if (task->kind == AWM_NULL)
		change_set(c, COMMENT_taskId, parent->values[COMMENT_taskId]);
	else if (!value_equal(task, &parent->values[COMMENT_taskId]))
		return err_set(AWM_INVALID,
			       "comment %lld is about task %lld, not task %lld",
			       (long long)id,
			       (long long)parent->values[COMMENT_taskId].i,
			       (long long)task->i);
	return 0;
}

static int check_new(struct awm_session *s, struct change *c)
{
	int rc = check_parent(s, c);

	if (!rc && c->after[COMMENT_taskId].kind == AWM_NULL)
		rc = err_set(AWM_USAGE, "a comment belongs to a task");
	if (!rc && c->after[COMMENT_userId].kind == AWM_NULL)
		change_set(c, COMMENT_userId, AWM_VALUE_INT(s->actor.id));
	return rc;
}

static int check_author(struct awm_session *s, const struct change *c)
{
	if (c->before[COMMENT_userId].i == s->actor.id ||
	    role_of(s) == ROLE_ADMIN)
		return 0;
	err_set(AWM_DENIED, "comment %lld was written by somebody else",
		(long long)c->id);
	return err_hint("its author or an admin can change it");
}

static int check_edit(struct awm_session *s, struct change *c)
{
	static const size_t fixed[] = {COMMENT_taskId, COMMENT_userId,
				       COMMENT_parentCommentId};
	bool text = change_differs(c, COMMENT_content) ||
		    change_differs(c, COMMENT_contentType);
	bool place = change_differs(c, COMMENT_deletedAt);
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (change_differs(c, fixed[i]))
			return err_set(AWM_INVALID,
				       "'%s' of a comment cannot be changed",
				       c->e->fields[fixed[i]].name);
	if (text || place)
		rc = check_author(s, c);
	if (rc || !text)
		return rc;
	if (!c->mask[COMMENT_editedAt])
		change_set(c, COMMENT_editedAt, AWM_VALUE_INT(s->now));
	return 0;
}

static bool is_blank(const struct awm_value *text)
{
	return text->kind != AWM_TEXT ||
	       !text->s[strspn(text->s, " \t\r\n\f\v")];
}

static int find_mentions(struct awm_session *s, struct change *c)
{
	struct awm_value mentions;
	int rc = mention_find(
		s, c->after[COMMENT_content].s,
		value_is(&c->after[COMMENT_contentType], "markdown"), c->arena,
		&mentions);

	if (!rc)
		change_set(c, COMMENT_mentions, mentions);
	return rc;
}

static int comment_check(struct awm_session *s, struct change *c)
{
	bool text;
	int rc;

	if (!c->after)
		return 0;
	text = change_differs(c, COMMENT_content) ||
	       change_differs(c, COMMENT_contentType);
	rc = c->before ? check_edit(s, c) : check_new(s, c);
	if (rc || !text)
		return rc;
	if (is_blank(&c->after[COMMENT_content]))
		return err_set(AWM_INVALID, "a comment needs some text");
	return c->mask[COMMENT_mentions] ? 0 : find_mentions(s, c);
}

/* ---- what follows ---- */

static bool has_id(const cJSON *ids, const cJSON *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, ids)
	{
		if (item->valuedouble == id->valuedouble)
			return true;
	}
	return false;
}

/* The longest that a notification says of the text, in columns. */
#define EXCERPT 500

static int make_notice(struct awm_session *s, const struct change *c,
		       struct notice *n)
{
	const struct awm_value *text = &c->after[COMMENT_content];
	size_t cut = utf8_cut(text->s, text->len, EXCERPT);
	struct awm_record *task;
	int rc = store_get(s->db, &entity_task, c->after[COMMENT_taskId].i,
			   c->arena, &task);

	if (rc)
		return rc;
	n->kind = NOTIFY_MENTION;
	n->task = c->after[COMMENT_taskId].i;
	n->project = task->values[TASK_projectId].i;
	n->title = notify_task_title(c->arena, n->task,
				     task->values[TASK_title].s);
	n->content = arena_printf(c->arena, "%s mentioned you: %.*s%s",
				  s->actor.name, (int)cut, text->s,
				  cut < text->len ? "…" : "");
	n->action = arena_printf(c->arena, "awm comment show %lld",
				 (long long)c->id);
	return n->title && n->content && n->action ? 0 : -AWM_NOMEM;
}

static int tell_new(struct awm_session *s, const struct change *c,
		    const cJSON *told, const cJSON *ids)
{
	struct notice n = {0};
	const cJSON *id;
	int rc = 0;

	cJSON_ArrayForEach(id, ids)
	{
		if (has_id(told, id))
			continue;
		if (!n.title)
			rc = make_notice(s, c, &n);
		n.user = (int64_t)id->valuedouble;
		if (!rc)
			rc = notify_send(s, &n);
		if (rc)
			return rc;
	}
	return 0;
}

static int parse_ids(const struct awm_value *v, cJSON **ret)
{
	return v && v->kind == AWM_TEXT ? json_parse(v->s, v->len, ret) : 0;
}

static int comment_wrote(struct awm_session *s, const struct change *c)
{
	_cleanup_json_ cJSON *before = NULL, *after = NULL;
	int rc;

	/* Whoever was told once need not hear it again from an undo. */
	if (!c->after || s->undoes || !change_differs(c, COMMENT_mentions) ||
	    c->after[COMMENT_deletedAt].kind != AWM_NULL)
		return 0;
	rc = parse_ids(c->before ? &c->before[COMMENT_mentions] : NULL,
		       &before);
	if (!rc)
		rc = parse_ids(&c->after[COMMENT_mentions], &after);
	return rc ? rc : tell_new(s, c, before, after);
}

const struct rules comment_rules = {
	.entity = &entity_comment,
	.role = ROLE_MEMBER,
	.delete_role = ROLE_ADMIN,
	.event = comment_event,
	.check = comment_check,
	.wrote = comment_wrote,
};

/* ---- what people may do ---- */

static int refuse_deleted(const struct awm_entity *e,
			  const struct awm_value *row)
{
	long long id = (long long)row[0].i;

	if (row[e->deleted_at].kind == AWM_NULL)
		return 0;
	err_set(AWM_INVALID, "%s %lld is deleted", e->label, id);
	return err_hint("awm %s restore %lld", e->name, id);
}

static int refuse_below_deleted(struct awm_session *s, struct change *c,
				const struct awm_entity *e, size_t field)
{
	struct awm_record *row;
	int rc;

	if (c->after[field].kind != AWM_INT)
		return 0;
	rc = store_get(s->db, e, c->after[field].i, c->arena, &row);
	return rc ? rc : refuse_deleted(e, row->values);
}

int comment_may_add(struct awm_session *s, struct change *c)
{
	int rc = refuse_below_deleted(s, c, &entity_comment,
				      COMMENT_parentCommentId);

	if (!rc)
		rc = check_parent(s, c);
	return rc ? rc
		  : refuse_below_deleted(s, c, &entity_task, COMMENT_taskId);
}

int comment_may_edit(const struct change *c)
{
	return refuse_deleted(c->e, c->before);
}

/* ---- rm, restore ---- */

static int amend_rm(struct awm_session *s, struct change *c, void *ctx)
{
	(void)ctx;
	if (c->before[COMMENT_deletedAt].kind == AWM_NULL)
		change_set(c, COMMENT_deletedAt, AWM_VALUE_INT(s->now));
	return 0;
}

static int amend_restore(struct awm_session *s, struct change *c, void *ctx)
{
	(void)s;
	(void)ctx;
	change_set(c, COMMENT_deletedAt, AWM_VALUE_NULL);
	return 0;
}

int awm_comment_rm(struct awm_session *s, int64_t id, struct awm_pool *pool,
		   struct awm_record **ret)
{
	return mutate_edit(s, &entity_comment, id, NULL, 0, amend_rm, NULL,
			   pool_arena(pool), ret);
}

int awm_comment_restore(struct awm_session *s, int64_t id,
			struct awm_pool *pool, struct awm_record **ret)
{
	return mutate_edit(s, &entity_comment, id, NULL, 0, amend_restore, NULL,
			   pool_arena(pool), ret);
}

/* ---- react ---- */

/* The names of the signs that everybody uses. */
static const struct {
	const char *name;
	const char *sign;
} signs[] = {
	{"+1", "👍"},	     {"thumbsup", "👍"}, {"-1", "👎"},
	{"thumbsdown", "👎"}, {"laugh", "😄"},	{"hooray", "🎉"},
	{"tada", "🎉"},	     {"confused", "😕"}, {"heart", "❤️"},
	{"rocket", "🚀"},     {"eyes", "👀"},
};

static const char *sign_named(const char *text)
{
	size_t len = strlen(text);

	if (len > 2 && text[0] == ':' && text[len - 1] == ':') {
		text++;
		len -= 2;
	}
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strlen(signs[i].name) == len &&
		    memcmp(signs[i].name, text, len) == 0)
			return signs[i].sign;
	return NULL;
}

/* One cluster of at most two columns, that no plain text begins with. */
static bool is_sign(const char *s)
{
	size_t len = strlen(s), first;
	bool ascii = true;

	for (size_t i = 0; i < len; i++)
		ascii &= (unsigned char)s[i] < 0x80;
	if (ascii || len > 64 || !utf8_valid(s, len) ||
	    utf8_has_control(s, len, false))
		return false;
	first = utf8_cut(s, len, 1);
	return utf8_cut(s, len, 2) == len && (first == 0 || first == len);
}

static int check_sign(const char *text, const char **ret)
{
	const char *sign = sign_named(text);

	if (!sign && is_sign(text))
		sign = text;
	if (!sign) {
		err_set(AWM_USAGE, "'%s' is no emoji", text);
		return err_hint("one sign, such as 👍, or its name: +1, -1, "
				"laugh, hooray, confused, heart, rocket, eyes");
	}
	*ret = sign;
	return 0;
}

struct reaction {
	const char *sign;
	bool on;
};

static int add_reaction(cJSON *all, const char *sign, int64_t user)
{
	cJSON *ids = cJSON_GetObjectItemCaseSensitive(all, sign);
	cJSON *id;

	if (!ids)
		ids = cJSON_AddArrayToObject(all, sign);
	id = ids ? cJSON_CreateNumber((double)user) : NULL;
	if (!id)
		return err_nomem();
	if (has_id(ids, id))
		cJSON_Delete(id);
	else
		cJSON_AddItemToArray(ids, id);
	return 0;
}

static void drop_reaction(cJSON *all, const char *sign, int64_t user)
{
	cJSON *ids = cJSON_GetObjectItemCaseSensitive(all, sign);
	int n = cJSON_GetArraySize(ids);

	for (int i = n; i-- > 0;)
		if (cJSON_GetArrayItem(ids, i)->valuedouble == (double)user)
			cJSON_DeleteItemFromArray(ids, i);
	if (ids && !cJSON_GetArraySize(ids))
		cJSON_DeleteItemFromObjectCaseSensitive(all, sign);
}

/* Made from the row as it stands under the lock: of many at once none gets
 * lost. */
static int amend_react(struct awm_session *s, struct change *c, void *ctx)
{
	const struct reaction *r = ctx;
	const struct awm_value *now = &c->after[COMMENT_reactions];
	_cleanup_json_ cJSON *all = NULL;
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc = comment_may_edit(c);

	if (!rc)
		rc = json_parse(now->s, now->len, &all);
	if (!rc && r->on)
		rc = add_reaction(all, r->sign, s->actor.id);
	if (rc)
		return rc;
	if (!r->on)
		drop_reaction(all, r->sign, s->actor.id);
	json_print(&out, all);
	if (buf_check(&out))
		return -AWM_NOMEM;
	text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, COMMENT_reactions, awm_value_text(text));
	return 0;
}

int awm_comment_react(struct awm_session *s, int64_t id, const char *emoji,
		      bool on, struct awm_pool *pool, struct awm_record **ret)
{
	struct reaction r = {.on = on};
	int rc = check_sign(emoji, &r.sign);

	return rc ? rc
		  : mutate_edit(s, &entity_comment, id, NULL, 0, amend_react,
				&r, pool_arena(pool), ret);
}
