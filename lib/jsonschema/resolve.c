/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "jsonschema/schema.h"

/* Where references lead. Nothing leaves the document. */

static const struct resource *find_resource(const struct schema *s,
					    const char *uri)
{
	const struct resource *res = s->resources;

	while (res && strcmp(res->uri, uri) != 0)
		res = res->next;
	return res;
}

const struct anchor *anchor_find(struct schema *s, const struct resource *res,
				 const char *name, bool dynamic)
{
	const struct anchor *a = s->anchors;

	while (a && (a->res != res || (dynamic && !a->dynamic) ||
		     strcmp(a->name, name) != 0))
		a = a->next;
	return a;
}

/* ~0 and ~1 decoded, in place. */
static void decode(char *word)
{
	char *out = word;

	for (const char *p = word; *p; p++) {
		if (*p == '~' && (p[1] == '0' || p[1] == '1'))
			*out++ = *++p == '0' ? '~' : '/';
		else
			*out++ = *p;
	}
	*out = '\0';
}

/* Whether the word is this number, and no other way to write it. */
static bool is_index(const char *word, uint64_t index)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)index);
	return strcmp(word, text) == 0;
}

/* One word of a JSON pointer; *json is NULL when it leads nowhere. */
static int step(struct schema *s, const cJSON **json, const char *word)
{
	bool object = cJSON_IsObject(*json), array = cJSON_IsArray(*json);
	const cJSON *c = object || array ? (*json)->child : NULL;
	uint64_t n = 0;

	while (c &&
	       !(object ? strcmp(c->string, word) == 0 : is_index(word, n))) {
		c = c->next;
		n++;
	}
	*json = c;
	return steps_take(&s->steps, 1 + (array ? n * 16 : n));
}

/* Follows the pointer; a place that no keyword leads to is read as a schema of
 * the nearest node above. */
static int follow(struct schema *s, const struct node *from, const char *path,
		  struct node **ret)
{
	struct node like = {.up = (struct node *)(uintptr_t)from,
			    .res = from->res,
			    .index = -1};
	const cJSON *json = from->json;

	*ret = NULL;
	while (*path == '/' && json) {
		size_t len = strcspn(++path, "/");
		char *word = arena_strndup(&s->arena, path, len);
		struct node *node;
		int rc;

		if (!word)
			return -AWM_NOMEM;
		decode(word);
		rc = step(s, &json, word);
		if (rc)
			return rc;
		like.name = word;
		path += len;
		node = json ? node_find(s, json) : NULL;
		if (node) {
			like.up = node;
			like.res = node->res;
		}
	}
	if (!json || *path || !(cJSON_IsObject(json) || cJSON_IsBool(json)))
		return 0;
	return node_make(s, json, &like, ret);
}

static int make_meta(struct schema *s, enum draft draft, struct node **ret)
{
	struct node **at = &s->metas[draft == DRAFT_7];

	if (!*at) {
		*at = arena_alloc(&s->arena, sizeof(**at));
		if (!*at)
			return -AWM_NOMEM;
		**at = (struct node){
			.res = s->resources, .index = -1, .meta = draft};
	}
	*ret = *at;
	return 0;
}

static int resolve(struct schema *s, struct node *node, struct rule *rule)
{
	const char *ref = rule->value->valuestring, *fragment;
	char *uri = uri_resolve(&s->arena, node->res->uri, ref);
	const struct resource *res;
	const struct anchor *anchor;
	int rc = steps_take(&s->steps, 10 + strlen(ref) + s->nnames);

	if (!uri || rc)
		return rc ? rc : -AWM_NOMEM;
	fragment = uri_cut_fragment(uri);
	res = find_resource(s, uri);
	if (!res && !*fragment && strcmp(uri, SCHEMA_URI_7) == 0)
		return make_meta(s, DRAFT_7, &rule->node);
	if (!res && !*fragment && strcmp(uri, SCHEMA_URI_2020) == 0)
		return make_meta(s, DRAFT_2020, &rule->node);
	if (!res)
		return node_refuse(node, rule->kw->name,
				   "'%.200s' is not in this document, and "
				   "nothing is fetched",
				   ref);
	if (!*fragment || *fragment == '/') {
		rc = follow(s, res->root, fragment, &rule->node);
	} else {
		anchor = anchor_find(s, res, fragment, false);
		rule->node = anchor ? anchor->node : NULL;
		if (anchor && anchor->dynamic)
			rule->dynamic = anchor->name;
	}
	if (!rc && !rule->node)
		rc = node_refuse(node, rule->kw->name, "'%.200s' leads nowhere",
				 ref);
	return rc;
}

int schema_resolve(struct schema *s)
{
	while (s->pending) {
		struct pending *p = s->pending;
		int rc;

		s->pending = p->next;
		rc = resolve(s, p->node, p->rule);
		if (rc)
			return rc;
	}
	return 0;
}
