/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "jsonschema/schema.h"

/* From JSON to nodes and rules. */

/* ---- where ---- */

static void add_token(struct buf *b, const char *token)
{
	size_t len = strlen(token);

	buf_addc(b, '/');
	for (size_t i = 0; i < len && i < 80; i++) {
		if (token[i] == '~')
			buf_adds(b, "~0");
		else if (token[i] == '/')
			buf_adds(b, "~1");
		else
			buf_addc(b, token[i]);
	}
}

static void add_place(struct buf *b, const struct node *node)
{
	if (!node->up)
		return;
	add_place(b, node->up);
	if (node->keyword)
		add_token(b, node->keyword);
	if (node->name)
		add_token(b, node->name);
	if (node->index >= 0)
		buf_addf(b, "/%lld", (long long)node->index);
}

int node_refuse(const struct node *node, const char *keyword, const char *fmt,
		...)
{
	_cleanup_buf_ struct buf at = {0};
	char why[400];
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(why, sizeof(why), fmt, ap) < 0)
		why[0] = '\0';
	va_end(ap);
	add_place(&at, node);
	if (keyword)
		add_token(&at, keyword);
	if (!at.len)
		buf_addc(&at, '/');
	return err_set(AWM_INVALID, "at %s: %s", buf_str(&at), why);
}

/* ---- nodes ---- */

static size_t bucket(const struct schema *s, const cJSON *json)
{
	return (size_t)(((uintptr_t)json >> 4) * 0x9E3779B97F4A7C15u >> 20) &
	       (s->nbuckets - 1);
}

struct node *node_find(const struct schema *s, const cJSON *json)
{
	struct node *n = s->nbuckets ? s->buckets[bucket(s, json)] : NULL;

	while (n && n->json != json)
		n = n->hash;
	return n;
}

static int grow(struct schema *s)
{
	size_t cap = s->nbuckets ? s->nbuckets * 4 : 64, old = s->nbuckets;
	struct node **from = s->buckets;

	if (s->nnodes < s->nbuckets)
		return 0;
	s->buckets = arena_array(&s->arena, cap, sizeof(*s->buckets));
	if (!s->buckets) {
		s->buckets = from;
		return -AWM_NOMEM;
	}
	s->nbuckets = cap;
	for (size_t i = 0; i < old; i++) {
		for (struct node *n = from[i], *next; n; n = next) {
			size_t k = bucket(s, n->json);

			next = n->hash;
			n->hash = s->buckets[k];
			s->buckets[k] = n;
		}
	}
	return 0;
}

int schema_pattern(struct schema *s, const char *text, struct pattern **ret)
{
	size_t n = s->npatterns;
	int rc;

	if ((n & (n - 1)) == 0) { /* full: 0, 1, 2, 4, … */
		struct pattern **more =
			realloc(s->patterns,
				(n ? 2 * n : 1) * sizeof(struct pattern *));

		if (!more)
			return err_nomem();
		s->patterns = more;
	}
	rc = steps_take(&s->steps, 1000 + 10 * strlen(text));
	if (!rc)
		rc = pattern_compile(text, &s->patterns[n]);
	if (rc)
		return rc;
	*ret = s->patterns[n];
	s->npatterns++;
	return 0;
}

/* ---- rules ---- */

struct reading {
	struct schema *s;
	struct node *node;
	struct rule *rule;
};

static int read_node(struct schema *s, const cJSON *json, struct node *node);

/* A schema in the value of a keyword. */
static int read_child(void *ctx, const cJSON *json, const char *name,
		      int64_t index)
{
	struct reading *rd = ctx;
	struct rule *rule = rd->rule;
	struct node like = {.up = rd->node,
			    .res = rd->node->res,
			    .keyword = rule->kw->name,
			    .name = name,
			    .index = index};
	struct node *node;
	int rc = node_make(rd->s, json, &like, &node);

	if (rc)
		return rc;
	if (rule->entries)
		rule->entries[rule->n++] =
			(struct entry){.name = name, .node = node};
	else
		rule->node = node;
	return 0;
}

/* Members that are no schemas: names that depend on a name. */
static void read_names(struct rule *rule)
{
	const cJSON *c;

	cJSON_ArrayForEach(c, rule->value)
	{
		if (cJSON_IsArray(c))
			rule->entries[rule->n++] =
				(struct entry){.name = c->string, .names = c};
	}
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name,
		      ((const struct entry *)b)->name);
}

static int read_patterns(struct schema *s, const struct node *node,
			 struct rule *rule)
{
	for (size_t i = 0; i < rule->n; i++) {
		struct entry *e = &rule->entries[i];
		int rc = schema_pattern(s, e->name, &e->pattern);

		if (rc == -AWM_INVALID)
			return node_refuse(node, rule->kw->name, "%s",
					   awm_error_last()->message);
		if (rc)
			return rc;
	}
	return 0;
}

/* "required" as entries, for the search. */
static void read_required(struct rule *rule)
{
	const cJSON *c;

	cJSON_ArrayForEach(c, rule->value) rule->entries[rule->n++] =
		(struct entry){.name = c->valuestring};
}

static int read_children(struct schema *s, struct node *node, struct rule *rule)
{
	struct reading rd = {s, node, rule};
	enum value_kind kind = rule->kw->kind;
	size_t n = (size_t)cJSON_GetArraySize(rule->value);
	bool many = kind > VALUE_SCHEMA &&
		    (kind != VALUE_ITEMS || cJSON_IsArray(rule->value));
	bool named;
	int rc;

	named = kind == VALUE_NAMES || kind == VALUE_NAMES_MAP ||
		kind == VALUE_SCHEMA_MAP || kind == VALUE_DEPENDENCIES;
	if (n && (many || named)) {
		rule->entries =
			arena_array(&s->arena, n, sizeof(*rule->entries));
		if (!rule->entries)
			return -AWM_NOMEM;
	}
	rc = kind_children(kind, rule->value, read_child, &rd);
	if (rc)
		return rc;
	if (kind == VALUE_NAMES)
		read_required(rule);
	if (kind == VALUE_NAMES_MAP || kind == VALUE_DEPENDENCIES)
		read_names(rule);
	if (named && rule->n)
		qsort(rule->entries, rule->n, sizeof(*rule->entries),
		      compare_entries);
	return kind == VALUE_PATTERN_MAP ? read_patterns(s, node, rule) : 0;
}

static int add_pending(struct schema *s, struct node *node, struct rule *rule)
{
	struct pending *p = arena_alloc(&s->arena, sizeof(*p));

	if (!p)
		return -AWM_NOMEM;
	*p = (struct pending){node, rule, s->pending};
	s->pending = p;
	return 0;
}

static int read_rule(struct schema *s, struct node *node, struct rule *rule)
{
	const struct keyword *kw = rule->kw;
	const char *why = kind_problem(kw->kind, rule->value, node->res->draft);
	int rc;

	if (why)
		return node_refuse(node, kw->name, "%s", why);
	if (strncmp(kw->name, "unevaluated", 11) == 0)
		node->tracks = s->tracks = true;
	if (kw->kind == VALUE_TYPE)
		rule->types = types_of(rule->value);
	if (kw->kind == VALUE_PATTERN) {
		rc = schema_pattern(s, rule->value->valuestring,
				    &rule->pattern);
		if (rc == -AWM_INVALID)
			return node_refuse(node, kw->name, "%s",
					   awm_error_last()->message);
		return rc;
	}
	if (kw->eval == eval_enum)
		return value_set_init(rule->value, &s->arena, &s->steps,
				      &rule->set);
	if (kw->reference)
		return add_pending(s, node, rule);
	return read_children(s, node, rule);
}

static const struct rule *rule_named(const struct node *node, const char *name)
{
	for (size_t i = 0; name && i < node->nrules; i++)
		if (strcmp(node->rules[i].kw->name, name) == 0)
			return &node->rules[i];
	return NULL;
}

static int compare_rules(const void *a, const void *b)
{
	const struct keyword *x = ((const struct rule *)a)->kw;
	const struct keyword *y = ((const struct rule *)b)->kw;

	return x < y ? -1 : x > y;
}

/* In draft 7 what stands beside a reference is not there, but for what others
 * point to. */
static bool is_hidden(const struct node *node, const struct keyword *kw)
{
	return node->res->draft == DRAFT_7 &&
	       json_get(node->json, "$ref") != NULL &&
	       strcmp(kw->name, "$ref") != 0 &&
	       strcmp(kw->name, "definitions") != 0;
}

static int read_rules(struct schema *s, struct node *node)
{
	size_t n = (size_t)cJSON_GetArraySize(node->json);
	const cJSON *c;
	int rc = 0;

	node->rules = arena_array(&s->arena, n + 1, sizeof(*node->rules));
	if (!node->rules)
		return -AWM_NOMEM;
	cJSON_ArrayForEach(c, node->json)
	{
		const struct keyword *kw =
			keyword_find(c->string, node->res->draft);

		if (kw && !is_hidden(node, kw))
			node->rules[node->nrules++] =
				(struct rule){.kw = kw, .value = c};
	}
	qsort(node->rules, node->nrules, sizeof(*node->rules), compare_rules);
	for (size_t i = 0; i < node->nrules && !rc; i++)
		rc = read_rule(s, node, &node->rules[i]);
	for (size_t i = 0; i < node->nrules && !rc; i++)
		for (size_t k = 0; k < 2; k++)
			node->rules[i].with[k] =
				rule_named(node, node->rules[i].kw->with[k]);
	return rc;
}

/* ---- identity ---- */

static int draft_of(const struct node *node, enum draft *ret)
{
	const cJSON *json = json_get(node->json, "$schema");
	const char *uri = cJSON_GetStringValue(json);
	size_t len;

	if (!json)
		return 0;
	if (!uri)
		return node_refuse(node, "$schema", "want a string");
	len = strcspn(uri, "#");
	if (uri[len] == '#' && uri[len + 1])
		len = 0;
	if (len == strlen(SCHEMA_URI_7) && memcmp(uri, SCHEMA_URI_7, len) == 0)
		*ret = DRAFT_7;
	else if (len == strlen(SCHEMA_URI_2020) &&
		 memcmp(uri, SCHEMA_URI_2020, len) == 0)
		*ret = DRAFT_2020;
	else
		return node_refuse(node, "$schema",
				   "'%.100s' is neither draft 7 (" SCHEMA_URI_7
				   "#) nor 2020-12 (" SCHEMA_URI_2020 ")",
				   uri);
	return 0;
}

static int add_anchor(struct schema *s, struct node *node, const char *name,
		      bool dynamic)
{
	struct anchor *a = arena_alloc(&s->arena, sizeof(*a));

	if (!a)
		return -AWM_NOMEM;
	*a = (struct anchor){node->res, name, node, dynamic, s->anchors};
	s->anchors = a;
	s->nnames++;
	return 0;
}

static int add_resource(struct schema *s, struct node *node, const char *uri,
			enum draft draft)
{
	struct resource *res;
	int rc = steps_take(&s->steps, s->nnames);

	if (rc)
		return rc;
	for (res = s->resources; *uri && res; res = res->next)
		if (strcmp(res->uri, uri) == 0)
			return node_refuse(node, "$id",
					   "'%.100s' is in use already", uri);
	res = arena_alloc(&s->arena, sizeof(*res));
	if (!res)
		return -AWM_NOMEM;
	*res = (struct resource){uri, draft, node, s->resources};
	s->resources = res;
	s->nnames++;
	node->res = res;
	return 0;
}

/* "$id" begins a resource; in draft 7 its fragment is an anchor. */
static int identify(struct schema *s, struct node *node, const char *id)
{
	const char *base = node->res ? node->res->uri : "", *fragment;
	enum draft draft = node->res ? node->res->draft : DRAFT_2020;
	char *uri;
	int rc = draft_of(node, &draft);

	if (!rc && id && draft == DRAFT_7 && json_get(node->json, "$ref"))
		id = NULL;
	if (rc || (!id && node->res))
		return rc;
	uri = uri_resolve(&s->arena, base, id ? id : "");
	if (!uri)
		return -AWM_NOMEM;
	fragment = uri_cut_fragment(uri);
	if (*fragment && draft != DRAFT_7)
		return node_refuse(node, "$id", "want a URI without fragment");
	if (!node->res || (id && *id != '#'))
		rc = add_resource(s, node, uri, draft);
	return !rc && *fragment ? add_anchor(s, node, fragment, false) : rc;
}

static int name_anchors(struct schema *s, struct node *node)
{
	const char *plain = json_get_str(node->json, "$anchor");
	const char *dynamic = json_get_str(node->json, "$dynamicAnchor");
	int rc = 0;

	if (node->res->draft == DRAFT_7)
		return 0;
	if (plain)
		rc = add_anchor(s, node, plain, false);
	return !rc && dynamic ? add_anchor(s, node, dynamic, true) : rc;
}

static int read_node(struct schema *s, const cJSON *json, struct node *node)
{
	int rc;

	if (cJSON_IsBool(json))
		return node->res ? 0 : add_resource(s, node, "", DRAFT_2020);
	if (!cJSON_IsObject(json))
		return node_refuse(node, NULL,
				   "want a schema: an object, true "
				   "or false");
	rc = identify(s, node, json_get_str(json, "$id"));
	if (!rc)
		rc = name_anchors(s, node);
	return rc ? rc : read_rules(s, node);
}

int node_make(struct schema *s, const cJSON *json, const struct node *like,
	      struct node **ret)
{
	struct node *node = node_find(s, json);
	int rc;

	if (node) {
		*ret = node;
		return 0;
	}
	if (s->nnodes >= NODES_MAX)
		return err_set(AWM_INVALID, "the schema is too large");
	rc = grow(s);
	node = rc ? NULL : arena_alloc(&s->arena, sizeof(*node));
	if (!node)
		return -AWM_NOMEM;
	*node = *like;
	node->json = json;
	node->hash = s->buckets[bucket(s, json)];
	s->buckets[bucket(s, json)] = node;
	s->nnodes++;
	*ret = node;
	return read_node(s, json, node);
}

int schema_read(struct schema *s, const cJSON *json)
{
	struct node like = {.index = -1}, *root;
	int rc;

	s->steps = STEPS_MAX;
	rc = node_make(s, json, &like, &root);
	return rc ? rc : schema_resolve(s);
}

void schema_release(struct schema *s)
{
	for (size_t i = 0; i < s->npatterns; i++)
		pattern_free(s->patterns[i]);
	free(s->patterns);
	arena_release(&s->arena);
}
