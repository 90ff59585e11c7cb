// SPDX-License-Identifier: MIT
#include "domain/commits.h"

#include <string.h>

#include "base/err.h"

bool commits_have(const cJSON *commits, const char *sha)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, commits)
	{
		const char *other = json_get_str(item, "sha");
		if (other && sha && !strcmp(other, sha))
			return true;
	}
	return false;
}

int commits_set(struct change *c, const cJSON *commits)
{
	_cleanup_buf_ struct buf out = {0};
	const char *text;
	int rc;

	json_print(&out, commits);
	rc = buf_check(&out);
	if (rc)
		return rc;
	text = arena_strndup(c->arena, out.s, out.len);
	if (!text)
		return -AWM_NOMEM;
	change_set(c, TASK_gitCommits, awm_value_text(text));
	return 0;
}

/* Those of a that are not in b. Most often b is a, and more at its end. */
static int add_others(struct jsonw *w, const cJSON *a, const cJSON *b)
{
	const cJSON *item, *same = b ? b->child : NULL;

	jsonw_array(w);
	cJSON_ArrayForEach(item, a)
	{
		const char *sha = json_get_str(item, "sha");
		const char *there = same ? json_get_str(same, "sha") : NULL;
		_cleanup_buf_ struct buf text = {0};

		same = same ? same->next : NULL;
		if (sha && there && !strcmp(sha, there))
			continue;
		if (commits_have(b, sha))
			continue;
		json_print(&text, item);
		if (buf_check(&text))
			return -AWM_NOMEM;
		jsonw_raw(w, text.s, text.len);
	}
	jsonw_end_array(w);
	return 0;
}

int commits_tell(struct jsonw *w, const struct change *c)
{
	const struct awm_value *a = &c->before[TASK_gitCommits];
	const struct awm_value *b = &c->after[TASK_gitCommits];
	_cleanup_json_ cJSON *old = NULL, *now = NULL;
	int rc = json_parse(a->s, a->len, &old);

	if (!rc)
		rc = json_parse(b->s, b->len, &now);
	if (rc)
		return rc;
	jsonw_object(w);
	jsonw_key(w, "from");
	rc = add_others(w, old, now);
	jsonw_key(w, "to");
	if (!rc)
		rc = add_others(w, now, old);
	jsonw_end_object(w);
	return rc;
}

int commits_restore(struct change *c, const cJSON *from, const cJSON *to)
{
	_cleanup_json_ cJSON *now = NULL;
	const cJSON *item;
	cJSON *copy, *next;
	int rc = change_json(c, TASK_gitCommits, &now);

	if (rc)
		return rc;
	for (cJSON *i = now->child; i; i = next) {
		const char *sha = json_get_str(i, "sha");
		next = i->next;
		if (commits_have(to, sha) && !commits_have(from, sha))
			cJSON_Delete(cJSON_DetachItemViaPointer(now, i));
	}
	cJSON_ArrayForEach(item, from)
	{
		if (commits_have(now, json_get_str(item, "sha")))
			continue;
		copy = cJSON_Duplicate(item, true);
		if (!copy || !cJSON_AddItemToArray(now, copy))
			return err_nomem();
	}
	return commits_set(c, now);
}
