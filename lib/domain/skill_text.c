// SPDX-License-Identifier: MIT
/* What a SKILL.md says as columns of a skill, and the other way round. */
#include "domain/skill_text.h"

#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "domain/skill.h"

static bool says(const struct skill_file *file, const char *key,
		 const char *word)
{
	const char *text = skill_file_get(file, key);

	return text && !strcmp(text, word);
}

const char *skill_text_description(const struct skill_file *file)
{
	return says(file, SKILL_KEY_NOTHING, "none") ? "" : file->description;
}

const char *skill_text_prompt(const struct skill_file *file, struct arena *a)
{
	const char *exact = skill_file_get(file, SKILL_KEY_PROMPT);
	size_t len = strlen(file->body);

	if (exact) {
		const char *body = skill_file_body(exact, strlen(exact), a);
		if (!body)
			return NULL;
		return strcmp(body, file->body) ? file->body : exact;
	}
	if (len && says(file, SKILL_KEY_NEWLINE, "false"))
		return arena_strndup(a, file->body, len - 1);
	return file->body;
}

/* ---- tags ---- */

static int split(const char *text, struct arena *a, const char ***ret,
		 size_t *ret_n)
{
	size_t room = 1, n = 0;
	const char **list;

	for (const char *p = text; (p = strchr(p, ',')); p++)
		room++;
	list = arena_array(a, room, sizeof(*list));
	while (list && *text) {
		size_t len;
		text += strspn(text, " \t\n,");
		len = strcspn(text, ",");
		const char *next = text + len;
		while (len && strchr(" \t\n", text[len - 1]))
			len--;
		if (!len)
			continue;
		list[n] = arena_strndup(a, text, len);
		if (!list[n++])
			return -AWM_NOMEM;
		text = next;
	}
	*ret = list;
	*ret_n = n;
	return list ? 0 : -AWM_NOMEM;
}

static int tags_of_json(struct awm_session *s, const char *text,
			struct arena *a, const char **ret)
{
	_cleanup_json_ cJSON *list = NULL;
	const char **tags;
	const cJSON *item;
	size_t n = 0;
	int rc = json_parse(text, strlen(text), &list);

	if (!rc && !cJSON_IsArray(list))
		rc = err_set(AWM_USAGE, "want an array");
	if (rc)
		return err_context(SKILL_KEY_TAG_LIST);
	tags = arena_array(a, (size_t)cJSON_GetArraySize(list) + 1,
			   sizeof(*tags));
	if (!tags)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsString(item))
			return err_set(AWM_USAGE,
				       SKILL_KEY_TAG_LIST ": want texts");
		tags[n++] = item->valuestring;
	}
	return skill_tags_list(s, tags, n, a, ret);
}

int skill_text_tags(struct awm_session *s, const struct skill_file *file,
		    struct arena *a, const char **ret)
{
	const char *text = skill_file_get(file, SKILL_KEY_TAG_LIST);
	const char **tags;
	size_t n;
	int rc;

	if (text)
		return tags_of_json(s, text, a, ret);
	*ret = NULL;
	text = skill_file_get(file, SKILL_KEY_TAGS);
	if (!text)
		return 0;
	rc = split(text, a, &tags, &n);
	return rc ? rc : skill_tags_list(s, tags, n, a, ret);
}

static int put_tags(struct skill_file *file, const char *text, struct arena *a)
{
	_cleanup_json_ cJSON *list = NULL;
	_cleanup_buf_ struct buf out = {0};
	bool comma = false;
	const cJSON *item;
	const char *joined;
	int rc = json_parse(text, strlen(text), &list);

	if (rc)
		return rc;
	cJSON_ArrayForEach(item, list)
	{
		const char *tag = item->valuestring;
		comma |= strchr(tag, ',') || *tag == ' ' ||
			 tag[strlen(tag) - 1] == ' ';
		buf_addf(&out, "%s%s", out.len ? ", " : "", tag);
	}
	joined = arena_strdup(a, buf_str(&out));
	if (buf_check(&out) || !joined)
		return -AWM_NOMEM;
	return comma ? skill_file_set(file, SKILL_KEY_TAG_LIST, text, a)
		     : skill_file_set(file, SKILL_KEY_TAGS, joined, a);
}

/* ---- what has no place here ---- */

static bool is_known(const char *key)
{
	static const char *const known[] = {
		SKILL_KEY_TITLE,    SKILL_KEY_CATEGORY, SKILL_KEY_VERSION,
		SKILL_KEY_TAGS,	    SKILL_KEY_PROVIDER, SKILL_KEY_MCP,
		SKILL_KEY_INPUT,    SKILL_KEY_OUTPUT,	SKILL_KEY_CHANGELOG,
		SKILL_KEY_TAG_LIST, SKILL_KEY_NOTHING,	SKILL_KEY_NEWLINE,
		SKILL_KEY_PROMPT};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(known[i], key))
			return true;
	return false;
}

static void note(struct buf *out, bool there, const char *before,
		 const char *name)
{
	if (there)
		buf_addf(out, "%s%s%s", out->len ? ", " : "not kept: ", before,
			 name);
}

int skill_text_lost(const struct skill_file *file, struct arena *a,
		    const char **ret)
{
	_cleanup_buf_ struct buf out = {0};

	note(&out, file->license, "", "license");
	note(&out, file->compatibility, "", "compatibility");
	note(&out, file->has_tools, "", "allowed-tools");
	for (size_t i = 0; i < file->nmetadata; i++)
		note(&out, !is_known(file->metadata[i].key), "metadata ",
		     file->metadata[i].key);
	if (buf_check(&out))
		return -AWM_NOMEM;
	*ret = out.len ? arena_strndup(a, out.s, out.len) : NULL;
	return out.len && !*ret ? -AWM_NOMEM : 0;
}

/* ---- writing ---- */

static int put_prompt(struct skill_file *file, const char *prompt,
		      struct arena *a)
{
	size_t len = strlen(prompt);

	file->body = skill_file_body(prompt, len, a);
	if (!file->body)
		return -AWM_NOMEM;
	if (!strcmp(file->body, prompt))
		return 0;
	if (strlen(file->body) == len + 1 && !strncmp(file->body, prompt, len))
		return skill_file_set(file, SKILL_KEY_NEWLINE, "false", a);
	return skill_file_set(file, SKILL_KEY_PROMPT, prompt, a);
}

int skill_text_put(struct skill_file *file, const char *description,
		   const char *prompt, const char *tags, struct arena *a)
{
	int rc = put_tags(file, tags, a);

	file->description = description;
	if (!rc && !description[strspn(description, " \t\n")]) {
		file->description = file->name;
		rc = skill_file_set(file, SKILL_KEY_NOTHING, "none", a);
	}
	return rc ? rc : put_prompt(file, prompt, a);
}
