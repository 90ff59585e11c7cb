// SPDX-License-Identifier: MIT
#include "domain/exchange/item.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "entity/field.h"

void item_set(struct item *it, size_t field, struct awm_value v)
{
	it->v[field] = v;
	it->has[field] = true;
}

void item_text(struct item *it, size_t field, const char *text)
{
	item_set(it, field, awm_value_text(text && *text ? text : NULL));
}

const char *item_get(const struct item *it, size_t field)
{
	return it->v[field].kind == AWM_TEXT ? it->v[field].s : "";
}

bool item_is(const struct item *it, size_t field, const char *word)
{
	return !strcmp(item_get(it, field), word);
}

bool item_null(const struct item *it, size_t field)
{
	return it->v[field].kind == AWM_NULL;
}

/* Bytes of the text's first FIELD_NAME_MAX characters. */
static size_t name_bytes(const char *text)
{
	size_t i = 0, n = 0;

	for (; text[i]; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 &&
		    n++ == FIELD_NAME_MAX)
			break;
	return i;
}

static void blank_controls(char *s)
{
	for (; *s; s++) {
		bool c1 = (unsigned char)s[0] == 0xc2 &&
			  (unsigned char)s[1] >= 0x80 &&
			  (unsigned char)s[1] < 0xa0;
		if (c1)
			s[1] = ' ';
		if (c1 || (unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
	}
}

int item_title(struct item *it, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	char *title;

	if (!len)
		return err_set(AWM_USAGE, "there is no title");
	if (!field_name_wanted(text, len)) {
		item_text(it, TASK_title, text);
		return 0;
	}
	title = arena_strndup(it->arena, text, name_bytes(text));
	if (!title)
		return -AWM_NOMEM;
	blank_controls(title);
	item_text(it, TASK_title, title);
	if (item_null(it, TASK_description))
		item_text(it, TASK_description, text);
	return 0;
}

/* ---- names ---- */

bool list_holds(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; len && *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strcspn(p, " ") == len && !strncasecmp(p, word, len))
			return true;
	}
	return false;
}

int names_add(struct arena *a, struct names *n, const char *name)
{
	if (!(n->n & (n->n - 1))) {
		size_t room = n->n ? n->n * 2 : 1;
		const char **more = arena_array(a, room, sizeof(*more));
		if (!more)
			return -AWM_NOMEM;
		if (n->n)
			memcpy(more, n->items, n->n * sizeof(*more));
		n->items = more;
	}
	n->items[n->n++] = name;
	return 0;
}

bool names_hold(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (!strcmp(n->items[i], name))
			return true;
	return false;
}

int item_note(struct item *it, const char *author, const char *text, int64_t at)
{
	size_t n = it->nnotes;

	if (!(n & (n - 1))) {
		struct note *more =
			arena_array(it->arena, n ? n * 2 : 1, sizeof(*more));
		if (!more)
			return -AWM_NOMEM;
		if (n)
			memcpy(more, it->notes, n * sizeof(*more));
		it->notes = more;
	}
	it->notes[it->nnotes++] = (struct note){author, NULL, text, at};
	return 0;
}

int item_tags(const struct item *it, struct names *ret)
{
	const char *text = item_get(it, TASK_tags);
	_cleanup_json_ cJSON *tags = NULL;
	const cJSON *tag;
	int rc = *text && strcmp(text, "[]") != 0
			 ? json_parse(text, strlen(text), &tags)
			 : 0;

	cJSON_ArrayForEach(tag, tags)
	{
		const char *name = arena_strdup(it->arena, tag->valuestring);
		rc = name ? names_add(it->arena, ret, name) : -AWM_NOMEM;
		if (rc)
			return rc;
	}
	return rc;
}

int item_set_tags(struct item *it, const struct names *tags)
{
	_cleanup_buf_ struct buf out = {0};
	struct jsonw w = {.out = &out};
	const char *text;

	jsonw_array(&w);
	for (size_t i = 0; i < tags->n; i++)
		jsonw_str(&w, tags->items[i]);
	jsonw_end_array(&w);
	text = buf_check(&out) ? NULL
			       : arena_strndup(it->arena, out.s, out.len);
	item_text(it, TASK_tags, text);
	return text ? 0 : -AWM_NOMEM;
}

const char *tag_after(const struct names *tags, const char *prefix)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; i < tags->n; i++)
		if (!strncmp(tags->items[i], prefix, len))
			return tags->items[i] + len;
	return NULL;
}

const char *item_status(const struct item *it)
{
	if (!item_is(it, TASK_status, "blocked") ||
	    !item_null(it, TASK_blockedReason) ||
	    item_null(it, TASK_blockedByTaskId))
		return item_get(it, TASK_status);
	return item_null(it, TASK_startedAt) ? "todo" : "in_progress";
}

static bool is_email(const char *who)
{
	const char *at = strchr(who, '@');

	return at && at > who && at[1] && !strchr(at + 1, '@') &&
	       !strpbrk(who, " \t");
}

/* Different names stay different: what an email may not have is written in
 * hexadecimal digits. */
const char *person_email(struct arena *a, const char *who, const char *domain)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyz0123456789._-+";
	_cleanup_buf_ struct buf b = {0};
	bool email = is_email(who);

	for (const char *p = who; *p; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
		if (strchr(letters, c) || email)
			buf_addc(&b, c);
		else if (c == ' ')
			buf_addc(&b, '.');
		else
			buf_addf(&b, "-%02x", (unsigned char)c);
	}
	if (buf_check(&b))
		return NULL;
	return email ? arena_strdup(a, buf_str(&b))
		     : arena_printf(a, "%.64s@%s", buf_str(&b), domain);
}
